"""Views that grow: our timeline and Markdown against Textual's own, one more piece at a time."""

from __future__ import annotations

import asyncio
import gc
from itertools import cycle
from time import monotonic, process_time
from typing import TYPE_CHECKING

from textual.app import App
from textual.containers import VerticalScroll
from textual.widgets import Log, Markdown

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import FrameRecord
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.themes import load_themes, shipped_folder, variable_defaults
from codex_tui.tui.widgets.timeline_view import TimelineView
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests.bench import prose
from tests.bench.children import MB, child, memory, put_first
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.screen import Marks, Screen, Stalls, mark, running, until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

PIECE = 40
"""Characters that come at once."""

FRAME = 1 / 30


class Stage(App[None]):
    """One view of ours, in our colours."""

    def __init__(self, view: Widget) -> None:
        super().__init__()
        self._view = view
        for theme in load_themes(shipped_folder()).themes:
            self.register_theme(theme)
        self.theme = "codex-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self._view


async def each(screen: Screen, steps: Sequence[Callable[[], Awaitable[None]]]) -> float:
    """CPU seconds of a step and the paints that it leads to."""
    gc.collect()
    began = process_time()
    for step in steps:
        screen.painted.clear()
        await step()
        await screen.painted.wait()
        await asyncio.sleep(FRAME)
    await _settled(screen)
    return (process_time() - began) / len(steps)


# -- timeline ----------------------------------------------------------------------------------


def timeline(scale: Scale) -> Row:
    """Rows that don't fold, so that each event is one."""
    many, few, log = scale(1_000_000, 20_000), scale(10_000, 2000), scale(100_000, 5000)
    return Row(
        f"one more row, with its paint, at {many:,} rows",
        {
            "ours": child("drawing:rows", many),
            "at a hundredth": child("drawing:rows", few),
            "Log": child("drawing:log_lines", log),
        },
        [
            Target(f"of the same at {few:,}", 1.2, "at a hundredth"),
            Target(f"of Textual's Log at {log:,}", 0.5, "Log"),
        ],
        turns=scale(7, 1),
    )


def rows(count: int) -> Figures:
    """Our timeline with so many rows."""
    return asyncio.run(_rows(count))


async def _rows(count: int) -> Figures:
    spool = Spool()
    log = EventLog(spool)
    kinds = cycle(["response.content_part.added", "response.content_part.done"])

    def append(number: int) -> None:
        kind = next(kinds)
        data = f'{{"type":"{kind}","output_index":{number},"item_id":"item","part":{{}}}}'
        record = FrameRecord(number / 1000, number, ServerSentEvent(kind, data))
        log.append(record, decode_event(record.frame), spool.keep([record])[0])

    for number in range(count):
        append(number)

    async def one_more() -> None:
        append(len(log))
        view.take_up()

    view = TimelineView()
    async with running(Stage(view)) as screen:
        view.show_log(log)
        await until(lambda: view.shown >= count)  # it takes a long log up in slices
        await asyncio.sleep(0.5)
        return {"cpu": await each(screen, [one_more] * 60)}


def log_lines(count: int) -> Figures:
    """Textual's simplest log with so many lines."""
    return asyncio.run(_log_lines(count))


async def _log_lines(count: int) -> Figures:
    view = Log()

    async def one_more() -> None:
        view.write_line(f"{view.line_count:>8}  response.content_part.added  item")

    async with running(Stage(view)) as screen:
        view.write_lines(f"{number:>8}  response.content_part.added" for number in range(count))
        await asyncio.sleep(0.5)
        return {"cpu": await each(screen, [one_more] * 60)}


# -- Markdown ----------------------------------------------------------------------------------


def markdown(scale: Scale) -> Row:
    """A long answer of everything that answers are made of."""
    long, short = scale(400_000, 40_000), 4000
    return Row(
        f"{PIECE} more characters at {long // 1000} KB of mixed prose",
        {
            "ours": child("drawing:ours", "prose", long, 60),
            "at 4 KB": child("drawing:ours", "prose", short, 60),
            "MarkdownStream": child("drawing:textuals", "prose", long, scale(10, 5)),
        },
        [
            Target("of the same at 4 KB", 1.3, "at 4 KB"),
            Target("of Textual's MarkdownStream", 1 / 20, "MarkdownStream"),
            Target("of its memory", 1 / 8, "MarkdownStream", "memory"),
        ],
        turns=scale(3, 1),
    )


def markdown_block(scale: Scale) -> Row:
    """The four blocks that answers are known to keep open for long."""
    size = scale(40_000, 10_000)
    kinds = [kind for kind in prose.BLOCKS if kind != "paragraph"]
    return Row(
        f"{PIECE} more characters in one open block of {size // 1000} KB",
        {
            "ours": _blocks("ours", size, prose.BLOCKS, 40),
            "MarkdownStream": _blocks("textuals", size, kinds, scale(5, 3)),
        },
        [
            *(Target(f"s in a {kind}", 0.04, figure=kind, unit="s") for kind in prose.BLOCKS),
            *(Target(f"of Textual's {kind}", 1 / 20, "MarkdownStream", kind) for kind in kinds),
        ],
        turns=scale(3, 1),
    )


