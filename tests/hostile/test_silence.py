"""No text keeps the loop from anything: 400 KB of each sort in the real program, in a terminal.

The longest step of the loop takes less than a tenth of a second of CPU; a key is answered within a
second meanwhile, ctrl+q too, and SIGTERM within two: of the program's CPU, so that it says the same
on a busy machine.
"""

from __future__ import annotations

import json
import signal
import sys
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.hostile.terminal import PATIENCE, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

SIZE = 400_000
GIVEN_BACK = b"\x1b[?1049l"
SILENCE = 0.1
"""Seconds of CPU of the loop's longest step."""

ANSWER, SIGNALLED = 1.0, 2.0
"""Seconds of CPU until a key is answered, and until the program has ended after a signal."""

PLACES = {
    "heading": "# {}",
    "cell": "| a | b |\n|-|-|\n| {} | x |",
    "paragraph": "{}",
    "item": "- {}",
    "quote": "> {}",
}
INLINE = ("a<!--", "a<?", "a<![CDATA[", "[", "![a](b)", "http://a.b/).", "*a **a ", "`a``", "a|")
BLOCKS = ("```java\na b ", "- a\n", "> ", "| a |\n|-|\n", "[a] b\n\n", "a  \n", "    ", "# \n")


def event(kind: str, **fields: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


def stream(kind: str, item: dict[str, object], text: str) -> str:
    def events() -> Iterator[str]:
        yield event("response.created", response={"id": "r", "status": "in_progress"})
        yield event("response.output_item.added", output_index=0, item=item)
        for at in range(0, len(text), 1000):
            piece = text[at : at + 1000]
            yield event(kind, output_index=0, content_index=0, item_id="i", delta=piece)
        yield event("response.completed", response={"id": "r", "status": "completed"})

    return "".join(events())


def message(text: str) -> str:
    return stream("response.output_text.delta", {"id": "i", "type": "message"}, text)


def call(text: str) -> str:
    item: dict[str, object] = {"id": "i", "type": "function_call", "name": "go", "call_id": "c"}
    return stream("response.function_call_arguments.delta", item, text)


def filled(part: str) -> str:
    return part * (SIZE // len(part))


def _streams() -> Iterator[tuple[str, Callable[[], str]]]:
    for place, form in PLACES.items():
        for part in INLINE:
            yield f"{place} {part!r}", partial(_of, message, form, part)
    for part in BLOCKS:
        yield f"blocks {part!r}", partial(_of, message, "{}", part)
    for part in ("[", '{"a":', '"\\\\', "1", "[1,\n", "\u202e"):
        yield f"arguments {part!r}", partial(_of, call, "{}", part)
    label = "{}" + "[l]: https://a.b\n"
    yield "a label", partial(_of, message, label, "[l] word [m][l] more\n\n")


def _of(made: Callable[[str], str], form: str, part: str) -> str:
    return made(form.replace("{}", filled(part)))


STREAMS = dict(_streams())


@pytest.mark.parametrize("name", STREAMS)
def test_no_text_silences_the_loop(tmp_path: Path, name: str) -> None:
    # Who shares a core slows a step down by half: what is too long is so each time.
    steps = (_longest_step(tmp_path, name) for _ in range(3))
    assert any(step < SILENCE for step in steps)


def _longest_step(tmp_path: Path, name: str) -> float:
    """Open a stream and press keys while it is read and drawn; the longest step, in seconds."""
    file, steps = tmp_path / "long.sse", tmp_path / "steps"
    file.write_text(STREAMS[name]())
    stepping = (sys.executable, "-m", "tests.bench.stepping", str(steps))
    arguments = ["replay", "-s", "max", str(file)]
    with Terminal.run(arguments, environment(tmp_path), program=stepping) as terminal:
        terminal.until("Timeline")
        for key, seen in (("?", "Everywhere"), ("\x1b", ""), ("G", ""), ("5", ""), ("?", "Everyw")):
            start, began = len(terminal.received), terminal.cpu
            terminal.press(key, 0.3 if key == "\x1b" else 0.05)
            if seen:
                terminal.until(seen, start)
                assert terminal.cpu - began < ANSWER
        terminal.press("\x1b")
        terminal.settle(0.6)
        start, began, end = len(terminal.received), terminal.cpu, monotonic() + PATIENCE
        terminal.send("\x11")
        while GIVEN_BACK not in terminal.received[start:]:
            assert terminal.cpu - began < ANSWER
            assert monotonic() < end
            terminal.read(0.05)
        assert terminal.wait() == 0
    return float(steps.read_text())


@pytest.mark.parametrize("name", [name for name in STREAMS if name.startswith("heading")])
def test_a_signal_ends_it_within_two_seconds_while_it_reads(tmp_path: Path, name: str) -> None:
    file = tmp_path / "long.sse"
    file.write_text(STREAMS[name]())
    with Terminal.run(["replay", "-s", "max", str(file)], environment(tmp_path)) as terminal:
        terminal.until("Timeline")
        began, end = terminal.cpu, monotonic() + PATIENCE
        terminal.process.send_signal(signal.SIGTERM)
        while not terminal.gone():
            assert terminal.cpu - began < SIGNALLED
            assert monotonic() < end
            terminal.read(0.05)
        assert terminal.code == 128 + signal.SIGTERM
