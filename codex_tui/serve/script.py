"""What one request is answered, before a socket sees it: pure data, in the order of its time.

Writes are gone through once, and read from their file meanwhile: an answer may be larger than
memory. Whoever changes a script makes another one of it, write by write.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codex_tui.serve.framing import framed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.relay.tee import Headers
    from codex_tui.serve.framing import Framing

Closing = Literal["clean", "cut", "reset", "held"]
"""How an answer ends.

`clean`: as its protocol ends one (the last chunk; on a socket nothing: it waits for the next
request); `cut`: the connection is closed without that; `reset`: it is reset; `held`: nothing more
comes, and the connection stays until the client leaves it.
"""


@dataclass(frozen=True, slots=True)
class WirePiece:
    """What goes over the wire as one: a frame, a block of comments, foreign lines, a message.

    Attributes:
        data: Its bytes, whole: of a stream with the blank line, of a socket with its frame's head.
        event: The number of its event in the turn, from 1, as `show` counts; None for no event.
        name: The type of its event; on a socket `ping`, `close` … for what is no message.
        is_text: Whether it brings some of the answer's text.
    """

    data: bytes
    event: int | None = None
    name: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """What goes out at once: what one read of the recording brought.

    Attributes:
        at: When, in seconds since the request was whole; 0.0 throughout where no times are known.
        data: What goes out; that of its pieces, unless somebody changed it. Nothing, where it is
            a moment that is waited for.
        pieces: What it is made of.
        closing: How the answer ends behind it, whatever its script says; None: it goes on.
    """

    at: float
    data: bytes
    pieces: tuple[WirePiece, ...] = ()
    closing: Closing | None = None

    @classmethod
    def of(cls, at: float, pieces: Iterable[WirePiece]) -> Write:
        """The write of some pieces."""
        return cls(at, b"").holding(pieces)

    def holding(self, pieces: Iterable[WirePiece]) -> Write:
        """This write with other pieces."""
        pieces = tuple(pieces)
        return replace(self, data=b"".join(piece.data for piece in pieces), pieces=pieces)


@dataclass(frozen=True, slots=True)
class AnswerScript:
    """An answer.

    Attributes:
        status: The status; 0 where none was answered: then only its end comes.
        headers: Those that were kept, names as recorded; what frames a body is added by who sends.
        head_at: When the head goes out; on a socket that of the upgrade, of no meaning here.
        writes: What goes out behind it, in the order of time; can be gone through once.
        closing: How it ends.
        end_at: When.
        framing: What writes are made of: blocks of a stream, frames of a socket, bytes of a body.
        events: How many events there are.
        timed: Whether it has times; without, all is sent at once.
    """

    status: int
    headers: Headers
    head_at: float
    writes: Iterable[Write]
    closing: Closing
    end_at: float
    framing: Framing = "stream"
    events: int = 0
    timed: bool = True

    def piece(self, name: str, data: bytes, event: int | None = None) -> WirePiece:
        """A piece for an event of that type with this JSON, as this answer's wire has it."""
        return WirePiece(framed(self.framing, name, data), event, name)
