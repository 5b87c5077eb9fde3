"""The official SDK under a tap: it asks, gets and says what it does without one, byte for byte."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any, NamedTuple

from codex_tui.recording.reader import read_records
from codex_tui.recording.records import FrameRecord
from codex_tui.testing import ServedRequest, recorded_server
from tests.cli.streams import answer, recording
from tests.cli.tapping import KEY, Done, tapped

# Each line is one write: what the tap tells meanwhile goes to the same pipe.
_BYTES = """
import sys
from openai import OpenAI
ask = OpenAI().responses.with_streaming_response.create
with ask(model="m", input="hi", stream=True) as raw:
    for piece in raw.iter_bytes():
        sys.stdout.buffer.write(piece)
"""
_EVENTS = """
from openai import OpenAI
with OpenAI().responses.create(model="m", input="hi", stream=True) as stream:
    for event in stream:
        print(event.model_dump_json() + "\\n", end="")
"""
_RETRIES = """
from openai import APIStatusError, OpenAI
try:
    OpenAI(max_retries=2).responses.create(model="m", input="hi", stream=True)
except APIStatusError as error:
    wait = error.response.headers["retry-after-ms"]
    print(f"{error.status_code} {wait} {error.message}\\n", end="")
"""
_LEAVES = """
from openai import OpenAI
with OpenAI().responses.create(model="m", input="hi", stream=True) as stream:
    print(next(iter(stream)).type + "\\n", end="")
"""
_MODELS = """
from openai import OpenAI
print(f"{[model.id for model in OpenAI().models.list()]}\\n", end="")
"""


class Both(NamedTuple):
    """What a program printed without a tap and with one, and what its server was asked."""

    alone: str
    tapped: Done
    asked_alone: list[ServedRequest]
    asked_tapped: list[ServedRequest]


STREAM = b"".join(answer("one ", "two ", "thrée"))
SEEN: dict[tuple[str, str, bytes], Both] = {}


async def both(program: str, chaos: str = "", served: bytes = STREAM) -> Both:
    """Run a program against a server and once more under a tap, for all tests that look at it."""
    asked = program, chaos, served
    if asked not in SEEN:
        SEEN[asked] = await _both(*asked)
    return SEEN[asked]


async def _both(program: str, chaos: str, served: bytes) -> Both:
    env = {"OPENAI_API_KEY": KEY}
    with recorded_server(served, chaos=chaos or (), loop=True) as server:
        environ = {**os.environ, **env, "OPENAI_BASE_URL": server.url}
        command = (sys.executable, "-c", program)
        child = await asyncio.create_subprocess_exec(*command, stdout=PIPE, env=environ)
        alone, _ = await child.communicate()
        asked = len(server.requests)
        under = await tapped("--to", server.url, "--format", "json", child=program, env=env)
        return Both(alone.decode(), under, server.requests[:asked], server.requests[asked:])


def printed(done: Done) -> str:
    """What the program printed, without the objects of the tap."""
    return "".join(f"{line}\n" for line in done.out.splitlines() if not line.startswith('{"n":'))


def told(seen: Both) -> dict[str, Any]:
    """What the tap told of the one exchange."""
    (ended,) = (each for each in seen.tapped.objects if "n" in each)
    return dict(ended)


async def test_it_gets_the_bytes_that_the_server_sent_and_they_are_recorded() -> None:
    seen = await both(_BYTES)
    assert printed(seen.tapped) == seen.alone
    records = (record for _, record in read_records(Path(told(seen)["file"])))
    frames = [each for each in records if isinstance(each, FrameRecord)]
    assert [f"data: {each.frame.data}" for each in frames] == [
        line for line in STREAM.decode().splitlines() if line.startswith("data: ")
    ]


async def test_it_asks_as_without_a_tap() -> None:
    seen = await both(_EVENTS)
    (alone,), (under,) = seen.asked_alone, seen.asked_tapped
    assert (under.method, under.path, under.body) == (alone.method, alone.path, alone.body)
    assert {**under.headers, "host": ""} == {**alone.headers, "host": ""}


async def test_its_events_are_those_that_it_has_without_a_tap() -> None:
    seen = await both(_EVENTS)
    assert seen.alone
    assert printed(seen.tapped) == seen.alone
    ended = told(seen)
    assert (ended["how"], ended["events"], ended["program"][:9]) == (
        *("completed", len(seen.alone.splitlines()), "py openai"),
    )


async def test_its_tries_are_one_exchange_and_the_error_is_the_servers() -> None:
    seen = await both(_RETRIES, "status=429/10ms")
    assert seen.alone.startswith("429 10 ")
    assert printed(seen.tapped) == seen.alone
    assert len(seen.asked_tapped) == 3
    tries = [each for each in seen.tapped.objects if "n" in each]
    assert {each["how"] for each in tries} == {"http_error"}
    assert len({each["file"] for each in tries}) == 1


async def test_one_that_leaves_is_said_to_have_left() -> None:
    seen = await both(_LEAVES, "never-end@#2")
    assert printed(seen.tapped) == seen.alone == "response.created\n"
    assert told(seen)["how"] == "cancelled"


async def test_what_is_no_stream_passes_too() -> None:
    seen = await both(_MODELS, served=recording([STREAM]))
    assert printed(seen.tapped) == seen.alone == "['m']\n"
