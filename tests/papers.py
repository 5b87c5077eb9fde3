"""The README and the pages of the manual, taken apart: lines, fenced blocks, commands.

The word behind `sh` says what a block needs that no test has: nothing (it runs by itself),
`network` (it runs against a server on loopback), `ci` (`.ci/run` does), `terminal` (it is not run).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from codex_tui.manual import FOLDER

ROOT = Path(__file__).parent.parent
PAPERS = (ROOT / "README.md", *sorted(FOLDER.glob("*.md")))

_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#(?: .*)?$")


class Block(NamedTuple):
    """A fenced block: where it stands, its language, what it needs, its lines."""

    paper: str
    language: str
    need: str
    text: str


class Command(NamedTuple):
    """A line of a block that a shell runs."""

    paper: str
    need: str
    line: str


def blocks(language: str) -> list[Block]:
    """All blocks of a language."""
    found = (
        Block(path.stem, *match.groups(""))
        for path in PAPERS
        for match in _BLOCK.finditer(path.read_text(encoding="utf-8"))
    )
    return [block for block in found if block.language == language]


def commands() -> list[Command]:
    """All commands, without their comments."""
    return [
        Command(block.paper, block.need, _COMMENT.sub("", line))
        for block in blocks("sh")
        for line in block.text.splitlines()
    ]


def marked(paper: Path, name: str) -> str:
    """What stands between two comments."""
    text = paper.read_text(encoding="utf-8")
    match = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert match is not None
    return match[1].strip()
