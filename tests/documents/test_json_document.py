"""JSON that is still arriving is set out as it comes, and what is no JSON is left as it is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.styles import ROLE_MASK, Role
from tests.documents.drawn import (
    assert_fits,
    assert_streams_like_at_once,
    at_once,
    pieces,
    texts,
    work,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


def shown(text: str, width: int = 40) -> list[str]:
    return texts(at_once(text, width, JsonDocument))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('{"path": "wor', ["{", '  "path": "wor'], id="an open string"),
        pytest.param('{"a":1,"b', ["{", '  "a": 1,', '  "b'], id="an open key"),
        pytest.param('{"a"', ["{", '  "a"'], id="no colon yet"),
        pytest.param('{"a":', ["{", '  "a":'], id="no value yet"),
        pytest.param('{"a":tr', ["{", '  "a": tr'], id="an open word"),
        pytest.param("[1,-2.5e", ["[", "  1,", "  -2.5e"], id="an open number"),
        pytest.param('"a\\', ['"a\\'], id="an open escape"),
        pytest.param("{}", ["{}"], id="an empty object"),
        pytest.param('{"a":[],"b":{}}', ["{", '  "a": [],', '  "b": {}', "}"], id="empty inside"),
        pytest.param("[[1]]", ["[", "  [", "    1", "  ]", "]"], id="nested"),
        pytest.param('{"a":1}\n{"b":2}', ["{", '  "a": 1', "}", "{", '  "b": 2', "}"], id="lines"),
        pytest.param("", [], id="nothing"),
        pytest.param("  null ", ["null"], id="a word alone"),
        pytest.param("[NaN,Infinity]", ["[", "  NaN,", "  Infinity", "]"], id="odd numbers"),
        pytest.param('{"a":1,"a":2}', ["{", '  "a": 1,', '  "a": 2', "}"], id="a key twice"),
        pytest.param('{"a":1.10}', ["{", '  "a": 1.10', "}"], id="digits as sent"),
    ],
)
def test_what_has_come_is_set_out(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


@pytest.mark.parametrize(
    "text",
    ["Hello", "{'a': 1}", '{"a" 1}', "[1,]", "[1}", '{"a":}', "*** Begin Patch\n+ x", "tru3", "]"],
)
def test_what_is_no_json_is_left_as_it_is(text: str) -> None:
    assert shown(text) == text.split("\n")


def test_a_long_string_is_wrapped_beside_its_key() -> None:
    assert shown('{"why": "one two three four five"}', 20) == [
        *("{", '  "why": "one two', '    three four five"', "}")
    ]


def test_keys_strings_and_numbers_have_their_styles() -> None:
    runs = [run for line in pieces(at_once('{"k": ["s", 1]}', 40, JsonDocument)) for run in line]
    roles = {text.strip(): style & ROLE_MASK for text, style, _ in runs}
    assert (roles['"k"'], roles['"s"'], roles["1"]) == (Role.KEY, Role.STRING, Role.NUMBER)


@settings(max_examples=30, deadline=None)
@given(VALUES, st.booleans(), st.integers(1, 9), st.sampled_from((4, 12, 40)))
def test_any_json_streams_like_at_once(value: Any, ascii_: bool, step: int, width: int) -> None:
    text = json.dumps(value, ensure_ascii=ascii_)
    assert_streams_like_at_once(text, range(step, len(text), step), width, JsonDocument)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\ \n1-.eatrun\x1b'), max_size=30), st.integers(1, 5))
def test_any_text_streams_like_at_once(text: str, step: int) -> None:
    assert_streams_like_at_once(text, range(step, len(text), step), 20, JsonDocument)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_nothing_is_added_but_blanks(value: Any) -> None:
    text = json.dumps(value)
    drawn = "".join(shown(text, 400))
    assert re.sub(r"\s", "", drawn) == re.sub(r"\s", "", text)
    assert json.loads("\n".join(shown(text, 4_000))) == value or "NaN" in text


@pytest.mark.parametrize(
    ("atom", "count"), [("[", 8_000), ('{"a":', 4_000), ('["word', 1), ("1", 9_000)]
)
def test_any_depth_and_length_is_drawn_and_wrapped_again(atom: str, count: int) -> None:
    text = atom * count + " word" * 2_000 * (count == 1)
    document = at_once(text, 40, JsonDocument)
    assert_fits(document)
    document.layout(30)
    work(document)
    assert texts(document) == shown(text, 30)


def test_a_place_leads_to_the_source_and_back() -> None:
    source = '{"path":  "worker.py"}'
    document = at_once(source, 40, JsonDocument)
    for offset in (0, 1, 5, 10, 19, 21):
        position = document.position_of(offset)
        assert position is not None
        assert document.source_at(*position) == offset
    assert document.position_of(8) == (1, 10)


def test_another_text_takes_the_place_of_the_first() -> None:
    document = at_once("no json", 40, JsonDocument)
    document.replace('{"a": 1}')
    assert texts(work(document)) == ["{", '  "a": 1', "}"]
    assert document.source == '{"a": 1}'


# -- notes on fields ---------------------------------------------------------------------------

NOTES = {"a": ["! a"], "b.c": ["! one", "! two"], "b": ["! b"], "d": ["! never"]}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('{"a":1}', ["{", '  "a": 1', "  ! a", "}"], id="the last field"),
        pytest.param('{"a":1,"x":2}', ["{", '  "a": 1,', "  ! a", '  "x": 2', "}"], id="the first"),
        pytest.param(
            '{"b":{"c":1},"a":[{"a":2}]}',
            [
                *("{", '  "b": {', "  ! b", '    "c": 1', "    ! one", "    ! two", "  },"),
                *('  "a": [', "  ! a", "    {", '      "a": 2', "    }", "  ]", "}"),
            ],
            id="in an object and not in a list",
        ),
        pytest.param('{"x":{"a":1},"d":"a"', ["{", '  "x": {', '    "a": 1', "  },", '  "d": "a"']),
        pytest.param("no JSON", ["no JSON"], id="what is none"),
    ],
)
def test_notes_stand_below_their_fields(text: str, lines: list[str]) -> None:
    assert texts(at_once(text, 40, lambda: JsonDocument(NOTES))) == lines


@given(st.dictionaries(st.sampled_from("bcdx"), VALUES), st.integers(1, 12))
def test_a_note_stands_there_once_however_the_text_came(value: Any, size: int) -> None:
    text = json.dumps({"a": 1, **value, "e": 0})
    document = JsonDocument(NOTES)
    document.layout(40)
    for start in range(0, len(text), size):
        document.append(text[start : start + size])
        work(document)
    assert texts(document) == texts(at_once(text, 40, lambda: JsonDocument(NOTES)))
    assert texts(document).count("  ! a") == 1
    assert document.source == text
