"""`codex-tui conform` against servers on loopback: what they support, and what they do wrong."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import pytest

from codex_tui.cli.conform import chosen, tried
from codex_tui.config import load
from codex_tui.conform.probes import PROBES
from codex_tui.conform.run import ConformRun
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord
from codex_tui.sources.backend import Backend
from tests.cli.streams import started
from tests.probed_server import ProbedServer, no_end, no_numbers, other_text
from tests.servers import EVENT_STREAM, Handler, Peer, serving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.cli.conftest import Cli

KEY = "sk-CANARY-0123456789"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


class Conformed:
    """What the program printed, and its exit code."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out.decode()
        self.err = err.decode()

    @property
    def report(self) -> Any:
        return json.loads(self.out)

    def supported(self) -> dict[str, str]:
        return {each["probe"]: each["supported"] for each in self.report["probes"]}


Conform = Callable[..., Awaitable[Conformed]]


@pytest.fixture
def conform(capsysbinary: pytest.CaptureFixture[bytes]) -> Conform:
    """Put a server to the probes; words are the names of those, options go by their names."""

    async def run(handler: Handler, *only: str, **flags: Any) -> Conformed:
        async with serving(handler) as server:
            environ = {**os.environ}
            settings = load({"model": "m", "base_url": server.url, **flags}, environ)
            code = await tried(settings, Backend(settings, environ), chosen(only))
        out, err = capsysbinary.readouterr()
        return Conformed(code, out, err)

    return run


def rules(report: Any) -> set[str]:
    return {rule for each in report["probes"] for rule in each["rules"]}


