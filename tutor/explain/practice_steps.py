"""The steps of a session so far, as a worked solution has them: in symbols, with the learner's numbers put in, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.derive.working import write_printed
from tutor.errors import GraphError
from tutor.explain.document import (
    Document,
    Equation,
    Equations,
    Figure,
    Math,
    Paragraph,
    Picture,
    Sentence,
    Side,
    add_result,
)
from tutor.explain.feedback_page import cut, value
from tutor.explain.graph_picture import draw_known
from tutor.explain.network_drawing import diagram
from tutor.explain.picture_parts import caption_parts, split_picture
from tutor.explain.practice_page import EQUALS, name_step, say_rule
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.walk import as_name
from tutor.graph.nouns import Step
from tutor.numbers.agreement import is_decimal
from tutor.practice.ladder import find_step, list_rungs, write_answer
from tutor.practice.session import DONE, PLACED, Session
from tutor.practice.tasks import AskedStep

MOST_BOXES, MOST_IN_PARTS = 60, 400
"""Up to so many boxes a graph is one picture, and up to so many it is drawn in parts; of a larger one only its network is drawn."""
MOST_ENTRIES = 36
"""The entries of a larger array are not set as a matrix here."""


def write_worked(before: Session | None, session: Session, words: Wording = ENGLISH) -> Document:
    """The steps that were worked out since ``before``: in symbols, with numbers put in, and what comes out."""
    given = [
        task for task in session.lesson.tasks
        if session.look_up(task.id).status == "given" and (before is None or before.look_up(task.id).status != "given")
    ]  # fmt: skip
    rows = _StepWriter(session, words).write_rows(given)
    blocks = (Paragraph((words.practice.WORKED,)), Equations(tuple(rows))) if rows else ()
    return Document("", blocks=blocks, language=words.language)


def write_so_far(session: Session, words: Wording = ENGLISH, most: int | None = None) -> Document:
    """All that is done so far, in the order of the computation, the last ``most`` steps of it.

    A step that the learner has tried twice stands there too, greyed and in symbols, to go on with.  Steps that were kept though they are
    wrong have the learner's own number.  In an exam nothing stands there but what the learner has said.
    """
    writer = _StepWriter(session, words)
    done = [task for task in session.lesson.tasks if writer.is_shown(task)]
    kept = done if most is None else done[max(0, len(done) - most) :]
    rows = writer.write_rows(kept)
    left_out = len(done) - len(kept)
    say = words.practice
    blocks = [Paragraph((say.grammar.choose(say.MORE_ABOVE, left_out).format(count=left_out),))] if left_out and rows else []
    return Document("", blocks=(*blocks, Equations(tuple(rows))) if rows else (), language=words.language)


def list_so_far(session: Session) -> tuple[AskedStep, ...]:
    """The tasks that have something to show: those that are done, and those that are placed to go on with."""
    writer = _StepWriter(session, ENGLISH)
    return tuple(task for task in session.lesson.tasks if writer.is_shown(task))


def write_step(session: Session, task: AskedStep, words: Wording = ENGLISH) -> Document:
    """One step by itself, as `write_so_far` has it; of a task without a step (a count) what was answered."""
    rows = _StepWriter(session, words).write_rows([task])
    own = session.look_up(task.id)
    if rows or own.status not in DONE:
        return Document("", blocks=(Equations(tuple(rows)),) if rows else (), language=words.language)
    is_own = own.status == "kept" or session.is_secret
    answer = value(cut((own.text if is_own else write_answer(session.lesson.marker, task.question)).strip(), words.marking), words.marking)
    return Document("", blocks=(Paragraph((*name_step(task, words), EQUALS, answer)),), language=words.language)


def draw_session(session: Session, words: Wording = ENGLISH) -> Picture | None:
    """The whole graph with what is known so far: given values, and those values and gradients that are done.  None where there is none,
    or one too large to be drawn box by box."""
    graph = session.lesson.exercise.graph
    if graph is None or len(graph.names) > MOST_IN_PARTS:
        return None
    known = {name: found.expr for name, text in session.list_entries().items()
             if isinstance(found := value(text, words.marking), Math)}  # fmt: skip
    return draw_known(graph, known, words.drawn)


def draw_parts(session: Session, words: Wording = ENGLISH) -> tuple[Figure, ...]:
    """The graph with what is known so far, as pictures that have room: one, or several parts of a large graph, cut between its layers.

    Of a graph too large for that its network is drawn, without numbers; nothing where it is none.
    """
    picture, caption = draw_session(session, words), (words.practice.GRAPH,)
    if picture is None:
        return _draw_network(session, words)
    if len(picture.nodes) <= MOST_BOXES:
        return (Figure(picture, caption),)
    parts = split_picture(picture)
    return tuple(Figure(part, told) for part, told in zip(parts, caption_parts(parts, ()), strict=True))


def _draw_network(session: Session, words: Wording) -> tuple[Figure, ...]:
    exercise = session.lesson.exercise
    source = exercise.network or exercise.graph
    if source is None or exercise.graph is None:
        return ()
    try:
        return (Figure(diagram(source, words=words.drawn), (words.practice.GRAPH,)),)
    except GraphError:  # its weights have no place in a network
        return ()


def draw_so_far(session: Session, words: Wording = ENGLISH) -> Document:
    """The graph as a page of its own; empty where there is none."""
    return Document("", blocks=draw_parts(session, words), language=words.language)


class _StepWriter:
    """Writes the rows of steps."""

    def __init__(self, session: Session, words: Wording) -> None:
        self.session, self.words = session, words
        self.marker = session.lesson.marker
        self.shown: Mapping[str, str] = session.list_shown()
        self.exam = session.is_secret
        self.entries, self.owned = session.list_entries(), session.list_own()

    def is_shown(self, task: AskedStep) -> bool:
        """Whether a task has a row: one that is done, or placed, and asks for more than a choice."""
        own = self.session.look_up(task.id)
        is_placed = own.status == "open" and own.attempts >= PLACED and not self.exam
        return task.question.kind != "choice" and (own.status in DONE or is_placed)

    def write_rows(self, tasks: Sequence[AskedStep]) -> list[Equation]:
        """A row for each task that has a step."""
        return [row for task in tasks if task.question.kind != "choice" and (row := self.write_row(task)) is not None]

    def write_row(self, task: AskedStep) -> Equation | None:
        """A step: what it is, in symbols, with numbers put in, the result, why."""
        own = self.session.look_up(task.id)
        step = find_step(self.marker, task)
        if step is None:
            return None
        left = as_name(step.target)
        if self.exam:
            found = self.read_typed(own.text)
            return None if found is None else Equation(left, (Side(found, result=True),))
        rungs = {rung.kind: rung for rung in list_rungs(self.marker, task, self.shown)}
        placed = own.status not in DONE
        if task.question.kind in ("expression", "chain") and (placed or own.status == "kept"):
            return None  # the step in symbols is what is asked
        own_left = as_name(task.question.array) if task.question.array else left
        is_entry = own_left != left  # an array whose step stands entry by entry
        if is_entry and placed:
            return None
        sides = [] if is_entry else [Side(write_printed(step.expr, step.target, self.marker.sheet.steps))]
        if not placed and not task.question.shape:
            sides += [Side(right) for rung in [rungs.get("numbers")] if rung is not None and (right := rung.right) is not None]
        if not placed and (result := self.find_result(task, own.status, own.text)) is not None:
            sides[:] = add_result(sides, result)
        if not sides:
            return None
        return Equation(own_left, tuple(sides), why=self.say_why(task, step, own.status, placed), quiet=placed)

    def say_why(self, task: AskedStep, step: Step, status: str, placed: bool) -> Sentence:
        """The rule, and how the step was come by where that was not on one's own."""
        say = self.words.practice
        how = say.TO_GO_ON if placed else say.STATUS[status] if status in ("kept", "shown", "given") else ""
        rule = self.say_rule(task, step) if task.kind != "why" and status != "kept" else ""
        said = "; ".join(part for part in (how, rule) if part)
        return (said,) if said else ()

    def say_rule(self, task: AskedStep, step: Step) -> str:
        """The rule of a step by its name; of whole arrays as the pages in layer form have it."""
        layers, words = self.marker.sheet.layers, self.words
        if not task.question.array or layers is None or step.sort not in ("forward", "gradient"):
            return say_rule(step.sort, step.rule, words)
        if step.sort == "forward":
            return words.arrays.say_forward(step.rule, words.rules)
        parameters = [quantity.name for quantity in layers.graph.parameters]
        return words.arrays.say_backward(step.expr, words.rules, parameters, number=not task.question.shape, wrt=step.wrt)

    def find_result(self, task: AskedStep, status: str, typed: str) -> Expr | None:
        """What came out: the learner's own number where it was kept, else the right one; nothing for a formula, which stands there."""
        question = task.question
        if question.kind in ("expression", "chain"):
            return None
        if status == "kept" and not question.array:
            return self.read_typed(self.shown.get(task.target, typed))
        if not question.shape:
            return self.read_typed(write_answer(self.marker, question))
        texts = [self.entries.get(target, "") for target in question.targets] if question.array and task.id in self.owned else []
        numbers = [self.read_typed(part) for part in texts or _split_entries(write_answer(self.marker, question))]
        entries = [number for number in numbers if number is not None]
        if len(entries) != len(numbers) or not 0 < len(entries) <= MOST_ENTRIES or len(question.shape) > 2:
            return None
        columns = question.shape[1] if len(question.shape) == 2 else len(entries)
        return Call("matrix", (Number(str(columns)), *entries))

    def read_typed(self, text: str) -> Expr | None:
        """A number as it was typed; nothing for anything else."""
        inline = value(cut(text.strip(), self.words.marking, 40), self.words.marking)
        plain = text.strip().replace("−", "-")
        return inline.expr if isinstance(inline, Math) and (is_decimal(plain) or "/" in plain) else None


def _split_entries(text: str) -> list[str]:
    return [part.strip(" []") for part in text.split(",")]
