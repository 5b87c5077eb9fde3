"""The comparison of two runs, question by question.

Times and figures are there to be looked at; they are no differences: two runs never take as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codex_tui.comparison.discrepancies import (
    Placed,
    finder,
    of_ends,
    of_order,
    of_request,
    of_rows,
    of_rules,
    of_texts,
    of_unstreamed,
    of_usage,
)
from codex_tui.comparison.events import events_diff
from codex_tui.comparison.figure_pairs import figure_pairs
from codex_tui.comparison.findings_change import findings_changes
from codex_tui.comparison.item_texts import text_diffs
from codex_tui.comparison.json_changes import changes
from codex_tui.comparison.pairing import paired
from codex_tui.comparison.request import request_diff
from codex_tui.figures.report import usage_object
from codex_tui.model.endings import words_of_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from codex_tui.comparison.discrepancies import Discrepancy
    from codex_tui.comparison.events import EventsDiff
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.comparison.findings_change import FindingsChange
    from codex_tui.comparison.json_changes import ValueChange
    from codex_tui.comparison.pairing import ItemPair
    from codex_tui.comparison.request import RequestDiff
    from codex_tui.comparison.runs import ComparedRun
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.model.conversation import Turn


@dataclass(frozen=True)
class Comparison:
    """Two runs, A and B, and what differs.

    Attributes:
        a: One run; of several a side, the first.
        b: The other.
        runs: How many there are on each side; figures are of all of them, all else of the first.
        items: Which item of A is which of B.
        events: The events, row by row.
        texts: What the items say; those that say nothing are not among them.
        request: What was asked.
        ends: How it ended, where that differs.
        usage: The tokens, where they differ.
        findings: The rules that were broken another number of times.
        figures: All figures, side by side.
    """

    a: ComparedRun
    b: ComparedRun
    runs: tuple[int, int]
    items: tuple[ItemPair, ...]
    events: EventsDiff
    texts: tuple[TextDiff, ...]
    request: RequestDiff
    ends: tuple[ValueChange, ...]
    usage: tuple[ValueChange, ...]
    findings: tuple[FindingsChange, ...]
    figures: tuple[FigurePair, ...]

    @classmethod
    def of(
        cls,
        a: ComparedRun,
        b: ComparedRun,
        *,
        more_a: Sequence[ComparedRun] = (),
        more_b: Sequence[ComparedRun] = (),
    ) -> Comparison:
        """Compare two runs.

        Args:
            a: One.
            b: The other.
            more_a: Further runs on the side of `a`, for the figures.
            more_b: Further runs on the other side.
        """
        items = tuple(paired(a.strands, b.strands))
        return cls(
            a,
            b,
            (1 + len(more_a), 1 + len(more_b)),
            items,
            events_diff(items, a.loose, b.loose),
            tuple(text_diffs(items)),
            request_diff(a.turn.request, b.turn.request),
            tuple(_end_changes(a.turn, b.turn)) if a.turn.ended and b.turn.ended else (),
            tuple(changes(_usage(a.turn), _usage(b.turn), "usage")),
            tuple(findings_changes(a.findings, b.findings)),
            tuple(
                figure_pairs(
                    [run.measures for run in (a, *more_a)], [run.measures for run in (b, *more_b)]
                )
            ),
        )

    @cached_property
    def differences(self) -> tuple[Discrepancy, ...]:
        """All that differs, in order of time."""
        rows, request = self.events.rows, self.request
        where = finder(rows)
        ends = (*of_ends(self.ends, rows), *of_usage(self.usage))
        behind = (*of_order(self.items), *of_unstreamed(self.items), *ends)
        found = [Placed(-1, each) for each in of_request(request)]
        found += of_rows(self.events, request.asked)
        found += (Placed(len(rows), each) for each in behind)
        pointed = (*of_texts(self.texts), *of_rules(self.findings))
        found += (Placed(where(each.a, each.b), each) for each in pointed)
        return tuple(each.found for each in sorted(found, key=lambda each: each.at))

    @property
    def alike(self) -> bool:
        """Whether nothing differs but times and figures."""
        return not self.differences


def _end_changes(a: Turn, b: Turn) -> Iterator[ValueChange]:
    """What differs in how they ended; a status that a file has not kept is no other one."""
    known = None not in (a.response_head, b.response_head)
    return changes(_end(a, status=known), _end(b, status=known))


def _end(turn: Turn, *, status: bool) -> dict[str, Any]:
    """How a turn ended, and with which status it was answered."""
    head, response = turn.response_head, turn.transcript.response
    return {
        "ended": words_of_end(turn.how),
        "HTTP status": head.status if status and head is not None else None,
        "reason": response.incomplete_reason,
    }


def _usage(turn: Turn) -> dict[str, Any]:
    return usage_object(turn.transcript.usage_sum) or {}
