"""Secrets planted in files of every kind: no export writes what was not looked through."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from tests.exports.sessions import export, redacting
from tests.formats import app_server, rollouts, test_containers, test_flows
from tests.formats.reading import records

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOM = "aB3dE6gH9jK2mN5pQ8sT1vW4"
JWT = f"eyJ{RANDOM}.eyJ{RANDOM}{RANDOM}.{RANDOM}"
PLANTED = {
    "bearer": f"Authorization: Bearer {RANDOM}",
    "key": f"my key is sk-proj-{RANDOM}{RANDOM}",
    "hanging key": f"keysk-proj-{RANDOM}{RANDOM}",
    "token": f"tok{JWT}",
    "cookies": f"Cookie: a=b; sid={RANDOM}",
    "x-api-key": f"x-api-key: {RANDOM}",
    "address": f"https://me:{RANDOM}@host.example/p?api_key={RANDOM}&token={RANDOM}",
    "arguments": f'{{"cmd":"curl -H \\"x-api-key: {RANDOM}\\""}}',
    "escaped": f"sk\\u002dproj-{RANDOM}{RANDOM}",
    "pairs": f'{{"headers": [["x-api-key", "{RANDOM}"]]}}',
    "environment": f"OPENAI_API_KEY={RANDOM}\nPASSWORD={RANDOM}",
    "base64": b64encode(f'{{"api_key": "{RANDOM}"}}'.encode()).decode(),
}


def one_line(text: str) -> str:
    return text.replace("\n", " ")


def stream(text: str, size: int = 10**6) -> bytes:
    """A text in pieces, then closed, and in the final response."""
    message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    events = [
        {"type": "response.created", "response": {"id": text, "model": text}},
        *({"type": "response.output_text.delta", "output_index": 0, "delta": p} for p in pieces),
        {"type": "response.output_text.done", "output_index": 0, "text": text},
        {"type": "a.new.kind", "deep": {text: [text]}},
        {"type": "response.completed", "response": {"status": "completed", "output": [message]}},
    ]
    return "".join(f"data: {json.dumps(each)}\n\n" for each in events).encode()


def torn(text: str) -> bytes:
    return stream("a") + b"data: " + json.dumps({"delta": text}).encode()[:-2]


def foreign(text: str) -> bytes:
    lines = f"{text}\n\n: {one_line(text)}\n\nevent: {one_line(text)}\n\n{text}\ndata: {{}}\n\n"
    return stream("a") + lines.encode()


def har(text: str) -> bytes:
    entry = test_containers.entry(stream(text).decode(), startedDateTime=text)
    entry["request"]["postData"]["text"] = json.dumps({"model": "m", "input": text, "stream": True})
    entry["request"] |= {"method": text, "url": f"https://host.example/v1/responses?key={RANDOM}"}
    for side in ("request", "response"):
        names = ("User-Agent", "Server", "Location", "Cookie", "Set-Cookie", "X-Other")
        entry[side]["headers"] = [{"name": name, "value": text} for name in names]
    return test_containers.har(entry)


def flow(text: str, content: bytes | None = None) -> bytes:
    names = (b"Server", b"Set-Cookie", b"X-Api-Key", b"X-Request-Id", b"Location")
    headers = [[name, text.encode()] for name in names]
    return test_flows.flow(content or stream(text), headers=headers, comment=text)


def rollout(text: str) -> bytes:
    lines = [
        rollouts.line(0, "session_meta", {"id": "u", "cwd": text, "instructions": text}),
        rollouts.line(1, "turn_context", {"cwd": text, "model": text}),
        rollouts.event(2, "user_message", message=text),
        rollouts.line(3, "response_item", rollouts.message("assistant", text)),
        rollouts.event(4, "error", message=text),
    ]
    return "".join(lines).encode() + text.encode() + b"\n" + lines[3].encode()[:-4]


def exec_output(text: str) -> bytes:
    command = {"id": "i", "type": "command_execution", "command": text, "aggregated_output": text}
    lines = rollouts.exec_item("completed", **command)
    return f"{text}\n{lines}{text}\n".encode() + rollouts.exec_output() + text.encode()


def app_messages(text: str) -> bytes:
    pieces = [app_server.delta("agentMessage/delta", "i1", each) for each in text]
    printed = [app_server.delta("commandExecution/outputDelta", "i2", each) for each in text]
    begun = app_server.item("started", id="i1", type="agentMessage", text="")
    begun += app_server.item("started", **app_server.COMMAND)
    return (app_server.HEAD + begun + "".join([*pieces, *printed]) + text + "\n").encode()


def socket_text(text: str) -> bytes:
    ask = json.dumps({"type": "response.create", "model": "m", "input": text})
    said = json.dumps({"type": "response.output_text.delta", "delta": text})
    return f"> {ask}\n< {said}\n< {one_line(text)}\nDisconnected ({one_line(text)})\n".encode()


def verbose(text: str) -> bytes:
    word = one_line(text)
    head = f"> POST /v1/responses HTTP/1.1\n> Authorization: {word}\n> {word}\n>\n"
    head += f"< HTTP/1.1 200 OK\n< content-type: text/event-stream\n< server: {word}\n<\n"
    return f"* {word}\n{head}* {word}\n".encode() + stream(text)


KINDS: tuple[Callable[[str], bytes], ...] = (
    *(stream, torn, foreign, har, flow, rollout, exec_output, app_messages, socket_text, verbose),
    lambda text: stream(text, 1),
    lambda text: flow("a", torn(text)),
    lambda text: har(text)[: len(har(text)) * 2 // 3],
    lambda text: flow("a") + flow(text)[:-500],
)
FORMATS = ("sse", "jsonl", "md", "curl")


@pytest.mark.parametrize("planted", PLANTED)
def test_no_export_of_any_file_writes_a_secret(planted: str) -> None:
    for number, kind in enumerate(KINDS):
        found = records(kind(PLANTED[planted]))
        for format_ in FORMATS:
            try:
                out = export(found, format_, redacting())
            except LookupError:
                continue  # there is no request to make a command of
            said = "".join(out.decode("utf-8", "replace").split())
            assert RANDOM not in said, (number, format_)
            assert PLANTED["base64"][20:40] not in said, (number, format_)
