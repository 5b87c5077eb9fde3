"""Which field of an event a finding is about, where there is one: faces say it there.

The candidates of a rule stand in a table; what came decides between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codex_tui.findings.finding import Finding

_INDICES = ("output_index", "content_index", "summary_index", "annotation_index", "command_index")
_TEXTS = (
    *("text", "refusal", "arguments", "input", "code", "part.text", "part.refusal"),
    *("item.arguments", "item.input", "item.code", "item.content", "item.summary"),
    "response.output",
)

FIELDS: Mapping[str, Sequence[str]] = {
    "wire.event-name": ("type",),
    "wire.encoding": ("delta", "text"),
    "field.unknown-type": ("item.type", "part.type", "type"),
    "number.gap": ("sequence_number",),
    "number.repeat": ("sequence_number",),
    "number.back": ("sequence_number",),
    "number.start": ("sequence_number",),
    "index.collision": _INDICES,
    "index.gap": _INDICES,
    "id.changes": ("item_id", "item.call_id", "item.id", "response.id", "response.output"),
    "id.repeat": ("item.call_id", "item.id"),
    "text.differs": _TEXTS,
    "text.only-final": ("response.output",),
    "output.differs": ("item.type", "response.output"),
    "status.contradicts": ("item.status", "response.error", "response.status"),
    "usage.sum": ("response.usage",),
    "tool.arguments-json": ("arguments", "item.arguments"),
    "tool.schema": ("arguments", "item.arguments"),
    "tool.unknown": ("item.name",),
}
"""By the rule, the fields that it may be about, as paths from the event; the last that is there is
taken where what came is none of them."""


def field_of(finding: Finding, event: Mapping[str, Any]) -> str | None:
    """Return the path of the field that a finding is about, as `response.usage`.

    Args:
        finding: One whose culprit the event is.
        event: The event's JSON.
    """
    there = {path: value for path, value in _candidates(finding, event) if value is not _ABSENT}
    seen = finding.seen
    for path, value in there.items():
        if seen and seen in (value, f"{path.rpartition('.')[2]} {value}"):
            return path
    return next(reversed(there), None)


_ABSENT = object()


def _candidates(finding: Finding, event: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for path in FIELDS.get(finding.rule, ()):
        yield path, _at(event, path)
    if finding.rule == "field.type":
        name = finding.detail.rpartition(".")[2]
        for path in (f"item.{name}", f"part.{name}", f"response.{name}", name):
            yield path, _at(event, path)


def _at(event: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(event, dict) or name not in event:
            return _ABSENT
        event = event[name]
    return event
