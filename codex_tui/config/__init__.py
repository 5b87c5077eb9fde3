"""What the user chose: flags over CODEX_TUI_… variables over config.toml over defaults.

`load` reads once and gives a frozen `Settings`; nothing else of the program reads the file or those
variables. Whatever is wrong in them is a `ConfigError` of one line that says where and what to do.
Names are loaded when they are first used: the help needs no more than the table of options.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.config.errors import ConfigError
    from codex_tui.config.options import OPTIONS, Option
    from codex_tui.config.paths import Paths
    from codex_tui.config.profiles import Profile
    from codex_tui.config.settings import Origin, Settings, load

__all__ = ["OPTIONS", "ConfigError", "Option", "Origin", "Paths", "Profile", "Settings", "load"]

_HOMES = {
    "ConfigError": "errors",
    "OPTIONS": "options",
    "Option": "options",
    "Paths": "paths",
    "Profile": "profiles",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'settings')}"), name)
