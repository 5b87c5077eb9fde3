"""What can go wrong on the way: how an answer is cut into reads, how it is packed, what it claims.

Its events are all there, or none of them is: these faults know nothing of events.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from codex_tui.serve.injected import encoded, error_body, socket_error
from codex_tui.serve.script import WirePiece, Write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.relay.tee import Headers
    from codex_tui.serve.script import AnswerScript

_GZIP = 16 + zlib.MAX_WBITS


def merge(script: AnswerScript, size: int) -> AnswerScript:
    """Nothing goes out before there is so much of it, as through a proxy that buffers."""

    def writes() -> Iterator[Write]:
        held: list[Write] = []
        left = size
        for write in script.writes:
            held.append(write)
            left -= len(write.data)
            if left <= 0:
                yield _joined(held, write.at)
                held, left = [], size
        yield from [_joined(held, held[-1].at)] if held else []

    return replace(script, writes=writes())


def merge_times(script: AnswerScript, seconds: float) -> AnswerScript:
    """What came within so long goes out at once, at the end of it."""

    def writes() -> Iterator[Write]:
        held: list[Write] = []
        for write in script.writes:
            if held and write.at >= held[0].at + seconds:
                yield _joined(held, held[0].at + seconds)
                held = []
            held.append(write)
        yield from [_joined(held, held[-1].at)] if held else []

    return replace(script, writes=writes())


def _joined(held: Sequence[Write], at: float) -> Write:
    pieces = tuple(piece for write in held for piece in write.pieces)
    return Write(at, b"".join(write.data for write in held), pieces, held[-1].closing)


def byte_reads(script: AnswerScript, size: int) -> AnswerScript:
    """So few bytes go out at a time, wherever that cuts an event or a character."""

    def writes() -> Iterator[Write]:
        for write in script.writes:
            *starts, last = range(0, max(1, len(write.data)), size)
            for start in starts:
                yield Write(write.at, write.data[start : start + size])
            yield replace(write, data=write.data[last:])

    return replace(script, writes=writes())


def gzip(script: AnswerScript) -> AnswerScript:
    """It is packed, whether or not the client can take it, and each write flushed."""

    def writes() -> Iterator[Write]:
        packer = zlib.compressobj(wbits=_GZIP)
        over = script.end_at
        for write in script.writes:
            yield replace(write, data=_packed(packer, write.data, last=write.closing == "clean"))
            if write.closing:
                return
            over = max(over, write.at)
        if script.closing == "clean":
            yield Write(over, packer.flush())

    headers = _with(script.headers, "content-encoding", "gzip")
    return replace(script, writes=writes(), headers=headers)


def _packed(packer: zlib._Compress, data: bytes, *, last: bool) -> bytes:
    if not data and not last:
        return b""
    return packer.compress(data) + packer.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


def wrong_type(script: AnswerScript, name: str) -> AnswerScript:
    """It claims to be something else; the bytes stay as they are."""
    return replace(script, headers=_with(script.headers, "content-type", name))


def status(script: AnswerScript, number: int, wait: float | None) -> AnswerScript:
    """It is an error, and none of the stream comes; on a socket the envelope of one."""
    if script.framing == "socket":
        code = error_body(number)["error"]["code"]
        pieces = [script.piece("error", socket_error(code, number))]
        return replace(script, writes=[Write.of(script.head_at, pieces)])
    body = WirePiece(encoded(error_body(number)))
    return replace(
        script,
        status=number,
        headers=(("content-type", "application/json"), *_retry_after(wait)),
        writes=[Write.of(script.head_at, [body])],
        closing="clean",
        end_at=script.head_at,
        framing="body",
        events=0,
    )


def _retry_after(wait: float | None) -> Headers:
    """When to come again: in whole seconds (RFC 9110, 10.2.3), and as OpenAI has it."""
    if wait is None:
        return ()
    return (("retry-after", str(ceil(wait))), ("retry-after-ms", f"{wait * 1000:.0f}"))


def _with(headers: Headers, name: str, text: str) -> Headers:
    kept = tuple(each for each in headers if each[0].lower() != name)
    return (*kept, (name, text))
