"""One student's files, taken together as one submission: what stands in one of them counts, what stands in two differently is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.answer.files.submissions import EMPTY, MAX_PROBLEMS, MAX_UNUSED, digest_submission
from tutor.answer.handed_in import Submission, Unused, is_blank


def join_files(student: str, files: Sequence[Submission]) -> Submission:
    """The submission that several files of one student are, each of them read before.

    A file that could not be read is a part that was not used, with its reason; where none could be read, the submission could not.
    An answer that two files give differently is taken from neither.

    >>> text, photo = Submission("anna", {"L": "0.3"}, "a.txt"), Submission("anna", {}, "b.heic", failed="it is an image")
    >>> joined = join_files("anna", [text, photo])
    >>> dict(joined.answers), joined.source, joined.unused
    ({'L': '0.3'}, 'a.txt and b.heic', (Unused(place='b.heic', text='', reason='it is an image'),))
    """
    if len(files) == 1:
        return files[0]
    answers: dict[str, str] = {}
    origin: dict[str, str] = {}
    refused: dict[str, str] = {}
    unused: list[Unused] = []
    for one in files:
        if one.failed and one.failed != EMPTY:
            unused.append(Unused(one.source, "", one.failed))
        unused += [replace(part, place=f"{one.source}, {part.place}" if part.place else one.source) for part in one.unused]
        refused |= one.refused
        for question, text in one.answers.items():
            before = answers.get(question, "")
            if is_blank(before):
                answers[question], origin[question] = text, one.source
            elif before != text and not is_blank(text):
                unused.append(Unused(one.source, text, f"{question} is answered in another way in {origin[question]}"))
                where = f"{origin[question]} and {one.source}"
                refused[question] = f"{question} is answered differently in {where}; nothing was guessed: keep one"
    for question in refused:
        if question in answers:
            unused.append(Unused(origin[question], answers.pop(question), f"{question}: the answer was not taken"))
    readable = [one for one in files if not one.failed]
    problems = tuple(f"{one.source}: {problem}" for one in files for problem in one.problems)[:MAX_PROBLEMS]
    names = [one.source for one in files]
    source = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
    fields = {name: value for one in reversed(files) for name, value in one.fields.items()}
    failed = "" if readable else "; ".join(f"{one.source}: {one.failed}" for one in files[:5])
    if failed:
        answers, refused, unused = {}, {}, []
    joined = Submission(student, answers, source, fields, problems, failed, refused=refused, unused=tuple(unused[:MAX_UNUSED]))
    return replace(joined, digest=digest_submission(joined, " ".join(one.digest for one in files)))
