"""A function of a program to a graph over arrays: ``model.py:forward``, a class with a forward, or the whole file."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from tutor.errors import ProgramError, TutorError, hint_near, tell
from tutor.expression.nodes import Call, Name
from tutor.expression.sizes import put_in_size
from tutor.expression.spelling import is_name
from tutor.expression.walk import names
from tutor.graph.layered import Layered, assemble_layers
from tutor.graph.nouns import Quantity
from tutor.graph.shapes import Shape
from tutor.program.program_values import (
    Class,
    Condition,
    DrawnArray,
    FilledArray,
    Formula,
    KnownArray,
    Method,
    Open,
    OwnFunction,
    Unread,
    write_size,
)
from tutor.program.recorder import Recorder, SizeTold
from tutor.program.source import Place, Source, read_source
from tutor.program.statement_reader import StatementReader

ENTRANCES = ("forward", "loss", "model", "main")
"""What the function that is meant is called where nobody says it."""
METHODS = ("forward", "__call__", "loss")
"""The method that is meant of a class, the first that it has."""
LOSS, UPSTREAM = "L", "g"
IMAGES = ("V", "H", "W")
"""The letters of PyTorch's documentation for what windows slide over: they have to be numbers."""
SMALL = {"N": 2, "B": 2, "T": 3}
"""Sizes that nobody says, where a loop runs over them."""
IMAGE_SIZES = range(4, 65)
"""Images whose size nobody says are square, of the smallest size with which the program fits: 32 in front of nn.Linear(400, 120)."""


@dataclass(frozen=True, slots=True)
class ReadProgram:
    """A program as a graph: ``lines`` says in which line each step stands, ``found`` are shapes that nobody said, by name.

    ``one_hot`` gives for labels the name of their rows of 0 and 1; ``behind`` is the result where that is an array, and a loss stands
    behind it.  ``large`` gives the numbers of letters that stand for large sizes.
    """

    layered: Layered
    lines: Mapping[str, int]
    found: Mapping[str, Shape]
    one_hot: Mapping[str, str]
    behind: str = ""
    upstream: str = ""
    called: str = ""
    stopped: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    dialect: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    large: Mapping[str, int] = field(default_factory=dict)


def read_program(
    text: str, file: str, wanted: str = "", shapes: Mapping[str, Shape] | None = None, places: tuple[Place, ...] = ()
) -> ReadProgram:
    """Read a function (``forward``), a class (``MLP``, ``MLP.forward``) or, without a name, what the file computes.

    ``shapes`` are those of the arguments by their names, ``places`` where each line stands, if that is no line of a file.  Nothing of
    the text is run.

    Raises `ProgramError` with file, line and column for what is not read.

    >>> found = read_program("def f(x, w):\\n    z = w * x\\n    return z ** 2\\n", "f.py", "f", {"x": (), "w": ()})
    >>> [(step.target, found.lines[step.target]) for step in found.layered.graph.steps]
    [('z', 2), ('out', 3)]
    """
    source = read_source(text, file, places)
    taken = {node.id for node in source.parts if isinstance(node, ast.Name)}
    given = put_numbers(shapes or {})
    waiting, refused = deque([Attempt()]), list[tuple[int, ProgramError]]()
    while waiting:
        recorder, found = _try_sizes(Recorder(source, given, taken | {*given}), waiting.popleft(), wanted)
        if isinstance(found, ReadProgram):
            again = Attempt(recorder.letters, lettered=True, is_deep=recorder.is_deep)
            better = _try_sizes(recorder, again, wanted)[1] if recorder.large and not recorder.lettered else found
            return better if isinstance(better, ReadProgram) else found
        if not refused:
            waiting.extend(list_attempts(recorder))
        refused.append((len(recorder.steps), found))
    raise max(refused, key=itemgetter(0))[1]  # of the reading that came farthest


@dataclass(frozen=True, slots=True)
class Attempt:
    """What sizes that nobody says are taken for: ``letters`` that are numbers, large ones ``lettered``, inputs with an axis for time."""

    letters: Mapping[str, int] = field(default_factory=dict)
    lettered: bool = False
    is_deep: bool = False


