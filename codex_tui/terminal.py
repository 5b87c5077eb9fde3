"""What can be known of the terminal before anything is drawn on it."""

from __future__ import annotations

import locale
import os


def takes_unicode() -> bool:
    """Whether the locale is one of UTF-8; what is drawn in any other is ASCII.

    Python itself speaks UTF-8 even under LC_ALL=C (PEP 540), so its streams can't tell; and on
    Windows, where the console takes Unicode, the locale says nothing of it.
    """
    if os.name == "nt":
        return True
    return locale.getencoding().replace("-", "").lower() == "utf8"
