"""Networks: counting them, writing them out neuron by neuron, and what they compute."""

import itertools
import random

import numpy as np
import pytest
from independent import forward
from rows import LOSS_TEXTS, OF_PROBABILITIES

from tutor.errors import GraphError
from tutor.expression.plain import write_plain
from tutor.graph.network import MAX_WRITTEN, Network, counts, from_network, quantities

ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(0, z),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
}
FIGURES = {
    "squared error": lambda a, y: (a - y) ** 2,
    "half squared error": lambda a, y: (a - y) ** 2 / 2,
    "absolute error": lambda a, y: abs(a - y),
    "hinge": lambda a, y: np.maximum(0, 1 - y * a),
    "huber(0.8)": lambda a, y: np.where(abs(a - y) < 0.8, (a - y) ** 2 / 2, 0.8 * (abs(a - y) - 0.4)),
    "zero-one": lambda a, y: (a != y).astype(float),
    "cross-entropy": lambda a, y: -y * np.log(a),
    "binary cross-entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
    "smooth l1(0.8)": lambda a, y: np.where(abs(a - y) < 0.8, (a - y) ** 2 / 1.6, abs(a - y) - 0.4),
    "log-cosh": lambda a, y: np.logaddexp(a - y, y - a) - np.log(2),
    "quantile(0.8)": lambda a, y: np.maximum(0.8 * (y - a), -0.2 * (y - a)),
    "poisson": lambda a, y: a - y * np.log(a),
    "poisson of the log-rate": lambda a, y: np.exp(a) - y * a,
    "kl divergence": lambda a, y: np.where(y > 0, y * (np.log(np.where(y > 0, y, 1)) - np.log(a)), 0),
    "focal(0.8)": lambda a, y: -(y * (1 - a) ** 0.8 * np.log(a) + (1 - y) * a**0.8 * np.log(1 - a)),
}

def test_every_loss_is_tested():
    assert set(FIGURES) == set(LOSS_TEXTS)


def random_network(seed):
    generator = random.Random(seed)
    sizes = tuple(generator.randint(1, 4) for _ in range(generator.randint(2, 4)))
    loss = generator.choice(LOSS_TEXTS)
    activations = [generator.choice(["identity", "sigmoid", "tanh", "relu", "softplus"]) for _ in sizes[1:]]
    if loss in OF_PROBABILITIES:
        activations[-1] = generator.choice(["sigmoid", "softmax"] if sizes[-1] > 1 else ["sigmoid"])
    settings = {"loss": loss, "biases": generator.choice(["neuron", "layer", "none"]), "mean": generator.random() < 0.3}
    return Network(sizes, tuple(activations), naming=generator.choice(["plain", "numbered"]), **settings)


def numpy_forward(network, graph, values):
    """The network's forward pass with matrices; the parameters are found by their place, not by their name."""
    place = {(q.kind, q.index): values[q.name] for q in graph.leaves}
    a = np.array([place["input", (0, j)] for j in range(1, network.sizes[0] + 1)])
    for layer, (size, name) in enumerate(zip(network.sizes[1:], network.activations, strict=True), 1):
        rows = [
            [q for q in graph.parameters if q.kind == "weight" and q.index[:2] == (layer, j)]
            for j in range(1, size + 1)
        ]
        weights = np.array([[values[q.name] for q in sorted(row, key=lambda q: q.index[2])] for row in rows])
        bias = [place.get(("bias", (layer, j)), place.get(("bias", (layer,)), 0.0)) for j in range(1, size + 1)]
        a = ACTIVATIONS[name](weights @ a + np.array(bias))
    y = np.array([place["target", (len(network.sizes) - 1, j)] for j in range(1, network.sizes[-1] + 1)])
    total = FIGURES[network.loss](a, y)
    return total.mean() if network.mean else total.sum()


