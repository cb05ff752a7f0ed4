"""One change of one statement: what a slip is taken back by, and the lines of the program as they would stand then."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any
from weakref import WeakKeyDictionary

from tutor.numbers.arrays import np
from tutor.program.source import SIGNS, list_nodes

SIGN = "sign"
MEANS = ("mean-forgotten", "mean-twice")
SUMS = ("sum", "mean")
"""Functions that add up."""


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A change that may make a program right: the ``tag`` of the slip that it takes back, the statements in the place of one.

    ``at`` and ``put`` are the parts that differ, or ``old`` and ``new`` as they are written; ``factor`` is what the slip multiplied
    with, as a number or as written.
    """

    tag: str
    statement: ast.stmt
    statements: tuple[ast.stmt, ...]
    at: ast.AST | None = None
    put: ast.AST | None = None
    old: str = ""
    new: str = ""
    factor: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """What stands there, and what would, as they are written."""
        return self.old or say_node(self.at), self.new or say_node(self.put)


@dataclass(slots=True)
class Surroundings:
    """What is known around a statement: the values of its parts, names with their values, what is a count of samples.

    ``roots`` are roots of sizes, as the program writes them or could; ``indices`` is what it writes in brackets for one place,
    ``steps`` are its strides and borders of windows, ``numbers`` those that stand in it: 0.01 of a leaky ReLU.
    """

    values: Mapping[int, Any]
    pool: Mapping[str, Any]
    counts: Sequence[str]
    ratio: Sequence[float] = ()
    extra: Sequence[str] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    roots: Sequence[str] = ()
    functions: Sequence[str] = ()
    indices: Sequence[str] = ()
    steps: Sequence[str] = ()
    numbers: Sequence[float] = ()
    parsed: dict[str, ast.expr] = field(default_factory=dict)

    def shape(self, node: ast.AST) -> tuple[int, ...] | None:
        """The shape of a part; nothing where it is no array or was not worked out."""
        value = self.values.get(id(node))
        return (
            np.shape(value)
            if isinstance(value, np.ndarray | np.generic | float | int) and not isinstance(value, bool)
            else None
        )

    def find_shape(self, text: str) -> tuple[int, ...]:
        """The shape of a quantity at hand."""
        return np.shape(self.pool[text])

    def parse(self, text: str) -> ast.expr:
        """A part as a tree, the same wherever it is put."""
        if text not in self.parsed:
            self.parsed[text] = ast.parse(text, mode="eval").body
        return self.parsed[text]

    def list_fitting(self, shape: tuple[int, ...] | None, *, exact: bool = False) -> list[str]:
        """The names whose values have a shape, or can be multiplied with it."""
        if shape is None:
            return []
        found = []
        for text, value in self.pool.items():
            own = np.shape(value)
            if own == shape or (not exact and own and own != () and _is_spread(own, shape)):
                found.append(text)
        return found


