"""Lines that the Codex CLI writes: of its rollouts, and of `codex exec --json`.

A rollout is the CLI's own record of a session; its lines hold what the API sent and what the CLI
made of it. They are no events of the API, but stand where those do.
"""

from typing import Any, Literal

from codex_tui.wire.base import EXEC, ROLLOUT, Family, ResponseStreamEvent
from codex_tui.wire.items import OutputItem


class CodexLine(ResponseStreamEvent, kw_only=True):
    """A line of the Codex CLI; `payload` is what it is about, `timestamp` the time of day."""

    payload: Any = None
    timestamp: str | None = None

    @property
    def about(self) -> str:
        """The type of what it is about, as in `token_count`; empty where it has none."""
        value = self.payload.get("type") if isinstance(self.payload, dict) else None
        return value if isinstance(value, str) else ""


@ROLLOUT.event(Family.LIFECYCLE)
class SessionMetaLine(CodexLine):
    """What a session is: its id, folder, versions and instructions."""

    type: Literal["session_meta"] = "session_meta"


@ROLLOUT.event(Family.LIFECYCLE)
class TurnContextLine(CodexLine):
    """With which model and settings a turn, or a request of it, goes on."""

    type: Literal["turn_context"] = "turn_context"


@ROLLOUT.event(Family.LIFECYCLE)
class EventMsgLine(CodexLine):
    """What the CLI told its user interface."""

    type: Literal["event_msg"] = "event_msg"


@ROLLOUT.event(Family.LIFECYCLE)
class CompactedLine(CodexLine):
    """The conversation so far was replaced by a summary."""

    type: Literal["compacted"] = "compacted"


@ROLLOUT.event(Family.LIFECYCLE)
class WorldStateLine(CodexLine):
    """What the CLI knows of the environment."""

    type: Literal["world_state"] = "world_state"


@ROLLOUT.event(Family.LIFECYCLE)
class TokenUsageRecordLine(CodexLine):
    """The tokens that one response used."""

    type: Literal["token_usage_record"] = "token_usage_record"


@ROLLOUT.event(Family.OUTPUT)
class InterAgentCommunicationLine(CodexLine):
    """What one agent of a session said to another."""

    type: Literal["inter_agent_communication"] = "inter_agent_communication"


@ROLLOUT.event(Family.LIFECYCLE)
class InterAgentCommunicationMetadataLine(CodexLine):
    """What became of such a message."""

    type: Literal["inter_agent_communication_metadata"] = "inter_agent_communication_metadata"


@ROLLOUT.event(Family.LIFECYCLE)
class SecurityRiskScoreLine(CodexLine):
    """How risky the CLI takes a turn to be."""

    type: Literal["security_risk_score"] = "security_risk_score"


@ROLLOUT.event(Family.LIFECYCLE)
class RealtimeItemLine(CodexLine):
    """What was said in a spoken conversation."""

    type: Literal["realtime_item"] = "realtime_item"


@ROLLOUT.event(Family.LIFECYCLE)
class ResponseItemLine(ResponseStreamEvent):
    """An item that was sent to the model or came from it, as the API has it."""

    payload: OutputItem
    type: Literal["response_item"] = "response_item"
    timestamp: str | None = None

    @property
    def about(self) -> str:
        """The type of the item."""
        return self.payload.type


class BareItemLine(ResponseStreamEvent):
    """The same in rollouts of the first versions, where an item stands alone on its line."""

    item: OutputItem
    type: str


class ExecEvent(ResponseStreamEvent, kw_only=True):
    """An event of `codex exec --json`; each has some of these."""

    thread_id: str | None = None
    item: Any = None
    usage: Any = None
    error: Any = None

    @property
    def about(self) -> str:
        """The type of its item; empty where it has none."""
        item = self.item if isinstance(self.item, dict) else {}
        value = item.get("type") or item.get("item_type")
        return value if isinstance(value, str) else ""


@EXEC.event(Family.LIFECYCLE)
class ThreadStartedEvent(ExecEvent):
    """A session begins or goes on."""

    type: Literal["thread.started"] = "thread.started"


@EXEC.event(Family.LIFECYCLE)
class TurnStartedEvent(ExecEvent):
    """A prompt was sent."""

    type: Literal["turn.started"] = "turn.started"


@EXEC.event(Family.LIFECYCLE)
class TurnCompletedEvent(ExecEvent):
    """A turn is over."""

    type: Literal["turn.completed"] = "turn.completed"


@EXEC.event(Family.ERROR)
class TurnFailedEvent(ExecEvent):
    """A turn failed."""

    type: Literal["turn.failed"] = "turn.failed"


@EXEC.event(Family.LIFECYCLE)
class ItemStartedEvent(ExecEvent):
    """An item begins."""

    type: Literal["item.started"] = "item.started"


@EXEC.event(Family.LIFECYCLE)
class ItemUpdatedEvent(ExecEvent):
    """An item goes on."""

    type: Literal["item.updated"] = "item.updated"


@EXEC.event(Family.LIFECYCLE)
class ItemCompletedEvent(ExecEvent):
    """An item is whole."""

    type: Literal["item.completed"] = "item.completed"
