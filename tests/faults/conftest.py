"""No proxies of whoever runs the tests."""

from __future__ import annotations

from tests.sources.conftest import no_proxies

__all__ = ["no_proxies"]
