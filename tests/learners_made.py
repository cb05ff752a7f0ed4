"""Learners that are made: one who knows everything, one who knows nothing but the hints, one who slips, one who types rubbish.

What each does next is decided by a session alone.  Where it sits is a front: something with a ``session``, the last ``reply``, and ``do``,
which takes an event's kind and text.  Fronts are the session itself (`SessionFront`), a terminal, a client of the server, and a page in
Chromium.
"""

import random

import numpy as np

from tutor.derive.working import write_printed
from tutor.expression.keys import read_derivative, read_edge
from tutor.expression.plain import write_plain
from tutor.marking.array_bends import LayerStep
from tutor.marking.array_misconceptions import LAYOUT
from tutor.marking.array_misconceptions import TABLE as ARRAY_TABLE
from tutor.marking.mark_submission import nest_texts
from tutor.marking.marked import RIGHT
from tutor.marking.misconceptions import list_bends
from tutor.practice.ladder import write_answer
from tutor.practice.session import DONE, Event, step

RUBBISH = ("", "?", "banana", "((((", "0", "1e999", "__import__('os')", "a, b, c, d, e, f", "=", "∂", "-" * 200)
MOST, RUBBISH_A_TASK = 4_000, 2
REST = 30.0
"""So many seconds pass between two events, where time passes at all: more than the pause that unlocks a hint."""


class MadeLearner:
    """A learner of a kind: `decide` says what to do next, `see` has what came of it.

    One that does not rest (``rests``) has hints unlocked by tries alone, however slow the machine is that it sits at.  ``slips`` are those
    that were made: the tag, the quantity, the verdict, the tags and places that were told.
    """

    def __init__(self, kind, chance=None, *, rests=True, rubbish=RUBBISH):
        self.kind, self.chance, self.rests, self.rubbish = kind, chance or random.Random(5), rests, rubbish
        self.slips, self.slip, self.typed, self.tried = [], None, 0, {}

    def decide(self, session):
        """The kind and the text of the next event."""
        return DECIDED[self.kind](self, session)

    def see(self, task, reply):
        """What was said to the last event, which was about a task."""
        if self.slip is not None:
            tag, self.slip = self.slip, None
            array, entries = task.question.array, {key for target in task.question.targets for key in (target, find_wrt(target)) if key}
            found = [slip for slips in reply.marked.slips for slip in slips] if reply.marked is not None else []
            told = {(slip.tag, array if array and {slip.at, find_wrt(slip.at)} & entries else slip.at) for slip in found}
            verdict = reply.marked.verdict if reply.marked is not None else reply.note
            self.slips.append((tag, array or task.target, verdict, told))

    def list_missed(self):
        """The slips that were not told by their tag at their step."""
        return [slip for slip in self.slips if not is_told(*slip)]

    def decide_right(self, session):
        return "answer", write_answer(session.lesson.marker, session.task.question)

    def decide_hints(self, session):
        """A hint; without rests a wrong try where none is unlocked, and giving up where not even a try is one."""
        if self.rests:
            return "hint", ""
        own = session.look_up(session.at)
        after, reply = step(session, Event("hint"))
        if reply.rung is not None or after.at != session.at:
            return "hint", ""
        text = make_wrong(session.task)
        after, _ = step(session, Event("answer", text))
        return ("answer", text) if after.look_up(session.at) != own else ("give-up", "")  # one that a smaller question takes counts, too

    def decide_slips(self, session):
        """Each slip that changes what is asked, made at one task each, then the right answer."""
        if session.at not in self.tried:
            self.tried[session.at] = 1
            slip = make_slip(session, self.chance)
            if slip is not None:
                self.slip, typed = slip
                return "answer", typed
        return self.decide_right(session)

    def decide_rubbish(self, session):
        """Rubbish at every task, then giving it up."""
        count = self.tried[session.at] = self.tried.get(session.at, 0) + 1
        if count > RUBBISH_A_TASK or session.look_up(session.at).status in DONE:
            return "give-up", ""
        self.typed += 1
        return "answer", self.rubbish[(3 * self.typed + count) % len(self.rubbish)]


