"""The one grammar: trees as written, the same for answers and for exercises."""


import pytest
from readings import LETTERS, READ

from tutor.answer.read.reading import read
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("w*x + b", Add((Mul((Name("w"), Name("x"))), Name("b")))),
        ("a - b", Add((Name("a"), Neg(Name("b"))))),
        ("(a + b) + c", Add((Add((Name("a"), Name("b"))), Name("c")))),
        ("-a*b", Neg(Mul((Name("a"), Name("b"))))),
        ("-x^2", Neg(Pow(Name("x"), Number("2")))),
        ("a/b*c", Mul((Div(Name("a"), Name("b")), Name("c")))),
        ("σ'(z)", Call("sigmoid'", (Name("z"),))),
        ("dL/dx", Partial("L", "x")),
        ("-0.5", Neg(Number("0.5"))),
    ],
)
def test_the_tree_is_as_written(text, tree):
    assert read(text, LETTERS) == tree


@pytest.mark.parametrize("text", [*(row[0] for row in READ[:45]), "w5x", "2out_h1w5^2*x", "w5x + xyz"])
def test_the_exercise_files_have_the_same_grammar(text):
    assert read(text, LETTERS) == parse(text, names=LETTERS.names, functions=FUNCTIONS)
