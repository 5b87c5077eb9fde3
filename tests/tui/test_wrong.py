"""What is wrong, on the screen: the list, the header, flags, what lights up, and the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from codex_tui.config import load
from codex_tui.engine.checking import Check
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed
from codex_tui.formats.open_file import OpenFile
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.messages import EntrySelected, FindingsChanged, SessionSought
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes.wrong import WrongPane
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.findings_view import FindingsView
from codex_tui.tui.widgets.timeline_view import TimelineView
from tests.servers import event
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


LONG = "a server's words that go on and on, " * 8


def fine() -> Script:
    script = Script().ask("hello").created()
    script.item(0, id="msg_1", type="message", role="assistant", content=[])
    return script


def rotating() -> Script:
    """A message whose deltas name other items, and a text that ends as another one."""
    script = fine()
    for number, text in enumerate(("Hel", "lo")):
        script.event(
            "response.output_text.delta",
            output_index=0,
            content_index=0,
            item_id=f"msg_{number + 7}",
            delta=text,
        )
    return script.event(
        "response.output_text.done",
        output_index=0,
        content_index=0,
        item_id="msg_1",
        text=f"Hallo {LONG}",
    )


def checked(script: Script, *, to: int | None = None) -> Check:
    """The check of a script, as far as so many entries; fields that it leaves out are its own."""
    check = Check(ignore=("field.",))
    check.follow(script.log)
    for record in script.log.records(0, len(script.log) if to is None else to):
        check.check(record)
    return check


def showing(
    script: Script, check: Check | None, *, position: int | None = None, keys: tuple[str, ...] = ()
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return what gives the widget a script, and what is wrong with it."""

    async def pose(pilot: Pilot[None]) -> None:
        stage = pilot.app
        assert isinstance(stage, Stage)
        await stage.play(pilot)
        if position is not None:
            stage.widget.post_message(SessionSought(script.conversation, script.log, position))
        if check is not None:
            stage.widget.post_message(FindingsChanged(check))
        await stage.settle(pilot)
        for found in stage.query(FindingsView):
            found.focus()
        for key in keys:
            await pilot.press(key)
        await stage.settle(pilot)

    return pose


def many(count: int) -> Check:
    """A check that has found one rule broken so many times."""
    check = checked(fine())
    assert check.findings is not None
    for number in range(count):
        check.findings.add("text.differs", (3 + number % 9,), f"text {number} differs: {LONG}")
    return check


PICTURES: dict[str, tuple[Script, Check | None, int | None, tuple[str, ...]]] = {
    "nothing": (Script(), None, None, ()),
    "nothing_wrong": (Script().ask("?"), checked(Script().ask("?")), None, ()),
    "checking": (rotating(), checked(rotating(), to=1), None, ()),
    "found": (rotating(), checked(rotating()), None, ("j",)),
    "a_moment": (rotating(), checked(rotating()), 5, ()),
    "very_many": (fine(), many(1_000), None, ("G",)),
}


@pytest.mark.parametrize(
    ("name", "size", "theme"),
    [
        *((name, (78, 16), "codex-dark") for name in PICTURES),
        ("found", (110, 14), "codex-light"),
        ("found", (40, 12), "codex-ansi"),
    ],
)
def test_picture_of_what_is_wrong(
    snap_compare: Callable[..., bool], name: str, size: tuple[int, int], theme: str
) -> None:
    script, check, position, keys = PICTURES[name]
    script.arrivals, arrivals = list(script.arrivals), script.arrivals
    stage = Stage(WrongPane, script, theme)
    pose = showing(script, check, position=position, keys=keys)
    same = snap_compare(stage, terminal_size=size, run_before=pose)
    script.arrivals = arrivals
    assert same


def test_picture_of_flagged_rows(snap_compare: Callable[..., bool]) -> None:
    script = rotating()
    pose = showing(script, checked(script))
    stage = Stage(TimelinePane, script)
    assert snap_compare(stage, terminal_size=(90, 10), run_before=pose)


