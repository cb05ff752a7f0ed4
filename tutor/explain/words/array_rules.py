"""The sentences of a solution in layer form."""

from __future__ import annotations

from collections.abc import Collection

from tutor.explain.words import rules as wording
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children
from tutor.expression.walk import drop_transpose, is_transposed

FORWARD = {
    "affine": "weights times inputs, plus bias",
    "matmul": "matrix product",
    "hadamard": "product, entry by entry",
    "sum": "summed over all entries",
    "sum of arrays": "sum, entry by entry",
    "sum of numbers": "sum",
    "mean": "mean over all entries",
    "softmax": "softmax: exponentials over their sum",
    "softmax_columns": "softmax of each column, that is of each sample",
    "softmax_rows": "softmax of each row, that is of each sample",
    "correlate": "correlation: the kernel slides over the input",
    "convolve": "convolution: the flipped kernel slides over the input",
    "max_pool": "the largest entry of each window",
    "average_pool": "the mean of each window",
    "flatten": "as one vector, row after row",
    "unflatten": "into its shape, row after row",
    "concat": "one after the other",
    "transpose": "transposed",
    "outer": "outer product",
    "one_hot": "1 at the label, 0 elsewhere",
    "entry": "one entry",
    "columns": "the same column for every sample",
    "rows": "the same row for every sample",
    "batch": "the same matrix for every sample",
    "batch_sums": "summed over the samples",
    "fill": "an array of equal numbers",
    "row_sums": "summed over each row",
    "column_sums": "summed over each column",
}

BACKWARD = {
    "outer": "upstream gradient and the layer's input",
    "matmul": "matrix product with the upstream gradient",
    "transpose": "back through the weights",
    "slope": "⊙ the slope, entry by entry",
    "sum": "summed over all that share it",
    "row_sums": "summed over the samples",
    "column_sums": "summed over the samples",
    "batch_sums": "summed over the samples",
    "spread": "each window's gradient goes back to its inputs",
    "spread_flipped": "each window's gradient goes back to its inputs",
    "kernel_gradient": "input and upstream gradient, correlated",
    "kernel_gradient_flipped": "input and upstream gradient, correlated and flipped",
    "route": "only the largest entry of a window gets it; equal ones share it",
    "share": "every entry of a window has an equal part",
    "flatten": "back to a vector",
    "unflatten": "back into its shape",
    "part": "the part that came from it",
    "softmax": "softmax: every score acts on every output",
    "copy": "passed on unchanged",
    "fill": "the same for every entry",
    "loss": "derivative of the loss, entry by entry",
    "loss of a number": "derivative of the loss",
}

REWRITES = {
    "softmax with cross-entropy": "softmax with cross-entropy",
    "sigmoid with binary cross-entropy": "sigmoid with binary cross-entropy",
    "log-sum-exp": "the slope of log Σ exp is the softmax",
    "linear network": "linear layers are one linear layer",
}

ENTRY = "entry by entry"
WRITTEN = "written out"
CONDITION = "needs targets that sum to 1 for each sample, as here"
ASSUMED = "needs targets that sum to 1 for each sample"


def forward(rule: str) -> str:
    """Why a forward step holds.

    >>> forward("affine")
    'weights times inputs, plus bias'
    """
    return FORWARD.get(rule) or wording.forward(rule)


_DILATED = ("spread", "spread_flipped", "kernel_gradient", "kernel_gradient_flipped")
DILATED = "; d = {size}: its entries are set {size} apart, with zeros between them"


def backward(expr: Expr, parameters: Collection[str] = (), *, number: bool = False) -> str:
    """Why a gradient in layer form is what it is, from its outermost operation; ``parameters`` are the weights of the graph.

    ``number`` says that it is the gradient of a single number, which has no entries.

    >>> backward(Partial("L", "z"))
    'passed on unchanged'
    """
    phrase = _backward(expr, parameters)
    return BACKWARD["loss of a number"] if number and phrase == BACKWARD["loss"] else phrase


def _backward(expr: Expr, parameters: Collection[str]) -> str:
    match expr:
        case Partial():
            return BACKWARD["copy"]
        case Neg(arg):
            return _backward(arg, parameters)
        case Add() if any(_carries(part) for part in expr.args):
            return wording.gradient("sum over paths", len(expr.args)) if all(map(_carries, expr.args)) else BACKWARD["loss"]
        case Call("matmul", (first, second)) if not _carries(first):
            source = drop_transpose(first)
            of_weights = type(source) is not Name or not parameters or source.name in parameters
            sent_back = of_weights and not is_transposed(second)
            return BACKWARD["transpose" if sent_back else "matmul"]
        case Call("hadamard", (first, second)):
            if _softmax(second):
                return BACKWARD["softmax"]
            return BACKWARD["slope"] if _carries(first) or _carries(second) else BACKWARD["loss"]
        case Call(func, args) if func in BACKWARD:
            apart = args[-2] if func in _DILATED else ONE
            return BACKWARD[func] + (DILATED.format(size=apart.text) if type(apart) is Number and apart != ONE else "")
        case Mul(args) if any(_carries(part) for part in args):
            return wording.local("product")
    return BACKWARD["loss"]


def _carries(expr: Expr) -> bool:
    """Whether an upstream gradient is in an expression."""
    return type(expr) is Partial or any(_carries(part) for part in children(expr))


def _softmax(expr: Expr) -> bool:
    """g − (pᵀg)𝟏, what the pullback of softmax multiplies with."""
    if type(expr) is not Add:
        return False
    spread = expr.args[-1].arg if type(expr.args[-1]) is Neg else expr.args[-1]
    return type(spread) is Call and spread.func in ("fill", "rows", "columns")
