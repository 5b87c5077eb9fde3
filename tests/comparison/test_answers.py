"""A line for each question: where B is slower, by how much, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.comparison import Comparison
from codex_tui.comparison.answers import answers, slow_pairs, slower_where, times_told
from codex_tui.recording.records import ResponseRecord
from tests.comparison.sides import run_of, runs_of
from tests.findings.streams import asked, clean, end, frame, message, place, whole

if TYPE_CHECKING:
    from codex_tui.comparison import ComparedRun


def timed(
    head: float = 0.1, first: float = 0.2, text: float = 1.0, last: float = 2.0
) -> ComparedRun:
    """A turn with the times of its headers, first event, first text, and end."""
    events = whole(message(0))
    at = place(events, "output_text.delta")
    times = [first] * at + [text] * (len(events) - at - 1) + [last]
    frames = [frame(each, t) for each, t in zip(events, times, strict=True)]
    return runs_of([asked(), ResponseRecord(1, head, 200), *frames, end(t=last)]).run(1)


@pytest.mark.parametrize(
    ("b", "said"),
    [
        (timed(), "nowhere: end 2.00 s and 2.00 s"),
        (
            timed(text=2.0, last=3.0),
            "first text +1.00 s (×2.0); end +1.00 s (×1.5); B was silent for 1.80 s behind #4",
        ),
        (timed(1.1, 1.2, 2.0, 3.0), "headers +1.00 s (×11.0); end +1.00 s (×1.5)"),
        (timed(first=0.9, text=1.8), "first event +0.70 s (×4.5); end ±0.0 ms (×1.0)"),
        (timed(last=9.0), "end +7.00 s (×4.5); B was silent for 8.00 s behind #11"),
        (timed(text=0.5, last=1.0), "nowhere: first text −0.50 s (×0.50); end −1.00 s (×0.50)"),
        (
            timed(text=1.5, last=1.6),
            "first text +0.50 s (×1.5); end −0.40 s (×0.80); B was silent for 1.30 s behind #4",
        ),
        (timed(text=1.01), "nowhere: end 2.00 s and 2.00 s"),
    ],
)
def test_it_is_told_where_most_of_the_time_was_lost(b: ComparedRun, said: str) -> None:
    assert slower_where(Comparison.of(timed(), b)) == said


def test_without_times_nobody_knows() -> None:
    bare = runs_of([asked(), *clean()]).run(1)
    assert slower_where(Comparison.of(bare, bare)) == "nobody knows: no times in either"
    assert slower_where(Comparison.of(timed(), bare)) == "nobody knows: no times in B"


def test_ranges_say_how_sure_it_is() -> None:
    slow, quick = timed(text=2.0), timed(text=1.0)
    more = [timed(text=text) for text in (1.1, 1.2)]
    apart = Comparison.of(quick, slow, more_a=more)
    assert slower_where(apart).startswith("first text +0.90 s (×1.8), ranges apart")
    overlap = Comparison.of(quick, slow, more_a=more, more_b=[timed(text=1.1)])
    assert slower_where(overlap).startswith("first text +0.45 s (×1.4), ranges overlap")


def test_the_tolerance_is_a_part_of_the_smaller_and_what_nobody_feels_is_nothing() -> None:
    comparison = Comparison.of(timed(), timed(head=0.115, text=1.3))
    assert [pair.figure.key for pair in slow_pairs(comparison, 0.2)] == ["first_text"]
    assert slow_pairs(comparison, 0.31) == []


def test_each_question_has_one_answer_and_the_first_difference_stands_in_it() -> None:
    a, b = run_of(whole(message(0))), run_of(whole(message(0, ("Other ", "words"))))
    found = {each.question: each for each in answers(Comparison.of(a, b))}
    assert [*found] == ["time", "events", "text", "request", "usage", "findings"]
    assert found["text"].differs
    assert found["text"].asked == "other text?"
    assert not found["usage"].differs
    assert found["usage"].text == "no"


@pytest.mark.parametrize(
    ("times", "said"), [(3.14, "×3.1"), (0.316, "×0.32"), (1.0, "×1.0"), (120, "×120"), (None, "")]
)
def test_a_ratio_has_two_digits_that_matter(times: float | None, said: str) -> None:
    assert times_told(times) == said


def test_that_it_ended_otherwise_is_the_first_answer() -> None:
    a, b = run_of(clean()), run_of(clean()[:1])
    found = {each.question: each.text for each in answers(Comparison.of(a, b))}
    assert found["events"].startswith("ended: “completed” → “interrupted”, and ")
    assert found["text"].startswith("only A: summary of reasoning (3 words), and ")
