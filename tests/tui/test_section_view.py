"""The view of sections: places, tail, opening, links, search, selection and copying."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App
from textual.geometry import Offset
from textual.selection import Selection

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.themes import load_themes, shipped_folder, variable_defaults

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.message import Message
    from textual.pilot import Pilot

NUMBERS = "\n".join(f"line {number}" for number in range(100))


class Bare(App[None]):
    """One view, and what it says."""

    CSS = "Screen { background: $background; }"

    def __init__(self, **options: Any) -> None:
        super().__init__()
        for theme in load_themes(shipped_folder()).themes:
            self.register_theme(theme)
        self.theme = "codex-dark"
        self.view = SectionView("nothing yet", **options)
        self.said: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.view

    def on_section_view_link_activated(self, message: SectionView.LinkActivated) -> None:
        self.said.append(message)

    def on_section_view_toggled(self, message: SectionView.Toggled) -> None:
        self.said.append(message)

    def on_section_view_search_counted(self, message: SectionView.SearchCounted) -> None:
        self.said.append(message)


async def drawn(pilot: Pilot[None]) -> list[str]:
    """Work to the end and return what can be seen."""
    view = pilot.app.query_one(SectionView)
    while view.advance(math.inf):
        pass
    await pilot.pause()
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def text_section(key: str, text: str, **options: Any) -> Section:
    return Section(key, document=TextDocument(text), **options)


async def test_sections_stand_below_each_other() -> None:
    app = Bare()
    async with app.run_test(size=(30, 12)) as pilot:
        assert (await drawn(pilot))[5].strip() == "nothing yet"
        app.view.stack.add(text_section("b", "two\nlines", title="B", meta="1.9 s"))
        app.view.stack.add(text_section("a", "one"), before="b")
        app.view.stack.add(text_section("c", "three", indent=2), after="a")
        assert await drawn(pilot) == [
            *("one", "", "  three", "", "B" + " " * 22 + "1.9 s", "two", "lines"),
            *[""] * 5,
        ]
        app.view.stack.discard("a")
        assert (await drawn(pilot))[:2] == ["  three", ""]
        app.view.clear()
        assert (await drawn(pilot))[5].strip() == "nothing yet"
        assert not app.view.stack


async def test_the_first_line_takes_the_place_of_what_an_empty_view_says() -> None:
    app = Bare()
    async with app.run_test(size=(30, 12)) as pilot:
        app.view.stack.add(text_section("a", ""))
        await pilot.pause()
        assert "nothing yet" in painted(app)
        app.view.stack.append("a", "text")
        await pilot.pause()
        assert painted(app).split() == ["text"]
        app.view.stack.replace("a", "")
        await pilot.pause()
        assert painted(app).split() == ["nothing", "yet"]


def painted(app: Bare) -> str:
    """What stands on the screen: lines that nobody said have changed are as they were."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_key_is_used_once() -> None:
    app = Bare()
    async with app.run_test():
        app.view.stack.add(text_section("a", "one"))
        with pytest.raises(ValueError, match="'a'"):
            app.view.stack.add(text_section("a", "two"))
        with pytest.raises(KeyError):
            app.view.stack.append("b", "text")


async def test_a_header_shows_what_was_updated() -> None:
    app = Bare()
    async with app.run_test(size=(32, 4)) as pilot:
        app.view.stack.add(Section("a", "[b]read_file[/b] and more words", state="running"))
        app.view.stack.update("a", meta="0.31 s", state="failed")
        assert (await drawn(pilot))[0] == "[b]read_file[/b] and …  0.31 s"
        app.view.stack.update("a", title="done")
        assert (await drawn(pilot))[0].startswith("done ")
        assert app.view.stack["a"].state == "failed"


# -- the tail


async def test_the_tail_is_followed_only_from_the_tail() -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.focus()
        app.view.stack.add(text_section("a", NUMBERS))
        assert (await drawn(pilot))[-1] == "line 99"
        app.view.stack.append("a", "\nline 100")
        assert (await drawn(pilot))[-1] == "line 100"

        await pilot.press("k", "k")
        app.view.stack.append("a", "\nline 101")
        assert (await drawn(pilot))[-1].split() == ["line", "98", "new", "↓"]
        assert app.view.unseen

        await pilot.press("G")
        assert (await drawn(pilot))[-1] == "line 101"
        assert not app.view.unseen
        app.view.stack.append("a", "\nline 102")
        assert (await drawn(pilot))[-1] == "line 102"


