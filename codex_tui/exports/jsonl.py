"""One JSON object a line: events as `show --format events` prints them, and all else beside.

What was found to be wrong stands at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.exports.wrong import objects_of
from codex_tui.json_text import to_json
from codex_tui.recording.json_lines import FINDING, HEADER, object_of
from codex_tui.recording.records import FrameRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material


def write(material: Material) -> Iterator[bytes]:
    """Yield the lines."""
    yield _line(HEADER)
    number = 0
    log = material.folds.log
    for record in log.records(0, len(log)):
        number += isinstance(record, FrameRecord)
        yield _line(object_of(record, number))
    for finding in objects_of(material.wrong.found):
        yield _line({"record": FINDING, **finding})


def _line(value: dict[str, Any]) -> bytes:
    return (to_json(value) + "\n").encode()
