"""Whether the app opens or plain lines are printed: what the user chose, else what there is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.config import Settings
    from codex_tui.config.settings import Format

KEYS, OUTPUT, SCREEN = 0, 1, 2
"""Textual reads the first and draws on the third; what we print goes to the second."""


def format_of(settings: Settings) -> Format:
    """The format of `show` and `run`: `--plain` names one, where no other was named.

    A `plain = true` of the configuration speaks of the app alone: what these two print into a pipe
    stays exact.
    """
    flag = settings.plain and settings.origins.get("plain") == "flag"
    return "plain" if flag and not settings.chosen("format") else settings.format


def is_served() -> bool:
    """Whether the app is drawn elsewhere, as textual-serve has it: in a browser, over pipes."""
    return bool(os.environ.get("TEXTUAL_DRIVER"))


def is_plain(settings: Settings) -> bool:
    """Whether a verb that opens the app prints lines instead."""
    if settings.plain is not None:
        return settings.plain
    if is_served():
        return False
    return os.environ.get("TERM") == "dumb" or not (_is_terminal() and _has_keys())


def _is_terminal() -> bool:
    return os.isatty(OUTPUT) and os.isatty(SCREEN)


def _has_keys() -> bool:
    """Whether keys can be read: from standard input, or from the terminal behind it."""
    if os.isatty(KEYS):
        return True
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True
