"""What NumPy, PyTorch and Python's math call the operations that exist: one row a function, one table a library.

A row is data: the ``parameters`` of a function in their order, with what they are if they are left out, and what it ``makes`` of them,
an expression of the display tree as the reader of typed formulas makes it (`tutor.expression.program_signs`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tutor.errors import tell
from tutor.expression.lexicon import PROGRAM_STARRED
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.expression.program_signs import AXIS_WORD, KEPT_WORD
from tutor.expression.tokens import LIST
from tutor.graph.shapes import size_expr
from tutor.program.program_values import Condition, Formula, KnownArray, Open

if TYPE_CHECKING:
    from tutor.program.recorder import Recorder

TWO = Number("2")
REQUIRED = object()


class Reading(Protocol):
    """What a row needs of the reader of a program."""

    recorder: Recorder

    def take_array(self, value: Any, node: ast.AST) -> Formula:
        """A value as a formula; refused where it is none."""

    def take_pair(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> tuple[Formula, Formula]:
        """Two operands of a sign as formulas; one without a shape has the one that the other needs."""

    def take_size(self, value: Any, node: ast.AST) -> Expr:
        """A value as a size, a place or an axis; refused where it is none."""


@dataclass(frozen=True, slots=True)
class CallArguments:
    """The arguments of one call, by the names of the row."""

    reading: Reading
    node: ast.AST
    values: Mapping[str, Any]
    called: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def array(self, name: str = "x") -> Expr:
        """An argument that is an array or a number."""
        return self.reading.take_array(self.values[name], self.node).expr

    def axes(self, name: str = "axis") -> tuple[Expr, ...]:
        """The axes along which something is done, as a formula has them; nothing for all of them."""
        axis, kept = self.values.get(name), self.values.get("keepdims")
        if axis is None and not kept:
            return ()
        listed = () if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
        return (Call(KEPT_WORD if kept else AXIS_WORD, tuple(self.reading.take_size(one, self.node) for one in listed)),)

    def build(self, expr: Expr) -> Formula:
        """The formula that this call is."""
        return self.reading.recorder.build(expr, self.node)

    def refuse(self, what: str, hint: str = "") -> Exception:
        """The refusal of the call."""
        return self.reading.recorder.source.refuse(self.node, what, hint)


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A function of a library."""

    parameters: tuple[tuple[str, Any], ...]
    make: Callable[[CallArguments], Any]


def _row(parameters: str, make: Callable[[CallArguments], Any]) -> LibraryRow:
    """``"x axis=None"``: words with what they are where they are left out."""
    found: list[tuple[str, Any]] = []
    for word in parameters.split():
        name, sign, value = word.partition("=")
        found.append((name, ast.literal_eval(value) if sign else REQUIRED))
    return LibraryRow(tuple(found), make)


OTHER_WORDS = {"dim": "axis", "keepdim": "keepdims", "input": "x", "a": "x", "x1": "x", "x2": "y", "other": "y", "b": "y", "m": "x",
               "arrays": "x", "tensors": "x", "newshape": "shape", "axes": "axis", "dims": "axis", "correction": "ddof", "object": "x",
               "arr": "x", "start_dim": "axis",
               "condition": "c", "logits": "x", "z": "x", "negative_slope": "slope", "min": "low", "max": "high",
               "a_min": "low", "a_max": "high", "target": "y", "exponent": "y", "normalized_shape": "shape"}  # fmt: skip
"""What other libraries call the same parameter."""
IGNORED = frozenset({"dtype", "device", "requires_grad", "generator", "copy", "order", "inplace", "layout", "out_dtype"})
"""What changes nothing of the mathematics."""


def _apply(func: str) -> LibraryRow:
    return _row("x", lambda given: given.build(Call(func, (given.array(),))))


def _make_along(func: str) -> LibraryRow:
    return _row("x axis=None keepdims=False", lambda given: given.build(Call(func, (given.array(), *given.axes()))))


