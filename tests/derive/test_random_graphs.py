"""Every gradient of more than a thousand random graphs against forward-mode numbers, independently implemented."""

import random
from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from independent import OutsideError, close, dual, forward, gradients, value

from tutor.derive.backward import derive
from tutor.derive.chains import count_routes, full_chains
from tutor.derive.chains import gradients as steps_of
from tutor.expression.parse import parse
from tutor.expression.walk import names
from tutor.graph.build import from_steps
from tutor.numbers.run import compute, evaluate
from tutor.rules.functions import FUNCTIONS

# {0}, {1}, {2} are earlier quantities, chosen at random: the same may be used often (fan-out), or twice in one step.
SHAPES = [
    "{0} + {1}", "{0} - {1}", "{0} + {1} + {2} + 1/2", "{0}*{1}", "{0}*{1}*{2}", "2*{0}", "{0}*{0}", "-{0}", "{0}",
    "3/4",
    "{0}/{1}", "{0}/3", "1/{0}", "{0}*{1}/{2}", "{0}^2", "{0}^3", "{0}^(-2)", "{0}^0.5", "2^{0}", "abs({0})^{1}",
    "{0}*{1} + {2}", "{0}*{1} - {2}*{0}", "1 - {0}*{1} + {2}", "{0}*(1 - {1})", "({0} + {1})*({0} - {1})",
    "exp({0})", "log({0})", "log(1 + {0}^2)", "sqrt({0})", "sqrt(1 + {0}^2)", "sin({0})", "cos({0})", "tan({0})",
    "sinh({0})", "cosh({0})", "tanh({0})", "abs({0})", "sign({0})", "max({0}, {1})", "max({0}, {1}, {2})",
    "min({0}, {1})",
    "min({0}, {1}, 1/2)", "if_positive({0}, {1}, {2})", "identity({0})", "sigmoid({0})", "relu({0})", "max(0, {0})",
    "max(0.1*{0}, {0})", "leaky_relu({0}, 0.1)", "leaky_relu({0}, {1})", "leaky_relu_mix({0}, {1})", "prelu({0}, {1})",
    "elu({0}, {1})", "softplus({0})", "arctan({0})",
    "huber({0}, {1}, 1/2)", "heaviside({0})", "softmax_1({0}, {1})", "softmax_2({0}, {1}, {2})",
    "softmax_1({0})",
    "squared_error({0}, {1})", "({0} - {1})^2", "half_squared_error({0}, {1})", "1/2*({0} - {1})^2", "({0} - {1})^2/2",
    "absolute_error({0}, {1})", "abs({0} - {1})", "zero_one({0}, {1})", "hinge({0}, {1})", "max(0, 1 - {0}*{1})",
    "cross_entropy({0}, {1})", "binary_cross_entropy({0}, {1})", "binary_cross_entropy(sigmoid({0}), {1})",
    "-{1}*log({0}) - (1 - {1})*log(1 - {0})", "1/(1 + exp(-{0}))", "sigmoid(2*{0} - {1})", "exp(-{0}*{0})", "pi*{0}",
    "{0}*exp({1})/(1 + {2}^2)", "(exp({0}) - exp(-{0}))/(exp({0}) + exp(-{0}))", "softplus({0}*{1}) + {2}",
    "log(sigmoid({0}))", "exp(tanh({0}*{1}))", "squared_error(sigmoid({0}), {1})", "sqrt(1 + exp({0}))",
    "relu({0} - {1})*{2}", "max({0}*{1}, sin({2}), 1/3)", "{0}*sigmoid({0})", "sigmoid({0})^2 + {1}*tanh({0})",
]  # fmt: skip
LEAVES = ("x", "y", "z", "w")
LARGEST = 10**4


