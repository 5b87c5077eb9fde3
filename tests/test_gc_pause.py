"""The collector rests during the start, and only then."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from codex_tui.gc_pause import hold_collector, release_collector

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_a_held_collector_is_released_without_what_was_there() -> None:
    hold_collector()
    assert not gc.isenabled()
    release_collector()
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_a_collector_that_was_not_held_walks_everything() -> None:
    release_collector()
    assert gc.isenabled()
    assert not gc.get_freeze_count()
