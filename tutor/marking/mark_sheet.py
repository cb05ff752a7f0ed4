"""Everything that marking an exercise needs and that is the same for all students: made once, then only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from tutor.answer.compare.array_points import Field
from tutor.answer.compare.formulas import Points, derivatives, points_of, sample
from tutor.answer.compare.sampling import list_conditions, list_target_groups
from tutor.answer.read.array_vocabulary import array_vocabulary
from tutor.answer.read.vocabulary import Vocabulary, vocabulary
from tutor.derive.backward import derive
from tutor.derive.working import Working, working
from tutor.errors import ExerciseError, TutorError, ValueProblem
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.exercise.question import WITHOUT_VALUES, Question
from tutor.exercise.training_task import Trainer, is_trained_otherwise
from tutor.expression.keys import make_after_key
from tutor.expression.nodes import Expr, write_fraction
from tutor.graph.layered import Layered, choose_sizes, choose_telling_sizes, write_out
from tutor.graph.network import counts
from tutor.graph.nouns import Graph, Step
from tutor.marking.array_diagnose import ArraySlips
from tutor.marking.edges import edges
from tutor.marking.judge_programs import read_given
from tutor.marking.question_list import (
    can_follow,
    list_questions,
    list_single_questions,
    losses_in,
    parts,
    sharpen,
    updates_in,
)
from tutor.marking.ranges import Ranges
from tutor.marking.worlds import BentWorld
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import Floats, np
from tutor.numbers.floats import as_float
from tutor.numbers.run import compute, compute_stable, read_value
from tutor.rules.optimisers import DESCENT

MOST_SIMPLIFIED = 500
"""In a graph of up to so many steps it is looked for simplifications that lectures make."""
FORMULA_POINTS = 12
"""At so many points formulas are compared with what slips give."""


class Sheet:
    """One exercise, prepared: its questions, its working, what is true, and how students may write it."""

    def __init__(self, exercise: Exercise, seed: int = 0, also: Sequence[str] = ()) -> None:
        """``also`` are single quantities that are asked besides, by their names in the working."""
        self.exercise = exercise
        self.seed = seed
        self.letter = rate_name(exercise.notation)
        graph = exercise.graph
        declared = exercise.questions
        self.whole: frozenset[str] = frozenset()
        if graph is None:
            self.working = Working(Graph((), (), (), ""), ())
            self.questions = list_questions(exercise, self.working)
            self.truth: dict[str, Value] = self._count_asked()
            self._check()
            return
        targets = [step.target for step in graph.steps]
        of = losses_in(declared, targets) if declared else tuple(parts(name)[0] for name in exercise.asked)
        method = exercise.plan.optimiser if not exercise.samples else DESCENT
        trains = exercise.rate is not None and bool(graph.parameters)
        updates = max(updates_in(declared), int(trains))
        self.working = working(
            graph, of=tuple(dict.fromkeys(of)), updates=updates, method=method, rate=self.letter,
        )  # fmt: skip
        self.whole = frozenset(q for q in self.working.by_name if not can_follow(exercise, q))
        questions = list_questions(exercise, self.working)
        known = {question.id for question in questions}
        questions += list_single_questions(exercise, self.working, [name for name in also if name not in known])
        self.truth = self._compute_values(questions) if exercise.values else {}
        self.questions = questions if declared else tuple(sharpen(question, self.truth) for question in questions)
        self._check()

    def _check(self) -> None:
        """Refuse questions that cannot be marked, all at once."""
        without = [q.id for q in self.questions if q.kind not in WITHOUT_VALUES and not self.truth]
        if without and not self.exercise.counts and not self.exercise.values:
            raise ExerciseError(
                f"{', '.join(without[:6])} asks for a number, but the exercise has no values",
                where=self.exercise.id, hint='give it [values], or ask with kind = "expression"',
            )  # fmt: skip
        for question in self.questions:
            if question.program is not None and question.program.given:
                read_given(question.program)
        if not self.questions:
            raise ExerciseError("there is nothing to ask", where=self.exercise.id, hint="write [[question]] rows in its file")

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions by their ids."""
        return {question.id: question for question in self.questions}

    def cone(self, name: str) -> frozenset[str]:
        """All that a quantity is computed from, itself included."""
        found = self._cones.get(name)
        if found is None:
            found = self._cones[name] = self.working.cone([name])
        return found

    @cached_property
    def _cones(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of every quantity in the order of the computation; given quantities come first."""
        return {step.target: place for place, step in enumerate(self.working.steps)}

    @cached_property
    def steps(self) -> dict[str, Expr]:
        """The formula of every step of the working."""
        return {step.target: step.expr for step in self.working.steps}

    @cached_property
    def marking_order(self) -> tuple[Question, ...]:
        """The questions in the order of the computation, so that an answer is judged after those that it follows from."""
        last = {q.id: max((self.order.get(t, -1) for t in q.targets), default=-1) for q in self.questions}
        return tuple(sorted(self.questions, key=lambda q: last[q.id]))

    @cached_property
    def edges(self) -> dict[str, str]:
        """The derivatives that are another value along one edge, see `tutor.marking.edges`."""
        return edges(self.working)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """How students may write its quantities."""
        return vocabulary(self.exercise)

    @cached_property
    def layers(self) -> Layered | None:
        """The layer form, where there is one."""
        try:
            return layers_of(self.exercise, self.exercise.notation)
        except TutorError:
            return None

    @cached_property
    def layer_steps(self) -> Mapping[str, Step]:
        """The steps of the layer form, forward and backward, sizes as letters where they are."""
        if self.layers is None:
            return {}
        graph = self.layers.graph
        return {step.target: step for step in (*graph.steps, *derive(graph).backward)}

    @cached_property
    def array_vocabulary(self) -> Vocabulary:
        """How students may write its arrays."""
        return array_vocabulary(self.exercise)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Where formulas over arrays are compared: the points seen as arrays, and where sizes are letters other sizes, too."""
        assert self.layers is not None
        small, sizes = choose_sizes(self.layers)
        found = [Field.make(small, self.points, sizes)]
        if sizes:  # a number where a letter is meant is right with one of them only
            other, others = choose_telling_sizes(self.layers, sizes)
            derivation = derive(write_out(other))
            found.append(Field.make(other, points_of(derivation, seed=self.seed, groups=list_target_groups(other)), others))
        return tuple(found)

    @cached_property
    def array_slips(self) -> ArraySlips:
        """What slips make of its arrays."""
        return ArraySlips(self)

    def leaves(self) -> dict[str, Value]:
        """The given values, with the step size and what the optimiser starts from."""
        found: dict[str, Value] = dict(self.exercise.values)
        if self.exercise.rate is not None:
            found[self.working.rate or self.letter] = self.exercise.rate
        for name, value in {**self.working.extra, **self._settings()}.items():
            found[name] = value if not isinstance(value, str) else read_value(value)
        return found

    def _settings(self) -> dict[str, Any]:
        from tutor.exercise.read_training import read_settings
        from tutor.rules.optimisers import optimiser

        row = optimiser(self.exercise.plan.optimiser)
        return dict(read_settings(row, self.exercise.plan.settings)) if not self.exercise.samples else {}

    def _count_asked(self) -> dict[str, Value]:
        network = self.exercise.network
        return {f"count {what}": Fraction(n) for what, n in counts(network).items()} if network is not None else {}

    def _compute_values(self, questions: tuple[Question, ...]) -> dict[str, Value]:
        """Every value of the working that questions and their explanations need, exactly or to 25 digits and more."""
        leaves = self.leaves()
        found = compute_stable(lambda: run_working(self.working, leaves))
        found |= self._count_asked()
        trained = sorted({parts(t)[2] for q in questions for t in q.targets if t in self.whole} - {0})
        if trained and is_trained_otherwise(self.exercise):
            trainer = Trainer(self.exercise)
            for k in trained:
                trace = trainer.trace(self.exercise.values, k, trained[-1])
                found |= {make_after_key(name, k): value for name, value in trace.items()}
        return found

    @cached_property
    def numbers(self) -> BentWorld:
        """The working at the given values, in floats."""
        world = BentWorld.make(self.working, {name: np.array([as_float(value)]) for name, value in self.leaves().items()})
        return BentWorld(self.working, {**world.env, **self._floats()}, {}, world.order)

    def _floats(self) -> Mapping[str, Floats]:
        """The values that are computed as a whole, which the steps of a single sample do not give."""
        return {name: np.array([as_float(self.truth[name])]) for name in self.whole if name in self.truth}

    @cached_property
    def ranges(self) -> Ranges:
        """What rounded results allow, at the given values."""
        return Ranges(self.working, self.numbers.env)

    @cached_property
    def points(self) -> Points:
        """Where formulas are compared."""
        graph = self.exercise.graph
        assert graph is not None
        leaves = [q.name for q in graph.leaves]
        constants = self._constants
        extra = [name for name in self._symbols() if name not in leaves and name not in constants]
        given = self.leaves() if self.exercise.values else {}
        steps = [Step(step.target, step.expr, step.rule) for step in self.working.steps if step.after <= 1]
        steps += [Step(name, write_fraction(value), "constant") for name, value in constants.items()]
        sums = self._sums(graph, given)
        return sample(steps, (*leaves, *extra), given, seed=self.seed, more=derivatives(graph), sums=sums)

    def _sums(self, graph: Graph, given: Mapping[str, Value]) -> list[tuple[str, ...]]:
        """The targets that add up to 1 at all points, where lectures simplify: p − y is right for softmax with cross-entropy."""
        if len(graph.steps) > MOST_SIMPLIFIED:
            return []
        losses = (graph.loss, *(step.of for step in self.working.steps if step.sort == "gradient"))
        return list_conditions(graph, losses, given, self.layers)

    def _symbols(self) -> list[str]:
        letters = [self.working.rate or self.letter, *self.working.extra]
        letters += [name for name in self._settings() if any(name in self.working.uses[s] for s in self.working.uses)]
        return list(dict.fromkeys(letters))

    @cached_property
    def _constants(self) -> dict[str, Fraction]:
        """The step size and the other settings of training, as far as they are given: `w - 0.5*dL/dw` is as right as `w - η*dL/dw`."""
        given = self.leaves() if self.exercise.rate is not None else {}
        named = {self.working.rate or self.letter, *self._settings()}
        return {name: value for name, value in given.items() if name in named and isinstance(value, Fraction)}

    @cached_property
    def formula_places(self) -> list[int]:
        """Which of the points `formulas` has: some of those without short values, from all over them."""
        generic = list(self.points.generic)
        every = max(1, len(generic) // FORMULA_POINTS)
        return generic[::every][:FORMULA_POINTS]

    @cached_property
    def formulas(self) -> BentWorld:
        """The working at a few of those points, for what slips give."""
        points = self.points
        chosen = self.formula_places
        leaves = (*points.world.leaves, *self._constants)
        env = points.columns.fill(list(leaves))
        first = Working(
            self.working.graph, tuple(s for s in self.working.steps if s.after <= 1), self.working.by_name, self.working.uses,
            self.working.rate, self.working.extra,
        )  # fmt: skip
        return BentWorld.make(first, {name: np.asarray(env[name])[chosen] for name in leaves})

    def work(self, target: str) -> Step | None:
        """The step that computes a quantity."""
        return self.working.by_name.get(target)


def run_working(working: Working, leaves: Mapping[str, Value]) -> dict[str, Value]:
    """Run the working; what does not exist at these values, and what needs it, is left out."""
    found = dict(leaves)
    for step in working.steps:
        if all(name in found for name in working.uses[step.target]):
            try:
                found[step.target] = compute(step.expr, found)
            except ValueProblem:
                continue
    return found
