"""Files of the Codex CLI: lines that are missing, calls without an end, too many tokens."""

from __future__ import annotations

from typing import Any

from tests.findings.streams import Json, check, frame


def line(type_: str, payload: Json, **more: Any) -> Json:
    return {"timestamp": "2026-11-30T08:00:00.000Z", "type": type_, "payload": payload, **more}


META = line("session_meta", {"id": "t", "cli_version": "0.154.0", "cwd": "/src"})
STARTED = line("event_msg", {"type": "task_started", "turn_id": "a", "model_context_window": 1000})


def found(*lines: Json, growing: bool = False) -> list[tuple[str, int | str]]:
    records = [frame(each, event="message") for each in (META, STARTED, *lines)]
    kept = check(records, growing=growing).findings.kept
    return [(each.rule, each.entries[0]) for each in kept]


def item(type_: str, **more: Any) -> Json:
    return line("response_item", {"type": type_, **more})


def tokens(total: int) -> Json:
    counts = {"input_tokens": total - 1, "output_tokens": 1, "total_tokens": total}
    info = {"total_token_usage": counts, "last_token_usage": counts}
    return line("event_msg", {"type": "token_count", "info": info})


CALL = item("function_call", name="shell", call_id="c", arguments="{}")
OUTPUT = item("function_call_output", call_id="c", output="done")


def test_ordinals_go_up_by_one() -> None:
    message = item("message", role="assistant", content=[])
    numbers = [0, 1, 1, 2, 4]
    lines = [message | {"ordinal": number} for number in numbers]
    assert found(*lines) == [("rollout.ordinal", 5), ("rollout.ordinal", 7)]


def test_a_call_has_an_output() -> None:
    assert found(CALL, OUTPUT) == []
    assert found(CALL) == [("rollout.abandoned", 3)]


def test_whoever_stops_a_turn_does_not_wait_for_its_calls() -> None:
    assert found(CALL, line("event_msg", {"type": "turn_aborted", "reason": "interrupted"})) == []


def test_a_file_that_grows_may_still_bring_an_output() -> None:
    assert found(CALL, growing=True) == []


def test_a_request_fits_the_window() -> None:
    assert found(tokens(1000)) == []
    assert found(tokens(1001)) == [("rollout.usage", 3)]


def test_an_item_of_exec_that_began_ends() -> None:
    begun: Json = {"type": "item.started", "item": {"id": "i", "type": "command_execution"}}
    ended = begun | {"type": "item.completed"}
    lines: list[Json] = [{"type": "thread.started", "thread_id": "t"}, begun]
    for more, rules in (([], ["rollout.abandoned"]), ([ended], [])):
        records = [frame(each, event="message") for each in (*lines, *more)]
        assert [each.rule for each in check(records).findings.kept] == rules


def test_an_error_line_of_exec_is_no_event_of_the_api() -> None:
    lines = [{"type": "thread.started", "thread_id": "t"}, {"type": "error", "message": "again"}]
    checker = check([frame(each, event="message") for each in lines])
    assert (checker.checked, checker.findings.kept) == (2, [])
