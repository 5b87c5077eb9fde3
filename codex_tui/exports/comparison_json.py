"""A comparison as one JSON object on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui._version import __version__
from codex_tui.comparison.report import turns_object
from codex_tui.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.turns import ComparedTurns


def write(turns: ComparedTurns, asked: Collection[Question], masked: str) -> Iterator[bytes]:
    """Yield the object, with what the files were masked by."""
    told = {"tool": f"codex-tui {__version__}", **turns_object(turns, asked), "masked": masked}
    yield to_json(told).encode() + b"\n"
