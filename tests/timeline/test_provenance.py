"""Every character has its event, and every event its characters, as a naive fold finds them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codex_tui.model import checkpoints
from codex_tui.model.conversation import Conversation
from codex_tui.model.folds import Folds
from codex_tui.model.items import PartedItem, ToolCall
from codex_tui.model.record_facts import facts_of
from codex_tui.recording.payload import Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import FrameRecord, Record
from codex_tui.timeline.provenance import (
    PieceScan,
    TextPiece,
    TextPlace,
    entry_of,
    span_of,
    text_at,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa
from tests.model.streams import added, created, done, ended, frame, message, text_delta, text_done
from tests.model.test_checkpoints import DEMOS, RECORDS, TELLING, frames

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Texts = dict[TextPlace, tuple[int, str]]


def folds_of(
    records: Iterable[Record], *, note: bool = True, spacing: int = checkpoints.SPACING
) -> Folds:
    spool = Spool()
    folds = Folds(spool)
    folds.checkpoints._spacing = spacing
    for record in records:
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        folds.take(record, event, spool.keep([record])[0])
        if note:
            folds.note()
    return folds


def texts(conversation: Conversation) -> Texts:
    found: Texts = {}
    for turn, each in enumerate(conversation.turns):
        for number, item in enumerate(each.transcript.items):
            if isinstance(item, PartedItem):
                for part in item.parts:
                    place = TextPlace(turn, number, part.number)
                    found[place] = (part.text.replaced, str(part.text))
            elif isinstance(item, ToolCall):
                found[TextPlace(turn, number)] = (item.arguments.replaced, str(item.arguments))
    return found


def naive(folds: Folds) -> tuple[list[Texts], dict[TextPlace, list[tuple[int, int]]]]:
    """All texts after each entry, and of each text its pieces: where they begin, and the entry."""
    conversation = Conversation()
    states = [texts(conversation)]
    pieces: dict[TextPlace, list[tuple[int, int]]] = {}
    for entry in range(len(folds.log)):
        conversation.apply(folds.log.record(entry))
        states.append(texts(conversation))
        for place, (replaced, text) in states[-1].items():
            before, old = states[-2].get(place, (0, ""))
            if replaced != before:
                pieces[place] = [(0, entry)]
            elif len(text) > len(old):
                pieces.setdefault(place, []).append((len(old), entry))
    return states, pieces


def pieces_of(folds: Folds, place: TextPlace) -> list[TextPiece]:
    """Return the pieces that the latest generation of a text was brought in."""
    scan = PieceScan(folds.log)
    while scan.advance(lambda: False):
        pass
    text = text_at(folds.conversation, place)
    found = scan.pieces(place, 0 if text is None else text.replaced)
    return [found[index] for index in range(len(found))] if found is not None else []


def check(folds: Folds) -> None:
    states, pieces = naive(folds)
    for place, (_, text) in states[-1].items():
        found = [piece[:2] for piece in pieces_of(folds, place)]
        assert found == pieces.get(place, [])
        for offset in range(0, len(text), 1 + len(text) // 7):
            entry = max((e for start, e in found if start <= offset), default=None)
            assert entry_of(folds, place, offset) == entry
        assert entry_of(folds, place, len(text)) is None
    for entry in range(len(folds.log)):
        changed = [p for p, text in states[entry + 1].items() if states[entry].get(p) != text]
        brought = span_of(folds, entry)
        came = [p for p in changed if states[entry + 1][p][1] or p in states[entry]]
        assert (brought is None) == (not came)
        if brought is not None:
            replaced, text = states[entry + 1][brought.place]
            before, old = states[entry].get(brought.place, (0, ""))
            assert brought.place == came[0]
            start = 0 if replaced != before else len(old)
            assert (brought.start, brought.end) == (start, len(text))


@given(st.lists(RECORDS, max_size=30), st.integers(1, 4), st.booleans())
@settings(max_examples=120)
def test_every_character_is_traced_as_a_naive_fold_traces_it(
    records: list[Record], spacing: int, note: bool
) -> None:
    folds = folds_of(records, note=False, spacing=spacing)
    if note:
        folds.checkpoints.state_at(len(folds.log))
    check(folds)


@given(st.permutations(TELLING))
@settings(max_examples=30)
@example(TELLING * 2)
def test_whatever_an_event_changes_is_traced_to_it(events: list[dict[str, object]]) -> None:
    check(folds_of(frames(events)))


@given(st.lists(RECORDS, min_size=1, max_size=20), st.data())
@settings(max_examples=50)
def test_a_character_seen_at_an_earlier_moment_is_traced_as_it_stood_then(
    records: list[Record], data: st.DataObject
) -> None:
    folds = folds_of(records)
    moment = data.draw(st.integers(0, len(folds.log)))
    shown = folds.checkpoints.state_at(moment)
    cut = folds_of(records[:moment])
    for place, (_, text) in texts(shown).items():
        for offset in range(len(text)):
            assert entry_of(folds, place, offset, shown) == entry_of(cut, place, offset)


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_the_demos_are_traced(path: Path) -> None:
    # Checkpoints near each other, or each event would be reached by folding hundreds before it.
    check(folds_of((record for _, record in read_records(path)), spacing=16))


@pytest.mark.slow
@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_the_demos_are_traced_from_far_checkpoints(path: Path) -> None:
    check(folds_of(record for _, record in read_records(path)))


def test_a_closing_text_brought_what_it_replaced_or_filled() -> None:
    replaced = frames(
        [created(), added(message(), 0), text_delta("draft", 0), text_done("final text", 0)]
    )
    folds = folds_of(replaced)
    place = TextPlace(0, 0, 0)
    assert {entry_of(folds, place, offset) for offset in range(10)} == {3}
    assert span_of(folds, 3) == (place, 0, 10)
    assert span_of(folds, 2) == (place, 0, 5)
    folds = folds_of(frames([created(), added(message(), 0), text_done("final text", 0)]))
    assert entry_of(folds, place, 9) == 2
    folds = folds_of(frames([created(), ended(output=(message("whole"),))]))
    assert entry_of(folds, place, 0) == 1


def test_a_closing_text_that_says_the_same_brings_nothing() -> None:
    folds = folds_of(frames([text_delta("ab", 0), text_done("ab", 0), done(message("ab"), 0)]))
    assert [span_of(folds, entry) for entry in range(3)] == [(TextPlace(0, 0, 0), 0, 2), None, None]


def test_gaps_are_silences_of_the_stream_and_log_probabilities_are_summed() -> None:
    one = {"token": "a", "logprob": -0.5}
    other = {"token": "b", "logprob": -1.5}
    events = [
        created(),
        text_delta("a", 0, logprobs=[one]),
        text_delta("ab", 0, logprobs=[one, other]),
        text_delta("c", 0, logprobs=[{"token": "c"}]),
        text_delta("d", 0),
    ]
    folds = folds_of(frames(events))
    found = pieces_of(folds, TextPlace(0, 0, 0))
    assert [piece.gap for piece in found] == [pytest.approx(0.1)] * 4
    assert [piece.logprob for piece in found[:2]] == [-0.5, -2.0]
    assert [piece.logprob for piece in found[2:]] == [None, None]
    told = facts_of(folds.log.record(2))
    assert told[-2:] == [("logprob", "'a' -0.500 (60.7 %)"), ("", "'b' -1.500 (22.3 %)")]


def test_a_file_without_times_has_no_gaps() -> None:
    folds = folds_of(FrameRecord(None, None, frame(text_delta("a", 0))) for _ in range(3))
    assert [piece.gap for piece in pieces_of(folds, TextPlace(0, 0, 0))] == [None] * 3


def test_a_scan_goes_on_where_the_log_grows() -> None:
    spool = Spool()
    folds = Folds(spool)
    scan = PieceScan(folds.log)
    for record in frames([text_delta("ab", 0)] * 5):
        assert isinstance(record, FrameRecord)
        folds.take(record, decode_event(record.frame), spool.keep([record])[0])
        assert not scan.advance(lambda: False)
    pieces = scan.pieces(TextPlace(0, 0, 0))
    assert pieces is not None
    assert list(pieces.starts) == [0, 2, 4, 6, 8]
    assert scan.pieces(TextPlace(0, 1, 0)) is None


def test_keys_of_sections_are_places_only_where_events_brought_the_text() -> None:
    for place in (TextPlace(0, 0, 0), TextPlace(2, 11, 3), TextPlace(1, 4)):
        assert TextPlace.of_key(place.key) == place
    for key in ("0/prompt/text", "0/item-1/sources", "0/item-1/0/streamed", "0/end/end", "Fields"):
        assert TextPlace.of_key(key) is None


def test_places_that_are_not_there_have_no_text_and_no_entry() -> None:
    folds = folds_of(frames([text_delta("a", 0)]))
    for place in (TextPlace(1, 0, 0), TextPlace(0, 1, 0), TextPlace(0, 0, 1), TextPlace(0, 0)):
        assert text_at(folds.conversation, place) is None
        assert entry_of(folds, place, 0) is None


def unnamed(events: Iterable[Any]) -> list[Record]:
    texts = (each if isinstance(each, str) else json.dumps(each) for each in events)
    return [FrameRecord(n / 10, n + 1, ServerSentEvent(data=t)) for n, t in enumerate(texts)]


TWO = oa.chunk(oa.choice({"content": "a", "reasoning": "b"}), oa.choice({"content": "c"}, 1))
SERVER = oa.tool_use(3, ("{}",), id="srv_1", name="web_search")
RESULT = oa.block_start(4, "web_search_tool_result", tool_use_id="srv_1", content=[])


@pytest.mark.parametrize(
    "events",
    [
        [*oa.chat()[:3], TWO, *oa.chat()[3:], *oa.chat()],
        [*oa.messages()[:-2], *SERVER, RESULT, *oa.text(5), *oa.messages()],
    ],
    ids=["chat", "messages"],
)
def test_events_of_the_other_apis_are_traced(events: list[Any]) -> None:
    check(folds_of(unnamed(events), spacing=4))
    whole = oa.message_start(content=[{"type": "text", "text": "Whole"}], stop_reason="end_turn")
    folds = folds_of(unnamed([whole["message"]]))
    assert entry_of(folds, TextPlace(0, 0, 0), 3) == 0
