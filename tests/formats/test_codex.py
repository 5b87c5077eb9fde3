"""Rollouts and exec output of the Codex CLI become conversations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.items import MessageItem, OtherItem, ToolCall
from codex_tui.model.remarks import remarks_on
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent, UnknownEvent
from codex_tui.wire.peek import peek_label
from codex_tui.wire.registry import label_of
from codex_tui.wire.sse import ServerSentEvent
from tests.formats import rollouts
from tests.formats.reading import conversation, name_of, placed, read_back, records

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.model.transcript import Transcript

ROLLOUTS = {
    "first": rollouts.first_versions(),
    "later": rollouts.later_versions(),
    "latest": rollouts.latest_versions(),
    "bare": rollouts.bare(),
}
ALL = {**ROLLOUTS, "exec": rollouts.exec_output()}


def lines_of(data: bytes) -> list[str]:
    return [each.frame.data for each in records(data) if isinstance(each, FrameRecord)]


@pytest.mark.parametrize("version", ALL)
def test_each_line_is_an_event_that_stays_as_it_was(version: str) -> None:
    data = ALL[version]
    assert name_of(data) == ("codex exec output" if version == "exec" else "Codex rollout")
    assert "".join(f"{line}\n" for line in lines_of(data)).encode() == data


@pytest.mark.parametrize("version", ROLLOUTS)
def test_a_prompt_begins_a_turn_with_all_that_came_of_it(version: str) -> None:
    turn = conversation(ROLLOUTS[version]).turns[0]
    assert (turn.prompt, turn.transcript.output_text) == ("question 0", "answer 0")
    assert turn.transcript.reasoning_summary == "**Looking**"
    (call,) = turn.transcript.tool_calls
    assert (call.name, str(call.output)) == ("shell", "hello\n")
    assert turn.how == "completed"


@pytest.mark.parametrize("version", ["first", "later"])
def test_times_count_from_each_turn_by_the_wall_clock(version: str) -> None:
    turns = conversation(ROLLOUTS[version]).turns
    assert [turn.prompt for turn in turns] == ["question 0", "question 1"]
    assert [turn.transcript.model for turn in turns] == ["gpt-5.1-codex"] * 2
    request = turns[1].request
    assert request is not None
    assert (request.wall, request.method, request.url) == ("2026-11-22T12:00:11.000Z", "", "")
    assert turns[1].times.last_event == pytest.approx(4 if version == "later" else 3)
    assert all(turn.per_item for turn in turns)


def test_usage_is_counted_once_for_each_response_of_a_turn() -> None:
    turns = conversation(rollouts.later_versions()).turns
    assert [turn.transcript.usage.total_tokens for turn in turns if turn.transcript.usage] == [
        240,
        240,
    ]


def test_a_turn_whose_end_no_line_tells_is_over_where_an_answer_stands_last() -> None:
    *_, last = records(rollouts.first_versions())
    assert isinstance(last, EndRecord)
    assert (last.how, last.t) == ("completed", 3.0)
    cut = rollouts.first_versions().rpartition(b'{"timestamp": "2026-11-22T12:00:14')[0]
    *_, last = records(b"\n".join(cut.splitlines()[:-3]) + b"\n")
    assert isinstance(last, EndRecord)
    assert last.how == "interrupted"


def test_an_answer_that_no_count_follows_is_not_said_to_be_whole() -> None:
    whole = rollouts.first_versions()
    last = rollouts.tokens(14, 480, 120).encode()
    assert whole.endswith(last)
    turn = conversation(whole.removesuffix(last)).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("interrupted", "answer 1")
    assert turn.sentence.endswith("It has no count behind its last answer.")


def test_an_aborted_turn_and_a_failed_one_say_so() -> None:
    aborted = conversation(rollouts.later_versions(end="turn_aborted", reason="interrupted"))
    assert (aborted.turns[0].how, aborted.turns[0].sentence) == (
        "cancelled",
        "Aborted: interrupted.",
    )
    failed = conversation(rollouts.later_versions(error={"message": "It broke."}))
    assert (failed.turns[0].how, failed.turns[0].sentence) == ("failed", "It broke.")
    assert failed.turns[0].transcript.error is not None


def test_a_task_without_an_end_is_not_taken_for_a_whole_one() -> None:
    data = rollouts.later_versions()
    (first, second) = conversation(data[: data.rfind(b'{"timestamp"')]).turns
    assert (first.how, second.how) == ("completed", "interrupted")


def test_what_the_user_says_meanwhile_stands_in_the_turn() -> None:
    data = rollouts.line(0, "session_meta", rollouts.META)
    data += rollouts.event(1, "task_started") + rollouts.line(1, "turn_context", rollouts.SETTINGS)
    said = ("user", "go"), ("assistant", "hm"), ("user", "faster"), ("assistant", "ok")
    for role, text in said:
        data += rollouts.line(2, "response_item", rollouts.message(role, text))
    (turn,) = conversation(data.encode()).turns
    assert turn.prompt == "go"
    messages = [item for item in turn.transcript.items if isinstance(item, MessageItem)]
    assert [item.role for item in messages] == ["assistant", "user", "assistant"]
    assert turn.transcript.output_text == "hmok"


def test_a_compaction_is_an_item_of_its_turn() -> None:
    compacted = rollouts.line(5, "compacted", {"message": "So far.", "replacement_history": []})
    data = (
        rollouts.later_versions()
        .decode()
        .replace(
            rollouts.event(5, "task_complete", turn_id="t0"),
            compacted + rollouts.event(5, "task_complete", turn_id="t0"),
        )
    )
    assert conversation(data.encode()).turns[0].transcript.items[-1].type == "compacted"


def test_lines_without_a_time_have_none() -> None:
    items = conversation(rollouts.bare()).turns[0].transcript.items
    assert items
    assert not any(item.span for item in items)


def test_a_task_that_ends_without_an_answer_is_not_said_to_be_completed() -> None:
    data = rollouts.line(0, "session_meta", rollouts.META) + rollouts.event(1, "task_started")
    data += rollouts.event(1, "user_message", message="hi") + rollouts.tokens(2, 120, 120)
    compacted = rollouts.line(3, "compacted", {"message": "So far."})
    over = rollouts.event(4, "task_complete", last_agent_message=None)
    assert conversation((data + over).encode()).turns[0].how == "failed"
    assert conversation((data + compacted + over).encode()).turns[0].how == "completed"
    unsaid = rollouts.event(4, "task_complete")
    assert conversation((data + unsaid).encode()).turns[0].how == "interrupted"


def test_a_task_whose_last_message_is_null_has_failed_whatever_it_said_before() -> None:
    data = rollouts.line(0, "session_meta", rollouts.META) + rollouts.event(1, "task_started")
    data += rollouts.event(1, "user_message", message="hi") + rollouts.items(2, "half", 0)
    over = rollouts.event(5, "task_complete", last_agent_message=None)
    (turn,) = conversation((data + over).encode()).turns
    assert (turn.how, turn.transcript.output_text) == ("failed", "half")
    assert "does not say why" in turn.sentence
    said = rollouts.event(4, "error", message="The server broke.")
    (turn,) = conversation((data + said + over).encode()).turns
    assert (turn.how, turn.sentence) == ("failed", "The server broke.")


AFTER = (
    rollouts.event(59, "thread_settings_applied", thread_settings={"model": "m"}),
    rollouts.tokens(59, 480, 120),
    rollouts.event(59, "thread_name_updated", thread_name="two questions"),
    rollouts.event(59, "thread_goal_updated", goal={"objective": "all"}),
    rollouts.line(59, "session_meta", rollouts.META),
    rollouts.line(59, "turn_context", rollouts.SETTINGS),
    rollouts.line(59, "response_item", rollouts.CONTEXT),
    rollouts.line(59, "response_item", rollouts.OUTPUT),
    rollouts.line(59, "a_later_kind", {"n": 1}),
    "some words\n",
    '{"no": "line"}\n',
)


@pytest.mark.parametrize("after", AFTER, ids=range(len(AFTER)))
def test_what_follows_the_end_of_a_task_belongs_to_its_turn(after: str) -> None:
    begin = rollouts.event(11, "task_started", turn_id="t1")
    between = rollouts.later_versions().decode().replace(begin, after + begin)
    whole = conversation(between.encode())
    last = conversation(rollouts.later_versions() + after.encode())
    for turns in (whole.turns, last.turns):
        assert [(turn.prompt, turn.how, turn.transcript.output_text) for turn in turns] == [
            (f"question {number}", "completed", f"answer {number}") for number in (0, 1)
        ]
        assert [turn.times.end for turn in turns] == [5, 4]
        assert [turn.times.last_event for turn in turns] == [5, 4]


def test_a_prompt_after_the_end_begins_a_turn_where_no_task_is_told() -> None:
    aborted = rollouts.event(8, "turn_aborted", reason="interrupted")
    marker = rollouts.line(8, "response_item", rollouts.message("user", "<turn_aborted>"))
    begin = rollouts.line(11, "response_item", rollouts.message("user", "question 1"))
    data = rollouts.first_versions().decode().replace(begin, aborted + marker + begin)
    first, second = conversation(data.encode()).turns
    assert (first.how, second.how, second.prompt) == ("cancelled", "completed", "question 1")


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("0.80.0", "Codex 0.80.0 does not write how a turn ended."),
        ("0.154.0", "The file does not say how the turn ended."),
        (None, "This version of Codex does not write how a turn ended."),
    ],
)
def test_a_sentence_about_a_version_is_said_of_that_version(
    version: str | None, sentence: str
) -> None:
    meta = rollouts.line(0, "session_meta", {"id": "01a2", "cli_version": version})
    asked = rollouts.line(1, "response_item", rollouts.message("user", "hi"))
    said = rollouts.line(2, "response_item", rollouts.message("assistant", "ho"))
    (turn,) = conversation((meta + asked + said).encode()).turns
    assert (turn.how, turn.sentence) == ("completed", sentence)


@pytest.mark.parametrize("words", ["Reading additional input from stdin...", "[1] 4711", "{"])
@pytest.mark.parametrize("version", ["first", "later", "latest", "exec"])
def test_words_before_lines_change_nothing_of_them(version: str, words: str) -> None:
    data = ALL[version]
    plain, worded = conversation(data), conversation(f"{words}\r\n\n".encode() + data)
    assert name_of(f"{words}\n".encode() + data) == name_of(data)
    assert worded.turns[0].events.malformed == 1
    for one, other in zip(plain.turns, worded.turns, strict=True):
        assert (one.how, one.prompt, one.times.end) == (other.how, other.prompt, other.times.end)
        assert one.transcript.output_text == other.transcript.output_text
        assert one.request == other.request


@pytest.mark.parametrize("version", ["first", "later", "latest", "exec"])
def test_words_among_lines_are_malformed_and_change_nothing(version: str) -> None:
    data = ALL[version]
    lines = data.splitlines(keepends=True)
    plain, worded = conversation(data), conversation(b"WARN retry 1\n".join(lines))
    assert sum(turn.events.malformed for turn in worded.turns) == len(lines) - 1
    for one, other in zip(plain.turns, worded.turns, strict=True):
        assert (one.how, one.prompt, one.times.end) == (other.how, other.prompt, other.times.end)
        assert one.transcript.output_text == other.transcript.output_text


def test_lines_that_stand_behind_a_logger_in_json_are_told_by_themselves() -> None:
    for data in (rollouts.exec_output(), rollouts.later_versions()):
        logged = b'{"level": "info", "msg": "starting"}\n' + data
        assert name_of(logged) == name_of(data)


def test_exec_output_becomes_a_turn_without_times() -> None:
    (turn,) = conversation(rollouts.exec_output()).turns
    assert (turn.how, turn.transcript.output_text) == ("completed", "answer 0")
    assert (turn.times.last_event, turn.per_item, turn.transcript.error) == (None, False, None)
    assert turn.transcript.usage is not None
    assert turn.transcript.usage.total_tokens == 240
    calls = {item.type: item for item in turn.transcript.items if isinstance(item, ToolCall)}
    shell = calls["command_execution"]
    assert (shell.name, str(shell.output), shell.outcome) == ("shell", "hello\n", "exit 0")
    assert calls["mcp_tool_call"].display_name == "s.t"
    assert {item.type for item in turn.transcript.items} >= {"error", "a_new_kind"}


def exec_items(*items: dict[str, Any]) -> Transcript:
    lines: list[dict[str, Any]] = [{"type": "thread.started"}, {"type": "turn.started"}]
    lines += [{"type": "item.completed", "item": item} for item in items]
    (turn,) = conversation("\n".join(map(json.dumps, lines)).encode()).turns
    return turn.transcript


def test_what_agents_ask_of_each_other_and_how_they_are_is_shown() -> None:
    item: dict[str, Any] = {"id": "i", "type": "collab_tool_call", "tool": "wait"}
    item |= {"prompt": "look", "receiver_thread_ids": ["t2"]}
    states = {"t2": {"status": "completed", "message": "found it"}, "t3": {"status": "running"}}
    (call,) = exec_items({**item, "agents_states": states}).tool_calls
    assert json.loads(str(call.arguments)) == {"prompt": "look", "receiver_thread_ids": ["t2"]}
    assert str(call.output) == "t2: completed: found it\nt3: running"


def test_items_of_the_first_versions_of_exec_have_their_type_under_another_name() -> None:
    said = exec_items({"id": "i", "item_type": "assistant_message", "text": "So."})
    assert said.output_text == "So."


def test_an_item_of_exec_that_nobody_knows_shows_all_text_that_it_holds() -> None:
    (item,) = exec_items({"id": "i", "type": "panel", "rows": ["a"]}).items
    assert isinstance(item, OtherItem)
    assert item.note == "rows[0]: a"


def test_a_command_that_was_declined_says_so() -> None:
    item = {"id": "i", "type": "command_execution", "command": "rm", "status": "declined"}
    assert [call.outcome for call in exec_items(item).tool_calls] == ["declined"]


def test_a_last_message_that_only_the_end_of_its_task_tells_is_shown() -> None:
    lines = [
        rollouts.line(0, "session_meta", rollouts.META),
        rollouts.event(1, "task_started", turn_id="t"),
        rollouts.event(1, "user_message", message="Why?"),
        rollouts.line(2, "response_item", rollouts.message("assistant", "So."))[:-9],
        rollouts.event(3, "task_complete", last_agent_message="So."),
    ]
    (turn,) = conversation("\n".join(lines).encode()).turns
    assert turn.transcript.output_text == "So."
    assert remarks_on(turn) == ["told only by the end of the task: the last message, at event 5"]


def test_a_failed_run_says_why() -> None:
    data = b'{"type":"thread.started"}\n{"type":"turn.started"}\n'
    data += b'{"type":"turn.failed","error":{"message":"It broke."}}\n'
    (turn,) = conversation(data).turns
    assert (turn.how, turn.sentence) == ("failed", "It broke.")


def test_each_run_is_a_turn() -> None:
    turns = conversation(rollouts.exec_output() * 2).turns
    assert [turn.transcript.output_text for turn in turns] == ["answer 0"] * 2


@pytest.mark.parametrize("version", ["first", "later", "latest", "exec"])
def test_no_line_is_unknown(version: str) -> None:
    events = [decode_event(r.frame) for r in records(ALL[version]) if isinstance(r, FrameRecord)]
    assert not [event for event in events if isinstance(event, UnknownEvent | MalformedEvent)]


@pytest.mark.parametrize("version", ALL)
def test_the_log_gives_back_the_very_records(version: str, tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(ALL[version])
    assert read_back(path) == read_back(path, 100) == records(ALL[version])


def test_a_line_is_labelled_without_being_decoded_as_it_would_be() -> None:
    lines = [line for data in ALL.values() for line in lines_of(data)]
    lines += ['{"type":"event_msg"}', '{"type":"event_msg","payload":[]}', "{", "[]", ""]
    lines += ['{"type":{},"payload":{}}', '{"type":[],"payload":{"type":[]}}']
    for text in lines:
        if label := peek_label(text):
            assert label == label_of(decode_event(ServerSentEvent("message", text)))


@given(st.sampled_from(list(ALL.values())), st.lists(st.integers(0, 8000), max_size=4))
def test_any_split_of_the_bytes_gives_the_same_records(data: bytes, cuts: list[int]) -> None:
    assert placed(data, *(min(cut, len(data)) for cut in cuts)) == placed(data)


@given(st.sampled_from(list(ALL.values())), st.integers(0, 8000), st.binary(max_size=60))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    found = records(data[:at] + noise + data[at:])
    requests = [each.turn for each in found if isinstance(each, RequestRecord)]
    assert requests == sorted(requests)


@given(st.permutations(rollouts.later_versions().splitlines(keepends=True)))
def test_lines_in_any_order_are_all_kept(lines: list[bytes]) -> None:
    data = b"".join(lines)
    assert sorted(lines_of(data)) == sorted(line.decode().strip() for line in lines)


def test_exec_of_the_first_versions_calls_the_beginning_otherwise() -> None:
    lines: list[dict[str, Any]] = [
        {"type": "session.created", "session_id": "01"},
        {"type": "turn.started"},
        {
            "type": "item.completed",
            "item": {"id": "item_0", "item_type": "assistant_message", "text": "Hi"},
        },
        {"type": "turn.completed", "usage": {"input_tokens": 3, "output_tokens": 1}},
    ]
    (turn,) = conversation("".join(json.dumps(line) + "\n" for line in lines).encode()).turns
    assert (turn.how, turn.transcript.output_text) == ("completed", "Hi")