async def test_a_view_that_does_not_follow_stays_at_the_top() -> None:
    app = Bare(follow=False)
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.stack.add(text_section("a", NUMBERS))
        assert (await drawn(pilot))[0] == "line 0"


@pytest.mark.parametrize(
    ("keys", "top"),
    [
        (["g"], 0),
        (["g", "j", "down", "j", "up"], 2),
        (["g", "pagedown"], 9),
        (["g", "ctrl+d", "ctrl+d"], 10),
        (["end", "pageup"], 81),
        (["home", "end", "ctrl+u"], 85),
    ],
)
async def test_keys_scroll_at_once(keys: list[str], top: int) -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.focus()
        app.view.stack.add(text_section("a", NUMBERS))
        await drawn(pilot)
        await pilot.press(*keys)
        assert app.view.scroll_offset.y == top


async def test_what_is_read_stays_where_it_is_when_it_is_wrapped_again() -> None:
    app = Bare()
    async with app.run_test(size=(60, 12)) as pilot:
        paragraphs = (f"Paragraph {number} " + "of some words " * 12 for number in range(60))
        app.view.stack.add(Section("a", document=MarkdownDocument("\n\n".join(paragraphs))))
        await drawn(pilot)
        app.view.go_to(90)
        await pilot.pause()
        before = next(line for line in await drawn(pilot) if line.startswith("Paragraph"))
        await pilot.resize_terminal(33, 12)
        assert before[:12] in "\n".join(await drawn(pilot))
        await pilot.resize_terminal(60, 12)
        assert before in await drawn(pilot)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 1), (20, 6), (300, 80)])
async def test_any_size_is_survived_while_text_comes(size: tuple[int, int]) -> None:
    app = Bare()
    async with app.run_test(size=(60, 12)) as pilot:
        app.view.stack.add(Section("a", "title", document=MarkdownDocument()))
        app.view.stack.append(
            "a", "# a\n\n> - b 日本\n\n```python\nx = 1\n```\n\n| a | b |\n|-|-|\n| c"
        )
        await pilot.resize_terminal(*size)
        app.view.stack.append("a", " | d |\n" * 30)
        await drawn(pilot)
        await pilot.resize_terminal(60, 12)
        assert "└" in "".join(await drawn(pilot))


# -- opening and closing


async def test_a_header_opens_and_closes_by_click_and_by_key() -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        app.view.stack.add(text_section("a", "text", title="A", collapsible=True))
        app.view.stack.add(text_section("b", "more", title="B", collapsible=True, open=False))
        app.view.focus()
        assert (await drawn(pilot))[:4] == ["▾ A", "text", "", "▸ B"]
        await pilot.click(SectionView, offset=(3, 3))
        assert (await drawn(pilot))[3:5] == ["▾ B", "more"]
        await pilot.press("left_curly_bracket", "enter")
        assert (await drawn(pilot))[:3] == ["▸ A", "▾ B", "more"]
        await pilot.press("O")
        assert (await drawn(pilot))[:2] == ["▸ A", "▸ B"]
        await pilot.press("O", "right_curly_bracket", "enter")
        assert (await drawn(pilot))[:4] == ["▾ A", "text", "", "▸ B"]
        assert [(m.key, m.open) for m in app.said if isinstance(m, SectionView.Toggled)] == [
            *(("b", True), ("a", False), ("b", False))
        ]


async def test_a_closed_section_costs_no_layout_until_it_opens() -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        document = TextDocument(NUMBERS)
        app.view.stack.add(Section("a", "A", document=document, collapsible=True, open=False))
        await drawn(pilot)
        assert document.height == 0
        app.view.stack.set_open("a", True)
        await drawn(pilot)
        assert document.height == 100


# -- links


async def test_a_click_on_a_link_tells_its_target_and_opens_nothing() -> None:
    app = Bare()
    async with app.run_test(size=(40, 8)) as pilot:
        source = "see [the docs](https://example.org/x) and [evil](vscode:run)\n\n<me@u.vw>"
        app.view.stack.add(Section("a", document=MarkdownDocument(source), indent=2))
        await drawn(pilot)
        for x, y in ((9, 0), (4, 0), (22, 0), (4, 2)):
            await pilot.click(SectionView, offset=(x, y))
        urls = [m.url for m in app.said if isinstance(m, SectionView.LinkActivated)]
        assert urls == ["https://example.org/x", "mailto:me@u.vw"]
        assert app.view.stack.links == [("the docs", urls[0]), ("me@u.vw", urls[1])]


# -- search


