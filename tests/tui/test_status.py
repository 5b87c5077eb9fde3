"""The status line: what it says in every state of a stream, wide and narrow, and a few pictures."""

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
    from collections.abc import Awaitable, Callable

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
PICTURED = [STATES[0], STATES[3], STATES[7], STATES[8], STATES[9]]


def posing(now: float | None, *more: Message) -> Callable[[Pilot[None]], Awaitable[None]]:
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


AT_80 = """
 codex-tui  gpt-5-codex · openai (high)                                 ○ ready
 no key: this is the demo                   rec …/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)      ◌ connecting  3.2 s   no event yet
 0 events   rec ~/.local/share/codex-tui/sessions/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex      ◌ waiting for the first byte  4.0 s   no event yet
 0 events   rec ~/.local/share/codex-tui/sessions/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)     ● reasoning  1.5 s   last event now
 first event 0.75 s · 4 events              rec …/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex  ● reasoning  25 s   last event 24 s ago, 2 keep-alives
 first event 0.75 s · 4 events              rec …/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)       ● writing  1.2 s   last event now
 first event 0.75 s · first text 1.0 s · 8 events     rec …2T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex                ● calling a tool  1.1 s   last event now
 first event 0.75 s · 4 events              rec …/2026-11-22T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)                      ✓ completed  1.1 s
 first event 0.75 s · first text 1.0 s · 9 events · 1,204 → 310 tokens      rec
 codex-tui  gpt-5-codex · openai (high)                      ✓ completed  1.1 s
 first event 0.75 s · first text 1.0 s · 11 events · 1 malformed            rec
 codex-tui  gpt-5-codex · openai (high)                    ✗ interrupted  1.1 s
 first event 0.75 s · first text 1.0 s · 8 events     rec …2T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)                      ■ cancelled  1.1 s
 first event 0.75 s · first text 1.0 s · 8 events     rec …2T07-39-30Z-k3p9.sse
 codex-tui  gpt-5-codex · openai (high)              ✗ 401 Unauthorized  0.35 s
 0 events   rec ~/.local/share/codex-tui/sessions/2026-11-22T07-39-30Z-k3p9.sse
"""

AT_44 = """
 codex-tui  gpt-5-codex             ○ ready
 no key: this is the demo               rec
 gpt-5-codex    ◌ connecting   no event yet
 0 events         rec …2T07-39-30Z-k3p9.sse
 gpt-5-codex   ◌ waiting for the first byte
 0 events         rec …2T07-39-30Z-k3p9.sse
 gpt-5-codex   ● reasoning   last event now
 first event 0.75 s · 4 events          rec
 gpt-5-codex         ● reasoning   24 s ago
 first event 0.75 s · 4 events          rec
 gpt-5-codex     ● writing   last event now
 first event 0.75 s · first text 1.0 s  rec
 gpt-5-codex         ● calling a tool   now
 first event 0.75 s · 4 events          rec
 codex-tui  gpt-5-codex  ✓ completed  1.1 s
 first event 0.75 s · first text 1.0 s  rec
 codex-tui  gpt-5-codex  ✓ completed  1.1 s
 first event 0.75 s · first text 1.0 s  rec
 gpt-5-codex           ✗ interrupted  1.1 s
 first event 0.75 s · first text 1.0 s  rec
 codex-tui  gpt-5-codex  ■ cancelled  1.1 s
 first event 0.75 s · first text 1.0 s  rec
 gpt-5-codex     ✗ 401 Unauthorized  0.35 s
 0 events         rec …2T07-39-30Z-k3p9.sse
"""


@pytest.mark.parametrize(("width", "said"), [(80, AT_80), (44, AT_44)], ids=["80", "44"])
async def test_what_it_says_in_every_state(width: int, said: str) -> None:
    found = []
    for script, now in STATES:
        stage = Stage(StatusBar, script())
        async with stage.run_test(size=(width, 3)) as pilot:
            await posing(now)(pilot)
            found += [stage.widget.render_line(y).text.rstrip() for y in range(2)]
    assert found == said.splitlines()[1:]


@pytest.mark.parametrize(("script", "now"), PICTURED, ids=[state.__name__ for state, _ in PICTURED])
def test_picture_of(
    snap_compare: Callable[..., bool], script: Callable[[], Script], now: float | None
) -> None:
    stage = Stage(StatusBar, script())
    assert snap_compare(stage, terminal_size=(140, 3), run_before=posing(now))


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


@pytest.mark.parametrize("width", [200, 90, 44])
async def test_notes_that_have_no_room_say_how_many_they_are_and_where_they_are_told(
    width: int,
) -> None:
    sentences = ["Taken off: a logger's prefix.", "Joined: the data of 38 events, cut into lines."]
    stage = Stage(StatusBar, writing())
    async with stage.run_test(size=(width, 3)) as pilot:
        await posing(1.2, Noted(" ".join(sentences), of=2))(pilot)
        line = stage.query_one(StatusBar).render_line(1).text
    assert line.startswith(" Taken off:")
    assert ("… · 2 notes: see --plain" in line) == (width < 90)
    assert (sentences[1] in line) == (width > 80)
