"""Written steps: targets with arguments, in LaTeX; what is a step and what an expression; every fault with its place."""

import pytest

from tutor.errors import TutorError
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.graph.read_steps import check_name, is_step, read_each, read_steps, split_steps

READ = [
    (["f(x, y) = x^2*y"], [("f", "x^2*y")]),
    (["f(x, y) = x^2*y", "g = f(x, y) + f(x,y) + f"], [("f", "x^2*y"), ("g", "f + f + f")]),
    ([r"\hat{y} = \sigma(w x + b)", r"L(\hat{y}, t) = (\hat{y} - t)^2"], [("yhat", "sigmoid(w*x + b)"), ("L", "(yhat - t)^2")]),
    (["z_{1} = w x", "z1 = z_1 + 1"], [("z_1", "w*x"), ("z1", "z_1 + 1")]),
    (["y := 1 if x >= 0 else 0"], [("y", "if_positive(-x, 0, 1)")]),
    (["e = x + y", "f = e^2"], [("e", "x + y"), ("f", "e^2")]),  # e is what the step computes, not Euler's number
    (["a = x + 1", "f = a (x + y)"], [("a", "x + 1"), ("f", "a*(x + y)")]),
]


@pytest.mark.parametrize(("lines", "steps"), READ, ids=[row[0][0] for row in READ])
def test_what_is_read(lines, steps):
    assert [(target, write_plain(expr)) for target, expr in read_steps(lines)] == steps


@pytest.mark.parametrize(("lines", "pieces"), [
    (["x + y"], ["step 1", "is no step"]), (["d = x", "f = d*"], ["step 2", "stops too early"]),
    (["f(x, z) = x^2"], ["f is written as a function of z", "leave z out"]),
    (["f(u, u) = u^2"], ["step 1", "argument u twice", "write u once"]),
    (["f(x) = x^2", "g = f(2)"], ["step 2", "not at other arguments", "f(x)"]),
    (["f(x) = x^2", "g = f(y)"], ["not at other arguments"]), (["f(2) = x"], ["cannot be the name", "f(x, y) = …"]),
    (["2f = x"], ["cannot be the name"]),
])  # fmt: skip
def test_what_is_refused(lines, pieces):
    with pytest.raises(TutorError) as caught:
        list(read_steps(lines))
    assert [piece for piece in pieces if piece not in str(caught.value)] == []


def test_every_fault_is_found():
    assert [isinstance(read, TutorError) for read in read_each(["d = x +", "e = d", "= 3", "f ="])] == [True, False, True, True]


def test_steps_and_expressions():
    assert all(map(is_step, ("d = x", "x := 3")))
    assert not any(map(is_step, ("a if x >= 0 else b", "x <= y", "x == y", "x != y", "x + y")))
    assert split_steps("a = max(x, y)\n\nb = a; c = b") == ["a = max(x, y)", "b = a", " c = b"]
    assert split_steps(r"a = w\;x") == [r"a = w\;x"]
    assert check_name(r"\hat{y}_{1}") == "yhat_1"


SHAPES = {"p": (3,), "W": (2, 3)}


@pytest.mark.parametrize(("lines", "expr"), [
    (["L = -log(p_2)"], "-log(entry(p, 2))"), (["L = -log(p[2])"], "-log(entry(p, 2))"),
    (["L = W[2, 1] + W_1_3"], "entry(W, 2, 1) + entry(W, 1, 3)"),
    (["q = softmax(p)", "L = -log(q_3)"], "-log(entry(q, 3))"), (["L = p_0*sum(p)"], "p_0*sum(p)"),
])  # fmt: skip
def test_an_entry_is_picked(lines, expr):
    assert write_plain(from_layers(lines, SHAPES).graph.steps[-1].expr) == expr


@pytest.mark.parametrize(("line", "pieces"), [
    ("L = -log(p_4)", ["there is no entry p[4]: p is 3", "from 1 to 3"]), ("L = W[3, 1]", ["there is no entry W[3, 1]: W is 2×3"]),
    ("L = W_1", ["entry does not take W (2×3) with 1 setting"]),
])  # fmt: skip
def test_an_entry_that_is_none(line, pieces):
    with pytest.raises(TutorError) as caught:
        from_layers([line], SHAPES)
    assert [piece for piece in pieces if piece not in str(caught.value)] == []