async def test_search_marks_all_and_jumps_from_where_one_is() -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.stack.add(text_section("a", NUMBERS))
        app.view.stack.add(Section("b", document=MarkdownDocument("a **line\n9** `x`")))
        await drawn(pilot)
        app.view.go_to(85)
        await pilot.pause()
        assert app.view.search.seek("LINE 9") == 0
        assert app.view.search.seek("Line 9") == 0
        assert app.view.search.seek("line 9") == 12
        assert await current(pilot) == "line 90"
        assert app.view.search.go(1)
        assert await current(pilot) == "line 91"
        assert app.view.search.go(-1)
        assert app.view.search.go(-1)
        assert await current(pilot) == "line 9"
        assert app.view.search.go(-1)
        assert await current(pilot) == "a line 9 x"
        assert app.view.search.go(1)
        assert await current(pilot) == "line 9"


async def current(pilot: Pilot[None]) -> str:
    """The line that has the match that was jumped to."""
    texts = await drawn(pilot)
    view = pilot.app.query_one(SectionView)
    ground = view.get_component_rich_style("section-view--current").bgcolor
    lines = (list(view.render_line(y)) for y in range(view.size.height))
    marked = [any(s.style and s.style.bgcolor == ground for s in line) for line in lines]
    assert sum(marked) == 1
    return texts[marked.index(True)]


async def test_a_search_says_which_match_of_how_many_is_shown() -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.stack.add(text_section("a", "one two one\n\none"))
        app.view.stack.add(text_section("b", "one"))
        await drawn(pilot)
        assert app.view.search.matches == ""
        app.view.search.seek("one")
        await drawn(pilot)
        said = [app.view.search.matches]
        for step in (1, 1, -1):
            app.view.search.go(step)
            said.append(app.view.search.matches)
        assert said == ["1/4", "2/4", "3/4", "2/4"]
        app.view.search.seek("nowhere")
        await drawn(pilot)
        assert app.view.search.matches == "0 found"


async def test_search_finds_what_comes_later() -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.stack.add(text_section("a", "nothing"))
        await drawn(pilot)
        assert app.view.search.seek("needle") == 0
        app.view.stack.append("a", "\na needle")
        await drawn(pilot)
        counted = [m for m in app.said if isinstance(m, SectionView.SearchCounted)]
        assert (counted[-1].count, counted[-1].complete) == (1, True)
        app.view.search.seek("")
        assert not app.view.search.go(1)


@pytest.mark.parametrize("pattern", ["(", "[a-z", "a.c", "\\", " ", "", "x" * 9_000])
async def test_a_pattern_is_text(pattern: str) -> None:
    app = Bare()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.stack.add(text_section("a", "abc ( [a-z \\ "))
        await drawn(pilot)
        assert app.view.search.seek(pattern) == (pattern in ("(", "[a-z", "\\"))


async def test_marks_of_the_search_are_drawn() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.view.stack.add(text_section("a", "one two one"))
        await drawn(pilot)
        plain = list(app.view.render_line(0))
        app.view.search.seek("one")
        await pilot.pause()
        marked = [segment for segment in app.view.render_line(0) if segment.text == "one"]
        grounds = {segment.style.bgcolor for segment in marked if segment.style}
        assert len(marked) == 2
        assert len(grounds) == 2
        app.view.search.seek("")
        assert [segment.text for segment in app.view.render_line(0)] == [s.text for s in plain]


# -- selection and copying

SOURCE = "# Title\n\nSome **bold** and `code`,\nwrapped &amp; more\n\n- item one\n- item two\n"


@pytest.mark.parametrize(
    ("start", "end", "copied"),
    [
        ((0, 0), (5, 0), "# Title"),
        ((1, 0), (4, 0), "itl"),
        ((0, 2), (9, 2), "Some **bold"),
        ((5, 2), (9, 2), "bold"),
        ((10, 2), (18, 2), "and `code"),
        ((0, 2), (39, 2), "Some **bold** and `code`,\nwrapped &amp; more"),
        ((0, 2), (29, 2), "Some **bold** and `code`,\nwrapped &amp;"),
        ((0, 4), (10, 5), "- item one\n- item two"),
        ((0, 0), (0, 9), SOURCE.rstrip("\n")),
    ],
)
async def test_a_selection_copies_its_source(
    start: tuple[int, int], end: tuple[int, int], copied: str
) -> None:
    app = Bare()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.stack.add(Section("a", document=MarkdownDocument(SOURCE)))
        await drawn(pilot)
        app.screen.selections = {app.view: Selection(Offset(*start), Offset(*end))}
        assert app.view.copy_source() == copied
        assert app.screen.get_selected_text() == copied


