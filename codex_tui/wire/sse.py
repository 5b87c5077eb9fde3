"""Bytes to frames, as the WHATWG standard says (HTML, 9.2.5 and 9.2.6), incrementally.

Bytes are held until a blank line ends their block, so nothing is looked at twice and feeding is
linear in the input. A run of blocks of the common shape, `event: X`, `data: Y`, blank line, is
taken by one regular expression, and only when it leaves nothing between its matches; every other
block goes the standard's way, line by line. What the standard throws away stands beside the events,
for whoever asks by `feed_blocks`.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Comments", "Discarded", "EventTooLargeError", "SSEDecoder", "ServerSentEvent"]

MAX_EVENT_BYTES = 64 * 1024 * 1024
"""Bytes of one event, at most, wherever it comes from."""

_SMALL = 8192
_CR, _LF = b"\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BLANK_LINE = re.compile(rb"(?:\r\n?+|\n)[\r\n]")  # the LF of a last CRLF may come later
_KEEP_ALIVE = re.compile(r":([^\r\n]*)(?:\n\n|\r\n\r\n)")
_NAMED = re.compile(r"event: (.+)\ndata: (.*)\n\n")
_NAMELESS = re.compile(r"data: (.*)\n\n")
_FIELDS = frozenset((b"data", b"event", b"id", b"retry"))


class EventTooLargeError(ValueError):
    """An event is larger than the limit; how large it is was not found out."""


def too_large(most: int) -> str:
    """What is said where a file was read no further than to the limit of an event."""
    return f"An event is larger than {most >> 20:,} MB: the rest is not read."


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


class Discarded(msgspec.Struct, frozen=True, gc=False):
    """Lines of one block that the standard dispatches nothing for, verbatim, with LF between them.

    They have no field's name, or they are all that a block without data has beside its comments.
    """

    data: bytes


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
        self._small = min(_SMALL, max_event_bytes)
        self._restart()

    def _restart(self) -> None:
        self._state: Literal["start", "open", "too large", "refusing"] = "start"
        self._held: bytes | bytearray = b""  # since the last blank line
        self._carried: list[str] = []  # comments for the next frame
        self._name = "message"
        self._again = "event: message\ndata: "
        self._between = "\n\n" + self._again

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The frames that `chunk` completes.

        Comments come with the frame that follows them, those of blocks without data included.

        Raises:
            EventTooLargeError: once, when a block has grown beyond the limit.
        """
        blocks = self._complete(chunk)
        if not blocks:
            return []
        if not self._carried and (frames := self._common(blocks)):
            return frames
        return list(self._frames(bytes(blocks)))

    def feed_blocks(self, chunk: bytes) -> list[ServerSentEvent | Comments | Discarded]:
        """As `feed`, and in their places the blocks of nothing but comments and what is discarded.

        What is discarded of a block stands behind its frame or its comments.

        Raises:
            EventTooLargeError: once, when a block has grown beyond the limit.
        """
        blocks = self._complete(chunk)
        if not blocks:
            return []
        return [*self._common(blocks)] or list(self._blocks(bytes(blocks)))

    @property
    def unfinished(self) -> bytes:
        """What has come since the last blank line, as it came: no event yet."""
        return bytes(self._held).lstrip(b"\r\n")

    def close(self) -> list[ServerSentEvent]:
        """What is left at the end of the input: one frame, `cut_off`, or none.

        Its `raw` holds the bytes. The decoder is then ready for another connection.
        """
        left = self.unfinished
        carried = self._carried
        self._restart()
        if not left:
            return []
        frame = self._frame(_BlockLines(left), left)
        frame.comments = (*carried, *frame.comments)
        frame.cut_off = True
        frame.raw = left
        return [frame]

    def _complete(self, chunk: bytes) -> bytes | bytearray:
        """All that is complete with `chunk`, up to the last blank line; the rest is held."""
        if self._state != "open":
            if self._state == "refusing":
                return b""
            chunk = self._opening(chunk)
        held = self._held
        if _LF not in chunk and _CR not in chunk and len(held) + len(chunk) < self._small:
            self._held = held + chunk  # most of the reads, where they are small
            return b""
        if not held and chunk.endswith(b"\n\n") and len(chunk) < self._small and _CR not in chunk:
            return chunk  # most of the reads of a live stream: whole events
        new = len(held) - 1 if held else 0  # a blank line may begin in what is held
        held += chunk
        end = _last_blank_line(held, new) if _CR in chunk else held.rfind(b"\n\n", new) + 2
        if len(held) > self._small:
            return self._complete_much(held, end)
        if end < 2:
            self._held = held
            return b""
        self._held = held[end:]
        return held[:end]

    def _complete_much(self, held: bytes | bytearray, end: int) -> bytes:
        """As `_complete`, where bytes are held in an array, which is linear when it grows."""
        if end < 2:
            self._held = held if isinstance(held, bytearray) else bytearray(held)
            if len(held) > self._limit:
                self._refuse()
            return b""
        with memoryview(held) as whole:  # a slice of an array would be copied twice
            blocks, self._held = bytes(whole[:end]), bytes(whole[end:])
        return self._within_limit(blocks)

    def _opening(self, chunk: bytes) -> bytes:
        """`chunk` without the byte order mark, once it is known whether there is one."""
        if self._state == "too large":
            self._refuse()
        data = bytes(self._held) + chunk
        if len(data) < len(BYTE_ORDER_MARK) and BYTE_ORDER_MARK.startswith(data):
            return chunk
        self._state = "open"
        self._held = b""
        return data.removeprefix(BYTE_ORDER_MARK)

    def _within_limit(self, blocks: bytes) -> bytes:
        start = 0
        for end in _block_ends(blocks) if len(blocks) > self._limit else ():
            if end - start > self._limit:
                self._held = blocks[start:] + self._held
                self._state = "too large"
                if not start:
                    self._refuse()
                return blocks[:start]
            start = end
        return blocks

    def _refuse(self) -> None:
        self._state = "refusing"
        raise EventTooLargeError(f"an event is larger than {self._limit:,} bytes")

    def _common(self, blocks: bytes | bytearray) -> list[ServerSentEvent]:
        """The frames of `blocks` if all of them have the common shape, else none.

        A live stream's reads often are one more event of the name before.
        """
        try:
            text = str(blocks, "utf-8")
        except UnicodeDecodeError:
            return []
        if "\r" in text:
            return []
        again = self._again
        if text.startswith(again) and text.find("\n", len(again)) == len(text) - 2:
            return [ServerSentEvent(self._name, text[len(again) : -2], self.last_event_id)]
        return (text.startswith(again) and self._alike(text)) or self._split(text)

    def _alike(self, text: str) -> list[ServerSentEvent]:
        """The frames of `text` if all of them have the name of the frame before, else none.

        Split at what stands between them, which takes half the time of the expression.
        """
        data = text[len(self._again) : -2].split(self._between)
        if "\n" in "".join(data):
            return []
        return list(map(ServerSentEvent, repeat(self._name), data, repeat(self.last_event_id)))

    def _split(self, text: str) -> list[ServerSentEvent]:
        """The same, split at the matches, which leaves what stands between them: nothing."""
        if text.startswith("event: "):
            parts = _NAMED.split(text)
            names, data, between = parts[1::3], parts[2::3], parts[::3]
        else:
            parts = _NAMELESS.split(text)
            names, data, between = ["message"] * len(parts), parts[1::2], parts[::2]
        if any(between):
            return []
        if names[-1] != self._name:
            self._name = names[-1]
            self._again = f"event: {self._name}\ndata: "
            self._between = "\n\n" + self._again
        return list(map(ServerSentEvent, names, data, repeat(self.last_event_id)))

    def _frames(self, blocks: bytes) -> Iterator[ServerSentEvent]:
        if keep_alives := self._keep_alives(blocks):
            self._carried += keep_alives
            return
        for block in self._blocks(blocks):
            if isinstance(block, Comments):
                self._carried += block.texts
            elif isinstance(block, ServerSentEvent):
                block.comments = (*self._carried, *block.comments)
                self._carried.clear()
                yield block

    def _keep_alives(self, blocks: bytes) -> list[str]:
        """The comments of `blocks` if each is one comment line, else none."""
        if not blocks.startswith(b":"):
            return []
        try:
            text = str(blocks, "utf-8")
        except UnicodeDecodeError:
            return []
        if not _KEEP_ALIVE.match(text) or any((parts := _KEEP_ALIVE.split(text))[::2]):
            return []
        return parts[1::2]

    def _blocks(self, blocks: bytes) -> Iterator[ServerSentEvent | Comments | Discarded]:
        if keep_alives := self._keep_alives(blocks):
            yield from [Comments((text,)) for text in keep_alives]
            return
        start = 0
        for end in _block_ends(blocks):
            raw = blocks[start:end].lstrip(b"\r\n")
            start = end
            if not raw:
                continue
            lines = _BlockLines(raw)
            if (block := self._dispatch(lines, raw)) is not None:
                yield block
            if (lines.foreign or not lines.data) and (data := _discarded(raw, lines.data)):
                yield Discarded(data)

    def _dispatch(self, block: _BlockLines, raw: bytes) -> ServerSentEvent | Comments | None:
        """Section 9.2.6, "dispatch the event"."""
        if block.id is not None:
            self.last_event_id = block.id
        if block.retry is not None:
            self.reconnection_time = block.retry
        if block.data:
            return self._frame(block, raw)
        return Comments(tuple(block.comments)) if block.comments else None

    def _frame(self, block: _BlockLines, raw: bytes) -> ServerSentEvent:
        return ServerSentEvent(
            block.event or "message",
            "\n".join(block.data),
            self.last_event_id if block.id is None else block.id,
            block.retry,
            tuple(block.comments),
            raw=None if block.exact else raw,
        )


