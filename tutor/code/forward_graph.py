"""The forward function of a judged pair as a graph over arrays, as ``tutor solve`` reads it, with the values of the run in its leaves."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.code_values import CodeProblem, Guess
from tutor.code.exchanged_parts import exchange_function, find_function
from tutor.code.given_gradients import is_drawn_by
from tutor.code.known_forwards import list_known_forwards
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan, split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.returned_values import find_return, name_returned
from tutor.code.size_letters import Sizes, find_said_letters, name_sizes
from tutor.code.statement_names import find_loss_names
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.errors import TutorError, tell
from tutor.expression.nodes import Add, Call, Expr, Mul, Name
from tutor.graph.entries import Array
from tutor.graph.layered import Layered, put_sizes
from tutor.graph.nouns import Kind
from tutor.graph.shapes import Shape
from tutor.graph.written_functions import fold_written, name_insides
from tutor.numbers.arithmetic import CONTEXT, Value
from tutor.numbers.arrays import np
from tutor.program.program_values import Class, DrawnArray, Formula, OwnFunction
from tutor.program.read_program import LOSS, ProgramReader, assemble_program, choose_result, uses_torch
from tutor.program.recorder import Recorder, SizeTold
from tutor.program.source import Source

NOT_READ = (TutorError, SizeTold, *FAILS, AssertionError, ArithmeticError, RecursionError)
"""What a forward function that the reader of programs does not know may end in; its formulas are left out."""


@dataclass(frozen=True, slots=True)
class ForwardGraph:
    """A forward function as a graph over arrays, and how it meets the runs of the same program at numbers.

    ``numbered`` is the graph with the sizes of the runs; ``one_hot`` gives for rows of 0 and 1 the labels that they are of, ``upstream``
    for a gradient from above its name in the program, ``usual`` the values of arguments that the program gives itself, ``lines`` says
    where each step stands.  ``insides`` are quantities that have no name in the program: what an activation is taken of.
    """

    layered: Layered
    numbered: Layered
    one_hot: Mapping[str, str] = field(default_factory=dict)
    upstream: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    insides: tuple[str, ...] = ()

    def bind_leaves(self, outcome: Outcome) -> dict[str, Array[Value]] | None:
        """The values that a run has for what the graph is given; nothing where one has none, or another shape."""
        found: dict[str, Array[Value]] = {}
        for quantity in self.numbered.graph.leaves:
            value = self._find_value(quantity.name, quantity.shape, outcome)
            if value is None or np.shape(value) != quantity.shape:
                return None
            entries = np.asarray(value, dtype=float).ravel().tolist()
            found[quantity.name] = Array(tuple(map(int, quantity.shape)), tuple(map(CONTEXT.mpf, entries)))
        return found

    def _find_value(self, name: str, shape: Shape, outcome: Outcome) -> Any:
        if name in self.one_hot:
            labels = find_named(self.one_hot[name], outcome)
            return None if labels is None else np.eye(int(shape[-1]))[np.asarray(labels, dtype=int)]
        if name in self.upstream:
            return outcome.upstream[self.upstream[name]][1]
        return self.usual[name] if name in self.usual else find_named(name, outcome)


def find_named(name: str, outcome: Outcome) -> Any:
    """The first value that a name of the forward pass had in a run; nothing where it has none."""
    events = outcome.record.events[: outcome.begins] if outcome.begins else outcome.record.events
    found = next((event.value for event in events if event.key.rpartition(".")[2] == name), None)
    if found is None:
        value = outcome.scope.get(name)
        found = value.value if type(value) is Guess else value
    return found if isinstance(found, np.ndarray | float | int | np.number) and not isinstance(found, bool) else None


class ForwardReader(ProgramReader):
    """Reads a forward function whose arguments have the shapes of a run; what a class is made of may be arrays, too."""

    def __init__(self, recorder: Recorder, dialect: str, arrays: Mapping[str, Shape]) -> None:
        super().__init__(recorder, dialect)
        self.arrays = arrays

    def open_argument(self, arg: ast.arg) -> Any:
        """An argument of what is meant, or of the class that it belongs to."""
        if self.making and arg.arg in self.arrays:
            return self.recorder.add_leaf(arg.arg, self.arrays[arg.arg])
        return super().open_argument(arg)

    def name_drawn(self, value: DrawnArray, name: str, kind: Kind) -> Formula:
        """An array that a program draws has the shape that it has in the run."""
        shape = self.arrays.get(name)
        fits = shape is not None and len(shape) == len(value.shape) and id(value) not in self.drawn
        if fits and shape is not None:
            self.drawn[id(value)] = (value, self.recorder.add_leaf(name, shape, kind))
        return super().name_drawn(value, name, kind)


def read_forward(trial: ProgramTrial, outcome: Outcome) -> Iterator[ForwardGraph]:
    """The graphs of what a program differentiates; none where the reader of programs does not know a part of it.

    It is read with letters for sizes first, and where a loop needs to know them with numbers; then as what has the same values.
    """
    shapes = list_leaf_shapes(outcome)
    lettered, sizes = name_sizes(shapes, *look_at_other_sizes(trial, shapes), taken=_list_arrays(outcome))
    for given, letters in ((lettered, sizes), (shapes, {})):
        try:
            yield _read_graph(trial, outcome, given, letters, trial.plan, trial.forward_source or trial.source)
            break
        except NOT_READ:
            continue
    for known in list_known_forwards(trial, outcome):
        for given, letters in ((lettered, sizes), (shapes, {})):
            try:
                made = _read_graph(trial, outcome, given, letters, known.plan, known.source)
            except NOT_READ:
                continue
            yield replace(made, lines=_find_lines(outcome, made.layered.shapes))
            break


def _find_lines(outcome: Outcome, names: Collection[str]) -> dict[str, int]:
    """Where a program gives its quantities, the last time before its backward pass."""
    events = outcome.record.events[: outcome.begins or None]
    return {event.key: event.line for event in events if event.key in names and event.line and not event.leaf}


def list_leaf_shapes(outcome: Outcome) -> dict[str, tuple[int, ...]]:
    """The shapes of what nothing computes, labels included."""
    found: dict[str, tuple[int, ...]] = {}
    for event in outcome.record.events[: outcome.begins or None]:
        if event.leaf or event.statement is None or is_drawn_by(event.statement):
            found.setdefault(event.key.rpartition(".")[2], np.shape(event.value))
    for name, value in outcome.scope.items():
        own = value.value if type(value) is Guess else None
        if isinstance(own, np.ndarray):
            found.setdefault(name, own.shape)
    return found


def _list_arrays(outcome: Outcome) -> set[str]:
    return {event.key.rpartition(".")[2] for event in outcome.record.events if np.ndim(event.value)}


def look_at_other_sizes(
    trial: ProgramTrial, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, tuple[int, ...]], dict[str, Sizes]]:
    """The shapes of the same program at other sizes, and the sizes of its letters in both."""
    world = replace(trial.world, other_sizes=True)
    other = trial.put_in(world)
    try:
        others = list_leaf_shapes(other.run(backward=False))
    except (*FAILS, CodeProblem):
        return {}, {}
    said = find_said_letters(trial.source.tree, shapes)
    both = {
        letter: (shapes[array][axis], others[array][axis]) for letter, (array, axis) in said.items()
        if len(others.get(array, ())) == len(shapes[array])
    }  # fmt: skip
    known = {letter: (size, other.sizes.known[letter]) for letter, size in trial.sizes.known.items() if letter in other.sizes.known}
    return others, {**both, **{letter: pair for letter, pair in known.items() if letter not in both}}


def _read_graph(
    trial: ProgramTrial, outcome: Outcome, shapes: Mapping[str, Shape], letters: Mapping[str, int], plan: BackwardPlan, source: Source
) -> ForwardGraph:
    node = find_function(source.tree, plan.owner, plan.forward)
    usual = _list_usual(node)
    given = {**shapes, **dict.fromkeys(usual, ())}
    if plan.is_single:
        source = _cut_behind_loss(source, node, outcome, trial.once)
    taken = {part.id for part in ast.walk(source.tree) if isinstance(part, ast.Name)}
    reader = ForwardReader(Recorder(source, given, taken | {*given}), "torch" if uses_torch(source) else "numpy", given)
    target, upstream = _read_loss(reader, plan, outcome, source.tree)
    hot = {hot: labels for labels, hot in reader.recorder.one_hot.items()}
    layered = fold_written(assemble_program(reader.recorder, target), hot)
    if reader.recorder.stopped.keys() & layered.shapes.keys():
        raise CodeProblem(tell("the forward pass is not read: {why}", why=tell("this statement is not read")))
    layered, insides = name_insides(layered, _list_unknown(outcome, layered.shapes), {*taken, *letters})
    lines = reader.recorder.lines
    lines |= {name: lines[target] for name, target in insides.items() if target in lines}
    return ForwardGraph(layered, put_sizes(layered, letters), hot, upstream, usual, letters, lines, tuple(insides))


def _list_unknown(outcome: Outcome, known: Collection[str]) -> list[str]:
    """What the gradients of a program are called after and it has no name for: a of da."""
    words = {event.key.rpartition(".")[2] for event in outcome.record.events}
    found = [of for event in outcome.record.events[outcome.begins :] for of in split_gradient(event.key)[:1]]
    return [of for of in dict.fromkeys(found) if of not in words and of not in known and of.isidentifier()]


def _list_usual(node: ast.FunctionDef | None) -> dict[str, float]:
    """The arguments with a number for a usual value: quantities of their own in a formula, reg and not 0.1."""
    if node is None:
        return {}
    args = node.args
    listed = [*args.posonlyargs, *args.args]
    pairs: list[tuple[ast.arg, ast.expr | None]] = [*zip(listed[len(listed) - len(args.defaults) :], args.defaults, strict=True)]
    pairs += zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return {arg.arg: float(value.value) for arg, value in pairs
            if isinstance(value, ast.Constant) and isinstance(value.value, float) and value.value}  # fmt: skip


def _cut_behind_loss(source: Source, node: ast.FunctionDef | None, outcome: Outcome, once: frozenset[int]) -> Source:
    """The program without what stands behind its loss, where that has a name; a loop that trains is gone through once."""
    body = node.body if node is not None else _open_loops(source.tree.body, once)
    statements = [part for part in outcome.after.values() if isinstance(part, ast.stmt)]
    last = find_loss_names(statements)[1]
    name = _name_loss(node, outcome)
    if not last or not name:
        kept = body
    else:
        kept = [part for part in body if part.lineno <= last or isinstance(part, ast.FunctionDef | ast.ClassDef)]
        if node is not None:
            said = ast.Return(ast.Name(name, ast.Load()))
            kept.append(ast.copy_location(said, kept[-1]))
            ast.fix_missing_locations(said)
    if node is None:
        return replace(source, tree=ast.Module(kept, []))
    cut = ast.copy_location(ast.FunctionDef(node.name, node.args, kept, node.decorator_list, node.returns), node)
    return replace(source, tree=exchange_function(source.tree, node, cut))


def _open_loops(body: Sequence[ast.stmt], once: frozenset[int]) -> list[ast.stmt]:
    return [one for part in body for one in (part.body if id(part) in once and isinstance(part, ast.For | ast.While) else [part])]


def _name_loss(node: ast.FunctionDef | None, outcome: Outcome) -> str:
    """The name of the loss in one body: the one that is returned, or the last one that is a loss's; nothing where it is a formula."""
    returned = find_return(node) if node is not None else None
    if returned is not None:
        first = returned.elts[0] if isinstance(returned, ast.Tuple) and returned.elts else returned
        if isinstance(first, ast.Name) and LOSS_WORDS.match(first.id):
            return first.id
        if not isinstance(first, ast.Dict | ast.Name):
            return ""
    words = [event.key for event in outcome.record.events if LOSS_WORDS.match(event.key) and np.size(event.value) == 1]
    return words[-1] if words else ""


