"""Where things lie, as the platform wants it. Nothing is made here: who writes a file makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import platformdirs

from codex_tui.config.home import expanded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "codex-tui"


@dataclass(frozen=True, slots=True)
class Paths:
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
