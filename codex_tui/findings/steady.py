"""Deltas that go on: the same text, with everything about it as it was with the one before.

This is nearly all of a stream, and what a check may cost there is a small part of what folding
costs. Whatever differs in anything goes the long way. Numbers are compared by identity: a small
one is one object, and the `NOT_SENT` that equals 0 is another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.payloads import NOTHING
from codex_tui.findings.texts import DELTAS
from codex_tui.wire import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.texts import CheckedText
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent


class SteadyRun:
    """The text that grows, and what its next delta has to be like.

    Args:
        item: The item.
        text: Its text.
        event: A delta that was checked.
        frame: What carried it.
    """

    __slots__ = (
        *("append", "bare", "cls", "fields", "id", "index", "item", "item_id", "last"),
        *("name", "output_index", "same", "text"),
    )

    def __init__(
        self, item: CheckedItem, text: CheckedText, event: Any, frame: ServerSentEvent
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
        self.last = 0
        """The latest event of the run; told to the text when it ends."""
        self.fields = NOTHING
        """What is wrong with the fields of all of them."""

    def leave(self) -> None:
        """Say that another event has come."""
        if self.last:
            self.text.last = self.item.last = self.last


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


def is_whole(event: ResponseStreamEvent) -> bool:
    """Whether a delta has all that the next ones are compared with."""
    return event.sequence_number is not None and getattr(event, "item_id", None) is not None
