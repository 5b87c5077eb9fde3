"""Why a stream broke before it was taken up again leaves as masked as all else."""

from __future__ import annotations

import pytest

from codex_tui.exports.formats import FORMATS
from codex_tui.recording.records import ResponseRecord
from tests.exports.sessions import answer, export, redacting, structure

KEY = "sk-CANARY-0123456789abcdefghij"
NAMES = [each.name for each in FORMATS.values() if not each.drawn]


@pytest.mark.parametrize("format_", NAMES)
def test_a_secret_in_it_stays_here(format_: str) -> None:
    *before, end = answer()
    taken_up = ResponseRecord(1, 9.0, 200, {}, 3, f"The server said {KEY}.")
    data = export([*before, taken_up, end], format_, redacting())
    assert KEY.encode() not in data
    data = export([*before, taken_up, end], format_, structure())
    assert b"The server said" not in data
