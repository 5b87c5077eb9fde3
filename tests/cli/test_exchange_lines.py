"""What a tap saw: a line an exchange for people, an object for programs."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.cli.exchange_lines import KEYS, lines_of, object_of, tokens_of


def ended(**changed: Any) -> dict[str, Any]:
    told = {
        "n": 1,
        "file": "/1.sse",
        "program": "py openai 3.57",
        "method": "POST",
        "path": "/v1/responses",
        "status": 200,
        "how": "completed",
        "transport": "sse",
        "model": "gpt-5",
        "events": 1204,
        "first_event": 0.41,
        "end": 1.1,
        "usage": {"input_tokens": 2100, "output_tokens": 12},
        "findings": {"error": 1, "warning": 2, "note": 4},
    }
    return told | changed


def test_an_object_has_exactly_its_keys_in_their_order() -> None:
    assert tuple(object_of(ended(wall="not ours"))) == KEYS
    assert object_of({"n": 1})["usage"] is None


def test_a_line_an_exchange_stands_in_columns() -> None:
    asked = {"n": 12, "method": "GET", "path": "/v1/m", "status": 200, "end": 0.03}
    lines = list(lines_of([ended(program="py"), asked], "warning"))
    assert lines == [
        " n  program  model  how         first   last  events       tokens  findings  file",
        " 1  py       gpt-5  completed  0.41 s  1.1 s   1,204  2,100 to 12         3  /1.sse",
        "12  -        -      200             -  30 ms       -            -         -  GET /v1/m",
    ]


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("http_error", 429, "429"),
        (None, 404, "404"),
        ("interrupted", 200, "interrupted"),
        ("network_error", None, "network error"),
        ("connect_error", 403, "refused"),
        ("connect_error", 502, "connect error"),
        ("connect_error", 508, "connect error"),
        (None, None, "-"),
    ],
)
def test_how_it_ended_is_a_word_or_the_status(
    how: str | None, status: int | None, said: str
) -> None:
    assert f"  {said}  " in list(lines_of([ended(how=how, status=status)], "error"))[1]


def test_a_recording_at_home_is_named_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert list(lines_of([ended(file="/home/me/one.sse")], "error"))[1].endswith("  ~/one.sse")


def test_a_name_that_is_too_long_is_cut() -> None:
    line = list(lines_of([ended(program="x" * 300, model="y" * 300)], "error"))[1]
    assert "x" * 27 + "~" in line
    assert len(line) < 200


def test_tokens_are_known_by_the_names_of_each_api() -> None:
    words = {"prompt_tokens": 2100, "completion_tokens": 12, "total_tokens": 2112}
    assert tokens_of(ended(usage=words)) == tokens_of(ended()) == "2,100 to 12"
