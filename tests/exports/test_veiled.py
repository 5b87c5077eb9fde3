"""What is private is found where it is escaped, or stands in base64."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.exports.veiled import Veiled
from codex_tui.redact import Private, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
OWN = "correct horse battery staple"
VEILED = Veiled(Private("/srv/people/ada", [Secret(OWN)]))


def shown(text: str) -> str:
    for found in reversed(VEILED.find(text)):
        text = text[: found.start] + found.mask + text[found.end :]
    return text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (KEY.replace("-", "\\u002d"), "***"),
        (KEY.replace("-", "\\\\u002D"), "***"),
        (KEY.replace("-", "%2d"), "***"),
        (KEY.replace("-", "&#45;"), "***"),
        (KEY.replace("-", "&#x2d;"), "***"),
        (quote("Authorization: Bearer abcdefgh12345678"), "Authorization%3A%20Bearer%20***"),
        ("https:\\/\\/me:secret@host\\/p", "https:\\/\\/***@host\\/p"),
        (quote(OWN), "***"),
    ],
)
def test_what_is_escaped_is_found(text: str, kept: str) -> None:
    assert shown(f"it is {text} then") == f"it is {kept} then"


@pytest.mark.parametrize("said", [f'{{"api_key": "{KEY}"}}', f"key {OWN} é", "mail ada@a.example"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_of_a_text_goes_whole(said: str, encode: Callable[[bytes], bytes]) -> None:
    whole = encode(f"a text: {said}".encode()).decode().rstrip("=")
    assert shown(f"data:text/plain;base64,{whole}") == "data:text/plain;base64,***"
    assert shown(json.dumps({"x": f"{whole}=="})) == '{"x": "***=="}'


@pytest.mark.parametrize(
    "text",
    [
        b64encode(b"\x89PNG\r\n\x1a\n" + KEY.encode()).decode(),
        b64encode(b"nothing of the kind stands in this text").decode(),
        "resp_68a3f9c1d2b4819085a3f9c1d2b48190",
        "100%25 of 5 &#8211; caf\\u00e9 \\/ a%20b",
        "/usr/lib/python3/dist/packages/some/module",
    ],
)
def test_what_holds_nothing_private_stays(text: str) -> None:
    assert shown(text) == text


@given(st.text(st.sampled_from("\\\\u002d/%&#45;xé-a") | st.characters(), max_size=60))
def test_any_text_can_be_looked_through(text: str) -> None:
    found = VEILED.find(f"{text}{KEY}")
    assert found
    assert all(0 <= each.start < each.end <= len(text) + len(KEY) for each in found)
