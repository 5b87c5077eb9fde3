"""Messages in the bodies of errors, and how long to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.sources.errors import LONGEST_WAIT, retry_after
from codex_tui.wire.error_words import LONGEST_MESSAGE, message_of

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "No such model", "type": "x", "code": null}}', "No such model"),
        (b'{"error": "No such model"}', "No such model"),
        (b'{"message": "No such model"}', "No such model"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (
            b'{"detail": [{"loc": ["body", 0], "msg": "Lost"}, {"loc": ["body"], "msg": "No"}]}',
            "body.0: Lost; body: No",
        ),
        (b'[{"error": {"code": 400, "message": "API key not valid"}}]', "API key not valid"),
        (b'{"error": {"message": "", "code": "rate_limit"}}', "rate_limit"),
        (b'{"errors": [{"detail": "a"}, {"detail": "b"}]}', "a; b"),
        (b'"just text"', "just text"),
        (b'\xef\xbb\xbf {"error": "with a mark"}', "with a mark"),
        (b'{"nothing": 1}', '{"nothing": 1}'),
        (b'{"error": {"messa', '{"error": {"messa'),
        (
            b"<html><head><title>502 Bad &amp; Gateway</title></head><body><h1>x",
            "502 Bad & Gateway",
        ),
        (b"<!DOCTYPE html><body><h1>Not <b>here</b></h1><p>x</p>", "Not here"),
        (b"<html><body><script>x()</script><p>Gone\n for good</p></body></html>", "Gone for good"),
        ("<title>İstek reddedildi</TITLE><p>x".encode(), "İstek reddedildi"),
        ("<p>İİ</p><script>x()</script><p>sonra</p>".encode(), "İİ sonra"),
        (b"upstream connect error\n", "upstream connect error"),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_the_message_is_found(body: bytes, message: str) -> None:
    assert message_of(body) == message


def test_a_message_is_one_line_of_bounded_length() -> None:
    message = message_of(b"x y\n" * 10_000)
    assert len(message) == LONGEST_MESSAGE
    assert "\n" not in message


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"error":' * 500 + b"1" + b"}" * 500,
        b'{"error": ' + b"9" * 10_000 + b"}",
        b'{"error": "\\ud800"}',
        b"<" * 60_000,
        b"<title>" * 9_000,
        b"<script>" * 8_000,
        b"<head>" * 8_000,
    ],
)
def test_a_hostile_body_is_no_trouble(body: bytes) -> None:
    assert len(message_of(body)) <= LONGEST_MESSAGE


@given(st.binary())
def test_any_body_has_a_message_or_none(body: bytes) -> None:
    assert len(message_of(body)) <= LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "20"}, 1.5),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2115 07:28:00 GMT"}, LONGEST_WAIT),
        ({"retry-after": "1e99"}, LONGEST_WAIT),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_the_header_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, "", NOW) == seconds


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 2.5s. Visit …", 2.5),
        ("Please try again in 250ms.", 0.25),
        ("Please try again in 1h2m3s", 3723.0),
        ("Please retry after 20 seconds.", 20.0),
        ("Try again in 6 minutes and be calm", 360.0),
        ("please wait 3 s", 3.0),
        ("try again in 400 days", LONGEST_WAIT),
        ("try again", None),
        ("try again in a while", None),
    ],
)
def test_the_message_says_how_long_to_wait(message: str, seconds: float | None) -> None:
    assert retry_after({}, message, NOW) == seconds


@given(st.text(), st.text())
def test_no_header_and_no_message_raises(header: str, message: str) -> None:
    wait = retry_after({"retry-after": header}, message, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT
