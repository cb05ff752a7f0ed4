"""The exercises that come with the product: every printed figure of the five lectures and of published examples, recomputed."""

import re
from functools import cache

import pytest
from chosen_exercises import WIDE, list_lectured, list_others, load_once
from some_now import take_each

from tutor.exercise.catalogue import entries
from tutor.notation.profile import profile_names
from tutor.solving.check_claims import Verdict, check


@cache
def verdicts(ident: str) -> tuple[Verdict, ...]:
    return tuple(check(load_once(ident)))


@pytest.mark.parametrize("ident", [*list_lectured(), *take_each(list_others(), 20)])
def test_every_claim_agrees_or_is_a_declared_slip(ident):
    found = verdicts(ident)
    assert found
    assert [v for v in found if not v.ok] == []
    assert [v for v in found if v.erratum is not None and v.agreement != "differs"] == []


@WIDE
def test_no_claim_is_made_twice(idents):
    for ident in idents:
        claims = [(c.text, c.printed, tuple(sorted((n, str(v)) for n, v in c.at.items()))) for c in load_once(ident).claims]
        assert sorted({c for c in claims if claims.count(c) > 1}) == [], ident
        said = [c.erratum for c in load_once(ident).claims if c.erratum and re.search(r"\bit is \$?-?\d", c.erratum)]
        assert said == [], ident  # what it is stands in front of that


NUMBERS = {"dl": "(000)", "qmul": "(001)", "graz": "(002)", "neuron": "(003)", "cmu": "(004)"}


@WIDE
def test_an_exercise_says_what_it_is(idents):
    for entry in (entry for entry in entries() if entry.id in set(idents)):
        exercise = load_once(entry.id)
        assert NUMBERS.get(entry.course, ", ") in entry.source, entry.id
        assert entry.course != "published" or re.fullmatch(r"[^,]+, .+, https?://\S+", entry.source), entry.id
        assert exercise.notation in profile_names()
        assert exercise.notation == entry.course or entry.course not in NUMBERS
        assert entry.claims == len(exercise.claims) > 0
        assert len(entry.title) <= 50, entry.id


PAGE = {
    "dl: f = (x + y)·z, node d": ["dl/add-multiply"],
    "dl: linear collapse; nestings": [
        "dl/linear-collapse", "dl/linear-collapse-layers", "dl/nested-layers", "dl/nested-layers-matrices",
    ],
    "dl: layer sizes": ["dl/layer-sizes-one", "dl/layer-sizes-two"],
    "dl: perceptron, multi-output; index and vector form": ["dl/perceptron", "dl/perceptron-outputs", "dl/perceptron-vector"],
    "dl: activations": ["dl/activations", "dl/maxout-vector"],
    "dl: two-layer network in indices": [
        "dl/index-network", "dl/index-network-output", "dl/index-network-hidden", "dl/index-network-layers",
    ],
    "dl: sigmoid and binary cross-entropy": ["dl/bce", "dl/bce-columns", "dl/bce-rows"],
    "dl: two-layer ReLU regression; gradient step": ["dl/relu-regression"],
    "dl: the function we want to optimize, over n samples": ["dl/relu-regression-samples"],
    "dl: mean over n samples, mini-batch": ["dl/batch-of-two"],
    "qmul: perceptron with Heaviside": ["qmul/heaviside-perceptron"],
    "qmul: linear neuron and its table": ["qmul/linear-neuron"],
    "qmul: two linear layers and their table": ["qmul/two-linear-layers"],
    "qmul: with an activation, one sample and mean": ["qmul/activated-neuron", "qmul/activated-two-samples"],
    "qmul: general network": ["qmul/network-deltas", "qmul/network-deltas-layers"],
    "qmul: gradient descent over s samples": ["qmul/linear-neuron-samples"],
    "qmul: E = 1/(2s) Σ ‖f(x_i) − y_i‖²": ["qmul/mean-squared-error", "qmul/mean-squared-error-layers"],
    "qmul: activations; softmax sums to one": ["qmul/activations", "qmul/softmax-layer"],
    "qmul: convolution, one- and two-dimensional": ["qmul/convolution-or-correlation", "qmul/convolution-line"],
    "qmul: the kernel (0 −1 0; −1 4 −1; 0 −1 0)": ["qmul/laplacian", "qmul/laplacian-edge"],
    "qmul: max-pooling 2×2": ["qmul/max-pooling"],
    "graz: neuron as a graph": ["graz/neuron"],
    "graz: MLP with L + 1 layers, dummies for biases": ["graz/mlp-dummies"],
    "graz: activations": ["graz/activations"],
    "graz: linear units collapse": ["graz/linear-collapse", "graz/linear-collapse-layers"],
    "graz: chain rule as messages; branches": ["graz/chain", "graz/branches", "graz/branches-many"],
    "graz: √(x²+exp(x²)) + cos(x²+exp(x²))": ["graz/sqrt-cos"],
    "graz: backprop in a 2-2-1 network": ["graz/two-two-one", "graz/two-two-one-layers"],
    "graz: training loss as a mean": ["graz/training-loss"],
    "neuron: f = (x + y)z, node q": ["neuron/add-multiply"],
    "neuron: backpropagation at the neuron": ["neuron/local-gradient"],
    "neuron: activations and derivatives": ["neuron/activations"],
    "neuron: a linear combination of ReLUs": ["neuron/relu-combination"],
    "neuron: softmax prediction, squared loss": ["neuron/softmax-loss", "neuron/softmax-loss-batch"],
    "neuron: softmax prediction, cross-entropy": ["neuron/softmax-cross-entropy", "neuron/softmax-regression-batch"],
    "neuron: optimisers": ["neuron/newton", "neuron/adagrad", "neuron/rmsprop", "neuron/adam", "neuron/adam-as-printed"],
    "neuron: mini-batch": ["neuron/minibatch"],
    "neuron: 2-2-2 network": ["neuron/two-two-two"],
    "cmu: neurons, weights, parameters": ["cmu/counting"],
    "cmu: losses": ["cmu/losses"],
    "cmu: world's smallest perceptron": ["cmu/smallest-perceptron", "cmu/perceptron-loop", "cmu/perceptron-small-step"],
    "cmu: SGD, one sample an update": ["cmu/stochastic"],
    "cmu: second smallest": ["cmu/second-smallest"],
    "cmu: three layers in a chain": ["cmu/three-layer-chain"],
    "cmu: SGD and minibatch": ["cmu/minibatch"],
}
"""The rows of the lectures page, and the exercises that work them."""


