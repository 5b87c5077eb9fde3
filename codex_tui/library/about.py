"""What the user says of a session: a title, tags, a star, in a small file beside the recording.

A file for each session: it goes where the recording goes (a backup, another machine, the trash),
two programs that speak of different sessions never write the same file, and a broken one costs one
title. Nothing is written into recordings: they belong to the program that made them. A change is
read, made and put in place under the folder's lock, so that two at once lose nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codex_tui.atomic_files import open_regular, write_atomically
from codex_tui.recording.locks import alone_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUFFIX = ".about.json"
"""What the file's name has after the recording's."""

_LONGEST = 1024 * 1024


class AboutError(Exception):
    """What the user said of a session can't be read; the text names the file and says why."""


@dataclass(frozen=True, slots=True)
class About:
    """What the user says of a session."""

    title: str = ""
    tags: tuple[str, ...] = ()
    starred: bool = False

    def tagged(self, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> About:
        """The same with other tags; a tag is a word, and stands there once."""
        words = [word for tag in (*self.tags, *add) for word in tag.split()]
        return replace(self, tags=tuple(tag for tag in dict.fromkeys(words) if tag not in remove))


def about_path(recording: Path) -> Path:
    """The file beside a recording."""
    return recording.with_name(recording.name + SUFFIX)


def read_about(recording: Path) -> About:
    """What the user says of a recording.

    Raises:
        AboutError: There is a file, and it can't be read.
    """
    table = _table(about_path(recording))
    tags = table.get("tags")
    title = table.get("title")
    return About(
        title if isinstance(title, str) else "",
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        table.get("starred") is True,
    ).tagged()


def change_about(recording: Path, change: Callable[[About], About]) -> About:
    """Change what the user says of a recording, and return what it is then.

    What the file holds beyond, as of a later version, stays in it.

    Raises:
        AboutError: There is a file already, and it can't be read: it is not overwritten.
        OSError: It can't be written.
    """
    path = about_path(recording)
    with alone_in(recording.parent):
        changed = change(read_about(recording))
        table = _table(path) | {
            "title": changed.title,
            "tags": list(changed.tags),
            "starred": changed.starred,
        }
        kept = {name: value for name, value in table.items() if value}
        if kept:
            write_atomically(path, json.dumps(kept, indent=1, ensure_ascii=True) + "\n")
        else:
            path.unlink(missing_ok=True)
    return changed


def _table(path: Path) -> dict[str, Any]:
    try:
        with open_regular(path) as file:
            table = json.loads(file.read(_LONGEST))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AboutError(f"{path.name} can't be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise AboutError(f"{path.name} is not JSON; mend or remove it") from None
    if not isinstance(table, dict):
        raise AboutError(f"{path.name} is no JSON object; mend or remove it")
    return table
