"""Who may import whom, and what a fresh interpreter loads: the architecture, held by its tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import codex_tui

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(codex_tui.__file__).parent

# What each room may import of the others; all may import themselves.
ROOMS: dict[str, set[str]] = {
    "_version": set(),
    "units": set(),
    "safe_text": set(),
    "json_text": set(),
    "threads": set(),
    "gc_pause": set(),
    "atomic_files": set(),
    "redact": set(),
    "terminal": set(),
    "unpacking": set(),
    "network": set(),
    "piped_input": {"threads"},
    "state": {"atomic_files"},
    "crash": {"atomic_files", "redact", "_version"},
    "manual": set(),
    "config": {"safe_text", "redact"},
    "documents": {"safe_text"},
    "wire": {"json_text", "unpacking"},
    "recording": {"wire", "json_text", "redact", "threads", "atomic_files", "_version"},
    "formats": {"wire", "recording", "unpacking", "json_text"},
    "model": {"wire", "recording", "units"},
    "figures": {"wire", "model", "units"},
    "timeline": {"wire", "recording", "model"},
    "findings": {"wire", "recording", "model", "units"},
    "comparison": {
        "wire",
        "recording",
        "model",
        "figures",
        "findings",
        "json_text",
        "units",
    },
    "library": {"wire", "recording", "formats", "model", "findings", "atomic_files"},
    "exports": {
        "comparison",
        "wire",
        "recording",
        "model",
        "figures",
        "timeline",
        "findings",
        "documents",
        "redact",
        "safe_text",
        "json_text",
        "units",
        "_version",
    },
    "sources": {
        "wire",
        "recording",
        "unpacking",
        "formats",
        "model",
        "config",
        "redact",
        "threads",
        "piped_input",
        "json_text",
        "network",
        "_version",
    },
    "relay": {
        "crash",
        "figures",
        "network",
        "wire",
        "recording",
        "unpacking",
        "model",
        "findings",
        "library",
        "config",
        "redact",
        "threads",
        "atomic_files",
        "json_text",
        "units",
        "_version",
    },
    "serve": {
        "comparison",
        "config",
        "timeline",
        "network",
        "wire",
        "recording",
        "formats",
        "model",
        "relay",
        "redact",
        "threads",
        "json_text",
        "units",
    },
    "testing": {"serve", "relay", "wire"},
    "pytest_plugin": {"testing"},
    "engine": {
        "wire",
        "recording",
        "formats",
        "model",
        "figures",
        "timeline",
        "findings",
        "sources",
        "threads",
        "units",
    },
    "streams": {"wire", "recording", "formats", "model", "library"},
    "conform": {"wire", "recording", "model", "findings", "config", "sources", "engine"},
    "cli": {
        "comparison",
        "network",
        "engine",
        "manual",
        "documents",
        "streams",
        "conform",
        "relay",
        "serve",
        "gc_pause",
        "atomic_files",
        "crash",
        "wire",
        "recording",
        "redact",
        "formats",
        "model",
        "figures",
        "timeline",
        "findings",
        "exports",
        "config",
        "sources",
        "library",
        "safe_text",
        "json_text",
        "terminal",
        "piped_input",
        "units",
        "_version",
        "tui",
    },
    "__main__": {"cli", "gc_pause", "piped_input"},
    "__init__": {"wire", "model", "_version"},
}

# Inside tui each imports only what stands before it. A new module takes its place here.
SCREENS = (
    "themes",
    "messages",
    "mends",
    "key_names",
    "widgets",
    "section_view",
    "dialogs",
    "panes",
    "comparison",
    "sessions",
    "streams",
    "keys",
    "panes_screen",
    "inspection",
    "layout",
    "pane_search",
    "cursor_provenance",
    "clipboard",
    "viewer",
    "screen_observer",
    "crash_notice",
    "line_filters",
    "shutdown",
    "startup",
    "idle",
    "launch",
    "session_export",
    "resend_offer",
    "call_outputs",
    "busy",
    "request_editor",
    "requests",
    "files",
    "foreign",
    "comparison_export",
    "comparisons",
    "beside",
    "another_model",
    "backstage",
    "presenter",
    "appearance",
    "commands",
    "app",
    "moving_picture",
    "screenshots",
)

PANES = {
    *("output", "reasoning", "tools", "timeline", "inspector", "metrics", "wrong"),
    *("status", "strip", "composer"),
}


def modules() -> Iterator[tuple[str, ...]]:
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield parts if parts == ("__init__",) or parts[-1] != "__init__" else parts[:-1]


def source_of(parts: tuple[str, ...]) -> str:
    path = PACKAGE.joinpath(*parts)
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")


@cache
def tree_of(parts: tuple[str, ...]) -> ast.Module:
    return ast.parse(source_of(parts))


def imports(parts: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The modules of ours that a module imports, those for types alone included."""
    found = set()
    for node in ast.walk(tree_of(parts)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{parts}: a relative import"
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if _exists(_parts(name)) else node.module or "" for name in inside}
    return {_parts(name) for name in found if name.startswith("codex_tui.")}


