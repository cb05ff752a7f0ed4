"""The command ``tutor mark``: one student's work in the terminal, or a class of any size into a folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from tutor.cli.shell import Lang, choose_format, complete, write
from tutor.errors import OutputError, ValueProblem
from tutor.export.mark_formats import MARK_FORMATS
from tutor.render.page_formats import PAGE_FORMATS, TEXT_FORMATS
from tutor.text import make_lines_visible, make_visible

if TYPE_CHECKING:
    from tutor.answer.handed_in import Submission
    from tutor.batch.folder import Folder
    from tutor.batch.journal import JournalHeader
    from tutor.batch.outputs import Wanted
    from tutor.batch.pool import Pool
    from tutor.batch.recipe import Recipe
    from tutor.batch.run_batch import BatchWork, Run
    from tutor.export.output import Header as ExportHeader
    from tutor.marking.mark_submission import Marker
    from tutor.marking.marked import Marked

Local = Callable[["Recipe"], "Pool"]
"""Makes the processes that do a job."""
SHOWN = 10
"""So many students are listed by name where something has to be said about each."""
BLINK = 0.1
"""Seconds between two looks of the progress bar."""


PAGES = tuple(name for name in TEXT_FORMATS if name not in MARK_FORMATS)
"""What reports are written as with ``--to``."""
if TYPE_CHECKING:
    MarkName: TypeAlias = str
    ReportName: TypeAlias = str
else:
    MarkName = StrEnum("MarkName", {name: name for name in (*MARK_FORMATS, *PAGES)})  # what marks and reports are written as
    ReportName = StrEnum("ReportName", {name: name for name in TEXT_FORMATS})  # what students' reports are written as


class Revealed(StrEnum):
    """How much of the solution a student's report may show."""

    none = "none"
    hint = "hint"
    solution = "solution"


