from __future__ import annotations

import pytest

from codex_tui.model.items import MessageItem, OtherItem, ReasoningItem, ToolCall
from tests.model.streams import (
    added,
    created,
    decoded,
    delta,
    done,
    ended,
    fold,
    message,
    part,
    reasoning,
    text_delta,
    text_done,
)

EMPTY = {"type": "output_text", "text": "", "annotations": []}


def test_nothing_is_known_before_the_first_event() -> None:
    transcript = fold()
    assert (transcript.phase, transcript.status, transcript.output_text) == ("waiting", None, "")
    assert transcript.usage is None
    assert transcript.error is None


def test_text_grows_with_its_deltas() -> None:
    transcript = fold(
        created(),
        added(message(status="in_progress"), 0),
        part("added", EMPTY, 0, content_index=0),
        text_delta("Hel", 0),
        text_delta("lo", 0),
    )
    assert transcript.output_text == "Hello"
    assert transcript.phase == "writing"
    [item] = transcript.items
    assert (item.done, item.status) == (False, "in_progress")


def test_every_change_of_an_item_raises_its_version() -> None:
    transcript = fold(added(message(), 0))
    versions = [transcript.items[0].version]
    for event in (text_delta("a", 0), text_delta("b", 0), text_done("ab", 0), done(message(), 0)):
        item = transcript.apply(decoded(event))
        assert item is transcript.items[0]
        versions.append(item.version)
    assert versions == sorted(set(versions))


def test_parts_that_interleave_keep_their_texts_apart() -> None:
    transcript = fold(
        text_delta("a", 0, part=0),
        text_delta("x", 0, part=1),
        text_delta("b", 0, part=0),
        text_delta("y", 0, part=1),
    )
    [item] = transcript.items
    assert isinstance(item, MessageItem)
    assert [str(text) for text in item.texts()] == ["ab", "xy"]