def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split(".")[1:])


def _exists(parts: tuple[str, ...]) -> bool:
    path = PACKAGE.joinpath(*parts)
    return path.is_dir() or path.with_suffix(".py").is_file()


ALL = sorted(modules())
HEADLESS = [parts for parts in ALL if parts[0] != "tui"]
SCREEN = [parts for parts in ALL if parts[0] == "tui" and len(parts) > 1]


@pytest.mark.parametrize("parts", HEADLESS, ids=".".join)
def test_a_room_imports_only_the_rooms_below_it(parts: tuple[str, ...]) -> None:
    allowed = {parts[0], *ROOMS[parts[0]]}
    assert {name[0] for name in imports(parts)} <= allowed


@pytest.mark.parametrize("parts", SCREEN, ids=".".join)
def test_screens_import_only_what_stands_before_them(parts: tuple[str, ...]) -> None:
    before = SCREENS[: SCREENS.index(parts[1]) + 1]
    tui = {name[1] for name in imports(parts) if name[0] == "tui" and len(name) > 1}
    assert tui <= set(before)
    assert "cli" not in {name[0] for name in imports(parts)}


@pytest.mark.parametrize("pane", sorted(PANES))
def test_panes_do_not_know_each_other(pane: str) -> None:
    parts = ("tui", "panes", pane)
    if not _exists(parts):
        pytest.skip("there is no such module")
    others = {name[2] for name in imports(parts) if name[:2] == parts[:2] and len(name) > 2}
    assert not others & (PANES - {pane})


def test_the_pure_rooms_have_no_clock_and_no_network() -> None:
    forbidden = {"time", "datetime", "socket", "asyncio", "httpx", "os", "pathlib"}
    for parts in ALL:
        if parts[0] in ("wire", "model", "figures", "timeline", "comparison"):
            tree = ast.walk(tree_of(parts))
            names = {
                alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names
            }
            assert not names & forbidden, parts


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {parts: imports(parts) for parts in ALL}
    TopologicalSorter(graph).prepare()  # names the circle


# -- classes -----------------------------------------------------------------------------------

Class = tuple[str, str]
"""A module of ours, and the name of a class in it."""


def classes() -> dict[Class, list[Class]]:
    """All classes of ours, each with its bases by name; one inside another is that other's own."""
    found: dict[Class, list[Class]] = {}
    homes: dict[Class, Class] = {}
    for parts in ALL:
        own = ".".join(("codex_tui", *parts))
        for node in tree_of(parts).body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    homes[own, alias.asname or alias.name] = node.module or "", alias.name
            elif isinstance(node, ast.ClassDef):
                bases = (
                    each.value if isinstance(each, ast.Subscript) else each for each in node.bases
                )
                found[own, node.name] = [
                    (own, each.id) for each in bases if isinstance(each, ast.Name)
                ]
    return {cls: [_home(base, homes) for base in bases] for cls, bases in found.items()}


def _home(name: Class, homes: dict[Class, Class]) -> Class:
    while name in homes:
        name = homes[name]
    return name


# Base classes that have one heir, and why.
SINGLE = {
    # The bases of a Struct are the only way to say the order of its fields, and which take a name.
    *("_TypedEvent", "_TypedPart", "_NamedCallEvent"),
    # Textual asks an app and a widget themselves: what is to be said has to be said by their class.
    *("OrderlyApp", "PanesScreen", "SafeLinesApp"),
    *("EarlyKeys", "ComponentsOnDemand", "FirstThemeApp", "ShownOnce"),
}


def test_no_class_is_there_for_a_single_subclass() -> None:
    heirs: dict[Class, list[Class]] = defaultdict(list)
    ours = classes()
    for cls, bases in ours.items():
        for base in filter(ours.__contains__, bases):
            heirs[base].append(cls)
    assert {base[1] for base, found in heirs.items() if len(found) == 1} <= SINGLE


