"""The steps that a session has so far, each by itself, and the graph that it is about: what stands beside a question on a page.

A step is only here once it is done; of one that was kept though it is wrong there is the learner's own value.  The graph has names and
formulas alone, no number that has to be found.
"""

from __future__ import annotations

from tutor.derive.working import list_referred
from tutor.explain.asked_quantity import name_asked
from tutor.explain.document import Block, Document, Equation, Equations, Math, Node, Paragraph, Picture, Side
from tutor.explain.feedback_page import cut, value
from tutor.explain.practice_page import EQUALS, say_rule
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.keys import read_after, read_derivative
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.plain import write_plain
from tutor.expression.walk import as_name, names
from tutor.graph.nouns import Graph, Step
from tutor.practice.ladder import find_step, list_rungs, write_answer, write_number
from tutor.practice.preview import Preview
from tutor.practice.session import DONE, Lesson, Session
from tutor.practice.tasks import AskedStep

MOST_BOXES = 80
"""A larger graph is not drawn beside a question."""
MOST_ENTRIES = 64


def list_done(session: Session) -> tuple[AskedStep, ...]:
    """The tasks that are done and have something to show for it: quantities, no choices.

    >>> from tutor.exercise.load import load
    >>> from tutor.practice.session import start
    >>> list_done(start(load("neuron/two-two-two")))
    ()
    """
    able = (task for task in session.lesson.tasks if task.kind in ("value", "declared"))
    return tuple(task for task in able if session.look_up(task.id).status in DONE)


def write_done(session: Session, task: AskedStep, words: Wording = ENGLISH) -> Document:
    """One step that is done: in symbols, with numbers put in, and what came out; of an exam that goes on, what was written."""
    marker, own = session.lesson.marker, session.look_up(task.id)
    if session.lesson.settings.mode == "exam" and not session.ended:
        asked = name_asked(task.question, words) if task.question.targets else [cut(task.question.text, words.marking, 80)]
        return Document("", blocks=(Paragraph((*asked, EQUALS, value(own.text, words.marking))),), language=words.language)
    step = find_step(marker, task)
    result = None if own.status == "kept" else _find_result(session.lesson, task)
    text = own.text.strip() if own.status == "kept" else write_answer(marker, task.question)
    blocks: list[Block] = []
    if step is None or task.question.kind == "choice":
        asked = name_asked(task.question, words) if task.question.targets else [cut(task.question.text, words.marking, 80)]
        blocks.append(Paragraph((*asked, EQUALS, value(text, words.marking))))
    else:
        rungs = {rung.kind: rung for rung in list_rungs(marker, task, session.list_shown())}
        sides = [Side(right) for kind in ("symbols", "numbers") if kind in rungs and (right := rungs[kind].right) is not None]
        if own.status == "kept" and isinstance(number := value(text, words.marking), Math):
            sides.append(Side(number.expr, result=True))
        elif result is not None:
            sides.append(Side(result, result=True))
        why = (say_rule(step.sort, step.rule, words),) if step.rule else ()
        blocks.append(Equations((Equation(as_name(step.target), tuple(sides), why=why),)))
    if own.status not in ("right", "given"):
        blocks.append(Paragraph((words.practice.STATUS[own.status],)))
    return Document("", blocks=tuple(blocks), language=words.language)


def _find_result(lesson: Lesson, task: AskedStep) -> Expr | None:
    """What came out, as it is shown: a number, or an array of numbers; nothing where there are no values."""
    question, truth = task.question, lesson.marker.sheet.truth
    if question.kind in ("expression", "chain", "choice") or not all(target in truth for target in question.targets):
        return None
    entries = [Number(write_number(truth[target])) for target in question.targets]
    if len(entries) == 1 and not question.shape:
        return Number(write_answer(lesson.marker, question)) if question.form != "fraction" else None
    if len(entries) > MOST_ENTRIES or len(question.shape) > 2:
        return None
    width = question.shape[-1] if len(question.shape) == 2 else 1
    return Call("matrix", (Number(str(width)), *entries))


def draw_lesson(lesson: Lesson, words: Wording = ENGLISH) -> Picture | None:
    """The graph of a lesson with names and formulas, and no number; None where there is none, or it is too large to stand beside."""
    graph: Graph = lesson.marker.sheet.working.graph
    if lesson.exercise.graph is None or len(graph.steps) + len(graph.leaves) > MOST_BOXES:
        return None
    kinds = {quantity.name: quantity.kind for quantity in (*graph.leaves, *graph.nodes)}
    nodes: dict[str, Node] = {}
    edges: list[tuple[str, str]] = []
    for step in graph.steps:
        for name in names(step.expr):
            nodes.setdefault(name, Node(name, kinds.get(name, "node")))
            edges.append((name, step.target))
        nodes[step.target] = Node(step.target, kinds.get(step.target, "node"), step.expr)
    return Picture(tuple(nodes.values()), tuple(edges), graph.loss, words.drawn)


def list_touched(step: Step) -> tuple[str, ...]:
    """The quantities that a step is about, to be lit up in the graph: what it computes, and what it uses.

    >>> from tutor.expression.nodes import Mul, Name, Partial
    >>> list_touched(Step("dL/dz", Mul((Partial("L", "a"), Partial("a", "z"))), "chain rule", sort="gradient"))
    ('L', 'z', 'a')
    """
    keys = (step.target, *list_referred(step.expr))
    return tuple(dict.fromkeys(name for key in keys for name in list_key_names(key)))


def list_key_names(key: str) -> tuple[str, ...]:
    """The quantities in a name or a derivative.

    >>> list_key_names("dL/dw5"), list_key_names("out_h1"), list_key_names("w5@1")
    (('L', 'w5'), ('out_h1',), ('w5',))
    """
    derivative = read_derivative(key)
    return (derivative.of, derivative.wrt) if derivative is not None else (read_after(key).key,)


def write_preview(preview: Preview, words: Wording = ENGLISH) -> Document:
    """What was understood of a text that is being typed, or why nothing is."""
    if preview.message:
        first = preview.message.splitlines()[0]
        return Document("", blocks=(Paragraph((cut(first, words.marking, 160),)),), language=words.language)
    parts: list[str | Math] = []
    for sign, expr in preview.members:
        if sign:
            parts.append(f"\N{NO-BREAK SPACE}{sign}\N{NO-BREAK SPACE}")
        parts.append(Math(expr) if len(write_plain(expr)) < 1_000 else "…")
    return Document("", blocks=(Paragraph(tuple(parts)),) if parts else (), language=words.language)
