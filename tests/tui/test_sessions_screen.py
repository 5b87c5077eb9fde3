"""The sessions screen: rows at once, filtered as one types, and what its keys do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static

from codex_tui.config import Paths
from codex_tui.library.library import Library
from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.tui.comparison.marks import MarkedFiles
from codex_tui.tui.sessions.changes import UNDO
from codex_tui.tui.sessions.screen import SessionChoice, SessionsScreen
from codex_tui.tui.sessions.shelf import Shelf
from tests.library.shelf import NOON, call, turn
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from codex_tui.recording.records import Record

NAMES = ("22T12-00-00-why-abcdefgh00.sse", "22T11-00-00-weather-abcdefgh01.sse")


def write(path: Path, records: list[Record], group: str = "", run: str = "") -> None:
    """A recording that is the same in every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = BlockFormat()
    made = Header("01", NOON.isoformat(), "a test", group=group or None, run=run or None)
    header = header_block(made)
    path.write_bytes(header + b"".join(blocks.block(record) for record in records))


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paths]:
    """An empty data folder, named as in a picture, at a time zone of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield Paths.of({}, type(tmp_path)("data"))
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.fixture
def shelf(paths: Paths) -> Shelf:
    """Two sessions, and a file that is none."""
    folder = paths.sessions / "2026" / "11"
    write(folder / NAMES[0], turn("Why is it \x1b[1mblue?", "Because [bold]light[/] scatters."))
    weather = turn("Weather in Paris?", "Sunny, 21 °C.", call("get_weather", '{"city":"Paris"}'))
    write(folder / NAMES[1], weather)
    (folder / "20T10-00-00-notes.txt").write_text("no recording at all")
    return Shelf(paths)


class Shown:
    """The screen over a stage, with what came of it."""

    def __init__(self, shelf: Shelf) -> None:
        self.copied: list[str] = []
        self.chosen: list[SessionChoice | None] = []
        self.compared: list[tuple[str, str]] = []
        marks = MarkedFiles(lambda a, b: self.compared.append((a.name, b.name)))
        self.screen = SessionsScreen(shelf, self.copied.append, lambda: None, marks)

    async def __call__(self, pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(self.screen, self.chosen.append)
        self.screen.query_one(Input).cursor_blink = False
        await self.settle(pilot)

    async def settle(self, pilot: Pilot[None]) -> None:
        """Wait for threads, and for what they start."""
        for _ in range(3):
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        await pilot.press(*keys)
        await self.settle(pilot)

    @property
    def titles(self) -> list[str]:
        rows: list[Any] = list(self.screen.listing._rows)
        return [(getattr(row, "session", row)).shown_title for row in rows]

    @property
    def head(self) -> str:
        return str(self.screen.query_one("#sessions-head", Static).content)


def pressing(shown: Shown, *keys: str) -> Callable[[Pilot[None]], object]:
    async def show(pilot: Pilot[None]) -> None:
        await shown(pilot)
        await shown.press(pilot, *keys)

    return show


# -- pictures ----------------------------------------------------------------------------------


def test_picture_of_sessions_with_their_preview(
    snap_compare: Callable[..., bool], shelf: Shelf
) -> None:
    show = pressing(Shown(shelf), "ctrl+s")
    assert snap_compare(Stage(Static), terminal_size=(140, 18), run_before=show)


def test_picture_of_a_search_on_a_small_terminal(
    snap_compare: Callable[..., bool], shelf: Shelf
) -> None:
    show = pressing(Shown(shelf), "ctrl+f", *"paris")
    assert snap_compare(Stage(Static), terminal_size=(80, 24), run_before=show)


def test_picture_of_runs_that_were_made_to_be_compared(
    snap_compare: Callable[..., bool], paths: Paths, shelf: Shelf
) -> None:
    folder = paths.sessions / "2026" / "11"
    for number in (1, 2, 3):
        name = f"23T12-00-0{number}-same-abcdefgh1{number}.sse"
        said = turn("The same again?", "Yes.")
        write(folder / name, said, group="01JD0000000000000GR0VPK3YZ", run=f"{number}/3")
    show = pressing(Shown(shelf), "down")
    assert snap_compare(Stage(Static), terminal_size=(140, 18), run_before=show)


def test_picture_of_no_sessions(snap_compare: Callable[..., bool], paths: Paths) -> None:
    show = pressing(Shown(Shelf(paths)))
    assert snap_compare(Stage(Static), terminal_size=(80, 24), run_before=show)


async def test_a_narrow_screen_says_where_all_keys_are_told(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        for key in ("ctrl+f", "ctrl+f"):
            keys = shown.screen.query_one("#sessions-keys", Static)
            assert "f1 all keys" in "".join(segment.text for segment in keys.render_line(0))
            await shown.press(pilot, key)


# -- keys --------------------------------------------------------------------------------------


async def test_typing_filters_and_esc_takes_it_back_and_then_leaves(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        assert len(shown.titles) == 3
        await shown.press(pilot, *"paris")
        assert shown.titles == ["Weather in Paris?"]
        await shown.press(pilot, "escape")
        assert len(shown.titles) == 3
        await shown.press(pilot, "escape")
    assert shown.chosen == [None]


async def test_keys_scroll_the_preview_of_the_session_under_the_cursor(
    shelf: Shelf, paths: Paths
) -> None:
    write(paths.sessions / "22T13-long.sse", turn("A long one?", "and on\n" * 200))
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        preview, title = shown.screen.preview, shown.titles[0]
        assert title == "A long one?"
        tops = []
        for key in ("shift+down", "shift+down", "shift+up", "shift+pagedown", "shift+pageup"):
            await shown.press(pilot, key)
            tops.append(preview.scroll_offset.y)
        assert tops == [1, 2, 1, 1 + preview.size.height, 1]
        row = shown.screen.listing.session
        assert row is not None
        assert row.shown_title == title
        await shown.press(pilot, "down")
        assert preview.scroll_offset.y == 0


async def test_a_search_looks_into_the_texts(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "ctrl+f", *"scatters")
        assert shown.titles == ["Why is it \x1b[1mblue?"]
        assert "found in 1" in shown.head


@pytest.mark.parametrize(("key", "what"), [("enter", "open"), ("ctrl+g", "continue")])
async def test_a_key_chooses_the_session_under_the_cursor(
    shelf: Shelf, paths: Paths, key: str, what: str
) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, *"paris", key)
    (choice,) = shown.chosen
    assert choice is not None
    assert (choice.path, choice.what) == (paths.sessions / "2026/11" / NAMES[1], what)


async def test_a_key_that_comes_with_what_was_typed_means_a_session_that_matches_it(
    shelf: Shelf, paths: Paths
) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        shown.screen.query_one(Input).value = "paris"
        shown.screen.action_go_on()
        await shown.settle(pilot)
    assert shown.chosen == [SessionChoice(paths.sessions / "2026/11" / NAMES[1], "continue")]


async def test_a_key_that_comes_before_the_hits_of_a_search_does_nothing(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "ctrl+f")
        shown.screen.query_one(Input).value = "paris"
        shown.screen.action_change("delete")
        await shown.settle(pilot)
        await shown.press(pilot, *["backspace"] * 5)
        assert len(shown.titles) == 3


async def test_two_are_marked_and_compared_and_esc_takes_the_marks_away(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "alt+enter")
        assert shown.compared == []
        await shown.press(pilot, "down", "ctrl+@", "up", "ctrl+space")
        assert [shown.screen.listing.draw(y).text[0] for y in range(3)] == ["B", "A", " "]
        assert "A and B are marked: alt+enter compares them" in shown.head
        await shown.press(pilot, "alt+enter")
        assert shown.compared == [(NAMES[1], NAMES[0])]
        await shown.press(pilot, "escape")
        assert "marked" not in shown.head
        assert shown.chosen == []


async def test_a_mark_stays_while_one_types(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "ctrl+space", *"paris", "alt+enter")
        assert shown.compared == [(NAMES[0], NAMES[1])]


async def test_titles_tags_stars_and_the_trash(shelf: Shelf, paths: Paths) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, *"paris", "ctrl+s", "ctrl+t")
        await shown.press(pilot, *"work", "enter")
        row = shown.screen.listing.session
        assert row is not None
        assert (row.starred, row.tags) == (1, "work")
        await shown.press(pilot, "ctrl+d")
        assert shown.titles == []
        await shown.press(pilot, "ctrl+x")
        assert shown.titles == ["Weather in Paris?"]
    library = Library(paths.sessions, paths.trash, None)
    library.refresh()
    assert [session.tags for session in library.sessions() if session.starred] == ["work"]
    library.close()


async def test_a_second_undo_before_the_first_was_made_is_for_nothing(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "ctrl+d")
        assert UNDO in shown.head
        shown.screen.action_undo()
        shown.screen.action_undo()
        await shown.settle(pilot)
        assert len(shown.titles) == 3


async def test_what_could_not_be_deleted_or_brought_back_is_not_said_to_be(
    shelf: Shelf, paths: Paths
) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, "ctrl+d")
        paths.trash.rename(paths.trash.with_name("elsewhere"))
        await shown.press(pilot, "ctrl+x")
        assert len(shown.titles) == 2
        paths.trash.with_name("elsewhere").rename(paths.trash)
        await shown.press(pilot, "ctrl+x")
        assert len(shown.titles) == 3
        for path in paths.sessions.rglob("*.sse"):
            path.unlink()
        await shown.press(pilot, "ctrl+d")
        assert UNDO not in shown.head


async def test_a_broken_index_is_made_anew(shelf: Shelf, paths: Paths) -> None:
    library = Library(paths.sessions, paths.trash, paths.cache)
    library.refresh()
    library.close()
    (index,) = paths.cache.rglob("*.db")
    kept = index.read_bytes()
    index.write_bytes(kept[:4096] + b"Z" * (len(kept) - 4096))
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        assert len(shown.titles) == 3
        assert "index" not in shown.head


async def test_the_path_is_copied(shelf: Shelf) -> None:
    shown = Shown(shelf)
    async with Stage(Static).run_test(size=(120, 24)) as pilot:
        await shown(pilot)
        await shown.press(pilot, *"paris", "ctrl+y")
    assert shown.copied == [f"data/sessions/2026/11/{NAMES[1]}"]
