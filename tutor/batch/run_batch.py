"""A batch: every submission through the workers, every result through the journal, in an order that nobody can tell afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.batch.journal_file import Journal
from tutor.batch.pool import Failure
from tutor.errors import OutputError
from tutor.marking.marked import Marked
from tutor.marking.record import loads
from tutor.marking.work import text_hash

Run = Callable[[Iterable[str]], Iterator[tuple[int, str | Failure]]]
"""What does jobs: texts in; number and result of each out, as each ends."""


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What there is to do.

    ``text`` gives the job of each of ``count`` submissions; ``failed`` the record of one whose worker ended twice.  ``run`` does jobs (a
    pool of processes, a cluster).  ``tell`` hears how many are done, of how many.
    """

    count: int
    text: Callable[[int], str]
    failed: Callable[[int, Failure], str]
    run: Run
    tell: Callable[[int, int], None] = lambda done, of: None


def mark_missing(work: BatchWork, journal: Journal) -> list[str]:
    """Do whatever the journal does not have yet; gives the jobs' keys in the order of the submissions."""
    keys = [text_hash(work.text(number)) for number in range(work.count)]
    waiting = [number for number, key in enumerate(keys) if key not in journal.done]
    done = work.count - len(waiting)
    work.tell(done, work.count)
    results = work.run(work.text(number) for number in waiting)
    for place, result in results:
        number = waiting[place]
        if isinstance(result, Failure):
            journal.add(keys[number], work.failed(number, result), result.kind)
        else:
            journal.add(keys[number], result)
        done += 1
        work.tell(done, work.count)
    journal.sync()
    return keys


def mark_in_memory(work: BatchWork) -> list[Marked]:
    """The same without a journal, for a few submissions."""
    found: dict[int, str] = {}
    for number, result in work.run(work.text(number) for number in range(work.count)):
        found[number] = work.failed(number, result) if isinstance(result, Failure) else result
    return [loads(found[number]) for number in range(work.count)]


def read_results(journal: Journal, keys: Sequence[str]) -> list[Marked]:
    """The marked work, in the order of the submissions.  Raises `OutputError` for an entry that somebody has changed."""
    found = []
    for number, text in enumerate(journal.records(keys), 1):
        try:
            found.append(loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise OutputError(
                f"the entry of submission {number} is damaged", where=str(journal.path),
                hint="remove its line, then run the same command with --resume",
            ) from None  # fmt: skip
    return found
