"""The README tells the same story as the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.binding import Binding

from codex_tui.cli.sessions.verbs import sessions_group
from codex_tui.config.options import OPTIONS
from codex_tui.figures.table import markdown_table
from codex_tui.tui.app import CodexTui
from codex_tui.tui.key_names import say_keys
from codex_tui.tui.keys import key_groups
from codex_tui.tui.viewer import Viewer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    assert match is not None
    return match[1].strip()


def test_the_table_of_figures_is_the_codes() -> None:
    assert marked("figures") == markdown_table().strip()


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_two_commands_are_one_line_each(name: str) -> None:
    fence, line, end = marked(name).splitlines()
    assert (fence, end) == ("```sh", "```")
    assert line.startswith("python3 -m venv .venv && .venv/bin/pip install")


def test_every_picture_and_file_that_it_names_is_there() -> None:
    names = re.findall(r"\]\(([^):]+)\)", README)
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_flags_that_it_names_exist() -> None:
    verbs = sessions_group().commands.values()
    known = {option for verb in verbs for each in verb.params for option in each.opts}
    known |= {option.flag for option in OPTIONS.values()} | {"--from", "--spec", "--help"}
    known |= {"--json"}  # of `codex exec`
    known |= {"--snapshot-update", "--check"}  # of pytest and ruff
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert named <= known


def test_keys_that_it_names_are_bound() -> None:
    tables = README.split("## In the app")[1].split("## On the command line")[0]
    rows = re.findall(r"^\| ([^|]+) \|", tables, re.MULTILINE)
    words = [word for row in rows for word in re.findall(r"[^\s,]+|(?<= ),", row)]
    said = {"key", "---", "then", "or", "a", "click", "to", "page", "keys", "arrows"}
    bindings = [each for group in key_groups(CodexTui.BINDINGS) for each in group.bindings]
    bound = [say_keys(each.key).split("  ") for each in bindings if isinstance(each, Binding)]
    assert "," in words
    assert set(words) - said <= {key for keys in bound for key in keys}


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("*.md")))
def test_lines_outside_of_tables_are_no_longer_than_100_characters(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100 and not line.startswith("|")] == []


def test_ids_of_bindings_are_unique_so_that_each_can_be_rebound() -> None:
    bindings = [*CodexTui.BINDINGS, *Viewer.BINDINGS]
    ids = [binding.id for binding in bindings if isinstance(binding, Binding)]
    assert len(ids) == len(set(ids)) == len(bindings)
    assert all(ids)
