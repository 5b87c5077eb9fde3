"""Stepping back is exact: a state is the same from wherever one comes."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import codex_tui
from codex_tui.model.checkpoints import Checkpoints
from codex_tui.model.conversation import Conversation
from codex_tui.model.text import Text
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from tests.counting import calls_of
from tests.model.dumps import dump
from tests.model.streams import (
    Json,
    added,
    created,
    delta,
    done,
    ended,
    frame,
    function_call,
    message,
    reasoning,
    text_delta,
    text_done,
)
from tests.model.test_transcript_properties import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEMOS = sorted((Path(codex_tui.__file__).parent / "data").glob("*.sse"))
STREAMS = Path(__file__).parents[3] / "shared" / "streams"
RECORDED = sorted(STREAMS.rglob("*.sse"))

CALL = {"call_id": "c", "type": "shell_call", "id": "sh"}
OUTPUT = {"call_id": "c", "type": "shell_call_output", "id": "out"}
PRINTED = [{"stdout": "o"}]
# What changes something that a careless copy would share.
TELLING: list[Json] = [
    text_delta("draft", 0),
    text_delta("late", 0),
    text_done("final", 0),
    {"type": "response.output_text.annotation.added", "output_index": 0, "annotation": {"a": 1}},
    added(message(id="m"), 0),
    done(message("final", id="m"), 0),
    added(message(id="m"), 1),
    added(CALL, 2),
    {"type": "response.shell_call_command.delta", "output_index": 2, "delta": "l"},
    {"type": "response.shell_call_command.done", "output_index": 2, "command": "ls -l"},
    done({**CALL, "status": "completed"}, 2),
    added(OUTPUT, 3),
    {"type": "response.shell_call_output_content.delta", "output_index": 3, "delta": PRINTED[0]},
    done({**OUTPUT, "output": PRINTED}, 3),
    done({**OUTPUT, "id": "other", "output": PRINTED}, 4),
    delta("reasoning_summary_text", "hm", 5, summary_index=1),
    created(sequence_number=3),
    ended(),
]

TIMES = st.none() | st.integers(0, 99).map(float)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    *[st.builds(FrameRecord, TIMES, st.none() | st.integers(1, 9), EVENTS.map(frame))] * 3,
    *[st.builds(FrameRecord, TIMES, st.none(), st.sampled_from(TELLING).map(frame))] * 5,
    st.builds(RequestRecord, st.integers(1, 3), st.just("now"), body=st.just({"input": "hi"})),
    st.builds(ResponseRecord, st.just(1), TIMES, st.just(200)),
    st.builds(CommentRecord, TIMES, st.none(), st.just((" ping",))),
    st.builds(CutRecord, TIMES, st.none(), st.just(b"data")),
    st.builds(EndRecord, st.just(1), TIMES, st.just("interrupted")),
)


def logged(records: Iterable[Record]) -> EventLog:
    spool = Spool()
    log = EventLog(spool)
    for record in records:
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, spool.keep([record])[0])
    return log


def frames(events: Iterable[Json]) -> list[Record]:
    return [FrameRecord(n / 10, n + 1, frame(event)) for n, event in enumerate(events)]


def opened(path: Path) -> EventLog:
    file = ReplayedFile(path)
    log = EventLog(file)
    for span, record in read_records(path):
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, span)
    return log


def scattered(count: int) -> list[int]:
    """Return the numbers below `count` in an order that jumps to and fro, always the same."""
    return sorted(range(count), key=lambda n: n * 7919 % 1009)


def states(log: EventLog) -> list[Any]:
    """Every state of a log, folded from its start."""
    conversation = Conversation()
    found = [dump(conversation)]
    for entry in range(len(log)):
        conversation.apply(log.record(entry))
        found.append(dump(conversation))
    return found


def played(log: EventLog, checkpoints: Checkpoints) -> Conversation:
    """Fold a log as a live stream is folded, with a note after each entry."""
    conversation = Conversation()
    for entry in range(len(log)):
        conversation.apply(log.record(entry))
        checkpoints.note(entry + 1, conversation)
    return conversation


@given(st.lists(RECORDS, max_size=30), st.integers(1, 4), st.integers(2, 9), st.data())
@settings(max_examples=100, deadline=None)
def test_every_state_is_that_of_a_fold_from_the_start(
    records: list[Record], spacing: int, most: int, data: st.DataObject
) -> None:
    log = logged(records)
    expected = states(log)
    checkpoints = Checkpoints(log, spacing, most)
    if data.draw(st.booleans()):
        live = played(log, checkpoints)
        assert dump(live) == expected[-1]
    for n in data.draw(st.permutations(range(len(log) + 1))):
        assert dump(checkpoints.state_at(n)) == expected[n]
    assert len(checkpoints) <= most


@given(st.permutations(TELLING))
@settings(max_examples=25, deadline=None)
@example(TELLING * 2)
def test_nothing_that_a_later_event_changes_is_shared(events: list[Json]) -> None:
    log = logged(frames(events))
    checkpoints = Checkpoints(log, spacing=1)
    expected = states(log)
    played(log, checkpoints)
    for n in scattered(len(log) + 1):
        assert dump(checkpoints.state_at(n)) == expected[n]


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_every_state_of_the_demos_can_be_had_from_anywhere(path: Path) -> None:
    log = opened(path)
    checkpoints = Checkpoints(log, spacing=20)
    expected = states(log)
    played(log, checkpoints)
    assert len(checkpoints) > 3
    for n in scattered(len(log) + 1):
        assert dump(checkpoints.state_at(n)) == expected[n]


@pytest.mark.skipif(not RECORDED, reason="no recorded streams beside the checkout")
def test_states_of_real_streams_can_be_had_from_anywhere() -> None:
    for path in RECORDED:
        log = opened(path)
        checkpoints = Checkpoints(log, spacing=7)
        for n in scattered(len(log) + 1)[:3]:
            fresh = Conversation()
            for entry in range(n):
                fresh.apply(log.record(entry))
            assert dump(checkpoints.state_at(n)) == dump(fresh), (path.name, n)


def test_a_state_is_the_callers_who_may_fold_on_in_it() -> None:
    log = logged(frames(text_delta(f"{n} ", 0) for n in range(400)))
    checkpoints = Checkpoints(log, spacing=16)
    live = played(log, checkpoints)
    for n in (0, 100, 256, 300):
        state = checkpoints.state_at(n)
        for record in log.records(n, len(log)):
            state.apply(record)
        assert dump(state) == dump(live)
    assert [len(checkpoints.state_at(n).turns) for n in (0, 1)] == [0, 1]
    assert dump(checkpoints.state_at(400)) == dump(live)


def test_a_live_stream_goes_on_while_its_past_is_looked_at() -> None:
    records = frames(text_delta(f"{n} ", 0) for n in range(300))
    log = logged(records[:200])
    checkpoints = Checkpoints(log, spacing=10)
    live = played(log, checkpoints)
    checkpoints.state_at(200).apply(records[200])
    spool = log.payload
    assert isinstance(spool, Spool)
    for record in records[200:]:
        assert isinstance(record, FrameRecord)
        log.append(record, decode_event(record.frame), spool.keep([record])[0])
        live.apply(record)
        checkpoints.note(len(log), live)
    turn = checkpoints.state_at(300).turn
    assert turn is not None
    assert turn.transcript.output_text == "".join(f"{n} " for n in range(300))


def test_a_text_that_was_replaced_is_as_it_was_before() -> None:
    log = logged(frames([text_delta("draft", 0), text_done("final", 0), text_delta("late", 0)]))
    checkpoints = Checkpoints(log, spacing=1)
    played(log, checkpoints)
    texts = [checkpoints.state_at(n).turns[0].transcript.items[0].texts()[0] for n in (1, 2, 3)]
    assert [str(text) for text in texts] == ["draft", "final", "final"]
    assert [text.streamed for text in texts] == [None, "draft", "draftlate"]


def test_nothing_is_folded_again_at_the_latest_checkpoint() -> None:
    log = logged(frames(text_delta("x", 0) for _ in range(100)))
    checkpoints = Checkpoints(log, spacing=16)
    assert checkpoints.latest == 0
    played(log, checkpoints)
    assert 0 < checkpoints.latest <= len(log)
    assert checkpoints.distance(checkpoints.latest) == 0


def test_turns_that_are_over_are_shared() -> None:
    turn: list[Record] = [
        RequestRecord(1, "now"),
        *frames([created(), text_delta("a", 0), ended()]),
        EndRecord(1, 1.0, "completed"),
    ]
    log = logged(turn * 5)
    checkpoints = Checkpoints(log, spacing=1)
    live = played(log, checkpoints)
    state = checkpoints.state_at(len(log) - 2)
    assert [a is b for a, b in zip(state.turns, live.turns, strict=True)] == [True] * 4 + [False]


def test_a_far_state_is_had_all_the_same_and_is_near_from_then_on() -> None:
    log = logged(frames(text_delta("x", 0) for _ in range(1000)))
    checkpoints = Checkpoints(log, spacing=64)
    assert checkpoints.distance(900) == 900
    turn = checkpoints.state_at(900).turn
    assert turn is not None
    assert turn.transcript.output_text == "x" * 900
    assert checkpoints.distance(900) < 80
    assert checkpoints.distance(500) < 80


def session(events: int) -> list[Record]:
    """Build a session of ten turns with reasoning, a call and an answer of 4 characters a delta."""
    records: list[Record] = []
    pieces = (events // 10 - 10) // 3
    text = "word" * pieces
    for turn in range(10):
        records += [RequestRecord(turn + 1, "now"), ResponseRecord(turn + 1, 0.1, 200)]
        records += frames(
            [
                created(),
                added(reasoning(), 0),
                *[delta("reasoning_summary_text", "word", 0, summary_index=0)] * pieces,
                done(reasoning(text), 0),
                added(function_call(), 1),
                *[delta("function_call_arguments", "word", 1)] * pieces,
                done(function_call(text), 1),
                added(message(), 2),
                *[text_delta("word", 2)] * pieces,
                done(message(text), 2),
                ended(),
            ]
        )
        records.append(EndRecord(turn + 1, 9.0, "completed"))
    return records


def test_checkpoints_cost_little_beside_the_text() -> None:
    log = logged(session(5_000))
    tracemalloc.start()
    conversation = played(log, checkpoints := Checkpoints(log, spacing=50))
    both, _ = tracemalloc.get_traced_memory()
    del checkpoints
    alone, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(conversation.turns) == 10
    assert (both - alone) / 100 < 6_000


# -- many items


def one_by_one(count: int) -> list[Record]:
    """Messages that are opened, grow, and end before the next one."""
    events: list[Json] = [created()]
    for n in range(count):
        text = f"text {n}"
        events += [added(message(id=f"m{n}"), n), text_delta(text, n)]
        events += [done(message(text, id=f"m{n}"), n)]
    return frames(events)


def at_once(count: int) -> list[Record]:
    """Messages that are all open and grow by turns."""
    events = [created(), *(added(message(id=f"m{n}"), n) for n in range(count))]
    for piece in ("one ", "two ", "three"):
        events += [text_delta(piece, n, item_id=f"m{n}") for n in range(count)]
    return frames(events)


def linked(count: int) -> list[Record]:
    """Calls whose outputs come much later, and items that others repeat."""
    events: list[Json] = [created()]
    for n in range(count):
        events.append(added({"type": "shell_call", "call_id": f"c{n}", "id": f"i{n % 50}"}, n))
        events.append(added(message("again", id=f"m{n % 70}"), count + n))
        if n >= 90:
            call = {"type": "shell_call_output", "call_id": f"c{n - 90}", "id": f"o{n}"}
            events.append(done({**call, "output": PRINTED}, 2 * count + n))
            events.append(text_delta("more", count + n - 90))
    return frames(events)


@pytest.mark.parametrize("made", [one_by_one, at_once, linked])
def test_every_state_of_many_items_can_be_had_from_anywhere(
    made: Callable[[int], list[Record]],
) -> None:
    log = logged(made(150))
    checkpoints = Checkpoints(log, spacing=16)
    conversation, right = Conversation(), {}
    for entry in range(len(log)):
        conversation.apply(log.record(entry))
        checkpoints.note(entry + 1, conversation)
        if entry % 29 == 0:
            right[entry + 1] = dump(conversation)
    for n in sorted(right, key=lambda n: n * 7919 % 1009):
        state = checkpoints.state_at(n)
        assert dump(state) == right[n]
        for record in log.records(n, len(log)):
            state.apply(record)  # nobody else sees it
    assert all(dump(checkpoints.state_at(n)) == right[n] for n in right)


@pytest.mark.parametrize("made", [one_by_one, at_once])
def test_another_moment_costs_no_more_where_there_are_many_items(
    made: Callable[[int], list[Record]],
) -> None:
    def cost(count: int) -> int:
        log = logged(made(count))
        checkpoints = Checkpoints(log, spacing=16, most=len(log))
        played(log, checkpoints)
        places = [len(log) * part // 8 for part in range(1, 9)]
        return calls_of(lambda: [checkpoints.state_at(n) for n in places]) // len(places)

    cost(10)  # what is imported once
    assert cost(2400) <= 1.5 * cost(600) + 500


@pytest.mark.parametrize("made", [one_by_one, at_once])
def test_checkpoints_share_the_items_that_were_not_written_between_them(
    made: Callable[[int], list[Record]],
) -> None:
    log = logged(made(1000))
    checkpoints = Checkpoints(log, spacing=16)
    played(log, checkpoints)
    running = [turn for kept in checkpoints._kept for turn in kept.running]
    items = {id(item) for turn in running for item in turn.transcript.items}
    assert len(running) > 20
    assert len(items) <= 1.1 * len(log)


def test_writing_one_item_of_a_state_copies_that_one_alone() -> None:
    log = logged(one_by_one(1000))
    state = played(log, Checkpoints(log))
    fork, items = state.fork(), state.turns[0].transcript.items
    again = fork.fork()
    [record] = frames([done(message("other", id="m500"), 500)])
    again.apply(record)
    pairs = zip(again.turns[0].transcript.items, fork.turns[0].transcript.items, strict=True)
    assert [one.number for one, other in pairs if one is not other] == [500]
    assert str(items[500].texts()[0]) == "text 500"


# -- the garbage collector


def walked(kind: type = object) -> int:
    """How many objects of a kind the garbage collector looks at."""
    return sum(isinstance(each, kind) for each in gc.get_objects())


def test_a_turn_is_few_objects_for_the_garbage_collector() -> None:
    log = logged(session(1_000))
    played(log, Checkpoints(log))  # what is made once
    gc.collect()
    before = walked()
    conversation = played(log, Checkpoints(log))
    gc.collect()
    assert (walked() - before) / len(conversation.turns) <= 30


@pytest.mark.parametrize("made", [session, one_by_one, at_once, linked])
def test_what_was_folded_is_freed_without_the_garbage_collector(
    made: Callable[[int], list[Record]],
) -> None:
    log = logged(made(200))
    gc.collect()
    gc.disable()
    try:
        before = walked(Text)
        conversation = played(log, checkpoints := Checkpoints(log, spacing=10))
        assert walked(Text) > before + 10
        del conversation, checkpoints
        assert walked(Text) == before
    finally:
        gc.enable()
