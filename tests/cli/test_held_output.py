"""What a program prints while a viewer has the terminal: shown in part, and given out after."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from codex_tui.cli.held_output import HeldOutput

if TYPE_CHECKING:
    import pytest


class Written:
    """What was given out, in its order."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, bytes]] = []

    def __call__(self, number: int, data: bytes) -> None:
        self.pieces.append((number, data))


def test_what_would_go_to_the_terminal_waits_and_comes_in_its_order() -> None:
    written = Written()
    output = HeldOutput((1, 2), written)
    output.take(1, b"one\n")
    output.take(2, b"wrong: ")
    output.take(1, b"two\n")
    output.take(2, b"\xff\n")
    assert written.pieces == []
    output.release()
    expected = [(1, b"one\n"), (2, b"wrong: "), (1, b"two\n"), (2, b"\xff\n")]
    assert written.pieces == expected
    output.take(1, b"three\n")
    assert written.pieces == [*expected, (1, b"three\n")]


def test_what_goes_into_a_file_goes_there_at_once() -> None:
    written = Written()
    output = HeldOutput((2,), written)
    output.take(1, b"exact")
    output.take(2, b"said")
    assert written.pieces == [(1, b"exact")]
    output.release()
    assert written.pieces == [(1, b"exact"), (2, b"said")]


def test_the_latest_lines_of_both_streams_are_shown() -> None:
    output = HeldOutput((1, 2), Written())
    output.take(1, b"one\r\nof ")
    output.take(2, b"wrong\n")
    assert output.lines() == ["one", "wrong", "of "]
    output.take(1, b"two\n")
    assert output.lines() == ["one", "wrong", "of two"]
    output.take(1, b"".join(b"%d\n" % number for number in range(2_000)))
    assert output.lines()[-1] == "1999"
    assert len(output.lines()) == 500
    output.release()


def test_a_line_without_an_end_takes_no_more_room_than_it_is_shown_in() -> None:
    output = HeldOutput((), Written())
    for _ in range(100):
        output.take(1, b"x" * 100_000)
    assert len(output.lines()[0]) <= 2_000
    output.release()


def test_where_there_is_no_room_to_keep_it_it_is_given_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = Written()
    output = HeldOutput((1,), written)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    output.take(1, b"one")
    output.take(1, b"two")
    assert written.pieces == [(1, b"one"), (1, b"two")]
    output.release()
    assert len(written.pieces) == 2


def test_much_of_it_is_kept_whole() -> None:
    written = Written()
    output = HeldOutput((1,), written)
    for _ in range(50):
        output.take(1, b"y" * 65_536)
    output.release()
    assert b"".join(data for _, data in written.pieces) == b"y" * (50 * 65_536)
