"""Sessions for pictures of tool calls: every kind of call, in every state."""

from __future__ import annotations

from typing import Any

from tests.tui.scripts import ENDINGS
from tests.tui.stage import Script

ARGUMENTS = '{"path": "src/worker.py", "lines": [1, 40], "encoding": null, "follow": true}'
_CALL: dict[str, Any] = {
    "id": "fc_1",
    "type": "function_call",
    "name": "read_file",
    "call_id": "c1",
}


def _asked() -> Script:
    return Script().ask("Look at the worker and fix it.").created()


def begun() -> Script:
    return _asked().item(0, **_CALL, arguments="")


def growing() -> Script:
    return begun().arguments(*_pieces(ARGUMENTS[:50]))


def done() -> Script:
    script = begun().arguments(*_pieces(ARGUMENTS))
    return script.item_done(0, **_CALL, status="completed", arguments=ARGUMENTS).completed()


def stopped() -> Script:
    return growing().end("interrupted", ENDINGS["interrupted"])


def with_broken_arguments() -> Script:
    broken = '{"path": "src/worker.py", "lines": [1, 40'
    script = begun().arguments(broken)
    return script.item_done(0, **_CALL, status="incomplete", arguments=broken).completed()


def without_arguments() -> Script:
    return begun().item_done(0, **_CALL, status="completed", arguments="{}").completed()


def parallel() -> Script:
    script = _asked()
    for index, name in enumerate(
        ("read_file", "run_tests", "search_the_whole_repository_for_a_word")
    ):
        item = {"id": f"fc_{index}", "type": "function_call", "name": name, "call_id": f"c{index}"}
        script.item(index, **item, arguments="")
    script.arguments('{"path": ', index=0).arguments('{"filter": "ret', index=1)
    script.arguments('"worker.py"}', index=0).arguments('ry", "verb', index=1)
    first = {**_CALL, "id": "fc_0", "call_id": "c0", "arguments": '{"path": "worker.py"}'}
    return script.item_done(0, **first, status="completed")


def many() -> Script:
    script = _asked()
    for index in range(12):
        item = {**_CALL, "id": f"fc_{index}", "call_id": f"c{index}"}
        script.item(index, **item, arguments="").arguments(
            f'{{"path": "part-{index}.py"}}', index=index
        )
        script.item_done(
            index, **item, status="completed", arguments=f'{{"path": "part-{index}.py"}}'
        )
    return script


def hostile() -> Script:
    name = "[/]\x1b[31mevil" + "_and_long" * 12
    item = {"id": "fc_1", "type": "function_call", "name": name, "call_id": "c1"}
    script = _asked().item(0, **item, arguments="")
    return script.arguments('{"[/bold]": "\\u001b[31m \u202e", "n": ' + "9" * 90 + "}")


def _whole(item: dict[str, Any], *progress: str, **finished: Any) -> Script:
    """Let a call begin, go on by its progress events, and be done."""
    script = _asked().item(0, **{**item, "status": "in_progress"})
    for word in progress:
        script.event(f"response.{item['type']}.{word}", 0.4, output_index=0)
    return script.item_done(0, **{**item, "status": "completed", **finished})


def custom() -> Script:
    item = {"id": "ctc_1", "type": "custom_tool_call", "name": "apply_sed", "call_id": "c1"}
    script = _asked().item(0, **item, input="")
    for piece in _pieces("s/put(job)/put(job, delay=2)/\ns/LIMIT/limit()/"):
        script.event("response.custom_tool_call_input.delta", output_index=0, delta=piece)
    return script


def web_search() -> Script:
    action = {"type": "search", "query": "retry queue limit", "queries": ["retry queue limit"]}
    item = {"id": "ws_1", "type": "web_search_call"}
    return _whole(item, "in_progress", "searching", "completed", action=action)


def web_search_running() -> Script:
    script = _asked().item(0, id="ws_1", type="web_search_call", status="in_progress")
    return script.event("response.web_search_call.searching", 0.4, output_index=0)


def file_search() -> Script:
    results = [
        {"filename": "worker.py", "score": 0.93, "text": "queue.put(job)  # again"},
        {"filename": "notes.md", "score": 0.41, "text": "The limit is a promise."},
    ]
    item = {"id": "fs_1", "type": "file_search_call", "queries": ["limit", "retry"]}
    return _whole(item, "in_progress", "searching", "completed", results=results)


def code_interpreter() -> Script:
    item = {"id": "ci_1", "type": "code_interpreter_call", "container_id": "cntr_1"}
    script = _asked().item(0, **item, status="in_progress", code="", outputs=None)
    code = "import statistics\n\ntries = [1, 2, 3, 5]\nprint(statistics.mean(tries))"
    for piece in _pieces(code):
        script.event("response.code_interpreter_call_code.delta", output_index=0, delta=piece)
    script.event("response.code_interpreter_call_code.done", output_index=0, code=code)
    script.event("response.code_interpreter_call.interpreting", output_index=0)
    outputs = [{"type": "logs", "logs": "2.75\n"}]
    return script.item_done(0, **item, status="completed", code=code, outputs=outputs)