async def test_a_server_that_does_all_rightly_has_nothing_wrong(conform: Conform) -> None:
    ran = await conform(ProbedServer(), conform_format="json")
    assert ran.supported() == dict.fromkeys(PROBES, "yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.report["counts"] == {"error": 0, "warning": 0, "note": 0}
    assert ran.report["longest_silence"]["seconds"] > 0
    assert ran.report["tokens"] > 0


@pytest.mark.parametrize(
    ("fault", "rule"),
    [(other_text, "text.differs"), (no_end, "order.no-terminal"), (no_numbers, "number.repeat")],
)
async def test_what_a_server_does_wrong_is_found_in_each_probe(
    conform: Conform, fault: Any, rule: str
) -> None:
    ran = await conform(ProbedServer(fault), "plain,reasoning", conform_format="json")
    assert ran.code == 1
    assert [rule in each["rules"] for each in ran.report["probes"]] == [True, True]
    assert ran.report["wrong"]


async def test_what_a_server_refuses_or_never_does_is_no_error(conform: Conform) -> None:
    little = frozenset({"tools", "previous_response_id", "reasoning", "codex_tui_probe"})
    ran = await conform(ProbedServer(refuses=little), conform_format="json")
    not_there = {"reasoning", "tool", "parallel-tools", "tool-round-trip", "previous-response"}
    assert {name for name, word in ran.supported().items() if word == "no"} == not_there
    assert ran.code == 0
    remarks = {each["probe"]: each["remark"] for each in ran.report["probes"]}
    assert remarks["tool"] == "400 Bad Request: Unsupported parameter: tools"
    assert remarks["unknown-field"].startswith("it is refused: 400")


async def test_a_tool_that_is_never_called_is_not_supported(conform: Conform) -> None:
    async def talk(peer: Peer) -> None:
        peer.request.body = json.dumps(
            {key: value for key, value in peer.request.json.items() if key != "tools"}
        ).encode()
        await ProbedServer()(peer)

    ran = await conform(talk, "tool", "tool-round-trip", conform_format="json")
    assert set(ran.supported().values()) == {"no"}
    assert ran.code == 0


async def test_a_probe_that_hangs_ends_by_the_timeout_and_the_rest_goes_on(
    conform: Conform,
) -> None:
    silent = ProbedServer(silent=True)
    ran = await conform(silent, "plain,tool,resend", conform_format="json", idle_timeout=0.3)
    assert ran.supported() == {"plain": "yes", "tool": "broken", "resend": "yes"}
    assert ran.code == 1
    silence = ran.report["longest_silence"]
    assert silence["probe"] == "tool"
    assert 0.2 < silence["seconds"] < 5


async def test_an_answer_that_goes_on_and_on_is_left() -> None:
    async def keep_alive(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        while True:
            await peer.send(b": still here\n\n")
            await asyncio.sleep(0.02)

    async with serving(keep_alive) as server:
        settings = load({"model": "m", "base_url": server.url}, os.environ)
        backend, probes = Backend(settings, os.environ), [PROBES["plain"], PROBES["tool"]]
        run = ConformRun(backend, probes, settings.rules(), None, longest=0.2)
        results = [result async for result in run.results()]
    assert [each.evidence.support for each in results] == ["broken", "broken"]
    assert results[0].evidence.remark == "it went on and on, and was left without an end"


async def test_a_server_that_never_answers_is_said_in_one_line(conform: Conform) -> None:
    ran = await conform(Peer.hold, idle_timeout=0.2)
    assert (ran.code, ran.out) == (2, "")
    assert "No answer within the idle-timeout of 0.2 s" in ran.err


async def test_a_connection_that_is_cut_breaks_its_probe_alone(conform: Conform) -> None:
    async def leave(peer: Peer) -> None:
        if "tools" in peer.request.json:
            peer.reset()
        else:
            await ProbedServer()(peer)

    ran = await conform(leave, "plain,tool,resend", conform_format="json")
    assert ran.supported() == {"plain": "yes", "tool": "broken", "resend": "yes"}
    assert ran.code == 1


async def test_an_error_of_the_server_breaks_a_probe(conform: Conform) -> None:
    async def fail(peer: Peer) -> None:
        if "tools" in peer.request.json:
            await peer.reply_json(500, {"error": {"message": "index out of range"}})
        else:
            await ProbedServer()(peer)

    ran = await conform(fail, "plain,tool")
    assert ran.code == 1
    assert "tool               broken" in ran.out
    assert "500 Internal Server Error: index out of range" in ran.out


async def test_a_stream_where_none_was_asked_for_is_wrong(conform: Conform) -> None:
    async def stream_always(peer: Peer) -> None:
        peer.request.body = json.dumps({**peer.request.json, "stream": True}).encode()
        await ProbedServer()(peer)

    ran = await conform(stream_always, "no-stream", conform_format="json")
    assert (ran.supported(), ran.code) == ({"no-stream": "broken"}, 1)


async def test_what_only_the_stream_has_is_told(conform: Conform) -> None:
    def without(events: list[Any]) -> list[Any]:
        return [*events[:-1], {**events[-1], "response": _without_tools(events[-1]["response"])}]

    def _without_tools(response: Any) -> Any:
        return {name: value for name, value in response.items() if name != "tools"}

    ran = await conform(ProbedServer(without), "no-stream", conform_format="json")
    (probe,) = ran.report["probes"]
    assert (probe["supported"], probe["remark"]) == ("yes", "only in the whole: tools")


async def test_an_answer_that_is_over_before_it_can_be_left_tells_nothing(conform: Conform) -> None:
    async def at_once(peer: Peer) -> None:
        text = peer.request.body.replace(b"1 to 100", b"1 to 3")
        peer.request.body = text
        await ProbedServer()(peer)

    ran = await conform(at_once, "cancel", conform_format="json")
    assert (ran.supported(), ran.code) == ({"cancel": "untried"}, 0)


async def test_a_row_that_was_kept_back_is_printed_once_something_is_tried(
    conform: Conform,
) -> None:
    probed, busy = ProbedServer(), refusing(429, message="Slow down.")

    async def at_first_busy(peer: Peer) -> None:
        on_socket = peer.request.headers.get("upgrade") == "websocket"
        await (probed if on_socket else busy)(peer)

    ran = await conform(at_first_busy, "cancel,websocket")
    rows = [line.split()[:2] for line in ran.out.splitlines()[3:]]
    assert ["cancel", "untried"] in rows
    assert ["websocket", "yes"] in rows


async def test_a_response_that_comes_as_events_where_none_were_asked_for_is_wrong(
    conform: Conform,
) -> None:
    probed = ProbedServer()

    async def as_events(peer: Peer) -> None:
        if peer.request.method == "GET" and "stream" not in peer.request.target:
            peer.request.target += "?stream=true"
        await probed(peer)

    ran = await conform(as_events, "retrieve", conform_format="json")
    (probe,) = ran.report["probes"]
    assert probe["supported"] == "broken"
    assert probe["remark"] == "a stream of events came, though none was asked for"


# -- nothing that could be tried -------------------------------------------------------------------


def refusing(status: int, **error: Any) -> Handler:
    async def refuse(peer: Peer) -> None:
        await peer.reply_json(status, {"error": error})

    return refuse


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "Check the key in OPENAI_API_KEY."), (404, "Check the base URL")]
)
async def test_a_server_that_lets_nobody_in_is_said_in_one_line(
    conform: Conform, status: int, advice: str
) -> None:
    ran = await conform(refusing(status, message="No."))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("codex-tui: no probe could run: ")
    assert advice in ran.err
    assert ran.err.count("\n") == 1


