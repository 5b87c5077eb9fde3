"""A program under a tap: what it gets, what is printed of it, and how the tap ends."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import pytest

from codex_tui.cli import tap_words
from codex_tui.cli.exchange_lines import HEAD, KEYS
from tests.cli.streams import answer, call, done
from tests.cli.streams import ended as ended_frame
from tests.cli.tapping import (
    ANYWHERE,
    ASKS,
    KEY,
    begun,
    ended,
    files_in,
    holds,
    kept,
    line_with,
    serving,
    streams,
    tap_folder,
    tapped,
)

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.servers import Peer

FULL = Path("/dev/full")
ASK = "print(ask().read().decode()[:6])"


async def test_the_program_keeps_its_output_and_its_exit_code() -> None:
    async with serving(streams) as server:
        done_ = await tapped("--to", server.url, child=f"{ASK}; sys.exit(3)")
    assert (done_.code, done_.out) == (3, "event:\n")
    assert server.requests[0].target == "/v1/responses"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_ready_is_one_line_that_names_the_address_and_the_server_comes_next() -> None:
    async with serving(streams) as server:
        done_ = await tapped("--to", server.url, child=ASK)
    ready, to, *_ = done_.err.splitlines()
    assert ready.startswith("listening on http://127.0.0.1:")
    assert ready.endswith("/v1")
    assert to == f"codex-tui: passing on to {server.url}"


async def test_at_the_end_there_is_a_line_an_exchange(home: Path) -> None:
    async with serving(streams) as server:
        done_ = await tapped("--to", server.url, child=f"{ASK}; ask('/models', None).read()")
    _, _, count, head, first, second = done_.err.splitlines()
    assert count == f"codex-tui: 2 exchanges with {server.url}"
    assert head.split() == list(HEAD)
    assert first.split()[:5] == ["1", "py", "openai", "3.57", "m"]
    assert first.endswith(".sse")
    assert "~/data/codex-tui/sessions/" in first
    assert second.endswith("GET /v1/models")


async def test_quiet_leaves_these_lines_out() -> None:
    async with serving(streams) as server:
        done_ = await tapped("--to", server.url, "--quiet", child=ASK)
    assert len(done_.err.splitlines()) == 2


async def test_nothing_came_says_what_may_be_the_reason() -> None:
    done_ = await tapped("--to", "http://127.0.0.1:9/v1", child="pass")
    assert done_.code == 0
    assert "nothing came through the tap" in done_.err
    assert "OPENAI_BASE_URL" in done_.err


async def test_the_environment_sends_every_sdk_to_the_tap() -> None:
    show = "names = ('OPENAI_BASE_URL', 'OPENAI_API_BASE', 'ANTHROPIC_BASE_URL', 'NO_PROXY')\n"
    show += "print(json.dumps([os.environ[name] for name in (*names, 'no_proxy')]))"
    env = {"NO_PROXY": "corp.example, localhost", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    done_ = await tapped(child=show, env=env)
    openai, older, anthropic, *no_proxy = json.loads(done_.out)
    assert openai == older == f"{anthropic}/v1"
    assert openai in done_.err
    assert no_proxy == ["corp.example,localhost,127.0.0.1,::1"] * 2


async def test_the_server_is_the_one_that_the_variable_named_before(home: Path) -> None:
    """And never the one that the configuration has for prompts of ours."""
    config = home / "config" / "codex-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('base_url = "http://127.0.0.1:9/v1"\nprofile = "other"\n')
    async with serving(streams) as server:
        done_ = await tapped(child=ASK, env={"OPENAI_BASE_URL": server.url})
    assert done_.out == "event:\n"
    assert f"1 exchange with {server.url}" in done_.err


async def test_a_profile_names_the_server(home: Path) -> None:
    async with serving(streams) as server:
        config = home / "config" / "codex-tui" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'[profiles.mine]\nbase_url = "{server.url}"\n')
        done_ = await tapped("-p", "mine", child=ASK)
    assert done_.out == "event:\n"


async def test_an_object_stands_on_a_line_with_exactly_its_keys(home: Path) -> None:
    async with serving(streams) as server:
        child = f"{ASK}; ask('/models', None).read()"
        done_ = await tapped("--to", server.url, "--format", "json", child=child)
    first, second = done_.objects
    assert list(first) == list(KEYS) == list(second)
    assert (first["n"], first["status"], first["how"], first["events"]) == (1, 200, "completed", 5)
    assert kept(done_).startswith(b": codex-tui ")
    assert first["findings"].keys() == {"error", "warning", "note"}
    assert (second["path"], second["file"]) == ("/v1/models", None)
    assert done_.err.count("\n") == 2


@pytest.mark.parametrize(("own", "code"), [(0, 1), (3, 3)])
async def test_check_says_what_is_wrong_and_turns_only_a_0_into_1(own: int, code: int) -> None:
    async def wrong(peer: Peer) -> None:
        await peer.stream(*answer("one ")[:-1], b"data: {broken\n\n", ended_frame())

    async with serving(wrong) as server:
        child = f"ask().read(); sys.exit({own})"
        done_ = await tapped("--to", server.url, "--check", "--ignore", "field.", child=child)
    assert done_.code == code
    assert "wire.not-json" in done_.err


async def test_check_is_content_with_a_stream_that_keeps_the_rules() -> None:
    async with serving(streams) as server:
        rules = ("--check", "--ignore", "field.", "--ignore", "order.")
        done_ = await tapped("--to", server.url, *rules, child=ASK)
    assert done_.code == 0


async def test_plain_tells_what_is_worth_noting_line_by_line() -> None:
    async def calls(peer: Peer) -> None:
        if peer.request.target.endswith("/responses"):
            item = done(call(name="get_weather"), 1)
            await peer.stream(*answer("one ")[:-1], item, b"data: {broken\n\n", ended_frame())
        else:
            await peer.reply_json(429, {"error": {"message": "slow down"}})

    async with serving(calls) as server:
        child = "ask().read(); ask('/files', {}).read()"
        plain = ("--plain", "--ignore", "field.", "--ignore", "order.")
        done_ = await tapped("--to", server.url, *plain, child=child)
    words = [line.partition(":")[0] for line in done_.out.splitlines()]
    assert words[:3] == ["began 1", "first event 1", "first text 1"]
    assert {"tool call 1", "finding 1", "ended 1", "began 2", "failed 2"} <= set(words)
    assert "tool call 1: get_weather" in done_.out
    assert "failed 2: 429" in done_.out
    assert done_.err.count("\n") == 2


async def test_a_port_that_is_taken_is_one_line_and_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done_ = await tapped("--port", port, "--to", "http://127.0.0.1:9/v1", child=ASK)
    assert (done_.code, done_.out) == (2, "")
    assert done_.err.count("\n") == 1
    said = f"127.0.0.1:{port}: address already in use: --port 0 takes a free port"
    assert done_.err == f"codex-tui: {said}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--", "no-such-program"), "no-such-program: no such program"),
        (("http://localhost:1/v1",), "--to http://localhost:1/v1"),
        (("--port", "65536", "true"), "--port 65536"),
        (("--port", "x", "true"), "--port"),
        (("--to", "nowhere", "true"), "--to"),
        (("--to", "https://me:key@a.example/v1", "true"), "--to"),
        (("-p", "unknown", "true"), "unknown"),
        (("--ignore", "no.such", "true"), "no such rule"),
        (("--split", "true"), "--split"),
        (("--split", "--plain", "true"), "--split"),
        (("--split", "--no-view", "true"), "--split"),
        (("--view", "true"), "--view"),
        (("--view", "--format", "json", "true"), "--view"),
        (("--view", "--split", "true"), "--view"),
        (("--plain", "--format", "json", "true"), "--plain"),
        (("--host", "no.such.host.invalid", "true"), "no.such.host.invalid"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_code_2(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    result = cli("tap", *args)
    assert (result.code, result.out) == (2, b"")
    assert said in result.line


def test_a_token_that_is_no_part_of_a_path_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_TUI_TOKEN", "a/b?c=d very long")
    result = cli("tap", "--host", ANYWHERE, "true")
    assert result.code == 2
    assert "the token is a part of a path" in result.line
    assert "very long" not in result.line


async def test_what_stands_behind_the_program_is_the_programs() -> None:
    program = (
        sys.executable,
        "-c",
        "import sys; print(sys.argv[1:])",
        "--plain",
        "--to",
        "x",
        "--",
    )
    done_ = await ended(await begun("--to", "http://127.0.0.1:9/v1", "--quiet", *program))
    assert done_.out == "['--plain', '--to', 'x', '--']\n"


async def test_the_codex_cli_gets_its_option_and_no_variables_server(home: Path) -> None:
    codex = home / "bin" / "codex"
    codex.parent.mkdir()
    codex.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\n")
    codex.chmod(0o755)
    env = {"PATH": f"{codex.parent}{os.pathsep}{os.environ['PATH']}"}
    done_ = await ended(await begun("--", "codex", "exec", "hi", env=env))
    url = done_.err.split("listening on ")[1].split()[0]
    assert done_.out == str(["-c", f'openai_base_url="{url}"', "exec", "hi"]) + "\n"
    assert "--no-daemon" in done_.err


async def test_the_key_that_the_program_sends_stands_nowhere(home: Path) -> None:
    async def tells_it(peer: Peer) -> None:
        said = f"Incorrect API key provided: {KEY}"
        await peer.reply_json(401, {"error": {"message": said, "code": "invalid_api_key"}})

    async with serving(tells_it) as server:
        child = "ask().read(); ask('/models?key=abc', None).read()"
        for kind in ((), ("--format", "json"), ("--plain",), ("--check",)):
            done_ = await tapped("--to", server.url, *kind, child=child)
            assert KEY not in done_.out + done_.err
    files = files_in(home)
    assert len(files) > 4
    assert [path for path, data in files.items() if KEY.encode() in data] == []


async def test_without_recording_nothing_is_left(home: Path) -> None:
    async with serving(streams) as server:
        done_ = await tapped("--to", server.url, "--no-record", child=ASK)
    assert "POST /v1/responses" in done_.err
    assert "nothing is kept" in done_.err
    assert [path for path in files_in(home / "data") if path.suffix == ".sse"] == []


async def test_a_program_that_ends_in_the_middle_leaves_its_stream_recorded(home: Path) -> None:
    async with serving(holds) as server:
        child = "ask().read(10); os._exit(5)"
        done_ = await tapped("--to", server.url, "--format", "json", child=child)
    assert done_.code == 5
    assert done_.objects[0]["how"] == "cancelled"
    assert b'"how":"cancelled"' in kept(done_)


async def test_the_tap_says_who_it_is_and_the_relay_has_gone_with_it(home: Path) -> None:
    async with serving(streams) as server:
        await tapped("--to", server.url, child=ASK)
    said = json.loads((tap_folder(home) / "tap.json").read_bytes())
    assert said["command"][0] == sys.executable
    assert said["to"] == server.url
    with pytest.raises(ProcessLookupError):
        os.kill(said["pid"], 0)


async def test_without_a_program_it_says_what_to_set_and_listens() -> None:
    async with serving(streams) as server:
        tap = await begun("--no-view", "--port", "0", "--to", server.url)
        url = (await line_with(tap.stderr, "listening on")).split()[-1]
        assert (await line_with(tap.stderr, "export OPENAI_BASE_URL")).split()[1].endswith(url)
        assert "ANTHROPIC_BASE_URL=" in await line_with(tap.stderr, "export")
        assert await line_with(tap.stderr, "codex") == f"  codex -c 'openai_base_url=\"{url}\"'"
        status = await asyncio.to_thread(_status, f"{url}/models")
        tap.terminate()
        done_ = await ended(tap)
    assert (status, done_.code) == (200, 0)
    assert "passing on to" not in done_.err  # it was said at the beginning


def _status(url: str) -> int:
    with build_opener(ProxyHandler({})).open(url) as got:
        return int(got.status)


def test_what_to_set_leaves_what_no_proxy_is_asked_for_already() -> None:
    _, line, _ = tap_words.what_to_set("http://192.0.2.1:8787/v1")
    shell = subprocess.run(
        ["/bin/sh", "-c", f"{line}; echo $NO_PROXY"],
        env={"NO_PROXY": "corp.example"},
        capture_output=True,
        check=True,
    )
    assert shell.stdout == b"127.0.0.1,localhost,::1,192.0.2.1,corp.example\n"


async def test_beyond_this_machine_a_path_begins_with_a_token(home: Path) -> None:
    async with serving(streams) as server:
        args = ("--host", ANYWHERE, "--to", server.url, "--format", "json")
        bare = "origin = os.environ['OPENAI_BASE_URL'].split('/')[:3]\n"
        bare += "os.environ['OPENAI_BASE_URL'] = '/'.join([*origin, 'v1'])\n"
        child = f"{ASK}\n{bare}print(ask().status)"
        done_ = await tapped(*args, child=child, env={"CODEX_TUI_TOKEN": "sesame-sesame"})
    assert done_.out.splitlines()[0] == "event:"
    assert "403" in done_.out.splitlines()
    assert [request.target for request in server.requests] == ["/v1/responses"]
    assert "sesame" not in done_.out
    assert "/sesame-sesame/v1" in done_.err.splitlines()[0]
    assert [path for path, data in files_in(home).items() if b"sesame" in data] == []


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
async def test_lines_that_cannot_be_printed_are_no_end_of_the_program() -> None:
    async with serving(streams) as server:
        tap = f"{sys.executable} -m codex_tui tap --to {server.url} --format json -- "
        child = shlex.quote(ASKS + "ask().read(); print('read', file=sys.stderr); sys.exit(0)")
        line = f"{tap} {sys.executable} -c {child} > {FULL}"
        shell = await asyncio.create_subprocess_shell(line, stderr=asyncio.subprocess.PIPE)
        _, err = await shell.communicate()
    assert shell.returncode == 1
    assert b"read\n" in err
    assert b"No space left on device" in err
