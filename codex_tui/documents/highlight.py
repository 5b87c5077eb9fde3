"""Highlighting of code that grows: Pygments, lexed in pieces that remember the lexer's state.

Pygments is imported when the first fence names a language. Pieces end where a token ends and
nothing is left open, at a place that depends on the code alone; so a fence that streams looks the
same as one that came at once, and costs a piece at a time.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.documents.styles import EMPHASIS, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygments.lexer import Lexer, RegexLexer
    from pygments.token import _TokenType

MAX_PIECE = 6_000
"""Characters of a piece, and of one of its lines 500, beyond which code is shown plain."""

_MAX_LINE = 500

PIECE = 24
"""Lines of a piece; up to four times as many where no cut is to be found."""

LONGEST = 4_096
"""Characters after which it is cut wherever a line ends."""

_AGAIN = 8  # lines after which a cut is looked for again: to look is to lex the whole piece
_SIGNLESS = re.compile(r"(?<![\w\s])[\w\s]{400}")
"""So many letters and blanks without a sign are no code, and some lexers (Java's, C's, Python's)
look from each of them for the end of all: beyond that code is shown plain as well."""

_SLOW = frozenset(
    (
        *("devicetree", "dts", "org", "orgmode", "org-mode", "peg", "ragel", "systemd"),
        *("thrift", "tid", "trac-wiki", "moin"),
    )
)
"""Languages whose lexers look from each character for the end of all, whatever stands there."""

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


@lru_cache(maxsize=32)
def lex(code: str, language: str, state: State) -> Lexed:
    """Find the tokens of whole lines of code."""
    if not language or language.lower() in _SLOW or not _is_quick(code):
        return PLAIN
    if (lexer := lexer_for(language)) is None:
        return PLAIN
    try:
        return _collect(code, tokens_of(lexer, code, state))
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


def first_piece(code: str, language: str, state: State) -> tuple[int, State] | None:
    """Return where the first piece ends and the lexer's state there, if there is more of it."""
    count = end = 0
    while 0 < (end := code.find("\n", end) + 1) < len(code):
        count += 1
        long = count >= 4 * PIECE or end > LONGEST
        if long or (count >= PIECE and not (count - PIECE) % _AGAIN):
            found = _cut(code[:end], language, state, long=long)
            if found is not None:
                return found
    return None


def _cut(code: str, language: str, state: State, *, long: bool) -> tuple[int, State] | None:
    states = lex(code, language, state).states
    if not states:
        return len(code), ROOT
    place = cut_at(code, states)
    if place is None and not long:
        return None
    return place or len(code), states.get(place or len(code), ROOT)


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


def _is_quick(code: str) -> bool:
    """Whether it is short enough to be lexed between two looks at the clock."""
    return (
        len(code) <= MAX_PIECE
        and max(map(len, code.split("\n"))) <= _MAX_LINE
        and _SIGNLESS.search(code) is None
    )


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


# -- Pygments, lexed from a remembered state

Token = tuple[int, str, str, State]
"""Start, kind (as `Token.Name.Class`), text, and the lexer's state before it."""


@cache
def _names() -> dict[str, str]:
    """Lexer names by alias, without the plug-ins: looking for those runs foreign code."""
    from pygments.lexers import get_all_lexers

    lexers = get_all_lexers(plugins=False)
    return {alias: name for name, aliases, _, _ in lexers for alias in aliases}


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """Return the lexer of a language by any of its names, or None."""
    from pygments.lexers import find_lexer_class

    name = _names().get(language.lower())
    found = find_lexer_class(name) if name else None
    return found(stripnl=False, ensurenl=False) if found else None


def tokens_of(lexer: Lexer, code: str, state: State) -> Iterator[Token]:
    """Lex from a state; the last token is empty and tells the state at the end."""
    from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer

    resumes = type(lexer).get_tokens_unprocessed is ExtendedRegexLexer.get_tokens_unprocessed
    if isinstance(lexer, ExtendedRegexLexer) and resumes:
        context = LexerContext(code, 0, list(state))
        for start, kind, text in lexer.get_tokens_unprocessed(context=context):
            yield start, _name(kind), text, tuple(context.stack)
        yield len(code), "Token", "", tuple(context.stack)
    elif isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer):
        yield from _Resumed(lexer, code, state).tokens()
    else:
        for start, kind, text in lexer.get_tokens_unprocessed(code):
            yield start, _name(kind), text, ROOT
        yield len(code), "Token", "", ROOT


@lru_cache(maxsize=256)
def _name(kind: _TokenType) -> str:
    return str(kind)


class _Resumed:
    """The loop of `RegexLexer.get_tokens_unprocessed`, which keeps its states to itself."""

    def __init__(self, lexer: RegexLexer, code: str, state: State) -> None:
        from pygments.token import Error, Whitespace

        self.lexer = lexer
        self.code = code
        self.stack = list(state)
        self.unknown, self.blank = Error, Whitespace
        self.rules: dict[str, list[tuple[Any, Any, Any]]] = vars(type(lexer))["_tokens"]

    def tokens(self) -> Iterator[Token]:
        """Yield what the lexer finds."""
        position = 0
        while True:
            for match, action, target in self.rules[self.stack[-1]]:
                if found := match(self.code, position):
                    yield from self._found(position, action, found)
                    position = found.end()
                    self._go(target)
                    break
            else:
                if position >= len(self.code):
                    break
                yield self._unknown(position)
                position += 1
        yield len(self.code), "Token", "", tuple(self.stack)

    def _found(self, position: int, action: Any, found: Any) -> Iterator[Token]:
        stack = tuple(self.stack)
        if type(action) is type(self.unknown):
            yield position, _name(action), found[0], stack
        elif action is not None:
            for start, kind, text in action(self.lexer, found):
                yield start, _name(kind), text, stack

    def _unknown(self, position: int) -> Token:
        """Take a character that no rule knows; at the end of a line, all begins anew."""
        if self.code[position] == "\n":
            self.stack = ["root"]
            return position, _name(self.blank), "\n", ROOT
        return position, _name(self.unknown), self.code[position], tuple(self.stack)

    def _go(self, target: str | int | tuple[str, ...] | None) -> None:
        """Follow a transition: pop so many, push again, or push these."""
        if target is None:
            return
        if isinstance(target, int):
            del self.stack[max(len(self.stack) + target, 1) :]
            return
        for state in (target,) if isinstance(target, str) else target:
            if state == "#pop":
                del self.stack[max(len(self.stack) - 1, 1) :]
            else:
                self.stack.append(self.stack[-1] if state == "#push" else state)
