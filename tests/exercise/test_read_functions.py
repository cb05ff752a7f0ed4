"""[functions] of an exercise file: what they become everywhere, and what is refused, with its line."""

import json
import math
import pickle
from fractions import Fraction

import pytest

import tutor
from tutor.answer.read.vocabulary import vocabulary
from tutor.errors import Problems
from tutor.exercise.load import from_text
from tutor.exercise.read_functions import read_functions
from tutor.expression.own_functions import shorten_name
from tutor.expression.parse import parse_with
from tutor.expression.plain import write_plain

TEXT = """title = "own"
steps = ["z = w*x + b", "a = swish(z)", "h = gate(a, z^2)", "L = 1/2*(h - y)^2"]
parameters = ["w", "b"]
[functions]
swish = "z*sigmoid(z)"
"gate(u, v)" = "u*v + swish(v)"
[values]
w = 0.8
x = 1.5
b = -0.2
y = 1
"""
WRITTEN = f"{TEXT.partition('[functions]')[0]}{TEXT[TEXT.index('[values]') :]}".replace("swish(z)", "z*sigmoid(z)").replace(
    "gate(a, z^2)", "a*z^2 + z^2*sigmoid(z^2)")  # fmt: skip


def test_the_gradients_are_those_of_the_formula_written_out():
    own, plain = (tutor.solve(from_text(text, "t")) for text in (TEXT, WRITTEN))
    read = [json.loads(solution.to_json())["gradients"] for solution in (own, plain)]
    assert {name: float(Fraction(value)) for name, value in read[0].items()} == pytest.approx(
        {name: float(Fraction(read[1][name])) for name in read[0]}, rel=1e-14)  # fmt: skip
    assert "SymPy" in own.to_text()


def test_layer_form_agrees_with_python():
    text = 'title = "t"\nsteps = ["z = W x", "L = sum(swish(z))"]\n[functions]\nswish = "z*sigmoid(z)"\n[shapes]\nW = [2, 2]\nx = [2]\n' \
        "[values]\nW = [[1, 2], [-1, 0.5]]\nx = [0.5, 1]\n"
    found = json.loads(tutor.solve(from_text(text, "t"), form="layer").to_json())
    z = (2.5, 0.0)
    slopes = [1 / (1 + math.exp(-t)) * (1 + t * (1 - 1 / (1 + math.exp(-t)))) for t in z]
    expected = [slopes[0] * 1 - slopes[1], slopes[0] * 2 + slopes[1] * 0.5]
    assert [float(value) for value in found["gradients"]["x"]] == pytest.approx(expected, rel=1e-12)
    assert found["functions"] == [
        {"name": "swish", "parameters": ["z"], "formula": "z*sigmoid(z)", "derivatives": ["sigmoid(z)+z*sigmoid(z)*(1-sigmoid(z))"]}
    ]


def test_an_activation_of_a_network():
    text = 'title = "t"\n[network]\nsizes = [2, 2, 1]\nactivation = "swish"\n[functions]\nswish = "z*sigmoid(z)"\n'
    page = tutor.solve(from_text(text, "t"), form="layer").to_text()
    assert "swish′(z⁽¹⁾)" in page
    assert "=z*" not in page


@pytest.mark.parametrize(("typed", "verdict", "tag"), [
    ("swish'(z)", "correct", ""), ("sigmoid(z)*(1 + z*(1 - sigmoid(z)))", "correct", ""), (r"\operatorname{swish}'(z)", "correct", ""),
    ("swish(z)", "misconception", "slope-is-function"), ("a/2", "wrong", ""),
])  # fmt: skip
def test_answers(typed, verdict, tag):
    exercise = from_text(TEXT + '[[question]]\nask = "da/dz"\nkind = "expression"\nmarks = 1\n', "t")
    [answer] = tutor.mark(exercise, {exercise.questions[0].id: typed}).marked.answers
    assert (answer.verdict, answer.tag or "") == (verdict, tag)


def test_what_is_shown_is_read_back():
    exercise = from_text(TEXT, "t")
    expr = exercise.graph.steps[2].expr
    assert parse_with(write_plain(expr), vocabulary(exercise)) == expr
    assert pickle.loads(pickle.dumps(expr)) == expr


def test_two_exercises_may_have_one_name():
    other = TEXT.replace("z*sigmoid(z)", "z^2")
    pages = [tutor.solve(from_text(text, "t")).to_text() for text in (TEXT, other, TEXT)]
    assert pages[0] == pages[2] != pages[1]


def test_kinks_inside_are_told():
    text = 'title = "t"\nsteps = ["a = bent(z)", "L = 2*a"]\n[functions]\nbent = "max(0, z) + abs(z - 1)"\n[values]\nz = 0\n'
    page = tutor.solve(from_text(text, "t")).to_text()
    assert all(said in " ".join(page.split()) for said in ("The ReLU has a kink", "The absolute value has a kink", "on its kink"))


@pytest.mark.parametrize("form", ["terminal", "latex", "markdown", "html", "json"])
def test_no_page_shows_what_it_is_called_inside(form):
    page = tutor.solve(from_text(TEXT, "own"), wrt=["w"]).to(form)
    assert "swish" in page
    assert "|sigmoid" not in page
    assert "swish(z)=" not in page


REFUSED = [  # the lines of [functions], what is said, its line
    ('swish = "z*swish(z)"', "swish uses itself", 4), ('g = "h(z)"\nh = "z^2"', "g uses h, which is defined below it", 4),
    ('relu = "max(0, z)"', "relu is a function that tutor has already", 4), ('matmul = "z"', "a function that tutor has already", 4),
    ('z = "x^2"', "z is a quantity of this exercise", 4), ('two = "x*y"', "2 letters: x, y", 4),
    ('"t(x, y)" = "x"', "y is a parameter of t", 4),
    ('"t(x, x)" = "x"', "the parameter x twice", 4), ('"t(x, pi)" = "x*pi"', "pi cannot be a parameter", 4),
    ('c = "3"', "has no parameter", 4),
    ('q = "z*(("', "stops too early", 4), ('k = "nowhere(z)"', "no function nowhere", 4), ("n = 5", "a formula belongs here", 4),
    ('"(x)" = "x"', "is no function", 4), ('q = "__import__(z)"', "an index without a name", 4),
    (f'q = "{"z*" * 300}z"', "601 characters", 4),
    ("\n".join([f'f{k} = "f{k - 1}(z)*f{k - 1}(z^2)"' if k else 'f0 = "z^2"' for k in range(12)]), "more than 2,000 parts", 7),
    (f'"q(z, y)" = "{"*".join(f"sin(z+{k})" for k in range(25))}*y"', "more than 2,000 parts", 4),
    ("\n".join(f'f{k} = "z^2"' for k in range(31)), "31 functions", 3), ('r = "z^2"\nr2 = "r(z)"', "nothing uses r2", 5),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "said", "line"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_refused_with_its_line(lines, said, line):
    with pytest.raises(Problems) as told:
        from_text(f'title = "t"\nsteps = ["z = x^2", "L = z^2"]\n[functions]\n{lines}\n', "t")
    faults = [problem for problem in told.value.problems if said in problem.what and f"line {line}: functions" in problem.where]
    assert faults, [(problem.where, problem.what) for problem in told.value.problems]


def test_names_of_functions_in_the_order_of_the_file():
    assert [shorten_name(func) for func in read_functions({"b(x)": "x^2", "a(x, y)": "x*b(y)"}, (), pytest.fail)] == ["b", "a"]
