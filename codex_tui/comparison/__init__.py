"""Two runs of the same, and what differs: pure, without a file, a clock or a screen.

    runs = Runs()
    for record in records:
        runs.take(record)
    runs.finish()
    comparison = Comparison.of(runs.run(1), others.run(1))

What differs always (ids, times of the server's clock, where deltas were cut) is left out, and named
in `LEFT_OUT`.
"""

from codex_tui.comparison.comparison import Comparison
from codex_tui.comparison.discrepancies import Discrepancy
from codex_tui.comparison.left_out import LEFT_OUT
from codex_tui.comparison.runs import ComparedRun, Runs

__all__ = ["LEFT_OUT", "ComparedRun", "Comparison", "Discrepancy", "Runs"]
