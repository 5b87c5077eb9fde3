"""Content encodings, and those who lie about them."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.wire.content_encoding import EncodingError, decoder_for
from tests.formats import packing

if TYPE_CHECKING:
    from collections.abc import Callable


def decoded(name: str, *chunks: bytes) -> bytes:
    decoder = decoder_for(name)
    if decoder is None:
        return b"".join(chunks)
    return b"".join(piece for chunk in chunks for piece in decoder.feed(chunk))


ENCODED: dict[str, Callable[[bytes], bytes]] = {
    **packing.ENCODED,
    "identity": bytes,
    "": bytes,
    "identity, GZIP": gzip.compress,
}


@pytest.mark.parametrize("name", ENCODED)
@given(data=st.binary(min_size=1), size=st.integers(1, 40))
def test_what_was_encoded_comes_back_however_it_is_cut(name: str, data: bytes, size: int) -> None:
    encoded = ENCODED[name](data)
    chunks = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    assert decoded(name, *chunks) == data


def test_all_members_of_a_gzip_body_are_read() -> None:
    assert decoded("gzip", gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_what_was_flushed_comes_at_once() -> None:
    made = zlib.compressobj(wbits=31)
    flushed = made.compress(b"data: 1\n\n") + made.flush(zlib.Z_SYNC_FLUSH)
    assert decoded("gzip", flushed) == b"data: 1\n\n"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_bytes_that_are_not_of_the_encoding_are_an_error(name: str) -> None:
    ENCODED[name](b"")
    with pytest.raises(EncodingError, match="corrupt"):
        decoded(name, b"data: this is not compressed at all, is it\n\n" * 10)


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(EncodingError, match="'rot13'"):
        decoder_for("rot13")


def test_encodings_in_encodings_are_refused() -> None:
    with pytest.raises(EncodingError, match="2 times"):
        decoder_for("gzip, br")


def test_a_bomb_is_given_up_before_it_is_large() -> None:
    bomb = gzip.compress(bytes(200 << 20), 9)
    decoder = decoder_for("gzip")
    assert decoder is not None
    tracemalloc.start()
    try:
        with pytest.raises(EncodingError, match="bomb"):
            sum(map(len, decoder.feed(bomb)))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
