"""One response, checked event by event: what opens and closes what, and what texts say.

Interleaved items are legal, and so is an empty delta: nothing here asks for nesting. Where a file
begins in the middle, nothing is said of what began before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.findings.items import Items, is_silent
from codex_tui.findings.left_open import check_left_open
from codex_tui.findings.output import check_output
from codex_tui.findings.said_texts import SaidTexts
from codex_tui.findings.status import check_ending, check_item, check_usage
from codex_tui.findings.texts import DELTAS, DONES, Saying, text_in, texts_in
from codex_tui.wire import events as ev
from codex_tui.wire.base import ItemSignalEvent
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.texts import CheckedText, TextKind
    from codex_tui.wire.base import ResponseStreamEvent

    PartEvent = (
        ev.ContentPartEvent
        | ev.ResponseReasoningSummaryPartAddedEvent
        | ev.ResponseReasoningSummaryPartDoneEvent
    )


class ResponseCheck:
    """What is known of one response of a stream.

    Args:
        findings: Who is told.
        middle: Whether the file begins in its middle.
        created: The event that created it; None where none did.
    """

    def __init__(
        self, findings: Findings, *, middle: bool = False, created: int | None = None
    ) -> None:
        self.id = ""
        self.created = created
        self.middle = middle
        self.ended: int | None = None
        """The event that ended it."""
        self.ended_as = ""
        self.last = created or 0
        self.items = Items(findings, middle=middle)
        self._findings = findings
        self._texts = SaidTexts(findings)

    # -- what events say ---------------------------------------------------------------------

    def take(self, event: ResponseStreamEvent, number: int) -> CheckedItem | None:
        """Take in an event that is not the response's end, nor after it."""
        self.last = number
        handler = HANDLERS.get(event.__class__)
        return None if handler is None else handler(self, event, number)

    def named(self, event: ev.LifecycleEvent, number: int) -> None:
        """Check the response's own id."""
        id_ = event.response.id
        if self.id and id_ and id_ != self.id:
            self._findings.add(
                *("id.changes", (number,)),
                f"the response's id was {quoted(self.id)}, and is {quoted(id_)} here",
                expected=self.id,
                seen=id_,
                detail="response",
                once=True,
            )
        self.id = self.id or id_

    def item_added(self, event: ev.ResponseOutputItemAddedEvent, number: int) -> CheckedItem:
        """Open an item."""
        return self.items.add(event.item, event.output_index, number)

    def item_done(self, event: ev.ResponseOutputItemDoneEvent, number: int) -> CheckedItem:
        """Close an item, and check its texts."""
        item = self.items.close(event.item, event.output_index, number)
        check_item(self._findings, event.item, item, number)
        if item.before:
            return item
        if item.added and not is_silent(event.item):
            self._done_alone(item, number)
        said = list(texts_in(event.item))
        for kind, index, text in said:
            self._texts.say(item, Saying(kind, index, text, "the item"), number)
        self._texts.check_left_out(item, {(kind.group, index) for kind, index, _ in said}, number)
        return item

    def _done_alone(self, item: CheckedItem, number: int) -> None:
        streamed = any(each.first is not None or each.done for each in item.texts)
        if not streamed:
            self._findings.add(
                *("order.done-alone", (number, item.opened)),
                f"{item.named} is done, and nothing of it was streamed",
                expected="deltas",
                seen="response.output_item.done",
            )

    def part_added(self, event: PartEvent, number: int) -> CheckedItem:
        """Open a part."""
        item, kind, index = self._part(event, number, "a part")
        if kind is None:
            return item
        self._check_part_index(item, kind, index, number)
        text = item.text(kind, index)
        text.kind, text.opened, text.last = kind, number, number
        return item

    def _check_part_index(self, item: CheckedItem, kind: TextKind, index: int, number: int) -> None:
        if item.before:
            return
        group = item.group(kind)
        taken, count = group.at(index), group.next
        if taken is not None and taken.opened is not None:
            self._findings.add(
                *("index.collision", (number, taken.opened)),
                f"{kind.index} {index} of {item.named} is taken: a part has it already",
                expected=f"{kind.index} {count}",
                seen=f"{kind.index} {index}",
            )
            group.forget(index)
        elif index > count:
            self._findings.add(
                *("index.gap", (number, item.opened)),
                f"a part of {item.named} at {kind.index} {index}, where {count} is next",
                expected=f"{kind.index} {count}",
                seen=f"{kind.index} {index}",
            )

    def part_done(self, event: PartEvent, number: int) -> CheckedItem:
        """Close a part, and check its text."""
        item, kind, index = self._part(event, number, "a part")
        if kind is None or item.before:
            return item
        whole = (text_in(event.part) or (kind, ""))[1]
        self._texts.join_split(item, kind, whole, number)
        text = item.text(kind, index)
        if text.opened is None and text.closed is None and kind.parts:
            self._no_part(item, text, number, "closes")
        text.closed = number
        self._texts.say(item, Saying(kind, index, whole, "the part"), number)
        return item

    def _part(self, event: Any, number: int, what: str) -> tuple[CheckedItem, TextKind | None, int]:
        item = self.items.of(event.item_id, event.output_index, number, what)
        found = text_in(event.part)
        index = getattr(event, found[0].index if found else "", 0)
        return item, found[0] if found else None, index

    def delta(self, event: Any, number: int) -> CheckedItem:
        """Take in a piece of a text."""
        kind = DELTAS[event.__class__]
        item = self.items.of(event.item_id, event.output_index, number, kind.name)
        text = item.text(kind, getattr(event, kind.index) if kind.index else 0)
        if item.before:
            return item
        if text.done is not None or item.done is not None:
            self._after_done(item, text, number)
        elif text.kind is not kind:
            self._other_kind(item, text, kind, number)
        else:
            self._goes_on(item, text, number)
            text.pieces.append(event.delta)
            item.group(kind).grow(text)
        return item

    def _after_done(self, item: CheckedItem, text: CheckedText, number: int) -> None:
        done = text.done if text.done is not None else item.done
        self._findings.add(
            *("order.delta-after-done", (number, done or item.opened)),
            f"a delta of the {text.kind.name} of {item.named}, which event {done} had closed",
            expected="no more deltas",
            seen="a delta",
        )

    def _other_kind(
        self, item: CheckedItem, text: CheckedText, kind: TextKind, number: int
    ) -> None:
        opened = (text.opened,) if text.opened is not None else ()
        self._findings.add(
            *("order.part", (number, *opened)),
            f"a delta of {kind.name} in a part of {item.named} that is {text.kind.name}",
            expected=text.kind.name,
            seen=kind.name,
            detail=f"item {item.index} {text.kind.group} {text.index}",
            once=True,
        )

    def _goes_on(self, item: CheckedItem, text: CheckedText, number: int) -> None:
        if text.first is None:
            text.first = number
            if text.kind.parts and text.opened is None and item.added:
                self._no_part(item, text, number, "is streamed into")
        text.last = number

    def _no_part(self, item: CheckedItem, text: CheckedText, number: int, verb: str) -> None:
        opener = "reasoning_summary_part" if text.kind.group == "summary" else "content_part"
        self._findings.add(
            *("order.part", (number, item.opened)),
            f"{text.kind.name} {verb} part {text.index} of {item.named}, which no "
            f"response.{opener}.added opened",
            expected=f"response.{opener}.added",
            seen=text.kind.name,
            detail=f"item {item.index} {text.kind.group}",
            once=True,
        )

    def done(self, event: Any, number: int) -> CheckedItem:
        """Close a text, and check it."""
        kind, field = DONES[event.__class__]
        item = self.items.of(event.item_id, event.output_index, number, f"the whole {kind.name}")
        if item.before:
            return item
        whole, index = getattr(event, field), getattr(event, kind.index) if kind.index else 0
        self._texts.join_split(item, kind, whole, number)
        text = item.text(kind, index)
        if text.first is None and text.done is None and whole:
            self._alone(item, text, number)
        text.done = text.last = number
        self._texts.say(item, Saying(kind, index, whole, "the event that closes it"), number)
        return item

    def _alone(self, item: CheckedItem, text: CheckedText, number: int) -> None:
        if text.kind.parts and text.opened is None:
            self._no_part(item, text, number, "closes")
        self._findings.add(
            *("order.done-alone", (number, item.opened)),
            f"the whole {text.kind.name} of {item.named}, and no delta before it",
            expected="deltas",
            seen="the whole",
        )

    def annotation(
        self, event: ev.ResponseOutputTextAnnotationAddedEvent, number: int
    ) -> CheckedItem:
        """Take in an annotation."""
        return self.items.of(event.item_id, event.output_index, number, "an annotation")

    def signal(self, event: Any, number: int) -> CheckedItem:
        """Take in an event whose type is all that it says."""
        return self.items.of(event.item_id, event.output_index, number, "a sign")

    # -- the end -----------------------------------------------------------------------------

    def end(self, event: ev.LifecycleEvent, number: int) -> None:
        """Take in the event that ends it, and say what is still open where it was completed."""
        self.last, self.ended, self.ended_as = number, number, str(event.type)
        self.named(event, number)
        check_ending(self._findings, event, number)
        check_usage(self._findings, event, number)
        if OUTCOMES[self.ended_as] == "completed":
            check_left_open(self._findings, self.items, self.ended_as, number)
        if OUTCOMES[self.ended_as] != "failed" and not self.middle:
            check_output(self._findings, self.items, event, number, self._texts.say)


HANDLERS: dict[type[ResponseStreamEvent], Callable[..., CheckedItem | None]] = {
    ev.ResponseOutputItemAddedEvent: ResponseCheck.item_added,
    ev.ResponseOutputItemDoneEvent: ResponseCheck.item_done,
    ev.ResponseContentPartAddedEvent: ResponseCheck.part_added,
    ev.ResponseContentPartDoneEvent: ResponseCheck.part_done,
    ev.ResponseReasoningPartAddedEvent: ResponseCheck.part_added,
    ev.ResponseReasoningPartDoneEvent: ResponseCheck.part_done,
    ev.ResponseReasoningSummaryPartAddedEvent: ResponseCheck.part_added,
    ev.ResponseReasoningSummaryPartDoneEvent: ResponseCheck.part_done,
    ev.ResponseOutputTextAnnotationAddedEvent: ResponseCheck.annotation,
    **dict.fromkeys(DELTAS, ResponseCheck.delta),
    **dict.fromkeys(DONES, ResponseCheck.done),
    **{
        cls: ResponseCheck.signal
        for cls in vars(ev).values()
        if isinstance(cls, type) and issubclass(cls, ItemSignalEvent)
    },
}
"""What is checked of each class of events; of all others, only their fields and their order."""
