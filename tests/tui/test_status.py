"""The status line: every state of a stream, at three widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.messages import (
    ClockTicked,
    Connection,
    ConnectionChanged,
    Noted,
    RecordingChanged,
)
from codex_tui.tui.panes.status import StatusBar
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message
    from textual.pilot import Pilot

RECORDING = RecordingChanged("~/.local/share/codex-tui/sessions/2026-11-22T07-39-30Z-k3p9.sse")


def nothing() -> Script:
    return Script()


def connecting() -> Script:
    return Script().ask("hello", status=None)


def waiting_for_bytes() -> Script:
    return Script().ask("hello")


def thinking() -> Script:
    script = Script().ask("hello").created()
    return script.item(0, id="rs", type="reasoning", summary=[]).thinking("Let me", " see")


def silent_with_keep_alives() -> Script:
    return thinking().keep_alive(12.0).keep_alive(12.0)


def writing() -> Script:
    script = thinking().item_done(0, id="rs", type="reasoning", summary=[])
    return script.item(1, id="m", type="message", content=[]).text("Hel", "lo", index=1)


def calling() -> Script:
    script = Script().ask("hello").created()
    return script.item(0, id="fc", type="function_call", name="f").arguments('{"a"', ": 1}")


def completed() -> Script:
    return writing().completed()


def faulty() -> Script:
    script = writing().frame("{oops").event("response.codex.hint")
    return script.completed()


def interrupted() -> Script:
    detail = "The connection was closed inside an event, after 6 events, 1,204 bytes and 1.0 s."
    return writing().end("interrupted", detail)


def cancelled() -> Script:
    return writing().end("cancelled", "Cancelled after 6 events, 1,204 bytes and 1.0 s.")


def refused() -> Script:
    detail = "401: Incorrect API key provided. Check the key in OPENAI_API_KEY."
    return Script().ask("hello", status=401).end("http_error", detail)


STATES: list[tuple[Callable[[], Script], float | None]] = [
    (nothing, None),
    (connecting, 3.2),
    (waiting_for_bytes, 4.0),
    (thinking, 1.5),
    (silent_with_keep_alives, 25.4),
    (writing, 1.2),
    (calling, 1.1),
    (completed, None),
    (faulty, None),
    (interrupted, None),
    (cancelled, None),
    (refused, None),
]


def posing(now: float | None, *more: Message) -> Callable[[Pilot[None]], object]:
    async def pose(pilot: Pilot[None]) -> None:
        stage = pilot.app
        assert isinstance(stage, Stage)
        connection = Connection("openai", "gpt-5-codex", "high", "no key: this is the demo")
        stage.widget.post_message(ConnectionChanged(connection))
        stage.widget.post_message(RECORDING)
        await stage.play(pilot)
        for message in (*((ClockTicked(now),) if now is not None else ()), *more):
            stage.widget.post_message(message)
        await pilot.pause()

    return pose


@pytest.mark.parametrize("width", [140, 80, 44])
@pytest.mark.parametrize(("script", "now"), STATES, ids=[state.__name__ for state, _ in STATES])
def test_picture_of(
    snap_compare: Callable[..., bool], script: Callable[[], Script], now: float | None, width: int
) -> None:
    stage = Stage(StatusBar, script())
    assert snap_compare(stage, terminal_size=(width, 3), run_before=posing(now))


def test_picture_of_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(StatusBar, silent_with_keep_alives(), "codex-light")
    assert snap_compare(stage, terminal_size=(140, 3), run_before=posing(60.0))


def test_picture_of_a_note_and_of_trouble_with_the_recording(
    snap_compare: Callable[..., bool],
) -> None:
    note = Noted("a response is streaming: esc stops it, then enter sends", wrong=True)
    trouble = RecordingChanged(None, "not recorded: no space left on device")
    stage = Stage(StatusBar, writing())
    assert snap_compare(stage, terminal_size=(140, 3), run_before=posing(1.2, note, trouble))