async def test_the_mouse_selects() -> None:
    app = Bare()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.stack.add(Section("a", document=MarkdownDocument(SOURCE), indent=1))
        await drawn(pilot)
        await pilot.mouse_down(SectionView, offset=(2, 2))
        await pilot.hover(SectionView, offset=(10, 2))
        await pilot.mouse_up(SectionView, offset=(10, 2))
        assert app.view.copy_source().startswith("Some **bold")
        selected = [s for s in app.view.render_line(2) if s.style and "Some" in s.text]
        others = [s for s in app.view.render_line(4) if s.style and "item" in s.text]
        assert selected[0].style
        assert others[0].style
        assert selected[0].style.bgcolor != others[0].style.bgcolor


async def test_copying_takes_the_original_of_what_was_cleaned() -> None:
    app = Bare()
    async with app.run_test(size=(60, 10)) as pilot:
        source = "red \x1b[31m and \u202e back\r\n"
        app.view.stack.add(Section("a", document=MarkdownDocument(source)))
        assert (await drawn(pilot))[0] == "red ␛[31m and ⟨202E⟩ back"
        app.screen.selections = {app.view: Selection(Offset(0, 0), Offset(17, 0))}
        assert app.view.copy_source() == "red \x1b[31m and \u202e"
        app.screen.clear_selection()
        assert app.view.copy_source() == source


async def test_without_a_selection_the_section_under_the_cursor_is_copied() -> None:
    app = Bare()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.stack.add(text_section("a", "one", title="A", collapsible=True))
        app.view.stack.add(text_section("b", "two", title="B", collapsible=True))
        app.view.focus()
        await drawn(pilot)
        assert app.view.copy_source() == "one\n\ntwo"
        await pilot.press("right_curly_bracket", "right_curly_bracket")
        assert app.view.copy_source() == "two"


# -- places, styles


async def test_a_place_on_the_screen_leads_to_the_source_and_back() -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        long = "\n\n".join(f"paragraph **{number}**" for number in range(50))
        document = MarkdownDocument(long)
        app.view.stack.add(Section("a", "A", document=document, collapsible=True, open=False))
        await drawn(pilot)
        app.view.stack.set_open("a", True)
        await drawn(pilot)
        app.view.overlays.light(("a", long.index("30"), long.index("30") + 2))
        app.view.overlays.reveal()
        shown = await drawn(pilot)
        y = shown.index("paragraph 30")
        line = y + app.view.scroll_offset.y
        assert app.view.stack.source_at(line, 10) == ("a", long.index("30"))
        assert app.view.stack.source_at(line, 20) is None
        assert app.view.stack.source_at(line + 1, 0) is None


async def test_another_theme_paints_all_again() -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        app.view.stack.add(text_section("a", "text", title="A"))
        await drawn(pilot)
        dark = [segment.style for y in (0, 1) for segment in app.view.render_line(y)]
        app.theme = "codex-light"
        await pilot.pause()
        light = [segment.style for y in (0, 1) for segment in app.view.render_line(y)]
        assert all(one != other for one, other in zip(dark, light, strict=True))


@pytest.mark.parametrize("theme", ["ansi-dark", "textual-light", "dracula", "codex-contrast"])
async def test_every_theme_has_all_styles(theme: str) -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        app.theme = theme
        app.view.stack.add(Section("a", "A", document=MarkdownDocument(SOURCE)))
        assert "# Title" not in "".join(await drawn(pilot))


async def test_growing_lays_nothing_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        app.view.stack.add(text_section("a", NUMBERS))
        await drawn(pilot)
        laid_out: list[bool] = []
        monkeypatch.setattr(app.screen, "_refresh_layout", lambda *_: laid_out.append(True))
        app.view.stack.append("a", "\nmore\nand more")
        assert (await drawn(pilot))[-1] == "and more"
        assert app.view.virtual_size.height == 102
        assert laid_out == []


async def test_a_burst_comes_in_slices() -> None:
    app = Bare()
    async with app.run_test(size=(30, 8)) as pilot:
        app.view.stack.add(Section("a", document=MarkdownDocument()))
        await drawn(pilot)
        app.view.stack.append("a", "a paragraph\n\n" * 9_000)
        assert app.view.advance(0)
        assert app.view.virtual_size.height < 1_000
        await drawn(pilot)
        assert app.view.virtual_size.height == 17_999


async def test_a_search_in_an_empty_view_finds_nothing() -> None:
    app = Bare()
    async with app.run_test():
        assert app.view.search.seek("needle") == 0
        assert not app.view.search.go(1)
        assert not app.view.search.go(-1)
