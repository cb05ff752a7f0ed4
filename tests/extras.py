"""Modules that need an extra which nobody has to install: where it is missing they are passed over."""

from importlib.util import find_spec

NEEDS = {"tutor.web.site": ("starlette", "jinja2"), "tutor.web.pages": ("jinja2",)}


def is_loadable(module):
    """Whether what a module imports at its top is there."""
    return all(find_spec(package) for package in NEEDS.get(module, ()))
