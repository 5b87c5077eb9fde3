"""What the inspector says of the findings of one event: all of them, and each at its field."""

from __future__ import annotations

import json
from operator import attrgetter
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
    """Return what is wrong with an event, a paragraph for each rule, the worst first.

    Args:
        wrong: The findings that name it.
        number: The event; what it is not to blame for says where it was found.
    """
    rules: dict[tuple[str, str], list[Finding]] = {}
    for each in sorted(wrong, key=attrgetter("rank")):
        rules.setdefault((each.level, each.rule), []).append(each)
    return "\n\n".join(_paragraph(found, number) for found in rules.values())


def _paragraph(found: Sequence[Finding], number: Entry | None) -> str:
    first = found[0]
    lines = (
        f"{first.level}  {first.rule}",
        *(f"{each.message}{_where(each, number)}" for each in found),
        f"the rule: {RULES[first.rule].demand}",
        first.source,
    )
    return "\n".join(map(clean_line, lines))


def _where(finding: Finding, number: Entry | None) -> str:
    at, *others = events_of(finding)
    said = others if finding.entries[0] == number else [f"found at {at}"]
    return f"  ({said[0]})" if said else ""


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
            said = f"{FLAG} {each.rule}: {each.message}. {rule.demand} ({each.source})"
            notes.setdefault(path, []).append(clean_line(said))
    return notes
