"""The one door to torchvision.

Everywhere else in CatDog it is::

    from trainer.hardware.torchvision_shim import torchvision

Why: the Linux wheel of torchvision in the package registry is built for CUDA. Beside a CPU build of torch its
compiled operators cannot be loaded. torchvision shrugs that off at first, but then describes the operators ``nms``
and ``qnms`` to torch all the same, and its import ends with ``operator torchvision::nms does not exist``. Both belong
to object detection and CatDog uses neither. So where the extension did not load, this module declares the two names,
without an implementation, and then imports torchvision. Where it does load, torchvision brings the real ones and
nothing is declared.
"""

from importlib.machinery import PathFinder
from importlib.util import find_spec

import torch

__all__ = ["torchvision"]

_OPERATORS = ("nms", "qnms")
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def _extension_loads() -> bool:
    """Load torchvision's compiled operators, if possible, in the same way as its own import is about to."""
    package = find_spec("torchvision")
    folders = (package and package.submodule_search_locations) or []
    extension = PathFinder.find_spec("_C", folders)
    if extension is None or extension.origin is None:
        return False
    try:
        torch.ops.load_library(extension.origin)
    except OSError:
        return False
    return True


def _declare_missing_operators() -> torch.library.Library | None:
    """Declare ``nms`` and ``qnms`` unless they exist or torchvision's extension brings them.

    Returns the declarations, which last as long as this object does, or None where none were needed.
    """
    if all(hasattr(torch.ops.torchvision, name) for name in _OPERATORS) or _extension_loads():
        return None
    library = torch.library.Library("torchvision", "DEF")
    for name in _OPERATORS:
        library.define(name + _SIGNATURE)
    return library


_declarations = _declare_missing_operators()

import torchvision  # noqa: E402
import torchvision.transforms.v2  # noqa: E402  (torchvision's own import leaves this part out)
