"""What a client meets, and how what it does is told of."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import EndRecord, RequestRecord, ResponseRecord
from codex_tui.redact import Secret
from codex_tui.relay.hosts import Gate
from codex_tui.serve.answers import Answers
from codex_tui.serve.programme import Programme
from codex_tui.serve.server import ReplayServer
from tests.cli.streams import answer
from tests.recording.test_format import written
from tests.relay.rig import Copies, until
from tests.serve.recorded import recorded, recorded_socket
from tests.serve.rig import ASKED, SocketClient, all_records, serving, tapped

if TYPE_CHECKING:
    from pathlib import Path

CLEAN_END = b"0\r\n\r\n"
CREATE = {"type": "response.create", "model": "m"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return recorded(tmp_path, 3)


def error_of(answered: bytes) -> dict[str, Any]:
    told = json.loads(answered.partition(b"\r\n\r\n")[2])["error"]
    assert isinstance(told, dict)
    return told


async def test_a_connection_goes_on_with_the_next_request(file: Path) -> None:
    async with serving([file]) as served:
        client = await served.connect()
        for number in (1, 2):
            client.post()
            await client.reader.readuntil(CLEAN_END)
            assert len(served.copies.all) == number


async def test_a_request_that_comes_too_early_waits_for_its_turn(file: Path) -> None:
    async with serving([file]) as served:
        client = await served.connect()
        client.post()
        client.post()
        for _ in range(2):
            assert (await client.reader.readuntil(CLEAN_END)).startswith(b"HTTP/1.1 200")


async def test_a_client_of_http_1_0_gets_no_chunks(file: Path) -> None:
    async with serving([file]) as served:
        client = await served.connect()
        body = json.dumps(ASKED).encode()
        head = f"POST /v1/responses HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        client.write(head.encode() + body)
        answered = await client.read()
    assert b"transfer-encoding" not in answered.lower()
    assert answered.endswith(b"\n\n")


async def test_a_body_may_be_compressed_and_in_pieces(file: Path) -> None:
    async with serving([file], match=("model",)) as served:
        client = await served.connect()
        body = gzip.compress(json.dumps({"model": "m", "stream": True}).encode())
        lines = "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\n"
        client.write(f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body[:9])
        await asyncio.sleep(0)
        client.write(body[9:])
        assert (await client.heads()).startswith(b"HTTP/1.1 200")


async def test_a_client_that_asks_whether_to_send_is_told_to(file: Path) -> None:
    async with serving([file]) as served:
        client = await served.connect()
        body = json.dumps(ASKED).encode()
        lines = "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        client.write(f"{lines}Content-Length: {len(body)}\r\n\r\n".encode())
        assert await client.heads() == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.write(body)
        assert (await client.heads()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("asked", "host", "more", "status"),
    [
        ("GET /v1/other", "localhost", "", 404),
        ("GET /v1/responses", "localhost", "", 404),
        ("nonsense", "localhost", "", 400),
        ("POST /v1/responses", "evil.example", "", 403),
        ("POST /v1/responses", "localhost", "Origin: http://a.example\r\n", 403),
    ],
)
async def test_what_is_not_served_is_an_error_in_the_apis_shape(
    file: Path, asked: str, host: str, more: str, status: int
) -> None:
    async with serving([file]) as served:
        client = await served.connect()
        lines = f"{asked} HTTP/1.1\r\nHost: {host}\r\n{more}Content-Length: 0\r\n\r\n"
        client.write(lines.encode())
        answered = await client.read()
    assert answered.startswith(f"HTTP/1.1 {status} ".encode())
    assert error_of(answered)["message"]


async def test_a_token_begins_the_path(file: Path) -> None:
    gate = Gate(token=Secret("let-me-in"))
    async with serving([file], gate=gate) as served:
        assert served.url.endswith("/let-me-in/v1")
        assert (await served.ask()).startswith(b"HTTP/1.1 403")
        client = await served.connect()
        client.post(target="/let-me-in/v1/responses")
        assert (await client.heads()).startswith(b"HTTP/1.1 200")
    assert served.copies.all[-1].head.target == "/v1/responses"


async def test_a_page_that_may_ask_can_read_what_it_gets(file: Path) -> None:
    page = "http://a.example"
    async with serving([file], gate=Gate(origins=(page,))) as served:
        client = await served.connect()
        asks = "Access-Control-Request-Headers: authorization\r\n"
        lines = f"OPTIONS /v1/responses HTTP/1.1\r\nHost: localhost\r\nOrigin: {page}\r\n{asks}\r\n"
        client.write(lines.encode())
        may = (await client.heads()).decode()
        client.post(origin=page)
        got = (await client.heads()).decode()
    assert may.startswith("HTTP/1.1 204 ")
    assert "access-control-allow-headers: authorization" in may
    for head in (may, got):
        assert f"access-control-allow-origin: {page}" in head


def test_nobody_else_may_ask_without_a_token() -> None:
    with pytest.raises(ValueError, match="needs a token"):
        ReplayServer(Answers(Programme([])), Copies(), host="192.0.2.1")


async def test_a_lane_that_is_no_name_is_none(tmp_path: Path) -> None:
    async with serving([recorded_socket(tmp_path)]) as served:
        client = await served.connect()
        await client.upgrade()
        socket = SocketClient(client)
        socket.say({**CREATE, "stream_id": ["a"]})
        assert (await socket.hear(1))[0]["type"] == "response.created"
        client.writer.close()


# -- what a client does ------------------------------------------------------------------------


class StandingClock:
    """A clock that stands: whoever waits for a time waits."""

    def now(self) -> float:
        return 0.0

    async def until(self, t: float) -> None:
        if t > 0:
            await asyncio.Event().wait()


async def test_a_client_that_closes_early_is_told_of(file: Path) -> None:
    async with serving([file], clock=StandingClock()) as served:
        client = await served.connect()
        client.post()
        client.writer.close()
        copy = await served.copies.ended()
    assert copy.ending == ("program", "closed")


async def test_a_client_that_resets_is_told_of(file: Path) -> None:
    async with serving([file], clock=StandingClock()) as served:
        client = await served.connect()
        client.post()
        await until(lambda: served.server.exchanges == 1)
        client.reset()
        copy = await served.copies.ended()
    assert copy.ending[0] == "program"


class TickingClock:
    """A clock that goes on by a second whenever it is looked at; nobody waits."""

    def __init__(self) -> None:
        self._looks = 0

    def now(self) -> float:
        self._looks += 1
        return float(self._looks)

    async def until(self, t: float) -> None:
        await asyncio.sleep(0)


async def test_a_client_that_reads_slowly_is_waited_for_and_told_of(tmp_path: Path) -> None:
    dump = tmp_path / "much.sse"
    dump.write_bytes(b"".join(answer(*(str(n) + "x" * 60_000 for n in range(400)))))
    relay = tapped(tmp_path / "tap")
    async with serving([dump], recorder=relay.recorder, clock=TickingClock()) as served:
        client = await served.connect()
        client.post(connection="close")
        for _ in range(1000):  # in which it reads nothing
            await asyncio.sleep(0)
        assert served.server.exchanges == 1
        assert len(await client.read()) > 400 * 60_000
    end = all_records(relay)[-1]
    assert isinstance(end, EndRecord)
    assert end.how == "completed"
    assert str(end.detail).startswith("The client read slowly: it was waited for for ")


async def test_a_server_that_ends_breaks_what_goes_on(file: Path) -> None:
    async with serving([file], clock=StandingClock()) as served:
        client = await served.connect()
        client.post()
        await until(lambda: served.server.exchanges == 1)
        await served.server.close()
        assert isinstance(await client.gone(), ConnectionResetError)
    assert served.copies.all[0].ending == ("relay", "left")


# -- sockets -----------------------------------------------------------------------------------


async def test_a_ping_is_answered_and_a_close_returned(tmp_path: Path) -> None:
    async with serving([recorded_socket(tmp_path)]) as served:
        client = await served.connect()
        await client.upgrade()
        socket = SocketClient(client)
        socket.ping(b"you?")
        assert await socket.hear(1) == [("pong", b"you?")]
        socket.close(1000)
        assert (await socket.hear(1))[0][0] == "close"
        copy = await served.copies.ended()
    assert copy.ending == ("program", "whole")


async def test_a_socket_is_told_where_no_turn_is_left(tmp_path: Path) -> None:
    async with serving([recorded_socket(tmp_path)], match=("model",)) as served:
        client = await served.connect()
        await client.upgrade()
        socket = SocketClient(client)
        socket.say({**CREATE, "model": "other"})
        [heard] = await socket.hear(1)
    assert (heard["type"], heard["status"]) == ("error", 404)
    assert 'model "other"' in heard["error"]["message"]


async def test_what_is_no_frame_closes_the_socket(tmp_path: Path) -> None:
    async with serving([recorded_socket(tmp_path)]) as served:
        client = await served.connect()
        await client.upgrade()
        client.write(b"\x81\x02hi")  # not masked
        heard = await SocketClient(client).hear(1)
    assert heard[0][0] == "close"


def emptied(path: Path) -> None:
    path.write_bytes(b"")


async def test_a_recording_that_is_gone_is_said_and_cuts_the_answer(file: Path) -> None:
    async with serving([file]) as served:
        emptied(file)
        client = await served.connect()
        client.post()
        await client.read()
        copy = await served.copies.ended()
        whole = await served.ask({"model": "m"})
    assert copy.ending == ("relay", "broken")  # which is told where a refusal is
    assert "changed by another program" in copy.end.detail
    assert whole.startswith(b"HTTP/1.1 500 ")


async def test_line_ends_in_a_recorded_header_begin_no_other(tmp_path: Path) -> None:
    head = ResponseRecord(1, 0.1, 200, {"x-request-id": "a\r\nSet-Cookie: b", "bad name": "c"})
    asked, end = RequestRecord(1, "2026-11-30T10:00:00.000Z"), EndRecord(1, 0.3, "completed")
    hostile = tmp_path / "hostile.sse"
    hostile.write_bytes(written([asked, head, end]))
    async with serving([hostile]) as served:
        top, _, _ = (await served.ask()).partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in top.split(b"\r\n")[1:]]
    assert b"x-request-id" in names
    assert not {b"Set-Cookie", b"bad name"} & {*names}