TargetOrNone = Annotated[
    str | None,
    typer.Argument(
        metavar="TARGET", autocompletion=complete, show_default=False,
        help='An exercise ("tutor list" shows them), a TOML file, an expression, or steps.',
    ),
]  # fmt: skip
HandedIn = Annotated[
    list[Path] | None,
    typer.Argument(metavar="SUBMISSIONS...", show_default=False, help="Files that were handed in, or folders of them."),
]
Into = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Write marks and reports into this folder; one report to a file.html, .pdf, …"),
]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", help="Number of processes; by default that of the cores.")]
To = Annotated[
    list[MarkName] | None,
    typer.Option("--to", metavar="FORMAT", help=f"Write this format besides (repeatable): {', '.join(MARK_FORMATS)}; "
                 f"or reports as {', '.join(PAGES)}."),
]
Fill = Annotated[
    Path | None,
    typer.Option("--fill", metavar="EXPORTED.csv", help="With --to moodle or canvas: the file exported there, to be filled in."),
]
Column = Annotated[
    str | None, typer.Option("--column", metavar="TITLE", help="With --fill: the column of this assignment; else that of its title.")
]
By = Annotated[
    str | None, typer.Option("--by", metavar="FIELD", help="What the platform knows students by: email, username, id …")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a run that was stopped; what could not be marked is tried again.")
]
Diff = Annotated[
    Path | None, typer.Option("--diff", metavar="OLD", help="Say whose mark changed since an earlier folder or results.json.")
]
Reveal = Annotated[Revealed, typer.Option("--reveal", help="How much of the solution the reports may show.")]
Roster = Annotated[
    Path | None,
    typer.Option("--roster", metavar="FILE", help="The students: CSV with a header, or one a line. Nobody else is marked."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the points where answers are compared.")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="Mark on the Dask cluster that has this scheduler.")
]
TimeLimit = Annotated[float, typer.Option("--time-limit", metavar="SECONDS", help="Time of one submission.")]
MemoryLimit = Annotated[int, typer.Option("--memory-limit", metavar="MB", help="Memory of one submission.")]
SelfTest = Annotated[
    bool, typer.Option("--self-test", help="Run the mark scheme's own cases; those of all exercises without TARGET.")
]


ReportAs = Annotated[
    ReportName | None,
    typer.Option("--report", metavar="FORMAT", help=f"Write the students' reports as {', '.join(TEXT_FORMATS)}."),
]


def mark(
    target: TargetOrNone = None,
    submissions: HandedIn = None,
    output: Into = None,
    jobs: Jobs = None,
    to: To = None,
    fill: Fill = None,
    column: Column = None,
    by: By = None,
    resume: Resume = False,
    diff: Diff = None,
    reveal: Reveal = Revealed.hint,
    report: ReportAs = None,
    lang: Lang = None,
    roster: Roster = None,
    seed: Seed = 0,
    cluster: Cluster = None,
    time_limit: TimeLimit = 10.0,
    memory_limit: MemoryLimit = 1000,
    self_test: SelfTest = False,
) -> None:
    """Mark submissions: follow-through, diagnosis, feedback.

    Exit code 0 when all were marked, 1 when some could not be marked (or a case of a mark scheme fails), 2 for wrong input.
    Answers that a person has to look at are listed and do not change it.
    """
    if self_test:
        raise typer.Exit(_self_test(target, seed))
    if target is None or not submissions:
        raise OutputError(
            "there is nothing to mark" if target else "there is no exercise to mark",
            hint="tutor mark TARGET SUBMISSIONS… -o DIR, such as tutor mark neuron/two-two-two handed-in/ -o marks",
        )
    formats, report = _sort_formats(to or [], report)
    _check(jobs, seed, time_limit, memory_limit, formats, fill, column)
    from tutor.solving.program_exercise import find_exercise_text

    ident, text = find_exercise_text(target)
    from tutor.batch.inputs import read_all, read_earlier_marks, read_whole, refuse_overlap
    from tutor.batch.outputs import Wanted, check_fill
    from tutor.explain.words.languages import require_wording
    from tutor.marking.selftest import find_stray_cases
    from tutor.marking.work import marker

    single = output is not None and _is_page(output, submissions)
    if output is not None and not single:
        refuse_overlap(output, submissions)
    prepared = marker(text, ident, seed)
    require_wording(lang, prepared.exercise.language)  # refused before anything is marked
    batch = read_all(submissions, prepared.names, roster, everyone=output is not None and not single)
    _print_list([*prepared.exercise.remarks, *find_stray_cases(prepared), *batch.problems])
    table = _Table(ident, text, seed, prepared)
    here = _make_local_pool(jobs, time_limit, memory_limit)
    run = _runner(table, here, time_limit, cluster)
    wanted = Wanted(
        tuple(dict.fromkeys(map(str, formats))), reveal.value, (fill.name, read_whole(fill)) if fill else None,
        read_earlier_marks(diff) if diff else None, column or "", by or "", str(report or "markdown"), lang,
    )  # fmt: skip
    check_fill(table.marker, table.head(wanted), wanted)
    if output is None or single:
        _mark_one(batch.submissions, table, run, wanted, choose_format(report and str(report), output), output)
        return
    marked = mark_into_folder(output, batch.submissions, table, run, wanted, resume=resume, here=here)
    _class_page(marked, table.marker, lang)
    _summary(marked, wanted.old, output)
    if any(one.status != "marked" for one in marked):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Table:
    """The exercise of a batch, as workers get it."""

    ident: str
    text: str
    seed: int
    marker: Marker

    @property
    def key(self) -> str:
        from tutor.marking.work import exercise_key

        return exercise_key(self.ident, self.text)

    @property
    def exercises(self) -> dict[str, tuple[str, str]]:
        return {self.key: (self.ident, self.text)}

    def header(self) -> JournalHeader:
        """What the journal and the results say of it."""
        from tutor.batch.journal import JournalHeader
        from tutor.marking.work import text_hash, version

        questions = tuple((question.id, str(question.marks)) for question in self.marker.questions)
        return JournalHeader(self.ident, text_hash(self.text), version(), self.seed, questions)

    def head(self, wanted: Wanted) -> ExportHeader:
        """What the outputs say of it."""
        from tutor.batch.outputs import answer_words, feedback_maker
        from tutor.export.output import Header

        own = self.header()
        said = answer_words(feedback_maker(self.marker, wanted.reveal, wanted.language)) if "gradescope" in wanted.formats else None
        return Header(
            own.exercise, self.marker.exercise.title, own.version, own.exercise_hash, own.seed, wanted.by, wanted.column, feedback=said
        )

    def work(self, submissions: Sequence[Submission], run: Run, tell: Callable[[int, int], None]) -> BatchWork:
        """The jobs of a batch."""
        from fractions import Fraction

        from tutor.batch.pool import Failure
        from tutor.batch.run_batch import BatchWork
        from tutor.marking.record import dump_record
        from tutor.marking.work import job_text, make_unmarked, text_hash

        total = sum((question.marks for question in self.marker.questions), Fraction(0))
        key, hashed = self.key, text_hash(self.text)

        def report_failure(number: int, failure: Failure) -> str:
            return dump_record(make_unmarked(submissions[number], self.ident, hashed, self.seed, failure.reason, out_of=total))

        return BatchWork(len(submissions), lambda number: job_text(key, self.seed, submissions[number]), report_failure, run, tell)


def _make_local_pool(jobs: int | None, seconds: float, megabytes: int) -> Local:
    """Processes here, for a job."""
    from tutor.batch.pool import Pool

    return lambda recipe: Pool(recipe, workers=jobs or os.cpu_count() or 1, seconds=seconds, megabytes=megabytes)


def _runner(table: _Table, here: Local, seconds: float, cluster: str | None) -> Run:
    """What does the marking: processes here, or a cluster."""
    from functools import partial

    from tutor.batch.recipe import marking_recipe

    if cluster is None:
        return here(marking_recipe(table.exercises, table.seed)).run
    from tutor.batch.cluster import run

    return partial(run, cluster, table.exercises, seconds=seconds)


def mark_into_folder(
    output: Path, submissions: Sequence[Submission], table: _Table, run: Run, wanted: Wanted, *, resume: bool, here: Local
) -> list[Marked]:
    """Mark a batch into a folder: through the journal, then the outputs, then the journal in order."""
    from tutor.batch.folder import Folder
    from tutor.batch.journal_file import NAME, Journal
    from tutor.batch.outputs import list_outputs
    from tutor.batch.run_batch import mark_missing, read_results

    folder = Folder(output)
    journal = Journal(output, table.header(), resume=resume)
    remarks: dict[str, None] = {}
    try:
        folder.clear_away()
        if journal.damaged:
            _say(f"{journal.path}: {journal.damaged} damaged lines; those submissions are marked again")
        with bar(len(submissions), "marking") as tell:
            keys = mark_missing(table.work(submissions, run, tell), journal)
        marked = read_results(journal, keys)
        made = list_outputs(marked, journal.records(keys), table.marker, table.head(wanted), wanted, lambda text: remarks.setdefault(text))
        for name, data in made:
            folder.put(name, data)
        _reports(folder, marked, journal.records(keys), table, wanted, here)
        folder.put(NAME, journal.lines_in_order(keys), before_replacing=journal.close)
    except KeyboardInterrupt:
        _say(f"stopped; what is marked is kept in {output}: go on with --resume")
        raise
    finally:
        journal.close()
    _print_list(list(remarks))
    return marked


def _reports(folder: Folder, marked: Sequence[Marked], records: Iterator[str], table: _Table, wanted: Wanted, here: Local) -> None:
    """A report for each student, written by as many processes as mark."""
    from tutor.batch.outputs import report_name
    from tutor.batch.pool import Failure
    from tutor.batch.recipe import report_recipe

    with bar(len(marked), "reports") as tell:
        recipe = report_recipe(table.ident, table.text, table.seed, wanted.reveal, wanted.report, wanted.language)
        for done, (number, text) in enumerate(here(recipe).run(records), 1):
            failed = isinstance(text, Failure)
            page = "The report could not be written.\n" if failed else json.loads(str(text))
            folder.put(report_name(marked[number].student, wanted.report), page)
            tell(done, len(marked))


def _mark_one(submissions: Sequence[Submission], table: _Table, run: Run, wanted: Wanted, to: str, output: Path | None) -> None:
    """The report of one student, in the terminal, to standard output or to a file."""
    from tutor.batch.outputs import feedback_maker
    from tutor.batch.run_batch import mark_in_memory
    from tutor.cli.shell import deliver

    if len(submissions) != 1:
        raise OutputError(f"{len(submissions)} submissions need a folder for their marks", hint="give one with -o DIR")
    if wanted.formats or wanted.old is not None:
        raise OutputError("--to and --diff need a folder for their files", hint="give one with -o DIR")
    (marked,) = mark_in_memory(table.work(submissions, run, lambda done, of: None))
    deliver(feedback_maker(table.marker, wanted.reveal, wanted.language)(marked), to, output)
    if marked.status != "marked":
        raise typer.Exit(1)


def _sort_formats(to: Sequence[MarkName], report: ReportName | None) -> tuple[list[MarkName], ReportName | None]:
    """What marks are written as besides, and what reports are; ``--to html`` is ``--report html``."""
    pages = [*dict.fromkeys([*([str(report)] if report else []), *(str(one) for one in to if one in PAGES)])]
    if len(pages) > 1:
        raise OutputError(f"reports are written in one format, not in {' and '.join(pages)}", hint=f"--to {pages[0]}")
    return [one for one in to if one not in PAGES], ReportName(pages[0]) if pages else None


def _is_page(output: Path, submissions: Sequence[Path]) -> bool:
    """Whether a name is that of a report's file: not of a folder, nor of anything that was handed in."""
    if output.is_dir() or any(path.is_file() and output.exists() and path.samefile(output) for path in submissions):
        return False
    return output.suffix not in (".json", ".txt") and any(output.suffix == row.suffix for row in PAGE_FORMATS.values())


def _check(
    jobs: int | None, seed: int, seconds: float, megabytes: int, to: Sequence[MarkName], fill: Path | None, column: str | None
) -> None:  # fmt: skip
    """Refuse numbers that make no sense, and a file to fill in that no format asks for."""
    if jobs is not None and not 1 <= jobs <= 512:
        raise ValueProblem(f"processes are counted from 1 to 512, not {jobs}", where="--jobs")
    if seed < 0:
        raise ValueProblem(f"a seed is a whole number from 0, not {seed}", where="--seed")
    if not 0.01 <= seconds <= 86_400:
        raise ValueProblem(f"a time limit is 0.01 to 86,400 seconds, not {seconds:g}", where="--time-limit")
    if not 16 <= megabytes <= 1_000_000:
        raise ValueProblem(f"a memory limit is 16 to 1,000,000 MB, not {megabytes}", where="--memory-limit")
    able = [name for name, row in MARK_FORMATS.items() if row.fill]
    if fill is not None and sum(one in able for one in to) != 1:
        goes = ", ".join(f"--to {name}" for name in able)
        raise OutputError(f"--fill goes with one of {goes}", hint="it is the file which that platform exported")
    if column is not None and fill is None:
        raise OutputError("--column goes with --fill", hint="give the file that Canvas exported: --to canvas --fill EXPORTED.csv")


def _self_test(target: str | None, seed: int) -> int:
    """Mark the cases of one mark scheme, or of all, and say which do not hold; the exit code."""
    from tutor.exercise.catalogue import ids
    from tutor.exercise.load import from_text
    from tutor.marking.selftest import self_test
    from tutor.solving.program_exercise import find_exercise_text

    wrong = total = 0
    for name in [target] if target else ids():
        ident, text = find_exercise_text(name)
        tested = self_test(from_text(text, ident), seed)
        failed = [result for result in tested if not result.ok]
        total += len(tested)
        wrong += len(failed)
        write(f"{make_visible(ident, 200)}: {f'{len(tested)} cases, {len(failed)} do not hold' if tested else 'no cases'}\n")
        for result in failed:
            answer = f"{make_visible(result.case.question)}: {make_visible(result.case.answer)}"
            write(f"  case {result.number} ({answer}): {make_visible('; '.join(result.differs), 300)}\n")
    write(f"{total} cases, {wrong} do not hold\n" if not target else "")
    return 1 if wrong else 0


def _class_page(marked: Sequence[Marked], marker: Marker, lang: str | None) -> None:
    """The class as the grader sees it, with its bar charts."""
    from tutor.batch.outputs import class_page
    from tutor.cli.shell import deliver

    deliver(class_page(marked, marker, lang), "terminal", None)
    write("\n")


def _summary(marked: Sequence[Marked], old: Sequence[Marked] | None, output: Path) -> None:
    """What the grader sees at the end."""
    from tutor.export.output import say_waiting

    failed = [one for one in marked if one.status != "marked"]
    person = [one for one in marked if one.status == "marked" and (one.person or one.unused)]
    lines = [f"{len(marked) - len(failed):,} of {len(marked):,} marked; the files are in {output}"]
    told: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("could not be marked", {one.student: one.reason for one in failed}),
        ("for a person", {one.student: say_waiting(one) for one in person}),
    )
    for what, rows in told:
        if rows:
            lines.append(f"{len(rows):,} {what}:")
            lines += [f"  {make_visible(student)}: {make_visible(why, 100)}" for student, why in list(rows.items())[:SHOWN]]
            lines += [f"  … and {len(rows) - SHOWN:,} more"] if len(rows) > SHOWN else []
    lines += _list_changes(old, marked) if old is not None else ()
    without = len(failed) + sum(one.waits for one in marked)
    if without:
        have = "has" if without == 1 else "have"
        lines.append(f"{without:,} of {len(marked):,} {have} no grade yet in any file: a person looks first (for-a-person.csv)")
    write("\n".join(lines) + "\n")


