"""A hand-written backward pass, judged.

Which gradients are right, which line is wrong at the root, what it probably was, what only follows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tutor.code.called_passes import list_called_passes
from tutor.code.class_counts import count_classes
from tutor.code.clipped_gradients import leave_clipping, tell_clipping
from tutor.code.code_values import CodeProblem
from tutor.code.code_verdicts import CodeVerdict, WrongLine
from tutor.code.code_worlds import find_training_loops, list_worlds
from tutor.code.derived_lines import add_formulas
from tutor.code.exchanged_parts import find_function
from tutor.code.failures import say_failure, say_list
from tutor.code.function_settings import judge_functions
from tutor.code.given_values import check_given, check_shapes
from tutor.code.guessing import GuessedWorld
from tutor.code.judged_steps import StepJudge
from tutor.code.judgement import Judgement
from tutor.code.listed_samples import take_columns
from tutor.code.margin_losses import name_margin_steps
from tutor.code.matched_sides import judge_sides
from tutor.code.named_updates import divide_in_steps, name_updates
from tutor.code.numeric_warnings import find_warnings
from tutor.code.other_convention import tell_convention
from tutor.code.other_numbers import judge_near, judge_trial
from tutor.code.other_readings import judge_kinder, judge_stricter, tell_flat
from tutor.code.pair_functions import BackwardPlan, find_plans, is_training, list_functions
from tutor.code.refused_runs import refuse_overflow
from tutor.code.search_ranks import judge_ranked, tell_reading
from tutor.code.search_roots import RootSearch
from tutor.code.split_returns import split_return
from tutor.code.step_budget import StepBudget
from tutor.code.torch_returns import find_short_return
from tutor.code.trial import ProgramTrial
from tutor.code.unwritten import list_unnamed, refuse_unwritten, tell_missing
from tutor.code.update_signs import find_climbing_step
from tutor.code.usual_losses import find_meant_loss
from tutor.code.usual_settings import tell_settings
from tutor.code.work_statements import FAILS
from tutor.code.write_verdict import give_verdict
from tutor.errors import Told, hint_near, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import Floats, np
from tutor.program.source import Source
from tutor.text import make_visible, shorten_path

MOST_CALLED = 3
SQUARE = (6, 6)
"""Rows and columns of images for programs that take one for the other."""
MOST_BESIDE = 2
"""So many other readings are kept that are as likely."""
MOST_PLANS = 40
"""So many backward passes are judged at once."""


def judge_code(
    source: Source,
    wanted: str = "",
    forward_source: Source | None = None,
    forward: str = "",
    others: Sequence[Source] = (),
    given: Mapping[str, Floats | str] = MappingProxyType({}),
    shapes: Mapping[str, Shape] = MappingProxyType({}),
) -> tuple[CodeVerdict, ...]:
    r"""Judge every backward pass of a file, or the one that is wanted.

    ``others`` are the files that it takes functions from.  ``given`` are values, by name, for what the program is given: it is worked
    through at these sizes, and first of all at these numbers; a text says why one is not read.
    ``shapes`` are shapes, by name, of what else it is given.

    Raises `CodeProblem` for a file without any.

    >>> from tutor.program.source import read_source
    >>> text = "def f_forward(x, w):\n    return w * x, (x, w)\n"
    >>> text += "def f_backward(dout, cache):\n    x, w = cache\n    return dout * w, dout * w\n"
    >>> found = judge_code(read_source(text, "f.py"))[0]
    >>> found.verdict, [(root.line, root.tag) for root in found.roots]
    ('wrong', [(5, 'another-variable')])
    """
    _require_function(source, wanted)
    _require_function(forward_source or source, forward if not wanted.rpartition(".")[0] else "")
    written, steps = source, StepJudge(source)
    source = source if forward_source is not None else name_updates(name_margin_steps(leave_clipping(take_columns(source))))
    plans = find_plans(source.tree, wanted, forward)
    if not source.tree.body:
        raise CodeProblem(tell("there are no statements in the file"), where=source.file,
                          hint=tell("give the file with the forward and the backward function"))  # fmt: skip
    if not plans:
        raise CodeProblem(
            tell("no backward pass is found"),
            where=source.file,
            hint=tell("call it f_backward beside f_forward, or say: tutor code FILE:backward --forward FILE:forward"),
        )
    if len(plans) > MOST_PLANS:
        raise CodeProblem(
            tell("the file has {count} backward passes, more than {limit}", count=len(plans), limit=MOST_PLANS), where=source.file,
            hint=tell("name one of them: tutor code FILE:{name}", name=plans[0].name))  # fmt: skip
    sources = [source, *filter(None, (forward_source,)), *others]
    values, said = check_given(given, sources), check_shapes(shapes, sources)
    found = []
    kept = {plan.name for plan in plans if not plan.is_single}
    file = _JudgedFile(source, forward_source, others, values, said, steps)
    for plan in plans:
        file.budget.begin_pass()
        try:
            if file.budget.is_spent:
                raise CodeProblem(tell("the steps for one file are used up"), where=source.file,
                                  hint=tell("judge it by itself: tutor code FILE:{name}", name=plan.name))  # fmt: skip
            verdict = _judge_plan(file, plan)
            if source is not written and verdict.outputs:
                verdict = replace(verdict, assumes=(*verdict.assumes, *tell_clipping(written, plan)))
        except CodeProblem as why:
            reason = tell("{why} ({place})", place=shorten_path(why.where), why=why.what)
            verdict = CodeVerdict(plan.name, plan.forward, "undecided", (), (), (), (), why=reason, hint=why.hint)
            body = find_function(source.tree, plan.owner, plan.backward)
            if why.what != tell("no loss is found") or (body is not None and is_training(body)):  # else it may be no backward pass at all
                kept.add(plan.name)
        names = [plan.forward, plan.backward] if plan.backward else []
        found.append(replace(verdict, warnings=(*verdict.warnings, *find_warnings(source, names, plan.owner))))
    if len(found) > 1:
        found = [one for one in found if one.outputs or one.name in kept] or found
    return tuple(steps.judge(found, plans, alone=bool(wanted)))


def _require_function(source: Source, name: str) -> None:
    """Raise `CodeProblem` for a function that is not in the file; with those that are near, or all."""
    known = list_functions(source.tree)
    if name and name not in known and name not in [one.rpartition(".")[2] for one in known]:
        hint = hint_near(name, known)
        if not hint and known:
            hint = tell("these are: {names}", names=", ".join(known[:12]))
        raise CodeProblem(tell("there is no function {name} in the file", name=make_visible(name, 60)), where=source.file,
                          hint=hint or tell("give the file that it stands in"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _JudgedFile:
    """A file with what is given beside it, and the steps that its judgement may take."""

    source: Source
    forward_source: Source | None
    others: Sequence[Source]
    given: Mapping[str, Floats]
    shapes: Mapping[str, Shape]
    steps: StepJudge
    budget: StepBudget = field(default_factory=StepBudget)


def _judge_plan(file: _JudgedFile, plan: BackwardPlan) -> CodeVerdict:
    """The verdict of one backward pass; with as many classes as its labels say, where it is not read with their number in it."""
    counted = count_classes(file.source) if file.forward_source is None else file.source
    if counted is file.source:
        return _judge_written(file, plan)
    found = refused = other = None
    try:
        found = _judge_written(file, plan)
    except CodeProblem as why:
        refused = why
    if found is not None and found.verdict == "right":
        return found
    try:
        other = _judge_written(replace(file, source=counted), plan)
    except CodeProblem as why:
        refused = refused or why
    if other is not None and (found is None or other.verdict == "right"):
        return other
    if found is None:
        raise refused or CodeProblem(tell("no backward pass is found"), where=file.source.file)
    return found


def _judge_written(file: _JudgedFile, plan: BackwardPlan) -> CodeVerdict:
    once = find_training_loops(file.source.tree)
    meant = None
    if file.forward_source is None:
        world = GuessedWorld(shapes=file.shapes)
        meant = find_meant_loss(ProgramTrial(file.source, plan, world, once, None, file.others, file.given, budget=file.budget))
    if meant is not None:
        file, plan = replace(file, source=meant.source, shapes={**file.shapes, **meant.shapes}), meant.plan
    judged = _judge_worlds(file, plan)
    divided = divide_in_steps(file.source) if plan.is_single and not judged.is_right else file.source
    if divided is not file.source:
        other = _judge_worlds(replace(file, source=divided), plan)
        if other.is_right or other.score < judged.score:
            judged = other
            judged.trial.conventions.add(tell("the gradients are divided where the steps are taken with them"))
    judged, notes = judge_sides(judged) if judged.is_right else (judge_near(judged), ())
    judged = judge_functions(judged) if judged.is_right else _judge_parts(judged)
    if not judged.is_right and judged.outputs and file.forward_source is None:
        judged.called = [*_judge_called(file, plan, judged)]
    if not judged.is_right:
        refuse_overflow(file.source.file, judged.first.record.events[judged.first.begins :])
    told = give_verdict(judged)
    for other in judged.beside if any(not root.tag for root in told.roots) else ():  # as likely a reading, in which the slip is known
        if not judged.trial.budget.is_low and (said := give_verdict(other)).roots and all(root.tag for root in said.roots):
            judged, told = other, said
            break
    verdict = replace(told, left_over=judged.first.left_over)
    listed = [why for key, why in verdict.left_over if why == say_list(key)]
    if listed and verdict.verdict == "right":
        return replace(verdict, verdict="undecided", why=listed[0])
    unnamed = list_unnamed(judged) if verdict.verdict == "right" and plan.is_single else []
    if unnamed:
        why = tell("{names} takes a step by what has no name, which is not compared", names=", ".join(unnamed))
        return replace(verdict, verdict="undecided", why=why, hint=tell("give it a name, d{name} = …", name=unnamed[0]))
    short = find_short_return(file.source, plan) if verdict.verdict == "right" else None
    if short is not None:
        line, count, asked = short
        why = tell("line {line} returns {count} gradients, and forward is given {asked} values: PyTorch refuses that",
                   line=line, count=count, asked=asked)  # fmt: skip
        return replace(verdict, verdict="undecided", why=why, hint=tell("return None where a value needs no gradient"))
    assumed = judged.trial.assumed
    if assumed and verdict.verdict == "wrong":
        return _leave_open(verdict, tuple(assumed))
    if verdict.verdict == "wrong" and min(np.shape(judged.first.loss) or (1,)) > 1 and np.ndim(judged.first.loss) > 1:
        why = tell("the loss is no single number, but an array")  # Y @ log(A).T, for one output
        return replace(verdict, verdict="undecided", roots=(), follows=(), why=why)
    names = ", ".join(sorted(judged.trial.left_out))
    what = tell("{names} is 0, since the forward pass has no regularisation: that of the gradients is not judged", names=names)
    idle: tuple[Told, ...] = (what,) if names else ()
    bare = ", ".join(sorted(judged.trial.bare))
    idle += (tell("{names} is None: what is done where it is given is not judged", names=bare),) if bare else ()
    idle += (*tell_reading(judged.trial), *([*meant.more, meant.told] if meant is not None else []))
    idle += (tell("images are as high as they are wide"),) if judged.trial.world.images == SQUARE else ()
    idle += tuple(sorted(judged.trial.conventions)) if verdict.verdict == "right" else ()
    idle += tuple(tell_convention(judged)) if verdict.verdict == "wrong" else ()
    idle += (*tell_missing(judged), *tell_flat(judged), *tell_settings(judged)) if verdict.verdict == "right" else ()
    climbs = find_climbing_step(file.source, plan) if verdict.verdict == "right" and (meant is None or not meant.is_turned) else None
    notes = (*notes, *([climbs] if climbs is not None else []))
    if verdict.verdict == "right":
        file.steps.note(judged)
    return add_formulas(judged, replace(verdict, assumes=(*assumed.values(), *idle), warnings=notes))


def _judge_parts(judged: Judgement) -> Judgement:
    """The judgement with each part of a ``return`` by itself, where it works out gradients."""
    if judged.trial.plan.is_single or not judged.trial.plan.backward:
        return judged
    trial = split_return(judged.trial, judged.first)
    if trial is None:
        return judged
    try:
        other = Judgement(trial)
    except (*FAILS, CodeProblem):
        return judged
    return judged if other.is_right or len(other.outputs) < len(judged.outputs) else other


def _judge_called(
    file: _JudgedFile, plan: BackwardPlan, caller: Judgement
) -> Iterator[tuple[Mapping[int, tuple[ast.stmt, ...]], Sequence[WrongLine]]]:
    """What is wrong in the backward passes that this one calls: each is judged by itself, at its own forward pass."""
    for one in list_called_passes(file.source.tree, plan)[:MOST_CALLED]:
        try:
            judged = _judge_worlds(file, one)
        except CodeProblem:
            continue
        if judged.is_right and not judged.stops and not judged.trial.assumed:
            caller.leave_out(judged.list_statements())
        if not judged.is_right and judged.outputs and judged.find_doubt() is None and not judged.trial.assumed:
            roots, edits = RootSearch(judged).find_roots()
            yield edits if any(root.tag for root in roots) else {}, roots


def _judge_worlds(file: _JudgedFile, plan: BackwardPlan) -> Judgement:
    """The judgement in the likeliest of the worlds, or the one in which it is right."""
    source, forward_source = file.source, file.forward_source
    refuse_unwritten(source, plan, backward_only=forward_source is not None)
    best: tuple[tuple[int, ...], Judgement] | None = None
    refused: CodeProblem | None = None
    worlds = [*list_worlds(forward_source or source, plan)]
    turned = [*(replace(one, vectors=True) for one in worlds), *(replace(one, bare=True) for one in worlds)]
    square = [replace(one, images=SQUARE) for one in worlds if re.search(r"(?i)conv|pool|cnn", plan.name)]
    for world in [*worlds, *turned, *square, *(replace(one, single=True, vectors=True) for one in worlds)]:
        if world not in worlds and best is not None:
            break
        once, own = find_training_loops(source.tree), replace(world, shapes=file.shapes)
        trial = ProgramTrial(source, plan, own, once, forward_source, file.others, file.given, budget=file.budget)
        try:
            judged = judge_trial(trial)
            trial = judged.trial
        except FAILS as why:
            what = tell("the forward pass is not read: {why}", why=say_failure(why).what)
            refused = refused or CodeProblem(what, where=source.file)
            continue
        except CodeProblem as why:
            refused = refused or why
            if trial.is_long:  # in every world
                raise refused from None
            continue
        if not judged.is_right or judged.stops:
            judged = judge_kinder(judged)
        if judged.is_right:
            judged = judge_stricter(judged)
        if best is None or judged.score < best[0]:
            best = (judged.score, judged)
        elif judged.score == best[0] and len(best[1].beside) < MOST_BESIDE:
            best[1].beside.append(judged)
        if (judged.is_right and not judged.stops) or not (judged.varies or trial.assumed):
            break
    if best is None or not best[1].is_right or best[1].stops:
        usual = [one for one in worlds if one.targets in ("free", "signed")]
        trials = [
            ProgramTrial(source, plan, replace(one, shapes=file.shapes), find_training_loops(source.tree), forward_source, file.others,
                         file.given, budget=file.budget) for one in usual
        ]  # fmt: skip
        other = judge_ranked(trials, None if best is None else best[1])
        if other is not None:
            return judge_stricter(other) if other.is_right else other
    if best is None:
        raise refused or CodeProblem(tell("no backward pass is found"), where=source.file)
    return best[1]


def _leave_open(verdict: CodeVerdict, names: Sequence[str]) -> CodeVerdict:
    """A program that is wrong with the usual meaning of functions that are not in the file may be right with theirs."""
    said = ", ".join(names)
    line = verdict.roots[0].line if verdict.roots else 0
    why = tell("{names} is not in the file; with the usual meaning line {line} would be wrong", names=said, line=line)
    hint = tell("put {names} into the file, then it is judged", names=said)
    return replace(verdict, verdict="undecided", roots=(), follows=(), why=why, hint=hint)
