"""What is said to a response while it streams over a WebSocket, and what its server makes of it.

Each text either becomes part of another response or comes back: what was typed is never lost.
"""

from __future__ import annotations

from typing import Any

from codex_tui.sources.errors import error_in, json_of

STEER = "response.steer"
SUCCESSOR = 15.0
"""Seconds that a server has to go on with what it has accepted, once a response has ended."""
ANSWER = 3.0
"""Seconds that it has then to say whether it accepts anything."""

_ENDED = "the response has ended, and no other has begun."


class Steering:
    """What was said to a response while it streamed.

    Attributes:
        waiting: The messages that no response has taken up yet.
        returned: Texts that the server gave back, each with why.
    """

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.returned: list[tuple[str, str]] = []
        self._accepted = False
        self._refusal = ""  # of an error that may speak of it: what comes next tells

    @property
    def patience(self) -> float:
        """Seconds that another response is waited for behind the end of one."""
        return SUCCESSOR if self._accepted else ANSWER

    def asked(self, response: str, text: str) -> dict[str, Any]:
        """The message that steers a response."""
        said = {"type": STEER, "previous_response_id": response, "input": text}
        self.waiting.append(said)
        return said

    def taken_up(self) -> dict[str, Any] | None:
        """The message that a response goes on with, which begins by itself."""
        self._accepted = False
        return self.waiting.pop(0) if self.waiting else None

    def follow(self, name: str | None, data: str, *, over: bool) -> None:
        """Take in what the server says: of it, or of a response that is over or goes on."""
        if not self.waiting:
            return
        match name:
            case "response.steer.accepted":
                self._accepted = True
            case "response.steer.pending":
                self.waiting.pop(0)
            case "response.steer.failed":
                self._give_back(self._meant(data), error_in(data))
            case "error" if over:
                self.give_up(error_in(data))
            case "error":
                self._refusal = error_in(data)
            case _ if self._refusal:  # the response goes on: it was not what failed
                self._give_back(0, self._refusal)

    def _meant(self, data: str) -> int:
        """Which of them the server gives back: the one that it repeats, else the first."""
        said = json_of(data.encode("utf-8", "replace"))
        steer = said.get("steer") if isinstance(said, dict) else None
        text = steer.get("input") if isinstance(steer, dict) else None
        inputs = [each["input"] for each in self.waiting]
        return inputs.index(text) if text in inputs else 0

    def _give_back(self, place: int, why: str) -> None:
        self._refusal = ""
        self.returned.append((self.waiting.pop(place)["input"], why))

    def give_up(self, why: str = _ENDED) -> None:
        """Give back all that is still waiting."""
        while self.waiting:
            self._give_back(0, why)
