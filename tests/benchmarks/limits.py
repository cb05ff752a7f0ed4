"""The promises about time, by the clock: run it as ``python tests/benchmarks/limits.py`` on an idle machine.

The tests count calls instead (see ``tests/counted.py``), so that none depends on how fast or how busy a machine is.  Here each promise has
its measured time, the best of three, beside it.  The exit code is 0 whatever comes out; ``--strict`` makes it 1 when a promise is not kept.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

Row = tuple[str, float, Callable[[], object]]
"""What is promised, within how many seconds, and what does it."""


def best(call: Callable[[], object], tries: int = 3) -> float:
    """The shortest of some times, in seconds; errors of ours are answers too."""
    from tutor.errors import TutorError

    shortest = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        with suppress(TutorError):
            call()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def rows() -> Iterator[Row]:
    """The promises that are one piece of work each."""
    from tutor.exercise.load import load
    from tutor.exercise.training_task import make_task
    from tutor.expression.parse import parse
    from tutor.numbers.train_fast import train_fast
    from tutor.results.solution import solve
    from tutor.rules.functions import FUNCTIONS

    made = load("qmul/linear-neuron")
    task = make_task(made, made.values)
    yield "a million updates of the linear neuron", 2.0, lambda: train_fast(task, 10**6, [0, 10**6])
    for name, text in {"towers of powers": "9**9**9**9", "deep brackets": "(" * 5_000, "a million letters": "x" * 1_000_000}.items():
        yield f"refusing {name}", 0.05, lambda text=text: parse(text, functions=FUNCTIONS)
    yield "a power of a power, refused where it is computed", 1.0, lambda: solve("((x^999)^999)^999", at={"x": 100})
    solution = solve("neuron/two-two-two")
    yield "the page of the 2-2-2 network", 0.1, solution.to_text
    yield "its LaTeX", 0.1, solution.to_latex


def commands() -> Iterator[Row]:
    """The promises about commands, each in a process of its own."""
    run = [sys.executable, "-m", "tutor"]
    for words, seconds in ((["--version"], 0.3), (["list"], 0.5), (["solve", "neuron/two-two-two"], 2.0), (["solve", "x +"], 2.0)):
        call = [*run, *words]
        yield f"tutor {' '.join(words)}", seconds, lambda call=call: subprocess.run(call, capture_output=True, check=False)


def hostile_answers(name: str) -> list[tuple[float, str, str]]:
    """How long each string of the hostile corpus takes as an answer to each kind of question of an exercise."""
    from hostile import bench
    from hostile.corpus import ENTRIES

    bench.prepare(name)
    found = []
    for entry, text in ENTRIES:
        own = bench.adapted(text, name)
        for question in bench.questions(name):
            taken = bench.seconds(name, question.id, own)
            if taken > bench.LIMIT:
                taken = min(taken, *(bench.seconds(name, question.id, own) for _ in range(3)))
            found.append((taken, entry, question.kind))
    return found


def main(strict: bool) -> int:
    """Print what takes how long; the exit code."""
    from hostile import bench

    late = 0
    for what, seconds, call in (*rows(), *commands()):
        taken = best(call)
        late += taken > seconds
        print(f"{what:52}{taken * 1e3:9.1f} ms of {seconds * 1e3:6.0f}{'   LATE' if taken > seconds else ''}", flush=True)
    for name in bench.EXERCISES:
        found = hostile_answers(name)
        slow = [row for row in found if row[0] > bench.LIMIT]
        late += len(slow)
        what = f"{len(found):,} hostile answers to {name}"
        print(f"{what:52}{max(found)[0] * 1e3:9.1f} ms of {bench.LIMIT * 1e3:6.0f}{'   LATE' if slow else ''}", flush=True)
        for seconds, entry, kind in sorted(slow, reverse=True)[:10]:
            print(f"    {seconds * 1e3:.0f} ms: {entry} as {kind}")
    print(f"{late} promises not kept" if late else "all promises kept")
    return 1 if strict and late else 0


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
    sys.exit(main("--strict" in sys.argv[1:]))
