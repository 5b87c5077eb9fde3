"""What logs into servers: which parts of an address, of headers and of a query are secrets.

Whoever wrote them there; and of all profiles together, which exports mask and name.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from codex_tui.config.paths import expanded
from codex_tui.redact import PLAIN_QUERY_NAMES, KnownSecrets, Private, Secret
from codex_tui.sources.codex_auth import auth_file, login_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codex_tui.config import Settings

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<bare>\w+)|\{(?P<braced>\w+)\})")
_NAMES = re.compile(r"auth|cookie|credential|key|passw|secret|session|token", re.IGNORECASE)
_SCHEME = re.compile(r"(?:basic|bearer|token|apikey)\s+", re.IGNORECASE)


def filled(text: str, value_of: Callable[[str], str]) -> Secret:
    """A value with its variables filled in: a secret, since that is why they were used.

    `$NAME` and `${NAME}` stand for a variable, `$$` for a dollar.
    """

    def fill(found: re.Match[str]) -> str:
        return "$" if found["dollar"] else value_of(found["bare"] or found["braced"])

    return Secret(_VARIABLE.sub(fill, text))


def all_filled(texts: Mapping[str, str], value_of: Callable[[str], str]) -> dict[str, str | Secret]:
    """The values, those with variables in them filled in."""
    return {
        name: filled(text, value_of) if _VARIABLE.search(text) else text
        for name, text in texts.items()
    }


def header_secrets(headers: Mapping[str, str | Secret]) -> Iterator[Secret]:
    """The values that came from variables, and those whose names speak of credentials.

    Servers repeat what stands behind `Bearer` alone, so that is one too.
    """
    for name, value in headers.items():
        if isinstance(value, Secret) or _NAMES.search(name):
            text = value.reveal() if isinstance(value, Secret) else value
            yield Secret(text)
            yield Secret(_SCHEME.sub("", text, count=1))


def query_secrets(query: Mapping[str, str | Secret]) -> Iterator[Secret]:
    """All values but those of parameters that are known as harmless."""
    for name, value in query.items():
        if isinstance(value, Secret):
            yield value
        elif name.lower() not in PLAIN_QUERY_NAMES:
            yield Secret(value)


def address_secrets(url: str) -> Iterator[Secret]:
    """What an address says in its query and before its host, also as `Authorization: Basic`."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address: nothing is sent there
        return
    for name, value in parse_qsl(parts.query):  # which may say a name twice
        yield from query_secrets({name: value})
    if secret := parts.password or parts.username:  # a name alone is a token, as a rule
        yield Secret(secret)
        yield Secret(unquote(secret))
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        yield Secret(b64encode(pair.encode()).decode())


# -- of all profiles

OPENAI_KEY = "OPENAI_API_KEY"


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> list[Secret]:
    """What logs into the servers of all profiles: keys, headers, queries, parts of addresses.

    The login of the Codex CLI is among them, whichever profile was used.
    """

    def value_of(name: str) -> str:
        return environ.get(name, "").strip()

    found = [Secret(value_of(OPENAI_KEY)), *login_secrets(auth_file(environ))]
    for profile in settings.profiles.values():
        found += (
            Secret(value_of(profile.key_variable or "")),
            *header_secrets(all_filled(profile.headers, value_of)),
            *query_secrets(all_filled(profile.query, value_of)),
            *address_secrets(filled(profile.base_url or "", value_of).reveal()),
        )
    return [secret for secret in found if secret]


def private_of(settings: Settings, environ: Mapping[str, str]) -> Private:
    """What finds whatever of a session nobody else is to read: the user's home, secrets, shapes."""
    return Private(str(expanded("~")), secrets_of(settings, environ))


def known_secrets(settings: Settings, environ: Mapping[str, str]) -> KnownSecrets:
    """What masks the secrets of all profiles in whatever is printed, copied or searched."""
    return KnownSecrets(secrets_of(settings, environ))


def keys_of(settings: Settings) -> dict[str, tuple[str, str]]:
    """How each profile's server takes its key: header and variable, by the base URL."""
    return {
        profile.base_url: (
            profile.auth_header or "Authorization",
            profile.key_variable or OPENAI_KEY,
        )
        for profile in settings.profiles.values()
        if profile.base_url
    }
