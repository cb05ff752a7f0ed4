"""Made learners, as what they type: one that knows everything, one that knows nothing but the hints, one that makes slips, one that types
rubbish.  No time passes for them, so that a hint is unlocked by a try alone, however slow the machine is that they sit at."""

import random

from learners_made import RUBBISH, slip_in_formula, slip_in_number

from tutor.cli.practice_dialogue import HELP, VIEWS, read_command
from tutor.marking.mark_submission import nest_texts
from tutor.practice.ladder import write_answer
from tutor.practice.session import DONE, Event, step

MOST = 1_000


class TypedLearner:
    """A learner at a session: `decide` says what to do next, `session` is where it stands after what was done."""

    def __init__(self, session, kind):
        self.session, self.kind = session, kind
        self.chance, self.done, self.slips = random.Random(5), 0, []

    def list_actions(self):
        """All that is typed until the session is over: the kind of an event and its text."""
        while self.session.at and not self.session.ended:
            event = self.decide()
            yield event
            self.take(*event)
            assert self.done < MOST

    def take(self, kind, text):
        """The event happens."""
        self.done += 1
        self.session, self.reply = step(self.session, Event(kind, text))

    def decide(self):
        """What is done next."""
        task, own = self.session.task, self.session.look_up(self.session.at)
        marker = self.session.lesson.marker
        if self.kind == "right":
            return "answer", write_answer(marker, task.question)
        if self.kind == "hints":
            return self.ask_for_hint(own)
        if self.kind == "rubbish":
            place = own.attempts + sum(event.kind == "answer" for event in self.session.events[-2:])
            given_up = task.question.kind == "choice" or place >= 2 or own.status in DONE
            return ("give-up", "") if given_up else ("answer", TYPED[self.done % len(TYPED)])
        if not own.attempts:
            slip = (slip_in_number if self.session.lesson.exercise.values else slip_in_formula)(self.session, self.chance)
            if slip is not None:
                self.slips.append((slip[0], task.target))
                return "answer", slip[1]
        return "answer", write_answer(marker, task.question)

    def ask_for_hint(self, own):
        """A hint, a wrong try where there is none yet, and giving up where not even a try is one."""
        after, reply = step(self.session, Event("hint"))
        if reply.rung is not None or after.at != self.session.at:
            return "hint", ""
        text = make_wrong(self.session.task)
        after, _ = step(self.session, Event("answer", text))
        return ("answer", text) if after.look_up(self.session.at) != own else ("give-up", "")


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


TYPED = [text for text in RUBBISH if text and text not in VIEWS and text not in HELP and read_command(text.strip()) == ("answer", text)]
"""Rubbish that is no command."""
