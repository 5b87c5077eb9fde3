"""Stills of a screen as one SVG that moves: CSS alone, no script, nothing that is loaded.

A screen is cut into tiles, a row of a pane each. Each look of a tile is defined once, wherever and
as often as it is shown, and is placed for as long as it stays; what is shown for the same time
shares one animation. Where nothing is animated (a reader who wants less motion, a program that
knows no CSS) the last still stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.color import Color
    from rich.color_triplet import ColorTriplet
    from rich.segment import Segment

HOLD = 3.0
"""Seconds for which the last still stays before the film begins again."""

CELL, LINE = 12.2, 24.4
"""Width and height of a cell, as in the pictures that Rich draws."""

_THEME = SVG_EXPORT_THEME
_BASE = 20  # from a line's upper edge to where its letters stand
_SIDE, _TOP = 9, 41  # from the picture's edges to the screen's
_WINDOW = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{title}</title>
<style>
text{{font-family:Fira Code,monospace;font-size:20px;white-space:pre}}
.title{{font:bold 18px arial;text-anchor:middle}}
{style}
</style>
<defs>
{defs}
</defs>
<rect x="1" y="1" width="{window_width}" height="{window_height}" rx="8" fill="{window}"\
 stroke="#fff" stroke-opacity=".35"/>
<text class="title" x="{middle}" y="27" fill="{letters}">{title}</text>
<g transform="translate(26,22)"><circle r="7" fill="#ff5f57"/><circle cx="22" r="7" \
fill="#febc2e"/><circle cx="44" r="7" fill="#28c840"/></g>
<svg x="9" y="41" width="{screen_width}" height="{screen_height}">
<rect width="100%" height="100%" fill="{ground}"/>
{body}
</svg>
</svg>
"""

Place = tuple[int, int]
"""Row and column of a tile."""

Look = tuple["StyledCells", ...]
"""What a tile shows."""


class StyledCells(NamedTuple):
    """Some cells of a tile in one style: where they begin, their text, CSS, and ground."""

    cell: int
    text: str
    css: str
    ground: str


class Still(NamedTuple):
    """The screen from a moment on, in seconds of the film; rows cut into tiles."""

    seconds: float
    rows: Sequence[Iterable[Iterable[Segment]]]


class FilmSpan(NamedTuple):
    """When something is shown: from a still on, and up to another."""

    first: int
    end: int


def moving_picture(stills: Sequence[Still], size: tuple[int, int], title: str) -> str:
    """The stills as an animated SVG.

    Args:
        stills: At least one; the first is at 0 seconds.
        size: Columns and rows of the screen.
        title: What stands above the screen.
    """
    times = [still.seconds for still in stills]
    times.append(times[-1] + HOLD)
    looks = [_looks(still) for still in stills]
    ground = _ground(looks[-1])
    drawing = _Drawing(ground)
    shown: defaultdict[FilmSpan, list[str]] = defaultdict(list)
    for place, look, when in _stays(looks):
        if drawn := drawing.use(place, look):
            shown[when].append(drawn)
    course = _Course(times)
    body = [course.group(when, "".join(uses)) for when, uses in sorted(shown.items())]
    return _WINDOW.format(
        title=escape(title),
        style="\n".join([*drawing.rules(), *course.rules()]),
        defs="\n".join(drawing.definitions()),
        body="\n".join(body),
        ground=ground,
        window=_THEME.background_color.hex,
        letters=_THEME.foreground_color.hex,
        **_measures(size),
    )


def _measures(size: tuple[int, int]) -> dict[str, str]:
    width, height = size[0] * CELL, size[1] * LINE
    measures = {
        "screen_width": width,
        "screen_height": height,
        "window_width": width + 2 * _SIDE - 2,
        "window_height": height + _TOP + _SIDE - 2,
        "width": width + 2 * _SIDE,
        "height": height + _TOP + _SIDE,
        "middle": width / 2 + _SIDE,
    }
    return {name: _short(measure) for name, measure in measures.items()}


# -- what is seen --------------------------------------------------------------------------------


def _looks(still: Still) -> dict[Place, Look]:
    found: dict[Place, Look] = {}
    for row, tiles in enumerate(still.rows):
        column = 0
        for tile in tiles:
            look = tuple(_pieces(tile))
            if look:
                found[row, column] = look
                column += sum(cell_len(piece.text) for piece in look)
    return found


def _pieces(tile: Iterable[Segment]) -> Iterator[StyledCells]:
    """The cells of a tile, those of one style together."""
    styled = [(segment.text, *_css(segment.style or Style())) for segment in tile if segment.text]
    cell = 0
    for (css, ground), alike in groupby(styled, key=lambda each: each[1:]):
        text = "".join(each[0] for each in alike)
        yield StyledCells(cell, text, css, ground)
        cell += cell_len(text)


def _css(style: Style) -> tuple[str, str]:
    """How letters of a style look, and the colour of their ground."""
    color = _rgb(style.color, _THEME.foreground_color, front=True)
    ground = _rgb(style.bgcolor, _THEME.background_color, front=False)
    if style.reverse:
        color, ground = ground, color
    if style.dim:
        color = blend_rgb(color, ground, 0.4)
    faces = (
        (style.bold, ";font-weight:bold"),
        (style.italic, ";font-style:italic"),
        (style.underline, ";text-decoration:underline"),
        (style.strike, ";text-decoration:line-through"),
    )
    return f"fill:{color.hex}" + "".join(css for said, css in faces if said), ground.hex


