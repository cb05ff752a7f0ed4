"""Whatever is printed is read back by the one grammar as a tree of the same value: plain text, LaTeX and the terminal's Unicode."""

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_layers import random_layers

from tutor.errors import TutorError
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Pow, children
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.array_products import arrange_products
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.notation.profile import notation
from tutor.render import maths
from tutor.rules.functions import FUNCTIONS, function

NAMES = ["x", "y", "w5", "out_h1", "beta", "yhat", "z_1_2"]
AWAY = {"if_positive"}  # its cases are printed with words or as an indicator: see `test_choices_are_read_back`
ONE = sorted(name for name, row in FUNCTIONS.items() if not row.variadic and name not in AWAY)
NOTATION = notation("plain")

leaves = st.one_of(
    st.sampled_from([Name(name) for name in NAMES]), st.sampled_from([Number(text) for text in ("1", "2", "0.10", "12.5", "3", "4.38e-4")]),
    st.just(Call("pi", ())),
)  # fmt: skip


def call(name, args):
    return Call(name, tuple(args[: len(function(name, 1).params)] if name in ("exp",) else args[: len(FUNCTIONS[name].params)]))


def grown(inner):
    two = st.tuples(inner, inner)
    several = st.one_of(two, st.tuples(inner, inner, inner))
    return st.one_of(
        st.builds(Neg, inner), st.builds(Add, several), st.builds(Mul, several), st.builds(Div, inner, inner),
        st.builds(Pow, inner, st.sampled_from([Number("2"), Name("x"), Neg(Number("1")), Div(Number("1"), Number("2"))])),
        st.builds(call, st.sampled_from(ONE), st.tuples(inner, inner, inner)),
        st.builds(lambda name, args: Call(name, args), st.sampled_from(["max", "min", "softmax_1", "softmax_2"]), several),
    )  # fmt: skip


trees = st.recursive(leaves, grown, max_leaves=10)


def flat(expr):
    """The tree without what brackets say and printing does not: −(2x) and (−2)x, (a·b)·c and a·b·c, 4.38e-4 and 4.38·10⁻⁴."""
    parts = [flat(part) for part in children(expr)]
    match expr:
        case Number():
            return ("number", expr.value)
        case Add():
            return ("+", tuple(x for part in parts for x in (part[1] if part[0] == "+" else (part,))))
        case Mul():
            sign, found = 1, []
            for part in parts:
                if part[0] == "-":
                    sign, part = -sign, part[1]
                found += part[1] if part[0] == "*" else (part,)
            made = ("*", tuple(found))
            return made if sign > 0 else ("-", made)
        case Neg():
            return parts[0][1] if parts[0][0] == "-" else ("-", parts[0])
        case Call(func, _):
            return (func, tuple(parts))
        case Name(name):
            return ("name", name)
    return (type(expr).__name__, tuple(parts))


def back(text):
    return parse(text, names=NAMES, functions=FUNCTIONS)


@settings(max_examples=300)
@given(trees)
def test_plain_text_is_the_same_tree(tree):
    try:
        found = back(write_plain(tree))
    except TutorError as error:
        assume("exponent" in error.what or "constant" in error.what)
        raise
    assert found == tree or flat(found) == flat(tree)


@settings(max_examples=300)
@given(trees)
def test_latex_is_read_back(tree):
    assert flat(back(maths.latex(tree, NOTATION))) == flat(tree), maths.latex(tree, NOTATION)


@settings(max_examples=300)
@given(trees)
def test_the_text_of_the_terminal_is_read_back(tree):
    assert flat(back(maths.text(tree, NOTATION))) == flat(tree), maths.text(tree, NOTATION)


@pytest.mark.parametrize("write", [maths.latex, maths.text], ids=["latex", "text"])
@pytest.mark.parametrize("text", ["if_positive(x, 1, 0)", "if_positive(x - y, x, y)", "2*if_positive(x, y, 3)",
                                  "if_positive(x, if_positive(y, 1, 2), 0)"])
def test_choices_are_read_back(text, write):
    tree = back(text)
    assert flat(back(write(tree, NOTATION))) == flat(tree), write(tree, NOTATION)


def test_steps_over_arrays_are_read_back():
    for seed in range(60):
        layered = random_layers(Random(seed))
        for step in layered.graph.steps:
            found = parse(write_plain(step.expr), functions=LAYER_FUNCTIONS, known=tuple(layered.shapes))
            assert flat(arrange_products(found, layered.shapes)) == flat(step.expr), write_plain(step.expr)


@pytest.mark.parametrize("text", [
    "W x + b", "W^T (r ⊙ h)", "x^T y", "sigmoid(W x) ⊙ x", "sum((x - y)^2)/2", "W X W^T", "-(W x)", "x y^T", "mean(x)*y", "Q Q^T",
])  # fmt: skip
def test_what_is_written_in_messages_is_read_back(text):
    shapes = {"W": (3, 3), "X": (3, 3), "Q": (3, 3), "x": (3,), "y": (3,), "b": (3,), "r": (3,), "h": (3,)}
    tree = parse(text, functions=LAYER_FUNCTIONS, known=tuple(shapes))
    written = write_plain(tree, as_written=True)
    assert parse(written, functions=LAYER_FUNCTIONS, known=tuple(shapes)) == tree, written
