"""The looks that the user chose: which of them is worn, and which is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.config.errors import ConfigError
from codex_tui.state import load_choices, save_choice
from codex_tui.tui.screenshots import picture
from tests.exports.sessions import answer
from tests.tui.rig import Rig
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


def remembered(rig: Rig) -> str | None:
    return load_choices(rig.state).get("theme")


async def test_a_theme_that_a_flag_names_is_worn_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path, theme="nord")
    save_choice(rig.state, "theme", "codex-light")
    async with rig.running() as pilot:
        await settled(pilot)
        assert rig.app.theme == "nord"
    assert remembered(rig) == "codex-light"


async def test_a_theme_that_the_user_puts_on_is_remembered(tmp_path: Path) -> None:
    rig = Rig(tmp_path, theme="nord")
    async with rig.running() as pilot:
        await settled(pilot)
        rig.app.theme = "codex-contrast"
        await settled(pilot)
    assert remembered(rig) == "codex-contrast"


async def test_one_that_he_puts_on_before_all_is_loaded_is_remembered_too(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        rig.app.theme = "codex-light"
        await settled(pilot)
    assert remembered(rig) == "codex-light"


async def test_a_theme_that_is_none_names_ours_and_goes_soon(tmp_path: Path) -> None:
    rig = Rig(tmp_path, theme="nope")
    async with rig.running() as pilot:
        await settled(pilot)
        (said,) = rig.app._notifications
        assert rig.app.theme == "codex-dark"
        others = len(rig.app.available_themes) - 5
    assert said.message == (
        "--theme: there is no theme 'nope': it can be: codex-ansi, codex-contrast, codex-dark, "
        f"codex-ember, codex-light, and {others} more"
    )
    assert said.timeout < 15
    assert remembered(rig) is None


def test_a_picture_is_not_drawn_in_another_theme_than_was_asked_for(tmp_path: Path) -> None:
    settings = load({"theme": "codex-lihgt", "data_dir": tmp_path}, {})
    with pytest.raises(ConfigError, match='did you mean "codex-light"'):
        picture(answer("x"), settings, name="n", size=(80, 24))


def test_a_picture_leaves_nothing_behind(tmp_path: Path) -> None:
    settings = load({"theme": "nord", "data_dir": tmp_path}, {})
    picture(answer("x"), settings, name="n", size=(80, 24))
    assert load_choices(settings.paths.state) == {}
