"""Operations as a page shows them, which leave something out, made whole by the shapes of what they are of.

``G ⋆[full] k`` goes as far as the two meet, or as far as what is asked does; ``flip(x ⋆ G)`` and ``x ⋆[d=2] G`` make an array as long as
the kernel was; ``route(G, X)`` and ``share(G)`` have the windows of the pooling of the exercise that has these shapes; a 𝟏 that stands
for an upstream gradient has its shape.  Axes of one entry are not seen in print: ``concat[row](S, C)`` may join two m×n as m×n×1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from tutor.errors import GraphError, tell
from tutor.expression.index_signs import APART, FULL
from tutor.expression.nodes import Add, Call, Expr, Mul, Neg, Number, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import is_transposed
from tutor.graph.array_products import arrange_products
from tutor.graph.broadcasting import fit_single_axes
from tutor.graph.nouns import Step
from tutor.graph.shapes import Shape, bind, shape_of, shape_text, size_expr
from tutor.rules.operations import ENTRYWISE, JOINED, LAYERS, LONGER, name_along
from tutor.rules.window_rows import list_each

_SLIDES = {f"{func} {kind}": (func, kind) for func in ("correlate", "convolve") for kind in (FULL, APART)}
_POOLED = {
    f"{back}{end}": f"{pool}{end}" for back, pool in (("route", "max_pool"), ("route_first", "max_pool"), ("share", "average_pool"))
    for end in ("", "_1d", "_3d")
}  # fmt: skip
_ENDINGS = {pool: frozenset({pool, f"{pool}_1d", f"{pool}_3d"}) for pool in ("max_pool", "average_pool")}
_WIDE = frozenset(f"{name}{end}" for name in ("spread_wide", "kernel_gradient_wide") for end in ("", "_flipped"))
_TO_LARGEST = {f"to_{which}_{word}": word for which in ("largest", "first") for word in LONGER}
_PARTS = frozenset(name for name, rows in LAYERS.items() if rows[0].written.endswith(" by place"))
LEAVING_OUT = frozenset({"correlate", "flip", "one_hot", *_SLIDES, *_POOLED, *_WIDE, *_TO_LARGEST, *JOINED, *_PARTS})
"""What is looked at here; correlation because over channels it is also the gradient of the kernels."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """What decides: the shapes of the arrays, the shape that is asked for, the steps of the exercise."""

    shapes: Mapping[str, Shape]
    wanted: Shape
    steps: Iterable[Step]
    beside: bool

    def resolve(self, expr: Expr) -> Expr:
        """The tree with whole operations.  Raises `GraphError` where nothing tells what is left out.

        >>> from tutor.expression.nodes import Name
        >>> g = Call("correlate full", (Name("G"), Name("k"), Number("1"), Number("0")))
        >>> write_plain(Resolver({"G": (3,), "k": (2,)}, (), (), True).resolve(g))
        'spread_flipped(G, k, 4, 1, 0)'
        """
        parts = children(expr)
        if not parts:
            return expr
        if type(expr) is Call and expr.func in JOINED:
            return self._join(expr.func, [self.resolve(part) for part in _list_joined(expr)])
        done = rebuild(expr, tuple(map(self.resolve, parts)))
        if type(done) is Add or type(done) is Mul or (type(done) is Call and done.func == ENTRYWISE):
            return self._drop_single_places(done)
        if type(done) is not Call or done.func not in LEAVING_OUT:
            return done
        args = tuple(arrange_products(arg, self.shapes, beside=self.beside) for arg in done.args)
        if done.func in _TO_LARGEST:
            return self._drop_kept_axis(Call(done.func, args))
        if done.func == "flip":
            return _turn_round(args)
        if done.func == "one_hot":
            labels = 2 < len(args) == len(self.wanted)
            return Call("one_hot", (*args, *map(size_expr, self.wanted))) if labels else done
        shapes = tuple(shape_of(arg, self.shapes) for arg in args)
        if done.func in _WIDE:
            return self._write_back(Call(done.func, args), shapes)
        if done.func in _POOLED:
            return self._find_windows(Call(done.func, args), shapes)
        func, kind = _SLIDES.get(done.func, (done.func, ""))
        if len(args) > 6:  # of each axis its own stride, padding, dilation
            return Call(func, args)
        if len(args) > 1 and any(map(_is_ones, args[:2])):
            args = self._shape_ones(args, shapes)
            shapes = tuple(shape_of(arg, self.shapes) for arg in args)
        ranks = [len(shape) for shape in shapes[:2]]
        strided = len(args) > 2 and args[2] != Number("1")  # what is set apart has a sign of its own, ⋆[d=2]
        if not kind and not strided and len(ranks) > 1 and ranks[0] == ranks[1] > 1 and not self._is_layer(Call(func, args)):
            kind, args = APART, (*args[:2], *(args[2:] or (Number("1"),)))
        if kind == APART and self._is_layer(layer := Call(func, (*args[:2], Number("1"), *(args[3:] or (Number("0"),)), args[2]))):
            return layer
        if not kind:
            return Call(func, args)
        own = Call(done.func, args)
        return self._write_full(own, func, shapes) if kind == FULL else self._write_kernel_gradient(own, func, shapes)

    def _drop_single_places(self, expr: Expr) -> Expr:
        """A sum or a product entry by entry whose row[2](D) has an axis of one entry that the others have not: on paper it is not there."""
        parts = children(expr)
        if not any(map(_is_single_place, parts)):
            return expr
        try:
            shapes = [shape_of(arrange_products(part, self.shapes, beside=self.beside), self.shapes) for part in parts]
        except GraphError:
            return expr
        others = {shape for part, shape in zip(parts, shapes, strict=True) if not _is_single_place(part) and shape}
        wanted = others.pop() if len(others) == 1 else self.wanted
        fitted = [(fit_single_axes(part, shape, wanted) if _is_single_place(part) else None) or part
                  for part, shape in zip(parts, shapes, strict=True)]  # fmt: skip
        return rebuild(expr, tuple(fitted))

    def _join(self, func: str, listed: Sequence[Expr]) -> Expr:
        """Arrays set side by side, two by two; where only that is as large as what is asked, each with an axis of one entry of its own."""
        word = func.partition("_")[2]
        parts = self._fill_joined([self._write_lying(part) for part in listed], word)
        joined = reduce(lambda done, part: Call(func, (done, part)), parts)
        rank = len(self.wanted)
        place = rank - 1 - LONGER.index(word) if word else 0
        if place < 0 or any(len(shape_of(part, self.shapes)) != rank - 1 for part in parts):
            return joined
        kept = reduce(lambda done, part: Call(func, (done, part)), [Call(name_along("keep", rank, place), (part,)) for part in parts])
        try:
            return kept if shape_of(kept, self.shapes) == self.wanted else joined
        except GraphError:
            return joined

    def _fill_joined(self, parts: list[Expr], word: str) -> list[Expr]:
        """The parts of a joined array with a 𝟏 among them as large as is left for it."""
        rank = len(self.wanted)
        place = rank - 1 - LONGER.index(word) if word else 0
        ones = [at for at, part in enumerate(parts) if _is_ones(part)]
        sizes = [(*shape_of(part, self.shapes), *[""] * rank)[place] for part in parts if not _is_ones(part)]
        left = self.wanted[place] if 0 <= place < rank else ""
        known = [size for size in sizes if isinstance(size, int)]
        if rank < 2 or len(ones) != 1 or not isinstance(left, int) or len(known) < len(sizes) or left <= sum(known):
            return parts
        whole = (*self.wanted[:place], left - sum(known), *self.wanted[place + 1 :])
        return [Call("fill", (Number("1"), *map(size_expr, whole))) if at in ones else part for at, part in enumerate(parts)]

    def _write_lying(self, part: Expr) -> Expr:
        """A vector that is written as a row, xᵀ, as 1×n."""
        if is_transposed(part) and type(part) is Call:
            vector = arrange_products(part.args[0], self.shapes, beside=self.beside)
            if len(shape_of(vector, self.shapes)) == 1:
                return Call(name_along("keep", 2, 0), (vector,))
        return arrange_products(part, self.shapes, beside=self.beside)

    def _drop_kept_axis(self, call: Call) -> Expr:
        """What goes back to the largest entries, without the axis of one entry that the maximum kept."""
        if len(call.args) != 2:
            return call
        upstream, own = (shape_of(arg, self.shapes) for arg in call.args)
        place = len(own) - 1 - LONGER.index(_TO_LARGEST[call.func])
        fitted = fit_single_axes(call.args[0], upstream, (*own[:place], *own[place + 1 :])) if place >= 0 else None
        return call if fitted is None else Call(call.func, (fitted, call.args[1]))

    def _shape_ones(self, args: tuple[Expr, ...], shapes: tuple[Shape, ...]) -> tuple[Expr, ...]:
        """A 𝟏 under a convolution as large as the layer's result: by its input and its kernel, of which one is what is asked."""
        place = int(not _is_ones(args[0]))
        before, kernel = (self.wanted, shapes[1]) if place == 0 else (shapes[0], self.wanted)
        axes = len(kernel) if len(kernel) < 3 else len(kernel) - 2
        step, padding = (_read_setting(arg) for arg in (*args[2:4], *(Number("1"), Number("0"))[len(args[2:4]) :]))
        sizes = [(n, m) for n, m in zip(before[-axes:], kernel[-axes:], strict=False) if isinstance(n, int) and isinstance(m, int)]
        if not 0 < axes == len(sizes) or step < 1 or len(before) + len(kernel) == 2:
            return args
        outer = (*before[: -axes - 1], kernel[0]) if len(kernel) > 2 else before[:-axes]
        whole = (*outer, *((n + 2 * padding - m) // step + 1 for n, m in sizes))
        ones = Call("fill", (Number("1"), *map(size_expr, whole)))
        return (ones, *args[1:]) if place == 0 else (args[0], ones, *args[2:])

    def _write_full(self, call: Call, func: str, shapes: tuple[Shape, ...]) -> Expr:
        """Wherever two arrays meet: the gradient of the input of a convolution is a full correlation, and the other way round."""
        g, k, apart, padding = call.args
        step, cut = _read_setting(apart), 2 * _read_setting(padding)
        count = len(shapes[1]) - 2 if len(shapes[1]) > 2 else len(shapes[1])
        axes = [(step * (o - 1) + m - cut, step) for o, m in _list_axes(call, shapes[0], shapes[1], count)]
        return Call("spread_flipped" if func == "correlate" else "spread", (g, k, *self._find_sizes(call, axes), apart, padding))

    def _write_kernel_gradient(self, call: Call, func: str, shapes: tuple[Shape, ...]) -> Expr:
        """An array under another one whose entries are set apart: the gradient of a kernel."""
        x, g, apart, *more = call.args
        if func == "convolve":
            raise GraphError(tell("a convolution with entries set apart is not read"), hint=tell("write flip(x ⋆[d=2] G)"))
        padding = more[0] if more else Number("0")
        step, wide = _read_setting(apart), 2 * _read_setting(padding)
        count = len(self.wanted) - 2 if len(self.wanted) > 2 else min(len(shapes[0]), 2)
        axes = [(n + wide - step * (o - 1), -step) for n, o in _list_axes(call, shapes[0], shapes[1], count)]
        return Call("kernel_gradient", (g, x, *self._find_sizes(call, axes), apart, padding))

    def _is_layer(self, call: Call) -> bool:
        """Whether a correlation is that of a layer, with its kernels, and not the gradient of these: by the shape that is asked for."""
        try:
            return len(shape_of(call.args[1], self.shapes)) > 2 and shape_of(call, self.shapes) == self.wanted
        except GraphError:
            return False

    def _write_back(self, call: Call, shapes: tuple[Shape, ...]) -> Expr:
        """What goes back through a layer with a dilation or groups, as long as what is asked for."""
        if len(call.args) not in (6, 9, 12):
            return call
        kernels = shapes[1] if call.func.startswith("spread") else self.wanted
        axes = len(kernels) - 2 if len(kernels) > 2 else len(kernels)
        return Call(call.func, (*call.args[:2], *map(size_expr, self.wanted[-axes:]), *call.args[2:]))

    def _find_sizes(self, call: Call, axes: list[tuple[int, int]]) -> list[Expr]:
        """How far the result goes: as what is asked where that leaves a border over, by less than a step; else as far as it can."""
        asked = self.wanted[-len(axes) :]
        fits = len(asked) == len(axes) and all(
            isinstance(size, int) and 0 <= (size - own) * (1 if step > 0 else -1) < abs(step)
            for size, (own, step) in zip(asked, axes, strict=True)
        )
        sizes = list(asked) if fits else [own for own, _ in axes]
        if any(isinstance(size, int) and size < 1 for size in sizes):
            raise GraphError(tell("shapes do not fit: nothing is left of {call}", call=write_plain(call, as_written=True)[:60]))
        return [Number(str(size)) for size in sizes]

    def _find_windows(self, call: Call, shapes: tuple[Shape, ...]) -> Expr:
        """What goes back through a pooling, with its windows."""
        operands = len(LAYERS[call.func][0].arrays)
        if len(call.args) != operands:
            return call
        own = _POOLED[call.func].removesuffix("_1d").removesuffix("_3d")
        found = {
            (func.removeprefix(own), before, settings) for func, before, after, settings in _list_poolings(self.steps, self.shapes)
            if func in _ENDINGS[own] and (after == shapes[0] or _is_ones(call.args[0])) and before in (*shapes[1:], before)[:1]
        }  # fmt: skip
        if not found and (fitted := self._fit_pooled(call, shapes, own)) is not None:
            return self._find_windows(fitted, tuple(shape_of(arg, self.shapes) for arg in fitted.args))
        if len(found) != 1:
            what = tell("the windows of {call} are not clear", call=write_plain(call, as_written=True)[:60])
            raise GraphError(what, hint=tell("write {func}({operands}, k, s) with the window and its stride", func=call.func,
                                             operands=', '.join('GX'[:operands])))
        ((end, before, settings),) = found
        name = call.func.removesuffix("_1d").removesuffix("_3d") + end  # on paper they are all route and share
        along = {"_1d": 1, "_3d": 3}.get(end, 2)
        sizes = [Number(str(size)) for size in before[-along:]] if name.startswith("share") else []
        whole = Call(name, (*call.args, *sizes, *(Number(str(setting)) for setting in settings)))
        if not _is_ones(call.args[0]):
            return whole
        after = shape_of(Call(_POOLED[name], (call.args[-1], *whole.args[operands + len(sizes) :])), self.shapes)
        return Call(name, (Call("fill", (Number("1"), *map(size_expr, after))), *whole.args[1:]))

    def _fit_pooled(self, call: Call, shapes: tuple[Shape, ...], own: str) -> Call | None:
        """The operands without axes of one entry, or with them, as a pooling has them: part[1](X) is a sample on paper."""
        for func, before, after, _ in _list_poolings(self.steps, self.shapes):
            wanted = (after, before)[: len(shapes)]
            if func in _ENDINGS[own] and shapes != wanted:
                args = [arg if shape == size else fit_single_axes(arg, shape, size)
                        for arg, shape, size in zip(call.args, shapes, wanted, strict=False)]  # fmt: skip
                if all(arg is not None for arg in args):
                    return Call(call.func, tuple(arg for arg in args if arg is not None))
        return None


def _is_single_place(expr: Expr) -> bool:
    """Whether one row, one column, … is taken out of an array, or its opposite."""
    inner = expr.arg if type(expr) is Neg else expr
    return type(inner) is Call and inner.func in _PARTS and inner.args[-1] == Number("1")


def _is_ones(expr: Expr) -> bool:
    """Whether this is a 𝟏 whose length was tried."""
    return type(expr) is Call and expr.func == "fill" and len(expr.args) == 2 and expr.args[0] == Number("1")


def _list_joined(call: Call) -> list[Expr]:
    """The arrays of a concatenation in a concatenation along the same axis, one after the other."""
    inner = [_list_joined(arg) if type(arg) is Call and arg.func == call.func else [arg] for arg in call.args]
    return [part for parts in inner for part in parts]


def _turn_round(args: tuple[Expr, ...]) -> Expr:
    """An array turned round; of the gradient of a kernel that of a convolution's."""
    inner = args[0]
    if type(inner) is Call and inner.func == "kernel_gradient" and len(args) == 1:
        return Call("kernel_gradient_flipped", inner.args)
    return Call("flip", args)


def _list_axes(call: Call, one: Shape, two: Shape, count: int) -> list[tuple[int, int]]:
    """The last axes, along which two arrays slide, so many of them."""
    count = min(len(one), len(two), count)
    pairs = list(zip(one[-count:], two[-count:], strict=True))
    if not count or any(not isinstance(size, int) for pair in pairs for size in pair):
        both = f"{write_plain(call, as_written=True)[:60]}: {shape_text(one)}, {shape_text(two)}"
        raise GraphError(tell("shapes do not fit: {both}", both=both), hint=tell("a correlation is of arrays whose sizes are numbers"))
    return [(int(a), int(b)) for a, b in pairs]


def _read_setting(expr: Expr) -> int:
    if type(expr) is Number and expr.text.isdigit() and int(expr.text) < 1_000:
        return int(expr.text)
    raise GraphError(tell("{expr} is no setting", expr=write_plain(expr)[:40]),
                     hint=tell("a stride or a padding is a whole number such as 2"))


def _list_poolings(steps: Iterable[Step], shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Shape, Shape, tuple[int, ...]]]:
    """The poolings of an exercise: the operation, the shapes before and after it, its window, its stride and its padding."""
    stack = [step.expr for step in steps]
    while stack:
        node = stack.pop()
        stack.extend(children(node))
        if type(node) is Call and node.func in _POOLED.values():
            _, sizes, after = bind(node, shapes)
            settings = tuple(int(sizes[name]) for name in ("k", "s", "p", *list_each("ksp", 3)) if name in sizes)
            yield node.func, shape_of(node.args[0], shapes), after, settings

