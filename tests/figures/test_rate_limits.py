from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.figures.rate_limits import duration, rate_limits_of
from codex_tui.recording.records import ResponseRecord, recordable_response

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def words(headers: dict[str, str], said: Any = None) -> list[str]:
    return [f"{limit.title}: {limit.sentence}" for limit in rate_limits_of(headers, said)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("2d", 172800.0),
        ("17", 17.0),
        ("", None),
        ("soon", None),
        ("6m0", None),
        ("-1s", None),
        ("nan", None),
        ("2026-11-22T21:14:05Z", None),
    ],
)
def test_durations_of_headers(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_the_headers_of_the_api_in_words() -> None:
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-tokens": "6m0s",
        "content-type": "text/event-stream",
    }
    assert words(headers) == [
        "requests: 59 of 60 left, resets in 1.0 s",
        "tokens: 149,984 of 150,000 left, resets in 6 m 00 s",
    ]


def test_the_windows_of_the_chatgpt_backend_in_words() -> None:
    headers = {
        "x-codex-primary-used-percent": "42.5",
        "x-codex-primary-window-minutes": "300",
        "x-codex-primary-reset-after-seconds": "4800",
        "x-codex-secondary-used-percent": "7",
        "x-codex-secondary-window-minutes": "10080",
    }
    assert words(headers) == [
        "primary, 5-hour window: 42.5 % used, resets in 1 h 20 m",
        "secondary, 7-day window: 7 % used",
    ]


def test_an_event_knows_better_than_the_headers() -> None:
    window = {"used_percent": 43, "window_minutes": 90, "reset_after_seconds": 60}
    said = {"allowed": True, "primary": window, "secondary": None}
    assert words({"x-codex-primary-used-percent": "42"}, said) == [
        "primary, 90-minute window: 43 % used, resets in 1 m 00 s"
    ]


def test_a_list_of_limits_in_an_event() -> None:
    said = [{"name": "tokens", "limit": 1000, "remaining": 10, "reset_seconds": 0.5}]
    assert words({}, said) == ["tokens: 10 of 1,000 left, resets in 0.50 s"]


def test_a_moment_becomes_a_duration_by_the_servers_own_clock_alone() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795382075"}
    assert words(headers) == ["requests: 0 left, resets at 1795382075 (Unix time)"]
    headers["date"] = "Sun, 22 Nov 2026 21:14:05 GMT"
    assert words(headers) == ["requests: 0 left, resets in 30 s"]


@given(st.integers(0, 4_102_444_800))
def test_the_servers_clock_is_read_as_everybody_reads_it(seconds: int) -> None:
    date = format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
    (limit,) = rate_limits_of({"date": date, "x-ratelimit-reset": "4102444800"})
    assert limit.reset == 4_102_444_800 - seconds


def test_a_moment_in_words_stays_one() -> None:
    headers = {
        "anthropic-ratelimit-requests-remaining": "4",
        "anthropic-ratelimit-requests-reset": "2026-11-22T21:15:00Z",
    }
    assert words(headers) == ["requests: 4 left, resets at 2026-11-22T21:15:00Z"]


def test_what_is_no_number_is_left_out() -> None:
    headers = {
        "x-ratelimit-limit-requests": "many",
        "x-ratelimit-remaining-requests": "nan",
        "x-ratelimit-limit-tokens": "1" * 400,
    }
    assert words(headers) == []


@given(st.dictionaries(st.text(), st.text()), json_values)
def test_nothing_that_a_server_says_raises(headers: dict[str, str], said: Any) -> None:
    named = {f"x-ratelimit-reset-{name}": value for name, value in headers.items()}
    words(headers | named, said)
    words({}, {"primary": said})


@pytest.mark.parametrize(
    "name",
    [
        "openai-processing-ms",
        "date",
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
        "x-codex-primary-used-percent",
        "x-codex-secondary-reset-after-seconds",
    ],
)
def test_the_headers_that_figures_are_made_of_reach_the_recording(name: str) -> None:
    record = ResponseRecord(1, 0.1, 200, {name.title(): "1"})
    assert recordable_response(record).headers == {name: "1"}
