"""Files and pipes that would cost too much: every verb says what it left out, and reads it if told.

The command line is run as it is typed; how much is read is counted in `tests/formats`.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_tui.unpacking import Allowance
from tests.cli.streams import answer, created, deltas

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

FREE = 1 << 20  # bytes; what it is for users is counted in `tests/test_unpacking.py`
PADDED = b": " + b"x" * 4_000 + b"\n\n"
PADDING = PADDED * (FREE // len(PADDED) + 300)
SAID = "The gzip file unpacks to more than 100 times its size: the rest is not read."
TOLD = f"{SAID} --no-limit reads it."


def _allowance(free: int | None = FREE) -> Allowance:
    return Allowance(free)


@pytest.fixture(autouse=True)
def _little_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex_tui.formats.readers.Allowance", _allowance)


@pytest.fixture
def bomb(tmp_path: Path) -> Path:
    """An answer that has ended, and then nothing for long."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"".join(answer("Hello")) + PADDING))
    return path


@pytest.fixture
def open_bomb(tmp_path: Path) -> Path:
    """An answer that would go on behind all that."""
    path = tmp_path / "open.gz"
    path.write_bytes(gzip.compress(b"".join((created(), *deltas("Hello"), PADDING))))
    return path


def test_show_prints_what_came_before_and_says_why_there_is_no_more(cli: Cli, bomb: Path) -> None:
    result = cli("show", str(bomb))
    assert (result.code, result.out) == (1, b"Hello")
    assert result.err == f"codex-tui: {bomb}: {TOLD}\n"
    result = cli("show", "-", stdin=bomb.read_bytes())
    assert (result.code, result.out) == (1, b"Hello")
    assert result.err == f"codex-tui: standard input: {TOLD}\n"


@pytest.mark.parametrize("format_", ["json", "summary", "events", "plain"])
def test_all_formats_do(cli: Cli, bomb: Path, format_: str) -> None:
    result = cli("show", str(bomb), "--format", format_)
    assert (result.code, TOLD in result.err) == (1, True)
    assert b"Hello" in result.out or format_ == "summary"


def test_an_ending_that_was_not_read_is_the_limit(cli: Cli, open_bomb: Path) -> None:
    result = cli("show", str(open_bomb))
    assert (result.code, result.out) == (1, b"Hello")
    assert result.err.startswith(f"codex-tui: interrupted: {SAID}\n")
    told = json.loads(cli("show", str(open_bomb), "--format", "json").out)
    assert (told["how"], told["error"]) == ("interrupted", {"message": SAID})


def test_with_no_limit_all_is_read(cli: Cli, bomb: Path) -> None:
    for words in (["--no-limit", str(bomb)], [str(bomb), "--no-limit"]):
        result = cli("show", *words)
        assert (result.code, result.out, result.err) == (0, b"Hello", "")


def test_a_replay_in_lines_says_it_and_fails(cli: Cli, bomb: Path, open_bomb: Path) -> None:
    result = cli("replay", str(bomb), "--plain", "-s", "max")
    assert result.code == 1
    assert f"trouble: {TOLD}".encode() in result.out
    result = cli("replay", str(open_bomb), "--plain", "-s", "max")
    assert f"interrupted: {SAID}".encode() in result.out
    assert cli("replay", str(bomb), "--plain", "-s", "max", "--no-limit").code == 0


def test_an_export_has_what_was_read_and_fails(cli: Cli, open_bomb: Path) -> None:
    result = cli("export", str(open_bomb), "-o", "-")
    assert (result.code, TOLD in result.err) == (1, True)
    assert SAID.encode() in result.out
    result = cli("export", str(open_bomb), "-o", "-", "--no-limit")
    assert (result.code, SAID.encode() in result.out) == (0, False)


def test_an_import_has_what_was_read_with_the_limit_as_its_ending(
    cli: Cli, bomb: Path, open_bomb: Path
) -> None:
    result = cli("sessions", "import", str(open_bomb), str(bomb))
    assert result.code == 1
    assert result.err.splitlines() == [f"codex-tui: {each}: {TOLD}" for each in (open_bomb, bomb)]
    first, second = result.out.decode().split()
    assert f"interrupted: {SAID}" in cli("show", first).err
    assert (cli("show", second).err, cli("show", second).code) == ("", 0)
    assert cli("sessions", "import", str(bomb), "--no-limit").code == 0


def test_the_library_finds_what_stands_before_a_bomb(cli: Cli, bomb: Path) -> None:
    imported = Path(cli("sessions", "import", str(bomb)).out.decode().strip())
    (imported.parent / "copied.sse").write_bytes(bomb.read_bytes())
    found = cli("sessions", "search", "Hello").out
    assert found.count("“Hello”".encode()) == 2  # so they are called, having no prompt


def test_the_help_of_verbs_that_open_files_names_the_option(cli: Cli) -> None:
    for verb in (["-"], ["show"], ["replay"], ["export"], ["sessions", "import"], ["codex"]):
        assert b"--no-limit" in cli(*verb, "--help").out
