"""What one response says, of whatever items it has."""

from __future__ import annotations

from codex_tui.model.items import Item, MessageItem, ReasoningItem, ToolCall
from codex_tui.model.response_texts import ResponseTexts


def said(text: str, *, type_: str = "output_text", choice: int = 0) -> MessageItem:
    item = MessageItem("item", "message", choice=choice)
    item.open_part(type_, 0).text.settle(text)
    return item


def thought(*parts: tuple[str, str]) -> ReasoningItem:
    item = ReasoningItem("item", "reasoning")
    for index, (type_, text) in enumerate(parts):
        item.open_part(type_, index).text.settle(text)
    return item


def repeated(item: Item, other: Item) -> Item:
    other.twin = item
    return other


def test_messages_are_joined_and_parts_of_reasoning_are_lines() -> None:
    summary = thought(("summary_text", "one"), ("summary_text", "two"), ("reasoning_text", "raw"))
    call = ToolCall("call", "function_call", name="look")
    texts = ResponseTexts.of([summary, said("Hel"), call, said("lo")])
    assert texts == ("Hello", "", "one\ntwo", "raw")


def test_a_refusal_is_no_answer() -> None:
    assert ResponseTexts.of([said("I can't.", type_="refusal")])[:2] == ("", "I can't.")


def test_of_several_choices_the_first_is_the_answer() -> None:
    assert ResponseTexts.of([said("one"), said("other", choice=1)]).output_text == "one"
    assert ResponseTexts.of([said("other", choice=1)]).output_text == "other"


def test_what_repeats_word_for_word_is_said_once() -> None:
    first = said("Hello")
    assert ResponseTexts.of([first, repeated(first, said("Hello"))]).output_text == "Hello"
    assert ResponseTexts.of([first, repeated(first, said(", you"))]).output_text == "Hello, you"
