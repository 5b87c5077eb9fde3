"""Several runs of one request: what goes out when, what is printed, what is recorded."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.cli.run_group import ask_several
from codex_tui.cli.run_plan import plan_of
from codex_tui.config import load
from codex_tui.figures.table import FIGURES
from codex_tui.recording.format import parse_header
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord
from tests.cli.streams import answer, created, deltas, ended, started
from tests.servers import EVENT_STREAM, Handler, Peer, serving
from tests.sources.socket_server import ServerSocket

if TYPE_CHECKING:
    from codex_tui.recording.format import Header
    from tests.cli.conftest import Cli

KEY = "sk-CANARY-0123456789"
Printed = pytest.CaptureFixture[bytes]


@dataclass
class Asked:
    """A server that answers each model as it is told, and notes how many it answers at once."""

    others: dict[str, Handler] = field(default_factory=dict)
    at_once: int = 1
    """How many requests are to be there before any is answered."""
    models: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self._all = asyncio.Barrier(self.at_once)

    async def __call__(self, peer: Peer) -> None:
        model = peer.request.json["model"]
        self.models.append(model)
        self.running += 1
        self.most = max(self.most, self.running)
        await self._all.wait()
        try:
            await self.others.get(model, completes)(peer)
        finally:
            self.running -= 1


async def completes(peer: Peer) -> None:
    await peer.stream(*answer("Because."))


async def refuses(peer: Peer) -> None:
    await peer.reply_json(429, {"error": {"message": "Slow\ndown"}})


@dataclass
class RanSeveral:
    """What several runs printed."""

    code: int
    out: str
    err: list[str]

    @property
    def rows(self) -> dict[str, list[str]]:
        """The cells of the table by the names of its rows."""
        cells = (re.split(r"  +", line) for line in self.out.splitlines())
        return {name: rest for name, *rest in cells}

    @property
    def object(self) -> Any:
        return json.loads(self.out)


async def run_several(printed: Printed, handler: Handler, **flags: Any) -> RanSeveral:
    async with serving(handler) as server:
        environ = {**os.environ, "OPENAI_API_KEY": KEY}
        named = {} if "models" in flags else {"model": "m"}
        settings = load({"base_url": server.url, **named, **flags}, environ)
        async with asyncio.timeout(30):
            code = await ask_several(settings, plan_of(settings), "Why?")
    out, err = printed.readouterr()
    return RanSeveral(code, out.decode(), err.decode().splitlines())


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "data" / "codex-tui" / "sessions"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.sse"))


def ends_in(folder: Path) -> list[str]:
    records = (record for path in files_in(folder) for _, record in read_records(path))
    return [record.how for record in records if isinstance(record, EndRecord)]


def headers_in(folder: Path) -> list[Header]:
    found = [parse_header(path.read_bytes()) for path in files_in(folder)]
    return sorted((each for each in found if each is not None), key=lambda each: each.run or "")


# -- what goes out when ------------------------------------------------------------------------


async def test_models_are_asked_at_once(capsysbinary: Printed) -> None:
    server = Asked(at_once=2)
    ran = await run_several(capsysbinary, server, models=("a,b",))
    assert (ran.code, sorted(server.models), server.most) == (0, ["a", "b"], 2)


async def test_times_are_one_after_another(capsysbinary: Printed) -> None:
    server = Asked()
    ran = await run_several(capsysbinary, server, times=3)
    assert (ran.code, server.models, server.most) == (0, ["m"] * 3, 1)


async def test_both_are_rounds(capsysbinary: Printed) -> None:
    server = Asked(at_once=2)
    ran = await run_several(capsysbinary, server, models=("a", "b"), times=3)
    rounds = [sorted(server.models[start : start + 2]) for start in (0, 2, 4)]
    assert (ran.code, rounds, server.most) == (0, [["a", "b"]] * 3, 2)


@pytest.mark.parametrize(("together", "most"), [(True, 6), (False, 1)])
async def test_all_at_once_or_each_alone(
    capsysbinary: Printed, *, together: bool, most: int
) -> None:
    server = Asked(at_once=most)
    flags = {"models": ("a,b",), "times": 3, "together": together}
    ran = await run_several(capsysbinary, server, **flags)
    assert (ran.code, server.most, len(server.models)) == (0, most, 6)


async def test_over_sockets_each_run_has_a_connection_of_its_own(capsysbinary: Printed) -> None:
    """A socket has one conversation: runs beside each other would end each other's."""
    all_there = asyncio.Barrier(3)

    async def responds(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await all_there.wait()
        await socket.respond("resp_1")
        await peer.hold()

    flags = {"times": 3, "together": True, "transport": "websocket"}
    ran = await run_several(capsysbinary, responds, **flags)
    assert (ran.code, ran.rows["ended"]) == (0, ["3 completed"])


# -- what is printed ---------------------------------------------------------------------------


async def test_the_table_alone_goes_to_stdout(capsysbinary: Printed) -> None:
    ran = await run_several(capsysbinary, Asked(), models=("gpt-a,gpt-b",), times=2)
    assert ran.rows[""] == ["gpt-a", "gpt-b"]
    assert ran.rows["ended"] == ["2 completed"] * 2
    assert all("s" in cell for cell in (*ran.rows["first text"], *ran.rows["end"]))
    assert "Because" not in ran.out


async def test_a_line_says_when_a_run_ends(capsysbinary: Printed) -> None:
    ran = await run_several(capsysbinary, Asked(), models=("a,b",), times=2)
    first, *runs, recorded, compare = ran.err
    assert first.startswith(
        "codex-tui: 4 requests: a and b, 2 times each, one round after another; to http://"
    )
    said = re.compile(r"codex-tui: run ([1-4])/4 · [ab] · completed · first event .* · \d+ events")
    assert sorted(found[1] for line in runs if (found := said.match(line))) == [*"1234"]
    assert re.fullmatch(r"codex-tui: recorded: codex-tui sessions list group:\w{7}", recorded)
    assert re.fullmatch(r"codex-tui: compare: codex-tui compare( \w{7}){2} --( \w{7}){2}", compare)


async def test_what_is_named_to_be_compared_are_the_recordings(
    capsysbinary: Printed, cli: Cli
) -> None:
    ran = await run_several(capsysbinary, Asked(), models=("a,b",))
    keys = ran.err[-1].partition("codex-tui compare ")[2].split()
    for key, model in zip(keys, "ab", strict=True):
        path = Path(cli("sessions", "path", key).out.decode().strip())
        asked = [record for _, record in read_records(path) if isinstance(record, RequestRecord)]
        assert [record.body["model"] for record in asked] == [model]
    group = ran.err[-2].rpartition(" ")[2]
    listed = cli("sessions", "list", group).out.decode().splitlines()
    assert [line.rpartition("  ")[2] for line in listed] == ["1/2 Why?", "└ 2/2 Why?"]


async def test_only_completed_runs_are_in_the_figures(capsysbinary: Printed) -> None:
    server = Asked({"b": refuses})
    ran = await run_several(capsysbinary, server, models=("a,b",), times=2)
    assert ran.code == 1
    assert ran.rows["ended"] == ["2 completed", "2 HTTP error"]
    assert [cell != "–" for cell in ran.rows["end"]] == [True, False]
    refused = [line for line in ran.err if "· b ·" in line]
    assert len(refused) == 2
    assert all("HTTP error: " in line and "Slow down" in line for line in refused)


async def test_an_answer_of_another_model_than_asked_is_said(capsysbinary: Printed) -> None:
    ran = await run_several(capsysbinary, Asked(), models=("m,other",))
    assert ran.rows["answered"] == ["m", "m"]
    assert "answered" not in (await run_several(capsysbinary, Asked(), times=2)).rows


async def test_the_object_has_all_figures_and_all_reports(
    capsysbinary: Printed, folder: Path
) -> None:
    server = Asked({"b": refuses})
    ran = await run_several(capsysbinary, server, models=("a,b",), times=2, format="json")
    found = ran.object
    assert set(found) == {"group", "models", "runs"}
    one, other = found["models"]
    assert (one["model"], one["runs"], one["not_sent"], one["how"]) == (
        *("a", 2, 0),
        {"completed": 2},
    )
    assert set(one["figures"]) == {figure.key for figure in FIGURES if figure.group != "live"}
    spread = one["figures"]["first_text"]
    assert spread["least"] <= spread["median"] <= spread["most"]
    assert (spread["runs"], other["figures"]["first_text"]) == (2, None)
    assert (other["how"], other["findings"]) == ({"http_error": 2}, {})
    assert {level: each["runs"] for level, each in one["findings"].items()} == dict.fromkeys(
        ("error", "warning", "note"), 2
    )
    assert [run["run"] for run in found["runs"]] == ["1/4", "2/4", "3/4", "4/4"]
    assert [run["model"] for run in found["runs"]] == [*"abab"]
    assert {run["output_text"] for run in found["runs"]} == {"Because.", ""}
    assert {run["file"] for run in found["runs"]} == {str(path) for path in files_in(folder)}


async def test_what_is_wrong_is_said_of_its_run_and_gives_1(capsysbinary: Printed) -> None:
    async def ends_twice(peer: Peer) -> None:
        await peer.stream(*answer("a"), ended())

    server = Asked({"b": ends_twice})
    ran = await run_several(capsysbinary, server, models=("a,b",), check=True)
    said = [line for line in ran.err if "order.second-terminal" in line]
    assert (ran.code, len(said)) == (1, 1)
    assert said[0].startswith("codex-tui: run 2/2: error order.second-terminal at ")
    assert "error" in ran.rows["findings"][1]
    assert (await run_several(capsysbinary, server, models=("a,b",))).code == 0


# -- what is recorded --------------------------------------------------------------------------


async def test_each_run_is_a_recording_of_one_group(capsysbinary: Printed, folder: Path) -> None:
    ran = await run_several(capsysbinary, Asked(), models=("a,b",), times=2, format="json")
    headers = headers_in(folder)
    assert [header.run for header in headers] == ["1/4", "2/4", "3/4", "4/4"]
    assert {header.group for header in headers} == {ran.object["group"]}
    assert all(KEY.encode() not in path.read_bytes() for path in files_in(folder))


async def test_without_recordings_that_is_said(capsysbinary: Printed, folder: Path) -> None:
    ran = await run_several(capsysbinary, Asked(), times=2, record=False, format="json")
    assert (ran.code, ran.object["group"], files_in(folder)) == (0, None, [])
    assert ran.object["runs"][0]["file"] is None
    assert ran.err[-1] == "codex-tui: none of these runs is in a recording"


# -- what can't be -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--times", "0"), "--times 0: 1 or more"),
        (("--models", ","), "--models names no model"),
        (("--models", "a, b,a"), "names a twice"),
        (("--models", "a", "-m", "b"), "-m and --models both"),
        (("--together",), "--together is for several runs"),
        (("--no-together",), "--no-together is for several runs"),
        (("--times", "2", "-R"), "-R prints"),
        (("--times", "2", "--format", "events"), "--format events prints one run"),
        (("--times", "many"), "--times"),
    ],
)
def test_what_says_nothing_of_several_is_one_line(
    cli: Cli, args: tuple[str, ...], said: str
) -> None:
    result = cli("run", "Why?", "-p", "demo", *args)
    assert (result.code, result.out) == (2, b"")
    assert said in result.line


