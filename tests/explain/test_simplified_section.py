"""The section on named rewrites: what is in it, in every notation and format, and what is not."""

import json

import pytest
from shown import list_worked_blocks
from some_now import some_now

import tutor
from tutor.derive.rewrites.named import LINEAR, ROWS
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Heading
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Partial
from tutor.expression.plain import write_plain
from tutor.notation.profile import profile_names

SHOWN = [
    "dl/bce",
    "neuron/softmax-cross-entropy",
    "graz/linear-collapse",
    "dl/linear-collapse",
    "qmul/two-linear-layers",
]


def section(solution):
    """The blocks from the heading to the next one, and the equations in them as plain text."""
    blocks = solution.document().blocks
    start = next((n for n, block in enumerate(blocks) if block == Heading(ENGLISH.rules.SIMPLIFIED)), None)
    if start is None:
        return {}
    rows = {}
    for block in blocks[start + 1 :]:
        if isinstance(block, Heading):
            break
        if isinstance(block, Equations):
            rows |= {write_plain(row.left): [write_plain(side.expr) for side in row.sides] for row in block.rows}
    return rows


def flat(text):
    return " ".join(text.split())


def test_sigmoid_with_cross_entropy():
    rows = section(tutor.solve("dl/bce"))
    assert rows["dL/ds1"] == [
        "dL/dyhat1*dyhat1/ds1", "(yhat1 - y1)/(yhat1*(1 - yhat1))*yhat1*(1 - yhat1)", "yhat1 - y1", "0.377541 - 1", "-0.622459",
    ]  # fmt: skip
    assert rows["dL/dw21"] == ["dL/ds1*ds1/dw21", "(yhat1 - y1)*h2"]


@pytest.mark.parametrize("chain", ["full", "reuse"])
@pytest.mark.parametrize("name", ["dl/bce", "dl/bce-columns", "neuron/softmax-cross-entropy"])
def test_no_number_of_a_gradient_is_shown_twice(name, chain):
    """Where the backward pass has the number, the simplified form names its step."""
    blocks = list_worked_blocks(tutor.solve(name, chain=chain, form="scalar").document())
    equations = [row for block in blocks if isinstance(block, Equations) for row in block.rows]
    numbered = {str(row.left): row.number for row in equations if row.number and row.sides[-1].result}
    results = [str(row.left) for row in equations if isinstance(row.left, Partial) and row.sides[-1].result]
    assert sorted(set(results)) == sorted(results)
    twice = [row for row in equations if row.number is None and str(row.left) in numbered]
    assert twice
    for row in twice:
        assert f"step {numbered[str(row.left)]}" in row.sides[-1].note


def test_without_numbers():
    rows = section(tutor.solve("p1 = softmax_1(z1, z2); p2 = softmax_2(z1, z2); L = -(y1*log(p1) + y2*log(p2))"))
    assert rows["dL/dz1"] == [
        "dL/dp1*dp1/dz1", "dL/dp2*dp2/dz1", "-y1/p1*p1*(1 - p1) + y2/p2*p2*p1", "-y1*(1 - p1) + y2*p1",
        "p1*(y1 + y2) - y1", "p1 - y1",
    ]  # fmt: skip


def test_targets_that_sum_to_one():
    text = flat(tutor.solve("neuron/softmax-cross-entropy").to_text(100))
    assert "= p₁·(y₁ + y₂ + y₃) − y₁ = p₁ − y₁ (y₁ + y₂ + y₃ = 1)" in text
    assert "would be wrong" not in text


def test_targets_that_do_not_sum_to_one():
    solution = tutor.solve("neuron/softmax-cross-entropy", at={"y_2": "0.5"})
    rows = section(solution)
    assert "p_1 - y_1" not in rows["dL/dz_1"]
    assert rows["dL/dz_1"][-3] == "p_1*(y_1 + y_2 + y_3) - y_1"
    assert rows["dL/dw_1_1"][1] == "(p_1*(y_1 + y_2 + y_3) - y_1)*h_1"
    assert "y₁ + y₂ + y₃ is 1.5, not 1: it stays, and p₁ − y₁ would be wrong." in flat(solution.to_text(100))


