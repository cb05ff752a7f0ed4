"""A data set: several samples for one computation, and the order in which they are used."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tutor.errors import ValueProblem
from tutor.numbers.arithmetic import CONTEXT, Value, as_real

Reduce = Literal["mean", "sum"]
Order = Literal["given", "shuffled"]
MAX_SAMPLES = 100_000


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of an exercise: each row gives the leaves called ``columns`` their values.

    The loss of the set is the ``reduce`` (mean or sum) of the samples' losses, and so is its gradient.  ``written`` are the values as
    they were written.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    reduce: Reduce = "mean"
    written: tuple[tuple[str, ...], ...] = ()

    def sample(self, place: int) -> dict[str, Value]:
        """The values of one sample, counted from 0."""
        return dict(zip(self.columns, self.rows[place], strict=True))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_averaged(self) -> bool:
        """Whether the loss of the set is the mean of the samples' losses, no sum."""
        return self.reduce == "mean"


def join_samples(values: Sequence[Value], how: Reduce) -> Value:
    """The mean or the sum of what the samples have.

    >>> from fractions import Fraction
    >>> join_samples([Fraction(1), Fraction(2)], "mean")
    Fraction(3, 2)
    """
    exact = all(isinstance(value, Fraction) for value in values)
    total: Value = sum(values, start=Fraction(0)) if exact else CONTEXT.fsum(map(as_real, values))
    return total / len(values) if how == "mean" else total


@dataclass(frozen=True, slots=True)
class Batch:
    """The samples of one update: the epoch (a pass over all samples, from 1), its number in the epoch, the samples (from 0)."""

    epoch: int
    number: int
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SampleTable:
    """The numbers of every sample at the given values, and those of the whole set.

    ``each`` has one table of values by name for each sample, with the loss and the gradients (``dL/dw``); ``whole`` those of the set.
    """

    samples: Samples
    loss: str
    parameters: tuple[str, ...]
    each: tuple[Mapping[str, Value], ...]
    whole: Mapping[str, Value]


def batches(count: int, size: int, order: Order, seed: int) -> Iterator[Batch]:
    """The batches of a run, without end: every epoch takes each sample once; the last batch of an epoch may be smaller.

    A shuffled order is that of ``random.Random(seed)``, shuffled anew for every epoch, so that the same seed gives the same run.

    Raises `ValueProblem` for a size that is not from 1 to the number of samples.

    >>> from itertools import islice
    >>> [batch.samples for batch in islice(batches(3, 2, "given", 0), 3)]
    [(0, 1), (2,), (0, 1)]
    """
    if not 1 <= size <= count:
        had = f"{count} sample{'s' if count != 1 else ''}"
        what = (
            f"a batch of {size:,} is larger than the data ({had})" if size > count else f"a batch of {size:,} samples"
        )
        hint = f"take 1 to {count}" if count > 1 else "leave it out, or give a data set: --data FILE.csv"
        raise ValueProblem(what, where="--batch", hint=hint)
    return _batches(count, size, order, seed)


def _batches(count: int, size: int, order: Order, seed: int) -> Iterator[Batch]:
    chance = random.Random(seed)
    epoch = 0
    while True:
        epoch += 1
        places = list(range(count))
        if order == "shuffled" and size < count:
            chance.shuffle(places)
        for number, start in enumerate(range(0, count, size), 1):
            yield Batch(epoch, number, tuple(places[start : start + size]))
