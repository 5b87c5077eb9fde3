"""JSON that any reader takes or that is sent as it was written; strings found where they stand."""

from __future__ import annotations

import json
import time
from math import inf, nan

import pytest

from codex_tui.json_text import (
    DEEPEST,
    Literal,
    closed,
    exchanged,
    from_json,
    literals,
    to_json,
)


def strict(text: str) -> object:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_numbers_that_json_lacks_are_written_as_strings() -> None:
    written = to_json({"a": nan, "b": [inf, -inf, 1.5, "NaN"]}, separators=(",", ":"))
    assert strict(written) == {"a": "NaN", "b": ["Infinity", "-Infinity", 1.5, "NaN"]}
    assert written.startswith('{"a":"NaN",')


REFUSED = {
    '{"a": NaN}': "NaN is no number",
    '{"a": [-Infinity]}': "-Infinity is no number",
    '{"a": 1e999}': "1e999 is too large",
    '{"a": ' + "9" * 5000 + "}": "5,000 digits is too large",
    '{"a": 1, "b": 2, "a": 3}': 'the key "a" stands twice',
    "[" * 100_000: "nested too deeply",
    '{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1): "nested too deeply",
    '{"a": 1,}': "line 1",
    "": "line 1",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_what_would_not_be_sent_as_it_stands_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[text]):
        from_json(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not UTF-8"):
        from_json(b'{"a": "\xff"}')


def test_all_else_is_read_as_it_stands() -> None:
    text = '{"a": 1e300, "b": [10000000000000000000001, "\\ud800"], "c": {"a": null}}'
    assert from_json(text) == json.loads(text)
    assert from_json("[" * DEEPEST + "]" * DEEPEST)
    assert from_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


# -- strings where they stand


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


def _kept(whole: object, part: object) -> bool:
    """Whether a part says nothing that the whole does not say."""
    match whole, part:
        case dict(), dict():
            return all(key in whole and _kept(whole[key], part[key]) for key in part)
        case list(), list():
            pairs = zip(whole, part, strict=False)
            return len(part) <= len(whole) and all(_kept(one, other) for one, other in pairs)
        case str(), str():
            return whole.encode("utf-16", "surrogatepass").startswith(
                part.encode("utf-16", "surrogatepass")
            )
    return whole == part


def test_json_that_was_cut_off_anywhere_is_what_there_is_of_it() -> None:
    whole = {
        "a": [1, 2, {"b": '\U0001f600é\\ "x"\n', "c": None}],
        "d": [True, -1.5e3, "y"],
        "e": {},
    }
    text = json.dumps(whole, indent=1)
    for end in range(1, len(text)):
        mended = closed(text[:end])
        assert mended is not None
        assert _kept(whole, json.loads(mended))
    assert closed(text) is None


def test_what_is_cut_off_stays_as_far_as_it_came() -> None:
    assert closed('{"log": {"entries": [{"a": 1}, {"text": "so f\\') == (
        '{"log": {"entries": [{"a": 1}, {"text": "so f"}]}}'
    )
    assert closed('{"a": 1, "b": 2') == '{"a": 1}'
    assert closed('{"a":[' * 3) == '{"a":[' * 3 + "]}" * 3
    assert closed('{"a": "x", "b') == '{"a": "x"}'