def _is_spread(own: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        return len(np.broadcast_shapes(own, shape)) <= max(len(shape), len(own))
    except ValueError:
        return False


def multiply_part(node: ast.expr, factor: ast.expr) -> ast.BinOp:
    """A part with a factor; one that is a quotient, or to the power −1, is divided by: ``dS / np.sqrt(d)``.

    >>> part = ast.parse("a", mode="eval").body
    >>> [ast.unparse(multiply_part(part, ast.parse(text, mode="eval").body)) for text in ("b", "1 / b", "b ** -1.0")]
    ['a * b', 'a / b', 'a / b']
    """
    if isinstance(factor, ast.BinOp):
        one = isinstance(factor.op, ast.Div) and isinstance(factor.left, ast.Constant) and factor.left.value == 1
        if one:
            return ast.BinOp(node, ast.Div(), factor.right)
        if isinstance(factor.op, ast.Pow) and ast.unparse(factor.right) == "-1.0":
            return ast.BinOp(node, ast.Div(), factor.left)
    return ast.BinOp(node, ast.Mult(), factor)


def replace_part(node: ast.AST, old: ast.AST, new: ast.AST) -> Any:
    """A tree with one part in the place of another; what does not change is shared."""
    if node is old:
        return new
    changed: dict[str, Any] = {}
    for name, value in node.__dict__.items():
        if isinstance(value, ast.AST) and (value is old or not isinstance(value, SIGNS)):
            made = replace_part(value, old, new)
            if made is not value:
                changed[name] = made
        elif isinstance(value, list):
            parts = [replace_part(one, old, new) if isinstance(one, ast.AST) else one for one in value]
            if any(one is not other for one, other in zip(parts, value, strict=True)):
                changed[name] = parts
    if not changed:
        return node
    made = type(node)(**{**dict(ast.iter_fields(node)), **changed})
    return ast.copy_location(made, node)


def make_edit(tag: str, statement: ast.stmt, old: ast.AST, new: ast.AST, factor: str = "") -> LineEdit:
    """A change of one part of a statement."""
    return LineEdit(tag, statement, (replace_part(statement, old, new),), old, new, factor=factor)


def is_quantity(value: object) -> bool:
    """Whether a value is an array of numbers, or a number that is no count.

    >>> is_quantity(0.5), is_quantity(np.ones(2)), is_quantity(3), is_quantity(np.array([1, 2]))
    (True, True, False, False)
    """
    return isinstance(value, np.floating | float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def is_counted(value: object) -> bool:
    """Whether a value is a count, or several: whole numbers from 0 on.

    >>> is_counted(3), is_counted(np.array([2.0, 0.0, 1.0])), is_counted(np.array([0.5, 1.0])), is_counted(-1.0)
    (True, True, False, False)
    """
    if not isinstance(value, np.ndarray):
        return type(value) is int
    return value.dtype.kind in "fiu" and bool(np.all((value >= 0) & (value == np.floor(value))) and np.any(value > 0))


def say_node(node: ast.AST | None) -> str:
    """A part as it is written; nothing for what is none."""
    return ast.unparse(ast.fix_missing_locations(node)) if isinstance(node, ast.expr | ast.stmt) else ""


def measure_edit(edit: LineEdit) -> int:
    """How much a change changes: how many names and numbers come or go, whichever are more; 1 where only signs or places change.

    A count is one thing however it is written, ``x.shape[0]``; a number that nobody would write counts for more.

    >>> old, new = ast.parse("a = b * c").body[0], ast.parse("a = b * c * (d > 0)").body[0]
    >>> measure_edit(LineEdit("mask-forgotten", old, (new,)))
    2
    """
    if edit.tag in (*MEANS, "another-slope") and len(edit.statements) == 1:
        return 1
    if edit.tag == "constant-factor" and float(edit.factor) * 24 % 1 > 1e-6 and 24 / float(edit.factor) % 1 > 1e-6:
        return 4
    old = _count_words((edit.statement,))
    new = _count_words(edit.statements)
    return max((old - new).total(), (new - old).total(), 1)


@lru_cache(maxsize=64)
def _count_words(statements: tuple[ast.stmt, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in statements:
        for part in list_nodes(node):
            if isinstance(part, ast.Name):
                found[part.id] += 1
            elif isinstance(part, ast.Attribute):
                found[part.attr] += 1
            elif isinstance(part, ast.Constant):
                found[repr(part.value)] += 1
    return found


def walk_expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The parts of a statement that are read as values, the outer ones first; not what stands in brackets behind a name."""
    waiting: list[ast.AST] = (
        [node.value]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr | ast.AnnAssign) and node.value
        else []
    )
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, ast.expr):
            yield part
        if isinstance(part, ast.Subscript):
            waiting.append(part.value)
        elif isinstance(part, ast.Call):
            waiting += [*part.args, *([part.func.value] if isinstance(part.func, ast.Attribute) else [])]
        elif not isinstance(part, ast.Name | ast.Constant):
            waiting += [one for one in ast.iter_child_nodes(part) if isinstance(one, ast.expr)]
            waiting += [one.iter for one in getattr(part, "generators", ())]


def write_lines(source: Sequence[str], edit: LineEdit) -> tuple[list[str], list[str]]:
    """The lines of a statement, and the lines that would stand there, in the program's own words as far as they are kept."""
    node = edit.statement
    part = find_part_of_return(node)
    if part is not None:
        return _write_return(source, edit, *part)
    begin, end = node.lineno, find_end(node)
    old = list(source[begin - 1 : end])
    indent = old[0][: len(old[0]) - len(old[0].lstrip())] if old else ""
    if isinstance(node, ast.For):
        return old, _put_text("\n".join(old), edit, begin, say_node(edit.put)).split("\n") if edit.put is not None else old
    kept = _write_kept(old, edit, begin)
    if kept is not None:
        return old, kept
    new: list[str] = []
    for statement in edit.statements:
        if statement is node:
            new += old
        else:
            new += [indent + line for line in ast.unparse(ast.fix_missing_locations(statement)).splitlines()]
    return old, new


def find_end(node: ast.stmt) -> int:
    """The last line of a statement; of a loop that of its first line, whose rounds are in question, and not what stands in it."""
    return (node.iter.end_lineno if isinstance(node, ast.For) else node.end_lineno) or node.lineno


def _put_text(text: str, edit: LineEdit, begin: int, put: str) -> str:
    """The text of a statement that begins at a line with something in the place of the part that differs."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    first, last = ((starts[line - begin] + column) for line, column in _find_span(edit.at))
    return text[:first] + put + text[last:]


def _find_span(at: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a part begins and ends: lines and columns."""
    return (at.lineno, at.col_offset), (at.end_lineno, at.end_col_offset)


def find_part_of_return(node: ast.stmt) -> tuple[ast.Return, int] | None:
    """The ``return`` that a statement was made of, and which of its parts it is; nothing for a statement that stands in the program."""
    return _RETURNED.get(node)


def note_part_of_return(node: ast.stmt, whole: ast.Return, place: int) -> None:
    """A statement is made of a part of a ``return``."""
    _RETURNED[node] = (whole, place)


_RETURNED: WeakKeyDictionary[ast.stmt, tuple[ast.Return, int]] = WeakKeyDictionary()


def _write_return(source: Sequence[str], edit: LineEdit, whole: ast.Return, place: int) -> tuple[list[str], list[str]]:
    """The lines of a part of a ``return``, and what would stand there."""
    begin, end = whole.lineno, whole.end_lineno or whole.lineno
    old = list(source[begin - 1 : end])
    indent = old[0][: len(old[0]) - len(old[0].lstrip())]
    before = [line for one in edit.statements[:-1] for line in ast.unparse(ast.fix_missing_locations(one)).splitlines()]
    own = edit.statements[-1]
    if own is edit.statement or not isinstance(own, ast.Assign):
        return old, [*(indent + line for line in before), *old]
    value = own.value
    if isinstance(whole.value, ast.Tuple):
        value = ast.Tuple([own.value if number == place else one for number, one in enumerate(whole.value.elts)], ast.Load())
    made = ast.copy_location(ast.Return(value), whole)
    kept = _write_kept(old, LineEdit(edit.tag, whole, (made,), edit.at, edit.put), begin) if not before else None
    if kept is None:
        return old, [indent + line for line in (*before, ast.unparse(ast.fix_missing_locations(made)))]
    if len(kept) == len(old) and edit.statement.end_lineno:  # of a long one only the lines of the part
        lines = slice(edit.statement.lineno - begin, edit.statement.end_lineno - begin + 1)
        return old[lines], kept[lines]
    return old, kept


def _write_kept(old: Sequence[str], edit: LineEdit, begin: int) -> list[str] | None:
    """The lines with one part put in another's place, where that is what is meant."""
    at, put = edit.at, edit.put
    if at is None or put is None or len(edit.statements) != 1 or not hasattr(at, "end_col_offset"):
        return None
    wanted = ast.dump(edit.statements[0])
    text = "\n".join(old)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line) + 1)
    first = starts[at.lineno - begin] + at.col_offset  # type: ignore[attr-defined]
    last = starts[at.end_lineno - begin] + at.end_col_offset  # type: ignore[attr-defined]
    said = ast.unparse(ast.fix_missing_locations(put))
    places = [(first, last)]
    if text[:first].endswith("(") and text[last:].startswith(")"):  # its own brackets may be needed no more, or come with it
        places.insert(0, (first - 1, last + 1))
    for (start, stop), form in product(places, (said, f"({said})")):
        made: str = text[:start] + form + text[stop:]
        try:
            tree = ast.parse("\n".join(line[len(old[0]) - len(old[0].lstrip()) :] for line in made.split("\n")))
        except SyntaxError:
            continue
        if len(tree.body) == 1 and ast.dump(tree.body[0]) == wanted:
            return made.split("\n")
    return None
