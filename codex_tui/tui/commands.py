"""What the palette offers beside Textual's own: the actions of the app and of its viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from textual.app import App
    from textual.dom import DOMNode

STOCK = frozenset({"Theme", "Quit"})
"""Textual's own that are offered: its pictures are not redacted, and its help is not ours."""

_OF_THE_APP = (
    ("Sessions", "All recordings: search, open", "sessions"),
    ("Streams", "What other programs' streams do now", "streams"),
    ("Open a file", "Whatever holds a stream", "open_file"),
    ("New conversation", "Begin anew, in a new recording", "renew"),
    ("Connection", "Choose provider, model, effort", "connection"),
    ("Edit the request", "See and edit its JSON", "edit_request"),
    ("Send again", "Send the last request again", "resend"),
    ("Export", "Write the session to a file", "export"),
)
_OF_THE_VIEWER = (
    ("Zoom", "Show the focused pane alone", "zoom"),
    ("Inspector", "Show or hide the inspector", "inspect"),
    ("Metrics", "Show or hide the figures of the response", "measure"),
    ("What is wrong", "Show or hide the findings: which events break which rules", "wrong"),
    ("Tokens", "Show the pieces that the texts came in, or no longer", "tokens"),
    ("Ids", "Show the ids of items, calls and responses in the timeline, or no longer", "ids"),
    ("Help", "Show the keys of the place where you are", "help"),
)


def commands_of(app: App[Any], viewer: DOMNode) -> Iterator[SystemCommand]:
    """Yield them in the order in which the palette lists them; each runs an action by its name."""
    for node, commands in ((app, _OF_THE_APP), (viewer, _OF_THE_VIEWER)):
        for title, help_text, action in commands:
            yield SystemCommand(title, help_text, getattr(node, f"action_{action}"))
