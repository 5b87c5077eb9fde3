"""An answer of 400 KB: what works in a short one works in it, at every size of the screen."""

from __future__ import annotations

import math
from functools import cache

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.tui.section_view.ranks import Section
from tests.documents.drawn import at_once, pieces, texts, work
from tests.tui.test_section_view import Bare, drawn

pytestmark = pytest.mark.slow

SIZE = 400_000
PART = """## Part {n}

Some **bold {n}** words that are long enough to be wrapped, `code`, a [link {n}](http://u.v/{n}) and
*more of them*.

- item {n} one
- item two

  1. below it

| name | value |
|------|------:|
| part | {n} |
| rather a long one | {n}{n} |

```python
def part_{n}() -> int:
    return {n}
```

> quoted {n}

"""


@cache
def answer() -> str:
    text = "".join(PART.format(n=n) for n in range(SIZE // len(PART) + 50))
    return text[: text.rindex("\n\n", 0, SIZE) + 2]


def parts() -> int:
    return answer().count("\n## ") + 1


def test_it_streams_as_at_once() -> None:
    text = answer()
    document = MarkdownDocument()
    document.layout(70)
    for start in range(0, len(text), 997):
        document.append(text[start : start + 997])
        work(document)
    assert pieces(document) == pieces(at_once(text, 70))


def test_prefixes_of_it_look_as_at_once() -> None:
    text = answer()
    document = MarkdownDocument()
    document.layout(50)
    start = 0
    for end in range(SIZE // 7 + 3, len(text), SIZE // 7):
        document.append(text[start:end])
        work(document)
        assert pieces(document) == pieces(at_once(text[:end], 50)), end
        start = end


@pytest.mark.parametrize("width", [20, 45, 150])
def test_it_wraps_again_as_if_it_had_always_been_that_wide(width: int) -> None:
    document = at_once(answer(), 80)
    document.layout(width, document.height // 2)
    work(document)
    assert pieces(document) == pieces(at_once(answer(), width))


@pytest.mark.parametrize("size", [(20, 6), (80, 24), (160, 48)])
async def test_search_links_selection_and_reading_work_in_it(size: tuple[int, int]) -> None:
    app = Bare()
    middle = parts() // 2
    async with app.run_test(size=(size[0] + 11, size[1])) as pilot:
        view = app.view
        view.stack.add(Section("a", document=MarkdownDocument()))
        for start in range(0, len(answer()), 50_000):
            view.stack.append("a", answer()[start : start + 50_000])
        await drawn(pilot)
        assert view.at_tail

        view.search.seek(f"bold {middle} ")
        while view.advance(math.inf):
            pass
        assert view.search.go(1)
        assert any(f"bold {middle} words" in line for line in await drawn(pilot))

        await pilot.resize_terminal(*size)
        shown = await drawn(pilot)
        assert any(f"bold {middle}" in line for line in shown), "what is read stays"

        links = [(f"link {n}", f"http://u.v/{n}") for n in range(parts())]
        assert view.stack.links[:-1] == links[: len(view.stack.links) - 1]
        assert len(view.stack.links) >= parts() - 1

        code = f"def part_{middle}()"
        y = next(y for y, line in enumerate(texts_of(app)) if code in line)
        app.screen.selections = {view: Selection(Offset(0, y), Offset(4, y + 1))}
        assert code in view.copy_source()


def texts_of(app: Bare) -> list[str]:
    document = next(iter(app.view.stack)).document
    assert document is not None
    return texts(document)
