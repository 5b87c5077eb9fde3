"""Every kind of tool call: what it asks, how far it is, what comes back."""

from __future__ import annotations

import json

import pytest

from codex_tui.model.items import ToolOutput
from tests.model.streams import Json, added, delta, done, ended, fold, function_call


def progress(name: str, index: int = 0) -> Json:
    return {"type": f"response.{name}", "output_index": index, "item_id": "x"}


GROWING = [
    ("function_call", "function_call_arguments", "arguments"),
    ("custom_tool_call", "custom_tool_call_input", "input"),
    ("mcp_call", "mcp_call_arguments", "arguments"),
    ("code_interpreter_call", "code_interpreter_call_code", "code"),
]


@pytest.mark.parametrize(("type_", "event", "field"), GROWING)
def test_arguments_grow_and_are_closed(type_: str, event: str, field: str) -> None:
    item = {"type": type_, "id": "x", "name": "n", field: "", "status": "in_progress"}
    transcript = fold(
        added(item, 0),
        delta(event, "one ", 0, item_id="x"),
        delta(event, "two", 0, item_id="x"),
        {"type": f"response.{event}.done", "output_index": 0, field: "one two"},
        done({**item, field: "one two", "status": "completed"}, 0),
    )
    [call] = transcript.tool_calls
    assert (str(call.arguments), call.arguments.streamed) == ("one two", None)
    assert (call.status, call.done, transcript.phase) == ("completed", True, "calling")


@pytest.mark.parametrize(("type_", "event", "field"), GROWING)
def test_finished_item_alone_is_enough(type_: str, event: str, field: str) -> None:
    [call] = fold(done({"type": type_, "id": "x", field: "whole"}, 0)).tool_calls
    assert str(call.arguments) == "whole"


def test_name_that_comes_only_with_the_arguments_is_taken() -> None:
    name = "response.function_call_arguments.done"
    transcript = fold({"type": name, "arguments": "{}", "name": "look", "output_index": 0})
    assert transcript.tool_calls[0].name == "look"


def test_arguments_that_come_whole_with_the_added_item_are_not_doubled() -> None:
    call = function_call('{"a":1}')
    [folded] = fold(added(call, 0), done(call, 0)).tool_calls
    assert str(folded.arguments) == '{"a":1}'


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("web_search_call", ["in_progress", "searching", "completed"]),
        ("file_search_call", ["in_progress", "searching", "completed"]),
        ("code_interpreter_call", ["in_progress", "interpreting", "completed"]),
        ("image_generation_call", ["in_progress", "generating", "completed"]),
        ("mcp_call", ["in_progress", "failed"]),
        ("mcp_list_tools", ["in_progress", "completed"]),
    ],
)
def test_status_is_the_word_that_was_sent(type_: str, words: list[str]) -> None:
    for count, word in enumerate(words, 1):
        events = [progress(f"{type_}.{word}") for word in words[:count]]
        [call] = fold(*events).tool_calls
        assert (call.type, call.status) == (type_, word)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"type": "function_call", "name": "look"}, "look"),
        ({"type": "custom_tool_call", "name": "apply_patch"}, "apply_patch"),
        ({"type": "mcp_call", "name": "ask", "server_label": "wiki"}, "wiki.ask"),
        ({"type": "mcp_list_tools", "server_label": "wiki"}, "wiki.mcp_list_tools"),
        ({"type": "mcp_approval_request", "name": "do", "server_label": "zip"}, "zip.do"),
        ({"type": "web_search_call"}, "web_search"),
        ({"type": "file_search_call"}, "file_search"),
        ({"type": "code_interpreter_call"}, "code_interpreter"),
        ({"type": "image_generation_call"}, "image_generation"),
        ({"type": "shell_call"}, "shell"),
        ({"type": "local_shell_call"}, "local_shell"),
        ({"type": "apply_patch_call"}, "apply_patch"),
        ({"type": "computer_call"}, "computer"),
        ({"type": "tool_search_call"}, "tool_search"),
        ({"type": "x_thing_call", "name": "thing"}, "thing"),
    ],
)
def test_names(item: Json, name: str) -> None:
    [call] = fold(done(item, 0)).tool_calls
    assert call.display_name == name


@pytest.mark.parametrize(
    ("item", "output"),
    [
        (
            {"type": "code_interpreter_call", "outputs": [{"type": "logs", "logs": "570"}]},
            "570",
        ),
        ({"type": "mcp_call", "output": "three repositories"}, "three repositories"),
        (
            {"type": "mcp_list_tools", "tools": [{"name": "ask", "description": "Ask it"}]},
            "ask: Ask it",
        ),
        (
            {
                "type": "file_search_call",
                "results": [{"filename": "a.pdf", "score": 0.5, "text": "words"}],
            },
            "a.pdf (0.5)\nwords",
        ),
        (
            {
                "type": "image_generation_call",
                "result": "A" * 4000,
                "size": "1024x1024",
                "output_format": "png",
            },
            "png  1024x1024  3.0 kB",
        ),
    ],
)
def test_output_of_the_servers_own_tools(item: Json, output: str) -> None:
    [call] = fold(done(item, 0)).tool_calls
    assert str(call.output) == output


