"""A formula over arrays as NumPy and PyTorch write it by the rows of `python_rows`; broadcasting is left to the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.contracts.python_rows import ALONG, AXES, FUNCTION_ROWS, MOVES, ROWS, SPREAD, TORCH, PythonLibrary
from tutor.contracts.python_windows import WINDOW_LINES
from tutor.derive.slope import open_prime
from tutor.errors import OutputError
from tutor.expression.nodes import (
    ONE,
    ZERO,
    Add,
    Call,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Number,
    Partial,
    Pow,
    children,
    rebuild,
)
from tutor.expression.parse import parse
from tutor.expression.tokens import LIST
from tutor.expression.walk import substitute
from tutor.graph.broadcasting import join_shapes
from tutor.graph.shapes import Shape, fold_settings, shape_of
from tutor.rules.functions import FUNCTIONS

SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 6)
"""How strongly a text holds together."""

Text = tuple[str, int]


@dataclass(slots=True)
class FormulaWriter:
    """Writes formulas of arrays whose shapes are known; ``gradients`` are the names of ∂loss/∂q.

    ``sizes`` are the letters of sizes that were written, ``used`` the functions that a program needs besides.
    """

    library: PythonLibrary
    shapes: Mapping[str, Shape]
    gradients: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def write(self, expr: Any) -> str:
        """The text of a formula.

        Raises `OutputError` for an operation that neither library has as a line.

        >>> from tutor.contracts.python_rows import NUMPY
        >>> FormulaWriter(NUMPY, {"X": (2, 3), "b": (3,)}, {}).write(Add((Name("X"), Call("rows", (Name("b"), Number("2"))))))
        'X + b'
        """
        text = self._put(expr, free=False)[0].replace(".sum(axis=-1)[..., None]", ".sum(axis=-1, keepdims=True)")
        for numpy, own in self.library.words.items():
            text = text.replace(numpy, own)
        if self.library is TORCH:
            text = text.replace("axis=", "dim=").replace("keepdims", "keepdim").replace("np.", "torch.")
        return text

    # shapes

    def _measure(self, expr: Any) -> Shape:
        kind = type(expr)
        if kind is Partial:
            return self.shapes[expr.wrt]
        if kind is Name:
            return self.shapes.get(expr.name, ())
        parts = _list_entrywise(expr)
        if kind is Number or parts or expr == Call("pi", ()):
            shape: Shape = ()
            for part in parts:
                shape = join_shapes(shape, self._measure(part)) or shape
            return shape
        known: dict[str, Shape] = {}
        args: list[Expr] = []
        for place, part in enumerate(expr.args):
            number = type(part) is Number or (type(part) is Name and part.name not in self.shapes)
            setting = number or (type(part) is Call and part.func == LIST)
            if not setting and not _is_size(part, self.shapes):
                known[f"{_OPERAND}{place}"] = self._measure(part)
                part = Name(f"{_OPERAND}{place}")
            args.append(part)
        return shape_of(Call(expr.func, tuple(args)), known)

    def _is_solid(self, expr: Any, shape: Shape) -> bool:
        """Whether a formula has a shape without being repeated for it."""
        if type(expr) is Call and expr.func in SPREAD:
            return not shape
        if type(expr) is Number:
            return not shape
        parts = _list_entrywise(expr)
        if parts:
            return any(self._is_solid(part, shape) for part in parts)
        return self._measure(expr) == shape

    # writing

    def _put(self, expr: Any, free: bool) -> Text:
        """A formula; ``free``: it may have a smaller shape, which the library makes larger by itself."""
        kind = type(expr)
        if kind is Number:
            return str(expr.text), ATOM
        if kind is Name:
            return self._write_name(expr.name), ATOM
        if kind is Partial:
            return self.gradients[expr.wrt], ATOM
        if kind is Call and expr.func == "pi":
            return f"{self.library.name}.pi", ATOM
        if kind is Call and expr.func in SPREAD:
            return self._put_spread(expr, free)
        parts = _list_entrywise(expr)
        if not parts:
            return self._put_operation(expr)
        shape = self._measure(expr)
        solid = [self._is_solid(part, shape) for part in parts]
        if free or any(solid) or not shape:
            texts = [self._put(part, free=free or not own or any(other for at, other in enumerate(solid) if at != place))
                     for place, (part, own) in enumerate(zip(parts, solid, strict=True))]  # fmt: skip
        else:
            first = next(place for place, part in enumerate(parts) if self._measure(part) == shape)
            texts = [self._put(part, free=place != first) for place, part in enumerate(parts)]
        return self._join(expr, texts)

    def _write_name(self, name: str) -> str:
        if name not in self.shapes:
            self.sizes.add(name)
        return self.names.get(name, name)

    def _join(self, expr: Any, texts: list[Text]) -> Text:
        """The parts of a formula entry by entry with its sign between them."""
        kind = type(expr)
        if kind is Neg:
            return f"-{_put_brackets(texts[0], SIGN)}", SIGN
        if kind is Add:
            said = _put_brackets(texts[0], SUM)
            for text in texts[1:]:
                minus = text[0].startswith("-") and text[1] == SIGN
                said += f" - {text[0][1:]}" if minus else f" + {_put_brackets(text, PRODUCT)}"
            return said, SUM
        if kind is Mul or (kind is Call and expr.func == "hadamard"):
            return " * ".join([_put_brackets(texts[0], PRODUCT), *(_put_brackets(text, SIGN) for text in texts[1:])]), PRODUCT
        if kind is Div:
            return f"{_put_brackets(texts[0], PRODUCT)} / {_put_brackets(texts[1], SIGN)}", PRODUCT
        if kind is Pow:
            return f"{_put_brackets(texts[0], ATOM)} ** {_put_brackets(texts[1], ATOM)}", POWER
        return self._apply(expr, texts)

    def _apply(self, call: Call, texts: list[Text]) -> Text:
        """A function, entry by entry."""
        if call.func == "sigmoid":
            return f"1 / (1 + np.exp(-{_put_brackets(texts[0], SIGN)}))", PRODUCT
        if call.func == "if_positive":
            one, two = call.args[1:3]
            mask = f"{_put_brackets(texts[0], SUM)} > 0"
            if one == ONE and two == ZERO:
                return f"({mask})", ATOM
            return f"np.where({mask}, {texts[1][0]}, {texts[2][0]})", ATOM
        if call.func == "relu" and self.library is TORCH:
            return f"torch.relu({texts[0][0]})", ATOM
        if call.func in ("max", "min"):
            word = "maximum" if call.func == "max" else "minimum"
            numbers = [not self._has_arrays(part) for part in call.args]
            if self.library is TORCH and any(numbers) and len(texts) == 2:
                array, number = (texts[1][0], texts[0][0]) if numbers[0] else (texts[0][0], texts[1][0])
                return f"torch.clamp({array}, {'min' if call.func == 'max' else 'max'}={number})", ATOM
            said = texts[0][0]
            for text, _ in texts[1:]:
                said = f"np.{word}({said}, {text})"
            return said, ATOM
        if call.func == "sqrt" and not self._has_arrays(call):
            return f"{_put_brackets(texts[0], ATOM)} ** 0.5", POWER
        if call.func in FUNCTION_ROWS and len(texts) == 1:
            self._note_helpers(FUNCTION_ROWS[call.func])
            return FUNCTION_ROWS[call.func].replace("{0}", texts[0][0]), ATOM
        raise OutputError(f"{call.func} is no line of a program", hint="leave --to python out, or write it with other functions")

    def _note_helpers(self, text: str) -> None:
        for name in self.library.helpers:
            if f"{name}(" in text.replace("masked_softmax(", "" if name == "softmax" else "masked_softmax("):
                self.used.add(name)

    def _write_shape(self, shape: Shape) -> str:
        self.sizes |= {size for size in shape if isinstance(size, str)}
        return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"

    def _put_spread(self, call: Call, free: bool) -> Text:
        inner = call.args[0]
        shape = self._measure(call)
        text = SPREAD[call.func]
        if call.func == "rows" and len(self._measure(inner)) == 1:
            text = "{0}"
        made = self._put(inner, free=True)
        made = (text.replace("{0}", _put_brackets(made, ATOM)), ATOM) if text != "{0}" else made
        if free:
            return made
        if call.func == "fill" and not self._has_arrays(inner):
            return f"np.full({self._write_shape(shape)}, {made[0]}{'.0' if made[0].isdigit() else ''})", ATOM
        return f"np.broadcast_to({made[0]}, {self._write_shape(shape)})", ATOM

    def _has_arrays(self, expr: Any) -> bool:
        """Whether a formula has quantities, and not numbers and sizes only."""
        waiting = [expr]
        while waiting:
            node = waiting.pop()
            if type(node) is Partial or (type(node) is Name and node.name in self.shapes):
                return True
            waiting.extend(children(node))
        return False

    def _put_operation(self, call: Call) -> Text:
        """An operation on whole arrays."""
        row = _SPECIAL.get(call.func)
        if row is not None:
            return row(self, call)
        if call.func in WINDOW_LINES:
            return WINDOW_LINES[call.func](self, call), ATOM
        summed = self._put_sums(call)
        if summed is not None:
            return summed
        text = ROWS.get(call.func)
        if call.func.startswith("axes_"):
            order = ", ".join(str(int(digit) - 1) for digit in call.func[5:])
            text = f"np.transpose({{0}}, ({order}))"
        if text is None:
            raise OutputError(f"{call.func} is no line of a program", hint="leave --to python out, or write it with other operations")
        if call.func == "column_sums" and len(self._measure(call)) == 1:
            text = "{0}.sum(axis=0)"
        word = call.func.partition("_")[2]
        if call.func.startswith(("keep_", "drop_")) and word in ALONG:
            whole = call.args[0] if call.func.startswith("drop_") else call
            picked = self._pick_one(call.args[0], ALONG[word]) if whole is not call else None
            if picked is not None:
                return picked, ATOM
            if len(self._measure(whole)) == -ALONG[word]:
                text = "{0}[0]" if whole is not call else "{0}[None]"
        self._note_helpers(text)
        for place, part in enumerate(call.args):
            made = self._put(part, free=False)
            here = f"{{{place}}}"
            text = text.replace(here, _put_brackets(made, ATOM) if f"{here}." in text or f"{here}[" in text else made[0])
        return text, ATOM

    def _pick_one(self, part: Any, axis: int) -> str | None:
        """A part of one entry along an axis that is then left out, as one place: x[2]; nothing for any other part."""
        if type(part) is not Call or part.func.partition("_")[0] != "part" or self.write_size(part.args[2]) != "1":
            return None
        rank, own = len(self._measure(part)), AXES[part.func.removeprefix("part").removeprefix("_")]
        place = self.write_size(part.args[1])
        if (own or -rank) != axis or not place.isdigit():
            return None
        return f"{self.part(part.args[0], ATOM)}[{place if axis == -rank else f'..., {place}' + ', :' * (-axis - 1)}]"

    def _put_sums(self, call: Call) -> Text | None:
        """Several sums one after the other, with axes of one entry that come and go, as one sum along several axes."""
        chain: list[str] = []
        inner: Any = call
        while type(inner) is Call and inner.func in MOVES and len(inner.args) == 1:
            chain.append(inner.func)
            inner = inner.args[0]
        axes: list[int | None] = [*range(len(self._measure(inner)))]
        gone: list[int] = []
        for func in reversed(chain):
            place, new = MOVES[func]
            if new:
                axes.insert(len(axes) + 1 + place if place < 0 else place, None)
            elif (axis := axes.pop(place)) is not None:
                gone.append(axis)
        if len(gone) < 2 or None in axes:
            return None
        return f"{self.part(inner, ATOM)}.sum(axis=({', '.join(map(str, sorted(gone)))}))", ATOM

    @property
    def is_torch(self) -> bool:
        """Whether the program is one of PyTorch."""
        return self.library is TORCH

    def part(self, expr: Any, strength: int) -> str:
        """An operand with brackets where it needs them."""
        return _put_brackets(self._put(expr, free=False), strength)

    def measure(self, expr: Any) -> Shape:
        """The shape of a formula."""
        return self._measure(expr)

    def write_size(self, expr: Any) -> str:
        """A setting that is a size or a place."""
        folded = fold_settings(expr)
        return self._put(folded, free=False)[0]


def _put_brackets(text: Text, least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"


_OPERAND = "operand"


def _is_size(expr: Any, shapes: Mapping[str, Shape]) -> bool:
    """Whether a formula is one of sizes, 2*H - 1, and no array."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if type(node) in (Partial, Call) or (type(node) is Name and node.name in shapes):
            return False
        waiting.extend(children(node))
    return True


