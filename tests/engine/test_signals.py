"""Signals while a loop runs: the first one asks, and what is ignored asks nothing."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.signals import handling

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def nohup() -> Iterator[None]:
    """Whoever started the program has it ignore hang-ups."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("nohup")
async def test_a_signal_that_is_ignored_stays_so() -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()
    with handling(heard.put_nowait):
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        assert await heard.get() == signal.SIGTERM
    assert heard.empty()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
