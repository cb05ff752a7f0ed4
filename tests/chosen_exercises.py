"""Which exercises go through everything: all of the five lectures, and of every other folder the first one.

What is quick (claims recomputed, titles, translations) looks at the whole catalogue; what takes long, at these.
"""

from functools import cache

from tutor.exercise.catalogue import entries, ids
from tutor.exercise.load import load

LECTURES = ("cmu", "dl", "graz", "neuron", "qmul")
FEW_CASES = ("published",)
"""Folders that are audited: their exercises need no mark scheme with cases."""

load_once = cache(load)


def is_of_lectures(ident):
    return ident.partition("/")[0] in LECTURES


def list_lectured():
    return list(filter(is_of_lectures, ids()))


def list_others():
    return [ident for ident in ids() if not is_of_lectures(ident)]


def chosen_ids():
    firsts = {}
    for ident in ids():
        firsts.setdefault(ident.partition("/")[0], ident)
    return [ident for ident in ids() if is_of_lectures(ident) or ident in firsts.values()]


def chosen_entries():
    chosen = set(chosen_ids())
    return [entry for entry in entries() if entry.id in chosen]
