"""The tool calls: every kind of call in every state, fed with messages in a bare app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.view import SectionView
from tests.tui import scripts, tool_scripts
from tests.tui.stage import Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.tui.stage import Script

STATES = [
    scripts.nothing,
    tool_scripts.begun,
    tool_scripts.growing,
    tool_scripts.done,
    tool_scripts.stopped,
    tool_scripts.parallel,
    tool_scripts.mcp_call_failed,
    tool_scripts.hostile,
]

KINDS = {
    tool_scripts.with_broken_arguments: """
▾ ✗ read_file                                          70 ms
  {
    "path": "src/worker.py",
    "lines": [
      1,
      40
""",
    tool_scripts.without_arguments: """
▾ ✓ read_file                                          20 ms
  {}
""",
    tool_scripts.custom: """
▾ ● apply_sed                                         0.16 s
  s/put(job)/put(job, delay=2)/
  s/LIMIT/limit()/
""",
    tool_scripts.web_search_running: """
▾ ● web_search                             searching  0.40 s
""",
    tool_scripts.web_search: """
▾ ✓ web_search                                         1.2 s
  {
    "type": "search",
    "query": "retry queue limit",
    "queries": [
      "retry queue limit"
    ]
  }
""",
    tool_scripts.file_search: """
▾ ✓ file_search                                        1.2 s
  {
    "queries": [
      "limit",
      "retry"
    ]
  }

▾ output                                       81 characters
  worker.py (0.93)
  queue.put(job)  # again

  notes.md (0.41)
  The limit is a promise.
""",
    tool_scripts.code_interpreter: """
▾ ✓ code_interpreter                                  0.30 s
  import statistics

  tries = [1, 2, 3, 5]
  print(statistics.mean(tries))

▾ output                                        5 characters
  2.75
""",
    tool_scripts.image_generating: """
▾ ● image_generation              generating  1 image  2.5 s
""",
    tool_scripts.image_generation: """
▾ ✓ image_generation                                   2.5 s
  {
    "prompt": "A queue that ends, in ink"
  }

▾ picture
  png  1024x1024  74 kB
""",
    tool_scripts.mcp_call: """
▾ ✓ tickets.find                                       40 ms
  {
    "query": "retry loop"
  }

▾ output                                       59 characters
  {
    "tickets": [
      {
        "id": 4711,
        "title": "The loop never ends"
      }
    ]
  }
""",
    tool_scripts.mcp_list: """
▾ ✓ tickets.mcp_list_tools                            0.82 s
▾ output                                       51 characters
  find: Find tickets by words.
  close: Close a ticket.
""",
    tool_scripts.mcp_approval: """
▾ ? tickets.close  asks for approval                   20 ms
  {
    "id": 4711
  }
""",
    tool_scripts.shell: """
▾ ✓ shell                                             0.10 s
  pytest -q tests/test_worker.py
  git diff --stat

▾ output                               exit 1  31 characters
  F.
  1 failed, 1 passed in 0.31s
""",
    tool_scripts.local_shell: """
▾ ✓ local_shell                                        20 ms
  rg -n queue.put src
""",
    tool_scripts.apply_patch: """
▾ ✓ apply_patch  src/worker.py                        0.28 s
  @@ -1,4 +1,5 @@
   def run(queue, job):
  -    queue.put(job)
  +    job.tries += 1
""",
    tool_scripts.computer: """
▾ ✓ computer                                           20 ms
  {
    "type": "click",
    "x": 120,
    "y": 48,
    "button": "left"
  }
""",
    tool_scripts.tool_search: """
▾ ✓ tool_search                                        20 ms
  {
    "goal": "close a ticket"
  }

▾ output                                       29 characters
  close_ticket: Close a ticket.
""",
    tool_scripts.unknown_call: """
▾ ✓ measure                                            20 ms
  {
    "qubit": 7
  }

▾ output                                        2 characters
  up
""",
}
PICTURED = [
    tool_scripts.with_broken_arguments,
    tool_scripts.web_search_running,
    tool_scripts.mcp_approval,
    tool_scripts.apply_patch,
    tool_scripts.shell,
]


@pytest.mark.parametrize("script", STATES, ids=[state.__name__ for state in STATES])
def test_picture_of_a_call(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(ToolsPane, script())
    assert snap_compare(stage, terminal_size=(44, 14), run_before=posed)


@pytest.mark.parametrize("script", KINDS, ids=[kind.__name__ for kind in KINDS])
async def test_what_it_says_of_a_kind(script: Callable[[], Script]) -> None:
    stage = Stage(ToolsPane, script())
    async with stage.run_test(size=(64, 40)) as pilot:
        await posed(pilot)
        view = stage.query_one(SectionView)
        said = "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))
    assert said.rstrip() == KINDS[script].strip("\n")


@pytest.mark.parametrize("script", PICTURED, ids=[kind.__name__ for kind in PICTURED])
def test_picture_of_a_kind(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(ToolsPane, script())
    assert snap_compare(stage, terminal_size=(64, 14), run_before=posed)


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, tool_scripts.mcp_call_failed(), "codex-light")
    assert snap_compare(stage, terminal_size=(64, 14), run_before=posed)


def test_picture_of_many_calls(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, tool_scripts.many())
    assert snap_compare(stage, terminal_size=(50, 14), run_before=posed)


def test_picture_of_a_long_output_opened(snap_compare: Callable[..., bool]) -> None:
    async def open_it(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        stage.query_one(ToolsPane).view.focus()
        await pilot.press("g", "right_curly_bracket", "right_curly_bracket", "enter")
        await stage.settle(pilot)

    stage = Stage(ToolsPane, tool_scripts.long_output())
    assert snap_compare(stage, terminal_size=(60, 10), run_before=open_it)


def test_picture_of_a_long_output(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, tool_scripts.long_output())
    assert snap_compare(stage, terminal_size=(60, 10), run_before=posed)
