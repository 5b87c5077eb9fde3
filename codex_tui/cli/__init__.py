"""The command line: arguments become settings and one source, and a verb's exit code.

Nothing below is loaded before it is known which verb runs: `--help` and `--version` stay quick.
"""

from codex_tui.cli.program import main

__all__ = ["main"]
