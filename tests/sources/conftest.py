"""A live source against a server on loopback, heard to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import EndRecord, FrameRecord
from codex_tui.redact import Secret
from codex_tui.sources.live import LiveSource
from codex_tui.sources.providers import Provider
from tests.servers import Handler, Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.recording.records import Record

KEY = "sk-CANARY-0123456789"
BODY = {"model": "m", "input": [{"role": "user", "content": "Hello"}], "stream": True}


@dataclass
class Heard:
    """All that a source said."""

    source: LiveSource
    batches: list[Sequence[Record]] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.batches for record in batch]

    @property
    def kinds(self) -> list[str]:
        return [type(record).__name__.removesuffix("Record") for record in self.records]

    @property
    def frames(self) -> list[FrameRecord]:
        return [record for record in self.records if isinstance(record, FrameRecord)]

    @property
    def ends(self) -> list[EndRecord]:
        return [record for record in self.records if isinstance(record, EndRecord)]

    @property
    def end(self) -> EndRecord:
        last = self.records[-1]
        assert isinstance(last, EndRecord)
        return last

    @property
    def detail(self) -> str:
        return self.end.detail or ""


def provider_of(url: str, **fields: Any) -> Provider:
    return Provider("test", url, **{"key": Secret(KEY), **fields})


async def listen(source: LiveSource) -> Heard:
    heard = Heard(source)
    async for batch in source.batches():
        heard.batches.append(list(batch))
    return heard


async def hear(handler: Handler, *, provider: Provider | None = None, **options: Any) -> Heard:
    """Run a source against a server with a handler."""
    async with serving(handler) as server:
        return await hear_from(server, provider=provider, **options)


async def hear_from(server: Server, *, provider: Provider | None = None, **options: Any) -> Heard:
    return await listen(LiveSource(provider or provider_of(server.url), BODY, **options))


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until something has come to pass."""
    for _ in range(200_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not come to pass")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def split_detail(detail: str | None) -> tuple[str, str]:
    """The sentence and the body of an `EndRecord.detail`."""
    sentence, _, body = (detail or "").partition("\n")
    return sentence, body