def test_what_a_web_search_did_is_kept_as_the_object_that_was_sent() -> None:
    action = {"type": "search", "query": "textual", "sources": [{"type": "url", "url": "x"}]}
    [call] = fold(done({"type": "web_search_call", "action": action}, 0)).tool_calls
    assert call.action == action
    assert str(call.arguments) == ""


def test_mcp_error_is_kept() -> None:
    [call] = fold(done({"type": "mcp_call", "error": {"message": "no such tool"}}, 0)).tool_calls
    assert call.error == "no such tool"


def test_partial_images_are_counted_and_not_kept() -> None:
    image = {
        "type": "response.image_generation_call.partial_image",
        "partial_image_b64": "AAAA",
        "partial_image_index": 0,
        "output_index": 0,
    }
    [call] = fold(image, image).tool_calls
    assert (call.partial_images, str(call.output)) == (2, "")


def test_a_patch_grows_and_its_operation_is_kept_without_a_second_copy() -> None:
    operation = {"type": "create_file", "path": "a.py", "diff": "+1\n"}
    item = {"type": "apply_patch_call", "id": "x", "call_id": "c", "operation": operation}
    transcript = fold(
        added({**item, "operation": {**operation, "diff": ""}}, 0),
        delta("apply_patch_call_operation_diff", "+1", 0),
        delta("apply_patch_call_operation_diff", "\n", 0),
        {
            "type": "response.apply_patch_call_operation_diff.done",
            "diff": "+1\n",
            "output_index": 0,
        },
        done(item, 0),
    )
    [call] = transcript.tool_calls
    assert str(call.arguments) == "+1\n"
    assert call.action == {"type": "create_file", "path": "a.py"}


def shell(verb: str, command: int, text: str, field: str = "command") -> Json:
    return {
        "type": f"response.shell_call_command.{verb}",
        field: text,
        "command_index": command,
        "output_index": 0,
    }


def test_shell_commands_stand_on_lines_of_their_own() -> None:
    transcript = fold(
        shell("added", 0, ""),
        shell("delta", 0, "l", "delta"),
        shell("delta", 0, "s", "delta"),
        shell("done", 0, "ls"),
        shell("done", 1, "pwd"),
        done({"type": "shell_call", "action": {"commands": ["ls", "pwd"]}}, 0),
    )
    [call] = transcript.tool_calls
    assert (str(call.arguments), call.arguments.streamed) == ("ls\npwd", None)


def test_shell_output_belongs_to_its_call() -> None:
    call = {"type": "shell_call", "id": "s", "call_id": "c", "action": {"commands": ["ls"]}}
    printed = {"stdout": "a.py\n", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
    item = {"type": "shell_call_output", "id": "o", "call_id": "c", "output": []}
    name = "response.shell_call_output_content"
    transcript = fold(
        done(call, 0),
        added(item, 1),
        {"type": f"{name}.delta", "delta": {"stdout": "a.py\n"}, "output_index": 1},
        {"type": f"{name}.done", "output": [printed], "output_index": 1},
        done({**item, "output": [printed]}, 1),
    )
    [shown] = transcript.tool_calls
    assert (str(shown.output), shown.outcome) == ("a.py\n", "exit 0")
    assert shown.output.streamed is None


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("sunny", "sunny"),
        ([{"type": "input_text", "text": "sunny"}], "sunny"),
        ({"type": "computer_screenshot", "image_url": "data:image/png;base64," + "A" * 400}, None),
    ],
)
def test_outputs_find_their_call_by_its_id(output: object, text: str | None) -> None:
    transcript = fold(
        done(function_call("{}", call_id="1", id="a"), 0),
        done(function_call("{}", call_id="2", id="b"), 1),
        done({"type": "function_call_output", "call_id": "1", "output": output}, 2),
    )
    first, second = transcript.tool_calls
    assert str(second.output) == ""
    assert str(first.output) == text if text else len(first.output) < 100


def test_output_without_a_call_id_belongs_to_the_latest_call_of_its_kind() -> None:
    tools = [{"type": "function", "name": "get_weather"}]
    transcript = fold(
        added({"type": "tool_search_call", "arguments": {}, "call_id": None}, 0),
        done({"type": "tool_search_call", "arguments": {"paths": ["w"]}, "call_id": None}, 0),
        done({"type": "tool_search_output", "call_id": None, "tools": tools}, 1),
    )
    [call] = transcript.tool_calls
    assert (json.loads(str(call.arguments)), str(call.output)) == ({"paths": ["w"]}, "get_weather")


def test_output_of_an_unknown_call_is_kept_by_itself() -> None:
    item = {"type": "function_call_output", "call_id": "lost", "output": "sunny"}
    [output] = fold(done(item, 0)).items
    assert isinstance(output, ToolOutput)
    assert (str(output.output), output.call) == ("sunny", None)


def test_outputs_in_the_terminal_event_alone_find_their_calls() -> None:
    output = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    transcript = fold(done(function_call("{}"), 0), ended(output=(function_call("{}"), output)))
    assert str(transcript.tool_calls[0].output) == "sunny"


def test_deep_and_long_outputs_do_not_break_the_fold() -> None:
    deep: list[object] = []
    for _ in range(60):
        deep = [deep]
    item = {"type": "function_call_output", "call_id": "c", "output": {"deep": deep}}
    assert fold(done(item, 0)).items
