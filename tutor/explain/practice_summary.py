"""What was done in a session: a page to print, at its end or on the way."""

from __future__ import annotations

from fractions import Fraction

from tutor.explain.document import Block, Document, Heading, Inline, Paragraph, Sentence, Table
from tutor.explain.feedback_page import cut, value
from tutor.explain.practice_page import name_step, name_target, name_task, say_answer
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_title
from tutor.marking.marks import points
from tutor.notation.profile import Notation
from tutor.practice.learner import Proposal
from tutor.practice.session import DONE, Progress, Session
from tutor.practice.tasks import AskedStep
from tutor.practice.tracing import MASTERY

WEAKEST = 3
"""So many skills are named that should be practised next."""


def write_summary(session: Session, words: Wording = ENGLISH) -> Document:
    """What was done on one's own, with hints, what slipped, how long it took, and what to practise next.

    Before an exam ends it says only what was answered.
    """
    say, lesson = words.practice, session.lesson
    counted = [task for task in lesson.tasks if session.look_up(task.id).status != "given"]
    rows = tuple(row for task in lesson.tasks if (row := _write_row(session, task, words)))
    heads: tuple[Sentence, ...] = tuple((say.TABLE[key],) for key in ("quantity", "value", "how", "time"))
    columns = 4 if any(any(row[-1]) for row in rows) else 3  # no times are told where there are none
    blocks: list[Block] = [Table(heads[:columns], tuple(row[:columns] for row in rows), "lllr"[:columns])] if rows else []
    left = sum(not _is_reached(session.look_up(task.id)) for task in counted)
    if left:
        blocks.append(Paragraph((say.grammar.choose(say.NOT_REACHED, left).format(count=left),)))
    title = (set_title(lesson.exercise.say(lesson.exercise.title, words.language), Notation())[0],)
    time = (say.TOOK.format(time=write_time(sum(session.look_up(task.id).seconds for task in lesson.tasks))),)
    if session.is_secret:
        answered = sum(bool(session.look_up(task.id).text) for task in counted)
        facts: list[Sentence] = [(say.grammar.choose(say.ANSWERED, len(counted)).format(done=answered, count=len(counted)),), time]
        return Document(say.SUMMARY, lesson.exercise.id, tuple(facts), title, tuple(blocks), words.language)
    alone = sum(find_status(session.look_up(task.id)) in ("right", "implied") for task in counted)
    earned = sum((session.look_up(task.id).earned * task.question.marks for task in counted), start=Fraction(0))
    possible = sum((task.question.marks for task in counted), start=Fraction(0))
    mark = (say.MARK.format(marks=points(earned), out_of=points(possible)),)
    facts = [(say.grammar.choose(say.COUNTS, len(counted)).format(right=alone, count=len(counted)),),
             *([mark] if lesson.settings.row.has_mark else []), time]  # fmt: skip
    blocks += [Heading(say.SLIPPED), *_list_slips(session, words)]
    told = {task.skill for task in lesson.tasks if task.kind not in ("why", "wrong-line") or session.look_up(task.id).status in DONE}
    weakest = sorted((skill for skill in told if session.known[skill] < MASTERY), key=lambda skill: (session.known[skill], skill))[:WEAKEST]
    if weakest:
        blocks.append(Heading(say.SKILLS))
        blocks += [
            Paragraph((say.SKILL.format(skill=words.name_skill(skill), percent=f"{session.known[skill]:.0%}"),)) for skill in weakest
        ]
    return Document(say.SUMMARY, lesson.exercise.id, tuple(facts), title, tuple(blocks), words.language)


def _is_reached(own: Progress) -> bool:
    return own.status != "open" or bool(own.text) or bool(own.rungs)


def _write_row(session: Session, task: AskedStep, words: Wording) -> tuple[Sentence, ...]:
    """What was done at one step; nothing where it was not reached."""
    say, own = words.practice, session.look_up(task.id)
    is_settled = own.status == "implied" and task.question.kind == "choice"  # said with the answer that settled it
    if is_settled or (not _is_reached(own) and own.status not in DONE):
        return ()
    what = name_step(task, words)
    time: Sentence = (write_time(own.seconds),) if own.seconds >= 1 else ("",)
    text = cut(own.text.strip(), words.marking, 40)
    shown: Sentence = (value(text, words.marking),) if text else ("",)
    if session.is_secret:
        return what, shown, (say.STATUS["taken" if own.text else "open"],), time
    how: Sentence = (say.STATUS[find_status(own)],)
    if own.status == "kept" or own.follows:
        places = {"names": words.marking.join_parts([name_target(name, words) for name in own.follows]),
                  "answer": [say_answer(session.lesson.marker, task.question, words)]}  # fmt: skip
        how = (*how, *split_places(say.CHANGED if own.follows else say.RIGHT_IS, places))
    return what, shown, how, time


def write_time(seconds: float) -> str:
    """So long, in minutes and seconds.

    >>> write_time(0), write_time(65.4), write_time(3661)
    ('0:00', '1:05', '1:01:01')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def write_proposal(proposal: Proposal, words: Wording = ENGLISH, *, command: bool = False) -> Sentence:
    """What to practise next and why; with ``command`` as what is typed for it."""
    phrase = words.practice.NEXT_COMMAND if command else words.practice.NEXT
    sort = proposal.skill.partition(":")[0]
    skill = words.practice.MISTAKE if sort == "wrong-line" else words.name_skill(proposal.skill)  # which one it is is asked there
    return (phrase.format(exercise=proposal.exercise, skill=skill, percent=f"{proposal.known:.0%}"),)


def find_status(own: Progress) -> str:
    """How a step was done, as it is told at the end."""
    if own.status != "right":
        return "tried" if own.status == "open" and (own.attempts or own.rungs) else own.status
    return "helped" if own.rungs else "retried" if own.attempts else "right"


def _name_slipped(task: AskedStep, words: Wording) -> Inline:
    named = name_task(task, words)
    return named[0] if len(named) == 1 else task.question.ask


def _list_slips(session: Session, words: Wording) -> list[Block]:
    found: dict[str, list[Inline]] = {}
    for task in session.lesson.tasks:
        for tag in dict.fromkeys(session.look_up(task.id).tags):
            found.setdefault(tag, []).append(_name_slipped(task, words))
    if not found:
        is_wrong = any(own.attempts or own.status == "kept" for own in map(session.look_up, session.lesson.by_id))
        return [Paragraph((words.practice.NONE_NAMED if is_wrong else words.practice.NOTHING_SLIPPED,))]
    return [
        Paragraph(tuple(words.marking.join_parts(named)), words.marking.slip(tag).name)
        for tag, named in found.items()
    ]
