"""How much memory the whole app takes: of very many events, and of a very large one.

An event lives on the disk; in memory is its row, and the text that is shown.
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal import START, Terminal, has_memory_figures, running
from tests.faults.test_app import answers_keys, options
from tests.servers import COMPLETED, CREATED, Peer, event, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Handler

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
    pytest.mark.skipif(not has_memory_figures(), reason="needs /proc"),
]

MANY = 900.0
"""Seconds that a million events may take on a machine that is busy."""


def words(first: int, count: int) -> bytes:
    """Deltas as a model sends them: a word each, and a paragraph now and then."""
    return b"".join(
        event(
            "response.output_text.delta",
            delta=" word\n\n" if number % 140 == 139 else f" w{number}",
            item_id="msg_1",
            output_index=0,
            content_index=0,
            sequence_number=number,
        )
        for number in range(first, first + count)
    )


def many(count: int) -> Handler:
    """So many events, and then silence."""

    async def answer(peer: Peer) -> None:
        with suppress(ConnectionError):
            await peer.stream(CREATED)
            for first in range(0, count, 1000):
                await peer.send(words(first, 1000))
            await peer.hold()

    return answer


async def after(terminal: Terminal, events: int) -> tuple[int, int]:
    """The memory once so many events are in the timeline."""
    shown = f"{events:,} events"
    await terminal.until(shown, within=MANY)
    return terminal.memory(await terminal.pid())


async def test_a_hundred_thousand_events_and_then_twice_as_many(tmp_path: Path) -> None:
    figures = []
    for count in (100_000, 200_000):
        home = tmp_path / str(count)
        home.mkdir()
        async with (
            serving(many(count)) as server,
            running(home, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
        ):
            figures.append(await after(terminal, count + 1))
            await answers_keys(terminal)
    (first, most), (second, _) = figures
    assert most < 300
    assert second - first < 60  # a row is some 40 bytes, the text and its lines some 100 an event


async def test_a_million_events(tmp_path: Path) -> None:
    async with (
        serving(many(1_000_000)) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        _, most = await after(terminal, 1_000_001)
        assert most < 500
        await answers_keys(terminal)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("response.output_text.delta", {"output_index": 0}),
        ("response.function_call_arguments.delta", {"output_index": 0}),
        ("response.nobody_knows", {}),
    ],
    ids=["text", "arguments", "unknown"],
)
async def test_an_event_of_50_mb(kind: str, fields: dict[str, int], tmp_path: Path) -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED)
        await peer.send(event(kind, delta="word " * (10 << 20), **fields))
        await peer.send(event("response.output_text.delta", delta="The end.", output_index=1))
        await peer.send(COMPLETED)

    async with (
        serving(answer) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        await terminal.until("✓ completed", within=START + 40)
        await answers_keys(terminal, 3)
        assert terminal.memory(await terminal.pid())[1] < 600


VALUES = b'{"type":"response.nobody_knows","items":[' + b'{"id":1,"v":[1,2.50,null]},' * (2 << 20)
LARGE = {
    "lines": b'{"type":"response.output_text.delta","output_index":0,"delta":"'
    + b"a <b>line</b> of [it](http://a.example)\\n" * (5 << 18)
    + b'"}',
    "values": VALUES + b"0]}",
    "deep": b'{"type":"response.nobody_knows","a":' + b"[" * (25 << 20) + b"]" * (25 << 20) + b"}",
    "no JSON": b"this is no JSON " * (50 << 16),
}


ASKED = re.compile("search (output|timeline|inspector)")
TOLD = re.compile("Fields, of the first|a malformed event")


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE.keys())
async def test_an_event_of_50_mb_that_is_replayed_and_inspected(
    data: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "large.sse"
    file.write_bytes(CREATED + b"data: " + data + b"\n\n" + COMPLETED)
    async with running(tmp_path, "replay", str(file), "-s", "max", size=(160, 40)) as terminal:
        await terminal.until("completed", within=START + 60)
        await finds(terminal)
        await terminal.type(":")
        await terminal.until("go to  #1200")
        await terminal.type("#2")
        await terminal.press("Enter")
        await terminal.until_true(lambda screen: TOLD.search(screen) is not None, 60, "the event")
        await finds(terminal)
        assert terminal.memory(await terminal.pid())[1] < 500


async def finds(terminal: Terminal) -> None:
    """A replay answers the keys of a search."""
    await terminal.type("/")
    await terminal.until_true(lambda screen: ASKED.search(screen) is not None, 3, "the finder")
    await terminal.type("xyzzy")
    await terminal.until("xyzzy", within=3)
    await terminal.press("Escape")
    await terminal.until_true(lambda screen: "xyzzy" not in screen, 3, "the line without it")
