"""The head of a request on its way out: its target and its `Host` change, and no other byte.

`Connection` and what else HTTP means for one connection alone goes on too: each connection of a
program has one of its own to the server, so that what the one says holds for the other.
"""

from __future__ import annotations

import re

_TARGET = re.compile(rb"(?<= )[^ ]+")
_HOST = re.compile(rb"^(host:[ \t]*)[^\r\n]*", re.IGNORECASE | re.MULTILINE)
_FIRST_LINE = re.compile(rb"^[^\n]*\n")


def rewritten(head: bytes, target: bytes, host: bytes, *, added: bytes = b"") -> bytes:
    """A head with another target and another `Host`, which it gets where it has none.

    Args:
        head: The bytes of the head, its empty line included.
        target: What stands in the request line.
        host: The server's name, with its port where that is not the usual one.
        added: Whole lines that are put behind the request line.
    """
    head = _TARGET.sub(lambda _: target, head, count=1)
    head, named = _HOST.subn(lambda found: found[1] + host, head, count=1)
    own = added if named else b"Host: " + host + b"\r\n" + added
    return _FIRST_LINE.sub(lambda found: found[0] + own, head, count=1)
