"""The connections that stand with one that listens; at its end each is broken, and waited for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 1.0  # seconds in which connections that were broken are gone


class Breakable(Protocol):
    """A connection that can be broken."""

    @property
    def busy(self) -> bool:
        """Whether an exchange is under way."""
        ...

    def leave(self) -> None:
        """Break it, since who listens ends."""
        ...


One = TypeVar("One", bound=Breakable)


class Connected(Generic[One]):
    """Connections."""

    def __init__(self) -> None:
        self._all: set[One] = set()
        self._empty = asyncio.Event()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[One]:
        return iter(self._all)

    @property
    def busy(self) -> int:
        """On how many of them an exchange is under way."""
        return sum(one.busy for one in self._all)

    def add(self, one: One) -> None:
        """Take in one that stands."""
        self._all.add(one)

    def gone(self, one: One) -> None:
        """Take in that one is gone."""
        self._all.discard(one)
        if not self._all:
            self._empty.set()

    async def leave(self) -> None:
        """Break all of them."""
        self._empty.clear()
        for one in list(self._all):
            one.leave()
        if self._all:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), _PATIENCE)
