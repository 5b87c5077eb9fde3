"""Colour themes: flat TOML files made into Textual themes, and our own variables for any theme.

A theme file that is wrong is a `ThemeProblem` for the user to read, never a crash: every field,
colour and variable is checked here, since Textual would only find it while it draws. Our variables
are derived from the theme's own colours and moved until they can be read on its grounds.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import fields
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from textual.color import BLACK, WHITE, Color, ColorParseError, rgb_to_lab
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

READABLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text on its ground."""

_VISIBLE = 3.0
"""WCAG 2.2, 1.4.11: the least contrast of a mark or an outline that means something."""

_APART = 18.0
"""The least distance (CIE76) at which two families' colours are told apart at a glance."""

_TYPES: dict[str, tuple[type, ...]] = {
    "dark": (bool,),
    "ansi": (bool,),
    "luminosity_spread": (float, int),
    "text_alpha": (float, int),
    "variables": (dict,),
}
_TEXT_STYLES = frozenset(
    {
        *("none", "not", "bold", "dim", "italic", "underline", "underline2", "reverse", "strike"),
        *("blink", "overline", "b", "d", "i", "u", "uu", "r", "s", "o"),
    }
)
_VARIABLE_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_PERCENT = re.compile(r"(?P<color>.+?)\s+(100|\d{1,2}(\.\d+)?)%\Z")
_PLAIN = re.compile(
    r"(primary|secondary|accent|success|warning|error|foreground|background|surface|panel|boost)"
    r"(-background)?(-(lighten|darken)-\d)?\Z"
)
"""The variables that Textual, or we, make further colours of: nothing but a colour will do."""


class ThemeError(ValueError):
    """A theme file that can't be used; the message says where and why, in one line."""


class ThemeProblem(Struct, frozen=True):
    """A theme file that was left out, and the reason as a sentence for the user."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path.name}: {self.reason}"


class LoadedThemes(Struct, frozen=True):
    """The themes of one or several folders, and what was wrong with the other files."""

    themes: list[Theme] = field(default_factory=list)
    problems: list[ThemeProblem] = field(default_factory=list)


# -- files


def shipped_folder() -> Path:
    """Return the folder of the shipped themes: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "themes"
    return packed if packed.is_dir() else package.parent / "themes"


def shipped_theme(name: str) -> Theme | None:
    """Return one of the shipped themes, which are called as their files are."""
    paths = shipped_folder().glob("*.toml")
    path = next((each for each in paths if each.stem == name), None)
    return None if path is None else load_theme(path)


def load_themes(*folders: Path) -> LoadedThemes:
    """Load every `*.toml` of the folders; of two themes with one name, the later folder's wins.

    A folder that does not exist is an empty one.
    """
    found: dict[str, Theme] = {}
    problems: list[ThemeProblem] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            theme = load_theme(path)
        except ThemeError as error:
            problems.append(ThemeProblem(path, str(error)))
        else:
            found[theme.name] = theme
    return LoadedThemes(list(found.values()), problems)


