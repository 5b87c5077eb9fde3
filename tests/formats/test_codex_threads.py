"""What files of the Codex CLI say of their thread: whose its turns are, what became of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.figures.report import codex_object, figures_of
from codex_tui.library.digest import digest
from codex_tui.model.codex_marks import fates_of, inherited_turns, marks_on, rolled_back_turns
from codex_tui.model.codex_thread import kept_by
from codex_tui.model.items import OtherItem, ToolCall
from tests.formats import rollouts
from tests.formats.reading import conversation

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.model.conversation import Turn


def rollout(*tasks: tuple[str, str]) -> list[str]:
    """The lines of a rollout: of each task its prompt and its answer."""
    lines = [rollouts.line(0, "session_meta", rollouts.META)]
    for number, (asked, said) in enumerate(tasks):
        lines += [
            rollouts.event(10, "task_started", turn_id=f"t{number}"),
            rollouts.line(10, "turn_context", rollouts.SETTINGS),
            rollouts.event(10, "user_message", message=asked) if asked else "",
            rollouts.line(11, "response_item", rollouts.message("assistant", said)) if said else "",
            rollouts.event(12, "task_complete", last_agent_message=said),
        ]
    return lines


def turns_of(data: str | bytes) -> list[Turn]:
    return conversation(data.encode() if isinstance(data, str) else data).turns


def used(turn: Turn) -> tuple[int, int] | None:
    usage = turn.transcript.usage
    return None if usage is None else (int(usage.input_tokens), int(usage.output_tokens))


# -- parents and children ------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [1, 2, 3])
@pytest.mark.parametrize("source", [rollouts.CHILD["source"], "cli"], ids=["spawned", "forked"])
def test_turns_that_were_copied_are_the_parents(copied: int, source: Any) -> None:
    turns = turns_of(rollouts.spawned(copied, own=2, source=source))
    assert inherited_turns(turns) == set(range(1, copied + 1))
    assert list(fates_of(turns[0], turns)) == ["inherited: a turn of 01a2, copied"]
    own = turns[copied]
    what = "a thread forked from" if source == "cli" else "the thread of a sub-agent of"
    (mark,) = marks_on(own, turns)
    assert mark.startswith(f"{what} 01a2, {copied} turn")
    assert list(marks_on(turns[-1], turns)) == []


def test_a_thread_without_a_copy_has_all_its_turns_itself() -> None:
    turns = turns_of(rollouts.spawned(0, own=2))
    assert inherited_turns(turns) == set()
    assert list(marks_on(turns[0], turns)) == ["the thread of a sub-agent of 01a2"]


def test_the_times_in_ids_tell_which_turns_were_copied() -> None:
    stamps = ("019f0000", "019effff", "019f0001")
    child, early, late = (f"{stamp}-0000-7000-8000-000000000001" for stamp in stamps)
    data = rollouts.spawned(2, echo=False, own=1).decode().replace('"01a3"', f'"{child}"')
    for number, id_ in enumerate((early, early, late)):
        data = data.replace(f'"t{number}"', f'"{id_}"')
    assert inherited_turns(turns_of(data)) == {1, 2}
    alone = data.replace(late, early)
    assert inherited_turns(turns_of(alone)) == {1, 2, 3}  # it has done nothing itself yet


def test_a_task_that_was_cut_by_the_fork_is_the_last_one_copied() -> None:
    data = rollouts.spawned(2, echo=False, own=2).decode()
    over = rollouts.event(14, "task_complete", last_agent_message="answer 1")
    assert inherited_turns(turns_of(data.replace(over, ""))) == {1, 2}


@pytest.mark.parametrize("source", [rollouts.CHILD["source"], "cli"], ids=["spawned", "forked"])
def test_the_last_turn_is_the_threads_own_where_nothing_tells(source: Any) -> None:
    assert inherited_turns(turns_of(rollouts.spawned(1, echo=False, source=source))) == {1}


@pytest.mark.parametrize("copied", [1, 2])
def test_a_fork_that_has_done_nothing_yet_has_no_turn_of_its_own(copied: int) -> None:
    turns = turns_of(rollouts.spawned(copied, own=0, source="cli"))
    assert inherited_turns(turns) == set(range(1, copied + 1))
    assert list(fates_of(turns[-1], turns)) == ["inherited: a turn of 01a2, copied"]


def test_the_list_counts_what_a_thread_has_done_itself(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(rollouts.spawned(2))
    told = digest(path)
    assert (told.title, told.turns, told.input_tokens) == ("only this", 1, 200)
    assert [text.prompt for text in told.texts] == ["question 0", "question 1", "only this"]


def test_two_rollouts_in_a_row_are_two_threads() -> None:
    other = rollouts.later_versions().replace(b'"01a2"', b'"09ff"')
    turns = turns_of(rollouts.later_versions() + other)
    assert [turn.prompt for turn in turns] == ["question 0", "question 1"] * 2
    told = [turn.codex.thread.id for turn in turns if turn.codex is not None]
    assert told == ["01a2", "01a2", "09ff", "09ff"]
    assert [used(turn) for turn in turns] == [(200, 40)] * 4


# -- roll-backs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "gone"), [(1, {3}), (2, {2, 3}), (9, {1, 2, 3})])
def test_turns_that_were_rolled_back_are_marked(count: int, gone: set[int]) -> None:
    lines = rollout(("one", "1"), ("two", "2"), ("three", "3"))
    back = rollouts.event(13, "thread_rolled_back", num_turns=count)
    turns = turns_of("".join(lines) + back)
    assert rolled_back_turns(turns) == gone
    assert [list(fates_of(turn, turns)) != [] for turn in turns] == [n in gone for n in (1, 2, 3)]


def test_what_was_rolled_back_is_not_counted_again() -> None:
    lines = rollout(("one", "1"), ("two", "2"), ("three", "3"))
    back = rollouts.event(13, "thread_rolled_back", num_turns=1)
    begin = next(at for at, line in enumerate(lines) if '"t2"' in line)
    turns = turns_of("".join([*lines[:begin], back, *lines[begin:], back, back]))
    assert rolled_back_turns(turns) == {1, 2, 3}


def test_a_task_that_nobody_asked_for_goes_with_the_turn_before() -> None:
    lines = rollout(("one", "1"), ("two", "2"), ("", "compacted"))
    turns = turns_of("".join(lines) + rollouts.event(13, "thread_rolled_back", num_turns=1))
    assert rolled_back_turns(turns) == {2, 3}


# -- counts --------------------------------------------------------------------------------------


def test_the_window_stands_beside_the_count_of_the_latest_request() -> None:
    info = {
        "total_token_usage": {"total_tokens": 900},
        "last_token_usage": {"input_tokens": 880, "output_tokens": 20, "total_tokens": 900},
        "model_context_window": 500,
    }
    lines = rollout(("one", "1"))
    lines.insert(-1, rollouts.event(11, "token_count", info=info))
    (turn,) = turns_of("".join(lines))
    assert "900 of a window of 500" in figures_of(turn)
    told = codex_object(turn, [turn])
    assert told is not None
    assert (told["context_tokens"], told["context_window"]) == (900, 500)


def run(thread: str | None, usage: dict[str, int] | None, said: str = "hi") -> str:
    lines: list[dict[str, Any]] = [
        {"type": "thread.started", "thread_id": thread},
        {"type": "turn.started"},
        {"type": "item.completed", "item": {"id": "item_0", "type": "agent_message", "text": said}},
        {"type": "turn.completed", "usage": usage}
        if usage is not None
        else {"type": "turn.failed", "error": {"message": "It broke."}},
    ]
    return "".join(json.dumps(each) + "\n" for each in lines)


def counts(given: int, made: int, cached: int = 0) -> dict[str, int]:
    return {"input_tokens": given, "cached_input_tokens": cached, "output_tokens": made}


def test_a_thread_that_goes_on_tells_a_total_and_the_turns_own_is_the_difference() -> None:
    first, second = turns_of(run("a", counts(1000, 50)) + run("a", counts(2100, 80, 900)))
    assert (used(first), used(second)) == ((1000, 50), (1100, 30))
    assert second.codex is not None
    assert list(marks_on(second, [first, second])) == ["the thread so far: 2,100 → 80 tokens"]
    assert list(marks_on(first, [first, second])) == [
        "The usage is the thread's so far, turns before this file included."
    ]


def test_counts_that_fall_are_not_subtracted() -> None:
    _, second = turns_of(run("a", counts(1000, 50)) + run("a", counts(1100, 30)))
    assert used(second) == (1100, 30)
    assert second.codex is not None
    assert "smaller" in second.codex.doubt


EARLY = "019a0000-0000-7000-8000-000000000001"  # of October 2025, when Codex was at 0.47


@pytest.mark.parametrize(("thread", "told"), [(EARLY, (2100, 80)), ("th1", (1100, 30))])
def test_counts_that_rise_are_not_subtracted_where_early_versions_counted_afresh(
    thread: str, told: tuple[int, int]
) -> None:
    turns = turns_of(run(thread, counts(1000, 50)) + run(thread, counts(2100, 80)))
    assert [used(turn) for turn in turns] == [(1000, 50), told]
    doubts = [mark for mark in marks_on(turns[1], turns) if "Versions of Codex" in mark]
    assert bool(doubts) == (thread == EARLY)


def test_counts_that_stay_say_nothing_of_a_turn() -> None:
    _, second = turns_of(run("a", counts(1000, 50)) + run("a", counts(1000, 50)))
    assert second.codex is not None
    assert "can't be told" in second.codex.doubt


def test_threads_side_by_side_are_counted_each_for_itself() -> None:
    data = "".join(
        run(thread, counts(*usage))
        for thread, usage in (("a", (10, 1)), ("b", (100, 10)), ("a", (30, 2)), ("b", (150, 12)))
    )
    assert [used(turn) for turn in turns_of(data)] == [(10, 1), (100, 10), (20, 1), (50, 2)]


def test_a_failed_turn_that_told_nothing_is_in_the_next_difference() -> None:
    data = run("a", counts(10, 1)) + run("a", None) + run("a", counts(50, 3))
    turns = turns_of(data)
    assert [used(turn) for turn in turns] == [(10, 1), None, (40, 2)]
    assert turns[-1].codex is not None
    assert "told none" in turns[-1].codex.doubt


# -- what was left -------------------------------------------------------------------------------


def outcomes(turn: Turn) -> list[str | None]:
    return [item.outcome for item in turn.transcript.items if isinstance(item, ToolCall)]


def test_commands_and_calls_that_were_left_are_marked() -> None:
    command = {"id": "item_0", "type": "command_execution", "command": "sleep 9"}
    asked = {"id": "item_1", "type": "mcp_tool_call", "server": "docs", "tool": "ask"}
    plan = {"id": "item_2", "type": "todo_list", "items": [{"text": "Do", "completed": False}]}
    data = '{"type":"thread.started","thread_id":"a"}\n{"type":"turn.started"}\n' + "".join(
        [
            rollouts.exec_item("started", **command, exit_code=None, status="in_progress"),
            rollouts.exec_item("started", **asked, status="in_progress"),
            rollouts.exec_item("started", **plan),
            rollouts.exec_item("completed", **command, exit_code=None, status="completed"),
        ]
    )
    over = '{"type":"turn.completed","usage":null}\n'
    assert outcomes(turns_of(data)[0]) == ["no exit code", None, None]  # it may still go on
    assert outcomes(turns_of(data + over)[0]) == ["no exit code", "never ended", None]
    late = rollouts.exec_item("completed", **asked, status="completed")
    assert outcomes(turns_of(data + over + late)[0]) == ["no exit code", None, None]


def test_a_call_of_a_rollout_without_an_output_is_marked_until_it_comes() -> None:
    lines = rollout(("one", "1"))
    lines.insert(-1, rollouts.line(11, "response_item", rollouts.CALL))
    assert outcomes(turns_of("".join(lines))[0]) == ["no output"]
    output = rollouts.line(13, "response_item", rollouts.OUTPUT)
    assert outcomes(turns_of("".join([*lines, output]))[0]) == [None]
    empty = rollouts.line(11, "response_item", rollouts.OUTPUT | {"output": ""})
    assert outcomes(turns_of("".join([*lines[:-1], empty, lines[-1]]))[0]) == [None]


# -- compactions, agents -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (
            {"message": "", "replacement_history": [{"type": "message"}, {"type": "compaction"}]},
            "kept 2 items: message 1, compaction 1",
        ),
        ({"replacement_history": [{"type": "message"}] * 3}, "kept 3 items: message 3"),
        ({"replacement_history": [None, {}]}, "kept 2 items: other 2"),
        ({"message": "So far."}, "kept a summary: So far."),
        ({"message": None, "replacement_history": []}, ""),
        ([], ""),
    ],
)
def test_a_compaction_says_what_it_kept(payload: Any, words: str) -> None:
    assert kept_by(payload) == words


LETTER = {"author": "/root/helper", "recipient": "/root"}
TEXT = [{"type": "input_text", "text": "Port 80 is closed"}]


@pytest.mark.parametrize(
    "line",
    [
        rollouts.line(11, "response_item", {"type": "agent_message", **LETTER, "content": TEXT}),
        rollouts.line(11, "inter_agent_communication", {**LETTER, "content": "Port 80 is closed"}),
        rollouts.line(
            11,
            "inter_agent_communication",
            {"from": "/root/helper", "to": "/root", "message": "Port 80 is closed"},
        ),
    ],
    ids=["item", "line", "older line"],
)
def test_what_agents_say_to_each_other_is_told(line: str) -> None:
    lines = rollout(("one", "1"))
    lines.insert(-1, line)
    (turn,) = turns_of("".join(lines))
    (item,) = (each for each in turn.transcript.items if isinstance(each, OtherItem))
    assert item.note == "/root/helper → /root: Port 80 is closed"
