"""What the signs of a solution in layer form mean, said where they first stand: ⋆, flip, route, part, σ′."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tutor.derive.slope import open_prime
from tutor.explain.axis_chains import gather_axes
from tutor.explain.document import Inline, Math, Paragraph
from tutor.explain.layer_formulas import UNSEEN, dress_expr, has_sized_ones
from tutor.explain.own_definitions import find_indicator, write_definition
from tutor.explain.page_writer import EQUALS
from tutor.explain.words.array_rules import DILATED, ArrayWords
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.written_maths import set_maths
from tutor.expression.nodes import ONE, ZERO, Call, Div, Expr, Name, Number, Partial, Pow, children
from tutor.expression.sizes import list_ends
from tutor.expression.walk import substitute
from tutor.graph.shapes import Shape, shape_of
from tutor.notation.profile import Notation
from tutor.rules.functions import FUNCTIONS, function, value_of
from tutor.rules.layer_row import MOST_ALIKE
from tutor.rules.operations import JOINED, LAYERS, LONGER, OF_EACH, POOLS, SAID, SLIDING

_STANDING_IN = ("A", "B", "C", "M", "N")
_LETTERS = ("u", "v", "x", "z", "a", "b", "c", "m", "n", "p", "q", "r", "s", "t")
"""For the operands of a function whose own letters are taken."""
_WRITTEN = {name: rows[0].written.split() for name, rows in LAYERS.items()}
_ONES = frozenset(name for name, written in _WRITTEN.items() if {"ones", "times"} <= set(written))
"""Operations that are printed with a vector of ones."""
_OF_ONES = next(name for name, written in _WRITTEN.items() if "multiple" in written)
_WINDOWS = frozenset(name for name, written in _WRITTEN.items() if "window" in written)
"""Operations whose reason leaves out how large their windows are."""


_CONDITIONS = ("equal",)
"""What is written as 1 under a condition, beside the slope of a ReLU: 1[j = 3]."""


def list_conditions(exprs: Iterable[Expr]) -> list[Expr]:
    """The conditions in index forms, which have signs of their own there: 1[j = 3] for an entry of onehot(3)."""
    found: list[Expr] = []
    stack = list(exprs)[::-1]
    while stack:
        part = stack.pop()
        found += [part] if type(part) is Call and part.func in _CONDITIONS else []
        stack.extend(reversed(children(part)))
    return found


def list_own(settings: Sequence[Expr], place: int) -> str:
    """One of the three settings that each axis of a pooling has its own of.

    >>> list_own([Number(text) for text in "322110"], 1)
    '2×1'
    """
    axes = len(settings) // 3
    return "×".join(part.text for part in settings[place * axes : (place + 1) * axes] if type(part) is Number)


class Symbols:
    """What has been said on a page, so that nothing is said twice; ``indicators``, how 1 or 0 by a condition is written."""

    def __init__(self, words: ArrayWords, shapes: Mapping[str, Shape], label: str, *, indicators: str = "brackets") -> None:
        self.words, self.shapes, self.label, self.indicators = words, shapes, label, indicators
        self.told: set[str] = set()

    def explain_symbols(self, exprs: Iterable[Expr], *, reasons: Collection[str] = ()) -> list[Paragraph]:
        """A paragraph on the signs in ``exprs`` that the page has not explained, or none.

        ``reasons`` are the operations that the reason of a step explains where it is nothing else.
        """
        found: dict[str, Sequence[Inline]] = {}
        for expr in exprs:
            outermost = expr.func if type(expr) is Call and expr.func in reasons and expr.func not in _WINDOWS else ""
            for key, said in self._list_meanings(expr):
                if key != outermost and key not in self.told:
                    self.told.add(key)
                    found[key] = said
        if "ones" in found and found.pop("sized", ()):
            found["ones"] = split_places(self.words.ONES_SIZED, {"ones": found["ones"][:1]})
        if "raised" in found and found.pop("divided", ()):
            found["raised"] = (self.words.RAISED_DIVIDED,)
        parts = [part for said in found.values() for part in ("; ", *said)][1:]
        shown = [piece for part in parts if part for piece in (set_maths(part, Notation()) if isinstance(part, str) else (part,))]
        return [Paragraph(tuple(shown), self.label)] if shown else []

    def _list_meanings(self, expr: Expr) -> Iterator[tuple[str, Sequence[Inline]]]:
        for part in self._walk(expr):
            if type(part) is Div and all(shape_of(side, self.shapes) for side in (part.num, part.den)):
                yield "divided", (self.words.DIVIDED,)
            if type(part) is Pow and shape_of(part.base, self.shapes):
                yield "raised", (self.words.RAISED,)
            if type(part) is not Call:
                continue
            if part.func in _CONDITIONS:
                yield self._say_indicator(part)
            if gathered := gather_axes(part, self.shapes):
                yield from self._say_axes(*gathered)
            elif part.func in LAYERS:
                yield from self._say_operation(part)
            elif part.func.rstrip("'") in FUNCTIONS:
                yield from self._say_function(part)
        yield from self._say_indicators(expr)
        if has_sized_ones(dress_expr(expr, self.shapes)):
            yield "sized", split_places(self.words.SIZED, {"ones": [Math(Call(_OF_ONES, (ONE, Number("2"))))]})

    def _walk(self, expr: Expr) -> Iterator[Expr]:
        """The parts of a formula that are printed."""
        yield expr
        gathered = gather_axes(expr, self.shapes)
        for part in (gathered[1],) if gathered else children(expr):
            yield from self._walk(part)

    def _say_axes(self, name: str, inner: Expr, axes: Sequence[Expr]) -> Iterator[tuple[str, Sequence[Inline]]]:
        """A sign for several axes, told once: its example is the first that stands there."""
        if not name and type(inner) in (Name, Partial) and len(axes) > len(shape_of(inner, self.shapes)) > 1:  # a vector is a column anyway
            yield "kept", (self.words.KEPT,)
        if name:
            operand = inner if type(inner) in (Name, Partial) else Name(next(one for one in _STANDING_IN if one not in self.shapes))
            yield name, split_places(self.words.SYMBOLS[name], {"call": [Math(Call(name, (operand, *axes)))]})

    def _say_operation(self, call: Call) -> Iterator[tuple[str, Sequence[Inline]]]:
        each = call.func in _ONES and max(len(shape_of(part, self.shapes)) for part in (call, call.args[0])) > 2
        if (call.func in _ONES and not each) or (call.func == _OF_ONES and call.args[0] != ZERO):
            yield "ones", split_places(self.words.ONES, {"ones": [Math(Call(_OF_ONES, (ONE, Number("2"))))]})
        said = OF_EACH[call.func] if each else SAID[call.func]
        if said not in self.words.SYMBOLS:
            return
        row = LAYERS[call.func][0]
        count, settings = len(row.arrays), call.args[len(row.arrays) :]
        operands = self._stand_in(call, count, "{gradient}" in self.words.SYMBOLS[said])
        places: dict[str, Sequence[Inline]] = {"call": [Math(Call(said if each else call.func, (*operands, *settings)))]}
        places["gradient"] = [Math(operand) for operand in operands[:1]]
        phrase = self.words.SYMBOLS[said]
        if settings:
            places |= {"first": [Math(settings[0])], "last": [Math(settings[min(len(settings), 2) - 1])]}
        if call.func in POOLS and len(settings) > MOST_ALIKE:
            window, stride, _ = (list_own(settings, place) for place in range(3))
            phrase, places = self.words.SYMBOLS["own windows"], places | {"first": [window], "last": [stride]}
        if "place" in _WRITTEN[call.func]:
            places |= {key: [Math(place)] for key, place in zip(("first", "last"), list_ends(settings), strict=True)}
            phrase, places = self._say_places(call, phrase, places)
        yield said if each else call.func, split_places(phrase, places)
        if call.func in SLIDING and settings not in ((), (ONE, Number("0"))):
            own = len(settings) > MOST_ALIKE
            axes = len(settings) // 3 if own else 1
            strides, widths = settings[:axes], settings[axes : 2 * axes]
            shown = "s" * any(one != ONE for one in strides) + "p" * any(one != ZERO for one in widths)
            if shown:
                yield f"stride {shown}", (self.words.STRIDE[shown],)
            if any(setting != ONE for setting in settings[len(settings) // 3 * 2 if own else 2 :]):
                yield "wide", (self.words.WIDE,)
            if own:
                yield "each", (self.words.EACH,)
        if call.func in DILATED and settings[-2] != ONE:
            yield "dilated", (self.words.DILATED,)
        if call.func in DILATED[2:] and settings[-1] != ZERO and not any(f"stride {key}" in self.told for key in ("p", "sp")):
            yield "stride p", (self.words.STRIDE["p"],)
        if call.func in POOLS and len(settings) > 2:
            own = len(settings) > MOST_ALIKE
            if any(setting != ZERO for setting in settings[len(settings) // 3 * 2 if own else 2 :]):
                yield "padded", (self.words.PADDED,)
            if own:
                yield "each", (self.words.EACH,)

    def _say_places(self, call: Call, phrase: str, places: Mapping[str, Sequence[Inline]]) -> tuple[str, dict[str, Sequence[Inline]]]:
        """The phrase for a part of an array: of one place or several, and along which axis, where a matrix of it has rows, too."""
        single, rank = places["first"] == places["last"], len(shape_of(call.args[0], self.shapes))
        if rank > 2:
            word = call.func.rpartition("_")[2]
            axis = rank - LONGER.index(word) if word in LONGER else 1
            return self.words.SYMBOLS["one place along" if single else "part along"], {**places, "axis": [str(axis)]}
        return self.words.SYMBOLS["one place"] if single else phrase, dict(places)

    def _stand_in(self, call: Call, count: int, of_gradient: bool) -> tuple[Expr, ...]:
        """The operands of a sign, with letters for formulas; of what is joined all have letters then, and a gradient is a G."""
        letters = ("G", *_STANDING_IN) if of_gradient else _STANDING_IN
        free = (name for name in letters if name not in self.shapes)
        args = tuple(arg.args[0] if type(arg) is Call and arg.func in UNSEEN else arg for arg in call.args[:count])
        named = [type(arg) in (Name, Partial) or _is_sign(arg) for arg in args]
        if call.func in JOINED and not all(named):
            named = [False] * count
        return tuple(arg if known else Name(next(free)) for arg, known in zip(args, named, strict=True))

    def _say_function(self, call: Call) -> Iterator[tuple[str, Sequence[Inline]]]:
        letter = Name(next(name for name in ("x", "z", "u", "v", "t", "x_0") if name not in self.shapes))
        plain = call.func.rstrip("'")
        row = function(plain, len(call.args))
        formula = value_of(row)
        own = write_definition(call)
        if own is not None:
            yield call.func, [Math(own[0]), EQUALS, Math(own[1])]
            yield from self._list_meanings(own[1])
            return
        letters = (letter,) if len(row.params) == 1 else self._choose_letters(call, row.params)
        if row.role == "activation" and plain in FUNCTIONS:  # of a letter as those beside it; what it has besides is as it stands
            letters = (letter, *letters[1:])
        meaning = open_prime(Call(f"{plain}'", letters)) if call.func != plain else None
        if meaning is None and formula is not None:
            meaning = substitute(formula, dict(zip(row.params, letters, strict=True)))
        if meaning is not None:
            yield call.func, [Math(Call(call.func, letters)), EQUALS, Math(meaning)]
            yield from self._say_indicators(meaning)
            for part in self._walk(meaning):  # the σ of a SiLU
                if type(part) is Call and part.func in FUNCTIONS and part.func != plain:
                    yield from self._say_function(part)
        elif plain in self.words.SYMBOLS and not LAYERS.get(plain) and len(call.args) == 1:  # of several numbers the reason says it
            yield plain, split_places(self.words.SYMBOLS[plain], {"call": [Math(Call(plain, letters))], "last": [Math(letter)]})

    def _say_indicators(self, expr: Expr) -> Iterator[tuple[str, Sequence[Inline]]]:
        """What 1 under a condition means, where a formula has one."""
        found = find_indicator([expr], self.indicators)
        if found is not None:
            yield self._say_indicator(found)

    def _say_indicator(self, call: Expr) -> tuple[str, Sequence[Inline]]:
        return "indicator", split_places(self.words.SYMBOLS["indicator"], {"call": [Math(call)]})

    def _choose_letters(self, call: Call, params: Sequence[str]) -> tuple[Expr, ...]:
        """For a function of several numbers: single ones as they stand, of arrays the letters of its row (or free ones)."""
        free = (name for name in _LETTERS if name not in self.shapes and name not in params)
        return tuple(
            arg if type(arg) is Name and not shape_of(arg, self.shapes) else Name(name if name not in self.shapes else next(free))
            for name, arg in zip(params, call.args, strict=True)
        )


def _is_sign(expr: Expr) -> bool:
    """Whether an array is written as a single sign, 𝟏 or 𝟎."""
    return type(expr) is Call and expr.func == _OF_ONES and expr.args[0] in (ONE, ZERO)
