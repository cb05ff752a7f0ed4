"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest
from extras import is_loadable

import tutor

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(tutor.__path__, "tutor.")
    if not info.name.endswith("__main__") and is_loadable(info.name)
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) > 40
