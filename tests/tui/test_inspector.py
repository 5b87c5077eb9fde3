"""The inspector: one record of every kind, fed with messages in a bare app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.records import (
    CutRecord,
    FrameRecord,
    RequestRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.tui.messages import EntrySelected
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.section_view.view import SectionView
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests.tui import scripts
from tests.tui.stage import Script, Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


def delta() -> Script:
    return scripts.begun().text("Because it never **counts**.")


def deep() -> Script:
    script = Script().ask("hello").created()
    return script.item_done(0, id="rs_1", type="reasoning", summary=[{"text": "Look", "n": 1}])


def malformed() -> Script:
    return scripts.begun().frame('{"type": "response.output_text.delta", "delta": bro\x1b[31mken')


def unknown() -> Script:
    return scripts.begun().event("response.codex.hint", hint="look at the limit", level=3)


def request() -> Script:
    return Script().ask(scripts.PROMPT, status=None)


def response() -> Script:
    return Script().ask(scripts.PROMPT)


def comment() -> Script:
    return scripts.begun().keep_alive()


def cut() -> Script:
    script = scripts.begun()
    data = b'event: response.completed\ndata: {"type":"response.comp\xe2\x82'
    return script.record(CutRecord(script.t, 4, data))


def end() -> Script:
    return scripts.ended("interrupted", scripts.ENDINGS["interrupted"])


def refusal_of_the_server() -> Script:
    return scripts.http_error()


def sent_message() -> Script:
    script = scripts.begun()
    said = '{"type":"response.steer","input":"shorter"}'
    return script.record(SentRecord(script.t, said, wire=31))


def closed_socket() -> Script:
    script = scripts.begun()
    return script.record(SocketRecord(script.t, "received", "close", 1011, "keepalive timeout"))


KINDS = [
    delta,
    deep,
    malformed,
    unknown,
    request,
    response,
    comment,
    cut,
    end,
    sent_message,
    closed_socket,
    refusal_of_the_server,
    scripts.large_event,
]


async def inspected(pilot: Pilot[None]) -> Stage:
    """Show the newest entry."""
    stage = await posed(pilot)
    stage.widget.post_message(EntrySelected(stage.script.log, len(stage.script.log) - 1))
    await stage.settle(pilot)
    return stage


@pytest.mark.parametrize("script", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_picture_of(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(InspectorPane, script())
    assert snap_compare(stage, terminal_size=(44, 18), run_before=inspected)


def test_picture_of_nothing_selected(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Stage(InspectorPane), terminal_size=(44, 10), run_before=posed)


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(InspectorPane, request(), "codex-light")
    assert snap_compare(stage, terminal_size=(64, 18), run_before=inspected)


async def test_it_shows_the_data_as_it_was_sent_to_the_character() -> None:
    stage = Stage(InspectorPane, malformed())
    async with stage.run_test(size=(80, 20)) as pilot:
        await inspected(pilot)
        view = stage.query_one(SectionView)
        assert (
            '{"type": "response.output_text.delta", "delta": bro\x1b[31mken' in view.copy_source()
        )


@pytest.mark.parametrize("event", [b"event: response.codex.hint\n", b""])
async def test_bytes_that_are_no_text_are_shown_as_they_came(event: bytes) -> None:
    data = b'data: {"type":"response.codex.hint","x":"a\xff\xfeb \xc3\xa9"}\n'
    script = scripts.begun()
    for frame in SSEDecoder().feed(event + data + b"\n"):
        assert isinstance(frame, ServerSentEvent)
        script.record(FrameRecord(script.t, 9, frame))
    stage = Stage(InspectorPane, script)
    async with stage.run_test(size=(100, 30)) as pilot:
        await inspected(pilot)
        view = stage.query_one(SectionView)
        drawn = "\n".join(line.text for line in view.render_lines(view.size.region))
        assert r"a\xff\xfeb é" in drawn
        assert "As sent, with bytes that are no UTF-8" in drawn


async def test_a_record_that_cannot_be_read_back_is_said_to_be_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage(InspectorPane, delta())
    async with stage.run_test(size=(80, 20)) as pilot:
        await posed(pilot)
        monkeypatch.setattr(stage.script.log.payload, "read", lambda *_: b"")
        stage.widget.post_message(EntrySelected(stage.script.log, 1))
        await stage.settle(pilot)
        said = [str(section.title) for section in stage.query_one(SectionView).stack]
        assert said == ["It can't be read back"]


async def test_a_request_that_is_no_json_is_shown_as_it_is() -> None:
    content = {"type": "text/plain", "text": "plain words", "cut": True}
    asked = RequestRecord(1, "2026-11-22T21:14:05.000Z", content=content)
    stage = Stage(InspectorPane, Script().record(asked))
    async with stage.run_test(size=(80, 20)) as pilot:
        await inspected(pilot)
        facts, body = [str(each.source) for each in stage.query_one(SectionView).stack]
        assert "text/plain · the answer came before its end" in facts
        assert body == "plain words"
