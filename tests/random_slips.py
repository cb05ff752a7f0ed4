"""Random networks and the answers of students to them: right ones, one slip each, and wrong ones made at random.

The slips in `SLIPS` are worked here by hand in plain Python, so that the marker's own way to bend a derivation is held against another.
With `Written` numbers the same lines of working write formulas: those of the slip, as a student would derive them.
"""

import math
import random
from dataclasses import dataclass, field, replace

from tutor.exercise.load import from_text
from tutor.exercise.question import Question


class Written(float):
    """A number with the formula that it was worked by, and how tightly its last sign binds: 1 sum, 2 product, 3 anything else."""

    text: str
    binds: int

    def __new__(cls, value, text, binds=3):
        own = super().__new__(cls, value)
        own.text, own.binds = text, binds
        return own

    def inside(self, binds):
        return self.text if self.binds >= binds else f"({self.text})"

    def __add__(self, other):
        return Written(float(self) + float(other), f"{self.text} + {as_written(other).text}", 1)

    def __radd__(self, other):
        return self if type(other) is int and not other else as_written(other) + self  # what `sum` begins with

    def __sub__(self, other):
        return Written(float(self) - float(other), f"{self.text} - {as_written(other).inside(2)}", 1)

    def __rsub__(self, other):
        return as_written(other) - self

    def __neg__(self):
        return Written(-float(self), f"-{self.inside(2)}", 1)

    def __mul__(self, other):
        return Written(float(self) * float(other), f"{self.inside(2)}*{as_written(other).inside(3)}", 2)

    def __rmul__(self, other):
        return as_written(other) * self

    def __truediv__(self, other):
        return Written(float(self) / float(other), f"{self.inside(2)}/{as_written(other).inside(3)}", 2)

    def __rtruediv__(self, other):
        return as_written(other) / self

    def __pow__(self, power):
        return Written(float(self) ** power, f"{self.inside(4)}^{power}", 3)


def as_written(number):
    return number if isinstance(number, Written) else Written(number, f"{number:g}" if number >= 0 else f"({number:g})")


def called(name, function):
    """A function of a number, or of one with a formula."""

    def call(z):
        return Written(function(float(z)), f"{name}({z.text})") if isinstance(z, Written) else function(z)

    return call


exp, tanh, log = called("exp", math.exp), called("tanh", math.tanh), called("log", math.log)
sigmoid = called("sigmoid", lambda z: 1 / (1 + math.exp(-z)))
relu = called("relu", lambda z: max(0.0, z))
step = called("step", lambda z: 1.0 if z > 0 else 0.0)

ACTIVATIONS = {  # the function, and its slope from the input z and the output a
    "sigmoid": (sigmoid, lambda z, a: a * (1 - a)),
    "tanh": (tanh, lambda z, a: 1 - a**2),
    "relu": (relu, lambda z, a: step(z)),
    "softplus": (lambda z: log(1 + exp(z)), lambda z, a: 1 / (1 + exp(-z))),
}
LOSSES = {  # one output's loss, and its slope
    "half squared error": (lambda a, y: (y - a) ** 2 / 2, lambda a, y: a - y),
    "squared error": (lambda a, y: (a - y) ** 2, lambda a, y: 2 * (a - y)),
}
NOTATIONS = ("neuron", "qmul", "graz", "dl", "cmu")


@dataclass
class Net:
    """A network of one or two hidden layers with its values, by the names that the exercise uses (``plain`` naming)."""

    ident: str
    sizes: tuple
    hidden: str
    output: str
    loss: str
    notation: str
    rate: float
    values: dict = field(default_factory=dict)

    @property
    def activations(self):
        return [self.hidden] * (len(self.sizes) - 2) + [self.output]

    def toml(self):
        listed = "\n".join(f"{name} = {value!r}" for name, value in self.values.items())
        return (
            f'title = "t"\nnotation = "{self.notation}"\n[network]\nsizes = {list(self.sizes)}\n'
            f'activation = {self.activations}\nloss = "{self.loss}"\nnaming = "plain"\n'
            f"[values]\n{listed}\n[train]\nrate = {self.rate}\nsteps = 1\n"
        )

    def exercise(self, kind="number"):
        """The exercise, each of its numbers (or formulas) a question of its own."""
        asked = tuple(Question(name, name.replace("@1", " after 1"), kind, (name,)) for name in work(self))
        return replace(from_text(self.toml(), self.ident), questions=asked)


def make(seed, hidden=1):
    """A random network with so many hidden layers, the same one for the same seed."""
    chance = random.Random(seed)
    sizes = (*(chance.choice((2, 3)) for _ in range(hidden + 1)), chance.choice((1, 2)))
    net = Net(
        f"random-{seed}", sizes, chance.choice(list(ACTIVATIONS)), chance.choice(("sigmoid", "tanh", "sigmoid")),
        chance.choice(list(LOSSES)), chance.choice(NOTATIONS), chance.choice((0.1, 0.3, 0.5)),
    )  # fmt: skip
    draw = lambda: round(chance.uniform(0.1, 1.2) * chance.choice((1, 1, -1)), 3)  # noqa: E731
    net.values = {f"x{i}": draw() for i in range(1, sizes[0] + 1)}
    for layer in range(1, len(sizes)):
        for j in range(1, sizes[layer] + 1):
            net.values |= {f"w{layer}_{i}_{j}": draw() for i in range(1, sizes[layer - 1] + 1)}
            net.values[f"b{layer}_{j}"] = draw()
    net.values |= {f"y{k}": round(chance.uniform(0.05, 0.95), 2) for k in range(1, sizes[-1] + 1)}
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


