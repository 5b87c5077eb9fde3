"""Two requests: what differs in their bodies, and the first input item that does.

A prompt cache serves what two requests begin with: tools, instructions, then the input item by
item. So the first item that differs says where it was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_tui.comparison.json_changes import ValueChange, changes
from codex_tui.comparison.left_out import without_ids
from codex_tui.json_text import is_too_deep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.recording.records import RequestRecord


INPUTS = ("input", "messages")
"""The keys under which an API takes what was said so far, item by item."""


@dataclass(frozen=True, slots=True)
class RequestDiff:
    """What differs in what was asked.

    Attributes:
        values: What differs, by path.
        items: How many input items each side has; None where the body is not known.
        same: How many of them are the same on both sides, from the beginning.
        known: Whether the body is known, on each side.
    """

    values: tuple[ValueChange, ...] = ()
    items: tuple[int, int] | None = None
    same: int = 0
    known: tuple[bool, bool] = (False, False)

    @property
    def alike(self) -> bool:
        """Whether both asked the same, or nobody knows what one of them asked."""
        return not self.values

    @property
    def asked(self) -> frozenset[str]:
        """The outermost keys under which something differs."""
        return frozenset(each.top for each in self.values)

    @property
    def first_item(self) -> int | None:
        """The place of the first input item that differs, from 0; None where none does."""
        if self.items is None or self.items == (self.same, self.same):
            return None
        return self.same


def request_diff(a: RequestRecord | None, b: RequestRecord | None) -> RequestDiff:
    """Return what differs between two requests: nothing where the body of one is not known."""
    here, there = _body(a), _body(b)
    known = here is not None, there is not None
    if here is None or there is None:
        return RequestDiff(known=known)
    mine, yours = _input(here), _input(there)
    return RequestDiff(
        tuple(changes(here, there)), (len(mine), len(yours)), _same_from_start(mine, yours), known
    )


def _body(request: RequestRecord | None) -> dict[str, Any] | None:
    body = None if request is None else request.body
    if not isinstance(body, dict) or is_too_deep(body):
        return None
    plain = {k: without_ids(v) if k in INPUTS else v for k, v in body.items() if k != "type"}
    if body.get("previous_response_id") is not None:
        plain["previous_response_id"] = "(an id)"
    return plain


def _input(body: dict[str, Any]) -> list[Any]:
    given: Any = next((body[key] for key in INPUTS if body.get(key) is not None), [])
    return given if isinstance(given, list) else [given]


def _same_from_start(a: Sequence[Any], b: Sequence[Any]) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(a), len(b)))
