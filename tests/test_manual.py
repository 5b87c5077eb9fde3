"""The manual and the README say what is so: their commands run, their tables are the code's."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import shutil
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.config import load
from codex_tui.figures.table import markdown_table
from codex_tui.findings.rules import markdown_list
from codex_tui.manual import CONTENTS, FOLDER, near, pages, text_of
from codex_tui.serve.chaos_kinds import chaos_table
from codex_tui.tui.panes.words import PHASES
from codex_tui.wire.base import Family
from tests import other_answers
from tests.cli.streams import recording
from tests.findings.streams import call, message, whole
from tests.formats import rollouts
from tests.papers import PAPERS, Block, Command, blocks, commands, marked
from tests.probed_server import ProbedServer
from tests.servers import Peer, serving

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = ("", "network", "terminal", "ci")
SERVER = "http://localhost:8000/v1"
ASKED = [{"role": "user", "content": "hi"}]
LIMIT = 60  # seconds that a command may take
OTHERS = ("jq", "curl")  # programs of others in commands: where one is missing they are not run


def test_the_tables_are_the_codes() -> None:
    assert marked(FOLDER / "figures.md", "figures") == markdown_table().strip()
    assert marked(FOLDER / "findings.md", "rules") == markdown_list().strip()
    assert marked(FOLDER / "serve.md", "chaos") == chaos_table().strip()


def test_the_contents_name_every_page() -> None:
    topics = [page.topic for page in pages()]
    assert sorted([*topics, CONTENTS]) == sorted(path.stem for path in FOLDER.glob("*.md"))
    assert all(page.title and page.about for page in pages())


def test_links_lead_to_pages_and_headings_that_are_there() -> None:
    for paper in PAPERS:
        for target in re.findall(r"\]\(([^):]+)\)", paper.read_text(encoding="utf-8")):
            assert (paper.parent / target).exists(), (paper.name, target)


def test_a_page_is_shown_without_what_only_a_browser_or_a_test_uses() -> None:
    assert "![" in (FOLDER / "export.md").read_text(encoding="utf-8")
    shown = "".join(map(text_of, [CONTENTS, *(page.topic for page in pages())]))
    assert not re.search(r"^<!--|^!\[|^```\w+ ", shown, re.MULTILINE)


def test_a_word_leads_to_the_pages_that_it_may_mean() -> None:
    assert near("sesions") == ["sessions"]
    assert near("redact")[0] == "export"
    assert near("zzzz") == []
    with pytest.raises(LookupError):
        text_of("nothing")


def test_every_family_and_every_state_has_its_sign() -> None:
    cells = re.findall(r"^\| (.+?) \|", text_of("signs"), re.MULTILINE)
    signs = {sign for cell in cells for sign in cell.split()}
    assert {family.value for family in Family} <= signs
    assert {sign for sign, *_ in PHASES.values()} <= signs


# -- code ----------------------------------------------------------------------------------------


def test_what_a_command_needs_is_said_in_words_that_are_known() -> None:
    assert {command.need for command in commands()} <= set(NEEDS)


def _named(block: Block | Command) -> str:
    return f"{block.paper}: {block[-1].splitlines()[0]}"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with the files that commands speak of, a home with sessions, and the program."""
    saved = _short(recording(_stream(message(0, ("the rate limit", " in paris")))))
    called = _short(recording(_stream(call(0, pieces=('{"city": ', '"paris"}')))))
    (tmp_path / "called").write_bytes(called)
    for name in ("FILE", "stream.sse", "trace.har", "rollout.jsonl"):
        (tmp_path / name).write_bytes(saved)
    (tmp_path / "chat.sse").write_bytes(other_answers.sse(other_answers.chat()))
    (tmp_path / "rollout.jsonl").write_bytes(rollouts.later_versions())
    (tmp_path / "dump.gz").write_bytes(gzip.compress(saved))
    kept = tmp_path / "codex" / "sessions" / "2026" / "11" / "22"
    kept.mkdir(parents=True)
    (kept / "rollout-2026-11-22T10-00-00-0bbb.jsonl").write_bytes(rollouts.later_versions())
    program = tmp_path / "bin" / "codex-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m codex_tui "$@"\n')
    program.chmod(0o700)
    assert await _run("codex-tui sessions import stream.sse called", tmp_path) == (0, "")
    return tmp_path


