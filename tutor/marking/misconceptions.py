"""The slips that are known: a table, with a worked wrong answer each.

To add one, write how it bends a working in `tutor.marking.bends` (or, for one that is made with some functions only, the wrong formula in
their rows of `tutor.rules.functions`), its row here, and its words in `tutor.explain.words.marking_words`.
The tests walk the table: the worked wrong answer comes out of the bend, and is diagnosed as this slip and as no other.

Sources: what the lectures warn of (graz "sum over all branches", neuron "inner derivative"), and what graders meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tutor.derive.working import Working
from tutor.expression.nodes import ONE, Expr, Neg
from tutor.graph.depths import find_depths
from tutor.graph.nouns import Step
from tutor.marking import bends
from tutor.marking import bends_backward as backward_slips
from tutor.marking import bends_forward as forward_slips
from tutor.marking import bends_updates as update_slips
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

    Those that are ``common`` are likelier, see `tutor.marking.diagnose`.
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


Finder = Callable[[Working, Step], Iterable[tuple[str, Expr]]]
Over = Callable[[Working], Iterator[Step]]


def _row(tag: str, find: Finder, over: Over, example: Example, credit: str = "1/2", *, common: bool = True) -> Misconception:
    return Misconception(tag, bend_each(tag, find, over), example, Fraction(credit), common=common)


PAIR = "z1 = w1*x1 + w2*x2 + b1; a1 = sigmoid(z1); z2 = v1*a1 + v2*x2 + b2; a2 = tanh(z2); L = (a2 - y)^2"
PAIR_AT = "x1 = 0.7; x2 = -1.3; w1 = 0.45; w2 = 0.62; b1 = 0.21; v1 = -0.84; v2 = 0.37; b2 = 0.53; y = 0.9"
TWO = (
    "z1 = w1*x1 + w2*x2; a1 = sigmoid(z1); z2 = w3*x1 + w4*x2; a2 = sigmoid(z2); l1 = 1/2*(y1 - a1)^2; l2 = 1/2*(y2 - a2)^2; L = l1 + l2"
)
TWO_AT = "x1 = 0.7; x2 = -1.3; w1 = 0.45; w2 = 0.62; w3 = -0.31; w4 = 0.28; y1 = 0.9; y2 = 0.15"
FAN_OF_TWO, FAN_AT = "a = x*u; c = sin(x); f = a*c + a", "x = 1.7; u = 3.13"
LINE, LINE_AT = "z = w*x; L = (z - y)^2", "w = 0.6; x = 1.7; y = 0.4"


def _bend_both(tag: str, *found: tuple[Finder, Over]) -> Callable[[Working], Iterator[Bend]]:
    """A slip that is made in the forward pass and in the backward pass."""

    def bends(working: Working) -> Iterator[Bend]:
        for find, over in found:
            yield from bend_each(tag, find, over)(working)

    return bends


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
                        Example(SOFTMAX, SCORES, "dp1/dz2", "-0.162803", "-0.0220330"))),  # -p3 p2 for -p1 p2
    _row("tanh-slope-not-squared", bend_by_row("tanh-slope-not-squared"), slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "da/dw", "0.457530", "0.249518")),
    _row("relu-slope-left", bend_by_row("relu-slope-left"), slopes,
         Example("z = w*x; a = relu(z); f = 3*a + z", "w = -0.5; x = 2", "df/dw", "2", "8")),
    _row("product-rule-half", bend_by_row("product-rule-half"), slopes,
         Example("z = w*x; a = silu(z); f = 3*a", "w = 0.8; x = 1.5", "df/dw", "4.41899", "3.45836"), common=False),
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
    _row("bias-twice", forward_slips.bend_bias_twice, list_forward, Example(NEURON, AT, "a", "0.90025", "0.960834"), common=False),
    _row("bias-subtracted", forward_slips.bend_bias_subtracted, list_forward,
         Example(NEURON, AT, "a", "0.90025", "0.549834"), common=False),
    _row("bias-of-another", forward_slips.bend_bias_of_another, list_forward,
         Example(PAIR, PAIR_AT, "a1", "0.430209", "0.509749"), common=False),
    _row("factors-swapped", forward_slips.bend_factors_swapped, list_forward,
         Example(TWO, TWO_AT, "a1", "0.379658", "0.462322"), common=False),
    _row("weight-forgotten", forward_slips.bend_weight_forgotten, list_forward,
         Example(NEURON, AT, "a", "0.90025", "0.924142"), common=False),
    Misconception("factors-added", _bend_both("factors-added", (forward_slips.bend_factors_added, list_forward),
                  (backward_slips.bend_factors_added, gradients)),
         Example(NEURON, AT, "dL/dw", "0.107828", "0.0477979"), common=False),
    _row("term-forgotten", forward_slips.bend_term_forgotten, list_forward, Example(TWO, TWO_AT, "L", "0.157156", "0.19657")),
    _row("one-term-only", forward_slips.bend_one_term_only, list_forward, Example(PAIR, PAIR_AT, "z1", "-0.281", "0.315"), common=False),
    _row("another-activation", forward_slips.bend_another_activation, list_forward,
         Example(NEURON, AT, "a", "0.90025", "0.975743"), common=False),
    _row("exponent-sign-lost", bend_by_row("exponent-sign-lost", "value"), list_forward,
         Example(NEURON, AT, "a", "0.90025", "0.0997505"), common=False),
    _row("relu-turned-round", bend_by_row("relu-turned-round", "value"), list_forward,
         Example("z = w*x; a = relu(z); f = 3*a + z", "w = 0.5; x = 2.5", "f", "5", "1.25"), common=False),
    _row("error-not-squared", bend_by_row("error-not-squared", "value"), list_forward, Example(NEURON, AT, "L", "0.1602", "0.40025")),
    _row("squared-after-sum", forward_slips.bend_squared_after_sum, list_forward,
         Example(TWO, TWO_AT, "L", "0.157156", "0.0485596"), common=False),
    Misconception("another-unit", _bend_both("another-unit", (forward_slips.bend_another_unit, list_forward),
                  (backward_slips.bend_another_unit, slopes)),
         Example(TWO, TWO_AT, "dL/dw1", "-0.0857849", "-0.0831789"), common=False),
    Misconception("wrong-weight", _bend_both("wrong-weight", (forward_slips.bend_wrong_weight, list_forward),
                  (backward_slips.bend_wrong_weight, slopes)),
         Example(PAIR, PAIR_AT, "a1", "0.430209", "0.459588", "0.1: w1, w2, b1, v1, v2, b2"), common=False),
    Misconception("net-for-output", _bend_both("net-for-output", (forward_slips.bend_net_for_output, list_forward),
                  (backward_slips.bend_net_for_output, slopes)),
         Example(PAIR, PAIR_AT, "dL/dv1", "-0.93999", "-0.494295"), common=False),
    Misconception("input-for-hidden", _bend_both("input-for-hidden", (forward_slips.bend_input_for_hidden, list_forward),
                  (backward_slips.bend_input_for_hidden, slopes)),
         Example(PAIR, PAIR_AT, "dL/dv1", "-0.93999", "-0.907659"), common=False),
    _row("log-forgotten", bend_by_row("log-forgotten", "value"), list_forward,
         Example("p = sigmoid(z); L = -y*log(p)", "z = 0.4; y = 0.8", "L", "0.410412", "-0.47895"), common=False),
    _row("minus-lost-in-loss", bend_by_row("minus-lost-in-loss", "value"), list_forward,
         Example("p = sigmoid(z); L = -y*log(p)", "z = 0.4; y = 0.8", "L", "0.410412", "-0.410412"), common=False),
    _row("second-term-forgotten", bend_by_row("second-term-forgotten", "value"), list_forward,
         Example("p = sigmoid(z); L = -(y*log(p) + (1 - y)*log(1 - p))", "z = 0.4; y = 0.8", "L", "0.593015", "0.410412"), common=False),
    _row("softmax-not-normalised", forward_slips.bend_softmax_not_normalised, list_forward,
         Example("p1 = softmax_1(z1, z2); p2 = softmax_2(z1, z2); f = p1*y + p2",
                 "z1 = 0.4; z2 = -0.7; y = 3", "p1", "0.75026", "1.49182"), common=False),
    _row("softmax-without-exp", forward_slips.bend_softmax_without_exp, list_forward,
         Example("p1 = softmax_1(z1, z2); p2 = softmax_2(z1, z2); f = p1*y + p2",
                 "z1 = 0.4; z2 = 0.7; y = 3", "p1", "0.425557", "0.363636"), common=False),
    _row("slope-of-another", backward_slips.bend_slope_of_another, slopes, Example(NEURON, AT, "dL/dw", "0.107828", "0.227603")),
    _row("slope-turned-round", backward_slips.bend_slope_turned_round, slopes,
         Example(NEURON, AT, "da/dz", "0.0898003", "-0.0898003"), common=False),
    _row("slope-at-output", backward_slips.bend_slope_at_output, slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.246728"), common=False),
    _row("slope-at-inside", backward_slips.bend_slope_at_inside, slopes,
         Example("a = x^2; f = tanh(a)", "x = 0.7", "df/dx", "1.11116", "0.888635"), common=False),
    _row("sign-inside-slope", backward_slips.bend_sign_inside, slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "da/dw", "0.45753", "2.54247"), common=False),
    _row("slope-is-function", backward_slips.bend_slope_is_function, slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "df/dw", "1.37259", "3.75145"), common=False),
    _row("tanh-slope-of-input", bend_by_row("tanh-slope-of-input"), slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "da/dw", "0.45753", "-0.66"), common=False),
    _row("tanh-slope-square-misplaced", bend_by_row("tanh-slope-square-misplaced"), slopes,
         Example("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5", "da/dw", "0.45753", "0.0415062"), common=False),
    _row("loss-for-derivative", backward_slips.bend_loss_for_derivative, slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.021579")),
    _row("target-forgotten", backward_slips.bend_target_forgotten, slopes,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.242528"), common=False),
    _row("total-error", backward_slips.bend_total_error, slopes, Example(TWO, TWO_AT, "dL/dw1", "-0.0857849", "-0.0513776"), common=False),
    _row("upstream-forgotten", backward_slips.bend_upstream_forgotten, gradients,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.134700")),
    _row("paths-subtracted", backward_slips.bend_paths_subtracted, gradients,
         Example(FAN_OF_TWO, FAN_AT, "df/dx", "5.54833", "6.91949"), common=False),
    _row("path-twice", backward_slips.bend_path_twice, gradients,
         Example(FAN_OF_TWO, FAN_AT, "df/dx", "5.54833", "11.7822"), common=False),
    _row("factors-divided", backward_slips.bend_factors_divided, gradients,
         Example(NEURON, AT, "dL/dz", "0.0718851", "8.91421"), common=False),
    _row("rate-in-gradient", backward_slips.bend_rate_in_gradient, gradients,
         Example(NEURON, AT, "dL/dw", "0.107828", "0.0107828", "0.1: w, b"), common=False),
    _row("exponent-not-brought-down", backward_slips.bend_exponent_not_brought_down, slopes,
         Example("a = x^3; f = 2*a", "x = 1.7", "df/dx", "17.34", "5.78"), common=False),
    _row("exponent-not-lowered", backward_slips.bend_exponent_not_lowered, slopes,
         Example("a = x^3; f = 2*a", "x = 1.7", "df/dx", "17.34", "29.478"), common=False),
    _row("bias-gradient-with-input", backward_slips.bend_bias_gradient_with_input, slopes,
         Example(NEURON, AT, "dL/db", "0.0718851", "0.0575081"), common=False),
    _row("rate-power-of-ten", update_slips.bend_rate_power_of_ten, update_slips.list_updates,
         Example(NEURON, AT, "w@1", "0.789217", "0.692172", "0.1: w, b"), common=False),
    _row("old-weight-forgotten", update_slips.bend_old_weight_forgotten, moves,
         Example(NEURON, AT, "w@1", "0.789217", "-0.0107828", "0.1: w, b"), common=False),
    _row("update-not-made", update_slips.bend_update_not_made, moves,
         Example(NEURON, "x = 1.5; y = 0.5; w = 0.813729; b = 1", "w@1", "0.760456", "0.813729", "0.5: w, b"), credit="0"),
    _row("gradient-for-update", update_slips.bend_gradient_for_update, moves,
         Example(NEURON, AT, "w@1", "0.789217", "0.107828", "0.1: w, b"), credit="0", common=False),
    _row("another-start", update_slips.bend_another_start, moves,
         Example("z = w1*x1 + w2*x2; L = (z - y)^2",
                 "w1 = 0.45; w2 = -0.62; x1 = 0.7; x2 = 1.3; y = 0.9", "w1@1", "0.64474", "-0.42526", "0.1: w1, w2"), common=False),
    _row("another-gradient", update_slips.bend_another_gradient, update_slips.list_updates,
         Example("z = w1*x1 + w2*x2; L = (z - y)^2",
                 "w1 = 0.45; w2 = -0.62; x1 = 0.7; x2 = 1.3; y = 0.9", "w1@1", "0.64474", "0.81166", "0.1: w1, w2"), common=False),
    _row("state-forgotten", update_slips.bend_state_forgotten, update_slips.list_updates,
         Example(LINE, LINE_AT, "w@2", "0.324801", "0.419661", "0.05 momentum: w"), common=False),
    _row("decay-forgotten", update_slips.bend_decay_forgotten, update_slips.list_updates,
         Example(NEURON, AT, "w@2", "0.592394", "0.722805", "0.037 rmsprop: w, b"), common=False),
    _row("bias-correction-forgotten", update_slips.bend_bias_correction_forgotten, update_slips.list_updates,
         Example(LINE, LINE_AT, "w@2", "0.500326", "0.545019", "0.05 adam: w"), common=False),
    _row("root-forgotten", update_slips.bend_root_forgotten, update_slips.list_updates,
         Example(LINE, LINE_AT, "w@1", "0.441886", "0.362808", "0.05 rmsprop: w"), common=False),
    _row("square-forgotten", update_slips.bend_square_forgotten, update_slips.list_updates,
         Example(LINE, LINE_AT, "w@1", "0.55", "0.527405", "0.05 adagrad: w"), common=False),
    _row("old-gradient-used", update_slips.bend_old_gradient_used, update_slips.list_updates,
         Example(LINE, LINE_AT, "w@2", "0.419661", "0.3892", "0.05: w"), common=False),
    Misconception(NEIGHBOUR, _bend_nothing, Example("z = w*x + v*u + b; a = sigmoid(z); L = (a - y)^2", f"{AT}; u = 0.7; v = -0.4",
                  "dL/dw", "0.124495", "0.0580976"), Fraction(0)),
)  # fmt: skip

BY_TAG = {row.tag: row for row in TABLE}
CREDITS = {row.tag: row.credit for row in ARRAY_TABLE} | {row.tag: row.credit for row in TABLE}
"""The share of the marks that is left with each slip, with numbers and with arrays."""


MOST_LAYERS = 8
"""In a graph of up to so many layers a slip is also made in one of them only."""


def list_bends(working: Working) -> list[Bend]:
    """Every way in which one slip bends a working, in the order of the table; a bend that changes nothing is left out.

    Bends of one tag with the same key come once more, made together: who takes σ' for σ does so at every neuron; or at those of one
    layer, or of all layers but the last, which looks another way.
    """
    depths = find_depths(working.graph)
    found: list[Bend] = []
    for row in TABLE:
        together: dict[str, list[Bend]] = {}
        for bend in row.bends(working):
            found.append(bend)
            if bend.key:
                together.setdefault(bend.key, []).append(bend)
        wider: dict[str, list[Bend]] = {}
        for key, group in together.items():
            if "/" in key:
                wider.setdefault(key.partition("/")[0], []).extend(group)
        together |= {name: group for name, group in wider.items() if len({bend.key for bend in group}) > 1}
        found += [
            Bend(row.tag, tuple(edit for bend in part for edit in bend.edits), systematic=True, partial=len(part) < len(group))
            for group in together.values() for part in _list_scopes(working, group, depths)
        ]  # fmt: skip
    return found


def _list_scopes(working: Working, group: Sequence[Bend], depths: Mapping[str, int]) -> list[Sequence[Bend]]:
    """The places where one slip is made together: all, those of one layer, all but those of the last."""
    layers: dict[int, list[Bend]] = {}
    for bend in group:
        step = working.by_name[bend.edits[0][0]]
        at = step.target if step.sort == "forward" else step.of if step.sort == "local" or not step.terms else step.wrt
        layers.setdefault(depths.get(at, 0), []).append(bend)
    scopes: list[Sequence[Bend]] = [group]
    if 2 <= len(layers) <= MOST_LAYERS:
        scopes += [layers[depth] for depth in sorted(layers)]
        last = max(layers)
        scopes += [[bend for depth in sorted(layers) if depth != last for bend in layers[depth]]] if len(layers) > 2 else []
    return [scope for scope in scopes if len(scope) > 1]
