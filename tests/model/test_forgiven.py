"""What the fold forgives, and how that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model.transcript import Transcript
from tests.model.streams import (
    added,
    created,
    decoded,
    delta,
    done,
    ended,
    fold,
    function_call,
    message,
    text_delta,
)

if TYPE_CHECKING:
    from codex_tui.model.forgiven import Forgiven


def numbered(*numbers: int) -> Transcript:
    return fold(*(text_delta("a", 0, sequence_number=number) for number in numbers))


def test_what_is_forgiven_is_kept_by_the_hundred_and_counted() -> None:
    forgiving = numbered(0, *[0] * 300).forgiving
    assert (len(forgiving.of("number.repeat")), forgiving.count("number.repeat")) == (100, 300)


def test_a_stream_that_begins_later_is_resumed_and_has_no_gap() -> None:
    (start,) = numbered(12, 13).forgiving.kept  # and what came before it is not missed
    assert (start.rule, start.entries, start.expected) == ("number.start", (1,), "number 0")
    assert start.seen == "number 12: a resumed stream"


def test_a_stream_that_says_how_it_began_is_not_resumed_whatever_its_first_number() -> None:
    transcript = fold(created(sequence_number=5), text_delta("a", 0, sequence_number=6))
    assert [each.seen for each in transcript.forgiving.of("number.start")] == ["number 5"]


def test_numbers_may_begin_at_one() -> None:
    assert fold(created(sequence_number=1), ended()).forgiving.kept == []


def test_a_witness_hears_of_each_thing_once_and_of_nothing_that_a_fork_folds() -> None:
    heard: list[Forgiven] = []

    class Hearing:
        def forgave(self, forgiven: Forgiven) -> None:
            heard.append(forgiven)

    transcript = Transcript(witness=Hearing())
    transcript.apply(decoded(created(sequence_number=0)))
    transcript.apply(decoded(added(message(), 0)))
    for number in (1, 2, 2, 6):
        transcript.apply(decoded(text_delta("a", 0, sequence_number=number)))
    transcript.fork().apply(decoded(text_delta("a", 0, sequence_number=9)))
    assert [each.rule for each in heard] == ["number.repeat", "number.gap"]


def test_events_are_named_by_the_numbers_that_they_have_in_the_file() -> None:
    transcript = Transcript()
    for number, event in enumerate((created(), ended(), ended("failed")), 7):
        transcript.apply(decoded(event), number)
    assert [each.entries for each in transcript.forgiving.kept] == [(9,)]


def test_two_items_that_are_announced_at_one_index_change_no_id() -> None:
    transcript = fold(
        created(),
        added(function_call(id="fc_1", call_id="a"), 0),
        added(function_call(id="fc_2", call_id="b"), 0),
        delta("function_call_arguments", "{}", 0, item_id="fc_2"),
        done(function_call("{}", id="fc_1", call_id="a"), 0),
        done(function_call("{}", id="fc_2", call_id="b"), 0),
        ended(),
    )
    assert len(transcript.tool_calls) == 2
    assert transcript.forgiving.of("id.changes") == []
