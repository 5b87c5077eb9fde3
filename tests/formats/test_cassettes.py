"""Cassettes of VCR, vcrpy and go-vcr: the YAML that they write, and the exchanges in it."""

from __future__ import annotations

import gzip
import json
from base64 import encodebytes
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.records import FrameRecord, RequestRecord, ResponseRecord
from tests.formats import samples
from tests.formats.reading import conversation, name_of, records
from tests.formats.test_wrapped import said

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = samples.SSE.decode()
ASKED = '{"model":"m","input":"Its time"}'


def quoted(text: str, indent: int) -> str:
    """As PyYAML writes a text that is not plain: folded at blanks, with escapes."""
    lines = json.dumps(text).split(" ")
    return f"\\\n{' ' * indent}  \\ ".join(lines)


def on_one_line(text: str, _: int) -> str:
    return json.dumps(text)


def single(text: str, indent: int) -> str:
    """Between single quotes, where a line break is a blank line more."""
    lines = text.replace("'", "''").split("\n")
    return "'" + f"\n\n{' ' * indent}".join(lines) + "'"


def block(text: str, indent: int) -> str:
    lines = text.removesuffix("\n").split("\n")
    return "|+\n" + "\n".join(f"{' ' * indent}  {line}" if line else "" for line in lines)


def binary(text: str, indent: int) -> str:
    lines = encodebytes(text.encode()).decode().splitlines()
    return "!!binary |\n" + "\n".join(f"{' ' * indent}  {line}" for line in lines)


SCALARS: dict[str, Callable[[str, int], str]] = {
    "folded": quoted,
    "on one line": on_one_line,
    "single quotes": single,
    "a block": block,
    "base64": binary,
}


def vcrpy(body: str, *, encoding: str = "") -> str:
    coded = f"      content-encoding:\n      - {encoding}\n" if encoding else ""
    return f"""interactions:
- request:
    body: '{{"model":"m","input":"It''s time"}}'
    headers:
      authorization:
      - Bearer sk-secret
      host:
      - api.example
    method: POST
    uri: https://api.example/v1/responses
  response:
    body:
      string: {body}
    headers:
      Content-Type:
      - text/event-stream; charset=utf-8
{coded}      x-request-id:
      - req_1
    status:
      code: 200
      message: OK
version: 1
"""


def ruby(body: str) -> str:
    return f"""---
http_interactions:
- request:
    method: post
    uri: https://api.example/v1/responses
    body:
      encoding: UTF-8
      string: '{{"model":"m","input":"It''s time"}}'
    headers:
      Host: [api.example]
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - text/event-stream
    body:
      encoding: UTF-8
      string: {body}
  recorded_at: Sat, 12 Sep 2026 10:00:00 GMT
recorded_with: VCR 6.3.1
"""


def go(body: str) -> str:
    return f"""---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        body: '{{"model":"m","input":"It''s time"}}'
        url: https://api.example/v1/responses
        method: POST
      response:
        proto: HTTP/2.0
        body: {body}
        headers:
            Content-Type:
                - text/event-stream
        status: 200 OK
        code: 200
        duration: 1.5s
"""


def lists(body: str) -> str:
    return f"""requests:
- body: '{{"model":"m","input":"It''s time"}}'
  method: POST
  uri: https://api.example/v1/responses
responses:
- body:
    string: {body}
  headers:
    Content-Type:
    - text/event-stream
  status:
    code: 200
    message: OK
"""


@pytest.mark.parametrize("scalar", SCALARS.values(), ids=SCALARS)
@pytest.mark.parametrize(("library", "indent"), [(vcrpy, 6), (ruby, 6), (go, 8), (lists, 4)])
def test_an_exchange_of_a_cassette_is_a_turn(
    library: Callable[[str], str], indent: int, scalar: Callable[[str, int], str]
) -> None:
    data = library(scalar(TEXT, indent)).encode()
    request, response, *frames = records(data)
    assert isinstance(request, RequestRecord)
    assert (request.method, request.url) == ("POST", "https://api.example/v1/responses")
    assert request.body == {"model": "m", "input": "It's time"}
    assert isinstance(response, ResponseRecord)
    assert response.status == 200
    assert [each.frame.data for each in frames if isinstance(each, FrameRecord)] == [
        *samples.EVENTS
    ]
    assert conversation(data).turns[-1].how == "completed"
    assert name_of(data) == "cassette"
    assert said(data) == []


def test_a_body_that_is_packed_is_unpacked_and_no_key_comes_out() -> None:
    coded = encodebytes(gzip.compress(samples.SSE)).decode().splitlines()
    body = "!!binary |\n" + "\n".join(f"        {line}" for line in coded)
    data = vcrpy(body, encoding="gzip").encode()
    assert conversation(data).turns[-1].how == "completed"
    assert "sk-secret" not in repr(records(data))


def test_each_exchange_has_its_turn_and_what_failed_its_word() -> None:
    first = vcrpy(on_one_line(TEXT, 6)).removesuffix("version: 1\n")
    refused = vcrpy(on_one_line('{"error":{"message":"No such model"}}', 6))
    second = refused.partition("\n")[2].replace("code: 200", "code: 404")
    turns = conversation((first + second).encode()).turns
    assert [turn.how for turn in turns] == ["completed", "http_error"]
    assert "No such model" in (turns[1].detail or "")


def test_a_cassette_that_is_cut_off_has_what_came() -> None:
    data = vcrpy(on_one_line(TEXT, 6)).encode()
    cut = data[: data.index(b"response.completed")]
    turn = conversation(cut).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("interrupted", "Hel\u00adlo")


@given(
    st.sampled_from([vcrpy(quoted(TEXT, 6)), go(block(TEXT, 8))]), st.integers(0, 1500), st.binary()
)
def test_any_bytes_in_a_cassette_are_read(cassette: str, at: int, noise: bytes) -> None:
    data = cassette.encode()
    records(data[:at] + noise + data[at:])
