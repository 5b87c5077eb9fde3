"""What a thread finds is taken by a loop, and so is what ends the thread."""

from __future__ import annotations

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
