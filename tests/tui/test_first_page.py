"""The first page: what can be done from here, said in the place of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.config import Paths
from codex_tui.tui.keys import first_keys
from codex_tui.tui.messages import Connection
from codex_tui.tui.panes.first_page import first_page
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.sessions.recent import recent_lines
from tests.library.shelf import record, turn
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEYS = first_keys({})


def test_it_says_where_prompts_go() -> None:
    page = first_page(Connection("openai", "gpt-5-codex"), KEYS, None)
    assert page.startswith("Prompts go to gpt-5-codex at openai.\n")


def test_without_a_provider_it_says_that_the_demo_answers_and_how_to_connect() -> None:
    page = first_page(Connection("demo", "gpt-5-codex", hint="connect so"), KEYS, None)
    assert page.startswith("No provider yet: the demo answers.\n`codex-tui doctor` says how")


def test_its_keys_are_those_that_the_user_bound() -> None:
    lines = first_keys({"app.sessions": "ctrl+l"})
    assert "ctrl+l   sessions: what was recorded" in lines
    assert lines[-1].split() == ["ctrl+q", "quit"]


def test_it_has_as_many_lines_before_all_is_known_as_afterwards() -> None:
    known = Connection("openai", "gpt-5-codex")
    pages = [
        first_page(None, KEYS, None),
        first_page(known, KEYS, ["a"]),
        first_page(known, KEYS, ["a"] * 3),
    ]
    assert len({page.count("\n") for page in pages}) == 1


def test_a_long_title_is_cut() -> None:
    page = first_page(None, KEYS, ["why " + "so " * 40])
    assert max(map(len, page.splitlines())) <= 58


def test_the_newest_sessions_stand_in_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    paths = Paths.of({}, tmp_path)
    for minutes in range(5):
        record(paths.sessions, turn(f"Prompt {minutes}?", "So."), minutes=minutes)
    lines = recent_lines(paths, str, 3)
    assert [line.partition("✓ ")[2] for line in lines] == [
        f"completed   Prompt {minutes}?" for minutes in (4, 3, 2)
    ]


def test_without_a_folder_none_do(tmp_path: Path) -> None:
    assert recent_lines(Paths.of({}, tmp_path / "nothing"), str, 3) == []


async def test_the_app_names_them_on_its_first_page(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    record(rig.folder, turn("Why is it blue?", "So."), minutes=1)
    async with rig.running() as pilot:
        pane = rig.app.viewer.query_one(OutputPane)
        while "Why is it blue?" not in pane.sections.placeholder:
            await pilot.pause()
        assert "No provider yet" in pane.sections.placeholder
