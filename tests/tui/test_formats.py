"""The app opens whatever can be read, and says what it is and what its times lack."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import launch_of
from codex_tui.tui.panes.status import StatusBar
from tests.formats import rollouts, samples
from tests.formats.test_containers import entry, har
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {
    "Codex rollout · times per item": (rollouts.later_versions(), "answer 1"),
    "codex exec output · no times": (rollouts.exec_output(), "answer 0"),
    "events as JSON · no times": (samples.PRETTY_ARRAY, "Hel"),
    "event stream, gzip · no times": (gzip.compress(samples.SSE), "Hel"),
    "HAR file": (har(entry(samples.SSE.decode())), "Hel"),
}


@pytest.mark.parametrize("kind", SOURCES)
async def test_a_file_is_shown_and_named(kind: str, tmp_path: Path) -> None:
    content, answer = SOURCES[kind]
    path = tmp_path / "file"
    path.write_bytes(content)
    settings = load({"data_dir": tmp_path / "data"}, {})
    app = CodexTui(settings, launch_of(settings, None, Replayed(OpenFile(path), speed=None)), None)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        status = app.viewer.query_one(StatusBar).render_line(0).text
        assert f"{kind} · replay of file" in status
        turn = app.session.conversation.turns[-1]
        assert turn.transcript.output_text.startswith(answer)
