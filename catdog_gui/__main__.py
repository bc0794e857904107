"""`python -m catdog_gui` opens the window."""

import sys

from catdog_gui.start.entry import main

if __name__ == "__main__":
    sys.exit(main())
