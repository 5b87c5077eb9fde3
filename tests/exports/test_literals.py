"""The strings of a JSON text are found where they stand; any other text is gone over as well."""

from __future__ import annotations

import time

import pytest

from codex_tui.exports.literals import Literal, exchanged, literals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a":["b",{"c\\"":"d"}],"e":1}', ["a", "b", 'c"', "d", "e"]),
        ('say "a" or "b\\', ["a"]),
        ('"a" and "\\"', ["a"]),
        ('"', []),
    ],
)
def test_each_string_that_has_an_end_is_found(text: str, found: list[str]) -> None:
    texts: list[str] = []

    def change(_: Literal, each: str) -> str:
        texts.append(each)
        return each

    assert exchanged(text, change) == text
    assert texts == found


def test_a_string_without_an_end_is_gone_over_once() -> None:
    short, long = (_seconds('["' + '\\"' * many) for many in (2_000, 20_000))
    assert long < 40 * short + 0.05  # ten times as much: a look from each quote takes 100 times


def _seconds(text: str) -> float:
    start = time.process_time()
    assert list(literals(text)) == []
    return time.process_time() - start
