"""Two sides for the tests of comparisons: streams of `tests.findings`, changed by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.comparison import Comparison, Runs
from tests.findings.streams import answered, asked, frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.comparison import ComparedRun, Discrepancy

Json = dict[str, Any]


def runs_of(records: Iterable[Any]) -> Runs:
    """Some records folded; dictionaries are events."""
    runs = Runs()
    for each in records:
        runs.take(frame(each) if isinstance(each, dict | str) else each)
    runs.finish()
    return runs


def run_of(events: Iterable[Any], body: Json | None = None) -> ComparedRun:
    """A turn of some events."""
    return runs_of([asked(body), answered(), *events]).run(1)


def compared(a: Iterable[Any], b: Iterable[Any]) -> Comparison:
    """Two turns of some events that answer the same request."""
    return Comparison.of(run_of(a), run_of(b))


def told(found: Iterable[Discrepancy]) -> list[tuple[str, str]]:
    """What differs, as kinds and sentences."""
    return [(each.kind, each.sentence) for each in found]