def load_theme(path: Path) -> Theme:
    """Read one theme file; its name is the file's unless the file says another.

    Raises:
        ThemeError: It can't be read, is no TOML, or holds something that is not a theme's.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ThemeError(f"can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ThemeError("is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"is not TOML: {error}") from error
    return parse_theme({"name": path.stem, **table})


def parse_theme(table: dict[str, Any]) -> Theme:
    """Make a theme of a table with the fields of `textual.theme.Theme`.

    Raises:
        ThemeError: A field is unknown, missing or of the wrong kind, or a colour is none.
    """
    for name, value in table.items():
        _check_field(name, value)
    if "primary" not in table:
        raise ThemeError("the field 'primary' is missing; it is the one colour a theme must have")
    for name, value in table.get("variables", {}).items():
        _check_variable(name, value)
    return Theme(**table)


def _check_field(name: str, value: object) -> None:
    known = [each.name for each in fields(Theme)]
    if name not in known:
        close = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ThemeError(f"unknown field {name!r}{hint}")
    kinds = _TYPES.get(name, (str,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ThemeError(f"the field {name!r} must be of type {kinds[0].__name__}, not {value!r}")
    if name == "name":
        _check_name(str(value))
    elif name not in _TYPES:
        _check_color(name, str(value))


def _check_name(name: str) -> None:
    # The name becomes a CSS class of the app.
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise ThemeError(f"the name {name!r} may only have letters, digits, '-' and '_'")


def _check_color(name: str, value: str) -> None:
    try:
        Color.parse(value)
    except (ColorParseError, ValueError) as error:
        raise ThemeError(f"{name!r}: {value!r} is not a colour") from error


def _check_variable(name: str, value: object) -> None:
    if not _VARIABLE_NAME.match(name):
        raise ThemeError(f"variable {name!r}: names have small letters, digits and '-'")
    if not isinstance(value, str):
        raise ThemeError(f"variable {name!r}: must be a string, not {value!r}")
    if name.endswith("-style") or "-style-" in name:
        _check_text_style(name, value)
    elif not (_PLAIN.match(name) or name in _ANSI_DARK):
        _check_css_color(name, value)
    else:
        _check_color(name, value)


def _check_css_color(name: str, value: str) -> None:
    """Check a colour that only style sheets use: it may be weakened, and text may be `auto`."""
    match = _PERCENT.match(value)
    color = match["color"] if match else value
    if color == "auto" and (name.startswith("text") or name.endswith("foreground")):
        return
    if value == "initial" and name.startswith("link-background"):
        return
    _check_color(name, color)


def _check_text_style(name: str, value: str) -> None:
    unknown = [word for word in value.split() if word not in _TEXT_STYLES]
    if unknown or not value.strip():
        raise ThemeError(f"variable {name!r}: {value!r} is not a text style")


# -- our variables


def variable_defaults(theme: Theme) -> dict[str, str]:
    """Return our CSS variables for a theme, for `App.get_theme_variable_defaults`.

    A theme's own `[variables]` win over these.
    """
    background = Color.parse(theme.background) if theme.background else None
    if theme.ansi or (background is not None and background.ansi is not None):
        return _ANSI_DARK if theme.dark else _ANSI_LIGHT
    return _Palette(theme).variables()


_ANSI_DARK = {
    "event-lifecycle": "ansi_bright_blue",
    "event-reasoning": "ansi_magenta",
    "event-output": "ansi_green",
    "event-tool": "ansi_yellow",
    "event-error": "ansi_red",
    "event-unknown": "ansi_bright_magenta",
    "event-keepalive": "ansi_default",
    "stall": "ansi_bright_red",
    "good": "ansi_green",
    # No grey of the sixteen can be read in every palette (in Solarized, bright black is the
    # ground), so quiet text is the terminal's own colour, dimmed by its style.
    "quiet": "ansi_default",
    "quiet-style": "dim",
    "line": "ansi_bright_black",
    "line-focus": "ansi_cyan",
    "row-selected": "ansi_default",
    "row-selected-style": "bold",
    "match-foreground": "ansi_black",
    "match-background": "ansi_yellow",
    "match-current-foreground": "ansi_bright_white",
    "match-current-background": "ansi_magenta",
    "code-background": "ansi_default",
    "syntax-keyword": "ansi_magenta",
    "syntax-name": "ansi_bright_blue",
    "syntax-string": "ansi_green",
    "syntax-number": "ansi_cyan",
    "syntax-comment": "ansi_default",
    # Textual's own stylesheets use these, but it makes them for themes of true colours only.
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "foreground-disabled": "ansi_default",
    "surface-active": "transparent",
}
_ANSI_LIGHT = {
    **_ANSI_DARK,
    "ansi-background": "ansi_white",
    "ansi-foreground": "ansi_black",
    "event-lifecycle": "ansi_cyan",
    "event-tool": "ansi_blue",
    "line-focus": "ansi_blue",
    "syntax-name": "ansi_blue",
}

_PREFERRED = {
    # In the order of choosing: a colour that is taken goes to the first that asks for it.
    "event-error": ("error",),
    "stall": ("warning",),
    "event-output": ("success",),
    "event-reasoning": ("secondary", "primary", "accent"),
    "event-lifecycle": ("primary", "secondary", "accent"),
    "event-tool": ("accent", "secondary", "primary"),
    "event-unknown": (),
}
_UNKNOWN = Color.parse("#d98cc8")
_SPARE = tuple(
    Color.parse(color) for color in ("#54b4c4", "#d0a94f", "#8f9fe8", "#b07ce8", "#e0803f")
)


class _Palette:
    """The colours of one theme, from which ours are derived."""

    def __init__(self, theme: Theme) -> None:
        system = theme.to_color_system().generate()
        self.background = Color.parse(system["background"])
        self.named = {
            name: self.background + Color.parse(system[name])
            for name in (
                *("foreground", "surface"),
                *("primary", "secondary", "accent", "success", "warning", "error"),
            )
        }
        self.selected = self.background.blend(self.named["primary"], 0.14)
        # The panel is left out: in several themes it is a middle grey on which every hue pales.
        self.grounds = (self.background, self.named["surface"], self.selected)

    def variables(self) -> dict[str, str]:
        """Return every variable as a CSS value."""
        quiet = self._readable(self.named["foreground"].blend(self.background, 0.42))
        colors = {**self._families(), **self._plain(quiet)}
        colors |= {"event-keepalive": quiet, **self._syntax(colors, quiet)}
        return {name: color.hex for name, color in colors.items()} | {
            "quiet-style": "none",
            "row-selected-style": "none",
        }

    def _families(self) -> dict[str, Color]:
        taken: dict[str, Color] = {}
        for name, sources in _PREFERRED.items():
            wanted = [self.named[source] for source in sources]
            spare = (_UNKNOWN, *_SPARE) if name == "event-unknown" else (*_SPARE, _UNKNOWN)
            taken[name] = self._choose([*wanted, *spare], taken.values())
        return taken

    def _choose(self, candidates: Sequence[Color], taken: Iterable[Color]) -> Color:
        others, nearer = list(taken), []
        for color in map(self._readable, candidates):
            gap = min((_distance(color, each) for each in others), default=100)
            if gap >= _APART:
                return color
            nearer.append((gap, color))
        return max(nearer, key=itemgetter(0))[1]

    def _plain(self, quiet: Color) -> dict[str, Color]:
        foreground, warning = self.named["foreground"], self.named["warning"]
        match = self.background.blend(warning, 0.3)
        return {
            "good": self._readable(self.named["success"]),
            "quiet": quiet,
            "line": foreground.blend(self.background, 0.76),
            "line-focus": readable_on(self.named["primary"], self.grounds, _VISIBLE),
            "row-selected": self.selected,
            "match-foreground": readable_on(foreground, [match]),
            "match-background": match,
            "match-current-foreground": readable_on(self.background, [warning]),
            "match-current-background": warning,
            "code-background": self.named["surface"],
        }

    def _syntax(self, colors: dict[str, Color], quiet: Color) -> dict[str, Color]:
        return {
            "syntax-keyword": colors["event-reasoning"],
            "syntax-name": colors["event-lifecycle"],
            "syntax-string": colors["event-output"],
            "syntax-number": colors["event-tool"],
            "syntax-comment": quiet,
        }

    def _readable(self, color: Color) -> Color:
        return readable_on(color, self.grounds)


# -- contrast


def readable_on(color: Color, grounds: Sequence[Color], ratio: float = READABLE) -> Color:
    """Move a colour towards white or black until its contrast is enough on every ground."""
    ends = sorted((WHITE, BLACK), key=lambda end: min(contrast(end, each) for each in grounds))
    for step in range(20):
        moved = color.blend(ends[-1], step / 20, alpha=1.0)
        if all(contrast(moved, ground) >= ratio for ground in grounds):
            return moved
    return ends[-1]


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@cache
def _luminance(color: Color) -> float:
    red, green, blue = (_linear(channel) for channel in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _distance(one: Color, other: Color) -> float:
    a, b = rgb_to_lab(one), rgb_to_lab(other)
    return float(((a.L - b.L) ** 2 + (a.a - b.a) ** 2 + (a.b - b.b) ** 2) ** 0.5)
