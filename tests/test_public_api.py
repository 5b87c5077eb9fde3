"""`import codex_tui`: every name is there, loads little, and type checkers see it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import codex_tui
from codex_tui.wire import events, items

SOURCE = Path(codex_tui.__file__)


def test_every_name_can_be_imported() -> None:
    for name in codex_tui.__all__:
        assert getattr(codex_tui, name) is not None


def test_names_are_the_same_objects_as_in_their_rooms() -> None:
    for module in (events, items):
        for name in module.__all__:
            assert getattr(codex_tui, name) is getattr(module, name)


def test_type_checkers_see_exactly_what_there_is() -> None:
    [block] = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If)]
    seen = [name for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names]
    assert sorted(name.name for name in seen) == sorted(codex_tui.__all__)


def test_dir_lists_the_names() -> None:
    assert set(codex_tui.__all__) <= set(dir(codex_tui))


def test_what_is_not_there_is_an_attribute_error() -> None:
    name = "nope"
    with pytest.raises(AttributeError, match="'codex_tui' has no attribute 'nope'"):
        getattr(codex_tui, name)


@pytest.mark.parametrize("name", ["SSEDecoder", "ResponseStream", "AsyncResponseStream", "Usage"])
def test_a_name_loads_no_interface_and_no_client(name: str) -> None:
    suspects = ("textual", "rich", "httpx", "asyncio")
    code = f"import sys; from codex_tui import {name}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & set(suspects)


def test_the_bare_import_loads_none_of_our_rooms() -> None:
    code = "import sys, codex_tui; print(*(m for m in sys.modules if m.startswith('codex_tui.')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
