"""Messages of the Codex app server become conversations."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.items import ToolCall
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.base import Family
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.registry import family_of, label_of
from tests.formats import app_server
from tests.formats.reading import conversation, name_of, placed, read_back, records

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = app_server.dump()
SERVER_ONLY = (app_server.HEAD.splitlines(keepends=True)[-1] + app_server.turn()).encode()
ALL = {
    "both": WHOLE,
    "server": SERVER_ONLY,
    "with jsonrpc": WHOLE.replace(b'\n{"', b'\n{"jsonrpc": "2.0", "'),
}


@pytest.mark.parametrize("data", ALL.values(), ids=ALL)
def test_a_turn_has_its_prompt_its_items_and_its_end(data: bytes) -> None:
    assert name_of(data) == "codex app-server messages"
    (turn,) = conversation(data).turns
    assert (turn.how, turn.prompt, turn.transcript.output_text) == ("completed", "go", "Hello")
    assert turn.transcript.reasoning_summary == "**Looking**\n**Again**"
    (call,) = turn.transcript.tool_calls
    assert (call.name, str(call.arguments), str(call.output)) == ("shell", "ls", "a.py\n")
    assert call.outcome == "exit 0"
    assert turn.transcript.usage is not None
    assert turn.transcript.usage.total_tokens == 120
    assert turn.codex is not None
    assert (turn.codex.thread.id, turn.codex.context, turn.codex.window) == ("thr", 120, 500)
    assert all(
        part.text.streamed is None for item in turn.transcript.messages for part in item.parts
    )


@pytest.mark.parametrize("data", ALL.values(), ids=ALL)
def test_each_line_is_an_event_that_stays_as_it_was(data: bytes) -> None:
    found = [each.frame.data for each in records(data) if isinstance(each, FrameRecord)]
    assert "".join(f"{text}\n" for text in found).encode() == data


def test_the_log_gives_back_the_very_records(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(WHOLE)
    assert read_back(path) == read_back(path, 100) == records(WHOLE)


def test_several_turns_each_with_its_usage() -> None:
    user = app_server.USER.replace('"go"', '"more"')
    data = app_server.HEAD + app_server.ASKED + app_server.turn() + app_server.turn(240, user=user)
    turns = conversation(data.encode()).turns
    assert [turn.prompt for turn in turns] == ["go", "more"]
    totals = [turn.transcript.usage.total_tokens for turn in turns if turn.transcript.usage]
    assert totals == [120, 120]
    asked = (app_server.ASKED + app_server.turn()) * 2
    assert [turn.prompt for turn in conversation(asked.encode()).turns] == ["go", "go"]


@pytest.mark.parametrize(
    ("end", "how", "sentence"),
    [
        ({"status": "failed", "error": {"message": "It broke."}}, "failed", "It broke."),
        ({"status": "interrupted"}, "cancelled", "The server does not say why."),
    ],
)
def test_a_turn_ends_as_its_status_says(end: dict[str, object], how: str, sentence: str) -> None:
    (turn,) = conversation(app_server.turn(**end).encode()).turns  # type: ignore[arg-type]
    assert (turn.how, turn.sentence) == (how, sentence)


def test_a_turn_that_was_cut_off_is_interrupted_and_shows_what_came() -> None:
    data = app_server.turn()
    whole = app_server.item("completed", id="i3", type="agentMessage", text="Hello")
    cut = data.partition(whole)[0]
    (turn,) = conversation(cut.encode()).turns
    assert (turn.how, turn.transcript.output_text) == ("interrupted", "Hello")


def test_an_error_that_is_tried_again_is_none_of_the_turn() -> None:
    tried = app_server.line("error", error={"message": "Reconnecting"}, willRetry=True)
    wrong = app_server.line("error", error={"message": "It broke."}, willRetry=False)
    begin = app_server.line("turn/started", turn={"id": "t"})
    (turn,) = conversation((begin + tried).encode()).turns
    assert turn.transcript.error is None
    (turn,) = conversation((begin + wrong).encode()).turns
    assert turn.transcript.error is not None
    assert turn.transcript.error.message == "It broke."


def test_calls_that_were_left_are_marked() -> None:
    data = app_server.turn().splitlines(keepends=True)
    left = "".join(line for line in data if '"item/completed"' not in line or '"i2"' not in line)
    (turn,) = conversation(left.encode()).turns
    (call,) = (item for item in turn.transcript.items if isinstance(item, ToolCall))
    assert call.outcome == "never ended"


def test_messages_have_the_colours_of_what_they_are_about() -> None:
    events = [decode_event(each.frame) for each in records(WHOLE) if isinstance(each, FrameRecord)]
    assert not [event for event in events if isinstance(event, MalformedEvent)]
    families = {label: family_of(label) for event in events if (label := label_of(event))}
    assert families["item/agentMessage/delta"] is Family.OUTPUT
    assert families["item/reasoning/summaryTextDelta"] is Family.REASONING
    assert families["item/started/commandExecution"] is Family.TOOL
    assert families["item/completed/reasoning"] is Family.REASONING
    assert families["turn/completed"] is Family.LIFECYCLE


def test_older_notifications_are_events_under_their_method() -> None:
    told = {"method": "codex/event/agent_message_delta", "params": {"msg": {"delta": "Hi"}}}
    data = (json.dumps(told) + "\n").encode()
    (frame,) = (each.frame for each in records(data) if isinstance(each, FrameRecord))
    assert decode_event(frame).type == "codex/event/agent_message_delta"


@given(st.lists(st.integers(0, 4000), max_size=4))
def test_any_split_of_the_bytes_gives_the_same_records(cuts: list[int]) -> None:
    assert placed(WHOLE, *(min(cut, len(WHOLE)) for cut in cuts)) == placed(WHOLE)


@given(st.permutations(WHOLE.splitlines(keepends=True)))
def test_lines_in_any_order_are_all_kept(lines: list[bytes]) -> None:
    found = [each.frame.data for each in records(b"".join(lines)) if isinstance(each, FrameRecord)]
    assert sorted(found) == sorted(line.decode().strip() for line in lines)


def test_messages_with_arrows_before_them_are_read_as_without() -> None:
    lines = WHOLE.decode().splitlines(keepends=True)
    dump = "".join(("--> " if '"id"' in line else "<-- ") + line for line in lines).encode()
    assert name_of(dump) == name_of(WHOLE)
    (turn,) = conversation(dump).turns
    assert (turn.how, turn.prompt, turn.transcript.output_text) == ("completed", "go", "Hello")


def test_a_turn_that_fails_before_any_item_is_one_turn() -> None:
    started = app_server.line("turn/started", turn={"id": "t"})
    error = {"message": "It broke."}
    over = app_server.line("turn/completed", turn={"status": "failed", "error": error})
    dump = app_server.HEAD + app_server.ASKED + started + over
    (turn,) = conversation(dump.encode()).turns
    assert (turn.how, turn.prompt, turn.sentence) == ("failed", "go", "It broke.")


def test_what_another_thread_does_meanwhile_is_its_agents_and_ends_nothing() -> None:
    def other(text: str) -> str:
        return re.sub(r'"i(\d)"', r'"s\1"', text.replace('"thr"', '"sub"'))

    *begun, over = app_server.turn().splitlines(keepends=True)
    theirs = other(app_server.turn(999, user="")).splitlines(keepends=True)
    begins = other(app_server.line("thread/started", thread={"id": "thr"}))
    half = len(begun) - 1
    dump = [*begun[:half], begins, *theirs, *begun[half:], over]
    (turn,) = conversation((app_server.HEAD + app_server.ASKED + "".join(dump)).encode()).turns
    texts = [(item.agent, item.text) for item in turn.transcript.messages]
    assert texts == [(None, "Hello"), ("sub", "Hello")]
    assert (turn.how, turn.prompt) == ("completed", "go")
    assert turn.transcript.usage is not None
    assert turn.transcript.usage.total_tokens == 120
    assert turn.codex is not None
    assert turn.codex.thread.id == "thr"
