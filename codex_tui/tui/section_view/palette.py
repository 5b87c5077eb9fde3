"""The component classes that the drawn roles take their styles from, and their default CSS.

The variables are those of `themes.variable_defaults`, which derives them for any Textual theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from rich.style import Style

from codex_tui.documents.styles import GAP_STEPS, Role, Styles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App
    from textual.widget import Widget

PREFIX = "section-view--"
_LAYERS = ("link", "block", "span", "match", "current", "selected", "lit", "caret")
_TOKENS = tuple(f"gap-{step}{odd}" for step in range(GAP_STEPS) for odd in ("", "-odd"))
_PARTS = (
    *("header", "header-cursor", "header-running", "header-failed"),
    *("header-warning", "header-muted", "header-prompt"),
)
_OTHERS = ("meta", "new", "placeholder")


def _name(role: Role) -> str:
    return role.name.lower().replace("_", "-")


COMPONENTS = {PREFIX + name for name in (*map(_name, Role), *_LAYERS, *_TOKENS, *_PARTS, *_OTHERS)}

CSS = """
SectionView {
    background: $background;
    color: $foreground;
    padding: 0 0 0 1;
    scrollbar-background: $background;
    scrollbar-background-hover: $background;
    scrollbar-background-active: $background;
    & > .section-view--placeholder { color: $quiet; text-style: $quiet-style; }
}
"""

LATE_CSS = """
SectionView {
    & > .section-view--muted { color: $quiet; text-style: $quiet-style; }
    & > .section-view--error { color: $event-error; }
    & > .section-view--heading-1 { color: $line-focus; text-style: bold; }
    & > .section-view--heading-2 { color: $line-focus; text-style: bold; }
    & > .section-view--heading-3 { text-style: bold; }
    & > .section-view--heading-4 { color: $quiet; text-style: bold; }
    & > .section-view--bar { color: $quiet; text-style: $quiet-style; }
    & > .section-view--marker { color: $line-focus; }
    & > .section-view--rule { color: $line; }
    & > .section-view--border { color: $line; }
    & > .section-view--table-head { text-style: bold; }
    & > .section-view--html { color: $quiet; text-style: $quiet-style; }
    & > .section-view--keyword { color: $syntax-keyword; }
    & > .section-view--string { color: $syntax-string; }
    & > .section-view--number { color: $syntax-number; }
    & > .section-view--comment { color: $syntax-comment; text-style: $quiet-style; }
    & > .section-view--function { color: $syntax-name; }
    & > .section-view--type { color: $syntax-name; }
    & > .section-view--key { color: $syntax-name; }
    & > .section-view--punctuation { color: $quiet; text-style: $quiet-style; }
    & > .section-view--added { color: $good; }
    & > .section-view--removed { color: $event-error; }
    & > .section-view--link { text-style: underline; }
    & > .section-view--block { background: $code-background; }
    & > .section-view--span { background: $code-background; }
    &:ansi > .section-view--span { color: $syntax-name; }
    & > .section-view--match { background: $match-background; color: $match-foreground; }
    & > .section-view--current {
        background: $match-current-background;
        color: $match-current-foreground;
    }
    & > .section-view--selected { background: $screen-selection-background; }
    & > .section-view--lit { background: $line-focus 40%; color: auto; }
    & > .section-view--caret { text-style: reverse; }
    & > .section-view--gap-0-odd { background: $foreground 11%; }
    & > .section-view--gap-1 { background: $stall 12%; }
    & > .section-view--gap-1-odd { background: $stall 20%; }
    & > .section-view--gap-2 { background: $stall 30%; color: auto; }
    & > .section-view--gap-2-odd { background: $stall 38%; color: auto; }
    & > .section-view--gap-3 { background: $stall 54%; color: auto; }
    & > .section-view--gap-3-odd { background: $stall 62%; color: auto; }
    & > .section-view--gap-4 { background: $stall; color: auto; text-style: bold; }
    & > .section-view--gap-4-odd { background: $stall 90%; color: auto; text-style: bold; }
    & > .section-view--header { text-style: bold; }
    & > .section-view--header-running { color: $line-focus; }
    & > .section-view--header-failed { color: $event-error; }
    & > .section-view--header-warning { color: $stall; }
    & > .section-view--header-muted { color: $quiet; text-style: $quiet-style; }
    & > .section-view--header-prompt { color: $line-focus; }
    & > .section-view--meta { color: $quiet; text-style: $quiet-style; }
    & > .section-view--new { background: $line-focus; color: $background; }
    &:focus > .section-view--header-cursor { background: $row-selected; }
}
"""

# Where there are no shades the pieces are underlined in turn, and what was waited for is stronger.
_WITHOUT_SHADES = {
    "lit": "bold underline",
    "gap-0-odd": "underline",
    "gap-1": "none",
    "gap-1-odd": "underline",
    "gap-2": "italic",
    "gap-2-odd": "italic underline",
    "gap-3": "bold",
    "gap-3-odd": "bold underline",
    "gap-4": "bold reverse",
    "gap-4-odd": "bold reverse underline",
}
_AUTOMATIC = ("lit", "gap-2", "gap-3", "gap-4")  # on their shade they choose their own colour
LATE_CSS += "".join(
    f"SectionView:{state} > .{PREFIX}{name} {{ background: transparent; text-style: {look};"
    f" {'color: $foreground;' if name.startswith(_AUTOMATIC) else ''} }}\n"
    for state in ("ansi", "nocolor")
    for name, look in _WITHOUT_SHADES.items()
)


class _Known(NamedTuple):
    """Styles, and all that they depend on."""

    variables: Mapping[str, str]
    ground: Style
    styles: Styles


_KNOWN: WeakKeyDictionary[App[object], _Known] = WeakKeyDictionary()


def styles_of(view: Widget) -> Styles:
    """Return what the current theme makes of the roles: the same for all views on one ground."""
    variables, ground = view.app.theme_variables, view.rich_style
    known = _KNOWN.get(view.app)
    if known is None or known.variables is not variables or known.ground != ground:
        known = _KNOWN[view.app] = _Known(variables, ground, _made(view))
    return known.styles


def _made(view: Widget) -> Styles:
    return Styles(
        roles=tuple(view.get_component_rich_style(PREFIX + _name(role)) for role in Role),
        link=view.get_component_rich_style(PREFIX + "link", partial=True),
        block=view.get_component_rich_style(PREFIX + "block", partial=True),
        span=view.get_component_rich_style(PREFIX + "span", partial=True),
        match=view.get_component_rich_style(PREFIX + "match"),
        current=view.get_component_rich_style(PREFIX + "current"),
        selected=_ground(view, "selected"),
        lit=_layer(view, "lit"),
        caret=_layer(view, "caret"),
        tokens=tuple(_layer(view, name) for name in _TOKENS),
    )


def _ground(view: Widget, name: str) -> Style:
    return Style(bgcolor=view.get_component_rich_style(PREFIX + name).bgcolor)


def _layer(view: Widget, name: str) -> Style:
    """Return only what a component changes; its ground is blended with the view's."""
    partial = view.get_component_rich_style(PREFIX + name, partial=True)
    whole = view.get_component_rich_style(PREFIX + name)
    made = partial + Style(bgcolor=whole.bgcolor) if partial.bgcolor is not None else partial
    automatic = view.get_component_styles(PREFIX + name).auto_color
    return made + Style(color=whole.color) if automatic else made