DECIDED = {
    "right": MadeLearner.decide_right, "hints": MadeLearner.decide_hints, "slips": MadeLearner.decide_slips,
    "rubbish": MadeLearner.decide_rubbish,
}  # fmt: skip
KINDS = tuple(DECIDED)


class SessionFront:
    """A session, and nothing around it."""

    def __init__(self, session, *, rests=True):
        self.session, self.reply, self.at, self.rests = session, None, 0.0, rests

    def do(self, kind, text):
        """The event happens."""
        self.at += REST if self.rests else 0.0
        self.session, self.reply = step(self.session, Event(kind, text, self.at))


def go_on(front, learner, *, most=MOST, look=None):
    """A learner at a front until the session is over, or has had ``most`` events; how many events there were.

    ``look`` is told of each event: the front, the task that it was about, the kind.
    """
    count = 0
    while front.session.at and not front.session.ended and count < most:
        task = front.session.task
        kind, text = learner.decide(front.session)
        front.do(kind, text)
        learner.see(task, front.reply)
        if look is not None:
            look(front, task, kind)
        count += 1
        assert count < MOST
    return count


def answer_right(session):
    """Everything right, one answer a task; the session at its end and how many answers it took."""

    def look(front, task, _):
        assert front.reply.task == task.id, (task.id, front.reply)
        assert front.session.look_up(task.id).status in ("right", "kept"), (task.id, front.reply)

    front = SessionFront(session)
    count = go_on(front, MadeLearner("right"), look=look)
    return front.session, count


def take_hints(session):
    """Nothing but hints, with pauses between them."""

    def look(front, *_):
        assert front.reply.rung is not None, front.reply

    front = SessionFront(session)
    count = go_on(front, MadeLearner("hints"), look=look)
    return front.session, count


def type_rubbish(session):
    """Rubbish at every task, then giving it up."""
    front = SessionFront(session)
    count = go_on(front, MadeLearner("rubbish"))
    return front.session, count


def slip_once(session, chance):
    """Each slip once; the session at its end, and the learner with the slips that were made."""
    front, learner = SessionFront(session), MadeLearner("slips", chance)
    go_on(front, learner)
    return front.session, learner


def make_wrong(task):
    """An answer that is wrong and can be read."""
    question = task.question
    if question.kind == "choice":
        return next((letter for letter, _ in question.options if (letter,) != question.right), "a")
    shape = question.shape if question.kind in ("vector", "column", "matrix", "array") else ()
    count = 1
    for size in shape:
        count *= size
    return nest_texts(["17.1717"] * count, shape) if shape else "17.1717"


def make_slip(session, chance):
    """A slip at the step that is asked, whatever kind of answer it has: its tag, and what is typed; none where there is none to make."""
    question = session.task.question
    if question.kind in ("vector", "matrix", "array"):
        return slip_in_array(session, chance) if question.array and session.lesson.marker.sheet.layers is not None else None
    if question.kind == "expression" and question.shape:
        return slip_in_array_formula(session, chance)
    return (slip_in_number if session.lesson.exercise.values else slip_in_formula)(session, chance)


def says_enough(number):
    """Whether a number has so many digits that it tells where it came from."""
    return len(f"{number:.7g}".strip("-0.").replace(".", "")) >= 6


def is_one_digit_off(typed, right):
    """Whether a number is the right one with a digit exchanged, which it is then taken for."""
    return len(typed) == len(right) and sum(mine != theirs for mine, theirs in zip(typed, right, strict=True)) == 1


ALIKE = {
    "outer-reversed": {LAYOUT, "weights-transposed"}, "transpose-forgotten": {"weights-transposed"}, "half-lost": {"factor-two-doubled"},
    "transpose-too-many": {"weights-transposed"},
}  # fmt: skip
"""Slips that give the same array: the transpose of a gradient is that of another layout; entry by entry they have names of their own."""


