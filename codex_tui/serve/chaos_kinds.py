"""The kinds of faults that `serve --chaos` knows, a row each.

`--list-chaos`, the table of the manual and random faults are made of the rows. They stand in the
order in which faults befall an answer, whichever order they are given in: times first, so that a
moment is one that the client sees, then events, ends, and last what is done to the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from codex_tui.serve import amounts
from codex_tui.serve import delivery_faults as delivery
from codex_tui.serve import stream_faults as faults
from codex_tui.serve.script import AnswerScript
from codex_tui.serve.seams import Seam

ChaosEffect = Callable[[AnswerScript, Seam, Random], AnswerScript]
"""What a fault makes of an answer: the answer, the fault's place in it, and chance."""

_WAITS = {429: 1.0, 503: 1.0}
"""Seconds after which to come again, where none are said."""


class ChaosKind(NamedTuple):
    """A kind of fault.

    Attributes:
        name: What it is called.
        means: What the client sees, for `--list-chaos`.
        reads: What it does, of what stands behind the `=`.
        argument: What stands there if nothing does; "" where nothing may.
        forms: How else it may read.
        place: Where it strikes if nowhere is said; "" where no place can be said.
        withholds: Whether the client goes without its answer by it, and may well ask again.
        not_on_sockets: Why a WebSocket can't have it; "" where it can.
        by_chance: Whether the seed makes a difference.
    """

    name: str
    means: str
    reads: Callable[[str], ChaosEffect]
    argument: str = ""
    forms: tuple[str, ...] = ()
    place: str = ""
    withholds: bool = False
    not_on_sockets: str = ""
    by_chance: bool = False

    @property
    def spelling(self) -> str:
        """How it is written: its name, with all forms of what may stand behind it."""
        forms = "|".join((self.argument, *self.forms))
        return self.name + (f"[={forms}]" if forms else "") + ("[@WHERE]" if self.place else "")


def _stall(text: str) -> ChaosEffect:
    """`20s`, or `20s/5s`: how long, and how often a keep-alive comes."""
    long, slash, often = text.partition("/")
    seconds, every = amounts.seconds(long), amounts.seconds(often) if slash else 0.0
    return lambda script, seam, _dice: faults.stall(script, seam, seconds, every)


def _slow(text: str) -> ChaosEffect:
    times = amounts.factor(text)
    return lambda script, seam, _dice: faults.slow(script, seam, times)


def _jitter(text: str) -> ChaosEffect:
    seconds = amounts.seconds(text)
    return lambda script, seam, dice: faults.jitter(script, seam, dice, seconds)


def _drop(text: str) -> ChaosEffect:
    number = amounts.count(text)
    return lambda script, seam, _dice: faults.drop(script, seam, number)


def _repeat(text: str) -> ChaosEffect:
    number = amounts.count(text)
    return lambda script, seam, _dice: faults.repeat(script, seam, number)


def _error(text: str) -> ChaosEffect:
    code = amounts.code(text)
    return lambda script, seam, _dice: faults.error(script, seam, code)


def _failed(text: str) -> ChaosEffect:
    code = amounts.code(text)
    return lambda script, seam, _dice: faults.failed(script, seam, code)


def _cut_byte(text: str) -> ChaosEffect:
    part = amounts.one_of(text, {"event": faults.half_of, "character": faults.up_to_a_character})
    return lambda script, seam, _dice: faults.cut_byte(script, seam, part)


def _merge(text: str) -> ChaosEffect:
    """`4kB`, or `2s`: until there is so much, or for so long."""
    if amounts.is_duration(text):
        seconds = amounts.seconds(text)
        return lambda script, _seam, _dice: delivery.merge_times(script, seconds)
    size = amounts.size(text)
    return lambda script, _seam, _dice: delivery.merge(script, size)


def _byte_reads(text: str) -> ChaosEffect:
    size = amounts.count(text)
    return lambda script, _seam, _dice: delivery.byte_reads(script, size)


def _wrong_type(text: str) -> ChaosEffect:
    name = amounts.media_type(text)
    return lambda script, _seam, _dice: delivery.wrong_type(script, name)


