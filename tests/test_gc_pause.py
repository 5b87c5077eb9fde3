"""The collector rests during the start, and only then."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli import main
from codex_tui.gc_pause import hold_collector, release_collector

if TYPE_CHECKING:
    from pathlib import Path


def is_walked(value: object) -> bool:
    """Whether the collector looks at an object: at those that were left out it does not."""
    return any(each is value for each in gc.get_objects())


def test_a_held_collector_is_released_without_what_was_there() -> None:
    there = [object()]
    hold_collector()
    assert not gc.isenabled()
    release_collector()
    assert gc.isenabled()
    assert not is_walked(there)


def test_a_collector_that_was_not_held_walks_everything() -> None:
    there = [object()]
    release_collector()
    assert gc.isenabled()
    assert is_walked(there)


@pytest.mark.parametrize("lasting", [True, False])
def test_what_stays_in_great_number_is_not_walked_again_if_it_is_to_last(lasting: bool) -> None:
    hold_collector()
    release_collector(lambda: lasting)
    many = [[number] for number in range(30_000)]
    gc.collect()
    assert is_walked(many[0]) is not lasting


def test_a_little_that_stays_is_walked_again_so_that_its_cycles_are_freed() -> None:
    gc.collect()
    hold_collector()
    release_collector()
    frozen = gc.get_freeze_count()
    few = [[number] for number in range(1000)]
    gc.collect()
    assert len(few) == 1000
    assert gc.get_freeze_count() <= frozen


def test_where_lines_are_printed_nothing_is_held(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "stream.sse"
    path.write_bytes(b'data: {"type":"x"}\n\n')
    assert main(["replay", str(path), "--plain", "--speed", "max"]) == 1
    assert b"1 unknown" in capsysbinary.readouterr().out
    assert gc.isenabled()
