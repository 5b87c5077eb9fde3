"""The program, with the longest step of its loop kept in a file: `stepping.py FILE [ARGUMENT…]`.

A step is measured by the CPU time of its thread: what others do on the machine is not its fault.
"""

from __future__ import annotations

import sys
from asyncio import events
from pathlib import Path
from time import thread_time
from typing import Any

from codex_tui.cli import main


def note_steps(path: Path) -> None:
    """Write the longest step so far to a file, in seconds: the program is killed at last."""
    step, longest = events.Handle._run, 0.0

    def timed(self: events.Handle) -> None:
        nonlocal longest
        began = thread_time()
        step(self)
        if (took := thread_time() - began) > longest:
            longest = took
            path.write_text(str(took))

    handle: Any = events.Handle  # whose `_run` is all that the loop calls for a step
    handle._run = timed


if __name__ == "__main__":
    note_steps(Path(sys.argv.pop(1)))
    sys.exit(main())
