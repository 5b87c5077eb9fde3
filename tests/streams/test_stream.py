"""Whether a stream is alive, and what its small pictures say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.streams.origin import origin_of, program_of
from codex_tui.streams.pulse import CELLS, Pulse, bars
from codex_tui.streams.stream import Stream, state_of


@pytest.mark.parametrize(
    ("is_open", "held", "grew", "state"),
    [
        (False, True, 0.0, "ended"),
        (False, None, 0.0, "ended"),
        (True, True, 900.0, "live"),
        (True, False, 0.0, "gone"),
        (True, None, 29.0, "maybe"),
        (True, None, 31.0, "gone"),
    ],
)
def test_a_lock_tells_who_is_alive_and_else_what_grew(
    is_open: bool, held: bool | None, grew: float, state: str
) -> None:
    assert state_of(is_open=is_open, held=held, grew=grew) == state


def test_silence_counts_from_two_seconds_and_for_what_lives_alone() -> None:
    stream = Stream("a", state="live", heard=100.0)
    assert [stream.silence(now) for now in (101.0, 102.0, 112.0)] == [0.0, 2.0, 12.0]
    assert Stream("a", state="ended", heard=100.0).silence(500.0) == 0.0


@given(times=st.lists(st.floats(0.0, 1e6), max_size=50))
def test_a_pulse_counts_every_event_in_few_cells(times: list[float]) -> None:
    pulse = Pulse()
    for t in sorted(times):
        pulse.add(t)
    assert sum(pulse.counts) == len(times)
    assert len(pulse.counts) <= CELLS
    assert len(bars(pulse.counts)) == len(pulse.counts)
    assert not pulse.counts or pulse.counts[-1] > 0


def test_a_pulse_is_drawn_to_its_highest_cell() -> None:
    assert bars((1, 0, 4, 8)) == "▁ ▄█"
    assert bars(()) == ""


@pytest.mark.parametrize(
    ("agent", "program"),
    [
        ("OpenAI/Python 3.57.0", "py openai 3.57"),
        ("AsyncOpenAI/Python 3.57.0", "py openai 3.57"),
        ("OpenAI/JS 6.1.2", "js openai 6.1"),
        ("codex_cli_rs/0.171.0 (Ubuntu 24.4; x86_64) xterm", "codex"),
        ("opencode/1.2.3", "opencode 1.2"),
        ("ai/5.0.1 ai-sdk/openai", "ai 5.0"),
        ("curl/8.5.0", "curl 8.5"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_a_program_is_known_by_what_it_calls_itself(agent: str, program: str) -> None:
    assert program_of(agent) == program


@pytest.mark.parametrize(
    "metadata", ["{", "[]", "null", '{"thread_id": 3}', '{"thread_id": ""}', "[" * 100_000]
)
def test_metadata_that_says_nothing_leaves_it_to_the_other_headers(metadata: str) -> None:
    said = {"x-codex-turn-metadata": metadata, "Session-Id": "s-1"}
    assert origin_of(said).thread == "s-1"
