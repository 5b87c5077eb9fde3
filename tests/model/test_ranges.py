"""What a selected range holds."""

from __future__ import annotations

from codex_tui.model.record_facts import facts_of_range, headline_of_range
from tests.tui.stage import Script


def test_a_range_says_what_came_when_and_of_which_types() -> None:
    script = Script().ask("why").created().text("a", "b", "c").keep_alive(2.0)
    log = script.log
    facts = dict(facts_of_range(log, 2, 6))
    assert headline_of_range(log, 2, 6) == "#1 to #4"
    assert (facts["events"], facts["reads"]) == ("4", "5")
    assert facts["time"] == "0.752 s to 2.812 s"
    assert facts["lasting"] == "2.1 s"
    assert (facts["×3"], facts["×1"]) == ("output_text.delta", "comment")


def test_a_range_of_marks_has_no_events() -> None:
    log = Script().ask("why").log
    assert headline_of_range(log, 0, 1) == "a range without events"
