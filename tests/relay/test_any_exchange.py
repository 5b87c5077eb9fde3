"""Whatever passes, its copy ends in a file that can be read, and in one line that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.recording.records import EndRecord
from tests.formats import samples
from tests.relay.fake_relay import FakeRelay, end, head, records_of

if TYPE_CHECKING:
    import pytest

PIECES = st.binary(max_size=60) | st.sampled_from(
    [
        samples.SSE,
        samples.RESPONSE,
        samples.ERROR,
        b'{"model":"m","stream":true}',
        b'{"stream":true,"input":[' * 40,
        b'\x81\x1c{"type":"response.created"}  ',
        b"\x81\x8b\0\0\0\0" + b'{"type":1}  ',
        b"\x81\x9a\0\0\0\0" + b'{"type":"response.create"}',
        b"\x88\x00",
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["text/event-stream", "application/json", "x", ""]),
        "content-encoding": st.sampled_from(["gzip", "br", "zstd", "deflate", "identity", "x", ""]),
        "sec-websocket-extensions": st.just("permessage-deflate"),
        "authorization": st.sampled_from(["Bearer key-0123456789", "Basic", ""]),
        "upgrade": st.just("websocket"),
    },
)
STATUSES = st.sampled_from([100, 101, 200, 204, 302, 429])
CALLS = st.one_of(
    st.tuples(st.just("request_body"), PIECES),
    st.tuples(st.just("request_done")),
    st.tuples(
        st.just("response"),
        st.builds(head, st.sampled_from([100, 101, 200, 204, 302, 429]), HEADERS),
    ),
    st.tuples(st.just("response_body"), PIECES, st.just(0.5)),
    st.tuples(st.just("switched"), st.just(0.2)),
    st.tuples(st.just("sent"), PIECES, st.just(0.6)),
    st.tuples(st.just("received"), PIECES, st.just(0.7)),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(CALLS, max_size=12),
    HEADERS,
    st.sampled_from(["/v1/responses", "/v1/models", "//[", "*"]),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["whole", "closed", "reset", "timeout", "unreachable", "refused", "broken"]),
    st.sampled_from(["program", "server", "relay"]),
)
def test_any_exchange_ends_in_what_can_be_read(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[tuple[Any, ...]],
    headers: dict[str, str],
    target: str,
    method: str,
    how: Any,
    by: Any,
) -> None:
    relay = FakeRelay(tmp_path_factory.mktemp("tap"))
    tee = relay.begin(headers, method=method, target=target)
    for name, *arguments in calls:
        getattr(tee, name)(*arguments)
    end(tee, how, by)
    relay.work()
    [ended] = relay.ended()
    assert [each for each in relay.told if "began" in each]
    assert ended["file"] == (str(relay.files()[0]) if relay.files() else None)
    for path in relay.files():
        assert isinstance(records_of(path)[-1], EndRecord)
    assert relay.recorder.close()
