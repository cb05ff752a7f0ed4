"""What is asked of a student: the questions that an exercise declares, or sensible ones made from its graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from tutor.derive.working import Working
from tutor.exercise.model import Exercise
from tutor.exercise.question import Kind, Question, Tolerance
from tutor.exercise.training_task import is_trained_otherwise
from tutor.expression.keys import derivative_key, make_after_key, read_after, read_derivative, read_edge
from tutor.expression.nodes import Name
from tutor.expression.walk import names
from tutor.graph.depths import find_depths
from tutor.graph.nouns import Step
from tutor.marking.array_questions import is_asked_by_arrays, make_array_questions
from tutor.numbers.agreement import agreement
from tutor.numbers.arithmetic import CONTEXT, Value, as_real

MOST_FORWARD, MOST_LOCALS, MOST_GRADIENTS, MOST_UPDATES = 24, 12, 40, 24
MOST_DIGITS = 8


def parts(target: str) -> tuple[str, str, int]:
    """A name of the working taken apart: (of, wrt, updates made); ``of`` is empty for what is no derivative.

    >>> parts("dL/dw5@2"), parts("w5")
    (('L', 'w5', 2), ('', 'w5', 0))
    """
    after = read_after(target)
    found = read_derivative(after.key)
    return (found.of, found.wrt, after.updates) if found else ("", after.key, after.updates)


def updates_in(questions: Iterable[Question]) -> int:
    """How many updates questions ask for."""
    return max((parts(target)[2] for question in questions for target in question.targets), default=0)


def losses_in(questions: Iterable[Question], working: Iterable[str]) -> tuple[str, ...]:
    """The quantities whose derivatives questions ask for, each once, in evaluation order."""
    asked = {parts(target)[0] for question in questions for target in question.targets}
    return tuple(name for name in working if name in asked)


def make_questions(exercise: Exercise, working: Working) -> tuple[Question, ...]:
    """Questions made from the graph: about whole arrays where it is over layers, else about single quantities.  Each has one mark."""
    make = make_array_questions if is_asked_by_arrays(exercise) else make_single_questions
    return make(exercise, working)


def make_single_questions(exercise: Exercise, working: Working) -> tuple[Question, ...]:
    """Questions about single quantities: forward values, local derivatives that say something, gradients, and the first update.

    They ask for numbers where the exercise has values, and for formulas where it has none.
    """
    kind: Kind = "number" if exercise.values else "expression"
    found: list[Question] = []

    def ask(targets: Iterable[str], most: int) -> None:
        for target in list(targets)[:most]:
            of, wrt, k = parts(target)
            plain = derivative_key(of, wrt) if of else wrt
            text = f"{plain} after {k}" if k else plain
            if all(question.id != target for question in found):
                found.append(Question(target, text, kind, (target,)))

    if exercise.graph is None:
        exactly = Tolerance(relative=Fraction(0))
        return tuple(
            Question(f"count_{what}", f"count {what}", "number", (f"count {what}",), tolerance=exactly) for what in exercise.counts
        )
    steps = [step for step in working.steps if not step.after]
    if exercise.values:
        ask((step.target for step in steps if step.sort == "forward"), MOST_FORWARD)
    given = {q.name for q in exercise.graph.leaves if q.kind in ("target", "constant")}
    ask((s.target for s in steps if s.sort == "local" and s.wrt not in given and _says_something(s)), MOST_LOCALS)
    loss = exercise.graph.loss
    asked = list(exercise.asked)
    if not asked:
        free = [q.name for q in exercise.graph.inputs if q.kind not in ("target", "constant")]
        trained = [q.name for q in exercise.graph.parameters] or free
        asked = [derivative_key(loss, name) for name in trained]
    nodes = {step.target for step in exercise.graph.steps} - {loss}
    between = [s.target for s in steps if s.sort == "gradient" and s.of == loss and s.wrt in nodes and names_in(s)]
    wanted = working.cone(asked)
    depths, made = find_depths(exercise.graph), {name: place for place, name in enumerate(exercise.graph.names)}
    between.sort(key=lambda target: (-depths[parts(target)[1]], made[parts(target)[1]]))  # from the loss back, each layer in its order
    ask([target for target in between if target in wanted and target not in asked], MOST_GRADIENTS)
    ask([target for target in asked if target in working.by_name], MOST_GRADIENTS)
    if exercise.steps and exercise.rate is not None and exercise.values:
        ask((make_after_key(q.name, 1) for q in exercise.graph.parameters), MOST_UPDATES)
    return tuple(found)


def names_in(step: Step) -> bool:
    """Whether a step's formula has any quantity in it."""
    return bool(names(step.expr)) or bool(step.terms)


def _says_something(step: Step) -> bool:
    """Whether a local derivative is more than a number or one of the quantities; edges without a name of their own cannot be asked for."""
    return not read_edge(step.target) and type(step.expr) is not Name and bool(names(step.expr))


def sharpen(question: Question, truth: Mapping[str, Value]) -> Question:
    """A generated question with as many digits as it takes to tell an updated parameter from the old one."""
    if question.kind != "number" or not question.targets:
        return question
    target = question.targets[0]
    of, name, k = parts(target)
    before = make_after_key(name, k - 1)
    if of or not k or before not in truth or target not in truth:
        return question
    old, new = truth[before], truth[target]
    if old == new or as_real(old) == 0 or as_real(new) == 0:
        return question
    digits = question.tolerance.digits
    while digits < MOST_DIGITS and _is_same(old, new, digits):
        digits += 1
    near = min(question.tolerance.relative, _measure_gap(old, new) / 4)
    return replace(question, tolerance=replace(question.tolerance, digits=digits, relative=near))


def _is_same(old: Value, new: Value, digits: int) -> bool:
    """Whether the old value could be taken for the new one, correctly rounded or cut off to so many digits."""
    text = CONTEXT.nstr(as_real(old), digits, min_fixed=-50, max_fixed=50, strip_zeros=False)
    return agreement(text, new) != "differs"


def _measure_gap(old: Value, new: Value) -> Fraction:
    relative = abs((as_real(new) - as_real(old)) / as_real(new))
    return Fraction(float(relative)).limit_denominator(10**6) or Fraction(1, 10**6)


def list_questions(exercise: Exercise, working: Working) -> tuple[Question, ...]:
    """What is asked: the exercise's own questions, or generated ones."""
    return exercise.questions or make_questions(exercise, working)


def list_single_questions(exercise: Exercise, working: Working, names: Iterable[str]) -> tuple[Question, ...]:
    """Questions about single quantities that are asked by their names in the working (``dL/dW_1_1``), as the cases of an exercise may."""
    kind: Kind = "number" if exercise.values else "expression"
    return tuple(Question(name, name, kind, (name,)) for name in dict.fromkeys(names) if name in working.by_name)


def can_follow(exercise: Exercise, target: str) -> bool:
    """Whether a quantity's way is among the steps: training over a data set is computed as a whole."""
    return not (parts(target)[2] and is_trained_otherwise(exercise) and exercise.samples is not None)