def _list_entrywise(expr: Any) -> tuple[Any, ...]:
    """The operands of what is done entry by entry; nothing for an operation on whole arrays."""
    if type(expr) is Neg:
        return (expr.arg,)
    if type(expr) in (Add, Mul):
        return tuple(expr.args)
    if type(expr) is Div:
        return tuple(children(expr))
    if type(expr) is Pow:
        return tuple(children(expr))
    if type(expr) is Call and (expr.func == "hadamard" or (expr.func in FUNCTIONS and not FUNCTIONS[expr.func].layer)):
        return tuple(expr.args)
    return ()


def write_out_functions(expr: Any, known: Mapping[Expr, str] | None = None) -> Expr:
    """A formula with functions that no library has as a line written by the formula of their row, σ′ by that of its slope.

    ``known`` are formulas that have a name, which stands in their place.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(write_out_functions(Call("silu", (Name("x"),))))
    'x*sigmoid(x)'
    """
    known = known or {}
    if expr in known:
        return Name(known[expr])
    if type(expr) is Call and expr.func.endswith("'"):
        return write_out_functions(open_prime(expr), known)
    parts = children(expr)
    made = rebuild(expr, tuple(write_out_functions(part, known) for part in parts)) if parts else expr
    if type(made) is not Call or made.func in _KNOWN or made.func not in FUNCTIONS or not FUNCTIONS[made.func].value:
        return made
    row = FUNCTIONS[made.func]
    values = dict(zip(row.params, made.args, strict=False))
    return write_out_functions(substitute(parse(row.value, names=row.params, functions=FUNCTIONS), values), known)


