"""What is still open when a response is completed: items and texts that no event has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem, Items
    from codex_tui.findings.text_groups import TextGroup
    from codex_tui.findings.texts import CheckedText


def check_left_open(findings: Findings, items: Items, ended_as: str, number: int) -> None:
    """Say what was not closed.

    Args:
        findings: Who is told.
        items: What streamed.
        ended_as: The terminal event's type.
        number: Its number.
    """
    opened = any(each.added for each in items.all)
    for item in items.all:
        if item.before:
            continue
        if item.done is None and item.added:
            findings.add(
                *("order.item-not-done", (min(item.last + 1, number), item.opened)),
                f"no response.output_item.done for {item.named}, and the response is completed",
                expected="response.output_item.done",
                seen=ended_as,
            )
        if item.added or not opened:  # else it is there only since a delta went to a wrong place
            for group in item.groups.values():
                _check_group(findings, item, group, ended_as, number)


def _check_group(
    findings: Findings, item: CheckedItem, group: TextGroup, ended_as: str, number: int
) -> None:
    opened = item.added and any(each.opened is not None for each in group.texts)
    for text in group.texts:
        if not (opened and text.kind.parts and text.opened is None):  # a delta went astray
            _check_text(findings, item, text, ended_as, number)


def _check_text(
    findings: Findings, item: CheckedItem, text: CheckedText, ended_as: str, number: int
) -> None:
    hole = _after(text, number)
    if text.open:
        findings.add(
            *("order.done-missing", (hole, text.first or item.opened)),
            f"deltas of the {text.kind.name} of {item.named}, and no event that closes it",
            expected=f"a done event of the {text.kind.name}",
            seen=ended_as,
        )
    elif text.opened is not None and text.closed is None:
        findings.add(
            *("order.part", (hole, text.opened)),
            f"part {text.index} of {item.named} was opened, and never closed",
            expected="the done event of the part",
            seen=ended_as,
            detail=f"item {item.index} {text.kind.group} closed",
            once=True,
        )


def _after(text: CheckedText, number: int) -> int:
    """The first event behind a hole: where something should stand that closes a text."""
    return min((text.last or number) + 1, number)
