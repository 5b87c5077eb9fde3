"""`codex-tui resume`, `codex-tui cancel` and `run --background`, against servers on loopback."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import click
import pytest

from codex_tui.cli.resume import cancel, resume
from codex_tui.cli.run import ask
from codex_tui.config import load
from codex_tui.sources import background
from codex_tui.sources.backend import Backend
from tests.cli.streams import answer
from tests.servers import EVENT_STREAM, Peer, serving

if TYPE_CHECKING:
    from codex_tui.config import Settings
    from tests.cli.conftest import Cli
    from tests.servers import Server

KEY = "sk-CANARY-0123456789"
Printed = pytest.CaptureFixture[bytes]


def settings_of(server: Server, **flags: Any) -> Settings:
    environ = {**os.environ, "OPENAI_API_KEY": KEY}
    return load({"model": "m", "base_url": server.url, **flags}, environ)


@pytest.fixture(autouse=True)
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(background, "_LONGEST_PAUSE", 0.0)


async def test_the_rest_of_a_response_is_printed(capsysbinary: Printed) -> None:
    async def handler(peer: Peer) -> None:
        await peer.stream(*answer("the ", "rest"))

    async with serving(handler) as server:
        code = await asyncio.to_thread(resume, settings_of(server, after=4), "resp_1")
    assert (code, capsysbinary.readouterr().out) == (0, b"the rest")
    request = server.requests[0]
    assert request.method == "GET"
    assert request.target == "/v1/responses/resp_1?stream=true&starting_after=4"
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_response_that_is_not_there_is_told_as_its_server_says(
    capsysbinary: Printed,
) -> None:
    async def handler(peer: Peer) -> None:
        await peer.reply_json(404, {"error": {"message": "No response resp_9."}})

    async with serving(handler) as server:
        code = await asyncio.to_thread(resume, settings_of(server), "resp_9")
    assert code == 1
    assert "No response resp_9" in capsysbinary.readouterr().err.decode()


async def test_a_response_is_cancelled_by_its_id(capsysbinary: Printed) -> None:
    async def handler(peer: Peer) -> None:
        await peer.reply_json(200, {"id": "resp_1", "status": "cancelled"})

    async with serving(handler) as server:
        code = await asyncio.to_thread(cancel, settings_of(server), "resp_1")
    assert code == 0
    assert "resp_1: cancelled" in capsysbinary.readouterr().err.decode()
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/v1/responses/resp_1/cancel")


async def test_what_can_not_be_cancelled_says_why() -> None:
    async def handler(peer: Peer) -> None:
        message = f"Cannot cancel a synchronous response, {KEY}."
        await peer.reply_json(400, {"error": {"message": message}})

    async with serving(handler) as server:
        with pytest.raises(click.ClickException, match="resp_1 is not cancelled: 400") as refused:
            await asyncio.to_thread(cancel, settings_of(server), "resp_1")
    assert "synchronous" in str(refused.value)
    assert KEY not in str(refused.value)


async def test_a_page_is_no_word_on_what_was_cancelled() -> None:
    async def handler(peer: Peer) -> None:
        await peer.reply(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")

    async with serving(handler) as server:
        with pytest.raises(click.ClickException, match="200 OK with what is no response"):
            await asyncio.to_thread(cancel, settings_of(server), "resp_1")


async def test_a_background_request_that_is_left_says_how_to_go_on(capsysbinary: Printed) -> None:
    async def handler(peer: Peer) -> None:
        if peer.request.method == "GET":
            return
        assert peer.request.json["background"] is True
        assert peer.request.json["store"] is True
        await peer.head(200, EVENT_STREAM)
        await peer.send(
            b'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n'
        )

    async with serving(handler) as server:
        settings = settings_of(server, background=True)
        code = await ask(settings, Backend(settings, os.environ), "Why?")
    said = capsysbinary.readouterr().err.decode()
    assert code == 1
    assert "codex-tui resume resp_1 --after 0" in said
    assert "codex-tui cancel resp_1" in said


def test_the_demo_makes_nothing_in_the_background(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    result = cli("resume", "resp_1", "-p", "demo")
    assert result.code == 2
    assert "demo" in result.line
