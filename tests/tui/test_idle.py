"""What the first screen does not need is loaded behind it, and nobody waits for it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from codex_tui.tui import idle
from codex_tui.tui.idle import LATER, NETWORK, REQUESTS, SESSION, Idle
from tests.test_layers import loaded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Clock:
    """A clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def turns() -> None:
    """Let the loop turn for a while."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_nothing_is_loaded_while_the_user_does_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loaded_late.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    clock = Clock()
    monkeypatch.setattr(idle, "monotonic", clock)
    monkeypatch.setattr(idle, "QUIET", 0.001)
    waiting = Idle()
    waiting.used()
    loading = asyncio.create_task(waiting.load(["loaded_late"]))
    await turns()
    assert "loaded_late" not in sys.modules
    clock.now += 1
    await loading
    assert sys.modules.pop("loaded_late")


def test_what_is_loaded_late_is_all_there_is_to_load_and_not_there_before() -> None:
    names = [*SESSION, *REQUESTS, *LATER, *NETWORK]
    before = loaded("import codex_tui.tui.app", *names)
    assert set(before) <= {"codex_tui.wire.events"}
    after = "from importlib import import_module\nfor name in {!r}: import_module(name)"
    assert set(loaded(after.format(names), *names)) == set(names)


def test_a_file_that_is_opened_waits_for_no_rules() -> None:
    follow = "from codex_tui.engine.checking import Check; Check().follow([])"
    assert loaded(follow, "codex_tui.findings") == []


NOBODY_ASKED = """
import asyncio
from pathlib import Path
from codex_tui.config import load
from codex_tui.engine.keeping import spooled
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch

async def main():
    app = CodexTui(load({{"data_dir": Path({folder!r})}}, {{}}), Launch(spooled), None)
    async with app.run_test():
        await app.workers.wait_for_complete()

asyncio.run(main())
"""


def test_where_no_provider_is_asked_nothing_is_loaded_that_would(tmp_path: Path) -> None:
    code = NOBODY_ASKED.format(folder=str(tmp_path))
    names = [*LATER, *REQUESTS, *NETWORK, "httpx"]
    assert set(loaded(code, *names)) == set(LATER)
