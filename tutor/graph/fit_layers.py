"""What is given to a layer that is written out: by place and by name, its settings, and the way that fits the shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.errors import GraphError, Told, hint_near, tell
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Number, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.sizes import Size, divide_size, multiply_sizes
from tutor.expression.tokens import GIVEN
from tutor.graph.shapes import Shape, shape_text
from tutor.rules.composite_layers import ANY, COMPOSITES, LEADING, CompositeLayer, Way
from tutor.rules.operations import ENTRYWISE
from tutor.rules.patterns import constant

MOST_ADDED = 1_000
"""The largest number that is added to a variance; a larger one is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class GivenOperands:
    """A call taken apart: its operands and its settings by name, those that are not given left out or by default."""

    row: CompositeLayer
    called: str
    operands: Mapping[str, Expr]
    settings: Mapping[str, Expr]


@dataclass(frozen=True, slots=True)
class Fit:
    """The way that fits, with the sizes it speaks of."""

    way: Way
    sizes: Mapping[str, Size]


def read_given(call: Call) -> GivenOperands:
    """What stands in the brackets of a layer's call.  Raises `GraphError` for too much, too little, twice, and a name it does not know.

    >>> call = Call("layer_norm", (Name("x"), Call("given eps", (Number("0.1"),))))
    >>> read_given(call).settings, list(read_given(call).operands)
    ({'eps': Number(text='0.1')}, ['x'])
    """
    row = COMPOSITES[call.func]
    settings = {name: parse(value) for name, value in row.settings.items()}
    found: dict[str, Expr] = {}
    places = (*row.names, *row.settings)
    for place, arg in enumerate(call.args):
        word = arg.func.removeprefix(GIVEN) if type(arg) is Call and arg.func.startswith(GIVEN) else ""
        if not word and place >= len(places):
            raise _refuse(row, tell("{layer} takes {most} operands and settings, not {count}", layer=call.func, most=len(places),
                                    count=len(call.args)))  # fmt: skip
        name = row.called.get(word, word) if word else places[place]
        if name not in places:
            near = hint_near(word, (*places, *row.called))
            raise GraphError(tell("{layer} has no {word}", layer=call.func, word=word), hint=near or _write_usage(row))
        if name in found:
            raise _refuse(row, tell("{layer}: {word} is given twice", layer=call.func, word=name))
        found[name] = arg.args[0] if word and type(arg) is Call else arg
    missing = [name for name in row.required if name not in found]
    if missing:
        raise _refuse(row, tell("{layer} without {names}", layer=call.func, names=missing))
    settings |= {name: value for name, value in found.items() if name in row.settings}
    for name, kind in row.ranges.items():
        value = constant(found[name]) if name in found else None
        if value is not None and not _RANGES[kind][0](value):
            raise GraphError(
                tell("{layer}: {name} is {kind}, not {value}", layer=call.func, name=name, kind=_RANGES[kind][1],
                     value=write_plain(found[name])[:30]),
                hint=_write_usage(row),
            )
    return GivenOperands(row, call.func, {name: found[name] for name in row.names if name in found}, settings)


_RANGES: Mapping[str, tuple[Callable[[Fraction], bool], Told]] = {
    "from 0": (lambda value: 0 <= value <= MOST_ADDED, tell("a number from 0 to {most}", most=MOST_ADDED)),
    "count": (lambda value: value >= 1 and value.denominator == 1, tell("a whole number from 1 on")),
    "below 1": (lambda value: 0 <= value < 1, tell("a share from 0 to below 1")),
}


def _write_usage(row: CompositeLayer) -> Told:
    return tell("write {usage}", usage=row.usage)


def _refuse(row: CompositeLayer, what: Told) -> GraphError:
    return GraphError(what, hint=_write_usage(row))


