"""Which variables hold keys, and which servers they are for: what exports mask and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.redact import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.config import Settings

OPENAI_KEY = "OPENAI_API_KEY"


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> list[Secret]:
    """The keys that the environment holds, as far as the settings name their variables."""
    names = {OPENAI_KEY, *(profile.key_variable or "" for profile in settings.profiles.values())}
    return [Secret(environ[name]) for name in sorted(names) if environ.get(name)]


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
