"""The shipped `main`, which closes once all is loaded, and prints what the user was told: a program for `python -c`."""

TELLING = """
import sys
from catdog_gui.start import app, startup
class Telling(startup.Startup):
    def __init__(self, window, context, errors, *rest):
        super().__init__(window, context, errors, *rest)
        self.finished.connect(lambda: (print(*(r.sentence for r in errors.records), sep="\\n"), window.close()))
app.Startup = Telling
sys.exit(app.main([]))
"""
