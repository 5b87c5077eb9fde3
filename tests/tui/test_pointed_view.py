"""The cursor in drawn text, the lit span and the pieces: places, keys, clicks, overlays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.color import Color

from codex_tui.documents.lines import Line, Run, searchable, text_of, width_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.styles import CARET, GAP_STEPS, LIT, STILL, TOKEN_STYLES
from codex_tui.documents.text_document import TextDocument
from codex_tui.timeline.provenance import Pieces, TextPiece
from codex_tui.tui.section_view import palette
from codex_tui.tui.section_view.overlays import GAPS, Tokens, flagged, gap_step, laid_over
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.themes import contrast, load_themes, shipped_folder, variable_defaults

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot

TEXT = "The job *fails*:\n\n- put back\n- 数える\n\nand `again`."


class Bare(App[None]):
    """One view, and which characters it was pointed at."""

    def __init__(self, text: str = TEXT) -> None:
        super().__init__()
        for theme in load_themes(shipped_folder()).themes:
            self.register_theme(theme)
        self.theme = "codex-dark"
        self.view = SectionView(pointing=True)
        self.text = text
        self.pointed: list[tuple[str, int]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        self.view.stack.add(Section("title", "what was asked"))
        self.view.stack.add(Section("a", document=MarkdownDocument(self.text)))
        self.view.stack.add(Section("b", document=TextDocument("other")))
        yield self.view

    def on_section_view_pointed(self, message: SectionView.Pointed) -> None:
        self.pointed.append((message.key, message.source))

    @property
    def last(self) -> str:
        key, source = self.pointed[-1]
        return (self.text if key == "a" else "other")[source]


async def ready(pilot: Pilot[None], *keys: str) -> Bare:
    app = pilot.app
    assert isinstance(app, Bare)
    while app.view.advance(math.inf):
        pass
    app.view.focus()
    await pilot.press(*keys)
    await pilot.pause()
    return app


@pytest.mark.parametrize(
    ("keys", "character"),
    [
        ((), "T"),
        (("right", "l"), "e"),
        (("right", "h", "left"), "T"),
        (("end",), ":"),
        (("end", "left"), "s"),
        (("end", "right"), "p"),  # over the bullet, which stands for nothing
        (("end", "home"), "T"),
        (("end", "end"), "r"),  # from the end of the line to that of all
        (("G", "G", "g", "g"), "T"),
        (("down", "right"), "u"),
        (("down", "down"), "数"),
        (("down", "down", "right", "right", "up"), "b"),
        (("down", "down", "down", "down", "k", "k", "k"), "p"),
        (("pagedown",), "o"),
        (("pagedown", "pageup"), "T"),
    ],
)
async def test_the_cursor_goes_by_characters_that_came(
    keys: tuple[str, ...], character: str
) -> None:
    app = Bare()
    async with app.run_test(size=(40, 14)) as pilot:
        await ready(pilot, "c", *keys)
        assert app.last == character
        assert app.view.pointer.caret is not None


async def test_esc_is_not_taken_and_leaving_gives_the_keys_back() -> None:
    app = Bare()
    async with app.run_test(size=(40, 14)) as pilot:
        await ready(pilot, "c", "right")
        assert app.view.pointer.leave()
        assert not app.view.pointer.leave()
        await pilot.press("right", "left", "down")
        assert [source for _, source in app.pointed] == [0, 1]
        await pilot.press("c")
        assert app.pointed[-1] == ("a", 1)  # it begins where it was


async def test_a_click_points_and_moves_a_cursor_that_is_there() -> None:
    app = Bare()
    async with app.run_test(size=(40, 14)) as pilot:
        await ready(pilot)
        assert "The job" in app.view.render_line(2).text
        await pilot.click(app.view, offset=(5, 2))
        assert app.pointed == [("a", 4)]
        assert app.view.pointer.caret is None
        await pilot.press("c", "right")
        await pilot.click(app.view, offset=(5, 2))
        assert [source for _, source in app.pointed] == [4, 4, 5, 4]
        await pilot.click(app.view, offset=(30, 2))
        await pilot.click(app.view, offset=(3, 0))
        assert len(app.pointed) == 4


async def test_the_cursor_stays_on_its_character_and_in_sight() -> None:
    text = "\n\n".join(f"paragraph {number} of many words" for number in range(40))
    app = Bare(text)
    async with app.run_test(size=(40, 12)) as pilot:
        await ready(pilot, "c", "end", "end")
        assert app.pointed[-1][0] == "b"
        y = app.view.scroll_offset.y
        await pilot.press("home", "home")
        assert app.view.scroll_offset.y < y
        await pilot.press("pagedown", "pagedown")
        place = app.pointed[-1]
        await pilot.resize_terminal(18, 12)
        while app.view.advance(math.inf):
            pass
        await pilot.press("right")
        assert app.pointed[-1] == (place[0], place[1] + 1)


async def test_a_cursor_whose_text_has_gone_begins_anew() -> None:
    app = Bare()
    async with app.run_test(size=(40, 14)) as pilot:
        await ready(pilot, "c", "down")
        app.view.stack.discard("a")
        await pilot.press("right")
        assert app.pointed[-1] == ("b", 1)


async def test_nothing_can_be_pointed_at_where_nothing_is() -> None:
    app = Bare()
    async with app.run_test(size=(40, 14)) as pilot:
        app.view.clear()
        await ready(pilot, "c", "right", "down", "home")
        assert app.pointed == []
        assert app.view.pointer.caret is None


async def test_what_grows_does_not_carry_the_cursor_away() -> None:
    app = Bare("word\n\n" * 30)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, "G", "c")
        y = app.view.scroll_offset.y
        app.view.stack.append("b", "\nmore" * 20)
        await ready(pilot)
        assert app.view.scroll_offset.y == y
        app.view.pointer.leave()
        await pilot.press("G")
        app.view.stack.append("b", "\nmore" * 20)
        await ready(pilot)
        assert app.view.at_tail


async def test_a_span_is_lit_revealed_and_cleared() -> None:
    app = Bare("word\n\n" * 30)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, "g")
        app.view.overlays.light(("b", 0, 3))
        app.view.overlays.reveal()
        await pilot.pause()
        assert lit_text(app.view) == "oth"
        app.view.overlays.light(None)
        assert lit_text(app.view) == ""


def lit_text(view: SectionView) -> str:
    """What is drawn on the ground of the lit span."""
    ground = view._painter.styles.lit.bgcolor
    segments = [segment for y in range(view.size.height) for segment in view.render_line(y)]
    return "".join(s.text for s in segments if s.style and s.style.bgcolor == ground)


# -- overlays


def runs(parts: list[tuple[str, bool, bool]]) -> Line:
    line, source = [], 0
    for text, added, still in parts:
        line.append(Run(text, STILL if still and not added else 0, -1 if added else source))
        source += 0 if added else 1 if still else len(text)
    return tuple(line)


WORDS = st.text("ab 数é👩‍👩‍👧🇩🇪e\u0301", max_size=8)
LINES = st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), max_size=6).map(runs)


@given(LINES, st.lists(st.integers(0, 40), unique=True), st.integers(0, 40), st.integers(0, 40))
def test_what_is_laid_over_a_line_changes_neither_its_text_nor_its_cells(
    line: Line, starts: list[int], first: int, last: int
) -> None:
    pieces = Pieces()
    for number, start in enumerate(sorted(starts)):
        pieces.append(TextPiece(start, number, number / 7))
    made = laid_over(line, Tokens(pieces, 2).spans)
    made = laid_over(made, flagged(first, last, LIT))
    assert text_of(made) == text_of(line)
    assert width_of(made) == width_of(line)
    assert searchable(made) == searchable(line)


def test_every_character_has_the_flag_of_its_piece() -> None:
    pieces = Pieces()
    for entry, start in enumerate((0, 2, 3, 7)):
        pieces.append(TextPiece(start, entry, GAPS[entry]))
    made = laid_over((Run("• ", 0), Run("abcdefgh", 0, 0)), Tokens(pieces).spans)
    found = [(run.text, (run.style & TOKEN_STYLES) >> 20) for run in made]
    assert found == [("• ", 0), ("ab", 3), ("c", 6), ("defg", 7), ("h", 10)]
    assert [run.source for run in made] == [-1, 0, 2, 3, 7]
    lit = laid_over(made, flagged(1, 4, LIT))
    assert [run.text for run in lit if run.style & LIT] == ["b", "c", "d"]
    assert laid_over(lit, flagged(20, 30, CARET)) == lit


def test_gaps_have_five_steps() -> None:
    assert [gap_step(gap) for gap in (None, 0.0, 0.05, 0.2, 0.7, 12.0)] == [0, 0, 1, 2, 3, 4]
    assert gap_step(math.inf) + 1 == GAP_STEPS


async def test_what_is_laid_over_can_be_read_in_every_theme() -> None:
    app = Bare()
    async with app.run_test() as pilot:
        for name in sorted(app.available_themes):
            app.theme = name
            await pilot.pause()
            await pilot.pause()
            styles = palette.styles_of(app.view)
            text = styles.roles[0]
            for style in (styles.lit, *styles.tokens):
                made = text + style
                if style.bgcolor is None:
                    continue
                assert made.color is not None
                assert made.bgcolor is not None
                drawn = Color.from_rich_color(made.color), Color.from_rich_color(made.bgcolor)
                assert contrast(*drawn) >= 3.0, (name, style)
