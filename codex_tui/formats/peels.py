"""What stands around the lines of a stream that somebody pasted, logged or printed, taken off.

A peel is told by the beginning of the bytes, and what it leaves is sniffed as if it had come so. It
changes nothing within a line that is an event's; what it took off is said, not shown.
"""

from __future__ import annotations

import json
import re
from ast import literal_eval
from typing import TYPE_CHECKING, Protocol

from codex_tui.formats.lines import LineSplitter
from codex_tui.wire.sse import too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.formats.readers import Placed, Reader

_PLAIN = re.compile(rb"^(?:event|data):", re.MULTILINE)


def is_plain(head: bytes) -> bool:
    """Whether lines of some bytes are fields of a stream as they stand."""
    return _PLAIN.search(head) is not None


class Peel(Protocol):
    """Takes something off lines."""

    def line(self, line: bytes) -> bytes:
        """What is left of a line that ends with LF, or was the last; it may be none, or several."""
        ...

    @property
    def rest(self) -> bytes:
        """What is held of the lines so far, for the end of the bytes."""
        ...

    @property
    def remark(self) -> str:
        """What was taken off, as a sentence; empty where nothing was."""
        ...


class PeelReader:
    """Reads what a peel leaves.

    Args:
        peel: What takes something off.
        inner: Reads what is left.
        most: Bytes of a line, at most.
    """

    def __init__(self, peel: Peel, inner: Reader, most: int) -> None:
        self._peel = peel
        self._inner = inner
        self._most = most
        self._lines = LineSplitter(most)

    @property
    def trouble(self) -> str:
        """What is wrong with what is left."""
        return self._inner.trouble

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return too_large(self._most) if self._lines.over else self._inner.limit

    @property
    def remarks(self) -> Sequence[str]:
        """What was taken off."""
        return [*filter(None, [self._peel.remark]), *self._inner.remarks]

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        left = b"".join(self._peel.line(line) for _, line in self._lines.feed(chunk))
        return _nowhere(self._inner.feed(left)) if left else []

    def close(self) -> list[Placed]:
        """Return what is left."""
        left = b"".join(self._peel.line(line) for _, line in self._lines.close()) + self._peel.rest
        found = self._inner.feed(left) if left else []
        return _nowhere([*found, *self._inner.close()])


def _nowhere(placed: Sequence[Placed]) -> list[Placed]:
    """The records without places: what they are read from does not stand in the file."""
    return [((0, 0), record) for _, record in placed]


def peeled(peel: Peel, head: bytes) -> bytes:
    """What a peel leaves of the beginning of some bytes."""
    return b"".join(peel.line(line) for line in head.splitlines(keepends=True))


# -- terminals -------------------------------------------------------------------------------------

_ESCAPE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[=>78c]"
)
_SCRIPT = re.compile(rb"Script (?:started|done) on ")


class Colours:
    """Takes off what a terminal does not show: colours, and the frame of `script`."""

    rest = b""

    def __init__(self) -> None:
        self._frame = 0

    def line(self, line: bytes) -> bytes:
        """A line without escape sequences, its end as one LF."""
        if _SCRIPT.match(line):
            self._frame += 1
            return b""
        clean = _ESCAPE.sub(b"", line)
        return clean.rstrip(b"\r\n") + b"\n" if clean.endswith(b"\n") else clean

    @property
    def remark(self) -> str:
        """What was taken off."""
        frame = " and the lines of `script`" if self._frame else ""
        return f"Taken off: the escape sequences of a terminal{frame}."


def is_coloured(head: bytes) -> bool:
    """Whether a terminal's sequences stand where a stream can't have them."""
    if b"\x1b" not in head:
        return False
    first = head.lstrip()
    if _SCRIPT.match(first) or first.startswith(b"\x1b"):
        return True
    lines = [line for line in head.splitlines()[:-1] if b"\x1b" in line]
    return any(line.startswith(b"\x1b") or _is_mended(line) for line in lines)


def _is_mended(line: bytes) -> bool:
    """Whether the JSON of a `data:` line is JSON only without its sequences."""
    data = line.partition(b":")[2]
    return not _is_json(data) and _is_json(_ESCAPE.sub(b"", data))


