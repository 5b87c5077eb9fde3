"""What is private leaves in no export, in whatever pieces it came."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.exports.formats import FORMATS
from codex_tui.exports.material import Material
from codex_tui.recording.records import CommentRecord, CutRecord, ForeignRecord, FrameRecord
from codex_tui.redact import MASK, Private, Secret
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa
from tests.exports.sessions import HOME, answer, event, export, read, redacting, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import Record

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqh\n-----END PRIVATE KEY-----"
OWN = "correct horse battery staple"
PRIVATE = (KEY, JWT, PEM, "ada.lovelace@example.org", "/home/charles", HOME, "ghp_" + "a1" * 18)
SECRETS = st.sampled_from((*PRIVATE, OWN))


@st.composite
def cut_up(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A secret in a text, and the text in pieces, however it is cut."""
    secret = draw(SECRETS)
    before = draw(st.sampled_from(["", "key: ", "\n", '{"a":"', "x\x1b[31m", "é ", "\t"]))
    text = before + secret + draw(st.sampled_from(["", " and more", "\n", '"}', "."]))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return secret, [text[a:b] for a, b in pairwise([0, *places, len(text)])]


def said_in(data: bytes) -> str:
    """All that a stream says, its pieces put together as any client does, and its whole texts."""
    frames = [json.loads(r.frame.data) for r in read(data) if isinstance(r, FrameRecord)]
    pieces = "".join(frame["delta"] for frame in frames if isinstance(frame.get("delta"), str))
    return pieces + "\n" + "\n".join(map(_strings, frames))


def _strings(value: Any) -> str:
    match value:
        case str():
            return value
        case dict():
            return "\n".join(map(_strings, value.values()))
        case list():
            return "\n".join(map(_strings, value))
    return ""


@given(cut_up())
def test_a_secret_cut_anywhere_by_deltas_does_not_leak(drawn: tuple[str, list[str]]) -> None:
    secret, pieces = drawn
    data = export(answer(*pieces), "sse", redacting(Secret(OWN)))
    assert secret not in said_in(data)
    assert json.dumps(secret)[1:-1].encode() not in data


@settings(max_examples=10)
@given(cut_up())
def test_and_from_no_format(drawn: tuple[str, list[str]]) -> None:
    secret, pieces = drawn
    said = answer(*pieces, prompt=f"why is {secret} refused?")
    for format_ in FORMATS.values():
        if not format_.drawn:
            data = export(said, format_.name, redacting(Secret(OWN)))
            assert secret.encode() not in data
            assert json.dumps(secret)[1:-1].encode() not in data


@given(cut_up())
def test_pieces_and_whole_are_masked_alike(drawn: tuple[str, list[str]]) -> None:
    _, pieces = drawn
    material = Material(answer(*pieces), redacting(Secret(OWN)))
    text = material.turns[0].transcript.messages[0].parts[0].text
    assert text.streamed is None
    assert text.replaced == 0


def call_deltas(*pieces: str, **place: Any) -> list[Record]:
    kind = "response.function_call_arguments.delta"
    return [event(kind, delta=piece, **place) for piece in pieces]


@pytest.mark.parametrize("place", [{}, {"item_id": "fc_1"}, {"output_index": 3}])
def test_a_key_in_the_arguments_of_a_call_is_found_behind_an_escape(place: dict[str, Any]) -> None:
    arguments = json.dumps({"cmd": f"export KEY=\n{KEY}"})
    data = export(call_deltas(*arguments, **place), "sse", redacting())
    assert KEY not in said_in(data)
    assert MASK in said_in(data)


def test_a_server_that_changes_the_id_with_every_event_changes_nothing() -> None:
    said = [
        event("response.output_text.delta", delta=each, item_id=f"msg_{n}")
        for n, each in enumerate(KEY)
    ]
    assert KEY not in said_in(export(said, "sse", redacting()))


@pytest.mark.parametrize("odd", ["1" * 5000, "[" * 3000 + "]" * 3000], ids=["long", "deep"])
def test_json_that_python_does_not_read_hides_nothing(odd: str) -> None:
    said = '{"type":"response.output_text.delta","output_index":0,"x":%s,"delta":"%s"}'
    pieces = [KEY[:12], KEY[12:], r"\n " + KEY.replace("-", r"\u002d", 1)]
    frames = [ServerSentEvent("message", said % (odd, piece)) for piece in pieces]
    out = export([FrameRecord(0.1, 1, frame) for frame in frames], "sse", redacting()).decode()
    assert all(piece not in out for piece in (KEY[3:12], KEY[12:]))


