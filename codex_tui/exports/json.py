"""One JSON object: the report of every turn, as `show --format json` prints it of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui._version import __version__
from codex_tui.exports.wrong import objects_of
from codex_tui.figures.report import whole_report
from codex_tui.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material


def write(material: Material) -> Iterator[bytes]:
    """Yield the object: `tool`, `turns` with their numbers and prompts, `findings` on all."""
    turns = [
        {
            "turn": turn.number,
            "model": turn.transcript.model,
            "prompt": turn.prompt,
            **whole_report(turn, material.folds.timing, material.turns),
            "findings": material.wrong.counts(turn.number),
        }
        for turn in material.turns
    ]
    told = {
        "tool": f"codex-tui {__version__}",
        "turns": turns,
        "spec": material.wrong.spec,
        "findings": objects_of(material.wrong.found),
    }
    yield to_json(told, indent=2).encode()
    yield b"\n"
