"""A stream of a million events checked: what that costs beside reading and folding it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from codex_tui.engine.folded import Folded
from codex_tui.findings import Checker
from codex_tui.formats import any_reader
from tests.bench import streams
from tests.bench.children import child
from tests.bench.harness import Figures, Row, Scale, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import Record

_CHUNK = 1 << 16


def check(scale: Scale) -> Row:
    """Each event by its rules; whole processes."""
    count = scale(1_000_000, 50_000)
    folder = Path(tempfile.gettempdir()) / "codex-tui-bench"
    path = streams.recording(folder / f"{count}.sse", count)
    return Row(
        f"a recording of {count:,} events, by the rules",
        {
            "ours": child("checking:checked", str(path)),
            "folded": child("checking:folded", str(path)),
        },
        [Target("checked, of read and folded", 1.3, "folded", "cpu")],
        turns=scale(5, 1),
    )


def checked(path: str) -> Figures:
    """Read, folded and checked."""
    checker = Checker()
    folded = Folded(checker)
    for record in records_of(Path(path)):
        arrival = folded.take(record)
        checker.take(record, arrival.event, arrival.turn)
    folded.conversation.finish()
    checker.finish()
    return {"cpu": process_time()}


def folded(path: str) -> Figures:
    """Read and folded."""
    folded = Folded()
    for record in records_of(Path(path)):
        folded.take(record)
    folded.conversation.finish()
    return {"cpu": process_time()}


def records_of(path: Path) -> Iterator[Record]:
    """The records of a file, a chunk at a time."""
    reader = any_reader()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield from (record for _, record in reader.feed(chunk))
    yield from (record for _, record in reader.close())
