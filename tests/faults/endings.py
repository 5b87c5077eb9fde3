"""Faults in the stream: errors, and terminal events of every kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.faults.case import Case, endlessly, framed, streams
from tests.servers import COMPLETED, CREATED, DELTA, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import How


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
DONE = b"data: [DONE]\n\n"


def errors() -> Iterator[Case]:
    """`error` events in every form, followed by a failure or not."""
    said = "Overloaded"
    forms: list[tuple[str, bytes, str]] = [
        ("flat", event("error", message=said, code="busy", param=None), "Overloaded (busy)."),
        ("flat with null code", event("error", message=said, code=None), "Overloaded."),
        ("nested", event("error", error={"message": said, "code": "busy"}), "Overloaded (busy)."),
        ("nested with null code", event("error", error={"message": said, "code": None}), said),
        ("nested with a code of two", event("error", error={"message": said, "code": 2}), said),
        ("nested text", event("error", error=said), said),
        ("nameless", framed(json.dumps({"error": {"message": said}})), said),
        ("nameless text", framed(json.dumps({"error": said})), said),
        ("by name alone", b'event: error\ndata: {"message": "Overloaded"}\n\n', said),
        ("empty", event("error"), "The server sent an error event"),
        ("no JSON", b"event: error\ndata: out of memory\n\n", "out of memory."),
        ("of lists", event("error", error={"message": [said], "code": ["x"]}), said),
        ("deep", event("error", error={"message": json.loads("[" * 60 + "]" * 60)}), "message"),
    ]
    failed = event("response.failed", response={"error": {"message": "Gone", "code": "x"}})
    for name, sent, words in forms:
        yield Case(f"an error, {name}", streams(CREATED + sent), "api_error", (words,), 2)
        held = streams(CREATED + sent, then="hold")
        yield Case(f"an error, {name}, held", held, "api_error", (words,), 2)
        yield Case(
            f"an error, {name}, and a failure",
            streams(CREATED + sent + failed),
            "failed",
            ("Gone (x)",),
            3,
        )
    yield Case(
        "an error and a reset",
        streams(CREATED, forms[0][1], then="reset", Content_Length="9999"),
        "api_error",
        (said,),
        2,
    )
    yield Case(
        "an error and an end mark",
        streams(CREATED + forms[0][1] + DONE, then="hold"),
        "api_error",
        (said,),
        2,
    )


def terminals() -> Iterator[Case]:
    """Terminal events of every kind, and what may come with them."""
    advice = {
        "server_error": "send the request again",
        "rate_limit_exceeded": "Wait, then",
        "context_length_exceeded": "Begin another",
        "insufficient_quota": "Check the account",
        "a_new_code": "send the request again",
        None: "send the request again",
        7: "send the request again",
    }
    for code, what in advice.items():
        error = {"code": code, "message": "It failed."}
        yield Case(
            f"failed with {code}",
            streams(CREATED + event("response.failed", response={"error": error}), then="hold"),
            "failed",
            ("It failed", what),
            2,
        )
    odd: list[Any] = [
        None,
        {},
        [],
        "text",
        5,
        {"error": None},
        {"error": []},
        {"error": "as text"},
        {"error": {"message": None}},
        {"error": {"message": {"a": 1}}},
    ]
    for number, response in enumerate(odd):
        yield Case(
            f"failed oddly, {number}",
            streams(event("response.failed", response=response)),
            "failed",
            ("The response failed",),
            1,
        )
    yield Case(
        "failed with nothing",
        streams(b"event: response.failed\ndata: {}\n\n"),
        "failed",
        ("The response failed",),
        1,
    )
    for reason in ("max_output_tokens", "content_filter", "something_new", None, 5):
        details = {"incomplete_details": {"reason": reason}}
        says = (f"incomplete: {reason}" if isinstance(reason, str) else "incomplete",)
        yield Case(
            f"incomplete for {reason}",
            streams(CREATED + event("response.incomplete", response=details)),
            "incomplete",
            says,
            2,
        )
    yield Case(
        "cancelled by the server",
        streams(CREATED + event("response.cancelled", response={})),
        "cancelled",
        ("The server cancelled",),
        2,
    )
    for how in ("completed", "failed", "incomplete", "cancelled"):
        last = event(f"response.{how}", response={"id": "r"})
        yield Case(
            f"{how}, and the server holds",
            streams(CREATED + last, then="hold"),
            _how(how),
            (),
            2,
            within=1,
        )
        yield Case(
            f"{how}, and the server goes on at once",
            streams(CREATED + last + DELTA + DONE),
            _how(how),
            (),
            3,
        )
        yield Case(
            f"{how}, and then a reset",
            streams(CREATED + last, then="reset", Content_Length="9999"),
            _how(how),
            (),
            2,
        )
    yield Case(
        "completed, and more without end",
        endlessly(HEAD + b"\r\n" + CREATED + COMPLETED, DELTA),
        "completed",
        (),
        -1,
    )
    yield Case(
        "completed without a name",
        streams(framed(COMPLETED.partition(b"data: ")[2].decode().strip())),
        "completed",
        events=1,
    )
    yield Case(
        "completed by name alone",
        streams(b"event: response.completed\ndata: {}\n\n"),
        "completed",
        events=1,
    )
    yield Case(
        "completed with no JSON",
        streams(b"event: response.completed\ndata: {,}\n\n"),
        "interrupted",
        ("without a terminal event",),
        1,
    )
    yield Case(
        "completed with no data", streams(b"event: response.completed\n\n"), "interrupted", (), 0
    )
    yield Case(
        "completed in another event's clothes",
        streams(COMPLETED.replace(b"event: response.completed", b"event: response.created")),
        "completed",
        events=1,
    )
    yield Case(
        "an end mark alone",
        streams(DONE, then="hold"),
        "interrupted",
        ("said [DONE] without a terminal event",),
        0,
    )
    yield Case(
        "an end mark after deltas",
        streams(CREATED + DELTA + DONE, then="hold"),
        "interrupted",
        ("said [DONE]",),
        2,
    )
    yield Case("end marks without end", endlessly(HEAD + b"\r\n", DONE), "interrupted", (), -1)


def _how(word: str) -> How:
    words: dict[str, How] = {
        "completed": "completed",
        "failed": "failed",
        "incomplete": "incomplete",
        "cancelled": "cancelled",
    }
    return words[word]