def test_texts_side_by_side_are_put_together_each_by_itself() -> None:
    mail = PRIVATE[3].ljust(len(KEY))
    said: list[Record] = []
    for one, other in zip(KEY, mail, strict=True):
        said += [*call_deltas(one, output_index=0), *call_deltas(other, output_index=1)]
    texts = ["", ""]
    for record in read(export(said, "sse", redacting())):
        assert isinstance(record, FrameRecord)
        data = json.loads(record.frame.data)
        texts[data["output_index"]] += data["delta"]
    assert [text.strip() for text in texts] == [MASK, "***@***"]


def test_what_was_cut_off_does_not_give_the_rest_of_a_key_away() -> None:
    torn = CutRecord(None, None, b'data: {"delta":"' + KEY[10:30].encode())
    data = export([*call_deltas(KEY[:10]), torn], "sse", redacting())
    assert KEY[10:20].encode() not in data


def test_binary_data_is_not_looked_through_and_so_not_handed_on() -> None:
    torn = CutRecord(None, None, b"7:api-key,\x00\x03abcdefghijkl,36:another header")
    data = export([event("response.created"), torn], "sse", redacting())
    assert (b"abcdefghijkl" in data, MASK.encode() in data) == (False, True)


def test_keys_and_values_elsewhere_in_a_record_are_masked() -> None:
    frame = ServerSentEvent("odd", KEY, id=KEY, comments=(f" {KEY}",))
    said: list[Record] = [
        request(metadata={KEY: 1, "password": "hunter2"}, note="mail ada@example.org"),
        FrameRecord(0.1, 1, frame),
        CommentRecord(0.2, 2, (f" ping {KEY}",)),
        FrameRecord(0.3, 3, ServerSentEvent(data="{}", raw=f"data: {{}}\nx: {KEY}\n\n".encode())),
    ]
    for format_ in ("sse", "jsonl"):
        data = export(said, format_, redacting())
        for private in (KEY, "hunter2", "ada@example"):
            assert private.encode() not in data


def test_a_request_hides_nothing_in_its_method_or_its_time() -> None:
    said = replace(request(), method=f"POST {KEY}", wall=f"today {KEY}")
    for format_ in ("jsonl", "curl"):
        assert KEY.encode() not in export([said], format_, redacting())


@pytest.mark.parametrize(
    "brings",
    [
        lambda piece: oa.said(content=piece),
        lambda piece: oa.said(reasoning_content=piece),
        lambda piece: oa.said(refusal=piece),
        lambda piece: oa.said(tool_calls=[oa.tool_piece(0, piece)]),
        lambda piece: oa.said(function_call={"arguments": piece}),
        lambda piece: oa.grows(0, "text_delta", text=piece),
        lambda piece: oa.grows(0, "thinking_delta", thinking=piece),
        lambda piece: oa.grows(0, "input_json_delta", partial_json=piece),
    ],
)
@pytest.mark.parametrize("size", [1, 7])
def test_keys_that_come_in_pieces_of_other_apis_are_masked(
    brings: Callable[[str], Any], size: int
) -> None:
    pieces = [KEY[at : at + size] for at in range(0, len(KEY), size)]
    said: list[Record] = [
        FrameRecord(0, 1, ServerSentEvent(data=json.dumps(brings(piece)))) for piece in pieces
    ]
    out = export(said, "sse", redacting()).decode()
    values = re.findall(rf'"(?:{_PIECES})": ?"([^"]*)"', out)
    assert "".join(values) == MASK


_PIECES = "content|reasoning_content|refusal|arguments|text|thinking|partial_json"


def test_pieces_of_other_protocols_are_put_together() -> None:
    method = "item/agentMessage/delta"

    def app(piece: str) -> dict[str, Any]:
        return {"method": method, "params": {"itemId": "i", "delta": piece}}

    def chat(piece: str) -> dict[str, Any]:
        return {"object": "chat.completion.chunk", "choices": [{"delta": {"content": piece}}]}

    for name, form in ((method, app), ("message", chat)):
        frames = (ServerSentEvent(name, json.dumps(form(piece))) for piece in KEY)
        said: list[Record] = [FrameRecord(0, 1, frame) for frame in frames]
        out = export(said, "jsonl", redacting())
        said_now = re.findall(rb'\\"(?:delta|content)\\": \\"([^\\]*)', out)
        assert b"".join(said_now) == MASK.encode()


