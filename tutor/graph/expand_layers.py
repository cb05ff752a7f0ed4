"""Layers that are written out (`tutor.rules.composite_layers`): the call of one becomes its steps, with names that say what they are.

``y = layer_norm(x, g, b)`` is mu = …, sigma_sq = …, xhat = … and y = …; in ``h_1, c_1 = lstm_cell(…)`` the gates are i_1, f_1, o_1, g_1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tutor.errors import TutorError
from tutor.expression.nodes import Call, Expr, Name, Number, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.sizes import list_size_letters
from tutor.expression.walk import names, substitute
from tutor.graph.array_products import arrange_products
from tutor.graph.build import sort_formulas
from tutor.graph.fit_layers import Fit, GivenOperands, choose_way, drop_missing, find_operand_shape, read_given
from tutor.graph.shapes import Shape, fold_settings, shape_of, size_expr
from tutor.rules.composite_layers import COMPOSITES, OUTPUT, Way
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import WRITABLE

Steps = list[tuple[str, Expr]]
Learn = Callable[[Expr, dict[str, Shape]], None]
"""Notes the shapes that a formula gives to quantities that have none."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Steps in which no layer is called any more.

    ``shapes`` are those that layers give to operands without one, ``constants`` are their masks.
    """

    steps: Steps
    shapes: Mapping[str, Shape]
    constants: frozenset[str]


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


def expand_layers(steps: Iterable[tuple[str, Expr]], shapes: Mapping[str, Shape], *, learn: Learn | None = None) -> Expanded:
    """The steps with those of each layer in the place of its call; in their order of computation, where there is one.

    With ``learn`` a leaf without a shape gets the one that it needs; without it, it is a single number.
    Raises `GraphError` for what does not fit, with the step.

    >>> from tutor.expression.plain import write_plain
    >>> made = expand_layers([("y", Call("rms_norm", (Name("x"),)))], {"x": (3,)})
    >>> [(target, write_plain(expr)) for target, expr in made.steps]
    [('r', 'sqrt(mean(x^2))'), ('y', 'x/r')]
    """
    written = list(steps)
    if not any(is_composite(expr) for _, expr in written):
        return Expanded(written, {}, frozenset())
    expander = _Expander(dict(written), shapes, learn)
    for target in sort_formulas(expander.formulas):
        try:
            expander.expand(target)
        except TutorError as error:
            raise error.put_at(f"step {target}") from None
    return Expanded(expander.made, expander.learned, frozenset(expander.constants))


class _Expander:
    def __init__(self, formulas: dict[str, Expr], shapes: Mapping[str, Shape], learn: Learn | None) -> None:
        self.formulas, self.learn = formulas, learn
        self.known: dict[str, Shape] = dict(shapes)
        self.made: Steps = []
        self.learned: dict[str, Shape] = {}
        self.constants: set[str] = set()
        self.outputs: dict[Expr, dict[int, str]] = {}
        self.done: dict[Expr, list[str]] = {}
        self.taken = {*shapes, *formulas, *(letter for shape in shapes.values() for letter in list_size_letters(shape)), *FUNCTIONS}
        for target, expr in formulas.items():
            self.taken |= {*names(expr)}
            call, place = _read_output(expr)
            if call is not None:
                self.outputs.setdefault(call, {}).setdefault(place, target)

    def expand(self, target: str) -> None:
        expr = self.formulas[target]
        call, place = _read_output(expr)
        if call is None:
            return self.add(target, self.write_results(expr, target))
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
        fit = choose_way(given, {name: self.find_shape(arg) for name, arg in operands.items()})
        self.note_operands(given, operands, fit)
        targets = [target for target, _ in read_steps_of(fit.way)]
        own = {name: chosen[place] for place, name in enumerate(given.row.outputs) if place in chosen}
        called = {**fresh.choose(name for name in targets if name not in own), **own}
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
        missing = frozenset({*given.row.names} - {*operands} | {n for n, v in given.settings.items() if v == Number("0")})
        table: dict[str, Expr] = {name: size_expr(size) for name, size in fit.sizes.items()}
        table |= {**given.settings, **operands}
        left = [(target, drop_missing(expr, missing)) for target, expr in read_steps_of(fit.way)]
        names_of, last = dict(called), left[-1][1]
        if type(last) is Name and last.name in called:  # y = xhat where nothing scales it: the step before is y itself
            names_of[last.name] = called[left.pop()[0]]
        table |= {name: Name(own) for name, own in names_of.items()}
        for target, expr in left:
            assert expr is not None
            self.add(names_of[target], fold_settings(substitute(expr, table)))


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
