"""What a thread finds is taken by a loop or a thread, and so is what ends it; a bound is kept."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from codex_tui.threads import Background

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("error", [OSError("the disk"), TypeError("a mistake")])
async def test_what_ends_the_thread_is_raised_where_the_items_are_taken(error: Exception) -> None:
    def find() -> Iterator[int]:
        yield 1
        raise error

    items = aiter(Background(find, name="test", ahead=4))
    assert await anext(items) == 1
    with pytest.raises(type(error), match=str(error)):
        await anext(items)


@pytest.mark.parametrize("error", [OSError("the disk"), TypeError("a mistake")])
def test_a_thread_that_waits_for_the_items_hears_of_it_too(error: Exception) -> None:
    def find() -> Iterator[int]:
        yield 1
        raise error

    items = iter(Background(find, name="test", ahead=4))
    assert next(items) == 1
    with pytest.raises(type(error), match=str(error)):
        next(items)


@pytest.mark.parametrize(("weight", "most"), [(1, 12), (4, 3), (100, 1)])
def test_what_is_found_ahead_is_bounded_by_its_weight(weight: int, most: int) -> None:
    ahead: list[int] = []
    taken: list[int] = []
    full = Event()

    def find() -> Iterator[int]:
        for number in range(40):
            ahead.append(number - len(taken))
            if number == most:
                full.set()
            yield number

    items = Background(find, name="test", ahead=12, weigh=lambda _: weight)
    items.begin()
    assert full.wait(10)
    taken.extend(items)
    assert taken == list(range(40))
    assert max(ahead) <= most + 1  # one is in the thread's own hands, another may just be taken


def test_all_that_wait_are_let_go() -> None:
    asked = Event()

    def find() -> Iterator[int]:
        yield 1
        asked.set()
        yield 2

    items = Background(find, name="test", ahead=1)
    items.begin()
    assert asked.wait(10)
    items.stop()
    items._thread.join(10)
    assert items.over
    assert list(items) == []
