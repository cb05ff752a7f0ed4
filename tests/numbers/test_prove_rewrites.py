"""The proof of named rewrites: a true one passes, and one that is wrong in a sign, a factor or a condition is refused."""

from dataclasses import replace

import pytest

import tutor
import tutor.solving.work_out
from tutor.derive.backward import derive
from tutor.derive.rewrites.named import BELOW, UNIT, collapse_units, find_named
from tutor.errors import ProofError
from tutor.exercise.load import load
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import ONE, Add, Mul, Name, Neg, Number
from tutor.expression.parse import parse
from tutor.graph.build import from_steps
from tutor.numbers.prove_rewrites import POINTS, holds, prove
from tutor.rules.functions import FUNCTIONS

SOFTMAX = ["p1 = softmax_1(z1, z2)", "p2 = softmax_2(z1, z2)", "L = -(y1*log(p1) + y2*log(p2))"]


def of(target):
    derivation = derive(load(target).graph if isinstance(target, str) else from_steps(target))
    return derivation, (*find_named(derivation), *collapse_units(derivation))


@pytest.mark.parametrize("target", ["dl/bce", "neuron/softmax-cross-entropy", "graz/linear-collapse", SOFTMAX], ids=str)
def test_a_true_one_passes(target):
    derivation, rewrites = of(target)
    values = load(target).values or None if isinstance(target, str) else None
    proof = prove(rewrites, derivation, values)
    assert proof.points == POINTS
    assert proof.at_values is (values is not None)
    assert proof.gradients == sum(rewrite.rule != UNIT for rewrite in rewrites) - proof.units


WRONG = [  # which exercise, which of its rewrites, and what is wrong with it
    ("dl/bce", 0, lambda r: replace(r, expr=parse("yhat1 + y1"))),  # the sign
    ("dl/bce", 0, lambda r: replace(r, expr=Neg(r.expr))),
    ("dl/bce", 0, lambda r: replace(r, expr=Mul((Number("2"), r.expr)))),
    ("dl/bce", 2, lambda r: replace(r, expr=parse("(yhat1 - y1)*h2"))),  # the other input
    ("dl/bce", 0, lambda r: replace(r, between=(Add((r.expr, ONE)),))),  # a wrong step on the way to a true end
    (SOFTMAX, 0, lambda r: replace(r, expr=r.under, condition=None)),  # p - y without its condition
    (SOFTMAX, 0, lambda r: replace(r, under=Add((r.under, ONE)))),
    (SOFTMAX, 0, lambda r: replace(r, under=parse("p1 + y1"))),
    (SOFTMAX, 0, lambda r: replace(r, condition=Name("y1"))),  # too weak a condition
    ("graz/linear-collapse", 1, lambda r: replace(r, expr=Neg(r.expr))),
    ("graz/linear-collapse", 2, lambda r: replace(r, expr=parse("w1_1_1*w2_1_1"))),  # a path is missing
    (
        "graz/linear-collapse",
        3,
        lambda r: replace(r, expr=Mul((r.expr, parse("1 + 10^(-50)")))),
    ),  # exactly means exactly
]


@pytest.mark.parametrize(("target", "place", "spoil"), WRONG)
def test_a_wrong_one_is_refused(target, place, spoil):
    derivation, rewrites = of(target)
    rewrites = (*rewrites[:place], spoil(rewrites[place]), *rewrites[place + 1 :])
    with pytest.raises(ProofError, match="was simplified to"):
        prove(rewrites, derivation, None)


def test_a_wrong_one_is_never_shown(monkeypatch):
    def spoiled(derivation):
        return tuple(replace(r, expr=Neg(r.expr)) if r.rule != BELOW else r for r in find_named(derivation))

    monkeypatch.setattr(tutor.solving.work_out, "find_named", spoiled)
    with pytest.raises(ProofError, match="report it"):
        tutor.solve("dl/bce")


def test_the_question_to_sympy_has_the_scores():
    asked = []

    def ask(graph, wanted, values):
        from tutor.numbers.verify import ask_in_this_process

        asked.append(list(wanted))
        return ask_in_this_process(graph, wanted, values)

    tutor.solve("dl/bce", ask=ask)
    assert asked == [["w11", "w21", "w12", "w22", "s1", "s2"]]


def test_sympy_is_believed_about_the_scores():
    def ask(graph, wanted, values):
        from tutor.numbers.verify import ask_in_this_process

        answer = ask_in_this_process(graph, wanted, values)
        return lambda: {name: value + (name == "s1") for name, value in answer().items()}

    with pytest.raises(ProofError, match="dL/ds1 was derived as"):
        tutor.solve("dl/bce", ask=ask)


@pytest.mark.parametrize("score", [0, 40, 140, -140])
def test_far_out_on_the_sigmoid(score):
    solution = tutor.solve(
        "p = sigmoid(s); L = -(y*log(p) + (1 - y)*log(1 - p))", at={"s": score, "y": "1/4"}, wrt=["s"]
    )
    assert [rewrite.rule for rewrite in solution.worked.rewrites] == ["sigmoid with binary cross-entropy"]


CONDITIONS = [("y1 + y2", {"y1": "1/3", "y2": "2/3"}, True), ("y1 + y2", {"y1": "1/3", "y2": "1/3"}, False),
              ("y1", {"y1": "1"}, True), ("y1 + y2", {"y1": "3", "y2": "-2"}, True)]  # fmt: skip


@pytest.mark.parametrize(("condition", "values", "expected"), CONDITIONS)
def test_a_condition(condition, values, expected):
    assert (
        holds(parse(condition, functions=FUNCTIONS), {k: Number("1").value * _f(v) for k, v in values.items()})
        is expected
    )


def _f(text):
    from fractions import Fraction

    return Fraction(text)


SENTENCES = [
    ("dl/bce", [], "All 6 simplified forms equal the product of the chain rule at 4 random points and at the given values, in 40"
     " digits; SymPy's derivative of the composed formula confirms those of the scores"),
    ("dl/bce", ["w11"], "Both simplified forms equal the product of the chain rule at 4 random points and at the given values"),
    ("graz/linear-collapse", [], "The single linear unit and the network are exactly equal at 4 random points"),
    ("qmul/two-linear-layers", [], "exactly equal at 4 random points and at the given values"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "wrt", "said"), SENTENCES)
def test_what_the_solution_says(target, wrt, said):
    assert said in ENGLISH.proofs.say_proof(tutor.solve(target, wrt=wrt).worked.proofs.simplified)
    assert said[:40] in " ".join(tutor.solve(target, wrt=wrt).to_text(300).split())


def test_targets_that_are_computed_sum_to_one_where_what_they_come_from_is_moved():
    """Smoothed labels; the page neuron by neuron of this exercise ended in a KeyError."""
    text = tutor.solve("losses/label-smoothing", form="scalar").to_text()
    assert "p₁ − q₁   (q₁ + q₂ = 1, step 12)" in text
