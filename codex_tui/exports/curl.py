"""The request as a command for a POSIX shell; the key is a variable, and stands nowhere in it.

Headers that curl or the connection sets by itself are left out. A body that needs more than a line
comes as a here-document, in which nothing is expanded.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.recording.records import RequestRecord, over_http
from codex_tui.wire.other_apis import protocol_asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.exports.material import Material

_OWN_HEADERS = frozenset(["host", "content-length", "accept-encoding", "connection", "user-agent"])
_SHORT = 160
_END = "END-OF-BODY"


class NoRequestError(LookupError):
    """The session has no request that can be sent again; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Key:
    """How a server takes its key: the header, and the environment variable that holds it."""

    header: str = "Authorization"
    variable: str = "OPENAI_API_KEY"

    @property
    def argument(self) -> str:
        """The header as the shell fills it in."""
        bearer = "Bearer " if self.header.lower() == "authorization" else ""
        return f'"{self.header}: {bearer}${self.variable}"'


_MESSAGES_KEY = Key("x-api-key", "ANTHROPIC_API_KEY")
_MESSAGES_VERSION = "2023-06-01"


def write(material: Material) -> Iterator[bytes]:
    """Yield the command of the last request.

    Raises:
        NoRequestError: There is none, or its address or its body is not known.
    """
    request: RequestRecord | None = None
    for record in material.records():
        if isinstance(record, RequestRecord) and not (record.warm_up and request is not None):
            request = over_http(record)
    if request is None:
        raise NoRequestError("no request is recorded in it: it is the dump of an answer")
    if not request.url:
        raise NoRequestError("it does not say where its request was sent")
    if request.content is not None:
        raise NoRequestError("its request has a body that is no JSON, or was too large to be kept")
    yield command(request, _key(request.url, material.keys)).encode("utf-8", "replace")


def _key(url: str, keys: Mapping[str, tuple[str, str]]) -> Key:
    fitting = [base for base in keys if base and url.startswith(base)]
    if fitting:
        return Key(*keys[max(fitting, key=len)])
    return _MESSAGES_KEY if protocol_asked(url) == "messages" else Key()


def command(request: RequestRecord, key: Key) -> str:
    """The command, ending in a line feed."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.setdefault("content-type", "application/json")
    if protocol_asked(request.url) == "messages":
        headers.setdefault("anthropic-version", _MESSAGES_VERSION)  # recordings don't keep it
    words = ["curl -N"]
    if request.method != "POST":
        words.append(f"-X {shlex.quote(request.method)}")
    option = "--url " if request.url.startswith("-") else ""  # or it would be one itself
    words.append(option + shlex.quote(request.url))
    lines = [" ".join(words), f"-H {key.argument}"]
    lines += [
        f"-H {shlex.quote(f'{name}: {value}')}"
        for name, value in headers.items()
        if name not in _OWN_HEADERS and name != key.header.lower()
    ]
    return " \\\n  ".join(lines) + " \\\n  " + _body(request.body)


def _body(body: object) -> str:
    """The body's argument, quoted on its line, or below it."""
    short = json.dumps(body, ensure_ascii=False)
    if len(short) <= _SHORT and short.isprintable():
        return f"--data-binary {shlex.quote(short)}\n"
    # JSON escapes line feeds, so no line of it is the end mark. Surrogates alone have no UTF-8.
    text = json.dumps(body, indent=2, ensure_ascii=not short.isprintable())
    return f"--data-binary @- <<'{_END}'\n{text}\n{_END}\n"
