"""The way to the server: directly or through the proxy that the environment names, with TLS.

Certificates are verified, by the authorities that the environment names.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import SplitResult, unquote, urlsplit

from codex_tui.network import CHECK_PROXY, CHECK_URL, proxy_for, reason_of, trusting, why_unreached
from codex_tui.relay.refusals import NotPassedError
from codex_tui.relay.tunnels import NoTunnelError, Talk, connect_through, socks_through

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from codex_tui.relay.leg import Leg

_GOOD_BYE = 2.0  # seconds that a server has to answer the end of TLS
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Way:
    """How requests to a server are sent.

    Attributes:
        server: The server's address.
        proxy: The proxy's; None where there is none.
    """

    server: SplitResult
    proxy: SplitResult | None = None

    @property
    def asks_proxy(self) -> bool:
        """Whether requests are put to the proxy itself, with whole URLs."""
        proxied = self.proxy is not None and not self.proxy.scheme.startswith("socks")
        return proxied and self.server.scheme == "http"

    @property
    def named(self) -> str:
        """The server's name, with the proxy's, as it may be shown."""
        host = self.server.hostname or ""
        if self.proxy is None:
            return host
        return f"{host} (through the proxy {self.proxy.netloc.rpartition('@')[2]})"

    @property
    def authorization(self) -> str:
        """What the proxy wants to be told of the user; "" nothing."""
        if self.proxy is None or self.proxy.username is None:
            return ""
        pair = f"{unquote(self.proxy.username)}:{unquote(self.proxy.password or '')}"
        return f"Basic {b64encode(pair.encode()).decode()}"


def way_to(url: str) -> Way:
    """The way to a server.

    Raises:
        NotPassedError: The environment names a proxy that is none.
    """
    server, proxy = urlsplit(url), proxy_for(url)
    if not proxy:
        return Way(server)
    try:
        parts = urlsplit(proxy)
        fits = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        sentence = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY holds no address of a proxy."
        raise NotPassedError(502, "upstream_unreachable", sentence)
    return Way(server, parts)


class Upstream:
    """Opens connections to servers.

    Attributes:
        ours: Where the relay itself listens: addresses and ports.
    """

    def __init__(self) -> None:
        self.ours: set[tuple[str, int]] = set()
        self._trust: asyncio.Task[ssl.SSLContext] | None = None

    async def open(self, way: Way, leg: Callable[[], Leg]) -> None:
        """Connect a leg to a server.

        Raises:
            NotPassedError: It can't be reached; the text says why and what to do.
        """
        try:
            await self._open(way, leg)
        except NoTunnelError as error:
            sentence = f"The proxy gave no connection to {way.server.hostname}: {error}."
            raise _unreachable(f"{sentence} {CHECK_PROXY}") from None
        except (OSError, ValueError) as error:
            known = why_unreached(error, way.named)
            told = known or (f"No connection to {way.named}: {reason_of(error)}.", CHECK_URL)
            raise _unreachable(" ".join(told)) from None

    async def _open(self, way: Way, leg: Callable[[], Leg]) -> None:
        if way.server.scheme == "http" and (way.proxy is None or way.asks_proxy):
            first = way.proxy or way.server
            transport = await self._connect(first, leg, tls=first.scheme == "https")
            self._refuse_ourselves(transport)
            return
        trust = await self._trusting() if way.server.scheme == "https" else None
        talk, made = Talk(), leg()
        secure_proxy = way.proxy is not None and way.proxy.scheme == "https"
        transport = await self._connect(way.proxy or way.server, lambda: talk, tls=secure_proxy)
        try:
            await self._tunnel(way, talk)
            secured = await self._secured(transport, made, way, trust)
        except BaseException:
            transport.abort()
            raise
        made.under = transport
        made.connection_made(secured)

    async def _connect(
        self, to: SplitResult, protocol: Callable[[], asyncio.Protocol], *, tls: bool
    ) -> asyncio.Transport:
        trust = await self._trusting() if tls else None
        transport, _ = await asyncio.get_running_loop().create_connection(
            protocol,
            to.hostname or "",
            to.port or _PORTS[to.scheme],
            ssl=trust,
            happy_eyeballs_delay=0.25,
        )
        return transport

    def _refuse_ourselves(self, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        own = transport.get_extra_info("sockname")
        if not peer or not own or not self._is_ours(peer[0], peer[1], own[0]):
            return
        transport.abort()
        raise NotPassedError(508, "relay_loop", _LOOP)

    def _is_ours(self, peer: str, port: int, own: str) -> bool:
        hosts = [host for host, listening in self.ours if listening == port]
        anywhere = any(ip_address(host).is_unspecified for host in hosts)
        return peer in hosts or (anywhere and peer == own)

    async def _tunnel(self, way: Way, talk: Talk) -> None:
        host, port = way.server.hostname or "", way.server.port or _PORTS[way.server.scheme]
        proxy = way.proxy
        if proxy is None:
            return
        if proxy.scheme.startswith("socks"):
            name, password = unquote(proxy.username or ""), unquote(proxy.password or "")
            await socks_through(talk, host, port, name, password)
        else:
            await connect_through(talk, host, port, way.authorization)

    async def _secured(
        self, transport: asyncio.Transport, leg: Leg, way: Way, trust: ssl.SSLContext | None
    ) -> asyncio.Transport:
        if trust is None:
            transport.set_protocol(leg)
            return transport
        loop = asyncio.get_running_loop()
        host = way.server.hostname
        secured = await loop.start_tls(
            transport, leg, trust, server_hostname=host, ssl_shutdown_timeout=_GOOD_BYE
        )
        return cast("asyncio.Transport", secured)

    async def _trusting(self) -> ssl.SSLContext:
        """What verifies servers: made once, in a thread."""
        if self._trust is None:
            self._trust = asyncio.ensure_future(asyncio.to_thread(_trusting))
        try:
            return await asyncio.shield(self._trust)
        except OSError as error:
            self._trust = None
            raise _unreachable(f"TLS can't be spoken: {error.strerror}.") from None


def _trusting() -> ssl.SSLContext:
    context = trusting()
    context.set_alpn_protocols(["http/1.1"])
    return context


_LOOP = (
    "The server that requests are passed on to is this codex-tui tap itself: name the real one with"
    " --to URL."
)


def _unreachable(sentence: str) -> NotPassedError:
    return NotPassedError(502, "upstream_unreachable", sentence)
