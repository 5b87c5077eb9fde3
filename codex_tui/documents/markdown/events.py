"""What pyromark says of a text, in characters: it counts the bytes of UTF-8.

The events are taken from the iterator one by one; gathered in a list, they would keep the garbage
collector busy. The library is loaded with the first text.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.documents.markdown.links import normalized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pyromark import Options
    from pyromark.event import BrokenLink

_FIRST = bytes((byte & 0xC0) != 0x80 for byte in range(256))
"""Whether a byte is the first of a character."""


class Event(Struct, gc=False):
    """One thing that the text says."""

    kind: str
    """`Start`, `End`, what has no parts, or `Definition`, which the library tells apart."""
    tag: str
    """What starts or ends."""
    value: Any
    start: int
    end: int


def events(
    text: str, resolve: Callable[[str], str | None], unknown: Callable[[int, str], None]
) -> Iterator[Event]:
    """Yield the events; labels that the text does not define are looked up, or told."""
    import pyromark

    at = _characters(text)

    def look_up(link: BrokenLink) -> tuple[str, str] | None:
        label = normalized(link["reference"])
        if (target := resolve(label)) is not None:
            return target, ""
        unknown(at[link["span"]["start"]], label)
        return None

    found = pyromark.events_with_range(
        text,
        options=_options(),
        broken_link_callback=look_up,
    )
    defined = _definitions(text, at)
    for event, span in found:
        kind, tag, value = _parts(event)
        start, end = at[span["start"]], at[span["end"]]
        while defined and defined[-1].start < (end if kind == "End" else start):
            yield defined.pop()
        yield Event(kind, tag, value, start, end)
    yield from reversed(defined)


@cache
def _options() -> Options:
    from pyromark import Options

    return Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_TASKLISTS


def _parts(event: Any) -> tuple[str, str, Any]:
    if isinstance(event, str):
        return event, "", None
    ((kind, value),) = event.items()
    if kind not in ("Start", "End"):
        return kind, "", value
    if isinstance(value, str):
        return kind, value, None
    ((tag, value),) = value.items()
    return kind, tag, value


def _definitions(text: str, at: Sequence[int]) -> list[Event]:
    """Return the link reference definitions (CommonMark §4.7), the last one first."""
    if "]:" not in text:
        return []
    import pyromark

    found = pyromark.reference_definitions(text, options=_options())
    defined = [
        Event(
            "Definition",
            "",
            (normalized(label), each["dest"]),
            at[each["span"]["start"]],
            at[each["span"]["end"]],
        )
        for label, each in found.items()
    ]
    return sorted(defined, key=lambda event: event.start, reverse=True)


def _characters(text: str) -> Sequence[int]:
    """Return which character each byte belongs to, and the number of all behind the last."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(text.encode().translate(_FIRST))]
