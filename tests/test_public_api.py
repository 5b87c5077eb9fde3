"""`import codex_tui`: every name is there, loads little, and type checkers see it."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

import codex_tui
from codex_tui.wire.base import TYPES_BY_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(codex_tui.__file__)
NAMES = cast("list[str]", codex_tui.__all__)


def seen(source: Path) -> Iterator[tuple[str, str]]:
    """The names that a type checker finds, and the module that each is from."""
    [block] = [node for node in ast.parse(source.read_text()).body if isinstance(node, ast.If)]
    for node in block.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codex_tui"):
            for alias in node.names:
                module = str(node.module)
                names = defined(module) if alias.name == "*" else [alias.name]
                yield from ((name, module) for name in names)


def defined(module: str) -> list[str]:
    """What a star brings: a list of names if there is one, else what the module defines."""
    tree = ast.parse(Path(str(import_module(module).__file__)).read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    made = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    assert not assigned, f"{module} defines more than classes, and so has to list what it is for"
    return [node.name for node in made if not node.name.startswith("_")]


def test_every_name_can_be_imported() -> None:
    for name in NAMES:
        assert getattr(codex_tui, name) is not None


def test_type_checkers_see_exactly_what_there_is() -> None:
    assert sorted(name for name, _ in seen(SOURCE)) == NAMES
    for name, module in seen(SOURCE):
        assert getattr(codex_tui, name) is getattr(import_module(module), name)


def test_every_known_event_is_there() -> None:
    assert {cls.__name__ for cls in TYPES_BY_CLASS if cls.__module__.startswith("codex_tui")} <= {
        *NAMES
    }


def test_dir_lists_the_names() -> None:
    assert set(NAMES) <= set(dir(codex_tui))


@pytest.mark.parametrize("name", ["nope", "cli", "_nope"])
def test_what_is_not_there_is_an_attribute_error(name: str) -> None:
    code = f"import codex_tui; codex_tui.{name}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"module 'codex_tui' has no attribute '{name}'" in run.stderr


@pytest.mark.parametrize("name", ["SSEDecoder", "ResponseStream", "AsyncResponseStream", "Usage"])
def test_a_name_loads_no_interface_and_no_client(name: str) -> None:
    suspects = ("textual", "rich", "httpx", "asyncio")
    code = f"import sys; from codex_tui import {name}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & set(suspects)


@pytest.mark.parametrize(
    "code", ["import codex_tui", "import codex_tui; hasattr(codex_tui, 'cli')"]
)
def test_the_bare_import_loads_none_of_our_rooms(code: str) -> None:
    code = f"import sys; {code}; print(*(m for m in sys.modules if m.startswith('codex_tui.')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