async def test_nothing_else_is_sent_where_nobody_is_let_in() -> None:
    async with serving(refusing(401)) as server:
        process = await started("conform", "--base-url", server.url, "-m", "m")
        await process.communicate()
        assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_said_in_one_line(cli: Cli) -> None:
    ran = cli("conform", "--base-url", "http://127.0.0.1:1/v1", "-m", "m")
    assert (ran.code, ran.out) == (2, b"")
    assert "refused the connection" in ran.line


async def test_without_a_model_and_a_list_of_them_it_says_to_name_one() -> None:
    async with serving(refusing(404)) as server:
        process = await started("conform", "--base-url", server.url)
        _, err = await process.communicate()
    assert process.returncode == 2
    assert err.decode().endswith("Name one with --model.\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--only", "plane"), 'no such probe; did you mean "plain"?'),
        (("--ignore", "wire.nothing"), "no such rule"),
        (("--format", "github"), "github"),
    ],
)
def test_words_that_mean_nothing_are_refused(cli: Cli, args: Sequence[str], said: str) -> None:
    ran = cli("conform", "--base-url", "http://127.0.0.1:1/v1", "-m", "m", *args)
    assert ran.code == 2
    assert said in ran.line


# -- what is sent ----------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(cli: Cli) -> None:
    ran = cli("conform", "--base-url", "http://127.0.0.1:1/v1", "-m", "m", "--dry-run")
    lines = ran.out.decode().splitlines()
    bodies = [json.loads(line) for line in lines if line.startswith("  ")]
    assert ran.code == 0
    assert [line.partition(":")[0] for line in lines if line[0] != " "] == list(PROBES)
    assert all(0 < body["max_output_tokens"] <= 300 for body in bodies)
    assert any("previous_response_id" in body for body in bodies)
    assert any(body["input"][-1].get("type") == "function_call_output" for body in bodies[:7])


def test_no_probe_costs_more_than_a_few_hundred_tokens(cli: Cli) -> None:
    ran = cli("conform", "-p", "demo", "--dry-run", "--format", "json")
    probes = [json.loads(line) for line in ran.out.splitlines()]
    assert max(each["tokens"] for each in probes) < 1000


async def test_what_is_sent_is_what_the_dry_run_says(conform: Conform, cli: Cli) -> None:
    right = ProbedServer()
    await conform(right, "plain,no-stream,bad-request")
    ran = cli(
        *("conform", "--base-url", "http://127.0.0.1:1/v1", "-m", "m", "--dry-run"),
        *("--only", "plain,no-stream,bad-request", "--format", "json"),
    )
    said = [body for line in ran.out.splitlines() for body in json.loads(line)["requests"]]
    assert right.bodies == said


async def test_tools_of_the_user_stay_out_of_the_probes(conform: Conform, tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text('[{"type": "function", "name": "mine", "parameters": {}}]')
    right = ProbedServer()
    await conform(right, "plain,tool", tools=tools)
    names = [[tool["name"] for tool in body.get("tools", [])] for body in right.bodies]
    assert names == [[], ["get_weather"]]


# -- what is left of it ----------------------------------------------------------------------------


async def test_each_probe_is_recorded_and_its_path_printed(
    conform: Conform, tmp_path: Path
) -> None:
    ran = await conform(ProbedServer(), "plain,resend", probes_folder=tmp_path / "probes")
    paths = sorted((tmp_path / "probes").rglob("*.sse"))
    assert len(paths) == 2
    assert all(f"  {path}\n" in ran.out for path in paths)
    resend = next(path for path in paths if "-resend-" in path.name)
    records = [record for _, record in read_records(resend)]
    assert sum(isinstance(each, RequestRecord) for each in records) == 2
    assert isinstance(records[-1], EndRecord)
    assert KEY.encode() not in resend.read_bytes()


async def test_what_is_recorded_is_found_wrong_by_check_as_well(
    conform: Conform, cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "probes"
    ran = await conform(
        ProbedServer(no_numbers), "resend", probes_folder=folder, conform_format="json"
    )
    (path,) = folder.rglob("*.sse")
    checked = json.loads(cli("check", str(path), "--format", "json", "--level", "note").out)
    assert checked["counts"] == ran.report["counts"]


async def test_recordings_stand_among_the_sessions(conform: Conform, home: Path) -> None:
    await conform(ProbedServer(), "plain")
    assert list((home / "data" / "codex-tui" / "sessions" / "conform").rglob("*-plain-*.sse"))


async def test_nothing_is_recorded_where_that_is_not_wanted(conform: Conform, home: Path) -> None:
    ran = await conform(ProbedServer(), "plain", record=False, conform_format="json")
    assert not [name for _, _, names in os.walk(home) for name in names if name.endswith(".sse")]
    assert ran.report["probes"][0]["recording"] is None


@pytest.mark.parametrize("form", ["text", "md", "json", "junit"])
async def test_a_key_that_a_server_repeats_stands_nowhere(
    conform: Conform, tmp_path: Path, form: str
) -> None:
    async def repeat(peer: Peer) -> None:
        if "tools" in peer.request.json:
            said = peer.request.headers["authorization"]
            await peer.reply_json(400, {"error": {"message": f"{said} may not"}})
        else:
            await ProbedServer()(peer)

    ran = await conform(repeat, "plain,tool", conform_format=form, probes_folder=tmp_path / "p")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "p").rglob("*.sse"))
    assert "may not" in ran.out
    assert KEY not in ran.out + ran.err + kept.decode()