def find_wrt(key):
    """What a derivative is one by; nothing of another quantity.  In an array's step stand the slopes by its entries."""
    derivative = read_edge(key) or read_derivative(key)
    return derivative.wrt if derivative is not None else ""


def is_told(tag, at, verdict, told):
    """Whether a slip was told at its step; of an array at the array, or at an entry of it."""
    return any(one in {tag, *ALIKE.get(tag, ())} and place == at for one, place in told)


def slip_in_array(session, chance):
    """A slip at the step of an array of numbers: its tag, and the entries that it gives."""
    question, slips = session.task.question, session.lesson.marker.sheet.array_slips
    right = slips.find_at_numbers(question.array).reshape(-1)
    made = [(wrong.slip.tag, wrong.rows[:, 0]) for wrong in slips.numbers.table(question.array)
            if wrong.slip.at == question.array and wrong.shape == tuple(question.shape) and wrong.slip.tag != LAYOUT]  # fmt: skip
    made = [(tag, rows) for tag, rows in made if np.max(np.abs(rows - right)) > 0.05 * np.max(np.abs(right))
            and any(rows) and all(says_enough(entry) for entry in rows if entry)]  # fmt: skip
    if not made:
        return None
    tag, rows = chance.choice(made)
    return tag, nest_texts([f"{entry:.7g}" for entry in rows], question.shape)


def slip_in_array_formula(session, chance):
    """A slip at the step of a formula over arrays: its tag, and the formula with it."""
    question, marker = session.task.question, session.lesson.marker
    layers, steps = marker.sheet.layers, marker.sheet.layer_steps
    if question.array not in steps:
        return None
    at = LayerStep(steps[question.array], layers.shapes, layers)
    bends = [(row.tag, expr) for row in ARRAY_TABLE for expr in row.bends(at)]
    if not bends:
        return None
    tag, expr = chance.choice(bends)
    typed = write_plain(expr)
    marked, _ = marker.judge(question, typed, session.earlier)
    if marked.verdict == "unreadable":  # what does not fit together is refused, and no try
        assert marked.message
        return None
    return None if marked.verdict in RIGHT else (tag, typed)  # one that changes nothing here is none


def slip_in_number(session, chance):
    """A slip at the step that is asked: its tag, and the number that it gives; none where the number would say too little."""
    marker, task = session.lesson.marker, session.task
    diagnosis, world = marker.diagnosis, marker.sheet.numbers
    rows = diagnosis.touching.get(task.target, []) if task.question.kind == "number" else []
    rows = [row for row in rows if len(diagnosis.bends[row].edits) == 1]  # one in several steps is told at the first of them
    if not rows:
        return None
    row = chance.choice(rows)
    value = float(world.run_bent([diagnosis.variants[row]], [task.target])[task.target][0, 0])
    true = float(world.env[task.target][0])
    typed = f"{value:.7g}"
    if not np.isfinite(value) or not says_enough(value) or abs(value - true) <= 0.05 * abs(true) or is_one_digit_off(typed, f"{true:.7g}"):
        return None
    return diagnosis.bends[row].tag, typed


def slip_in_formula(session, chance):
    """A slip at the step that is asked: its tag, and the formula of the step with it."""
    marker, task = session.lesson.marker, session.task
    if task.question.kind != "expression":
        return None
    bends = [bend for bend in list_bends(marker.sheet.working) if len(bend.edits) == 1 and bend.edits[0][0] == task.target]
    if not bends:
        return None
    bend = chance.choice(bends)
    typed = write_plain(write_printed(bend.edits[0][1], task.target, marker.sheet.steps))
    marked, _ = marker.judge(task.question, typed, session.earlier)
    return None if marked.verdict in RIGHT else (bend.tag, typed)  # one that changes nothing here is none
