"""What a learner is told before it has earned an answer, searched for that answer: as it is typed, as it is printed, as MathML.

A `Listener` keeps what the session, the terminal and the page say; `list_secrets` is what must not be in it.
"""

import json
import re

from tutor.contracts.practice_json import write_reply as write_reply_json
from tutor.contracts.practice_json import write_state
from tutor.exercise.question import LISTS
from tutor.explain.document import Math
from tutor.explain.practice_page import write_hints, write_known, write_question, write_reply, write_start
from tutor.explain.practice_steps import write_so_far
from tutor.explain.words.wording import ENGLISH
from tutor.expression.plain import write_plain
from tutor.practice.ladder import find_step, write_answer
from tutor.practice.session import DONE, start
from tutor.render.maths import text
from tutor.render.terminal.terminal_page import write_plain_page
from tutor.web.lesson_page import PreparedLesson, SessionPage, write_inline

SPACES, DIGIT, NUMBER = re.compile(r"\s"), re.compile(r"\d"), re.compile(r"[-−]?\d[\d.]*(?:e-?\d+)?")
LEAST_DIGITS, LEAST_LETTERS = 5, 12
"""A number of fewer digits, and a formula of fewer letters, stands elsewhere by chance."""


def squeeze(said):
    return SPACES.sub("", said.replace("−", "-").replace("\\u2212", "-"))


class Listener:
    """All that is said of one session."""

    def __init__(self, session):
        self.prepared = PreparedLesson(session.lesson, ENGLISH)
        self.notation, self.written, self.forms = self.prepared.notation, {}, {}
        self.given = squeeze(self.listen(start(session.lesson), None) + self.write(write_start(session, ENGLISH)))

    def write(self, doc):
        return write_plain_page(doc, self.notation)

    def listen(self, session, reply):
        """What stands on the page, on the screen and in the events now."""
        said = [json.dumps(write_state(session), ensure_ascii=False)]
        said.append(json.dumps(SessionPage(self.prepared, session, reply, self.written).write_state(), ensure_ascii=False))
        said += [self.write(doc) for doc in (write_question(session), write_hints(session), write_known(session), write_so_far(session))]
        return "\n".join([*said, self.hear(session, reply)])

    def hear(self, session, reply):
        """What is said to an event alone."""
        return json.dumps(write_reply_json(session, reply), ensure_ascii=False) + self.write(write_reply(session, reply)) if reply else ""

    def list_secrets(self, session):
        """The answers that are still asked for and stand nowhere else: the task, and what must not be said."""
        marker, tasks = session.lesson.marker, session.lesson.tasks
        given = {float(value) for value in session.lesson.exercise.values.values() if not isinstance(value, str)}
        given |= {float(found) for shown in session.list_shown().values() for found in NUMBER.findall(shown.replace("−", "-"))}
        earned = "".join(session.look_up(task.id).text for task in tasks)
        earned += "".join(write_answer(marker, task.question) for task in tasks if session.look_up(task.id).status in DONE)
        for task in tasks:
            if session.look_up(task.id).status in DONE or task.question.kind == "choice":
                continue
            answer = write_answer(marker, task.question)
            if task.question.kind in ("number", *LISTS):
                numbers = [one for one in NUMBER.findall(answer) if len(DIGIT.findall(one.strip("-0."))) >= LEAST_DIGITS]
                numbers = [one.lstrip("-") for one in numbers]
                yield from ((task.id, one) for one in numbers if not is_near(float(one), given) and one not in earned)
            elif answer not in earned:
                if task.id not in self.forms:
                    self.forms[task.id] = list(self.list_forms(marker, task, answer))
                yield from ((task.id, form) for form in self.forms[task.id])

    def list_forms(self, marker, task, answer):
        """How a formula may be written."""
        step = find_step(marker, task)
        if step is None or len(answer) < LEAST_LETTERS or squeeze(answer) in self.given:
            return
        mathml = re.sub(r"\A.*?<math[^>]*>|</math>.*\Z", "", write_inline((Math(step.expr),), self.notation), flags=re.DOTALL)
        for form in (answer, write_plain(step.expr), text(step.expr, self.notation), json.dumps(mathml, ensure_ascii=False)[1:-1]):
            if squeeze(form) not in self.given and len(form) >= LEAST_LETTERS:
                yield form


def is_near(number, given):
    return any(abs(abs(number) - abs(value)) <= 1e-4 * abs(value) for value in given)


def find_said(listener, session, said):
    """The secrets that were said."""
    squeezed = squeeze(said)
    return sorted({(ident, secret[:120]) for ident, secret in listener.list_secrets(session) if squeeze(secret) in squeezed})
