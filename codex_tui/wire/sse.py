"""Bytes to frames, as the WHATWG standard says (HTML, 9.2.5 and 9.2.6), incrementally.

Bytes are held until a blank line ends their block, so nothing is looked at twice and feeding is
linear in the input. A run of blocks of the common shape, `event: X`, `data: Y`, blank line, is
taken by one regular expression, and only when the lengths prove that it skipped nothing; every
other block goes the standard's way, line by line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_EVENT_BYTES = 64 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_BLANK_LINE = re.compile(rb"(?:\r\n?+|\n)(?:\r\n?|\n)")
_ENDED_COMMENT = re.compile(rb"(?:^|(?<=[\r\n])):[^\r\n]*+(?=[\r\n])")
_NAMED = re.compile(r"event: (.+)\ndata: (.*)\n\n")
_NAMED_EXTRA = len("event: \ndata: \n\n")
_NAMELESS = re.compile(r"data: (.*)\n\n")
_NAMELESS_EXTRA = len("data: \n\n")


class EventTooLargeError(ValueError):
    """An event is larger than the limit; how large it is was not found out."""


# A struct, not a dataclass: made in a third of the time, and a frame is made for every event.
class ServerSentEvent(msgspec.Struct, gc=False):
    """One frame of a `text/event-stream`.

    `id` is the standard's last event ID, which persists until another comes. `comments` stood
    before the frame or in it, verbatim from behind the colon. `raw` is the block's bytes where the
    fields can't give them back (unknown fields, invalid UTF-8, …). `cut_off` marks what stood at
    the end of the input without its blank line; the standard drops it, we show it.
    """

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None
    comments: tuple[str, ...] = ()
    cut_off: bool = False
    raw: bytes | None = None


class Comments(msgspec.Struct, frozen=True, gc=False):
    """A block of nothing but comments: a keep-alive."""

    texts: tuple[str, ...]


class _Block:
    """One block's lines, read as section 9.2.6 says; `id` is None where none was set."""

    __slots__ = ("comments", "data", "event", "exact", "id", "retry")

    def __init__(self, block: bytes) -> None:
        self.event = ""
        self.data: list[str] = []
        self.id: str | None = None
        self.retry: int | None = None
        self.comments: list[str] = []
        self.exact = True
        for line in self._text(block).split("\n"):
            if line:
                self._line(line)

    def _text(self, block: bytes) -> str:
        try:
            text = str(block, "utf-8")
        except UnicodeDecodeError:
            self.exact = False
            text = str(block, "utf-8", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _line(self, line: str) -> None:
        name, _, value = line.partition(":")
        if not name:
            self.comments.append(value)
            return
        value = value.removeprefix(" ")
        match name:
            case "data":
                self.data.append(value)
            case "event":
                self.exact &= not self.event
                self.event = value
            case "id":
                self._take_id(value)
            case "retry":
                self._take_retry(value)
            case _:
                self.exact = False

    def _take_id(self, value: str) -> None:
        self.exact &= self.id is None and "\0" not in value
        if "\0" not in value:
            self.id = value

    def _take_retry(self, value: str) -> None:
        time = _milliseconds(value)
        self.exact &= self.retry is None and time is not None and str(time) == value
        if time is not None:
            self.retry = time


def _milliseconds(digits: str) -> int | None:
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return int(digits)
    except ValueError:  # more digits than Python reads: no time that anyone could wait
        return None


class SSEDecoder:
    """Frames from bytes: `feed` them as they come, in pieces of any size, then `close`.

    Args:
        max_event_bytes: the limit for one block, comments included. A block beyond it raises
            `EventTooLargeError` once, after the frames before it were returned; from then on
            nothing is taken in, and `close` gives what was held.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.last_event_id = ""
        self.reconnection_time: int | None = None
        self._limit = max_event_bytes
        self._comments = 0
        self._restart()

    def _restart(self) -> None:
        self._state: Literal["start", "open", "too large", "refusing"] = "start"
        self._held = bytearray()  # since the last blank line
        self._held_comments = _CommentCount()
        self._carried: list[str] = []  # comments for the next frame

    @property
    def comments_seen(self) -> int:
        """How many comment lines have ended so far, those of unfinished blocks included."""
        return self._comments + self._held_comments.upto(self._held)

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The frames that `chunk` completes.

        Comments come with the frame that follows them, those of blocks without data included.

        Raises:
            EventTooLargeError: once, when a block has grown beyond the limit.
        """
        blocks = self._complete(chunk)
        if not blocks:
            return []
        return (not self._carried and self._common(blocks)) or list(self._frames(blocks))

    def feed_blocks(self, chunk: bytes) -> list[ServerSentEvent | Comments]:
        """As `feed`, and the blocks of nothing but comments in their places.

        Raises:
            EventTooLargeError: once, when a block has grown beyond the limit.
        """
        blocks = self._complete(chunk)
        if not blocks:
            return []
        return [*self._common(blocks)] or list(self._blocks(blocks))

    def close(self) -> list[ServerSentEvent]:
        """What is left at the end of the input: one frame, `cut_off`, or none.

        Its `raw` holds the bytes. The decoder is then ready for another connection.
        """
        left = bytes(self._held)
        carried = self._carried
        self._comments = self.comments_seen
        self._restart()
        if not left.strip(b"\r\n"):
            return []
        frame = self._frame(_Block(left), left)
        frame.comments = (*carried, *frame.comments)
        frame.cut_off = True
        frame.raw = left
        return [frame]

    def _complete(self, chunk: bytes) -> bytes:
        """All that is complete with `chunk`, up to the last blank line; the rest is held."""
        if self._state != "open":
            chunk = self._opening(chunk)
        held = self._held
        new = max(len(held) - 1, 0)  # a blank line may begin in what is held
        held += chunk
        end = self._last_blank_line(new) if b"\r" in chunk else held.rfind(b"\n\n", new) + 2
        if end < 2:
            if len(held) > self._limit:
                self._refuse()
            return b""
        blocks = bytes(held[:end])
        del held[:end]
        self._held_comments.restart()
        return blocks if len(blocks) <= self._limit else self._within_limit(blocks)

    def _opening(self, chunk: bytes) -> bytes:
        """`chunk` without the byte order mark, once it is known whether there is one."""
        if self._state == "too large":
            self._refuse()
        if self._state == "refusing":
            return b""
        data = bytes(self._held) + chunk
        if len(data) < len(_BOM) and _BOM.startswith(data):
            return chunk
        self._state = "open"
        self._held.clear()
        return data.removeprefix(_BOM)

    def _last_blank_line(self, start: int) -> int:
        """Where the last blank line ends; 0 without one."""
        end = 0
        for match in _BLANK_LINE.finditer(bytes(self._held[start:])):
            end = start + match.end()
        return end

    def _within_limit(self, blocks: bytes) -> bytes:
        start = 0
        for match in _BLANK_LINE.finditer(blocks):
            if match.end() - start > self._limit:
                self._held[:0] = blocks[start:]
                self._state = "too large"
                if not start:
                    self._refuse()
                return blocks[:start]
            start = match.end()
        return blocks

    def _refuse(self) -> None:
        self._state = "refusing"
        raise EventTooLargeError(f"an event is larger than {self._limit:,} bytes")

    def _common(self, blocks: bytes) -> list[ServerSentEvent]:
        """The frames of `blocks` if all of them have the common shape, else none."""
        if b"\r" in blocks:
            return []
        try:
            text = str(blocks, "utf-8")
        except UnicodeDecodeError:
            return []
        if text.startswith("event: "):
            return self._named(text)
        return self._nameless(text) if text.startswith("data: ") else []

    def _named(self, text: str) -> list[ServerSentEvent]:
        found = _NAMED.findall(text)
        length = sum([len(name) + len(data) for name, data in found])
        if length + _NAMED_EXTRA * len(found) != len(text):
            return []
        last_id = self.last_event_id
        return [ServerSentEvent(name, data, last_id) for name, data in found]

    def _nameless(self, text: str) -> list[ServerSentEvent]:
        found = _NAMELESS.findall(text)
        if sum(map(len, found)) + _NAMELESS_EXTRA * len(found) != len(text):
            return []
        last_id = self.last_event_id
        return [ServerSentEvent("message", data, last_id) for data in found]

    def _frames(self, blocks: bytes) -> Iterator[ServerSentEvent]:
        for block in self._blocks(blocks):
            if isinstance(block, Comments):
                self._carried += block.texts
            else:
                block.comments = (*self._carried, *block.comments)
                self._carried.clear()
                yield block

    def _blocks(self, blocks: bytes) -> Iterator[ServerSentEvent | Comments]:
        start = 0
        for match in _BLANK_LINE.finditer(blocks):
            raw = blocks[start : match.end()].lstrip(b"\r\n")
            start = match.end()
            if raw and (block := self._dispatch(_Block(raw), raw)):
                yield block

    def _dispatch(self, block: _Block, raw: bytes) -> ServerSentEvent | Comments | None:
        """Section 9.2.6, "dispatch the event"."""
        self._comments += len(block.comments)
        if block.id is not None:
            self.last_event_id = block.id
        if block.retry is not None:
            self.reconnection_time = block.retry
        if block.data:
            return self._frame(block, raw)
        return Comments(tuple(block.comments)) if block.comments else None

    def _frame(self, block: _Block, raw: bytes) -> ServerSentEvent:
        return ServerSentEvent(
            block.event or "message",
            "\n".join(block.data),
            self.last_event_id if block.id is None else block.id,
            block.retry,
            tuple(block.comments),
            raw=None if block.exact else raw,
        )


class _CommentCount:
    """Counts the ended comment lines of a growing buffer, looking at each byte once."""

    __slots__ = ("_count", "_line", "_seen")

    def __init__(self) -> None:
        self._count = 0
        self._line = 0  # where the line begins that has not ended
        self._seen = 0

    def restart(self) -> None:
        if self._seen:
            self._count = self._line = self._seen = 0

    def upto(self, held: bytearray) -> int:
        end = max(held.rfind(b"\n", self._seen), held.rfind(b"\r", self._seen)) + 1
        self._seen = len(held)
        if end:
            self._count += len(_ENDED_COMMENT.findall(held, self._line, end))
            self._line = end
        return self._count
