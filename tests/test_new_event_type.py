"""What a new type of events takes: a class, wherever it stands, and nothing else anywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import pytest

from codex_tui import ResponseStream, SSEDecoder, Transcript
from codex_tui.model import timing
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import FrameRecord
from codex_tui.timeline.density import LANES, Density
from codex_tui.timeline.marks import Marks
from codex_tui.wire import base
from codex_tui.wire.base import (
    NOT_SENT,
    RESPONSES,
    CallProgressEvent,
    Family,
    ItemDeltaEvent,
    Protocol,
    ResponseStreamEvent,
)
from codex_tui.wire.decode import decode_event, event_type
from codex_tui.wire.events import LifecycleEvent, MalformedEvent
from codex_tui.wire.registry import (
    EVENT_CLASSES,
    TERMINAL_TYPES,
    comes_in_runs,
    family_of,
    label_of,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.model.timed import at, play, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DELTA, END, PROGRESS = "response.dream.delta", "response.dreamt", "response.dream_call.dreaming"


class Dream(ItemDeltaEvent):
    """A piece of a dream."""

    type: Literal["response.dream.delta"] = "response.dream.delta"


class Dreamt(LifecycleEvent):
    """The response has been dreamt: a terminal event."""

    type: Literal["response.dreamt"] = "response.dreamt"


class Dreaming(CallProgressEvent):
    """A call dreams."""

    type: Literal["response.dream_call.dreaming"] = "response.dream_call.dreaming"


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    """The new types, in the registry for the time of a test."""
    tables: tuple[dict[Any, Any], ...] = (
        *(base.TYPES, base.TYPES_BY_CLASS, base.EVENT_CLASSES, base.OUTCOMES),
        RESPONSES.types,
    )
    before = [dict(table) for table in tables]
    RESPONSES.event(Family.REASONING, delta=True)(Dream)
    RESPONSES.event(Family.LIFECYCLE, outcome="completed")(Dreamt)
    RESPONSES.event(Family.TOOL)(Dreaming)
    yield
    for table, held in zip(tables, before, strict=True):
        table.clear()
        table.update(held)


def data(event: dict[str, Any]) -> str:
    return json.dumps(event)


@pytest.mark.parametrize("named", [True, False])
def test_it_is_decoded(*, named: bool) -> None:
    frame = ServerSentEvent(DELTA if named else "message", data({"type": DELTA, "delta": "zzz"}))
    assert decode_event(frame) == Dream("zzz", NOT_SENT)
    assert event_type(frame) == DELTA
    assert EVENT_CLASSES[DELTA] is Dream


def test_what_it_needs_is_asked_for() -> None:
    frame = ServerSentEvent(DELTA, data({"type": DELTA}))
    event = decode_event(frame)
    assert isinstance(event, MalformedEvent)
    assert event.reason == f"{DELTA}: `delta` is missing"


def test_without_a_handler_it_is_folded_into_nothing_and_counted() -> None:
    session = play(request(), at(1.0, {"type": DELTA, "delta": "zzz"}))
    assert not session.turn.transcript.items
    assert (session.turn.events.total, session.turn.events.unknown) == (1, 0)


def test_what_it_is_made_of_may_have_a_handler() -> None:
    session = play(request(), at(1.0, {"type": PROGRESS, "item_id": "d"}))
    (call,) = session.turn.transcript.tool_calls
    assert (call.type, call.status) == ("dream_call", "dreaming")


def test_it_is_timed_as_what_it_says_it_is() -> None:
    session = play(request(), at(1.0, {"type": DELTA, "delta": "zzz"}), at(2.0, {"type": END}))
    assert [session.timing.what(entry) & timing.DELTA > 0 for entry in (1, 2)] == [True, False]
    assert session.timing.characters(1) == 3


def recorded(path: Path) -> Path:
    events = [{"type": "response.created", "response": {}}]
    events += [{"type": DELTA, "delta": text} for text in ("zz", "z")]
    events += [{"type": END, "response": {"status": "completed"}}]
    header = ': codex-tui {"version":1,"id":"x","created":"y","tool":"z"}\n\n'
    blocks = [
        f": codex-tui t={number}.000000 read={number}\nevent: {event['type']}\ndata: {data(event)}"
        for number, event in enumerate(events)
    ]
    path.write_text(header + "".join(f"{block}\n\n" for block in blocks))
    return path


def indexed(path: Path) -> EventLog:
    log = EventLog(ReplayedFile(path))
    indexer = Indexer(log)
    for part in (indexer.feed(path.read_bytes()), indexer.close()):
        log.join(part)
    return log


def in_order(path: Path) -> EventLog:
    log = EventLog(ReplayedFile(path))
    for span, record in read_records(path):
        log.append(
            record, decode_event(record.frame) if isinstance(record, FrameRecord) else None, span
        )
    return log


@pytest.mark.parametrize("read", [indexed, in_order])
def test_it_is_listed_under_its_name_in_its_family(read: Any, tmp_path: Path) -> None:
    log = read(recorded(tmp_path / "dream.sse"))
    assert [log.name(entry) for entry in range(len(log))] == ["response.created", DELTA, DELTA, END]
    assert [family_of(name) for name in (DELTA, END, PROGRESS)] == [
        Family.REASONING,
        Family.LIFECYCLE,
        Family.TOOL,
    ]
    assert comes_in_runs(DELTA)
    assert not comes_in_runs(END)
    assert log.record(1).frame.data == data({"type": DELTA, "delta": "zz"})


def test_the_strip_and_the_jumps_know_it(tmp_path: Path) -> None:
    log = in_order(recorded(tmp_path / "dream.sse"))
    density, marks = Density(log), Marks(log)
    density.take_up(10)
    for entry in range(len(log)):
        marks.note(entry, float(entry))
    spread = density.buckets.spread(density.clock.latest, 1)
    assert sum(spread.counts[LANES.index(Family.REASONING)]) == 2
    assert list(marks.items) == [1]


def test_a_terminal_one_ends_the_stream() -> None:
    text = data({"type": END, "response": {"id": "r"}})
    stream = ResponseStream([f"event: {END}\ndata: {text}\n\n".encode()])
    assert END in TERMINAL_TYPES
    assert stream.get_final_response().id == "r"
    transcript = Transcript()
    for frame in SSEDecoder().feed(f"data: {text}\n\n".encode()):
        transcript.apply(decode_event(frame))
    assert (transcript.phase, transcript.status) == ("completed", "completed")


def test_a_turn_that_it_ended_was_not_interrupted() -> None:
    session = play(request(), at(1.0, {"type": END, "response": {}}))
    session.conversation.finish()
    assert session.turn.how == "completed"


class Chunk(ResponseStreamEvent):
    """An event of an imaginary protocol, which names its events in another field."""

    object: Literal["response.dream.delta"] = "response.dream.delta"


def test_another_protocol_may_use_the_same_name() -> None:
    other = Protocol("object")
    assert other.event(Family.OUTPUT)(Chunk) is Chunk
    assert (other.types[DELTA].cls, other.types[DELTA].family) == (Chunk, Family.OUTPUT)
    assert (RESPONSES.types[DELTA].cls, EVENT_CLASSES[DELTA]) == (Dream, Dream)
    assert label_of(Dream("z")) == DELTA