@pytest.mark.parametrize("seed", range(60))
def test_written_out_it_computes_what_numpy_computes(seed):
    network = random_network(seed)
    graph = from_network(network)
    generator = random.Random(seed)
    values = {q.name: generator.uniform(-1, 1) for q in graph.leaves}
    for q in graph.inputs:
        if q.kind == "target" and network.loss in OF_PROBABILITIES:
            values[q.name] = float(generator.randint(0, 1))
    written_out = float(forward(graph, values)[graph.loss].value)
    assert written_out == pytest.approx(numpy_forward(network, graph, values), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_counts_are_those_of_the_written_network(seed):
    network = random_network(seed)
    graph, counted = from_network(network), counts(network)
    kinds = [q.kind for q in quantities(graph)]
    assert counted == {
        "inputs": kinds.count("input"),
        "outputs": network.sizes[-1],
        "neurons": kinds.count("sum"),
        "weights": kinds.count("weight"),
        "biases": kinds.count("bias"),
        "parameters": len(graph.parameters),
    }
    assert kinds.count("activation") == counted["neurons"]
    assert len(set(graph.names)) == len(graph.names)


def test_counts_of_the_lecture():
    """cmu: [3 × 4] + [4 × 2] = 20 weights, 4 + 2 = 6 biases, 26 parameters; and 32 weights, 9 biases, 41."""
    assert counts(Network((3, 4, 2), ("relu", "identity")))["parameters"] == 26
    deeper = counts(Network((3, 4, 4, 1), ("relu", "relu", "identity")))
    assert (deeper["neurons"], deeper["weights"], deeper["biases"], deeper["parameters"]) == (9, 32, 9, 41)


def brute_force(sizes, biases):
    weights = sum(1 for a, b in itertools.pairwise(sizes) for _ in itertools.product(range(a), range(b)))
    return weights, {"neuron": sum(sizes[1:]), "layer": len(sizes) - 1, "none": 0}[biases]


@pytest.mark.parametrize("biases", ["neuron", "layer", "none"])
@pytest.mark.parametrize("sizes", [(1, 1), (5, 3), (2, 7, 1), (3, 4, 4, 1), (1, 2, 3, 4, 5)])
def test_counts_against_brute_force(sizes, biases):
    counted = counts(Network(sizes, ("tanh",) * (len(sizes) - 1), biases=biases))
    assert (counted["weights"], counted["biases"]) == brute_force(sizes, biases)


def test_the_network_of_the_neuron_lecture():
    graph = from_network(Network((2, 2, 2), ("sigmoid", "sigmoid"), biases="layer", naming="numbered"))
    assert [f"{step.target} = {write_plain(step.expr)}" for step in graph.steps] == [
        "in_h1 = w1*i1 + w2*i2 + b1",
        "out_h1 = sigmoid(in_h1)",
        "in_h2 = w3*i1 + w4*i2 + b1",
        "out_h2 = sigmoid(in_h2)",
        "in_o1 = w5*out_h1 + w6*out_h2 + b2",
        "out_o1 = sigmoid(in_o1)",
        "in_o2 = w7*out_h1 + w8*out_h2 + b2",
        "out_o2 = sigmoid(in_o2)",
        "L_o1 = 1/2*(target_o1 - out_o1)^2",
        "L_o2 = 1/2*(target_o2 - out_o2)^2",
        "L = L_o1 + L_o2",
    ]
    assert [q.name for q in graph.parameters] == ["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]


WRONG = [
    ({"sizes": (2,), "activations": ()}, "at least two layers", "sizes = [2, 2, 1]"),
    ({"sizes": (2, 0, 1), "activations": ("tanh", "tanh")}, "at least two layers", ""),
    ({"sizes": (2, 1), "activations": ("tanh", "tanh")}, "2 activations for 1 layers", "name one for all"),
    ({"sizes": (2, 1), "activations": ("sigmod",)}, "no activation sigmod", "sigmoid"),
    ({"sizes": (2, 1), "activations": ("elu",)}, "no activation elu", ""),
    ({"sizes": (2, 1), "activations": ("tanh",), "loss": "squared eror"}, "no loss squared eror", "squared error"),
    ({"sizes": (2, 1), "activations": ("tanh",), "biases": "both"}, "no biases both", "neuron"),
    ({"sizes": (2, 1), "activations": ("tanh",), "naming": "plan"}, "no naming plan", "plain"),
]


@pytest.mark.parametrize(("settings", "what", "hint"), WRONG, ids=[row[1] for row in WRONG])
def test_a_network_checks_itself(settings, what, hint):
    with pytest.raises(GraphError) as caught:
        Network(**settings)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_a_network_too_large_to_write_can_be_counted():
    network = Network((1000, MAX_WRITTEN, 10), ("relu", "softmax"))
    assert counts(network)["weights"] == 1010 * MAX_WRITTEN
    with pytest.raises(GraphError, match="too large to write out"):
        from_network(network)
