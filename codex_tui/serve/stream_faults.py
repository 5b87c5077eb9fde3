"""What can go wrong in a stream: its times, the order of its events, its end.

Each fault makes another script of a script, write by write, and does what it does from its seam on;
what stands before the seam stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from codex_tui.serve.framing import Framing, close_frame, payload_of, socket_frame
from codex_tui.serve.injected import SentEvents, error_event, failed_event, socket_error
from codex_tui.serve.script import WirePiece, Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from codex_tui.serve.script import AnswerScript, Closing
    from codex_tui.serve.seams import Seam

Part = Callable[[WirePiece, Framing], bytes]
"""What of an event goes out before it is cut; nothing where it can't be cut so."""

_KEEP_ALIVE = b": keep-alive\n\n"
_BYE = WirePiece(close_frame(1000, ""), name="close")
_LEADS = 0xC0  # bytes from here on begin a character of several (RFC 3629)
_FAILED = 500


# -- times -----------------------------------------------------------------------------------------


def stall(script: AnswerScript, seam: Seam, seconds: float, every: float = 0.0) -> AnswerScript:
    """Nothing comes for so long; or nothing but a keep-alive each so many seconds."""

    def writes() -> Iterator[Write]:
        late = 0.0
        for write in seam.parted(script):
            yield replace(write, at=write.at + late)
            if seam.reached and not late:
                late = seconds
                yield from _keep_alives(script, write.at, seconds, every)

    return replace(script, writes=writes())


def _keep_alives(
    script: AnswerScript, since: float, seconds: float, every: float
) -> Iterator[Write]:
    alive = socket_frame("ping", b"") if script.framing == "socket" else _KEEP_ALIVE
    for n in range(1, int(seconds / every) + 1 if every else 0):
        yield Write.of(since + n * every, [WirePiece(alive)])


def slow(script: AnswerScript, seam: Seam, times: float) -> AnswerScript:
    """Everything takes so many times as long."""

    def writes() -> Iterator[Write]:
        since = None
        for write in seam.parted(script):
            since = write.at if since is None and seam.reached else since
            late = 0.0 if since is None else (write.at - since) * (times - 1)
            yield replace(write, at=write.at + late)

    return replace(script, writes=writes())


def jitter(script: AnswerScript, seam: Seam, dice: Random, seconds: float) -> AnswerScript:
    """Each write is late by chance, by so much at most, and none comes before the one before it."""

    def writes() -> Iterator[Write]:
        last = 0.0
        for write in seam.parted(script):
            late = dice.uniform(0.0, seconds) if seam.reached else 0.0
            last = max(last, write.at + late)
            yield replace(write, at=last)

    return replace(script, writes=writes())


# -- events ----------------------------------------------------------------------------------------


def drop(script: AnswerScript, seam: Seam, number: int) -> AnswerScript:
    """So many events are never sent."""
    left = number

    def kept(piece: WirePiece) -> list[WirePiece]:
        nonlocal left
        if not left:
            return [piece]
        left -= 1
        return []

    return _changed(script, seam, kept, lambda: left < number)


def repeat(script: AnswerScript, seam: Seam, number: int) -> AnswerScript:
    """An event comes again, so many times."""
    left = number

    def again(piece: WirePiece) -> list[WirePiece]:
        nonlocal left
        times, left = left, 0
        return [piece] * (times + 1)

    return _changed(script, seam, again, lambda: left < number)


def swap(script: AnswerScript, seam: Seam) -> AnswerScript:
    """An event comes behind the one that follows it."""
    held: list[WirePiece] = []
    over = False

    def behind(piece: WirePiece) -> list[WirePiece]:
        nonlocal over
        if over:
            return [piece]
        if not held:
            held.append(piece)
            return []
        over = True
        return [piece, held.pop()]

    return _changed(script, seam, behind, lambda: over, held)


