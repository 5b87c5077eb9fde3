"""What was written as base64, within JSON or as a file: told by what comes out of it.

Programs encode a body that they take for binary; of all other base64 nothing is looked at twice.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import a2b_base64

from codex_tui.unpacking import GZIP

_FEWEST = 32  # characters
_GROUP = 4  # characters that are bytes together
_LOOKED_AT = 64  # characters that tell what it is
_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{4,}\r?\n)*[A-Za-z0-9+/]{4,}={0,2}\s*")
_BEGINS = re.compile(
    rb'\s*(?:(?:event|data|id|retry):|: |HTTP/\d|\{\s*"(?:type|id|object|choices)"\s*:)|%b'
    % re.escape(GZIP)
)


def decoded(text: str | bytes) -> bytes | None:
    """The bytes that a text stands for; None where it is no base64, or of nothing known here."""
    text = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(text) < _FEWEST or _BEGINS.match(_beginning(text)) is None:
        return None
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return None


def _beginning(text: bytes) -> bytes:
    try:
        return a2b_base64(text[:_LOOKED_AT], strict_mode=True)
    except ValueError:
        return b""


def is_encoded(head: bytes) -> bool:
    """Whether some bytes begin as base64 of a stream, and as nothing else."""
    first = head.lstrip()[:_LOOKED_AT]
    return bool(_BEGINS.match(_beginning(first)) and _LINES.fullmatch(head[: head.rfind(b"\n")]))


class Encoded:
    """Takes base64 off lines; from a line on that is none, bytes stay as they are."""

    def __init__(self) -> None:
        self.rest = b""  # of a group
        self._over = False

    def line(self, line: bytes) -> bytes:
        """What a line stands for, as far as its groups are whole."""
        if self._over:
            return line
        held = self.rest + line.strip()
        whole = len(held) // _GROUP * _GROUP
        self.rest = held[whole:]
        try:
            return b64decode(held[:whole], validate=True)
        except ValueError:
            self._over, self.rest = True, b""
            return held

    @property
    def remark(self) -> str:
        """What was taken off."""
        return "Taken off: the base64 that all of it was written as."
