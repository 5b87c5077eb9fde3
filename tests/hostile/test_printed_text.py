"""Hostile text where lines are printed: lists of sessions, plain mode, exports, a page."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.hostile.leaks import printed_leaks
from tests.hostile.payloads import FAMILIES, SAMPLE, recording
from tests.hostile.terminal import Terminal, environment

if TYPE_CHECKING:
    from pathlib import Path

TAGS = "</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)><!-- ${7*7} -->"

# What each prints on the terminal; FILE is a recording, DATA has it among the sessions.
PRINTING = {
    "plain replay": ["replay", "--plain", "-s", "max", "FILE"],
    "sessions": ["sessions", "list"],
    "sessions in JSON": ["sessions", "list", "--format", "json"],
    "a search": ["sessions", "search", "7777"],
    "doctor": ["doctor"],
    **{
        f"export {name}": ["export", "FILE", "--format", name, "-o", "-", "--no-redact"]
        for name in ("md", "json", "jsonl", "txt", "curl")
    },
}


def printed(home: Path, text: str, arguments: list[str]) -> Terminal:
    folder = home / "data" / "codex-tui" / "sessions" / "2026" / "11"
    folder.mkdir(parents=True)
    file = folder / "22T07-39-30-hostile-0123456789.sse"
    file.write_bytes(recording(text))
    given = [str(file) if each == "FILE" else each for each in arguments]
    with Terminal.run(given, environment(home)) as terminal:
        terminal.wait()
    return terminal


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTING)
def test_nothing_hostile_is_printed_on_a_terminal(tmp_path: Path, name: str) -> None:
    terminal = printed(tmp_path, SAMPLE, PRINTING[name])
    assert printed_leaks(bytes(terminal.received)) == []
    assert "Traceback" not in terminal.text()


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_is_printed_by_plain_mode_or_the_list(tmp_path: Path, family: str) -> None:
    for name in ("plain replay", "sessions"):
        terminal = printed(tmp_path / name, FAMILIES[family], PRINTING[name])
        assert printed_leaks(bytes(terminal.received)) == []
        assert "Traceback" not in terminal.text()


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["html", "svg"])
def test_a_page_holds_no_markup_of_others(tmp_path: Path, format_: str) -> None:
    out = tmp_path / "out"
    arguments = ["export", "FILE", "--format", format_, "-o", str(out), "--no-redact"]
    terminal = printed(tmp_path, f"{TAGS} {SAMPLE}", arguments)
    assert terminal.code == 0, terminal.text()
    page = out.read_text(encoding="utf-8")
    assert "<img" not in page
    assert "<svg/onload" not in page
    assert re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", page) is None
    shutil.rmtree(tmp_path / "data")
