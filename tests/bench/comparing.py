"""Two runs of a hundred thousand events compared: what is between the folds and what is told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from codex_tui.comparison import Comparison, Runs
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.sse import ServerSentEvent
from tests.bench import streams
from tests.bench.checking import records_of
from tests.bench.children import child
from tests.bench.harness import Figures, Row, Scale, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.recording.records import Record

_KINDS = 50


def compare(scale: Scale) -> Row:
    """Aligned and told: deltas whose words differ, and events that all stand for themselves."""
    count = scale(100_000, 5_000)
    folder = Path(tempfile.gettempdir()) / "codex-tui-bench"
    path = streams.recording(folder / f"{count}.sse", count)
    return Row(
        f"{count:,} events against {count:,}",
        {
            "ours": child("comparing:deltas", str(path)),
            "alone": child("comparing:alone", str(count)),
        },
        [
            Target("aligned and told", 1.0, figure="cpu", unit="s"),
            Target("the same of events that stand alone", 2.0, figure="cpu", run="alone", unit="s"),
        ],
        turns=scale(5, 1),
    )


def deltas(path: str) -> Figures:
    """A recording and itself with another word here and there, all turns of it."""
    records = [*records_of(Path(path))]
    a, b = _folded(records), _folded(map(_changed, records))
    return _told(a, b)


def alone(count: str) -> Figures:
    """Events of types that nobody knows: none of them is folded into another."""
    a, b = (_folded(_unknown(int(count), every)) for every in (0, 10))
    return _told(a, b)


def _told(a: Runs, b: Runs) -> Figures:
    pairs = [(a.run(number), b.run(number)) for number in range(1, len(a) + 1)]
    began = process_time()
    for one, other in pairs:
        _ = Comparison.of(one, other).differences
    return {"cpu": process_time() - began}


def _folded(records: Iterable[Record]) -> Runs:
    runs = Runs()
    for record in records:
        runs.take(record)
    runs.finish()
    return runs


def _changed(record: Record) -> Record:
    """A record in which a word is another, in deltas and in whole texts."""
    if not isinstance(record, FrameRecord):
        return record
    frame = record.frame
    data = frame.data.replace(" limit", " bound")
    return FrameRecord(record.t, record.read, ServerSentEvent(event=frame.event, data=data))


def _unknown(count: int, every: int) -> Iterator[Record]:
    for number in range(count):
        kind = "other" if every and number % every == 0 else f"kind{number % _KINDS}"
        data = f'{{"type":"{kind}","value":{number},"id":"{number + every}"}}'
        yield FrameRecord(number / 1000, number + 1, ServerSentEvent(event=kind, data=data))
