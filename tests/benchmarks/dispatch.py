"""What it costs to hand out jobs: run it as ``python tests/benchmarks/dispatch.py [JOBS]``; pebble and loky take part where installed.

Jobs of 2,000 characters that do nothing, two workers.  Said for each way: seconds to the first result, microseconds a job from then on (by
the clock on the wall and as processor time of parent and workers together), and what a job costs that ends its worker.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WORKERS = 2
TEXT = "x" * 2_000
DEATHS = 10


def answer(text: str) -> str:
    """The job: nothing, or the end of its process."""
    if text == "exit":
        os._exit(3)
    return text


def make_answer() -> Callable[[str], str]:
    """What a recipe of this pool names."""
    return answer


def run_tutor(way: str) -> Callable[[list[str]], Iterator[object]]:
    """This project's pool, one of its two ways."""
    from tutor.batch.pool import Pool
    from tutor.batch.recipe import Recipe

    return lambda texts: Pool(Recipe("dispatch:make_answer"), workers=WORKERS, way=way).run(texts)


def run_pebble(way: str) -> Callable[[list[str]], Iterator[object]]:
    """Pebble's pool with its time limit for each job, a future each; a job that ends its worker has failed at once."""
    from multiprocessing import get_context

    from pebble import ProcessPool

    def run(texts: list[str]) -> Iterator[object]:
        with ProcessPool(max_workers=WORKERS, context=get_context(way)) as pool:
            futures = [pool.schedule(answer, args=[text], timeout=10) for text in texts]
            for future in futures:
                yield future.exception() or future.result()

    return run


def run_loky() -> Callable[[list[str]], Iterator[object]]:
    """Loky's executor: it has no time limit, and a worker that dies breaks it with all that wait."""
    from loky import get_reusable_executor

    def run(texts: list[str]) -> Iterator[object]:
        executor = get_reusable_executor(max_workers=WORKERS)
        futures = [executor.submit(answer, text) for text in texts]
        for future in futures:
            yield future.result()
        executor.shutdown()

    return run


def measure(run: Callable[[list[str]], Iterator[object]], jobs: int) -> tuple[float, float, float]:
    """Seconds to the first result; microseconds a job after it, on the wall and of the processor."""
    begun, processor = time.perf_counter(), used()
    results = run([TEXT] * jobs)
    next(results)
    first = time.perf_counter()
    count = sum(1 for _ in results)
    ended = time.perf_counter()
    return first - begun, (ended - first) / count * 1e6, (used() - processor) / jobs * 1e6


def used() -> float:
    """Processor time of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(jobs: int) -> None:
    """Print a row for each pool."""
    sys.path.insert(0, str(Path(__file__).parent))
    import dispatch  # under its own name, so that workers find it

    globals()["answer"] = dispatch.answer
    ways: dict[str, Callable[[], Callable[[list[str]], Iterator[object]]]] = {
        "tutor, fork": lambda: run_tutor("fork"), "tutor, spawn": lambda: run_tutor("spawn"), "pebble, fork": lambda: run_pebble("fork"),
        "pebble, spawn": lambda: run_pebble("spawn"), "loky": run_loky,
    }  # fmt: skip
    print(f"{'':16}{'first':>8}{'wall':>12}{'processor':>14}{'a death':>10}")
    for name, way in ways.items():
        try:
            run = way()
        except ImportError:
            print(f"{name:16}not installed")
            continue
        first, wall, processor = measure(run, jobs)
        death = ""
        if name != "loky":
            begun = time.perf_counter()
            list(run(["exit"] * DEATHS))
            death = f"{(time.perf_counter() - begun) / DEATHS * 1e3:.0f} ms"
        print(f"{name:16}{first:6.2f} s{wall:9.0f} µs{processor:11.0f} µs{death:>10}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5_000)
