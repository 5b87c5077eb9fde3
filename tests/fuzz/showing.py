"""What the command line prints of some bytes, in this process."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import click

from codex_tui.cli.show import show
from codex_tui.config.paths import Paths
from codex_tui.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.config.settings import Format

FORMATS: tuple[Format, ...] = ("text", "json", "events", "summary", "plain")
_PATHS = Paths.of({})


def shown(path: Path, format_: Format) -> bytes | None:
    """What `show FILE --format` prints; None where it refuses the file with a sentence."""
    printed = io.BytesIO()
    with patch.object(sys, "stdout", io.TextIOWrapper(printed)), redirect_stderr(io.StringIO()):
        try:
            show(Settings(_PATHS, format=format_), str(path))
        except click.ClickException:
            return None
        return printed.getvalue()


def assert_prints(path: Path, format_: Format) -> None:
    """A file is printed or refused, and what should be JSON is JSON, as the standard has it."""
    printed = shown(path, format_)
    if printed is not None and format_ in ("json", "events"):
        for line in printed.splitlines():
            json.loads(line, parse_constant=_no_json)


def _no_json(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")
