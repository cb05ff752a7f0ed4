"""The sentences of a solution in layer form."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tutor.explain.words.rules import RuleWords
from tutor.explain.words.topic import Topic
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg, Number, Partial, children
from tutor.expression.walk import drop_transpose, is_transposed, names
from tutor.rules.operations import ENTRYWISE, SAID, SUMS

DILATED = ("spread", "spread_flipped", "kernel_gradient", "kernel_gradient_flipped")


_ADDED = frozenset(name for sums in SUMS.values() for name in sums)
_SUMMED = _ADDED | {name for name in SAID if SAID[name] in ("keep", "drop")}
_REPEATED = frozenset({"columns", "rows", "batch", *(name for name in SAID if SAID[name] == "stretch")})


class ArrayWords(Topic):
    """The phrases of a solution in layer form."""

    FORWARD: Mapping[str, str] = {
        "affine": "weights times inputs, plus bias",
        "sum of products": "sum of matrix products",
        "matmul": "matrix product",
        "hadamard": "product, entry by entry",
        "sum": "summed over all entries",
        "sum of arrays": "sum, entry by entry",
        "sum of numbers": "sum",
        "mean": "mean over all entries",
        "softmax": "softmax: exponentials over their sum",
        "softmax_columns": "softmax of each column",
        "softmax_rows": "softmax of each row",
        "logsumexp": "log-sum-exp, a soft maximum",
        "logsumexp_columns": "log-sum-exp of each column",
        "logsumexp_rows": "log-sum-exp of each row",
        "log_softmax": "log-softmax: each score minus log Σ exp",
        "log_softmax_columns": "log-softmax of each column",
        "log_softmax_rows": "log-softmax of each row",
        "correlate": "correlation: the kernel slides over the input",
        "convolve": "convolution: the flipped kernel slides over the input",
        "transposed_convolution": "transposed convolution: each entry of the input lays the kernel down",
        "max_pool": "the largest entry of each window",
        "average_pool": "the mean of each window",
        "flatten": "as one vector, row after row",
        "unflatten": "into its shape, row after row",
        "concat": "one after the other",
        "transpose": "transposed",
        "outer": "outer product",
        "one_hot": "1 at the label, 0 elsewhere",
        "entry": "one entry",
        "embed": "rows of the table, by their labels",
        "pick_each": "one entry of each row, by its label",
        "columns": "the same column, repeated",
        "rows": "the same row, repeated",
        "batch": "the same matrix for every sample",
        "batch_sums": "summed over the samples",
        "fill": "an array of equal numbers",
        "row_sums": "summed over each row",
        "column_sums": "summed over each column",
        "mean along": "mean along an axis",
        "largest": "the largest along an axis",
        "keep": "with one more axis, of one entry",
        "drop": "without its axis of one entry",
        "stretch": "the same all along an axis",
        "part": "a part",
        "pad": "with zeros around it",
        "axes": "its axes in another order",
        "masked_softmax": "softmax of each row, of what the mask lets through",
        "split_heads": "its columns in equal parts, one for each head",
        "join_heads": "the heads side by side again",
        "positional_encoding": "sine and cosine of the place",
        "causal_mask": "1 where a row may look: at itself and before",
        "normalised": "minus the mean, over the deviation",
        "scaled and shifted": "scaled and shifted",
        "root mean square": "root of the mean square",
        "over the root mean square": "over the root of the mean square",
        "scores": "scores: each query with each key",
        "dropout": "what the mask keeps, scaled up",
        "gate": "a gate, from 0 to 1",
        "candidate": "the candidate, what may come in",
        "cell": "what is kept, and what comes in",
        "mixed": "some of each, as the gate says",
        "either way": "weights times inputs; square weights would fit the other way round, too",
        "gate either way": "a gate, from 0 to 1; square weights would fit the other way round, too",
        "turned": "each pair turned by its angle",
    }

    BACKWARD: Mapping[str, str] = {
        "outer": "upstream gradient and the layer's input",
        "outer product": "outer product with the upstream gradient",
        "matmul": "matrix product with the upstream gradient",
        "transpose": "back through the weights",
        "slope": "⊙ the slope, entry by entry",
        "partner": "⊙ the other factor, entry by entry",
        "sum": "summed over all that share it",
        "row_sums": "summed over each row",
        "column_sums": "summed over each column",
        "batch_sums": "summed over the samples",
        "spread": "each window's gradient goes back to its inputs",
        "spread_flipped": "each window's gradient goes back to its inputs",
        "kernel_gradient": "input and upstream gradient, correlated",
        "kernel_gradient_flipped": "input and upstream gradient, correlated and flipped",
        "spread_wide": "each window's gradient goes back to its inputs",
        "kernel_gradient_wide": "input and upstream gradient, correlated",
        "scatter": "each gradient goes back to the row of its label; where a label occurs twice, they are added",
        "place_each": "each gradient goes back to the entry of its label",
        "correlate": "the kernel slides over the upstream gradient",
        "flip": "turned round along every axis",
        "route": "only the largest entry of a window gets it; equal ones share it",
        "route_first": "only the largest entry of a window gets it; of equal ones the first, row by row",
        "share": "every entry of a window has an equal part",
        "flatten": "back to a vector",
        "unflatten": "back into its shape",
        "part": "the part that came from it",
        "pad": "back to its place, with zeros around it",
        "to_largest": "only the largest entry gets it; equal ones share it",
        "to_first": "only the largest entry gets it; of equal ones the first",
        "axes": "with the axes in their old order",
        "split_heads": "back to the heads, each its own columns",
        "join_heads": "the heads' gradients side by side",
        "keep": "with an axis of one entry again",
        "drop": "without the axis of one entry",
        "softmax": "softmax: every score acts on every output",
        "log_softmax": "log-softmax: log Σ exp, and so every score, acts on every output",
        "copy": "passed on unchanged",
        "copy turned round": "passed on with a minus: it is subtracted",
        "fill": "the same for every entry",
        "loss": "the local derivative alone, entry by entry: nothing is upstream",
        "loss of a number": "the local derivative alone: nothing is upstream",
    }
    TAKEN = "0 but at the entry that is taken"
    EACH_ENTRY = "{reason}, entry by entry"

    REWRITES: Mapping[str, str] = {
        "softmax with cross-entropy": "softmax with cross-entropy",
        "sigmoid with binary cross-entropy": "sigmoid with binary cross-entropy",
        "log-softmax with likelihood": "log-softmax with the likelihood",
        "binary cross-entropy of scores": "the slope of log(1 + exp) is σ",
        "divergence from the standard normal": "divergence from the standard normal",
        "multi-class hinge": "each class that misses the margin counts 1, the right one minus their number",
        "divergence of two Gaussians": "the divergence of two normal distributions, in their means and spreads",
        "log-sum-exp": "the slope of log Σ exp is the softmax",
        "normalisation": "through the mean and the deviation, too; deviations from their mean add up to 0",
        "division by the norm": "through what it is divided by, too",
        "gates": "each gate's slope in its own value",
        "linear network": "linear layers are one linear layer",
    }

    SYMBOLS: Mapping[str, str] = {
        "correlate": "{call}: the kernel slides over the input as it is",
        "convolve": "{call}: the kernel slides over the input, flipped along each axis",
        "spread": "{call}: the kernel is flipped and also stands where only a part of it meets the array; what lies outside counts as 0",
        "spread_flipped": "{call}: the kernel also stands where only a part of it meets the array; what lies outside counts as 0",
        "kernel_gradient": "{call}: the gradient {gradient} slides over the input as it is",
        "kernel_gradient_flipped": "{call}: the gradient {gradient} slides over the input, and flip reverses the order along each axis",
        "transposed_convolution": "{call}: every entry of the input times the kernel, laid down s apart and added up; "
        "p entries at each border are left out",
        "spread_wide": "{call}: what each window sends back to the places that it has seen",
        "kernel_gradient_wide": "{call}: the gradient {gradient} slides over the input, each kernel over the channels of its group",
        "embed": "{call}: the rows of the table with these labels, which are counted from 0",
        "scatter": "{call}: as many rows as stand in front; each gradient is added to the row of its label, the others are 0",
        "pick_each": "{call}: of each row the entry with its label, counted from 0",
        "place_each": "{call}: rows of as many entries as stand in front, with the gradient at the label and 0 elsewhere",
        "max_pool": "{call}: windows of {first} entries along each axis, {last} apart",
        "average_pool": "{call}: windows of {first} entries along each axis, {last} apart",
        "route": "{call}: each gradient goes to the place of the largest entry of its window, the other places get 0",
        "route_first": "{call}: each gradient goes to the place of the largest entry of its window, of equal ones to the first",
        "share": "{call}: each gradient is shared out equally over its window",
        "flip": "{call}: its entries in reverse order along each axis",
        "part": "{call}: what stands at the places {first} to {last}",
        "own windows": "{call}: windows of {first} entries, {last} apart",
        "one place": "{call}: what stands at place {first}",
        "part along": "{call}: what stands at the places {first} to {last} along axis {axis}",
        "one place along": "{call}: what stands at place {first} along axis {axis}",
        "pad": "{call}: with {first} zeros before it and {last} behind it",
        "largest": "{call}: the largest entry along an axis",
        "to_largest": "{call}: each gradient goes to the place of the largest entry, the other places get 0",
        "to_first": "{call}: each gradient goes to the place of the largest entry, of equal ones to the first",
        "axes": "{call}: the axes in this order",
        "masked_softmax": "{call}: the softmax of each row over the places where the mask is 1; the others are 0, their gradients too",
        "split_heads": "{call}: the columns in equal parts, one along a new first axis for each head",
        "join_heads": "{call}: the heads side by side as columns",
        "positional_encoding": "{call}: row $t$ has "
        "$sin((t - 1)/10000^((j - 1)/d))$ at odd $j$ and $cos((t - 1)/10000^((j - 2)/d))$ at even $j$",
        "causal_mask": "{call}: 1 on the diagonal and below, 0 above",
        "concat": "{call}: the entries of the first, then those of the second",
        "indicator": "{call}: 1 where the condition holds, else 0",
        "flatten": "{call}: all entries as one vector, row after row",
        "unflatten": "{call}: the entries back in rows and columns",
        "one_hot": "{call}: 1 at place {first}, 0 elsewhere",
        "softmax_columns": "{call}: the softmax of each column by itself",
        "softmax_rows": "{call}: the softmax of each row by itself",
        "columns_of_each": "{call}: each entry {first} times, along a new last axis",
        "rows_of_each": "{call}: each row {first} times, along a new axis before the last",
        "row_sums_of_each": "{call}: the sum of each row",
        "column_sums_of_each": "{call}: the sum of each column",
        "batch": "{call}: the same array {first} times, along a new first axis",
        "batch_sums": "{call}: summed along the axis that its index names",
        "broadcast": "{call}: repeated along the axes with a size; a dot is an axis of its own",
        "max": "{call}: the largest of all entries",
        "sum along": "{call}: summed along the axes with a size; a dot is an axis that stays",
        "logsumexp_columns": "{call}: log Σ exp of each column by itself",
        "logsumexp_rows": "{call}: log Σ exp of each row by itself",
        "log_softmax_columns": "{call}: the log-softmax of each column by itself",
        "log_softmax_rows": "{call}: the log-softmax of each row by itself",
        "erf": "{call}: the integral of $2/sqrt(pi)*exp(-t^2)$ over $t$ from 0 to {last}",
    }
    """What an operation's sign means, where it first stands; mathematics stands between dollars."""
    ONES = "{ones}: ones everywhere"
    ONES_SIZED = "{ones}: ones everywhere (an index tells how many)"
    SIZED = "the index of {ones} tells how many"
    RAISED = "a power of an array is taken entry by entry"
    DIVIDED = "a fraction of arrays is taken entry by entry"
    RAISED_DIVIDED = "powers and fractions of arrays are taken entry by entry"
    KEPT = "an array with one more axis, of one entry, has the same letter; the size below it tells"
    STRIDE: Mapping[str, str] = {
        "sp": "$s$ is the stride, $p$ the width of the zeros around the input", "s": "$s$ is the stride",
        "p": "$p$ is the width of the zeros around the input",
    }  # fmt: skip
    WIDE = (
        "$d$ is how far apart the entries of the kernel are, $g$ how many groups the channels are in: "
        "a kernel sees those of its own group"
    )
    EACH = "2×1 is 2 along the first of the axes and 1 along the second"
    PADDED = "$p$ is how far the windows reach over the border; what lies outside is never the largest, and counts as 0 in a mean"
    ENTRY = "entry by entry"
    WORKED_OUT = "worked out"
    EXAMPLE = "for example"
    WRITTEN = "written out"
    LINE = "line {line}"
    CELL_LINE = "cell {cell}, line {line}"
    BACK_CELLS = "from {lines}"
    BACK_LINE = "from line {line}"
    BACK_LINES = "from lines {line}"
    CONDITION = "Needs the targets of each softmax to sum to 1, as here."
    ASSUMED = "Needs the targets of each softmax to sum to 1."

    def say_forward(self, rule: str, rules: RuleWords) -> str:
        """Why a forward step holds; ``rules`` are the words of the functions of single numbers.

        >>> ArrayWords().say_forward("affine", RuleWords())
        'weights times inputs, plus bias'
        """
        return self.FORWARD.get(SAID.get(rule, rule)) or rules.say_forward(rule)

    THEN = "{first}, then {second}"
    FURTHER = "{first}; {second}"
    DILATED = "d is how far apart the entries of the gradient are set, with zeros between them"

    def say_backward(
        self, expr: Expr, rules: RuleWords, parameters: Collection[str] = (), *, number: bool = False, wrt: str = "",
        sizes: Collection[str] = (),
    ) -> str:
        """Why a gradient in layer form is what it is, from its outermost operation; ``parameters`` are the weights of the graph.

        ``number`` says that it is the gradient of a single number, which has no entries; ``wrt`` is what it is the gradient of; ``sizes``
        are the letters that are numbers of entries: the 1/n of a mean needs no reason.

        >>> ArrayWords().say_backward(Partial("L", "z"), RuleWords())
        'passed on unchanged'
        """
        if wrt in parameters and type(expr) is Call and expr.func == "outer" and _carries_gradient(expr):
            return self.BACKWARD["outer"]  # of two parameters beside each other, one is the other's input
        expr = _drop_sizes(expr, sizes)
        phrase = self._say_backward(expr, rules, parameters)
        if type(expr) is Call and expr.func == "matmul" and any(map(_has_slope, expr.args)):
            return self.THEN.format(first=self.BACKWARD["slope"], second=phrase)
        if type(expr) is Call and expr.func in _SUMMED and _has_partner(expr.args[0]):
            return self.THEN.format(first=self.BACKWARD["partner"], second=phrase)
        return self.BACKWARD["loss of a number"] if number and phrase == self.BACKWARD["loss"] else phrase

    def _say_backward(self, expr: Expr, rules: RuleWords, parameters: Collection[str]) -> str:
        match expr:
            case Partial():
                return self.BACKWARD["copy"]
            case Neg(Partial()):
                return self.BACKWARD["copy turned round"]
            case Neg(arg):
                return self._say_backward(arg, rules, parameters)
            case Add((Partial(), Neg(Mul(args)))) | Add((Partial(), Neg(Call("hadamard", args)))) if any(map(_calls_softmax, args)):
                return self.BACKWARD["log_softmax"]
            case Mul((Partial(), factor)) | Call("hadamard", (_, factor)) if _calls_softmax(factor):
                return self.BACKWARD["log-sum-exp"]
            case Add() if any(_carries_gradient(part) for part in expr.args):
                return rules.gradient("sum over paths", len(expr.args)) if all(map(_carries_gradient, expr.args)) else self.BACKWARD["loss"]
            case Call("matmul", (first, second)) if not _carries_gradient(first):
                source = drop_transpose(first)
                sent_back = type(source) is Name and source.name in parameters and not is_transposed(second)
                return self._say_after(second, self.BACKWARD["transpose" if sent_back else "matmul"], rules)
            case Call("outer", args) if not any(map(_carries_gradient, args)):
                return self.BACKWARD["loss"]
            case Call("outer", args) if any(type(arg) is Name and arg.name in parameters for arg in args):
                return self.BACKWARD["transpose"]  # of a row of weights, w δ
            case Call("outer", args) if (summed := [arg for arg in args if _is_summed(arg)]):
                return self._say_after(summed[0], self.BACKWARD["outer product"], rules)
            case Call("hadamard", (first, second)):
                if _softmax(second):
                    return self.BACKWARD["softmax"]
                if not any(map(_carries_gradient, (first, second))):
                    return self.BACKWARD["loss"]
                return self.say_entrywise(first if _carries_gradient(first) else second, "slope", rules, parameters)
            case Call(func, (inner,)) if SAID.get(func) in ("keep", "drop") and type(inner) is Call and inner.func in _SUMMED:
                return self.BACKWARD["sum"]
            case Call(func) if SAID.get(func) in ("drop", "part") and not _carries_gradient(expr):
                return self.BACKWARD["loss"]
            case Call(func, (Call() as inner,)) if SAID.get(func) == "drop" and SAID.get(inner.func) == "part":
                return self.BACKWARD["part"]
            case Call(func) if func in _REPEATED and _carries_gradient(expr):
                return self.BACKWARD["fill"]
            case Call(func) if SAID.get(func, func) in self.BACKWARD:
                return self.BACKWARD[SAID.get(func, func)]
            case Mul((*numbers, Call() as behind)) if _carries_gradient(behind) and not any(map(_carries_gradient, numbers)):
                phrase = self._say_backward(behind, rules, parameters)
                plain = behind.func in ("matmul", "outer") or not any(map(names, numbers))
                return phrase if plain else self.FURTHER.format(first=phrase, second=rules.gradient("chain rule"))
            case Mul(args) if any(_carries_gradient(part) for part in args):
                others = [part for part in args if not _carries_gradient(part) and type(part) is not Number]
                return rules.say_local("product") if len(others) == 1 and type(others[0]) is Name else rules.gradient("chain rule")
        return self.BACKWARD["loss"]


    def _say_after(self, gradient: Expr, phrase: str, rules: RuleWords) -> str:
        """What is done with an upstream gradient that was summed before."""
        if not _is_summed(gradient):
            return phrase
        return self.THEN.format(first=self._say_backward(gradient, rules, ()), second=phrase)

    def say_entrywise(self, upstream: Expr, factor: str, rules: RuleWords, parameters: Collection[str] = ()) -> str:
        """Why a product entry by entry is what it is; what was done to the upstream gradient before is said first.

        >>> ArrayWords().say_entrywise(Call("column_sums", (Partial("L", "X"),)), "slope", RuleWords())
        'summed over each column, then ⊙ the slope, entry by entry'
        """
        phrase = self.BACKWARD[factor]
        if type(upstream) is not Call or upstream.func in (ENTRYWISE, *_REPEATED):  # as it is, or with factors that are seen
            return phrase
        before = self._say_backward(upstream, rules, parameters)
        if before == self.BACKWARD["outer"]:  # this goes on to a function, and is no gradient of weights
            before = self.BACKWARD["outer product"]
        return self.THEN.format(first=before, second=phrase)


