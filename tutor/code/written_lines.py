"""What a statement of a backward pass computes, as a formula: read by the reader of programs, with the quantities of the derivation in it.

Each name in the statement stands for the array that it has in a run: the gradient of a quantity where it is one at that point, a quantity
of the forward pass, or else itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tutor.code.targets import load_target
from tutor.errors import tell
from tutor.expression.nodes import Expr, Name
from tutor.expression.walk import names, substitute
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import np
from tutor.program.program_values import Condition, FilledArray, Formula, write_size
from tutor.program.read_program import ProgramReader, uses_torch
from tutor.program.recorder import Recorder
from tutor.program.source import Source

RESULT = "written"
"""What the value of a statement is called while it is read."""


@dataclass(slots=True)
class LineReader:
    """Reads statements of one program.  ``letters`` are the sizes that have letters, ``one_hot`` the rows of 0 and 1 of labels."""

    source: Source
    letters: Mapping[str, int]
    one_hot: Mapping[str, str] = field(default_factory=dict)
    reader: ProgramReader = field(init=False)

    def __post_init__(self) -> None:
        taken = {part.id for part in ast.walk(self.source.tree) if isinstance(part, ast.Name)}
        self.reader = ProgramReader(Recorder(self.source, {}, taken), "torch" if uses_torch(self.source) else "numpy")
        self.reader.read_module()

    def read_line(self, node: ast.stmt, find_value: Callable[[ast.expr, int], Any], name_value: Callable[[str, Any], Expr]) -> Expr:
        """The formula of the value that a statement gives.

        ``find_value`` gives the value of a part of it (with the identity of its node) in a run, ``name_value`` what an array of that name
        is in the formula.

        Raises `tutor.errors.TutorError` for what is not read.
        """
        memo: dict[int, Any] = {}
        own = deepcopy(node, memo)
        origin = {id(made): number for number, made in memo.items() if isinstance(made, ast.AST)}
        leaves = _LeafNames(lambda part: find_value(part, origin.get(id(part), 0)))
        made, result = self._prepare(own, leaves)
        recorder = self.reader.recorder
        scope: dict[str, Any] = dict(self.reader.module)
        table: dict[str, Expr] = {}
        for name, (text, value) in leaves.found.items():
            if isinstance(value, int | np.integer):
                letter = next((one for one, size in self.letters.items() if size == int(value)), "")
                scope[name] = write_size(letter or int(value))
                continue
            labels = next((hot for hot, label in self.one_hot.items() if label == text), "")
            shape = self._letter_shape(np.shape(value))
            recorder.shapes[name] = shape
            scope[name] = Formula(Name(name), shape)
            table[name] = Name(text) if labels else name_value(text, value)
            table |= {f"{name}_onehot": Name(labels)} if labels else {}
        self.reader.scope = scope
        self.reader.run([ast.fix_missing_locations(ast.copy_location(made, node))])
        value = self.reader.scope.get(result)
        if isinstance(value, FilledArray | Condition):
            value = self.reader.take_array(value, node)
        if not isinstance(value, Formula):
            raise self.source.refuse(node, tell("this statement is not read"))
        return substitute(self._write_out(value.expr), table)

    def _prepare(self, node: ast.stmt, leaves: _LeafNames) -> tuple[ast.stmt, str]:
        """The statement with names for its arrays, and the name of its result."""
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) or not isinstance(value, ast.expr) or target is None:
            raise self.source.refuse(node, tell("this statement is not read"))
        own = leaves.visit(value)
        if isinstance(target, ast.Subscript) and not (isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)):
            base = leaves.visit(load_target(target.value))
            if not isinstance(base, ast.Name):
                raise self.source.refuse(node, tell("this statement is not read"))
            place = ast.Subscript(base, leaves.visit(target.slice), ast.Store())
            made: ast.stmt = ast.AugAssign(place, node.op, own) if isinstance(node, ast.AugAssign) else ast.Assign([place], own)
            return made, base.id
        if isinstance(node, ast.AugAssign):
            own = ast.BinOp(leaves.visit(load_target(target)), node.op, own)
        return ast.Assign([ast.Name(RESULT, ast.Store())], own), RESULT

    def _letter_shape(self, shape: tuple[int, ...]) -> Shape:
        """A shape with letters where only one letter has the size; 4H where a size is a multiple of one."""
        sizes = [*self.letters.values()]
        known: dict[int, int | str] = {size: letter for letter, size in self.letters.items() if sizes.count(size) == 1}
        for times in (3, 4):
            known |= {times * size: f"{times}*{letter}" for letter, size in self.letters.items() if times * size not in sizes}
        return tuple(known.get(size, size) for size in shape)

    def _write_out(self, expr: Expr) -> Expr:
        """A formula without the names of steps that were made while it was read."""
        steps = self.reader.recorder.steps
        used = [name for name in names(expr) if name in steps]
        return self._write_out(substitute(expr, {name: steps[name] for name in used})) if used else expr


class _LeafNames(ast.NodeTransformer):
    """Puts a name of its own in the place of each array that has one in the program: dh, self.x, cache['x']."""

    def __init__(self, find_value: Callable[[ast.expr], Any]) -> None:
        self.find_value = find_value
        self.found: dict[str, tuple[str, Any]] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._name(node) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(self.find_value(node.value), np.ndarray):  # X.T, X.shape
            return ast.copy_location(ast.Attribute(self.visit(node.value), node.attr, node.ctx), node)
        return self._name(node) or node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return self._name(node) or node
        return ast.copy_location(ast.Subscript(self.visit(node.value), self.visit(node.slice), node.ctx), node)

    def _name(self, node: ast.expr) -> ast.expr | None:
        value = self.find_value(node)
        if isinstance(value, bool) or not isinstance(value, np.ndarray | float | int | np.number):
            return None
        text = ast.unparse(node)
        name = next((one for one, (known, _) in self.found.items() if known == text), f"q{len(self.found) + 1}x")
        self.found[name] = (text, value)
        return ast.copy_location(ast.Name(name, ast.Load()), node)
