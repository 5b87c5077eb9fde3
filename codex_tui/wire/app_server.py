"""Messages of `codex app-server`, as whoever talks to it writes them down, a line each (JSON-RPC).

They have no `type`: what they are is said by `method`, and their frames are named by it. An answer
to a request has no method, and the name of what it holds: `result`.
"""

from typing import Any, Literal

from codex_tui.wire.base import APP_SERVER, Family, ResponseStreamEvent


class AppServerMessage(ResponseStreamEvent, kw_only=True):
    """A request or a notification; `params` is what it is about."""

    params: Any = None
    method: str | None = None

    def told(self, key: str) -> Any:
        """Return one of its parameters; None where it has no such."""
        return self.params.get(key) if isinstance(self.params, dict) else None

    @property
    def item(self) -> dict[str, Any]:
        """The item that it brings; empty where it brings none."""
        value = self.told("item")
        return value if isinstance(value, dict) else {}

    @property
    def delta(self) -> str:
        """The piece that it brings; empty where it brings none."""
        value = self.told("delta")
        return value if isinstance(value, str) else ""


class AppServerItemMessage(AppServerMessage, kw_only=True):
    """A message that brings an item."""

    @property
    def about(self) -> str:
        """The type of the item."""
        value = self.item.get("type")
        return value if isinstance(value, str) else ""


@APP_SERVER.event(Family.LIFECYCLE)
class AppThreadStarted(AppServerMessage):
    """A thread begins or goes on."""

    type: Literal["thread/started"] = "thread/started"


@APP_SERVER.event(Family.LIFECYCLE)
class AppTurnStart(AppServerMessage):
    """A client asks for a turn."""

    type: Literal["turn/start"] = "turn/start"


@APP_SERVER.event(Family.LIFECYCLE)
class AppTurnStarted(AppServerMessage):
    """A turn begins."""

    type: Literal["turn/started"] = "turn/started"


@APP_SERVER.event(Family.LIFECYCLE)
class AppTurnCompleted(AppServerMessage):
    """A turn is over; its status says how."""

    type: Literal["turn/completed"] = "turn/completed"


@APP_SERVER.event(Family.LIFECYCLE)
class AppItemStarted(AppServerItemMessage):
    """An item begins."""

    type: Literal["item/started"] = "item/started"


@APP_SERVER.event(Family.LIFECYCLE)
class AppItemCompleted(AppServerItemMessage):
    """An item is whole."""

    type: Literal["item/completed"] = "item/completed"


@APP_SERVER.event(Family.OUTPUT, delta=True)
class AppMessageDelta(AppServerMessage):
    """A piece of what the model says."""

    type: Literal["item/agentMessage/delta"] = "item/agentMessage/delta"


@APP_SERVER.event(Family.REASONING, delta=True)
class AppSummaryDelta(AppServerMessage):
    """A piece of a reasoning summary."""

    type: Literal["item/reasoning/summaryTextDelta"] = "item/reasoning/summaryTextDelta"


@APP_SERVER.event(Family.REASONING, delta=True)
class AppReasoningDelta(AppServerMessage):
    """A piece of raw reasoning."""

    type: Literal["item/reasoning/textDelta"] = "item/reasoning/textDelta"


@APP_SERVER.event(Family.TOOL, runs=True)
class AppCommandOutputDelta(AppServerMessage):
    """A piece of what a command prints."""

    type: Literal["item/commandExecution/outputDelta"] = "item/commandExecution/outputDelta"


@APP_SERVER.event(Family.LIFECYCLE)
class AppTokenUsage(AppServerMessage):
    """What the latest request and the thread have used."""

    type: Literal["thread/tokenUsage/updated"] = "thread/tokenUsage/updated"


@APP_SERVER.event(Family.LIFECYCLE)
class AppResult(AppServerMessage):
    """What a request was answered with."""

    result: Any = None
    type: Literal["result"] = "result"


@APP_SERVER.event(Family.ERROR)
class AppServerError(AppServerMessage):
    """Something went wrong; it may be tried again. Its method is `error`."""

    type: Literal["turn/error"] = "turn/error"
