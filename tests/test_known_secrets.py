"""Known secrets in texts that come in pieces: masked as in the whole."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.redact import MASK, KnownSecrets, Secret

KEYS = ("abababab-1", "abababab-1234", "babababa", 'q"uoted/key', "xxxxxxxxxxxx")
KNOWN = KnownSecrets(map(Secret, KEYS))
PIECES = st.sampled_from((*KEYS, "ab", "a", "b", "abab", "-1", "x", "xxxx", " and ", "\n", "q"))


@st.composite
def cut_up(draw: st.DrawFn) -> list[str]:
    text = "".join(draw(st.lists(PIECES, max_size=8)))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[a:b] for a, b in pairwise([0, *places, len(text)])]


@given(cut_up())
def test_pieces_are_masked_as_the_whole_is_and_nothing_is_lost(pieces: list[str]) -> None:
    stream = KNOWN.stream()
    said = [*map(stream.feed, pieces), stream.end()]
    assert "".join(said) == KNOWN.masked("".join(pieces))
    assert not any(key in "".join(said) for key in KEYS)


@given(cut_up())
def test_only_what_may_begin_a_secret_waits(pieces: list[str]) -> None:
    stream = KNOWN.stream()
    came, shown = "", ""
    for piece in pieces:
        came += piece
        shown += stream.feed(piece)
        whole = KNOWN.masked(came)
        assert whole.startswith(shown) or MASK in whole
        waiting = len(whole) - len(shown)
        assert waiting < KNOWN.longest
        if came[-1:] in (" ", "\n"):
            assert shown == whole


@pytest.mark.parametrize("key", KEYS)
def test_a_secret_that_comes_one_character_at_a_time_is_masked(key: str) -> None:
    stream = KNOWN.stream()
    said = [stream.feed(each) for each in f"it is {key}!"]
    assert "".join(said) + stream.end() == f"it is {MASK}!"
    assert said[:6] == list("it is ")


def test_a_secret_is_known_as_json_writes_it() -> None:
    assert KNOWN.masked(r'{"a": "q\"uoted\/key"}') == f'{{"a": "{MASK}"}}'


@pytest.mark.parametrize("text", ["short", "lm-studio"])
def test_what_is_no_secret_is_left(text: str) -> None:
    assert KnownSecrets([Secret(text)]).masked(f"say {text}") == f"say {text}"


def test_the_work_on_a_piece_is_bounded_by_it_and_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownSecrets([Secret("key-" * 40)])
    looked: list[int] = []
    split = KnownSecrets.split

    def counted(self: KnownSecrets, text: str) -> tuple[str, str]:
        looked.append(len(text))
        return split(self, text)

    monkeypatch.setattr(KnownSecrets, "split", counted)
    stream = known.stream()
    for _ in range(3000):
        stream.feed("key-k")
    assert max(looked) <= known.longest + 5


@pytest.mark.parametrize("key", ["abababab-1", "babababa", "xxxxxxxxxxxx"])
def test_what_a_cut_has_left_of_a_secret_is_masked(key: str) -> None:
    for length in range(6, len(key)):
        assert KNOWN.masked(f"it is {key[:length]}… and so on") == f"it is {MASK}… and so on"
        assert KNOWN.masked(rf"it is {key[:length]}\u2026") == rf"it is {MASK}\u2026"


def test_a_sentence_that_was_cut_elsewhere_stays_as_it_is() -> None:
    for text in ("it is abab… and so on", "…abababab", "it is cdcdcdcd…", "…"):
        assert KNOWN.masked(text) == text
