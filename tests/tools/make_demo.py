"""Makes the demo's recordings out of the scripts in demo/*.toml: `python -m tests.tools.make_demo`.

The scripts hold what is worth reading and editing; everything that a server adds (ids, sequence
numbers, obfuscation, the pace of tokens) is made here, from a seed, so that the files stay equal.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.tools.demo_stream import Stream
from tests.tools.demo_tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = dict[str, Any]

SCRIPTS = Path(__file__).parent / "demo"
DATA = Path(__file__).parents[2] / "codex_tui" / "data"


def recordings() -> dict[str, bytes]:
    """Every recording by its file's name, made anew."""
    return {f"{path.stem}.sse": recording(path) for path in sorted(SCRIPTS.glob("*.toml"))}


def recording(path: Path) -> bytes:
    """Play one script."""
    script = tomllib.loads(path.read_text("utf-8"))
    stream = Stream(path.stem, request_body(script))
    for step in script["step"]:
        kind = next(name for name in _STEPS if name in step)
        _STEPS[kind](stream, step)
    stream.finish(script)
    return stream.tape.text().encode()


def request_body(script: dict[str, Any]) -> dict[str, Any]:
    content = [{"type": "input_text", "text": script["prompt"].strip()}]
    return {
        "model": "gpt-5-codex",
        "input": [{"type": "message", "role": "user", "content": content}],
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": script["effort"], "summary": "auto"},
        **({"tools": [TOOLS[name] for name in script["tools"]]} if script["tools"] else {}),
    }


# -- steps


def pause(stream: Stream, step: Step) -> None:
    stream.tape.wait(step["pause"])


def reasoning(stream: Stream, step: Step) -> None:
    index, item = stream.open("rs", "reasoning", encrypted_content=stream.secret(), summary=[])
    item_id = item["id"]
    texts = [text.strip() for text in step["reasoning"]]
    gaps = [*step.get("gaps", []), *[0.6] * len(texts)]
    for number, text in enumerate(texts):
        where = {"item_id": item_id, "output_index": index, "summary_index": number}
        part = {"type": "summary_text", "text": ""}
        stream.send("response.reasoning_summary_part.added", **where, part=part)
        stream.deltas("response.reasoning_summary_text.delta", text, step.get("rate", 120), **where)
        stream.send("response.reasoning_summary_text.done", **where, text=text)
        part = {"type": "summary_text", "text": text}
        stream.send("response.reasoning_summary_part.done", **where, part=part)
        item["summary"].append(part)
        stream.tape.wait(gaps[number])
    stream.close(index, {**item, "encrypted_content": stream.secret()})


def message(stream: Stream, step: Step) -> None:
    index, item = stream.open("msg", "message", status="in_progress", content=[], role="assistant")
    where = {"content_index": 0, "item_id": item["id"], "output_index": index}
    part: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    stream.send("response.content_part.added", **where, part=part)
    text = step["message"].strip()
    annotations: list[dict[str, Any]] = []
    start = 0
    for citation in step.get("citation", []):
        end = text.index(citation["text"]) + len(citation["text"])
        stream.deltas(
            "response.output_text.delta", text[start:end], step["rate"], **where, logprobs=[]
        )
        start = end
        annotations.append(_annotation(citation, end))
        stream.send(
            "response.output_text.annotation.added",
            **where,
            annotation=annotations[-1],
            annotation_index=len(annotations) - 1,
        )
    stream.deltas("response.output_text.delta", text[start:], step["rate"], **where, logprobs=[])
    part = {"type": "output_text", "annotations": annotations, "logprobs": [], "text": text}
    if step.get("cut_off"):
        return
    stream.send("response.output_text.done", **where, text=text, logprobs=[])
    stream.send("response.content_part.done", **where, part=part)
    stream.close(index, {**item, "status": "completed", "content": [part]})


def _annotation(citation: dict[str, str], end: int) -> dict[str, Any]:
    start = end - len(citation["text"])
    where = {"start_index": start, "end_index": end}
    return {"type": "url_citation", **where, "title": citation["title"], "url": citation["url"]}


def function_call(stream: Stream, step: Step) -> None:
    call = {"call_id": stream.call_id(), "name": step["function_call"]}
    index, item = stream.open("fc", "function_call", status="in_progress", arguments="", **call)
    where = {"item_id": item["id"], "output_index": index}
    arguments = step["arguments"]
    stream.deltas("response.function_call_arguments.delta", arguments, 62, **where)
    stream.send("response.function_call_arguments.done", **where, arguments=arguments)
    stream.close(index, {**item, "status": "completed", "arguments": arguments})


