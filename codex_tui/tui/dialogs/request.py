"""The next request's JSON, to be read and edited before it is sent."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from codex_tui.json_text import from_json
from codex_tui.safe_text import clean_line, escape_json
from codex_tui.tui.dialogs.dialog import Box, Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


class RequestDialog(Dialog[dict[str, Any]]):
    """Shows a request body; the result is the body to send, or None.

    Args:
        body: What is shown at first.
        url: Where it would go.
        refusal: Says why nothing can be sent now, or nothing.
        warning: What has to be known before it is sent; "" for nothing.
    """

    DEFAULT_CSS = """
    RequestDialog {
        & > .dialog { width: 110; height: 90%; }
        & TextArea { height: 1fr; border: none; padding: 0; background: transparent; }
        & TextArea:focus { border: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "send", "Send", id="request.send", priority=True),
        Binding("ctrl+o", "editor", "Open in $EDITOR", id="request.editor", priority=True),
    ]

    def __init__(
        self,
        body: dict[str, Any],
        url: str = "",
        refusal: Callable[[], str] = lambda: "",
        warning: str = "",
    ) -> None:
        super().__init__()
        self._body = body
        self._url = url
        self._refusal = refusal
        self._warning = warning

    def compose(self) -> ComposeResult:
        """Show the JSON over a line for errors and keys."""
        with Box(f"Request · POST {self._url}", "ctrl+s sends · ctrl+o $EDITOR · esc closes"):
            text = escape_json(json.dumps(self._body, indent=2, ensure_ascii=False))
            yield TextArea(text, soft_wrap=True, tab_behavior="indent", show_line_numbers=True)
            yield Static(clean_line(self._warning), classes="dialog-error", markup=False)

    def action_send(self) -> None:
        """Send what stands in the text area if it is a JSON object."""
        try:
            body = from_json(self.query_one(TextArea).text)
        except ValueError as error:
            self._complain(f"not JSON that can be sent: {error}")
            return
        if not isinstance(body, dict):
            self._complain("a request is a JSON object: it begins with {")
            return
        if reason := self._refusal():
            self._complain(reason)
        else:
            self.dismiss(body)

    def _complain(self, reason: str) -> None:
        self.query_one(Static).update(Content(clean_line(reason)))

    def action_editor(self) -> None:
        """Edit the text in the user's editor, while the app stands aside."""
        area = self.query_one(TextArea)
        try:
            with self.app.suspend():
                edited = edit(area.text)
        except SuspendNotSupported:
            self._complain("an editor can't be opened in this terminal")
        except OSError as error:
            self._complain(f"the editor can't be started: {error.strerror}; set $EDITOR")
        except ValueError as error:
            self._complain(f"$EDITOR can't be read: {error}")
        else:
            area.load_text(edited)


def edit(text: str) -> str:
    """Return a text as it is after the user's editor ($VISUAL, $EDITOR, else vi) has closed.

    Raises:
        OSError: The editor can't be started, or the file can't be read back.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="codex-tui-") as folder:
        path = Path(folder) / "request.json"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        subprocess.run([*shlex.split(editor), str(path)], check=False)
        return path.read_text(encoding="utf-8", errors="replace")