_KNOWN = {*FUNCTION_ROWS, "sigmoid", "if_positive", "max", "min", "softmax", "log_softmax"}


def _put_transpose(writer: FormulaWriter, call: Call) -> Text:
    inner = writer.part(call.args[0], ATOM)
    return (f"{inner}.T", ATOM) if len(writer.measure(call)) == 2 else (f"np.swapaxes({inner}, -1, -2)", ATOM)


def _put_product(writer: FormulaWriter, call: Call) -> Text:
    return f"{writer.part(call.args[0], PRODUCT)} @ {writer.part(call.args[1], SIGN)}", PRODUCT


def _put_part(name: str) -> Callable[[FormulaWriter, Call], Text]:
    def put(writer: FormulaWriter, call: Call) -> Text:
        first, length = (writer.write_size(part) for part in call.args[1:3])
        span = f"{first}:{_add(first, length)}".removeprefix("0:") if first != "0" else f":{length}"
        rank, axis = len(writer.measure(call)), AXES[name]
        before = "" if not name or rank == -axis == 1 else "..., "
        behind = "" if not name else ", :" * (-axis - 1)
        return f"{writer.part(call.args[0], ATOM)}[{before}{span}{behind}]", ATOM

    return put


def _add(one: str, two: str) -> str:
    return str(int(one) + int(two)) if one.isdigit() and two.isdigit() else f"{one} + {two}"


