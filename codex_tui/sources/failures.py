"""What went wrong between us and the server, in the recording's words and as a sentence.

Sentences are made of what is known about an error, not of its text, where that may repeat headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import httpx
import socksio

from codex_tui.network import CHECK_PROXY, CHECK_URL, reason_of, why_unreached
from codex_tui.wire.content_encoding import EncodingError

if TYPE_CHECKING:
    from codex_tui.recording.records import How

Phase = Literal["ready", "connecting", "sending", "waiting", "reading"]

_BYTES = re.compile(r"bytearray\(b(.*?)\)?$", re.DOTALL)
SEND_AGAIN = "You can send the request again."

FAULTS = (
    *(httpx.HTTPError, httpx.InvalidURL, httpx.StreamError),
    *(socksio.SOCKSError, EncodingError, OSError, ValueError),
)
"""What the network, and httpx on behalf of a server, raise; httpx lets errors of SOCKS through."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds; None waits.

    Attributes:
        connect: For DNS, TCP, TLS and the proxy together.
        header: From the request sent to the end of the answer's headers.
        idle: For any silence once the request is sent.
    """

    connect: float | None = 15.0
    header: float | None = None
    idle: float | None = None

    def of(self, phase: Phase) -> float | None:
        """The limit that holds in a phase."""
        match phase:
            case "connecting":
                return self.connect
            case "waiting":
                return min(filter(None, (self.header, self.idle)), default=None)
            case "sending" | "reading":
                return self.idle
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Failure:
    """How an exchange broke, a sentence that says what happened, and one that says what to do."""

    how: How
    sentence: str
    advice: str = SEND_AGAIN

    def words(self, after: str) -> str:
        """The sentence, with how much had arrived, and what to do."""
        return f"{self.sentence.removesuffix('.')} ({after}). {self.advice}"


def timed_out(phase: Phase, limits: Limits, host: str) -> Failure:
    """The failure of a limit that has passed."""
    limit = f"{limits.of(phase) or 0.0:g} s"
    if phase == "connecting":
        sentence = f"No connection to {host} within the connect-timeout of {limit}."
        return Failure("connect_error", sentence, CHECK_URL)
    by_header = phase == "waiting" and limits.of(phase) == limits.header
    name = "header-timeout" if by_header else "idle-timeout"
    what = "No answer" if phase == "waiting" else "Nothing arrived"
    return Failure("timeout", f"{what} within the {name} of {limit}.")


def failure_of(error: Exception, phase: Phase, host: str) -> Failure:
    """The failure that an exception means in a phase of an exchange with a host."""
    match error:
        case EncodingError():
            return Failure("protocol_error", str(error))
        case httpx.ProxyError() | socksio.SOCKSError():
            sentence = f"The proxy gave no connection to {host}: {error}."
            return Failure("connect_error", sentence, CHECK_PROXY)
        case httpx.LocalProtocolError():
            # Its text repeats the header, which may be the one with the key.
            sentence = "The request holds a header that can't be sent."
            return Failure("protocol_error", sentence, "Check the key and the profile's headers.")
        case httpx.RemoteProtocolError():
            return _broken_http(str(error), phase, host)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            sentence = f"Not an address that can be reached: {error}."
            return Failure("connect_error", sentence, "Check the base URL.")
    if phase == "reading":
        return Failure("interrupted", f"The connection broke: {reason_of(error)}.")
    return _no_connection(error, phase, host)


def _broken_http(text: str, phase: Phase, host: str) -> Failure:
    if text.startswith("Server disconnected"):
        return Failure("connect_error", f"{host} closed the connection without an answer.")
    if text.startswith("peer closed connection"):
        return Failure("interrupted", "The connection was closed in the middle of the answer.")
    if "too long" in text and phase != "reading":
        return Failure("protocol_error", "The answer's headers are longer than 100 KB.")
    if "_SWITCH_" in text:
        return Failure("protocol_error", "The server went over to another protocol.")
    text = _BYTES.sub(r"\1", text[:200])
    return Failure("protocol_error", f"The answer is not valid HTTP: {text}.")


def _no_connection(error: Exception, phase: Phase, host: str) -> Failure:
    sentence, advice = why_unreached(error, host) or ("", "")
    if not sentence and phase in ("sending", "waiting"):
        sentence = f"{host} broke the connection before it answered: {reason_of(error)}."
    sentence = sentence or f"No connection to {host}: {reason_of(error)}."
    return Failure("connect_error", sentence, advice or SEND_AGAIN)
