"""The shipped sessions are what they claim to be, and the demo answers with them as a server."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from codex_tui.recording.format import BlockFormat
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.sources.demo import DemoTransport
from codex_tui.sources.demo_sessions import (
    AFTER_TOOLS,
    SESSIONS,
    demo_prompts,
    load_session,
    session_path,
)
from codex_tui.sources.live import LiveSource
from codex_tui.sources.providers import demo_provider
from codex_tui.sources.request import build_body, user_message
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent, UnknownEvent
from codex_tui.wire.sse import Comments, SSEDecoder
from tests.tools.make_demo import DATA, recordings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from codex_tui.recording.records import Record

ALL = (*SESSIONS, AFTER_TOOLS)
ENDS = {"server-error": "failed"}


def records_of(name: str) -> list[Record]:
    return [record for _, record in read_records(session_path(name))]


def events_of(name: str) -> list[dict[str, Any]]:
    frames = [record.frame for record in records_of(name) if isinstance(record, FrameRecord)]
    return [json.loads(frame.data) for frame in frames]


# -- the recordings


def test_the_recordings_are_what_their_scripts_make() -> None:
    """If this fails: python -m tests.tools.make_demo."""
    made = recordings()
    assert sorted(path.name for path in DATA.iterdir()) == sorted(made)
    for name, content in made.items():
        assert (DATA / name).read_bytes() == content, name


def test_every_recording_is_played() -> None:
    assert {session_path(name) for name in ALL} == set(DATA.glob("*.sse"))


@pytest.mark.parametrize("name", ALL)
def test_a_recording_is_whole(name: str) -> None:
    records = records_of(name)
    assert isinstance(records[0], RequestRecord)
    assert isinstance(records[1], ResponseRecord)
    end = records[-1]
    assert isinstance(end, EndRecord)
    assert end.how == ENDS.get(name, "completed")
    assert events_of(name)[-1]["type"] == f"response.{end.how}"
    times = [record.t for record in records[1:] if not isinstance(record, RequestRecord)]
    assert times == sorted(t for t in times if t is not None)


@pytest.mark.parametrize("name", ALL)
def test_a_recording_is_as_the_recorder_would_have_written_it(name: str) -> None:
    written = BlockFormat()
    blocks = b"".join(written.block(record) for record in records_of(name))
    content = session_path(name).read_bytes()
    assert content == content[: content.index(b"\n\n") + 2] + blocks


@pytest.mark.parametrize("name", ALL)
def test_numbers_count_the_events_from_zero(name: str) -> None:
    numbers = [event["sequence_number"] for event in events_of(name)]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("name", ALL)
def test_the_pieces_are_the_whole(name: str) -> None:
    pieces: dict[tuple[object, ...], str] = {}
    for event in events_of(name):
        where = tuple(event.get(f"{i}_index") for i in ("output", "content", "summary"))
        if event["type"].endswith("delta"):
            pieces[where] = pieces.get(where, "") + event["delta"]
        elif event["type"].endswith(("_text.done", "_arguments.done", "_code.done")):
            whole = event.get("text") or event.get("arguments") or event.get("code")
            assert pieces.pop(where) == whole
    # The one that fails in the middle leaves its answer open.
    assert bool(pieces) == (name == "server-error")


@pytest.mark.parametrize("name", ALL)
def test_the_last_event_repeats_the_finished_items(name: str) -> None:
    events = events_of(name)
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert events[-1]["response"]["output"] == (done if name != "server-error" else [])


@pytest.mark.parametrize("name", ALL)
def test_every_event_is_known_but_the_one_that_is_meant_not_to_be(name: str) -> None:
    frames = [record.frame for record in records_of(name) if isinstance(record, FrameRecord)]
    events = [decode_event(frame) for frame in frames]
    assert not [event for event in events if isinstance(event, MalformedEvent)]
    unknown = [event.type for event in events if isinstance(event, UnknownEvent)]
    assert unknown == (["response.codex.hint"] if name == "slow-tool" else [])


def test_the_citations_point_at_their_text() -> None:
    found = 0
    for event in (event for name in ALL for event in events_of(name)):
        for part in event.get("item", {}).get("content", []):
            for note in part["annotations"]:
                cited = part["text"][note["start_index"] : note["end_index"]]
                assert cited.endswith(f"({note['url']})")
                found += 1
    assert found == 3


def test_the_first_session_succeeds_soon_and_has_a_pause_that_can_be_seen() -> None:
    records = records_of(SESSIONS[0])
    times = [record.t or 0.0 for record in records if isinstance(record, FrameRecord)]
    assert times[-1] <= 22.0
    assert 1.9 <= max(later - earlier for earlier, later in pairwise(times)) <= 2.6


def test_the_sessions_show_what_a_stream_can_do() -> None:
    kinds = {event["type"] for name in SESSIONS for event in events_of(name)}
    assert kinds >= {
        "response.reasoning_summary_text.delta",
        "response.function_call_arguments.delta",
        "response.web_search_call.searching",
        "response.code_interpreter_call_code.delta",
        "response.mcp_call_arguments.delta",
        "response.output_text.annotation.added",
        "response.failed",
    }
    assert sum(isinstance(record, CommentRecord) for record in records_of("slow-tool")) == 3


# -- the server


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=DemoTransport(speed=None), base_url=demo_provider().base_url
    ) as client:
        yield client


async def ask(client: httpx.AsyncClient, prompt: str, *more: dict[str, str]) -> bytes:
    said = {"role": "user", "content": [{"type": "input_text", "text": prompt}]}
    response = await client.post("responses", json={"input": [said, *more], "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    return response.content


def sent(names: Sequence[str]) -> list[bytes]:
    return [b"".join(chunk for _, chunk in load_session(name).chunks) for name in names]


@pytest.mark.parametrize("name", ALL)
def test_what_is_sent_is_what_was_recorded_and_nothing_of_ours(name: str) -> None:
    [content] = sent([name])
    assert b"codex-tui" not in content
    blocks = SSEDecoder().feed_blocks(content)
    recorded = [
        Comments(record.comments) if isinstance(record, CommentRecord) else record.frame
        for record in records_of(name)
        if isinstance(record, CommentRecord | FrameRecord)
    ]
    assert blocks == recorded


async def test_the_sessions_answer_in_their_order_and_round(client: httpx.AsyncClient) -> None:
    answers = [await ask(client, "whatever") for _ in range(len(SESSIONS) + 1)]
    assert answers == sent([*SESSIONS, SESSIONS[0]])


async def test_a_prompt_of_the_demo_gets_its_own_answer(client: httpx.AsyncClient) -> None:
    answers = [await ask(client, demo_prompts()[3]) for _ in range(2)]
    answers.append(await ask(client, "whatever"))
    assert answers == sent([SESSIONS[3], SESSIONS[3], SESSIONS[4]])


async def test_outputs_of_tools_are_answered(client: httpx.AsyncClient) -> None:
    output = {"type": "function_call_output", "call_id": "call_1", "output": "done"}
    assert [await ask(client, "whatever", output)] == sent([AFTER_TOOLS])


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"input":3}', b'{"input":"hello"}'])
async def test_any_body_is_answered(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("responses", content=body)
    assert response.content == sent(SESSIONS)[0]


@pytest.mark.parametrize("name", SESSIONS)
async def test_the_live_source_hears_of_a_session_what_was_recorded(
    client: httpx.AsyncClient, name: str
) -> None:
    prompt = demo_prompts()[SESSIONS.index(name)]
    provider = demo_provider()
    body = build_body(provider, [user_message(prompt)])
    source = LiveSource(provider, body, client=client)
    heard = [record async for batch in source.batches() for record in batch]
    recorded = records_of(name)
    for kind in (FrameRecord, CommentRecord):
        assert [untimed(each) for each in heard if isinstance(each, kind)] == [
            untimed(each) for each in recorded if isinstance(each, kind)
        ]
    end, wanted = heard[-1], recorded[-1]
    assert isinstance(end, EndRecord)
    assert isinstance(wanted, EndRecord)
    assert end.how == wanted.how
    assert (wanted.detail or "") in (end.detail or "")


def untimed(record: FrameRecord | CommentRecord) -> FrameRecord | CommentRecord:
    return replace(record, t=None, read=None)


async def test_the_models_are_listed(client: httpx.AsyncClient) -> None:
    listed = (await client.get("models")).json()["data"]
    assert listed[0]["id"] == demo_provider().model


async def test_other_paths_are_not_found(client: httpx.AsyncClient) -> None:
    response = await client.get("files")
    assert response.status_code == 404
    assert "GET /v1/files" in response.json()["error"]["message"]


@pytest.mark.parametrize("speed", [1.0, 4.0])
async def test_it_keeps_the_recorded_pace(speed: float) -> None:
    time = Time()
    transport = DemoTransport(speed, clock=time.clock, sleep=time.sleep)
    session = load_session(SESSIONS[0])
    async with (
        httpx.AsyncClient(transport=transport) as client,
        client.stream("POST", "https://demo.invalid/v1/responses", json={}) as response,
    ):
        assert time.now - 100 == pytest.approx(session.head_at / speed)
        reads = [(time.now - 100, chunk) async for chunk in response.aiter_raw()]
    assert [chunk for _, chunk in reads] == [chunk for _, chunk in session.chunks]
    assert [t for t, _ in reads] == pytest.approx([t / speed for t, _ in session.chunks])


async def test_a_slow_reader_does_not_make_it_slower() -> None:
    time = Time()
    transport = DemoTransport(clock=time.clock, sleep=time.sleep)
    async with (
        httpx.AsyncClient(transport=transport) as client,
        client.stream("POST", "https://demo.invalid/v1/responses", json={}) as response,
    ):
        time.now += 1000
        time.naps.clear()
        async for _ in response.aiter_raw():
            pass
    assert time.naps == []
