"""The steps of a program as they are met: each a quantity with a formula over arrays, its shape, and the line it stands in."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tutor.errors import TutorError, tell
from tutor.expression.letters import GREEK
from tutor.expression.nodes import Call, Expr, Name, Number, children
from tutor.expression.program_signs import SLICE
from tutor.expression.sizes import Size
from tutor.expression.spelling import is_name
from tutor.expression.walk import depth, names, size
from tutor.graph.array_products import arrange_products
from tutor.graph.expand_layers import expand_layers
from tutor.graph.nouns import Kind, Quantity
from tutor.graph.shapes import Shape, shape_of, size_expr
from tutor.program.misfits import say_misfit
from tutor.program.program_values import Formula, Open, write_number, write_size
from tutor.program.source import Source
from tutor.rules.composite_layers import COMPOSITES
from tutor.rules.functions import FUNCTIONS

MOST_STEPS = 600
MOST_PARTS = 120
"""A formula of more parts gets a step of its own where it stands."""
DEEPEST = 16
LARGE = 64
"""Sizes from here on get letters where arrays would have too many entries."""
LARGE_LETTERS = ("D", "H", "M", "K", "P", "Q", "R", "S", *(f"n{place}" for place in range(1, 1_000)))
_RESERVED = frozenset({*FUNCTIONS, "e", "d", "pi", "if", "else", "inf"})


class SizeTold(Exception):
    """A letter that was invented for a size is a number: the program is read anew with it."""

    def __init__(self, letter: str, size: int) -> None:
        super().__init__(letter, size)
        self.letter, self.size = letter, size


@dataclass(slots=True)
class Recorder:
    """What has been read of a program's computation: steps in their order, shapes, leaves, lines.

    ``given`` are the shapes that somebody says, ``taken`` the names that the program has itself, ``read`` the values of its
    expressions, by their nodes.  ``invented`` are letters for sizes that nobody says, ``letters`` what numbers they turned out to be.
    ``large`` are sizes of layers that are large, with letters in whose place they stand where it is ``lettered``.
    ``whole`` are quantities that are made whole numbers, int(x), and where: they are labels, and no numbers of a formula.
    With ``is_deep`` inputs of layers have an axis for time beside that of the samples.
    """

    source: Source
    given: Mapping[str, Shape]
    taken: Collection[str]
    letters: Mapping[str, int] = field(default_factory=dict)
    lettered: bool = False
    is_deep: bool = False
    steps: dict[str, Expr] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, Quantity] = field(default_factory=dict)
    found: dict[str, Shape] = field(default_factory=dict)
    one_hot: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    large: dict[int, str] = field(default_factory=dict)
    invented: set[str] = field(default_factory=set)
    whole: dict[str, ast.AST] = field(default_factory=dict)
    at: list[ast.AST] = field(default_factory=list)
    read: dict[int, Any] = field(default_factory=dict)
    work: int = 0
    """How many parts the formulas had that were made."""

    def build(self, expr: Expr, node: ast.AST) -> Formula:
        """A formula as it is meant, with its shape.  Raises `ProgramError` at the node for what does not fit."""
        try:
            made = arrange_products(expr, self.shapes)
            shape = shape_of(made, self.shapes)
        except TutorError as error:
            self.refuse_unsaid(expr, node)
            raise self.source.refuse(node, *say_misfit(node, error, self.read)) from None
        parts = size(made)
        self.work += parts
        if parts > MOST_PARTS or depth(made) > DEEPEST:
            return self.add_step("t", Formula(made, shape), node)
        return Formula(made, shape)

    def refuse_unsaid(self, expr: Expr, node: ast.AST) -> None:
        """Refuse what does not fit because nothing says a shape, so that an argument was taken for a number."""
        unsaid = [part.name for part in children(expr) if type(part) is Name and self.found.get(part.name) == ()]
        if unsaid:
            raise self.source.refuse(node, tell("nothing says the shape of {names}", names=", ".join(unsaid)),
                                     tell("give it: --shapes {name}=N,D", name=unsaid[0]))  # fmt: skip

    def add_step(self, wanted: str, formula: Formula, node: ast.AST) -> Formula:
        """One step more, called as the program calls it, or with a number behind where that name is taken."""
        if len(self.steps) >= MOST_STEPS:
            raise self.source.refuse(node, tell("the program has more than {limit} steps", limit=MOST_STEPS),
                                     tell("give a smaller function, or fewer rounds of its loops"))  # fmt: skip
        name = self.choose_name(wanted)
        self.steps[name] = formula.expr
        self.shapes[name] = formula.shape
        self.lines[name] = self.find_line(node)
        return Formula(Name(name), formula.shape)

    def find_line(self, node: ast.AST) -> int:
        """The line of the program that a step comes from; of what a library computes, the line where it is called."""
        return getattr(self.at[0] if self.at else node, "lineno", 0)

    def add_layer(self, wanted: str, call: Call, node: ast.AST) -> Formula:
        """The steps of a layer that is made of others (`tutor.rules.composite_layers`); the last one is its result."""
        target = self.choose_name(wanted)
        known = {name: shape for name, shape in self.shapes.items() if name != target}
        try:
            made = expand_layers([(target, call)], known)
        except TutorError as error:
            raise self.source.refuse_for(node, error) from None
        for name, expr in made.steps:
            built = self.build(expr, node)
            self.steps[name], self.shapes[name], self.lines[name] = built.expr, built.shape, self.find_line(node)
        for name in made.constants:
            self.kinds[name] = Quantity(name, "constant")
        return Formula(Name(target), self.shapes[target])

    def add_leaf(self, wanted: str, shape: Shape, kind: Kind = "input") -> Formula:
        """A quantity that nothing computes."""
        name = self.choose_name(wanted)
        self.shapes[name] = shape
        self.kinds[name] = Quantity(name, kind)
        return Formula(Name(name), shape)

    def choose_name(self, wanted: str) -> str:
        """A name that is free: the program's own where it can be a quantity's, with a number behind from its second value on."""
        plain = "".join(GREEK.get(letter, letter) for letter in wanted)
        plain = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", plain)).strip("_") or "t"
        plain = plain if plain[0].isalpha() else f"t{plain}"
        letters = {size for shape in self.shapes.values() for size in shape if isinstance(size, str)}
        used = {*self.steps, *self.shapes, *letters, *COMPOSITES}
        if plain not in used and plain not in _RESERVED and is_name(plain) and not self._is_entry(plain):
            return plain
        apart = "_" if plain[-1].isdigit() else ""
        words = (f"{plain}{apart}{ending}" for ending in (_list_letters() if apart else map(str, range(2, 10_000))))
        return next(word for word in words if word not in used and word not in self.taken and is_name(word))

    def _is_entry(self, name: str) -> bool:
        """Whether a name is that of an entry of an array that there is: x_2 beside a vector x."""
        head = re.fullmatch(r"(.+?)((?:_[1-9][0-9]*)+)", name)
        return head is not None and bool(self.shapes.get(head[1]))

    def settle(self, value: Open, shape: Shape) -> Formula:
        """The shape of an argument that had none, told by its first use."""
        if value.name not in self.shapes:
            self.shapes[value.name] = shape
            self.kinds[value.name] = Quantity(value.name, "input")
            self.found[value.name] = shape
        return Formula(Name(value.name), self.shapes[value.name])

    def settle_sizes(self, value: Open, sizes: Sequence[Size]) -> Formula:
        """The shape of an argument that had none, told by what takes it apart, or by the documentation of the layer that takes it.

        Letters are invented: they may turn out to be numbers (`SizeTold`).
        """
        if value.name in self.shapes:
            return Formula(Name(value.name), self.shapes[value.name])
        letters = [size for size in sizes if isinstance(size, str) and size not in self.letters]
        self.invented |= {letter for letter in letters if letter.isidentifier()}
        return self.settle(value, tuple(self.letters.get(size, size) if isinstance(size, str) else size for size in sizes))

    def take_large(self, size: int) -> Any:
        """A size of a layer; a large one has a letter, the same for the same number, where it is ``lettered``."""
        if size < LARGE:
            return size
        if size not in self.large:
            self.large[size] = next(letter for letter in LARGE_LETTERS if letter not in {*self.large.values(), *self.taken})
        return write_size(self.large[size]) if self.lettered else size

    def tell_size(self, size: Size, number: Size) -> None:
        """Raise `SizeTold` where a letter that was invented has to be a number."""
        if isinstance(size, str) and isinstance(number, int) and size in self.invented:
            raise SizeTold(size, number)

    def write_one_hot(self, labels: Formula, classes: Shape, node: ast.AST) -> Formula:
        """The labels of an array as rows of 0 and 1, a quantity of its own: y stands for Y, with a 1 at the place of each label."""
        if type(labels.expr) is Call and labels.expr.func == "entry" and type(whole := labels.expr.args[0]) is Name:
            rows = self.write_one_hot(Formula(whole, self.shapes[whole.name]), classes, node)
            places = tuple(write_number(int(place.text) - 1).expr for place in labels.expr.args[1:] if type(place) is Number)
            return self.build(Call(SLICE, (rows.expr, *places)), node)
        made = self.steps.get(labels.expr.name, labels.expr) if type(labels.expr) is Name else labels.expr
        inner = made.args[0] if type(made) is Call and made.func in ("flatten", "unflatten") else None
        if type(inner) is Name and inner.name not in self.steps:
            rows = self.write_one_hot(Formula(inner, self.shapes[inner.name]), classes, node)
            return self.build(Call("unflatten", (rows.expr, *map(size_expr, (*labels.shape, *classes)))), node)
        if type(labels.expr) is not Name or labels.expr.name in self.steps:
            raise self.source.refuse(node, tell("labels that are computed are not read"), tell("give the labels as an argument"))
        name = labels.expr.name
        if name not in self.one_hot:
            made = self.add_leaf(f"{name}_onehot", (*labels.shape, *classes), "constant").expr
            assert type(made) is Name
            self.one_hot[name] = made.name
        known = self.one_hot[name]
        if self.shapes[known] != (*labels.shape, *classes):
            what = tell("the labels {name} are those of {one} classes and of {two}", name=name, one=self.shapes[known][-1], two=classes[-1])
            raise self.source.refuse(node, what, tell("check the shapes"))
        return Formula(Name(known), self.shapes[known])

    def mark_whole(self, value: Formula, node: ast.AST) -> None:
        """A value is made a whole number: of a label nothing is changed.  Raises `ProgramError` for what is computed."""
        inner = value.expr
        while type(inner) is Call and inner.func in ("flatten", "unflatten", "entry", SLICE):
            inner = inner.args[0]
        if type(inner) is Name and inner.name not in self.steps:
            self.whole.setdefault(inner.name, node)
        elif self.has_quantities(inner):
            self.refuse_whole(node)

    def has_quantities(self, expr: Expr) -> bool:
        """Whether a formula has more in it than numbers and the letters of sizes."""
        return any(name in self.shapes for name in names(expr))

    def refuse_whole(self, node: ast.AST) -> NoReturn:
        """Refuse a number that is cut to a whole one."""
        raise self.source.refuse(node, tell("a number that is cut to a whole one is not read: its slope is 0 nearly everywhere"),
                                 tell("give the whole number as an argument: n: int"))  # fmt: skip

    def list_needed(self, target: str) -> list[str]:
        """The steps that a quantity is computed from, itself included, in their order."""
        needed, waiting = set[str](), [target]
        while waiting:
            name = waiting.pop()
            if name in self.steps and name not in needed:
                needed.add(name)
                waiting.extend(names(self.steps[name]))
        return [name for name in self.steps if name in needed]


def _list_letters() -> list[str]:
    """b, c, …, z, then pairs: what stands behind the second, third, … value of h1."""
    alphabet = "bcdefghijklmnopqrstuvwxyz"
    return [*alphabet, *(one + two for one in alphabet for two in alphabet)]
