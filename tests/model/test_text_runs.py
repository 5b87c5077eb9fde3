"""Where like events that follow each other bring pieces of different texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model.folds import Folds
from codex_tui.model.record_facts import named_text
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import FrameRecord
from tests.model.streams import (
    Json,
    added,
    decoded,
    delta,
    done,
    frame,
    function_call,
    text_delta,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def folded(events: Iterable[Json]) -> Folds:
    spool = Spool()
    folds = Folds(spool)
    for event in events:
        record = FrameRecord(None, None, frame(event))
        folds.take(record, decoded(event), spool.keep([record])[0])
    return folds


def call(name: str) -> Json:
    return added({**function_call(""), "id": None, "call_id": name})


def arguments(text: str, of: str) -> Json:
    return delta("function_call_arguments", text, item_id=of)


def broken(*events: Json) -> list[int]:
    log = folded(events).log
    return [entry for entry in range(len(log)) if log.breaks_at(entry)]


def test_pieces_of_two_calls_end_each_others_runs() -> None:
    pieces = [arguments(*each) for each in (("{", "A"), ("[", "B"), ("]", "B"), ("}", "A"))]
    assert broken(call("A"), call("B"), *pieces) == [2, 3, 5]
    assert [named_text(decoded(each)) for each in pieces] == ["A", "B", "B", "A"]


def test_a_run_is_named_from_its_first_piece_on_where_another_of_its_type_is_open() -> None:
    first, second = call("A"), call("B")
    pieces = [arguments("{", "A"), second, arguments("[", "B"), arguments("]", "B")]
    assert broken(first, *pieces, arguments("}", "A")) == [3, 5]


def test_what_grows_alone_is_not_named_though_others_are_done_or_of_another_type() -> None:
    spoken = added({"type": "message", "id": "m", "content": []}, 0)
    called = added({**function_call(""), "id": None, "call_id": "A"}, 1)
    ended = done({**function_call("{}"), "id": None, "call_id": "A"}, 1)
    later = added({**function_call(""), "id": None, "call_id": "B"}, 2)
    assert broken(spoken, called, arguments("{}", "A"), ended, later, arguments("{", "B")) == []


def test_a_run_goes_on_named_after_a_sign_of_life() -> None:
    alive = {"type": "keepalive"}
    calls = [call("A"), call("B"), arguments("{", "A")]
    assert broken(*calls, alive, arguments("}", "A")) == [2, 4]


def test_a_text_split_over_growing_indices_is_one_run() -> None:
    log = folded(text_delta(word, 0, part=n) for n, word in enumerate("abcd")).log
    assert list(log.breaks) == []


def test_parts_that_interleave_end_each_others_runs_and_are_named() -> None:
    events = [text_delta("a", 0, part=n % 2, item_id="m") for n in range(2, 6)]
    assert list(folded([*events, *events]).log.breaks)
    assert named_text(decoded(text_delta("a", 0, part=2, item_id="m"))) == "m part 2"
    assert named_text(decoded(text_delta("a", 3, part=0))) == "output 3"
    assert (
        named_text(decoded({**text_delta("a", 3), "agent": {"agent_name": "/r"}})) == "/r output 3"
    )


def test_what_is_folded_later_is_broken_at_the_same_entries() -> None:
    events = [call("A"), call("B"), arguments("{", "A"), arguments("[", "B")]
    live = folded(events)
    spool = Spool()
    later = Folds(spool)
    for event in events:
        record = FrameRecord(None, None, frame(event))
        later.log.append(record, decoded(event), spool.keep([record])[0])
    later.catch_up(3)
    later.catch_up(3)
    assert later.log.breaks == live.log.breaks
