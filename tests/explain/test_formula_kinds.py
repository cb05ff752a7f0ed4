"""A step without a rule of its own is called by what its formula is, in each language."""

from __future__ import annotations

import pytest

from tutor.exercise.catalogue import ids
from tutor.exercise.load import from_text, load
from tutor.explain.formula_kinds import say_forward
from tutor.explain.words.languages import find_wording
from tutor.explain.words.wording import ENGLISH

SHAPED = {"X": "[2, 2]", "Y": "[2, 2]", "Z": "[2, 2]", "W": "[2, 2]", "x": "[2]", "y": "[2]", "g": "[2]", "b": "[2]", "n": "[]"}
KINDS = [  # a formula of numbers, or of arrays (capital letters and those beside them), and what is said of it
    ("(1 - z)*h + z*k", "weighted mean: both weights add up to 1"),
    ("((y - t)^2 + (p - q)^2 + (r - s)^2)/3", "mean of squares"),
    ("((y - t)^2 + (p - q)^2)/2", "half the sum of squares"),
    ("1/2*(h - t)^2 + 1/2*(k - s)^2", "half the sum of squares"),
    ("(p - q)^2 + 1/2*(k - s)^2", "sum"),
    ("(u + v)/2", "half the sum"), ("1/2*(u + v)", "half the sum"), ("(u + v + w)/2", "half the sum"),
    ("(u + v + p)/3", "mean of its terms"), ("mean(X)*100", "mean over all entries, scaled"),
    ("3*x^2 + 2*x + 1", "polynomial"),
    ("-(t*log(p) + s*log(q))", "cross-entropy"),
    ("-(1 - p)^3*log(p)", "product"),
    ("-(log(p) + log(q))/2", "minus the mean of the logarithms"),
    ("u*tanh(v)", "product"),
    ("(1 - u)/(1 + u)", "quotient"),
    ("X @ Y/sqrt(n)", "matrix product, scaled"),
    ("tanh(W x + b)", "hyperbolic tangent"),
    ("g * x + b", "scaled and shifted"),
    ("-sum(Y*log(X))/n", "cross-entropy, as a mean"),
    ("sum(X^2)/2", "half the sum of squares"),
]


def first_step(formula):
    """The step of an exercise that has the formula as its first one."""
    used = [name for name in SHAPED if name in formula]
    arrays = any(name.isupper() for name in used) or formula.startswith("g *")
    reduced = "sum" in formula or "mean" in formula
    last = "L = sum(f)" if arrays and not reduced else "L = 2*f"
    shapes = "\n".join(f"{name} = {SHAPED[name]}" for name in used)
    text = f'title = "a"\nsteps = ["f = {formula}", "{last}"]\n' + (f"[shapes]\n{shapes}\n" if arrays else "")
    exercise = from_text(text, "a")
    graph = exercise.layers.graph if exercise.layers is not None else exercise.graph
    return graph.steps[0], arrays


@pytest.mark.parametrize(("formula", "said"), KINDS, ids=[row[0] for row in KINDS])
def test_a_formula_is_called_what_it_is(formula, said):
    step, arrays = first_step(formula)
    assert say_forward(step, ENGLISH, arrays=arrays) == said


def test_no_step_of_a_course_is_as_defined_in_either_language():
    for ident in [one for one in ids() if not one.startswith("published/")]:
        exercise = load(ident)
        for graph in (exercise.graph, exercise.layers.graph if exercise.layers is not None else None):
            for step in graph.steps if graph is not None and step_count(graph) < 100 else ():
                for words in (ENGLISH, find_wording("de")):
                    told = say_forward(step, words, arrays=True)
                    assert told not in ("", "formula", words.rules.FORWARD["formula"]), (ident, step.target)


def step_count(graph):
    """How many steps a graph has."""
    return len(graph.steps)
