"""`codex-tui paths`: where things lie, and whether they are there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codex_tui.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.config import Settings


def show_paths(settings: Settings, _: str) -> int:
    """Print a line for each; the exit code is 0."""
    paths = settings.paths
    table: dict[str, Path] = {
        "config": paths.config_file,
        "themes": paths.themes,
        "sessions": paths.sessions,
        "trash": paths.trash,
        "state": paths.state,
        "cache": paths.cache,
        "log": paths.log,
    }
    width = max(len(str(path)) for path in table.values())
    output = Output(sys.stdout)
    for name, path in table.items():
        there = "exists" if path.exists() else "not there"
        output.write(f"{name:<8}  {path!s:<{width}}  {there}\n")
    output.flush()
    return 0
