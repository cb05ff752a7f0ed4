"""Layer and scalar form agree to 1e-12 relative, on hundreds of random graphs of all kinds of layers and on random networks."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import close, gradients
from independent_layers import ALONG_AXES
from random_layers import ACTIVATIONS, BY_RANK, ENDS, MATRIX_ENDS, PAIRS, VECTOR_ENDS, random_layers, random_network
from random_today import random_today
from torch_live import reference

from tutor.derive.backward import derive
from tutor.errors import ProofError, ValueProblem
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Call, children
from tutor.graph.layered import choose_sizes, choose_telling_sizes, from_layers, from_network_layers, write_out
from tutor.graph.network import Network, from_network
from tutor.numbers.arithmetic import CONTEXT, as_real
from tutor.numbers.form_agreement import TOLERANCE, agree, relative
from tutor.numbers.proof_facts import Agreement
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.rules.operations import LAYERS

NO_POINT = "no point was found"


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_both_forms_of_random_graphs(generator):
    layered = random_layers(generator)
    try:
        found = agree(layered, None, None)
    except ProofError as error:
        assume(NO_POINT not in str(error))  # max(x, x): a kink everywhere
        raise
    assert found.points == 2
    assert found.entries == sum(len(array.items) for array in layered.entries.values())
    assert as_real(found.error) <= as_real(TOLERANCE) == as_real(Fraction(1, 10**12))


@given(st.randoms(use_true_random=False), st.sampled_from(["plain", "transposed"]))
@settings(max_examples=60)
def test_both_forms_of_random_networks(generator, affine):
    network = random_network(generator)
    layered, scalar = from_network_layers(network, affine), from_network(network)
    values = {q.name: Fraction(generator.randint(-30, 30), 13) for q in scalar.leaves}
    try:
        found = agree(layered, scalar, values)
    except ValueProblem:  # the logarithm of a probability that is 0
        found = agree(layered, scalar, None)
    assert as_real(found.error) <= as_real(TOLERANCE)


def with_pytorch():
    """What is compared with PyTorch instead."""
    for steps, shapes, _ in reference("composite_layers")[0].CASES.values():
        yield from_layers(steps.split("; "), shapes)
    for formula, shapes, _ in reference("layers")[0].CASES.values():
        *steps, loss = formula.split("; ")
        yield from_layers([*steps, f"L = {loss}"], shapes)


@pytest.mark.slow
def test_both_forms_of_networks_of_today():
    """A few; tests/benchmarks/forms.py compares 500 of them, as many others, and all exercises."""
    made = [layered for seed in range(100, 104) if (layered := random_today(Random(seed))) is not None]
    assert sum(agree(layered, None, None).entries for layered in made) > 40


def list_layers(expr):
    found = {expr.func} & set(LAYERS) if type(expr) is Call else set()
    return found.union(*map(list_layers, children(expr)))


def test_the_random_graphs_reach_every_kind():
    used, reached, of_tables, refused = Counter(), set(), set(), 0
    for seed in range(500):
        layered = random_layers(Random(seed), used)
        for step in (*layered.graph.steps, *derive(layered.graph).backward):
            reached |= list_layers(step.expr)
        refused += len(layered.graph.steps) < 2
    for layered in with_pytorch():
        for step in (*layered.graph.steps, *derive(layered.graph).backward):
            of_tables |= list_layers(step.expr)
    tables = (*ACTIVATIONS, *chain(*BY_RANK.values()), *PAIRS, *ENDS, *VECTOR_ENDS, *MATRIX_ENDS)
    assert [template for template in tables if not used[template]] == []
    besides = {"flip", "route_first", "route_first_1d", "route_first_3d"}
    # what only readers write, and where ties are declared to go to the first
    assert set(LAYERS) - reached - of_tables - set(ALONG_AXES) == besides
    assert refused < 150


def test_a_random_graph_against_independent_forward_mode():
    for seed in (0, 3, 17, 40):
        layered = random_layers(Random(seed))
        graph = write_out(layered)
        values = {q.name: Fraction(n, 53) for n, q in enumerate(graph.leaves, 7)}
        arrays = evaluate_layers(derive(layered.graph), as_arrays(layered, values))
        expected = gradients(graph, values)
        for name, array in layered.entries.items():
            for single, value in zip(array.items, arrays[f"dL/d{name}"].items, strict=True):
                assert close(value, expected[single]), (seed, single)


AFFINE = (["z = W x + b", "a = sigmoid(z)", "L = sum((a - y)^2)"], {"W": (2, 3), "x": (3,), "b": (2,), "y": (2,)})


def test_a_pullback_that_is_spoilt_is_a_proof_error(monkeypatch):
    layered = from_layers(*AFFINE)
    assert agree(layered, None, None).entries == 6 + 3 + 2 + 2 + 2 + 2 + 1
    row = LAYERS["matmul"][1]
    bent = replace(row, pullbacks=("outer(G, x)", "1001/1000*matmul(transpose(A), G)"))
    monkeypatch.setitem(LAYERS, "matmul", (LAYERS["matmul"][0], bent, *LAYERS["matmul"][2:]))
    with pytest.raises(ProofError, match=r"entry \(1,\) of dL/dx is .* in the layer form and .* neuron by neuron") as error:
        agree(from_layers(*AFFINE), None, None)  # a graph of its own: what was derived of the other one is kept
    assert "please report" in error.value.hint


def test_a_missing_term_is_a_proof_error(monkeypatch):
    row = LAYERS["softmax"][0]
    monkeypatch.setitem(LAYERS, "softmax", (replace(row, pullbacks=("hadamard(out, G)",)),))
    with pytest.raises(ProofError):
        agree(from_layers(["p = softmax(z)", "L = sum(p ⊙ y)"], {"z": (3,), "y": (3,)}), None, None)


def test_a_scalar_graph_that_is_another_is_a_proof_error():
    network = Network((2, 2), ("sigmoid",))
    other = from_network(Network((2, 2), ("tanh",)))
    with pytest.raises(ProofError):
        agree(from_network_layers(network), other, None)


def test_agreement_at_given_values_is_exact_where_it_can_be():
    layered = from_layers(["z = W x", "L = sum(z^2)"], {"W": (1, 2), "x": (2,)})
    values = {name: Fraction(n) for n, name in enumerate(("W_1_1", "W_1_2", "x_1", "x_2"), 1)}
    found = agree(layered, None, values)
    assert (found.entries, found.error, found.at_values, found.points) == (6, 0, True, 1)
    assert ENGLISH.proofs.say_proof(found).endswith("agree in all 6 entries of the gradients, exactly (at the given values)")


def test_letters_get_small_different_numbers():
    layered = from_layers(["Z = W X + columns(b, N)", "L = sum(Z^2)/N"], {"W": ("m", "n"), "X": ("n", "N"), "b": ("m",)})
    small, sizes = choose_sizes(layered)
    assert sizes == {"m": 2, "n": 3, "N": 4}
    assert small.shapes["W"] == (2, 3)
    assert ENGLISH.proofs.say_proof(agree(layered, None, None)).endswith("exactly (at 2 random points, with m = 3, n = 4, N = 5)")


@pytest.mark.parametrize(("steps", "shapes"), [
    (["L = sum(x^2)/(n - 1)"], {"x": ("n",)}), (["z = W x", "L = sum(z^3)/4"], {"W": ("m", "n"), "x": ("n",)}),
    (["z = A x + B y", "L = sum(z)"], {"A": (3, "n"), "x": ("n",), "B": (3, "m"), "y": ("m",)}),
])  # fmt: skip
def test_sizes_are_told_from_each_other_and_from_the_numbers_of_a_formula(steps, shapes):
    layered = from_layers(steps, shapes)
    small, sizes = choose_telling_sizes(layered)
    other, others = choose_telling_sizes(layered, sizes)
    for chosen in (sizes, others):
        assert len({*chosen.values()}) == len(chosen)
        assert not {*chosen.values()} & {1, 2}
    assert not {*sizes.values()} & {size for shape in layered.shapes.values() for size in shape if isinstance(size, int)}
    assert sizes != others
    assert small.shapes != other.shapes


def test_where_no_other_sizes_fit_they_stay():
    layered = from_layers(["L = sum(x[h:2*h]^2)"], {"x": (4,)})
    sizes = choose_telling_sizes(layered)[1]
    assert choose_telling_sizes(layered, sizes)[1] == sizes == {"h": 2}


def test_gradients_that_are_not_shown_are_counted_apart():
    layered = from_layers(["z = W x", "L = sum(z^2)"], {"W": (1, 2), "x": (2,)})
    found = agree(layered, None, None, shown={"z", "W"})
    assert (found.entries, found.besides) == (3, {"x": 2})
    assert "all 3 entries" in ENGLISH.proofs.say_proof(found)
    assert ENGLISH.proofs.say_proof(found).endswith("; so do 2 more, those of x, which are not shown")


def test_where_there_is_no_point():
    with pytest.raises(ProofError, match=NO_POINT):
        agree(from_layers(["L = sum(log(-x^2))"], {"x": (2,)}), None, None)


def test_a_zero_that_is_left_of_a_cancellation_agrees_with_zero():
    """Σ softmax = 1 whatever z is: one form finds 0, the other what hundreds of digits leave of it."""
    layered = from_layers(["P = softmax_columns(Z)", "L = sum(P)^2 + sum(c*P)"], {"Z": (2, 2)})
    assert as_real(agree(layered, None, None).error) <= as_real(TOLERANCE)


@pytest.mark.parametrize(("a", "b", "floor", "difference"), [
    (Fraction(1), Fraction(3, 4), 0, Fraction(1, 4)), (Fraction(0), Fraction(0), 0, 0), (Fraction(-1), Fraction(1), 0, 2),
    (CONTEXT.mpf("1e-320"), Fraction(0), CONTEXT.mpf("1e-300"), 0), (CONTEXT.mpf("1e-45"), Fraction(0), CONTEXT.mpf("1e-300"), 1),
    (CONTEXT.mpf(2), CONTEXT.mpf(1), 0, CONTEXT.mpf("0.5")),
])  # fmt: skip
def test_relative_differences(a, b, floor, difference):
    assert relative(a, b, floor) == difference


def test_small_gradients_are_compared_too(monkeypatch):
    """σ'(110) is 10^-48: a factor that is wrong there is no rounding."""
    steps, shapes = ["a = sigmoid(z)", "b = softmax(a)", "L = sum(b ⊙ y)"], {"z": (2,), "y": (2,)}
    values = {"z_1": Fraction(110), "z_2": Fraction(111), "y_1": Fraction(1), "y_2": Fraction(2)}
    assert as_real(agree(from_layers(steps, shapes), None, values).error) < 1e-12
    row = LAYERS["softmax"][0]
    monkeypatch.setitem(LAYERS, "softmax", (replace(row, pullbacks=(f"1001/1000*{row.pullbacks[0]}",)),))
    with pytest.raises(ProofError):
        agree(from_layers(steps, shapes), None, values)


def test_the_sentence():
    assert "to 10⁻²⁷" in ENGLISH.proofs.say_proof(Agreement(3, CONTEXT.mpf("3e-28"), False, 2))
    assert "to 10⁻⁵⁰" in ENGLISH.proofs.say_proof(Agreement(3, CONTEXT.mpf("3e-80"), False, 2))


