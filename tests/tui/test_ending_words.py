"""What is read of an ending: words for people, not those that recordings have for programs."""

from __future__ import annotations

import typing

import pytest

from codex_tui.recording.records import EndRecord, How, RequestRecord, ResponseRecord
from codex_tui.tui.panes.words import ending_of
from tests.tui.stage import URL, Script

WALL = "2026-11-22T07:39:30.000Z"


def refused(status: int, detail: str = "", **headers: str) -> Script:
    script = Script().record(RequestRecord(1, WALL, url=URL))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    script.record(ResponseRecord(1, 0.5, status, named))
    return script.record(EndRecord(1, 0.6, "http_error", detail))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (refused(429, retry_after="7"), ("429 Too Many Requests · retry after 7 s", "429")),
        (refused(429, retry_after_ms="850"), ("429 Too Many Requests · retry after 0.85 s", "429")),
        (
            refused(429, "Rate limit reached. Please try again in 20s."),
            ("429 Too Many Requests · retry after 20 s", "429"),
        ),
        (
            refused(503, retry_after="Sun, 22 Nov 2026 07:40:30 GMT"),
            ("503 Service Unavailable · retry after 1 m 00 s", "503"),
        ),
        (refused(401, "No such key."), ("401 Unauthorized", "401")),
        (refused(799), ("799", "799")),
    ],
)
def test_a_refusal_says_its_status_and_when_to_come_back(
    script: Script, words: tuple[str, str]
) -> None:
    assert ending_of(script.conversation.turns[-1]) == words


def test_a_page_in_the_place_of_a_stream_is_called_that() -> None:
    script = Script().record(RequestRecord(1, WALL, url=URL))
    script.record(ResponseRecord(1, 0.5, 200, {"content-type": "text/html; charset=utf-8"}))
    script.record(EndRecord(1, 0.6, "not_sse", "no stream"))
    words = ending_of(script.conversation.turns[-1])
    assert words == ("HTML instead of an event stream", "no stream")


@pytest.mark.parametrize("how", typing.get_args(How))
def test_no_ending_is_told_in_the_words_of_recordings(how: How) -> None:
    script = Script().ask("Why?", None).end(how)
    long, short = ending_of(script.conversation.turns[-1])
    assert long == short
    assert "_" not in long
