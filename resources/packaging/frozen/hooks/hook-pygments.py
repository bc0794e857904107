"""In the place of PyInstaller's hook, which ships all 500 languages: the command line colours no source code."""

hiddenimports = ["pygments.lexers.python", "pygments.styles.default"]
