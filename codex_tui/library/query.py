"""What is typed into a search, and the words around a hit of it: a query is text, unless it parses.

No query is ever an error. Words must all stand in one turn. "Several words" in quotes stand side by
side, -word excludes, OR separates alternatives, and prompt:, answer:, reasoning:, tools: or ending:
before a word says where it must stand. The last word may be the beginning of one, since it is still
being typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.library.saved import TurnText

COLUMNS = ("prompt", "answer", "reasoning", "tools", "ending")
"""The columns of words, in the order in which a hit is looked for."""

_ALIASES = {"tool": "tools", "how": "ending", "error": "ending"}
_TOKEN = re.compile(r'(?P<no>-)?(?:(?P<where>[a-z]+):)?(?P<text>"[^"]*"|[^\s"]+)')
# Scripts without spaces between words: FTS5's tokenizer takes a whole sentence for one word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_SHORTEST_PREFIX = 3  # there is an index of these


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or some side by side.

    Attributes:
        text: What must stand there.
        where: The column; "" for any.
        excluded: Whether it must not.
        is_prefix: Whether the word may go on.
    """

    text: str
    where: str = ""
    excluded: bool = False
    is_prefix: bool = False

    @property
    def fts5(self) -> str:
        """The term in FTS5's language."""
        quoted = '"' + self.text.replace('"', '""') + '"'
        column = f"{{{self.where}}} : " if self.where else ""
        return column + quoted + ("*" if self.is_prefix else "")

    def holds(self, texts: Sequence[str]) -> bool:
        """Whether it stands in the columns, in either case, or does not where it is excluded."""
        columns = texts if not self.where else [texts[COLUMNS.index(self.where)]]
        wanted = self.text.lower()
        return any(wanted in text.lower() for text in columns) != self.excluded


@dataclass(frozen=True, slots=True)
class Query:
    """Alternatives, each some terms of which all must hold."""

    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> list[Term]:
        """What is looked for, the excluded left out."""
        return [term for terms in self.alternatives for term in terms if not term.excluded]

    @property
    def is_of_words(self) -> bool:
        """Whether an index of words can answer it."""
        texts = [term.text for terms in self.alternatives for term in terms]
        return all(_has_word(text) and not _UNSPACED.search(text) for text in texts)

    def holds(self, *texts: str) -> bool:
        """Whether it holds in the columns of a turn, by looking through them."""
        return any(all(term.holds(texts) for term in terms) for terms in self.alternatives)

    @property
    def fts5(self) -> str:
        """The query in FTS5's language."""
        return " OR ".join(f"({_expression(terms)})" for terms in self.alternatives)


def parse(typed: str) -> Query:
    """Read what was typed; a query of nothing has no alternatives."""
    typed = typed.replace("\0", " ").encode("utf-8", "replace").decode()
    alternatives: list[list[Term]] = [[]]
    for found in _TOKEN.finditer(typed):
        if found[0] == "OR":
            alternatives.append([])
        elif (term := _term(found)) is not None:
            alternatives[-1].append(term)
    usable = [terms for terms in alternatives if any(not term.excluded for term in terms)]
    if not usable:
        whole = typed.strip()
        return Query(((Term(whole),),) if whole else ())
    usable[-1][-1] = _going_on(usable[-1][-1], typed)
    return Query(tuple(map(tuple, usable)))


def _term(found: re.Match[str]) -> Term | None:
    where = _ALIASES.get(found["where"] or "", found["where"] or "")
    text = found["text"]
    if where and where not in COLUMNS:
        text, where = f"{found['where']}:{text}", ""
    text = text.strip('"')
    if not text or not _has_word(text):
        return None
    return Term(text, where, excluded=bool(found["no"]))


def _going_on(term: Term, typed: str) -> Term:
    """The last term, as the beginning of a word where it is still being typed."""
    open_end = not typed.endswith(('"', " ")) and len(term.text) >= _SHORTEST_PREFIX
    return Term(term.text, term.where, term.excluded, open_end and not term.excluded)


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _expression(terms: tuple[Term, ...]) -> str:
    wanted = " AND ".join(term.fts5 for term in terms if not term.excluded)
    unwanted = " OR ".join(term.fts5 for term in terms if term.excluded)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


OPEN, CLOSE = "\2", "\3"
"""What stands around a hit in a snippet; both are taken out of texts."""

_ROOM = 80  # characters before and after


def snippet_of(query: Query, text: TurnText) -> tuple[str, str]:
    """The column that holds a query's first hit, and the words around it."""
    for column, words in zip(COLUMNS, text, strict=True):
        for term in query.terms:
            # Not looked for in small letters, which may be more: İ becomes two.
            found = re.search(re.escape(term.text), words, re.IGNORECASE)
            if found and term.where in ("", column):
                return column, _around(words, *found.span())
    return "", ""


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _ROOM), min(len(text), end + _ROOM)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    hit = f"{OPEN}{text[start:end]}{CLOSE}"
    return before + text[first:start] + hit + text[end:last] + after
