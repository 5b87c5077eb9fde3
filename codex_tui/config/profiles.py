"""The [profiles.NAME] tables of config.toml, as they are written.

Variables in values ($NAME) are filled in when a profile is used, not here: a profile that lacks
its key must not keep the others from working.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, field

from codex_tui.config.paths import expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Conversation = Literal["resend", "previous_response_id"]
UnansweredCalls = Literal["branch", "answer"]
Transport = Literal["sse", "websocket"]
Spec = Literal["openai", "open-responses", "lenient"]


class Profile(Struct, frozen=True):
    """One server to talk to; None is what the file does not say.

    Attributes:
        name: The name in the table's header.
        base_url: The address that `/responses` is added to.
        key_variable: The environment variable that holds the key.
        auth_header: The header that carries the key; `Authorization` says `Bearer` before it.
        headers: Further headers; values may hold $VARIABLES.
        query: Further query parameters; values may hold $VARIABLES.
        model: The model to ask.
        effort: The reasoning effort.
        instructions: The system instructions.
        transport: What requests go over.
        reasoning_summary: `auto`, `concise`, `detailed`, or `none` to not ask.
        encrypted_reasoning: Whether to ask for reasoning that can be sent back encrypted.
        conversation: How an earlier turn is told: its items resent, or its id.
        unanswered_calls: What becomes of calls without an output: the next prompt goes on from
            before them, or answers that they were not run.
        tools: A JSON file of tools.
        body: Further fields of the request's body.
        spec: Whose rules its streams are checked by.
        ignore: Rules that are not spoken of, beside those of `[findings]`.
    """

    name: str
    base_url: str | None = None
    key_variable: str | None = None
    auth_header: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    effort: str | None = None
    instructions: str | None = None
    transport: Transport | None = None
    reasoning_summary: str | None = None
    encrypted_reasoning: bool | None = None
    conversation: Conversation | None = None
    unanswered_calls: UnansweredCalls | None = None
    tools: Path | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    spec: Spec | None = None
    ignore: tuple[str, ...] = ()


def _text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _json(value: object) -> bool:
    try:
        json.dumps(value, default=str, allow_nan=False)
    except ValueError:
        return False
    return isinstance(value, dict)


Rule = tuple["Callable[[object], bool]", str]
_TEXT: Rule = (_text, "must be text in quotes")
_TEXTS: Rule = (_texts, "must be a table of texts")

KEYS: dict[str, Rule] = {
    "base_url": _TEXT,
    "key_variable": _TEXT,
    "auth_header": _TEXT,
    "headers": _TEXTS,
    "query": _TEXTS,
    "model": _TEXT,
    "effort": _TEXT,
    "instructions": _TEXT,
    "transport": (
        lambda value: value in get_args(Transport),
        'must be "sse" or "websocket"',
    ),
    "reasoning_summary": _TEXT,
    "encrypted_reasoning": (lambda value: isinstance(value, bool), "must be true or false"),
    "conversation": (
        lambda value: value in ("resend", "previous_response_id"),
        'must be "resend" or "previous_response_id"',
    ),
    "unanswered_calls": (
        lambda value: value in ("branch", "answer"),
        'must be "branch" or "answer"',
    ),
    "tools": _TEXT,
    "body": (_json, "must be a table, without nan and inf: JSON has no such numbers"),
    "spec": (
        lambda value: value in get_args(Spec),
        'must be "openai", "open-responses" or "lenient"',
    ),
    "ignore": (
        lambda value: isinstance(value, list) and all(map(_text, value)),
        "must be texts in quotes, between brackets",
    ),
}
ALIASES = {"api_key_env": "key_variable", "env_key": "key_variable"}
"""Other programs' words for the same."""


def read_profile(name: str, table: Mapping[str, object], folder: Path) -> Profile:
    """Make a profile of a table whose keys are known and of the right kind.

    Args:
        name: The profile's name.
        table: Its keys and values.
        folder: What a relative `tools` path is relative to.
    """
    values: dict[str, Any] = dict(table)
    if "body" in values:
        # TOML has dates and times, which JSON writes as text.
        values["body"] = json.loads(json.dumps(values["body"], default=str))
    if "tools" in values:
        values["tools"] = folder / expanded(values["tools"])
    values["ignore"] = tuple(values.get("ignore", ()))
    return Profile(name, **values)
