"""Who may ask: programs of this machine, by its own names, and those who know the token.

A page in a browser can send requests to loopback, under a name of its own that points there: so
its `Host` is looked at, and an `Origin` says that it is a page.
"""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from codex_tui.redact import Secret
from codex_tui.relay.refusals import NotPassedError

if TYPE_CHECKING:
    from collections.abc import Collection

    import h11

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORT = re.compile(r":\d*$")
_NO_TOKEN = Secret("")


@dataclass(frozen=True, slots=True)
class Gate:
    """What is let through.

    Attributes:
        hosts: Further names that a `Host` may be; a port that stands with one does not count.
        origins: Each `Origin` that is let through; a slash at its end does not count.
        token: The first part of each path; with it any `Host` will do. "" wants none.
    """

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    token: Secret = _NO_TOKEN

    def without_token(self, target: str) -> str:
        """A target without its first part, where that has to be the token."""
        if not self.token or not target.startswith("/"):
            return target
        _, slash, rest = target[1:].partition("/")
        return slash + rest or "/"

    def check(self, request: h11.Request) -> None:
        """Look at who asks.

        Raises:
            NotPassedError: The request is not let through.
        """
        target = request.target.decode("latin-1")
        headers = {name: value.decode("latin-1") for name, value in request.headers}
        if not target.startswith("/"):
            raise NotPassedError(400, "not_a_proxy", _NO_PROXY)
        if self.token:
            self._look_at_token(target[1:].partition("/")[0])
        else:
            self._look_at_host(host_name(headers.get(b"host", "")))
        origins = {each.rstrip("/").lower() for each in self.origins}
        if b"origin" in headers and headers[b"origin"].lower() not in origins:
            raise NotPassedError(403, "forbidden_origin", _ORIGIN)

    def _look_at_token(self, given: str) -> None:
        if not hmac.compare_digest(given.encode(), self.token.reveal().encode()):
            raise NotPassedError(403, "missing_token", _NOT_BEGUN)

    def _look_at_host(self, name: str) -> None:
        if name and name not in LOOPBACK and name not in set(map(host_name, self.hosts)):
            raise NotPassedError(403, "forbidden_host", _HOST)


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach an address."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host in LOOPBACK


def host_name(host: str) -> str:
    """The name in a `Host` header, in lower case, without port and brackets."""
    return _PORT.sub("", host.strip().lower()).removeprefix("[").removesuffix("]").rstrip(".")


_NO_PROXY = (
    "codex-tui takes no requests for a proxy: set its address as the program's base URL, not as"
    " HTTP_PROXY."
)
_ORIGIN = (
    "The request comes from a page in a browser, which codex-tui takes from the origins of"
    " --allow-origin alone."
)
_HOST = "The request's Host is none of this machine's own names: allow it with --allow-host."
_NOT_BEGUN = "The path does not begin with the token of this codex-tui."
