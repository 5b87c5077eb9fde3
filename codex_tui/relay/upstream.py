"""The way to the server: a TCP connection, TLS with verification."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codex_tui.relay.refusals import NotPassedError

if TYPE_CHECKING:
    from collections.abc import Callable


class Upstream:
    """Opens connections to servers."""

    async def open(self, url: str, protocol: Callable[[], asyncio.Protocol]) -> None:
        """Connect a protocol to the server of an address.

        Raises:
            NotPassedError: It can't be reached.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        try:
            await asyncio.get_running_loop().create_connection(
                protocol, parts.hostname or "", port, ssl=context, happy_eyeballs_delay=0.25
            )
        except (OSError, ValueError) as error:
            raise NotPassedError(502, "upstream_unreachable", f"No connection: {error}.") from None
