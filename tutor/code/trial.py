"""One run of a program at numbers: forward, its loss or the gradient from above, then backward.

And the slope of the loss by any value of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.code_values import (
    CodeProblem,
    LossReached,
    NotRead,
    OtherShape,
    TooLong,
    ValueEvent,
)
from tutor.code.file_parts import (
    names_torch,
    refuse_forward,
)
from tutor.code.guess_shapes import Sizes, find_labels, find_places, find_sequences, find_tables
from tutor.code.guessing import GuessedWorld
from tutor.code.library_calls import make_table
<<<<<<< HEAD
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan, split_gradient
from tutor.code.pass_loss import find_upstream, has_targets, make_loss, pick_loss
from tutor.code.returned_values import (
    find_return,
    guess_argument,
    has_default,
    is_empty,
    list_arguments,
    list_taken_apart,
    list_usual,
    name_returned,
)
=======
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan
from tutor.code.pass_run import Outcome, PassRun
>>>>>>> main
from tutor.code.sized_guesses import (
    find_axes,
    find_counts,
    find_dictionaries,
    find_idle,
    find_tuples,
    settle_divided,
    settle_images,
)
from tutor.code.step_budget import StepBudget
from tutor.code.work_assignments import STEP
from tutor.code.work_statements import StatementWorker
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.program.source import Source

MOST_GUESSES = 40
MOST_ENTRIES = 2_000
"""Of so many entries is a derivative worked out one by one: each is a run."""


@dataclass(slots=True)
class ProgramTrial:
    """A program with its plan, run in one world as often as it takes."""

    source: Source
    plan: BackwardPlan
    world: GuessedWorld
    once: frozenset[int] = frozenset()
    forward_source: Source | None = None
    others: Sequence[Source] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    again: dict[str, tuple[int, ...]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    settled_axes: dict[str, set[int]] = field(default_factory=dict)
    work: int = 0
    is_long: bool = False
    torch: bool = False
    labels: frozenset[str] = frozenset()
    sequences: frozenset[str] = frozenset()
    tuples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dictionaries: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    left_out: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    axes: Mapping[str, int] = field(default_factory=dict)
    counts: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    spread: set[str] = field(default_factory=set)
    flat: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    ranked: dict[str, int] = field(default_factory=dict)
    assumed: dict[str, Told] = field(default_factory=dict)
    conventions: set[Told] = field(default_factory=set)
    sizes: Sizes = field(default_factory=Sizes)
    table: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    current: Any = None
    ends: int | None = None
    budget: StepBudget = field(default_factory=StepBudget)
    foreign: frozenset[int] = frozenset()
    shown: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes.others, self.sizes.lines = self.world.other_sizes, (self.forward_source or self.source).lines
        self.foreign = frozenset(id(part) for source in self.others for part in source.parts)
        settle_images(self.plan.name, self.source, self.sizes)
        self.sizes.known |= dict(zip(("H", "W"), self.world.images, strict=False)) | dict(zip(("h", "w"), self.world.images, strict=False))
        self.sequences = find_sequences(self.source.lines)
        self.labels = find_labels(self.source.tree) | self.sequences
        settle_divided(self.source.tree, self.sizes)
        self.torch = names_torch(self.source.tree)
        self.counts = find_counts(self.source.tree)
        self.axes = {} if self.plan.is_single else find_axes(self.source.tree, self.plan.forward, self.plan.backward)
        if self.plan.owner and not self.plan.is_single and self.forward_source is None:
            self.idle = find_idle(self.source.tree, self.plan.owner, self.plan.forward, self.plan.cost)
        self.tuples = find_tuples((self.forward_source or self.source).tree) | find_tuples(self.source.tree)
        self.dictionaries = find_dictionaries((self.forward_source or self.source).tree) | find_dictionaries(self.source.tree)
        self.table = make_table(lambda shape, kind: self.current.draw(shape, kind), lambda: self.current.number)

    def run(
        self, *, bump: tuple[int, Any] | None = None, edits: Mapping[int, Sequence[ast.stmt]] | None = None, forced: Mapping[int,
            Any] | None = None,
        backward: bool = True, traced: dict[int, Any] | None = None, scopes: dict[int, dict[str, Any]] | None = None,
        watch: Callable[[ast.expr, Any], Any] | None = None, moves: bool = False,
    ) -> Outcome:  # fmt: skip
        """One run; without the backward pass it ends at the loss.  Raises `CodeProblem` where nothing can be judged."""
        for _ in range(MOST_GUESSES):
            if self.budget.is_spent:
                break
            number = complex if bump is not None or moves else float
            worker = StatementWorker(self.world, self.sizes, number=number, table=self.table, bump=bump, edits=edits)
            self.current = worker
            worker.once, worker.forced = self.once, dict(forced or {})
            worker.traced, worker.scopes, worker.watch = traced, scopes, watch
            worker.torch, worker.old = self.torch, self.source.old
            worker.ends = None if backward else self.ends
            worker.guesser.labels, worker.guesser.sequences = self.labels, self.sequences
            worker.guesser.one_place = find_places(self.source.tree)
            worker.guesser.tables = find_tables(self.source.tree)
            worker.guesser.axes = self.axes
            worker.guesser.idle, worker.guesser.left_out = self.idle, self.left_out
            worker.guesser.counts, worker.guesser.asked_numbers = self.counts
<<<<<<< HEAD
            worker.guesser.settings = {"stride": 2} if "pool" in self.plan.name.lower() else {"stride": self.world.steps}
            worker.guesser.free = self.free
=======
            worker.guesser.settings = {"stride": 2} if "pool" in self.plan.name.lower() else {}
            worker.guesser.free, worker.guesser.ranked = self.free, self.ranked
>>>>>>> main
            worker.guesser.spread, worker.guesser.assumed, worker.guesser.flat = self.spread, self.assumed, self.flat
            worker.guesser.given, worker.guesser.tuples = self.given, self.tuples
            worker.guesser.dictionaries = self.dictionaries
            worker.guesser.again = worker.given_again = self.again
            worker.guesser.places = self.places
            worker.settled = bool(edits) or bool(forced) or bump is not None or moves  # no other shapes then
            worker.changes, worker.settled_axes = self.changes, self.settled_axes
            try:
                with np.errstate(all="ignore"):
                    run = PassRun(
                        worker, self.source, self.plan, self.forward_source, self.others, self.given, self.foreign, self.bare
                    )  # fmt: skip
                    return run.run(backward=backward)
            except LossReached as end:
                return Outcome(worker.record, end.value, [], 0)
            except OtherShape as other:
                if other.places:
                    self.places[other.name] = other.places
                self.again[other.name] = other.shape
            except NotRead as why:
                raise refuse_forward(self.source, why) from None
            except TooLong:
                self.is_long = True
                break
            finally:
                self.work += worker.parts
                self.budget.spend(worker.parts)
        raise CodeProblem(
            tell("working through the program takes too many steps"),
            where=self.source.file,
            hint=tell("give a smaller function, or fewer rounds of its loops"),
        )

    def move_to(self, seed: int) -> ProgramTrial:
        """The same program with other numbers."""
        world = replace(self.world, seed=seed)
        other = self.put_in(world)
        other.again, other.places = dict(self.again), dict(self.places)
        return other

    def put_in(self, world: GuessedWorld, given: Mapping[str, Any] | None = None, source: Source | None = None) -> ProgramTrial:
        """The same program in another world, with other values given, or as another text, on the same budget."""
        known, own = self.given if given is None else given, source or self.source
        return ProgramTrial(
            own, self.plan, world, self.once, self.forward_source, self.others, known, budget=self.budget, shown=self.shown
        )  # fmt: skip

<<<<<<< HEAD
    def _run(self, worker: StatementWorker, backward: bool) -> Outcome:
        apart = () if self.forward_source is None else (keep_apart(self.forward_source),)
        for source in (*self.others, *apart, self.source):
            flat = not self.plan.backward and source is self.source
            drawn = [] if flat else list_drawn(source.tree)
            worker.generic = flat or bool(drawn)
            worker.run([node for node in source.tree.body if flat or is_definition(node) or node in drawn])
            worker.generic = not self.plan.backward
        name_naive(worker.module, self.source.tree)
        if not self.plan.backward:
            return self._finish_flat(worker)
        if self.plan.is_single:
            return self._run_single(worker)
        return self._run_pair(worker, backward)

    # one body

    def _function(self, worker: StatementWorker, name: str, owner: Any = None) -> ProgramFunction:
        if isinstance(owner, Object) and owner.of is not None and name in owner.of.methods:
            method = owner.of.methods[name]
            static = any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in method.decorator_list)
            return require_plain(worker, ProgramFunction(method, owner.of.scope, owner, None if static else owner), self.source)
        found = worker.module.get(name)
        if not isinstance(found, ProgramFunction):
            raise CodeProblem(tell("there is no function {name} in the file", name=name[:60]), where=self.source.file)
        return require_plain(worker, found, self.source)

    def _make_owner(self, worker: StatementWorker) -> Any:
        if not self.plan.owner:
            return None
        made_of = worker.module.get(self.plan.owner)
        if isinstance(made_of, ClassOf) and is_odd_class(made_of.node):
            raise CodeProblem(tell("a class with a metaclass or a decorator is not read"), where=self.source.name_line(made_of.node.lineno))
        if not isinstance(made_of, ClassOf):
            raise CodeProblem(
                tell("there is no class {name} in the file", name=self.plan.owner[:60]), where=self.source.file
            )
        before, worker.statement = worker.statement, None
        begin = made_of.methods.get("__init__")
        said = {arg.arg: Guess(arg.arg) for arg in (begin.args.args if begin is not None else ()) if arg.arg in self.world.texts}
        made = worker.make_object(made_of, [], said, made_of.node)
        worker.statement = before
        return made

    def _call(
        self, worker: StatementWorker, func: ProgramFunction, values: Mapping[str, Any]
    ) -> tuple[Any, NotRead | None]:
        named = {arg.arg: values[arg.arg] for arg in list_arguments(func) if arg.arg in values}
        try:
            return worker.call_own(func, [], named, func.node), None
        except NotRead as why:
            return None, why

    def _run_single(self, worker: StatementWorker) -> Outcome:
        owner = self._make_owner(worker)
        func = self._function(worker, self.plan.backward, owner)
        start = len(worker.record.events)
        known = set(worker.record.visited)
        scopes: list[dict[str, Any]] = []
        values = {arg.arg: guess_argument(arg) for arg in list_arguments(func)}
        worker.first_scopes = scopes
        returned, why = self._call(worker, func, self._keep_usual(worker, func, values))
        after = {key: node for key, node in worker.record.visited.items() if key not in known}
        loss = pick_loss(worker.record, returned, find_return(func.node, worker.returned), self.source.file)
        outputs = list_outputs(worker.record, start, returned, find_return(func.node, worker.returned))
        scope = scopes[0] if scopes else {}
        listed = name_returned(returned, find_return(func.node, worker.returned))
        named = {event.key.rpartition(".")[2] for event in worker.record.events if not split_gradient(event.key)}
        compared = {output.key for output in outputs if named & {*output.of}}
        left = list_left_over(listed, compared, named, unnamed=False)
        return Outcome(worker.record, loss, outputs, 0, after, worker.guesser.asked, why.what if why else "", scope, {}, tuple(left))

    def _keep_usual(self, worker: StatementWorker, func: ProgramFunction, values: dict[str, Any]) -> dict[str, Any]:
        """Arguments that have usual values keep them, where nobody gives others."""
        usual = list_usual(func.node)
        if self.world.bare:
            bare = {name for name, value in usual.items() if isinstance(value, ast.Constant) and value.value is None} - {*self.given}
            self.bare |= bare & {*values}
            values = {name: value for name, value in values.items() if name not in bare}
        return {
            name: value for name, value in values.items()
            if name in {*self.given, *self.world.shapes, *self.world.texts} or not (name in usual and not is_empty(usual[name]))
        }  # fmt: skip

    def _finish_flat(self, worker: StatementWorker) -> Outcome:
        loss = pick_loss(worker.record, None, None, self.source.file)
        outputs = list_outputs(worker.record, 0, None, None)
        return Outcome(worker.record, loss, outputs, 0, dict(worker.record.visited), worker.guesser.asked, "", worker.module)

    # a pair

    def _run_pair(self, worker: StatementWorker, backward: bool) -> Outcome:
        owner = self._make_owner(worker)
        given = worker.module.get(self.plan.forward + APART)
        forward = given if isinstance(given, ProgramFunction) else self._function(worker, self.plan.forward, owner)
        values: dict[str, Any] = {arg.arg: guess_argument(arg) for arg in list_arguments(forward)}
        if "ctx" in values:
            values["ctx"] = Object(None)
        scopes: list[dict[str, Any]] = []
        worker.first_scopes = scopes
        returned, why = self._call(worker, forward, self._keep_usual(worker, forward, values))
        if why is not None:
            raise refuse_forward(self.source if self.forward_source is None else self.forward_source, why)
        inner = scopes[0] if scopes else {}
        node = find_return(forward.node, worker.returned)
        named = dict(name_returned(returned, node)) if node is not None else find_kept_output(worker.record.events, forward, values)
        environment = {**inner, **named, **{name: value for name, value in values.items() if name not in inner}}
        func = self._function(worker, self.plan.backward, owner)
        backs = [arg.arg for arg in list_arguments(func)]
        ups = find_upstream(backs, [*inner, *values]) or (backs[:1] if self.world.above else [])
        outs = [
            (key, value)
            for key, value in named.items()
            if isinstance(value, np.ndarray | np.inexact | float | complex)
        ]
        outs = [pair for pair in outs if pair[0] not in values or not _is_given(values[pair[0]], pair[1])] or outs[:1]
        first, *more = [arg.arg for arg in list_arguments(forward)] or [""]
        if more and len(ups) == 1 and backs == [*ups, *more] and all(np.size(value) == 1 for _, value in outs):
            environment[ups.pop()] = values[first]  # what a loss takes itself: backward(predictions, targets)
        loss, upstream = self._find_loss(worker, owner, (forward, func), environment, first, outs, ups)
        begins = len(worker.record.events)
        worker.settled = worker.settled or not self.world.refit
        if not backward:
            return Outcome(worker.record, loss, [], begins, {}, worker.guesser.asked, "", inner, upstream)
        known = set(worker.record.visited)
        given = self._match_backward(func, backs, ups, upstream, environment, named)
        above = {of: named[upstream[up][0]] for up in ups if up in upstream for of in split_gradient(up) if upstream[up][0] in named}
        worker.handed = {**above, **environment}
        forms = copy.deepcopy({name: value for name, value in given.items() if isinstance(value, np.ndarray)})
        del scopes[:]
        body = func.node.body if isinstance(func.node, ast.FunctionDef) else []
        result, why = self._call(worker, func, {**given, **forms})
        after = {key: node for key, node in worker.record.visited.items() if key not in known or node in body}
        words = find_return(func.node, worker.returned)
        outputs = list_pair_outputs(
            worker.record, begins, result, words, [*values], why, in_class=bool(self.plan.owner),
            produced={*[key for key, _ in outs], *[of for up in ups for of in split_gradient(up)]} - {*values},
            spans=list_spans(func), foreign=self.foreign)  # fmt: skip
        outputs += list_listed(owner, {output.key for output in outputs})
        layers = list(list_layer_gradients(owner, worker.record.events[begins:], why))
        if layers and not any(upstream):  # what a net hands on of its input may be that of each sample
            outputs = [output for output in outputs if any(is_parameter(word) for word in output.of)]
        outputs += layers
        said = why.what if why else ""
        left = list_left_over(
            [*name_returned(result, words), *list_kept(owner, worker.record.events[begins:])],
            {output.key for output in outputs},
            {event.key.rpartition(".")[2] for event in worker.record.events[:begins]}, unnamed=isinstance(result, tuple))  # fmt: skip
        return Outcome(worker.record, loss, outputs, begins, after, worker.guesser.asked, said, inner, upstream, tuple(left))

    def _find_loss(
        self, worker: StatementWorker, owner: Any, pair: tuple[ProgramFunction, ProgramFunction], environment: dict[str, Any], first: str,
        outs: Sequence[tuple[str, Any]], ups: Sequence[str],
    ) -> tuple[Any, dict[str, tuple[str, Any]]]:  # fmt: skip
        """The loss of a pair, with the gradients from above: that of a cost function, one that the layer keeps, or one made for them."""
        upstream: dict[str, tuple[str, Any]] = {}
        cost = self._function(worker, self.plan.cost, owner) if self.plan.cost and not ups else None
        if cost is not None and (self.plan.owner or has_targets(pair[1].node, cost.node)):
            own = environment.get(first) if self.is_forward_again(cost) else outs[0][1] if outs else None
            taken = self._keep_usual(worker, cost, self._match_cost(cost, environment, own))
            environment.update((name, value) for name, value in taken.items() if name not in environment)
            ask_documented(worker, cost, taken)
            loss, why = self._call(worker, cost, taken)
            if why is not None:
                raise refuse_forward(self.source, why)
            loss = loss[0] if isinstance(loss, tuple) else loss
        elif self.plan.owner and not ups and (kept := find_kept_loss(worker.record.events, outs)) is not None:
            loss = np.sum(kept)
        else:
            if not outs:
                raise CodeProblem(tell("the forward pass gives no number and no array"), where=self.source.name_line(pair[0].node.lineno))
            loss, upstream = make_loss(outs, ups, list_usual(pair[1].node), self.world.seed)
        return loss, upstream

    def is_forward_again(self, cost: ProgramFunction) -> bool:
        """Whether a cost takes what the forward pass takes, ``cost(x, y)``: it works the output out itself."""
        calls = [part.func for part in ast.walk(cost.node) if isinstance(part, ast.Call)]
        return any(getattr(func, "attr", getattr(func, "id", "")) == self.plan.forward for func in calls)

    def _match_cost(self, cost: ProgramFunction, environment: Mapping[str, Any], first: Any) -> dict[str, Any]:
        return {
            arg.arg: environment[arg.arg] if arg.arg in environment else first if place == 0 and first is not None else Guess(arg.arg)
            for place, arg in enumerate(list_arguments(cost))
        }

    def _match_backward(
        self,
        func: ProgramFunction,
        backs: Sequence[str],
        ups: Sequence[str],
        upstream: Mapping[str, tuple[str, Any]],
        environment: Mapping[str, Any],
        named: Mapping[str, Any],
    ) -> dict[str, Any]:
        found: dict[str, Any] = {name: upstream[name][1] for name in ups if name in upstream}
        free = [
            value
            for key, value in named.items()
            if not any(value is other for other in environment.values()) or "cache" in key
        ]
        packed = [value for key, value in named.items() if isinstance(value, tuple | list | dict) and key[:1] in ("(", "[", "{")]
        above = {of: upstream[up][0] for up in ups if up in upstream for of in split_gradient(up)}
        apart = list_taken_apart(func)
        for name in backs:
            if name in found:
                continue
            if packed and "cache" in name:  # one of an inner step may have the same name
                found[name] = packed[-1]
            elif name in above and name not in environment:  # e beside de: the output itself
                found[name] = named[above[name]]
            elif name in environment:
                found[name] = environment[name]
            elif (
                named
                and len([one for one in backs if one not in environment and one not in found]) == 1
                and not has_default(func, name)
                and not (name in apart and isinstance(list(named.values())[-1], np.ndarray))
            ):
                found[name] = list(named.values())[-1]
            elif not has_default(func, name):
                found[name] = free[-1] if free and "cache" in name else Guess(name)
        return found

=======
>>>>>>> main
    def find_home(self, node: ast.AST) -> Source:
        """The file that a statement stands in: that of the program, unless it is one that the program imports from."""
        return next((source for source in self.others if any(part is node for part in source.parts)), self.source)

    def list_own(self, events: Sequence[ValueEvent]) -> list[ValueEvent]:
        """The events of the program's own file."""
        return [event for event in events if id(event.statement) not in self.foreign]

    # slopes

    def end_at_loss(self, first: Outcome) -> None:
        """Runs for slopes end where the loss is given its last value, as it was in a whole run: what comes behind does not move it."""
        if first.begins or first.loss is None:  # the backward pass of a pair is not run then
            return
        named = [event for event in first.record.events if LOSS_WORDS.match(event.key.rpartition(".")[2]) and np.size(event.value) == 1]
        if named and np.array_equal(named[-1].value, first.loss):
            self.ends = named[-1].number

    def find_slope(self, event: ValueEvent, direction: Any) -> float | None:
        """The slope of the loss when a value moves in a direction: the imaginary part of a run."""
        moved = self.run(bump=(event.number, direction), backward=False)
        if moved.loss is None:
            return None
        loss = np.sum(moved.loss)
        return float(np.imag(loss)) / STEP

    def find_gradient(self, event: ValueEvent) -> Any:
        """The whole derivative of the loss by a value, entry by entry; not a number where there are too many."""
        shape = np.shape(event.value)
        if np.size(event.value) > MOST_ENTRIES or self.budget.is_low:
            return np.full(shape, np.nan)
        found = np.zeros(shape)
        for place in np.ndindex(*shape):
            direction = np.zeros(shape)
            direction[place] = 1.0
            slope = self.find_slope(event, direction if shape else 1.0)
            found[place] = np.nan if slope is None else slope
        return found
