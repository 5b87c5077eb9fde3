"""One exchange as it passes: what it says is told to its tee, each thing once, with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.relay.messages import AnswerReader, headers_of
from codex_tui.relay.tee import ExchangeEnd, ResponseHead
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable

    import h11

    from codex_tui.relay.messages import Answer, Told
    from codex_tui.relay.tee import Ending, Recorder, RequestHead, Side, Tee


class Passing:
    """An exchange.

    Args:
        tee: Takes the copy; None where there is none.
        request: The head of the request.
        clock: A monotonic clock, in seconds.
        fault: Told of what the tee raised; nothing more is told to it then.

    Attributes:
        request_done: Whether the request is whole.
        answer_done: Whether the answer is whole.
        left_by: Who was the first to send no more; None nobody yet.
    """

    def __init__(
        self,
        tee: Tee | None,
        request: h11.Request,
        clock: Callable[[], float],
        fault: Callable[[Exception], None],
    ) -> None:
        self._tee = tee
        self._clock = clock
        self._fault = fault
        self._answer = AnswerReader(request)
        self._began: float | None = None
        self._broken = ""
        self.request_done = False
        self.answer_done = False
        self.left_by: Side | None = None

    def t(self, at: float | None = None) -> float:
        """Seconds since the request's first byte left for the server; before that 0.

        Args:
            at: A time of the clock; None for now.
        """
        if self._began is None:
            return 0.0
        return max(0.0, (self._clock() if at is None else at) - self._began)

    @property
    def switched(self) -> bool:
        """Whether the two speak something else than HTTP now."""
        return self._answer.switched

    def leaves(self, at: float | None = None) -> None:
        """The request's first byte leaves for the server, now or at a time of the clock."""
        if self._began is None:
            self._began = self._clock() if at is None else at

    def asked(self, told: Told) -> None:
        """More of the request came."""
        if told.broken:
            self._broken = f"The request's body is no valid HTTP: {told.broken}."
        if told.body:
            self._tell(lambda tee: tee.request_body(told.body))
        if told.done:
            self.request_done = True
            self._tell(lambda tee: tee.request_done())

    def answered(self, data: bytes, at: float | None = None) -> bytes:
        """Bytes of the server came; those behind the answer's end are returned; `at` as for `t`."""
        t = self.t(at)
        if self.switched:
            self._tell(lambda tee: tee.received(data, t))
            return b""
        told = self._answer.read(data)
        self._tell_answer(told, t)
        self.answer_done = told.done
        if not self.switched:
            return told.rest
        self._tell(lambda tee: tee.switched(t))
        if told.rest:
            self._tell(lambda tee: tee.received(told.rest, t))
        return b""

    def _tell_answer(self, told: Told, t: float) -> None:
        for head in told.heads:
            self._tell_head(_head(head, t))
        if told.body:
            self._tell(lambda tee: tee.response_body(told.body, t))
        if told.broken:
            self._broken = f"The answer is no valid HTTP: {told.broken}."

    def _tell_head(self, head: ResponseHead) -> None:
        self._tell(lambda tee: tee.response(head))

    def sent(self, data: bytes, at: float | None = None) -> None:
        """Bytes of the program came after the server had switched; `at` as for `t`."""
        t = self.t(at)
        self._tell(lambda tee: tee.sent(data, t))

    def closes(self, side: Side) -> None:
        """A side sends no more."""
        self.left_by = self.left_by or side
        if side == "server":
            self.answer_done = self._answer.ends_here()

    def over(self, by: Side, how: Ending, detail: str = "", status: int = 0) -> None:
        """The exchange is over; who sent no more before has ended it, and how others did is late.

        Whoever comes second changes nothing.
        """
        if how in ("closed", "reset"):
            if self.left_by not in (None, by):
                by, how = self.left_by or by, "closed"
            if self._broken:
                how, detail = "broken", self._broken
        end = ExchangeEnd(by, how, self.t(), detail, status)
        self._tell(lambda tee: tee.ended(end))
        self._tee = None

    def _tell(self, telling: Callable[[Tee], None]) -> None:
        """Tell the tee; a copy that fails costs nobody the exchange."""
        if self._tee is None:
            return
        with Caught() as caught:
            telling(self._tee)
        if caught.error is not None:
            self._tee = None
            self._fault(caught.error)


def begun(
    recorder: Recorder,
    head: RequestHead,
    request: h11.Request,
    clock: Callable[[], float],
    fault: Callable[[Exception], None],
) -> Passing:
    """An exchange that begins, with its copy if there can be one.

    Args:
        recorder: Makes the copy.
        head: What is told of the request.
        request: The request itself.
        clock: A monotonic clock, in seconds.
        fault: Told of what the recorder or its tee raised.
    """
    tee = None
    with Caught() as caught:
        tee = recorder.begin(head)
    if caught.error is not None:
        fault(caught.error)
    return Passing(tee, request, clock, fault)


def _head(head: Answer, t: float) -> ResponseHead:
    reason = bytes(head.reason).decode("latin-1")
    return ResponseHead(head.status_code, reason, headers_of(head), t)
