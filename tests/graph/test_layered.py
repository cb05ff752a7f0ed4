"""Graphs over layers: a network as layers is the network, whatever its conventions, biases, names, activations and losses."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from independent import close, gradients
from random_layers import random_network
from rows import LOSS_TEXTS, OF_PROBABILITIES

from tutor.derive.backward import derive
from tutor.errors import GraphError
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers, from_network_layers, put_sizes, write_out
from tutor.graph.network import MAX_WRITTEN, Network, from_network, quantities
from tutor.numbers.run import evaluate
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.rules.functions import FUNCTIONS

ONE_ARGUMENT = [row.name for row in FUNCTIONS.values() if len(row.params) == 1 and row.sample == (-3.0, 3.0)]
ACTIVATIONS = [*ONE_ARGUMENT, "leaky_relu(0.1)", "leaky_relu_mix(0.2)", "prelu(0.3)", "elu(1)", "softmax"]


def same(network, affine):
    """The write-out has the names of the network, and the same gradients by independent code."""
    layered = from_network_layers(network, affine)
    own, scalar = write_out(layered), from_network(network)
    assert {q.name for q in own.leaves} == {q.name for q in scalar.leaves}
    assert own.loss == scalar.loss
    generator = Random(len(scalar.steps))
    least = 1 if network.loss in OF_PROBABILITIES else -20
    values = {q.name: Fraction(generator.randint(least if q.kind == "target" else -20, 20), 11) for q in scalar.leaves}
    first, second = evaluate(derive(own), values), evaluate(derive(scalar), values)
    arrays = evaluate_layers(derive(layered.graph), as_arrays(layered, values))
    for name, entries in layered.entries.items():
        for single, value in zip(entries.items, arrays[f"dL/d{name}"].items, strict=True):
            gradient = second[f"d{scalar.loss}/d{single}"]
            assert close(first[f"d{scalar.loss}/d{single}"], gradient), single
            assert close(value, gradient), (name, single)
    return own, values


@pytest.mark.parametrize("affine", ["plain", "transposed"])
@pytest.mark.parametrize(("biases", "naming"), list(product(["neuron", "layer", "none"], ["plain", "numbered"])))
def test_biases_names_and_conventions(biases, naming, affine):
    own, values = same(Network((2, 3, 2), ("tanh", "sigmoid"), "half squared error", biases, naming), affine)
    expected = gradients(own, values)  # forward mode, independently
    trace = evaluate(derive(own), values)
    assert all(close(trace[f"d{own.loss}/d{name}"], value) for name, value in expected.items())


@pytest.mark.parametrize("affine", ["plain", "transposed"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, affine):
    same(Network((2, 2, 2), (name, "softmax")), affine)


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("loss", LOSS_TEXTS)
def test_losses(loss, mean):
    same(Network((2, 2, 3), ("tanh", "sigmoid"), loss, mean=mean), "plain")


@pytest.mark.parametrize("seed", range(25))
def test_random_networks(seed):
    generator = Random(seed)
    same(random_network(generator), generator.choice(["plain", "transposed"]))


def test_the_arrays_of_a_network():
    layered = from_network_layers(Network((3, 2), ("sigmoid",), naming="numbered"), "transposed")
    assert [f"{step.target} = {write_plain(step.expr)}" for step in layered.graph.steps] == [
        "z1 = matmul(transpose(W1), x) + b1", "a1 = sigmoid(z1)", "L = sum(1/2*(y - a1)^2)",
    ]  # fmt: skip
    assert layered.shapes == {"x": (3,), "y": (2,), "W1": (3, 2), "b1": (2,), "z1": (2,), "a1": (2,), "L": ()}
    assert layered.entries["W1"].items == ("w1", "w4", "w2", "w5", "w3", "w6")  # from input 1: to output 1, to output 2
    plainly = from_network_layers(Network((3, 2), ("sigmoid",), naming="numbered"))
    assert plainly.entries["W1"].items == ("w1", "w2", "w3", "w4", "w5", "w6")
    assert plainly.entries["b1"].items == ("b_o1", "b_o2")
    assert {q.name: q.kind for q in quantities(plainly.graph)} == {
        "x": "input", "y": "target", "W1": "weight", "b1": "bias", "z1": "sum", "a1": "activation", "L": "loss",
    }  # fmt: skip


def test_a_network_that_is_too_large():
    with pytest.raises(GraphError, match=f"the limit is {MAX_WRITTEN:,}"):
        from_network_layers(Network((1000, 1000), ("sigmoid",)))


def test_letters_become_numbers():
    layered = from_layers(["Z = W X + columns(b, N)", "L = sum(Z^2)/N"], {"W": ("m", "n"), "X": ("n", "N"), "b": ("m",)})
    small = put_sizes(layered, {"m": 1, "n": 2, "N": 3})
    assert small.shapes == {"W": (1, 2), "X": (2, 3), "b": (1,), "Z": (1, 3), "L": ()}
    assert [write_plain(step.expr) for step in small.graph.steps] == ["matmul(W, X) + columns(b, 3)", "sum(Z^2)/3"]
    assert small.symbolic == ()
    assert len(small.entries["Z"].items) == 3
    assert layered.entries == {}


def test_steps_in_any_order_and_parameters():
    layered = from_layers(["L = sum(z)", "z = W x"], {"W": (1, 2), "x": (2,)}, loss="L", parameters=["W"])
    assert [step.target for step in layered.graph.steps] == ["z", "L"]
    assert [q.name for q in layered.graph.parameters] == ["W"]
    assert [q.name for q in write_out(layered).parameters] == ["W_1_1", "W_1_2"]
