"""Files of students, read: every file gives at least one submission, whatever is in it, and no file makes this raise.

What a file says is never guessed at: an answer that is there twice, a student with two files, a row without a name are refused by
name and keep a row, so that a person sees them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tutor.answer.files.answer_labels import sort_of
from tutor.answer.files.csv_tables import read_csv
from tutor.answer.files.decode import FileProblem, advise, decode, drop_surrogates
from tutor.answer.files.file_answers import Found, Read
from tutor.answer.files.notebook import read_notebook
from tutor.answer.files.office import read_docx, read_xlsx
from tutor.answer.files.programs import read_python
from tutor.answer.files.structured import loosen_line, read_json, read_toml
from tutor.answer.files.text_lines import read_html, read_lines
from tutor.answer.handed_in import Submission, Unused, is_blank
from tutor.answer.read.asked_names import AskedNames
from tutor.answer.read.ids import Ids, student_key
from tutor.errors import hint_near
from tutor.text import make_visible

MAX_FILE = 5_000_000
MAX_TEXT = 1_000_000
"""How many characters of answers one student may hand in, and how long a text file may be."""
MAX_PROBLEMS = 20
MAX_UNUSED = 100
MAX_SHOWN = 300
"""So many parts that were not used are listed, and so much of each is kept."""

FORMATS: Mapping[str, Callable[[str, str, Ids], Read]] = {
    ".json": read_json,
    ".toml": read_toml,
    ".csv": read_csv,
    ".tsv": partial(read_csv, tabs=True),
    ".md": read_lines,
    ".markdown": read_lines,
    ".txt": read_lines,
    ".text": read_lines,
    ".tex": read_lines,
    ".htm": read_html,
    ".html": read_html,
    ".ipynb": read_notebook,
    ".py": read_python,
}
"""The readers of text, by the end of the file's name."""
OFFICE: Mapping[str, Callable[[bytes, str, Ids], Read]] = {".xlsx": read_xlsx, ".docx": read_docx}
"""The readers of packed documents."""
_LINES = (".md", ".markdown", ".txt", ".text", ".tex", ".htm", ".html")
_ROWS = (".csv", ".tsv")
_LENIENT = {".json": read_json, ".toml": read_toml}
ACCEPTED = (
    "JSON, TOML, CSV, TSV, Markdown, text, HTML, Jupyter notebooks, Excel and Word files "
    "(.json .toml .csv .tsv .md .txt .html .ipynb .xlsx .docx) are read"
)
LEAST = 4
"""A hand-in of which less than a quarter could be used (answers and their lines, of all that looks like answers) is for a person."""


@dataclass(frozen=True, slots=True)
class HandedInFiles:
    """Submissions in the order found, and what is to be said about the files themselves."""

    submissions: tuple[Submission, ...] = ()
    problems: tuple[str, ...] = ()


def read_submissions(
    name: str,
    data: bytes,
    questions: Sequence[str] | AskedNames,
    *,
    students: Collection[str] | None = None,
    also: Mapping[str, str] | None = None,
    own: bool = False,
    student: str = "",
    limit: int = MAX_FILE,
) -> HandedInFiles:
    """The submissions of one file.

    ``name`` is the file's name, whose end tells the format and whose stem names the student where the file does not; ``questions``
    are the ids that exist, with ``also`` other ways to write them, or all that an exercise's questions may be called; ``students`` are the
    names on the list where there is one: nobody else is marked.  With ``own`` the file is one student's, so that a student cannot hand in
    for a whole class, and where ``student`` is given it is that student's, whatever it says.  Never raises; what cannot be read is a
    submission with ``failed``.

    >>> batch = read_submissions("anna.txt", b"q1: 0.5\\nq2: x(1-x)\\nq9: 3", ["q1", "q2"])
    >>> batch.submissions[0].student, dict(batch.submissions[0].answers)
    ('anna', {'q1': '0.5', 'q2': 'x(1-x)'})
    >>> batch.submissions[0].problems
    ("line 3: there is no question 'q9'; the questions are q1, q2",)
    """
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2] or name or "(no name)"
    stem, dot, end = base.rpartition(".")
    stem, suffix = (stem, f".{end.lower()}") if dot and stem else (base, "")
    shown = make_visible(drop_surrogates(base), 200)
    ids, listed = Ids.make(questions, also), None if students is None else {student_key(student)[0]: None for student in students}
    try:
        read = _read(suffix, stem, data, ids, limit, own=own)
        if own and len(read.found) > 1:
            raise FileProblem(f"the file holds {len(read.found):,} submissions, and one student's was expected")
    except FileProblem as problem:
        found = Found(stem, failed="; ".join(part for part in (problem.what, problem.hint) if part))
        read = Read((found,))
    file_hash = hashlib.sha256(data).hexdigest()
    found_there = read.found or (Found(stem),)
    if student:
        found_there = tuple(_name_owner(found, student, stem) for found in found_there)
    submissions = tuple(_settle_submission(found, shown, ids, listed, file_hash) for found in found_there)
    alone = len(submissions) == 1 and not submissions[0].source.startswith(f"{shown} ") and not submissions[0].failed
    if alone:  # what is said about a student's own file is said to the student
        both = (*read.problems, *submissions[0].problems)
        return HandedInFiles((replace(submissions[0], problems=both, digest=digest_submission(replace(submissions[0], problems=both))),))
    return HandedInFiles(submissions, tuple(f"{shown}: {problem}" for problem in read.problems))