def _discarded(block: bytes, data: list[str]) -> bytes:
    """The lines of a block that nothing is dispatched for; without data that is each field."""
    lines = (line for line in block.splitlines() if line and not line.startswith(b":"))
    return b"\n".join(line for line in lines if not data or not is_field(line))


def is_field(line: bytes) -> bool:
    """Whether a line begins with the name of a field that the standard has."""
    return name_of(line) in _FIELDS


def is_no_event(tail: bytes) -> bool:
    """Whether what no blank line ends is lines of which none is a field: nothing was cut off.

    A last line without an end may be the beginning of a comment, or of a field's name.
    """
    *_, last = lines = tail.splitlines() or [b""]
    if any(is_field(line) for line in lines):
        return False
    begun = last.startswith(b":") or any(field.startswith(last) for field in _FIELDS)
    return not begun or tail.endswith((b"\r", b"\n"))


def name_of(line: bytes) -> bytes:
    """What stands before the colon: the name of a field, or nothing in a comment."""
    return line.partition(b":")[0]


def _block_ends(blocks: bytes) -> Iterator[int]:
    """Where the blank lines end; without CR, `find` is ten times as fast as the expression."""
    if _CR in blocks:
        yield from (match.end() for match in BLANK_LINE.finditer(blocks))
        return
    end = 0
    while (end := blocks.find(b"\n\n", end) + 2) > 1:
        yield end


