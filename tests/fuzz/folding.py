"""Records folded in every way that must come to the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.cli.printers import summary_of
from codex_tui.engine.folded import Folded
from codex_tui.figures.report import whole_report
from codex_tui.model.conversation import Conversation
from codex_tui.safe_text import is_safe
from tests.model.dumps import dump

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from codex_tui.recording.records import Record


def assert_folds(records: Sequence[Record], random: Random) -> None:
    """They are folded and told; forking on the way changes nothing."""
    folded = Folded()
    for record in records:
        folded.take(record)
    folded.conversation.finish()
    for turn in folded.conversation.turns:
        json.dumps(whole_report(turn, folded.timing))
        assert all(is_safe(line) for line in summary_of(turn, folded.timing).split("\n"))
    assert dump(folded.conversation) == state(records, len(records), random, finish=True)


def state(
    records: Sequence[Record], count: int, random: Random | None = None, *, finish: bool = False
) -> Any:
    """The state after so many records; with `random`, forked now and then on the way."""
    conversation = Conversation()
    for record in records[:count]:
        if random is not None and random.random() < 0.05:
            conversation = conversation.fork()
        conversation.apply(record)
    if finish:
        conversation.finish()
    return dump(conversation)
