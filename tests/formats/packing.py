"""What packs as others pack: the Codex CLI its older rollouts, servers their bodies."""

from __future__ import annotations

import gzip
import sys
import zlib
from importlib import import_module
from typing import TYPE_CHECKING

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENCODED", "zstd"]


def raw_deflate(data: bytes) -> bytes:
    """deflate without its wrapper, as some servers send it."""
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(data) + made.flush()


def _brotli(data: bytes) -> bytes:
    compressed: bytes = import_module("brotli").compress(data)
    return compressed


ENCODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": _brotli,
    "zstd": zstd.compress,
}
"""What encodes a body, by the name in its head."""