def test_every_row_of_the_lectures_has_an_exercise():
    assert {ident for row in PAGE.values() for ident in row} == set(list_lectured())


FIGURES = [
    # exercise, claim, printed, agreement, how the recomputed value begins
    ("dl/add-multiply", "df/dy", "4", "exact", "4"),
    ("dl/relu-regression", "dL/dw1", "8/3", "exact", "8/3"),
    ("dl/relu-regression", "dL/dw2", "4/9", "exact", "4/9"),
    ("dl/relu-regression", "dL/dw2", "2·2/3·1/3", "exact", "4/9"),
    ("dl/layer-sizes-one", "count weights", "163840", "exact", "163840"),
    ("dl/layer-sizes-two", "count weights", "16394000", "exact", "16394000"),
    ("dl/index-network", "count parameters", "(2·4+2) + (4·3+4)", "exact", "26"),
    ("dl/index-network-output", "count parameters", "2·4+2", "exact", "10"),
    ("dl/index-network-hidden", "count parameters", "4·3+4", "exact", "16"),
    ("qmul/heaviside-perceptron", "f", "0", "exact", "0"),
    ("qmul/heaviside-perceptron", "f", "1", "exact", "1"),
    ("qmul/linear-neuron", "x_L", "2.2", "exact", "11/5"),
    ("graz/sqrt-cos", "a", "4", "exact", "4"),
    ("graz/sqrt-cos", "b", "54.598", "rounded", "54.5981"),
    ("graz/sqrt-cos", "c", "58.598", "rounded", "58.5981"),
    ("graz/sqrt-cos", "d", "7.6549", "rounded", "7.65494"),
    ("graz/sqrt-cos", "e", "-0.46", "rounded", "-0.460613"),
    ("graz/sqrt-cos", "f", "7.194", "rounded", "7.194329"),
    ("graz/sqrt-cos", "df/dc", "-0.822", "rounded", "-0.8222836"),
    ("graz/sqrt-cos", "df/db", "-0.822", "rounded", "-0.8222836"),
    ("graz/sqrt-cos", "df/da", "-45.717", "rounded", "-45.717451"),
    ("graz/sqrt-cos", "df/dx", "-182.87", "rounded", "-182.869807"),
    ("neuron/two-two-two", "in_h1", "0.3775", "exact", "151/400"),
    ("neuron/two-two-two", "out_h1", "0.5932", "truncated", "0.593269"),
    ("neuron/two-two-two", "in_o1", "1.105", "truncated", "1.105905"),
    ("neuron/two-two-two", "out_o1", "0.751", "rounded", "0.751365"),
    ("neuron/two-two-two", "out_o2", "0.7729", "rounded", "0.772928"),
    ("neuron/two-two-two", "L_o1", "0.274", "truncated", "0.274811"),
    ("neuron/two-two-two", "L_o2", "0.023", "truncated", "0.023560"),
    ("neuron/two-two-two", "L", "0.298", "rounded", "0.298371"),
    ("neuron/two-two-two", "dL/dout_o1", "0.741", "rounded", "0.741365"),
    ("neuron/two-two-two", "dout_o1/din_o1", "0.186", "truncated", "0.186815"),
    ("neuron/two-two-two", "din_o1/dw5", "0.593", "rounded", "0.593269"),
    ("neuron/two-two-two", "dL/dw5", "0.082", "rounded", "0.082167"),
    ("neuron/two-two-two", "w5 after 1", "0.358", "truncated", "0.35891647971788"),
    ("neuron/two-two-two", "w6 after 1", "0.408", "truncated", "0.408666"),
    ("neuron/two-two-two", "w7 after 1", "0.511", "rounded", "0.511301"),
    ("neuron/two-two-two", "w8 after 1", "0.561", "rounded", "0.561370"),
    ("qmul/max-pooling", "P_1_1", "20", "exact", "20"),
    ("qmul/max-pooling", "P_1_2", "30", "exact", "30"),
    ("qmul/max-pooling", "P_2_1", "112", "exact", "112"),
    ("qmul/max-pooling", "P_2_2", "37", "exact", "37"),
    ("qmul/softmax-layer", "S", "1", "exact", "1"),
    ("cmu/counting", "count neurons", "6", "exact", "6"),
    ("cmu/counting", "count weights", "20", "exact", "20"),
    ("cmu/counting", "count parameters", "26", "exact", "26"),
]


