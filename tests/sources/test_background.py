"""A background response whose stream breaks is listened to again, behind what was heard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.engine.keeping import forgotten, recorded
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.findings import Checker
from codex_tui.model.conversation import Conversation
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


def test_an_attempt_in_the_background_is_one_of_its_kind() -> None:
    source = LiveSource(provider_of("http://127.0.0.1:9/v1"), ASKED)
    assert isinstance(source._made_attempt(), BackgroundAttempt)
