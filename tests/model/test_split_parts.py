"""One text whose index grows with each piece of it: one part, whatever closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.model.items import MessageItem, PartedItem
from tests.model.streams import (
    Json,
    added,
    created,
    decoded,
    delta,
    done,
    ended,
    fold,
    message,
    part,
    reasoning,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.transcript import Transcript

ANSWER = {"type": "output_text", "text": ""}
KINDS: dict[str, tuple[str, Callable[[tuple[str, ...]], Json]]] = {
    "output_text": ("content_index", lambda text: message(*text)),
    "refusal": ("content_index", lambda text: _holding("refusal", "refusal", text)),
    "reasoning_text": ("content_index", lambda text: reasoning(content=_parts(text))),
    "reasoning_summary_text": ("summary_index", lambda text: reasoning(*text)),
}
PIECES = ["User", " wants", " one", " word", "."]
WHOLE = "User wants one word."


def _parts(texts: tuple[str, ...]) -> list[Json]:
    return [{"type": "reasoning_text", "text": text} for text in texts]


def _holding(type_: str, field: str, texts: tuple[str, ...]) -> Json:
    return {**message(), "content": [{"type": type_, field: text} for text in texts]}


def _closed(kind: str, text: str, at: int) -> Json:
    field = "refusal" if kind == "refusal" else "text"
    return {
        "type": f"response.{kind}.done",
        field: text,
        KINDS[kind][0]: at,
        "output_index": 0,
        "item_id": "x",
    }


def growing(kind: str, pieces: list[str] = PIECES, first: int = 1) -> list[Json]:
    name = KINDS[kind][0]
    return [delta(kind, piece, 0, **{name: first + n}) for n, piece in enumerate(pieces)]


def texts(transcript: Transcript) -> list[str]:
    found = [item for item in transcript.items if isinstance(item, PartedItem)]
    return [str(each.text) for item in found for each in item.parts if each.type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("closing", ["nothing", "text", "item", "response", "all"])
@pytest.mark.parametrize("further", [0, 1, 2])
def test_it_is_one_text_however_it_is_closed(kind: str, closing: str, further: int) -> None:
    empty: Any = message() if kind in ("output_text", "refusal") else reasoning()
    events = [created(), added({**empty, "status": "in_progress"}, 0), *growing(kind)]
    item = KINDS[kind][1]((WHOLE,))
    if closing in ("text", "all"):
        events.append(_closed(kind, WHOLE, len(PIECES) + further))
    if closing in ("item", "all"):
        events.append(done(item, 0))
    if closing in ("response", "all"):
        events.append(ended(output=(item,)))
    transcript = fold(*events)
    assert texts(transcript) == [WHOLE]
    assert [each.rule for each in transcript.forgiving.of("index.gap")] == ["index.gap"]
    assert all(text.streamed is None for item in transcript.items for text in item.texts())


def test_an_announced_part_goes_on_under_the_indices_after_it() -> None:
    transcript = fold(
        part("added", ANSWER, 0, content_index=6),
        *growing("output_text", ["Hel", "lo", "!"], 6),
        _closed("output_text", "Hello!", 9),
        part("done", {**ANSWER, "text": "Hello!"}, 0, content_index=10),
        done(message("Hello!"), 0),
    )
    assert texts(transcript) == ["Hello!"]


def test_parts_that_were_announced_are_joined_by_what_closes_them_all() -> None:
    pieces = ["Hel", "lo", "!"]
    events = [
        event
        for n, piece in enumerate(pieces)
        for event in (
            part("added", ANSWER, 0, content_index=n),
            delta("output_text", piece, 0, content_index=n),
        )
    ]
    assert texts(fold(*events)) == pieces
    assert texts(fold(*events, _closed("output_text", "Hello!", 3))) == ["Hello!"]
    assert texts(fold(*events, done(message("Hello!"), 0))) == ["Hello!"]


def test_several_pieces_under_each_index_are_joined_by_what_closes_them() -> None:
    events = [
        delta("output_text", piece, 0, content_index=n)
        for n, pair in enumerate([("He", "l"), ("l", "o"), ("!", "")])
        for piece in pair
    ]
    transcript = fold(*events, done(message("Hello!"), 0))
    assert texts(transcript) == ["Hello!"]
    assert transcript.output_text == "Hello!"


def test_two_texts_of_one_message_that_are_each_split_stay_two() -> None:
    transcript = fold(
        *growing("output_text", ["On", "e"], 0),
        _closed("output_text", "One", 2),
        part("added", ANSWER, 0, content_index=3),
        *growing("output_text", ["Tw", "o"], 3),
        _closed("output_text", "Two", 5),
        done(message("One", "Two"), 0),
    )
    assert texts(transcript) == ["One", "Two"]


def test_a_whole_item_that_has_each_piece_as_a_part_makes_parts_of_them() -> None:
    pieces = ["One.", "Two.", "Three."]
    transcript = fold(*growing("output_text", pieces, 0), done(message(*pieces), 0))
    assert texts(transcript) == pieces
    assert all(text.streamed is None for text in transcript.items[0].texts())


def test_paragraphs_of_a_summary_that_each_came_in_one_piece_are_parts() -> None:
    pieces = ["**Look**\n\nI look.", "**Leap**\n\nI leap."]
    assert texts(fold(*growing("reasoning_summary_text", pieces, 0))) == pieces


def test_parts_that_were_closed_one_by_one_stay_apart_though_the_item_joins_them() -> None:
    events = [
        event
        for n, text in enumerate(("One.", "Two."))
        for event in (
            delta("reasoning_summary_text", text, 0, summary_index=n),
            _closed("reasoning_summary_text", text, n),
        )
    ]
    transcript = fold(
        *events, done(reasoning("One.Two."), 0), ended(output=(reasoning("One.Two."),))
    )
    assert texts(transcript) == ["One.", "Two."]


def test_a_state_is_the_same_whether_it_was_forked_in_the_middle_or_not() -> None:
    events = [*growing("output_text", ["Hel", "lo", "!"], 0), done(message("Hello!"), 0)]
    for place in range(len(events)):
        transcript = fold(*events[:place]).fork()
        for event in events[place:]:
            transcript.apply(decoded(event))
        assert texts(transcript) == ["Hello!"]
        assert isinstance(transcript.items[0], MessageItem)
