"""The derivation of a judged program's forward function at the numbers of its runs: read once, for the search and for the formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import prod

from tutor.code.forward_graph import NOT_READ, ForwardGraph, read_forward
from tutor.code.pass_run import Outcome
from tutor.code.trial import ProgramTrial
from tutor.derive.backward import derive
from tutor.expression.nodes import Name, Number, children
from tutor.graph.entries import Array
from tutor.graph.nouns import Derivation, Step
from tutor.numbers.arithmetic import Value
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.arrays import Floats, np
from tutor.numbers.run_arrays import evaluate_layers

NEAR = 1e-8
"""So near, relative to its largest entry, is a value of the program (in floats) to the same one with 50 digits."""
MOST_ENTRIES = 3_000
"""Beyond so many entries in all arrays nothing is worked out with 50 digits."""
MOST_FLOATS = 100_000
"""Beyond so many nothing is derived."""
Known = Mapping[str, Array[Value]]
"""Quantities and gradients by their keys."""


@dataclass(slots=True)
class DerivedProgram:
    """The graph of a forward function, and its derivation with the sizes of the runs; none where it has too many entries.

    ``is_small`` is one that is worked out with 50 digits, too.
    """

    graph: ForwardGraph
    derivation: Derivation | None
    is_small: bool = True
    last: tuple[Mapping[str, Array[Value]], Known] | None = None

    def evaluate(self, outcome: Outcome) -> Known | None:
        """All values and gradients where a run is; nothing where the graph does not compute what the program computes."""
        leaves = self.graph.bind_leaves(outcome) if self.is_small else None
        if leaves is None or self.derivation is None:
            return None
        if self.last is None or self.last[0] != leaves:  # a change of the backward pass leaves them as they are
            self.last = leaves, evaluate_layers(self.derivation, leaves)
        known = self.last[1]
        loss = float(np.sum(outcome.loss))
        own = float(known[self.graph.layered.graph.loss].items[0])
        return known if abs(own - loss) <= NEAR * max(1.0, abs(loss)) else None

    def list_gradients(self, outcome: Outcome) -> list[Floats]:
        """The values and gradients of the derivation where a run is, in floats, with what each use of a quantity adds to its gradient.

        None where a part is not worked out.
        """
        if self.derivation is None:
            return []
        try:
            leaves = self.graph.bind_leaves(outcome) or {}
            known = {name: as_floats(array)[..., np.newaxis] for name, array in leaves.items()}
            columns = ArrayColumns(known.__getitem__, 1)
            with np.errstate(all="ignore"):
                for step in (*self.derivation.graph.steps, *self.derivation.backward):
                    known[step.target] = columns.value(step.expr)
                inside = [*_work_out_parts(columns, self.derivation.backward)]
        except (*NOT_READ, KeyError):
            return []
        return [array[..., 0] for array in (*known.values(), *inside)]


def _work_out_parts(columns: ArrayColumns, steps: Iterable[Step]) -> Iterator[Floats]:
    """The arrays that stand inside of formulas: what one use of a quantity adds to its gradient, what a factor is taken of."""
    for step in steps:
        waiting = [*children(step.expr)]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Name | Number):
                continue
            waiting += children(part)
            with suppress(*NOT_READ, KeyError):
                yield columns.value(part)


def list_derived(trial: ProgramTrial, outcome: Outcome) -> Iterator[DerivedProgram]:
    """The derivations of what a program differentiates; none where the reader of programs does not know a part of it."""
    for graph in read_forward(trial, outcome):
        entries = sum(prod(map(int, shape)) for shape in graph.numbered.shapes.values())
        yield DerivedProgram(graph, derive(graph.numbered.graph) if entries <= MOST_FLOATS else None, entries <= MOST_ENTRIES)


def drop_given(trial: ProgramTrial) -> ProgramTrial:
    """The same program without the arrays that somebody gives: a formula holds at any, and is compared at some that nobody chose."""
    kept = {name: value for name, value in trial.given.items() if not isinstance(value, np.ndarray)}
    if len(kept) == len(trial.given):
        return trial
    return trial.put_in(trial.world, kept)


def as_floats(array: Array[Value]) -> Floats:
    """Numbers of many digits as an array of floats."""
    return np.array([float(item) for item in array.items]).reshape(array.shape)
