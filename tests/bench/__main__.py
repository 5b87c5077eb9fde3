"""`python -m tests.bench [ROW…]`: run rows of the table, and print what each came to."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import environment
from tests.bench.harness import Figures, Result, Row, Scale, judge, measure, medians
from tests.bench.tmux import NeverSeenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROWS = {
    "decode": "decoding:decode",
    "decode-cuts": "decoding:decode_cuts",
    "decode-big": "decoding:decode_big",
    "kept": "keeping:kept",
    "hand-over": "handing:hand_over",
    "timeline": "drawing:timeline",
    "markdown": "drawing:markdown",
    "markdown-block": "drawing:markdown_block",
    "markdown-run": "drawing:markdown_run",
    "live": "living:live",
    "live-stress": "living:live_stress",
    "live-calm": "living:live_calm",
    "first-event": "living:first_event",
    "start": "starting:start",
    "ready": "starting:ready",
    "open": "opening:open_",
    "show": "starting:show",
    "check": "checking:check",
    "compare": "comparing:compare",
    "seek": "seeking:seek",
    "idle": "living:idle",
    "recorder": "recording:recorder",
    "library": "library:library",
    "relay": "relaying:relay",
    "serve": "serving:serve",
    "lasting": "lasting:lasting",
    "list": "listing:list_",
}
"""The rows in the order of the table, and the function that makes each."""


def main() -> int:
    """Run the rows that were asked for; 1 if one of them missed a target."""
    arguments = _arguments()
    environment.enter(arguments.env)
    ok = True
    for name in arguments.rows or ROWS:
        row = _row(name)(Scale(arguments.quick))
        if arguments.turns:
            row.turns = arguments.turns
        ok &= _run(name, row, as_json=arguments.json)
    return 0 if ok else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="little work: does it run at all?")
    parser.add_argument("--json", action="store_true", help="a JSON object a row")
    parser.add_argument("--turns", type=int, help="how often each row is run")
    parser.add_argument(
        "--env",
        type=Path,
        default=environment.default_folder(),
        help="where the others are installed (%(default)s)",
    )
    return parser.parse_args()


def _row(name: str) -> Callable[[Scale], Row]:
    module, _, function = ROWS[name].partition(":")
    made: Callable[[Scale], Row] = getattr(import_module(f"tests.bench.{module}"), function)
    return made


def _run(name: str, row: Row, *, as_json: bool) -> bool:
    if not as_json:
        print(f"\n{name}: {row.work}", flush=True)
    try:
        turns = measure(row)
    except (subprocess.SubprocessError, NeverSeenError) as error:
        print(f"{name}: FAILED: {error}", file=sys.stderr, flush=True)
        return False
    results = judge(row, turns)
    if as_json:
        print(json.dumps(_as_json(name, row, results, medians(turns))), flush=True)
    else:
        _print(row, results, medians(turns))
    return all(result.reached for result in results) and not row.missing


def _as_json(
    name: str, row: Row, results: list[Result], figures: Mapping[str, Figures]
) -> dict[str, Any]:
    return {
        "row": name,
        "work": row.work,
        "turns": row.turns,
        "targets": [result.as_json() for result in results],
        "missing": row.missing,
        "medians": figures,
    }


def _print(row: Row, results: list[Result], figures: Mapping[str, Figures]) -> None:
    for result in results:
        target = result.target
        sign = "≥" if target.faster else "≤"
        print(
            f"  {target.name:<46} {_number(result.median):>8} {target.unit:<3}"
            f" [{_number(result.low)} … {_number(result.high)}]"
            f"  {sign} {_number(target.limit)}  {'ok' if result.reached else 'MISSED'}"
        )
    for what, why in row.missing.items():
        print(f"  {what:<46} not built: {why}")
    for run, values in figures.items():
        shown = "  ".join(f"{figure} {_number(value)}" for figure, value in values.items())
        print(f"    {run:<16} {shown}")
    sys.stdout.flush()


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
