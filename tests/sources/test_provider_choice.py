"""Which provider is chosen, and what a choice takes along: nothing is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.sources.provider_choice import DEMO, ProviderChoice, demo_settings
from codex_tui.sources.providers import ProviderError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[profiles.local]
base_url = "http://local.example/v1"
model = "llama"

[profiles.keyed]
base_url = "http://keyed.example/v1"
key_variable = "KEYED_KEY"
"""
KEY = {"OPENAI_API_KEY": "sk-none-0123456789"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    return {"CODEX_TUI_CONFIG": str(config), "CODEX_HOME": str(tmp_path)}


def chosen(environ: dict[str, str], **flags: object) -> ProviderChoice:
    return ProviderChoice(load(flags, environ), environ)


def test_what_it_began_with_comes_first_and_what_is_not_usable_not_at_all(
    environ: dict[str, str],
) -> None:
    assert chosen(environ).profiles == ["demo", "local", "keyed"]
    assert chosen(environ | KEY, profile="local").profiles == ["local", "openai", "keyed", "demo"]


def test_an_address_of_a_flag_stays_with_its_own_server(environ: dict[str, str]) -> None:
    choice = chosen(environ | KEY, base_url="http://a.example/v1", model="m")
    first = choice.provider.name
    choice.change("openai", "", "")
    assert choice.provider.address == "https://api.openai.com/v1"
    assert choice.provider.model != "m"
    choice.change(first, "m", "")
    assert choice.provider.address == "http://a.example/v1"


def test_what_can_not_be_used_changes_nothing(environ: dict[str, str]) -> None:
    choice = chosen(environ, profile="local")
    before = choice.provider, choice.settings
    with pytest.raises(ProviderError, match="KEYED_KEY"):
        choice.change("keyed", "m", "")
    assert (choice.provider, choice.settings) == before


def test_effort_and_transport_are_chosen_and_left_again(environ: dict[str, str]) -> None:
    choice = chosen(environ, profile="local")
    choice.change("local", "other", "low", "websocket")
    assert (choice.provider.model, choice.provider.effort) == ("other", "low")
    assert choice.provider.transport == "websocket"
    choice.change("local", "", "")
    assert (choice.provider.model, choice.provider.effort) == ("llama", None)
    assert choice.provider.transport != "websocket"


def test_another_profile_is_looked_up_without_choosing_it(environ: dict[str, str]) -> None:
    choice = chosen(environ)
    assert choice.of("local").model == "llama"
    assert choice.provider.name == DEMO


def test_the_demo_answers_whatever_is_configured(environ: dict[str, str]) -> None:
    keyed = environ | KEY
    settings = demo_settings(load({"effort": "low"}, keyed))
    assert ProviderChoice(settings, keyed).provider.name == DEMO