def can_make(net, slip):
    """Whether a network has a place for a slip: between layers as wide as each other, with two paths, with tanh."""
    return {
        "weights transposed": any(a == b for a, b in zip(net.sizes[1:-1], net.sizes[2:], strict=True)),
        "one path only": max(net.sizes[2:]) > 1, "paths subtracted": max(net.sizes[2:]) > 1,
        "slope of sigmoid for tanh": net.output == "tanh",
    }.get(slip, True)  # fmt: skip


def work_forward(v, net, slip, keep, found):
    """The net inputs and outputs of every layer, as a student with a slip finds them."""
    outs, nets = {0: {i: v[f"x{i}"] for i in range(1, net.sizes[0] + 1)}}, {}
    for layer, activation in enumerate(net.activations, 1):
        hidden = layer < len(net.activations)
        times = {"hidden bias forgotten": 0, "bias added twice": 2}.get(slip, 1) if hidden else 1
        nets[layer], outs[layer] = {}, {}
        for j in range(1, net.sizes[layer] + 1):
            z = sum(v[f"w{layer}_{i}_{j}"] * one for i, one in outs[layer - 1].items())
            z = (z, z + v[f"b{layer}_{j}"], z + times * v[f"b{layer}_{j}"])[times]
            found[f"z{layer}_{j}"], z = z, keep(f"z{layer}_{j}", z)
            a = z if hidden and slip == "hidden activation forgotten" else ACTIVATIONS[activation][0](z)
            found[f"a{layer}_{j}"], a = a, keep(f"a{layer}_{j}", a)
            nets[layer][j], outs[layer][j] = z, a
    return outs, nets


def work_output(v, net, slip, outs, nets, found):
    """The loss, and the errors at the net inputs of the outputs."""
    loss, loss_slope = LOSSES[net.loss]
    last, total, deltas = len(net.activations), 0, {}
    for k, a in outs[last].items():
        y, z = v[f"y{k}"], nets[last][k]
        one = loss(a, y) if slip != "error not squared" else (y - a) / 2 if net.loss.startswith("half") else a - y
        total = one + total if total == 0 else total + one
        error = loss_slope(a, y)
        error = -error if slip == "error the other way round" else loss_slope(a, 0.0) if slip == "target left out" else error
        steep = ACTIVATIONS[net.output][1](z, a) if slip != "slope of sigmoid for tanh" else a * (1 - a)
        deltas[k] = error if slip == "output slope forgotten" else error * steep
        found |= {f"dL/da{last}_{k}": error, f"dL/dz{last}_{k}": deltas[k]}
    found["L"] = total
    return deltas


def work(net, slip="", v=None, keep=lambda name, number: number):
    """All values of a network as a student finds them who makes one slip (or none), by the names of the working.

    ``v`` are the given values, or the same as `Written`; ``keep`` gives for a quantity of the forward pass what is used from there on.
    """
    if not can_make(net, slip):
        return None
    v, found, gradients = dict(net.values) if v is None else v, {}, {}
    outs, nets = work_forward(v, net, slip, keep, found)
    deltas = work_output(v, net, slip, outs, nets, found)
    for layer in range(len(net.activations), 0, -1):
        below = outs[layer - 1]
        if slip == "inputs exchanged" and layer == 1:
            below = {i: below[net.sizes[0] + 1 - i] for i in below}  # in the gradients
        if slip == "net input for hidden output" and layer > 1:
            below = nets[layer - 1]
        for k, delta in deltas.items():
            gradients |= {f"w{layer}_{j}_{k}": delta * one for j, one in below.items()} | {f"b{layer}_{k}": delta}
        if layer == 1:
            break
        after = {}
        for j in outs[layer - 1]:
            turned = slip == "weights transposed" and net.sizes[layer - 1] == net.sizes[layer]
            parts = [delta * v[f"w{layer}_{k}_{j}" if turned else f"w{layer}_{j}_{k}"] for k, delta in deltas.items()]
            if slip == "one path only":
                parts = parts[:1]
            if slip == "paths subtracted":
                parts = [parts[0], *(-part for part in parts[1:])]
            da = sum(parts[1:], parts[0])
            steep = ACTIVATIONS[net.hidden][1](nets[layer - 1][j], outs[layer - 1][j])
            after[j] = da if slip == "slopes of hidden neurons forgotten" else da * steep
            found |= {f"dL/da{layer - 1}_{j}": da, f"dL/dz{layer - 1}_{j}": after[j]}
        deltas = after
    rate = {"no step size": 1.0, "another step size": net.rate / 10}.get(slip, net.rate)
    for name, gradient in gradients.items():
        found[f"dL/d{name}"] = gradient
        move = rate * gradient if slip != "no step size" else gradient
        found[f"{name}@1"] = -move if slip == "only the step" else v[name] + move if slip == "up the gradient" else v[name] - move
    return found


def derive(net, slip="", *, short=True):
    """The same as formulas; ``short``: what was found on the way forward goes by its name from there on, and has its right value."""
    right = work(net)
    keep = (lambda name, number: Written(right[name], name)) if short else (lambda name, number: number)
    return work(net, slip, {name: Written(value, name) for name, value in net.values.items()}, keep)


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
