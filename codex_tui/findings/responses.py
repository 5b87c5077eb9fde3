"""The responses of one turn: which an event is of, and that there is one, created and then ended.

What comes when a response has ended is of none, unless another has begun. Where a file begins in
the middle of one, nobody has to have created it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.findings.response import ResponseCheck
from codex_tui.model.endings import STEERED
from codex_tui.wire import events as ev
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.tools import ToolCheck
    from codex_tui.recording.records import RequestRecord
    from codex_tui.wire.base import ResponseStreamEvent

_MIDDLE = 2
"""The sequence number from which on a file without `response.created` begins in the middle."""


class ResponsesCheck:
    """The responses of a turn, one after another.

    Args:
        findings: Who is told.
        request: What was asked for, where that is known.
        tools: Hears which tools a response offers.
    """

    def __init__(self, findings: Findings, request: RequestRecord | None, tools: ToolCheck) -> None:
        self._findings, self._request, self._tools = findings, request, tools
        self.latest: ResponseCheck | None = None
        self._saw_error = False
        self._steered = False
        self._first = 0, ""

    @property
    def over(self) -> bool:
        """Whether a terminal event, or an error, has ended them."""
        return self._saw_error or self.ended is not None

    @property
    def ended(self) -> int | None:
        """The event that ended the latest."""
        return None if self.latest is None else self.latest.ended

    @property
    def last(self) -> int:
        """The latest event of the latest one; 0 where there is none."""
        return 0 if self.latest is None else self.latest.last

    def take(self, event: ResponseStreamEvent, number: int) -> CheckedItem | None:
        """Check an event; return the item that it speaks of."""
        response = self._whose(event, number)
        if response is None:
            return None
        if isinstance(event, ev.LifecycleEvent):
            self._take_lifecycle(response, event, number)
            return None
        if isinstance(event, ev.ResponseErrorEvent):
            self._saw_error = True
        return response.take(event, number)

    def _whose(self, event: ResponseStreamEvent, number: int) -> ResponseCheck | None:
        """The response that an event is of; None for one that comes when it has ended."""
        response = self.latest
        if response is None:
            return self._begin(event, number)
        if isinstance(event, ev.ResponseCreatedEvent):
            return self._created(response, event, number)
        if response.ended is None:
            return response
        if (another := _another(response.id, event)) is not None:
            return self._second(response, another, number)
        self._late(response, event, number)
        return None

    def _begin(self, event: ResponseStreamEvent, number: int) -> ResponseCheck:
        created = isinstance(event, ev.ResponseCreatedEvent)
        middle = not created and self._in_middle(event)
        self._first = number, str(event.type)
        self.latest = begun = ResponseCheck(
            self._findings, middle=middle, created=number if created else None
        )
        if not (created or middle or isinstance(event, ev.ResponseErrorEvent)):
            self._miss_created()
        return begun

    def _miss_created(self) -> None:
        number, type_ = self._first
        self._findings.add(
            *("order.no-created", (number,)),
            f"the first event is {type_}, and not response.created",
            expected="response.created",
            seen=type_,
        )

    def _in_middle(self, event: ResponseStreamEvent) -> bool:
        request = self._request
        url, body = (request.url, request.body) if request is not None else ("", None)
        asked = "starting_after" in url or (isinstance(body, dict) and "starting_after" in body)
        return asked or (event.sequence_number or 0) >= _MIDDLE

    def _created(
        self, response: ResponseCheck, event: ev.ResponseCreatedEvent, number: int
    ) -> ResponseCheck:
        id_ = event.response.id
        same = response.ended is None and (not response.id or id_ in ("", response.id))
        if response.created is None and same:
            response.created = number
            if response.middle:  # it seemed so: it was created late
                response.middle = False
                self._miss_created()
            return response
        if self._steered and response.ended is not None:  # what goes on is another response
            self._steered = False
            self.latest = ResponseCheck(self._findings, created=number)
            return self.latest
        return self._second(response, event, number, same=same)

    def _second(
        self,
        response: ResponseCheck,
        event: ev.LifecycleEvent,
        number: int,
        *,
        same: bool = False,
    ) -> ResponseCheck:
        standing = "which had ended" if response.ended else "which had not ended"
        begun = () if response.created is None else (response.created,)
        what = "the response is created twice" if same else "another response begins"
        self._findings.add(
            *("order.second-created", (number, *begun)),
            f"{what}: {event.response.id or 'without an id'} after {response.id or 'one'}, "
            f"{standing}",
            expected="one response in a stream",
            seen=event.response.id,
        )
        if same:
            return response
        self.latest = ResponseCheck(self._findings, created=number)
        return self.latest

    def _late(self, response: ResponseCheck, event: ResponseStreamEvent, number: int) -> None:
        ended = response.ended or number
        second = str(event.type) in OUTCOMES
        rule = "order.second-terminal" if second else "order.after-terminal"
        self._findings.add(
            *(rule, (number, ended)),
            f"{event.type} after {response.ended_as}, which had ended the response",
            expected="nothing more of the response",
            seen=str(event.type),
        )

    def _take_lifecycle(
        self, response: ResponseCheck, event: ev.LifecycleEvent, number: int
    ) -> None:
        if str(event.type) in OUTCOMES:
            response.end(event, number)
            details = event.response.incomplete_details
            self._steered = details is not None and details.reason == STEERED
        else:
            response.last = number
            response.named(event, number)
            self._tools.offer(event.response.extra.get("tools"))

    def finish(self, number: int) -> None:
        """Say that no more events come; `number` is that of the last one."""
        if self.latest is None or self.over:
            return
        last = self.last or number
        self._findings.add(
            *("order.no-terminal", (last,)),
            f"the stream ends after event {last}, and no terminal event came",
            expected="response.completed, failed or incomplete",
            seen="the end of the stream",
        )


def _another(id_: str, event: ResponseStreamEvent) -> ev.LifecycleEvent | None:
    """Return the event if it is of another response than that, which nobody said was created."""
    if isinstance(event, ev.ResponseQueuedEvent | ev.ResponseInProgressEvent):
        return event if event.response.id not in ("", id_) else None
    return None
