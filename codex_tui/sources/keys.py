"""Which variables hold keys, and which servers they are for: what exports mask and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.config.paths import expanded
from codex_tui.redact import Private, Secret
from codex_tui.sources.credentials import (
    address_secrets,
    all_filled,
    filled,
    header_secrets,
    query_secrets,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.config import Settings

OPENAI_KEY = "OPENAI_API_KEY"


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> list[Secret]:
    """What logs into the servers of all profiles: keys, headers, queries, parts of addresses."""

    def value_of(name: str) -> str:
        return environ.get(name, "").strip()

    found = [Secret(value_of(OPENAI_KEY))]
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