def _is_json(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


# -- curl -v, and words before a head --------------------------------------------------------------

_CURLS = re.compile(rb"(?:\d\d:\d\d:\d\d\.\d+ )?(?:([*<>]) ?|([{}] \[\d+ bytes data\]))")
_VERBOSE = re.compile(rb"^(?:\d\d:\d\d:\d\d\.\d+ )?(?:> [A-Z]+ \S+ HTTP/|< HTTP/)", re.MULTILINE)
_METER = re.compile(rb"\s*(?:% Total|Dload|\d+ +[\d.]+[kMG]? +\d+ +[\d.]+[kMG]? .*--:--:--)")


class Verbose:
    """Makes the output of `curl -v` what that of `curl -i` is: heads without their `<`."""

    rest = b""

    def __init__(self) -> None:
        self._taken = 0

    def line(self, line: bytes) -> bytes:
        """A line of an answer; none of what curl says of itself and of the request."""
        found = _CURLS.match(line)
        if found is None and not _METER.match(line):
            return line
        if found is not None and found[1] == b"<":
            return line[found.end() :]
        self._taken += 1
        return b""

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken off: what `curl -v` says of itself and of the request ({self._taken} lines)."


def is_verbose(head: bytes) -> bool:
    """Whether some bytes begin as the output of `curl -v`."""
    return _CURLS.match(head.lstrip()) is not None and _VERBOSE.search(head) is not None


_HTTP = re.compile(rb"^HTTP/\d(?:\.\d)? \d{3}\b", re.MULTILINE)


class Preface:
    """Leaves out what stands before the head of an answer: a command, a prompt, a request."""

    rest = b""

    def __init__(self) -> None:
        self._before = 0
        self._over = False

    def line(self, line: bytes) -> bytes:
        """The line, once the head has begun."""
        self._over = self._over or _HTTP.match(line) is not None
        self._before += not self._over
        return line if self._over else b""

    @property
    def remark(self) -> str:
        """What was left out."""
        return f"Taken off: {_lines(self._before)} before the head of the answer."


def has_preface(head: bytes) -> bool:
    """Whether the head of an answer stands behind other lines, but behind nothing of a stream."""
    found = _HTTP.search(head)
    return found is not None and not _PLAIN.search(head[: found.start()])


# -- Markdown --------------------------------------------------------------------------------------

_FENCE = re.compile(rb"[ \t]*(```+|~~~+)[^`]*$")


class Fence:
    """Takes the marks of fenced blocks off; the words around them stay, as lines that are none."""

    rest = b""

    def __init__(self) -> None:
        self._marks = 0
        self._open = b""

    def line(self, line: bytes) -> bytes:
        """A line; words outside of fences stand alone, so that they are no part of an event."""
        found = _FENCE.match(line.rstrip(b"\r\n"))
        if found is None or (self._open and not found[1].startswith(self._open)):
            return line if self._open or not line.strip() else line + b"\n"
        self._marks += 1
        self._open = b"" if self._open else found[1]
        return b"\n"

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken off: {_lines(self._marks)} of Markdown fences."


def is_fenced(head: bytes) -> bool:
    """Whether the line before the first event is a fence."""
    found = _FIRST.search(head)
    before = head[: found.start()].rstrip().splitlines() if found is not None else []
    return bool(before) and _FENCE.match(before[-1]) is not None


_FIRST = re.compile(rb'^[ \t]*(?:(?:event|data|id|retry):|\{\s*")', re.MULTILINE)


# -- margins ---------------------------------------------------------------------------------------

_MOST_SHAPES = 16
_FEWEST = 2  # lines with a margin: one alone may be anything
_GONE = " The blank lines between events are missing: each `event:` or `data:` line begins one."
_VARYING = re.compile(rb"[0-9a-f]*[0-9][0-9a-f]*|\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR)\b")
_STARTS = re.compile(
    rb"(?:event: ?[\w.]+\s*$|data: ?(?:[{\[]|\s*$)|id: ?\S*\s*$|retry: ?\d+\s*$"
    rb'|\{"(?:type|response|sequence_number|delta|item|timestamp|record_type|method|event)"\s*:)'
)


OBJECTS = re.compile(rb'\{"')
"""Where an object of JSON begins, as the lines of a log do."""
_PART = re.compile(rb"\d{4}-\d\d-\d\dT\S+ std(?:out|err) ([PF])(?: |(?=\r?\n|$))")
"""The margin of Kubernetes' logs: a long line stands in parts, of which the last one is full."""


class Margin:
    """Takes off what each line begins with: a log's prefix, an indent, marks of a quotation.

    Args:
        shapes: Expressions for what lines begin with.
        example: One of them.
        gone: Whether blank lines are gone.
    """

    rest = b""

    def __init__(self, shapes: Sequence[bytes], example: bytes, *, gone: bool = False) -> None:
        self._shape = re.compile(b"|".join(shapes))
        self._example = example
        self._gone = gone
        self._bare = 0
        self._in_parts = _PART.match(example) is not None

    def line(self, line: bytes) -> bytes:
        """A line without its margin; one that has none stays as it is."""
        if self._in_parts and (part := _PART.match(line)) is not None:
            rest = line[part.end() :]
            return rest.rstrip(b"\r\n") if part[1] == b"P" else rest or b"\n"
        found = self._shape.match(line)
        if found is not None:
            return line[found.end() :] or b"\n"
        if (begins := _begins(line)) is not None:  # behind a margin that the beginning lacked
            return line[begins:]
        self._bare += bool(line.strip())
        return line

    @property
    def remark(self) -> str:
        """What was taken off, and what is missing."""
        example = self._example.decode("utf-8", "replace")
        what = f'"{example}"' if example.strip() else f"an indent of {len(example)}"
        bare = f"; {_lines(self._bare)} had none" if self._bare else ""
        return f"Taken off each line: {what}{bare}.{_GONE if self._gone else ''}"


def margin_of(head: bytes, starts: re.Pattern[bytes] = _STARTS) -> tuple[list[bytes], bytes] | None:
    """The shapes of what lines begin with before a field or an event, and an example; else None."""
    shapes: dict[bytes, int] = {}
    example = b""
    for line in head.splitlines()[:400]:
        if line.startswith(b"{"):
            return None
        begins = _begins(line, starts)
        if begins is None:
            continue
        if not (prefix := line[:begins]):
            return None
        example = example or prefix
        shape = _shape_of(prefix)
        shapes[shape] = shapes.get(shape, 0) + 1
    if len(shapes) > _MOST_SHAPES or sum(shapes.values()) < _FEWEST:
        return None
    return sorted(shapes, key=len, reverse=True), example


def _begins(line: bytes, starts: re.Pattern[bytes] = _STARTS) -> int | None:
    """Where a field or an event begins in a line; None where none does, or it is in a value."""
    found = starts.search(line)
    before = line[: found.start()] if found is not None else b"{"
    open_ = before.count(b"{") != before.count(b"}")  # words may have some of their own
    quoted = starts is OBJECTS and (before.count(b"'") % 2 or before.count(b'"') % 2)
    return None if open_ or quoted or _IN_JSON.search(before) else len(before)


_IN_JSON = re.compile(rb"""\{\s*["']|["']\Z""")
"""What stands before what is no beginning, but in a value."""


def _shape_of(prefix: bytes) -> bytes:
    """An expression for a prefix and for those that differ in its numbers and its level alone.

    Of a line that is blank behind it, the blanks at its end may be gone.
    """
    body = prefix.rstrip(b" \t")
    pieces = (re.escape(piece) for piece in _VARYING.split(body))
    inner = rb"(?:[0-9a-f]+|[A-Z]+)".join(pieces)
    tail = re.escape(prefix[len(body) :])
    if not body:
        return rb"(?:%b|[ \t]*(?=\r?\n))" % tail
    return rb"%b(?:%b|[ \t]*(?=\r?\n|$))" % (inner, tail)


class Quoted:
    """Takes events out of the quotes in which a log has them, with everything escaped.

    So do logfmt, Python's `repr()` of texts, and tables of CSV.
    """

    rest = b""

    def __init__(self) -> None:
        self._events = 0

    def line(self, line: bytes) -> bytes:
        """What stands in the quotes of a line; a line without an event stays as it is."""
        said = _event_in(line)
        if said is None:
            return line
        self._events += 1
        return said + b"\n"

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken out of the quotes of a log: {self._events:,} events."


_LOOKED_AT = 100  # lines
_KEYS = rb"(?:type|id|object|choices|created|sequence_number|response)"
_IN_ESCAPES = re.compile(rb'"(?:data: ?)?\{\\"%b\\":(?:[^"\\\n]|\\.)*+"' % _KEYS)
_IN_REPR = re.compile(rb"(?<!b)'(?:data: ?)?\{\"%b\":(?:[^'\\\n]|\\.)*+'" % _KEYS)
_IN_CSV = re.compile(rb'"(?:data: ?)?\{""%b"":(?:[^"\n]|"")*+"' % _KEYS)


def _of_escapes(line: bytes) -> str | None:
    found = _IN_ESCAPES.search(line)
    return _text(json.loads, found[0]) if found is not None else None


def _of_repr(line: bytes) -> str | None:
    found = _IN_REPR.search(line)
    return _text(literal_eval, found[0]) if found is not None else None


def _of_csv(line: bytes) -> str | None:
    found = _IN_CSV.search(line)
    return found[0][1:-1].replace(b'""', b'"').decode("utf-8", "replace") if found else None


_UNQUOTED = (_of_escapes, _of_repr, _of_csv)


def _event_in(line: bytes) -> bytes | None:
    """The event that stands in the quotes of a line; None where none does, or it was cut."""
    said = next(filter(None, (unquoted(line) for unquoted in _UNQUOTED)), "")
    event = said.strip().encode("utf-8", "replace")
    return event if _is_json(event.removeprefix(b"data:")) else None


def _text(read: Callable[[str], object], quoted: bytes) -> str | None:
    try:
        said = read(quoted.decode("utf-8", "replace"))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return said if isinstance(said, str) else None


def is_quoted(head: bytes) -> bool:
    """Whether events stand in quotes of lines that are no JSON."""
    if head.lstrip().startswith((b"{", b"[")):
        return False
    return any(_event_in(line) is not None for line in head.splitlines()[:_LOOKED_AT])


class Arrows:
    """Takes off what says which side a message is of, where its JSON says so itself."""

    rest = b""

    def __init__(self) -> None:
        self._taken = 0

    def line(self, line: bytes) -> bytes:
        """A message without what stands before its JSON; any other line as it is."""
        found = _ARROW.match(line)
        self._taken += found is not None
        return line if found is None else line[found.end() :]

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken off: what stood before the messages of {_lines(self._taken)}."


_ARROW = re.compile(rb"[^{\n]{1,80}(?=\{)")


# -- tables --------------------------------------------------------------------------------------

_ROW = re.compile(rb"(?:[^\t\n{]*\t)+(?:\{|\[DONE\])[^\t\n]*\t[\d:.]+[ \t]*\r?$", re.MULTILINE)
_NAME = re.compile(rb"[a-z][\w.]*")


class EventTable:
    """Makes events of the rows of a table, as browsers show them: name, data and time of each."""

    rest = b""

    def __init__(self) -> None:
        self._rows = 0

    def line(self, line: bytes) -> bytes:
        """A row as an event; any other line as it is."""
        if _ROW.match(line) is None:
            return line
        self._rows += 1
        *before, data, _ = line.rstrip(b"\r\n \t").split(b"\t")
        name = next((each for each in before if _NAME.fullmatch(each)), b"")
        said = b"event: " + name + b"\n" if name not in (b"", b"message") else b""
        return said + b"data: " + data + b"\n\n"

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken out of a table: {self._rows:,} events; the times in it have no date."


def is_table(head: bytes) -> bool:
    """Whether the first line, or the one behind the table's head, is the row of an event."""
    first = head.lstrip(b"\r\n").split(b"\n", 2)[:2]
    return any(_ROW.match(line) is not None for line in first)


# -- events within events ------------------------------------------------------------------------

_FIRST_DATA = re.compile(rb"^data:.*$", re.MULTILINE)
_WRAPPED = re.compile(rb'data: ?(?:(?:event|data|id|retry):|"\s*(?:event:|data:|\{\\"))')


class Unwrapped:
    """Takes events out of the data of others: servers put a second `data: ` before each line.

    Others send the text of an event, or of its JSON, as a string of JSON.
    """

    rest = b""

    def __init__(self) -> None:
        self._events = 0

    def line(self, line: bytes) -> bytes:
        """What stands in a line of data; any other line as it is."""
        if not line.startswith(b"data:"):
            return line
        inner = line.removeprefix(b"data:").removeprefix(b" ")
        if not inner.strip():
            return b"\n"
        self._events += inner.startswith((b"data:", b'"'))
        return _unquoted(inner) if inner.startswith(b'"') else inner

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Taken out of the data of other events: {self._events:,} events, wrapped twice."


def _unquoted(text: bytes) -> bytes:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return b"data: " + text
    inner = str(value)
    said = f"data: {inner}" if inner.lstrip().startswith("{") else inner
    return f"{said.rstrip()}\n".encode("utf-8", "replace")


def is_wrapped(head: bytes) -> bool:
    """Whether the first data is an event itself, with its fields or as a string of JSON."""
    found = _FIRST_DATA.search(head)
    return found is not None and _WRAPPED.match(found[0]) is not None


def _lines(number: int) -> str:
    return f"{number:,} line{'' if number == 1 else 's'}"
