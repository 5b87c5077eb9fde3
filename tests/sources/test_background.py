"""A background response whose stream breaks is listened to again, behind what was heard."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.engine.keeping import forgotten, recorded
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.findings import Checker
from codex_tui.model.conversation import Conversation, TakenUp
from codex_tui.model.remarks import remarks_on
from codex_tui.recording.log import event_of
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord, ResponseRecord
from codex_tui.sources import background
from codex_tui.sources.background import BackgroundAttempt
from codex_tui.sources.heard import HeardSoFar
from codex_tui.sources.live import LiveSource
from tests.servers import EVENT_STREAM, Peer, serving
from tests.sources.conftest import BODY, Heard, listen, provider_of, until

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.model.conversation import Turn
    from tests.servers import Handler

ASKED = {**BODY, "background": True, "store": True}
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def numbered(number: int, type_: str, **fields: Any) -> bytes:
    data = {"type": type_, "sequence_number": number, **fields}
    return f"data: {json.dumps(data)}\n\n".encode()


def stream() -> list[bytes]:
    """A response of one message, an event each."""
    item = {"id": "msg_1", "type": "message", "role": "assistant"}
    part = {"type": "output_text", "text": ""}
    whole = {"type": "output_text", "text": "abcd"}
    done = {"id": "resp_1", "status": "completed", "output": [{**item, "content": [whole]}]}
    return [
        numbered(0, "response.created", response={"id": "resp_1", "output": []}),
        numbered(1, "response.output_item.added", output_index=0, item={**item, "content": []}),
        numbered(2, "response.content_part.added", part=part, **PLACE),
        *(
            numbered(3 + place, "response.output_text.delta", delta=letter, **PLACE)
            for place, letter in enumerate("abcd")
        ),
        numbered(7, "response.output_text.done", text="abcd", **PLACE),
        numbered(8, "response.completed", response=done),
    ]


def breaking(*ends: int, ignores: bool = False) -> tuple[Handler, list[str]]:
    """A server whose streams end behind so many events, the last one whole; and what it was asked.

    Args:
        ends: Where each stream ends.
        ignores: Whether it begins at the first event whatever it is asked for.
    """
    left, asked = list(ends), list[str]()

    async def handler(peer: Peer) -> None:
        asked.append(f"{peer.request.method} {peer.request.target}")
        _, _, after = peer.request.target.partition("starting_after=")
        first = 0 if ignores or not after else int(after) + 1
        await peer.head(200, EVENT_STREAM)
        await peer.send(b"".join(stream()[first : left.pop(0) if left else None]))

    return handler, asked


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_LONGEST_PAUSE", 0.0)


async def hear_background(handler: Handler, **options: Any) -> Heard:
    async with serving(handler) as server:
        return await listen(LiveSource(provider_of(server.url), ASKED, **options))


def folded(heard: Heard) -> tuple[Turn, Checker]:
    checker = Checker("openai", ())
    conversation = Conversation(witness=checker)
    for record in heard.records:
        event = event_of(record)
        conversation.apply(record, event)
        checker.take(record, event, conversation.current)
    checker.finish()
    return conversation.turns[0], checker


def rules(checker: Checker) -> list[str]:
    """What is wrong with it, the same at two events twice."""
    return sorted(each.rule for each in checker.findings.of("note") if each.rule[:4] != "time")


async def test_a_stream_that_broke_is_one_turn_with_its_gap_said() -> None:
    handler, asked = breaking(5, 6)
    heard = await hear_background(handler)
    turn, checker = folded(heard)
    assert asked == [
        "POST /v1/responses",
        "GET /v1/responses/resp_1?stream=true&starting_after=4",
        "GET /v1/responses/resp_1?stream=true&starting_after=5",
    ]
    assert heard.end.how == "completed"
    assert len(heard.ends) == 1
    assert turn.transcript.output_text == "abcd"
    assert [each.after for each in turn.taken_up] == [4, 5]
    assert "The server ended the stream without a terminal event" in str(turn.taken_up[0])
    assert rules(checker) == rules(folded(await hear_background(breaking()[0]))[1])
    times = [record.t for record in heard.records[1:]]
    assert times == sorted(times, key=lambda t: t or 0.0)
    reads = [record.read for record in heard.frames]
    assert reads == sorted(reads, key=lambda read: read or 0)


async def test_a_server_that_sends_everything_again_shows_nothing_twice() -> None:
    handler, _ = breaking(5, ignores=True)
    heard = await hear_background(handler)
    turn, checker = folded(heard)
    assert len(heard.frames) == 5 + 9  # what came stands in the recording
    assert turn.transcript.output_text == "abcd"
    assert turn.events.total == 14
    assert rules(checker) == rules(folded(await hear_background(breaking()[0]))[1])


def read_back(folder: Path) -> Conversation:
    """The only recording in a folder."""
    (file,) = folder.rglob("*.sse")
    conversation = Conversation()
    for _, record in read_records(file):
        conversation.apply(record, event_of(record))
    return conversation


@pytest.mark.parametrize("ignores", [False, True])
async def test_the_recording_of_it_reads_as_it_came(tmp_path: Path, *, ignores: bool) -> None:
    handler, _ = breaking(5, ignores=ignores)
    async with serving(handler) as server:
        session = Session(recorded(tmp_path, "", forgotten), Observer(), AtOnce)
        await session.stream(LiveSource(provider_of(server.url), ASKED))
        session.close()
    (turn,), (live,) = read_back(tmp_path).turns, session.conversation.turns
    assert turn.transcript.output_text == live.transcript.output_text == "abcd"
    assert turn.taken_up[0].after == live.taken_up[0].after == 4
    assert turn.taken_up[0].broke == live.taken_up[0].broke != ""


async def test_what_came_in_a_burst_has_no_rates() -> None:
    from codex_tui.figures.measures import measure

    handler, _ = breaking(5)
    async with serving(handler) as server:
        session = Session(recorded(None, "", forgotten), Observer(), AtOnce)
        await session.stream(LiveSource(provider_of(server.url), ASKED))
    measures = measure(session.conversation.turns[0], session.folds.timing)
    assert measures.rate is None
    assert measures.tokens_per_second is None


async def test_a_server_that_lets_nobody_listen_again_is_told_with_what_broke() -> None:
    asked: list[str] = []

    async def handler(peer: Peer) -> None:
        asked.append(peer.request.method)
        if peer.request.method == "GET":
            await peer.reply_json(404, {"error": {"message": "No such response."}})
            return
        await peer.head(200, EVENT_STREAM)
        await peer.send(b"".join(stream()[:5]))

    heard = await hear_background(handler)
    assert asked == ["POST", "GET"]
    assert heard.end.how == "interrupted"
    assert "without a terminal event" in heard.detail
    assert "can't be taken up again" in heard.detail
    assert "No such response" in heard.detail
    assert len([each for each in heard.records if isinstance(each, ResponseRecord)]) == 1


def broken_then(*answers: Handler) -> Handler:
    """A server whose stream ends behind five events, and that answers so when it is asked again."""
    left = list(answers)

    async def handler(peer: Peer) -> None:
        if peer.request.method == "GET":
            await left.pop(0)(peer)
            return
        await peer.head(200, EVENT_STREAM)
        await peer.send(b"".join(stream()[:5]))

    return handler


def answering(status: int, value: object, **headers: str) -> Handler:
    async def handler(peer: Peer) -> None:
        await peer.reply_json(status, value, **headers)

    return handler


async def rest(peer: Peer) -> None:
    await peer.head(200, EVENT_STREAM)
    await peer.send(b"".join(stream()[5:]))


async def nothing(peer: Peer) -> None:
    await peer.head(200, EVENT_STREAM)


async def page(peer: Peer) -> None:
    await peer.reply(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")


async def cancelled_there(peer: Peer) -> None:
    await peer.head(200, EVENT_STREAM)
    said = {"id": "resp_1", "status": "cancelled"}
    await peer.send(numbered(5, "response.cancelled", response=said))


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_is_busy_is_asked_again(status: int) -> None:
    busy = answering(status, {"error": {"message": "busy"}}, **{"Retry-After": "0"})
    heard = await hear_background(broken_then(busy, busy, rest))
    assert heard.end.how == "completed"
    assert folded(heard)[0].transcript.output_text == "abcd"
    assert heard.source.left_behind() is None


async def test_one_that_asks_to_wait_for_long_is_left_to_the_user() -> None:
    busy = answering(429, {"error": {"message": "busy"}}, **{"Retry-After": "3600"})
    heard = await hear_background(broken_then(busy))
    assert heard.end.how == "interrupted"
    assert "Retry after 3600 s" in heard.detail
    assert "codex-tui resume resp_1 --after 4" in (heard.source.left_behind() or "")


async def test_while_it_waits_it_says_for_how_long() -> None:
    busy = answering(429, {"error": {"message": "busy"}}, **{"Retry-After": "40"})
    async with serving(broken_then(busy)) as server:
        source = LiveSource(provider_of(server.url), ASKED)
        task = asyncio.create_task(listen(source))
        await until(lambda: source.listens_in == 40.0)
        source.cancel()
        heard = await task
    assert source.listens_in is None
    assert (heard.end.how, heard.detail.endswith("taken up again.")) == ("cancelled", True)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_response_that_is_kept_no_longer_goes_on_nowhere(status: int) -> None:
    heard = await hear_background(broken_then(answering(status, {"error": {"message": "Not."}})))
    assert "keeps it no longer" in heard.detail
    assert "(after 5 events" in heard.detail
    assert heard.source.left_behind() is None


async def test_a_page_in_the_place_of_the_rest_takes_nothing_up() -> None:
    heard = await hear_background(broken_then(page))
    assert heard.end.how == "interrupted"
    assert "can't be taken up again: The server answered 200 OK with text/html" in heard.detail
    assert not folded(heard)[0].taken_up
    assert heard.source.left_behind() is not None


async def test_what_brought_nothing_is_not_said_to_have_been_taken_up() -> None:
    heard = await hear_background(broken_then(nothing, nothing, rest))
    assert [each.after for each in folded(heard)[0].taken_up] == [4]


async def test_the_whole_response_in_the_place_of_the_rest_is_the_same_response() -> None:
    part = {"type": "output_text", "text": "abcd"}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": [part]}
    whole = {"id": "resp_1", "object": "response", "status": "completed", "output": [item]}
    heard = await hear_background(broken_then(answering(200, whole)))
    turn, _ = folded(heard)
    assert len(turn.transcript.responses) == 1
    assert len(turn.transcript.items) == 1
    assert turn.transcript.output_text == "abcd"
    assert [each.after for each in turn.taken_up] == [4]
    assert heard.source.left_behind() is None


async def test_what_the_server_cancelled_does_not_go_on_there() -> None:
    heard = await hear_background(broken_then(cancelled_there))
    assert heard.end.how == "cancelled"
    assert heard.source.left_behind() is None


async def test_a_server_that_is_gone_is_told_with_what_broke_before() -> None:
    async def handler(peer: Peer) -> None:
        if peer.request.method == "GET":
            peer.reset()
            return
        await peer.head(200, EVENT_STREAM)
        await peer.send(b"".join(stream()[:5]))

    heard = await hear_background(handler)
    assert heard.end.how == "interrupted"
    assert "without a terminal event" in heard.detail
    assert "can't be taken up again" in heard.detail


async def test_it_is_given_up_after_some_tries_in_vain() -> None:
    handler, asked = breaking(3, *[0] * 20)
    heard = await hear_background(handler)
    assert heard.end.how == "interrupted"
    assert len(asked) == 1 + background.TRIES


async def test_what_only_comes_again_is_in_vain() -> None:
    handler, asked = breaking(*[5] * 20, ignores=True)
    heard = await hear_background(handler)
    assert heard.end.how == "interrupted"
    assert len(asked) == 1 + background.TRIES


async def test_without_background_nothing_is_listened_to_again() -> None:
    handler, asked = breaking(5)
    async with serving(handler) as server:
        heard = await listen(LiveSource(provider_of(server.url), BODY))
    assert heard.end.how == "interrupted"
    assert len(asked) == 1


async def test_cancelling_ends_the_wait() -> None:
    handler, asked = breaking(5)
    async with serving(handler) as server:
        source = LiveSource(provider_of(server.url), ASKED)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if len(heard.frames) == 5:
                source.cancel()
        await until(server.gone.is_set)
    assert heard.end.how == "cancelled"
    assert "again" not in heard.detail.removesuffix("taken up again.")  # it goes on there
    assert source.left_behind() is not None
    assert len(asked) == 1


async def test_the_rest_of_a_response_is_asked_for_by_its_id() -> None:
    handler, asked = breaking()
    async with serving(handler) as server:
        source = LiveSource(provider_of(server.url), {}, heard=HeardSoFar("resp_1", 5))
        heard = await listen(source)
    assert asked == ["GET /v1/responses/resp_1?stream=true&starting_after=5"]
    request = heard.records[0]
    assert isinstance(request, RequestRecord)
    assert (request.method, request.body) == ("GET", None)
    assert isinstance(heard.records[-1], EndRecord)
    assert len(heard.frames) == 3
    turn, checker = folded(heard)
    assert turn.transcript.output_text == "abcd"
    assert not {"number.start", "order.no-created"} & set(rules(checker))


async def test_a_rest_that_is_numbered_anew_is_said_to_begin_elsewhere() -> None:
    async def handler(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        done = {"id": "resp_1", "status": "completed"}
        delta = numbered(0, "response.output_text.delta", delta="d", **PLACE)
        await peer.send(delta + numbered(1, "response.completed", response=done))

    async with serving(handler) as server:
        source = LiveSource(provider_of(server.url), {}, heard=HeardSoFar("resp_1", 5))
        turn, _ = folded(await listen(source))
    assert remarks_on(turn) == ["begins at number 0, not at 6"]


def test_where_nothing_was_numbered_all_is_taken_up_again() -> None:
    assert str(TakenUp(-1)) == "taken up again from its beginning"


def test_an_attempt_in_the_background_is_one_of_its_kind() -> None:
    source = LiveSource(provider_of("http://127.0.0.1:9/v1"), ASKED)
    assert isinstance(source._made_attempt(), BackgroundAttempt)