def _status(text: str) -> ChaosEffect:
    """`503`, or `503/2s`: with the time after which to come again."""
    said, slash, later = text.partition("/")
    number = amounts.status(said)
    wait = amounts.seconds(later) if slash else _WAITS.get(number)
    return lambda script, _seam, _dice: delivery.status(script, number, wait)


def _at_its_seam(fault: Callable[[AnswerScript, Seam], AnswerScript]) -> ChaosEffect:
    return lambda script, seam, _dice: fault(script, seam)


_ROWS = (
    ChaosKind("slow", "Everything takes so many times as long.", _slow, "2x", place="0s"),
    ChaosKind(
        "jitter",
        "Each read is late by chance, by so much at most.",
        _jitter,
        "200ms",
        place="0s",
        by_chance=True,
    ),
    ChaosKind(
        "stall",
        "Nothing comes for so long; with /5s a keep-alive comes every 5 s (on a socket a ping).",
        _stall,
        "10s",
        ("10s/5s",),
        place="50%",
    ),
    ChaosKind("drop", "So many events are left out.", _drop, "1", place="50%"),
    ChaosKind("repeat", "An event comes again, so many times.", _repeat, "1", place="50%"),
    ChaosKind(
        "swap",
        "An event comes behind the one that follows it.",
        lambda _: _at_its_seam(faults.swap),
        place="50%",
    ),
    ChaosKind(
        "error",
        "An error event with this code comes in place of the rest.",
        _error,
        "server_error",
        place="50%",
        withholds=True,
    ),
    ChaosKind(
        "failed",
        "response.failed with this code comes in place of the rest.",
        _failed,
        "server_error",
        place="50%",
        withholds=True,
    ),
    ChaosKind(
        "cut-byte",
        "The connection is closed in the middle of an event, or in a character of several bytes.",
        _cut_byte,
        "event",
        ("character",),
        place="50%",
        withholds=True,
    ),
    ChaosKind(
        "cut",
        "The connection is reset.",
        lambda _: _at_its_seam(faults.cut),
        place="50%",
        withholds=True,
    ),
    ChaosKind(
        "end",
        "The answer ends as if it were whole: without the event that ends a response.",
        lambda _: _at_its_seam(faults.end),
        place="100%",
        withholds=True,
    ),
    ChaosKind(
        "never-end",
        "Nothing comes any more, and the connection stays open; by itself behind the last event.",
        lambda _: _at_its_seam(faults.never_end),
        place="end",
        withholds=True,
    ),
    ChaosKind(
        "merge",
        "Reads are held back until there is so much, or for so long, as by a proxy that buffers.",
        _merge,
        "4kB",
        ("2s",),
    ),
    ChaosKind(
        "gzip",
        "The stream is packed (Content-Encoding), and each write of it flushed.",
        lambda _: lambda script, _seam, _dice: delivery.gzip(script),
        not_on_sockets="its messages have no Content-Encoding",
    ),
    ChaosKind("byte-reads", "So few bytes go out at a time, wherever that cuts.", _byte_reads, "1"),
    ChaosKind(
        "wrong-type",
        "The Content-Type is another one; the stream stays as it is.",
        _wrong_type,
        "text/html",
        not_on_sockets="its messages have no Content-Type",
    ),
    ChaosKind(
        "status",
        "An error in place of the stream, after which to come again in 2 s (Retry-After); 429 and"
        " 503 say 1 s by themselves.",
        _status,
        "503",
        ("503/2s",),
        withholds=True,
    ),
)

CHAOS_KINDS = {row.name: row for row in _ROWS}
"""The kinds by their names, in the order in which they befall an answer."""


def chaos_table() -> str:
    """The table as the manual prints it."""
    rows = [("fault", "by itself at", "what the client gets"), ("---",) * 3]
    for each in CHAOS_KINDS.values():
        spelling = each.spelling.replace("|", "\\|")
        rows.append((f"`{spelling}`", each.place and f"`{each.place}`", each.means))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
