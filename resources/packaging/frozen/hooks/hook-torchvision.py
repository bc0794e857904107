"""In the place of the contributed hook, which ships all sources, and compiled operators that CatDog does not use."""

from pathlib import Path

import torch_parts
from PyInstaller.utils.hooks import get_package_paths

module_collection_mode = torch_parts.collection_modes("torchvision", Path(get_package_paths("torchvision")[1]))
