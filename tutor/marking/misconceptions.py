"""The slips that are known: a table, with a worked wrong answer each.

To add one, write how it bends a working in `tutor.marking.bends` (or, for one that is made with some functions only, the wrong formula in
their rows of `tutor.rules.functions`), its row here, and its words in `tutor.explain.words.marking_words`.
The tests walk the table: the worked wrong answer comes out of the bend, and is diagnosed as this slip and as no other.

Sources: what the lectures warn of (graz "sum over all branches", neuron "inner derivative"), and what graders meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from tutor.derive.working import Working
from tutor.expression.nodes import ONE, Neg
from tutor.marking import bends
from tutor.marking.array_misconceptions import TABLE as ARRAY_TABLE
from tutor.marking.bends import Bend, bend_by_row, bend_each, gradients, list_forward, moves, slopes


@dataclass(frozen=True, slots=True)
class Example:
    """A worked wrong answer: a computation, what is asked, the right answer, and what the slip makes of it."""

    steps: str
    values: str
    ask: str
    right: str
    wrong: str
    train: str = ""


@dataclass(frozen=True, slots=True)
class Misconception:
    """A row: the stable tag, how it bends a working, its worked wrong answer (others in ``also``), the share of the marks that is left.

    Of those that are ``common`` two are looked for in one answer, too.
    """

    tag: str
    bends: Callable[[Working], Iterable[Bend]]
    example: Example
    credit: Fraction = Fraction(1, 2)
    also: tuple[Example, ...] = ()
    common: bool = True


NEIGHBOUR = "neighbour"
"""The value of another quantity of the same sort was given; see `tutor.marking.diagnose`."""


def _bend_nothing(working: Working) -> Iterable[Bend]:
    return ()


NEURON = "z = w*x + b; a = sigmoid(z); L = (a - y)^2"
HALVED = "z = w*x + b; a = sigmoid(z); L = 1/2*(y - a)^2"
AT = "x = 1.5; y = 0.5; w = 0.8; b = 1"
FAN = "a = x*u; c = x*v; f = a*c"
BLOCK = "z1 = p*x1 + q*x2; z2 = r*x1 + s*x2; a1 = tanh(z1); a2 = tanh(z2); f = a1*a2"
SOFTMAX = "p1 = softmax_1(z1, z2, z3); p2 = softmax_2(z1, z2, z3); p3 = softmax_3(z1, z2, z3); f = 3*p1 + p2*p3"
SCORES = "z1 = 1; z2 = 0; z3 = -1"
TWO_LAYERS = "h = v*x; o = w*h; L = (o - y)^2"


def _row(tag: str, find: object, over: object, example: Example, credit: str = "1/2") -> Misconception:
    return Misconception(tag, bend_each(tag, find, over), example, Fraction(credit))  # type: ignore[arg-type]


TABLE: tuple[Misconception, ...] = (
    _row("inner-derivative-forgotten", bends.bend_inner, slopes, Example(NEURON, AT, "dL/dw", "0.107828", "1.20075")),
    _row("sigmoid-slope-is-output", bend_by_row("sigmoid-slope-is-output"), slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "1.08097")),
    _row("sigmoid-slope-is-complement", bend_by_row("sigmoid-slope-is-complement"), slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.119775")),
    _row("sigmoid-slope-of-input", bend_by_row("sigmoid-slope-of-input"), slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "-3.16998")),
    Misconception("slope-at-wrong-node", bends.bend_wrong_node,
                  Example("z1 = w*x; a1 = sigmoid(z1); z2 = v*x; a2 = sigmoid(z2); f = a1*a2 + a1", "x = 1; w = 0.5; v = -0.3", "df/dw",
                          "0.335011", "0.348489"),
                  also=(Example(SOFTMAX, SCORES, "df/dz1", "0.638772", "0.525195"),  # p2(1 - p2) for p1(1 - p1)
                        Example(SOFTMAX, SCORES, "dp1/dz2", "-0.162803", "-0.0220329"))),  # -p3 p2 for -p1 p2
    _row("tanh-slope-not-squared", bend_by_row("tanh-slope-not-squared"), slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "da/dw", "0.457530", "0.249518")),
    _row("relu-slope-left", bend_by_row("relu-slope-left"), slopes,
         Example("z = w*x; a = relu(z); f = 3*a + z", "w = -0.5; x = 2", "df/dw", "2", "8")),
    _row("missing-path", bends.bend_missing_path, gradients,
         Example("a = x*u; c = x*v; f = a*c + a", "x = 2; u = 3; v = 5", "df/dx", "63", "33")),
    _row("paths-multiplied", bends.bend_paths_multiplied, gradients,
         Example("a = x*u; c = x*v; f = a*c + a", "x = 2; u = 3; v = 5", "df/dx", "63", "990")),
    _row("sign-of-error", bends.bend_error("sign-of-error", Neg(ONE)), slopes, Example(NEURON, AT, "dL/dw", "0.107828", "-0.107828")),
    _row("sign-lost", bends.bend_sign_lost, slopes, Example("a = 1/x; f = 3*a", "x = 2", "df/dx", "-0.75", "0.75")),
    _row("factor-two-lost", bends.bend_square_lost, slopes, Example(NEURON, AT, "dL/dw", "0.107828", "0.0539138")),
    _row("factor-two-doubled", bends.bend_error("factor-two-doubled", bends.TWO), slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.215655")),
    Misconception("half-lost", bends.bend_half_lost, Example(HALVED, AT, "dL/dw", "0.0539138", "0.107828")),
    _row("half-doubled", bend_by_row("half-doubled"), slopes,
         Example(HALVED, AT, "dL/dw", "0.0539138", "0.0269569")),
    Misconception("sum-for-mean", bends.sum_for_mean,
                  Example("p = (a - t)^2; q = (c - u)^2; L = (p + q)/2", "a = 3; t = 1; c = 2; u = 5", "dL/da", "2", "4")),
    Misconception("mean-for-sum", bends.mean_for_sum,
                  Example("p = (a - t)^2; q = (c - u)^2; L = p + q", "a = 3; t = 1; c = 2; u = 5", "dL/da", "4", "2")),
    _row("product-partner", bends.product_partner, slopes, Example(NEURON, AT, "dL/dw", "0.107828", "0.0575081")),
    Misconception("weights-transposed", bends.bend_transposed,
                  Example(BLOCK, "p = 0.2; q = 0.3; r = 0.5; s = 0.7; x1 = 1; x2 = 0.4", "z1", "0.32", "0.4")),
    _row("updated-weight-used", bends.bend_updated_weight, gradients,
         Example(TWO_LAYERS, "x = 2; v = 0.5; w = 3; y = 1", "dL/dv", "24", "20.8", "0.1: w, v")),
    _row("step-up", bends.step_up, moves, Example(NEURON, AT, "w@1", "0.789217", "0.810783", "0.1: w, b")),
    _row("step-size-forgotten", bends.bend_no_rate, moves, Example(NEURON, AT, "w@1", "0.789217", "0.692172", "0.1: w, b")),
    _row("bias-as-input", bends.bias_as_input, slopes,
         Example(NEURON, "x = 1.5; y = 0.5; w = 0.8; b = 0.25", "dL/db", "0.0954181", "0.0238545")),
    _row("bias-forgotten", bends.bend_bias_forgotten, list_forward, Example(NEURON, AT, "a", "0.900250", "0.768525")),
    _row("activation-forgotten", bends.bend_activation_forgotten, list_forward, Example(NEURON, AT, "L", "0.160200", "2.89")),
    Misconception("degrees-for-radians", bends.degrees, Example("a = sin(x); f = 2*a", "x = 0.5", "a", "0.479426", "0.00872654")),
    _row("log10-for-ln", bends.bend_common_log, list_forward, Example("a = log(x); f = 2*a", "x = 3", "a", "1.09861", "0.477121")),
    Misconception(NEIGHBOUR, _bend_nothing, Example("z = w*x + v*u + b; a = sigmoid(z); L = (a - y)^2", f"{AT}; u = 0.7; v = -0.4",
                  "dL/dw", "0.124495", "0.0580976"), Fraction(0)),
)  # fmt: skip

BY_TAG = {row.tag: row for row in TABLE}
CREDITS = {row.tag: row.credit for row in ARRAY_TABLE} | {row.tag: row.credit for row in TABLE}
"""The share of the marks that is left with each slip, with numbers and with arrays."""


def list_bends(working: Working) -> list[Bend]:
    """Every way in which one slip bends a working, in the order of the table; a bend that changes nothing is left out.

    Bends of one tag with the same key come once more, made together: who takes σ' for σ does so at every neuron.
    """
    found: list[Bend] = []
    for row in TABLE:
        together: dict[str, list[Bend]] = {}
        for bend in row.bends(working):
            found.append(bend)
            if bend.key:
                together.setdefault(bend.key, []).append(bend)
        for group in together.values():
            if len(group) > 1:
                found.append(Bend(row.tag, tuple(edit for bend in group for edit in bend.edits), systematic=True))
    return found