def _put_pad(name: str) -> Callable[[FormulaWriter, Call], Text]:
    def put(writer: FormulaWriter, call: Call) -> Text:
        before, behind = (writer.write_size(part) for part in call.args[1:3])
        rank, axis = len(writer.measure(call)), AXES[name]
        inner = writer.part(call.args[0], SUM)
        if writer.library is TORCH:
            return f"torch.nn.functional.pad({inner}, ({'0, 0, ' * (-axis - 1)}{before}, {behind}))", ATOM
        pairs = ["(0, 0)"] * rank
        pairs[axis] = f"({before}, {behind})"
        return f"np.pad({inner}, ({', '.join(pairs)}{',' if rank == 1 else ''}))", ATOM

    return put


def _put_unflatten(writer: FormulaWriter, call: Call) -> Text:
    inner = call.args[0]
    if type(inner) is Call and inner.func == "flatten":
        inner = inner.args[0]
    return f"{writer.part(inner, ATOM)}.reshape({', '.join(writer.write_size(part) for part in call.args[1:])})", ATOM


def _put_heads(writer: FormulaWriter, call: Call) -> Text:
    heads, width = (writer.write_size(part) for part in call.args[1:3])
    shape = writer.measure(call.args[0])
    lead = ", ".join(map(str, shape[:-1]))
    writer.sizes |= {size for size in shape[:-1] if isinstance(size, str)}
    return f"np.swapaxes({writer.part(call.args[0], ATOM)}.reshape({lead}, {heads}, {width}), -2, -3)", ATOM


