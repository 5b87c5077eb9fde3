"""Which provider is used of those that are known, and with which model, effort and transport.

What a flag said of one server stays with that one: an address must not get the key of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from codex_tui.sources.providers import BUILT_IN, ProviderError, demo_provider, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.config import Origin, Settings
    from codex_tui.sources.providers import Provider

DEMO = "demo"
_OF_ONE_SERVER = ("base_url", "model")  # flags that mean nothing to another profile's server


class ProviderChoice:
    """What the settings choose, until the user chooses something else.

    Args:
        settings: What the user chose when the program began.
        environ: The process's environment: keys, and the variables in profiles.

    Attributes:
        first: The settings that it began with.
        settings: Those by which the provider was chosen that is in use.
        provider: The provider in use.

    Raises:
        ProviderError: What the settings name does not exist, or lacks something.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.first = self.settings = settings
        self.provider = self._resolved(settings)
        self._first_name = self.provider.name

    @property
    def profiles(self) -> list[str]:
        """The names that can be chosen: what it began with, and what is usable."""
        own = self.first.profiles
        named = [*BUILT_IN[:-1], *own, DEMO]
        usable = [name for name in named if name in own or self._is_usable(name)]
        return list(dict.fromkeys([self._first_name, *usable]))

    def _is_usable(self, name: str) -> bool:
        try:
            self.of(name)
        except ProviderError:
            return False
        return True

    def of(self, profile: str) -> Provider:
        """The provider that a profile names.

        Raises:
            ProviderError: It can't be used.
        """
        return self._resolved(self._settings_for(profile))

    def change(self, profile: str, model: str, effort: str, transport: str = "") -> None:
        """Use another profile, model, effort or transport: see `Backend.switch`.

        Raises:
            ProviderError: The profile can't be used; what was in use stays.
        """
        settings = self._settings_for(profile)
        settings = _choosing(settings, model=model) if model else _without(settings, "model")
        settings = _choosing(settings, effort=effort or None)
        over = _choosing(settings, transport=transport) if transport else None
        settings = over or _without(settings, "transport")
        self.provider = self._resolved(settings)
        self.settings = settings

    def _settings_for(self, profile: str) -> Settings:
        if profile == self._first_name:
            return self.first
        return _choosing(_without(self.first, *_OF_ONE_SERVER), profile=profile)

    def _resolved(self, settings: Settings) -> Provider:
        provider = resolve(settings, self._environ)
        if provider is not None:
            return provider
        demo = demo_provider()
        model = settings.model if settings.chosen("model") else None
        effort = settings.effort if settings.chosen("effort") else None
        return replace(demo, model=model or demo.model, effort=effort)


def demo_settings(settings: Settings) -> Settings:
    """The settings under which the embedded demo answers, whatever they say."""
    return _choosing(settings, profile=DEMO)


def _choosing(settings: Settings, **values: str | None) -> Settings:
    """The settings with choices that win as flags do."""
    return _with(settings, values, "flag")


def _without(settings: Settings, *names: str) -> Settings:
    """The settings without what flags and variables chose for some options."""
    return _with(settings, {name: None for name in names if settings.chosen(name)}, "default")


def _with(settings: Settings, values: Mapping[str, Any], origin: Origin) -> Settings:
    origins = {**settings.origins, **dict.fromkeys(values, origin)}
    return replace(settings, origins=origins, **values)
