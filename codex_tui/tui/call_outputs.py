"""The outputs that the user types for calls of a response: asked for one by one, sent together.

Which calls wait is read off the conversation each time; kept here is only what it does not hold:
what was typed and not sent yet, and which calls the user left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.words import fields_left_out, said_briefly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.engine.session import Session
    from codex_tui.model.items import ToolCall
    from codex_tui.sources.tool_schemas import ToolFields
    from codex_tui.tui.viewer import Viewer


class CallOutputs:
    """What is typed as the outputs of calls, in one session.

    Attributes:
        typed: The outputs so far, by the ids of their calls, until they are sent.
    """

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.typed: dict[str, str] = {}
        self._session = session
        self._viewer = viewer
        self._returned: dict[str, str] = {}  # what was typed, and could not be sent
        self._left: set[tuple[int, str | None]] = set()  # calls that are not asked for, by turn

    def unanswered(self) -> list[ToolCall]:
        """Return the calls of the last response that wait for an output and are asked for."""
        return [call for call in self._waiting() if self._key(call) not in self._left]

    def left(self) -> list[ToolCall]:
        """Return those that wait, and that the user left."""
        return [call for call in self._waiting() if self._key(call) in self._left]

    def _waiting(self) -> list[ToolCall]:
        turns = self._session.conversation.turns
        if not turns:
            return []
        from codex_tui.sources.going_on import waiting_calls

        return [call for call in waiting_calls(turns) if call.call_id not in self.typed]

    def _key(self, call: ToolCall) -> tuple[int, str | None]:
        """What a call is known by: servers count their ids anew in each response."""
        turns = self._session.conversation.turns
        made = (turn for turn in reversed(turns) if turn.transcript.items)
        return next((turn.number for turn in made), 0), call.call_id

    def take(self, text: str) -> bool:
        """Take a text for the output of the call that is asked for; False if none is."""
        calls = self.unanswered()
        if calls:
            self.typed[calls[0].call_id or ""] = text
        return bool(calls)

    def ask(self) -> bool:
        """Ask for the next output that a call waits for; False if there is none.

        What was typed for it before, in a request that nothing answered, is offered again.
        """
        calls = self.unanswered()
        if not calls:
            self._viewer.ask("")
            return False
        gives = clean_line(", ".join(self._fields(calls[0]).gives))
        named = f"{calls[0].display_name} ({gives})" if gives else calls[0].display_name
        what = f"output of {named}; esc to ask something else"
        self._viewer.ask(what, self._asked(calls))
        self._viewer.composer.restore(self._known(calls[0]))
        return True

    def _asked(self, calls: Sequence[ToolCall]) -> str:
        """Which call is asked for, so that two of one tool are told apart."""
        total = len(self.typed) + len(calls)
        place = f"output {total - len(calls) + 1} of {total}"
        given, takes = str(calls[0].arguments), self._fields(calls[0]).takes
        said = f"{place}: {calls[0].display_name} {said_briefly(given)}"
        left_out = ", ".join(fields_left_out(given, takes))
        return f"{said} · not given: {left_out}" if left_out else said

    def _fields(self, call: ToolCall) -> ToolFields:
        """The names of the fields of the tool that was called, where the request has them."""
        from codex_tui.sources.going_on import last_answered
        from codex_tui.sources.tool_schemas import fields_of

        turn = last_answered(self._session.conversation.turns)
        return fields_of(turn.request.body if turn and turn.request else None, call.name)

    def _known(self, call: ToolCall) -> str:
        from codex_tui.sources.going_on import typed_before

        returned = self._returned.get(call.call_id or "")
        return returned or typed_before(self._session.conversation.turns, call)

    def leave(self) -> str:
        """Ask for none of these: the user goes on with something else. Return which they were."""
        calls = self.unanswered()
        if self._viewer.composer.text == self._known(calls[0]):  # it is offered again
            self._viewer.composer.clear()
        self._left |= {self._key(call) for call in calls}
        self.ask()
        return ", ".join(dict.fromkeys(call.display_name for call in calls))

    def take_up(self) -> None:
        """Ask for the outputs that were left after all."""
        self._left.clear()
        self.ask()

    def give_back(self) -> None:
        """Ask for them anew: they could not be sent."""
        self._returned, self.typed = self.typed, {}
        self.ask()

    def sent(self) -> None:
        """Let go of what was typed: it stands in a request."""
        self._returned, self.typed = {}, {}

    def forget(self) -> None:
        """Let go of all, for another session is shown."""
        self.sent()
        self._left.clear()
