"""Layer form against the form neuron by neuron, entry by entry: ``python tests/benchmarks/forms.py [exercises] [random] [today]``.

All exercises over arrays (at their own values, else at random points), and so many random networks over the rows of the table and over
those of today, 500 each unless a number is given (``today=50``).  What differs is printed with its reason; at the end how many agree, in
how many entries.  Minutes; by hand.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from random_layers import random_layers
from random_today import random_today

from tutor.errors import ProofError, TutorError
from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.exercise.over_layers import layers_of
from tutor.graph.layered import Layered
from tutor.numbers.form_agreement import agree

SEEDS = 500
Case = tuple[str, Callable[[], tuple[Layered, object, object] | None]]


def list_exercises(count: int) -> Iterator[Case]:
    """Every exercise that has arrays."""
    for ident in ids():
        exercise = load(ident)
        if exercise.graph is None or (exercise.layers is None and exercise.network is None):
            continue

        def make(exercise=exercise):  # type: ignore[no-untyped-def]
            layered = layers_of(exercise, exercise.notation)
            own = exercise.layers is not None
            return layered, None if own else exercise.graph, dict(exercise.values) if exercise.values else None

        yield ident, make


def list_random(count: int, make: Callable[[random.Random], Layered | None], name: str) -> Iterator[Case]:
    """So many random networks."""
    for seed in range(count):

        def build(seed=seed):  # type: ignore[no-untyped-def]
            layered = make(random.Random(seed))
            return None if layered is None else (layered, None, None)

        yield f"{name} {seed}", build


KINDS: dict[str, Callable[[int], Iterator[Case]]] = {
    "exercises": list_exercises,
    "random": lambda count: list_random(count, random_layers, "random"),
    "today": lambda count: list_random(count, random_today, "today"),
}


def main() -> None:
    """Compare, and print what differs."""
    asked = dict(part.partition("=")[::2] for part in sys.argv[1:]) or dict.fromkeys(KINDS, "")
    for kind, number in asked.items():
        start, agreed, entries, without, differ = time.perf_counter(), 0, 0, [], []
        for name, make in KINDS[kind](int(number or SEEDS)):
            try:
                made = make()
                if made is None:
                    without.append(name)
                    continue
                found = agree(*made)  # type: ignore[arg-type]
                agreed, entries = agreed + 1, entries + found.entries
            except ProofError as error:
                (without if error.what.startswith("no point") else differ).append(name)
                print(f"  {name}: {error.what}", flush=True)
            except TutorError as error:
                without.append(name)
                print(f"  {name}: {error}", flush=True)
            except Exception as error:  # a fault of the product is what is looked for
                differ.append(name)
                print(f"  {name}: {type(error).__name__}: {error}", flush=True)
        took = time.perf_counter() - start
        counted = f"{len(differ)} differ, {len(without)} cannot be compared, {took:.0f} s"
        print(f"{kind}: {agreed} agree in {entries} entries, {counted}", flush=True)


if __name__ == "__main__":
    main()
