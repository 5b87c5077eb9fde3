"""How many connections there can be: each takes two of the files that a process may have open."""

from __future__ import annotations

import sys
from contextlib import suppress

KEPT_FREE = 128
"""Files for recordings, their folder, the loop, and answers to those that come too late."""

_EACH = 4  # two sockets, a recording, and what it is written through
_UNLIMITED = 8192  # where the system has no such limit


def most_connections() -> int:
    """How many connections of programs there can be, with the limit raised as far as it goes."""
    if sys.platform == "win32":
        return _UNLIMITED // _EACH
    return max(1, (_raised() - KEPT_FREE) // _EACH)


def _raised() -> int:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, _UNLIMITED)
    with suppress(ValueError, OSError):  # macOS has a limit below what it calls the hard one
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else _UNLIMITED
