"""The code that is compiled: closed parts, no name of a user's, no builtins, only what is wanted, of any length."""

import math
import re

import numpy as np
import pytest
from hard_arguments import STABLE
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from tutor.derive.backward import derive
from tutor.errors import ValueProblem
from tutor.expression.nodes import Add, Call, Mul, Name, Number
from tutor.expression.parse import parse
from tutor.graph.build import from_steps
from tutor.graph.nouns import Graph, Quantity, Step
from tutor.numbers import emit
from tutor.numbers.compiled import compile_gradients, compile_many, compile_steps
from tutor.numbers.trees import lower
from tutor.rules.functions import FUNCTIONS


def refuse(values):
    raise AssertionError("the careful version was called")


def test_the_careful_version_is_not_called_where_all_is_well():
    """Saturated neurons are common in training: they must not take the slow way."""
    for text in [row[0] for row in STABLE[:7]]:
        program = lower([Step("f", parse(text, functions=FUNCTIONS), "")], ["x"], ["f"])
        compute = emit.emit_straight(program, refuse, packed=False)
        for x in (-1e300, -800.0, -700.0, -5.0, 0.0, 5.0, 800.0, 1e300):
            compute(x)
    with pytest.raises(AssertionError, match="careful"):
        emit.emit_straight(lower([Step("f", parse("1/x"), "")], ["x"], ["f"]), refuse, packed=False)(0.0)


HOSTILE = [
    "__import__('os').system('true')", "v0", "v1", "v2 = 1\nraise SystemExit", "values", "careful", "exp", "lambda: 0",
    "w@1", "dL/dw", "m:w", "", " ", "\0", "名前", "*", ")", "'", '"', "\\", "if", "None", "return 7", "#", "{0}", "%s",
]  # fmt: skip


WORDS = {"def", "steps", "values", "try", "except", "Outside", "return", "careful", "if", "else",
         "exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "asin", "asinh", "atanh",
         "sinh", "cosh", "tanh", "erf", "power", "inf", "nan", "absolute"}  # fmt: skip


def test_no_name_gets_into_the_code():
    """The code for hostile names is, letter for letter, the code for harmless ones, and gives the same numbers."""
    harmless = [f"q{place}" for place in range(len(HOSTILE))]
    sources, results = [], []
    for names in (HOSTILE, harmless):
        terms = tuple(Mul((Name(a), Call("sigmoid", (Name(b),)))) for a, b in zip(names, reversed(names), strict=True))
        first, second = f"{names[0]} result", f"{names[1]} result"
        graph = Graph(
            (Step(first, Add(terms), ""), Step(second, Call("exp", (Name(first),)), "")),
            tuple(Quantity(name) for name in names),
            (),
            second,
        )
        compiled = compile_gradients(graph)
        sources.append(emit.source(lower(compiled.steps, compiled.leaves, (compiled.loss, *compiled.wanted)), packed=True))
        values = [0.01 * place for place in range(len(names))]
        results.append(compiled.one(values))
        column = compiled.many(np.array([values]).T)[:, 0]
        assert np.allclose(column, results[-1], rtol=1e-13)
    assert sources[0] == sources[1]
    assert results[0] == results[1]


@given(st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_the_code_is_made_of_closed_parts(seed):
    """Every word of it is a generated name, a number, or one of a closed list; it reaches no builtins."""
    graph, _ = random_graph(seed)
    steps = graph.steps + derive(graph).backward
    text = emit.source(
        lower(steps, [q.name for q in graph.leaves], [graph.loss, *(f"d{graph.loss}/d{q.name}" for q in graph.leaves)]),
        packed=True,
    )
    rest = re.sub(r"\bv\d+\b|\b\d+\.\d+(e[-+]?\d+)?\b|\b\d+e[-+]?\d+\b", "", text)
    assert set(re.findall(r"\w+", rest)) <= WORDS
    assert set(re.sub(r"\w+", "", rest)) <= set(" \n(),:=+-*/<>")


def test_the_code_reaches_nothing_but_functions_of_numbers():
    compute = emit.emit_straight(lower(from_steps(["f = x*x"]).steps, ["x"], ["f"]), refuse, packed=False)
    scope = compute.__globals__
    assert scope["__builtins__"] == {}
    assert set(scope) - {"__builtins__", "steps", "careful"} <= WORDS


def test_only_what_is_wanted_is_compiled():
    steps = from_steps(["a = x*y", "b = exp(a)", "c = a + 1"]).steps
    assert "exp" not in emit.source(lower(steps, ["x", "y"], ["c"]), packed=False)
    broken = [*steps, Step("d", Name("nothing"), "")]
    assert compile_steps(broken, ["x", "y"], ["c"])(2.0, 3.0) == (7.0,)
    with pytest.raises(ValueProblem, match="nothing has no value"):
        compile_steps(broken, ["x", "y"], ["d"])
    with pytest.raises(ValueProblem, match="y has no value"):
        compile_steps(steps, ["x"], ["a"])
    with pytest.raises(ValueProblem, match="no quantity q"):
        compile_gradients(from_steps(["f = x*y"]), ["q"])


def test_long_sums_products_and_chains():
    """Python's own parser and compiler recurse; the code is cut before that."""
    count = 8_000
    names = [f"x{place}" for place in range(count)]
    values = [1 + 1e-7 * place for place in range(count)]
    deep = Name("x0")
    for _ in range(110):
        deep = Call("sin", (Add((deep, Number("1"))),))
    steps = [
        Step("s", Add(tuple(Name(name) for name in names)), ""),
        Step("p", Mul(tuple(Name(name) for name in names)), ""),
        Step("d", deep, ""),
        *(Step(f"c{place + 1}", Call("sin", (Name(f"c{place}" if place else "x1"),)), "") for place in range(3_000)),
    ]
    wanted = ["s", "p", "d", "c3000"]
    one = compile_steps(steps, names, wanted)(*values)
    many = compile_many(steps, names, wanted)(np.array([values]).T)[:, 0]
    assert one[0] == pytest.approx(math.fsum(values))
    assert one[1] == pytest.approx(math.prod(values))
    assert np.allclose(one, many, rtol=1e-10)
