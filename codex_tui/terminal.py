"""What can be known of the terminal before anything is drawn on it."""

from __future__ import annotations

import locale
import os


def takes_unicode() -> bool:
    """Whether Unicode may be drawn; in a locale that is set, and not one of UTF-8, it is ASCII.

    Python itself speaks UTF-8 even under LC_ALL=C (PEP 540), so its streams can't tell. Where no
    locale is set, as in most containers, nothing is known, and terminals of today take UTF-8; on
    Windows the console takes Unicode, and the locale says nothing of it.
    """
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    chosen = next(filter(None, named), "")
    if os.name == "nt" or not chosen or _is_utf8(chosen.rpartition(".")[2]):
        return True
    return _is_utf8(locale.getencoding())


def _is_utf8(encoding: str) -> bool:
    return encoding.partition("@")[0].replace("-", "").lower() == "utf8"
