"""Every event type has a family, a letter and a colour."""

from __future__ import annotations

import pytest

from codex_tui.wire.base import Family
from codex_tui.wire.registry import EVENT_CLASSES, comes_in_runs, family_of, short_name


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("response.created", Family.LIFECYCLE),
        ("response.output_item.added", Family.LIFECYCLE),
        ("response.reasoning_summary_text.delta", Family.REASONING),
        ("response.output_text.delta", Family.OUTPUT),
        ("response.refusal.done", Family.OUTPUT),
        ("response.function_call_arguments.delta", Family.TOOL),
        ("response.web_search_call.searching", Family.TOOL),
        ("response.mcp_list_tools.completed", Family.TOOL),
        ("response.failed", Family.ERROR),
        ("error", Family.ERROR),
        ("malformed", Family.ERROR),
        ("keepalive", Family.KEEPALIVE),
        ("response.codex.hint", Family.UNKNOWN),
        ("response.some_new_call.delta", Family.UNKNOWN),
    ],
)
def test_a_name_tells_the_family(name: str, family: Family) -> None:
    assert family_of(name) is family


def test_no_documented_type_is_unknown() -> None:
    assert Family.UNKNOWN not in {family_of(name) for name in EVENT_CLASSES}


def test_letters_are_told_apart_and_every_family_has_a_theme_variable() -> None:
    assert len({family.value for family in Family}) == len(Family)
    assert {family.variable for family in Family} == {
        f"event-{each.name.lower()}" for each in Family
    }


def test_deltas_fold_and_their_ends_do_not() -> None:
    assert comes_in_runs("response.output_text.delta")
    assert not comes_in_runs("response.output_text.done")
    assert short_name("response.output_text.done") == "output_text.done"
