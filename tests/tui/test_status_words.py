"""What both lines of the status say, as words: no widget draws them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from codex_tui.tui.messages import Connection, Noted, PlaybackMoved, RecordingChanged
from codex_tui.tui.panes.status import FigureLine, StatusWords, fitting, origins_of
from tests.tui.test_status import calling, completed, nothing, writing

if TYPE_CHECKING:
    from tests.tui.stage import Script

Parts = list[tuple[str, str]]


def said(parts: Parts) -> str:
    return "".join(text for _, text in parts)


def standing(script: Script, now: float | None = None, position: int | None = None) -> StatusWords:
    stands = StatusWords()
    stands.show(script.conversation, script.log, position)
    stands.now = now
    return stands


def moved(number: int, **more: Any) -> PlaybackMoved:
    where = {"total": 9, "events": 7, "position": number, "number": number, "t": 1.5}
    return PlaybackMoved(**{**where, **more})


def wrong(**counts: int) -> Any:
    return SimpleNamespace(
        counts=lambda _: counts, moment=lambda *_: None, lags=lambda _: bool(counts.get("lags"))
    )


def test_a_state_is_said_at_length_and_ever_shorter() -> None:
    states = [said(each) for each in standing(writing(), now=30.0).states()]
    assert states[0].startswith("● writing")
    assert states[-1] == "●"
    assert [len(each) for each in states[:3]] == sorted(map(len, states[:3]), reverse=True)


@pytest.mark.parametrize(
    ("script", "now", "state"),
    [(nothing, None, "○ ready"), (nothing, 2.0, "◌ waiting for the first byte"), (calling, 9, "●")],
)
def test_what_it_does_is_its_phase(script: Any, now: float | None, state: str) -> None:
    assert said(standing(script(), now).states()[0]).startswith(state)


def test_a_stall_goes_before_what_is_wrong_where_there_is_little_room() -> None:
    stands = standing(writing(), now=60.0)
    stands.check = wrong(error=2)
    shortest = stands.states()[-3]
    assert shortest[0][1] == "● writing"
    assert len(shortest) == 2
    assert "stall" in shortest[1][0]


def test_what_went_well_is_not_green_where_errors_were_found() -> None:
    stands = standing(completed())
    assert stands.states()[0][0] == ("good", "✓ completed")
    stands.check = wrong(error=1)
    assert stands.states()[0][0] == ("text", "✓ completed")


def test_notes_are_not_counted_and_a_check_that_lags_says_so() -> None:
    stands = standing(completed())
    stands.check = wrong(note=3)
    assert "⚑" not in said(stands.states()[0])
    stands.check = wrong(warning=1, lags=1)
    assert "⚑ 1 …" in said(stands.states()[0])


def test_within_a_replay_its_place_is_said_and_at_its_end_its_ending() -> None:
    stands = standing(completed(), now=4.0, position=3)
    stands.move(moved(3, playing=True, speed=2.0, ended="completed"))
    assert said(stands.states()[0]).startswith("▶ ×2 at #3 of 7 · 1.500 s")
    stands.move(moved(3, ended="failed"))
    assert "ended ✗ failed" in said(stands.states()[0])
    stands.show(completed().conversation, completed().log, 9)
    stands.move(moved(9))
    assert said(stands.states()[0]).startswith("✓ completed")


def test_nothing_is_the_latest_at_the_end_of_what_is_over() -> None:
    stands = standing(writing(), now=60.0, position=9)
    stands.move(moved(9))
    assert stands.replayed
    assert "last event" not in said(stands.states()[0])
    stands.move(PlaybackMoved(0))
    assert not stands.replayed
    assert "last event" not in said(stands.states()[0])


def test_a_state_is_shortened_before_the_name_of_a_replay_goes() -> None:
    states: list[Parts] = [[("text", "x" * 60)], [("text", "x" * 20)], [("text", "x")]]
    origins = origins_of(Connection("somewhere", "a-model-" + "m" * 50), None)
    left, right = fitting(states, origins, 100, replayed=True)
    assert (len(said(right)), len(said(left)) <= 37) == (60, True)


def test_the_least_of_a_state_is_said_whatever_room_there_is() -> None:
    states: list[Parts] = [[("text", "x" * 20)], [("text", "x")]]
    origins = origins_of(Connection("somewhere", "a-model"), None)
    assert fitting(states, origins, 3, replayed=False) == ([], states[-1])


def test_the_model_that_answers_counts_unless_another_is_chosen() -> None:
    turn = cast("Any", SimpleNamespace(transcript=SimpleNamespace(model="answers")))
    where = Connection("there", "asked", "low")
    assert said(origins_of(where, turn)[0]).endswith("answers · there (low)")
    chosen = Connection("there", "asked", "low", chosen=True)
    assert said(origins_of(chosen, turn)[0]).endswith("asked · there (low)")


def test_what_has_to_be_told_of_playing_comes_before_notes_and_figures() -> None:
    line = FigureLine()
    line.told = "loading"
    line.note(Noted("seen"))
    assert said(line.line(["7 events", "5 out"], 80)[0]) == " loading · seen · 7 events · 5 out"
    assert said(line.line(["7 events", "5 out"], 30)[0]) == " loading · seen · 7 events"


def test_what_went_wrong_is_cut_and_says_where_all_of_it_is_told() -> None:
    line = FigureLine()
    line.note(Noted("one thing is odd, another one is odder by far than that", True, 2))
    left, _ = line.line(["7 events"], 50)
    assert said(left).endswith("… · 2 notes: see --plain")
    assert ("error", said(left).strip()) in left


@pytest.mark.parametrize(
    ("width", "shown"),
    [(80, "rec ~/a/b.sse"), (30, "rec ~/a/b.sse"), (24, "rec …/b.sse"), (16, "rec"), (6, "")],
)
def test_where_it_is_recorded_is_said_as_far_as_there_is_room(width: int, shown: str) -> None:
    line = FigureLine()
    line.record(RecordingChanged("~/a/b.sse"))
    assert said(line.line(["7 events"], width)[1]) == shown


def test_why_it_is_not_recorded_stands_in_the_place_of_where() -> None:
    line = FigureLine()
    line.record(RecordingChanged("~/a/b.sse", "the disk is full"))
    left, right = line.line(["7 events", "x" * 90], 40)
    assert (said(left), right) == (" 7 events", [("stall", "the disk is full")])