def multiply_each(one: Expr, two: Expr) -> Expr:
    """The product entry by entry, as a typed ``*`` of a program.

    >>> from tutor.expression.nodes import Name
    >>> multiply_each(Name("a"), Name("b")).args[1].func == PROGRAM_STARRED
    True
    """
    return Mul((one, Call(PROGRAM_STARRED, (two,))))


def subtract(one: Expr, two: Expr) -> Expr:
    """A difference, flat as it is written: a + b − c.

    >>> from tutor.expression.nodes import Name
    >>> len(subtract(Add((Name("a"), Name("b"))), Name("c")).args)
    3
    """
    return Add((*(one.args if type(one) is Add else (one,)), Neg(two)))


def _make_pair(make: Callable[[Expr, Expr], Expr], sign: type[ast.operator] = ast.Mult) -> LibraryRow:
    def build(given: CallArguments) -> Formula:
        one, two = given.reading.take_pair(sign, given["x"], given["y"], given.node)
        return given.build(make(one.expr, two.expr))

    return _row("x y", build)


def _join(func: str) -> LibraryRow:
    def make(given: CallArguments) -> Formula:
        parts = given["x"]
        if not isinstance(parts, tuple | list) or not parts:
            raise given.refuse(tell("{func} takes a list of arrays", func=given.called), tell("write {func}([A, B])", func=given.called))
        arrays = [given.reading.take_array(part, given.node) for part in parts]
        if len(arrays) == 1 and func != "stack":
            return arrays[0]
        return given.build(Call(func, (*(array.expr for array in arrays), *given.axes())))

    return _row("x axis=None", make)


def _list_sizes(given: CallArguments, name: str) -> tuple[Expr, ...]:
    """Sizes that stand one by one or in a tuple: reshape(N, -1), reshape((N, -1))."""
    parts = given[name]
    parts = parts if isinstance(parts, tuple | list) else (parts,)
    if len(parts) == 1 and isinstance(parts[0], tuple | list):
        parts = parts[0]
    return tuple(given.reading.take_size(part, given.node) for part in parts)


def _make_shaped(func: str) -> LibraryRow:
    """A change of shape whose settings are sizes or axes, as many as there are: ``*sizes``."""
    return _row("x *axis", lambda given: given.build(Call(func, (given.array(), *_list_sizes(given, "axis")))))


def _transpose(given: CallArguments) -> Formula:
    array = given.reading.take_array(given["x"], given.node)
    sizes = _list_sizes(given, "axis")
    if sizes:
        return given.build(Call("transpose", (array.expr, *sizes)))
    if len(array.shape) < 2:
        return array
    places = tuple(Number(str(place)) for place in reversed(range(len(array.shape))))
    return given.build(Call("transpose", (array.expr, *(places if len(places) > 2 else ()))))


def _transpose_two(given: CallArguments) -> Formula:
    """PyTorch's transpose, which is given the two axes that change places; x.T has none."""
    sizes = _list_sizes(given, "axis")
    return given.build(Call("swapaxes", (given.array(), *sizes))) if sizes else _transpose(given)


