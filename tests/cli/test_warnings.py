"""What is said on stderr while a text is open on stdout stands on a line of its own."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli import main
from codex_tui.cli.run import ask
from codex_tui.config import load
from codex_tui.engine.keeping import NewRecording
from codex_tui.sources.backend import Backend
from tests.cli.streams import created, deltas, ended, reasoning
from tests.servers import Peer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

TROUBLE = "No longer recorded: it is the test's wish."
SAID = f"codex-tui: {TROUBLE}\n"


class Streams:
    """Standard output and standard error as files: one, as with `2>&1`, or two."""

    def __init__(self, folder: Path, *, shared: bool) -> None:
        self.out = folder / "out"
        self.err = self.out if shared else folder / "err"

    @contextmanager
    def standing_in(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with monkeypatch.context() as patch, ExitStack() as stack:
            for name, path in (("stdout", self.out), ("stderr", self.err)):
                file = io.TextIOWrapper(stack.enter_context(path.open("ab")), write_through=True)
                patch.setattr(sys, name, stack.enter_context(file))
            yield


def written(piece: str) -> bytes:
    return b"".join(deltas(piece))


def thought(piece: str) -> bytes:
    return reasoning(piece)[0]


async def told_midway(
    streams: Streams,
    monkeypatch: pytest.MonkeyPatch,
    sent: Callable[[str], bytes] = written,
    **flags: Any,
) -> None:
    """Run a prompt whose recording fails when "Be" of its answer "Because" was printed."""

    def printed() -> bool:
        return b"Be" in streams.out.read_bytes() + streams.err.read_bytes()

    async def handler(peer: Peer) -> None:
        await peer.stream(created(), sent("Be"))
        while not printed():  # noqa: ASYNC110 - it looks at a file
            await asyncio.sleep(0)
        await peer.send(sent("cause") + ended())

    monkeypatch.setattr(NewRecording, "trouble", lambda _: TROUBLE if printed() else "")
    async with serving(handler) as server:
        settings = load({"model": "m", "base_url": server.url, **flags}, {})
        with streams.standing_in(monkeypatch):
            assert await ask(settings, Backend(settings, {}), "Why?") == 0


async def test_in_lines_the_text_goes_on_in_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(tmp_path, shared=True)
    await told_midway(streams, monkeypatch, format="plain")
    assert f"\noutput: Be\n{SAID}output continued: cause\n" in streams.out.read_text()


async def test_an_answer_goes_on_below_what_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(tmp_path, shared=True)
    await told_midway(streams, monkeypatch, format="text")
    assert streams.out.read_text().startswith(f"Be\n{SAID}cause")


@pytest.mark.parametrize(
    ("format_", "text"), [("plain", "\noutput: Because\n"), ("text", "Because")]
)
async def test_what_goes_elsewhere_leaves_the_text_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str, text: str
) -> None:
    streams = Streams(tmp_path, shared=False)
    await told_midway(streams, monkeypatch, format=format_)
    assert text in streams.out.read_text()
    assert streams.err.read_text().startswith(SAID)


async def test_reasoning_is_left_before_something_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(tmp_path, shared=False)
    await told_midway(streams, monkeypatch, thought, reasoning=True, format="text")
    assert streams.err.read_text().startswith(f"Be\n{SAID}cause\n")


def test_how_a_shown_answer_ended_is_no_end_of_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "saved.sse"
    saved.write_bytes(b"".join([created(), *deltas("Be"), ended("failed")]))
    streams = Streams(tmp_path, shared=True)
    with streams.standing_in(monkeypatch):
        assert main(["show", str(saved)]) == 0
    assert streams.out.read_text().startswith("Be\ncodex-tui: failed")
