"""`python -m codex_tui` is the same as the command `codex-tui`."""

import sys

from codex_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
