"""The command ``lfr``, also as ``python -m lfr``."""

import signal
import sys

from . import _lfr


def main() -> int:
    """Run the command line of this process and return its exit code."""
    # Ctrl-C ends commands that take no time at once; those that take their time listen themselves.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _lfr.command(["lfr", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
