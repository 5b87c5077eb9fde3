"""What Markdown looks like: CommonMark with GitHub's extensions, in cells."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.documents.highlight import language_of
from codex_tui.documents.lines import text_of
from codex_tui.documents.markdown.tables import fit
from codex_tui.documents.styles import BLOCK, EMPHASIS, LINK, SPAN, STRIKE, STRONG, Role
from tests.documents.drawn import assert_fits, at_once, lines, markdown, pieces, styled, texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\nb", ["a b"], id="soft break"),
        pytest.param("a  \nb\\\nc", ["a", "b", "c"], id="hard breaks"),
        pytest.param("# a #\n## b", ["a", "", "b"], id="headings"),
        pytest.param("a\n===\n\nb\n---", ["a", "", "b"], id="underlined headings"),
        pytest.param("- a\n- b\n  - c", ["• a", "• b", "  ◦ c"], id="tight list"),
        pytest.param("- a\n\n- b", ["• a", "", "• b"], id="loose list"),
        pytest.param("3. a\n3. b", [" 3. a", " 4. b"], id="numbers count from the first"),
        pytest.param("9. a\n1. b", [" 9. a", "10. b"], id="numbers are aligned"),
        pytest.param(
            "- a\n\t1. b\n\t2. c", ["• a", "   1. b", "   2. c"], id="numbers behind a tab"
        ),
        pytest.param(">\t7. a", ["▎  7. a"], id="a number behind a tab in a quote"),
        pytest.param("- a\n+ b", ["• a", "", "• b"], id="another marker begins another list"),
        pytest.param("-\n  a", ["• a"], id="an item that begins with a blank line"),
        pytest.param("- \n\nb", ["•", "", "b"], id="an empty item"),
        pytest.param("- [ ] a\n- [x] b\n- [y]", ["☐ a", "☑ b", "• [y]"], id="tasks"),
        pytest.param("> a\n> > b\nc", ["▎ a", "▎", "▎ ▎ b c"], id="quotes, lazily"),
        pytest.param("> - a\n>\n> b", ["▎ • a", "▎", "▎ b"], id="a list in a quote"),
        pytest.param("- > a\n  > b\n- c", ["• ▎ a b", "• c"], id="a quote in a list"),
        pytest.param("* * *", ["─" * 20], id="rule"),
        pytest.param("    a\n\n\tb\n\nc", [" a", "", " b", "", "c"], id="indented code"),
        pytest.param("```\na\n\n b\n```\nc", [" a", "", "  b", "", "c"], id="fence"),
        pytest.param("~~~\na", [" a"], id="open fence"),
        pytest.param("<i>a</i> <br>", ["<i>a</i> <br>"], id="inline HTML is text"),
        pytest.param("<div>\na\n\n*b*", [" <div>", " a", "", "b"], id="HTML block is text"),
        pytest.param("a\tb", ["a b"], id="a tab in prose"),
        pytest.param("```\na\tb\n```", [" a   b"], id="a tab in code"),
        pytest.param("&lt;&copy;&nosuch;&#65;", ["<©&nosuch;A"], id="entities"),
        pytest.param("\\*a\\* \\a", ["*a* \\a"], id="escapes"),
        pytest.param("http://u.v/*a*b c", ["http://u.v/*a*b c"], id="an address over marks"),
        pytest.param("a\r\nb\rc", ["a b␍c"], id="line ends"),
        pytest.param("[a]: /u\n[b]: /v", [], id="definitions are not shown"),
        pytest.param("![alt](http://a.b) ![](http://c.d)", ["▣ alt ▣ image"], id="images"),
    ],
)
def test_blocks_and_text(text: str, shown: list[str]) -> None:
    assert markdown(text, 20) == shown


@pytest.mark.parametrize(
    ("text", "flag", "shown"),
    [
        ("a **b** __c__ d", STRONG, ["b", "c"]),
        ("*b* _c_ ***d*** snake_case_x", EMPHASIS, ["b", "c", "d"]),
        ("a ~~b~~ ~c~ ~5", STRIKE, ["b"]),
        ("`a` ``b ` c`` ` `", SPAN, ["a", "b ` c", " "]),
        ("**a *b* c**", STRONG, ["a ", "b", " c"]),
        ("# one\n## two", Role.HEADING_1, ["one"]),
        ("### three\n###### six", Role.HEADING_4, ["six"]),
        ("```\na\n```", BLOCK, [" ", "a", " " * 58]),
        ("a <b>c", Role.HTML, ["<b>"]),
        ("- a\n1. b", Role.MARKER, ["• ", " 1. "]),
    ],
)
def test_styles(text: str, flag: int, shown: list[str]) -> None:
    assert styled(text, flag) == shown


def links(text: str) -> list[tuple[str, str]]:
    found = [piece for line in pieces(at_once(text, 200)) for piece in line]
    return [(shown, link) for shown, style, link in found if style & LINK]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](http://u.v 'title')", [("a", "http://u.v")]),
        ("[a](<http://u.v/x(y>)", [("a", "http://u.v/x(y")]),
        ("[a](http://u.v/(b)c) d", [("a", "http://u.v/(b)c")]),
        ("[A b][]\n\n[a  B]: http://u.v", [("A b", "http://u.v")]),
        ("[a]\n\n[a]: <http://u.v>\n[a]: http://w.x", [("a", "http://u.v")]),
        ("<http://u.v> <me@u.v>", [("http://u.v", "http://u.v"), ("me@u.v", "mailto:me@u.v")]),
        ("(https://u.v/a_b?c=d).", [("https://u.v/a_b?c=d", "https://u.v/a_b?c=d")]),
        ("**https://u.v/**", [("https://u.v/", "https://u.v/")]),
        ("www.u.v, x@y.zz", [("www.u.v", "http://www.u.v"), ("x@y.zz", "mailto:x@y.zz")]),
        ("[a **b**](mailto:x@y.z)", [("a ", "mailto:x@y.z"), ("b", "mailto:x@y.z")]),
        ("![a](http://u.v/i.png)", [("▣ ", "http://u.v/i.png"), ("a", "http://u.v/i.png")]),
        ("http://u.v/*a*b_c_~d", [("http://u.v/*a*b_c_~d", "http://u.v/*a*b_c_~d")]),
        ("xhttp://u.v http:// www.", []),
        ("`http://u.v`", []),
    ],
)
def test_links(text: str, found: list[tuple[str, str]]) -> None:
    assert links(text) == found


@pytest.mark.parametrize(
    "target",
    [
        "vscode:x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "smb://h/s",
        "--help",
        "/path",
        "x y",
    ],
)
def test_other_targets_stay_text(target: str) -> None:
    assert links(f"[a](<{target}>) <{target}> ![a](<{target}>)") == []


def test_an_entity_spells_nothing_that_cleaning_takes_out() -> None:
    assert markdown("&#27;[31m &#x202e;abc &#10; &#0;") == ["␛[31m ⟨202E⟩abc   \ufffd"]


@pytest.mark.parametrize(
    "control", ["\x1b]8;;http://evil\x07", "\x9b31m", "\u202e", "\u2028", "\x00"]
)
def test_controls_are_shown_not_sent(control: str) -> None:
    document = at_once(
        f"# {control}\n\n`{control}`\n\n```{control}\n{control}\n```\n| {control} |", 40
    )
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e]", "".join(texts(document)))


def test_code_fills_the_width_and_says_where_a_line_goes_on() -> None:
    document = at_once("```\nabcdefgh\n```", 6)
    assert [[text for text, _, _ in line] for line in pieces(document)] == [
        [" ", "abcd", " "],
        ["↳", "efgh", " "],
    ]


@pytest.mark.parametrize("language", ["python", "PYTHON", "py", "{.python}", "python title=x"])
def test_code_is_highlighted_by_its_language(language: str) -> None:
    found = styled(f"```{language}\nreturn 'x'  # why\n```", Role.KEYWORD)
    assert found == ["return"]


def test_an_unknown_language_is_plain() -> None:
    assert pieces(at_once("```nosuch\nreturn\n```"))[0][0][1] == Role.TEXT | BLOCK
    assert language_of("") == ""


@pytest.mark.parametrize(
    "language", ["yaml", "json", "php", "ruby", "html", "diff", "console", "c++"]
)
def test_highlighting_changes_no_character(language: str) -> None:
    code = "a: {b: [c, 'd\n<?php if (x) { ?>\n%w(a b) <<E\n$ ls # x\n/* y\n'''\n" * 9
    shown = texts(at_once(f"```{language}\n{code}```"))
    assert [line.removeprefix(" ") for line in shown] == [
        line.rstrip() for line in code.splitlines()
    ]


def test_a_table_fits_the_width() -> None:
    table = "| Name | What |\n|:--|--:|\n| `a` | some words that wrap |\n| b \\| c |"
    assert markdown(table, 26) == [
        "┌───────┬────────────────┐",
        "│ Name  │           What │",
        "├───────┼────────────────┤",
        "│ a     │     some words │",
        "│       │      that wrap │",
        "│ b | c │                │",
        "└───────┴────────────────┘",
    ]


def test_a_row_with_wide_characters_that_comes_late_fits_a_narrow_column() -> None:
    rows = "| word word | x |\n" * 40
    assert_fits(at_once(f"| a | b |\n|---|---|\n{rows}| word | 日本 |\n", 13))


def test_a_table_too_wide_for_a_grid_becomes_a_list() -> None:
    assert markdown("| a | b |\n|--|--|\n| 1 | 2 |", 10) == ["─" * 10, "a: 1", "b: 2"]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=12), st.integers(1, 300))
def test_columns_share_the_room(wanted: list[int], room: int) -> None:
    widths = fit(wanted, room)
    assert all(0 < width <= most for width, most in zip(widths, wanted, strict=True))
    assert sum(widths) <= max(room, len(wanted))
    assert widths == wanted or sum(widths) > max(room, len(wanted)) - len(wanted)


def test_wide_characters_fit_a_list_of_three_cells() -> None:
    assert_fits(at_once("| a | b |\n|---|---|\n| x 日本 | 日本 |\n", 3))


@pytest.mark.parametrize("text", ["日本語" * 9, "👩\u200d👧 " * 9, "e\u0301" * 30, "a❤\ufe0fb" * 9])
@pytest.mark.parametrize("width", [1, 2, 7, 20])
def test_wide_and_combining_characters_stay_in_their_cells(text: str, width: int) -> None:
    source = f"{text}\n\n- {text}\n\n```\n{text}\n```\n| {text} | b |\n|--|--|\n| a | {text} |"
    document = at_once(source, max(width, 2))
    if width > 8:
        assert_fits(document)
    assert "".join("".join(texts(at_once(text, width))).split()) == "".join(text.split())


@pytest.mark.parametrize("text", [">" * 3_000 + "a", "- " * 3_000 + "a", "1. " * 500 + "- a\n  b"])
def test_any_depth_is_drawn(text: str) -> None:
    assert "a" in texts(at_once(text, 30))[-1]


# -- places


@given(st.lists(st.sampled_from(["a b ", "**c** ", "`d`", "\n\n", "- ", "> ", "\x1b", "&lt;"])))
def test_every_drawn_character_knows_where_it_came_from(parts: list[str]) -> None:
    source = "".join(parts)
    document = at_once(source, 12)
    for y, line in enumerate(lines(document)):
        x = 0
        for run in line:
            if run.source >= 0 and run.text.isalpha():
                assert document.source_at(y, x) == run.source
                assert source[run.source : run.source + len(run.text)] == run.text
                assert document.position_of(run.source) == (y, x)
            x += len(run.text)


def test_a_rule_leads_to_its_marks_however_wide_it_is() -> None:
    document = at_once("***\ntext", 40)
    assert {document.source_at(0, x) for x in range(40)} == {0}


def test_what_stands_behind_marks_that_were_too_many_knows_where_it_came_from() -> None:
    source = "a" + "\u0301" * 9 + "b\x80" + "\u0301" * 30 + "c"
    document = at_once(source, 80)
    for letter in "abc":
        place = document.position_of(source.index(letter))
        assert place is not None
        y, x = place
        assert text_of(document.line(y))[x] == letter


@pytest.mark.parametrize("depth", ["1. a\n\n   b", "> a\n>\n> b", "- - a\n\n    b"])
def test_a_blank_line_fits_where_there_is_no_room_for_what_it_stands_in(depth: str) -> None:
    for width in (2, 3, 4, 5, 7):
        assert_fits(at_once(depth, width))


@pytest.mark.parametrize(
    "text", ["a \u200d[b](http://c.d)", "ab \u0301c", "*a\u200d*b\u200d`c`d", "\u200d\u200dabcd"]
)
def test_graphemes_are_measured_as_they_are_drawn(text: str) -> None:
    for width in (2, 3, 4):
        assert_fits(at_once(text, width))


def test_marks_lead_to_the_text_beside_them() -> None:
    document = at_once("# Title\n\nsome **bold** words", 40)
    assert document.position_of(0) == (0, 0)
    assert document.position_of(14) == (2, 5)
    assert document.source_at(2, 5) == 16
    assert document.source_at(1, 0) is None
    assert document.position_of(99) is None


@pytest.mark.parametrize("before", ["", "a long word before it all "])
def test_a_long_paragraph_is_not_cut_within_what_is_marked(before: str) -> None:
    words = "[some words with a link](http://u.v) and **some words that are bold** "
    text = before + words * 90
    linked = "".join(shown for shown, _ in links(text))
    assert linked.replace(" ", "") == "somewordswithalink" * 90
    bold = "".join(styled(text, STRONG, 200))
    assert bold.replace(" ", "") == "somewordsthatarebold" * 90
