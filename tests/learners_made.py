"""Learners that are made: one who knows everything, one who knows nothing but the hints, one who types rubbish."""

import numpy as np

from tutor.expression.plain import write_plain
from tutor.marking.judge_answer import RIGHT
from tutor.marking.misconceptions import list_bends
from tutor.practice.ladder import write_answer
from tutor.practice.session import Event, step

RUBBISH = ("", "?", "banana", "((((", "0", "1e999", "__import__('os')", "a, b, c, d, e, f", "=", "∂", "-" * 200)
MOST = 4_000


def answer_right(session):
    """Everything right, one answer a task; the session at its end and how many answers it took."""
    count = 0
    while session.at and not session.ended:
        task = session.task
        session, reply = step(session, Event("answer", write_answer(session.lesson.marker, task.question), float(count)))
        count += 1
        assert reply.task == task.id, (task.id, reply)
        assert session.look_up(task.id).status in ("right", "kept"), (task.id, reply, write_answer(session.lesson.marker, task.question))
        assert count < MOST
    return session, count


def take_hints(session):
    """Nothing but hints, with pauses between them."""
    count, at = 0, 0.0
    while session.at and not session.ended:
        at += 30
        session, reply = step(session, Event("hint", "", at))
        assert reply.rung is not None, reply
        count += 1
        assert count < MOST
    return session, count


def type_rubbish(session, most=2):
    """Rubbish at every task, then giving it up."""
    count = 0
    while session.at and not session.ended:
        here = session.at
        for text in RUBBISH[count % 3 :: 3][:most]:
            if session.at == here:
                session, _ = step(session, Event("answer", text, float(count)))
            count += 1
        if session.at == here:
            session, _ = step(session, Event("give-up", "", float(count)))
        assert count < MOST
    return session, count


def slip_once(session, chance):
    """Each slip that changes what is asked, made at one task each, then the right answer: tags made, and those told with their steps."""
    marker, made = session.lesson.marker, []
    while session.at and not session.ended:
        task = session.task
        right = write_answer(marker, task.question)
        slip = (slip_in_number if session.lesson.exercise.values else slip_in_formula)(session, chance)
        if slip is not None:
            tag, typed = slip
            session, reply = step(session, Event("answer", typed))
            told = {(slip.tag, slip.at) for slips in reply.marked.slips for slip in slips}
            made.append((tag, task.target, reply.marked.verdict, told))
        if session.at == task.id:
            session, _ = step(session, Event("answer", right))
    return session, made


def slip_in_number(session, chance):
    """A slip at the step that is asked: its tag, and the number that it gives; none where the number would say too little."""
    marker, task = session.lesson.marker, session.task
    diagnosis, world = marker.diagnosis, marker.sheet.numbers
    rows = diagnosis.touching.get(task.target, []) if task.kind == "value" and task.question.kind == "number" else []
    rows = [row for row in rows if not diagnosis.bends[row].systematic]
    if not rows:
        return None
    row = chance.choice(rows)
    value = float(world.run_bent([diagnosis.variants[row]], [task.target])[task.target][0, 0])
    true = float(world.env[task.target][0])
    exact = len(f"{value:.7g}".strip("-0.").replace(".", "")) < 6  # a short number says too little
    if not np.isfinite(value) or exact or abs(value - true) <= 0.05 * abs(true):
        return None
    return diagnosis.bends[row].tag, f"{value:.7g}"


def slip_in_formula(session, chance):
    """A slip at the step that is asked: its tag, and the formula of the step with it."""
    marker, task = session.lesson.marker, session.task
    if task.kind != "value" or task.question.kind != "expression":
        return None
    bends = [bend for bend in list_bends(marker.sheet.working) if len(bend.edits) == 1 and bend.edits[0][0] == task.target]
    if not bends:
        return None
    bend = chance.choice(bends)
    typed = write_plain(bend.edits[0][1])
    marked, _ = marker.judge(task.question, typed, session.earlier)
    return None if marked.verdict in RIGHT else (bend.tag, typed)  # one that changes nothing here is none
