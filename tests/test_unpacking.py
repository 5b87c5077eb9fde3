"""Compressed bytes: what comes out of them, and how much of it at most."""

from __future__ import annotations

import gzip
import zlib
from functools import partial
from hashlib import blake2b
from importlib import import_module
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.unpacking import (
    FREE,
    PIECE,
    Allowance,
    Brotli,
    Deflate,
    Guarded,
    Gzip,
    StrangeTailError,
    TooMuchError,
    UnpackError,
    Zstd,
    beginning,
)
from tests.bench import streams
from tests.formats.packing import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.unpacking import Unpacker

brotli: Any = import_module("brotli")

PACKED: dict[str, tuple[Callable[[], Unpacker], Callable[[bytes], bytes]]] = {
    "gzip": (Gzip, gzip.compress),
    "deflate": (Deflate, zlib.compress),
    "zstd": (Zstd, zstd.compress),
    "br": (Brotli, partial(brotli.compress, quality=5)),
}

# Much, then nothing that can be packed, then much again: where it is cut depends on what went in.
HASHES = b"".join(blake2b(bytes([n])).digest() for n in range(96))
UNEVEN = b"a" * 40_000 + HASHES + b"b" * 3_000_000


def given_out(packed: Guarded, data: bytes, cuts: Sequence[int] = ()) -> tuple[bytes, str]:
    """What comes out of bytes that are cut at some places, and what keeps more from coming."""
    out = bytearray()
    ends = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    try:
        for start, end in pairwise(ends):
            for piece in packed.feed(data[start:end]):
                out += piece
    except (UnpackError, StrangeTailError, TooMuchError) as error:
        return bytes(out), type(error).__name__
    return bytes(out), ""


@pytest.mark.parametrize("name", PACKED)
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=6), free=st.integers(0, 200_000))
@settings(max_examples=25)
def test_any_split_of_the_bytes_is_cut_at_the_same_byte(
    name: str, cuts: list[int], free: int
) -> None:
    make, pack = PACKED[name]
    data = pack(UNEVEN)
    whole = given_out(Guarded(make(), Allowance(free)), data)
    assert given_out(Guarded(make(), Allowance(free)), data, cuts) == whole
    assert UNEVEN.startswith(whole[0])


@pytest.mark.parametrize("name", PACKED)
@given(
    data=st.binary(max_size=200),
    times=st.integers(0, 20_000),
    free=st.integers(0, 1 << 16),
    earns=st.booleans(),
)
@settings(max_examples=25)
def test_no_more_comes_out_than_is_allowed_and_all_of_that_does(
    name: str, data: bytes, times: int, free: int, earns: bool
) -> None:
    make, pack = PACKED[name]
    packed, unpacker = pack(data * times), make()
    out, error = given_out(Guarded(unpacker, Allowance(free), earns=earns), packed)
    begun = -(-len(packed) // unpacker.step) * unpacker.step
    most = max(free, begun * unpacker.ratio * earns)
    assert len(out) <= most
    assert (out, error) == (data * times, "") or error == "TooMuchError"
    assert error == "" or len(data * times) > free


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_left_after_what_is_free(name: str) -> None:
    make, pack = PACKED[name]
    bomb = pack(bytes(64 << 20))
    pieces: list[int] = []
    with pytest.raises(TooMuchError, match="times their size"):
        pieces.extend(map(len, Guarded(make(), Allowance()).feed(bomb)))
    assert sum(pieces) == max(FREE, -(-len(bomb) // make().step) * make().step * make().ratio)
    assert max(pieces) <= 2 * PIECE


@pytest.mark.parametrize("name", PACKED)
def test_what_has_no_limit_is_unpacked_whatever_it_is(name: str) -> None:
    make, pack = PACKED[name]
    out, error = given_out(Guarded(make(), Allowance(None)), pack(bytes(FREE + 1)))
    assert (len(out), error) == (FREE + 1, "")


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("kind", ["deltas", "turns", "line breaks"])
def test_long_streams_that_say_the_same_again_and_again_are_read_whole(
    name: str, kind: str
) -> None:
    newline = (streams.delta(n, "\n", size=0) for n in range(4_000))
    pieces = {
        "deltas": streams.deltas(4_000),
        "turns": chain.from_iterable(streams.turn(n) for n in range(2)),
        "line breaks": newline,
    }[kind]
    data = b"".join(pieces)
    make, pack = PACKED[name]
    assert given_out(Guarded(make(), Allowance(0)), pack(data)) == (data, "")


def test_parts_of_one_input_share_what_is_allowed() -> None:
    allowance, bomb = Allowance(1000), gzip.compress(bytes(900))
    first, second = (Guarded(Gzip(), allowance, earns=False) for _ in range(2))
    assert given_out(first, bomb) == (bytes(900), "")
    assert given_out(second, bomb) == (bytes(100), "TooMuchError")


def test_members_and_frames_share_it_too() -> None:
    for make, pack in (PACKED["gzip"], PACKED["zstd"]):
        packed = pack(bytes(400)) * 9
        assert given_out(Guarded(make(), Allowance(1000), earns=False), packed) == (
            bytes(1000),
            "TooMuchError",
        )


@pytest.mark.parametrize("name", ["gzip", "deflate"])
@given(at=st.integers(0, 400), size=st.integers(1, 40))
@settings(max_examples=25)
def test_of_what_is_broken_the_same_is_given_however_it_is_split(
    name: str, at: int, size: int
) -> None:
    make, pack = PACKED[name]
    packed = bytearray(pack(HASHES[:300]))
    packed[at % len(packed)] ^= 0x55
    whole = given_out(Guarded(make(), Allowance()), bytes(packed))
    assert given_out(Guarded(make(), Allowance()), bytes(packed), range(0, 400, size)) == whole


def test_what_stands_behind_the_end_is_told_apart_from_what_is_broken() -> None:
    for cuts in ((), (23,), (24, 25)):
        packed = gzip.compress(b"abc")
        assert given_out(Guarded(Gzip(), Allowance()), packed + b"words", cuts) == (
            b"abc",
            "StrangeTailError",
        )
        zeros = packed + bytes(9)
        assert given_out(Guarded(Gzip(), Allowance()), zeros, cuts) == (b"abc", "")
    assert given_out(Guarded(Gzip(), Allowance()), b"words")[1] == "UnpackError"


def test_the_beginning_of_a_bomb_is_no_longer_than_a_piece() -> None:
    assert beginning(Gzip, gzip.compress(bytes(8 << 20))) == bytes(PIECE)
    assert beginning(Zstd, b"nothing of the kind") == b""
