"""Copies of items that grow apart from then on: what a checkpoint holds, and what it gives back.

A fork costs its items, not their texts. Items that have not changed since an earlier fork may be
that fork's own, as long as nobody folds into either: checkpoints share them, restored states don't.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from codex_tui.insight.items import Item, PartedItem, ToolCall, ToolOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.insight.text import Text

Forks = dict[Item, Item]
"""The fork of each item."""


def fork_items(items: Sequence[Item], earlier: Sequence[Item] = ()) -> Forks:
    """Return the fork of each item; `earlier` are forks of the first ones that may be shared."""
    forks: Forks = {}
    outputs: dict[int, Text] = {}  # a call and its outputs hold one text
    for place, item in enumerate(items):
        before = earlier[place] if place < len(earlier) else None
        forks[item] = before if before is not None and _stands(before, item) else _fork(item)
        if isinstance(item, ToolCall):
            outputs[id(item.output)] = forks[item].texts()[1]
    for item, fork in forks.items():
        _link(item, fork, forks, outputs)
    return forks


def _stands(before: Item, item: Item) -> bool:
    """Whether an earlier fork says all that the item says; items that lead to others never do."""
    if isinstance(item, ToolOutput) or item.twin is not None:
        return False
    return before.version == item.version


def _link(item: Item, fork: Item, forks: Forks, outputs: dict[int, Text]) -> None:
    """Lead a fork to the forks of what its item leads to."""
    if item.twin is not None:
        fork.twin = forks[item.twin]
    if isinstance(item, ToolOutput) and isinstance(fork, ToolOutput):
        call = None if item.call is None else forks[item.call]
        fork.call = call if isinstance(call, ToolCall) else None
        if id(item.output) not in outputs:
            outputs[id(item.output)] = item.output.fork()
        fork.output = outputs[id(item.output)]


def _fork(item: Item) -> Item:
    fork = copy(item)
    if isinstance(fork, PartedItem):
        fork.fork_parts()
    elif isinstance(fork, ToolCall):
        fork.arguments, fork.output = fork.arguments.fork(), fork.output.fork()
        fork.commands = {index: text.fork() for index, text in fork.commands.items()}
    return fork
