"""What damage begins with: our own streams, recordings, files of other formats, and texts."""

from __future__ import annotations

import gzip
from pathlib import Path

import codex_tui
from tests.documents import answers
from tests.documents.test_markdown_prefixes import DOCUMENTS
from tests.formats import rollouts, samples
from tests.hostile import payloads

DEMOS = Path(codex_tui.__file__).parent / "data"


def recordings() -> list[bytes]:
    """Recordings: of every kind of event, and real ones."""
    demos = [path.read_bytes() for path in sorted(DEMOS.glob("*.sse"))]
    return [payloads.recording("hi"), payloads.recording("\x1b[1m漢"), samples.RECORDING, *demos]


def dumps() -> list[bytes]:
    """Streams as a server sends them."""
    return [payloads.stream("hi"), payloads.stream("a\u202e漢"), samples.SSE, samples.PLAIN_SSE]


def other_files() -> list[bytes]:
    """Files of other formats."""
    codex = [
        rollouts.first_versions(),
        rollouts.later_versions(),
        rollouts.latest_versions(),
        rollouts.bare(),
        rollouts.exec_output(),
    ]
    lines = [samples.NDJSON, samples.DATA_LINES, samples.NAMED_DATA_LINES, samples.EXPORTED]
    values = [samples.ARRAY, samples.PRETTY_ARRAY, samples.PRETTY, samples.RESPONSE, samples.ERROR]
    return [*codex, *lines, *values, gzip.compress(samples.RECORDING, mtime=0)]


def codex_streams() -> list[bytes]:
    """What Codex writes, as the data of a stream."""
    lines = [*rollouts.latest_versions().split(b"\n"), *rollouts.exec_output().split(b"\n")]
    return [b"".join(b"data: %b\n\n" % line for line in lines if line)]


def texts() -> list[bytes]:
    """Markdown."""
    some = [*DOCUMENTS.values(), *answers.ANSWERS, *(text[:1500] for text in answers.LONG.values())]
    return [text.encode("utf-8", "surrogatepass") for text in (*some, payloads.EVERYTHING[:1500])]
