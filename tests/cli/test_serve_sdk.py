"""The official SDK gets from `serve` what was recorded of a server: events, errors, retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.serving import python, served
from tests.cli.streams import answer
from tests.cli.tapping import KEY, kept, serving, tapped
from tests.cli.test_tap_sdk import _EVENTS, _MODELS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Peer

KEYED = {"OPENAI_API_KEY": KEY}
TRIES = """
from openai import OpenAI
client = OpenAI(max_retries=2)
print([e.type for e in client.responses.create(model="m", input="hi", stream=True)][-1])
"""
WHOLE = """
from openai import OpenAI
print(OpenAI().responses.create(model="m", input="hi").status)
"""
LATE = """
from openai import APIStatusError, OpenAI
try:
    OpenAI(max_retries=0).responses.create(model="m", input="hi", stream=True)
except APIStatusError as error:
    print(error.status_code, error.message)
"""


async def test_its_events_are_those_that_were_recorded(tmp_path: Path) -> None:
    async def streams(peer: Peer) -> None:
        await peer.stream(*answer("one ", "two ", "thrée"))

    async with serving(streams) as server:
        under = await tapped("--to", server.url, "--format", "json", child=_EVENTS, env=KEYED)
    file = tmp_path / "recorded.sse"
    file.write_bytes(kept(under))
    async with served(file) as serve:
        again = await python(serve.url, _EVENTS)
        models = await python(serve.url, _MODELS)
    assert again.splitlines() == [
        line for line in under.out.splitlines() if not line.startswith('{"n":')
    ]
    assert models == "['m']\n"


async def test_a_refusal_and_the_retry_after_it_come_again(tmp_path: Path) -> None:
    tries = 0

    async def refuses_once(peer: Peer) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await peer.reply_json(429, {"error": {"message": "wait"}}, **{"retry-after-ms": "10"})
        else:
            await peer.stream(*answer("hi"))

    async with serving(refuses_once) as server:
        under = await tapped("--to", server.url, "--format", "json", child=TRIES, env=KEYED)
    file = tmp_path / "recorded.sse"
    file.write_bytes(kept(under))
    async with served(file, "--format", "json") as serve:
        assert await python(serve.url, TRIES) == "response.completed\n"
        assert (await python(serve.url, LATE)).startswith("404 ")
        done = await serve.end()
    assert [each["status"] for each in done.objects] == [429, 200, 404]


async def test_without_a_stream_it_gets_the_whole_response(tmp_path: Path) -> None:
    file = tmp_path / "dump.sse"
    file.write_bytes(b"".join(answer("one ", "two")))
    async with served(file) as serve:
        assert await python(serve.url, WHOLE) == "completed\n"
