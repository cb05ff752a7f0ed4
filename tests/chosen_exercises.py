"""Which exercises go through everything: all of the five lectures, and of some other folders the first one.

What is quick (claims recomputed, titles, translations) looks at the whole catalogue; what takes long, at these.
"""

from functools import cache

import pytest

from tutor.exercise.catalogue import entries, ids
from tutor.exercise.load import load

LECTURES = ("cmu", "dl", "graz", "neuron", "qmul")
SOME_FOLDERS = ("losses", "published")
"""Of these the first one; an exercise of today's networks takes minutes in all tests together."""
FEW_CASES = ("published",)
"""Folders that are audited: their exercises need no mark scheme with cases."""

load_once = cache(load)


def is_of_lectures(ident):
    return ident.partition("/")[0] in LECTURES


ALL = tuple(ids())
"""The catalogue is read once: what is parametrised by it is many."""


def list_lectured():
    return list(filter(is_of_lectures, ALL))


def list_others():
    return [ident for ident in ALL if not is_of_lectures(ident)]


@cache
def chosen_ids():
    firsts = {}
    for ident in ALL:
        firsts.setdefault(ident.partition("/")[0], ident)
    others = [firsts[folder] for folder in SOME_FOLDERS]
    return (*list_lectured(), *others)  # these last: what takes each so-and-so-many-th of them takes the short ones


@cache
def chosen_entries():
    found = {entry.id: entry for entry in entries()}
    return tuple(found[ident] for ident in chosen_ids())


WIDE = pytest.mark.parametrize("idents", [pytest.param(chosen_ids(), id="chosen"), pytest.param(ALL, id="all", marks=pytest.mark.slow)])
"""For what is quick, but has to read each file: the default run looks at the chosen ones."""
