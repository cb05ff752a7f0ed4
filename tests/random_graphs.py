"""Random graphs over four leaves: up to nine steps of every shape that the rules know."""

import random
from fractions import Fraction

from independent import OutsideError, dual, value

from tutor.expression.parse import parse
from tutor.graph.build import from_steps
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
    "elu({0}, {1})", "softplus({0})", "arctan({0})", "sec({0})", "csc({0})", "cot({0})",
    "arcsin(sin({0})/2)", "arccos(tanh({0})/2)", "sech({0})", "csch({0})", "coth({0})", "arsinh({0})", "arcosh(2 + {0}^2)",
    "artanh(tanh({0})/2)",
    "huber({0}, {1}, 1/2)", "heaviside({0})", "softmax_1({0}, {1})", "softmax_2({0}, {1}, {2})",
    "softmax_1({0})",
    "squared_error({0}, {1})", "({0} - {1})^2", "half_squared_error({0}, {1})", "1/2*({0} - {1})^2", "({0} - {1})^2/2",
    "absolute_error({0}, {1})", "abs({0} - {1})", "zero_one({0}, {1})", "hinge({0}, {1})", "max(0, 1 - {0}*{1})",
    "cross_entropy({0}, {1})", "binary_cross_entropy({0}, {1})", "binary_cross_entropy(sigmoid({0}), {1})",
    "-{1}*log({0}) - (1 - {1})*log(1 - {0})", "1/(1 + exp(-{0}))", "sigmoid(2*{0} - {1})", "exp(-{0}*{0})", "pi*{0}",
    "{0}*exp({1})/(1 + {2}^2)", "(exp({0}) - exp(-{0}))/(exp({0}) + exp(-{0}))", "softplus({0}*{1}) + {2}",
    "log(sigmoid({0}))", "exp(tanh({0}*{1}))", "squared_error(sigmoid({0}), {1})", "sqrt(1 + exp({0}))",
    "relu({0} - {1})*{2}", "max({0}*{1}, sin({2}), 1/3)", "{0}*sigmoid({0})", "sigmoid({0})^2 + {1}*tanh({0})",
    "erf({0})", "logit(sigmoid({0}))", "smooth_label({0}, 0.1, 3)", "softsign({0})", "silu({0})", "gelu({0})", "gelu_tanh({0})",
    "mish({0})", "selu({0})", "relu6({0})", "hard_sigmoid({0})", "hard_tanh({0})", "log_sigmoid({0})",
    "smooth_l1({0}, {1}, 1/2)", "log_cosh({0}, {1})",
    "quantile({0}, {1}, 0.3)", "poisson_nll(exp({0}), {1})", "log_poisson_nll({0}, {1})", "gaussian_nll({0}, {1}, exp({2}))",
    "kl_divergence(sigmoid({0}), sigmoid({1}))", "kl_gaussians({0}, exp({1}), {2}, 2)", "kl_standard_normal({0}, {1})",
    "focal(sigmoid({0}), {1}, 2)", "triplet({0}, {1}, 1)", "multi_hinge({0}, {1}, 1)", "lse({0}, {1}, {2})", "lse({0}, 0)",
    "log_softmax_1({0}, {1})", "log_softmax_3({0}, {1}, {2})",
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