def _put_joined(writer: FormulaWriter, call: Call) -> Text:
    shape = writer.measure(call.args[0])
    lead = ", ".join(map(str, (*shape[:-3], shape[-2])))
    writer.sizes |= {size for size in (*shape[:-3], shape[-2]) if isinstance(size, str)}
    return f"np.swapaxes({writer.part(call.args[0], ATOM)}, -2, -3).reshape({lead}, -1)", ATOM


def _put_entry(writer: FormulaWriter, call: Call) -> Text:
    places = ", ".join(_count_from_zero(writer.write_size(part)) for part in call.args[1:])
    return f"{writer.part(call.args[0], ATOM)}[{places}]", ATOM


def _count_from_zero(place: str) -> str:
    return str(int(place) - 1) if place.isdigit() else f"{place} - 1"


def _put_one_hot(writer: FormulaWriter, call: Call) -> Text:
    count = len(call.args) // 2
    texts = [f"np.eye({writer.write_size(size)})[{_count_from_zero(writer.write_size(place))}]"
             for place, size in zip(call.args[:count], call.args[count:], strict=True)]  # fmt: skip
    return (texts[0], ATOM) if count == 1 else (f"np.outer({texts[0]}, {texts[1]})", ATOM)


def _put_mask(writer: FormulaWriter, call: Call) -> Text:
    size = writer.write_size(call.args[0])
    return f"np.tril(np.ones(({size}, {size})))", ATOM


def _write_labels(call: Call, place: int) -> str:
    listed = call.args[place]
    labels = listed.args if type(listed) is Call and listed.func == LIST else call.args[place:]
    return f"[{', '.join(str(part.text) for part in labels if type(part) is Number)}]"


def _put_rows(writer: FormulaWriter, call: Call) -> Text:
    return f"{writer.part(call.args[0], ATOM)}[{_write_labels(call, 1)}]", ATOM


def _put_scattered(writer: FormulaWriter, call: Call) -> Text:
    size = writer.write_size(call.args[1])
    return f"np.eye({size})[{_write_labels(call, 2)}].T @ {writer.part(call.args[0], SIGN)}", PRODUCT


def _put_each(writer: FormulaWriter, call: Call) -> Text:
    labels = _write_labels(call, 1)
    return f"{writer.part(call.args[0], ATOM)}[np.arange({labels.count(',') + 1}), {labels}]", ATOM


def _put_placed(writer: FormulaWriter, call: Call) -> Text:
    size = writer.write_size(call.args[1])
    return f"np.eye({size})[{_write_labels(call, 2)}] * {writer.part(call.args[0], ATOM)}[:, None]", PRODUCT


_SPECIAL: dict[str, Callable[[FormulaWriter, Call], Text]] = {
    "transpose": _put_transpose, "matmul": _put_product, "unflatten": _put_unflatten,
    **{f"part_{word}" if word else "part": _put_part(word) for word in AXES}, **{f"pad_{word}": _put_pad(word) for word in AXES if word},
    "split_heads": _put_heads, "join_heads": _put_joined, "entry": _put_entry, "one_hot": _put_one_hot, "causal_mask": _put_mask,
    "embed": _put_rows, "scatter": _put_scattered, "pick_each": _put_each, "place_each": _put_placed,
}  # fmt: skip
"""Operations with settings."""
