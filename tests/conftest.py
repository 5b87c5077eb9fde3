"""What every test may count on: no colours, keys or folders of whoever runs the tests."""

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


@pytest.fixture(autouse=True)
def _collector_runs() -> Iterator[None]:
    """Let no test leave the collector held, as the verbs do whose app never paints.

    What is dropped in a circle would stay open in all tests behind it: a thousand files.
    """
    yield
    gc.enable()
