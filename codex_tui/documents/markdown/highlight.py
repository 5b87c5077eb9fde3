"""Highlighting of code that grows: Pygments, lexed in pieces that remember the lexer's state.

Pygments is imported when the first fence names a language. Pieces end where a token ends and
nothing is left open, at a place that depends on the code alone; so a fence that streams looks the
same as one that came at once, and costs a piece at a time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.styles import EMPHASIS, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PIECE = 6_000
"""Characters of a piece, and of one of its lines 1,000, beyond which code is shown plain."""

_MAX_LINE = 1_000
_LEXER_FAULTS = (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What hundreds of lexers by hundreds of authors may stumble over; the code is then shown plain."""

_PAIRS = (("/*", "*/"), ('"""', '"""'), ("'''", "'''"), ("<!--", "-->"), ("`", "`"))

_ROLES: dict[str, int] = {
    "Token": Role.CODE,
    "Token.Keyword": Role.KEYWORD,
    "Token.Keyword.Type": Role.TYPE,
    "Token.Keyword.Constant": Role.NUMBER,
    "Token.Operator.Word": Role.KEYWORD,
    "Token.Name.Builtin": Role.FUNCTION,
    "Token.Name.Builtin.Pseudo": Role.KEYWORD,
    "Token.Name.Function": Role.FUNCTION,
    "Token.Name.Decorator": Role.FUNCTION,
    "Token.Name.Class": Role.TYPE,
    "Token.Name.Exception": Role.TYPE,
    "Token.Name.Constant": Role.NUMBER,
    "Token.Name.Tag": Role.KEY,
    "Token.Name.Attribute": Role.KEY,
    "Token.Name.Label": Role.KEY,
    "Token.Literal": Role.NUMBER,
    "Token.Literal.String": Role.STRING,
    "Token.Literal.String.Doc": Role.COMMENT,
    "Token.Literal.Number": Role.NUMBER,
    "Token.Comment": Role.COMMENT | EMPHASIS,
    "Token.Comment.Preproc": Role.KEYWORD,
    "Token.Comment.PreprocFile": Role.STRING,
    "Token.Punctuation": Role.PUNCTUATION,
    "Token.Generic.Inserted": Role.ADDED,
    "Token.Generic.Deleted": Role.REMOVED,
    "Token.Generic.Heading": Role.TYPE,
    "Token.Generic.Subheading": Role.TYPE,
    "Token.Generic.Prompt": Role.MUTED,
    "Token.Generic.Output": Role.CODE,
}

State = tuple[str, ...]
ROOT: State = ("root",)


class Lexed(NamedTuple):
    """Tokens of a piece of code, and where it may be cut."""

    tokens: list[tuple[int, int, int]]
    """Start, end and style; what lies between them is plain."""
    states: dict[int, State]
    """The lexer's state at the line beginnings where a token begins."""


PLAIN = Lexed([], {})


def warm_up(languages: Iterable[str] = ("python", "javascript", "bash")) -> None:
    """Load Pygments and some lexers before the first fence; for a thread, after the first paint."""
    for language in languages:
        lex("x\n", language, ROOT)


@lru_cache(maxsize=32)
def lex(code: str, language: str, state: State) -> Lexed:
    """Find the tokens of whole lines of code."""
    if not language or len(code) > MAX_PIECE or _longest_line(code) > _MAX_LINE:
        return PLAIN
    lexing = import_module("codex_tui.documents.markdown.lexing")
    if (lexer := lexing.lexer_for(language)) is None:
        return PLAIN
    try:
        return _collect(code, lexing.tokens(lexer, code, state))
    except _LEXER_FAULTS:
        return PLAIN


def _collect(code: str, found: Iterable[tuple[int, str, str, State]]) -> Lexed:
    tokens: list[tuple[int, int, int]] = []
    states: dict[int, State] = {}
    end = 0
    for start, kind, text, stack in found:
        if start not in states and (start == 0 or code[start - 1 : start] == "\n"):
            states[start] = stack
        style = _style(kind)
        # Some lexers look twice at a place; what is drawn must be the code, once.
        if style != Role.CODE and text and start >= end:
            end = start + len(text)
            tokens.append((start, end, style))
    return Lexed(tokens, states)


def cut_at(code: str, states: dict[int, State]) -> int | None:
    """Return the last place where a piece may end, or None."""
    limit = min([len(code), *(_open_at(code, *pair) for pair in _PAIRS)])
    return max((place for place in states if 0 < place <= limit), default=None)


def _open_at(code: str, opening: str, closing: str) -> int:
    """Return where something begins that is not closed in this code, or its end."""
    if opening == closing:
        return code.rfind(opening) if code.count(opening) % 2 else len(code)
    start = code.rfind(opening)
    return start if start >= 0 and code.find(closing, start) < 0 else len(code)


def _longest_line(code: str) -> int:
    return max(map(len, code.split("\n")))


@lru_cache(maxsize=256)
def _style(kind: str) -> int:
    """Return the role of a kind of token, or of the nearest kind above it."""
    while kind not in _ROLES:
        kind = kind.rpartition(".")[0]
    return _ROLES[kind]


_WORD = re.compile(r"\{?\.?([^\s{},]*)")


def language_of(info: str) -> str:
    """Return the language that the info string of a fence names, or an empty string."""
    found = _WORD.match(info.strip())
    return found[1] if found else ""