def _spread_variance(root: bool, ddof: int | None) -> LibraryRow:
    """Variance or its root; divided by n − ddof, or by n − 1 unless ``unbiased`` is False."""
    def make(given: CallArguments) -> Formula:
        less = given["ddof"]
        if isinstance(given.values.get("axis"), bool):  # torch: x.var(False)
            raise given.refuse(tell("{func} of a true or false", func=given.called), tell("write unbiased=False by its name"))
        if given.values.get("unbiased") is not None:
            less = 1 if given["unbiased"] else 0
        array = given.reading.take_array(given["x"], given.node)
        if not less:
            return given.build(Call("std" if root else "var", (array.expr, *given.axes())))
        axis = given["axis"]
        given.build(Call("sum", (array.expr, *given.axes())))  # an axis that there is not is refused here
        places = range(len(array.shape)) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
        sizes = [array.shape[int(place)] for place in places]
        count: Expr = Number("1")
        if all(isinstance(size, int) for size in sizes):
            whole = 1
            for size in sizes:
                whole *= int(size)
            if whole <= less:
                raise given.refuse(tell("{func} divides by n − {less}, and n is {count}", func=given.called, less=less, count=whole))
            count = Number(str(whole - less))
        else:
            parts = tuple(map(size_expr, sizes))
            count = Add((parts[0] if len(parts) == 1 else Mul(parts), Neg(Number(str(less)))))
        own = () if axis is None else (Call(KEPT_WORD, tuple(given.reading.take_size(one, given.node) for one in places)),)
        apart = given.build(Pow(subtract(array.expr, Call("mean", (array.expr, *own))), TWO))
        made: Expr = Div(Call("sum", (apart.expr, *given.axes())), count)
        return given.build(Call("sqrt", (made,)) if root else made)

    words = f"x axis=None ddof={ddof} keepdims=False unbiased=None"
    return _row(words, make)


def _make_where(given: CallArguments) -> Formula:
    condition = given["c"]
    one, two = given.array("x"), given.array("y")
    if isinstance(condition, Condition):
        one, two = (two, one) if condition.turned else (one, two)
        if not condition.binary:
            return given.build(Call("if_positive", (condition.positive.expr, one, two)))
        mask = condition.positive.expr  # of 0 and 1: a choice by products, since a mask has no kink where it is 0
    else:
        mask = given.array("c")
    parts = [multiply_each(side, value) for side, value in ((mask, one), (turn_mask(mask), two)) if value != ZERO]
    return given.build(Add(tuple(parts)) if len(parts) > 1 else parts[0] if parts else multiply_each(mask, ZERO))


def turn_mask(mask: Expr) -> Expr:
    """A mask the other way round: 1 where it is 0.

    >>> turn_mask(turn_mask(Name("m")))
    Name(name='m')
    """
    if type(mask) is Add and len(mask.args) == 2 and mask.args[0] == ONE and type(inner := mask.args[1]) is Neg:
        return inner.arg
    return subtract(ONE, mask)


def _make_clip(given: CallArguments) -> Formula:
    made = given.array()
    if given["low"] is not None:
        made = Call("max", (given.array("low"), made))
    if given["high"] is not None:
        made = Call("min", (given.array("high"), made))
    return given.build(made)


def _norm(given: CallArguments) -> Formula:
    if given["ord"] not in (None, 2, "fro"):
        raise given.refuse(tell("a norm of the order {order}", order=str(given["ord"])[:20]), tell("the norm of Euclid is read"))
    return given.build(Call("norm", (given.array(), *given.axes())))


def _label_loss(func: str, given: CallArguments) -> Formula:
    """Cross-entropy of scores, or of their logarithms, with labels, or with rows that sum to 1."""
    scores = given.reading.take_array(given["x"], given.node)
    recorder = given.reading.recorder
    known = given["y"].entries.tolist() if isinstance(given["y"], KnownArray) else given["y"]
    if isinstance(known, range | list) and known and all(isinstance(label, int | float) for label in known) and len(scores.shape) == 2:
        logs = given.build(Call("log_softmax", (scores.expr, Call(AXIS_WORD, (Neg(ONE),))))) if func == "scores" else scores
        listed = Call(LIST, tuple(Number(str(int(label))) for label in known))
        return _reduce(given, Neg(given.build(Call("pick_each", (logs.expr, listed))).expr))
    if isinstance(given["y"], Open):  # nobody says: labels, as PyTorch's documentation has them first
        recorder.settle(given["y"], scores.shape[:-1])
    target = given.reading.take_array(given["y"], given.node)
    if len(target.shape) == len(scores.shape) - 1:
        target = recorder.write_one_hot(target, scores.shape[-1:], given.node)
    logs = given.build(Call("log_softmax", (scores.expr, Call(AXIS_WORD, (Neg(ONE),))))) if func == "scores" else scores
    own = given.build(multiply_each(target.expr, logs.expr))
    return _reduce(given, Neg(given.build(Call("sum", (own.expr, Call(AXIS_WORD, (Neg(ONE),))))).expr))


