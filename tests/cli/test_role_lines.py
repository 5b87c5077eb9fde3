"""Lines that begin with their roles, and silences told in steps."""

from __future__ import annotations

import io
import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.cli.output import Output
from codex_tui.cli.role_lines import RoleLines
from codex_tui.cli.silence import Silence
from codex_tui.redact import KnownSecrets, Secret


class Page:
    """Role lines, and what they printed."""

    def __init__(self, known: KnownSecrets | None = None) -> None:
        self._bytes = io.BytesIO()
        self.lines = RoleLines(Output(io.TextIOWrapper(self._bytes, encoding="utf-8"), known))

    @property
    def text(self) -> str:
        self.lines.flush()
        return self._bytes.getvalue().decode("utf-8", "surrogatepass")


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_text_grows_in_its_line(page: Page) -> None:
    page.lines.grow("a", "output", "so ")
    page.lines.grow("a", "output", "far")
    assert page.text == "output: so far"
    page.lines.end("a")
    assert page.text == "output: so far\n"


def test_what_comes_between_begins_a_line_and_the_text_says_that_it_goes_on(page: Page) -> None:
    page.lines.grow("a", "output", "wo")
    page.lines.line("stalled 2 s so far")
    page.lines.grow("a", "output", "rd\n")
    page.lines.line("stalled 2 s so far")
    page.lines.grow("a", "output", "next")
    page.lines.leave()
    assert page.text.splitlines() == [
        "output: wo",
        "stalled 2 s so far",
        "output continued: rd",
        "stalled 2 s so far",
        "output: next",
    ]


def test_a_secret_that_comes_in_pieces_with_other_lines_between_is_masked() -> None:
    page = Page(KnownSecrets([Secret("my-own-key")]))
    for each in "a my-own-":
        page.lines.grow("a", "output", each)
    page.lines.line("stalled 2 s so far")
    for each in "key b my-own":
        page.lines.grow("a", "output", each)
    page.lines.line("stalled 2 s so far")
    page.lines.forget()
    assert page.text.splitlines() == [
        "output: a ",
        "stalled 2 s so far",
        "output continued: *** b ",
        "stalled 2 s so far",
        "output continued: my-own",
    ]


def test_two_texts_of_one_role_have_a_line_each(page: Page) -> None:
    page.lines.grow("a", "tool call", "1")
    page.lines.end("a")
    page.lines.grow("b", "tool call", "2")
    page.lines.leave()
    assert page.text == "tool call: 1\ntool call: 2\n"


def test_no_text_passes_for_a_line_of_ours(page: Page) -> None:
    page.lines.text("output", "hi\ncompleted: 3 events\n\n  code")
    page.lines.line("tool call a\nfailed", "b\nc")
    assert page.text == "output: hi\n  completed: 3 events\n\n    code\ntool call a␊failed: b␊c\n"


def test_a_text_of_which_nothing_came_is_its_role_alone(page: Page) -> None:
    page.lines.grow("a", "tool call a", "")
    page.lines.text("prompt", "\n\nso\n\n")
    assert page.text == "tool call a:\nprompt: so\n"


@given(st.lists(st.text(alphabet=st.sampled_from("ab \n\té\u2028\x1b"), max_size=4)))
def test_a_text_can_be_had_back_from_its_lines(pieces: list[str]) -> None:
    page = Page()
    for piece in pieces:
        page.lines.grow("a", "output", piece)
    page.lines.leave()
    text = "".join(pieces).strip("\n")
    if not pieces:
        assert page.text == ""
    elif not text:
        assert page.text == "output:\n"
    else:
        assert page.text.startswith("output: ")
        assert re.sub(r"\n  ", "\n", page.text.removeprefix("output: ")) == text + "\n"
    assert not any(line[:1].strip() for line in page.text.split("\n")[1:])


# -- silences ------------------------------------------------------------------------------------


def test_a_silence_is_told_after_2_10_and_30_seconds_and_each_minute() -> None:
    silence = Silence()
    silence.begin(100.0)
    told = [step for t in range(100, 400) if (step := silence.passed(float(t))) is not None]
    assert told == [2, 10, 30, 60, 120, 180, 240]


def test_a_clock_that_jumps_tells_the_last_step_alone() -> None:
    silence = Silence()
    silence.begin(0.0)
    assert [silence.passed(t) for t in (1.9, 45.0, 59.0, 61.0)] == [None, 30, None, 60]


def test_what_comes_ends_a_silence_and_begins_the_next() -> None:
    silence = Silence()
    silence.begin(0.0)
    assert (silence.over(1.5), silence.over(4.0)) == (None, 2.5)
    assert (silence.passed(5.9), silence.passed(6.0)) == (None, 2)


def test_where_times_are_not_known_no_silence_is_told() -> None:
    silence = Silence()
    silence.begin(None)
    assert (silence.passed(99.0), silence.over(None), silence.over(50.0)) == (None, None, None)


def test_a_text_of_very_many_lines_is_taken_apart_in_slices(page: Page) -> None:
    text = "some words\n" * 200_000 + "the last\n"
    tracemalloc.start()
    page.lines.text("output", text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * len(text)
    assert page.text == "output: " + text.rstrip("\n").replace("\n", "\n  ") + "\n"
