"""Every symbol in the formulas of a page is given, computed by a step, or explained in words there; so is every function but the common."""

from itertools import pairwise

import pytest

from tutor import solve
from tutor.exercise.catalogue import ids
from tutor.explain.document import Equations, Math, Paragraph, Table
from tutor.explain.given_families import list_families
from tutor.explain.words.wording import ENGLISH
from tutor.explain.worked_page import document
from tutor.expression.keys import read_after
from tutor.expression.nodes import Call, Name, Partial, children
from tutor.expression.walk import SHARES, names
from tutor.graph.layered import choose_sizes
from tutor.rules.functions import FUNCTIONS
from tutor.rules.optimisers import OPTIMISERS

STATES = {state for row in OPTIMISERS for state in row.states}
"""What a method says to be 0 at the start."""
COMMON = {"abs", "cos", "exp", "if_positive", "log", "max", "min", "sin", "sqrt", "tan"}
"""Functions that nobody explains, and the choice by a sign, which is read as it stands."""
BINDERS = ("sum_over", "sum_times", "max_over")
"""Their letter is explained by the range that stands with it."""


def walk(expr):
    yield expr
    for part in children(expr):
        yield from walk(part)


def list_sentence(parts):
    return [part.expr for part in parts if isinstance(part, Math)]


def list_exprs(blocks):
    for block in blocks:
        if isinstance(block, Equations):
            yield from (expr for row in block.rows for expr in (row.left, *(side.expr for side in row.sides)))
        elif isinstance(block, Table):
            yield from (expr for row in block.rows for cell in row for expr in list_sentence(cell))


def list_defined(page, worked):
    """What is told in words, stands on the left of an equation or at the head of a table, or is the letter of a sum."""
    known = {name for fact in page.facts for expr in list_sentence(fact) for name in names(expr)}
    for block in page.blocks:
        if isinstance(block, Paragraph) and block.label != ENGLISH.pages.LABELS["asked"]:
            known |= {name for expr in list_sentence(block.parts) for name in names(expr)}
        elif isinstance(block, Equations):
            known |= {name for row in block.rows for expr in (row.left, *list_sentence(row.why)) for name in names(expr)}
        elif isinstance(block, Table):
            known |= {name for cell in block.header for expr in list_sentence(cell) for name in names(expr)}
    known |= {name for expr in list_exprs(page.blocks) for part in walk(expr) if type(part) is Call and part.func in BINDERS
              for name in names(part)}  # fmt: skip
    layered = worked.request.exercise.layers
    entries = choose_sizes(layered)[0].entries if layered is not None else {}
    known |= {single for name, array in entries.items() if name in known for single in array.items}
    graph = worked.derivations[0].graph if worked.derivations else None
    leaves = list_families([leaf.name for leaf in graph.leaves]) if graph is not None else []
    known |= {name for family in leaves if family[0] in known and family[-1] in known for name in family}  # x₁, …, x₉
    return known | set(worked.request.exercise.values)  # a grid of given entries stands there as one matrix


def is_told(name, known, timed):
    """Whether a symbol is told by its own name, as a state of an optimiser, or as the same quantity at another time."""
    if name in known or read_after(name).key in known or "@" in name:
        return True
    base = name.split("_")[0]
    return base in STATES or (timed and any(other.startswith(f"{base}_") for other in known))


def list_row_functions(row):
    return {part.func for side in row.sides for part in walk(side.expr) if type(part) is Call}


def list_undefined_functions(page):
    """The functions of a page that are neither common, nor written as a sign of their own, nor explained in words."""
    used = {part.func for expr in list_exprs(page.blocks) for part in walk(expr) if type(part) is Call}
    sentences = [block.parts for block in page.blocks if isinstance(block, Paragraph)]
    sentences += [row.why for block in page.blocks if isinstance(block, Equations) for row in block.rows]
    told = {part.func for parts in sentences for expr in list_sentence(parts) for part in walk(expr) if type(part) is Call}
    rows = [pair for block in page.blocks if isinstance(block, Equations) for pair in pairwise(block.rows)]
    told |= {func for whole, entry in rows if type(entry.left) is Call and whole.left in entry.left.args  # p = softmax(z), p_j = exp(z_j)/…
             for func in list_row_functions(whole) - list_row_functions(entry)}  # fmt: skip
    return sorted(func for func in used - told - COMMON if func.rstrip("'") in FUNCTIONS and func not in SHARES)


def list_undefined(target):
    worked = solve(target).worked
    page = document(worked)
    known = list_defined(page, worked)
    used = {name for expr in list_exprs(page.blocks) for part in walk(expr)
            for name in ((part.of, part.wrt) if type(part) is Partial else (part.name,) if type(part) is Name else ())}  # fmt: skip
    undefined = sorted(name for name in used if not is_told(name, known, worked.recursion is not None))
    return [*undefined, *list_undefined_functions(page)]


@pytest.mark.parametrize("target", ids())
def test_every_symbol_is_defined(target):
    assert list_undefined(target) == []
