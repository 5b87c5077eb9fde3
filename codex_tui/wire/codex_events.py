"""Lines that the Codex CLI writes: of its rollouts, and of `codex exec --json`.

A rollout is the CLI's own record of a session; its lines hold what the API sent and what the CLI
made of it. They are no events of the API, but stand where those do.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from codex_tui.wire.base import OutputItem, ResponseStreamEvent


@dataclass(slots=True, repr=False, eq=False)
class CodexLine(ResponseStreamEvent):
    """A line of the Codex CLI; `payload` is what it is about, `timestamp` the time of day."""

    _: KW_ONLY
    payload: Any = None
    timestamp: str | None = None
    sequence_number: int | None = None

    @property
    def about(self) -> str:
        """The type of what it is about, as in `token_count`; empty where it has none."""
        value = self.payload.get("type") if isinstance(self.payload, dict) else None
        return value if isinstance(value, str) else ""


@dataclass(slots=True, repr=False, eq=False)
class SessionMetaLine(CodexLine):
    """What a session is: its id, folder, versions and instructions."""

    type: Literal["session_meta"] = "session_meta"


@dataclass(slots=True, repr=False, eq=False)
class TurnContextLine(CodexLine):
    """With which model and settings a turn, or a request of it, goes on."""

    type: Literal["turn_context"] = "turn_context"


@dataclass(slots=True, repr=False, eq=False)
class EventMsgLine(CodexLine):
    """What the CLI told its user interface."""

    type: Literal["event_msg"] = "event_msg"


@dataclass(slots=True, repr=False, eq=False)
class CompactedLine(CodexLine):
    """The conversation so far was replaced by a summary."""

    type: Literal["compacted"] = "compacted"


@dataclass(slots=True, repr=False, eq=False)
class WorldStateLine(CodexLine):
    """What the CLI knows of the environment."""

    type: Literal["world_state"] = "world_state"


@dataclass(slots=True, repr=False, eq=False)
class TokenUsageRecordLine(CodexLine):
    """The tokens that one response used."""

    type: Literal["token_usage_record"] = "token_usage_record"


@dataclass(slots=True, repr=False, eq=False)
class ResponseItemLine(ResponseStreamEvent):
    """An item that was sent to the model or came from it, as the API has it."""

    payload: OutputItem
    type: Literal["response_item"] = "response_item"
    _: KW_ONLY
    timestamp: str | None = None
    sequence_number: int | None = None

    @property
    def about(self) -> str:
        """The type of the item."""
        return self.payload.type


@dataclass(slots=True, repr=False, eq=False)
class BareItemLine(ResponseStreamEvent):
    """The same in rollouts of the first versions, where an item stands alone on its line."""

    item: OutputItem
    type: str
    _: KW_ONLY
    sequence_number: int | None = None


@dataclass(slots=True, repr=False, eq=False)
class ExecEvent(ResponseStreamEvent):
    """An event of `codex exec --json`; each has some of these."""

    _: KW_ONLY
    thread_id: str | None = None
    item: Any = None
    usage: Any = None
    error: Any = None
    sequence_number: int | None = None

    @property
    def about(self) -> str:
        """The type of its item; empty where it has none."""
        value = self.item.get("type") if isinstance(self.item, dict) else None
        return value if isinstance(value, str) else ""


@dataclass(slots=True, repr=False, eq=False)
class ThreadStartedEvent(ExecEvent):
    """A session begins or goes on."""

    type: Literal["thread.started"] = "thread.started"


@dataclass(slots=True, repr=False, eq=False)
class TurnStartedEvent(ExecEvent):
    """A prompt was sent."""

    type: Literal["turn.started"] = "turn.started"


@dataclass(slots=True, repr=False, eq=False)
class TurnCompletedEvent(ExecEvent):
    """A turn is over."""

    type: Literal["turn.completed"] = "turn.completed"


@dataclass(slots=True, repr=False, eq=False)
class TurnFailedEvent(ExecEvent):
    """A turn failed."""

    type: Literal["turn.failed"] = "turn.failed"


@dataclass(slots=True, repr=False, eq=False)
class ItemStartedEvent(ExecEvent):
    """An item begins."""

    type: Literal["item.started"] = "item.started"


@dataclass(slots=True, repr=False, eq=False)
class ItemUpdatedEvent(ExecEvent):
    """An item goes on."""

    type: Literal["item.updated"] = "item.updated"


@dataclass(slots=True, repr=False, eq=False)
class ItemCompletedEvent(ExecEvent):
    """An item is whole."""

    type: Literal["item.completed"] = "item.completed"


ROLLOUT_LINES = (
    SessionMetaLine,
    TurnContextLine,
    EventMsgLine,
    CompactedLine,
    WorldStateLine,
    TokenUsageRecordLine,
    ResponseItemLine,
)
EXEC_EVENTS = (
    ThreadStartedEvent,
    TurnStartedEvent,
    TurnCompletedEvent,
    TurnFailedEvent,
    ItemStartedEvent,
    ItemUpdatedEvent,
    ItemCompletedEvent,
)
PER_ITEM = (*ROLLOUT_LINES, BareItemLine)
"""Lines whose times are those of whole items: when they were written, not when they streamed."""


def label_of(event: ResponseStreamEvent) -> str | None:
    """The type of an event, and of what it is about where its own type says too little."""
    about = getattr(event, "about", "")
    return f"{event.type}/{about}" if about else event.type
