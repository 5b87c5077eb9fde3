"""What the inspector says of the findings of one event: all of them, and each at its field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui.findings import RULES
from codex_tui.findings.pointing import field_of
from codex_tui.safe_text import clean_line
from codex_tui.tui.widgets.findings_view import events_of
from codex_tui.tui.widgets.flags import FLAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings import Finding
    from codex_tui.findings.culprits import Entry


def said_of(wrong: Sequence[Finding], number: Entry | None) -> str:
    """Return what is wrong with an event, a paragraph for each finding.

    Args:
        wrong: The findings that name it.
        number: The event; what it is not to blame for says whose fault it is.
    """
    return "\n\n".join(_paragraph(each, number) for each in wrong)


def _paragraph(finding: Finding, number: Entry | None) -> str:
    culprit, *_ = finding.entries
    where = events_of(finding) if culprit == number else [f"found at {events_of(finding)[0]}"]
    lines = (
        f"{finding.level}  {finding.rule}  {' '.join(where)}",
        finding.message,
        f"the rule: {RULES[finding.rule].demand}",
        finding.source,
    )
    return "\n".join(map(clean_line, lines))


def notes_of(wrong: Sequence[Finding], data: str) -> dict[str, list[str]]:
    """Return what is to be said at the fields of an event, by their paths.

    Args:
        wrong: The findings that it is to blame for.
        data: Its JSON.
    """
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    notes: dict[str, list[str]] = {}
    for each in wrong if isinstance(event, dict) else ():
        if (path := field_of(each, event)) is not None:
            rule = RULES[each.rule]
            said = f"{FLAG} {each.rule}: {each.message} {rule.demand} ({each.source})"
            notes.setdefault(path, []).append(clean_line(said))
    return notes