def _rgb(color: Color | None, default: ColorTriplet, *, front: bool) -> ColorTriplet:
    if color is None or color.is_default:
        return default
    return color.get_truecolor(_THEME, foreground=front)


def _ground(looks: dict[Place, Look]) -> str:
    """The ground that most cells have: it is drawn once, below all."""
    cells: Counter[str] = Counter()
    for look in looks.values():
        for piece in look:
            cells[piece.ground] += len(piece.text)
    return cells.most_common(1)[0][0]


def _stays(looks: Sequence[dict[Place, Look]]) -> Iterator[tuple[Place, Look, FilmSpan]]:
    """Each look of a tile, and the stills in which it stays."""
    since: dict[Place, tuple[Look, int]] = {}
    for number, seen in enumerate([*looks, {}]):
        for place, (look, first) in list(since.items()):
            if seen.get(place) != look:
                yield place, look, FilmSpan(first, number)
                del since[place]
        for place, look in seen.items():
            since.setdefault(place, (look, number))


# -- how it is drawn -----------------------------------------------------------------------------


class _Drawing:
    """The definitions of what is drawn, each once, by short names.

    Args:
        ground: The colour that is there already.
    """

    def __init__(self, ground: str) -> None:
        self._ground = ground
        self._looks: dict[str, str] = {}
        self._css: dict[str, str] = {}

    def use(self, place: Place, look: Look) -> str:
        """Place a look."""
        drawn = "".join(self._drawn(look))
        if not drawn:
            return ""
        name = self._looks.setdefault(drawn, f"l{len(self._looks)}")
        row, column = place
        x = f' x="{_short(column * CELL)}"' if column else ""
        return f'<use href="#{name}"{x} y="{_short(row * LINE + _BASE)}"/>'

    def _drawn(self, look: Look) -> Iterator[str]:
        for ground, alike in groupby(look, key=lambda piece: piece.ground):
            pieces = list(alike)
            if ground != self._ground:
                width = sum(cell_len(piece.text) for piece in pieces) * CELL
                size = f'y="-18.5" width="{_short(width)}" height="24.7"'
                yield f'<rect{_at(pieces[0].cell * CELL)} {size} fill="{ground}"/>'
        for piece in look:
            yield from self._letters(piece)

    def _letters(self, piece: StyledCells) -> Iterator[str]:
        """The words of a piece; wide gaps between them are left out."""
        text = piece.text.rstrip()
        cell = piece.cell + len(text) - len(text.lstrip())
        if text := text.lstrip():
            name = self._css.setdefault(piece.css, f"c{len(self._css)}")
            length = _short(cell_len(text) * CELL)
            yield (
                f'<text{_at(cell * CELL)} class="{name}" textLength="{length}">'
                f"{escape(text, quote=False)}</text>"
            )

    def definitions(self) -> Iterator[str]:
        """All looks that are placed."""
        return (f'<g id="{name}">{drawn}</g>' for drawn, name in self._looks.items())

    def rules(self) -> Iterator[str]:
        """The CSS of the letters."""
        return (f".{name}{{{css}}}" for css, name in self._css.items())


def _at(x: float) -> str:
    return f' x="{_short(x)}"' if x else ""


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


# -- when it is shown ----------------------------------------------------------------------------


class _Course:
    """When what is shown: one animation for each length, and a delay for each beginning.

    Delays are negative, so that the film is in its course from the first moment on. What is shown
    stays a trifle too long rather than too short, or the screen would flicker.

    Args:
        times: When each still begins, in seconds, and when the film begins again.
    """

    def __init__(self, times: Sequence[float]) -> None:
        self._times = times
        self._whole = FilmSpan(0, len(times) - 1)
        self._delays: dict[int, str] = {}
        self._shares: dict[str, str] = {}

    def group(self, when: FilmSpan, drawn: str) -> str:
        """What is drawn, for as long as it is shown."""
        if when == self._whole:
            return drawn
        delay = self._delays.setdefault(when.first, f"t{len(self._delays)}")
        share = (self._times[when.end] - self._times[when.first]) / self._times[-1]
        length = self._shares.setdefault(f"{ceil(share * 1e8) / 1e6:.6f}", f"k{len(self._shares)}")
        last = " z" if when.end == self._whole.end else ""
        return f'<g class="a {delay} {length}{last}">{drawn}</g>'

    def rules(self) -> Iterator[str]:
        """The CSS of what was grouped."""
        whole = self._times[-1]
        yield f".a{{visibility:hidden;animation:{whole:.3f}s step-end infinite}}"
        yield ".z{visibility:visible}"
        for first, name in self._delays.items():
            yield f".{name}{{animation-delay:{self._times[first] - whole:.3f}s}}"
        for share, name in self._shares.items():
            yield f".{name}{{animation-name:{name}}}"
            end = f"{share}%,to{{visibility:hidden}}"
            yield f"@keyframes {name}{{from{{visibility:visible}}{end}}}"
        yield "@media (prefers-reduced-motion:reduce){.a{animation:none}}"
