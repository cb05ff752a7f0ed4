"""Judging a list of entries together: its verdict, which slip the entries give evidence of, and what is said of their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_answers import Rows
from tutor.errors import Told, tell
from tutor.exercise.question import Question
from tutor.expression.plain import write_plain
from tutor.marking.judge import Judged
from tutor.marking.marked import PERSON, RIGHT, Outcome, Slip, Verdict


def judge_together(question: Question, each: Sequence[Judged]) -> Judged:
    """The verdict on a list of entries.

    It is right if all entries are, follows through if all are right or follow, is unreadable if one entry is; a near miss where all that is
    not right is one; and else what the first entry is of which a slip is told, or the first wrong one.
    """
    follows = tuple(dict.fromkeys(name for judged in each for name in judged.follows if name != question.id))
    waiting = next((judged for judged in each if judged.verdict in PERSON), None)
    if waiting is not None:
        return waiting
    wrong = [judged for judged in each if judged.verdict not in RIGHT]
    if not wrong:
        verdict: Verdict = "correct" if all(judged.verdict == "correct" for judged in each) else "follow-through"
        outcome: Outcome = next((judged.outcome for judged in each if judged.outcome), "")
        return Judged(verdict, outcome, follows=follows)
    first = _name_place(each.index(wrong[0]), question.shape)
    if len(wrong) == 1:
        message = tell("1 of {entries} entries is not right, the first is {first}", entries=len(each), first=first)
    else:
        message = tell("{count} of {entries} entries are not right, the first is {first}", count=len(wrong), entries=len(each), first=first)
    far = [judged for judged in wrong if judged.verdict != "close"] or wrong
    told = next((judged for judged in far if judged.slips), far[0])
    return replace(told, follows=follows, message=message)


def drop_accidents(each: Sequence[Judged], long: Sequence[bool]) -> list[Judged]:
    """The entries without the slips that some of them give by accident.

    In a list of few small numbers one of them is soon what some slip gives.  What was done to one entry was done to the others, too: a slip
    stays where it explains more than half of the entries that are not right, or where the entry is ``long``, a number of more digits than
    are met by accident or a formula.

    >>> from tutor.marking.marked import Slip
    >>> lost = Judged("misconception", slips=((Slip("term-forgotten", "z_1"),),))
    >>> [one.verdict for one in drop_accidents([lost, Judged("wrong"), Judged("correct")], [False] * 3)]
    ['wrong', 'wrong', 'correct']
    >>> [one.verdict for one in drop_accidents([lost, Judged("correct"), Judged("correct")], [False] * 3)]
    ['misconception', 'correct', 'correct']
    """
    wrong = [judged for judged in each if judged.verdict not in RIGHT]
    counted = Counter(tags for judged in wrong for tags in set(map(_list_tags, judged.slips)))
    found = []
    for judged, is_long in zip(each, long, strict=True):
        kept = judged.slips if is_long else tuple(slips for slips in judged.slips if 2 * counted[_list_tags(slips)] > len(wrong))
        is_gone = bool(judged.slips) and not kept
        found.append(replace(judged, slips=kept, verdict="wrong" if is_gone and judged.verdict == "misconception" else judged.verdict))
    return found


def _list_tags(slips: Sequence[Slip]) -> tuple[str, ...]:
    return tuple(slip.tag for slip in slips)


def _name_place(number: int, shape: Sequence[int]) -> str:
    """Which entry an answer means: its number in reading order, of more than two axes its indices, from 1.

    >>> _name_place(5, (2, 3)), _name_place(7, (2, 2, 3))
    ('number 6', 'entry (2,1,2)')
    """
    if len(shape) < 3:
        return tell("number {number}", number=number + 1)
    index: list[int] = []
    for size in shape[::-1]:
        number, place = divmod(number, size)
        index.insert(0, place + 1)
    return tell("entry ({place})", place=",".join(map(str, index)))


def count_entries(count: int, asked: int) -> Told:
    """What to say where there are more or fewer entries than are asked."""
    return tell("1 entry where {asked} are asked", asked=asked) if count == 1 else tell(
        "{count} entries where {asked} are asked", count=count, asked=asked
    )


def write_shape(shape: Sequence[int]) -> str:
    """The size of a matrix or an array.

    >>> write_shape((2, 3))
    '2×3'
    """
    return "×".join(map(str, shape))


def write_entries(front: Sequence[int], matrices: Sequence[Rows]) -> str:
    """The entries as they were read, row after row: [1, 2; 3, 4], of more axes in as many brackets."""
    texts = [[["?" if isinstance(cell, AnswerError) else write_plain(cell) for cell in row] for row in rows] for rows in matrices]
    parts = [f"[{'; '.join(', '.join(row) for row in rows)}]" for rows in texts]
    for size in front[::-1]:
        parts = [f"[{', '.join(parts[place : place + size])}]" for place in range(0, len(parts), size)]
    return parts[0]