def _reduce(given: CallArguments, each: Expr) -> Formula:
    """The mean of the losses of samples, unless it is said otherwise."""
    how = given.values.get("reduction", "mean")
    if how not in ("mean", "sum", "none"):
        raise given.refuse(tell("the reduction {how}", how=str(how)[:20]), tell("it is one of {names}", names=("mean", "sum", "none")))
    built = given.build(each)
    return built if how == "none" or not built.shape else given.build(Call(str(how), (built.expr,)))


def _pair_loss(make: Callable[[Expr, Expr], Expr]) -> LibraryRow:
    return _row("x y reduction='mean'", lambda given: _reduce(given, make(given.array("x"), given.array("y"))))


def _give_same(given: CallArguments) -> Any:
    return given["x"]


def _give_copy(given: CallArguments) -> Any:
    return copy(given["x"]) if isinstance(given["x"], Formula) else given["x"]


def _make_conv(given: CallArguments) -> Formula:
    settings = tuple(Call(f"given {name}", (_write_setting(given, name),)) for name in ("stride", "padding", "dilation", "groups"))
    bias = () if given["bias"] is None else (Call("given bias", (given.array("bias"),)),)
    return given.build(Call("correlate", (given.array("x"), given.array("weight"), *settings, *bias)))


def _write_setting(given: CallArguments, name: str) -> Expr:
    value = given[name]
    if isinstance(value, tuple | list):
        return Call("list", tuple(given.reading.take_size(one, given.node) for one in value))
    return given.reading.take_size(value, given.node)


def _make_pool(func: str) -> LibraryRow:
    def make(given: CallArguments) -> Formula:
        names = [name for name in ("kernel_size", "stride", "padding") if given[name] is not None]
        return given.build(Call(func, (given.array(), *(Call(f"given {name}", (_write_setting(given, name),)) for name in names))))

    return _row("x kernel_size stride=None padding=None", make)


def _make_attention(given: CallArguments) -> Formula:
    parts = [given.reading.take_array(given[name], given.node) for name in ("query", "key", "value")]
    if given["attn_mask"] is not None or given["is_causal"] or given["dropout_p"]:
        raise given.refuse(tell("attention with a mask or with dropout inside is not read"), tell("write it out, with softmax"))
    named = [part if type(part.expr) is Name else given.reading.recorder.add_step(word, part, given.node)
             for part, word in zip(parts, "QKV", strict=True)]  # fmt: skip
    return given.reading.recorder.add_layer("y", Call("attention", tuple(part.expr for part in named)), given.node)


def _make_norm(given: CallArguments) -> Formula:
    array = given.reading.take_array(given["x"], given.node)
    shape = given["shape"] if isinstance(given["shape"], tuple | list) else (given["shape"],)
    if len(shape) != 1:
        raise given.refuse(tell("a layer norm over {count} axes", count=len(shape)), tell("it is read over the last axis"))
    more = [given.array(name) for name in ("weight", "bias") if given[name] is not None]
    named = given.reading.recorder.add_step("x_in", array, given.node).expr if type(array.expr) is not Name else array.expr
    return given.reading.recorder.add_layer("y", Call("layer_norm", (named, *more, Call("given eps", (given.array("eps"),)))), given.node)


