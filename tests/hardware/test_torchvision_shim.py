"""The shim declares torchvision's two missing operators where its extension fails to load, and only there.

torch's table of operators belongs to the whole process, so each case runs in an interpreter of its own.
"""

import subprocess
import sys

import pytest

DESCRIBE = """
import torch
from trainer.hardware import torchvision_shim
from trainer.hardware.torchvision_shim import torchvision

print("declared" if torchvision_shim._declarations else "left alone")
print("extension" if torchvision.extension._has_ops() else "no extension")
print(torch.ops.torchvision.nms.default._schema)
print(torch.ops.torchvision.qnms.default._schema)
"""

# Stands in for the loader of shared libraries, on machines of either kind.
EXTENSION_FAILS = """
import torch

def load_library(path):
    raise OSError(f"Could not load this library: {path}")

torch.ops.load_library = load_library
"""

# What a loaded extension leaves behind: its own declarations, which torchvision's import then builds upon.
# The schemas of nms and qnms name their arguments otherwise than the shim's, to tell who declared them.
EXTENSION_LOADS = """
import pathlib
import torch

libraries = []

def load_library(path):
    if not pathlib.Path(path).name.startswith("_C"):
        raise OSError(f"Could not load this library: {path}")
    if libraries:
        return
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor real_dets, Tensor real_scores, float real_threshold) -> Tensor")
    for name in ("roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
        library.define(name + "(Tensor x) -> Tensor")
        library.define("_" + name + "_backward(Tensor x) -> Tensor")
    library.define("qroi_align(Tensor x) -> Tensor")
    library.define("_cuda_version() -> int")
    library.impl("_cuda_version", lambda: -1, "CompositeExplicitAutograd")
    libraries.append(library)

torch.ops.load_library = load_library
"""

EXTENSION_IS_MISSING = """
from importlib.machinery import PathFinder

find_spec = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name == "_C" else find_spec(name, *rest)
"""

SOMEBODY_ELSE_DECLARED = """
import torch

library = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    library.define(name + "(Tensor real_dets, Tensor real_scores, float real_threshold) -> Tensor")
"""

OURS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
THEIRS = "(Tensor real_dets, Tensor real_scores, float real_threshold) -> Tensor"


def run(code: str) -> list[str]:
    """Run the code in a fresh interpreter where warnings are errors; return what it printed, by line."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(EXTENSION_FAILS, ["declared", "no extension", OURS], id="extension fails to load"),
        pytest.param(EXTENSION_IS_MISSING, ["declared", "no extension", OURS], id="no extension"),
        pytest.param(EXTENSION_LOADS, ["left alone", "extension", THEIRS], id="extension loads"),
        pytest.param(SOMEBODY_ELSE_DECLARED, ["left alone", "no extension", THEIRS], id="declared by somebody else"),
    ],
)
def test_declares_operators_only_where_nobody_else_does(before: str, expected: list[str]) -> None:
    who, extension, signature = expected
    assert run(before + DESCRIBE) == [
        who,
        extension,
        f"torchvision::nms{signature}",
        f"torchvision::qnms{signature}",
    ]


def test_what_catdog_uses_of_it_works_here() -> None:
    """No stand-in: whichever build of torchvision this machine has."""
    printed = run("""
import torch
from trainer.hardware.torchvision_shim import torchvision

photo = torch.rand(3, 12, 10)
print(list(torchvision.transforms.v2.functional.resize(photo, [6, 5]).shape))
print(torchvision.datasets.OxfordIIITPet.__name__, torchvision.models.mobilenet_v3_small.__name__)
""")
    assert printed == ["[3, 6, 5]", "OxfordIIITPet mobilenet_v3_small"]
