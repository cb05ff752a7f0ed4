"""What is printed is read back and compared with what was derived: every exercise and random graphs, in every format that can be read.

A page without values shows formulas only.  Each of them, cut out of the terminal page, the LaTeX, the Markdown and the JSON as it stands
there, is read by the reader of answers and evaluated at a random point; it has to give what the derivation gives there, to 30 digits.
(`tests/test_printed_back_arrays.py` does the same for layer form.)
"""

import re
from dataclasses import replace

import pytest
from chosen_exercises import chosen_ids, load_once
from independent import close
from random_graphs import random_graph
from shown import Piece, solution_pieces
from some_now import some_now

import tutor
from tutor.answer.handed_in import AnswerError
from tutor.answer.read.vocabulary import vocabulary
from tutor.answer.read.working_lines import read_lines
from tutor.derive.local import local_derivatives
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.expression.keys import derivative_key
from tutor.expression.walk import names
from tutor.numbers.run import compute, run
from tutor.numbers.verify import random_points

EXERCISES = [name for name in chosen_ids() if load_once(name).graph is not None]
PAGES = ("terminal", "LaTeX", "Markdown")
UNREADABLE = {("qmul/convolution-or-correlation", "Markdown")}
"""There (x∗y)₀ is the symbol of one quantity, and Markdown sets a space before its index."""

CONDITION = re.compile(r"&& \\text\{\(\}.*?\\text\{ = 1\)\}|\([^()=]* = 1\)")
"""The condition (y₁ + y₂ = 1) beside a short form."""


def bare(exercise):
    """An exercise without values, so that its page shows formulas."""
    return replace(exercise, values={}, written={}, claims=(), rate=None, steps=0, samples=None)


def numbers(solved):
    """The values of all that a page can name, at one random point.

    ∂a/∂b beside other paths from b to a is the edge in a chain and the whole derivative at the left of its own row; so there are two
    tables, one for each reading.
    """
    graph = solved.exercise.graph
    (point,) = random_points(graph, 1, seed=3)
    leaves = {quantity.name: point[quantity.name] for quantity in graph.leaves}
    for condition in {rewrite.condition for rewrite in solved.worked.rewrites} - {None}:
        *rest, last = names(condition)  # the short form holds where the targets sum to 1
        leaves[last] = 1 - sum(leaves[name] for name in rest)
    trace = run(graph.steps, leaves)
    edges = {
        derivative_key(step.target, wrt): compute(slope, trace)
        for step in graph.steps
        for wrt, slope in local_derivatives(step.target, step.expr, {})[1]
    }
    whole = {}
    for derivation in solved.derivations:
        whole |= run(derivation.backward, trace)
    return {**trace, **edges, **whole}, {**trace, **whole, **edges}


def right(expr, target, tables):
    """Whether a formula is worth what its target is, in one of the two readings."""
    return any(close(compute(expr, table), table[target]) for table in tables)


def faults(exercise, solved, pieces):
    """The printed formulas that are not what was derived: where, what, why."""
    tables, words = numbers(solved), vocabulary(exercise)
    found, tried = [], 0
    for piece in pieces:
        if piece.what not in ("formula", "row") or piece.target not in tables[0] or excused(solved, piece, tables[0]):
            continue
        for line in read_lines(CONDITION.sub("", piece.text), words):
            tried += 1
            if isinstance(line.expr, AnswerError):
                found.append((piece.where, piece.target, piece.text, str(line.expr)))
            elif not right(line.expr, piece.target, tables):
                found.append((piece.where, piece.target, piece.text, f"{line.text} is {compute(line.expr, tables[0])}"))
    return found, tried


def excused(solved, piece, known):
    """What is no formula of the exercise: the weights of a single linear unit, a chain that names an edge as the whole derivative."""
    if any("/" not in name and name not in known for name in piece.uses):
        return True
    if piece.where.endswith("JSON chain") and piece.target in re.split(r" [+*] ", piece.text):
        return True  # each factor has its expression beside it there
    return (solved.exercise.id, piece.where.split()[-1]) in UNREADABLE


@pytest.mark.parametrize("name", some_now(EXERCISES, 12))
def test_exercises(name):
    exercise = bare(load_once(name))
    place = EXERCISES.index(name)
    solved = tutor.solve(exercise, form="scalar", chain=("full", "reuse")[place % 2], ask=lambda *_: dict)
    found, tried = faults(exercise, solved, solution_pieces(exercise, solved, name, PAGES, (80,)))
    assert not found, f"{len(found)} of {tried}; the first: {found[0]}"
    assert tried > 10


@pytest.mark.parametrize("block", some_now(range(10), 6))
def test_random_graphs(block):
    """Twenty graphs a block."""
    for seed in range(20 * block, 20 * block + 20):
        graph, _ = random_graph(seed)
        if not graph.leaves:
            continue  # numbers alone: what is put in is rounded, and no formula
        exercise = Exercise("random", "random", graph=graph)
        solved = tutor.solve(exercise, form="scalar", chain=("full", "reuse")[seed % 2], ask=lambda *_: dict)
        pages = (PAGES[seed % 3],)
        found, tried = faults(exercise, solved, solution_pieces(exercise, solved, str(seed), pages, (100,)))
        assert not found, f"{len(found)} of {tried}; the first: {found[0]}"
        assert tried > 5


def test_a_bent_formula_is_seen():
    exercise = bare(load("dl/add-multiply"))
    solved = tutor.solve(exercise, ask=lambda *_: dict)
    printed = [piece for piece in solution_pieces(exercise, solved, "own", ("LaTeX",), (80,)) if piece.what == "row"]
    bent = [Piece(p.target, p.text.replace("z", "y"), p.what, p.where, p.uses) for p in printed]
    assert faults(exercise, solved, printed)[0] == []
    assert faults(exercise, solved, bent)[0]
