"""Which turn answers: the next, the first that agrees, and never another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from codex_tui.wire.sse import SSEDecoder
from tests.cli.streams import answer
from tests.recording.test_format import written
from tests.relay.fake_relay import end, head
from tests.serve.rig import only_file, serving, tapped

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record

WALL = "2026-11-30T10:00:00.000Z"
MESSAGES: list[dict[str, Any]] = [
    {"model": "a", "input": "one"},
    {"model": "b", "input": [{"role": "user", "content": "two"}]},
    {
        "model": "a",
        "previous_response_id": "resp_1",
        "input": [{"type": "function_call_output", "call_id": "call_1", "output": "sunny"}],
    },
]


def asked(number: int) -> dict[str, Any]:
    return {"stream": True, **MESSAGES[number - 1]}


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A file of three turns, which say which they are."""
    whole = tmp_path / "talk.sse"
    whole.write_bytes(written([record for n in (1, 2, 3) for record in turn(n)]))
    return whole


def turn(number: int) -> list[Record]:
    frames = SSEDecoder().feed(b"".join(answer(f"turn {number}")))
    return [
        RequestRecord(number, WALL, url="https://a.example/v1/responses", body=asked(number)),
        ResponseRecord(number, 0.1, 200, {"content-type": "text/event-stream"}),
        *(FrameRecord(0.2, 1, frame, number) for frame in frames),
        EndRecord(number, 0.3, "completed"),
    ]


def said(answered: bytes) -> str:
    """The turn that was given, or the message of an error."""
    if answered.startswith(b"HTTP/1.1 200"):
        return next(f"turn {n}" for n in (1, 2, 3) if f"turn {n}".encode() in answered)
    return str(json.loads(answered.partition(b"\r\n\r\n")[2])["error"]["message"])


async def test_the_next_request_gets_the_next_turn(talk: Path) -> None:
    async with serving([talk]) as served:
        heard = [said(await served.ask(asked(1))) for _ in range(4)]
    assert heard[:3] == ["turn 1", "turn 2", "turn 3"]
    assert heard[3] == "No turn is left of 3 recorded turns: --loop begins again behind the last."


async def test_several_files_follow_each_other(talk: Path) -> None:
    async with serving([talk, talk]) as served:
        heard = [said(await served.ask()) for _ in range(6)]
    assert heard == ["turn 1", "turn 2", "turn 3"] * 2


async def test_a_loop_begins_again(talk: Path) -> None:
    async with serving([talk], loop=True) as served:
        heard = [said(await served.ask()) for _ in range(4)]
    assert heard == ["turn 1", "turn 2", "turn 3", "turn 1"]


@pytest.mark.parametrize(
    ("key", "order"),
    [("model", [2, 1, 3]), ("text", [2, 1, 3]), ("call_id", [3, 1, 2]), ("previous", [3, 1, 2])],
)
async def test_a_turn_is_found_by_a_key(talk: Path, key: str, order: list[int]) -> None:
    async with serving([talk], match=(key,)) as served:
        heard = [said(await served.ask(asked(number))) for number in order]
    assert heard == [f"turn {number}" for number in order]


async def test_keys_have_to_agree_all_and_a_miss_says_what_there_is(talk: Path) -> None:
    async with serving([talk], match=("model", "text")) as served:
        heard = said(await served.ask({**asked(1), "model": "b"}))
    assert heard.startswith('No recorded turn is left with model "b", text "one". There are: ')
    assert 'turn 1 of talk.sse: model "a", text "one"; ' in heard


async def test_a_turn_that_was_given_is_named_as_given(talk: Path) -> None:
    async with serving([talk], match=("text",)) as served:
        await served.ask(asked(2))
        heard = said(await served.ask(asked(2)))
    assert 'turn 2 of talk.sse (given): text "two"' in heard


async def test_a_loop_gives_what_agrees_again(talk: Path) -> None:
    async with serving([talk], match=("text",), loop=True) as served:
        heard = [said(await served.ask(asked(2))) for _ in range(3)]
    assert heard == ["turn 2"] * 3


async def test_a_request_that_differs_is_refused_and_uses_no_turn_up(talk: Path) -> None:
    async with serving([talk], strict=True) as served:
        refused = await served.ask({**asked(1), "input": "other", "store": False})
        heard = said(await served.ask(asked(1)))
    assert refused.startswith(b"HTTP/1.1 409 ")
    assert said(refused) == (
        "The request is not that of turn 1 of talk.sse:"
        ' input: recorded "one", asked "other"; store: recorded nothing, asked false.'
    )
    assert heard == "turn 1"


async def test_a_warm_up_takes_no_turn_that_is_none(talk: Path) -> None:
    async with serving([talk]) as served:
        heard = said(await served.ask({**asked(1), "generate": False}))
        assert "warm-up" in heard
        assert said(await served.ask(asked(1))) == "turn 1"


async def test_a_request_without_stream_gets_the_response_as_json(talk: Path) -> None:
    async with serving([talk]) as served:
        answered = await served.ask(MESSAGES[0])
    top, _, body = answered.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in top
    assert json.loads(body.split(b"\r\n")[1])["status"] == "completed"


async def test_a_stream_that_was_cut_has_no_response_to_give(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    tee = relay.post()
    tee.response(head())
    tee.response_body(answer("hi")[0], 0.2)
    end(tee)
    async with serving([only_file(relay)]) as served:
        heard = said(await served.ask({"model": "m"}))
    assert heard.endswith("there is no whole response: it ended as `interrupted`.")


async def test_what_was_recorded_of_another_api_is_served_at_its_path(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    tee = relay.post(target="/v1/chat/completions")
    tee.response(head())
    tee.response_body(b'data: {"object":"chat.completion.chunk","choices":[]}\n\n', 0.2)
    end(tee)
    async with serving([only_file(relay)]) as served:
        assert "at /completions" in said(await served.ask())
        client = await served.connect()
        client.post(target="/v1/chat/completions")
        assert (await client.heads()).startswith(b"HTTP/1.1 200 ")


async def test_models_are_those_that_were_asked(talk: Path) -> None:
    async with serving([talk]) as served:
        client = await served.connect()
        client.write(b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        listed = json.loads((await client.read()).split(b"\r\n")[-4])
        client = await served.connect()
        client.write(b"GET /v1/models/zzz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert said(await client.read()).endswith("the model zzz: there is a, b.")
    assert [each["id"] for each in listed["data"]] == ["a", "b"]


async def test_a_dump_answers_any_request(tmp_path: Path) -> None:
    dump = tmp_path / "dump.sse"
    dump.write_bytes(b"".join(answer("hello")))
    async with serving([dump]) as served:
        assert b"hello" in await served.ask()