def _blocks(view: str, size: int, kinds: Sequence[str], pieces: int) -> Callable[[], Figures]:
    runs = {kind: child(f"drawing:{view}", kind, size, pieces) for kind in kinds}
    return lambda: {kind: run()["cpu"] for kind, run in runs.items()}


def _text(kind: str, size: int) -> str:
    return prose.prose(size) if kind == "prose" else prose.block(kind, size)


def ours(kind: str, size: int, pieces: int) -> Figures:
    """Our view of a document that grows."""
    return asyncio.run(_ours(_text(kind, size + PIECE * pieces), size))


async def _ours(text: str, size: int) -> Figures:
    view = SectionView()
    async with running(Stage(view)) as screen:
        before = memory()
        view.stack.add(Section("answer", document=MarkdownDocument()))
        view.stack.append("answer", text[:size])
        await _settled(screen)
        used = (memory() - before) / MB

        def more(at: int) -> Callable[[], Awaitable[None]]:
            async def step() -> None:
                view.stack.append("answer", text[at : at + PIECE])

            return step

        steps = [more(at) for at in range(size, len(text), PIECE)]
        return {"cpu": await each(screen, steps), "memory": used}


async def _settled(screen: Screen) -> None:
    """Wait until a second has passed without a paint."""
    paints = -1
    while paints != screen.paints:
        paints = screen.paints
        await asyncio.sleep(1)


class Textuals(App[None]):
    """Textual's own view of an answer, as its documentation writes it."""

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            yield Markdown()
        scroll.anchor()


def textuals(kind: str, size: int, pieces: int) -> Figures:
    """Textual's view of the same document."""
    return asyncio.run(_textuals(_text(kind, size + PIECE * pieces), size))


async def _textuals(text: str, size: int) -> Figures:
    app = Textuals()
    async with running(app) as screen:
        before = memory()
        view = app.query_one(Markdown)
        await view.append(text[:size])
        await _settled(screen)
        used = (memory() - before) / MB

        def more(at: int) -> Callable[[], Awaitable[None]]:
            async def step() -> None:
                # What a MarkdownStream does, which joins pieces that it cannot keep up with.
                await view.append(text[at : at + PIECE])

            return step

        steps = [more(at) for at in range(size, len(text), PIECE)]
        return {"cpu": await each(screen, steps), "memory": used}


# -- a whole answer ----------------------------------------------------------------------------


def markdown_run(scale: Scale) -> Row:
    """An answer at the pace of fast hardware, from its first delta to its last."""
    count = scale(10_000, 2000)
    return Row(
        f"{count:,} deltas at 1,000 a second, in 30 writes a second",
        {
            "ours": child("drawing:our_run", count),
            "MarkdownStream": child("drawing:textuals_run", count),
        },
        [
            Target("s until it is on the screen", 0.06, figure="done", unit="s"),
            Target("of MarkdownStream's loop stalls, p99", 1 / 3, "MarkdownStream", "stall"),
        ],
        turns=scale(5, 1),
    )


def our_run(count: int) -> Figures:
    """Our view."""
    return asyncio.run(_our_run(count))


async def _our_run(count: int) -> Figures:
    view = SectionView()

    async def write(text: str) -> None:
        view.stack.append("answer", text)

    async with running(Stage(view)) as screen:
        view.stack.add(Section("answer", document=MarkdownDocument()))
        return await _run(screen, count, write)


def textuals_run(count: int) -> Figures:
    """Textual's."""
    return asyncio.run(_textuals_run(count))


async def _textuals_run(count: int) -> Figures:
    app = Textuals()
    async with running(app) as screen:
        stream = Markdown.get_stream(app.query_one(Markdown))
        figures = await _run(screen, count, stream.write)
        await stream.stop()
        return figures


async def _run(screen: Screen, count: int, write: Callable[[str], Awaitable[None]]) -> Figures:
    """Write five characters a millisecond, and wait until the last ones are seen."""
    put_first()
    text = prose.prose(count * 5 - 2)
    text = text[: text.rindex("\n\n")] + f"\n\nThe end {mark(1)}"
    screen.watch = marks = Marks()
    began, at = monotonic(), 0
    async with Stalls() as stalls:
        while at < len(text):
            await asyncio.sleep(FRAME)
            due = int((monotonic() - began) * 5000)
            await write(text[at:due])
            at = due
        last = monotonic()
        async with asyncio.timeout(120):
            while mark(1) not in marks.seen:
                await screen.paint()
    done = marks.seen[mark(1)] - last
    return {"done": done, "stall": percentile(stalls.seconds, 99), "worst": max(stalls.seconds)}
