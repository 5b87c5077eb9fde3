"""Where a request comes from, by what clients say of themselves in its headers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_PRODUCT = re.compile(r"\s*([^\s/()]{1,40})(?:/([^\s/()]{1,40}))?(?:/([^\s/()]{1,20}))?")
_LANGUAGES = {"python": "py", "js": "js", "go": "go", "java": "java", "ruby": "ruby"}
_CODEX = ("codex_", "codex-cli", "codex/")
_METADATA = "x-codex-turn-metadata"
_THREAD = ("thread-id", "thread_id", "session-id", "session_id")
_LONGEST = 60


class Origin(NamedTuple):
    """Who asks: a program, which of its agents, and in which conversation; "" what is not said."""

    program: str = ""
    agent: str = ""
    thread: str = ""


def origin_of(headers: Mapping[str, str]) -> Origin:
    """Read the headers of a request; names may be in any case."""
    own = {name.lower(): value for name, value in headers.items()}
    said = _metadata(own.get(_METADATA, ""))
    named = (own[name] for name in _THREAD if own.get(name))
    thread = said.get("thread_id") or said.get("session_id") or next(named, "")
    agent = said.get("agent_name") or said.get("agent_path") or ""
    return Origin(program_of(own.get("user-agent", "")), agent[:_LONGEST], thread[:_LONGEST])


def _metadata(text: str) -> dict[str, str]:
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    fields = value.items() if isinstance(value, dict) else ()
    return {name: said for name, said in fields if isinstance(said, str)}


def program_of(agent: str) -> str:
    """A program by its User-Agent: `codex`, `py openai 3.57`, `opencode 1.2`."""
    if agent.lower().startswith(_CODEX):
        return "codex"
    found = _PRODUCT.match(agent)
    if found is None:
        return ""
    name, second, third = (part or "" for part in found.groups())
    name = "openai" if name.lower() == "asyncopenai" else name
    if (language := _LANGUAGES.get(second.lower())) is not None:  # as in OpenAI/Python 3.57.0
        version = third or _version_behind(agent, found.end())
        return " ".join(filter(None, (language, name.lower(), _short(version))))
    return f"{name} {_short(second)}".strip()


def _version_behind(agent: str, at: int) -> str:
    return next(iter(agent[at:].split(maxsplit=1)), "")


def _short(version: str) -> str:
    """The first two numbers of a version; "" for what is none."""
    found = re.match(r"v?(\d{1,4}(?:\.\d{1,4})?)", version)
    return found[1] if found else ""
