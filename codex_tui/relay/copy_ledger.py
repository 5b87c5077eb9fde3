"""What the copy of an exchange asks of whoever takes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import Record
    from codex_tui.relay.asked import AskedRequest, SameRequest
    from codex_tui.relay.followed import Rules
    from codex_tui.relay.recordings import TapRecording


class CopyLedger(Protocol):
    """Takes down what becomes of exchanges: their records, and what is told of them."""

    rules: Rules

    def open(self, asked: AskedRequest, same: SameRequest | None, title: str) -> TapRecording:
        """The recording of a request: a new one, or that of another try."""
        ...

    def write(self, recording: TapRecording, records: Sequence[Record]) -> None:
        """Have records written."""
        ...

    def let_go(self, recording: TapRecording, again: SameRequest | None) -> None:
        """A recording's exchange has ended."""
        ...

    def mistaken(self, error: Exception) -> None:
        """Tell of a mistake of ours."""
        ...

    def mask(self, headers: dict[str, str]) -> Mask:
        """What takes the secrets out of an exchange with such headers."""
        ...

    def say(self, sentence: str) -> None:
        """Tell what a user has to hear."""
        ...

    def say_once(self, sentence: str) -> None:
        """As `say`, the first time."""
        ...

    def began(self, told: dict[str, Any]) -> None:
        """Tell that an exchange has begun."""
        ...

    def ended(self, told: dict[str, Any], beside: dict[str, Any]) -> None:
        """Tell that an exchange has ended, and note it in the tap's list with what is beside."""
        ...