def _list_changes(old: Sequence[Marked], new: Sequence[Marked]) -> Iterator[str]:
    """Whose mark changed, as a table."""
    from tutor.marking.changes import changes, differences

    found = changes(old, new)
    students = len({change.student for change in found})
    yield f"{students:,} students with changes, {len(found):,} changes (changes.csv has them all)"
    yield from (f"  {make_visible(line, 200)}" for line in differences(old, new))
    for change in found[: 2 * SHOWN]:
        marks = f"{change.old or 'nothing'} → {change.new or 'nothing'}"
        verdicts = f"{change.old_verdict or 'nothing'} → {change.new_verdict or 'nothing'}"
        yield f"  {make_visible(change.student)} {make_visible(change.question)}: {marks} ({verdicts}; {make_visible(change.why, 160)})"
    if len(found) > 2 * SHOWN:
        yield f"  … and {len(found) - 2 * SHOWN:,} more"


def _print_list(texts: Sequence[str]) -> None:
    for text in texts[: 2 * SHOWN]:
        _say(text)
    if len(texts) > 2 * SHOWN:
        _say(f"… and {len(texts) - 2 * SHOWN:,} more remarks; for-a-person.csv and class.md have what concerns marks")


def _say(text: str) -> None:

    sys.stderr.write(f"tutor: {make_lines_visible(text)}\n")


@contextmanager
def bar(count: int, what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with rate and time left on the terminal's error stream; nothing where nobody watches.

    It is drawn from the loop that waits for the workers, not by a thread: processes are forked meanwhile.
    """
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    import time

    from rich import progress as columns
    from rich.console import Console
    from rich.text import Text

    class Rate(columns.ProgressColumn):
        def render(self, task: columns.Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    shown = (columns.TextColumn(what), columns.BarColumn(), columns.MofNCompleteColumn(), Rate(), columns.TimeRemainingColumn())
    with columns.Progress(*shown, console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task(what, total=count)
        looked = -1.0

        def tell(done: int, of: int) -> None:
            nonlocal looked
            now = time.monotonic()
            if looked < 0:
                progress.reset(task, completed=done, total=of)  # the rate is that of this run
            if now - looked >= BLINK or done == of:
                looked = now
                progress.update(task, completed=done, total=of)
                progress.refresh()

        yield tell
