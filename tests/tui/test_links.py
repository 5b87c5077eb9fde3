"""Links are opened by a deliberate act, with their real address in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App

from codex_tui.tui.dialogs.links import LinksDialog, may_open
from codex_tui.tui.themes import variable_defaults

if TYPE_CHECKING:
    from textual.pilot import Pilot


class Host(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


async def chosen(pilot: Pilot[None], *keys: str) -> list[tuple[str, str] | None]:
    results: list[tuple[str, str] | None] = []
    links = [("good", "https://example.com/a"), ("bad", "vscode://x"), ("", "mailto:a@b.c")]
    pilot.app.push_screen(LinksDialog(links), results.append)
    await pilot.pause()
    await pilot.press(*keys)
    await pilot.pause()
    return results


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        (("enter",), ("open", "https://example.com/a")),
        (("down", "y"), ("copy", "mailto:a@b.c")),
        (("escape",), None),
    ],
)
async def test_a_link_is_opened_copied_or_left(
    keys: tuple[str, ...], result: tuple[str, str] | None
) -> None:
    async with Host().run_test() as pilot:
        assert await chosen(pilot, *keys) == [result]


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://example.com", True),
        ("HTTP://example.com", True),
        ("mailto:a@b.c", True),
        ("vscode:extension/x", False),
        ("smb://host/share", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("--help", False),
        ("https://[", False),
        ("", False),
        (" https://example.com", False),
        ("-https://example.com", False),
        ("https://example.com/\x1b]0;title\x07", False),
        ("https://example.com/\u202egpj.exe", False),
        ("https://example.com\n--help", False),
    ],
)
def test_only_web_and_mail_addresses_may_be_opened(url: str, may: bool) -> None:
    assert may_open(url) is may