@pytest.mark.parametrize(("ident", "claim", "printed", "agreement", "value"), FIGURES)
def test_a_printed_figure_is_found_and_recomputed(ident, claim, printed, agreement, value):
    found = [v for v in verdicts(ident) if (v.claim, v.printed) == (claim, printed)]
    assert [v.agreement for v in found] == [agreement]
    assert found[0].value.startswith(value)


E, R, T = "exact", "rounded", "truncated"
NEURON_TABLE = [
    (1, ("0.29", E), ("0.66", E), ("2.20", E)),
    (2, ("0.11", R), ("0.54", R), ("1.09", T)),
    (3, ("0.05", R), ("0.50", R), ("0.71", R)),
    (4, ("0.03", R), ("0.48", R), ("0.57", R)),
    (5, ("0.02", R), ("0.48", R), ("0.53", R)),
    (6, ("0.02", R), ("0.48", R), ("0.51", R)),
    (7, ("0.02", R), ("0.48", R), ("0.50", R)),
]


@pytest.mark.parametrize(("k", "w", "b", "x"), NEURON_TABLE)
def test_the_table_of_the_linear_neuron(k, w, b, x):
    found = {(v.claim, v.printed): v.agreement for v in verdicts("qmul/linear-neuron")}
    assert found[f"w_L after {k}", w[0]] == w[1]
    assert found[f"b_L after {k}", b[0]] == b[1]
    assert found[f"x_L before {k}", x[0]] == x[1]


LAYERS_TABLE = [
    (1, "0.55", "0.26", "0.64", "0.35"),
    (2, "0.58", "0.25", "0.63", "0.41"),
    (3, "0.60", "0.24", "0.63", "0.45"),
    (4, "0.61", "0.24", "0.63", "0.47"),
    (5, "0.61", "0.24", "0.63", "0.48"),
    (6, "0.61", "0.24", "0.63", "0.49"),
    (7, "0.62", "0.24", "0.63", "0.49"),
    (8, "0.62", "0.24", "0.63", "0.50"),
]


@pytest.mark.parametrize(("k", "b", "w1", "b1", "x"), LAYERS_TABLE)
def test_the_table_of_two_linear_layers(k, b, w1, b1, x):
    found = {(v.claim, v.printed): v.agreement for v in verdicts("qmul/two-linear-layers")}
    printed = {"b_L": b, "w_Lm1": w1, "b_Lm1": b1, "x_L": x}
    assert {name: found[f"{name} after {k}", figure] for name, figure in printed.items()} == dict.fromkeys(printed, R)


SLIPS = [
    ("dl/relu-regression", "dsigma/dz"),
    ("qmul/two-linear-layers", "dE/dw_Lm1"),
    ("qmul/network-deltas", "z2_1"),
    ("qmul/network-deltas", "dL/dz1_1"),
    ("qmul/network-deltas-layers", "dE/dz1"),
    ("qmul/convolution-line", "z"),
    ("qmul/convolution-or-correlation", "c_0"),
    ("qmul/convolution-or-correlation", "c_1"),
    ("qmul/convolution-or-correlation", "d_11"),
    ("graz/two-two-one", "dell/dyhat"),
    ("cmu/second-smallest", "L"),
    ("cmu/stochastic", "update w"),
    ("neuron/adagrad", "update w"),
    ("neuron/rmsprop", "update v"),
    ("neuron/rmsprop", "update w"),
    ("neuron/adam", "update mhat"),
    ("neuron/adam", "update vhat"),
    ("neuron/adam", "update w"),
    ("cmu/three-layer-chain", "∂L/∂b"),
    ("cmu/three-layer-chain", "dL/df_3"),
    ("cmu/three-layer-chain", "dL/dw_3"),
    ("cmu/three-layer-chain", "w_3 after 1"),
]


def test_the_slips_of_the_lectures_are_these_and_no_others():
    found = [(ident, v.claim) for ident in list_lectured() for v in verdicts(ident) if v.erratum is not None]
    assert sorted(found) == sorted(SLIPS)
