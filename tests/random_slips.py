"""Random networks and the answers of students to them: right ones, one slip each, and wrong ones made at random.

The slips in `SLIPS` are worked here by hand in plain Python, so that the marker's own way to bend a derivation is held against another.
"""

import math
import random
from dataclasses import dataclass, field, replace

from tutor.exercise.load import from_text
from tutor.exercise.question import Question

ACTIVATIONS = {  # the function, and its slope from the input z and the output a
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (math.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(0.0, z), lambda z, a: 1.0 if z > 0 else 0.0),
    "softplus": (lambda z: math.log(1 + math.exp(z)), lambda z, a: 1 / (1 + math.exp(-z))),
}
LOSSES = {  # one output's loss, and its slope
    "half squared error": (lambda a, y: (y - a) ** 2 / 2, lambda a, y: a - y),
    "squared error": (lambda a, y: (a - y) ** 2, lambda a, y: 2 * (a - y)),
}
NOTATIONS = ("neuron", "qmul", "graz", "dl", "cmu")


@dataclass
class Net:
    """A network of one hidden layer with its values, by the names that the exercise uses (``plain`` naming)."""

    ident: str
    sizes: tuple
    hidden: str
    output: str
    loss: str
    notation: str
    rate: float
    values: dict = field(default_factory=dict)

    def toml(self):
        listed = "\n".join(f"{name} = {value!r}" for name, value in self.values.items())
        return (
            f'title = "t"\nnotation = "{self.notation}"\n[network]\nsizes = {list(self.sizes)}\n'
            f'activation = ["{self.hidden}", "{self.output}"]\nloss = "{self.loss}"\nnaming = "plain"\n'
            f"[values]\n{listed}\n[train]\nrate = {self.rate}\nsteps = 1\n"
        )

    def exercise(self):
        """The exercise, each of its numbers a question of its own."""
        asked = tuple(Question(name, name.replace("@1", " after 1"), "number", (name,)) for name in work(self))
        return replace(from_text(self.toml(), self.ident), questions=asked)


def make(seed):
    """A random network, the same one for the same seed."""
    chance = random.Random(seed)
    sizes = (chance.choice((2, 3)), chance.choice((2, 3)), chance.choice((1, 2)))
    net = Net(
        f"random-{seed}", sizes, chance.choice(list(ACTIVATIONS)), chance.choice(("sigmoid", "tanh", "sigmoid")),
        chance.choice(list(LOSSES)), chance.choice(NOTATIONS), chance.choice((0.1, 0.3, 0.5)),
    )  # fmt: skip
    draw = lambda: round(chance.uniform(0.1, 1.2) * chance.choice((1, 1, -1)), 3)  # noqa: E731
    net.values = {f"x{i}": draw() for i in range(1, sizes[0] + 1)}
    for layer in (1, 2):
        for j in range(1, sizes[layer] + 1):
            net.values |= {f"w{layer}_{i}_{j}": draw() for i in range(1, sizes[layer - 1] + 1)}
            net.values[f"b{layer}_{j}"] = draw()
    net.values |= {f"y{k}": round(chance.uniform(0.05, 0.95), 2) for k in range(1, sizes[2] + 1)}
    return net


SLIPS = {  # what is done wrong, and the tag that it has
    "error the other way round": "sign-of-error", "output slope forgotten": "inner-derivative-forgotten",
    "slopes of hidden neurons forgotten": "inner-derivative-forgotten", "hidden bias forgotten": "bias-forgotten",
    "bias added twice": "bias-twice", "hidden activation forgotten": "activation-forgotten", "weights transposed": "weights-transposed",
    "one path only": "missing-path", "up the gradient": "step-up", "no step size": "step-size-forgotten",
    "another step size": "rate-power-of-ten", "slope of sigmoid for tanh": "slope-of-another",
    "net input for hidden output": "net-for-output",
    "error not squared": "error-not-squared", "only the step": "old-weight-forgotten", "target left out": "target-forgotten",
    "paths subtracted": "paths-subtracted", "inputs exchanged": "another-unit",
}  # fmt: skip


