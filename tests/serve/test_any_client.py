"""Whatever a client sends: each exchange that begins ends, and nothing is left of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.relay.rig import until
from tests.serve.recorded import recorded, recorded_socket
from tests.serve.rig import serving, tapped

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_HEAD = b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\n"
_UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n"
PIECES = st.sampled_from(
    [
        b"GET /v1/responses HTTP/1.1\r\nHost: localhost\r\n" + _UPGRADE,
        _HEAD + b"Content-Length: 15\r\n\r\n",
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        b'{"stream":true}',
        b'{"generate":false,"input":[{"type":"x_output"}',
        b"HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
        *(b"5\r\nhello\r\n", b"0\r\n\r\n", b"zz\r\n", b"\r\n", bytes(range(256))),
        *(b"\x81\x84\0\0\0\0null", b"\x81\x9a\0\0\0\0" + b'{"type":"response.create"}'),
        *(b"\x88\x80\0\0\0\0", b"\x89\x80\0\0\0\0", b"\x81\xfe\x00\x40\0\0\0\0"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=6), st.sampled_from(["close", "finish", "reset"]))
def test_each_exchange_ends(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], leaves: str
) -> None:
    asyncio.run(_each_exchange_ends(tmp_path_factory.mktemp("any"), pieces, leaves))


async def _each_exchange_ends(folder: Path, pieces: list[bytes], leaves: str) -> None:
    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    relay = tapped(folder / "tap")
    files = [recorded(folder, 2), recorded_socket(folder)]
    async with serving(files, recorder=relay.recorder, loop=True) as served:
        client = await served.connect()
        for piece in pieces:
            client.write(piece)
            await asyncio.sleep(0)
        with suppress(OSError):  # the server may have left before
            {"close": client.writer.close, "finish": client.finish, "reset": client.reset}[leaves]()
        client.writer.close()
        await until(lambda: not served.server.connections)
    relay.work()
    assert len([each for each in relay.told if "began" in each]) == len(relay.ended())
    assert failed == []
