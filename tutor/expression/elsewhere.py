"""What to say about a function that is not known: how a well-known one is written by formula, or which name is a slip away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tutor.errors import tell
from tutor.expression.lexicon import ALIASES, function_word
from tutor.expression.own_functions import shorten_name
from tutor.expression.spelling import Spelled
from tutor.text import make_visible

ELSEWHERE = {
    "celu": "max(0, z) + min(0, a*(exp(z/a) - 1))", "hardswish": "z*hard_sigmoid(z)", "hard_swish": "z*hard_sigmoid(z)",
    "tanhshrink": "z - tanh(z)", "tansig": "tanh(z)", "logsig": "sigmoid(z)", "softmin": "softmax_1(-z1, -z2)", "erfc": "1 - erf(z)",
    "gaussian": "exp(-z^2)", "rbf": "exp(-z^2)", "info_nce": "-log_softmax_1(p/t, n1/t, n2/t)",
    "infonce": "-log_softmax_1(p/t, n1/t, n2/t)",
    "cosine_similarity": "x^T y/(sqrt(x^T x)*sqrt(y^T y))", "cosine": "x^T y/(sqrt(x^T x)*sqrt(y^T y))",
    "elbo": "1/2*(a - y)^2 + kl_standard_normal(m, l)", "mse": "mean((a - y)^2)",
    "mae": "mean(abs(a - y))", "rmse": "sqrt(mean((a - y)^2))", "nll": "-log(p)", "dot": "x^T y",
    "square": "x^2", "cube": "x^3", "cbrt": "x^(1/3)", "reciprocal": "1/x", "hypot": "sqrt(x^2 + y^2)", "pow": "x^y", "power": "x^y",
    "log_2": "log(x)/log(2)", "log_10": "log(x)/log(10)", "log_e": "log(x)", "loge": "log(x)", "cotan": "cot(x)", "expit": "sigmoid(z)",
    "log2": "log(x)/log(2)", "log10": "log(x)/log(10)", "lg": "log(x)/log(10)", "ld": "log(x)/log(2)", "log1p": "log(1 + x)",
    "exp2": "2^x", "expm1": "exp(x) - 1", "clip": "max(a, min(b, x))", "clamp": "max(a, min(b, x))",
}  # fmt: skip
"""Functions that are well known elsewhere, by the formula that is read here."""
WITHOUT = frozenset({
    "gamma", "lgamma", "beta", "digamma", "atan2", "floor",
    "ceil", "round", "trunc", "mod", "argmax", "argmin", "sort", "det", "inv", "trace", "cumsum", "prod", "conv",
})  # fmt: skip
"""Well-known functions that have no such formula."""


ARRAYS = frozenset({
    "average_pool", "batch", "batch_sums", "causal_mask", "chunk", "column_sums", "columns", "concat", "convolve", "correlate",
    "embed", "einsum", "entry", "fill", "flatten", "hadamard", "hsplit", "hstack", "join_heads", "log_softmax_columns", "log_softmax_rows",
    "logsumexp", "logsumexp_columns", "logsumexp_rows", "masked_softmax", "matmul", "max_pool", "mean", "norm", "one_hot", "outer", "part",
    "permute", "pick_each", "positional_encoding", "row_sums", "rows", "softmax_columns", "softmax_rows", "split", "split_heads", "squeeze",
    "stack", "std", "sum", "swapaxes", "transpose", "transposed_convolution", "unflatten", "unsqueeze", "var", "vsplit", "vstack",
})  # fmt: skip
"""Functions of arrays, which are read where there are shapes."""
CALLED_LAYERS = frozenset({
    "add_positions", "attention", "batch_norm", "batch_norm_eval", "batchnorm", "batchnorm1d", "batchnorm2d", "dot_product_attention",
    "dropout", "gate", "global_average_pool", "global_avg_pool", "global_max_pool", "globalaveragepooling2d", "globalmaxpooling2d",
    "group_norm", "groupnorm", "gru_cell", "grucell", "layer_norm", "layernorm", "lstm_cell", "lstm_cell_by_gate", "lstmcell", "mha",
    "multi_head_attention", "multiheadattention", "residual", "rms_norm", "rmsnorm", "rnn_cell", "rnncell",
    "rope", "rotary_embedding", "scaled_dot_product_attention", "skip",
})  # fmt: skip
"""Layers that are written out, in small letters: they are read where there are shapes, too."""


_BASE = re.compile(r"_\s?\{?\s?([0-9]{1,3}|e)(?![0-9A-Za-z.])\s?\}?")
_LOGARITHM = re.compile(r"(?:log|ln)\s?\Z")
WORDS = frozenset({"and", "or", "not"})
"""Words between conditions, which are no quantities."""


def refuse_base(text: str, at: int) -> tuple[str, str] | None:
    """What is wrong with an index at a place, and what to write instead, where it is the base of a logarithm; else nothing.

    >>> refuse_base("log_2 x", 3), refuse_base("w_2", 1)
    (('a logarithm to another base is not read', 'write log(x)/log(2)'), None)
    """
    base = _BASE.match(text, at)
    if base is None or not _LOGARITHM.search(text[max(0, at - 5) : at]):
        return None
    hint = tell("write log(x)") if base[1] == "e" else tell("write log(x)/log({base})", base=base[1])
    return tell("a logarithm to another base is not read"), hint


def refuse_word(name: str) -> tuple[str, str] | None:
    """What is wrong with a name that nobody has for a quantity, and what to write instead; nothing for any other.

    >>> refuse_word("and"), refuse_word("log_2")[1], refuse_word("w_2")
    (('and is no quantity', 'write (1 if z > 0 else 0), or 1[z > 0]'), 'write log(x)/log(2)', None)
    """
    if name in WORDS:
        return tell("{name} is no quantity", name=name), tell("write (1 if z > 0 else 0), or 1[z > 0]")
    head, _, base = name.partition("_")
    return refuse_base(name, len(head)) if base and "_" not in base and _LOGARITHM.fullmatch(head) else None


_COMPONENT = re.compile(r"(log_?)?softmax_([1-9][0-9]{0,3})", re.ASCII)


def split_component(word: str) -> tuple[str, int] | None:
    """The function of a whole layer and the number of the component that a word means; nothing for any other word.

    >>> split_component("softmax_2"), split_component("logsoftmax_13"), split_component("softplus_2")
    (('softmax', 2), ('log_softmax', 13), None)
    """
    match = _COMPONENT.fullmatch(word)
    return ("log_softmax" if match[1] else "softmax", int(match[2])) if match else None


MOST_LISTED = 60
"""So many functions are listed; of more a few, and of those that begin alike the nearest."""
MOST_NEAR = 12


_LETTER_PLACE = re.compile(r"\[\s?(?P<place>[A-Za-z]\w{0,20})\s?\]")
"""One letter in brackets right behind a name, x[h]."""


def refuse_letter_place(text: str, begin: int, end: int, name: str) -> tuple[str, str] | None:
    """Why x[h] with one letter right behind a name is not read: a product to nobody, and an entry to those who write programs.

    >>> refuse_letter_place("x[h]", 0, 1, "x")[0]
    'x[h] is no product and no entry of x'
    """
    match = _LETTER_PLACE.match(text, end)
    if match is None:
        return None
    what = tell("{text} is no product and no entry of {name}", text=make_visible(text[begin : match.end()], 40), name=name)
    return what, tell("an entry is written {name}_1, a part {name}[0:{place}], a product {name}*{place}", name=name, place=match["place"])


def is_alone_elsewhere(text: str, typed: str) -> bool:
    """Whether a name is also written without a bracket behind it, so that it is a quantity.

    >>> is_alone_elsewhere("a(b + c) - a", "a"), is_alone_elsewhere("f(x)", "f")
    (True, False)
    """
    return re.search(rf"(?<![A-Za-z0-9_\\]){re.escape(typed)}(?![A-Za-z0-9_])(?!\s*+(?:\(|\\left\())", text) is not None


def find_called(one: Spelled, at: int, functions: Mapping[str, str]) -> str:
    """The function that a spelling names, of those that are known; empty for a name that is none."""
    if one.key[2]:
        return ""
    component = split_component(function_word(one.key).replace(",", "_").lower())
    if component is not None and component[0] in functions:
        return f"{component[0]}_{component[1]}"
    words = (one.word if len(one.word) == one.end - at else "", function_word(one.key).replace(",", "_"))
    return next((functions[word] for word in words if word in functions), "") or functions.get(words[1].lower(), "")


def function_hint(name: str, known: Iterable[str]) -> str:
    """What to do instead of a function that is not known.

    >>> function_hint("hardswish", ["sinh", "elu"]), function_hint("sigmod", ["sigmoid", "sin"])
    ('it is not known here yet; write z*hard_sigmoid(z)', 'did you mean sigmoid?')
    """
    names = sorted(set(map(shorten_name, known)))
    lowered = name.lower()
    if lowered in ELSEWHERE:
        return tell("it is not known here yet; write {formula}", formula=ELSEWHERE[lowered])
    over_arrays = ARRAYS | CALLED_LAYERS
    meant = lowered if lowered in over_arrays else ALIASES.get(lowered, "")
    if meant in over_arrays and meant not in names:
        return tell("it works on arrays: give their shapes, --shape x=3, or [shapes] x = [3] in an exercise file")
    if lowered in WITHOUT:
        return tell("it is not known here yet")
    alike = [other for other in names if len(lowered) > 3 or other[0] == lowered[0]]
    slips = sorted((distance, other) for other in alike if (distance := _slips(lowered, other)) <= (1 if len(name) < 6 else 2))
    if slips and len(lowered) > 2:
        return tell("did you mean {names}?", names=tuple(other for distance, other in slips if distance == slips[0][0]))
    if len(names) <= MOST_LISTED:
        return tell("the functions are: {names}", names=", ".join(names)) if names else ""
    near = sorted((other for other in names if other[0].lower() == lowered[0]), key=lambda other: (_slips(lowered, other), other))
    if not near:
        return tell("functions are such as sigmoid(z), exp(x), log(x)")
    return tell("functions are such as sigmoid(z), exp(x), log(x); with this first letter: {names}", names=", ".join(near[:MOST_NEAR]))


def _slips(word: str, other: str) -> int:
    """How many letters are wrong, missing, too many or swapped with the next one; 9 for words of quite another length."""
    if abs(len(word) - len(other)) > 2 or len(word) > 40:
        return 9
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
