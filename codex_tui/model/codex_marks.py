"""What has to be said of a turn of the Codex CLI that its own items don't say.

Some of it stands in later lines, as that it was rolled back. So it is worked out of all turns, and
no turn that is over is changed: a state is the same however it was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.model.codex_thread import CodexThread
    from codex_tui.model.conversation import Turn


def rolled_back_turns(turns: Sequence[Turn]) -> set[int]:
    """Return the numbers of the turns that are no part of the conversation any more.

    What is counted are turns that were asked for something: those between go with them.
    """
    gone: set[int] = set()
    standing: list[Turn] = []
    for turn in turns:
        standing.append(turn)
        left = turn.codex.rolled_back if turn.codex is not None else 0
        while left and standing:
            last = standing.pop()
            gone.add(last.number)
            left -= bool(last.prompt)
    return gone


def inherited_turns(turns: Sequence[Turn], *, whole: bool = True) -> set[int]:
    """Return the numbers of the turns that a thread has from its parent.

    Where no turn says its time, the last one is the thread's own: it was made to do something. But
    a count that is told again behind it says that all was copied, and nothing done since.

    Args:
        turns: The turns.
        whole: Whether these are all; if not, the last one may be any.
    """
    found = {turn.number for turn in turns if turn.codex is not None and turn.codex.inherited}
    last = turns[-1].codex if turns else None
    if whole and last is not None and last.inherited and not (last.dated or last.thread.echoed):
        found.discard(turns[-1].number)
    return found


def fates_of(turn: Turn, turns: Sequence[Turn], *, whole: bool = True) -> Iterator[str]:
    """Sentences on a turn that is none of the thread's conversation: copied, or rolled back."""
    codex = turn.codex
    if codex is None:
        return
    if turn.number in inherited_turns(turns, whole=whole):
        yield f"inherited: a turn of {codex.thread.parent or 'another thread'}, copied"
    if turn.number in rolled_back_turns(turns):
        yield "rolled back: this turn is no part of the conversation any more"


def marks_on(turn: Turn, turns: Sequence[Turn], *, whole: bool = True) -> Iterator[str]:
    """All that has to be said of a turn: whose it is, what became of it, what its usage means."""
    codex = turn.codex
    if codex is None:
        return
    yield from fates_of(turn, turns, whole=whole)
    inherited = inherited_turns(turns, whole=whole)
    if codex.thread.parent and turn.number == len(inherited) + 1:
        yield _origin(codex.thread, len(inherited))
    if (total := codex.whole) is not None and total != turn.transcript.usage:
        yield f"the thread so far: {total.input_tokens:,} → {total.output_tokens:,} tokens"
    if codex.doubt:
        yield codex.doubt


def _origin(thread: CodexThread, inherited: int) -> str:
    what = "the thread of a sub-agent of" if thread.spawned else "a thread forked from"
    said = f"{what} {thread.parent}"
    return f"{said}, {units.count(inherited, 'turn')} inherited" if inherited else said
