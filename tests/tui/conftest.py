"""What tests of the screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.parsed_styles import styles_parsed_once
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True, scope="session")
def _styles_are_parsed_once() -> Iterator[None]:
    with styles_parsed_once():
        yield


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """An app that has no state of others."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Rig(tmp_path)
