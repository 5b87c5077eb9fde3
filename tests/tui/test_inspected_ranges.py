"""A chosen range in the inspector: what it holds is counted beside the loop if it is long."""

from __future__ import annotations

from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING

import pytest

from codex_tui.model.record_facts import facts_of_range
from codex_tui.tui.messages import EntrySelected, RangeChanged, SessionOpened
from codex_tui.tui.panes import inspector
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.section_view.view import SectionView
from tests.tui import scripts
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from textual.message import Message
    from textual.pilot import Pilot

    from codex_tui.recording.log import EventLog

LONG = (2, 9)


class Counting:
    """Counts as the inspector does, but holds in a range that is long; tells of each in `done`."""

    def __init__(self) -> None:
        self.begun, self.go_on = Event(), Event()
        self.beside: list[bool] = []
        self.done: list[tuple[int, int]] = []

    def __call__(self, log: EventLog, first: int, last: int) -> list[tuple[str, str]]:
        self.beside.append(current_thread() is not main_thread())
        if (first, last) == LONG and self.beside[-1]:
            self.begun.set()
            self.go_on.wait(30)
        self.done.append((first, last))
        return facts_of_range(log, first, last)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(inspector, "facts_of_range", counting)
    monkeypatch.setattr(inspector, "AT_ONCE", 3, raising=False)
    return counting


def stage_of_words() -> Stage:
    return Stage(InspectorPane, scripts.begun().text(*(f"word {n} " for n in range(7))))


async def played(pilot: Pilot[None]) -> Stage:
    stage = pilot.app
    assert isinstance(stage, Stage)
    await stage.play(pilot)
    return stage


async def shown(pilot: Pilot[None]) -> str:
    stage = pilot.app
    assert isinstance(stage, Stage)
    await settled(pilot)
    return stage.query_one(SectionView).copy_source()


async def meanwhile(pilot: Pilot[None], counting: Counting, *messages: Message) -> str:
    """Let messages come while a long range is counted, and return what is shown in the end."""
    stage = await played(pilot)
    stage.widget.post_message(RangeChanged(stage.script.log, LONG))
    while not counting.begun.is_set():
        await pilot.pause()
        assert not counting.done, "it was counted at once"
    for message in messages:
        stage.widget.post_message(message)
    await pilot.pause()
    counting.go_on.set()
    return await shown(pilot)


async def test_a_long_range_is_counted_beside_the_loop(counting: Counting) -> None:
    stage = stage_of_words()
    async with stage.run_test(size=(80, 20)) as pilot:
        text = await meanwhile(pilot, counting)
        assert counting.beside == [True]
        assert "events       8" in text
        assert "counting" not in text


async def test_a_short_range_is_counted_at_once(counting: Counting) -> None:
    stage = stage_of_words()
    async with stage.run_test(size=(80, 20)) as pilot:
        await played(pilot)
        stage.widget.post_message(RangeChanged(stage.script.log, (4, 6)))
        assert "events       3" in await shown(pilot)
        assert counting.beside == [False]


async def test_of_the_ranges_that_are_passed_only_the_last_is_counted(counting: Counting) -> None:
    stage = stage_of_words()
    async with stage.run_test(size=(80, 20)) as pilot:
        log = stage.script.log
        later = [RangeChanged(log, (2, last)) for last in (8, 7, 6)]
        assert "events       5" in await meanwhile(pilot, counting, *later)
        assert counting.done == [LONG, (2, 6)]


async def test_a_range_that_was_left_is_not_shown_when_it_has_been_counted(
    counting: Counting,
) -> None:
    stage = stage_of_words()
    async with stage.run_test(size=(80, 20)) as pilot:
        log = stage.script.log
        later = [RangeChanged(log, None), EntrySelected(log, 4)]
        assert "events       8" not in await meanwhile(pilot, counting, *later)


async def test_a_range_of_the_session_before_is_not_shown(counting: Counting) -> None:
    stage, empty = stage_of_words(), Script()
    async with stage.run_test(size=(80, 20)) as pilot:
        opened = SessionOpened(empty.conversation, empty.log, empty.timing)
        assert not await meanwhile(pilot, counting, opened)
