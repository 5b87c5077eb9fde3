"""A live stream that goes well, and what of it is told when."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from itertools import count

import pytest

from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.sources.live import LiveSource
from tests.servers import COMPLETED, CREATED, DELTA, EVENT_STREAM, Peer, chunked, event, serving
from tests.sources.conftest import BODY, KEY, Heard, hear, hear_from, listen, provider_of


async def whole(peer: Peer) -> None:
    await peer.stream(CREATED, DELTA, COMPLETED)


async def test_a_stream_is_request_response_frames_and_end() -> None:
    heard = await hear(whole)
    assert heard.kinds == ["Request", "Response", "Frame", "Frame", "Frame", "End"]
    assert [record.frame.event for record in heard.frames][-1] == "response.completed"
    assert (heard.end.how, heard.end.detail) == ("completed", None)
    times = [r.t or 0 for r in heard.records if not isinstance(r, RequestRecord)]
    assert times == sorted(times)


async def test_the_request_is_sent_as_it_was_built() -> None:
    async with serving(whole) as server:
        await hear_from(server)
        request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/v1/responses")
    assert request.json == BODY
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["content-type"] == "application/json"


async def test_a_body_with_half_a_character_can_be_sent() -> None:
    async with serving(whole) as server:
        source = LiveSource(provider_of(server.url), {"input": "\ud83d"})
        assert (await listen(source)).end.how == "completed"
        assert server.requests[0].json == {"input": "\ud83d"}


async def test_the_request_is_told_before_anything_is_sent() -> None:
    moment = datetime(2026, 11, 22, 7, 39, 30, 123456, UTC)
    async with serving(whole) as server:
        source = LiveSource(provider_of(server.url), BODY, turn=3, wall=lambda: moment)
        [request] = await anext(source.batches())
        assert not server.requests
    assert isinstance(request, RequestRecord)
    assert (request.turn, request.wall) == (3, "2026-11-22T07:39:30.123Z")
    assert request.url == f"{server.url}/responses"
    assert request.body == BODY


async def test_each_record_knows_its_turn() -> None:
    async def cut_off(peer: Peer) -> None:
        await peer.stream(CREATED, b": ping\n\n", b"data: {")

    async with serving(cut_off) as server:
        source = LiveSource(provider_of(server.url), BODY, turn=3)
        records = [record async for batch in source.batches() for record in batch]
    kinds = [RequestRecord, ResponseRecord, FrameRecord, CommentRecord, CutRecord, EndRecord]
    assert [type(record) for record in records] == kinds
    assert [record.turn for record in records] == [3] * len(kinds)


async def test_the_head_is_told_before_the_body_comes() -> None:
    go = asyncio.Event()

    async def slow(peer: Peer) -> None:
        await peer.stream()
        await go.wait()
        await peer.send(COMPLETED)

    async with serving(slow) as server:
        source = LiveSource(provider_of(server.url), BODY)
        async for batch in source.batches():
            if isinstance(batch[0], ResponseRecord):
                assert batch[0].status == 200
                assert source.phase == "reading"
                go.set()


@pytest.mark.parametrize(
    ("kind", "how"),
    [("failed", "failed"), ("incomplete", "incomplete"), ("cancelled", "cancelled")],
)
async def test_the_terminal_event_gives_its_word(kind: str, how: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED, event(f"response.{kind}", response={"id": "resp_1"}))

    assert (await hear(answer)).end.how == how


@pytest.mark.parametrize(
    ("response", "detail"),
    [
        ({"error": {"code": "server_error", "message": "Sorry."}}, ": Sorry. (server_error) ("),
        ({"error": {"code": "odd_code", "message": None}}, ": odd_code ("),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, ": max_output_tokens ("),
        ({"error": None, "incomplete_details": None}, " ("),
        ({"error": "as text"}, ": as text ("),
        ([], " ("),
    ],
)
async def test_the_terminal_events_reason_is_in_the_sentence(response: object, detail: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(event("response.failed", response=response))

    heard = await hear(answer)
    assert f"The response failed{detail}after 1 event, " in heard.detail


async def test_a_terminal_event_ends_the_stream_though_the_server_holds_it() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED, COMPLETED)
        await peer.hold()

    async with serving(answer) as server:
        heard = await hear_from(server)
        await server.gone.wait()  # the socket was closed
    assert heard.end.how == "completed"


async def test_what_came_with_the_terminal_event_is_kept_and_no_more_awaited() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(COMPLETED + CREATED + b"data: to")
        await peer.hold()

    heard = await hear(answer)
    assert heard.kinds == ["Request", "Response", "Frame", "Frame", "End"]
    assert heard.end.how == "completed"


async def test_records_go_out_before_they_are_looked_into() -> None:
    async with serving(whole) as server:
        source = LiveSource(provider_of(server.url), BODY)
        async for batch in source.batches():
            if isinstance(batch[-1], FrameRecord):
                break
        assert source.phase == "reading"


async def test_chunks_that_come_together_are_one_read() -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
        await peer.send(b"".join(map(chunked, [CREATED, *[DELTA] * 84, COMPLETED])))

    heard = await hear(answer)
    assert len(heard.frames) == 86
    assert {record.read for record in heard.frames} == {1}
    assert len(heard.batches) == 4


async def test_what_one_wake_up_delivers_is_one_read_though_it_is_long() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(DELTA * 2000 + COMPLETED)

    heard = await hear(answer)
    reads = {record.read for record in heard.frames}
    assert len(heard.frames) == 2001
    assert len(reads) <= 2  # how much is there when the socket wakes us is up to the kernel


async def test_writes_that_come_apart_are_reads_of_their_own() -> None:
    numbers = count()
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.stream()
        for number in range(5):
            await peer.send(event("response.output_text.delta", delta=str(number)))
            await go.wait()
            go.clear()
        await peer.send(COMPLETED)

    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY, clock=lambda: float(next(numbers)))
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if isinstance(batch[0], FrameRecord):
                go.set()
    assert [record.read for record in heard.frames] == [1, 2, 3, 4, 5, 6]
    assert len({record.t for record in heard.frames}) == 6


async def test_a_frame_belongs_to_the_read_that_completes_it() -> None:
    seen = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED + DELTA[:20])
        await seen.wait()
        await peer.send(DELTA[20:] + COMPLETED)

    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if isinstance(batch[0], FrameRecord):
                seen.set()
    assert [record.read for record in heard.frames] == [1, 2, 2]


async def test_keep_alives_are_records_in_their_places() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(b": ping\n\n" + CREATED + b": ping\n\n: pong\n\n" + COMPLETED)

    heard = await hear(answer)
    kinds = ["Comment", "Frame", "Comment", "Comment", "Frame"]
    assert heard.kinds == ["Request", "Response", *kinds, "End"]
    assert isinstance(heard.records[2], CommentRecord)
    assert heard.records[2].comments == (" ping",)


async def test_what_the_bytes_ended_in_is_kept_as_cut() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED + COMPLETED[:-1])

    heard = await hear(answer)
    [cut] = [record for record in heard.records if isinstance(record, CutRecord)]
    assert cut.data == COMPLETED[:-1]
    assert heard.end.how == "interrupted"


async def test_bytes_can_be_counted_while_a_large_event_comes() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(event("x", delta="x" * 3_000_000) + COMPLETED)

    heard = await hear(answer)
    assert heard.source.bytes_received > 3_000_000
    assert heard.source.reads > 1
    assert len(heard.frames) == 2


async def test_a_slow_reader_holds_the_server_and_loses_nothing() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(*[event("x", n=n, pad="x" * 60_000) for n in range(400)], COMPLETED)

    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY)
        most, frames = 0, []
        async for batch in source.batches():
            frames += [record for record in batch if isinstance(record, FrameRecord)]
            handed_on = sum(len(record.frame.data) for record in frames)
            most = max(most, source.bytes_received - handed_on)
            for _ in range(20):
                await asyncio.sleep(0)
    assert [json.loads(record.frame.data)["n"] for record in frames[:-1]] == list(range(400))
    assert most < 16 << 20


async def test_a_source_without_a_request_has_no_time() -> None:
    source = LiveSource(provider_of("http://127.0.0.1:1"), BODY)
    assert source.now() is None
    assert source.phase == "ready"


async def test_events_under_another_content_type_are_events() -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(200, {"Content-Type": "application/octet-stream"})
        await peer.send(CREATED + COMPLETED)

    assert (await hear(answer)).end.how == "completed"


@pytest.mark.parametrize(
    "kind", ["Text/Event-Stream", "text/event-stream; charset=latin-1", "text/event-stream;;x="]
)
async def test_the_content_type_may_be_written_in_any_way(kind: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(200, {"Content-Type": kind})
        await peer.send(CREATED + COMPLETED)

    assert (await hear(answer)).end.how == "completed"


async def test_a_profiles_header_stands_in_for_ours() -> None:
    async with serving(whole) as server:
        provider = provider_of(server.url, headers={"user-agent": "mine", "ACCEPT": "*/*"})
        await hear_from(server, provider=provider)
        headers = server.requests[0].headers
    assert (headers["user-agent"], headers["accept"]) == ("mine", "*/*")
