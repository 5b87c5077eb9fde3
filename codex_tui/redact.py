"""What may be written down or shown of requests, answers, URLs and keys.

Allow-lists: what is not known to be harmless is left out, so that a header invented tomorrow can't
carry a credential into a file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from codex_tui.sessions.records import RequestRecord, ResponseRecord

MASK = "***"
"""What stands where a secret stood."""

REQUEST_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "openai-beta",
        "originator",
        "user-agent",
        "x-client-request-id",
    ]
)
"""The request headers that are kept, in lower case."""

RESPONSE_HEADERS = frozenset(
    [
        "age",
        "apim-request-id",
        "cache-control",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "location",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "request-id",
        "retry-after",
        "retry-after-ms",
        "server",
        "server-timing",
        "transfer-encoding",
        "via",
        "x-accel-buffering",
        "x-cache",
        "x-content-type-options",
        "x-envoy-upstream-service-time",
        "x-ms-region",
        "x-ms-request-id",
        "x-reasoning-included",
        "x-request-id",
    ]
)
"""The response headers that are kept, in lower case, beside the prefixes."""

RESPONSE_HEADER_PREFIXES = (
    "x-ratelimit-",
    "anthropic-ratelimit-",
    "x-codex-primary-",
    "x-codex-secondary-",
)
"""Families of response headers that are kept: limits and what is left of them."""

PLAIN_QUERY_NAMES = frozenset(
    ["api-version", "api_version", "beta", "deployment", "model", "stream", "version"]
)
"""The query parameters whose values are shown."""

KEY_SHAPES = re.compile(
    r"""
      \b (?: sk | rk | sess ) - [\w-]{16,}             # OpenAI, Anthropic, OpenRouter
    | \b (?: gsk_ | hf_ | gh[pousr]_ ) [A-Za-z0-9]{20,} # Groq, Hugging Face, GitHub
    | \b xai- [\w-]{20,}
    | \b AIza [\w-]{30,}                               # Google
    | \b AKIA [A-Z0-9]{16} \b                          # AWS
    | \b eyJ [\w-]{8,} \. [\w-]{8,} (?: \. [\w-]* )?   # a JSON Web Token
    | (?<= \b [Bb]earer\  ) [\w.~+/=-]{20,}
    """,
    re.VERBOSE | re.ASCII,
)
"""Text that has the form of a key, whoever issued it."""

_USER_INFO = re.compile(r"^([a-z][a-z0-9+.-]*:(?=[/\\]))?([/\\]*)[^/?#\\]*@", re.IGNORECASE)
_QUERY_PAIR = re.compile(r"[^&;]+")


class Secret:
    """A key or a token. Whatever prints it prints a mask; `reveal` is the one way to its text.

    Crash reports print local variables and settings print themselves, so a bare `str` would do
    for neither.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the header that it is sent in."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(
            self._text.encode("utf-8", "replace"), other._text.encode("utf-8", "replace")
        )

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Secret({MASK!r})" if self else "Secret('')"

    def __str__(self) -> str:
        return MASK if self else ""

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def mask_keys(text: str, secrets: Iterable[Secret] = ()) -> str:
    """`text` without the given secrets and without anything that has the form of a key.

    For messages and headers, not for what a model wrote: that may speak of keys as it likes.
    """
    return KEY_SHAPES.sub(MASK, mask_secrets(text, secrets))


def mask_secrets(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with each of the given secrets masked, and nothing else changed."""
    for secret in sorted(secrets, key=lambda secret: -len(secret.reveal())):
        if secret:
            text = text.replace(secret.reveal(), MASK)
    return text


def mask_url(url: str) -> str:
    """`url` without user-info, fragment, and the values of queries that are not known as harmless.

    It takes anything, a URL or not, and never raises.
    """
    rest, _, fragment = url.partition("#")
    base, question, query = rest.partition("?")
    base = _USER_INFO.sub(lambda found: f"{found[1] or ''}{found[2]}{MASK}@", base)
    shown = base + question + _QUERY_PAIR.sub(_mask_pair, query)
    return KEY_SHAPES.sub(MASK, shown) + (f"#{MASK}" if fragment else "")


def _mask_pair(pair: re.Match[str]) -> str:
    name, equals, _ = pair[0].partition("=")
    if not equals:
        return MASK
    return pair[0] if name.lower() in PLAIN_QUERY_NAMES else f"{name}={MASK}"


def recordable_request(record: RequestRecord) -> RequestRecord:
    """The record as it may be written down: a copy, its headers by the allow-list.

    The user-info and queries of its URL are masked, and so are the credentials of MCP servers that
    stand in its body.
    """
    return replace(
        record,
        url=mask_url(record.url),
        headers=recordable_headers(record.headers, REQUEST_HEADERS),
        body=_recordable_body(record.body),
    )


def recordable_response(record: ResponseRecord) -> ResponseRecord:
    """The record as it may be written down: a copy, its headers by the allow-list."""
    headers = recordable_headers(record.headers, RESPONSE_HEADERS, RESPONSE_HEADER_PREFIXES)
    return replace(record, headers=headers)


def recordable_headers(
    headers: Mapping[str, str], allowed: Container[str], prefixes: tuple[str, ...] = ()
) -> dict[str, str]:
    """The headers that are allowed by name or by prefix, names in lower case, values masked."""
    lower = ((name.lower(), value) for name, value in headers.items())
    return {
        name: mask_url(value) if name == "location" else KEY_SHAPES.sub(MASK, value)
        for name, value in lower
        if name in allowed or name.startswith(prefixes)
    }


def _recordable_body(body: Any) -> Any:
    """The request's JSON without what logs into MCP servers.

    Tools stand in the request and, once loaded by a search, in its input items; both are looked
    through without recursion, for a body may be as deep as its author liked.
    """
    if not isinstance(body, dict):
        return body
    body = _without_credentials(body)
    if isinstance(items := body.get("input"), list):
        body["input"] = [_without_credentials(i) if isinstance(i, dict) else i for i in items]
    return body


def _without_credentials(owner: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(tools := owner.get("tools"), list):
        return dict(owner)
    return owner | {"tools": [_masked_tool(t) if isinstance(t, dict) else t for t in tools]}


def _masked_tool(tool: dict[str, Any]) -> dict[str, Any]:
    masked = dict(tool)
    if masked.get("authorization"):
        masked["authorization"] = MASK
    if isinstance(headers := masked.get("headers"), dict):
        masked["headers"] = dict.fromkeys(headers, MASK)
    if isinstance(url := masked.get("server_url"), str):
        masked["server_url"] = mask_url(url)
    return masked