def choose_way(given: GivenOperands, shapes: Mapping[str, Shape | None]) -> Fit:
    """The first way that fits the shapes of the operands; a shape that is not known (None) fits any.

    Raises `GraphError` with the shapes where none does.

    >>> call = Call("layer_norm", (Name("x"), Name("g")))
    >>> choose_way(read_given(call), {"x": ("N", 4), "gamma": (4,)}).sizes
    {'n': 4}
    """
    row, refused = given.row, list[tuple[int, Told, Told]]()
    words = {name: value.name for name, value in given.settings.items() if type(value) is Name}
    for way in row.ways:
        if not {*given.operands} <= {*way.shapes}:
            continue
        if any(words.get(name) != word for name, word in way.words.items()):
            continue
        sizes = _read_sizes(given)
        for count, (name, wanted) in enumerate(way.shapes.items()):
            shape = shapes.get(name) if name in given.operands else None
            refusal = None if shape is None else _match(given, name, wanted, shape, sizes)
            if refusal is not None:
                refused.append((count, *refusal))
                break
        else:
            return Fit(way, sizes)
    if not refused:
        raise _refuse_words(given)
    _, what, hint = max(refused, key=lambda one: one[0])
    raise GraphError(what, hint=hint)


def fits_otherwise(given: GivenOperands, shapes: Mapping[str, Shape | None], fit: Fit) -> bool:
    """Whether a way that begins with another formula fits as well: W x and Wᵀ x where W is square.

    >>> given, shapes = read_given(Call("rnn_cell", tuple(map(Name, "xhWU")))), {"x": (2,), "h": (2,), "W": (2, 2), "U": (2, 2)}
    >>> fits_otherwise(given, shapes, choose_way(given, shapes))
    True
    """
    others = tuple(way for way in given.row.ways if way.steps[0] != fit.way.steps[0])
    try:
        choose_way(replace(given, row=replace(given.row, ways=others)), shapes)
    except GraphError:
        return False
    return True


def _refuse_words(given: GivenOperands) -> GraphError:
    """What is said where no way has the words of the settings, or all operands that are given together."""
    for name, value in given.settings.items():
        known = list(dict.fromkeys(way.words[name] for way in given.row.ways if name in way.words))
        if known and (type(value) is not Name or value.name not in known):
            shown = write_plain(value)
            return GraphError(tell("{layer}: there is no {name}={word}", layer=given.called, name=name, word=shown[:30]),
                              hint=hint_near(shown, known) or tell("it is one of {names}", names=tuple(known[:6])))
    return _refuse(given.row, tell("{layer} is not computed with {names} together", layer=given.called, names=list(given.operands)))


def _read_sizes(given: GivenOperands) -> dict[str, Size]:
    """The settings that are sizes: how many heads, how many groups."""
    found: dict[str, Size] = {}
    for name, value in given.settings.items():
        if type(value) is Number and value.text.isdigit() and int(value.text) > 0:
            found[name] = int(value.text)
    return found


def _match(given: GivenOperands, name: str, wanted: tuple[str, ...], shape: Shape, sizes: dict[str, Size]) -> tuple[Told, Told] | None:
    """What is wrong with the shape of an operand; nothing where it fits, and then ``sizes`` has those of its axes."""
    if ANY in wanted:
        return None
    if LEADING in wanted:
        wanted = wanted[1:]
        fits = len(shape) >= len(wanted)
        shape = shape[len(shape) - len(wanted) :] if fits else shape
    else:
        fits = len(shape) == len(wanted)
    shown = {"layer": given.called, "operand": _show(given, name), "shape": shape_text(shape)}
    usage = _show_shapes(given, name)
    if not fits:
        return tell("{layer} does not take {operand} of shape {shape}", **shown), usage
    for axis, (text, size) in enumerate(zip(wanted, shape, strict=True)):
        known = _find_size(text, size, sizes)
        if known is None:
            continue
        factors = text.split("*")
        if type(known) is str and len(factors) > 1:
            what = tell("{layer}: {size} of {operand} of shape {shape} cannot be divided into {parts} equal parts", size=size,
                        parts=sizes.get(factors[0], factors[0]), **shown)  # fmt: skip
            if factors[0].isdigit():
                return what, tell("give {operand} a size that {count} divides", operand=shown["operand"], count=factors[0])
            return what, tell("choose {name} so that it divides {size}", name=factors[0], size=size)
        what = tell("{layer}: {operand} of shape {shape} has {size} along axis {axis}, where the other operands need {wanted}",
                    size=size, axis=axis, wanted=known, **shown)  # fmt: skip
        return what, usage
    return None