def web_search(stream: Stream, step: Step) -> None:
    sources = [{"type": "url", "url": url} for url in step["sources"]]
    action = {"type": "search", "query": step["web_search"], "queries": step["queries"]}
    _hosted_search(stream, step, {**action, "sources": sources})


def open_page(stream: Stream, step: Step) -> None:
    _hosted_search(stream, step, {"type": "open_page", "url": step["open_page"]})


def _hosted_search(stream: Stream, step: Step, action: dict[str, Any]) -> None:
    index, item = stream.open("ws", "web_search_call", status="in_progress")
    where = {"item_id": item["id"], "output_index": index}
    stream.send("response.web_search_call.in_progress", **where)
    stream.tape.wait(0.05)
    stream.send("response.web_search_call.searching", **where)
    stream.tape.wait(step["seconds"])
    stream.send("response.web_search_call.completed", **where)
    stream.close(index, {**item, "status": "completed", "action": action})
    stream.tape.wait(0.35)


def code_interpreter(stream: Stream, step: Step) -> None:
    code = step["code_interpreter"].strip()
    container = {"code": "", "container_id": f"cntr_{stream.hexes(48)}", "outputs": None}
    index, item = stream.open("ci", "code_interpreter_call", status="in_progress", **container)
    where = {"item_id": item["id"], "output_index": index}
    stream.send("response.code_interpreter_call.in_progress", **where)
    stream.deltas("response.code_interpreter_call_code.delta", code, 95, **where)
    stream.send("response.code_interpreter_call_code.done", **where, code=code)
    stream.send("response.code_interpreter_call.interpreting", **where)
    stream.tape.wait(step["seconds"])
    stream.send("response.code_interpreter_call.completed", **where)
    outputs = [{"type": "logs", "logs": step["logs"].strip()}]
    stream.close(index, {**item, "status": "completed", "code": code, "outputs": outputs})


def mcp_list_tools(stream: Stream, step: Step) -> None:
    label = {"server_label": step["mcp_list_tools"]}
    index, item = stream.open("mcpl", "mcp_list_tools", **label, tools=[])
    where = {"item_id": item["id"], "output_index": index}
    stream.send("response.mcp_list_tools.in_progress", **where)
    stream.tape.wait(step["seconds"])
    stream.send("response.mcp_list_tools.completed", **where)
    stream.close(index, {**item, "tools": [TOOLS["compare_releases"]]})


def mcp_call(stream: Stream, step: Step) -> None:
    call = {
        "approval_request_id": None,
        "arguments": "",
        "error": None,
        "name": step["mcp_call"],
        "output": None,
        "server_label": step["server_label"],
    }
    index, item = stream.open("mcp", "mcp_call", status="in_progress", **call)
    where = {"item_id": item["id"], "output_index": index}
    stream.send("response.mcp_call.in_progress", **where)
    arguments = step["arguments"]
    stream.deltas("response.mcp_call_arguments.delta", arguments, 70, **where)
    stream.send("response.mcp_call_arguments.done", **where, arguments=arguments)
    _silence(stream, step["seconds"], step["keep_alive"])
    stream.send("response.mcp_call.completed", **where)
    done = {"status": "completed", "arguments": arguments, "output": step["output"].strip()}
    stream.close(index, {**item, **done})


def _silence(stream: Stream, seconds: float, keep_alive: float) -> None:
    for _ in range(int(seconds // keep_alive)):
        stream.tape.wait(keep_alive)
        stream.tape.comment(" keep-alive")
    stream.tape.wait(seconds % keep_alive)


def event(stream: Stream, step: Step) -> None:
    stream.send_raw(step["event"], step["data"])


def fail(stream: Stream, step: Step) -> None:
    text = step["detail"].format(request_id=stream.request_id)
    stream.error = {"code": step["fail"], "message": text}


_STEPS: dict[str, Callable[[Stream, Step], None]] = {
    each.__name__: each
    for each in (
        *(pause, reasoning, message, function_call, web_search, open_page),
        *(code_interpreter, mcp_list_tools, mcp_call, event, fail),
    )
}


def main() -> None:
    for name, content in recordings().items():
        (DATA / name).write_bytes(content)


if __name__ == "__main__":
    main()
