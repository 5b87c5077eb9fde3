"""What is known and can't be opened: a sentence says what it is, and how to get what can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codex_tui.formats.readers import Unrecognized
from codex_tui.formats.socket_text import is_cut_by_log

if TYPE_CHECKING:
    from collections.abc import Callable

_AS_HAR = "export its requests as HAR"
_AS_LINES = "print each event as JSON on a line of its own"

_MAGIC = {
    b"PK\x03\x04": f"a ZIP archive, as of Fiddler or of a Playwright trace: {_AS_HAR}",
    b"\xac\xed\x00\x05": f"a session of Charles: {_AS_HAR}",
    b"\x0a\x0d\x0d\x0a": f"a capture of packets: {_AS_HAR}, or save the body of its stream",
    b"\xd4\xc3\xb2\xa1": f"a capture of packets: {_AS_HAR}, or save the body of its stream",
    b"\xa1\xb2\xc3\xd4": f"a capture of packets: {_AS_HAR}, or save the body of its stream",
    b"bplist00": f"a property list, as of Safari: {_AS_HAR}",
    b"SQLite format 3\0": "an SQLite database, which holds no event stream",
}


def by_magic(text: bytes) -> Unrecognized | None:
    """What bytes are by how they begin; None where that says nothing."""
    found = next((what for magic, what in _MAGIC.items() if text.startswith(magic)), None)
    return Unrecognized(found) if found is not None else None


_OLD_EXEC = re.compile(rb'^\{"id":\s*"[^"\n]*",\s*"msg":\s*\{"type":\s*"[a-z_]+"', re.MULTILINE)
_TELEMETRY = re.compile(
    rb'"resource(?:Logs|Spans)"\s*:|"(?:event\.name|name)"\s*:\s*"codex\.[a-z_]+"'
)


def old_exec(head: bytes) -> Unrecognized | None:
    """What is said of the lines that `codex exec --json` wrote at first."""
    if _OLD_EXEC.search(head) is None:
        return None
    return Unrecognized(
        "output of `codex exec --json` before version 0.44, which has events of its own: open the"
        " rollout of its session instead, as `codex-tui codex` lists them"
    )


def telemetry(head: bytes) -> Unrecognized | None:
    """What is said of telemetry, of which the Codex CLI sends much."""
    if _TELEMETRY.search(head) is None:
        return None
    return Unrecognized(
        "telemetry (OpenTelemetry), which has names and times of events, and not what they say:"
        " open the rollout of the session instead"
    )


def json_of_others(value: dict[str, Any]) -> Unrecognized | None:
    """What a JSON object of other programs is, by its keys."""
    if value.keys() >= {"constants", "events"}:
        what = "a NetLog of Chrome, which has no events of streams: export a HAR from its DevTools"
        return Unrecognized(what)
    if value.keys() >= {"protocolVersion", "scheme", "host", "actualPort"}:
        return Unrecognized(f"a session of Charles: {_AS_HAR}")
    return None


def _searches(pattern: bytes) -> Callable[[bytes], bool]:
    expression = re.compile(pattern, re.MULTILINE)
    return lambda head: expression.search(head) is not None


_HEX = re.compile(rb"^[0-9a-f]{4,16}:?(?: {1,2}[0-9a-f]{2,4}){8,16}(?: |$)", re.MULTILINE)


def is_hex(head: bytes) -> bool:
    """Whether some bytes are shown as numbers, line by line."""
    return _HEX.search(head) is not None


_PRINTED: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (
        is_hex,
        "a dump in numbers: turn it back into what it shows, with `xxd -r`",
    ),
    (
        is_cut_by_log,
        (
            "a debug log of Python's websockets, which cuts messages short: log again with"
            " WEBSOCKETS_MAX_LOG_SIZE=10000000"
        ),
    ),
    (
        _searches(
            rb"^[ \t]*(?:\{ )?(?:type: '[a-z_]+\.|object: '(?:chat\.|response'))"
            rb"|^[ \t]*\{ (?:type|id): '"
        ),
        (
            f"JavaScript objects as console.log shows them, which are no JSON: {_AS_LINES},"
            " with JSON.stringify(event)"
        ),
    ),
    (
        _searches(
            rb"\b(?:Response\w*Event|RawResponsesStreamEvent|ChatCompletionChunk|AIMessageChunk"
            rb"|ModelResponse(?:Stream)?|RawMessageStreamEvent|RawContentBlock\w+)\("
            rb"|^content='[^\n]* additional_kwargs=\{"
        ),
        (
            f"Python objects as print() shows them, which are no JSON: {_AS_LINES},"
            " with event.model_dump_json()"
        ),
    ),
    (
        _searches(rb"\{'type': '"),
        (
            f"Python dictionaries as print() shows them, which are no JSON: {_AS_LINES},"
            " with json.dumps(event)"
        ),
    ),
    (
        _searches(rb"\bb['\"](?:event|data|id): "),
        (
            "bytes as Python's repr() shows them: log chunk.decode(), or save the stream with"
            " `curl -N`"
        ),
    ),
    (
        _searches(rb"openai\._base_client|^\[log_[0-9a-f]{6}|\bhttpcore\.\w+|\bhttpx? ?[:-] "),
        (
            f"a debug log of an SDK, which has no events in it: {_AS_LINES},"
            " or save the stream with `curl -N`"
        ),
    ),
)


def printed(head: bytes) -> Unrecognized | None:
    """What text is that programs print beside or in the place of events; None for any other."""
    found = next((what for applies, what in _PRINTED if applies(head)), None)
    return Unrecognized(found) if found is not None else None
