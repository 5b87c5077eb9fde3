"""Stills as one SVG that moves: what is seen when, and that it loads nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from typing import TYPE_CHECKING
from xml.parsers import expat

import pytest
from rich.segment import Segment
from rich.style import Style

from codex_tui.tui.moving_picture import HOLD, Still, moving_picture

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (12, 2)
PLAIN, BOLD = Style.parse("white on #101010"), Style.parse("bold red on #101010")
LIT = Style.parse("white on #404040")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


def still(seconds: float, *rows: str, style: Style = PLAIN) -> Still:
    """A still of a few rows; a bar parts the tiles of a row."""
    cut = [[[Segment(tile.ljust(6), style)] for tile in row.split("|")] for row in rows]
    return Still(seconds, cut)


FILM = (
    still(0, "one|same", "two|"),
    still(0.5, "three|same", "two|"),
    still(0.6, "one|same", "|two"),
    still(2, "<&>|same", "|two"),
)


class Played:
    """What a browser shows of a film, worked out of its CSS."""

    def __init__(self, svg: str) -> None:
        expat.ParserCreate().Parse(svg, True)  # raises where it is no XML
        self.svg = svg
        self.looks = dict(re.findall(r'<g id="(\w+)">(.*)</g>', svg))
        self.whole = float(self._found(r"animation:([\d.]+)s"))

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.svg)
        assert found is not None
        return found[1]

    def at(self, seconds: float, *, moving: bool = True) -> list[tuple[float, float, str]]:
        """The texts that are seen, with their places."""
        seen: list[tuple[float, float, str]] = []
        for classes, uses in re.findall(r'^(?:<g class="(.*?)">)?(<use.*)', self.svg, re.MULTILINE):
            if self._shown(classes, seconds, moving=moving):
                seen += map(self._text, re.findall("<use (.*?)/>", uses))
        return sorted(seen)

    def _shown(self, classes: str, seconds: float, *, moving: bool) -> bool:
        if not classes:
            return True
        if not moving:
            return "z" in classes.split()
        _, delay, length, *_ = classes.split()
        begun = seconds - float(self._found(rf"\.{delay}{{animation-delay:(-[\d.]+)s}}"))
        share = float(self._found(rf"@keyframes {length}{{from{{visibility:visible}}([\d.]+)%"))
        return begun % self.whole / self.whole < share / 100

    def _text(self, use: str) -> tuple[float, float, str]:
        said = dict(re.findall(r'(\w+)="#?([^"]*)"', use))
        texts = re.findall("<text[^>]*>(.*?)</text>", self.looks[said["href"]])
        return float(said["y"]), float(said.get("x", 0)), unescape("".join(texts))


def words(still: Still) -> list[str]:
    tiles = ("".join(s.text for s in tile).strip() for row in still.rows for tile in row)
    return [tile for tile in tiles if tile]


@pytest.mark.parametrize(
    ("seconds", "number"), [(0.01, 0), (0.49, 0), (0.55, 1), (0.7, 2), (4.9, 3)]
)
def test_at_any_time_its_frame_is_seen_in_each_round(seconds: float, number: int) -> None:
    played = Played(moving_picture(FILM, SIZE, "a film"))
    assert played.whole == FILM[-1].seconds + HOLD
    for round_ in range(3):
        seen = played.at(seconds + round_ * played.whole)
        assert [text for _, _, text in seen] == words(FILM[number])


def test_where_nothing_moves_the_last_frame_stands() -> None:
    svg = moving_picture(FILM, SIZE, "a film")
    assert [text for *_, text in Played(svg).at(1, moving=False)] == words(FILM[-1])
    assert "@media (prefers-reduced-motion:reduce){.a{animation:none}}" in svg


def test_what_is_seen_again_is_drawn_once() -> None:
    svg = moving_picture(FILM, SIZE, "a film")
    assert [svg.count(f">{word}</text>") for word in ("one", "two", "same")] == [1, 1, 1]
    assert svg.count("animation-delay") == len({0, 0.5, 0.6, 2})


def test_a_single_still_has_no_animation() -> None:
    svg = moving_picture(FILM[:1], SIZE, "a film")
    assert "@keyframes" not in svg
    assert [text for *_, text in Played(svg).at(0)] == words(FILM[0])


def test_looks_become_css_and_grounds_that_are_not_the_screens_are_drawn() -> None:
    svg = moving_picture([still(0, "a|b", style=BOLD), still(1, "a|b", style=LIT)], SIZE, "t")
    assert re.search(r"\.c\d+{fill:#\w{6};font-weight:bold}", svg)
    assert '<rect width="100%" height="100%" fill="#404040"/>' in svg  # of the last still
    assert svg.count('height="24.7" width') + svg.count('height="24.7" fill="#101010"') == 2


def test_it_runs_nothing_and_loads_nothing() -> None:
    hostile = "</text><script>1</script>|<a href='x'>"
    svg = moving_picture([still(0, hostile), still(1, "x|y")], (50, 1), "<title>")
    expat.ParserCreate().Parse(svg, True)
    tags = set(re.findall(r"<(\w+)", svg))
    assert tags <= {"svg", "title", "style", "defs", "g", "rect", "text", "circle", "use"}
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|@font-face|url\(", svg)
    assert all(each.startswith("#") for each in re.findall(r'href="([^"]*)"', svg))
    assert "</text><script>1</script>" in unescape(svg)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
@pytest.mark.parametrize(("seconds", "number"), [(0.25, 0), (0.55, 1), (1.3, 2), (3, 3), (5.2, 0)])
def test_a_browser_shows_it_so(tmp_path: Path, seconds: float, number: int) -> None:
    alone = moving_picture([FILM[number]._replace(seconds=0)], SIZE, "a film")
    film = paused(moving_picture(FILM, SIZE, "a film"), seconds)
    assert drawn(tmp_path / "film.svg", film) == drawn(tmp_path / "alone.svg", alone)


def paused(svg: str, seconds: float) -> str:
    """A film that stands still at a moment."""
    late = re.sub(
        r"animation-delay:-([\d.]+)s",
        lambda delay: f"animation-delay:-{float(delay[1]) + seconds}s",
        svg,
    )
    return late.replace("</style>", ".a{animation-play-state:paused}</style>")


def drawn(path: Path, svg: str) -> bytes:
    """The pixels that a browser shows."""
    path.write_text(svg, encoding="utf-8")
    picture = path.with_suffix(".png")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={path.parent}/own"]
    command = [str(BROWSER), *options, f"--screenshot={picture}", path.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return picture.read_bytes()
