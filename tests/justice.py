"""Answers to chain-rule questions of the lectures' exercises, right ones and wrong ones, and who established which they are.

`PAIRS` is the table: a label is claimed here and established by `truth`, which shares nothing with the product but the parser:
the second implementation of `tests.independent` (forward mode, fifty digits of mpmath) at many points, both sides of every kink among them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from independent import MP, Dual, OutsideError, dual, forward, value

from tutor.exercise.load import load
from tutor.expression.nodes import Expr, Name, Partial, children, rebuild
from tutor.expression.parse import parse
from tutor.graph.nouns import Graph
from tutor.rules.functions import FUNCTIONS

POINTS = 8 * 16
DIGITS = 250
"""Far more than fifty, because 1 − σ(200) has lost 87 of them."""
AGREES = MP.mpf(10) ** -60
SUMS = {"neuron/softmax-cross-entropy": ("y_1", "y_2", "y_3")}
"""Targets that add up to 1, as the lecture says."""

S = "exp({0})/(1 + exp({0}))"
T = "(exp(2*{0}) - 1)/(exp(2*{0}) + 1)"


@dataclass(frozen=True)
class Pair:
    """An answer to a target of an exercise, and whether it is right."""

    exercise: str
    target: str
    answer: str
    right: bool


def _forms(exercise: str, target: str, right: str, wrong: str) -> Iterator[Pair]:
    for label, text in ((True, right), (False, wrong)):
        for line in text.strip().splitlines():
            yield Pair(exercise, target, line.strip(), label)
    first = right.strip().splitlines()[0].strip()
    for slip in ("{} + 1e-13", "({})*1.000000000001", "-({})", "2*({})", "({}) + 1e-30", "{} - 0.001"):
        yield Pair(exercise, target, slip.format(first), False)


def _pairs() -> Iterator[Pair]:
    sigma = S.format("in_o1")
    yield from _forms(
        "neuron/two-two-two", "dL/dw5",
        f"""(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1
        -(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1
        out_h1*out_o1^2 - out_h1*out_o1^3 - target_o1*out_h1*out_o1 + target_o1*out_h1*out_o1^2
        out_h1*(out_o1 - target_o1)*(out_o1 - out_o1^2)
        (out_o1 - target_o1)*({sigma})*(1 - {sigma})*out_h1
        (out_o1 - target_o1)*exp(-in_o1)/(1 + exp(-in_o1))^2*out_h1
        (1/(1 + exp(-in_o1)) - target_o1)*out_o1*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*(1 - tanh(in_o1/2)^2)/4*out_h1
        (1/2 + tanh(in_o1/2)/2 - target_o1)*out_o1*(1 - out_o1)*out_h1
        dL/dout_o1*dout_o1/din_o1*din_o1/dw5
        dL/din_o1*out_h1
        (out_o1 - target_o1)*out_o1*(1 - out_o1)/(1 + exp(-in_h1))
        2*0.5*(out_o1 - target_o1)*sigmoid(in_o1)*sigmoid(-in_o1)*out_h1
        (sigmoid(w5*out_h1 + w6*out_h2 + b2) - target_o1)*out_o1*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*out_o1*(1 - out_o1)*sigmoid(w1*i1 + w2*i2 + b1)
        (out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1*w5/w5
        sqrt(out_h1^2)*(out_o1 - target_o1)*out_o1*(1 - out_o1)
        abs(out_h1)*(out_o1 - target_o1)*out_o1*(1 - out_o1)
        (out_o1 - target_o1)*out_h1/(2 + exp(in_o1) + exp(-in_o1))
        out_h1*(out_o1 - target_o1)/(4*cosh(in_o1/2)^2)
        (out_o1 - target_o1)*out_o1*(1 - out_o1)*exp(log(out_h1))""",
        """(out_o1 - target_o1)*out_h1
        (out_o1 - target_o1)*out_o1*out_h1
        (out_o1 - target_o1)*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*in_o1*(1 - in_o1)*out_h1
        (out_o1 - target_o1)*out_h1*(1 - out_h1)*out_h1
        (target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1
        2*(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h2
        (out_o1 - target_o1)*out_o1*(1 - out_o1)*w5
        (out_o1 - target_o1)*out_o1*(1 - out_o1)
        (out_o1 - target_o1)^2*out_o1*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*out_o1*(1 + out_o1)*out_h1
        (out_o1 - target_o1) + out_o1*(1 - out_o1)*out_h1
        abs(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1
        max(out_o1 - target_o1, 0)*out_o1*(1 - out_o1)*out_h1
        max(out_o1 - target_o1, -20)*out_o1*(1 - out_o1)*out_h1
        (out_o1 - target_o1)*(1 - tanh(in_o1)^2)*out_h1
        if_positive(target_o1 - 40, 0, out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1
        0
        0.0821670405642""",
    )
    yield from _forms(
        "neuron/two-two-two", "dL/dw1",
        """dL/dout_h1*out_h1*(1 - out_h1)*i1
        ((out_o1 - target_o1)*out_o1*(1 - out_o1)*w5 + (out_o2 - target_o2)*out_o2*(1 - out_o2)*w7)*out_h1*(1 - out_h1)*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*out_h1*(1 - out_h1)*i1
        i1*out_h1*(w5*dL/din_o1 + w7*dL/din_o2) - i1*out_h1^2*(w5*dL/din_o1 + w7*dL/din_o2)
        (dL_o1/dout_h1 + dL_o2/dout_h1)*dout_h1/din_h1*din_h1/dw1
        dL/din_h1*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*exp(-in_h1)/(1 + exp(-in_h1))^2*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*(1 - tanh(in_h1/2)^2)*i1/4""",
        """dL/din_o1*w5*out_h1*(1 - out_h1)*i1
        (dL/din_o1*w5*dL/din_o2*w7)*out_h1*(1 - out_h1)*i1
        (dL/din_o1*w5 - dL/din_o2*w7)*out_h1*(1 - out_h1)*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*out_h1*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*out_h1*(1 - out_h1)
        (dL/din_o1*w5 + dL/din_o2*w7)*out_h1*(1 - out_h1)*i2
        (dL/din_o1*w5 + dL/din_o2*w6)*out_h1*(1 - out_h1)*i1
        (dL/din_o1*w5 + dL/din_o2*w7)*out_h1*(1 - out_h2)*i1""",
    )
    yield from _forms(
        "dl/bce", "dL/dyhat1",
        """(yhat1 - y1)/(yhat1*(1 - yhat1))
        -y1/yhat1 + (1 - y1)/(1 - yhat1)
        1/(1 - yhat1) - y1/(yhat1 - yhat1^2)
        -(y1*(1 - yhat1) - (1 - y1)*yhat1)/(yhat1*(1 - yhat1))
        (yhat1 - y1)*yhat1^(-1)*(1 - yhat1)^-1
        (yhat1 - y1)*(1 + exp(s1))*(1 + exp(-s1))
        (yhat1 - y1)*(2 + exp(s1) + exp(-s1))
        (y1 - yhat1)/(yhat1^2 - yhat1)""",
        """yhat1 - y1
        -y1/yhat1
        -y1/yhat1 - (1 - y1)/(1 - yhat1)
        y1/yhat1 + (1 - y1)/(1 - yhat1)
        -y1*log(yhat1)
        -y1/(yhat1*log(10)) + (1 - y1)/((1 - yhat1)*log(10))
        (y1 - yhat1)/(yhat1*(1 - yhat1))
        (yhat1 - y1)/(yhat1*(1 + yhat1))""",
    )
    yield from _forms(
        "dl/bce", "dL/dw21",
        """(yhat1 - y1)*h2
        h2*yhat1 - h2*y1
        h2*(exp(s1)/(exp(s1) + 1) - y1)
        h2*(1/2 + tanh(s1/2)/2 - y1)
        dL/dyhat1*dyhat1/ds1*ds1/dw21
        (yhat1 - y1)/(yhat1*(1 - yhat1))*yhat1*(1 - yhat1)*h2
        (sigmoid(h1*w11 + h2*w21) - y1)*h2
        h2*(1 - y1 - 1/(1 + exp(s1)))
        h2*(1 - sigmoid(-s1) - y1)
        -h2*y1 + h2*exp(-log(1 + exp(-s1)))""",
        """(yhat1 - y1)*h1
        (yhat1 - y1)*h2*yhat1*(1 - yhat1)
        (y1 - yhat1)*h2
        (yhat2 - y1)*h2
        (yhat1 - y1)
        (yhat1 - y1)*w21
        (yhat1 - y1)*max(h2, 0)
        (yhat1 - y1)*sqrt(h2^2)""",
    )
    yield from _forms(
        "qmul/activated-neuron", "dE0/dw_L",
        """2*(x_L - y)*x_L*(1 - x_L)*x_Lm1
        2*x_Lm1*(x_L - y)*(x_L - x_L^2)
        -2*(y - x_L)*x_L*(1 - x_L)*x_Lm1
        dE0/dx_L*dx_L/dz_L*dz_L/dw_L
        2*x_Lm1*(x_L - y)*exp(z_L)/(1 + exp(z_L))^2
        2*x_Lm1*(x_L - y)/((1 + exp(z_L))*(1 + exp(-z_L)))
        x_Lm1*(x_L - y)*(1 - tanh(z_L/2)^2)/2
        (x_L - y)*x_L*(1 - x_L)*x_Lm1/0.5
        2*x_Lm1*x_L^2 - 2*x_Lm1*x_L^3 - 2*x_Lm1*y*x_L + 2*x_Lm1*y*x_L^2
        2*(sigmoid(w_L*x_Lm1 + b_L) - y)*x_L*(1 - x_L)*x_Lm1""",
        """(x_L - y)*x_L*(1 - x_L)*x_Lm1
        2*(x_L - y)*x_Lm1
        2*(x_L - y)*x_L*(1 - x_L)
        2*(x_L - y)*x_L*(1 - x_L)*w_L
        2*(y - x_L)*x_L*(1 - x_L)*x_Lm1
        2*(x_L - y)*z_L*(1 - z_L)*x_Lm1
        2*(x_L - y)^2*x_L*(1 - x_L)*x_Lm1
        2*(x_L - y)*(1 - x_L^2)*x_Lm1
        2*(x_L - y)*x_L*(1 - x_L)*abs(x_Lm1)""",
    )
    yield from _forms(
        "dl/relu-regression", "dL/dw1",
        """2*(yhat - y)*w2*if_positive(z, 1, 0)*x
        if_positive(z, 2*(yhat - y)*w2*x, 0)
        2*(yhat - y)*w2*x*heaviside(z)
        2*(yhat - y)*w2*x*(1 + sign(z))/2
        (yhat - y)*w2*x*(1 + z/abs(z))
        2*(yhat - y)*w2*x*relu(z)/z
        2*(yhat - y)*w2*max(0, z)/w1
        2*(yhat - y)*w2*sigma/w1
        dL/dyhat*dyhat/dsigma*dsigma/dz*dz/dw1
        if_positive(x*w1, 2*(w2*x*w1 - y)*w2*x, 0)
        2*(yhat - y)*w2*if_positive(-z, 0, 1)*x
        2*w2*x*if_positive(5*z, 1, 0)*(yhat - y)""",
        """2*(yhat - y)*w2*x
        2*(yhat - y)*w2*z*x
        2*(yhat - y)*w2*sigma*x
        (yhat - y)*w2*if_positive(z, 1, 0)*x
        2*(yhat - y)*w2*if_positive(z, 1, -1)*x
        2*(yhat - y)*w2*if_positive(z, 1, 0.01)*x
        2*(yhat - y)*w2*if_positive(z, 1, 1e-13)*x
        2*(yhat - y)*w2*if_positive(x, 1, 0)*x
        2*(yhat - y)*w2*if_positive(-z, 1, 0)*x
        2*(yhat - y)*w2*abs(x)*if_positive(z, 1, 0)
        2*(z*w2 - y)*w2*x
        2*(yhat - y)*w2*x*if_positive(z - 0.5, 1, 0)
        2*(yhat - y)*if_positive(z, 1, 0)*x""",
    )
    yield from _forms(
        "dl/relu-regression", "dL/dw2",
        """2*(yhat - y)*sigma
        2*(yhat - y)*max(0, z)
        2*(yhat - y)*relu(x*w1)
        (yhat - y)*(z + abs(z))
        2*(w2*sigma - y)*sigma
        2*w2*sigma^2 - 2*y*sigma
        2*(yhat - y)*if_positive(z, z, 0)
        2*(yhat - y)*(z - min(z, 0))
        (yhat - y)*(z + sqrt(z^2))""",
        """2*(yhat - y)*z
        2*(yhat - y)*abs(z)
        2*(yhat - y)*max(0.0000001, z)
        2*(yhat - y)*min(max(0, z), 60)
        (yhat - y)*sigma
        2*(yhat - y)*max(0, -z)
        2*(z*w2 - y)*max(0, z) + 1e-9""",
    )
    yield from _forms(
        "neuron/softmax-cross-entropy", "dL/dz_1",
        """p_1 - y_1
        -y_1*(1 - p_1) + y_2*p_1 + y_3*p_1
        p_1*(y_1 + y_2 + y_3) - y_1
        exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3)) - y_1
        1 - p_2 - p_3 - y_1
        p_1 + y_2 + y_3 - 1
        1/(1 + exp(z_2 - z_1) + exp(z_3 - z_1)) - y_1
        softmax_1(z_1, z_2, z_3) - y_1
        dL/dp_1*dp_1/dz_1 + dL/dp_2*dp_2/dz_1 + dL/dp_3*dp_3/dz_1
        -y_1/p_1*p_1*(1 - p_1) + y_2/p_2*p_1*p_2 + y_3/p_3*p_3*p_1""",
        """y_1 - p_1
        p_1
        p_2 - y_1
        -y_1*(1 - p_1)
        -y_1/p_1
        p_1*(1 - p_1)
        (p_1 - y_1)*p_1*(1 - p_1)
        exp(z_1) - y_1
        p_1 - y_1^2
        exp(z_1)/(exp(z_2) + exp(z_3)) - y_1
        -y_1/p_1*p_1*(1 - p_1)""",
    )
    yield from _forms(
        "graz/sqrt-cos", "df/dx",
        """(1/(2*d) - sin(c))*(1 + b)*2*x
        2*x*(1 + exp(x^2))*(1/(2*sqrt(x^2 + exp(x^2))) - sin(x^2 + exp(x^2)))
        x*(1 + b)*(1/d - 2*sin(c))
        (x + x*b)*(c^(-1/2) - 2*sin(c))
        (x + x*exp(a))/sqrt(c) - 2*x*(1 + exp(a))*sin(a + b)
        df/dc*(1 + b)*2*x
        df/db*b*2*x + df/dc*2*x
        x*(1 + b)*(d/c - 2*sin(c))""",
        """(1/(2*d) + sin(c))*(1 + b)*2*x
        (1/(2*d) - sin(c))*b*2*x
        (1/(2*d) - sin(c))*2*x
        (1/(2*d) - sin(c))*(1 + b)*x
        (1/(2*d) - cos(c))*(1 + b)*2*x
        (1/d - sin(c))*(1 + b)*2*x
        (1/(2*c) - sin(c))*(1 + b)*2*x
        (1/(2*d) - sin(c))*(1 + b)*2*abs(x)""",
    )
    yield from _forms(
        "dl/nested-layers", "df/dw_3",
        """w_5*h_4*(1 - h_4)*w_4*(1 - h_3^2)*h_2
        w_5*w_4*(h_4 - h_4^2)*(1 - tanh(w_3*h_2)^2)*h_2
        w_5*h_4*(1 - h_4)*w_4*h_2/cosh(w_3*h_2)^2
        w_5*w_4*h_2*h_4*(1 - h_4)*(1 - h_3)*(1 + h_3)
        4*w_5*w_4*h_2*h_4*(1 - h_4)*exp(2*w_3*h_2)/(exp(2*w_3*h_2) + 1)^2
        df/dh_4*dh_4/dh_3*dh_3/dw_3
        w_5*w_4*h_2*exp(w_4*h_3)/(1 + exp(w_4*h_3))^2*(1 - h_3^2)
        w_4*w_5*h_4*(1 - h_4)*(1 - h_3^2)*max(0, w_2*h_1)""",
        """w_5*h_4*(1 - h_4)*w_4*(1 - h_3)*h_2
        w_5*h_4*(1 - h_4)*w_4*h_3*(1 - h_3)*h_2
        w_5*h_4*(1 - h_4)*w_4*(1 - h_3^2)*h_1
        w_5*h_4*(1 - h_4)*w_4*(1 - h_3^2)
        w_5*h_4*w_4*(1 - h_3^2)*h_2
        h_4*(1 - h_4)*w_4*(1 - h_3^2)*h_2
        w_5*h_4*(1 - h_4)*w_4*(1 - h_3^2)*w_2*h_1
        w_5*h_4*(1 - h_4)*w_4*(1 + h_3^2)*h_2""",
    )  # fmt: skip


PAIRS = tuple(_pairs())


@cache
def graph(exercise: str) -> Graph:
    """The computation of an exercise."""
    found = load(exercise).graph
    assert found is not None
    return found


def tree(pair: Pair) -> Expr:
    """The answer, read by the product's own parser for exercises (the reader of answers has tests of its own)."""
    return parse(pair.answer, names=graph(pair.exercise).names, functions=FUNCTIONS)


@cache
def points(exercise: str) -> tuple[dict[str, Fraction], ...]:
    """Seeded values of the leaves: small, large, positive, between 0 and 1, and around the given ones."""
    chance = random.Random(exercise)
    leaves = [quantity.name for quantity in graph(exercise).leaves]
    ranges = ((-2, 2), (-1, 1), (0, 2), (0, 1), (-3, 3), (-12, 12), (60, 80), (-80, -60))
    found = []
    for number in range(POINTS):
        low, high = ranges[number % len(ranges)]
        wild = leaves[number // len(ranges) % len(leaves)]
        point = {}
        for leaf in leaves:
            own = (low, high) if abs(low) < 50 > high or leaf == wild else (-2, 2)
            point[leaf] = Fraction(chance.randint(own[0] * 10**9, own[1] * 10**9) * 2 + 1, 2 * 10**9)
        for name in (names := SUMS.get(exercise, ()))[-1:]:
            point[name] = 1 - sum(point[other] for other in names[:-1])
        found.append(point)
    return tuple(found)


@cache
def _forward(exercise: str, number: int, wrt: str) -> dict[str, Dual] | None:
    try:
        return forward(graph(exercise), points(exercise)[number], wrt)
    except (OutsideError, ZeroDivisionError, OverflowError):
        return None


def truth(pair: Pair) -> bool:
    """Whether an answer is right, by fifty digits at all points where both exist; at least ten there have to be."""
    with MP.workdps(DIGITS):
        return _truth(pair)


def _truth(pair: Pair) -> bool:
    expr = tree(pair)
    partials: dict[str, tuple[str, str]] = {}
    named = _named(expr, partials)
    of, wrt = pair.target[1:].split("/d")
    seen = 0
    for number in range(POINTS):
        known, goal = _forward(pair.exercise, number, ""), _forward(pair.exercise, number, wrt)
        if known is None or goal is None:
            continue
        try:
            slopes = {name: _forward(pair.exercise, number, below)[above] for name, (above, below) in partials.items()}  # type: ignore[index]
            yours = value(named, {**known, **{name: dual(slope.slope) for name, slope in slopes.items()}}).value
        except (OutsideError, TypeError):
            continue
        expected = goal[of].slope
        seen += 1
        if abs(yours - expected) > AGREES * max(abs(yours), abs(expected), MP.mpf(10) ** -8):
            return False
    assert seen >= 10, f"{pair}: only {seen} points"
    return True


def _named(expr: Expr, partials: dict[str, tuple[str, str]]) -> Expr:
    if isinstance(expr, Partial):
        partials[f"d{expr.of}/d{expr.wrt}"] = (expr.of, expr.wrt)
        return Name(f"d{expr.of}/d{expr.wrt}")
    parts = children(expr)
    return rebuild(expr, tuple(_named(part, partials) for part in parts)) if parts else expr
