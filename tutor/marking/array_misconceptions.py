"""The slips that are made with whole arrays: a table, with a worked wrong answer each.

To add one, write what it makes of a step in `tutor.marking.array_bends`, its row here, and its words in
`tutor.explain.words.marking_words`.  The tests walk the table: the worked wrong answer is diagnosed as this slip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tutor.expression.nodes import ONE, Expr, Neg
from tutor.marking import array_bends as bends
from tutor.marking import network_bends as networks
from tutor.marking.array_bends import HALF, TWO, LayerStep, bend_misused, bend_parts, bend_scaled

LAYOUT = "other-layout"
"""The transpose of what is asked: right where a gradient has the numerator's layout."""


@dataclass(frozen=True, slots=True)
class ArrayExample:
    """A worked wrong answer: steps with the shapes of their leaves, what is asked, the right formula, and what the slip makes of it."""

    steps: str
    shapes: str
    ask: str
    right: str
    wrong: str


@dataclass(frozen=True, slots=True)
class ArrayMisconception:
    """A row: the stable tag, what it makes of a step, its worked wrong answer, and the share of the marks that is left.

    Without ``bends`` it is found otherwise.
    """

    tag: str
    bends: Callable[[LayerStep], Iterator[Expr]]
    example: ArrayExample
    credit: Fraction = Fraction(1, 2)


def _bend_nothing(at: LayerStep) -> Iterator[Expr]:
    return iter(())


NETWORK = "z1 = W1 x; h = sigmoid(z1); z2 = W2 h; a = sigmoid(z2); L = 1/2*sum((a - y)^2)"
SQUARE = "W1 = 3, 3; W2 = 3, 3; x = 3; y = 3"
SIZES = "W1 = m, n; W2 = q, m; x = n; y = q"
BATCH = "Z = W X + columns(b, N); L = sum((Z - Y)^2)/N"
BATCHED = "W = q, n; X = n, N; b = q; Y = q, N"
ROWS = "Z = X @ W; P = A @ Z; L = sum((P - Y)^2)"
EVEN = "X = 2, 2; W = 2, 2; A = 2, 2; Y = 2, 2"
NORMALISED = "m = mean(X, axis=0); C = X - m; V = mean(C^2, axis=0); Y = C/sqrt(V + 1); L = 1/2*sum((Y - T)^2)"
ATTENTION = "S = Q @ K^T + M; P = softmax(S, axis=1); O = P @ V; L = 1/2*sum((O - Y)^2)"
HEADS = "Q = n, d; K = n, d; V = n, d; M = n, n; Y = n, d"
SCALED = "Z = X @ W; P = Z/sqrt(2); L = sum((P - Y ⊙ A)^2)"
TIED = "Z = X @ W; P = Z @ W; L = sum((P - Y)^2)"
FORKED = "h = W x; z = U h; o = V h; L = sum((z - y)^2) + sum((o - x)^2)"
FORK = "W = 2, 2; U = 2, 2; V = 2, 2; x = 2; y = 2"
TANH, LAYER = "z = W x; a = tanh(z); L = sum((a - y)^2)", "W = m, n; x = n; y = m"
PRODUCT = "Z = W @ X; P = Z ⊙ A; L = sum((P - Y)^2)"

