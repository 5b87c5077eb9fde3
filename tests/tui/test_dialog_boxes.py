"""The boxes of the dialogs in small terminals: all that counts is in sight, and whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Static

from codex_tui.tui.dialogs.dialog import fitting
from codex_tui.tui.dialogs.open_file import OpenDialog
from codex_tui.tui.sessions.changes import AskDialog
from tests.tui.settling import settled
from tests.tui.stage import Stage
from tests.tui.test_choices import links
from tests.tui.test_dialogs import (
    connection_dialog,
    export_dialog,
    keys_dialog,
    request_dialog,
    resend_dialog,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    Make = Callable[[], Screen[Any]]

REASON = "no such file or directory as far as anybody knows who was asked"
SIZES = pytest.mark.parametrize(
    "size", [(80, 24), (44, 20), (44, 12)], ids=lambda size: f"{size[0]}x{size[1]}"
)


def open_dialog() -> OpenDialog:
    return OpenDialog(lambda _: REASON, Path("/nowhere"))


def ask_dialog() -> AskDialog:
    return AskDialog("Title")


DIALOGS: list[Make] = [
    keys_dialog,
    connection_dialog,
    request_dialog,
    resend_dialog,
    export_dialog,
    links,
    open_dialog,
    ask_dialog,
]


async def drawn(make: Make, size: tuple[int, int], *keys: str) -> list[str]:
    """The lines of the screen with a dialog, after some keys."""
    stage = Stage(Static)
    async with stage.run_test(size=size) as pilot:
        await stage.push_screen(make())
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)
        return [strip.text.strip() for strip in stage.screen._compositor.render_strips()]


@SIZES
@pytest.mark.parametrize("make", DIALOGS)
async def test_the_lower_border_says_whole_how_to_close(make: Make, size: tuple[int, int]) -> None:
    (lower,) = (line for line in await drawn(make, size) if line.startswith("╰"))
    assert lower.endswith(" esc closes ─╯")


@SIZES
@pytest.mark.parametrize(
    ("make", "last"), [(links, "https://example.com/29"), (export_dialog, "curl ")]
)
async def test_the_last_of_a_list_can_be_reached(
    make: Make, last: str, size: tuple[int, int]
) -> None:
    assert any(line.startswith(f"│ {last}") for line in await drawn(make, size, "end"))


@SIZES
async def test_the_switches_of_an_export_are_in_sight(size: tuple[int, int]) -> None:
    lines = await drawn(export_dialog, size)
    assert [line[2] for line in lines if "☑" in line or "☐" in line] == ["r", "s"]


@SIZES
async def test_the_reason_why_a_file_cannot_be_opened_is_in_sight(size: tuple[int, int]) -> None:
    words = " ".join(line.strip("│ ") for line in await drawn(open_dialog, size, "enter"))
    assert f"can't be opened: {REASON}" in words


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (60, "enter opens · y copies · esc closes"),
        (34, "enter opens · esc closes"),
        (12, "esc closes"),
        (3, "esc closes"),
    ],
)
def test_keys_that_do_not_fit_are_left_out_whole(room: int, shown: str) -> None:
    assert fitting("enter opens · y copies · esc closes", room) == shown
