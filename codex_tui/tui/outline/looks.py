"""How the outline looks: the colours of the user's theme, as escape sequences.

A shipped theme spells out the few colours that the outline needs, so they are read from its file;
those of any other theme are worked out by Textual, which has to be loaded for that.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.color import Color, ColorSystem

from codex_tui.state import load_choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codex_tui.config import Settings

DEFAULT_THEME = "codex-dark"


class Look(NamedTuple):
    """How a piece looks: variables for its colours, and a style or the variable that has it."""

    color: str
    style: str = ""
    ground: str = "background"


LOOKS = {
    "text": Look("foreground"),
    "strong": Look("line-focus", "bold"),
    "focused": Look("line-focus"),
    "line": Look("line"),
    "title": Look("quiet"),
    "quiet": Look("quiet", "quiet-style"),
    "active": Look("line-focus", "bold reverse"),
    "scrollbar": Look("foreground", ground="scrollbar-background"),
}

_NEEDED = {look.color for look in LOOKS.values()} | {look.ground for look in LOOKS.values()}
_STYLES = {"bold": "1", "dim": "2", "reverse": "7"}
_ANSI = (
    *("ansi_black", "ansi_red", "ansi_green", "ansi_yellow", "ansi_blue", "ansi_magenta"),
    *("ansi_cyan", "ansi_white", "ansi_bright_black", "ansi_bright_red", "ansi_bright_green"),
    *("ansi_bright_yellow", "ansi_bright_blue", "ansi_bright_magenta", "ansi_bright_cyan"),
    "ansi_bright_white",
)


def shipped_folder() -> Path:
    """Return the folder of the shipped themes: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    packed = package / "themes"
    return packed if packed.is_dir() else package.parent / "themes"


def wanted_theme(settings: Settings) -> str:
    """Return the name of the theme that the user chose; it may not exist."""
    chosen = settings.theme or load_choices(settings.paths.state).get("theme")
    return chosen or DEFAULT_THEME


# -- colours -------------------------------------------------------------------------------------


def colors_of(settings: Settings) -> Mapping[str, str]:
    """Return the CSS variables of the user's theme, as values of CSS; the needed ones at least."""
    name = wanted_theme(settings)
    if not any(settings.paths.themes.glob("*.toml")):
        colors = _spelled_out(shipped_folder() / f"{name}.toml")
        if colors.keys() >= _NEEDED:
            return colors
    return _worked_out(name, settings.paths.themes)


def _spelled_out(path: Path) -> dict[str, str]:
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {**table, **table.get("variables", {})}


def _worked_out(name: str, folder: Path) -> dict[str, str]:
    # As the app does it; so a file that is wrong or missing has the same theme in its place.
    from textual.color import Color as CssColor
    from textual.theme import BUILTIN_THEMES

    from codex_tui.tui.theming import load_themes, variable_defaults

    loaded = {theme.name: theme for theme in load_themes(shipped_folder(), folder).themes}
    themes = {**BUILTIN_THEMES, **loaded}
    theme = themes.get(name) or themes[DEFAULT_THEME]
    system = theme.to_color_system().generate()
    colors = {**variable_defaults(theme), **system, **theme.variables}
    ground = CssColor.parse(colors["background"])
    for needed in _NEEDED:
        color = CssColor.parse(colors[needed])
        if color.ansi is None:
            colors[needed] = (ground + color).hex6
    return colors


# -- escape sequences ----------------------------------------------------------------------------


def codes_for(colors: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the escape sequence of each look, as far as the terminal's colours go.

    Args:
        colors: CSS variables of the theme.
        environ: where the terminal says how many colours it has (Rich's rules), and the user
            whether any are wanted (no-color.org).
    """
    system, plain = _system(environ), "NO_COLOR" in environ
    found = {}
    for name, look in LOOKS.items():
        color = _codes(colors[look.color], system, plain=plain, foreground=True)
        ground = _codes(colors[look.ground], system, plain=plain, foreground=False)
        codes = ["0", *_styles(look.style, colors), *color, *ground]
        found[name] = f"\x1b[{';'.join(codes)}m"
    return found


def _system(environ: Mapping[str, str]) -> ColorSystem:
    named = environ.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if named in ("standard", "256", "truecolor"):
        names = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}
        return names.get(named, ColorSystem.TRUECOLOR)
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorSystem.TRUECOLOR
    colors = environ.get("TERM", "").strip().lower().rpartition("-")[2]
    return ColorSystem.EIGHT_BIT if colors in ("kitty", "256color") else ColorSystem.STANDARD


def _styles(style: str, colors: Mapping[str, str]) -> Iterable[str]:
    names = colors.get(style, style) if style.endswith("-style") else style
    return [_STYLES[name] for name in names.split() if name in _STYLES]


def _codes(value: str, system: ColorSystem, *, plain: bool, foreground: bool) -> tuple[str, ...]:
    if value.startswith("ansi_"):
        color = Color.from_ansi(_ANSI.index(value)) if value in _ANSI and not plain else None
        return (color or Color.default()).get_ansi_codes(foreground)
    red, green, blue = (int(value[at : at + 2], 16) for at in (1, 3, 5))
    if plain:  # as Textual does it: greys (Rec. 709)
        red = green = blue = round(red * 0.2126 + green * 0.7152 + blue * 0.0722)
    return Color.from_rgb(red, green, blue).downgrade(system).get_ansi_codes(foreground)
