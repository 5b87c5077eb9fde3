"""The beginning of every page: what it may load, which is nothing, and how it looks.

A Content-Security-Policy allows its own style and script by their hashes, and nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

_POLICY = "default-src 'none'; {script}style-src '{style}'; base-uri 'none'; form-action 'none'"


def asset(name: str) -> str:
    """Return a file that pages are made of."""
    return (files("codex_tui.exports") / "page" / name).read_text(encoding="utf-8")


def head(title: str, style: str, script: str = "") -> str:
    """Return all that stands before the body's content.

    Args:
        title: The title, escaped.
        style: The only style.
        script: The only script that may run; none where it is empty.
    """
    allowed = f"script-src '{_hash(script)}'; " if script else ""
    policy = _POLICY.format(script=allowed, style=_hash(style))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" '
        f'content="light dark">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n'
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
