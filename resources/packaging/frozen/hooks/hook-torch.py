"""In the place of the contributed hook, which ships torch's sources, headers, tests and compilers' parts too."""

from pathlib import Path

import torch_parts
from PyInstaller.utils.hooks import get_package_paths

_folder = Path(get_package_paths("torch")[1])

hiddenimports = torch_parts.shipped_modules(_folder)
module_collection_mode = torch_parts.collection_modes("torch", _folder)
warn_on_missing_hiddenimports = False

binaries = [
    (str(file), str(Path("torch", file.parent.relative_to(_folder))))
    for file in sorted(_folder.rglob("*"))
    if file.is_file() and torch_parts.is_library(file.relative_to(_folder).as_posix())
]
# torch looks for its own libraries beside those that are loaded, and links to them elsewhere confuse it.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