def _read_loss(reader: ForwardReader, plan: BackwardPlan, outcome: Outcome, tree: ast.Module) -> tuple[str, dict[str, str]]:
    """The quantity that is differentiated, and the gradients from above in it by their names in the program."""
    reader.drawn_kind = "weight"
    reader.read_module()
    if plan.is_flat:
        name = _name_loss(None, outcome)
        return _as_step(reader, choose_result(reader.module.get(name), reader, tree), "loss", tree), {}
    function = _open_function(reader, plan, plan.forward)
    scope, value = _call_open(reader, function)
    node = function.node
    named = dict(name_returned(value, find_return(node)))
    if plan.is_single:
        return _as_step(reader, choose_result(value, reader, node), "loss", node), {}
    if plan.cost and not outcome.upstream:
        cost = _open_function(reader, plan, plan.cost)
        outs = [key for key in named if key not in reader.recorder.given]
        first = named[outs[0]] if outs else None
        _, value = _call_open(reader, cost, {**named, **scope}, first)
        return _as_step(reader, choose_result(value, reader, cost.node), "loss", cost.node), {}
    terms: list[Expr] = []
    upstream: dict[str, str] = {}
    for name, (key, _) in outcome.upstream.items():
        out = choose_result(named[key], reader, node)
        step = Name(_as_step(reader, out, "out", find_return(node) or node))
        if not name:
            terms.append(Call("sum", (step,)) if out.shape else step)
            continue
        above = reader.recorder.add_leaf(name, out.shape, "constant").expr
        assert isinstance(above, Name)
        upstream[above.name] = name
        terms.append(Call("sum", (Call("hadamard", (above, step)),)) if out.shape else Mul((above, step)))
    if not terms:
        raise CodeProblem(tell("no loss is found"))
    total = terms[0] if len(terms) == 1 else Add(tuple(terms))
    if isinstance(total, Name):
        return total.name, upstream
    loss = reader.recorder.choose_name(LOSS)
    reader.recorder.steps[loss], reader.recorder.shapes[loss] = total, ()
    return loss, upstream