def test_a_body_that_names_a_model_would_ask_the_same_one_each_time(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "body.json").write_text('{"model": "always"}')
    args = ("--models", "a,b", "--body", str(tmp_path / "body.json"))
    result = cli("run", "Why?", "--base-url", "http://127.0.0.1:9/v1", *args)
    assert result.code == 2
    assert "--models names a, and the body asks always" in result.line


# -- a program of its own ----------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_ends_all_that_run_and_the_table_has_what_there_is(
    folder: Path, number: signal.Signals, code: int
) -> None:
    begun = asyncio.Semaphore(0)

    async def streams_on(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        await peer.send(b"".join([created(), *deltas("Be")]))
        begun.release()
        await peer.hold()

    server = Asked({"slow": streams_on, "slower": streams_on})
    async with serving(server) as listening:
        args = ("--models", "slow,slower", "--times", "2", "--base-url", listening.url)
        process = await started("run", "Why?", *args)
        await begun.acquire()
        await begun.acquire()
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == code
    assert sorted(server.models) == ["slow", "slower"]
    rows = RanSeveral(code, out.decode(), []).rows
    assert rows[""] == ["slow", "slower"]
    assert rows["ended"] == ["1 cancelled, 1 not sent"] * 2
    assert err.count(b" cancelled") == 2
    assert b"Traceback" not in err
    assert len(files_in(folder)) == 2
    assert ends_in(folder) == ["cancelled"] * 2


async def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    async with serving(Asked()) as listening:
        reading, writing = os.pipe()
        os.close(reading)
        process = await started(
            "run", "Why?", "-m", "m", "--times", "2", "--base-url", listening.url, stdout=writing
        )
        os.close(writing)
        _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 141
    assert b"Traceback" not in err