def _is_summed(expr: Expr) -> bool:
    """Whether this is an upstream gradient that was added up along an axis."""
    return type(expr) is Call and expr.func in _ADDED and _carries_gradient(expr)


def _drop_sizes(expr: Expr, sizes: Collection[str]) -> Expr:
    """The array that stands behind numbers and sizes of arrays, such as (2/n)·A."""
    product = expr.arg if type(expr) is Neg else expr
    if type(product) is not Mul or not all(_carries_gradient(part) or set(names(part)) <= {*sizes} for part in product.args):
        return expr
    rest = [part for part in product.args if _carries_gradient(part)]
    return rest[0] if len(rest) == 1 and type(rest[0]) is Call else expr


def _carries_gradient(expr: Expr) -> bool:
    """Whether an upstream gradient is in an expression."""
    return type(expr) is Partial or any(_carries_gradient(part) for part in children(expr))


def _has_slope(expr: Expr) -> bool:
    """An upstream gradient with a slope beside it, g ⊙ σ′(z)."""
    slope = expr.args[1] if type(expr) is Call and expr.func == ENTRYWISE and type(expr.args[0]) is Partial else None
    return type(slope) is Call and slope.func.endswith("'")


def _has_partner(expr: Expr) -> bool:
    """An upstream gradient with a quantity beside it, g ⊙ x, which what is shared was multiplied with."""
    return type(expr) is Call and expr.func == ENTRYWISE and type(expr.args[0]) is Partial and type(expr.args[1]) is Name


def _calls_softmax(expr: Expr) -> bool:
    """The softmax of scores, which the slope of log Σ exp is."""
    return type(expr) is Call and expr.func.startswith("softmax")


def _softmax(expr: Expr) -> bool:
    """g − (pᵀg)𝟏, what the pullback of softmax multiplies with."""
    if type(expr) is not Add:
        return False
    spread = expr.args[-1].arg if type(expr.args[-1]) is Neg else expr.args[-1]
    return type(spread) is Call and spread.func in ("fill", "rows", "columns")
