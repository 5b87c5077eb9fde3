"""Parts that servers split: one text whose index grows with each piece of it.

Pieces under growing indices that nobody announced go on in the part that is open, until a smaller
index or a whole item says that they were parts of their own. Parts that a closing text joins become
one. Either way no character is shown twice, and none is lost.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.items import Part, PartedItem
    from codex_tui.model.slots import Slots

_SEAMS = 64  # pieces of a part that can still be told apart
_SURE = 3  # indices from which on a part is split beyond doubt
_MOST = 1000  # parts of an item that are compared with a whole one
_BLANKS = 64  # open parts without a character among those that are joined
_PARAGRAPH = 80  # characters of a summary that is sent in one piece


def going_on(slots: Slots, item: PartedItem, type_: str, index: int, piece: str) -> Part | None:
    """Return the part that a delta goes on with under another index; None where it begins one."""
    part = item.last_of(type_)
    if part is None or part.done or part.last is None or item.apart:
        return None
    if index < part.last:
        return _gone_back(item, part, index) if part.seams else None
    if (part.pieces > 1 and not part.seams) or _begins(part, piece):
        return None
    _join(slots, item, part, index)
    return part


def _begins(part: Part, piece: str) -> bool:
    """Whether a piece begins a paragraph of a summary: some bridges send each as one piece.

    Pieces in the middle of a text begin with a blank or in the middle of a word.
    """
    if part.type != "summary_text" or part.seams:
        return False
    headed = piece.startswith("**") or piece[:1].isupper()
    return headed or len(part.text) > _PARAGRAPH or str(part.text).endswith("\n")


def _join(slots: Slots, item: PartedItem, part: Part, index: int) -> None:
    if not part.seams and part.index is not None:
        part.seams += ((part.index, 0),)
    if len(part.seams) < _SEAMS:
        part.seams += ((index, len(part.text)),)
    part.last, part.pieces = index, 0
    if len(part.seams) >= _SURE:
        _tell(slots, item, part)


def _tell(slots: Slots, item: PartedItem, part: Part) -> None:
    """Say once of an item that its parts were split."""
    if not item.split:
        item.split = True
        expected = f"index {part.index} for the whole text"
        seen = "a text split over growing indices"
        slots.forgiving.forgive("index.gap", expected, seen)


def _gone_back(item: PartedItem, part: Part, index: int) -> Part | None:
    """Take pieces for parts of their own where one of them goes on; of a long row, none."""
    if len(part.seams) >= _SEAMS:
        return part
    if index not in (seam[0] for seam in part.seams):
        return None
    separate(item, part)
    return item.find_part(part.type, index)


def separate(item: PartedItem, part: Part) -> None:
    """Make parts of the pieces that a part was joined of."""
    item.apart = True
    pieces, seams = _pieces(part), part.seams
    part.seams = ()
    part.last = part.index
    part.text.rewrite(pieces[0])
    for (index, _), piece in zip(seams[1:], pieces[1:], strict=True):
        item.open_part(part.type, index).text.append(piece)


def _pieces(part: Part) -> list[str]:
    whole = str(part.text)
    ends = [start for _, start in part.seams] + [len(whole)]
    return [whole[start:end] for start, end in pairwise(ends)]


def closed_by(slots: Slots, item: PartedItem, type_: str, text: str, *, whole: bool) -> Part | None:
    """Return the part that a closing text means whose index is another one, if there is any.

    Args:
        slots: Where the item stands.
        item: The item.
        type_: The type of the part.
        text: The text.
        whole: Whether it closes a part for the second time: after its text, the part itself.
    """
    last = item.last_of(type_)
    if last is None:
        return None
    if last.seams or (whole and last.done and not last.whole and last.text.equals(text)):
        found: Part | None = last
    else:
        found = _joined_open(item, type_, text)
    if found is not None and found.index is not None:
        _tell(slots, item, found)
    return found


def _joined_open(item: PartedItem, type_: str, text: str) -> Part | None:
    """Return the part that all open ones of a type become, where together they say a text."""
    parts, end, blanks = list["Part"](), len(text), 0
    for part in reversed(item.parts):
        if part.type != type_:
            continue
        if part.done:
            break
        blanks += not part.text
        if len(part.text) > end or blanks > _BLANKS or not text.endswith(str(part.text), 0, end):
            return None
        end -= len(part.text)
        parts.append(part)
    return _merge(item, parts[::-1]) if parts and text and not end else None


def _merge(item: PartedItem, parts: Sequence[Part]) -> Part:
    first, *others = parts
    item.take_in(first, others)
    return first


def fit(slots: Slots, item: PartedItem, type_: str, texts: Sequence[str]) -> bool:
    """Make parts agree in number with those of a whole item; return whether they say it already.

    Parts that were closed one by one stay apart, though the whole item joins them.
    """
    parts = item.of_type(type_)
    if len(parts) < len(texts):
        _fit_more(item, parts, texts)
        return False
    if not texts or len(parts) == len(texts) or len(parts) > _MOST:
        return False
    groups = _groups(parts, texts)
    for group in groups or ():
        if len(group) > 1 and not all(part.done for part in group):
            _merge(item, group)
            _tell(slots, item, group[0])
    return groups is not None and len(item.of_type(type_)) > len(texts)


def _fit_more(item: PartedItem, parts: Sequence[Part], texts: Sequence[str]) -> None:
    for part in parts:
        if part.seams and not part.done and _pieces(part) == [*texts]:
            separate(item, part)
            return


def _groups(parts: Sequence[Part], texts: Sequence[str]) -> list[list[Part]] | None:
    """Return which parts make up each text; None where they don't."""
    rest, groups = [*parts], []
    for text in texts:
        group, position = [], 0
        while rest and (position < len(text) or not rest[0].text):
            piece = str(rest[0].text)
            if not text.startswith(piece, position):
                return None
            group.append(rest.pop(0))
            position += len(piece)
        if position != len(text) or not group:
            return None
        groups.append(group)
    return None if rest else groups
