"""What the user chose: flags over CODEX_TUI_… variables over config.toml over defaults.

`load` reads once and gives a frozen `Settings`; nothing else of the program reads the file or those
variables. Whatever is wrong in them is a `ConfigError` of one line that says where and what to do.
"""

from codex_tui.config.errors import ConfigError
from codex_tui.config.options import OPTIONS, Option
from codex_tui.config.paths import Paths
from codex_tui.config.profiles import Profile
from codex_tui.config.settings import Origin, Settings, load

__all__ = ["OPTIONS", "ConfigError", "Option", "Origin", "Paths", "Profile", "Settings", "load"]
