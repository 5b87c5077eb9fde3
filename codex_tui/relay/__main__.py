"""A relay, as a tap starts it: nothing that users type."""

import os

from codex_tui.relay.process import main

if __name__ == "__main__":
    os._exit(main())  # Python's own end would trip over the thread that waits for the tap's words
