"""Secrets of every sort, a server that repeats them all, and a search through all that is left.

Searched is what was drawn, printed and written, in the forms in which a secret may hide.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from codex_tui.exports import formats
from tests.endings.streaming import recordings
from tests.hostile.evil_server import in_thread, send
from tests.hostile.terminal import Terminal, environment
from tests.servers import EVENT_STREAM, Peer, event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Server

KEY = "own-key-of-the-user-0123456789abcdef"
HEADER = 'header"secret\\of-the-user-0123456789'
QUERY = "query-secret-of-the-user-0123456789"
PASSWORD = "password-of-the-user-0123456789"
OTHER = "somebody-elses-secret-0123456789"
LOGIN = "login-token-of-the-user-0123456789"
FORMATS = ("text", "json", "events", "summary")
CANARIES = (KEY, HEADER, QUERY, PASSWORD, OTHER, LOGIN)
SPELLED = "spelled"
"""The prompt whose answer brings secrets one character at a time."""

PROMPTS = ("refused", "html", "failed", "cut", "redirect", "headers", "json", "speak")


async def repeat(peer: Peer) -> None:
    """Say again all that the client sent, in one place after the other."""
    request = peer.request
    said = f"{request.target} {json.dumps(request.headers)} {request.headers.get('x-secret')}"
    said += f" {KEY} {HEADER} {QUERY} {PASSWORD}"
    error = {"error": {"message": said, "code": said, "type": "x"}}
    last = str(request.body)
    match next((prompt for prompt in (*PROMPTS, SPELLED) if f'"{prompt}"' in last), ""):
        case "refused":
            await peer.reply_json(401, error)
        case "html":
            await peer.reply(500, {"Content-Type": "text/html"}, said.encode())
        case "failed":
            failed = {"id": said, "status": "failed", "error": {"message": said, "code": said}}
            await peer.stream(event("response.failed", response=failed))
        case "cut":
            await peer.stream(b": " + KEY.encode() + b"\n\nevent: " + KEY.encode() + b"\ndata: {")
        case "redirect":
            await peer.reply(307, {"Location": f"http://u:{PASSWORD}@127.0.0.1:1/?k={QUERY}"})
        case "headers":
            names = (
                "X-Request-Id",
                "OpenAI-Model",
                "Server",
                "Set-Cookie",
                "X-RateLimit-Limit-Requests",
            )
            await peer.reply(429, dict.fromkeys(names, f"a {KEY} b"), b"")
        case "json":
            await peer.reply_json(200, error)
        case "spelled":
            await spell(peer, f"{said} {LOGIN}")
        case _:
            item = {"type": "function_call", "id": "f", "call_id": KEY, "name": KEY}
            item["arguments"] = said
            await peer.head(200, EVENT_STREAM)
            await peer.send(event("response.created", response={"id": KEY, "model": said}))
            await peer.send(event("response.output_text.delta", delta=said, output_index=0))
            await peer.send(event("response.output_item.done", item=item, output_index=1))
            await peer.send(event(KEY, anything=said))
            await peer.send(event("response.completed", response={"id": "r", "output": []}))


async def spell(peer: Peer, said: str) -> None:
    """Say it one character at a time, in two texts that take turns, and in a call."""
    await peer.head(200, EVENT_STREAM)
    await peer.send(event("response.created", response={"id": "r", "model": "m"}))
    kinds = ("response.output_text.delta", "response.function_call_arguments.delta")
    for index, kind in enumerate(kinds):
        item = {"id": f"i{index}", "type": "message", "role": "assistant", "content": []}
        if index:
            item = {"id": f"i{index}", "type": "function_call", "name": "f", "call_id": "c"}
        await peer.send(event("response.output_item.added", item=item, output_index=index))
        pieces = (event(kind, delta=each, output_index=index, item_id=f"i{index}") for each in said)
        await peer.send(b"".join(pieces))
    await peer.send(event("response.completed", response={"id": "r", "output": []}))


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(repeat) as serving:
        yield serving


def configured(home: Path, server: Server) -> dict[str, str]:
    (home / "codex").mkdir(parents=True)
    login = {"OPENAI_API_KEY": None, "tokens": {"access_token": LOGIN, "account_id": OTHER}}
    (home / "codex" / "auth.json").write_text(json.dumps(login))
    address = server.url.replace("http://", f"http://user:{PASSWORD}@")
    config = home / "config.toml"
    config.write_text(
        f"""profile = "mine"
