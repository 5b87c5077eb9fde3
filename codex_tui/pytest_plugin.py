"""The fixture `recorded_server`, in every test suite where this package is installed.

pytest loads this module at each start, in suites that never ask for it: so it imports nothing.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.testing import RecordedServer


@pytest.fixture(name="recorded_server")
def _recorded_server() -> Iterator[Callable[..., RecordedServer]]:
    """Serve recordings until the test is over: `recorded_server(path, chaos="1:cut@50%").url`.

    It takes what `codex_tui.testing.recorded_server` takes.
    """
    from codex_tui.testing import recorded_server

    with ExitStack() as running:

        def serve(*args: Any, **options: Any) -> RecordedServer:
            return running.enter_context(recorded_server(*args, **options))

        yield serve