def list_attempts(recorder: Recorder) -> Iterator[Attempt]:
    """Other sizes, where a program does not fit with letters for what nobody says: letters for what is large, an axis more, numbers."""
    if recorder.large:
        yield Attempt(lettered=True)
    if recorder.invented & {*IMAGES}:
        yield from (Attempt(dict.fromkeys(IMAGES, size)) for size in IMAGE_SIZES)
    elif recorder.invented:
        yield Attempt(is_deep=True)
        numbers = {letter: SMALL.get(letter, 4) for letter in (*recorder.invented, *SMALL)}
        yield from (Attempt(numbers, is_deep=deep) for deep in (False, True))


def _try_sizes(known: Recorder, attempt: Attempt, wanted: str) -> tuple[Recorder, ReadProgram | ProgramError]:
    """One reading of a program with what sizes are taken for: what it recorded, and what came of it."""
    while True:
        recorder = Recorder(known.source, known.given, known.taken, attempt.letters, attempt.lettered, attempt.is_deep)
        reader = ProgramReader(recorder, "torch" if uses_torch(known.source) else "numpy")
        try:
            return recorder, _finish(reader, *reader.read_target(wanted))
        except SizeTold as told:  # each letter is told once
            attempt = replace(attempt, letters={**attempt.letters, told.letter: told.size})
        except RecursionError:
            return recorder, ProgramError(tell("the program is nested too deep to be read"), where=known.source.file,
                                          hint=tell("write it in several statements"))  # fmt: skip
        except ProgramError as error:
            return recorder, error