def test_a_class_name_means_one_thing() -> None:
    """One inside another class counts too: it is a word of ours all the same."""
    trees = (ast.walk(tree_of(parts)) for parts in ALL)
    count = Counter(node.name for tree in trees for node in tree if isinstance(node, ast.ClassDef))
    assert [name for name, number in count.items() if number > 1] == []


# -- fresh interpreters ------------------------------------------------------------------------


def loaded(code: str, *suspects: str) -> list[str]:
    """Which of some modules a fresh interpreter has loaded after it ran some code."""
    tell = f"import sys; sys.stderr.write('\\n' + ' '.join(set({suspects!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True
    )
    return done.stderr.split("\n")[-1].split()


def test_nothing_below_the_screens_loads_textual() -> None:
    rooms = (
        "wire",
        "recording",
        "model",
        "figures",
        "timeline",
        "findings",
        "comparison",
        "documents",
        "exports",
        "formats",
        "sources",
        "engine",
        "library",
        "config",
        "redact",
        "safe_text",
        "state",
    )
    names = [".".join(("codex_tui", *parts)) for parts in HEADLESS if parts[0] in rooms]
    assert loaded("import " + ", ".join(names), "textual") == []


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_help_and_the_version_load_next_to_nothing(option: str) -> None:
    suspects = ("textual", "rich", "httpx", "msgspec", "asyncio", "tomllib", "platformdirs")
    assert loaded(f"from codex_tui.cli import main; main(['{option}'])", *suspects) == []


def test_a_list_of_sessions_that_are_known_loads_no_decoder(tmp_path: Path) -> None:
    list_ = f"from codex_tui.cli import main; main(['--data-dir', {str(tmp_path)!r}, 'sessions'])"
    assert loaded(list_, "codex_tui.wire.events", "codex_tui.formats", "textual") == []


def test_headless_verbs_do_not_load_textual(tmp_path: Path) -> None:
    stream = tmp_path / "stream.sse"
    stream.write_text('data: {"type":"response.completed","response":{}}\n\n')
    verbs = (
        ["show", str(stream)],
        ["show", str(stream), "--format", "events"],
        ["compare", str(stream), str(stream)],
        ["compare", str(stream), str(stream), "--format", "html"],
        *(["export", str(stream), "--format", each, "-o", "-"] for each in ("md", "sse", "json")),
        ["paths"],
        ["sessions"],
        ["sessions", "search", "anything"],
        ["run", "hi", "-m", "m", "--no-record", "--base-url", "http://127.0.0.1:1"],
    )
    code = f"from codex_tui.cli import main\nfor verb in {verbs!r}: main(verb)"
    assert loaded(code, "textual") == []


def test_show_does_not_load_a_client(tmp_path: Path) -> None:
    stream = tmp_path / "stream.sse"
    stream.write_text('data: {"type":"response.completed","response":{}}\n\n')
    code = f"from codex_tui.cli import main; main(['show', {str(stream)!r}])"
    assert loaded(code, "textual", "httpx") == []


def test_a_backend_loads_no_client_and_no_model_before_it_is_asked() -> None:
    code = (
        "from codex_tui.config import load\n"
        "from codex_tui.sources.backend import Backend\n"
        "backend = Backend(load({}, {}), {}, demo=True)\n"
        "backend.profiles, backend.body([], 'hi')"
    )
    assert loaded(code, "textual", "httpx", "codex_tui.model", "codex_tui.wire") == []


def test_the_app_loads_nothing_of_the_sessions_library_at_its_start() -> None:
    suspects = ("sqlite3", "codex_tui.library", "codex_tui.tui.sessions.screen")
    assert loaded("import codex_tui.tui.app", *suspects) == []


def test_the_first_screen_loads_nothing_of_what_comes_later() -> None:
    suspects = (
        *("codex_tui.exports", "codex_tui.figures", "codex_tui.documents.markdown"),
        *("codex_tui.engine.session", "codex_tui.tui.dialogs.dialog", "codex_tui.formats"),
        *("codex_tui.crash", "importlib.metadata", "httpx", "codex_tui.timeline.player"),
    )
    assert loaded("import codex_tui.tui.app", *suspects) == []


def test_the_library_loads_neither_textual_nor_a_client() -> None:
    names = "SSEDecoder, ResponseStream, AsyncResponseStream, Transcript, decode_event"
    names += ", ResponseOutputTextDeltaEvent, UnknownEvent"
    assert loaded(f"from codex_tui import {names}", "textual", "httpx") == []
