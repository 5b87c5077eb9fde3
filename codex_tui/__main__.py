"""`python -m codex_tui` is the same as the command `codex-tui`."""

import signal
import sys


def main() -> int:
    """Run the command line."""
    if "-" in sys.argv:  # what a pipe brings is stamped from now on: all else takes its time
        from codex_tui.piped_input import begin

        begin(sys.argv[1:])
    # Until it has its own handlers ctrl+c is to end it as other signals do, without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from codex_tui.gc_pause import hold_collector

    hold_collector()  # until a verb does its work: what is imported stays
    from codex_tui.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