def put_numbers(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes with a number for each letter that is given one: X=N,d and d=6.

    >>> put_numbers({"X": ("N", "d"), "d": (6,)})
    {'X': ('N', 6), 'd': (6,)}
    """
    values = {name: shape[0] for name, shape in shapes.items() if len(shape) == 1 and isinstance(shape[0], int)}
    return {name: tuple(put_in_size(size, values) for size in shape) for name, shape in shapes.items()}


def uses_torch(source: Source) -> bool:
    """Whether a program takes PyTorch in."""
    heads = [alias.name for node in source.parts if isinstance(node, ast.Import) for alias in node.names]
    heads += [node.module or "" for node in source.parts if isinstance(node, ast.ImportFrom)]
    return any(head.partition(".")[0] == "torch" for head in heads)


def find_entrance(known: Sequence[str]) -> str:
    """The function, or the class, that a file is entered by, of those that it has; nothing where that is not told.

    >>> find_entrance(["helper", "loss"]), find_entrance(["f"]), find_entrance(["f", "g"])
    ('loss', 'f', '')
    """
    return next((name for name in ENTRANCES if name in known), known[0] if len(known) == 1 else "")


class ProgramReader(StatementReader):
    """Finds what is meant, opens its arguments, and reads it."""

    def __init__(self, recorder: Recorder, dialect: str) -> None:
        super().__init__(recorder, dialect)
        self.entries: dict[tuple[str, str], Any] = {}
        self.making = False

    def read_target(self, wanted: str) -> tuple[Any, ast.AST, str]:
        """What the function, the class or the file gives, where it stands, and what it is called."""
        tree = self.source.tree
        self.drawn_kind = "weight"
        self.read_module()
        head, _, method = wanted.partition(".")
        if not head:
            known = [name for name, value in self.module.items() if isinstance(value, OwnFunction | Class)]
            head = find_entrance(known)
            if not head and known and not self.recorder.steps:
                raise ProgramError(tell("which function of the file is meant is not said"), where=self.source.file,
                                   hint=tell("write {file}:{name}; there are {names}", file=self.source.file, name=known[-1],
                                             names=", ".join(known[:20])))  # fmt: skip
            if not head:
                last = next(reversed(self.recorder.steps), "")
                if not last:
                    raise ProgramError(tell("the file computes nothing that is read"), where=self.source.file,
                                       hint=tell("give a function, {file}:forward", file=self.source.file))  # fmt: skip
                return self.module.get("loss", Formula(Name(last), self.recorder.shapes[last])), tree, ""
        value = self.module.get(head)
        if isinstance(value, Unread):
            raise value.error
        if isinstance(value, Class):
            function = self.open_object(value, method or "forward")
            assert isinstance(function.node, ast.FunctionDef)
            return self.call_target(function), function.node, f"{head}.{function.node.name}"
        if not isinstance(value, OwnFunction) or method:
            known = [name for name, one in self.module.items() if isinstance(one, OwnFunction | Class)]
            raise ProgramError(tell("there is no function {name} in the file", name=wanted[:60]), where=self.source.file,
                               hint=hint_near(wanted, known) or self.tell_known(known))  # fmt: skip
        return self.call_target(value), value.node, head

    def tell_known(self, known: Sequence[str]) -> str:
        """What the file has in the place of a function that it does not have; of a notebook, what was left out."""
        if known:
            return tell("there are {names}", names=", ".join(known[:20]))
        if self.source.skipped:
            return tell("left out, since they are no Python: {names}", names=", ".join(self.source.skipped[:5]))
        return tell("it defines no function")

    def open_object(self, made_of: Class, method: str) -> OwnFunction:
        """A method of an object of a class, made with its usual settings, and letters for sizes that nobody gives."""
        self.making = True
        made = self.make_object(made_of, made_of.node, [], {}, open_ones=True)
        self.making = False
        self.name_parts(made, "", made_of.node)
        methods = [part for one in made_of.list_line() for part in one.node.body if isinstance(part, ast.FunctionDef)]
        wanted = METHODS if method == METHODS[0] else (method,)
        chosen = next((found for name in wanted if (found := made_of.find_method(name)) is not None), None)
        if chosen is None:
            raise self.source.refuse(made_of.node, tell("the class {name} has no {method}", name=made_of.node.name, method=method),
                                     tell("there are {names}", names=", ".join(part.name for part in methods) or "-"))  # fmt: skip
        return OwnFunction(chosen[0], made, {}, chosen[1])

    def call_target(self, function: OwnFunction) -> Any:
        """What a function gives with open arguments."""
        values = [function.owner] if function.owner is not None else []
        self.drawn_kind = "input"
        self.making_weights = False
        scope = {**function.scope, **self.match_arguments(function, function.node, values, {}, open_ones=True)}
        return self.run_function(function, scope)

    def open_argument(self, arg: ast.arg) -> Any:
        """An argument of what is meant: its shape is given, annotated, or told by its first use."""
        given = self.recorder.given.get(arg.arg)
        if given is not None and arg.arg in SETTINGS and len(given) == 1:
            return given[0]
        if self.making:  # a setting of a class: a size
            return write_size(given[0] if given else arg.arg if is_name(arg.arg) else "n")
        if given is None:
            given = read_annotation(arg.annotation)
        if given is None and _is_whole_number(arg.annotation):
            return write_size(arg.arg)
        if given is not None:
            return self.recorder.add_leaf(arg.arg, given)
        return Open(self.recorder.choose_name(arg.arg))

    def read_subscript(self, node: ast.Subscript) -> Any:
        """Of an argument that is a dictionary, params['W1'], an entry is an argument of its own."""
        if isinstance(node.slice, ast.Constant | ast.JoinedStr) and isinstance(owner := self.read(node.value), Open):
            key = self.read(node.slice)
            if isinstance(key, str):
                return self.open_entry(owner, key)
        return super().read_subscript(node)


    def open_entry(self, owner: Open, key: str) -> Any:
        """An entry of an argument that is a dictionary, params['W1']: an argument of its own, or a setting that is given."""
        if (owner.name, key) not in self.entries:
            given = self.recorder.given.get(key)
            if given is None:
                made: Any = Open(self.recorder.choose_name(key))
            elif key in SETTINGS and len(given) == 1:
                made = given[0]
            else:
                made = self.recorder.add_leaf(key, given)
            self.entries[owner.name, key] = made
        found = self.entries[owner.name, key]
        if isinstance(found, Open) and found.name in self.recorder.shapes:
            found = self.entries[owner.name, key] = self.recorder.settle(found, ())
        return found

    def change_everywhere(self, old: Any, new: Any) -> None:
        """An array that is changed in its place is changed also as an entry of such a dictionary."""
        super().change_everywhere(old, new)
        self.entries.update({key: new for key, value in self.entries.items() if value is old})

    def bind_entry(self, target: ast.Subscript, value: Any) -> None:
        """An entry of such a dictionary may be set, too."""
        owner, key = self.read(target.value), self.read_index(target.slice)
        if isinstance(owner, Open) and isinstance(key, str):
            self.entries[owner.name, key] = self.give_name(key, value, target)
            return
        super().bind_entry(target, value)

    def call_method(self, method: Method, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """bn_param.get('eps', 1e-5): what is usual, unless it is given."""
        of = method.of
        if isinstance(of, Open) and method.name in ("get", "setdefault", "pop") and values and isinstance(values[0], str):
            if values[0] in self.recorder.given or (of.name, values[0]) in self.entries:
                return self.open_entry(of, values[0])
            return values[1] if len(values) > 1 else None
        return super().call_method(method, node, values, named)

    def read_comparison(self, node: ast.Compare) -> Any:
        """mode == 'train': of an argument that nobody gives, the text that it is first compared with is taken, and said."""
        if len(node.ops) == 1:
            left, right = self.read(node.left), self.read(node.comparators[0])
            op = node.ops[0]
            if isinstance(right, Open) and isinstance(op, ast.In | ast.NotIn) and isinstance(left, str):
                return ((right.name, left) in self.entries or left in self.recorder.given) is isinstance(op, ast.In)
            if isinstance(left, Open) and isinstance(right, str) and isinstance(op, ast.Eq | ast.NotEq):
                chosen = self.recorder.chosen.setdefault(left.name, right)
                return (chosen == right) is isinstance(op, ast.Eq)
            words = isinstance(right, list | tuple) and bool(right) and all(isinstance(one, str) for one in right)
            if isinstance(left, Open) and words and isinstance(op, ast.In):
                return self.recorder.chosen.setdefault(left.name, str(right[0])) in right
            if isinstance(left, Open) and isinstance(op, ast.Is | ast.IsNot) and right is None:
                return isinstance(op, ast.IsNot)
        return super().read_comparison(node)


SETTINGS = frozenset({"mode", "stride", "pad", "padding", "p", "dropout", "pool_height", "pool_width", "pool_size", "kernel_size",
                      "filter_size", "num_heads", "n_head", "heads", "groups", "G", "activation", "axis", "num_layers",
                      "hparameters"})  # fmt: skip
"""Arguments that are a number or a word, and no array of so many entries: --shapes stride=2 mode=test."""


def read_annotation(node: ast.expr | None) -> Shape | None:
    """The shape that an annotation says, as jaxtyping has it: ``Float[Array, "N D"]``; () for a float; nothing for any other.

    >>> read_annotation(ast.parse("Float[Tensor, 'N 3']", mode="eval").body), read_annotation(ast.parse("float", mode="eval").body)
    (('N', 3), ())
    """
    if isinstance(node, ast.Name) and node.id == "float":
        return ()
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or not node.slice.elts:
        return None
    last = node.slice.elts[-1]
    if not isinstance(last, ast.Constant) or not isinstance(last.value, str):
        return None
    sizes = last.value.split()
    if not all(re.fullmatch(r"[A-Za-z]\w{0,20}|[1-9][0-9]{0,5}", size) for size in sizes):
        return None
    return tuple(int(size) if size.isdigit() else size for size in sizes)


def _is_whole_number(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "int"


def choose_result(value: Any, reader: ProgramReader, node: ast.AST) -> Formula:
    """The number or the array that is differentiated: the first one of what is returned."""
    if isinstance(value, Unread):
        raise value.error
    if isinstance(value, dict):
        value = value.get("loss", next(iter(value.values()), None))
    while isinstance(value, tuple | list) and value:
        value = value[0]
    if isinstance(value, Unread):
        raise value.error
    if isinstance(value, FilledArray | KnownArray | DrawnArray | Condition):
        value = reader.take_array(value, node)
    if isinstance(value, Formula):
        return value
    raise reader.source.refuse(_find_return(node), tell("what is returned is no number and no array that is computed"),
                               tell("return the loss, or the output of the network"))  # fmt: skip


def _finish(reader: ProgramReader, value: Any, node: ast.AST, called: str) -> ReadProgram:
    """The graph of what a result is computed from."""
    recorder = reader.recorder
    result = choose_result(value, reader, node)
    if type(result.expr) is not Name:
        place = _find_return(node)
        result = recorder.add_step("loss" if "loss" in called.lower() else "out", result, place)
    assert type(result.expr) is Name
    target = result.expr.name
    if target not in recorder.steps:
        raise reader.source.refuse(_find_return(node), tell("{name} is given, and not computed", name=target),
                                   tell("return what is computed"))  # fmt: skip
    behind = upstream = ""
    if result.shape:
        loss, upstream = recorder.choose_name(LOSS), recorder.choose_name(UPSTREAM)
        behind = target
        recorder.shapes[upstream] = result.shape
        recorder.kinds[upstream] = Quantity(upstream, "constant")
        recorder.steps[loss] = Call("sum", (Call("hadamard", (Name(upstream), Name(target))),))
        recorder.shapes[loss] = ()
        target = loss
    needed = recorder.list_needed(target)
    used = {name for step in needed for name in names(recorder.steps[step])}
    refuse_unused(recorder, {*used, *recorder.one_hot})
    for name in sorted(used & {*recorder.whole}):
        recorder.refuse_whole(recorder.whole[name])
    layered = assemble_program(recorder, target)
    lines = {name: recorder.lines[name] for name in needed if name in recorder.lines}
    found = {name: shape for name, shape in recorder.found.items() if name in used}
    hot = {name: one for name, one in recorder.one_hot.items() if one in used}
    stopped = {name: one for name, one in recorder.stopped.items() if name in used}
    return ReadProgram(
        layered, lines, found, hot, behind, upstream, called, stopped, tuple(sorted(recorder.notes)), reader.dialect, recorder.chosen,
        recorder.source.places, {letter: size for size, letter in recorder.large.items()} if recorder.lettered else {},
    )  # fmt: skip


def assemble_program(recorder: Recorder, target: str) -> Layered:
    """The graph of what a quantity is computed from.  Raises `ProgramError` with the line where a step does not fit."""
    needed = recorder.list_needed(target)
    formulas = {name: recorder.steps[name] for name in needed}
    used = {name for expr in formulas.values() for name in names(expr)}
    shapes = {name: shape for name, shape in recorder.shapes.items() if name in used and name not in recorder.steps}
    kinds = {name: quantity for name, quantity in recorder.kinds.items() if name in shapes}
    try:
        return assemble_layers(formulas, shapes, loss=target, kinds=kinds)
    except TutorError as error:
        line = next((recorder.lines[name] for name in needed if name in recorder.lines and error.where == f"step {name}"), 0)
        file = recorder.source.file
        raise ProgramError(error.what, where=f"{file}:{line}" if line else file, hint=error.hint) from None


def _find_return(node: ast.AST) -> ast.AST:
    """Where a function returns: not one that stands in it."""
    found, waiting = node, list(getattr(node, "body", []))
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, ast.Return):
            found = part
        if not isinstance(part, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            waiting[:0] = ast.iter_child_nodes(part)
    return found


def refuse_unused(recorder: Recorder, used: Sequence[str] | set[str]) -> None:
    """Refuse a shape of what the program does not have: a name that is mistyped.

    >>> refuse_unused(Recorder(read_source("def f(x): pass", "f.py"), {"x": (2,)}, []), set())
    """
    known = {*recorder.shapes, *recorder.taken, *used} - {*recorder.given}
    for name in recorder.given:
        arguments = {part.arg for part in recorder.source.parts if isinstance(part, ast.arg)}
        written = {part.value for part in recorder.source.parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
        if name not in recorder.shapes and name not in arguments and name not in written:
            raise ProgramError(tell("there is no quantity {name}", name=name), where="--shapes", hint=hint_near(name, sorted(known)))


