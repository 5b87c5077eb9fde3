"""Leaving the app: what its recording has then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording import failover as succession
from codex_tui.recording.records import EndRecord
from codex_tui.sources.demo_sessions import demo_prompts
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_a_recording_that_can_be_made_only_as_the_app_leaves_has_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "RETRY_EVERY", 1000.0)
    rig = Rig(tmp_path, speed=1.0, prompt=demo_prompts()[0])
    in_the_way = tmp_path / "data"
    in_the_way.touch()
    async with rig.running() as pilot:
        while len(rig.app.session.log) < 5:
            await pilot.pause()
        assert "not recorded" in rig.app.session.kept_at()[1]
        in_the_way.unlink()
        rig.app.session.close()
    records = rig.records()
    assert len(records) > 5
    end = records[-1]
    assert isinstance(end, EndRecord)
    assert (end.how, end.detail) == ("cancelled", "codex-tui was closed.")
