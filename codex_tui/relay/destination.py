"""Which server a tap's requests go to, and the address there: chosen once, at the first exchange.

A key must not go to another origin than the program meant: what is not said by `--to` is told by
the request itself, or by the variables as they were before they were set to us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codex_tui.redact import mask_url
from codex_tui.relay.refusals import NotPassedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import h11

CHATGPT = "https://chatgpt.com/backend-api/codex"
ANTHROPIC = "https://api.anthropic.com"
OPENAI = "https://api.openai.com/v1"
_V1 = "/v1"


class DestinationError(Exception):
    """What names the server is no address; the text says which, and what an address looks like."""


class Destination:
    """Where requests go.

    Args:
        to: The server's base URL; None leaves it to the first request.
        environ: The environment before the program's variables were set.
        chosen: Told the base URL, once.

    Raises:
        DestinationError: `to` is no address.
    """

    def __init__(
        self,
        to: str | None,
        environ: Mapping[str, str],
        chosen: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._environ = environ
        self._chosen = chosen
        self._to = checked(to, "--to") if to else None
        self._said = False

    @property
    def base(self) -> str | None:
        """The server's base URL, as far as it is known."""
        return self._to

    def url_of(self, target: str, request: h11.Request) -> str:
        """The address that a request to us is sent to.

        Args:
            target: Its path with its query, as it was asked of us.
            request: Its head.

        Raises:
            NotPassedError: A variable names what is no address.
        """
        names = {name for name, _ in request.headers}
        base = self._to = self._to or self._told_by(names)
        if not self._said:
            self._said = True
            self._chosen(base)
        return joined(base, target, whole=b"anthropic-version" in names)

    def _told_by(self, names: set[bytes]) -> str:
        try:
            return self._fitting(names)
        except DestinationError as error:
            raise NotPassedError(502, "no_destination", str(error)) from None

    def _fitting(self, names: set[bytes]) -> str:
        if b"chatgpt-account-id" in names:
            return CHATGPT
        if b"anthropic-version" in names:
            return self._variable("ANTHROPIC_BASE_URL") or ANTHROPIC
        return self._variable("OPENAI_BASE_URL") or OPENAI

    def _variable(self, name: str) -> str:
        value = self._environ.get(name, "").strip()
        return checked(value, name) if value else ""


def checked(url: str, place: str) -> str:
    """A base URL without the slash at its end.

    Raises:
        DestinationError: It is no address, or has what a base URL can't have.
    """
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not url.isascii() or not url.isprintable() or " " in url:
        raise DestinationError(f"{place} holds {mask_url(url)!r}: no address as https://HOST/v1.")
    if "@" in parts.netloc or parts.fragment:
        raise DestinationError(
            f"{place} holds more than an address: the key belongs to the program, not to the URL."
        )
    return url.rstrip("/") if not parts.query else url


def joined(base: str, target: str, *, whole: bool = False) -> str:
    """Where a request to us goes: what follows our `/v1` is added to the server's base URL.

    A base URL without a path is taken for that of a server whose API stands in `/v1`.

    Args:
        base: The server's base URL; a query of it comes first.
        target: What was asked of us.
        whole: Whether clients of this API add `/v1` to a base URL themselves.
    """
    parts = urlsplit(base)
    path, _, query = target.partition("?")
    queries = "&".join(filter(None, (parts.query, query)))
    prefix = parts.path.rstrip("/")
    if _begins_with_v1(path) and prefix and (not whole or prefix.endswith(_V1)):
        path = path[len(_V1) :]
    mark = "?" if queries or "?" in target else ""
    return f"{parts.scheme}://{parts.netloc}{prefix}{path}{mark}{queries}"


def _begins_with_v1(path: str) -> bool:
    return path == _V1 or path.startswith(f"{_V1}/")
