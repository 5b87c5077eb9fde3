"""What every test may count on: no colours, keys or folders of whoever runs the tests.

The garbage collector walks what a test file makes, and nothing that stands from before it: what
thousands of tests are made of is half a million objects, and walking those took a third of the time
of every test that starts an app.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Before Textual is imported, since it reads these then.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
for _name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith(("OPENAI_", "CODEX_", "AZURE_"))]:
    del os.environ[_name]

# A shell lets what it runs in the background ignore these, and a program that a test starts would.
for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, _usual)

# A loaded machine is no failure: no test looks at the clock, and hypothesis does not either.
settings.register_profile("codex-tui", deadline=None)
settings.load_profile("codex-tui")

# Settings, state and recordings of tests lie in a home that goes away with them.
_HOME = tempfile.mkdtemp(prefix="codex-tui-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["HOME"] = os.environ["USERPROFILE"] = _HOME
for _name in [name for name in os.environ if name.startswith("XDG_")]:
    del os.environ[_name]

gc.disable()  # while tests are collected, nothing is dropped
gc.set_threshold(700, 10, 50)  # what is alive is walked a fifth as often: it is a whole app


def pytest_collection_finish() -> None:
    """Leave what was collected out of every collection of garbage."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _what_stays_is_left_out() -> Iterator[None]:
    """Free what a test file has dropped, and never walk again what it leaves in caches."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collector_runs() -> Iterator[None]:
    """Let no test leave the collector as a verb sets it, or held, as those do that never paint.

    What is dropped in a circle would stay open in all tests behind it: a thousand files.
    """
    callbacks, thresholds = [*gc.callbacks], gc.get_threshold()
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*thresholds)
    gc.enable()
