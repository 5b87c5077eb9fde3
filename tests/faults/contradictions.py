"""Terminal events whose response says something else, and errors that bridges wrap in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.faults.case import Case, framed, streams
from tests.servers import CREATED, DELTA, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import How

_BOOM = {"code": "server_error", "message": "boom"}
_UPSTREAM = {"error": {"message": "Overloaded", "type": "overloaded_error"}}


def contradictions() -> Iterator[Case]:
    """The worse word of the event and its response holds, and what they say differently is said."""
    told: list[tuple[str, str, dict[str, Any], How, tuple[str, ...]]] = [
        (
            "failed",
            "completed",
            {"status": "failed", "error": _BOOM},
            "failed",
            ("boom", "failed."),
        ),
        ("failed for nothing", "completed", {"status": "failed"}, "failed", ("failed.",)),
        ("an error", "completed", {"status": "completed", "error": _BOOM}, "failed", ("boom",)),
        ("an error as text", "completed", {"error": "boom"}, "failed", ("boom", "an error.")),
        (
            "incomplete",
            "completed",
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "incomplete",
            ("max_output_tokens", "Raise max_output_tokens", "incomplete."),
        ),
        ("cancelled", "completed", {"status": "cancelled"}, "cancelled", ("cancelled.",)),
        ("less", "incomplete", {"status": "failed", "error": _BOOM}, "failed", ("boom",)),
        ("more", "failed", {"status": "completed", "error": _BOOM}, "failed", ("boom",)),
        ("no error", "completed", {"status": "completed", "error": {}}, "completed", ()),
        ("an empty error", "completed", {"error": {"message": None}}, "completed", ()),
        ("a word of its own", "completed", {"status": "done"}, "completed", ()),
    ]
    for name, kind, response, how, says in told:
        last = event(f"response.{kind}", response={"id": "r", **response})
        yield Case(
            f"{kind}, and its response says {name}", streams(CREATED + DELTA + last), how, says, 3
        )


def wrapped_errors() -> Iterator[Case]:
    """What a bridge was told is shown, wherever it put it; to send again is not always of use."""
    inside = json.dumps(_UPSTREAM)
    errors: list[tuple[str, Any, tuple[str, ...]]] = [
        ("an object inside", _UPSTREAM, ("Overloaded", "send the request again")),
        ("JSON as a message", {"message": inside, "code": "x"}, ("Overloaded (x)",)),
        ("JSON behind words", {"message": f"Upstream: {inside}"}, ("Upstream: Overloaded",)),
        ("bytes of Python", {"message": f"APIError - b'{inside}'"}, ("APIError - Overloaded",)),
        ("an object as a message", {"message": _UPSTREAM}, ("Overloaded",)),
        ("JSON as the error", inside, ("Overloaded",)),
        ("braces that are no JSON", {"message": "bad {x}"}, ("bad {x}",)),
    ]
    for name, error, says in errors:
        last = event("response.failed", response={"status": "failed", "error": error})
        yield Case(f"an error that has {name}", streams(CREATED + last), "failed", says, 2)
    advice = {
        "invalid_api_key": "Check the key.",
        "model_not_found": "Check the model's name.",
        "context_length_exceeded": "Begin another conversation",
        "unsupported_parameter": "Change the request.",
        "content_policy_violation": "ask in other words",
        "rate_limit_error": "Wait, then send",
        "502": "send the request again",
        "400": "Change the request.",
    }
    for code, what in advice.items():
        inner = json.dumps({"error": {"message": "No.", "code": code}})
        last = event("response.failed", response={"error": {"message": inner}})
        yield Case(f"an upstream's {code}", streams(CREATED + last), "failed", ("No", what), 2)


def errors_and_successes() -> Iterator[Case]:
    """An error event is the end where the success after it brings nothing."""
    chunk = {"object": "chat.completion.chunk", "choices": [], "error": {"message": "No worker"}}
    completed = event("response.completed", response={"status": "completed", "output": []})
    sent = framed(json.dumps(chunk))
    yield Case(
        "an error in a chunk, and a success that is empty",
        streams(CREATED + sent + completed),
        "api_error",
        ("No worker",),
        3,
    )
    yield Case(
        "a text, an error, and a success",
        streams(CREATED + DELTA + event("error", message="odd") + completed),
        "completed",
        (),
        4,
    )
