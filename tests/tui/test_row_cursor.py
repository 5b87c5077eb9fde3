"""The cursor on a timeline's rows, without a view: what it goes along with, and until when."""

from __future__ import annotations

from functools import partial

import pytest

from codex_tui.tui.widgets.timeline_rows import NoEntries, RowCursor, Rows


def stands(cursor: RowCursor) -> tuple[int | None, bool]:
    return cursor.entry, cursor.follows


def test_it_goes_along_with_what_comes_until_it_is_moved_away() -> None:
    cursor = RowCursor()
    cursor.show_all(None)
    assert cursor.entry is None
    cursor.show_all(4)
    assert stands(cursor) == (4, True)
    cursor.go_to(2, newest=False)
    cursor.show_all(5)
    assert stands(cursor) == (2, False)
    cursor.go_to(5, newest=True)
    cursor.show_all(6)
    assert stands(cursor) == (6, True)


def test_it_goes_along_with_the_moment_of_a_replay() -> None:
    cursor = RowCursor()
    assert cursor.show_moment(3)
    assert (cursor.entry, cursor.position) == (2, 3)
    assert cursor.show_moment(0)
    assert (cursor.entry, cursor.position) == (None, 0)
    cursor.show_all(9)
    assert (cursor.entry, cursor.position) == (9, None)


def test_what_was_pointed_at_is_stood_on_whatever_comes() -> None:
    cursor = RowCursor()
    cursor.point_at(7)
    cursor.show_all(9)
    assert not cursor.show_moment(3)
    assert cursor.entry == 7
    cursor.follow()
    assert cursor.show_moment(3)
    assert cursor.entry == 2


def test_a_replay_on_its_way_takes_the_cursor_to_none_but_the_last_that_was_gone_to() -> None:
    cursor = RowCursor()
    cursor.show_moment(1)
    for entry in (5, 6):
        cursor.go_to(entry, newest=False)
        cursor.follow()
    assert not cursor.show_moment(6)
    assert cursor.entry == 6
    assert cursor.show_moment(7)
    assert cursor.entry == 6
    assert cursor.show_moment(6)
    assert cursor.entry == 5


def test_the_newest_row_of_a_replay_is_none_to_go_along_with() -> None:
    cursor = RowCursor()
    cursor.show_moment(5)
    cursor.go_to(9, newest=True)
    assert not cursor.follows


def test_the_newest_is_kept_until_another_is_gone_to_or_something_else_is_followed() -> None:
    cursor = RowCursor()
    leaving = partial(cursor.go_to, 1, newest=False), partial(cursor.point_at, 1), cursor.follow
    for leave in leaving:
        cursor.keeps_newest = True
        cursor.follow(newest=True)
        assert cursor.keeps_newest
        leave()
        assert not cursor.keeps_newest
    cursor.follow(newest=True)
    assert not cursor.keeps_newest


def test_before_any_log_there_are_no_rows() -> None:
    rows = Rows(NoEntries(), bool)
    assert not rows.extend()
    assert rows.split() is None
    assert len(rows) == 0
    assert rows.line_of(3) is None
    for ask in (NoEntries().kind, NoEntries().t):
        with pytest.raises(IndexError):
            ask(0)
