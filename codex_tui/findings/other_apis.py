"""A stream of another API, checked by the rules of that one, which are loaded with its first event.

An event of an API that is neither the stream's nor the one that was asked is foreign to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.wire import events as ev
from codex_tui.wire.other_apis import PROTOCOLS, api_of

if TYPE_CHECKING:
    from codex_tui.findings.chat import ChatCheck
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.frames import FrameCheck
    from codex_tui.findings.messages import MessagesCheck
    from codex_tui.findings.tools import ToolCheck
    from codex_tui.model.conversation import Turn
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent


class OtherApiCheck:
    """What another API than Responses sent in a turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        tools: Checks the calls against what was offered.
        frames: Hears of what is foreign, and of what says nothing.
        asked: The API that the request was for; empty where nobody knows.
    """

    def __init__(
        self,
        findings: Findings,
        turn: Turn,
        tools: ToolCheck,
        frames: FrameCheck,
        asked: ProtocolWord,
    ) -> None:
        self._findings, self._turn, self._tools, self._frames = findings, turn, tools, frames
        self.asked = asked
        self._checks: dict[ProtocolWord, ChatCheck | MessagesCheck] = {}

    @property
    def begun(self) -> bool:
        """Whether any came."""
        return bool(self._checks)

    def take(
        self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int, word: ProtocolWord
    ) -> bool:
        """Check an event of a stream of another API, or one that is of another than its stream.

        Args:
            event: The event.
            frame: What carried it.
            number: Its number in the file.
            word: The API of the stream.

        Returns:
            Whether it is one that such a stream may have.
        """
        self._frames.take_bytes(frame, number)
        if isinstance(event, ev.MalformedEvent | ev.UnknownEvent):
            return self._frames.take_odd(event, number)
        if api := api_of(event, word):
            self._frames.take_foreign(api, number)
            return False
        if isinstance(event, ev.EmptyEvent):
            self._frames.take_sign(event, number)
        else:
            self._check_of(word).take(event, frame, number)
        if self.asked not in ("", word):
            self._frames.take_foreign(f"{PROTOCOLS[word]} event", number)
        return True

    def _check_of(self, word: ProtocolWord) -> ChatCheck | MessagesCheck:
        if (check := self._checks.get(word)) is None:
            check = self._checks[word] = self._new_check(word)
        return check

    def _new_check(self, word: ProtocolWord) -> ChatCheck | MessagesCheck:
        if word == "messages":
            from codex_tui.findings.messages import MessagesCheck

            return MessagesCheck(self._findings, self._turn, self._tools)
        from codex_tui.findings.chat import ChatCheck

        return ChatCheck(self._findings, self._turn, self._tools)

    def finish(self, number: int) -> None:
        """Say that no more events come; `number` is that of the last one."""
        for check in self._checks.values():
            check.finish(number)
