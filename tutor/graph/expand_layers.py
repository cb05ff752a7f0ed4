"""Layers that are written out (`tutor.rules.composite_layers`): the call of one becomes its steps, with names that say what they are.

``y = layer_norm(x, g, b)`` is mu = …, sigma_sq = …, xhat = … and y = …; in ``h_1, c_1 = lstm_cell(…)`` the gates are i_1, f_1, o_1, g_1.
A layer that is written in one line, ``(X - mean(X, axis=0))/sqrt(var(X, axis=0) + eps)``, has steps for its mean and its variance as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TypeGuard

from tutor.errors import TutorError
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, Number, Pow, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.program_signs import AXIS_WORD, KEPT_WORD
from tutor.expression.sizes import list_size_letters
from tutor.expression.walk import names, substitute
from tutor.graph.array_products import arrange_products
from tutor.graph.build import sort_formulas
from tutor.graph.fit_layers import (
    Fit,
    GivenOperands,
    choose_way,
    drop_missing,
    find_operand_shape,
    fits_otherwise,
    read_given,
)
from tutor.graph.shapes import Shape, fold_settings, shape_of, size_expr
from tutor.rules.composite_layers import COMPOSITES, EITHER_WAY, OUTPUT, Way
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import WRITABLE

Steps = list[tuple[str, Expr]]
Learn = Callable[[Expr, dict[str, Shape]], None]
"""Notes the shapes that a formula gives to quantities that have none."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Steps in which no layer is called any more.

    ``shapes`` are those that layers give to operands without one, ``constants`` are their masks, ``reasons`` why their inner steps hold.
    """

    steps: Steps
    shapes: Mapping[str, Shape]
    constants: frozenset[str]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def name_rule(self, target: str, rule: str) -> str:
        """The rule of a step; that of its layer where its formula is none by itself, and where a product fits the other way round, too."""
        reason = self.reasons.get(target, rule)
        return reason if rule in ("formula", "quotient") or reason in EITHER_WAY else rule


def is_composite(expr: Expr) -> bool:
    """Whether a layer that is written out is called in a formula.

    >>> is_composite(Call("layer_norm", (Name("x"),))), is_composite(Call("softmax", (Name("x"),)))
    (True, False)
    """
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Call and node.func in COMPOSITES:
            return True
        stack.extend(children(node))
    return False


STATISTICS = ("mean", "var", "std")
"""What is worked out before it is used beside the array that it is of."""


def find_statistics(expr: Expr) -> list[Call]:
    """The means and variances in a formula that stand beside the arrays that they are of, the inner ones first.

    What is a whole formula, what is by itself in it (the mean of some losses) and a single mean (x - mean(x)) stay where they are.

    >>> from tutor.expression.nodes import Mul
    >>> x = Name("x")
    >>> centred = Add((x, Neg(Call("mean", (x,)))))
    >>> find_statistics(centred), [call.func for call in find_statistics(Mul((centred, Call("var", (x,)))))]
    ([], ['mean', 'var'])
    """
    found: dict[Call, None] = {}
    _list_statistics(expr, frozenset(), found)
    return [] if len(found) < 2 and all(call.func == "mean" for call in found) else list(found)


def _list_statistics(expr: Expr, beside: frozenset[str], found: dict[Call, None]) -> None:
    """``beside`` are the names that stand around a formula, outside of what is worked out before."""
    parts = children(expr)
    around = [_list_outside(part) for part in parts]
    for place, part in enumerate(parts):
        _list_statistics(part, beside.union(*around[:place], *around[place + 1 :]), found)
    if _is_statistic(expr) and not beside.isdisjoint(names(expr)):
        found.setdefault(expr)


def _is_statistic(expr: Expr) -> TypeGuard[Call]:
    """A mean, a variance or a deviation, of all entries or along axes."""
    if type(expr) is not Call or expr.func not in STATISTICS:
        return False
    return all(type(arg) is Call and arg.func in (AXIS_WORD, KEPT_WORD) for arg in expr.args[1:])


def _list_outside(expr: Expr) -> frozenset[str]:
    """The names in a formula that stand outside of its means and variances."""
    if _is_statistic(expr):
        return frozenset()
    return frozenset((expr.name,)) if type(expr) is Name else frozenset().union(*map(_list_outside, children(expr)))


def expand_layers(
    steps: Iterable[tuple[str, Expr]], shapes: Mapping[str, Shape], *, learn: Learn | None = None
) -> Expanded:
    """The steps with those of each layer in the place of its call; in their order of computation, where there is one.

    With ``learn`` a leaf without a shape gets the one that it needs; without it, it is a single number.
    Raises `GraphError` for what does not fit, with the step.

    >>> from tutor.expression.plain import write_plain
    >>> made = expand_layers([("y", Call("rms_norm", (Name("x"),)))], {"x": (3,)})
    >>> [(target, write_plain(expr)) for target, expr in made.steps]
    [('r', 'sqrt(mean(x^2))'), ('y', 'x/r')]
    """
    written = list(steps)
    if not any(is_composite(expr) or find_statistics(expr) for _, expr in written):
        return Expanded(written, {}, frozenset())
    expander = _Expander(dict(written), shapes, learn)
    for target in sort_formulas(expander.formulas):
        try:
            expander.expand(target)
        except TutorError as error:
            raise error.put_at(f"step {target}") from None
    return Expanded(expander.made, expander.learned, frozenset(expander.constants), expander.reasons)


class _Expander:
    def __init__(self, formulas: dict[str, Expr], shapes: Mapping[str, Shape], learn: Learn | None) -> None:
        self.formulas, self.learn = formulas, learn
        self.known: dict[str, Shape] = dict(shapes)
        self.made: Steps = []
        self.learned: dict[str, Shape] = {}
        self.constants: set[str] = set()
        self.reasons: dict[str, str] = {}
        self.outputs: dict[Expr, dict[int, str]] = {}
        self.done: dict[Expr, list[str]] = {}
        self.taken = {
            *shapes,
            *formulas,
            *(letter for shape in shapes.values() for letter in list_size_letters(shape)),
            *FUNCTIONS,
        }
        for target, expr in formulas.items():
            self.taken |= {*names(expr)}
            call, place = _read_output(expr)
            if call is not None:
                self.outputs.setdefault(call, {}).setdefault(place, target)

    def expand(self, target: str) -> None:
        expr = self.formulas[target]
        call, place = _read_output(expr)
        if call is None:
            expr = self.write_results(expr, target)
            return self.add(target, self.name_statistics(expr, target))
        names_of = self.expand_call(call, target)
        if names_of[place] != target:  # the same call twice
            self.add(target, Name(names_of[place]))
        return None

    def add(self, target: str, expr: Expr) -> None:
        """One step more; its shape is known from here on."""
        if self.learn is not None:
            self.learn(expr, self.known)
        self.made.append((target, expr))
        self.taken.add(target)
        self.known[target] = self.find_known_shape(expr)

    def name_statistics(self, expr: Expr, near: str) -> Expr:
        """A formula with the names of its means and variances in their place; each has a step of its own, unless one is there."""
        fresh = _FreshNames(self.taken, near)
        if find_statistics(expr):
            if self.learn is not None:
                self.learn(expr, self.known)
            self.find_known_shape(expr)  # says what does not fit in the words of the formula
        left: list[Expr] = [*find_statistics(expr)]
        while left:
            call = left.pop(0)
            assert type(call) is Call
            put = self.name_statistic(call, fresh)
            left = [_replace(other, call, put) for other in left]
            expr = _replace(expr, call, put)
        return expr

    def name_statistic(self, call: Call, fresh: _FreshNames) -> Expr:
        """What stands in the place of a mean, a variance or a deviation; a variance is the mean of squares around a mean with a step."""
        array, axes = call.args[0], call.args[1:]
        if call.func == "std":
            return Call("sqrt", (self.name_statistic(Call("var", call.args), fresh),))
        if call.func == "var" and not self.find_step(call):
            mean = self.find_mean(array, axes)
            centred = Add((array, Neg(self.name_call(mean, "mu", fresh))))
            return self.name_call(Call("mean", (Pow(centred, Number("2")), *axes)), "sigma_sq", fresh)
        return self.name_call(call, "sigma_sq" if call.func == "var" or _is_variance(call) else "mu", fresh)

    def find_mean(self, array: Expr, axes: Sequence[Expr]) -> Call:
        """The mean that a variance is around: one that has a step and fits beside the array, else one that keeps its axes."""
        kept = Call("mean", (array, *(Call(KEPT_WORD, children(axis)) for axis in axes)))
        plain = Call("mean", (array, *(Call(AXIS_WORD, children(axis)) for axis in axes)))
        if self.find_step(kept) or not self.find_step(plain):
            return kept
        with suppress(TutorError):
            if self.find_known_shape(Add((array, Neg(Name(self.find_step(plain)))))) == self.find_known_shape(array):
                return plain
        return kept

    def name_call(self, call: Call, word: str, fresh: _FreshNames) -> Name:
        """The name of the step that works out a call; a step more where there is none."""
        name = self.find_step(call) or fresh.choose([word])[word]
        if name not in self.known:
            self.add(name, call)
        return Name(name)

    def find_step(self, call: Call) -> str:
        """The step that is already there for a call, if there is one."""
        return next((target for target, made in self.made if made == call), "")

    def find_known_shape(self, expr: Expr) -> Shape:
        return shape_of(arrange_products(expr, self.known), self.known)

    def write_results(self, expr: Expr, near: str) -> Expr:
        """A formula with the name of its result in the place of each call of a layer."""
        if type(expr) is Call and (expr.func in COMPOSITES or expr.func.startswith(OUTPUT)):
            call, place = _read_output(expr)
            assert call is not None
            return Name(self.expand_call(call, near)[place])
        parts = children(expr)
        return rebuild(expr, tuple(self.write_results(part, near) for part in parts)) if parts else expr

    def expand_call(self, call: Call, near: str) -> list[str]:
        """The steps of a call; what its outputs are called."""
        if call in self.done:
            return self.done[call]
        given = read_given(call)
        chosen = self.outputs.get(call, {})
        fresh = _FreshNames(self.taken, next(iter(chosen.values()), near))
        operands = {name: self.write_results(arg, near) for name, arg in given.operands.items()}
        operands = {name: self.give_name(name, arg, given, fresh) for name, arg in operands.items()}
        shapes = {name: self.find_shape(arg) for name, arg in operands.items()}
        fit = choose_way(given, shapes)
        self.note_operands(given, operands, fit)
        targets = [target for target, _ in read_steps_of(fit.way)]
        own = {name: chosen[place] for place, name in enumerate(given.row.outputs) if place in chosen}
        called = {**fresh.choose(name for name in targets if name not in own), **own}
        for target, reason in given.row.reasons.items():
            said = reason if reason not in EITHER_WAY or fits_otherwise(given, shapes, fit) else EITHER_WAY[reason]
            if target in called and said:
                self.reasons[called[target]] = said
        self.write(given, operands, fit, called)
        self.done[call] = [called[output] for output in given.row.outputs]
        return self.done[call]

    def give_name(self, name: str, arg: Expr, given: GivenOperands, fresh: _FreshNames) -> Expr:
        """An operand as a name: a formula in its place gets a step of its own, called as the layer calls it."""
        inner = arg.args[0] if type(arg) is Call and arg.func == "transpose" and len(arg.args) == 1 else arg
        if type(inner) in (Name, Number) or (not names(arg) and name not in given.row.constants):
            return arg
        symbol = given.row.symbols.get(name, name)
        target = fresh.choose([symbol])[symbol]
        self.add(target, arg)
        return Name(target)

    def find_shape(self, arg: Expr) -> Shape | None:
        """The shape of an operand; nothing where it may have any."""
        if self.learn is not None and type(arg) is Name and arg.name not in self.known:
            return None
        return self.find_known_shape(arg)

    def note_operands(self, given: GivenOperands, operands: Mapping[str, Expr], fit: Fit) -> None:
        """What a way says of its operands: shapes that are not known yet, and which of them are constants."""
        for name, arg in operands.items():
            if type(arg) is not Name:
                continue
            if name in given.row.constants:
                self.constants.add(arg.name)
            if arg.name not in self.known and self.learn is not None:
                shape = find_operand_shape(fit, name)
                if shape is not None:
                    self.known[arg.name] = self.learned[arg.name] = shape

    def write(self, given: GivenOperands, operands: Mapping[str, Expr], fit: Fit, called: Mapping[str, str]) -> None:
        missing = frozenset(
            {*given.row.names} - {*operands} | {n for n, v in given.settings.items() if v == Number("0")}
        )
        table: dict[str, Expr] = {name: size_expr(size) for name, size in fit.sizes.items()}
        table |= {**given.settings, **operands}
        left = [(target, drop_missing(expr, missing)) for target, expr in read_steps_of(fit.way)]
        names_of, last = dict(called), left[-1][1]
        if type(last) is Name and last.name in called:  # y = xhat where nothing scales it: the step before is y itself
            names_of[last.name] = called[left.pop()[0]]
            if last.name in given.row.reasons:
                self.reasons[names_of[last.name]] = given.row.reasons[last.name]
        table |= {name: Name(own) for name, own in names_of.items()}
        for target, expr in left:
            assert expr is not None
            self.add(names_of[target], fold_settings(substitute(expr, table)))


def _is_variance(call: Call) -> bool:
    """Whether a mean is that of the squares of differences."""
    inner = call.args[0]
    return call.func == "mean" and type(inner) is Pow and type(inner.base) is Add


def _replace(expr: Expr, old: Expr, new: Expr) -> Expr:
    """A formula with another part in the place of one, wherever it stands."""
    if expr == old:
        return new
    parts = children(expr)
    return rebuild(expr, tuple(_replace(part, old, new) for part in parts)) if parts else expr


def _read_output(expr: Expr) -> tuple[Call | None, int]:
    """A call of a layer and which of its outputs is meant; nothing for any other formula."""
    if type(expr) is Call and expr.func.startswith(OUTPUT):
        inner = expr.args[0]
        if type(inner) is Call and inner.func in COMPOSITES:
            return inner, int(expr.func.removeprefix(OUTPUT)) - 1
    if type(expr) is Call and expr.func in COMPOSITES:
        return expr, 0
    return None, 0


@cache
def _read_steps(steps: tuple[str, ...]) -> Steps:
    found: Steps = []
    targets = tuple(step.partition("=")[0].strip() for step in steps)
    for target, step in zip(targets, steps, strict=True):
        formula = step.partition("=")[2].strip()
        words = {*re.findall(r"[A-Za-z]\w*", formula)} - {*FUNCTIONS, *WRITABLE, "axis", "keepdims", "True", "None"}
        found.append((target, parse(formula, functions={*FUNCTIONS, *WRITABLE}, known=sorted(words))))
    return found


def read_steps_of(way: Way) -> Steps:
    """The steps of a way, read.

    >>> [target for target, _ in read_steps_of(Way(("x: n",), ("m = mean(x)", "y = x - m")))]
    ['m', 'y']
    """
    return _read_steps(way.steps)


MOST_ALIKE = 10_000
"""So many names that differ by a number are tried: an exercise has fewer steps."""
_PLACE = re.compile(r"(?:_?[0-9]+|_[A-Za-z](?:[mp][0-9])?)\Z")


class _FreshNames:
    """Names for the quantities of one call, with the index of what comes out: i_3 of h_3; none of them is taken."""

    def __init__(self, taken: set[str], near: str) -> None:
        self.taken = taken
        match = _PLACE.search(near)
        self.end = match.group() if match and match.start() else ""
        self.others = (f"{self.end}_{near}", *(f"{self.end}_{count}" for count in range(2, MOST_ALIKE)))

    def choose(self, wanted: Iterable[str]) -> dict[str, str]:
        """A name for each that is wanted."""
        return {name: self._choose_one(name) for name in wanted}

    def _choose_one(self, name: str) -> str:
        if f"{name}{self.end}" not in self.taken:
            return f"{name}{self.end}"
        return next(f"{name}{end}" for end in self.others if f"{name}{end}" not in self.taken)
