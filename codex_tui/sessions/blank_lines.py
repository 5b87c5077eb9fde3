"""The blank lines that blocks stand between, with any of the standard's line ends."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(rb"[\r\n]+")
_BLANK_LINE = re.compile(rb"(?:\r\n?+|\n)[\r\n]")  # the LF of a last CRLF may come later


def has_blank_line(data: bytes) -> bool:
    """Whether a blank line begins in `data` and ends there."""
    return _BLANK_LINE.search(data) is not None


def skip_blank_lines(data: bytes, start: int) -> int:
    """Where the next line begins that isn't empty, or the end."""
    found = _LINE_ENDS.match(data, start)
    return start if found is None else found.end()


def end_of_block(data: bytes, start: int) -> int:
    """Where the block ends that begins at `start`, behind its blank line; 0 if it is not whole."""
    found = _BLANK_LINE.search(data, start)
    return 0 if found is None else found.end()
