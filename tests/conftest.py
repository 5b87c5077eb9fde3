"""What every test may count on: no colours, keys or folders of whoever runs the tests."""

from __future__ import annotations

import os
import tempfile

# Before Textual is imported, since it reads these then.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
for _name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith(("OPENAI_", "CODEX_", "AZURE_"))]:
    del os.environ[_name]

# Settings, state and recordings of tests lie in a home that goes away with them.
_HOME = tempfile.TemporaryDirectory(prefix="codex-tui-tests-")
os.environ["HOME"] = os.environ["USERPROFILE"] = _HOME.name
for _name in [name for name in os.environ if name.startswith("XDG_")]:
    del os.environ[_name]
