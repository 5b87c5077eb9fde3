"""What is wrong with a stream: a rule that was broken, at which events, how bad, and who says so.

The panes show what came, and this says what was wrong with it. One engine feeds all faces; it is
pure: no clock, no file, no network.
"""

from codex_tui.findings.checker import Checker
from codex_tui.findings.culprits import Culprits, FoundBy
from codex_tui.findings.finding import LEVELS, Finding, Findings, names, told
from codex_tui.findings.rules import RULES, SPECS, Level, Rule, Spec

__all__ = [
    "LEVELS",
    "RULES",
    "SPECS",
    "Checker",
    "Culprits",
    "Finding",
    "Findings",
    "FoundBy",
    "Level",
    "Rule",
    "Spec",
    "names",
    "told",
]
