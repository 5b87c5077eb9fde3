"""Standard streams: exact into a pipe or a file, cleaned on a terminal. Nothing else prints.

JSON goes out as ASCII: no locale, terminal or line splitter can change what it says.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, TextIO

from codex_tui.json_text import to_json
from codex_tui.safe_text import as_ascii, clean, clean_line
from codex_tui.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codex_tui.redact import KnownSecrets

NAME = "codex-tui"
SIGPIPE_CODE = 128 + 13
"""What a shell reports of a program whose reader went away."""


class Output:
    """One standard stream.

    Args:
        stream: `sys.stdout` or `sys.stderr`.
        known: The secrets that must not be printed. A text that comes in pieces goes through a
            `known.stream()` of its own before.
    """

    def __init__(self, stream: TextIO, known: KnownSecrets | None = None) -> None:
        self._stream = stream
        if known is None:
            from codex_tui.redact import KnownSecrets  # which the help can do without

            known = KnownSecrets()
        self.known = known
        self.terminal = stream.isatty()
        self._ascii = self.terminal and not takes_unicode()
        self.shared = _same(stream, sys.stderr)
        """Whether what is said on stderr stands among what is printed here."""
        self._column = 0

    def write(self, text: str) -> None:
        """Print a text: as it is, or, on a terminal, what may be drawn of it."""
        if text:
            self._column = 0 if text.endswith("\n") else 1
            text = self.known.masked(text)
            shown = clean(text) if self.terminal else text
            self._write(self._encoded(shown))

    def paint(self, pieces: Iterable[tuple[Ink, str]]) -> None:
        """Print one line whose pieces have inks: on a terminal that has colours, in these."""
        colored = self.terminal and has_colors(os.environ)
        safe = [(ink, clean_line(self.known.masked(text))) for ink, text in pieces]
        if safe:
            safe[-1] = (safe[-1][0], safe[-1][1].rstrip())  # a blank would take a line of its own
        drawn = ((ink, as_ascii(text) if self._ascii else text) for ink, text in safe)
        runs = groupby(drawn, key=itemgetter(0) if colored else lambda _: "")
        line = "".join(_inked(ink, "".join(text for _, text in run)) for ink, run in runs)
        self._column = 0
        self._write(f"{line}\n".encode("utf-8", "surrogatepass"))

    def _encoded(self, text: str) -> bytes:
        if self._ascii:
            return text.encode("ascii", "backslashreplace")
        return text.encode("utf-8", "surrogatepass")

    def write_bytes(self, data: bytes) -> None:
        """Print the bytes of a file: as they are, or, on a terminal, what may be drawn of them."""
        if self.terminal:
            self.write(data.decode("utf-8", "replace"))
        else:
            self._write(data)

    def _write(self, data: bytes) -> None:
        """Print all of it: with PYTHONUNBUFFERED a write may take less than it was given."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._stream.buffer.write(rest) :]

    def line(self, value: Mapping[str, object]) -> None:
        """Print one JSON object on one line."""
        self.write(to_json(value) + "\n")

    def say(self, sentence: str) -> None:
        """One line on stderr beside what is printed; what it quotes is masked as that is."""
        self.make_way()
        say(self.known.masked(sentence))

    def end_line(self) -> None:
        """Go to a new line if the last one is open."""
        if self._column:
            self.write("\n")

    def close_line(self) -> None:
        """The same on a terminal; into a pipe nothing is added to an exact text."""
        if self.terminal:
            self.end_line()

    def make_way(self) -> None:
        """End an open line that a sentence on stderr would be appended to."""
        if self.shared:
            self.end_line()
        self.flush()

    def flush(self) -> None:
        """Hand on what was printed."""
        self._stream.buffer.flush()


Ink = Literal["", "head", "quiet", "added", "removed", "changed", "good"]
"""What a piece of a line is, which says its colour."""

_INKS: dict[Ink, str] = {
    "head": "1",
    "quiet": "2",
    "added": "32",
    "removed": "31",
    "changed": "33",
    "good": "32",
}


def _inked(ink: Ink, text: str) -> str:
    return f"\x1b[{_INKS[ink]}m{text}\x1b[0m" if ink and text else text


def has_colors(environ: Mapping[str, str]) -> bool:
    """Whether a terminal may be sent colours."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _same(one: TextIO, other: TextIO) -> bool:
    """Whether two streams end in one place: a terminal, or a pipe or a file as with `2>&1`."""
    if one is other or (one.isatty() and other.isatty()):
        return True
    try:
        return os.path.sameopenfile(one.fileno(), other.fileno())
    except (OSError, ValueError):  # one that is closed, or no file at all
        return False


def say(sentence: str) -> None:
    """One line on stderr, for the user."""
    sys.stderr.write(f"{NAME}: {clean_line(sentence)}\n")
    sys.stderr.flush()


def say_ready(line: str) -> None:
    """One line on stderr for a script that waits for it, and so without our name before it."""
    sys.stderr.write(f"{clean_line(line)}\n")
    sys.stderr.flush()


def fill_closed_streams() -> None:
    """Put nothing in the place of each standard stream that is closed.

    Python has none then, and a file that is opened later would get its number, and be taken for it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))


def tolerate_odd_encodings() -> None:
    """Let a terminal that lacks a character show an escape for it, and not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def leave_closed_pipe() -> int:
    """The exit code where the reader of our output is gone; nothing is written any more."""
    _drop(sys.stdout)
    return SIGPIPE_CODE


def drop_streams() -> None:
    """Write nothing any more, not even what was printed and has not been taken yet."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            _drop(stream)


def _drop(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def leave_broken_streams() -> None:
    """Let go of what can't be written any more, as after the terminal went away.

    Python would try once more when it ends, and end with a code of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                _drop(stream)


def terminal_width() -> int | None:
    """The cells of a line on standard output; None where it is no terminal."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None
