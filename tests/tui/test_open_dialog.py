"""The dialog that asks for a file: what is typed is completed, and no folder holds the screen."""

from __future__ import annotations

import os
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static

from codex_tui.tui.dialogs.open_file import OpenDialog, common_start, completions, names_in
from tests.tui.settling import settled
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


def test_what_is_typed_is_completed_as_far_as_there_is_one_way(tmp_path: Path) -> None:
    for name in ("one.sse", "onto.sse", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "other").mkdir()
    names = names_in(f"{tmp_path}/")
    assert completions(f"{tmp_path}/on", names) == ["one.sse", "onto.sse"]
    assert common_start(completions(f"{tmp_path}/on", names)) == "on"
    assert completions(f"{tmp_path}/ot", names) == ["other/"]
    assert completions(f"{tmp_path}/.h", names) == [".hidden"]
    assert completions(f"{tmp_path}/", names) == ["one.sse", "onto.sse", "other/"]
    assert names_in(f"{tmp_path}/nowhere/") == names_in("\0/") == names_in("~nobody-here/") == []


class Slow:
    """Lists folders; the one called `far` only once it may."""

    def __init__(self) -> None:
        self.asked, self.answers = Event(), Event()
        self._scandir = os.scandir

    def __call__(self, path: Any = ".") -> Any:
        if str(path).endswith("far"):
            assert current_thread() is not main_thread(), "the screen stands still"
            self.asked.set()
            self.answers.wait(30)
        return self._scandir(path)


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slow:
    for path in ("far/away.sse", "near/by.sse", "near/bye.sse"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    slow = Slow()
    monkeypatch.setattr(os, "scandir", slow)
    return slow


async def opened(pilot: Pilot[None], folder: Path) -> OpenDialog:
    dialog = OpenDialog(lambda _: "", folder)
    await pilot.app.push_screen(dialog)
    await pilot.pause()
    return dialog


def shown(dialog: OpenDialog) -> str:
    return str(dialog.query_one("#names", Static).content)


async def until_asked(pilot: Pilot[None], slow: Slow) -> None:
    while not slow.asked.is_set():
        await pilot.pause()


async def test_the_names_in_a_folder_stand_below_what_is_typed(tmp_path: Path, slow: Slow) -> None:
    async with Stage(Static).run_test() as pilot:
        dialog = await opened(pilot, tmp_path)
        await settled(pilot)
        assert shown(dialog) == "far/\nnear/"
        await pilot.press("n", "tab")
        await settled(pilot)
        assert dialog.query_one(Input).value == f"{tmp_path}/near/"
        assert shown(dialog) == "by.sse\nbye.sse"


async def test_of_many_names_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    for number in range(10, 30):
        (tmp_path / str(number)).touch()
    async with Stage(Static).run_test() as pilot:
        dialog = await opened(pilot, tmp_path)
        await settled(pilot)
        assert shown(dialog).split("\n") == [*map(str, range(10, 17)), "… and 13 more"]


async def test_a_folder_that_does_not_answer_holds_nobody(tmp_path: Path, slow: Slow) -> None:
    async with Stage(Static).run_test() as pilot:
        dialog = await opened(pilot, tmp_path / "far")
        await until_asked(pilot, slow)
        assert shown(dialog) == "looking into the folder …"
        dialog.query_one(Input).value = f"{tmp_path}/near/"
        await settled(pilot)
        assert shown(dialog) == "by.sse\nbye.sse"
        slow.answers.set()
        await settled(pilot)
        assert shown(dialog) == "by.sse\nbye.sse"


async def test_one_may_leave_while_a_folder_does_not_answer(tmp_path: Path, slow: Slow) -> None:
    async with Stage(Static).run_test() as pilot:
        dialog = await opened(pilot, tmp_path / "far")
        await until_asked(pilot, slow)
        await pilot.press("escape")
        assert not dialog.is_current
        slow.answers.set()
        await settled(pilot)


@pytest.mark.parametrize(("then", "value"), [("", "far/away.sse"), ("x", "far/awx")])
async def test_tab_completes_late_what_still_stands_there(
    tmp_path: Path, slow: Slow, then: str, value: str
) -> None:
    async with Stage(Static).run_test() as pilot:
        dialog = await opened(pilot, tmp_path / "far")
        await until_asked(pilot, slow)
        await pilot.press("a", "w", "tab", *then)
        slow.answers.set()
        await settled(pilot)
        assert dialog.query_one(Input).value == f"{tmp_path}/{value}"


async def test_a_folder_is_listed_once_for_what_is_typed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    scandir = os.scandir

    def noted(path: Any = ".") -> Any:
        listed.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    async with Stage(Static).run_test() as pilot:
        await opened(pilot, tmp_path)
        await pilot.press(*"some")
        await settled(pilot)
    assert listed.count(str(tmp_path)) == 1


async def test_a_name_is_chosen_with_the_arrows(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.sse").touch()
    (tmp_path / "99").mkdir()
    (tmp_path / "99" / "in.sse").touch()
    chosen: list[Path | None] = []
    async with Stage(Static).run_test() as pilot:
        dialog = OpenDialog(lambda _: "", tmp_path)
        await pilot.app.push_screen(dialog, chosen.append)
        await settled(pilot)
        assert shown(dialog).splitlines()[0] == "00.sse"
        assert shown(dialog).splitlines()[-1] == "… and 6 more"
        await pilot.press("down", "down", "up", "tab")
        assert dialog.query_one(Input).value == f"{tmp_path}/00.sse"
        dialog.query_one(Input).value = f"{tmp_path}/"
        await settled(pilot)
        await pilot.press(*["down"] * 20)
        assert shown(dialog).splitlines()[-1] == "99/"
        await pilot.press("enter")  # into the folder
        await settled(pilot)
        assert shown(dialog) == "in.sse"
        await pilot.press("down", "enter")
        await settled(pilot)
    assert chosen == [tmp_path / "99" / "in.sse"]
