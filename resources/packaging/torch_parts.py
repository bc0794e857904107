"""What of torch is shipped. Nearly all its Python modules are: what one release needs is no promise for the next.

tests/project/test_packaging.py trains once with every recipe, and fails where that imports what is left out here.
"""

import re
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

# Left out are only large parts that CatDog never reaches. Together they would make the package 6 MB larger and bring it
# over its limit; in megabytes of the package:
LEFT_OUT = (
    # torch.compile's way from a network to machine code, 3.2: it needs a C++ compiler on the user's computer
    *("torch._inductor.codegen", "torch._inductor.fx_passes", "torch._inductor.kernel", "torch._inductor.ir"),
    *("torch._inductor.lowering", "torch._inductor.scheduler", "torch._inductor.select_algorithm"),
    *("torch._inductor.codecache", "torch._inductor.compile_fx", "torch._inductor.runtime.triton_heuristics"),
    "torch._vendor.quack",  # kernels for NVIDIA's graphics cards, 0.4: the shipped torch is the processor's
    # torch's tests of itself, 1.1
    *("torch.testing._internal.common_methods_invocations", "torch.testing._internal.common_utils"),
    *("torch.testing._internal.distributed.distributed_test", "torch.testing._internal.distributed.rpc"),
    *("torch.testing._internal.generated", "torch.testing._internal.opinfo"),
    # training on many computers, 0.7
    *("torch.distributed.checkpoint", "torch.distributed.elastic", "torch.distributed.pipelining"),
    # developers' tools, 0.2
    *("torch.utils.benchmark", "torch.utils.hipify", "torch.utils.tensorboard", "torch.utils.viz"),
)
# Modules that read their own source when they are imported, told by what they name.
_READS_SOURCE = re.compile(r"\b_overload(_method)?\b|\binstall_config_module\b")
_TEST_LIBRARIES = ("*test*", "*aoti_custom_ops*", "*backend_with_compiler*")


def shipped_modules(folder: Path) -> list[str]:
    """Return the names of torch's modules that are shipped."""
    return [name for name in _all_modules("torch", folder) if not is_left_out(name)]


def left_out_modules(folder: Path) -> list[str]:
    """Return the names of those that are not."""
    return [name for name in _all_modules("torch", folder) if is_left_out(name)]


def is_left_out(name: str) -> bool:
    """Whether a module belongs to a part that is left out."""
    return any(name == part or name.startswith(f"{part}.") for part in LEFT_OUT)


def collection_modes(package: str, folder: Path) -> dict[str, str]:
    """Return for every module of torch or torchvision whether its source has to be beside the compiled one."""
    return {
        name: "pyz+py" if _READS_SOURCE.search(file.read_text(encoding="utf-8")) else "pyz"
        for name, file in _all_modules(package, folder).items()
    }


def is_library(path: str) -> bool:
    """Whether a file below torch/ is a library, or the one program that torch looks for when it is imported."""
    if path.startswith("bin/torch_shm_manager"):
        return True
    name = path.rpartition("/")[2]
    kinds = {"linux": "*.so*", "darwin": "*.dylib", "win32": "*.dll"}
    is_one = path.startswith("lib/") and fnmatch(name, kinds.get(sys.platform, "*.so*"))
    return is_one and not any(fnmatch(name, pattern) for pattern in _TEST_LIBRARIES)


@cache
def _all_modules(package: str, folder: Path) -> dict[str, Path]:
    """Return every module with its file, found without running any of them."""
    modules = {}
    for file in sorted(folder.rglob("*.py")):
        words = (package, *file.relative_to(folder).with_suffix("").parts)
        if all(word.isidentifier() for word in words):
            modules[".".join(words[:-1] if words[-1] == "__init__" else words)] = file
    return modules
