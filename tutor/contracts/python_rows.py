"""What NumPy and PyTorch have as a line: one row a function or an operation, and what each library writes otherwise.

What a row says is text with the operands in braces; the last axis is -1, as in both libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.contracts.python_windows import WINDOW_HELPERS


@dataclass(frozen=True, slots=True)
class PythonLibrary:
    """A library: what it is called, how a sum along an axis is written, and what it writes otherwise."""

    name: str
    imported: str
    axis: str
    words: Mapping[str, str]
    helpers: Mapping[str, str]


_SOFTMAX = """def softmax(z):
    e = {lib}.exp(z - {largest})
    return e / e.sum({axis}=-1, {keep}=True)
"""
_MASKED = """def masked_softmax(z, mask):
    e = mask * {lib}.exp(z - {largest})
    return e / e.sum({axis}=-1, {keep}=True)
"""
_LOGSUMEXP = """def logsumexp(z):
    return {lib}.log({lib}.exp(z).sum({axis}=-1))
"""
_ROUTE = """def route(G, A, axis):
    first = {lib}.{biggest}(A, axis, {keep}=True)
    mask = {mask}
    return {expand} * mask / mask.sum({axis}=axis, {keep}=True)
"""


def _fill(text: str, **words: str) -> str:
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text


def _write_helpers(**words: str) -> dict[str, str]:
    found = {"softmax": _SOFTMAX, "masked_softmax": _MASKED, "logsumexp": _LOGSUMEXP, "route": _ROUTE, **WINDOW_HELPERS}
    return {name: _fill(text, **words) for name, text in found.items()}


NUMPY = PythonLibrary(
    "np", "import numpy as np", "axis", {},
    _write_helpers(lib="np", axis="axis", keep="keepdims", largest="z.max(axis=-1, keepdims=True)", biggest="max",
                   mask="(A >= first) * 1.0", expand="np.expand_dims(G, axis)", zeros="np.zeros", full="np.full", likeX="", likeG=""),
)  # fmt: skip
TORCH = PythonLibrary(
    "torch", "import torch", "dim",
    {"np.concatenate": "torch.cat", "np.transpose": "torch.permute",
     "np.vectorize(erf)": "torch.erf", ".max(": ".amax("},
    _write_helpers(lib="torch", axis="dim", keep="keepdim", largest="z.amax(dim=-1, keepdim=True)", biggest="amax",
                   mask="(A >= first) * 1.0", expand="G.unsqueeze(axis)", zeros="torch.zeros", full="torch.full", likeX=", dtype=X.dtype",
                   likeG=", dtype=G.dtype"),
)  # fmt: skip
LIBRARIES = {"numpy": NUMPY, "torch": TORCH}

_PLAIN = {name: f"np.{name}({{0}})" for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arcsin", "arccos",
                                                 "arctan", "abs", "sign")}  # fmt: skip
FUNCTION_ROWS = {**_PLAIN, "arsinh": "np.arcsinh({0})", "arcosh": "np.arccosh({0})", "artanh": "np.arctanh({0})",
              "relu": "np.maximum(0, {0})", "erf": "np.vectorize(erf)({0})", "softmax": "softmax({0})"}  # fmt: skip
"""Functions of numbers, entry by entry; any other is written by the formula of its row."""
AXES = {"": 0, "row": -1, "column": -2, "channel": -3, "sample": -4, "set": -5}
"""The axis that an operation is called by, counted from the last one."""
ALONG = {**{word: axis for word, axis in AXES.items() if word}, "row_each": -1, "column_each": -2}


def _write_place(what: str, axis: int) -> str:
    return f"{{0}}[..., {what}{', :' * (-axis - 1)}]"


ROWS: dict[str, str] = {
    "outer": "np.outer({0}, {1})", "row_sums": "{0}.sum(axis=-1)", "column_sums": "{0}.sum(axis=-2)", "batch_sums": "{0}.sum(axis=0)",
    "channel_sums": "{0}.sum(axis=-3)", "sample_sums": "{0}.sum(axis=-4)", "sum": "{0}.sum()", "mean": "{0}.mean()",
    "softmax": "softmax({0})", "softmax_rows": "softmax({0})", "softmax_columns": "np.swapaxes(softmax(np.swapaxes({0}, -1, -2)), -1, -2)",
    "masked_softmax": "masked_softmax({0}, {1})", "logsumexp": "logsumexp({0})", "logsumexp_rows": "logsumexp({0})",
    "logsumexp_columns": "logsumexp(np.swapaxes({0}, -1, -2))", "log_softmax": "np.log(softmax({0}))",
    "log_softmax_rows": "np.log(softmax({0}))", "log_softmax_columns": "np.log(np.swapaxes(softmax(np.swapaxes({0}, -1, -2)), -1, -2))",
    "flatten": "{0}.reshape(-1)", "concat": "np.concatenate([{0}, {1}])",
    **{f"concat_{word}": f"np.concatenate([{{0}}, {{1}}], axis={axis})" for word, axis in AXES.items() if word},
    **{f"keep_{word}": _write_place("None", axis) for word, axis in ALONG.items()},
    **{f"drop_{word}": _write_place("0", axis) for word, axis in ALONG.items()},
    **{f"largest_{word}": f"{{0}}.max(axis={axis})" for word, axis in AXES.items() if word},
    **{f"to_largest_{word}": f"route({{0}}, {{1}}, {axis})" for word, axis in AXES.items() if word},
}  # fmt: skip
"""Operations without settings."""
SPREAD = {
    "columns": "{0}[..., None]", "rows": "{0}[..., None, :]", "batch": "{0}", "fill": "{0}",
    **{f"stretch_{word}": "{0}" for word in ALONG},
}  # fmt: skip
"""Operations that a library does by itself beside a larger array."""
MOVES: dict[str, tuple[int, bool]] = {
    "row_sums": (-1, False), "column_sums": (-2, False), "batch_sums": (0, False), "channel_sums": (-3, False), "sample_sums": (-4, False),
    **{f"keep_{word}": (axis, True) for word, axis in ALONG.items()}, **{f"drop_{word}": (axis, False) for word, axis in ALONG.items()},
}  # fmt: skip
"""Of what sums along an axis, or makes and takes away one of one entry: the place of that axis, and whether it is new."""