LINES = PEM.splitlines()


@pytest.mark.parametrize(
    "said",
    [
        [ForeignRecord(0, 1, line.encode()) for line in LINES],
        [CommentRecord(0, 1, (f" {line}",)) for line in LINES],
        [CommentRecord(0, 1, tuple(LINES))],
        [FrameRecord(0, 1, ServerSentEvent(data=line)) for line in LINES],
        [FrameRecord(0, 1, ServerSentEvent(data="{}", comments=tuple(LINES)))],
        [ForeignRecord(0, 1, LINES[0].encode()), CutRecord(0, 1, LINES[1].encode())],
    ],
    ids=["foreign", "comments", "a block of comments", "frames", "comments of a frame", "cut"],
)
def test_lines_that_go_on_with_each_other_are_put_together(said: list[Record]) -> None:
    for format_ in ("sse", "jsonl"):
        assert LINES[1].encode() not in export(said, format_, redacting())


def test_values_are_told_by_the_names_beside_them() -> None:
    said = event(
        "x",
        headers=[["X-Api-Key", "abc 123"], ["Cookie", "a=b"], ["Accept", "abc 123"]],
        har=[{"name": "authorization", "value": "abc 123"}, {"name": "age", "value": "123"}],
        required=["password", "username"],
    )
    (out,) = read(export([said], "sse", redacting()))
    assert isinstance(out, FrameRecord)
    data = json.loads(out.frame.data)
    assert data["headers"] == [["X-Api-Key", MASK], ["Cookie", MASK], ["Accept", "abc 123"]]
    assert [each["value"] for each in data["har"]] == [MASK, "123"]
    assert data["required"] == ["password", "username"]


@pytest.mark.parametrize("quote", ['"', '\\"', "'"])
def test_a_password_of_several_words_goes_whole(quote: str) -> None:
    q = quote
    text = f"{{{q}password{q}: {q}my two  words{q}, {q}note{q}: {q}a b c d{q}}}"
    (found,) = Private(HOME).find(text)
    assert text[found.start : found.end] == "my two  words"


def test_what_holds_nothing_private_stays_verbatim() -> None:
    odd = '{ "type" : "x",  "a":1.10, "a" : "\\u00e9", "b":"\\/" , "c": NaN }'
    masked = odd.replace("}", f', "k":"{KEY}"}}')
    frames = [ServerSentEvent("x", each) for each in (odd, masked)]
    said: list[Record] = [FrameRecord(None, None, frame) for frame in frames]
    out = read(export(said, "sse", redacting()))
    datas = [record.frame.data for record in out if isinstance(record, FrameRecord)]
    assert datas == [odd, masked.replace(KEY, MASK)]


def test_the_summary_counts_what_was_masked_once_and_where_it_stood() -> None:
    scrub = redacting()
    export(answer(f"{KEY} and a@example.org, b@example.org"), "sse", scrub)
    assert scrub.sentence().startswith("masked 1 key, 2 e-mail addresses, in ")
    quiet = redacting()
    export(answer("nothing"), "sse", quiet)
    assert quiet.sentence() == "redacted: nothing private was found"


@pytest.mark.parametrize(
    "text",
    [
        "risk-assessment-framework-for-everybody",
        "logo@2x.png",
        'curl -H "Authorization: Bearer $OPENAI_API_KEY"',
        "npm i left-pad@1.3.0",
        "/data/home/ada and ~/x",
        '{"password": {"type": "string"}}',
    ],
)
def test_what_only_looks_a_little_like_it_stays(text: str) -> None:
    assert Private(HOME).find(text) == []


@given(st.text() | cut_up().map(lambda drawn: "".join(drawn[1])))
def test_what_is_masked_holds_nothing_more_to_mask(text: str) -> None:
    private = Private(HOME, [Secret(OWN)])
    for _ in range(2):
        for found in reversed(private.find(text)):
            text = text[: found.start] + found.mask + text[found.end :]
    assert private.find(text) == []


def test_what_is_kept_of_a_body_that_is_no_json_is_masked_too() -> None:
    for content in (
        {"type": "text/plain", "text": f"my key is {KEY}"},
        {"type": f"x; {KEY}", "base64": b64encode(KEY.encode()).decode()},
    ):
        data = export([replace(request(), body=None, content=content)], "jsonl", redacting())
        assert KEY.encode() not in data
        assert b64encode(KEY.encode()) not in data
        assert MASK.encode() in data
