"""Where things lie: home folders in paths, and the program's own as the platform wants them.

Nothing is made here: who writes a file makes it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "codex-tui"


def expanded(text: str) -> Path:
    """A path with its home folder filled in; where nobody knows that, the path as it is.

    pathlib raises then: for a user whom the machine doesn't know, and in a container whose user
    has neither a HOME nor a line in /etc/passwd.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def with_tilde(path: Path) -> str:
    """A path as people write it: `~` where the user's home folder stands."""
    home = str(expanded("~"))
    return f"~{str(path)[len(home) :]}" if str(path).startswith(home + os.sep) else str(path)


class Paths(NamedTuple):
    """The program's files and folders."""

    config_file: Path
    themes: Path
    data: Path
    sessions: Path
    trash: Path
    state: Path
    cache: Path
    log: Path

    @classmethod
    def of(cls, environ: Mapping[str, str], data_dir: Path | None = None) -> Paths:
        """The paths under an environment; CODEX_TUI_CONFIG names another config file.

        User themes lie beside the config file, wherever that is.
        """
        import platformdirs  # not for `--help`, which has to read the table of options alone

        data = data_dir or platformdirs.user_data_path(NAME, appauthor=False)
        named = environ.get("CODEX_TUI_CONFIG")
        default = platformdirs.user_config_path(NAME, appauthor=False) / "config.toml"
        config_file = expanded(named) if named else default
        return cls(
            config_file=config_file,
            themes=config_file.parent / "themes",
            data=data,
            sessions=data / "sessions",
            trash=data / "trash",
            state=platformdirs.user_state_path(NAME, appauthor=False),
            cache=platformdirs.user_cache_path(NAME, appauthor=False),
            log=platformdirs.user_log_path(NAME, appauthor=False),
        )
