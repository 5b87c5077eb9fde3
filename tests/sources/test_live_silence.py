"""Silences, and cancels in each phase."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.records import FrameRecord, RequestRecord, ResponseRecord
from codex_tui.sources import answers
from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from tests.servers import (
    COMPLETED,
    DELTA,
    Peer,
    event,
    serving,
)
from tests.sources.conftest import BODY, Heard, hear, listen, provider_of, until
from tests.sources.faulty import (
    an_error_event,
    headers_that_never_end,
    silent,
    silent_after_its_headers,
    silent_between_events,
    silent_inside_an_event,
    whole,
)

if TYPE_CHECKING:
    from tests.servers import Handler

SHORT = 0.05
NAME = "codex-tui exchange"


@pytest.mark.parametrize(
    ("handler", "limits", "says"),
    [
        (silent, Limits(header=SHORT), "No answer within the header-timeout of 0.05 s"),
        (silent, Limits(header=60, idle=SHORT), "No answer within the idle-timeout of 0.05 s"),
        (headers_that_never_end, Limits(header=SHORT), "the header-timeout"),
        (silent_after_its_headers, Limits(idle=SHORT), "after 0 events"),
        (
            silent_between_events,
            Limits(idle=SHORT),
            "Nothing arrived within the idle-timeout of 0.05 s",
        ),
        (silent_inside_an_event, Limits(idle=SHORT), "after 1 event"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_silence_beyond_its_limit_is_a_timeout(
    handler: Handler, limits: Limits, says: str
) -> None:
    heard = await hear(handler, limits=limits)
    assert heard.end.how == "timeout"
    assert says in heard.detail


async def test_what_arrived_before_a_timeout_is_kept() -> None:
    heard = await hear(silent_inside_an_event, limits=Limits(idle=SHORT))
    assert heard.kinds == ["Request", "Response", "Frame", "Cut", "End"]


async def test_keep_alives_are_no_silence() -> None:
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.stream()
        for _ in range(8):
            await go.wait()
            go.clear()
            await peer.send(b": ping\n\n")
        await peer.send(COMPLETED)

    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY, limits=Limits(idle=4 * SHORT))
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if not isinstance(batch[-1], RequestRecord):
                asyncio.get_running_loop().call_later(SHORT, go.set)
    assert (source.now() or 0) > 8 * SHORT
    assert heard.end.how == "completed"


async def test_after_an_error_event_the_server_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "AFTER_THE_END", SHORT)

    async def answer(peer: Peer) -> None:
        await an_error_event(peer)
        await peer.hold()

    assert (await hear(answer)).end.how == "api_error"


async def test_an_error_event_that_is_not_the_last_is_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "AFTER_THE_END", 0.0)

    async def answer(peer: Peer) -> None:
        await peer.stream(event("error", message="hiccup") + DELTA)
        go.set()
        await seen.wait()
        await peer.send(COMPLETED)

    go, seen = asyncio.Event(), asyncio.Event()
    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if isinstance(batch[0], FrameRecord):
                seen.set()
    assert heard.end.how == "completed"


async def cancelled_when(handler: Handler, moment: type) -> Heard:
    async with serving(handler) as server:
        source = LiveSource(provider_of(server.url), BODY)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if isinstance(batch[-1], moment):
                source.cancel()
                source.cancel()
        if server.requests:
            await server.gone.wait()
    return heard


@pytest.mark.parametrize(
    ("handler", "moment", "kinds"),
    [
        (whole, RequestRecord, ["Request", "End"]),
        (silent_between_events, ResponseRecord, ["Request", "Response", "End"]),
        (silent_between_events, FrameRecord, ["Request", "Response", "Frame", "End"]),
        (silent_inside_an_event, FrameRecord, ["Request", "Response", "Frame", "Cut", "End"]),
    ],
    ids=["before it is sent", "after the head", "between events", "inside an event"],
)
async def test_a_cancel_keeps_what_arrived(
    handler: Handler, moment: type, kinds: list[str]
) -> None:
    heard = await cancelled_when(handler, moment)
    if moment is ResponseRecord:
        heard.batches = [b for b in heard.batches if not isinstance(b[0], FrameRecord)]
    assert heard.kinds == kinds
    assert heard.end.how == "cancelled"


async def test_a_cancel_while_connecting() -> None:
    async with serving(silent, reads_request=False) as server:
        source = LiveSource(provider_of(server.url.replace("http:", "https:")), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "connecting")
        source.cancel()
        assert (await listening).end.how == "cancelled"


async def test_a_cancel_while_waiting_for_the_head() -> None:
    async with serving(silent) as server:
        source = LiveSource(provider_of(server.url), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "waiting")
        source.cancel()
        heard = await listening
        await server.gone.wait()
    assert heard.end.how == "cancelled"
    assert "after 0 events" in heard.detail


async def test_a_listener_that_goes_away_leaves_nothing_running() -> None:
    async with serving(silent_between_events) as server:
        source = LiveSource(provider_of(server.url), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "reading")
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await server.gone.wait()
        await until(lambda: not any(t.get_name() == NAME for t in asyncio.all_tasks()))
