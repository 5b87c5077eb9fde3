"""A file that grows is read on, and its row says what the whole of it says."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.recording.recording import iso
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
)
from codex_tui.streams.arrangement import ListRow
from codex_tui.streams.follower import Follower
from codex_tui.tui.streams.cells import plain_cells
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa
from tests.streams.growing import NOON, NOW, URL, Growing

DELTA = b'{"type": "response.output_text.delta", "delta": "x", "output_index": 0}'

if TYPE_CHECKING:
    from codex_tui.recording.records import How, Record
    from codex_tui.streams.stream import Stream


def row(follower: Follower, now: float = NOW) -> Stream:
    """The row after all that the file has now."""
    status = follower.path.stat()
    while follower.read(status):
        pass
    follower.look_for_writer()
    return follower.stream(status, now)


def test_it_says_what_a_stream_does_while_it_does_it(tmp_path: Path) -> None:
    file = Growing(tmp_path)
    follower = Follower(file.path)
    assert (row(follower).state, row(follower).how) == ("live", "connecting")
    file.ask("Why is it blue?\nReally?")
    assert (row(follower).how, row(follower).what) == ("headers", "Why is it blue?")
    assert (row(follower).model, row(follower).first) == ("asked", None)
    file.created(0.4)
    assert (row(follower).how, row(follower).model, row(follower).first) == ("waiting", "m-1", 0.4)
    file.event(0.5, "response.output_item.added", item={"type": "reasoning"}, output_index=0)
    assert row(follower).how == "reasoning"
    file.text(2.5)
    told = row(follower)
    assert (told.how, told.events, told.last, told.heard) == ("writing", 3, 2.5, NOW + 2.5)
    assert (told.provider, told.status, told.turns) == ("api.example.com", 200, 1)
    file.event(2.6, "response.function_call_arguments.delta", delta="{")
    assert row(follower).how == "calling"
    file.completed(3.0).end(3.1).close()
    told = row(follower)
    assert (told.state, told.how, told.tokens, told.last) == ("ended", "completed", (7, 5), 3.1)
    assert sum(told.pulse) == told.events == 5


def test_a_writer_that_goes_without_an_end_is_gone(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask().created().text(1.5)
    follower = Follower(file.path)
    assert row(follower).state == "live"
    file.close()
    told = row(follower)
    assert (told.state, told.certain, told.heard) == ("gone", True, NOW + 1.5)


def test_a_response_whose_end_nobody_wrote_ended_as_its_events_say(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask().created().completed(1.5)
    assert row(Follower(file.path)).state == "live"
    file.close()
    told = row(Follower(file.path))
    assert (told.state, told.how) == ("ended", "completed")


def test_the_same_request_after_a_failure_is_another_try(tmp_path: Path) -> None:
    file = Growing(tmp_path)
    for after in (0.0, 7.0, 14.0):
        file.ask("Why?", after, 429).end(0.2, "http_error", "Too many requests.")
    told = row(Follower(file.path))
    assert (told.how, told.status, told.tries, told.turns) == ("http_error", 429, 3, 1)
    assert told.started == NOW + 14
    file.ask("Why?", 21.0).created().completed(1.0).end(1.0)
    told = row(Follower(file.path))
    assert (told.how, told.tries, told.turns) == ("completed", 4, 1)
    file.ask("Why?", 30.0)  # what follows an answer is no retry
    assert (row(Follower(file.path)).tries, row(Follower(file.path)).turns) == (1, 2)


def test_a_request_whose_names_come_in_another_order_is_another_try(tmp_path: Path) -> None:
    file, body = Growing(tmp_path), {"model": "m", "client_metadata": {"turn": "a", "thread": "b"}}
    turned = {"client_metadata": {"thread": "b", "turn": "a"}, "model": "m"}
    for number, each in enumerate((body, turned, body), 1):
        asked = RequestRecord(number, iso(NOON), url=URL, body=each)
        file.recording.write([asked, EndRecord(number, 0.2, "http_error", None)])
    told = row(Follower(file.path))
    assert (told.tries, told.turns) == (3, 1)


@pytest.mark.parametrize(("prompt", "after"), [("Another", 7.0), ("Why?", 130.0)])
def test_another_request_or_a_late_one_is_a_turn_of_its_own(
    tmp_path: Path, prompt: str, after: float
) -> None:
    file = Growing(tmp_path).ask("Why?", 0.0, 503).end(0.2, "http_error")
    file.ask(prompt, after, 503)
    told = row(Follower(file.path))
    assert (told.tries, told.turns) == (1, 2)


def test_what_has_no_prompt_is_known_by_its_path(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask("").created()
    assert row(Follower(file.path)).what == "/v1/responses"
    file.ask("Why?")
    assert row(Follower(file.path)).what == "Why?"
    file.ask("")
    assert row(Follower(file.path)).what == "Why?"


def test_where_it_is_to_be_tried_again_that_is_said(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask(status=429).end(0.2, "http_error")
    assert row(Follower(file.path)).retry == "retry after 7 s"


def test_the_headers_say_who_asks(tmp_path: Path) -> None:
    said = '{"thread_id": "t-1", "agent_name": "/review"}'
    agent = "codex_cli_rs/0.171.0 (Linux)"
    file = Growing(tmp_path)
    file.ask(user_agent=agent)
    told = row(Follower(file.path))
    assert told.program == "codex"
    from codex_tui.streams.origin import origin_of

    origin = origin_of({"X-Codex-Turn-Metadata": said, "User-Agent": agent})
    assert origin == ("codex", "/review", "t-1")


def test_turns_of_a_socket_go_on_beside_each_other_after_a_warm_up(tmp_path: Path) -> None:
    file = Growing(tmp_path)
    body = {"model": "asked", "input": "Warm?", "generate": False}
    file.recording.write(
        [RequestRecord(1, iso(NOON), url=URL, body=body, t=0.1), EndRecord(1, 0.3, "completed")]
    )
    told = row(Follower(file.path))
    assert (told.warm_up, told.turns, told.how, told.state) == (True, 0, "completed", "ended")
    for turn, lane in ((2, "a"), (3, "b")):
        at = NOON + timedelta(seconds=4 + turn)
        asked = {"model": "asked", "input": f"Why {lane}?"}
        file.recording.write(
            [RequestRecord(turn, iso(at), url=URL, body=asked, t=4.0 + turn, lane=lane)]
        )
    file.recording.write([FrameRecord(7.5, 1, message_frame(DELTA), turn=2)])
    told = row(Follower(file.path))
    assert (told.state, told.how, told.turns, told.first) == ("live", "writing", 2, 0.5)
    assert (told.heard, told.what, told.tap, told.program) == (NOW + 7.5, "Why b?", "", "")
    file.recording.write([SentRecord(9.0, "{}", turn=2), EndRecord(3, 9.5, "completed")])
    told = row(Follower(file.path))
    assert (told.state, told.how) == ("live", "writing")  # one of the two goes on
    file.recording.write([EndRecord(2, 9.75, "failed", "No.")])
    told = row(Follower(file.path))
    assert (told.state, told.how, told.detail) == ("ended", "failed", "No.")


def test_what_a_program_sends_is_no_sign_of_life(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask().created(0.5)
    file.recording.write([SentRecord(30.0, "{}")])
    assert row(Follower(file.path)).heard == NOW + 0.5


def test_the_header_says_which_tap_and_which_program(tmp_path: Path) -> None:
    header = Header("01ID", iso(NOON), "a test", tap="01TAP", program="codex /root")
    path = tmp_path / "tapped.sse"
    path.write_bytes(header_block(header))
    told = row(Follower(path))
    assert (told.tap, told.program, told.agent) == ("01TAP", "codex", "/root")


def test_a_stream_of_another_api_was_answered(tmp_path: Path) -> None:
    blocks = BlockFormat()
    chunk = ServerSentEvent("", '{"object": "chat.completion.chunk", "choices": []}')
    records: list[Record] = [
        RequestRecord(1, iso(NOON), url="https://api.example.com/v1/chat/completions"),
        ResponseRecord(1, 0.1, 200, {}),
        FrameRecord(0.2, 1, chunk),
        EndRecord(1, 0.3, "completed", "They hold no response."),
    ]
    path = tmp_path / "tapped.sse"
    header = header_block(Header("01ID", iso(NOON), "a test", tap="01TAP"))
    path.write_bytes(header + b"".join(blocks.block(each) for each in records))
    told = row(Follower(path))
    assert (told.how, told.failed, told.what) == ("answered", False, "/v1/chat/completions")
    assert plain_cells(ListRow(told), NOW)[-1] == "/v1/chat/completions"


def tapped(path: Path, url: str, events: list[Any], how: How, body: Any = None) -> Stream:
    """The row of a stream that came through a tap."""
    blocks = BlockFormat()
    records: list[Record] = [
        RequestRecord(1, iso(NOON), url=url, body=body),
        ResponseRecord(1, 0.1, 200, {}),
    ]
    for number, sent in enumerate(events):
        data = sent if isinstance(sent, str) else json.dumps(sent)
        records.append(FrameRecord(0.2 + number / 10, number + 1, ServerSentEvent(data=data)))
    records.append(EndRecord(1, 5.0, how))
    header = header_block(Header("01ID", iso(NOON), "a test", tap="01TAP"))
    path.write_bytes(header + b"".join(blocks.block(each) for each in records))
    return row(Follower(path))


@pytest.mark.parametrize(
    ("url", "events"), [(oa.CHAT_URL, oa.chat()), (oa.MESSAGES_URL, oa.messages())]
)
def test_of_the_other_apis_the_row_says_what_it_says_of_responses(
    tmp_path: Path, url: str, events: list[Any]
) -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": "How is it?\nNow"}]}
    told = tapped(tmp_path / "tapped.sse", url, events, "completed", asked)
    assert (told.how, told.failed, told.what) == ("completed", False, "How is it?")
    counted = sum(each != oa.DONE for each in events)  # which is a mark, and no event
    assert (told.model, told.tokens, told.events) == ("m-1", (40, 20), counted)
    assert told.first == pytest.approx(0.2)


def test_a_stream_of_another_api_that_goes_on_says_what_it_does(tmp_path: Path) -> None:
    path = tmp_path / "dump.sse"
    for events, how in (
        (oa.chat()[:3], "reasoning"),
        (oa.chat()[:5], "writing"),
        (oa.chat()[:7], "calling"),
        (oa.messages()[:5], "reasoning"),
        (oa.messages()[:10], "writing"),
        (oa.messages()[:-3], "calling"),
    ):
        path.unlink(missing_ok=True)
        path.write_bytes(oa.sse(events))
        assert row(Follower(path)).how == how


@pytest.mark.parametrize(
    ("tap", "url", "how"),
    [
        ("01TAP", "", "refused"),
        ("01TAP", "http://down.example/v1", "connect_error"),
        (None, "", "connect_error"),
    ],
)
def test_what_a_tap_did_not_pass_on_was_refused(
    tmp_path: Path, tap: str | None, url: str, how: str
) -> None:
    header = header_block(Header("01ID", iso(NOON), "a test", tap=tap))
    blocks = BlockFormat()
    asked = blocks.block(RequestRecord(1, iso(NOON), url=url))
    path = tmp_path / "tapped.sse"
    path.write_bytes(header + asked + blocks.block(EndRecord(1, 0.0, "connect_error", "No.")))
    told = row(Follower(path))
    assert (told.how, told.failed, told.detail) == (how, True, "No.")


def test_a_dump_of_another_program_may_be_live_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "dump.sse"
    path.write_bytes(b'event: response.output_text.delta\ndata: {"delta": "x"}\n\n')
    os.utime(path, (NOW, NOW))
    follower = Follower(path)
    assert row(follower, NOW + 29).state == "maybe"
    told = row(follower, NOW + 31)
    assert (told.state, told.certain, told.heard) == ("gone", False, NOW)


def test_a_file_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask("First").created().close()
    follower = Follower(file.path)
    assert row(follower).what == "First"
    file.path.unlink()
    again = Growing(tmp_path, "again").ask("Second").close()
    again.path.rename(file.path)
    told = row(follower)
    assert (told.what, told.events) == ("Second", 0)


def test_what_is_no_stream_is_not_known_until_it_becomes_one(tmp_path: Path) -> None:
    path = tmp_path / "empty.sse"
    path.touch()
    follower = Follower(path)
    assert not follower.read(path.stat())
    assert not follower.known
    path.write_bytes(Growing(tmp_path).ask("Why?").close().path.read_bytes())
    assert (row(follower).what, follower.known) == ("Why?", True)


def test_no_file_stays_open(tmp_path: Path) -> None:
    file = Growing(tmp_path).ask().created()
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("there is no such folder here")
    before = len(list(folder.iterdir()))
    followers = [Follower(file.path) for _ in range(20)]
    assert {row(each).events for each in followers} == {1}
    assert len(list(folder.iterdir())) < before + 10


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 2_000), max_size=6))
def test_however_it_grows_it_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("cuts")
    file = Growing(folder).ask("Why?").created().text(1.0).text(1.5, "\r\n é")
    whole = file.completed(2.0).end(2.5).close().path.read_bytes()
    path = folder / "growing.sse"
    path.touch()
    follower = Follower(path)
    for size in sorted({min(cut, len(whole)) for cut in cuts} | {len(whole)}):
        with path.open("ab") as end:
            end.write(whole[path.stat().st_size : size])
        row(follower)
    told, expected = row(follower), row(Follower(file.path))
    assert (told.events, told.how, told.tokens, told.what, told.last, told.pulse) == (
        *(expected.events, expected.how, expected.tokens, expected.what),
        *(expected.last, expected.pulse),
    )


def test_a_rollout_of_the_codex_cli_is_a_row_too(tmp_path: Path) -> None:
    lines = [
        {
            "type": "session_meta",
            "payload": {"id": "th-1", "cwd": "/src", "cli_version": "0.171.0"},
        },
        {"type": "event_msg", "payload": {"type": "task_started", "turn_id": "t1"}},
        {"type": "turn_context", "payload": {"model": "gpt-5-codex"}},
        {"type": "event_msg", "payload": {"type": "user_message", "message": "Fix it."}},
        {"type": "response_item", "payload": {"type": "reasoning", "summary": []}},
        {
            "type": "event_msg",
            "payload": {
                "type": "token_count",
                "info": {"total_token_usage": {"input_tokens": 900, "output_tokens": 30}},
            },
        },
    ]
    path = tmp_path / "rollout-2026-11-30T12-00-00-th-1.jsonl"
    said = [{"timestamp": f"2026-11-30T12:00:0{at}.000Z", **line} for at, line in enumerate(lines)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in said))
    os.utime(path, (NOW + 5, NOW + 5))
    told = row(Follower(path), NOW + 6)
    assert (told.program, told.model, told.what) == ("codex", "gpt-5-codex", "Fix it.")
    assert (told.state, told.how, told.thread) == ("maybe", "reasoning", "th-1")
    assert (told.tokens, told.heard) == ((900, 30), NOW + 5)
