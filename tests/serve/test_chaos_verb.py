"""`codex-tui serve --chaos`: what it says of faults, before and when they strike."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx
import pytest

from codex_tui.cli import main
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord
from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from tests.cli.streams import started
from tests.serve.recorded import recorded

if TYPE_CHECKING:
    from asyncio import StreamReader
    from pathlib import Path


async def said(stderr: StreamReader, word: str) -> str:
    """The next line with a word in it."""
    while line := (await stderr.readline()).decode():
        if word in line:
            return line.rstrip()
    return ""


async def test_it_says_which_faults_befell_an_answer_and_which_did_not(tmp_path: Path) -> None:
    chaos = ("--chaos", "cut@#3,stall=20s@#99", "--chaos", "2:jitter=1ms", "--seed", "7")
    serve = await started("serve", str(recorded(tmp_path)), "--port", "0", *chaos, "--no-record")
    assert serve.stderr is not None
    url = (await said(serve.stderr, "serving on")).split()[-1]
    assert await said(serve.stderr, "chaos:") == (
        "codex-tui: chaos: cut@#3, stall=20s@#99, 2:jitter=1ms (--seed 7)"
    )
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadError):
            await client.post(f"{url}/responses", json={"stream": True})
    assert await said(serve.stderr, "chaos") == "codex-tui: chaos in request 1: cut@#3"
    assert await said(serve.stderr, "chaos") == (
        "codex-tui: no chaos in request 1: stall=20s@#99: it did not come to that"
    )
    serve.send_signal(signal.SIGTERM)
    await serve.communicate()


async def test_a_recording_of_a_broken_answer_says_that_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_TUI_DATA_DIR", str(tmp_path / "data"))
    serve = await started("serve", str(recorded(tmp_path)), "--port", "0", "--chaos", "cut@#3")
    assert serve.stderr is not None
    url = (await said(serve.stderr, "serving on")).split()[-1]
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadError):
            await client.post(f"{url}/responses", json={"stream": True})
    serve.send_signal(signal.SIGTERM)
    await serve.communicate()
    (file,) = (tmp_path / "data").rglob("*.sse")
    *_, (_, end) = read_records(file)
    assert isinstance(end, EndRecord)
    assert end.detail is not None
    assert end.detail.endswith(" Asked for by --chaos: cut@#3.")


def test_all_faults_are_listed_in_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--list-chaos"]) == 0
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    assert all(f"\n{kind.spelling}\n" in printed for kind in CHAOS_KINDS.values())


def test_what_is_no_fault_is_refused_before_anything_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(recorded(tmp_path)), "--chaos", "stal@#3"]) == 2
    assert capsys.readouterr().err == (
        'codex-tui: --chaos "stal@#3": there is no "stal"; did you mean "stall"?'
        " (`codex-tui serve --list-chaos` explains them)\n"
    )
