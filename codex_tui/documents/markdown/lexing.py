"""Pygments, lexed from a remembered state. Imported when the first fence names a language."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import Error, Whitespace, _TokenType

if TYPE_CHECKING:
    from collections.abc import Iterator

State = tuple[str, ...]
Token = tuple[int, str, str, State]
"""Start, kind (as `Token.Name.Class`), text, and the lexer's state before it."""

_ROOT = ("root",)


@cache
def _names() -> dict[str, str]:
    """Lexer names by alias, without the plug-ins: looking for those runs foreign code."""
    lexers = get_all_lexers(plugins=False)
    return {alias: name for name, aliases, _, _ in lexers for alias in aliases}


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """Return the lexer of a language by any of its names, or None."""
    name = _names().get(language.lower())
    found = find_lexer_class(name) if name else None
    return found(stripnl=False, ensurenl=False) if found else None


def tokens(lexer: Lexer, code: str, state: State) -> Iterator[Token]:
    """Lex from a state; the last token is empty and tells the state at the end."""
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
            yield start, _name(kind), text, _ROOT
        yield len(code), "Token", "", _ROOT


@lru_cache(maxsize=256)
def _name(kind: _TokenType) -> str:
    return str(kind)


class _Resumed:
    """The loop of `RegexLexer.get_tokens_unprocessed`, which keeps its states to itself."""

    def __init__(self, lexer: RegexLexer, code: str, state: State) -> None:
        self.lexer = lexer
        self.code = code
        self.stack = list(state)
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
        if type(action) is _TokenType:
            yield position, _name(action), found[0], stack
        elif action is not None:
            for start, kind, text in action(self.lexer, found):
                yield start, _name(kind), text, stack

    def _unknown(self, position: int) -> Token:
        """Take a character that no rule knows; at the end of a line, all begins anew."""
        if self.code[position] == "\n":
            self.stack = ["root"]
            return position, _name(Whitespace), "\n", _ROOT
        return position, _name(Error), self.code[position], tuple(self.stack)

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
