"""The user's own secrets in what a server says."""

from __future__ import annotations

import re

import pytest

from codex_tui.recording.mask import Mask
from codex_tui.redact import Secret
from codex_tui.wire.sse import ServerSentEvent

MASK = Mask([Secret('sk-"quoted"-key')])


def test_a_frame_without_a_secret_is_not_touched() -> None:
    frame = ServerSentEvent("x", "sk-other", comments=(" a",))
    assert MASK.frame(frame) == ServerSentEvent("x", "sk-other", comments=(" a",))


def test_a_key_is_found_as_json_writes_it() -> None:
    frame = MASK.frame(ServerSentEvent(data='{"delta": "sk-\\"quoted\\"-key!"}'))
    assert frame.data == '{"delta": "***!"}'


def test_json_is_masked_in_depth() -> None:
    value = {"input": [{"content": 'my key is sk-"quoted"-key'}]}
    assert MASK.json(value) == {"input": [{"content": "my key is ***"}]}


def test_a_number_is_no_text_that_holds_a_key() -> None:
    value = {"seed": 12345678, "of": ["12345678", 0.12345678, None]}
    assert Mask([Secret("12345678")]).json(value) == {
        "seed": 12345678,
        "of": ["***", 0.12345678, None],
    }


def test_a_longer_secret_goes_before_one_that_it_holds() -> None:
    mask = Mask([Secret("0123456789"), Secret("0123456789abc")])
    assert mask.text("a 0123456789abc b 0123456789") == "a *** b ***"


@pytest.mark.parametrize("text", ["short", "lm-studio"])
def test_what_is_no_secret_is_left(text: str) -> None:
    assert Mask([Secret(text)]).text(f"say {text}") == f"say {text}"


def each_in_hex(text: str, form: str) -> str:
    return "".join(form.format(ord(character)) for character in text)


@pytest.mark.parametrize(
    "form",
    [
        "\\u{:04x}",
        "\\u{:04X}",
        "\\\\u{:04x}",
        "\\\\\\\\u{:04x}",
        "%{:02x}",
        "&#{};",
        "&#x{:X};",
        "{:c}",
    ],
)
def test_a_key_is_found_whatever_of_it_is_escaped(form: str) -> None:
    key = "sk/own+key=0123"
    mask = Mask([Secret(key)])
    for some in (key, key[:1], key[4:9], key[-1]):
        written = key.replace(some, each_in_hex(some, form))
        frame = ServerSentEvent("x", f'{{"delta": "a {written} b"}}', raw=written.encode())
        assert mask.frame(frame).data == '{"delta": "a *** b"}'
        assert frame.raw in (b"***", key.encode())


def test_a_stroke_that_is_escaped_in_a_key_hides_it_not() -> None:
    assert Mask([Secret("own/key/0123")]).text('"own\\/key\\/0123"') == '"***"'
    assert Mask([Secret("own/key/0123")]).bytes(b'"own\\/key\\/0123"') == b'"***"'


def test_escapes_of_other_text_are_left_as_they_are() -> None:
    text = '{"delta": "\\u0073k-other \\/ 100% &#115; \\\\ \\""}'
    assert MASK.text(text) == text


def test_many_strokes_and_signs_cost_little() -> None:
    text = "\\" * 200_000 + "&#0000000" * 20_000 + "%73" * 20_000
    assert MASK.text(text) == text


def test_a_long_login_costs_little_and_is_found_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[int] = []
    compile_ = re.compile

    def counting(pattern: str) -> re.Pattern[str]:
        compiled.append(len(pattern))
        return compile_(pattern)

    login = "".join(f"{number:x}/" for number in range(3000))
    monkeypatch.setattr("codex_tui.recording.mask.re.compile", counting)
    mask = Mask([Secret(login)])
    escaped = login.replace("/", "\\/").replace("f", "\\u0066")
    assert mask.text(f"it is {escaped} then") == "it is *** then"
    assert mask.bytes(f"it is {escaped} then".encode()) == b"it is *** then"
    assert mask.text(f"it is {escaped[:-5]} then") != "it is *** then"
    assert sum(compiled) < 10_000


def test_texts_with_escapes_of_other_letters_are_not_searched_for_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mask = Mask([Secret("secret-of-mine")])
    monkeypatch.setattr(type(mask._written[0]), "masked", lambda *_: pytest.fail("searched"))
    text = r"\u00e9\u00DF \"quoted\" 100 %, %zz"
    assert mask.text(text) == text