async def test_rows_of_a_finding_light_up() -> None:
    script = rotating()
    stage = Stage(TimelinePane, script)
    async with stage.run_test(size=(90, 12)) as pilot:
        await showing(script, checked(script))(pilot)
        view = stage.query_one(TimelineView)
        plain = [view.draw(y) for y in range(8)]
        view.light((4, 3))
        lit = [y for y in range(8) if view.draw(y) != plain[y]]
        assert lit == [3, 4]
        assert view.draw(3) != view.draw(4)
        view.light(())
        assert [view.draw(y) for y in range(8)] == plain


@pytest.mark.parametrize(("position", "flags"), [(None, "⚑ "), (2, "")])
async def test_the_header_counts_what_is_wrong_by_the_moment(
    position: int | None, flags: str
) -> None:
    script = rotating().completed()
    stage = Stage(StatusBar, script)
    async with stage.run_test(size=(120, 2)) as pilot:
        await showing(script, checked(script), position=position)(pilot)
        said = stage.widget.render_line(0).text
        assert ("⚑" in said) == bool(flags)
        assert ("✓ completed · ⚑ " in said) == bool(flags)


async def test_a_completed_answer_with_errors_is_not_green() -> None:
    script = rotating().completed()
    stage = Stage(StatusBar, script)
    async with stage.run_test(size=(120, 2)) as pilot:
        await showing(script, None)(pilot)
        before = colour_of(stage, "completed")
        await showing(script, checked(script))(pilot)
        assert colour_of(stage, "completed") != before


def colour_of(stage: Stage, word: str) -> object:
    segments = stage.widget.render_line(0)
    return next(segment.style for segment in segments if word in segment.text)


async def test_the_header_says_that_a_file_is_still_being_checked() -> None:
    script = rotating().completed()
    stage = Stage(StatusBar, script)
    async with stage.run_test(size=(120, 2)) as pilot:
        await showing(script, checked(script, to=1))(pilot)
        assert "✓ completed · ⚑ …" in stage.widget.render_line(0).text


async def test_the_list_says_a_level_an_event_and_a_sentence() -> None:
    script = rotating()
    stage = Stage(WrongPane, script)
    async with stage.run_test(size=(120, 20)) as pilot:
        await showing(script, checked(script))(pilot)
        view = stage.query_one(FindingsView)
        rows = [view.draw(y).text for y in range(view._count)]
        row = next(row for row in rows if "text.differs" in row)
        assert row.split()[:3] == ["error", "#5", "text.differs"]
        view.search.seek("text.differs")
        assert view.search.matches == "1/1"
        await stage.settle(pilot)
        said = str(stage.query_one("#finding", Static).content)
        assert "text.differs: Deltas, the event that closes them" in said
        assert "#5 · with" in said or "· #5" in said
        assert view.copy_source().startswith("error text.differs #5 ")


async def test_the_list_has_the_worst_first_and_what_says_most() -> None:
    check = Check()
    check.follow(fine().log)
    check.check(next(iter(fine().log.records(0, 1))))
    assert check.findings is not None
    for rule, number in (("field.missing", 1), ("tool.unknown", 2), ("text.differs", 4)):
        check.findings.add(rule, (number,), "words")
    check.findings.add("id.changes", (3,), "words")
    stage = Stage(WrongPane, fine())
    async with stage.run_test(size=(120, 20)) as pilot:
        await showing(fine(), check, keys=("j",))(pilot)
        view = stage.query_one(FindingsView)
        rows = [view.draw(y).text.split()[-2] for y in range(view._count)]
        assert rows == ["id.changes", "text.differs", "field.missing", "tool.unknown"]
        chosen = view.finding
        check.findings.add("order.no-created", (1,), "words")
        stage.widget.post_message(FindingsChanged(check))
        await stage.settle(pilot)
        assert view.finding is chosen
        assert "order.no-created" in view.draw(0).text


