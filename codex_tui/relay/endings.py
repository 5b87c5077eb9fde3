"""How an exchange ended, in the recording's words, as one sees it who stands between two sides.

A terminal event gives its word, whoever left then; without one it counts who left first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.wire.error_words import message_of, status_words
from codex_tui.wire.tails import unended_sentence

if TYPE_CHECKING:
    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import How
    from codex_tui.relay.answered import StreamCopy
    from codex_tui.relay.bodies import KeptBody
    from codex_tui.relay.tee import ExchangeEnd

_OK = range(200, 300)
_LEFT: dict[str, str] = {
    "closed": "closed the connection",
    "reset": "reset the connection",
    "whole": "ended the exchange",
}


class Outcome(NamedTuple):
    """How an exchange ended, and what is to be said of it; None where the word says it all."""

    how: How
    detail: str | None = None


def after(events: int, size: int, t: float) -> str:
    """How much had come, as in "after 3 events, 1,234 bytes and 0.52 s"."""
    seconds = f"{t:.{2 if t < 10 else 1}f} s"
    return f"after {units.count(events, 'event')}, {size:,} bytes and {seconds}"


def broken(end: ExchangeEnd, much: str) -> Outcome | None:
    """How what was not whole ended, by the side at which it broke; None where nothing broke it."""
    said = f" {end.detail}" if end.detail else ""
    match end.how:
        case "unreachable" | "refused":
            return Outcome("connect_error", end.detail or "The server was not reached.")
        case "timeout":
            return Outcome("timeout", f"Nothing came for too long ({much}).{said}")
        case "broken":
            what = end.detail.rstrip(".") or "What came is no valid HTTP"
            return Outcome("protocol_error", f"{what} ({much}).")
        case "left":
            return Outcome("cancelled", f"codex-tui was ended ({much}).")
    if end.by == "relay":
        return None if end.how == "whole" else Outcome("cancelled", f"codex-tui left ({much}).")
    if end.by == "program":
        return Outcome("cancelled", f"The client {_LEFT[end.how]} ({much}).{said}")
    return (
        None
        if end.how == "whole"
        else Outcome("interrupted", f"The server {_LEFT[end.how]} ({much}).{said}")
    )


def of_stream(stream: StreamCopy, end: ExchangeEnd, *, ours: bool) -> Outcome:
    """How a stream of events ended.

    Args:
        stream: Its copy.
        end: What the relay saw.
        ours: Whether it should hold a response's events; any other is whole when its bytes are.
    """
    if (how := stream.end.how) is not None:
        said = stream.end.contradiction or end.detail
        return Outcome(how, (said or None) if how == "completed" else None)
    much = after(stream.events, stream.size, end.t)
    if stream.trouble:
        return Outcome(
            "protocol_error", f"{stream.trouble} The bytes are kept as they came ({much})."
        )
    if (outcome := broken(end, much)) is not None:
        return outcome
    if not (ours or stream.end.other) and not stream.torn:
        return Outcome("completed", f"Its bytes came to their end; they hold no response ({much}).")
    return Outcome("interrupted", _interruption(stream, much))


def _interruption(stream: StreamCopy, much: str) -> str:
    if type_ := stream.unended:
        return f"{unended_sentence(type_).rstrip('.')} ({much})."
    said = "said [DONE]" if stream.end.done else "ended the stream"
    lacks = "terminal event"
    if stream.end.other:
        lacks = "finish_reason" if stream.end.choices else "message_stop"
    where = "inside an event" if stream.torn else f"without a {lacks}"
    return f"The server {said} {where} ({much})."


def of_refused_stream(stream: StreamCopy, status: int, end: ExchangeEnd) -> Outcome:
    """How a stream of events ended that came with a status which promises none."""
    much = after(stream.events, stream.size, end.t)
    return Outcome("http_error", f"The server answered {status_words(status)} ({much}).")


def of_body(body: KeptBody, status: int, end: ExchangeEnd, mask: Mask, *, streams: bool) -> Outcome:
    """How an answer ended that is no stream.

    Args:
        body: What came.
        status: Its status.
        end: What the relay saw.
        mask: Takes the user's secrets out of what is said.
        streams: Whether a stream was asked for.
    """
    much = f"{body.size:,} bytes and {end.t:.2f} s"
    outcome = broken(end, f"after {much}")
    message = mask.message(message_of(mask.bytes(body.decoded)))
    if status not in _OK:
        said = f": {message.rstrip('.')}" if message else ""
        cut = f" {outcome.detail}" if outcome is not None and outcome.detail else ""
        sentence = f"The server answered {status_words(status)}{said} (after {much}).{cut}"
        return Outcome("http_error", _with_body(sentence, mask.text(body.text)))
    if outcome is not None:
        return outcome
    if not streams:
        return Outcome("completed")
    what = f"what is no stream of events: {message.rstrip('.')}" if message else "nothing"
    sentence = f"The server answered {status_words(status)} with {what} (after {much})."
    return Outcome("not_sse", _with_body(sentence, mask.text(body.text)))


def _with_body(sentence: str, body: str) -> str:
    return f"{sentence}\n{body}" if body else sentence
