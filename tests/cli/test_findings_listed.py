"""The list of sessions counts what is wrong with each, and is filtered by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.findings.streams import clean
from tests.library.test_findings import broken, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli


def test_the_list_counts_and_filters(cli: Cli, home: Path) -> None:
    folder = home / "data" / "codex-tui" / "sessions"
    folder.mkdir(parents=True)
    write(folder / "good.sse", clean())
    write(folder / "bad.sse", broken())
    assert "⚑2" in cli("sessions").out.decode()
    (line,) = cli("sessions", "list", "findings:>0", "--format", "json").out.splitlines()
    told = json.loads(line)
    assert told["findings"] == {"error": 1, "warning": 1}
    assert told["rules"] == ["text.differs", "usage.sum"]
    found = cli("sessions", "search", "findings:>0", "loop")
    assert (found.code, found.out.count(b"\n")) == (0, 2)
    assert cli("sessions", "search", "findings:0", "rule:text.differs").code == 1
