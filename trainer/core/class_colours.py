"""The one colour of each class, in window and report.

Orange and blue, which every common colour blindness tells apart.
"""

from typing import Final

CLASSES_LIGHT: Final = ("#b04c08", "#1f63c6")
"""Of class 0 (cat) and class 1 (dog) on light ground."""
CLASSES_DARK: Final = ("#ffa552", "#74b4ff")
"""The same on dark ground."""
