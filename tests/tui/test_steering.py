"""What is typed while a response streams over a WebSocket is said to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.sources.backend import Backend
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from tests.servers import EVENT_STREAM, Peer, serving
from tests.sources.conftest import KEY, until
from tests.sources.socket_server import ServerSocket
from tests.tui.settling import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.servers import Handler

CREATED = {"type": "response.created", "response": {"id": "resp_1", "output": []}}
STEERED = {"id": "resp_1", "status": "incomplete", "incomplete_details": {"reason": "steered"}}


@asynccontextmanager
async def asking(
    handler: Handler, folder: Path, transport: str = "websocket"
) -> AsyncIterator[tuple[CodexTui, Pilot[int]]]:
    """The app while a response streams that has begun."""
    async with serving(handler) as server:
        environ = {"CODEX_HOME": str(folder), "OPENAI_API_KEY": KEY}
        flags = {"data_dir": folder / "data", "base_url": server.url, "model": "m"}
        settings = load({**flags, "transport": transport}, environ)
        launch = Launch(Recordings(settings.paths.sessions).open, "Hello")
        app = CodexTui(settings, launch, Backend(settings, environ))
        async with app.run_test(size=(120, 36)) as pilot:
            await until(lambda: app.session.running and app.session.log.events == 1)
            yield app, pilot
            app.session.cancel()
            await settled(pilot)


async def test_a_response_goes_on_with_what_is_typed_into_it(tmp_path: Path) -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say(CREATED)
        said = await socket.message()
        await socket.say({"type": "response.incomplete", "response": STEERED})
        await socket.respond("resp_2", f"as you say: {said['input']}")
        await peer.hold()

    async with asking(handler, tmp_path) as (app, pilot):
        await pilot.press(*"shorter", "enter")
        await until(lambda: not app.session.running)
        first, second = app.session.conversation.turns
    assert (first.how, second.how) == ("incomplete", "completed")
    assert second.says == "shorter"


async def test_what_could_not_steer_it_comes_back(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say(CREATED)
        await socket.message()
        error = {"code": "steering_not_supported", "message": "Not by this model."}
        await socket.say({"type": "response.steer.failed", "error": error})
        await go_on.wait()

    async with asking(handler, tmp_path) as (app, pilot):
        await pilot.press(*"shorter", "enter")
        await until(lambda: app.session.log.events == 2)
        app.presenter.tick()
        await pilot.pause()
        assert app.viewer.composer.text == "shorter"
        go_on.set()


async def test_over_http_what_is_typed_stays(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        await peer.send(b'data: {"type":"response.created","response":{"id":"resp_1"}}\n\n')
        await go_on.wait()

    async with asking(handler, tmp_path, "sse") as (app, pilot):
        await pilot.press(*"shorter", "enter")
        await pilot.pause()
        assert app.viewer.composer.text == "shorter"
        go_on.set()
