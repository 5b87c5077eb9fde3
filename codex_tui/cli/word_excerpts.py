"""What changed in a text, with some words around it, as much of it as one reads.

Without colours `[-…-]` and `{+…+}` mark it, as `git diff --word-diff` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.cli.output import Ink
    from codex_tui.comparison.texts import Hunk

_MOST = 8  # changed places that are shown
_AROUND = 6  # words that are shown around one
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_INKS: dict[str, Ink] = {"removed": "removed", "added": "added"}


def excerpt(hunks: Sequence[Hunk], *, marks: bool) -> Iterator[tuple[Ink, str]]:
    """Yield what changed, and the words around it, with their inks.

    Args:
        hunks: The pieces of the text.
        marks: Whether what changed is marked by signs.
    """
    changed = 0
    for number, hunk in enumerate(hunks):
        if hunk.state == "same":
            yield "quiet", _around(hunk.text, number == 0, number == len(hunks) - 1)
            continue
        changed += 1
        if changed > _MOST:
            left = sum(1 for each in hunks[number:] if each.state != "same")
            yield "quiet", f" … and {left:,} more changes"
            return
        opening, closing = _MARKS[hunk.state] if marks else ("", "")
        said = _inside(hunk.text)
        yield _INKS[hunk.state], f"{opening}{said.rstrip()}{closing}"
        goes_on = hunk.state == "removed" and hunks[number + 1 :][:1]
        yield "", said[len(said.rstrip()) :] or " " * bool(goes_on and goes_on[0].state == "added")


def _inside(text: str) -> str:
    """What was removed or added; of much the beginning and the end."""
    words = text.split(" ")
    left = len(words) - 3 * _AROUND
    if left < _AROUND:
        return text
    head, tail = " ".join(words[: 2 * _AROUND]), " ".join(words[-_AROUND:])
    return f"{head} …{left:,} more… {tail}"


def _around(text: str, first: bool, last: bool) -> str:
    """The words of a text that stand next to what changed."""
    words = text.split(" ")
    if first:
        return text if len(words) <= _AROUND else "… " + " ".join(words[-_AROUND:])
    if last:
        return text if len(words) <= _AROUND else " ".join(words[:_AROUND]) + " …"
    if len(words) <= 2 * _AROUND:
        return text
    return " ".join((*words[:_AROUND], "…", *words[-_AROUND:]))
