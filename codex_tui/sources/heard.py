"""What was heard of a response that is made in the background, and how the rest is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from codex_tui.recording.records import FrameRecord
from codex_tui.sources.exchange import Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.recording.records import Record
    from codex_tui.sources.providers import Provider


class _Id(msgspec.Struct, gc=False):
    id: str = ""


class _Numbered(msgspec.Struct, gc=False):
    sequence_number: int | None = None
    response: _Id | None = None


_numbered = msgspec.json.Decoder(_Numbered).decode


class HeardSoFar:
    """Which response is listened to, and up to which event it was heard.

    Attributes:
        response: Its id; "" before it is known.
        number: The sequence number of its latest event; None before one came.
        whole: Whether not its stream is asked for, but itself.
    """

    def __init__(
        self, response: str = "", number: int | None = None, *, whole: bool = False
    ) -> None:
        self.response = response
        self.number = number
        self.whole = whole

    def follow(self, records: Sequence[Record]) -> None:
        """Take in what has come."""
        for record in records:
            if isinstance(record, FrameRecord):
                self._take(record.frame.data)

    def _take(self, data: str) -> None:
        try:
            said = _numbered(data)
        except (ValueError, RecursionError):
            return
        if said.sequence_number is not None:
            self.number = max(said.sequence_number, self.number or 0)
        if said.response is not None:
            self.response = self.response or said.response.id

    def outgoing(self, provider: Provider) -> Outgoing:
        """The request that listens to the rest."""
        query = {} if self.whole else {"stream": "true"}
        if self.number is not None:
            query["starting_after"] = str(self.number)
        accept = "application/json" if self.whole else "text/event-stream"
        own = {name.lower(): value for name, value in provider.request_headers().items()}
        headers = {"accept": accept, "accept-encoding": "identity", **own}
        url = provider.url(f"/responses/{quote(self.response, safe='')}", query)
        return Outgoing(url, headers, method="GET")
