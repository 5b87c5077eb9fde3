"""Whatever is typed, the query that comes of it is one that FTS5 takes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.library.query import parse


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("two words", '("two" AND "words"*)'),
        ("done ", '("done")'),
        ('"as it stands"', '("as it stands")'),
        ("a -b", '(("a") NOT ("b"))'),
        ("a OR b", '("a") OR ("b")'),
        ("tool:x", '({tools} : "x")'),
        ("http://x", '("http://x"*)'),
    ],
)
def test_words_become_an_expression(typed: str, expression: str) -> None:
    assert parse(typed).fts5 == expression


@given(st.text(alphabet=st.sampled_from(list('ab"*():-^{}+ ORANDé語\0.')), max_size=20))
def test_no_query_is_an_error(typed: str) -> None:
    query = parse(typed)
    if not query.alternatives or not query.is_of_words:
        return
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(prompt, answer, reasoning, tools, ending)"
        )
        connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (query.fts5,)).fetchall()