def test_items_that_interleave_keep_their_texts_apart() -> None:
    transcript = fold(
        added(message(id="a"), 0),
        added(message(id="b"), 1),
        text_delta("1", 0),
        text_delta("2", 1),
        text_delta("1", 0),
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["11", "2"]


def test_summaries_and_raw_reasoning_are_kept_apart() -> None:
    transcript = fold(
        added(reasoning(), 0),
        delta("reasoning_summary_text", "Why", 0, summary_index=0),
        delta("reasoning_summary_text", "How", 0, summary_index=1),
        delta("reasoning_text", "The user asks", 0, content_index=0),
    )
    assert transcript.reasoning_summary == "Why\nHow"
    assert transcript.reasoning_text == "The user asks"
    assert transcript.phase == "reasoning"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_text"])
def test_older_names_of_raw_reasoning_reach_the_same_text(name: str) -> None:
    transcript = fold(delta(name, "Hm", 0, content_index=0))
    assert transcript.reasoning_text == "Hm"


@pytest.mark.parametrize("name", ["reasoning_summary", "reasoning_summary_text"])
def test_older_names_of_summaries_reach_the_same_text(name: str) -> None:
    transcript = fold(delta(name, "Hm", 0, summary_index=0))
    assert transcript.reasoning_summary == "Hm"


def test_content_parts_of_raw_reasoning_belong_to_the_reasoning() -> None:
    raw = {"type": "reasoning_text", "text": "42"}
    transcript = fold(added(reasoning(), 0), part("done", raw, 0, content_index=0))
    assert transcript.reasoning_text == "42"
    assert len(transcript.items) == 1


def test_reasoning_that_comes_encrypted_is_known_as_such() -> None:
    sealed = fold(done(reasoning(encrypted_content="gAAAA"), 0)).reasoning[0]
    assert sealed.encrypted
    assert sealed.empty
    assert not fold(done(reasoning(encrypted_content=""), 0)).reasoning[0].encrypted


def test_refusals_are_no_answer() -> None:
    transcript = fold(
        added(message(), 0),
        part("added", {"type": "refusal", "refusal": ""}, 0, content_index=0),
        delta("refusal", "I can", 0, content_index=0),
        delta("refusal", "'t", 0, content_index=0),
        {"type": "response.refusal.done", "refusal": "I can't", "output_index": 0},
    )
    assert (transcript.refusal, transcript.output_text) == ("I can't", "")


def test_annotations_are_kept_as_they_come_and_counted_once() -> None:
    first = {"type": "url_citation", "url": "https://example.com", "title": "A"}
    cited = {"type": "output_text", "text": "See A", "annotations": [first]}
    transcript = fold(
        text_delta("See A", 0),
        {
            "type": "response.output_text.annotation.added",
            "annotation": first,
            "output_index": 0,
            "content_index": 0,
        },
        part("done", cited, 0, content_index=0),
        done({**message(), "content": [cited]}, 0),
    )
    [item] = transcript.items
    assert isinstance(item, MessageItem)
    assert item.annotations == [first]


def test_done_without_deltas_fills_the_text() -> None:
    assert fold(text_done("Hello", 0)).output_text == "Hello"
    assert fold(done(message("Hello"), 0)).output_text == "Hello"
    assert fold(done(reasoning("Why", "How"), 0)).reasoning_summary == "Why\nHow"


def test_done_text_that_differs_stands_and_what_streamed_stays_visible() -> None:
    transcript = fold(text_delta("Hello", 0), text_done("Goodbye", 0, content_index=0))
    assert transcript.output_text == "Goodbye"
    [text] = transcript.items[0].texts()
    assert text.streamed == "Hello"


def test_terminal_output_fills_items_that_never_streamed() -> None:
    transcript = fold(created(), ended(output=(reasoning("Why"), message("Hello"))))
    assert (transcript.reasoning_summary, transcript.output_text) == ("Why", "Hello")
    assert [item.streamed for item in transcript.items] == [False, False]
    assert [item.output_index for item in transcript.items] == [0, 1]


@pytest.mark.parametrize("output", [[], None])
def test_streamed_items_stand_where_the_terminal_output_is_empty(output: object) -> None:
    transcript = fold(created(), text_delta("Hello", 0), ended(output=output))
    assert (transcript.output_text, transcript.status) == ("Hello", "completed")


def test_terminal_output_completes_a_stream_that_began_in_the_middle() -> None:
    transcript = fold(text_delta("lo", 0, item_id="msg_1"), ended(output=(message("Hello"),)))
    assert transcript.output_text == "Hello"
    assert transcript.items[0].texts()[0].streamed == "lo"


@pytest.mark.parametrize("word", ["completed", "failed", "incomplete", "cancelled"])
def test_terminal_event_gives_its_word(word: str) -> None:
    transcript = fold(created(), ended(word))
    assert (transcript.status, transcript.phase) == (word, word)


def test_terminal_event_without_a_status_gives_the_word_of_its_type() -> None:
    assert fold({"type": "response.completed", "response": {}}).status == "completed"


def test_first_terminal_event_stands_and_the_second_is_noted() -> None:
    transcript = fold(created(), ended(), ended("failed"))
    assert transcript.status == "completed"
    assert [each.rule for each in transcript.forgiving.kept] == ["order.second-terminal"]


def test_first_output_that_a_terminal_event_lists_stands() -> None:
    transcript = fold(ended(), ended(output=(message("one"),)), ended(output=(message("two"),)))
    assert transcript.output_text == "one"


def test_incomplete_says_why() -> None:
    details = {"reason": "max_output_tokens"}
    transcript = fold(ended("incomplete", incomplete_details=details))
    assert transcript.incomplete_reason == "max_output_tokens"


def test_usage_and_model_are_the_servers_words() -> None:
    usage = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
    transcript = fold(created(), ended(usage=usage, model="gpt-5-2025"))
    assert transcript.model == "gpt-5-2025"
    assert transcript.usage is not None
    assert transcript.usage.total_tokens == 5


def test_error_event_is_kept_until_the_terminal_event_says_more() -> None:
    error = {"type": "error", "code": "server_error", "message": "Oh"}
    transcript = fold(created(), error)
    assert transcript.error is not None
    assert (transcript.error.code, transcript.status) == ("server_error", None)
    transcript = fold(created(), error, ended("failed", error={"code": "quota", "message": "No"}))
    assert transcript.error is not None
    assert (transcript.error.code, transcript.status) == ("quota", "failed")


def test_items_without_a_text_of_their_own_are_kept_too() -> None:
    transcript = fold(done({"type": "compaction", "id": "c", "encrypted_content": "x"}, 0))
    [item] = transcript.items
    assert isinstance(item, OtherItem)
    assert item.type == "compaction"


def test_unknown_and_malformed_events_change_nothing() -> None:
    transcript = fold(text_delta("a", 0), {"type": "response.brand.new", "output_index": 0})
    assert transcript.output_text == "a"
    assert len(transcript.items) == 1


def test_kinds_of_items_are_told_by_their_type() -> None:
    transcript = fold(
        done(message(), 0),
        done(reasoning(), 1),
        done({"type": "x_keyword_search_call", "id": "x", "name": "x_search"}, 2),
    )
    assert [type(item) for item in transcript.items] == [MessageItem, ReasoningItem, ToolCall]


def test_keys_are_ours_and_differ() -> None:
    transcript = fold(done(message(id="same"), 0), done(message(id="same"), 1))
    assert [item.key for item in transcript.items] == ["item-1", "item-2"]
