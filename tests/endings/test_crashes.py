"""A mistake of ours ends in order: the terminal is restored, the recording closed, no value told.

The program runs with one of its functions replaced by one that fails with a secret in its hands.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.endings.streaming import how_it_ended, recordings, records_of, stream_on, torn_tails
from tests.endings.test_signals import MODES, reset
from tests.hostile.evil_server import in_thread
from tests.hostile.leaks import leaks
from tests.hostile.payloads import ESCAPES
from tests.hostile.terminal import Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Server

CANARY = "sk-canary-of-the-user-1234567890"
_FAILING = """
import sys, importlib
module, owner, name, after = {place!r}
holder = importlib.import_module(module)
holder = getattr(holder, owner) if owner else holder
right, calls = getattr(holder, name), [0]
def wrong(*arguments, **named):
    calls[0] += 1
    if calls[0] <= after:
        return right(*arguments, **named)
    secret = {canary!r} + {evil!r}
    raise RuntimeError(secret)
setattr(holder, name, wrong)
from codex_tui.cli import main
sys.exit(main())
"""

PLACES = {
    "a pane that draws": (
        "codex_tui.tui.widgets.timeline_view",
        "TimelineView",
        "render_line",
        60,
    ),
    "a pane that takes events": ("codex_tui.tui.panes.pane", "Pane", "say", 20),
    "a tick": ("codex_tui.engine.feed", "Feed", "_fold", 300),
    "a stream's worker": ("codex_tui.engine.feed", "Feed", "_schedule", 20),
    "the clock": ("codex_tui.tui.presenter", "Presenter", "_show_recording", 2),
    "an action": ("codex_tui.tui.app", "CodexTui", "action_connection", 0),
    "the start": ("codex_tui.tui.appearance", "", "shipped_theme", 0),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(stream_on) as serving:
        yield serving


def failing(place: tuple[str, str, str, int]) -> tuple[str, ...]:
    code = _FAILING.format(place=place, canary=CANARY, evil=ESCAPES["osc-title"])
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    "place", [pytest.param(p, marks=[pytest.mark.slow] if n else []) for n, p in enumerate(PLACES)]
)
def test_a_mistake_ends_the_app_in_order(tmp_path: Path, server: Server, place: str) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY=CANARY)
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    with Terminal.run(arguments, environ, program=failing(PLACES[place])) as terminal:
        if place == "an action":
            terminal.until("word 40")
            terminal.send("\x0f")
        terminal.until("codex-tui failed")
        terminal.until("Leave")
        terminal.send("\r")
        assert terminal.wait() == 1
    assert [mode for mode in MODES if not reset(terminal.received, mode)] == []
    assert leaks(bytes(terminal.received), ringing=True) == []
    drawn = terminal.text()
    assert "stopped on an error of its own (RuntimeError)" in drawn
    assert "Traceback" not in drawn
    (report,) = tmp_path.rglob("crash-*.txt")
    assert CANARY not in drawn + report.read_text()
    for path in recordings(tmp_path):
        assert how_it_ended(records_of(path)) is not None
        assert torn_tails(records_of(path)) == 0


def test_what_an_error_says_is_written_down_only_if_the_user_agrees(
    tmp_path: Path, server: Server
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY=CANARY)
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    failing_soon = failing(PLACES["a tick"])
    with Terminal.run(arguments, environ, size=(80, 24), program=failing_soon) as terminal:
        terminal.until("Leave")
        (report,) = tmp_path.rglob("crash-*.txt")
        before = report.read_text()
        terminal.send("a")
        terminal.until("is in the file now")
        terminal.send("q")
        assert terminal.wait() == 1
    assert "What they say" not in before
    assert "What they say:\nRuntimeError: ***" in report.read_text()
    assert CANARY not in terminal.text() + report.read_text()


@pytest.mark.parametrize(
    "arguments",
    [["show", "FILE"], ["run", "hi"], ["paths"]],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.slow
def test_a_mistake_ends_a_verb_in_one_line(
    tmp_path: Path, server: Server, arguments: list[str]
) -> None:
    file = tmp_path / "a.sse"
    file.write_text('data: {"type":"response.completed","response":{}}\n\n')
    environ = environment(tmp_path, OPENAI_API_KEY=CANARY)
    given = [str(file) if each == "FILE" else each for each in arguments]
    given += ["--base-url", server.url, "-m", "m"]
    places = {
        "show": ("codex_tui.cli.show", "", "show", 0),
        "run": ("codex_tui.engine.feed", "Feed", "_fold", 5),
        "paths": ("codex_tui.cli.paths", "", "show_paths", 0),
    }
    with Terminal.run(given, environ, program=failing(places[arguments[0]])) as terminal:
        assert terminal.wait() == 1
    drawn = terminal.text()
    assert "stopped on an error of its own (RuntimeError)" in drawn
    assert "Traceback" not in drawn
    assert CANARY not in drawn