# -- formats ---------------------------------------------------------------------------------------


async def test_the_lines_fit_a_terminal_and_sum_up(conform: Conform) -> None:
    ran = await conform(ProbedServer(other_text), "plain,tool", record=False)
    lines = ran.out.splitlines()
    assert "plain              yes        1 error" in lines
    assert "  error: text.differs" in lines
    assert "tool               yes        nothing" in lines
    assert "2 of 2 supported; 1 error" in lines
    assert max(map(len, lines[1:])) <= 80


async def test_the_table_for_a_readme_reads_nothing_that_a_server_says_as_markdown(
    conform: Conform,
) -> None:
    async def shout(peer: Peer) -> None:
        if "tools" in peer.request.json:
            message = "a | b <img src=x> [c](d) `e`\n# f"
            await peer.reply_json(400, {"error": {"message": message}})
        else:
            await ProbedServer()(peer)

    ran = await conform(shout, "plain,tool", conform_format="md")
    lines = ran.out.splitlines()
    assert lines[0] == "**Responses API: 1 of 2 supported; nothing wrong**"
    assert "| plain | ✅ yes | nothing |" in lines
    (row,) = [line for line in lines if line.startswith("| tool ")]
    assert row.endswith(r"a \| b \<img src=x\> \[c\](d) \`e\` # f |  |")


async def test_junit_fails_what_is_wrong_and_skips_what_is_not_supported(conform: Conform) -> None:
    server = ProbedServer(other_text, refuses=frozenset({"tools"}))
    ran = await conform(server, "plain,tool,bad-request", conform_format="junit")
    opened = list[tuple[str, dict[str, str]]]()
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: opened.append((name, attributes))
    parser.Parse(ran.out, True)
    suite = opened[1][1]
    named = [attributes.get("name", tag) for tag, attributes in opened[2:]]
    assert named == ["plain", "failure", "tool", "skipped", "bad-request"]
    assert (suite["tests"], suite["failures"], suite["skipped"]) == ("3", "1", "1")


async def test_the_spec_and_what_is_ignored_are_those_of_check(conform: Conform) -> None:
    ran = await conform(ProbedServer(other_text), "plain", conform_format="json", ignore=("text.",))
    assert (ran.code, rules(ran.report)) == (0, set())
    ran = await conform(ProbedServer(), "plain", conform_format="json", spec="open-responses")
    assert "wire.done-marker" in rules(ran.report)


# -- leaving ---------------------------------------------------------------------------------------


async def test_ctrl_c_prints_what_was_done_so_far() -> None:
    waiting = asyncio.Event()

    async def hang(peer: Peer) -> None:
        if "tools" not in peer.request.json:
            await ProbedServer()(peer)
            return
        await peer.head(200, EVENT_STREAM)
        waiting.set()
        await peer.hold()

    async with serving(hang) as server:
        process = await started("conform", "--base-url", server.url, "-m", "m")
        await asyncio.wait_for(waiting.wait(), 30)
        os.kill(process.pid, signal.SIGINT)
        out, err = await process.communicate()
    text = out.decode()
    assert process.returncode == 130
    assert "plain              yes" in text
    assert "tool               untried" in text
    assert "ended after 3 of 15 probes" in text
    assert err == b""
