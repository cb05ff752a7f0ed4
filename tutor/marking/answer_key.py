"""The right answer to each question, in the form that is asked for: what the solutions of a problem sheet begin with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from tutor.derive.backward import derive
from tutor.derive.layer_products import pull_numbers
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.named import find_named
from tutor.exercise.question import Question
from tutor.expression.keys import derivative_key, read_after
from tutor.expression.nodes import ONE, Add, Expr, Mul, Name, Partial, children, rebuild
from tutor.expression.walk import size
from tutor.graph.nouns import Step
from tutor.marking.mark_sheet import MOST_SIMPLIFIED, Sheet
from tutor.numbers.arithmetic import Value

LONGEST = 120
"""A formula of more nodes is not put together: the worked solution has its parts."""
SHORT = 12
"""A derivative of more nodes that is asked for stands by its name in the answers below it."""


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """What is right: the letters of a choice, the values in reading order, or a formula; none where only a worked solution tells."""

    values: tuple[Value, ...] = ()
    formula: Expr | None = None
    letters: tuple[str, ...] = ()


def list_simplified(sheet: Sheet) -> dict[str, Expr]:
    """The derivatives that lectures simplify, as they do: ŷ − y for the sigmoid with binary cross-entropy.

    >>> from tutor.exercise.load import load
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(list_simplified(Sheet(load("dl/bce")))["dL/ds1"])
    'yhat1 - y1'
    """
    graph = sheet.exercise.graph
    if graph is None or len(graph.steps) > MOST_SIMPLIFIED:
        return {}
    found: dict[Expr, Expr] = {rewrite.left: rewrite.expr for rewrite in find_named(derive(graph))}
    if sheet.layers is not None:
        found |= {rewrite.left: rewrite.expr for rewrite in find_layer_rewrites(sheet.layers)}
    return {derivative_key(left.of, left.wrt): expr for left, expr in found.items() if type(left) is Partial}


def list_right_answers(sheet: Sheet, questions: Sequence[Question]) -> dict[str, RightAnswer]:
    """The right answers by id; a long one over arrays stands by its name in those that come later."""
    simplified = list_simplified(sheet)
    found: dict[str, RightAnswer] = {}
    named: list[str] = []
    for question in questions:
        answer = found[question.id] = find_right_answer(sheet, question, simplified, named)
        if question.array and question.form != "inputs" and answer.formula is not None and size(answer.formula) > SHORT:
            named.append(question.array)
    return found


def find_right_answer(
    sheet: Sheet, question: Question, simplified: Mapping[str, Expr] = MappingProxyType({}), named: Collection[str] = ()
) -> RightAnswer:
    """The right answer to one question; ``simplified`` are derivatives that have another form than the chain rule gives, ``named`` are
    those that may stand in it by their names.

    >>> from tutor.exercise.load import load
    >>> sheet = Sheet(load("dl/add-multiply"))
    >>> find_right_answer(sheet, sheet.by_id["df/dz.formula"]).formula
    Name(name='d')
    """
    if question.kind == "choice":
        return RightAnswer(letters=question.right)
    if question.kind == "program":
        return RightAnswer()
    if question.kind not in ("expression", "chain"):
        return RightAnswer(values=tuple(sheet.truth[target] for target in question.targets if target in sheet.truth))
    steps = {name: step for name, step in sheet.working.by_name.items() if not read_after(name).updates}
    key = question.targets[0] if len(question.targets) == 1 else ""
    if question.array and question.shape and sheet.layers is not None:
        found = (*sheet.layers.graph.steps, *derive(sheet.layers.graph).backward)
        steps, key = {step.target: step for step in found}, question.array
    if key not in steps:
        return RightAnswer()
    step = steps[key]
    if question.kind == "chain":
        return RightAnswer(formula=_write_chain(step))
    steps |= {name: replace(steps[name], expr=expr) for name, expr in simplified.items() if name in steps}
    everything = question.form == "inputs"
    open_steps = {name: step for name, step in steps.items() if everything or name not in named}
    return RightAnswer(formula=_put_in(steps[key].expr, open_steps, everything=everything))


def _write_chain(step: Step) -> Expr | None:
    """A derivative as the sum over its paths of upstream times local; nothing where the loss itself is upstream."""
    if not step.paths or any(path.factors[0].wrt == step.of for path in step.paths):
        return None
    terms = [Mul((Partial(up.of, up.wrt), Partial(down.of, down.wrt))) for up, down in ((p.factors[0], p.factors[-1]) for p in step.paths)]
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _put_in(expr: Expr, steps: Mapping[str, Step], *, everything: bool) -> Expr | None:
    """A formula without derivatives, or in given quantities only; nothing where it becomes too long to read."""
    while True:
        key = _find_step(expr, steps, everything)
        if not key:
            return pull_numbers(expr)
        expr = _replace(expr, key, steps[key].expr)
        if size(expr) > LONGEST:
            return None


def _find_step(expr: Expr, steps: Mapping[str, Step], everything: bool) -> str:
    """A derivative in a formula, or with ``everything`` a quantity, that a step computes."""
    stack = [expr]
    while stack:
        node = stack.pop()
        key = derivative_key(node.of, node.wrt) if type(node) is Partial else node.name if type(node) is Name and everything else ""
        if key in steps:
            return key
        stack.extend(children(node))
    return ""


def _replace(expr: Expr, key: str, by: Expr) -> Expr:
    if (type(expr) is Partial and derivative_key(expr.of, expr.wrt) == key) or (type(expr) is Name and expr.name == key):
        return by
    parts = children(expr)
    if not parts:
        return expr
    done = rebuild(expr, tuple(_replace(part, key, by) for part in parts))
    if type(done) is Mul:
        factors = tuple(factor for arg in done.args for factor in (arg.args if type(arg) is Mul else (arg,)) if factor != ONE)
        return factors[0] if len(factors) == 1 else Mul(factors) if factors else ONE
    return done
