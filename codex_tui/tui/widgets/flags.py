"""The sign of what is wrong, and how each level of it looks, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.findings import Level

FLAG = "⚑"

LOOKS: dict[Level, str] = {"error": "error", "warning": "stall", "note": "muted"}
"""The component of each level: that of failures, that of stalls, that of what is only said."""
