"""From bytes to events: our decoder, and those that people use today, on the same reads."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import SSEDecoder
from tests.bench import streams
from tests.bench.environment import peer
from tests.bench.harness import Figures, Row, Scale, Target, cpu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MB = 1024 * 1024


def ours(reads: Sequence[bytes]) -> int:
    """Bytes to dataclasses; how many."""
    decoder = SSEDecoder(1 << 40)
    count = 0
    for read in reads:
        for frame in decoder.feed(read):
            decode_event(frame)
            count += 1
    return count


def with_orjson(reads: Sequence[bytes]) -> int:
    """Line framing as anybody writes it, an event name and data a block, and one fast JSON call."""
    loads = peer("orjson").loads
    held = b""
    data: list[bytes] = []
    names: set[bytes] = set()
    count = 0
    for read in reads:
        *lines, held = (held + read).split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                data.append(line[6:])
            elif line.startswith(b"event: "):
                names.add(line[7:])
            elif not line and data:
                loads(data[0] if len(data) == 1 else b"\n".join(data))
                data = []
                count += 1
    return count


def with_httpx_sse(reads: Sequence[bytes]) -> int:
    """httpx-sse over an httpx response, and `json` for the data."""
    httpx, sse = peer("httpx"), peer("httpx_sse")
    headers = {"content-type": "text/event-stream"}
    response = httpx.Response(200, headers=headers, content=iter(reads))
    return sum(1 for event in sse.EventSource(response).iter_sse() if json.loads(event.data))


def with_codex_open_client(reads: Sequence[bytes]) -> int:
    """codex_open_client, which begins once the whole body is there."""
    httpx, client = peer("httpx"), peer("codex_open_client._stream")
    response = httpx.Response(200, content=iter(reads))
    response.read()
    return sum(1 for _ in client.ResponseStream(response))


def openai_stream(reads: Sequence[bytes]) -> Any:
    """The official SDK's stream of events over these reads."""
    openai, httpx = peer("openai"), peer("httpx2")
    headers = {"content-type": "text/event-stream"}

    def answer(request: Any) -> Any:
        return httpx.Response(200, headers=headers, content=iter(reads), request=request)

    client = openai.OpenAI(
        api_key="none",
        base_url="http://localhost/v1",
        http_client=httpx.Client(transport=httpx.MockTransport(answer)),
    )
    return client.responses.create(model="m", input="", stream=True)


def with_openai(reads: Sequence[bytes]) -> int:
    """The official SDK."""
    return sum(1 for _ in openai_stream(reads))


def decode(scale: Scale) -> Row:
    """Whole decoding, against four others."""
    count = scale(10_000, 1000)
    reads = streams.cut(b"".join(streams.deltas(count)), streams.READ)
    others: dict[str, Callable[[Sequence[bytes]], int]] = {
        "openai": with_openai,
        "httpx-sse": with_httpx_sse,
        "codex_open_client": with_codex_open_client,
        "orjson": with_orjson,
    }
    _alike(reads, count, others.values())
    return Row(
        f"{count:,} events of {streams.EVENT_BYTES} bytes in 4 KB reads, to dataclasses",
        {name: _cpu(work, reads) for name, work in {"ours": ours, **others}.items()},
        [
            Target("times the official SDK's speed", 40, "openai", faster=True),
            Target("times httpx-sse + json", 3, "httpx-sse", faster=True),
            Target("times codex_open_client", 3, "codex_open_client", faster=True),
            Target("of framing + orjson.loads", 0.85, "orjson"),
        ],
        turns=scale(15, 3),
    )


def _alike(reads: Sequence[bytes], count: int, works: Iterator[Any] | Any) -> None:
    """All decode the same; it warms them up too."""
    for work in (ours, *works):
        if work(reads) != count:
            raise AssertionError(f"{work.__name__} does not find {count} events")


def _cpu(work: Callable[[Sequence[bytes]], int], reads: Sequence[bytes]) -> Callable[[], Figures]:
    return cpu(lambda: work(reads))


def decode_cuts(scale: Scale) -> Row:
    """Reads that are kind to nobody."""
    events = streams.deltas(scale(10_000, 1000))
    small = streams.cut(b"".join(events), 64)
    works = {"ours": ours, "orjson": with_orjson}
    return Row(
        "one event a read; 64-byte reads",
        {name: _cuts(work, events, small) for name, work in works.items()},
        [
            Target("of orjson, an event a read", 1.1, "orjson", "event"),
            Target("of orjson, 64-byte reads", 1.15, "orjson", "small"),
        ],
        turns=scale(15, 3),
    )


def _cuts(
    work: Callable[[Sequence[bytes]], int], events: Sequence[bytes], small: Sequence[bytes]
) -> Callable[[], Figures]:
    return lambda: {"event": _cpu(work, events)()["cpu"], "small": _cpu(work, small)()["cpu"]}


def decode_big(scale: Scale) -> Row:
    """Input that makes careless decoders quadratic."""
    size = scale(8 * MB, MB)
    whole, half = (streams.cut(_big(part), 1024) for part in (size, size // 2))
    count = scale(1_000_000, 50_000)
    comments = streams.cut(b": keepalive\n\n" * count, streams.READ)
    big_and_comments = {
        "ours": lambda: {
            "cpu": _cpu(ours, whole)()["cpu"],
            "comments": _cpu(ours, comments)()["cpu"],
        },
        "half": _cpu(ours, half),
        "httpx-sse": _named("comments", _cpu(with_httpx_sse, comments)),
    }
    return Row(
        f"one event of {size // MB} MB in 1 KB reads; {count:,} comments",
        big_and_comments,
        [
            Target("of the time of half the input", 2.5, "half"),
            Target("of httpx-sse on comments", 1, "httpx-sse", "comments"),
        ],
        turns=scale(7, 2),
    )


def _big(size: int) -> bytes:
    return streams.delta(0, "".join(islice(streams.words(), size // 6)), size=size)


def _named(figure: str, run: Callable[[], Figures]) -> Callable[[], Figures]:
    return lambda: {figure: run()["cpu"]}
