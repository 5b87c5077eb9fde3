"""Pictures of the view: dark and light, narrow and wide, empty, searched, at work."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from tests.documents.answers import RETRY, STEPS
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from textual.pilot import Pilot

Pose = Callable[[SectionView], None]


def empty() -> SectionView:
    return SectionView("The answer will stand here, as it streams.\nType a prompt below.")


def answer() -> SectionView:
    view = empty()
    view.stack.add(Section("prompt", "❯ Why does my retry loop never end?", state="prompt"))
    view.stack.add(Section("answer", document=MarkdownDocument(RETRY)))
    return view


def steps() -> SectionView:
    view = empty()
    view.stack.add(Section("answer", document=MarkdownDocument(STEPS)))
    return view


def calls() -> SectionView:
    view = empty()
    arguments = (
        ("✓ read_file", "0.31 s", '{"path": "worker.py"}', ""),
        ("● run_tests", "1.20 s", '{"filter": "retry", "limit": 5, "verbose": tr', "running"),
        ("✗ apply_patch", "0.08 s", "*** Begin Patch\n*** Update File: worker.py\n", "failed"),
    )
    for title, meta, text, state in arguments:
        document = JsonDocument()
        document.append(text)
        section = Section(title, title, meta, document, collapsible=True)
        section.state = "running" if state == "running" else "failed" if state else ""
        view.stack.add(section)
    return view


def thoughts() -> SectionView:
    view = empty()
    for number, (title, is_open) in enumerate(
        (("Finding the loop", False), ("Checking the limit", False), ("Writing the fix", True))
    ):
        text = MarkdownDocument("The worker **re-queues** before it checks the limit, so `tries` …")
        section = Section(f"s{number}", title, "1.9 s", text, open=is_open)
        section.collapsible, section.indent = True, 2
        section.state = "running" if is_open else ""
        view.stack.add(section)
    view.stack.add(
        Section("end", "✗ failed  12.4 s", document=TextDocument("rate limit"), state="failed")
    )
    return view


def stand_at(y: int, pose: Pose | None = None) -> Callable[[Pilot[None]], object]:
    """Draw to the end, scroll to a line, and do what the picture shows."""

    async def before(pilot: Pilot[None]) -> None:
        await pilot.pause()
        view = pilot.app.query_one(SectionView)
        while view.advance(math.inf):
            pass
        view.go_to(y)
        await pilot.pause()
        if pose is not None:
            pose(view)
            while view.advance(math.inf):
                pass
            await pilot.pause()

    return before


@pytest.mark.parametrize(("width", "theme"), [(100, "codex-dark"), (30, "codex-light")])
@pytest.mark.parametrize("make", [answer, steps, calls, thoughts])
def test_picture(
    snap_compare: Callable[..., bool], make: Callable[[], SectionView], width: int, theme: str
) -> None:
    height = 48 if make in (answer, steps) else 24
    stage = Stage(make, theme=theme)
    assert snap_compare(stage, terminal_size=(width, height), run_before=stand_at(0))


def test_picture_of_nothing_yet(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Stage(empty), terminal_size=(50, 9), run_before=stand_at(0))


def test_picture_in_the_terminals_own_colours(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(answer, theme="codex-ansi")
    assert snap_compare(stage, terminal_size=(80, 48), run_before=stand_at(0))


def _search(view: SectionView) -> None:
    view.search.seek("limit")
    view.search.go(1)


def _select(view: SectionView) -> None:
    view.screen.selections = {view: Selection(Offset(11, 4), Offset(30, 5))}


def _grow_unseen(view: SectionView) -> None:
    view.stack.append("answer", "\nOne more paragraph that comes while the reader is at the top.\n")


@pytest.mark.parametrize("pose", [_search, _select, _grow_unseen])
def test_picture_of_what_a_reader_does(snap_compare: Callable[..., bool], pose: Pose) -> None:
    stage = Stage(answer)
    assert snap_compare(stage, terminal_size=(76, 18), run_before=stand_at(0, pose))


def test_picture_of_the_cursor_on_a_header(snap_compare: Callable[..., bool]) -> None:
    def focus(view: SectionView) -> None:
        view.focus()
        view.action_section(1)
        view.action_section(1)

    stage = Stage(thoughts)
    assert snap_compare(stage, terminal_size=(60, 12), run_before=stand_at(0, focus))


def test_picture_in_the_middle_of_a_long_list(snap_compare: Callable[..., bool]) -> None:
    def long() -> SectionView:
        view = empty()
        text = "".join(f"{number}. entry **{number}** of `many`\n" for number in range(1, 400))
        view.stack.add(Section("answer", document=MarkdownDocument(text)))
        return view

    assert snap_compare(Stage(long), terminal_size=(60, 16), run_before=stand_at(180))
