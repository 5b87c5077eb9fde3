"""Loading of theme files, and our variables for themes that know nothing of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Footer, Input, Static

from codex_tui.tui.themes import (
    ThemeError,
    contrast,
    load_theme,
    load_themes,
    parse_theme,
    readable_on,
    variable_defaults,
)
from codex_tui.wire.base import Family

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COLOURED = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]
EVERY_VARIABLE = sorted(variable_defaults(BUILTIN_THEMES["nord"]))


class Themed(App[None]):
    """Uses each of our variables once, as the real app does."""

    CSS = "\n".join(
        f".{name} {{ {'text-style' if name.endswith('style') else 'color'}: ${name}; }}"
        for name in EVERY_VARIABLE
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.register_theme(theme)
        self.theme = theme.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        for name in EVERY_VARIABLE:
            yield Static(name, classes=name)
        yield Input()
        yield Footer()


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# -- variables


@pytest.mark.parametrize("name", BUILTIN_THEMES)
async def test_an_app_starts_with_every_theme_of_textual(name: str) -> None:
    app = Themed(BUILTIN_THEMES[name])
    async with app.run_test(size=(80, 24)):
        wanted = Color.parse(variable_defaults(app.current_theme)["event-error"])
        assert app.query_one(".event-error").styles.color == wanted


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("table", [{"primary": "#888"}, {"primary": "ansi_blue", "ansi": True}])
async def test_an_app_starts_with_the_smallest_theme(
    table: Mapping[str, object], dark: bool
) -> None:
    app = Themed(parse_theme({"name": "small", "dark": dark, **table}))
    async with app.run_test(size=(80, 24)):
        assert app.query_one(Input).is_attached


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_events_can_be_read_and_told_apart_in_every_theme(theme: Theme) -> None:
    system = theme.to_color_system().generate()
    ours = variable_defaults(theme)
    for name in [family.variable for family in Family] + ["quiet", "stall", "good"]:
        for ground in (system["background"], system["surface"], ours["row-selected"]):
            assert contrast(Color.parse(ours[name]), Color.parse(ground)) >= 4.5, name
    assert len({ours[family.variable] for family in Family}) == len(Family)


def test_a_themes_own_variable_wins() -> None:
    theme = parse_theme({"name": "x", "primary": "#123", "variables": {"event-tool": "#abcdef"}})
    assert Themed(theme).get_css_variables()["event-tool"] == "#abcdef"


@pytest.mark.parametrize("dark", [True, False])
def test_ansi_themes_get_ansi_colours_only(dark: bool) -> None:
    ours = variable_defaults(Theme("x", "ansi_blue", ansi=True, dark=dark))
    assert set(ours) >= set(EVERY_VARIABLE)
    colors = {value for name, value in ours.items() if not name.endswith("style")}
    assert all(value.startswith("ansi_") or value == "transparent" for value in colors)


COLORS = st.builds(Color, *(st.integers(0, 255) for _ in range(3)))


@given(COLORS, COLORS)
def test_a_colour_becomes_readable_on_any_ground(color: Color, ground: Color) -> None:
    assert contrast(readable_on(color, [ground]), ground) >= 4.5


@given(COLORS)
def test_a_readable_colour_stays_what_it_is(color: Color) -> None:
    ground = Color.parse("#000000")
    if contrast(color, ground) >= 4.5:
        assert readable_on(color, [ground]) == color


# -- files


def test_a_theme_is_named_after_its_file_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert load_theme(write(tmp_path, "sea.toml", 'primary = "#268bd2"')).name == "sea"
    named = write(tmp_path, "x.toml", 'name = "lake"\nprimary = "#268bd2"')
    assert load_theme(named).name == "lake"


def test_a_folder_that_is_missing_is_an_empty_one(tmp_path: Path) -> None:
    loaded = load_themes(tmp_path / "none")
    assert (loaded.themes, loaded.problems) == ([], [])


def test_a_broken_theme_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "bad.toml", "primary = 'no-such-colour'")
    write(tmp_path, "good.toml", "primary = '#268bd2'")
    loaded = load_themes(tmp_path)
    assert [theme.name for theme in loaded.themes] == ["good"]
    assert [str(problem) for problem in loaded.problems] == [
        "bad.toml: 'primary': 'no-such-colour' is not a colour"
    ]


def test_a_users_theme_replaces_the_shipped_one_of_that_name(tmp_path: Path) -> None:
    for folder, color in (("shipped", "#111111"), ("user", "#222222")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "mine.toml", f"primary = '{color}'")
    loaded = load_themes(tmp_path / "shipped", tmp_path / "user")
    assert [theme.primary for theme in loaded.themes] == ["#222222"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("primary = ", "is not TOML"),
        ("", "'primary' is missing"),
        ("primary = '#12'", "is not a colour"),
        ("primary = 5", "must be of type str"),
        ("primary = '#123'\ndark = 'yes'", "must be of type bool"),
        ("primary = '#123'\ndark = 1", "must be of type bool"),
        ("primary = '#123'\ntext_alpha = true", "must be of type float"),
        ("primary = '#123'\nforegroud = '#fff'", "did you mean 'foreground'?"),
        ("primary = '#123'\nname = 'a b'", "may only have letters"),
        ("primary = '#123'\nvariables = 'x'", "must be of type dict"),
        ("primary = '#123'\n[variables]\n'a b' = '#fff'", "names have small letters"),
        ("primary = '#123'\n[variables]\nstall = 3", "must be a string"),
        ("primary = '#123'\n[variables]\nstall = 'red; }'", "is not a colour"),
        ("primary = '#123'\n[variables]\nborder = 'auto'", "is not a colour"),
        ("primary = '#123'\n[variables]\nborder = 'red 500%'", "is not a colour"),
        ("primary = '#123'\n[variables]\nevent-tool = 'red 50%'", "is not a colour"),
        ("primary = '#123'\n[variables]\npanel-darken-1 = 'initial'", "is not a colour"),
        ("primary = '#123'\n[variables]\nlink-style = 'curly'", "is not a text style"),
        ("primary = '#123'\n[variables]\nlink-style = ''", "is not a text style"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ThemeError) as caught:
        load_theme(write(tmp_path, "x.toml", text))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["auto", "auto 50%", "initial", "red 90%", "ansi_red"])
@pytest.mark.parametrize("base", [{"primary": "#123456"}, {"primary": "ansi_red", "ansi": True}])
async def test_what_is_accepted_does_not_break_the_app(value: str, base: dict[str, object]) -> None:
    names = Themed(parse_theme({"name": "x", **base})).get_css_variables()
    accepted = {name: value for name in names if accepts({**base, "variables": {name: value}})}
    assert accepted
    theme = parse_theme({"name": "x", **base, "variables": accepted})
    async with Themed(theme).run_test(size=(80, 24)) as pilot:
        assert pilot.app.current_theme is theme


def accepts(table: dict[str, object]) -> bool:
    try:
        parse_theme({"name": "x", **table})
    except ThemeError:
        return False
    return True


def test_files_that_are_no_text_are_problems_too(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "folder.toml").mkdir()
    reasons = [problem.reason for problem in load_themes(tmp_path).problems]
    assert reasons == ["is not UTF-8 text", "can't be read: Is a directory"]


VALUES = st.one_of(st.text(max_size=12), st.integers(), st.booleans(), st.floats(), st.none())


@given(
    st.dictionaries(
        st.sampled_from(["primary", "accent", "dark", "ansi", "text_alpha", "panel", "x"]), VALUES
    ),
    st.dictionaries(st.sampled_from(["stall", "link-style", "A", "border"]), VALUES),
)
def test_a_table_is_a_theme_or_a_theme_error(
    table: dict[str, object], variables: dict[str, object]
) -> None:
    try:
        theme = parse_theme({"name": "x", **table, "variables": variables})
    except ThemeError:
        return
    assert theme.to_color_system().generate()
    assert variable_defaults(theme)