_FUNCTIONS = {
    **{name: _apply(name) for name in ("exp", "log", "sqrt", "tanh", "sigmoid", "relu", "abs", "sin", "cos", "tan", "sinh", "cosh",
                                       "arcsin", "arccos", "arctan", "sign", "erf", "softplus", "silu", "gelu", "selu",
                                       "relu6", "softsign", "mish", "logit")},
    "absolute": _apply("abs"), "fabs": _apply("abs"), "asin": _apply("arcsin"), "acos": _apply("arccos"), "atan": _apply("arctan"),
    "expit": _apply("sigmoid"), "swish": _apply("silu"), "logsigmoid": _apply("log_sigmoid"), "hardtanh": _apply("hard_tanh"),
    "hardsigmoid": _apply("hard_sigmoid"), "arcsinh": _apply("arsinh"),
    "square": _row("x", lambda given: given.build(Pow(given.array(), TWO))),
    "log1p": _row("x", lambda given: given.build(Call("log", (Add((ONE, given.array())),)))),
    "expm1": _row("x", lambda given: given.build(Add((Call("exp", (given.array(),)), Neg(ONE))))),
    "reciprocal": _row("x", lambda given: given.build(Div(ONE, given.array()))),
    "rsqrt": _row("x", lambda given: given.build(Div(ONE, Call("sqrt", (given.array(),))))),
    "neg": _row("x", lambda given: given.build(Neg(given.array()))),
    "negative": _row("x", lambda given: given.build(Neg(given.array()))),
    "leaky_relu": _row("x slope=0.01", lambda given: given.build(Call("leaky_relu", (given.array(), given.array("slope"))))),
    "elu": _row("x alpha=1", lambda given: given.build(Call("elu", (given.array(), given.array("alpha"))))),
    "log2": _row("x", lambda given: given.build(Div(Call("log", (given.array(),)), Call("log", (TWO,))))),
    "log10": _row("x", lambda given: given.build(Div(Call("log", (given.array(),)), Call("log", (Number("10"),))))),
}  # fmt: skip
ENTRYWISE = frozenset(_FUNCTIONS)
"""The functions that take an array entry by entry."""
_ALONG = {
    **{name: _make_along(name) for name in ("sum", "mean", "softmax", "log_softmax", "logsumexp", "max", "min")},
    "amax": _make_along("max"), "amin": _make_along("min"),
}  # fmt: skip
_PRODUCTS = {
    **{name: _make_pair(lambda one, two: Call("matmul", (one, two)), ast.MatMult) for name in ("matmul", "dot", "mm", "bmm", "mv")},
    "outer": _make_pair(lambda one, two: Call("outer", (one, two))),
    **{name: _make_pair(multiply_each) for name in ("multiply", "mul")},
    "add": _make_pair(lambda one, two: Add((one, two)), ast.Add), "subtract": _make_pair(subtract, ast.Sub),
    "sub": _make_pair(subtract, ast.Sub),
    **{name: _make_pair(Div) for name in ("divide", "true_divide", "div")},
    "power": _make_pair(Pow), "pow": _make_pair(Pow),
    "maximum": _make_pair(lambda one, two: Call("max", (one, two))), "minimum": _make_pair(lambda one, two: Call("min", (one, two))),
}  # fmt: skip
_SHAPES = {
    "reshape": _row("x *shape", lambda given: given.build(Call("unflatten", (given.array(), *_list_sizes(given, "shape"))))),
    "view": _row("x *shape", lambda given: given.build(Call("unflatten", (given.array(), *_list_sizes(given, "shape"))))),
    "permute": _make_shaped("permute"), "swapaxes": _make_shaped("swapaxes"), "squeeze": _make_shaped("squeeze"),
    "unsqueeze": _make_shaped("unsqueeze"), "expand_dims": _make_shaped("unsqueeze"), "transpose": _row("x *axis", _transpose),
    "t": _row("x *axis", _transpose), "swapdims": _make_shaped("swapaxes"),
    "flatten": _row("x axis=None", lambda given: given.build(
        Call("unflatten", (given.array(), Neg(ONE))) if given["axis"] in (None, 0) else Call("flatten", (given.array(), *given.axes())))),
    "ravel": _row("x", lambda given: given.build(Call("unflatten", (given.array(), Neg(ONE))))),
    "concatenate": _join("concat"), "concat": _join("concat"), "cat": _join("concat"), "stack": _join("stack"),
    "vstack": _join("vstack"), "hstack": _join("hstack"),
}  # fmt: skip
_OTHER = {
    "where": _row("c x y", _make_where), "clip": _row("x low=None high=None", _make_clip),
    "clamp": _row("x low=None high=None", _make_clip),
    "norm": _row("x ord=None axis=None keepdims=False", _norm),
    **{name: _row("x", _give_same) for name in ("array", "asarray", "copy", "clone", "contiguous", "float", "double", "float32", "float64",
                                           "ascontiguousarray", "tensor", "cpu", "cuda", "as_tensor", "Tensor", "long", "item",
                                           "int", "bool", "half", "bfloat16", "int64",
                                           "FloatTensor", "LongTensor", "atleast_1d", "asanyarray", "retain_grad", "from_numpy", "numpy",
                                           "requires_grad_")},
    "astype": _row("x dtype=None copy=None", _give_copy), "to": _row("x where=None", _give_same), "type": _row("x dtype=None", _give_same),
}  # fmt: skip
_NUMPY = {
    **_FUNCTIONS, **_ALONG, **_PRODUCTS, **_SHAPES, **_OTHER, "var": _spread_variance(False, 0), "std": _spread_variance(True, 0),
}  # fmt: skip
_TORCH = {
    **_NUMPY, "transpose": _row("x *axis", _transpose_two), "var": _spread_variance(False, 1), "std": _spread_variance(True, 1),
    "cross_entropy": _row("x y reduction='mean'", lambda given: _label_loss("scores", given)),
    "nll_loss": _row("x y reduction='mean'", lambda given: _label_loss("logs", given)),
    "mse_loss": _pair_loss(lambda one, two: Pow(subtract(one, two), TWO)),
    "l1_loss": _pair_loss(lambda one, two: Call("abs", (subtract(one, two),))),
    "binary_cross_entropy": _pair_loss(lambda p, y: Call("binary_cross_entropy", (p, y))),
    "binary_cross_entropy_with_logits": _pair_loss(lambda z, y: subtract(Call("softplus", (z,)), multiply_each(y, z))),
    "linear": _row("x weight bias=None", lambda given: given.build(
        Call("matmul", (given.array(), Call("transpose", (given.array("weight"),)))) if given["bias"] is None else
        Add((Call("matmul", (given.array(), Call("transpose", (given.array("weight"),)))), given.array("bias"))))),
    **{f"conv{axes}d": _row("x weight bias=None stride=1 padding=0 dilation=1 groups=1", _make_conv) for axes in (1, 2, 3)},
    "max_pool1d": _make_pool("max_pool_1d"), "avg_pool1d": _make_pool("average_pool_1d"),
    "max_pool2d": _make_pool("max_pool"), "avg_pool2d": _make_pool("average_pool"),
    "max_pool3d": _make_pool("max_pool_3d"), "avg_pool3d": _make_pool("average_pool_3d"),
    "scaled_dot_product_attention": _row("query key value attn_mask=None dropout_p=0 is_causal=False", _make_attention),
    "layer_norm": _row("x shape weight=None bias=None eps=1e-05", _make_norm),
}  # fmt: skip
LIBRARIES: Mapping[str, Mapping[str, LibraryRow]] = {
    "numpy": _NUMPY, "numpy.linalg": {"norm": _OTHER["norm"]}, "torch": _TORCH, "torch.nn.functional": _TORCH,
    "torch.linalg": {"norm": _OTHER["norm"]}, "torch.special": _TORCH, "scipy.special": _NUMPY,
    "math": {**_FUNCTIONS, "pow": _PRODUCTS["pow"]}, "jax.numpy": _NUMPY, "jax.nn": _TORCH, "torch.functional": _TORCH,
}  # fmt: skip
"""The functions of each library, by their names."""