async def test_a_list_of_very_many_says_how_many_there_are() -> None:
    stage = Stage(WrongPane, fine())
    async with stage.run_test(size=(120, 20)) as pilot:
        check = many(100_000)
        await showing(fine(), check)(pilot)
        assert "100,00" in str(stage.widget.border_subtitle)
        view = stage.query_one(FindingsView)
        rows = [view.draw(y).text for y in range(20)]
        assert any("×99,901" in row for row in rows)


async def test_the_inspector_lists_findings_and_says_them_at_their_fields() -> None:
    script = rotating()
    stage = Stage(InspectorPane, script)
    async with stage.run_test(size=(120, 60)) as pilot:
        await showing(script, checked(script))(pilot)
        entry = script.log.entry_of(3)
        stage.widget.post_message(EntrySelected(script.log, entry))
        await stage.settle(pilot)
        view = stage.query_one(SectionView)
        lines = [view.render_line(y).text.rstrip() for y in range(58)]
        assert any("⚑" in line and "finding" in line for line in lines)
        at = next(n for n, line in enumerate(lines) if line.lstrip().startswith('"item_id"'))
        assert lines[at + 1].lstrip().startswith("⚑ id.changes: ")


async def test_the_inspector_says_what_is_found_after_it_was_selected() -> None:
    script = rotating()
    stage = Stage(InspectorPane, script)
    async with stage.run_test(size=(120, 60)) as pilot:
        await showing(script, None)(pilot)
        stage.widget.post_message(EntrySelected(script.log, script.log.entry_of(3)))
        await stage.settle(pilot)
        view = stage.query_one(SectionView)
        assert "⚑" not in view.copy_source()
        stage.widget.post_message(FindingsChanged(checked(script)))
        await stage.settle(pilot)
        titles = [section.title or "" for section in view.stack]
        assert any(title.startswith("⚑") for title in titles)


# -- the whole app -----------------------------------------------------------------------------

PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def unopened(folder: Path) -> Path:
    """A file of a message that nobody opened, and that never ends."""
    path = folder / "unopened.sse"
    frames = [event("response.created", sequence_number=0, response={"id": "r", "output": []})]
    for number, text in enumerate(("Hel", "lo"), 1):
        frames.append(
            event("response.output_text.delta", sequence_number=number, delta=text, **PLACE)
        )
    path.write_bytes(b"".join(frames))
    return path


def opened(path: Path, home: Path) -> CodexTui:
    settings = load({"data_dir": home}, {})
    file = Replayed(OpenFile(path), speed=None)
    return CodexTui(settings, Launch(borrowed(file.opened.keeper), file=file), None)


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_enter_goes_to_the_event_of_a_finding(tmp_path: Path, size: tuple[int, int]) -> None:
    app = opened(unopened(tmp_path), tmp_path)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        view = app.viewer.query_one(FindingsView)
        assert view.has_focus
        view.search.seek("order.item-not-added")
        await settled(pilot)
        assert app.viewer.timeline.marks.lit
        await pilot.press("enter")
        await settled(pilot)
        assert app.viewer.arrangement.focused() == "timeline"
        assert app.viewer.timeline.cursor.entry == app.session.log.entry_of(2)


async def test_w_shows_what_is_wrong_and_hides_it(tmp_path: Path) -> None:
    app = opened(unopened(tmp_path), tmp_path)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        assert app.viewer.query_one(WrongPane).display
        assert not app.viewer.query_one(InspectorPane).display
        await pilot.press("w")
        await settled(pilot)
        assert not app.viewer.query_one(WrongPane).display
        assert not app.viewer.timeline.marks.lit
        assert app.viewer.query_one(InspectorPane).display


async def test_another_session_has_nothing_of_the_one_before(tmp_path: Path) -> None:
    app = opened(unopened(tmp_path), tmp_path)
    fine_ = tmp_path / "fine.txt"
    fine_.write_bytes(b": keep-alive\n\n")
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        assert app.viewer.query_one(FindingsView).finding is not None
        app.presenter.backstage.opener.open(fine_)
        await settled(pilot)
        assert app.viewer.query_one(FindingsView).finding is None
        assert "⚑" not in app.viewer.query_one(StatusBar).render_line(0).text
