"""The Python distributions that CatDog is made of: itself, what it requires, what that requires, and so on."""

from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Required by torch for its compilers and for training on many computers; left_out.py names their modules.
_NOT_SHIPPED = {"setuptools", "networkx", "jinja2", "markupsafe", "fsspec"}


def shipped_distributions() -> list[Distribution]:
    """Return CatDog's distribution and all that it needs to run, in the order of their names."""
    found: dict[str, Distribution] = {}
    ahead = ["catdog"]
    while ahead:
        name = canonicalize_name(ahead.pop())
        if name in found or name in _NOT_SHIPPED:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # wanted on other systems only
        ahead += [one.name for text in found[name].requires or [] if _applies(one := Requirement(text))]
    return [found[name] for name in sorted(found)]


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