def work(net, slip=""):
    """All values of a network as a student finds them who makes one slip (or none), by the names of the working."""
    v, (n, h, m) = dict(net.values), net.sizes
    act, slope = ACTIVATIONS[net.hidden]
    out, out_slope = ACTIVATIONS[net.output]
    loss, loss_slope = LOSSES[net.loss]
    x = {i: v[f"x{i}"] for i in range(1, n + 1)}
    read = {i: x[n + 1 - i] if slip == "inputs exchanged" else x[i] for i in x}  # in the gradients
    w2 = {(k, j): v[f"w2_{j}_{k}"] for k in range(1, m + 1) for j in range(1, h + 1)}
    if slip == "weights transposed":
        if h != m:
            return None
        back = {(k, j): w2[j, k] for k, j in w2}
    else:
        back = w2
    found, a1, z1 = {}, {}, {}
    for j in range(1, h + 1):
        times = {"hidden bias forgotten": 0, "bias added twice": 2}.get(slip, 1)
        z1[j] = sum(v[f"w1_{i}_{j}"] * x[i] for i in x) + times * v[f"b1_{j}"]
        a1[j] = z1[j] if slip == "hidden activation forgotten" else act(z1[j])
        found |= {f"z1_{j}": z1[j], f"a1_{j}": a1[j]}
    total, d2, at = 0.0, {}, {}
    for k in range(1, m + 1):
        z = sum(w2[k, j] * a1[j] for j in a1) + v[f"b2_{k}"]
        a, y = out(z), v[f"y{k}"]
        one = (loss(a, y) if slip != "error not squared" else (y - a) / 2 if net.loss.startswith("half") else a - y)
        total += one
        error = loss_slope(a, y)
        error = {"error the other way round": -error, "target left out": loss_slope(a, 0.0)}.get(slip, error)
        steep = 1.0 if slip == "output slope forgotten" else out_slope(z, a)
        if slip == "slope of sigmoid for tanh":
            if net.output != "tanh":
                return None
            steep = a * (1 - a)
        d2[k], at[k] = error * steep, a
        found |= {f"z2_{k}": z, f"a2_{k}": a, f"dL/da2_{k}": error, f"dL/dz2_{k}": d2[k]}
    found["L"] = total
    up = slip == "up the gradient"
    rate = {"no step size": 1.0, "another step size": net.rate / 10}.get(slip, net.rate) * (-1 if up else 1)
    gradients = {}
    for k in d2:
        for j in a1:
            gradients[f"w2_{j}_{k}"] = d2[k] * (z1[j] if slip == "net input for hidden output" else a1[j])
        gradients[f"b2_{k}"] = d2[k]
    for j in a1:
        parts = [d2[k] * back[k, j] for k in d2]
        if slip in ("one path only", "paths subtracted"):
            if m < 2:
                return None
            parts = parts[:1] if slip == "one path only" else [parts[0], -parts[1]]
        da = sum(parts)
        dz = da * (1.0 if slip == "slopes of hidden neurons forgotten" else slope(z1[j], a1[j]))
        found |= {f"dL/da1_{j}": da, f"dL/dz1_{j}": dz}
        gradients |= {f"w1_{i}_{j}": dz * read[i] for i in x} | {f"b1_{j}": dz}
    for name, gradient in gradients.items():
        found[f"dL/d{name}"] = gradient
        found[f"{name}@1"] = -rate * gradient if slip == "only the step" else v[name] - rate * gradient
    return found


def written(value, digits):
    """A number as a student writes it."""
    return f"{value:#.{digits}g}".rstrip(".") if 1e-4 <= abs(value) < 10**digits else f"{value:.{digits - 1}e}"


def wrong_at_random(net, right, others, chance, digits):
    """A wrong answer that nobody can explain: noise, a digit mistyped, or the number of another student's exercise."""
    kind = chance.choice(("noise", "digit", "other"))
    if kind == "noise":
        return written(right * (1 + chance.choice((-1, 1)) * chance.uniform(0.02, 0.6)), digits)
    if kind == "other":
        return written(chance.choice(others), digits)
    text = list(written(right, digits))
    places = [at for at, sign in enumerate("".join(text).partition("e")[0]) if sign.isdigit() and (sign != "0" or at > 2)]
    at = chance.choice(places)
    text[at] = chance.choice([sign for sign in "0123456789" if sign != text[at]])
    return "".join(text)
