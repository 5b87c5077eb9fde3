"""Faults in the stream: events out of order, and data that no server should send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.case import Case, framed, streams
from tests.servers import COMPLETED, CREATED, DELTA, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import How


def orders() -> Iterator[Case]:
    """Events that miss, repeat, restart or belong to nothing."""
    numbers: dict[str, list[Any]] = {
        "duplicate": [0, 1, 1, 2],
        "missing": [0, 5, 6, 9],
        "backward": [3, 2, 1, 0],
        "restarting": [0, 1, 0, 1],
        "negative": [-1, -2, 10**15, 0],
        "wrong": ["0", 1.5, None, [1]],
        "huge": [10**30, 0, 2**64, 1],
    }
    for name, sequence in numbers.items():
        deltas = [
            event("response.output_text.delta", delta="x", output_index=0, sequence_number=n)
            for n in sequence
        ]
        yield Case(f"{name} numbers", streams(CREATED, *deltas, COMPLETED), "completed", events=6)
    yield Case("no beginning", streams(DELTA + COMPLETED), "completed", events=2)
    yield Case("nothing but the end", streams(COMPLETED), "completed", events=1)
    yield Case(
        "two responses",
        streams(CREATED + DELTA + CREATED + DELTA + COMPLETED),
        "completed",
        events=5,
    )
    yield Case("two ends", streams(COMPLETED + COMPLETED), "completed", events=2)
    unknown = event("response.output_text.delta", delta="?", output_index=77, item_id="nobody")
    yield Case("deltas for nobody", streams(CREATED, unknown, COMPLETED), "completed", events=3)
    bare = [event("response.output_text.delta", delta="x") for _ in range(5)]
    yield Case("no indices at all", streams(CREATED, *bare, COMPLETED), "completed", events=7)
    changing = [
        event("response.output_text.delta", delta="x", output_index=0, item_id=f"i{n}")
        for n in range(5)
    ]
    yield Case("ids that change", streams(CREATED, *changing, COMPLETED), "completed", events=7)
    types = [event(f"response.new_{n}.thing", n=n) for n in range(5)]
    yield Case(
        "types that nobody knows", streams(CREATED, *types, COMPLETED), "completed", events=7
    )
    yield Case(
        "a type of no text",
        streams(
            framed('{"type": 5}') + framed('{"type": null}') + framed('{"type": ["x"]}') + COMPLETED
        ),
        "completed",
        events=4,
    )


def payloads() -> Iterator[Case]:
    """Data that is no JSON, or JSON that nobody should write. One bad event costs one event."""
    odd = {
        "no JSON": "{,}",
        "text": "hello",
        "a list": "[1, 2]",
        "a number": "5",
        "a string": '"x"',
        "null": "null",
        "half of it": '{"type": "response.created", "resp',
        "two at once": "{} {}",
        "10,000 levels of lists": "[" * 10_000 + "]" * 10_000,
        "10,000 levels of objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
        "100,000 levels, unclosed": "[" * 100_000,
        "a deep delta": '{"type":"@","delta":' + "[" * 5000 + "]" * 5000 + "}",
        "a deep error": '{"type":"x","error":' + "[" * 5000 + "]" * 5000 + "}",
        "lone surrogates": '{"type":"@","delta":"\\ud83d","output_index":0}',
        "encoded surrogates": '{"type":"@","delta":"\ud83d"}',
        "NaN": '{"type":"@","delta":"x","output_index":NaN}',
        "infinity": '{"type":"x","n":[Infinity,-Infinity,1e999]}',
        "10,000 digits": '{"type":"x","n":' + "9" * 10_000 + "}",
        "10,000 digits of an index": '{"type":"@","delta":"x","output_index":' + "9" * 10_000 + "}",
        "10,000 digits of a number": '{"type":"@","delta":"x","sequence_number":'
        + "9" * 10_000
        + "}",
        "duplicate keys": '{"type":"@","type":"x","delta":"a","delta":"b"}',
        "a NUL": '{"type":"x\\u0000","a":"\\u0000"}',
        "control characters": '{"type":"x","a":"\x01\x1b[2J"}',
        "an empty name": '{"":{"":[]}}',
        "single quotes": "{'type': 'x'}",
    }
    for name, text in odd.items():
        sent = framed(text.replace("@", "response.output_text.delta"))
        yield Case(
            f"data of {name}", streams(CREATED, sent, DELTA, COMPLETED), "completed", events=4
        )
    yield Case(
        "data that is no UTF-8",
        streams(CREATED + b'data: {"type":"x","a":"\xff\xfe"}\n\n' + COMPLETED),
        "completed",
        events=3,
    )
    for name, text in {
        "levels": "[" * 3000 + "]" * 3000,
        "digits": "9" * 10_000,
        "NaN": "NaN",
    }.items():
        kinds: list[How] = ["failed", "completed"]
        for kind in kinds:
            sent = framed(
                f'{{"type":"response.{kind}","response":{{"error":{text},"output":{text}}}}}'
            )
            # A number that is too long to be one is read as the text that it is: an error.
            how: How = "failed" if name == "digits" else kind
            yield Case(f"{kind} with {name}", streams(CREATED, sent), how, (), 2)
    for levels in (63, 64, 65, 300, 900, 990, 1000, 1100):
        deep = "[" * levels + "]" * levels
        sent = framed(
            f'{{"type":"response.failed","response":{{"error":{{"message":{deep},"code":"c"}}}}}}'
        )
        yield Case(
            f"failed {levels} levels deep", streams(sent), "failed", ("The response failed",), 1
        )
    yield Case(
        "a million characters of a name",
        streams(b"event: " + b"x" * 1_000_000 + b"\ndata: {}\n\n" + COMPLETED),
        "completed",
        events=2,
    )
    yield Case(
        "100,000 lines of data",
        streams(b"data: 1\n" * 100_000 + b"\n" + COMPLETED),
        "completed",
        events=2,
    )
    yield Case(
        "fields that nobody knows",
        streams(
            b"foo: bar\nid: 1\nretry: -5\nretry: 99999999999999999999\ndata: {}\n\n" + COMPLETED
        ),
        "completed",
        events=2,
    )


def sizes() -> Iterator[Case]:
    """Much in one piece, or in very many."""
    large = event("response.output_text.delta", delta="x" * 5_000_000, output_index=0)
    yield Case("an event of 5 MB", streams(CREATED, large, COMPLETED), "completed", events=3)
    many = DELTA * 20_000
    yield Case(
        "20,000 deltas at once",
        streams(CREATED, many, COMPLETED),
        "completed",
        events=20_002,
        within=20,
    )
