"""A viewer in a pane of tmux beside a program: opened, and left to the user.

The pane gets the environment of tmux, so what ours says of places is said to it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from codex_tui.config.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDE = 160  # columns from which on the two stand side by side
_PLACES = ("PYTHONPATH", "HOME", "XDG_", "CODEX_TUI_", "NO_COLOR", "COLORTERM")
_LEFT_OUT = OPTIONS["token"].variable  # which the viewer can do without


def split(folder: str, data: str, environ: Mapping[str, str]) -> str:
    """Open a viewer of a tap beside this pane; return why that did not work, "" where it did.

    Args:
        folder: The tap's own folder.
        data: The folder of recordings.
        environ: Our environment.
    """
    wide = shutil.get_terminal_size().columns >= _WIDE
    command = [
        *("tmux", "split-window", "-d", "-h" if wide else "-v"),
        *(f"-e{name}={value}" for name, value in _places(environ).items()),
        *("--", sys.executable, "-m", "codex_tui", "--data-dir", data, "watch", folder),
    ]
    try:
        done = subprocess.run(command, env=dict(environ), capture_output=True, check=False)
    except OSError as error:
        return f"tmux: {error.strerror or error}"
    return done.stderr.decode("utf-8", "replace").strip() if done.returncode else ""


def _places(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name.startswith(_PLACES) and name != _LEFT_OUT
    }
