"""Have a real Codex CLI write a rollout and the output of `exec --json`, against a local server.

    npm i --prefix DIR @openai/codex@VERSION
    python -m tests.tools.codex_rollouts DIR/node_modules/.bin/codex OUT

The server answers each request of a session with the next response below. Whatever the CLI writes
goes to OUT; the paths in it are replaced by `/home/user/project`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "**Looking**\n\nOne command will tell."}],
    "encrypted_content": "sealed",
}
CONFIG = """model = "gpt-5.1-codex"
model_provider = "scripted"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
"""


def message(text: str) -> dict[str, Any]:
    """An assistant's message."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": content}


def call(tools: list[dict[str, Any]]) -> dict[str, Any]:
    """A call of whichever shell tool the CLI offers."""
    names = {tool.get("name", tool.get("type")) for tool in tools}
    arguments: dict[str, Any] = {"command": ["bash", "-lc", "echo hello"]}
    name = next((n for n in ("exec_command", "shell_command", "shell") if n in names), "shell")
    if name == "exec_command":
        arguments = {"cmd": "echo hello"}
    elif name == "shell_command":
        arguments = {"command": "echo hello"}
    text = json.dumps(arguments)
    return {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name} | {
        "arguments": text
    }


class Server(ThreadingHTTPServer):
    """Answers requests in turn: a call, an answer, an answer, a failure."""

    numbers = count()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        """Answer with the next response."""
        size = int(self.headers["content-length"] or 0)
        body = json.loads(self.rfile.read(size))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for event in events(next(self.server.numbers), body.get("tools") or []):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def do_GET(self) -> None:
        """Know nothing else."""
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def events(number: int, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of one response."""
    response: dict[str, Any] = {"id": f"resp_{number}", "model": "gpt-5.1-codex"}
    started = {"type": "response.created", "response": response | {"status": "in_progress"}}
    if number == 3:
        error = {"code": "server_error", "message": "The model broke."}
        failed = response | {"status": "failed", "error": error}
        return [started, {"type": "response.failed", "response": failed}]
    items = [REASONING, call(tools)] if number == 0 else [message(f"The answer, {number}.")]
    usage = {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 10}} | {
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 120,
    }
    done = [
        {"type": "response.output_item.done", "output_index": index, "item": item}
        for index, item in enumerate(items)
    ]
    completed = response | {"status": "completed", "usage": usage, "output": items}
    return [started, *done, {"type": "response.completed", "response": completed}]


def main(codex: str, out: str) -> None:
    """Run one session of three turns, and keep what was written."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        home, work = Path(folder, "home"), Path(folder, "work")
        home.mkdir()
        work.mkdir()
        home.joinpath("config.toml").write_text(CONFIG.format(port=server.server_port))
        target = Path(out)
        target.mkdir(parents=True, exist_ok=True)
        exec_ = [codex, "exec", "--json", "--skip-git-repo-check"]
        again: list[str] = []
        for number, prompt in enumerate(("run echo", "and now?", "once more"), 1):
            text = _run([*exec_, *again, prompt], home, work)
            target.joinpath(f"{number}.exec.jsonl").write_text(_cleaned(text, folder))
            started = json.loads(text.partition("\n")[0])
            again = ["resume", started["thread_id"]]
        for path in home.rglob("rollout-*.jsonl"):
            target.joinpath(path.name).write_text(_cleaned(path.read_text(), folder))
    server.shutdown()


def _run(command: list[str], home: Path, work: Path) -> str:
    environment = {**os.environ, "CODEX_HOME": str(home), "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    sys.stderr.write(done.stderr[-2000:])
    return done.stdout


def _cleaned(text: str, folder: str) -> str:
    return text.replace(f"{folder}/work", "/home/user/project").replace(folder, "/home/user")


if __name__ == "__main__":
    main(*sys.argv[1:])
