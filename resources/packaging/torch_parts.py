"""What of torch is shipped. Nearly all its Python modules are: what one release needs is no promise for the next.

Of the three largest areas, which compile networks, test torch and train on many computers, only those modules are
shipped that are really imported; `probe.py` finds that out anew for each build.
"""

import re
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

_LARGE_AREAS = ("torch._inductor", "torch.testing", "torch.distributed")
_UNUSED_AREAS = ("torch.utils.tensorboard", "torch.utils.benchmark", "torch.utils.hipify", "torch.utils.viz")
# Modules that read their own source when they are imported, told by what they name.
_READS_SOURCE = re.compile(r"\b_overload(_method)?\b|\binstall_config_module\b")
_TEST_LIBRARIES = ("*test*", "*aoti_custom_ops*", "*backend_with_compiler*")


def shipped_modules(folder: Path) -> list[str]:
    """Return the names of torch's modules that are shipped."""
    without = set(left_out_modules(folder))
    return [name for name in _all_modules("torch", folder) if name not in without]


def left_out_modules(folder: Path) -> list[str]:
    """Return the names of those that are not."""
    used = _imported()
    return [
        name
        for name in _all_modules("torch", folder)
        if _is_in(name, _UNUSED_AREAS) or (_is_in(name, _LARGE_AREAS) and name not in used)
    ]


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


def _is_in(name: str, areas: tuple[str, ...]) -> bool:
    return any(name == area or name.startswith(f"{area}.") for area in areas)


@cache
def _all_modules(package: str, folder: Path) -> dict[str, Path]:
    """Return every module with its file, found without running any of them."""
    modules = {}
    for file in sorted(folder.rglob("*.py")):
        words = (package, *file.relative_to(folder).with_suffix("").parts)
        if all(word.isidentifier() for word in words):
            modules[".".join(words[:-1] if words[-1] == "__init__" else words)] = file
    return modules


@cache
def _imported() -> frozenset[str]:
    """Return the modules that CatDog really imports, from a process that does once whatever CatDog can do."""
    probe = Path(__file__).with_name("probe.py")
    done = subprocess.run([sys.executable, str(probe)], stdout=subprocess.PIPE, text=True, check=True)
    return frozenset(done.stdout.split())
