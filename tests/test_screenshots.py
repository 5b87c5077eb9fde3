"""The pictures in screenshots/ show what the code draws today."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parent.parent / "screenshots"
MOST = 1_000_000
"""Bytes of a film, at most."""


def renderer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots_render", FOLDER / "render.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RENDER = renderer()


@pytest.mark.parametrize("shot", RENDER.SHOTS, ids=[shot.name for shot in RENDER.SHOTS])
async def test_a_screenshot_is_current(shot: object) -> None:
    picture = await RENDER.picture(shot)
    name = getattr(shot, "name", "")
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert picture == kept, "draw them anew with: python screenshots/render.py"


@pytest.mark.parametrize("listing", RENDER.LISTINGS, ids=[each.name for each in RENDER.LISTINGS])
async def test_a_picture_of_a_list_is_current(listing: object) -> None:
    picture = await RENDER.list_picture(listing)
    kept = (FOLDER / f"{getattr(listing, 'name', '')}.svg").read_text(encoding="utf-8")
    assert picture == kept, "draw them anew with: python screenshots/render.py"


@pytest.mark.parametrize("wanted", RENDER.COMPARISONS, ids=[c.name for c in RENDER.COMPARISONS])
async def test_a_picture_of_a_comparison_is_current(wanted: object) -> None:
    picture = await RENDER.compared_picture(wanted)
    kept = (FOLDER / f"{getattr(wanted, 'name', '')}.svg").read_text(encoding="utf-8")
    assert picture == kept, "draw them anew with: python screenshots/render.py"


@pytest.mark.parametrize("film", RENDER.FILMS, ids=[film.name for film in RENDER.FILMS])
def test_a_film_is_current_and_small(film: object) -> None:
    picture = RENDER.moving_picture(film)
    kept = (FOLDER / f"{getattr(film, 'name', '')}.svg").read_text(encoding="utf-8")
    assert picture == kept, "draw it anew with: python screenshots/render.py"
    assert len(picture) < MOST


def test_no_picture_is_left_over() -> None:
    drawn = {each.name for each in (*_STILL, *RENDER.FILMS)}
    assert {path.stem for path in FOLDER.glob("*.svg")} == drawn


_STILL = (*RENDER.SHOTS, *RENDER.LISTINGS, *RENDER.COMPARISONS)


@pytest.mark.parametrize("shot", _STILL, ids=[each.name for each in _STILL])
def test_who_looks_at_a_picture_asks_no_server_for_it(shot: object) -> None:
    picture = (FOLDER / f"{getattr(shot, 'name', '')}.svg").read_text(encoding="utf-8")
    style = picture.partition("<style>")[2].partition("</style>")[0]
    assert "matrix" in style
    assert not any(word in style for word in ("@font-face", "@import", "url(http", "//"))
