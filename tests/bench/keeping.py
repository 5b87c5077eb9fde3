"""What a million events cost while the app holds them: memory, and the garbage collector's time."""

from __future__ import annotations

import gc
import json
from importlib import import_module
from itertools import chain
from time import process_time
from typing import TYPE_CHECKING

from codex_tui.engine.feed import Feed
from codex_tui.engine.keeping import spooled
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import ScreenPace
from codex_tui.engine.session import Session
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.tui.widgets.timeline_rows import Rows
from codex_tui.wire.sse import SSEDecoder
from tests.bench import streams
from tests.bench.children import child, memory
from tests.bench.harness import Figures, Row, Scale, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.model.conversation import Conversation
    from codex_tui.recording.records import Record


def kept(scale: Scale) -> Row:
    """Everything that the app keeps of a session without a recording."""
    count = scale(1_000_000, 100_000)
    return Row(
        f"{count:,} events held by the app",
        {"ours": child("keeping:held", count), "dicts": child("keeping:dicts", count // 10)},
        [
            Target("bytes an event beside its text", 40, figure="bytes", unit="B"),
            Target("of the empty app's garbage collection", 2, figure="collection"),
        ],
        turns=scale(3, 1),
    )


def held(count: int) -> Figures:
    """Fold, log and fold into rows, as the app does; the payload goes to a temporary file."""
    import_module("codex_tui.tui.widgets.timeline_view")  # an empty app has loaded it

    class Rowed(Observer):
        def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
            rows.extend()

    session = Session(spooled, Rowed(), ScreenPace)
    conversation, log = session.conversation, session.log
    rows = Rows(log, lambda _kind: True)
    feed = Feed(session.folds, session.kept, session.observer, ScreenPace())
    _feed(feed, count // 20)  # the classes, tables and buffers that any session has
    empty, before, warm = _collection(), memory(), log.events
    characters = _characters(conversation)
    _feed(feed, count)
    collection = _collection()
    text = _characters(conversation) - characters
    bytes_ = (memory() - before - text) / (log.events - warm)
    return {"bytes": bytes_, "collection": collection / empty, "text": text}


def _feed(feed: Feed, count: int) -> None:
    for batch in records(count):
        feed.take(batch)
        feed.flush()


def _characters(conversation: Conversation) -> int:
    total = 0
    for turn in conversation.turns:
        transcript = turn.transcript
        texts = (transcript.output_text, transcript.reasoning_summary)
        total += sum(map(len, texts))
        total += sum(len(call.arguments) for call in transcript.tool_calls)
    return total


def records(count: int) -> Iterator[list[Record]]:
    """The records of turns, in the batches that a socket would bring."""
    for number in range(1, count // streams.TURN + 1):
        decoder = SSEDecoder()
        data = b"".join(streams.turn(number))
        reads = enumerate(map(decoder.feed, streams.cut(data, streams.READ)), 1)
        yield [RequestRecord(number, "", body={"input": "Question"})]
        for read, frames in reads:
            if frames:
                yield [FrameRecord(read / 60, read, frame) for frame in frames]
        yield [EndRecord(number, 60.0, "completed")]


def dicts(count: int) -> Figures:
    """The events as `json.loads` gives them, kept in a list."""
    events = chain.from_iterable(streams.turn(number) for number in range(count // streams.TURN))
    before = memory()
    kept = [json.loads(event.partition(b"data: ")[2]) for event in events]
    return {"bytes": (memory() - before) / len(kept), "collection": _collection()}


def _collection() -> float:
    """CPU seconds of a full garbage collection: the least, since other programs only add to it."""
    gc.collect()
    times = []
    for _ in range(15):
        began = process_time()
        gc.collect()
        times.append(process_time() - began)
    return min(times)
