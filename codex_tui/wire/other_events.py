"""Events beside the answer: errors, keep-alives, limits, and what could not be told.

Errors and limits come in the shapes and spellings of many servers; see `decode` for which.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from codex_tui.wire.base import NumberedEvent, ResponseStreamEvent


@dataclass(slots=True, repr=False, eq=False)
class ResponseErrorEvent(NumberedEvent):
    """The server reports an error, in any of the shapes that errors have on the wire.

    `error_type` is the `type` of a nested error (`rate_limit_error`, …).
    """

    message: str | None = None
    code: str | int | None = None
    param: str | None = None
    type: Literal["error"] = "error"
    _: KW_ONLY
    error_type: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False, eq=False)
class KeepaliveEvent(NumberedEvent):
    """Nothing happened; the connection is alive."""

    type: Literal["keepalive"] = "keepalive"


@dataclass(slots=True, repr=False, eq=False)
class RateLimitsEvent(NumberedEvent):
    """How much of the account's limits is used; `rate_limits` is an object or a list."""

    rate_limits: Any = None
    plan_type: str | None = None


@dataclass(slots=True, repr=False, eq=False)
class CodexRateLimitsEvent(RateLimitsEvent):
    """The ChatGPT backend's rate limits."""

    type: Literal["codex.rate_limits"] = "codex.rate_limits"


@dataclass(slots=True, repr=False, eq=False)
class ResponseRateLimitsUpdatedEvent(RateLimitsEvent):
    """The API's rate limits; may come after the terminal event."""

    type: Literal["response.rate_limits.updated"] = "response.rate_limits.updated"


@dataclass(slots=True, repr=False, eq=False)
class MetadataEvent(NumberedEvent):
    """What the server says about how it serves the response."""

    metadata: Any = None
    headers: Any = None


@dataclass(slots=True, repr=False, eq=False)
class CodexResponseMetadataEvent(MetadataEvent):
    """The ChatGPT backend's metadata."""

    type: Literal["codex.response.metadata"] = "codex.response.metadata"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMetadataEvent(MetadataEvent):
    """The API's metadata."""

    type: Literal["response.metadata"] = "response.metadata"


@dataclass(slots=True, repr=False, eq=False)
class UnknownEvent(ResponseStreamEvent):
    """A JSON object of a type that is not known, or of none, whole in `data`."""

    type: str | None
    data: dict[str, Any]
    _: KW_ONLY
    sequence_number: int | None = None


@dataclass(slots=True, repr=False, eq=False)
class MalformedEvent(ResponseStreamEvent):
    """An event that could not be read: why, and its data verbatim.

    `type` is what it claims to be, where that can be told.
    """

    reason: str
    data: str
    type: str | None = None
    _: KW_ONLY
    sequence_number: int | None = None


@dataclass(slots=True, repr=False, eq=False)
class StreamDone(ResponseStreamEvent):
    """`data: [DONE]`: the end mark of some servers; no event of the API."""

    type: Literal["[DONE]"] = "[DONE]"
    _: KW_ONLY
    sequence_number: int | None = None
