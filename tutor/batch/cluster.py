"""The same jobs on a cluster of machines: Dask's scheduler hands them out, its workers run the same pure function.

What goes over the network is text: the exercises and the jobs, as JSON.  tutor has to be installed on every worker, in the same version.
A worker that dies costs nothing but time: Dask gives its jobs to another.  Jobs that were with workers that died again and again, or that
did not come back, are suspects: at the end each is tried once more, alone, and then has failed.  Dask cannot interrupt a job, so that the
worker of one that takes too long is started anew (by its nanny, which Dask's workers have by default).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any

from tutor.batch.pool import MEGABYTES, SECONDS, Failure
from tutor.errors import OutputError
from tutor.marking.work import Table, run_jobs, version
from tutor.text import make_visible

SIZE = 20
"""So many jobs go to a worker at once."""
AHEAD = 3
"""So many batches are with the cluster for each of its threads: enough to keep it busy, few enough to hold little."""
PATIENCE = 10.0
"""So many seconds are allowed besides a job's own: for the network, and for a worker to prepare an exercise."""
RESTART = 5.0
"""A worker that is started anew has so many seconds to end by itself."""
WORKERS = 60.0
"""So long a cluster may be without any worker."""
TRIES = 3
Jobs = Callable[[Sequence[str]], list[str]]
Result = tuple[int, str | Failure]
Numbered = list[tuple[int, str]]


def run(address: str, table: Table, texts: Iterable[str], *, seconds: float = SECONDS) -> Iterator[Result]:
    """Do the jobs on the cluster at this address and give (number, result) as each batch ends.

    Raises `OutputError` when the package is missing, when nobody answers, and when the cluster is lost in mid-run.
    """
    with _client(address) as client:
        check_versions(client.run(version))
        yield from dispatch(client, partial(run_jobs, dict(table)), texts, seconds=seconds)


def check_versions(found: dict[str, str]) -> None:
    """Refuse a cluster without workers, and workers that would mark with another version than the one here."""
    if not found:
        raise OutputError("the cluster has no workers", where="--cluster", hint="start some: dask worker ADDRESS")
    for worker, other in found.items():
        if other != version():
            raise OutputError(
                f"the worker {make_visible(worker)} has tutor {make_visible(str(other))}, here it is {version()}", where="--cluster",
                hint="install the same version everywhere",
            )  # fmt: skip


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A connection to the scheduler; what goes wrong with it in mid-run is said as an error of ours."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise OutputError(
            "a cluster needs the package dask.distributed", where="--cluster", hint='pip install "backprop-tutor[cluster]"'
        ) from None
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"no scheduler answers at {make_visible(address)} ({type(error).__name__})", where="--cluster",
            hint="give what dask scheduler prints, such as tcp://10.0.0.1:8786",
        ) from None  # fmt: skip
    with client:
        try:
            yield client
        except (OSError, RuntimeError, ImportError) as error:
            raise OutputError(
                f"the cluster was lost ({type(error).__name__}: {make_visible(str(error), 200)})", where="--cluster",
                hint="nothing is lost: run the same command with --resume",
            ) from None  # fmt: skip


def dispatch(client: Any, jobs: Jobs, texts: Iterable[str], *, seconds: float) -> Iterator[Result]:
    """Send batches, a few ahead, and give the results as they come; then the suspects, one after the other."""
    source = enumerate(texts)
    there: dict[Any, Numbered] = {}
    waiting: list[Numbered] = []
    suspects: Numbered = []
    most = AHEAD * max(1, sum(client.nthreads().values()))
    while True:
        while len(there) < most and (batch := waiting.pop() if waiting else list(islice(source, SIZE))):
            there[_submit(client, jobs, batch)] = batch
        if not there:
            break
        ended = _wait_for_any(client, list(there), 2 * seconds + PATIENCE)
        if not ended:
            stuck = _stop(client, list(there))
            for future, batch in there.items():
                suspects += batch if future in stuck else []
                waiting += [] if future in stuck else [batch]
            there = {}
        for future in ended:
            batch = there.pop(future)
            if future.status == "finished":
                yield from zip((number for number, _ in batch), future.result(), strict=True)
            else:
                suspects += batch
    for number, text in sorted(suspects):
        yield number, _run_alone(client, jobs, (number, text), seconds)


def _run_alone(client: Any, jobs: Jobs, job: tuple[int, str], seconds: float) -> str | Failure:
    """One suspect with nothing else on the cluster."""
    future = _submit(client, jobs, [job])
    for _ in range(TRIES):
        if _wait_for_any(client, [future], seconds + PATIENCE):
            break
        if future in _stop(client, [future]):
            return Failure("time", f"it took longer than {seconds:g} s")
        future = _submit(client, jobs, [job])  # no worker was at it: they are being started anew
    if future.status == "finished":
        return str(future.result()[0])
    if future.status == "error" and isinstance(future.exception(), MemoryError):
        return Failure("memory", f"it needed more than {MEGABYTES:,} MB of memory")
    return Failure("crash", "the process that marked it died")


def _submit(client: Any, jobs: Jobs, batch: Numbered) -> Any:
    return client.submit(jobs, [text for _, text in batch], retries=1, pure=False)


def _wait_for_any(client: Any, futures: list[Any], seconds: float) -> list[Any]:
    """Those that have ended, as soon as one has; none when that takes longer than so many seconds."""
    with suppress(TimeoutError), client.as_current():
        import_module("distributed").wait(futures, timeout=seconds, return_when="FIRST_COMPLETED")
    if client.status not in ("running", "connecting"):
        raise RuntimeError("the scheduler is gone")
    return [future for future in futures if future.done()]


def _stop(client: Any, futures: list[Any]) -> set[Any]:
    """Give these up: those that a worker is at are returned, and that worker is started anew."""
    at = {worker: set(keys) for worker, keys in client.processing().items()}
    keys = {future.key for future in futures}
    busy = [worker for worker, found in at.items() if found & keys]
    stuck = {future for future in futures if any(future.key in found for found in at.values())}
    client.cancel(futures, force=True)
    with suppress(ValueError):  # a worker without a nanny: nobody starts it anew
        client.restart_workers(busy, timeout=RESTART, raise_for_error=False)
    try:
        client.wait_for_workers(1, timeout=WORKERS)
    except TimeoutError:
        raise RuntimeError("it has no workers any more") from None
    return stuck
