"""Each rule has a stream that breaks it, and one beside it that almost does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codex_tui.findings import RULES
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    Direction,
    ForeignRecord,
    SentRecord,
    SocketRecord,
)
from tests.findings.other_pairs import PAIRS as PAIRS_OF_OTHERS
from tests.findings.streams import (
    Json,
    answered,
    asked,
    asked_on_socket,
    call,
    check,
    clean,
    end,
    found,
    frame,
    message,
    messages,
    place,
    whole,
)
from tests.findings.test_mutations import (
    ADDED,
    CHUNK,
    DONE,
    PART_ADDED,
    TEXT_DELTA,
    TEXT_DONE,
    as_frame,
    both,
    drop,
    final_output,
    insert,
    put,
    repeat,
    swap,
)
from tests.findings.test_rollouts import CALL, META, OUTPUT, STARTED, item, tokens

Stream = list[Any]


def changed(*steps: Any) -> Stream:
    """The clean stream with some faults."""
    return both(*steps)(clean())


def framed(events: Stream, **more: Any) -> Stream:
    return [frame(json.dumps(each), event=each["type"], **more) for each in events]


def timed(times: list[float], reads: list[int] | None = None) -> Stream:
    """The clean stream with times, and reads; as many events as there are times."""
    events = whole(message(0, [f"word {n} " for n in range(40)]))
    times = times + [times[-1]] * (len(events) - len(times))
    reads = reads or list(range(1, len(events) + 1))
    return [frame(each, t, read=read) for each, t, read in zip(events, times, reads, strict=False)]


def lines(*more: Json) -> Stream:
    return [frame(each, event="message") for each in (META, STARTED, *more)]


def foreign(data: bytes) -> Stream:
    return insert(4, ForeignRecord(None, None, data))(clean())


def cut(tail: bytes) -> Stream:
    return [*clean()[:-1], CutRecord(None, None, tail)]


def renumbered(first: int) -> Stream:
    return [each | {"sequence_number": first + n} for n, each in enumerate(clean())]


def alone(pieces: list[str]) -> Stream:
    """The text of a message is sent whole, or in pieces."""
    events = whole(message(0))
    deltas = [each for each in events if each["type"] == "response.output_text.delta"]
    kept = [each for each in events if each not in deltas[len(pieces) :]]
    for each, piece in zip(deltas, pieces, strict=False):
        each["delta"] = piece
    return [each | {"sequence_number": n} for n, each in enumerate(kept)]


def closed(dir_: Direction) -> SocketRecord:
    return SocketRecord(9.0, dir_, "close", 1011, "timeout")


def lanes(first: str | None, second: str | None) -> Stream:
    """Two responses that go on at the same time."""
    other = clean()
    other[0]["response"]["id"] = other[1]["response"]["id"] = other[-1]["response"]["id"] = "resp_2"
    begun, rest = (messages(clean(), 1, first)[:4], messages(clean(), 1, first)[4:])
    return [
        *(asked_on_socket(1, first), asked_on_socket(2, second)),
        *(*begun, *messages(other, 2, second), *rest),
    ]


SPOKEN = messages(clean())
TOOL = {"type": "function", "name": "get_weather", "parameters": {"required": ["city"]}}
FULL = "".join(each["delta"] for each in message(0) if each["type"].endswith("text.delta"))
CALLING = whole(message(0), call(1))
EVEN = [0.1 * n for n in range(46)]

PAIRS: dict[str, tuple[Stream, Stream]] = {
    "wire.content-type": (
        [asked(), answered("text/plain"), *clean(), end()],
        [asked(), answered("text/event-stream; charset=utf-8"), *clean(), end()],
    ),
    "wire.event-name": (
        changed(as_frame(TEXT_DELTA, event="response.refusal.delta")),
        changed(as_frame(TEXT_DELTA, event="response.output_text.delta")),
    ),
    "wire.no-event-name": ([json.dumps(each) for each in clean()], framed(clean())),
    "wire.id-field": (framed(clean(), id="7"), framed(clean(), id="")),
    "wire.done-marker": ([*clean(), "[DONE]"], [*clean(), {"type": "keepalive"}]),
    "wire.not-json": (
        changed(as_frame(TEXT_DELTA, data='{"type": "response.output')),
        changed(as_frame(TEXT_DELTA, data=json.dumps(clean()[place(clean(), TEXT_DELTA)]))),
    ),
    "wire.foreign-line": (foreign(b"lost"), insert(4, CommentRecord(None, None, ("a",)))(clean())),
    "wire.empty-event": (foreign(b"event: ping"), changed(insert(4, {"type": "ping"}))),
    "wire.cut-off": (cut(b'event: x\ndata: {"ty'), clean()),
    "wire.encoding": (
        changed(put(TEXT_DELTA, "delta", "\ufffdhe loop ")),
        changed(insert(4, {"type": "ping"})),
    ),
    "wire.other-protocol": (
        changed(insert(4, frame(json.dumps(CHUNK)))),
        [frame(json.dumps(CHUNK))],  # alone, with no request that says another thing
    ),
    "field.missing": (
        [{k: v for k, v in each.items() if k != "item_id"} for each in clean()],
        changed(put("completed", "response.user", None)),
    ),
    "field.type": (
        changed(put(TEXT_DONE, "content_index", "0")),
        changed(put(TEXT_DELTA, "obfuscation", "abc")),
    ),
    "field.unknown-type": (
        changed(insert(4, {"type": "response.thinking.delta", "delta": "x"})),
        changed(put("in_progress", "type", "response.queued")),
    ),
    "order.no-created": (changed(drop("created")), changed(insert(0, {"type": "keepalive"}))),
    "order.second-created": (changed(repeat("created")), changed(repeat("in_progress"))),
    "order.after-terminal": (
        [*clean(), clean()[4] | {"sequence_number": 99}],
        [*clean(), {"type": "codex.rate_limits", "rate_limits": {}}],
    ),
    "order.no-terminal": (
        changed(drop("completed")),
        [asked(), *changed(drop("completed")), end("cancelled")],
    ),
    "order.second-terminal": (changed(repeat("completed")), [*clean(), "[DONE]"]),
    "order.item-not-added": (changed(drop(ADDED, 1)), renumbered(12)[9:]),
    "order.item-not-done": (changed(drop(DONE, 1)), [*changed(drop(DONE, 1))[:-1]]),
    "order.part": (changed(drop(PART_ADDED)), changed(put(PART_ADDED, "part.text", "The "))),
    "order.done-alone": (alone([]), alone([FULL])),
    "order.delta-after-done": (changed(swap(TEXT_DELTA, 3)), changed(swap(TEXT_DELTA, 2))),
    "order.done-missing": (changed(drop(TEXT_DONE)), alone([FULL, ""])),
    "number.gap": (changed(put(TEXT_DELTA, "sequence_number", 999)), renumbered(1)),
    "number.repeat": (changed(repeat(TEXT_DELTA)), renumbered(1)),
    "number.back": (changed(swap(TEXT_DELTA)), renumbered(1)),
    "number.start": (renumbered(12), renumbered(0)),
    "index.collision": (changed(repeat(ADDED, 1)), whole(message(0), message(1))),
    "index.gap": (changed(put(TEXT_DELTA, "output_index", 7)), whole(call(0), message(1))),
    "id.changes": (
        changed(put(TEXT_DELTA, "item_id", "msg_x")),
        changed(put(TEXT_DELTA, "item_id", "msg_1")),
    ),
    "id.repeat": (changed(repeat(ADDED, 1)), whole(message(0), message(1))),
    "text.differs": (
        changed(put(TEXT_DONE, "text", "Other")),
        changed(put(PART_ADDED, "part.text", "The ")),
    ),
    "text.only-final": (
        changed(final_output(lambda output: [*output, message(9)[-1]["item"]])),
        clean(),
    ),
    "output.differs": (changed(final_output(lambda output: output[1:])), clean()),
    "status.contradicts": (
        changed(put("completed", "response.status", "failed")),
        changed(put("in_progress", "response.status", "queued")),
    ),
    "usage.sum": (
        changed(put("completed", "response.usage.total_tokens", 7)),
        changed(put("completed", "response.usage.input_tokens_details.cached_tokens", 40)),
    ),
    "tool.arguments-json": (
        whole(message(0), call(1, pieces=['{"city": '])),
        whole(message(0), call(1, pieces=["{}"])),
    ),
    "tool.schema": (
        [asked({"input": "", "tools": [TOOL]}), *whole(message(0), call(1, pieces=["{}"]))],
        [asked({"input": "", "tools": [TOOL]}), *CALLING],
    ),
    "tool.unknown": (
        [asked({"input": "", "tools": [TOOL | {"name": "other"}]}), *CALLING],
        [asked({"input": "", "tools": [TOOL]}), *CALLING],
    ),
    "time.buffered": (timed([9.0]), timed(EVEN)),
    "time.silent": (timed([0.1, 15.2]), timed([0.1, 15.0])),
    "socket.binary": (
        [asked_on_socket(), SocketRecord(0.6, "received", "binary", data=b"\0"), *SPOKEN],
        [asked_on_socket(), SentRecord(0.6, b"\0", "binary"), *SPOKEN],
    ),
    "socket.two-responses": (
        lanes(None, None),
        lanes("a", "b"),
    ),
    "socket.lane": (
        [asked_on_socket(lane="a"), *messages(clean(), lane="b")],
        [asked_on_socket(lane="a"), *messages(clean(), lane="a")],
    ),
    "socket.closed": (
        [asked_on_socket(), *SPOKEN[:-1], closed("received"), end("interrupted")],
        [asked_on_socket(), *SPOKEN, closed("received")],
    ),
    **PAIRS_OF_OTHERS,
    "rollout.ordinal": (
        lines(CALL | {"ordinal": 1}, OUTPUT | {"ordinal": 3}),
        lines(CALL | {"ordinal": 7}, OUTPUT | {"ordinal": 8}),
    ),
    "rollout.abandoned": (lines(CALL), lines(CALL, OUTPUT)),
    "rollout.usage": (lines(tokens(1001)), lines(tokens(1000), item("message", content=[]))),
}


def broken_by(stream: Stream) -> set[str]:
    return {finding.rule for finding in check(stream).findings.kept}


def test_each_rule_has_its_pair() -> None:
    assert set(PAIRS) == set(RULES)


@pytest.mark.parametrize("rule", PAIRS)
def test_a_rule_finds_what_breaks_it_and_not_what_almost_does(rule: str) -> None:
    breaks, almost = PAIRS[rule]
    assert rule in broken_by(breaks)
    assert rule not in broken_by(almost)


def test_a_character_that_came_in_two_halves_is_the_one_that_closes_the_text() -> None:
    assert found(whole(message(0, ("It runs \ud83d", "\ude00", " now")))) == []


def test_a_response_that_is_created_late_is_one_response() -> None:
    created, going, *others = whole(message(0))
    events = [*others[:3], created, going, *others[3:]]
    first = [each for each in found(events) if each.rule.startswith("order.")]
    assert [(each.rule, each.entries) for each in first] == [("order.no-created", [1])]
    numbers = {each.rule for each in found(events) if each.rule.startswith("number.")}
    assert numbers == {"number.back"}
