"""What the items of two runs say, text by text; of what is JSON on both sides, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.comparison.json_changes import ValueChange, changes
from codex_tui.comparison.texts import TextDiff, hunks_of, is_whole
from codex_tui.json_text import from_json
from codex_tui.model.items import MessageItem, OtherItem, ReasoningItem, ToolCall, ToolOutput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.comparison.pairing import ItemPair
    from codex_tui.comparison.runs import Strand
    from codex_tui.model.items import Item


class ItemText(NamedTuple):
    """A text of an item; `structured` says that it may be JSON."""

    what: str
    text: str
    structured: bool = False


def text_diffs(items: Iterable[ItemPair]) -> Iterator[TextDiff]:
    """Yield a diff for each text that the items of at least one side have."""
    for pair in items:
        texts = {each.what: each for each in (*_said(pair.b), *_said(pair.a))}
        mine = {each.what: each.text for each in _said(pair.a)}
        yours = {each.what: each.text for each in _said(pair.b)}
        for what, said in texts.items():
            if (here := mine.get(what, "")) or yours.get(what):
                yield _diff(pair, said, here, yours.get(what, ""))


def _diff(pair: ItemPair, said: ItemText, a: str, b: str) -> TextDiff:
    return TextDiff(
        f"{said.what} of {pair.name}",
        hunks_of(a, b),
        _place(pair.a),
        _place(pair.b),
        _values(a, b) if said.structured else None,
        alone=pair.a is None or pair.b is None,
        whole=is_whole(a, b),
    )


def _place(strand: Strand | None) -> tuple[int, int] | None:
    return None if strand is None else strand.place


def _values(a: str, b: str) -> tuple[ValueChange, ...] | None:
    here, there = _json(a), _json(b)
    if here is None or there is None:
        return None
    return tuple(changes(here, there))


def _json(text: str) -> Any:
    try:
        value = from_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _said(strand: Strand | None) -> list[ItemText]:
    item = None if strand is None else strand.item
    return [] if item is None else [each for each in _texts(item) if each.text]


def _texts(item: Item) -> Iterator[ItemText]:
    match item:
        case MessageItem():
            yield from _of_message(item)
        case ReasoningItem():
            yield ItemText("summary", "\n\n".join(str(part.text) for part in item.summaries))
            yield ItemText("text", "\n\n".join(str(part.text) for part in item.contents))
        case ToolCall():
            yield ItemText("arguments", str(item.arguments), structured=True)
            yield ItemText("output", str(item.output), structured=True)
        case ToolOutput() if item.call is None:
            yield ItemText("output", str(item.output), structured=True)
        case OtherItem():
            yield ItemText("note", item.note)


def _of_message(item: MessageItem) -> Iterator[ItemText]:
    yield ItemText("answer", item.text)
    yield ItemText("refusal", item.refusal)
    told = ("", "output_text", "refusal")
    for number, part in enumerate(part for part in item.parts if part.type not in told):
        yield ItemText(f"{part.type} {number + 1}", str(part.text))