def image_generation() -> Script:
    item = {"id": "ig_1", "type": "image_generation_call"}
    script = _asked().item(0, **item, status="in_progress")
    script.event("response.image_generation_call.generating", 0.5, output_index=0)
    image = {"partial_image_b64": "iVBORw0KGgo" * 9, "partial_image_index": 0, "output_index": 0}
    script.event("response.image_generation_call.partial_image", 2.0, **image)
    result = {"result": "iVBORw0KGgo" * 9000, "revised_prompt": "A queue that ends, in ink"}
    return script.item_done(
        0, **item, status="completed", **result, size="1024x1024", output_format="png"
    )


def image_generating() -> Script:
    script = _asked().item(0, id="ig_1", type="image_generation_call", status="in_progress")
    script.event("response.image_generation_call.generating", 0.5, output_index=0)
    image = {"partial_image_b64": "iVBORw0KGgo" * 9, "partial_image_index": 0, "output_index": 0}
    return script.event("response.image_generation_call.partial_image", 2.0, **image)


def mcp_call() -> Script:
    item = {"id": "mcp_1", "type": "mcp_call", "name": "find", "server_label": "tickets"}
    arguments = '{"query": "retry loop"}'
    script = _asked().item(0, **item, arguments="")
    script.event("response.mcp_call_arguments.delta", output_index=0, delta=arguments)
    output = '{"tickets": [{"id": 4711, "title": "The loop never ends"}]}'
    return script.item_done(0, **item, status="completed", arguments=arguments, output=output)


def mcp_call_failed() -> Script:
    item = {"id": "mcp_1", "type": "mcp_call", "name": "find", "server_label": "tickets"}
    error = {"type": "http_error", "code": 502, "message": "The server of tickets did not answer."}
    return _whole({**item, "arguments": '{"query": "retry"}'}, "in_progress", "failed", error=error)


def mcp_list() -> Script:
    tools = [
        {"name": "find", "description": "Find tickets by words.", "input_schema": {}},
        {"name": "close", "description": "Close a ticket.", "input_schema": {}},
    ]
    item = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "tickets"}
    return _whole({**item, "tools": []}, "in_progress", "completed", tools=tools)


def mcp_approval() -> Script:
    item = {"id": "mcpr_1", "type": "mcp_approval_request", "name": "close"}
    return _whole({**item, "server_label": "tickets", "arguments": '{"id": 4711}'})


def shell() -> Script:
    item = {"id": "sh_1", "type": "shell_call", "call_id": "c1"}
    script = _asked().item(0, **item, status="in_progress", action={"commands": []})
    for number, command in enumerate(("pytest -q tests/test_worker.py", "git diff --stat")):
        script.event(
            "response.shell_call_command.added", output_index=0, command_index=number, command=""
        )
        script.event(
            "response.shell_call_command.delta", output_index=0, command_index=number, delta=command
        )
    action = {
        "commands": ["pytest -q tests/test_worker.py", "git diff --stat"],
        "timeout_ms": 60000,
    }
    script.item_done(0, **item, status="completed", action=action)
    outcome = {"type": "exit", "exit_code": 1}
    printed = {"stdout": "F.\n1 failed, 1 passed in 0.31s\n", "stderr": "", "outcome": outcome}
    output = {"id": "sho_1", "type": "shell_call_output", "call_id": "c1", "output": [printed]}
    return script.item(1, **{**output, "output": []}).item_done(1, **output, status="completed")


def local_shell() -> Script:
    action = {"type": "exec", "command": ["rg", "-n", "queue.put", "src"], "env": {}}
    item = {"id": "lsh_1", "type": "local_shell_call", "call_id": "c1"}
    return _whole({**item, "action": action})


def apply_patch() -> Script:
    item = {"id": "apc_1", "type": "apply_patch_call", "call_id": "c1"}
    operation = {"type": "update_file", "path": "src/worker.py", "diff": ""}
    script = _asked().item(0, **item, status="in_progress", operation=operation)
    diff = "@@ -1,4 +1,5 @@\n def run(queue, job):\n-    queue.put(job)\n+    job.tries += 1\n"
    kind = "response.apply_patch_call_operation_diff.delta"
    for piece in _pieces(diff):
        script.event(kind, output_index=0, delta=piece)
    return script.item_done(0, **item, status="completed", operation={**operation, "diff": diff})


def computer() -> Script:
    item = {"id": "cu_1", "type": "computer_call", "call_id": "c1"}
    action = {"type": "click", "x": 120, "y": 48, "button": "left"}
    return _whole({**item, "action": action, "pending_safety_checks": []})


def tool_search() -> Script:
    item = {"id": "ts_1", "type": "tool_search_call", "call_id": "c1"}
    script = _whole({**item, "execution": "server", "arguments": '{"goal": "close a ticket"}'})
    found = [{"type": "function", "name": "close_ticket", "description": "Close a ticket."}]
    output = {"id": "tso_1", "type": "tool_search_output", "call_id": "c1", "tools": found}
    return script.item(1, **output).item_done(1, **output, status="completed")


def unknown_call() -> Script:
    item = {"id": "x_1", "type": "quantum_call", "name": "measure", "arguments": '{"qubit": 7}'}
    return _whole(item, output="up")


def long_output() -> Script:
    item = {"id": "mcp_1", "type": "mcp_call", "name": "log", "server_label": "ci"}
    output = "\n".join(f"2026-11-22T07:39:{n:02d}Z step {n} of 60 passed" for n in range(60))
    return _whole({**item, "arguments": "{}"}, output=output)


def _pieces(text: str, size: int = 6) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
