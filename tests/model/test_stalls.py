"""The two findings: silences, and streams that were held back on their way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.stalls import Stall, buffering_of, stall_level
from tests.model.streams import created, ended, text_delta
from tests.model.timed import at, comment, end, head, play, request


def smooth(count: int, start: float = 0.5, step: float = 0.02) -> list[tuple[float, int]]:
    return [(start + number * step, number + 1) for number in range(count)]


def portions(*sizes: int, pause: float = 2.0) -> list[tuple[float, int]]:
    return [(pause * read, read) for read, size in enumerate(sizes, 1) for _ in range(size)]


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0.0, 0), (1.99, 0), (2.0, 1), (9.9, 1), (10.0, 2), (29.9, 2), (30.0, 3), (900.0, 3)],
)
def test_a_silence_is_as_bad_as_the_limits_that_it_passed(seconds: float, level: int) -> None:
    assert stall_level(seconds) == level


def test_a_stall_stands_between_two_entries_and_keepalives_do_not_end_it() -> None:
    session = play(
        request(),
        head(0.3),
        at(0.4, created()),
        comment(4.0),
        at(8.0, {"type": "keepalive"}),
        at(12.4, text_delta("a", 0)),
        at(12.5, ended()),
        end(12.6),
    )
    (stall,) = session.timing.turns[0].stalls
    assert stall == Stall(2, 5, 0.4, 12.0, keepalives=2)
    assert (stall.level, stall.open) == (2, False)


def test_waiting_for_headers_and_for_the_first_event_are_stalls_of_their_own() -> None:
    session = play(request(), head(3.0), at(6.0, created()))
    assert [(s.after, s.before) for s in session.timing.turns[0].stalls] == [(0, 1), (1, 2)]


def test_a_stall_that_ends_the_stream_is_one() -> None:
    session = play(request(), at(1.0, created()), end(31.0, "timeout"))
    assert [stall.seconds for stall in session.timing.turns[0].stalls] == [30.0]


def test_the_silence_that_goes_on_grows_with_the_clock() -> None:
    session = play(request(), at(1.0, created()), comment(5.0))
    silence = session.timing.silence(8.5)
    assert (silence.after, silence.start, silence.seconds) == (1, 1.0, 7.5)
    assert (silence.open, silence.level, silence.keepalives) == (True, 1, 1)


def test_before_anything_came_the_silence_began_with_the_request() -> None:
    silence = play(request()).timing.silence(2.5)
    assert (silence.after, silence.start, silence.seconds) == (0, 0.0, 2.5)


def test_a_stream_held_back_is_named_with_its_events_and_reads() -> None:
    found = buffering_of(portions(30, 30, 24))
    assert found is not None
    assert found.sentence == (
        "84 events in 3 reads: something between you and the model is buffering"
    )


def test_a_body_that_came_at_its_end_is_found_though_it_filled_several_reads() -> None:
    late = [(8.0 + read * 0.001, read) for read in range(1, 6) for _ in range(20)]
    found = buffering_of(late)
    assert found is not None
    assert (found.held, found.reads, found.events) == (100, 5, 100)


def test_where_only_most_of_it_was_held_the_rest_is_counted_too() -> None:
    found = buffering_of([*smooth(10), *[(4.0, 11)] * 30])
    assert found is not None
    assert found.sentence.startswith("30 of 40 events in 1 read: ")


@pytest.mark.parametrize(
    "arrivals",
    [
        pytest.param([], id="nothing"),
        pytest.param(portions(8), id="a short answer"),
        pytest.param(smooth(500), id="an event a read"),
        pytest.param(portions(*[24] * 100, pause=0.008), id="3,000 a second, read by ticks"),
        pytest.param([*smooth(100), *[(2.5, 101)] * 12], id="a bundle at the end"),
        pytest.param(portions(*[5] * 40), id="small portions"),
    ],
)
def test_other_streams_are_not_called_buffered(arrivals: list[tuple[float, int]]) -> None:
    assert buffering_of(arrivals) is None


@given(st.lists(st.integers(16, 60), min_size=1, max_size=10), st.data())
def test_a_portion_split_into_reads_that_follow_at_once_is_still_held(
    sizes: list[int], data: st.DataObject
) -> None:
    whole = buffering_of(portions(*sizes))
    split, read = [], 0
    for number, size in enumerate(sizes, 1):
        first = data.draw(st.integers(8, size - 8))
        for index, part in enumerate((first, size - first)):
            read += 1
            split += [(2.0 * number + index * 0.001, read)] * part
    parts = buffering_of(split)
    assert whole is not None
    assert parts is not None
    assert (parts.held, parts.events) == (whole.held, whole.events)
    assert parts.reads == 2 * whole.reads
