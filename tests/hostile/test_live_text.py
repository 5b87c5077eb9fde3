"""A server that says hostile things in every place of HTTP and of its streams."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.evil_server import answer_evil, in_thread, send
from tests.hostile.leaks import leaks, printed_leaks
from tests.hostile.payloads import ESCAPES, FAMILIES, SAMPLE
from tests.hostile.terminal import PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.servers import Peer, Server

ANSWERS = ("json", "html", "not", "header", "status", "elsewhere", "stream", "calls")
DIALOGS = ("\x07", "\x1b", "\x0f", "\t", "\t", "\x1b", "\x10", "\x1b", "\t", "r", "l", "\x1b")


def evil(text: str) -> Iterator[Server]:
    async def answer(peer: Peer) -> None:
        await answer_evil(peer, text)

    with in_thread(answer) as server:
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    yield from evil(getattr(request, "param", SAMPLE))


def talked(home: Path, server: Server, answers: Sequence[str], quiet: float) -> Terminal:
    """Get every answer in the app, and look into the dialogs after it."""
    environ = environment(home, OPENAI_API_KEY="sk-test")
    with Terminal.run(["--base-url", server.url], environ) as terminal:
        terminal.until("ready")
        for number, prompt in enumerate(answers, 1):
            terminal.press(prompt, 0.15)
            send(terminal, server, number)
            terminal.settle(0.15)
        for keys in ("\x1b", *DIALOGS):
            terminal.press(keys, quiet)
        assert not terminal.gone()
        terminal.press("\x1b", 0.05)
        terminal.send("\x11")
        terminal.wait()
    return terminal


def test_nothing_that_a_server_says_reaches_the_terminal(tmp_path: Path, server: Server) -> None:
    terminal = talked(tmp_path, server, ("json", "stream", "calls"), quiet=0.06)
    assert leaks(bytes(terminal.received)) == []
    assert "␛[7777m" in terminal.text()
    assert terminal.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("server", FAMILIES.values(), ids=FAMILIES, indirect=True)
def test_no_family_from_a_server_reaches_the_terminal(tmp_path: Path, server: Server) -> None:
    terminal = talked(tmp_path, server, ANSWERS, quiet=0.2)
    assert leaks(bytes(terminal.received)) == []
    assert terminal.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["text", "json", "events", "summary"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_on_a_terminal_run_prints_what_may_be_printed(
    tmp_path: Path, server: Server, answer: str, format_: str
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    arguments = ["run", answer, "-R", "--format", format_, "--base-url", server.url]
    with Terminal.run(arguments, environ) as terminal:
        assert terminal.wait() in (0, 1)
    assert printed_leaks(bytes(terminal.received)) == []
    assert "Traceback" not in terminal.text()


@pytest.mark.parametrize("server", [ESCAPES["csi"]], ids=["csi"], indirect=True)
def test_into_a_pipe_the_answer_of_run_is_exact_and_its_notes_are_clean(
    tmp_path: Path, server: Server
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    command = [*PROGRAM, "run", "stream", "--base-url", server.url]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert ESCAPES["csi"].encode() in done.stdout
    assert printed_leaks(done.stderr) == []


def test_what_is_pasted_into_the_composer_is_drawn_as_what_it_is(
    tmp_path: Path, server: Server
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    pasted = "\x9b7777m\u202ehidden\U000e0068\x0e\x7f"
    with Terminal.run(["--base-url", server.url], environ) as terminal:
        terminal.until("ready")
        for _ in range(2):  # in the composer, then in the palette
            terminal.press(f"\x1b[200~{pasted}\x1b[201~", 0.1)
            terminal.press("\x10", 0.1)
        terminal.press("\x1b", 0.05)
        terminal.send("\x11")
        terminal.wait()
    assert leaks(bytes(terminal.received)) == []
    assert "\ufffd7777m" in terminal.text()
