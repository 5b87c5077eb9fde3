"""The README tells the same story as the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from codex_tui.cli.program import program
from codex_tui.cli.sessions.verbs import sessions_group
from codex_tui.manual import FOLDER, pages
from codex_tui.tui.app import CodexTui
from codex_tui.tui.key_names import say_keys
from codex_tui.tui.keys import key_groups
from codex_tui.tui.viewer import Viewer
from tests.papers import PAPERS, ROOT, marked

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
KEYS = (README, FOLDER / "keys.md", FOLDER / "replay.md")
LINES = 170
_GENERATED = re.compile(r"<!-- rules -->.*<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_two_commands_are_one_line_each(name: str) -> None:
    fence, line, end = marked(README, name).splitlines()
    assert (fence, end) == ("```sh ci", "```")
    assert line.startswith("python3 -m venv .venv && .venv/bin/pip install")


def test_it_can_be_read_in_a_few_minutes() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= LINES


def test_it_names_every_page_of_the_manual() -> None:
    named = re.findall(r"codex_tui/manual/(\w+)\.md", README.read_text(encoding="utf-8"))
    assert set(named) == {page.topic for page in pages()}


def test_flags_that_it_names_exist() -> None:
    verbs = [*program().commands.values(), *sessions_group().commands.values()]
    params = [each for verb in verbs for each in verb.params]
    known = {option for each in params for option in (*each.opts, *each.secondary_opts)}
    known |= {"--help", "--from", "--spec"}  # of uvx and pipx
    known |= {"--json", "--no-daemon"}  # of the Codex CLI
    said = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", said))
    assert named <= known


def key_words(*papers: Path) -> set[str]:
    """The words in the first columns of tables of keys."""
    said = "".join(paper.read_text(encoding="utf-8") for paper in papers)
    tables = "".join(re.findall(r"^\| key \|.*\n(?:\|.*\n)+", said, re.MULTILINE))
    rows = re.findall(r"^\| ([^|]+) \|", tables, re.MULTILINE)
    return {word for row in rows for word in re.findall(r"[^\s,;]+|(?<= ),", row)}


def bindings() -> list[Binding]:
    groups = key_groups(CodexTui.BINDINGS)
    return [each for group in groups for each in group.bindings if isinstance(each, Binding)]


def test_keys_that_are_named_in_tables_are_bound() -> None:
    words = key_words(*KEYS)
    said = {"key", "---", "then", "or", "a", "click", "to", "keys", "arrows"}
    bound = [say_keys(each.key).split("  ") for each in bindings()]
    assert "," in words
    assert words - said <= {key for keys in bound for key in keys}


def test_keys_that_are_bound_are_named_in_the_manual() -> None:
    words = key_words(*(paper for paper in KEYS if paper != README))
    ranges = ("play.tenth-", "viewer.go-")
    named = [
        each.id
        for each in bindings()
        if words & set(say_keys(each.key).split("  ")) or str(each.id).startswith(ranges)
    ]
    assert [each.id for each in bindings() if each.id not in named] == []


@pytest.mark.parametrize("path", sorted({*PAPERS, *ROOT.glob("*.md")}), ids=lambda path: path.name)
def test_lines_outside_of_tables_are_no_longer_than_100_characters(path: Path) -> None:
    text = _GENERATED.sub("", path.read_text(encoding="utf-8"))
    lines = text.splitlines()
    assert [line for line in lines if len(line) > 100 and not line.startswith("|")] == []


def test_ids_of_bindings_are_unique_so_that_each_can_be_rebound() -> None:
    bindings = [*CodexTui.BINDINGS, *Viewer.BINDINGS]
    ids = [binding.id for binding in bindings if isinstance(binding, Binding)]
    assert len(ids) == len(set(ids)) == len(bindings)
    assert all(ids)
