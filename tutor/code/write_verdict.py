"""The verdict on a program in one world: what is right, wrong, lost or not read, and the lines that are wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from tutor.code.code_values import NotRead
from tutor.code.code_verdicts import CodeVerdict, JudgedOutput, UnreadStatement
from tutor.code.failures import say_line
from tutor.code.guess_shapes import is_parameter
from tutor.code.judgement import Judgement
from tutor.code.pair_functions import UPSTREAM
from tutor.code.search_roots import RootSearch
from tutor.code.statement_names import find_loss_names, name_targets
from tutor.errors import ProgramError, tell
from tutor.numbers.arrays import np
from tutor.program.unread_kinds import find_hint


def give_verdict(judged: Judgement) -> CodeVerdict:
    """The verdict, with the lines that are wrong."""
    plan = judged.trial.plan
    made = CodeVerdict(
        plan.name, plan.forward, "undecided", (), (), (), tuple(_list_unread(judged)), _find_first_line(judged), judged.trial.world
    )  # fmt: skip
    if not judged.outputs:
        return replace(made, why=judged.first.why or tell("no gradient of it is found"))
    open_why = _find_open(judged)
    if open_why is not None:
        why, hint, problem = open_why
        place = show_place(judged, problem) if problem is not None else None
        hint = hint or (place.hint if place is not None else "")
        return replace(made, outputs=tuple(_list_judged(judged)), why=why, hint=hint, place=place)
    if judged.is_right:
        return replace(made, verdict="right", outputs=tuple(_list_judged(judged)))
    search = RootSearch(judged)
    roots, judged.edits = search.find_roots()
    cut = judged.trial.budget.is_low
    follows = search.list_followers(judged.edits, roots) if judged.edits and not cut else ()
    last = max((root.last for root in roots), default=0)
    why = tell("the steps for one program are used up: lines behind {line} were not tried", line=last) if cut and last else ""
    hint = tell("mend what is named first, and run this again") if why else ""
    ordered = tuple(sorted(roots, key=lambda one: one.line))
    return replace(made, verdict="wrong", outputs=tuple(_list_judged(judged)), roots=ordered, follows=follows, why=why, hint=hint)


def _find_open(judged: Judgement) -> tuple[str, str, NotRead | None] | None:
    """Why nothing can be said of what is right or wrong, what to do, and what was not read; nothing where something can."""
    if judged.is_right:
        record = judged.first.record
        failing = [(number in judged.first.after, problem) for number, problem in record.problems.items()
                   if problem.fails or isinstance(record.visited.get(number), ast.Raise)]  # fmt: skip
        if judged.trial.plan.is_single:  # of one body what the loss is worked out from
            visited = record.visited
            needed, last = find_loss_names([*visited.values()])
            failing = [(True, problem) for number, problem in record.problems.items() if problem.fails and number in visited
                       and name_targets(visited[number]) & needed and getattr(visited[number], "lineno", 0) <= last]  # fmt: skip
        for within, problem in failing:  # what is right without a line says nothing
            return (say_line(problem) if within else tell("the forward pass is not read: {why}", why=say_line(problem))), "", problem
        return None
    lost = [output.lost for output in judged.outputs if output.lost is not None and not output.lost.fails]
    if lost and len(lost) == sum(not right for right in judged.right.values()):
        return say_line(lost[0]), "", lost[0]
    if not judged.has_loss:
        return tell("the loss is no finite number at the numbers that were tried"), tell("give numbers: --given values.json"), None
    reason = judged.find_doubt()
    if reason is not None:
        return say_line(reason), "", reason
    unknown, plan = ", ".join(name for name in judged.first.unmatched if not UPSTREAM.match(name)), judged.trial.plan
    if unknown and not (any(judged.first.upstream) or plan.is_single or plan.cost):  # e of backprop(e, h, x)
        hint = tell("call it as what it is the gradient of: dout, dz; or add the loss")
        return tell("nothing says what {names} is", names=unknown), hint, None
    if is_each_alone(judged):
        names = ", ".join(key for key, right in judged.right.items() if not right)
        hint = tell("give the gradient from above to it, backward(dout), and the sum over the samples")
        return tell("{names} has a row for each sample: it is multiplied with the gradient from above elsewhere", names=names), hint, None
    return None


def is_each_alone(judged: Judgement) -> bool:
    """Whether what is wrong is the derivative of each sample's own output, of which the sum would be right.

    ``dW = X`` of ``y = X @ W``, without a gradient from above: who calls it sums over the samples.
    """
    plan = judged.trial.plan
    if any(judged.first.upstream) or plan.is_single or plan.cost:
        return False
    for output in judged.outputs:
        event = judged.check.find_target(output)
        if judged.right[output.key]:
            continue
        if event is None or output.value is None or np.ndim(output.value) != 2 or not is_parameter(event.key.rpartition(".")[2]):
            return False
        total, shape = np.sum(output.value, axis=0), np.shape(event.value)
        made = total[:, None] if len(shape) == 2 and shape[0] == total.size else total
        if np.shape(output.value) == shape or len(shape) != np.ndim(made) or not judged.check.is_slope(np.broadcast_to(made, shape), event):
            return False
    return bool(judged.outputs) and not judged.is_right


def show_place(judged: Judgement, problem: NotRead) -> ProgramError | None:
    """Where something is not read, with a caret, and what to write instead; nothing for what stands in no line."""
    if not getattr(problem.node, "lineno", 0):
        return None
    assert problem.node is not None
    hint = find_hint(problem.what) or (_STOPS if problem.fails else "")
    return judged.trial.find_home(problem.node).refuse(problem.node, problem.what, hint)


_STOPS = tell("mend this line first, at which Python would stop; where arrays have other shapes, say them: --shapes x=N,D")


def _find_first_line(judged: Judgement) -> int:
    lines = [getattr(node, "lineno", 0) for node in judged.first.after.values()]
    return min((line for line in lines if line), default=0)


def _list_judged(judged: Judgement) -> Iterator[JudgedOutput]:
    for output in judged.outputs:
        event = judged.check.find_target(output)
        right = judged.right[output.key]
        ratio = (
            None if right or event is None or output.value is None else judged.check.find_ratio(output.value, event)
        )
        shape = np.shape(output.value) if output.value is not None else ()
        verdict = "right" if right else "wrong" if output.value is not None else "lost"
        expected = np.shape(event.value) if event is not None else ()
        of = event.key if event is not None else output.of[0] if output.of else output.key
        name = judged.trial.shown.get(output.key, output.key)
        yield JudgedOutput(name, of, verdict, shape, expected, f"{1 / ratio:.6g}" if ratio else "")


def _list_unread(judged: Judgement) -> Iterator[UnreadStatement]:
    lines = judged.trial.source.lines
    told: set[tuple[int, str]] = set()
    for number, problem in judged.first.record.problems.items():
        if (id(problem.node), problem.what) in told:  # of each round of a loop it is another one
            continue
        told.add((id(problem.node), problem.what))
        node = judged.first.record.visited.get(number)
        line = getattr(node, "lineno", 0)
        if node is None or judged.trial.find_home(node) is not judged.trial.source:
            continue
        if number in judged.first.after and line and not isinstance(node, ast.Return | ast.For | ast.If | ast.With):
            yield UnreadStatement(
                line, lines[line - 1].strip() if line <= len(lines) else "", problem.what, problem.fails, show_place(judged, problem)
            )
