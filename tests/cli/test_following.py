"""What is printed of growing texts, piece by piece, is what the whole says in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_tui.cli.following import Following
from codex_tui.model.items import Part


def news(following: Following, parts: list[Part], *, last: bool = False) -> str:
    return "".join(piece for _, piece in following.news(parts, last=last))


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=3), st.booleans())))
def test_parts_that_interleave_are_printed_in_their_order(
    steps: list[tuple[int, str, bool]],
) -> None:
    parts = [Part("output_text") for _ in range(3)]
    following = Following()
    printed = ""
    for number, piece, done in steps:
        if parts[number].done:
            continue
        parts[number].text.append(piece)
        if done:
            parts[number].text.settle(str(parts[number].text))
        printed += news(following, parts)
        assert "".join(str(part.text) for part in parts).startswith(printed)
    printed += news(following, parts, last=True)
    assert printed == "".join(str(part.text) for part in parts)
    assert not following.contradicted


def test_a_part_waits_for_the_one_before_it() -> None:
    first, second = Part("output_text"), Part("output_text")
    following = Following()
    first.text.append("a")
    second.text.append("b")
    assert news(following, [first, second]) == "a"
    first.text.settle("a")
    assert news(following, [first, second]) == "b"


def test_a_closing_text_that_goes_on_is_printed() -> None:
    part, following = Part("output_text"), Following()
    part.text.append("on")
    assert news(following, [part]) == "on"
    part.text.settle("one")
    assert news(following, [part]) == "e"
    assert not following.contradicted


def test_a_closing_text_that_differs_is_remembered_and_not_printed() -> None:
    part, following = Part("output_text"), Following()
    part.text.append("on")
    news(following, [part])
    part.text.settle("another")
    assert news(following, [part], last=True) == ""
    assert following.contradicted


def test_a_part_that_grows_after_its_end_is_remembered_and_not_printed() -> None:
    parts, following = [Part("output_text"), Part("output_text")], Following()
    parts[0].text.settle("")
    parts[1].text.append("b")
    assert news(following, parts) == "b"
    parts[0].text.append("a")
    assert news(following, parts, last=True) == ""
    assert following.contradicted or not str(parts[0].text)


def test_parts_that_vanish_as_repeats_stop_nothing() -> None:
    parts, following = [Part("output_text"), Part("output_text")], Following()
    parts[0].text.settle("a")
    parts[1].text.append("a")
    assert news(following, parts) == "aa"
    assert news(following, parts[:1], last=True) == ""
