"""What a program is called, by the headers of its requests: a name for people, and no key.

A program says more of itself in the headers of its SDK than in its `User-Agent`; what none of them
says stays unsaid.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from codex_tui.redact import TURN_METADATA

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 60
"""Characters of a name."""

_PRODUCT = re.compile(r"[A-Za-z0-9][\w.+-]*(?:/[A-Za-z][\w.+-]*)*")
_VERSION = re.compile(r"/v?(\d+(?:\.\d+)?)")
_OURS = re.compile(r"codex-tui/[\d.]+")
"""What we call ourselves; the Codex CLI, which may say the same, says its system with it."""

_LANGUAGES = {"python": "py", "js": "js", "javascript": "js", "node": "js"}
_SDKS = ("openai", "anthropic")
_SDK = re.compile(
    r"\A(?:Async)?(?P<sdk>[A-Za-z][\w-]*)/(?P<language>Python|JS|JavaScript|Node)\b"
    r" ?(?P<version>\S*)",
    re.IGNORECASE,
)


def program_name(headers: Mapping[str, str], known: str = "") -> str:
    """The name of the program that sent a request: `codex /root`, `py openai 3.57`, `curl 8.5`.

    Args:
        headers: The request's, by their names in small letters.
        known: What it is called otherwise; used where no header says anything.
    """
    named = _codex(headers) or _sdk(headers) or _product(headers.get("user-agent", "")) or known
    return " ".join("".join(filter(str.isprintable, named)).split())[:LONGEST]


def _codex(headers: Mapping[str, str]) -> str:
    """The Codex CLI, and the agent in it that asks."""
    agent = headers.get("user-agent", "")
    origin = headers.get("originator", "") or agent
    if _OURS.fullmatch(agent):
        return ""
    if TURN_METADATA not in headers and not origin.lower().startswith("codex"):
        return ""
    return f"codex {_agent(headers.get(TURN_METADATA, ''))}".rstrip()


def _agent(metadata: str) -> str:
    try:
        said = json.loads(metadata)
    except (ValueError, RecursionError):
        return ""
    name = said.get("agent_name") if isinstance(said, dict) else None
    return name if isinstance(name, str) else ""


def _sdk(headers: Mapping[str, str]) -> str:
    """An SDK that says its language, as those for OpenAI and Anthropic do, or what stands on one.

    What stands on one has its headers, and so the version of that; its own is in the `User-Agent`.
    """
    found = _SDK.match(headers.get("user-agent", ""))
    if found is None:
        return ""
    name, version = found["sdk"].lower(), _short(found["version"])
    language = headers.get("x-stainless-lang", "") or found["language"]
    spoken = _LANGUAGES.get(language.lower(), language.lower())
    if name in _SDKS:
        told = _short(headers.get("x-stainless-package-version", ""))
        return " ".join(filter(None, (spoken, name, told or version)))
    return " ".join(filter(None, (name, "" if spoken == "py" else spoken, version)))


def _product(agent: str) -> str:
    """The first product of a `User-Agent` (RFC 9110, 10.1.5), and its version."""
    found = _PRODUCT.match(agent)
    if found is None:
        return ""
    version = _VERSION.match(agent, found.end())
    return f"{found[0]} {version[1]}" if version else found[0]


def _short(version: str) -> str:
    """The first two numbers of a version."""
    found = re.match(r"v?(\d+(?:\.\d+)?)", version)
    return found[1] if found else ""