def test_the_collapse_as_graz_prints_it():
    rows = section(tutor.solve("graz/linear-collapse"))
    assert rows == {
        "yhat": [
            "w2_0_1 + w2_1_1*(w1_0_1 + w1_1_1*x_1 + w1_2_1*x_2) + w2_2_1*(w1_0_2 + w1_1_2*x_1 + w1_2_2*x_2)",
            "(w2_0_1 + w1_0_1*w2_1_1 + w1_0_2*w2_2_1) + (w1_1_1*w2_1_1 + w1_1_2*w2_2_1)*x_1 + (w1_2_1*w2_1_1 + w1_2_2*w2_2_1)*x_2",
            "wtilde_0 + wtilde_1*x_1 + wtilde_2*x_2",
        ],
        "wtilde_0": ["w2_0_1 + w1_0_1*w2_1_1 + w1_0_2*w2_2_1"],
        "wtilde_1": ["w1_1_1*w2_1_1 + w1_1_2*w2_2_1"],
        "wtilde_2": ["w1_2_1*w2_1_1 + w1_2_2*w2_2_1"],
    }
    assert "w̃₀ = w²₀,₁ + w¹₀,₁·w²₁,₁ + w¹₀,₂·w²₂,₁" in tutor.solve("graz/linear-collapse").to_text(80)
    assert "\\tilde{w}_{0} &= w_{0,1}^{2}" in tutor.solve("graz/linear-collapse").to_latex().replace("%\n", "")


def test_the_collapse_as_dl_prints_it():
    assert section(tutor.solve("dl/linear-collapse")) == {"fhat": ["w_2*(w*x)", "(w_2*w)*x", "wtilde*x"], "wtilde": ["w_2*w"]}
    assert "ŵ = w₂·w" in tutor.solve("dl/linear-collapse").to_text(80)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("dl/linear-collapse-layers", "f̂ = W₂ W x (K×H) (H×D) (D×1) = Ŵ x"),
        ("graz/linear-collapse-layers", "ŷ = (w²)ᵀ ((W¹)ᵀ x + w¹₀) + w²₀"),  # a vector of weights is a small letter
        ("graz/linear-collapse-layers", "= ŵᵀ x + b̂"),
    ],
)
def test_the_line_that_proves_a_collapse_of_layers(target, shown):
    assert shown in flat(tutor.solve(target).to_text(100))


def test_a_collapse_with_numbers():
    rows = section(tutor.solve("qmul/two-linear-layers"))
    assert rows["x_L"][:2] == ["w_L*(w_Lm1*x_Lm2 + b_Lm1) + b_L", "(b_Lm1*w_L + b_L) + (w_Lm1*w_L)*x_Lm2"]
    assert rows["x_L"][2:] == ["wtilde_0 + wtilde_1*x_Lm2", "1.8 + 0.64*1.5", "2.76"]
    assert rows["wtilde_0"] == ["b_Lm1*w_L + b_L", "1*0.8 + 1", "1.8"]


FOCUSED = [("dl/bce", ["w11"], ["dL/ds1", "dL/dw11"]), ("dl/bce", ["h1"], ["dL/ds1", "dL/ds2"]), ("dl/bce", ["y1"], []),
           ("graz/linear-collapse", ["x_2"], ["yhat", "wtilde_2"]), ("qmul/two-linear-layers", ["b_L"], ["x_L", "wtilde_0"]),
           ("neuron/two-two-two", ["w5"], []), ("neuron/softmax-loss", [], []),
           ("neuron/softmax-cross-entropy", ["b_3"], ["dL/dz_3", "dL/db_3"])]  # fmt: skip