def _changed(
    script: AnswerScript,
    seam: Seam,
    change: Callable[[WirePiece], list[WirePiece]],
    done: Callable[[], bool],
    held: Iterable[WirePiece] = (),
) -> AnswerScript:
    """The script with others for the events behind the seam; what is held at its end comes then.

    Where nothing was done by then there was nothing to be changed.
    """

    def writes() -> Iterator[Write]:
        at = 0.0
        for write in seam.parted(script):
            at = write.at
            yield write.holding(_changed_pieces(write, change)) if seam.reached else write
        yield Write.of(at, held)
        seam.reached &= done()

    return replace(script, writes=writes())


def _changed_pieces(
    write: Write, change: Callable[[WirePiece], list[WirePiece]]
) -> Iterator[WirePiece]:
    for piece in write.pieces:
        yield from [piece] if piece.event is None else change(piece)


# -- ends ------------------------------------------------------------------------------------------


def cut(script: AnswerScript, seam: Seam) -> AnswerScript:
    """The connection is reset."""
    return _closed(script, seam, "reset")


def end(script: AnswerScript, seam: Seam) -> AnswerScript:
    """It ends as an answer ends that is whole: on a socket with the handshake of its closing."""
    if script.framing == "socket":
        return _closed(script, seam, "cut", lambda _: _BYE)
    return _closed(script, seam, "clean")


def never_end(script: AnswerScript, seam: Seam) -> AnswerScript:
    """Nothing comes any more, and the connection stays open."""
    return _closed(replace(script, closing="held"), seam, "held")


def error(script: AnswerScript, seam: Seam, code: str) -> AnswerScript:
    """An error event comes in place of the rest."""

    def made(sent: SentEvents) -> WirePiece:
        if script.framing == "socket":
            return script.piece("error", socket_error(code, _FAILED))
        return script.piece(*error_event(code, sent))

    return _closed(script, seam, "clean", made)


def failed(script: AnswerScript, seam: Seam, code: str) -> AnswerScript:
    """The response fails: the event that ends it says so, and the rest doesn't come."""

    def made(sent: SentEvents) -> WirePiece:
        return script.piece(*failed_event(code, sent))

    return _closed(script, seam, "clean", made)


def _closed(
    script: AnswerScript,
    seam: Seam,
    closing: Closing,
    last: Callable[[SentEvents], WirePiece] | None = None,
) -> AnswerScript:
    """The script up to the seam, with what comes last there; whole where it isn't reached."""
    sent = SentEvents(script.framing)

    def writes() -> Iterator[Write]:
        for write in seam.parted(script):
            sent.see(write)
            if seam.reached:
                yield replace(write.holding([last(sent)] if last else []), closing=closing)
                return
            yield write

    return replace(script, writes=writes())


def cut_byte(script: AnswerScript, seam: Seam, part: Part) -> AnswerScript:
    """The connection ends inside an event."""

    def part_of(piece: WirePiece) -> bytes:
        return b"" if piece.event is None else part(piece, script.framing)

    def writes() -> Iterator[Write]:
        for write in seam.parted(script):
            if seam.reached and any(map(part_of, write.pieces)):
                yield _cut_in_two(write, part_of)
                return
            yield write
        seam.reached = False

    return replace(script, writes=writes())


def _cut_in_two(write: Write, part_of: Callable[[WirePiece], bytes]) -> Write:
    """The write up to the first of its pieces that can be cut, and of that its part."""
    whole = list(takewhile(lambda piece: not part_of(piece), write.pieces))
    before, half = write.holding(whole), part_of(write.pieces[len(whole)])
    return replace(before, data=before.data + half, closing="cut")


def half_of(piece: WirePiece, _framing: Framing) -> bytes:
    """The first half of an event."""
    return piece.data[: len(piece.data) // 2]


def up_to_a_character(piece: WirePiece, framing: Framing) -> bytes:
    """An event up to the first byte of a character of several; nothing where it has none."""
    payload = payload_of(framing, piece.data)
    lead = next((payload[n : n + 1] for n in range(len(payload)) if payload[n] >= _LEADS), b"")
    start = len(piece.data) - len(payload) if framing == "socket" else 0
    return piece.data[: piece.data.index(lead, start) + 1] if lead else b""