[profiles.mine]
base_url = "{address}"
key_variable = "MY_KEY"
model = "m"
headers = {{ X-Secret = {json.dumps(HEADER)} }}
query = {{ token = "{QUERY}" }}
"""
    )
    return environment(
        home,
        CODEX_TUI_CONFIG=str(config),
        CODEX_HOME=str(home / "codex"),
        MY_KEY=KEY,
        AWS_SECRET_ACCESS_KEY=OTHER,
    )


def forms(secret: str) -> set[bytes]:
    """A secret as it is, in JSON, in an address, and in base64 at any place of three."""
    plain = secret.encode()
    found = {plain, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode()}
    for shift in range(3):
        found.add(b64encode(b"x" * shift + plain)[4 if shift else 0 : -4])
    return found


def found_in(data: bytes) -> list[str]:
    return [secret for secret in CANARIES if any(form in data for form in forms(secret))]


def assert_nowhere(home: Path) -> None:
    given = {home / "config.toml", home / "codex" / "auth.json"}
    for file in home.rglob("*"):
        if file.is_file() and file not in given:
            assert found_in(file.read_bytes()) == [], file


@pytest.mark.slow
def test_no_secret_is_drawn_or_written_by_the_app(tmp_path: Path, server: Server) -> None:
    environ = configured(tmp_path, server)
    with Terminal.run([], environ, (200, 60)) as terminal:
        terminal.until("Ask, or paste")
        for number, prompt in enumerate(PROMPTS, 1):
            terminal.press(prompt, 0.1)
            send(terminal, server, number)
            terminal.settle(0.1)
            terminal.press("\x1b", 0.05)
        for keys in ("\x07", "\x1b", "\x0f", "\x1b", "\t", "i", "m", "j", "j", "y"):
            terminal.press(keys, 0.05)
        terminal.send("\x11")
        assert terminal.wait() == 0
    assert found_in(terminal.text().replace("\r\n", "").encode()) == []
    assert found_in(bytes(terminal.received)) == []
    assert "***" in terminal.text()
    assert_nowhere(tmp_path)
    assert any(b"***" in path.read_bytes() for path in recordings(tmp_path))


@pytest.mark.parametrize(
    "prompt",
    ["speak", SPELLED, *(pytest.param(each, marks=pytest.mark.slow) for each in PROMPTS[:-1])],
)
@pytest.mark.parametrize(
    "format_", ["text", *(pytest.param(f, marks=pytest.mark.slow) for f in FORMATS[1:])]
)
def test_no_secret_is_printed(tmp_path: Path, server: Server, prompt: str, format_: str) -> None:
    environ = configured(tmp_path, server)
    with Terminal.run(["run", prompt, "-R", "--format", format_], environ) as terminal:
        assert terminal.wait() in (0, 1)
    assert found_in(bytes(terminal.received)) == []
    assert_nowhere(tmp_path)


def test_no_secret_that_was_spelled_is_searched_shown_or_kept(
    tmp_path: Path, server: Server
) -> None:
    environ = configured(tmp_path, server)
    with Terminal.run(["run", SPELLED], environ) as terminal:
        terminal.wait()
    (recording,) = recordings(tmp_path)
    commands = [["show", str(recording), *format_] for format_ in SHOWN]
    commands += [["replay", str(recording), "--plain"], ["export", str(recording), "-o", "-"]]
    commands += [["sessions"], ["sessions", "search", "text"], ["sessions", "search", "own"]]
    for command in commands:
        with Terminal.run(command, environ) as terminal:
            terminal.wait()
        assert found_in(bytes(terminal.received)) == [], command
        assert "Traceback" not in terminal.text()
        assert b"***" in terminal.received or command[-1] in ("sessions", "own")
    assert_nowhere(tmp_path)


SHOWN: tuple[list[str], ...] = ([], ["--format", "json"], ["--format", "plain"])
EXPORTS = tuple(formats.FORMATS)


def exporting(recording: Path, format_: str, folder: Path) -> list[str]:
    file = str(folder / f"export.{format_}")
    return ["export", str(recording), "--format", format_, "-o", file]


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["speak", SPELLED])
def test_no_secret_is_exported_or_found_by_the_doctor(
    tmp_path: Path, server: Server, prompt: str
) -> None:
    environ = configured(tmp_path, server)
    with Terminal.run(["run", prompt], environ) as terminal:
        terminal.wait()
    (recording,) = recordings(tmp_path)
    commands = [exporting(recording, format_, tmp_path) for format_ in EXPORTS]
    commands += [["doctor"], ["paths"], ["show", str(recording)], ["sessions"]]
    commands += [["sessions", "show", "last"], ["sessions", "search", "key"], ["sessions", "list"]]
    for command in commands:
        with Terminal.run(command, environ) as terminal:
            terminal.wait()
        assert found_in(bytes(terminal.received)) == [], command
        assert "Traceback" not in terminal.text()
    assert {path.suffix[1:] for path in tmp_path.glob("export.*")} == set(EXPORTS)
    assert_nowhere(tmp_path)