def random_graph(seed, used=None):
    """Up to nine steps over four shared leaves; a shape that makes no sense at these numbers is replaced by a sum."""
    generator = random.Random(seed)
    known = {name: dual(Fraction(generator.randint(-48, 48), 16)) for name in LEAVES}
    leaves = {name: Fraction(int(number.value * 16), 16) for name, number in known.items()}
    lines = []
    for number in range(generator.randint(2, 9)):
        chosen = [generator.choice(list(known)) for _ in range(3)]
        shape = generator.choice(SHAPES)
        found = attempt(shape, chosen, known)
        if found is None:
            shape = "{0} + {1}"
            found = value(parse(shape.format(*chosen)), known)
        known[f"a{number}"] = found
        lines.append(f"a{number} = {shape.format(*chosen)}")
        if used is not None:
            used[shape] += 1
    loss = generator.choice(lines[len(lines) // 2 :]).partition(" ")[0]
    graph = from_steps(lines, loss=loss)
    return graph, {quantity.name: leaves[quantity.name] for quantity in graph.leaves}


def attempt(shape, chosen, known):
    try:
        found = value(parse(shape.format(*chosen), functions=FUNCTIONS), known)
    except (OutsideError, ZeroDivisionError):
        return None
    return found if abs(found.value) < LARGEST else None


def chains_agree(derivation, trace):
    """The products of the factors along all paths, added up, give the gradient again."""
    loss = derivation.graph.loss
    routes = count_routes(derivation)
    for wrt in derivation.graph.names:
        chains = full_chains(derivation, wrt)
        if chains is None:
            continue
        assert len(chains) == routes[wrt]
        total = 0
        for path in chains:
            product = 1
            for factor in path.factors:
                product *= dual(compute(factor.expr, trace)).value
            total += product
            assert path.factors[0].of == loss
            assert path.factors[-1].wrt == wrt
            assert all(a.wrt == b.of for a, b in zip(path.factors, path.factors[1:], strict=False))
        assert close(total, trace[f"d{loss}/d{wrt}"])


def uses(graph, name):
    """The steps that use a quantity, among those that the loss depends on."""
    steps = {step.target: step for step in graph.steps}
    needed, stack = set(), [graph.loss]
    while stack:
        target = stack.pop()
        if target in steps and target not in needed:
            needed.add(target)
            stack += names(steps[target].expr)
    return [step.target for step in graph.steps if step.target in needed and name in names(step.expr)]


@given(st.integers(0, 2**40))
@settings(max_examples=1100)
def test_all_gradients_of_random_graphs(seed):
    graph, leaves = random_graph(seed)
    derivation = derive(graph)
    trace = evaluate(derivation, leaves)
    expected = gradients(graph, leaves)
    steps = steps_of(derivation)
    assert set(steps) == set(graph.names)
    for name, gradient in expected.items():
        assert close(trace[f"d{graph.loss}/d{name}"], gradient), name
        if name != graph.loss:
            users = uses(graph, name)
            assert [path.factors[1].of for path in steps[name].paths] == users
            assert gradient == 0 or users
    chains_agree(derivation, trace.values)


def test_the_forward_pass_agrees_too():
    for seed in range(100):
        graph, leaves = random_graph(seed)
        trace = evaluate(derive(graph), leaves)
        independent = forward(graph, leaves)
        assert all(close(trace[name], independent[name].value) for name in graph.names)


def test_the_random_graphs_reach_every_rule():
    used, reached, fan_out = Counter(), set(), 0
    for seed in range(1500):
        graph, _ = random_graph(seed, used)
        fan_out += any(len(uses(graph, name)) > 1 for name in graph.names)
        reached |= {step.rule for step in graph.steps}
    assert [shape for shape in SHAPES if not used[shape]] == []
    assert fan_out > 300
    assert set(FUNCTIONS) - {"softmax", "max_share", "min_share"} <= reached  # the last are derivatives of max and min
    assert {
        "softmax_1",
        "softmax_2",
        "sum",
        "difference",
        "weighted sum",
        "product",
        "quotient",
        "power",
        "formula",
    } <= reached


def test_the_test_catches_a_bent_gradient():
    graph, leaves = random_graph(7)
    trace = evaluate(derive(graph), leaves)
    expected = gradients(graph, leaves)
    name = next(name for name, gradient in expected.items() if gradient != 0 and name != graph.loss)
    assert not close(dual(trace[f"d{graph.loss}/d{name}"]).value * dual("1.001").value, expected[name])
