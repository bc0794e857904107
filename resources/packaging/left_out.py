"""What PyInstaller would ship and CatDog does not need, each with its reason; torch's modules: torch_parts.py."""

import sys
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
_ENCODINGS = [f"_codecs_{name}" for name in ("cn", "hk", "iso2022", "jp", "kr", "tw")]
# Modules that something imports where they are installed, and that CatDog does without.
MODULES = [
    *("tkinter", "PIL.ImageTk", "PIL._imagingtk", "PIL.ImageQt", "curses", "readline"),  # other faces than CatDog's
    *("IPython", "matplotlib", "pandas", "scipy", "networkx", "fsspec", "tqdm", "tensorboard"),  # used where installed
    "ml_dtypes",  # the same; it comes with the tests
    *("starlette", "uvicorn", "anyio", "h11", "python_multipart", "multipart"),  # of catdog-cli serve, which is pip's
    *("setuptools", "pip", "pkg_resources", "_distutils_hack", "wheel", "ensurepip"),  # they install things
    *("pytest", "_pytest", "hypothesis", "mypy", "coverage", "torchmetrics", "test", "idlelib"),  # came with the tests
    *("sqlite3", "dbm", "lib2to3", "pydoc_data", "turtledemo"),  # nobody asks for them
    *("pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.jupyter", "pyqtgraph.flowchart"),  # not of CatDog's plots
    *("PySide6.QtTest", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),  # tests; see stand_ins
    *("PIL._imagingft", "numpy.f2py", *_ENCODINGS),  # writing in pictures; Fortran; zips name files in UTF-8
    # tools for other models, and what they need
    *("onnxruntime.backend", "onnxruntime.datasets", "onnxruntime.quantization", "onnxruntime.tools"),
    *("onnxruntime.transformers", "onnx", "google.protobuf", "flatbuffers"),
    "torchvision._C", "torchvision.image",  # object detection and decoding on graphics cards
]  # fmt: skip

_FILES = (
    "PySide6/Qt/qml/*",  # its widgets are QtWidgets
    "*/egldeviceintegrations/*", "*/generic/libqevdev*", "*/generic/libqtuio*", "*/platforms/libqeglfs*",
    "*/platforms/libqlinuxfb*", "*/platforms/libqminimal*", "*/platforms/libqvk*", "*/platforms/libqvnc*",
    "*Qt6EglF*",  # screens without a desktop
    "*/platformthemes/libqgtk3*",  # would ask for all of GTK; the portal shows the desktop's own dialogs too
    "*/tls/*", "*/networkinformation/*",  # the window itself speaks to its own second start alone
    "*Qt6Test*", "*Qt6OpenGLWidgets*",  # see MODULES
    "*/wayland-shell-integration/libwl-shell*", "*/wayland-shell-integration/libivi*", "*Qt6WlShell*",
    "*/wayland-shell-integration/libfullscreen*",  # cars, and what desktops gave up long ago
    "*/imageformats/*qicns*", "*/imageformats/*qpdf*", "*/imageformats/*qtga*", "*/imageformats/*qtiff*",
    "*/imageformats/*qwbmp*",  # photos are read by Pillow; the clipboard has none of these
    "torchvision/_C.*", "torchvision/image.*", "torchvision.libs/*", "libcudart*", "libnvjpeg*",  # see MODULES
    "PIL/_imagingft.*", "*/libfreetype-*", "*/libharfbuzz-*", "*/libbrotli*-*",  # see MODULES: fonts are Qt's matter
    "onnxruntime/capi/libonnxruntime.so*",  # for C programs
    "PySide6/opengl32sw.dll",  # widgets are painted without OpenGL
    "pyqtgraph/icons/peegee/*", "pyqtgraph/examples/*",  # its own logo and examples
)  # fmt: skip

# Libraries of the system that are shipped all the same, because another system may have another Python, or none.
_SHIPPED_SYSTEM_LIBRARIES = ("libpython3*",)
_SYSTEM_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


def is_shipped(place: str, source: str) -> bool:
    """Whether a file that PyInstaller found goes into the program. `place` is relative, with forward slashes."""
    if _is_of_another_language(PurePosixPath(place)) or _is_left_to_the_system(place, source):
        return False
    return not any(fnmatch(place, pattern) for pattern in _FILES)


def _is_of_another_language(path: PurePosixPath) -> bool:
    """Whether a file translates parts of Qt that CatDog does not use, or into a language that it does not speak."""
    if path.parts[0] != "PySide6" or path.parent.name != "translations":
        return False
    part, _, language = path.stem.partition("_")
    return part != "qtbase" or not (TRANSLATIONS / f"catdog_{language}.qm").exists()


def _is_left_to_the_system(place: str, source: str) -> bool:
    """Whether a library is the system's: an older one beside the drivers' newer ones would break them."""
    if sys.platform != "linux" or "/" in place or not source.startswith(_SYSTEM_FOLDERS):
        return False
    return not any(fnmatch(place, pattern) for pattern in _SHIPPED_SYSTEM_LIBRARIES)


def is_for_developers(path: PurePosixPath) -> bool:
    """Whether a file below resources/ is for those who build CatDog and not for those who use it."""
    if path.parts[0] == "translations":
        return path.suffix != ".qm"
    if path.suffix == ".py":
        return True
    return path.parts[0] in {"packaging", "screenshots", "setup.sh"}