def _find_size(text: str, size: Size, sizes: dict[str, Size]) -> Size | None:
    """Nothing where an axis may have this size, which is noted; else what it should have, as far as that is known."""
    factors = text.split("*")
    if len(factors) == 1:
        if text.isdigit():
            return None if size == int(text) else int(text)
        known = sizes.setdefault(text, size)
        return None if known == size else known
    open_ones = [factor for factor in factors if not factor.isdigit() and factor not in sizes]
    values = [int(factor) if factor.isdigit() else sizes[factor] for factor in factors if factor not in open_ones]
    product = multiply_sizes(values)
    if not open_ones:
        return None if product == size else product
    rest = divide_size(size, product) if product else None
    if rest is None:
        return text
    sizes[open_ones[0]] = rest
    return None


def _show(given: GivenOperands, name: str) -> str:
    """An operand as it was written, with the name that the layer has for it where that is another."""
    written = write_plain(given.operands[name], as_written=True)[:40]
    return written if written == name else f"{written} ({name})"


def _show_shapes(given: GivenOperands, name: str) -> Told:
    """The shapes that the ways of a layer have for an operand."""
    row = given.row
    known = dict.fromkeys("×".join(way.shapes[name]) or "a number" for way in row.ways if name in way.shapes)
    first = row.names[0]
    if name == first:
        return tell("{usage}, with {name} of shape {shapes}", usage=row.usage, name=name, shapes=tuple(known))
    others = tuple(dict.fromkeys("×".join(way.shapes[first]) for way in row.ways if name in way.shapes))
    return tell("{usage}, with {name} of shape {shapes} where {first} is {others}", usage=row.usage, name=name, shapes=tuple(known),
                first=first, others=others)  # fmt: skip


def find_operand_shape(fit: Fit, name: str) -> Shape | None:
    """The shape that an operand without one has to have, where the others say it.

    >>> from tutor.rules.composite_layers import Way
    >>> find_operand_shape(Fit(Way(("x: n", "g: n"), ("y = g",)), {"n": 3}), "g")
    (3,)
    """
    wanted = fit.way.shapes[name]
    if ANY in wanted or LEADING in wanted:
        return None
    found: list[Size] = []
    for text in wanted:
        factors = [int(factor) if factor.isdigit() else fit.sizes.get(factor) for factor in text.split("*")]
        known = [factor for factor in factors if factor is not None]
        if len(known) < len(factors):
            return None
        found.append(multiply_sizes(known) or 0)
    return tuple(found)


def drop_missing(expr: Expr, missing: frozenset[str]) -> Expr | None:
    """A formula without what is not given: a term of a sum, a factor of a product; nothing where that is all.

    >>> write_plain(drop_missing(parse("g*x + b"), frozenset({"g", "b"})))
    'x'
    """
    if type(expr) is Name:
        return None if expr.name in missing else expr
    parts = children(expr)
    if not parts:
        return expr
    kept = [left for part in parts if (left := drop_missing(part, missing)) is not None]
    if len(kept) == len(parts):
        return rebuild(expr, tuple(kept))
    if not kept or not (type(expr) in (Add, Mul) or (type(expr) is Call and expr.func == ENTRYWISE)):
        return None
    return kept[0] if len(kept) == 1 else rebuild(expr, tuple(kept))
