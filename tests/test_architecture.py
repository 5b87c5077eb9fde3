"""ARCHITECTURE.md is true of the code: its rooms are those of the layers, its files are there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_layers import PACKAGE, ROOMS

TEXT = (Path(__file__).parent.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOM_TABLE = TEXT.split("## The rooms")[1].split("## What always holds")[0]
BEGINS = {"_version", "__main__", "__init__"}


def rooms() -> list[str]:
    """The rooms of the table, from the bottom to the top."""
    rows = re.findall(r"^\| (`[^|]+) \|", ROOM_TABLE, re.MULTILINE)
    return [room for row in rows for room in re.findall(r"`(\w+)`", row)]


def test_it_names_every_room() -> None:
    assert set(rooms()) == (ROOMS.keys() - BEGINS) | {"tui"}


def test_a_room_imports_only_what_stands_before_it() -> None:
    order = rooms()
    singles = ROOM_TABLE.split("\n| `config`")[0]
    for place, room in enumerate(order[:-1]):
        before = set(order[:place])
        if f"`{room}`" in singles:
            before |= set(re.findall(r"`(\w+)`", singles))
        assert ROOMS[room] - BEGINS - {"tui"} <= before, room


def _there(name: str) -> bool:
    """Whether a file has a name: of the repository, or of the package, there without `.py`."""
    root = PACKAGE.parent
    found = (*root.glob(name), *PACKAGE.glob(name), *PACKAGE.glob(f"{name}.py"))
    return bool(found)


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`([a-z_]+/[\w/*.]+)`", TEXT))
    assert named
    assert sorted(name for name in named if not _there(name)) == []


def test_the_modules_of_a_trip_are_there() -> None:
    rows = re.findall(r"^\| (`[a-z_]+/[^|]+) \|", TEXT, re.MULTILINE)
    for row in rows:
        names = re.findall(r"`([\w/*]+)`", row)
        folder = names[0].rpartition("/")[0]
        for name in names:
            place = name if "/" in name else f"{folder}/{name}"
            assert _there(place), place