def _short(saved: bytes) -> bytes:
    """The same, ended sooner: it is played as it came."""
    return saved.replace(b'"t": 9.0', b'"t": 1.5')


def _stream(*items: list[dict[str, Any]]) -> list[bytes]:
    events = whole(*items)
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]


def _environment(folder: Path) -> dict[str, str]:
    known = {name: text for name, text in os.environ.items() if not name.startswith("OPENAI_")}
    homes = {
        f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return {
        **known,
        **homes,
        "HOME": str(folder),
        "CODEX_HOME": str(folder / "codex"),
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
    }


async def _run(line: str, folder: Path, **environ: str) -> tuple[int, str]:
    """Run a line of a shell, with no terminal; give its exit code and what it said on stderr."""
    if missing := [each for each in OTHERS if f"{each} " in line and not shutil.which(each)]:
        pytest.skip(f"no {missing[0]} here")
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"set -o pipefail; {line}"),
        cwd=folder,
        env={**_environment(folder), **environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), LIMIT)
    return process.returncode or 0, said.decode()


ALONE = [each for each in commands() if each.need == ""]
SERVED = [each for each in commands() if each.need == "network"]


@pytest.mark.parametrize("command", ALONE, ids=_named)
async def test_a_command_that_needs_nothing_runs(command: Command, folder: Path) -> None:
    code, said = await _run(command.line, folder)
    assert (code, "Traceback" in said) == (0, False), said


@pytest.mark.parametrize("command", SERVED, ids=_named)
async def test_a_command_that_needs_a_network_runs_against_a_server(
    command: Command, folder: Path
) -> None:
    probed = ProbedServer()

    async def answered(peer: Peer) -> None:
        of_a_response = "/responses/resp_" in peer.request.target
        if peer.request.method == "POST" or of_a_response or "upgrade" in peer.request.headers:
            await probed(peer)
        else:
            await peer.stream(*_stream(message(0)))

    async with serving(answered) as server:
        profile = f'[profiles.NAME]\nbase_url = "{server.url}"\nmodel = "m"\n'
        (folder / "CONFIG" / "codex-tui").mkdir(parents=True, exist_ok=True)
        (folder / "CONFIG" / "codex-tui" / "config.toml").write_text(profile)
        line = command.line.replace(SERVER, server.url).replace("URL", server.url)
        environ = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": server.url, "CODEX_TUI_MODEL": "m"}
        code, said = await _run(line, folder, **environ)
    assert (code, "Traceback" in said) == (0, False), said


@pytest.mark.parametrize("block", blocks("toml"), ids=_named)
def test_a_configuration_that_is_shown_can_be_used(block: Block, tmp_path: Path) -> None:
    tomllib.loads(block.text)
    path = tmp_path / "config.toml"
    path.write_text(block.text, encoding="utf-8")
    load({}, {"CODEX_TUI_CONFIG": str(path)})


@pytest.mark.parametrize("block", blocks("python"), ids=_named)
async def test_python_that_is_shown_runs(block: Block, tmp_path: Path) -> None:
    async with serving(ProbedServer()) as server:
        given = {"url": f"{server.url}/responses", "headers": {}, "body": {"input": ASKED}}
        set_up = "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items())
        (tmp_path / "shown.py").write_text(set_up + block.text, encoding="utf-8")
        code, said = await _run(f"{sys.executable} shown.py", tmp_path)
    assert (code, said) == (0, "")
