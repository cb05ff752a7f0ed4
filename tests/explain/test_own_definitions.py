"""The definitions of an exercise's own functions on its pages: each once, and no derivative where it is asked for."""

import pytest

import tutor
from tutor.exercise.load import from_text
from tutor.explain.own_definitions import write_definition
from tutor.expression.nodes import Call, Name

TEXT = """
title = "own"
steps = ["z = w*x", "a = swish(z)", "h = gate(a, z)", "L = h + swish(h)"]
asked = ["dL/dw"]
[functions]
swish = "z*sigmoid(z)"
"gate(u, v)" = "u*v + swish(v)"
[values]
w = 0.5
x = 2
"""


@pytest.mark.parametrize("lang", ["en", "de"])
def test_each_is_said_once(lang):
    page = tutor.solve(from_text(TEXT, "own"), words=lang).to_text()
    for said in ("swish(z) = z·σ(z)", "gate(u, v) = u·v + swish(v)", "swish′(z) = σ(z) + z·σ(z)·(1 − σ(z))"):
        assert page.replace("\N{NO-BREAK SPACE}", " ").count(said) == 1, said


def test_a_sheet_says_no_derivative():
    sheet = tutor.sheet([from_text(TEXT, "own")]).to_text()
    assert "swish(z)" in sheet
    assert "swish′" not in sheet.partition("∂")[0]
    assert "σ(z)·(1" not in sheet


def test_other_functions_have_none_here():
    assert write_definition(Call("sigmoid", (Name("x"),))) is None


def test_an_indicator_is_explained_where_it_first_stands_and_once():
    forward, _, backward = " ".join(tutor.solve("cmu/losses").to_text().split()).partition("Backward pass")
    assert "1 where the condition holds, else 0" in forward
    assert "where the condition holds" not in backward


@pytest.mark.parametrize(("target", "told"), [
    ("dl/index-network", "1[s₁,₀ > 0]: 1 where the condition holds, else 0"),  # among other factors it is a sign
    ("losses/siamese", "1[m > D]: 1 where the condition holds, else 0"),  # on a page of whole arrays, too
    ("dl/relu-regression", ""),  # cases explain themselves
])  # fmt: skip
def test_an_indicator_among_cases_is_explained(target, told):
    text = " ".join(tutor.solve(target, notation_name="dl").to_text().split())
    assert told in text
    assert text.count("where the condition holds") == bool(told)
