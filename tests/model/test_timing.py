"""The columns, and the figures that are worked out from them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.figures.measures import Measures, Rate, Shares, measure
from codex_tui.figures.table import FIGURES
from codex_tui.model.timing import Arrivals, LastSecond, Timing
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import CutRecord, EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent
from tests.model.streams import (
    added,
    created,
    delta,
    done,
    ended,
    function_call,
    message,
    reasoning,
    text_delta,
)
from tests.model.timed import DATA, Session, at, comment, demo, end, head, play, request

USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 64},
    "output_tokens": 60,
    "output_tokens_details": {"reasoning_tokens": 40},
    "total_tokens": 160,
}
MILESTONES = [figure.key for figure in FIGURES if figure.group == "milestones"]


def script() -> Session:
    return play(
        request(),
        head(0.25, openai_processing_ms="200"),
        at(0.5, created(), 1),
        at(1.0, added(reasoning()), 2),
        at(2.0, delta("reasoning_summary_text", "Why", None, summary_index=0), 3),
        at(2.5, done(reasoning("Why")), 4),
        at(3.0, added(message(), 1), 5),
        at(3.5, text_delta("Hell", 1), 6),
        comment(4.0, 7),
        at(4.5, text_delta("o", 1), 8),
        at(4.5, done(message("Hello"), 1), 8),
        at(5.0, delta("function_call_arguments", "{}", 2), 9),
        at(6.0, done(function_call("{}"), 2), 10),
        at(7.0, ended(usage=USAGE, created_at=1000, completed_at=1006), 11),
        end(7.25),
    )


def value(measures: Measures, key: str) -> float | int | None:
    return next(figure for figure in FIGURES if figure.key == key).of(measures)


def test_each_milestone_is_the_time_since_the_request() -> None:
    measures = script().measures()
    assert {key: value(measures, key) for key in MILESTONES} == {
        "headers": 0.25,
        "first_byte": 0.5,
        "first_event": 0.5,
        "first_output": 1.0,
        "first_reasoning": 2.0,
        "first_text": 3.5,
        "first_tool_argument": 5.0,
        "last_event": 7.0,
        "end": 7.25,
        "span": 7.25,
    }


def test_a_keepalive_is_a_first_byte_and_no_event() -> None:
    measures = play(request(), comment(0.5, 1), at(2.0, created(), 2)).measures()
    assert (measures.first_byte, measures.first_event) == (0.5, 2.0)
    assert (measures.events, measures.reads, measures.keepalives) == (1, 2, 1)


def test_the_end_mark_is_no_event_and_stands_in_no_gap() -> None:
    done_mark = FrameRecord(9.0, 2, ServerSentEvent(data="[DONE]"))
    measures = play(request(), at(1.0, created(), 1), done_mark).measures()
    assert (measures.events, measures.gaps, measures.stalls) == (1, None, [])


def test_unknown_and_malformed_events_count_as_the_conversation_counts_them() -> None:
    odd = [ServerSentEvent(data="{"), ServerSentEvent(data='{"type":"new"}')]
    session = play(request(), *(FrameRecord(1.0, 1, frame) for frame in odd))
    assert session.measures().events == session.turn.events.total == 2


def test_gaps_reach_over_keepalives_and_name_the_events_around_the_longest() -> None:
    measures = play(
        request(),
        at(1.0, created(), 1),
        comment(1.5),
        at(2.0, text_delta("a", 0), 2),
        at(2.1, {"type": "keepalive"}, 3),
        at(5.0, text_delta("b", 0), 4),
    ).measures()
    assert measures.gaps is not None
    assert (measures.gaps.count, measures.gaps.longest) == (2, 3.0)
    assert (measures.longest_after, measures.longest_before) == (2, 4)


def test_each_pause_counts_for_the_item_that_it_led_to() -> None:
    measures = script().measures()
    # created, reasoning opens, message opens, tool opens, completed and the end were waited for
    assert measures.shares == Shares(reasoning=1.5, text=1.5, tools=1.0, waiting=3.25)
    assert value(measures, "tools.share") == 1.0 / 7.25


def test_the_shares_of_calls_side_by_side_are_not_counted_twice() -> None:
    call = "function_call_arguments"
    measures = play(
        request(),
        at(1.0, delta(call, "{", 0)),
        at(1.0, delta(call, "{", 1)),
        at(2.0, delta(call, "}", 0)),
        at(3.0, delta(call, "}", 1)),
    ).measures()
    assert measures.shares == Shares(tools=2.0, waiting=1.0)
    assert [time.seconds for time in measures.items] == [1.0, 2.0]


def test_rates_are_of_what_came_after_the_first_moment() -> None:
    pieces = ((1.0, "abc"), (1.0, "abc"), (1.0, "abc"), (2.0, "de"), (3.0, "é"))
    measures = play(request(), *(at(t, text_delta(text, 0)) for t, text in pieces)).measures()
    assert measures.rate == Rate(deltas=2, characters=3, seconds=2.0)
    assert value(measures, "rate.characters_per_second") == 1.5


def test_deltas_that_came_in_one_moment_have_no_rate() -> None:
    assert play(request(), *(at(1.0, text_delta("a", 0)) for _ in range(5))).measures().rate is None


def test_audio_and_the_output_of_a_shell_are_no_characters_of_the_model() -> None:
    audio = {"type": "response.audio.delta", "delta": "UklGRg=="}
    session = play(request(), at(1.0, audio), at(2.0, text_delta("ab", 0)))
    assert [session.timing.characters(entry) for entry in range(3)] == [0, 0, 2]


def test_a_delta_has_as_many_characters_as_it_brought() -> None:
    lengths = [0, 1, 0xFFFF, 0x10000, 200_000]
    deltas = (at(number / 10, text_delta("a" * n, 0)) for number, n in enumerate(lengths))
    timing = play(request(), *deltas).timing
    assert [timing.characters(entry) for entry in range(1, 6)] == lengths
    assert timing.last_second(0.5) == LastSecond(5, 5, sum(lengths))


def test_the_last_second_is_the_second_before_now() -> None:
    session = play(request(), *(at(t / 4, text_delta("ab", 0)) for t in range(1, 13)))
    assert session.timing.last_second(3.0) == LastSecond(4, 4, 8)
    assert session.timing.last_second(3.5) == LastSecond(2, 2, 4)
    assert session.timing.last_second(9.0) == LastSecond(0, 0, 0)


def test_the_last_second_does_not_reach_into_the_turn_before() -> None:
    first = (request(), at(0.5, created()), end(0.6))
    session = play(*first, RequestRecord(2, ""), at(0.7, text_delta("a", 0)))
    assert session.timing.last_second(0.8) == LastSecond(1, 1, 1)


def test_tokens_per_second_are_those_of_the_usage_from_the_first_output_on() -> None:
    measures = script().measures()
    assert measures.tokens_per_second == 60 / (7.0 - 1.0)
    assert (value(measures, "usage.cached_tokens"), value(measures, "usage.total_tokens")) == (
        64,
        160,
    )


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": 9}], ids=["none", "empty", "input"])
def test_tokens_are_never_made_up_from_characters(usage: object) -> None:
    measures = play(
        request(), at(1.0, text_delta("abc", 0)), at(3.0, ended(usage=usage)), end(3.0)
    ).measures()
    assert measures.tokens_per_second is None
    assert value(measures, "usage.output_tokens") is None


def test_two_responses_in_one_turn_have_no_common_rate_of_tokens() -> None:
    one = [at(1.0, created("a")), at(2.0, text_delta("a", 0)), at(3.0, ended(usage=USAGE))]
    two = [at(4.0, created("b")), at(5.0, text_delta("b", 0)), at(6.0, ended(usage=USAGE))]
    assert play(request(), *one, *two).measures().tokens_per_second is None


def test_the_servers_own_times_stand_beside_the_measured_ones() -> None:
    timings = {"prompt_ms": 18.5, "predicted_ms": 1265.0, "predicted_per_second": 75.8, "x": "y"}
    beside = {**ended(), "timings": timings}
    for terminal in (ended(timings=timings), beside):
        measures = play(request(), at(0.5, created()), at(2.0, terminal)).measures()
        assert value(measures, "server.prompt_seconds") == 0.0185
        assert value(measures, "server.predicted_seconds") == 1.265
        assert value(measures, "server.predicted_per_second") == 75.8
        assert "x" not in measures.words.timings
    measures = script().measures()
    assert value(measures, "server.processing") == 0.2
    assert value(measures, "server.created_to_completed") == 6


@pytest.mark.parametrize("sent", ["", "fast", "nan", "-1", "inf"])
def test_a_processing_time_that_is_none_is_unknown(sent: str) -> None:
    measures = play(request(), head(0.5, openai_processing_ms=sent)).measures()
    assert measures.processing is None


def test_limits_come_from_headers_and_events() -> None:
    windows = {"primary": {"used_percent": 42, "window_minutes": 300}}
    session = play(
        request(),
        head(0.5, x_ratelimit_remaining_requests="3"),
        at(1.0, {"type": "codex.rate_limits", "rate_limits": windows}),
    )
    assert [limit.name for limit in session.measures().limits] == ["requests", "primary"]


def test_limits_stand_in_the_lines_of_the_codex_cli_and_stay_when_it_is_silent_on_them() -> None:
    limits = {
        "limit_id": "codex",
        "primary": {"used_percent": 42.5, "window_minutes": 300, "resets_in_seconds": 4800},
        "secondary": {"used_percent": 7.0, "window_minutes": 10080, "resets_at": 1795421693},
        "credits": {"has_credits": True, "balance": "12.34"},
    }
    lines = [
        {"type": "event_msg", "payload": {"type": "token_count", "rate_limits": said}}
        for said in (limits, None)
    ]
    measures = play(request(), *(at(None, line) for line in lines)).measures()
    assert [f"{limit.title}: {limit.sentence}" for limit in measures.limits] == [
        "primary, 5-hour window: 42.5 % used, resets in 1 h 20 m",
        "secondary, 7-day window: 7 % used, resets at 1795421693 (Unix time)",
    ]


# -- what a file lacks ---------------------------------------------------------------------------


def test_a_plain_dump_has_no_figure_of_time() -> None:
    events = [created(), text_delta("a", 0), ended(usage=USAGE, created_at=1, completed_at=9)]
    measures = play(*(at(None, event) for event in events)).measures(now=3.0)
    known = {f.key: f.of(measures) for f in FIGURES if f.of(measures) is not None}
    assert not measures.timed
    assert {key for key in known if not key.startswith("usage.")} == {"events", "keepalives"}
    assert known["events"] == 3
    assert (measures.items, measures.stalls, measures.buffering) == ([], [], None)


def test_a_turn_that_never_got_an_answer_has_an_end_and_nothing_else() -> None:
    measures = play(request(), end(5.0, "connect_error")).measures()
    assert (measures.end, measures.span, measures.events) == (5.0, 5.0, 0)
    assert (measures.headers, measures.gaps, measures.reads) == (None, None, None)
    assert len(measures.stalls) == 1


def test_a_stream_cut_inside_an_event() -> None:
    cut = CutRecord(3.0, 2, b"data: {")
    measures = play(request(), at(1.0, created(), 1), cut).measures()
    assert (measures.events, measures.reads, measures.last_event) == (1, 2, 1.0)


def test_nothing_was_recorded_yet() -> None:
    session = play(request())
    assert session.measures(now=1.0).timed is False
    assert Timing().last_second(1.0) is None


# -- ranges, and moments before ------------------------------------------------------------------


def test_a_range_speaks_of_its_own_entries() -> None:
    measures = script().measures(range(6, 11))
    assert (measures.whole, measures.events, measures.keepalives) == (False, 4, 1)
    assert (measures.span, measures.reads) == (1.5, 4)
    assert (measures.first_text, measures.first_reasoning, measures.end) == (0.5, None, None)
    assert measures.shares == Shares(text=1.5)
    assert [(time.first, time.last) for time in measures.items] == [(3.0, 4.5)]
    assert (measures.usage, measures.tokens_per_second, measures.processing) == (None, None, None)


def test_a_range_that_leaves_the_turn_is_cut_to_it() -> None:
    second = RequestRecord(2, ""), EndRecord(2, 1.0, "completed")
    session = play(request(), at(1.0, created()), end(2.0), *second)
    assert session.timing.entries_of(2) == range(3, 5)
    assert session.measures(range(100)).entries == range(3, 5)
    assert session.measures(range(2)).entries == range(3, 3)
    assert [session.timing.turn_of(entry) for entry in range(5)] == [1, 1, 1, 2, 2]


@pytest.mark.parametrize("name", ["retry-loop", "slow-tool", "server-error"])
def test_the_figures_of_any_moment_before_are_those_that_were_shown_then(name: str) -> None:
    records = [record for _, record in read_records(DATA / f"{name}.sse")]
    whole = Session().play(records)
    for stop in (1, 2, 3, 40, len(records) // 2, len(records) - 2, len(records)):
        then = Session().play(records[:stop])
        shown, again = then.measures(), measure(then.turn, whole.timing, range(stop))
        assert replace(shown, entries=range(0)) == replace(again, entries=range(0))


@given(st.data())
def test_two_parts_of_a_turn_have_its_events_between_them(data: st.DataObject) -> None:
    session = script()
    last = len(session.timing)
    middle = data.draw(st.integers(0, last))
    parts = [session.measures(part) for part in (range(middle), range(middle, last))]
    whole = session.measures()
    for key in ("events", "keepalives"):
        assert sum(value(part, key) or 0 for part in parts) == value(whole, key)


# -- columns -------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_timeline() -> None:
    timing = script().timing
    numbers = [timing.number(entry) for entry in range(len(timing))]
    assert numbers == [None, None, 1, 2, 3, 4, 5, 6, None, 7, 8, 9, 10, 11, None]


def test_times_and_reads_may_be_kept_by_somebody_else() -> None:
    columns = Arrivals()
    session = Session(columns)
    for record in (request(), at(1.0, created(), 1), at(2.5, text_delta("a", 0), 2)):
        columns.append(getattr(record, "t", None), getattr(record, "read", None))
        session.play([record])
    measures = session.measures()
    assert (measures.first_text, measures.reads, measures.span) == (2.5, 2, 2.5)


def test_an_event_that_nobody_decoded_is_decoded_here() -> None:
    timing = Timing()
    timing.apply(at(1.0, text_delta("abc", 0)))
    assert timing.characters(0) == 3


def test_a_recording_without_its_request_begins_with_its_first_record() -> None:
    session = play(at(1.0, created()), at(4.0, text_delta("a", 0)))
    assert session.timing.entries_of(1) == range(2)
    assert [(s.after, s.before) for s in session.timing.turns[0].stalls] == [(0, 1)]


@given(st.binary(max_size=300))
def test_any_bytes_have_figures(content: bytes) -> None:
    session = Session().play(record for _, record in read_records(io.BytesIO(content)))
    if session.conversation.turns:
        session.measures(now=1.0)


# -- the shipped recordings ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "golden"),
    [
        (
            "retry-loop",
            {
                "headers": 0.346155,
                "first_event": 0.350108,
                "first_output": 1.274042,
                "first_text": 8.253294,
                "events": 755,
                "reads": 555,
                "gaps.longest": 2.040137,
                "stalls.count": 1,
                "text.share": 0.427661,
                "tokens_per_second": 97.5128,
                "server.processing": 0.061,
            },
        ),
        (
            "slow-tool",
            {
                "first_tool_argument": 2.398586,
                "events": 423,
                "reads": 316,
                "keepalives": 3,
                "gaps.longest": 10.501003,
                "tools.share": 0.632720,
                "rate.characters_per_second": 91.8909,
                "end": 18.226868,
            },
        ),
        ("server-error", {"tools.seconds": 0.0, "tokens_per_second": None, "end": 7.832387}),
    ],
)
def test_the_figures_of_the_demo(name: str, golden: dict[str, float | None]) -> None:
    measures = demo(name).measures()
    found = {key: value(measures, key) for key in golden}
    assert found == pytest.approx(golden, rel=1e-5)
    assert measures.shares is not None
    assert measures.shares.total == pytest.approx(measures.span)
    assert measures.buffering is None
