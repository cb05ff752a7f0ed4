"""One run of a program at numbers: forward, its loss or the gradient from above, then backward.

And the slope of the loss by any value of it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.class_parts import narrow_to_class
from tutor.code.code_values import (
    CodeProblem,
    LossReached,
    NotRead,
    OtherShape,
    OtherSize,
    TooLong,
    ValueEvent,
)
from tutor.code.entry_shapes import find_entry
from tutor.code.file_parts import (
    names_torch,
    refuse_forward,
)
from tutor.code.guess_shapes import Sizes, find_labels, find_places, find_sequences, find_tables
from tutor.code.guessing import GuessedWorld
from tutor.code.lane_arrays import STEP
from tutor.code.library_calls import make_table
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan, list_stepped
from tutor.code.parts_of_formulas import find_taken_rows
from tutor.code.pass_run import Outcome, PassRun
from tutor.code.sized_guesses import (
    find_axes,
    find_counts,
    find_dictionaries,
    find_idle,
    find_idle_arguments,
    find_joined,
    find_looped,
    find_predicted,
    find_tuples,
    find_weighing,
    settle_batches,
    settle_divided,
    settle_images,
)
from tutor.code.step_budget import StepBudget
from tutor.code.targets import find_chosen
from tutor.code.work_statements import StatementWorker
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.program.source import Source

MOST_GUESSES = 40
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
    has_lanes: bool = True
    torch: bool = False
    labels: frozenset[str] = frozenset()
    sequences: frozenset[str] = frozenset()
    tuples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dictionaries: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    left_out: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    axes: Mapping[str, int] = field(default_factory=dict)
    looped: frozenset[str] = frozenset()
    stepped: frozenset[str] = frozenset()
    predicted: frozenset[str] = frozenset()
    weighing: frozenset[str] = frozenset()
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
    entries: dict[str, tuple[int, ...] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes.others, self.sizes.lines = self.world.other_sizes, (self.forward_source or self.source).lines
        self.sizes.known |= {"N": 1, "m": 1} if self.world.lone else {}
        self.foreign = frozenset(id(part) for source in self.others for part in source.parts)
        settle_images(self.plan.name, self.source, self.sizes)
        self.sizes.known |= dict(zip(("H", "W"), self.world.images, strict=False)) | dict(zip(("h", "w"), self.world.images, strict=False))
        self.sequences = find_sequences(self.source.lines)
        self.labels = find_labels(narrow_to_class(self.source.tree, self.plan.owner)) | self.sequences
        settle_divided(self.source.tree, self.sizes)
        settle_batches(self.source.tree, self.sizes)
        self.torch = any(names_torch(source.tree) for source in (self.source, self.forward_source) if source is not None)
        self.stepped = list_stepped(self.source.tree)
        self.counts = find_counts(self.source.tree, *(source.tree for source in self.others))
        self.axes = {} if self.plan.is_single else find_axes(self.source.tree, self.plan.forward, self.plan.backward)
        self.looped, self.predicted = find_looped(self.source.tree, self.plan.forward), find_predicted(self.source.tree)
        self.weighing = find_weighing((self.forward_source or self.source).tree)
        if self.plan.owner and not self.plan.is_single and self.forward_source is None:
            self.idle = find_idle(self.source.tree, self.plan.owner, self.plan.forward, self.plan.cost)
        elif not self.plan.is_single and self.forward_source is None:
            self.idle = find_idle_arguments(self.source.tree, self.plan.forward, self.plan.backward)
        self.tuples = find_tuples((self.forward_source or self.source).tree) | find_tuples(self.source.tree)
        self.dictionaries = find_dictionaries((self.forward_source or self.source).tree) | find_dictionaries(self.source.tree)
        self.table = make_table(lambda shape, kind: self.current.draw(shape, kind), lambda: self.current.number)

    def run(
        self, *, bump: Mapping[int, Any] | None = None, edits: Mapping[int, Sequence[ast.stmt]] | None = None, forced: Mapping[int,
            Any] | None = None,
        backward: bool = True, traced: dict[int, Any] | None = None, scopes: dict[int, dict[str, Any]] | None = None,
        watch: Callable[[ast.expr, Any], Any] | None = None,
    ) -> Outcome:  # fmt: skip
        """One run; without the backward pass it ends at the loss.  Raises `CodeProblem` where nothing can be judged."""
        for _ in range(MOST_GUESSES):
            if self.budget.is_spent:
                break
            number = complex if bump is not None else float
            worker = StatementWorker(self.world, self.sizes, number=number, table=self.table, bump=bump, edits=edits)
            self.current = worker
            worker.once, worker.forced = self.once, dict(forced or {})
            worker.chosen = find_chosen(self.source.tree)
            worker.traced, worker.scopes, worker.watch = traced, scopes, watch
            worker.torch, worker.old = self.torch, any(one.old for one in (self.source, *self.others))
            worker.ends, worker.keeps_lanes = None if backward else self.ends, backward
            worker.guesser.labels, worker.guesser.sequences = self.labels, self.sequences
            worker.guesser.one_place = find_places(self.source.tree)
            worker.guesser.tables = find_tables(self.source.tree)
            worker.guesser.axes, worker.guesser.looped = self.axes, self.looped
            worker.guesser.stepped, worker.guesser.rowwise = self.stepped, find_taken_rows(self.source.tree)
            worker.guesser.joined, worker.guesser.predicted = find_joined(self.source.tree), self.predicted
            worker.guesser.weighing = self.weighing
            worker.guesser.idle, worker.guesser.left_out = self.idle, self.left_out
            worker.guesser.counts, worker.guesser.asked_numbers = self.counts
            worker.guesser.settings = {"stride": 2 if "pool" in self.plan.name.lower() else self.world.steps}
            worker.guesser.free, worker.guesser.ranked = self.free, self.ranked
            worker.guesser.spread, worker.guesser.assumed, worker.guesser.flat = self.spread, self.assumed, self.flat
            worker.guesser.given, worker.guesser.tuples = self.given, self.tuples
            worker.guesser.dictionaries, worker.guesser.entry = self.dictionaries, self.find_entry
            worker.guesser.again = worker.given_again = self.again
            worker.guesser.places = self.places
            worker.settled = bool(edits) or bool(forced) or bump is not None  # no other shapes then
            worker.changes, worker.settled_axes = self.changes, self.settled_axes
            try:
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing
                    run = PassRun(
                        worker, self.source, self.plan, self.forward_source, self.others, self.given, self.foreign, self.bare
                    )  # fmt: skip
                    return run.run(backward=backward)
            except LossReached as end:
                return Outcome(worker.record, end.value, [], 0)
            except OtherSize as other:
                self.sizes.known[other.name] = other.size
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

    def find_entry(self, key: str) -> tuple[int, ...] | None:
        """The documented shape of an entry of a dictionary that the program is given."""
        if key not in self.entries:
            self.entries[key] = find_entry([source.tree for source in (self.forward_source, self.source) if source], key, self.sizes)
        return self.entries[key]

    def move_to(self, seed: int) -> ProgramTrial:
        """The same program with other numbers."""
        world = replace(self.world, seed=seed)
        return self.put_in(world).take_shapes(self)

    def take_shapes(self, other: ProgramTrial) -> ProgramTrial:
        """The program with the shapes that were found in another world, which differs only in its numbers."""
        self.again, self.places = dict(other.again), dict(other.places)
        return self

    def put_in(self, world: GuessedWorld, given: Mapping[str, Any] | None = None, source: Source | None = None) -> ProgramTrial:
        """The same program in another world, with other values given, or as another text, on the same budget."""
        known, own = self.given if given is None else given, source or self.source
        return ProgramTrial(
            own, self.plan, world, self.once, self.forward_source, self.others, known, budget=self.budget, shown=self.shown
        )  # fmt: skip

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
        moved = self.run(bump={event.number: direction}, backward=False)
        if moved.loss is None:
            return None
        loss = np.sum(moved.loss)
        return float(np.imag(loss)) / STEP
