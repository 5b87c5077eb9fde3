"""Streams, files and texts damaged at random: every promise holds of whatever comes out.

A few of each run every time, so that the fuzzers keep running; for as long as you like, and by
coverage, see `python -m tests.fuzz --help`. What was found has tests beside what it was found in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.__main__ import TARGETS
from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.shrinking import shrunk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("count", [25, pytest.param(1500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", TARGETS)
def test_promises_hold_of_damaged_input(tmp_path: Path, name: str, count: int) -> None:
    fuzzer = Fuzzer(import_module(f"tests.fuzz.{TARGETS[name]}").TARGET, tmp_path, seed=count)
    for _ in range(count):
        fuzzer.check(fuzzer.damaged(fuzzer.random.choice(fuzzer.seeds)))
    assert fuzzer.findings == {}


def test_what_fails_is_made_as_short_as_it_can_be() -> None:
    assert shrunk(b"some text with <a mistake> in it", lambda data: b"<a" in data, 60) == b"<a"
