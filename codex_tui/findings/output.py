"""The final response against what streamed: the same items, in one order, with the same texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.findings.finding import cut, quoted
from codex_tui.findings.items import is_silent
from codex_tui.findings.texts import Saying, texts_in
from codex_tui.wire.items import OutputItem, ToolCallItem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem, Items
    from codex_tui.wire.events import LifecycleEvent

    Say = Callable[[CheckedItem, Saying, int], None]


def check_output(
    findings: Findings, items: Items, event: LifecycleEvent, number: int, say: Say
) -> None:
    """Check the output of a final response.

    Args:
        findings: Who is told.
        items: What streamed.
        event: The terminal event.
        number: Its number.
        say: Compares a text with what was said of it before.
    """
    output = event.response.output
    done = [item for item in items.all if item.done is not None]
    if not output:
        _check_empty(findings, done, number)
        return
    met = [items.find(sent, index) for index, sent in enumerate(output)]
    for sent, known in zip(output, met, strict=True):
        if known is None:
            _only_final(findings, sent, number)
        else:
            _check_item(findings, items, known, sent, number, say)
    _check_missing(findings, done, met, number)
    _check_order(findings, met, number)


def _check_empty(findings: Findings, done: Sequence[CheckedItem], number: int) -> None:
    if done:
        findings.add(
            *("output.differs", (number, *(item.done or item.opened for item in done))),
            f"the output of the final response is empty, and {len(done):,} "
            f"item{'s' * (len(done) > 1)} streamed",
            expected=f"{len(done):,} items",
            seen="[]",
            at_most="note" if findings.backend else None,
        )


def _only_final(findings: Findings, sent: OutputItem, number: int) -> None:
    if isinstance(sent, ToolCallItem) or not is_silent(sent):
        findings.add(
            *("text.only-final", (number,)),
            f"{sent.type} {quoted(sent.id)} stands only in the final response, and never streamed",
            expected="an item that streamed",
            seen=f"{sent.type} in the output",
        )


def _check_item(
    findings: Findings,
    items: Items,
    known: CheckedItem,
    sent: OutputItem,
    number: int,
    say: Say,
) -> None:
    said = known.done or known.opened
    if known.id and sent.id and sent.id != known.id:
        findings.add(
            *("output.differs", (number, said)),
            f"{known.named} has the id {quoted(sent.id)} in the final response",
            expected=known.id,
            seen=sent.id,
        )
    if known.type and sent.type != known.type:
        findings.add(
            *("output.differs", (number, said)),
            f"{known.named} is {quoted(sent.type)} in the final response",
            expected=known.type,
            seen=sent.type,
        )
        return
    items.check_call(known, sent, number)
    for kind, index, text in texts_in(sent):
        say(known, Saying(kind, index, text, "the final response"), number)


def _check_missing(
    findings: Findings,
    done: Sequence[CheckedItem],
    met: Sequence[CheckedItem | None],
    number: int,
) -> None:
    found = {id(item) for item in met}
    for item in done:
        if id(item) not in found:
            findings.add(
                *("output.differs", (number, item.done or item.opened)),
                f"{item.named} was done, and the final response lacks it",
                expected=item.named,
                seen="another output",
            )


def _check_order(findings: Findings, met: Sequence[CheckedItem | None], number: int) -> None:
    indices = [item.index for item in met if item is not None]
    if indices != sorted(indices):
        findings.add(
            *("output.differs", (number,)),
            f"the output has the items in the order {indices}",
            expected="the order of their output_index",
            seen=cut(str(indices)),
        )
