"""The command asks for what was asked, and the shell gives the body to curl byte for byte."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.exports.curl import Key, NoRequestError, command, write
from codex_tui.exports.material import Material
from codex_tui.recording.records import RequestRecord
from tests.exports.sessions import answer, event, request

if TYPE_CHECKING:
    from pathlib import Path

SHELL = shutil.which("sh") or ""
TRICKY = 'it\'s "$HOME" `id` \\ \n%s\tEND-OF-BODY\nEND-OF-BODY\n!x é 日 \u2028 \x7f'


def run(text: str, folder: Path) -> tuple[list[str], bytes]:
    """What a shell makes of a command: curl's arguments, and what it reads."""
    curl = folder / "curl"
    curl.write_text(
        f'#!/bin/sh\nfor a; do printf "%s\\0" "$a"; done > {folder}/args\ncat > {folder}/stdin\n'
    )
    curl.chmod(0o700)
    environ = {"PATH": f"{folder}:/usr/bin:/bin", "OPENAI_API_KEY": "the key", "HOME": "/nowhere"}
    subprocess.run([SHELL, "-c", text], env=environ, check=True, stdin=subprocess.DEVNULL)
    arguments = (folder / "args").read_bytes().decode().split("\0")[:-1]
    return arguments, (folder / "stdin").read_bytes()


@pytest.mark.skipif(not SHELL, reason="there is no POSIX shell")
@pytest.mark.parametrize("prompt", ["why?", "it's $HOME", TRICKY, TRICKY * 9, "\ud800"])
def test_the_shell_hands_the_body_on_exactly(prompt: str, tmp_path: Path) -> None:
    asked = request(prompt)
    arguments, stdin = run(command(asked, Key()), tmp_path)
    body = arguments[arguments.index("--data-binary") + 1]
    assert json.loads(stdin if body == "@-" else body) == asked.body
    assert arguments[:2] == ["-N", asked.url]
    assert "Authorization: Bearer the key" in arguments
    assert "content-type: application/json" in arguments


@pytest.mark.skipif(not SHELL, reason="there is no POSIX shell")
def test_no_url_and_no_header_is_read_by_the_shell(tmp_path: Path) -> None:
    asked = request()
    asked.url, asked.headers = "https://a.example/x?a=1&b=$(id)'", {"x-odd": "a'b $HOME `id`"}
    arguments, _ = run(command(asked, Key("api-key", "OPENAI_API_KEY")), tmp_path)
    assert arguments[1] == asked.url
    assert "x-odd: a'b $HOME `id`" in arguments
    assert "api-key: the key" in arguments


@pytest.mark.skipif(not SHELL, reason="there is no POSIX shell")
def test_no_url_is_an_option(tmp_path: Path) -> None:
    asked = request()
    asked.url = "-K/etc/curlrc"
    arguments, _ = run(command(asked, Key()), tmp_path)
    assert arguments[1:3] == ["--url", asked.url]


def test_the_key_is_the_one_of_the_profile_whose_server_was_asked() -> None:
    keys = {
        "https://api.example/v1": ("api-key", "MINE"),
        "https://api": ("x", "OTHER"),
    }
    text = b"".join(write(Material(answer("x"), keys=keys))).decode()
    assert '-H "api-key: $MINE"' in text


def test_the_last_request_is_the_one() -> None:
    said = [*answer("x", prompt="first"), *answer("y", prompt="second", number=2)]
    text = b"".join(write(Material(said))).decode()
    assert "second" in text
    assert "first" not in text


def test_a_dump_has_no_request() -> None:
    material: Any = Material([event("a")])
    with pytest.raises(NoRequestError, match="the dump of an answer"):
        list(write(material))


def test_a_request_whose_address_nobody_wrote_cannot_be_sent_again() -> None:
    material = Material([RequestRecord(1, "", method="", body={"input": "hi"}), event("a")])
    with pytest.raises(NoRequestError, match="does not say where"):
        list(write(material))


def test_a_request_whose_body_is_not_there_makes_no_command() -> None:
    asked = replace(request(), body=None, content={"type": "x", "size": 9 << 20})
    with pytest.raises(NoRequestError, match="too large to be kept"):
        b"".join(write(Material([asked])))


def test_the_messages_api_takes_its_key_and_a_version_in_headers_of_its_own() -> None:
    asked = request()
    asked.url, asked.headers = "https://api.example.com/v1/messages", {}
    material = Material([asked])
    text = b"".join(write(material)).decode()
    assert '-H "x-api-key: $ANTHROPIC_API_KEY"' in text
    assert "anthropic-version: 2023-06-01" in text