def _last_blank_line(held: bytes | bytearray, start: int) -> int:
    """Where the last blank line ends; 0 without one."""
    end = 0
    for match in BLANK_LINE.finditer(bytes(held[start:])):
        end = start + match.end()
    return end


# -- one block, line by line -------------------------------------------------------------------


class _BlockLines:
    """One block's lines, read as section 9.2.6 says; `id` is None where none was set."""

    __slots__ = ("comments", "data", "event", "exact", "foreign", "id", "retry")

    def __init__(self, block: bytes) -> None:
        self.event = ""
        self.data: list[str] = []
        self.id: str | None = None
        self.retry: int | None = None
        self.comments: list[str] = []
        self.exact = True
        self.foreign = False
        lines = self._after_comments(self._text(block).strip("\n"))
        for line in lines.split("\n"):
            self._line(line)

    def _after_comments(self, text: str) -> str:
        """Where comments come first, as they do, a million of them are one split."""
        last = text.rfind("\n:") + 1
        end = text.find("\n", last) if last or text[0] == ":" else 0
        head, rest = (text[:end], text[end + 1 :]) if end >= 0 else (text, "")
        if not head.startswith(":") or head.count("\n") != head.count("\n:"):
            return text
        self.comments = head[1:].split("\n:")
        return rest

    def _text(self, block: bytes) -> str:
        try:
            text = str(block, "utf-8")
        except UnicodeDecodeError:
            self.exact = False
            text = str(block, "utf-8", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _line(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if not name:
            self.comments += [value] if colon else []
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
                self.exact, self.foreign = False, True

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
