"""What one response says, as the official SDK joins it; what repeats word for word is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codex_tui.model.items import MessageItem, ReasoningItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.items import Item


class ResponseTexts(NamedTuple):
    """The texts of a response: those of all its messages, and the parts of its reasoning."""

    output_text: str
    refusal: str
    reasoning_summary: str
    reasoning_text: str

    @classmethod
    def of(cls, items: Sequence[Item]) -> ResponseTexts:
        """Return the texts of the items of one response; of several choices, those of the first."""
        said = [item for item in items if isinstance(item, MessageItem) and not item.repeats]
        messages = [item for item in said if not item.choice] or said  # one answer, not all of them
        reasoning = [i for i in items if isinstance(i, ReasoningItem) and not i.repeats]
        return cls(
            "".join(item.text for item in messages),
            "".join(item.refusal for item in messages),
            "\n".join(str(part.text) for item in reasoning for part in item.summaries),
            "\n".join(str(part.text) for item in reasoning for part in item.contents),
        )
