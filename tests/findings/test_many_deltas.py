"""What a check keeps of a text that grows for long: what it says, and not each of its pieces."""

from __future__ import annotations

import gc

from codex_tui.engine.folded import Folded
from codex_tui.findings import Checker
from codex_tui.findings.texts import CheckedText
from tests.findings.streams import frame
from tests.hostile.many import text_of_deltas


def test_many_deltas_are_kept_in_few_pieces() -> None:
    checker = Checker()
    folded = Folded(checker)
    for record in map(frame, text_of_deltas(20_000)):
        arrival = folded.take(record)
        checker.take(record, arrival.event, arrival.turn)
    whole = "word " * 20_000
    texts = [each for each in gc.get_objects() if isinstance(each, CheckedText)]
    [grown] = [each for each in texts if sum(map(len, each.pieces)) == len(whole)]
    assert len(grown.pieces) < 1_000
    assert grown.joined() == whole
