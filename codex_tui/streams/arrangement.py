"""The streams as they stand in the list: filtered, sorted, those of one thread together; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from codex_tui.streams.stream import Stream

SORTS: dict[str, Callable[[Stream], tuple[float, ...]]] = {
    "start": lambda each: (each.started,),
    "alive": lambda each: (each.alive, each.started),
    "findings": lambda each: (each.failed, each.findings or 0, each.started),
    "length": lambda each: (each.last or 0.0, each.started),
    "events": lambda each: (each.events, each.started),
}
"""By what rows can be sorted; the highest stands first."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row: a stream, and whether the one above it is of the same thread."""

    stream: Stream
    follows: bool = False


class Counts(NamedTuple):
    """What the head says: how many live, how many of them are silent, ended, failed; findings."""

    live: int
    silent: int
    ended: int
    failed: int
    findings: int


def counts_of(streams: Iterable[Stream], now: float) -> Counts:
    """Count streams."""
    live = silent = ended = failed = findings = 0
    for each in streams:
        live += each.alive
        silent += each.silence(now) > 0
        ended += not each.alive
        failed += each.failed
        findings += each.findings or 0
    return Counts(live, silent, ended, failed, findings)


def of_tap(streams: Iterable[Stream], tap: str) -> list[Stream]:
    """What the screen of a tap shows: its own exchanges, and of all others those that live."""
    return [each for each in streams if each.tap == tap or each.alive]


def has_words(stream: Stream, typed: str) -> bool:
    """Whether all words that were typed are in what is said of a stream."""
    if not typed.strip():
        return True
    said = stream.words
    return all(word in said for word in typed.casefold().split())


def arranged(
    streams: Iterable[Stream], typed: str = "", sort: str = "start", tap: str = ""
) -> list[ListRow]:
    """The rows for what was typed, in order; those of a thread stand where its first one does.

    Args:
        streams: What is known of each.
        typed: The words that they must have.
        sort: One of `SORTS`.
        tap: The tap whose own stand before all others.
    """
    key = _by(SORTS[sort], tap)
    shown = sorted((each for each in streams if has_words(each, typed)), key=key, reverse=True)
    groups: dict[str, list[Stream]] = {}
    for each in shown:
        groups.setdefault(each.thread or f"\0{each.name}", []).append(each)
    return [ListRow(each, place > 0) for group in groups.values() for place, each in _placed(group)]


def _by(
    key: Callable[[Stream], tuple[float, ...]], tap: str
) -> Callable[[Stream], tuple[object, ...]]:
    return lambda each: (each.tap == tap, *key(each), each.name)


def _placed(group: Sequence[Stream]) -> Iterable[tuple[int, Stream]]:
    return enumerate(group)
