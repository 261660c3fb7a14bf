"""`python -m tracker`."""

import sys

if not sys.flags.safe_path and sys.path:
    del sys.path[0]  # the current folder, which `-m` puts first: its modules must not replace installed ones

from tracker.cli import main

main()
