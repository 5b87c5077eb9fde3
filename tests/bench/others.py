"""An app as people write it first: a message for every event, a Markdown widget and a log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from textual.app import App
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, Markdown, RichLog

if TYPE_CHECKING:
    from textual.app import ComposeResult


class OneMessageEach(App[None]):
    """Posts each event as a default message, which bubbles, and shows it when it comes."""

    class Event(Message):
        """An event of the stream."""

        def __init__(self, data: dict[str, Any]) -> None:
            super().__init__()
            self.data = data

    CSS = "VerticalScroll, RichLog { height: 1fr; }"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def compose(self) -> ComposeResult:
        """The answer above, the events below it, and a line to type in."""
        with VerticalScroll() as scroll:
            yield Markdown()
        scroll.anchor()
        yield RichLog()
        yield Input()

    def on_mount(self) -> None:
        """Begin to stream; keys go to the input."""
        self.query_one(Input).focus()
        self.run_worker(self._stream())

    async def _stream(self) -> None:
        body = {"model": "m", "input": "Go", "stream": True}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", f"{self._url}/responses", json=body) as response,
        ):
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    self.query_one(Markdown).post_message(self.Event(json.loads(line[6:])))

    async def on_one_message_each_event(self, message: Event) -> None:
        """Show an event."""
        data = message.data
        if data["type"] == "response.output_text.delta":
            await self._answer.write(data["delta"])
        self.query_one(RichLog).write(f"{data['type']} {data.get('delta', '')!r}")

    @property
    def _answer(self) -> Any:
        if self._made is None:
            self._made = Markdown.get_stream(self.query_one(Markdown))
        return self._made

    _made: Any = None
