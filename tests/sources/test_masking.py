"""The user's own secrets in what a server says."""

from __future__ import annotations

import pytest

from codex_tui.redact import Secret
from codex_tui.sources.masking import Mask
from codex_tui.wire.sse import ServerSentEvent

MASK = Mask([Secret('sk-"quoted"-key')])


def test_a_frame_without_a_secret_is_not_touched() -> None:
    frame = ServerSentEvent("x", "sk-other", comments=(" a",))
    assert MASK.frame(frame) == ServerSentEvent("x", "sk-other", comments=(" a",))


def test_a_key_is_found_as_json_writes_it() -> None:
    frame = MASK.frame(ServerSentEvent(data='{"delta": "sk-\\"quoted\\"-key!"}'))
    assert frame.data == '{"delta": "***!"}'


def test_json_is_masked_in_depth() -> None:
    value = {"input": [{"content": 'my key is sk-"quoted"-key'}]}
    assert MASK.json(value) == {"input": [{"content": "my key is ***"}]}


def test_a_longer_secret_goes_before_one_that_it_holds() -> None:
    mask = Mask([Secret("0123456789"), Secret("0123456789abc")])
    assert mask.text("a 0123456789abc b 0123456789") == "a *** b ***"


@pytest.mark.parametrize("text", ["short", "lm-studio"])
def test_what_is_no_secret_is_left(text: str) -> None:
    assert Mask([Secret(text)]).text(f"say {text}") == f"say {text}"
