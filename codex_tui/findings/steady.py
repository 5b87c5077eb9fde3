"""Deltas that go on: the same text, with everything about it as it was with the one before.

This is nearly all of a stream, and what a check may cost there is a small part of what folding
costs. Whatever differs in anything goes the long way. Numbers are compared by identity: a small
one is one object, and the `NOT_SENT` that equals 0 is another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.payloads import NOTHING, lacks
from codex_tui.findings.texts import DELTAS
from codex_tui.wire import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.payloads import FieldsFound
    from codex_tui.findings.texts import CheckedText
    from codex_tui.wire.sse import ServerSentEvent


_SELDOM = 0x1FF
"""Of numbers: one of so many is the moment to gather what came."""


class SteadyRun:
    """The text that grows, and what its next delta has to be like.

    Args:
        item: The item.
        text: Its text.
        event: A delta that was checked.
        frame: What carried it.
        number: Its number in the file.
        fields: What is wrong with its fields, and so with those of all of them.
    """

    __slots__ = (
        *("append", "bare", "cls", "fields", "id", "index", "item", "item_id", "last"),
        *("name", "output_index", "same", "text"),
    )

    def __init__(
        self,
        item: CheckedItem,
        text: CheckedText,
        event: Any,
        frame: ServerSentEvent,
        number: int,
        fields: FieldsFound,
    ) -> None:
        self.cls = event.__class__
        self.same = _SAME[DELTAS[self.cls].index] if self.cls is not _TEXT else _same_text
        self.item, self.text = item, text
        self.append = text.pieces.append
        self.item_id = event.item_id
        self.output_index = event.output_index
        self.index = getattr(event, text.kind.index or "output_index")
        self.bare = getattr(event, "logprobs", None) is None
        self.name, self.id = frame.event, frame.id
        self.last = number
        """The latest event of the run; told to the text when it ends."""
        self.fields = fields

    def take(self, event: Any, frame: ServerSentEvent, number: int) -> bool:
        """Take in the next delta; return False for whatever is something else."""
        fields = self.fields
        if not (
            event.__class__ is self.cls
            and frame.event == self.name
            and frame.id == self.id
            and self.same(self, event)
            and (fields is NOTHING or lacks(frame.data, fields.absent))
            and frame.raw is None
        ):
            return False
        self.append(event.delta)
        self.last = number
        if not number & _SELDOM:
            self.text.gather()
        if fields is not NOTHING:
            fields.again(number)
        return True

    def leave(self) -> None:
        """Say that another event has come."""
        self.text.last = self.item.last = self.last


def steady_run(
    item: CheckedItem, event: Any, frame: ServerSentEvent, number: int, found: FieldsFound
) -> SteadyRun | None:
    """Return the run that a delta begins; None where the next ones have to be looked at again.

    Args:
        item: The item that it is of.
        event: A delta that was checked.
        frame: What carried it.
        number: Its number in the file.
        found: What was found of its fields.
    """
    kind = DELTAS[event.__class__]
    if item.before or item.done is not None or found.absent is None or not _is_whole(event):
        return None
    text = item.group(kind).at(getattr(event, kind.index) if kind.index else 0)
    if text is None or text.kind is not kind or text.done is not None:
        return None
    return SteadyRun(item, text, event, frame, number, found)


_TEXT = ev.ResponseOutputTextDeltaEvent


def _same_text(run: SteadyRun, event: Any) -> bool:
    return (
        event.item_id == run.item_id
        and event.output_index is run.output_index
        and event.content_index is run.index
        and (event.logprobs is None) is run.bare
        and not event.logprobs
        and event.sequence_number is not None
        and event.delta.__class__ is str
    )


def _same_part(run: SteadyRun, event: Any) -> bool:
    return (
        event.item_id == run.item_id
        and event.output_index is run.output_index
        and event.content_index is run.index
        and event.sequence_number is not None
        and event.delta.__class__ is str
    )


def _same_summary(run: SteadyRun, event: Any) -> bool:
    return (
        event.item_id == run.item_id
        and event.output_index is run.output_index
        and event.summary_index is run.index
        and event.sequence_number is not None
        and event.delta.__class__ is str
    )


def _same_command(run: SteadyRun, event: Any) -> bool:
    return (
        event.item_id == run.item_id
        and event.output_index is run.output_index
        and event.command_index is run.index
        and event.sequence_number is not None
        and event.delta.__class__ is str
    )


def _same_item(run: SteadyRun, event: Any) -> bool:
    return (
        event.item_id == run.item_id
        and event.output_index is run.output_index
        and event.sequence_number is not None
        and event.delta.__class__ is str
    )


_SAME: dict[str, Callable[[SteadyRun, Any], bool]] = {
    "content_index": _same_part,
    "summary_index": _same_summary,
    "command_index": _same_command,
    "": _same_item,
}


def _is_whole(event: Any) -> bool:
    """Whether a delta has all that the next ones are compared with."""
    return event.sequence_number is not None and event.item_id is not None
