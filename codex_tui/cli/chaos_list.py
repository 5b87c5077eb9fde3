"""`codex-tui serve --list-chaos`: what can go wrong, in 80 columns."""

from __future__ import annotations

import textwrap

from codex_tui.cli.verdicts import WIDTH
from codex_tui.serve.chaos_kinds import CHAOS_KINDS, ChaosKind

_INDENT = 4
_GRAMMAR = """\
A fault reads [REQUESTS:]KIND[=ARGUMENT][@WHERE]; several stand behind commas.

REQUESTS  2, 2-4 or 2-: the requests that it befalls, retries counted; all by
          itself. 1:cut breaks the first alone, so that a retry succeeds.
WHERE     #120    before event 120, as `show` counts them, or at that event
          3.5s    at that moment of the answer
          50%     at that share of its events
          first-text, end
random=2  two of them by chance, other ones for each request; --seed gives the
          same ones again
"""


def chaos_list() -> str:
    """How a fault is asked for, and all that there are."""
    return "\n".join([_GRAMMAR, *map(_entry, CHAOS_KINDS.values())])


def _entry(kind: ChaosKind) -> str:
    place = f" (By itself @{kind.place}.)" if kind.place else ""
    indent = " " * _INDENT
    means = textwrap.fill(
        kind.means + place, WIDTH, initial_indent=indent, subsequent_indent=indent
    )
    return f"{kind.spelling}\n{means}\n"
