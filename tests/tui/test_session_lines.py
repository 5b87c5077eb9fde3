"""The lines around the list of sessions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual.containers import Vertical

from codex_tui.tui.sessions.lines import HeadLine, KeysLine, TypedLine, fitting
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from codex_tui.tui.sessions.index import Rows


@pytest.mark.parametrize(
    ("room", "shown"),
    [(80, "a b · c d · e"), (13, "a b · c d · e"), (12, "a b · c d"), (4, "a b"), (0, "a b")],
)
def test_keys_are_told_whole_or_not_at_all(room: int, shown: str) -> None:
    assert fitting("a b · c d · e", room) == shown


async def test_keys_are_as_many_as_there_is_room_for() -> None:
    async with Stage(KeysLine).run_test(size=(64, 5)) as pilot:
        line = pilot.app.query_one(KeysLine)
        line.offer("filters")
        await pilot.pause()
        assert str(line.content).endswith("ctrl+f filters")
        await pilot.resize_terminal(40, 5)
        await pilot.pause()
        assert str(line.content) == "enter opens · f1 all keys"


async def test_the_head_says_how_much_there_is() -> None:
    rows = cast("Rows", [(SimpleNamespace(size=size), "") for size in (1000, 24)])
    async with Stage(HeadLine).run_test() as pilot:
        line = pilot.app.query_one(HeadLine)
        line.tell(rows, "A is marked", "1 shown", "")
        assert str(line.content) == "Sessions · A is marked · 2 sessions · 1.0 kB · 1 shown"


async def test_a_line_says_what_it_does_and_is_cleared() -> None:
    async with Stage(lambda: Vertical(TypedLine())).run_test() as pilot:
        line: Any = pilot.app.query_one(TypedLine)
        line.query_one("Input").focus()
        await pilot.press(*"why")
        assert line.typed == "why"
        line.say("search")
        line.clear()
        await pilot.pause()
        assert line.typed == ""
        assert str(line.query_one("Static").content) == "search"