def _read(suffix: str, stem: str, data: bytes, ids: Ids, limit: int, *, own: bool) -> Read:
    reader, packed = FORMATS.get(suffix), OFFICE.get(suffix)
    if len(data) > limit:
        raise FileProblem(f"the file has {len(data):,} bytes; at most {limit:,} are read")
    if not data and (reader or packed):
        return Read((Found(stem, problems=("the file is empty",), failed=EMPTY),))
    if packed is not None:
        return packed(data, stem, ids)
    if reader is None:
        what = f"files that end in {make_visible(suffix, 20)} are not read" if suffix else "a file without an ending is not read"
        raise advise(suffix, data) or FileProblem(what, hint=ACCEPTED)
    text, note = decode(data)
    notes = (note,) if note else ()
    if not text.strip():
        return Read((Found(stem, problems=("the file is empty",), failed=EMPTY),), notes)
    if "\0" in text and suffix not in _ROWS:
        raise FileProblem(f"the file has a NUL byte (character {text.index(chr(0)) + 1})", hint="hand in plain text")
    if suffix in _LINES and len(text) > MAX_TEXT:
        raise FileProblem(f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are read")
    read = _read_leniently(suffix, text, stem, ids, own=own) if suffix in _LENIENT else reader(text, stem, ids)
    return Read(read.found, (*notes, *read.problems))


EMPTY = "the file is empty"


def _read_leniently(suffix: str, text: str, stem: str, ids: Ids, *, own: bool) -> Read:
    """JSON or TOML; where it is broken, whatever its lines ``"id": value`` say, with a note."""
    try:
        return _LENIENT[suffix](text, stem, ids, own=own)
    except FileProblem as problem:
        lines = "\n".join(loosen_line(line) for line in text.split("\n")) if len(text) <= MAX_TEXT else ""
        found = read_lines(lines, stem, ids).found if lines and "\0" not in lines else ()
        if len(found) != 1 or not any(not is_blank(answer) for _, answer in found[0].entries):
            raise
        note = f"{problem.what}; it was read line by line"
        return Read((replace(found[0], problems=(note, *found[0].problems)),))


def _name_owner(found: Found, student: str, stem: str) -> Found:
    """A file out of a student's folder is that student's; another name in it is said."""
    if found.student in (stem, student):
        return replace(found, student=student)
    said = f"the file says that it is of {make_visible(drop_surrogates(found.student), 80)}; what the platform says counts: {student}"
    return replace(found, student=student, problems=(said, *found.problems))


def _settle_submission(found: Found, source: str, ids: Ids, listed: Mapping[str, None] | None, file_hash: str) -> Submission:
    """The submission of one student: ids looked up, what is there twice refused, the name checked."""
    student, fault = student_key(drop_surrogates(found.student))
    where = f"{source} {found.where}" if found.where else source
    fields, problems = _fields(found.fields)
    problems += found.problems
    answers: dict[str, str] = {}
    refused: dict[str, str] = {}
    seen: set[str] = set()
    named: set[str] = set()
    unused = list(found.unused)
    for written, text in found.entries:
        text = drop_surrogates(text)
        question = ids.find(written)
        if not question:
            if not is_blank(text):
                problems.append(ids.describe_unknown(drop_surrogates(written)))
                unused.append(Unused(written[:100], text[:MAX_SHOWN], ids.describe_unknown(drop_surrogates(written))))
            continue
        named.add(question)
        if is_blank(text):
            if text.strip():
                answers.setdefault(question, text)
        elif question in seen:
            unused.append(Unused(question, text[:MAX_SHOWN], "the question is answered more than once"))
            if question in answers:
                unused.append(Unused(question, answers.pop(question)[:MAX_SHOWN], "the question is answered more than once"))
            refused[question] = f"{question} is answered more than once; nothing was guessed: keep one answer"
        else:
            seen.add(question)
            answers[question] = text
    for written, why in found.refused:
        question = ids.find(written)
        if question:
            answers.pop(question, None)
            refused.setdefault(question, f"the answer to {question} cannot be taken: {why}")
        else:
            problems.append(ids.describe_unknown(drop_surrogates(written)))
            unused.append(Unused(written[:100], "", f"{ids.describe_unknown(drop_surrogates(written))}; its answer {why}"))
    problems += refused.values()
    problems = list(dict.fromkeys(drop_surrogates(problem) for problem in problems))
    if len(problems) > MAX_PROBLEMS:
        problems = [*problems[:MAX_PROBLEMS], f"and {len(problems) - MAX_PROBLEMS:,} more"]
    left = tuple(Unused(drop_surrogates(one.place), drop_surrogates(one.text), drop_surrogates(one.reason)) for one in unused[:MAX_UNUSED])
    if len(unused) > MAX_UNUSED:
        left = (*left, Unused("", "", f"and {len(unused) - MAX_UNUSED:,} more parts"))
    failed = drop_surrogates(found.failed) or fault or _describe_failure(student, answers, listed)
    failed = failed or _say_too_little(named | set(refused), answers, unused, ids)
    if failed:
        answers, refused = {}, {}
    kept = Submission(student, answers, where, fields, tuple(problems), failed, refused=refused, unused=left)
    return replace(kept, digest=digest_submission(kept, file_hash if failed else ""))


def _say_too_little(named: Collection[str], answers: Mapping[str, str], unused: Sequence[Unused], ids: Ids) -> str:
    """Why a hand-in is for a person as a whole: nothing in it names a question, or nearly all that looks like answers could not be used."""
    if not named and ids.ids:
        return f"nothing in it could be used as an answer, a person has to read it; the questions are {ids.list_some()}"
    given = [text for text in answers.values() if not is_blank(text)]
    used = sum(sum(sort_of(line, ids) == "answer" for line in text.split("\n")[:200]) or 1 for text in given)
    if len(unused) > (LEAST - 1) * (used + len(named) - len(given)):
        return f"only {used} of its {used + len(unused)} parts that look like answers could be used, a person has to read it"
    return ""


def _describe_failure(student: str, answers: Mapping[str, str], listed: Mapping[str, None] | None) -> str:
    if listed is not None and student not in listed:
        hint = hint_near(student[:60], listed)
        return f"{make_visible(student)} is not on the list of students" + (f"; {hint}" if hint else "")
    size = sum(map(len, answers.values()))
    return f"the answers have {size:,} characters; at most {MAX_TEXT:,} are read" if size > MAX_TEXT else ""


def _fields(fields: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What else is known about a student; what has invisible characters or no end is left out and said."""
    kept: dict[str, str] = {}
    problems: list[str] = []
    for name, text in fields.items():
        if name == "student" or not text.strip():
            continue
        value, fault = student_key(drop_surrogates(text))
        if fault:
            problems.append(f"the {name.replace('_', ' ')} was not taken: {fault.partition(':')[0]}")
        else:
            kept[name] = value
    return kept, problems


def digest_submission(submission: Submission, extra: str = "") -> str:
    """The SHA-256 of everything that marking sees of a submission; not of where it stood."""
    seen = [
        submission.student,
        sorted(submission.answers.items()),
        sorted(submission.refused.items()),
        sorted(submission.fields.items()),
        submission.problems,
        submission.failed,
        [[one.place, one.text, one.reason] for one in submission.unused],
        extra,
    ]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()


def merge(batches: Iterable[HandedInFiles]) -> HandedInFiles:
    """All submissions of all files, one a student.

    A student who is there more than once gets one submission that failed and names the places: which one counts is not for a program to
    guess.

    >>> files = [read_submissions(name, b"q1: 1", ["q1"]) for name in ("anna.txt", "anna.md", "ben.txt")]
    >>> [(s.student, s.failed) for s in merge(files).submissions]
    [('anna', 'two submissions: anna.txt and anna.md; keep one'), ('ben', '')]
    """
    students: dict[str, list[Submission]] = {}
    problems: list[str] = []
    for batch in batches:
        problems += batch.problems
        for submission in batch.submissions:
            students.setdefault(submission.student, []).append(submission)
    merged = [found[0] if len(found) == 1 else _refuse_twice(found) for found in students.values()]
    problems += [f"{s.student}: {s.failed}" for s, found in zip(merged, students.values(), strict=True) if len(found) > 1]
    return HandedInFiles(tuple(merged), tuple(problems))


_COUNTS = {2: "two", 3: "three", 4: "four"}


def _refuse_twice(found: Sequence[Submission]) -> Submission:
    places = [submission.source for submission in found]
    shown = places if len(places) <= 5 else [*places[:5], f"{len(places) - 5} more"]
    failed = f"{_COUNTS.get(len(found), len(found))} submissions: {', '.join(shown[:-1])} and {shown[-1]}; keep one"
    problems = [f"{s.source}: {s.failed}" for s in found if s.failed][:MAX_PROBLEMS]
    one = Submission(found[0].student, {}, "; ".join(shown), found[0].fields, tuple(problems), failed)
    return replace(one, digest=digest_submission(one, " ".join(submission.digest for submission in found)))