@pytest.mark.parametrize(("target", "wrt", "expected"), FOCUSED)
def test_only_what_belongs(target, wrt, expected):
    solution = tutor.solve(target, wrt=wrt)
    assert list(section(solution)) == expected
    assert (solution.worked.proofs.simplified is not None) is bool(expected) or target in ("graz/linear-collapse", "qmul/two-linear-layers")


@pytest.mark.parametrize("name", some_now(profile_names(), 6))
@pytest.mark.parametrize("target", some_now(SHOWN, 2))
def test_every_notation_and_format(target, name):
    for chain in ("full", "reuse"):
        solution = tutor.solve(target, notation_name=name, chain=chain)
        for width in (80, 120):
            text = solution.to_text(width)
            assert "Simplified" in text
            assert all(len(line) <= width + 4 for line in text.splitlines())  # combining accents take no room
            assert "wtilde" not in text
        assert "Simplified" in solution.to_latex()
        assert "Simplified" in solution.to_markdown()
        for written in (solution.to_markdown(), solution.to_latex()):
            section_only = written.partition("Simplified")[2].partition("computational graph")[0]
            assert "U+" not in section_only  # a character that the format cannot set
        solution.to_latex().encode("ascii")


def test_a_unit_is_written_once_though_several_quantities_are_differentiated():
    exercise = from_text(
        'title = "t"\nsteps = ["h = w*x + b", "y = v*h"]\nparameters = ["w", "b", "v"]\nasked = ["dy/dw", "dh/dw"]\n',
        "mine",
    )
    assert [write_plain(r.left) for r in tutor.solve(exercise).worked.rewrites] == ["y", "wtilde_0", "wtilde_1"]


@pytest.mark.slow
def test_many_scores_are_not_all_written_down():
    n = 15
    listed = ", ".join(f"z{i}" for i in range(1, n + 1))
    steps = [f"p{i} = softmax_{i}({listed})" for i in range(1, n + 1)]
    steps.append("L = -(" + " + ".join(f"y{i}*log(p{i})" for i in range(1, n + 1)) + ")")
    solution = tutor.solve("; ".join(steps))
    assert len(section(solution)) == 12
    assert "3 more have the same form." in solution.to_text(100)


def test_the_contract():
    said = json.loads(tutor.solve("neuron/softmax-cross-entropy").to_json())["rewrites"]
    assert said[0] == {
        "rule": "softmax with cross-entropy", "target": "dL/dz_1", "expression": "p_1*(y_1 + y_2 + y_3) - y_1",
        "condition": "y_1 + y_2 + y_3 = 1", "under_condition": "p_1 - y_1", "value": said[0]["value"],
    }  # fmt: skip
    assert said[0]["value"].startswith("-0.6928")
    units = json.loads(tutor.solve("graz/linear-collapse").to_json())["rewrites"]
    assert [(unit["target"], unit["value"]) for unit in units] == [
        ("yhat", None), ("wtilde_0", None), ("wtilde_1", None), ("wtilde_2", None)
    ]  # fmt: skip
    assert json.loads(tutor.solve("dl/add-multiply").to_json())["rewrites"] == []


def test_every_row_has_its_wording():
    assert {row.name for row in ROWS} | {LINEAR, "parameters below"} == set(ENGLISH.rules.REWRITES)


def test_a_product_that_is_short_is_not_multiplied_out():
    text = tutor.solve("published/keras-binary-cross-entropy", form="scalar", notation_name="qmul").to_text(120)
    assert "(1/4)·(σ(z₁) − y₁)   (step 14)" in text
    assert "y₁/4" not in text
    assert "the slope of log(1 + exp) is σ" in text
    assert "softmax" not in text


def test_the_same_terms_in_another_order_are_nothing_simpler():
    assert "Simplified" not in tutor.solve("published/deepml-kl-of-gaussians").to_text()
