"""All that is worked out for a request: one noun for solutions neuron by neuron, in matrices, and for runs of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.derive.recursion import Recursion
from tutor.derive.rewrites.named import Rewrite
from tutor.derive.update import Update
from tutor.exercise.model import Assumption
from tutor.expression.keys import make_after_key
from tutor.graph.entries import Array
from tutor.graph.nouns import Derivation
from tutor.notation.profile import Notation
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import SampleTable
from tutor.numbers.train import Run, Task
from tutor.solving.check_claims import Verdict
from tutor.solving.proofs import Proofs
from tutor.solving.request import Request

if TYPE_CHECKING:
    from tutor.numbers.proof_facts import Rewritten


@dataclass(frozen=True, slots=True)
class Training:
    """A run and what belongs to it.

    ``updates`` are the update steps of each parameter in the names of the form that is asked for (arrays in layer form), ``first`` the
    numbers of the first update by the same names.  ``published`` is the run of the published method beside one "as on the slide".
    """

    task: Task
    run: Run
    updates: tuple[Update, ...]
    first: Mapping[str, Value | Array[Value]]
    published: tuple[Task, Run] | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A computation, worked out: derivations of numbers or of arrays, their numbers, the run, the proofs, the verdicts.

    ``derivations`` has one for each quantity that is differentiated.  ``numbers`` are the values by key, exact fractions or numbers of at
    least 60 digits (arrays of them in layer form); None for a computation without values.  ``samples`` is the table of a data set.
    ``recursion`` tells the first of the derivations as one row for every t, where that is asked for.  ``course`` is the exercise's own
    training, where its solution shows that.
    """

    request: Request
    notation: Notation
    derivations: tuple[Derivation, ...] = ()
    numbers: Mapping[str, Value] | Mapping[str, Array[Value]] | None = None
    training: Training | None = None
    samples: SampleTable | None = None
    rewrites: tuple[Rewrite, ...] = ()
    rewritten: Rewritten | None = None
    proofs: Proofs = field(default_factory=Proofs)
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str | Assumption, ...] = ()
    recursion: Recursion | None = None
    course: Worked | None = None

    @property
    def scalars(self) -> Mapping[str, Value] | None:
        """The numbers of a solution neuron by neuron; None in layer form, and without values."""
        return None if self.request.layered is not None else self.numbers  # type: ignore[return-value]

    @property
    def full(self) -> bool:
        """Whether gradients are written as full chains."""
        return (self.request.chain or self.notation.chain) == "full"


def list_after_first(training: Training) -> dict[str, Array[Value] | Value]:
    """The trained parameters after the first update, by name."""
    keys = {each.parameter: make_after_key(each.parameter, 1) for each in training.updates}
    return {name: training.first[key] for name, key in keys.items() if key in training.first}
