"""What is typed in one burst, as over a slow line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input

from codex_tui.tui.panes.finder import Finder
from tests.tui.rig import Rig
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("key", "character"), [("slash", "/"), ("f", "f")])
async def test_what_is_typed_behind_a_key_that_opens_the_finder_is_in_it(
    tmp_path: Path, key: str, character: str
) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        rig.app.viewer.timeline.focus()
        await settled(pilot)
        for typed in (Key(key, character), *(Key(each, each) for each in "qzinx12")):
            rig.app.post_message(typed)
        await settled(pilot)
        finder = rig.app.viewer.query_one(Finder)
        assert finder.is_open
        assert finder.query_one(Input).value == "qzinx12"
