"""What a response and its items say of themselves at the end: status, error, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.findings.finding import quoted
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.outcomes import contradiction_of, is_said
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.wire.events import LifecycleEvent
    from codex_tui.wire.items import OutputItem, Usage


def check_ending(findings: Findings, event: LifecycleEvent, number: int) -> None:
    """Check that a terminal event and its response say the same."""
    type_, response = str(event.type), event.response
    has_error = is_said(response.error)
    words = contradiction_of(type_, response.status, has_error=has_error)
    outcome = OUTCOMES[type_]
    if words:
        seen = f"status {response.status}" + (" with an error" if has_error else "")
        findings.add("status.contradicts", (number,), words, expected=outcome, seen=seen)
    elif _lacks_reason(outcome, event):
        findings.add(
            *("status.contradicts", (number,)),
            f"{type_} says neither an error nor a reason",
            expected="error or incomplete_details",
            seen="neither",
            at_most="note",
        )
    for index, item in enumerate(response.output if outcome == "completed" else ()):
        if item.status == "in_progress":
            findings.add(
                *("status.contradicts", (number,)),
                f"{item.type} {quoted(item.id)} at place {index} of the output of a completed "
                "response is in_progress",
                expected="completed",
                seen="in_progress",
            )


def _lacks_reason(outcome: str, event: LifecycleEvent) -> bool:
    response = event.response
    if outcome == "failed":
        return not is_said(response.error) and response.incomplete_details is None
    return outcome == "incomplete" and response.incomplete_details is None


def check_item(findings: Findings, sent: OutputItem, item: CheckedItem, number: int) -> None:
    """Check that an item that is done does not say that it goes on."""
    if sent.status == "in_progress":
        findings.add(
            *("status.contradicts", (number, item.opened)),
            f"{item.named} is done, and its status is in_progress",
            expected="completed or incomplete",
            seen="in_progress",
        )


def check_usage(findings: Findings, event: LifecycleEvent, number: int) -> None:
    """Check that the tokens of a response add up; a completed one has some."""
    usage = event.response.usage
    if usage is None:
        if OUTCOMES[str(event.type)] == "completed":
            findings.add(
                *("usage.sum", (number,)),
                "the completed response says no usage",
                expected="usage",
                seen="none",
                at_most="warning",
            )
        return
    for expected, seen in _false_sums(usage):
        words = f"usage: {seen}, where {expected} was expected"
        findings.add("usage.sum", (number,), words, expected=expected, seen=seen)


def _false_sums(usage: Usage) -> Iterator[tuple[str, str]]:
    given, made, total = usage.input_tokens, usage.output_tokens, usage.total_tokens
    known = not any(each is NOT_SENT for each in (given, made, total))
    if known and given + made != total:
        yield f"{given:,} + {made:,} = {given + made:,}", f"total_tokens {total:,}"
    cached, reasoning = usage.cached_tokens or 0, usage.reasoning_tokens or 0
    if cached > given and given is not NOT_SENT:
        yield f"at most {given:,}, the input_tokens", f"cached_tokens {cached:,}"
    if reasoning > made and made is not NOT_SENT:
        yield f"at most {made:,}, the output_tokens", f"reasoning_tokens {reasoning:,}"
    for name, value in (("input", given), ("output", made), ("total", total)):
        if value < 0:
            yield "0 or more", f"{name}_tokens {value:,}"
