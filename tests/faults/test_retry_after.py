"""What a server asks to wait: in seconds, as a date, in words, absurd or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from codex_tui.sources.live import LiveSource
from tests.faults.case import answers, streams
from tests.servers import event, serving
from tests.sources.conftest import BODY, listen, provider_of

NOW = datetime(2026, 11, 22, 7, 39, 30, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("2.5", 2.5),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0.0),
        (format_datetime(NOW + timedelta(days=4000), usegmt=True), DAY),
        ("999999999999", DAY),
        ("9" * 5000, None),
        ("1e400", None),
        ("nan", None),
        ("-5", None),
        ("soon", None),
        ("Sun, 99 Nov 2026 99:99:99 GMT", None),
        ("Sun, 22 Nov 99999 07:39:30 GMT", None),
        ("", None),
        (None, None),
    ],
)
async def test_the_wait_is_offered_and_bounded_to_a_day(
    header: str | None, seconds: float | None
) -> None:
    refused = answers(429, b"{}", "text/plain")
    if header is not None:
        refused = answers(429, b"{}", "text/plain", Retry_After=header)
    async with serving(refused) as server:
        source = LiveSource(provider_of(server.url), BODY, wall=lambda: NOW)
        heard = await listen(source)
    assert heard.end.how == "http_error"
    assert source.retryable
    assert source.retry_after == seconds
    said = (heard.end.detail or "").partition("\n")[0]
    asked = f"Retry after {seconds:g} s." if seconds else "You can send it again."
    assert said.endswith(asked)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Please try again in 2.5s.", 2.5),
        ("Try again in 999999 days", DAY),
        ("Try again after 250 ms", 0.25),
        ("Try again later", None),
        ("try again in " + "9" * 400 + "s", DAY),
    ],
)
async def test_the_wait_that_an_error_speaks_of_is_bounded_too(
    message: str, seconds: float | None
) -> None:
    failed = event("response.failed", response={"error": {"message": message, "code": "x"}})
    async with serving(streams(failed)) as server:
        source = LiveSource(provider_of(server.url), BODY)
        await listen(source)
    assert source.retry_after == seconds
