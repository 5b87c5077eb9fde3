"""What is left when the program itself fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codex_tui.crash import report_crash
from codex_tui.redact import Secret

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 7, 39, 30, tzinfo=UTC)


def failure() -> Exception:
    key = "sk-secret-of-the-user"
    try:
        try:
            int(key)
        except ValueError as error:
            raise RuntimeError(f"while handling {key}") from error
    except RuntimeError as error:
        return error
    return RuntimeError()


def test_a_crash_file_has_places_and_no_values(tmp_path: Path) -> None:
    sentence = report_crash(failure(), tmp_path, NOW).sentence
    text = (tmp_path / "crash-20261122T073930Z.txt").read_text()
    assert str(tmp_path / "crash-20261122T073930Z.txt") in sentence
    assert "sk-secret" not in text + sentence
    assert "ValueError" in text
    assert "in failure" in text


def test_a_crash_that_cannot_be_written_is_still_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sentence = report_crash(failure(), tmp_path / "file" / "folder", NOW).sentence
    assert "stopped on an error of its own (RuntimeError)" in sentence


def test_what_errors_say_is_added_without_keys_where_the_user_agrees(tmp_path: Path) -> None:
    crash = report_crash(failure(), tmp_path, NOW)
    crash.add_messages([Secret("sk-secret-of-the-user")])
    (report,) = tmp_path.iterdir()
    text = report.read_text()
    assert "in failure" in text
    assert "RuntimeError: while handling" in text
    assert "sk-secret" not in text
    assert report.stat().st_mode & 0o077 == 0