def _as_step(reader: ForwardReader, result: Formula, wanted: str, node: ast.AST) -> str:
    """The name of a result, a step of its own where it has none."""
    made = result if isinstance(result.expr, Name) else reader.recorder.add_step(wanted, result, node)
    assert isinstance(made.expr, Name)
    return made.expr.name


def _open_function(reader: ForwardReader, plan: BackwardPlan, name: str) -> OwnFunction:
    """A function of the program, or of an object of its class."""
    owner = reader.module.get(plan.owner) if plan.owner else None
    if isinstance(owner, Class) and owner.find_method(name) is not None:
        return reader.open_object(owner, name)
    found = reader.module.get(name)
    if not isinstance(found, OwnFunction):
        raise CodeProblem(tell("there is no function {name} in the file", name=name[:60]))
    return found


def _call_open(
    reader: ForwardReader, function: OwnFunction, known: Mapping[str, Any] | None = None, first: Any = None
) -> tuple[dict[str, Any], Any]:
    """What a function gives, with its names: of ``known`` what is called so, ``first`` for its first argument, else open ones."""
    reader.drawn_kind, reader.making_weights = "input", False
    args = function.node.args
    listed = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    named = {arg.arg: known[arg.arg] for arg in listed if known is not None and arg.arg in known}
    if first is not None and listed and listed[0].arg not in named:
        named[listed[0].arg] = first
    own = [function.owner] if function.owner is not None else []
    scope = {**function.scope, **reader.match_arguments(function, function.node, own, named, open_ones=True)}
    value = reader.run_function(function, scope)
    return scope, value
