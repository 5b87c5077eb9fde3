"""What the app remembers between runs: choices made in it, and the prompts that were sent.

The user's config.toml is never written. State is a convenience: a file that can't be read is as
good as none, and one that can't be written is told to the caller, who goes on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.atomic_files import open_regular, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_STATE = "state.json"
_HISTORY = "history.jsonl"
HISTORY_LIMIT = 500
"""How many prompts are remembered."""


def load_choices(folder: Path) -> dict[str, str]:
    """Return what was chosen in the app, as `theme`; nothing where there is no readable file."""
    try:
        with open_regular(folder / _STATE) as file:
            table = json.loads(file.read().decode())
    except (OSError, ValueError):
        return {}
    if not isinstance(table, dict):
        return {}
    return {key: value for key, value in table.items() if isinstance(value, str)}


def save_choice(folder: Path, name: str, value: str) -> None:
    """Remember one choice.

    Raises:
        OSError: The folder or the file can't be written.
    """
    choices = {**load_choices(folder), name: value}
    write_atomically(folder / _STATE, json.dumps(choices, indent=1) + "\n")


def load_history(folder: Path) -> list[str]:
    """Return the prompts that were sent, oldest first."""
    try:
        with open_regular(folder / _HISTORY) as file:
            lines = file.read().decode().split("\n")
    except (OSError, ValueError):
        return []
    return [text for text in map(_prompt_of, lines) if text][-HISTORY_LIMIT:]


def _prompt_of(line: str) -> str:
    try:
        entry: Any = json.loads(line)
    except ValueError:
        return ""
    text = entry.get("prompt") if isinstance(entry, dict) else None
    return text if isinstance(text, str) else ""


def remember_prompt(folder: Path, prompt: str) -> None:
    """Add a prompt to the history; now and then the oldest are dropped.

    Raises:
        OSError: The folder or the file can't be written.
    """
    history = load_history(folder)
    if history and history[-1] == prompt:
        return
    history.append(prompt)
    lines = (json.dumps({"prompt": text}) for text in history[-HISTORY_LIMIT:])
    write_atomically(folder / _HISTORY, "\n".join(lines) + "\n")
