"""The manual: pages of Markdown, and the way from a word to the page that answers it.

The same files are read in a browser, by `codex-tui help` and in the app. What only a browser or a
test makes use of (pictures, comments, words behind that of a fence) is taken off here.
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
CONTENTS = "contents"
"""The page that names all others, each in a line: what is told of them is read from it."""

_LINE = re.compile(r"^- \[([\w-]+)\]\(\1\.md\): (.+(?:\n  .+)*)", re.MULTILINE)
_UNSEEN = re.compile(r"^(?:<!--.*-->|!\[.*)\n+", re.MULTILINE)
_FENCE = re.compile(r"^(```\w+) .*$", re.MULTILINE)
_MOST = 4  # pages that are named in the place of one that is not there
_ALIKE = 0.7


class ManualPage(NamedTuple):
    """A page: what is typed, its title, and what it is about in some words."""

    topic: str
    title: str
    about: str


@cache
def pages() -> tuple[ManualPage, ...]:
    """All pages, in the order of the contents; those themselves are not among them."""
    found = _LINE.findall(_read(CONTENTS))
    return tuple(
        ManualPage(topic, _read(topic).partition("\n")[0].removeprefix("# "), about)
        for topic, about in found
    )


def text_of(topic: str) -> str:
    """A page as Markdown.

    Raises:
        LookupError: There is no such page.
    """
    if topic != CONTENTS and topic not in {page.topic for page in pages()}:
        raise LookupError(topic)
    return _FENCE.sub(r"\1", _UNSEEN.sub("", _read(topic)))


def near(word: str) -> list[str]:
    """The pages that a word may mean: those of a like name, else those that speak of it most."""
    topics = [page.topic for page in pages()]
    if alike := difflib.get_close_matches(word.lower(), topics, n=_MOST, cutoff=_ALIKE):
        return alike
    spoken = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
    often = {topic: len(spoken.findall(_read(topic))) for topic in topics}
    return sorted(filter(often.__getitem__, topics), key=lambda topic: -often[topic])[:_MOST]


def _read(topic: str) -> str:
    return (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
