"""Style sheets that are parsed once a process: an app parses a hundred, and each test has an app.

A rule is never changed once it is parsed, and all that it is made of stands in its key.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.cache import LRUCache
from textual.css import stylesheet
from textual.css.parse import parse
from textual.css.tokenize import tokenize_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.css.model import RuleSet
    from textual.css.tokenizer import Token

Values = dict[str, list["Token"]]

_values: dict[frozenset[tuple[str, str]], Values] = {}
_parsed: LRUCache[tuple[Any, ...], list[RuleSet]] = LRUCache(5_000)


def _values_of(variables: dict[str, str]) -> Values:
    key = frozenset(variables.items())
    if key not in _values:
        _values[key] = tokenize_values(variables)
    return _values[key]


def _rules_of(
    scope: str, css: str, read_from: Any, variable_tokens: Values, **kind: Any
) -> list[RuleSet]:
    # Values stay as long as the process, so that an identity is theirs alone.
    key = scope, css, read_from, id(variable_tokens), *kind.items()
    if (rules := _parsed.get(key)) is None:
        rules = list(parse(scope, css, read_from, variable_tokens=variable_tokens, **kind))
        _parsed[key] = rules
    return rules


@contextmanager
def styles_parsed_once() -> Iterator[None]:
    """Have the apps of this process share what they parse."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stylesheet, "tokenize_values", _values_of)
        patched.setattr(stylesheet, "parse", _rules_of)
        yield
