"""See what a streaming response does, live and afterwards.

As a library: events, `ResponseStream`, `SSEDecoder` and `Transcript`. A name loads its module when
it is first used, and none of them loads Textual or httpx.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from codex_tui._version import __version__ as __version__
    from codex_tui.model.transcript import Transcript as Transcript
    from codex_tui.wire.app_server import *
    from codex_tui.wire.base import *
    from codex_tui.wire.chat_events import *
    from codex_tui.wire.codex_events import *
    from codex_tui.wire.decode import *
    from codex_tui.wire.events import *
    from codex_tui.wire.items import *
    from codex_tui.wire.messages_events import *
    from codex_tui.wire.registry import *
    from codex_tui.wire.sse import *
    from codex_tui.wire.stream import *

_MODULES = (
    "codex_tui._version",
    "codex_tui.wire.sse",
    "codex_tui.wire.base",
    "codex_tui.wire.items",
    "codex_tui.wire.events",
    "codex_tui.wire.codex_events",
    "codex_tui.wire.app_server",
    "codex_tui.wire.chat_events",
    "codex_tui.wire.messages_events",
    "codex_tui.wire.registry",
    "codex_tui.wire.decode",
    "codex_tui.wire.stream",
    "codex_tui.model.transcript",
)  # searched in this order


def __getattr__(name: str) -> object:
    if name == "__all__":
        return _names()
    if name == "__version__" or not (name.startswith("_") or _is_module(name)):
        for module in map(import_module, _MODULES):
            if name in _names_of(module):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _is_module(name: str) -> bool:
    """Whether a name is that of one of our rooms, which is no reason to load the others."""
    from importlib.util import find_spec

    return find_spec(f"{__name__}.{name}") is not None


def _names() -> list[str]:
    return sorted(name for module in map(import_module, _MODULES) for name in _names_of(module))


def _names_of(module: ModuleType) -> list[str]:
    """The names that a module says it is for; one that says nothing is for all its classes."""
    classes = (each for each in vars(module).values() if isinstance(each, type))
    own = [each.__name__ for each in classes if each.__module__ == module.__name__]
    names: list[str] = getattr(module, "__all__", own)
    return [name for name in names if not name.startswith("_") or name == "__version__"]


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})