TABLE: tuple[ArrayMisconception, ...] = (
    ArrayMisconception("transpose-forgotten", bend_parts(bends.transpose_dropped),
                       ArrayExample(NETWORK, SQUARE, "dL/dh", "W2^T dL/dz2", "W2 dL/dz2")),
    ArrayMisconception("transpose-too-many", bend_parts(bends.transpose_added),
                       ArrayExample(NETWORK, SQUARE, "z2", "W2 h", "W2^T h")),
    ArrayMisconception("product-order", bend_parts(bends.order_reversed),
                       ArrayExample(ROWS, EVEN, "dL/dZ", "A^T dL/dP", "dL/dP A^T")),
    ArrayMisconception("product-for-entrywise", bend_parts(bends.product_for_entrywise),
                       ArrayExample(PRODUCT, EVEN, "dL/dZ", "dL/dP ⊙ A", "dL/dP @ A")),
    ArrayMisconception("entrywise-for-product", bend_parts(bends.entrywise_for_product),
                       ArrayExample(ROWS, EVEN, "P", "A @ Z", "A ⊙ Z")),
    ArrayMisconception("outer-reversed", bend_parts(bends.bend_outer_reversed),
                       ArrayExample(NETWORK, SQUARE, "dL/dW2", "dL/dz2 h^T", "h (dL/dz2)^T")),
    ArrayMisconception("scale-forgotten", bend_parts(bends.scale_dropped),
                       ArrayExample(SCALED, EVEN, "dL/dZ", "dL/dP/sqrt(2)", "dL/dP")),
    ArrayMisconception("samples-not-summed", bend_parts(bends.samples_kept),
                       ArrayExample(BATCH, BATCHED, "dL/db", "row_sums(dL/dZ)", "dL/dZ")),
    ArrayMisconception("one-use-only", bends.bend_one_use, ArrayExample(TIED, EVEN, "dL/dW", "X^T dL/dZ + Z^T dL/dP", "Z^T dL/dP")),
    ArrayMisconception("mean-path-dropped", networks.bend_mean_path,
                       ArrayExample(NORMALISED, "X = N, n; T = N, n", "dL/dX", "dL/dC + rows(dL/dm, N)/N", "dL/dC")),
    ArrayMisconception("missing-path", bends.bend_missing_path, ArrayExample(FORKED, FORK, "dL/dh", "U^T dL/dz + V^T dL/do", "V^T dL/do")),
    ArrayMisconception("sum-for-mean", bends.mean_forgotten,
                       ArrayExample(BATCH, BATCHED, "dL/dZ", "2*(Z - Y)/N", "2*(Z - Y)")),
    ArrayMisconception("inner-derivative-forgotten", bend_parts(bends.slope_forgotten),
                       ArrayExample(NETWORK, SIZES, "dL/dz1", "(W2^T dL/dz2) ⊙ sigmoid'(z1)", "W2^T dL/dz2")),
    ArrayMisconception("slope-at-wrong-node", bend_parts(bends.slope_elsewhere),
                       ArrayExample(NETWORK, SQUARE, "dL/dz1", "(W2^T dL/dz2) ⊙ sigmoid'(z1)", "(W2^T dL/dz2) ⊙ sigmoid'(z2)")),
    *(ArrayMisconception(tag, bend_parts(bend_misused(tag)), ArrayExample(NETWORK, SIZES, "dL/dz1", "dL/dh ⊙ h ⊙ (1 - h)", wrong))
      for tag, wrong in (("sigmoid-slope-is-output", "dL/dh ⊙ h"), ("sigmoid-slope-is-complement", "dL/dh ⊙ (1 - h)"),
                         ("sigmoid-slope-of-input", "dL/dh ⊙ z1 ⊙ (1 - z1)"))),
    *(ArrayMisconception(tag, bend_parts(bend_misused(tag)), ArrayExample(TANH, LAYER, "dL/dz", "dL/da ⊙ (1 - a^2)", wrong))
      for tag, wrong in (("tanh-slope-not-squared", "dL/da ⊙ (1 - a)"), ("tanh-slope-of-input", "dL/da ⊙ (1 - z^2)"),
                         ("tanh-slope-square-misplaced", "dL/da ⊙ (1 - a)^2"))),
    ArrayMisconception("slope-at-output", bend_parts(bends.slope_at_output),
                       ArrayExample(TANH, LAYER, "dL/dz", "dL/da ⊙ tanh'(z)", "dL/da ⊙ tanh'(a)")),
    ArrayMisconception("relu-slope-left", bend_parts(bend_misused("relu-slope-left")),
                       ArrayExample("z = W x; a = relu(z); L = sum((a - y)^2)", "W = m, n; x = n; y = m", "dL/dz", "dL/da ⊙ relu'(z)",
                                    "dL/da")),
    ArrayMisconception("sign-inside-slope", bend_parts(bends.bend_sign_inside),
                       ArrayExample("z = W x; a = tanh(z); L = sum((a - y)^2)", "W = m, n; x = n; y = m", "dL/dz", "dL/da ⊙ (1 - a^2)",
                                    "dL/da ⊙ (1 + a^2)")),
    ArrayMisconception("sign-of-error", bend_scaled(Neg(ONE), bends.has_square),
                       ArrayExample(NETWORK, SIZES, "dL/da", "a - y", "y - a")),
    ArrayMisconception("factor-two-lost", bend_scaled(HALF, lambda loss: bends.has_square(loss) and not bends.has_half(loss)),
                       ArrayExample(BATCH, BATCHED, "dL/dZ", "2*(Z - Y)/N", "(Z - Y)/N")),
    ArrayMisconception("half-lost", bend_scaled(TWO, lambda loss: bends.has_square(loss) and bends.has_half(loss)),
                       ArrayExample(NETWORK, SIZES, "dL/da", "a - y", "2*(a - y)")),
    ArrayMisconception("gate-slope-forgotten", bend_parts(networks.bend_gate_slope),
                       ArrayExample("z = W x; i = sigmoid(z); c = i ⊙ g; L = 1/2*sum((c - y)^2)", "W = m, n; x = n; g = m; y = m",
                                    "dL/dz", "dL/di ⊙ i ⊙ (1 - i)", "dL/di")),
    ArrayMisconception("softmax-diagonal-only", bend_parts(networks.bend_softmax_diagonal),
                       ArrayExample(ATTENTION, HEADS, "dL/dS", "P ⊙ (dL/dP - sum(dL/dP ⊙ P, axis=1, keepdims=True))",
                                    "dL/dP ⊙ P ⊙ (1 - P)")),
    ArrayMisconception("mask-after-softmax", bend_parts(networks.bend_late_mask),
                       ArrayExample(ATTENTION, HEADS, "P", "softmax(S, axis=1)", "softmax(Q @ K^T, axis=1) ⊙ exp(M)")),
    ArrayMisconception("kernel-flipped", bend_parts(networks.bend_kernel),
                       ArrayExample("Z = correlate(X, K); L = 1/2*sum((Z - Y)^2)", "X = 4, 4; K = 2, 2; Y = 3, 3",
                                    "Z", "correlate(X, K)", "convolve(X, K)")),
    ArrayMisconception(LAYOUT, _bend_nothing, ArrayExample(NETWORK, SIZES, "dL/dW1", "dL/dz1 x^T", "x (dL/dz1)^T"), Fraction(3, 4)),
)  # fmt: skip
