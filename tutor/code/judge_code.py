"""A hand-written backward pass, judged.

Which gradients are right, which line is wrong at the root, what it probably was, what only follows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType

from tutor.code.code_values import CodeProblem
from tutor.code.code_verdicts import CodeVerdict, NumericWarning, WrongLine
from tutor.code.code_worlds import find_training_loops, has_products, list_settings, list_worlds
from tutor.code.derived_lines import add_formulas
from tutor.code.failures import say_failure
from tutor.code.given_values import check_given, check_shapes
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import is_parameter
from tutor.code.guessing import GuessedWorld
from tutor.code.kink_sides import draw_near, draw_points, list_one_sided, see_sides
from tutor.code.numeric_warnings import find_warnings
from tutor.code.pair_functions import BackwardPlan, find_plans, list_called_passes, list_functions
from tutor.code.search_ranks import judge_ranked
from tutor.code.search_roots import Judgement
from tutor.code.size_letters import list_sampled
from tutor.code.split_returns import split_return
from tutor.code.step_budget import StepBudget
from tutor.code.trial import ProgramTrial
from tutor.code.unwritten import refuse_unwritten
from tutor.code.usual_losses import find_meant_loss, find_target
from tutor.code.work_statements import FAILS
from tutor.errors import Told, hint_near, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import Floats, np
from tutor.program.source import Source
from tutor.text import make_visible, shorten_path

MOST_CALLED = 3
SMALLER = 0.3
"""How large the numbers are where those that were drawn first are too large for a sigmoid."""
MOST_BESIDE = 2
"""So many other readings are kept that are as likely."""
MOST_TEXTS = 6
MOST_PLANS = 40
"""So many backward passes are judged at once."""


def judge_code(
    source: Source,
    wanted: str = "",
    forward_source: Source | None = None,
    forward: str = "",
    others: Sequence[Source] = (),
    given: Mapping[str, Floats] = MappingProxyType({}),
    shapes: Mapping[str, Shape] = MappingProxyType({}),
) -> tuple[CodeVerdict, ...]:
    r"""Judge every backward pass of a file, or the one that is wanted.

    ``others`` are the files that it takes functions from.  ``given`` are values, by name, for what the program is given: it is worked
    through at these sizes, and first of all at these numbers.  ``shapes`` are shapes, by name, of what else it is given.

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
    file = _JudgedFile(source, forward_source, others, values, said)
    for plan in plans:
        file.budget.begin_pass()
        try:
            if file.budget.is_spent:
                raise CodeProblem(tell("the steps for one file are used up"), where=source.file,
                                  hint=tell("judge it by itself: tutor code FILE:{name}", name=plan.name))  # fmt: skip
            verdict = _judge_plan(file, plan)
        except CodeProblem as why:
            reason = tell("{why} ({place})", place=shorten_path(why.where), why=why.what)
            verdict = CodeVerdict(plan.name, plan.forward, "undecided", (), (), (), (), why=reason, hint=why.hint)
            if why.what != tell("no loss is found"):  # it may be no backward pass at all
                kept.add(plan.name)
        names = [plan.forward, plan.backward] if plan.backward else []
        found.append(replace(verdict, warnings=(*verdict.warnings, *find_warnings(source, names, plan.owner))))
    if len(found) > 1:
        found = [one for one in found if one.outputs or one.name in kept] or found
    return tuple(found)


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
    budget: StepBudget = field(default_factory=StepBudget)


def _judge_plan(file: _JudgedFile, plan: BackwardPlan) -> CodeVerdict:
    target = find_target((file.forward_source or file.source).tree, plan) if file.forward_source is None else ""
    meant = None
    if target:
        trial = ProgramTrial(file.source, plan, GuessedWorld(shapes=file.shapes), find_training_loops(file.source.tree), None,
                             file.others, file.given, budget=file.budget)  # fmt: skip
        meant = find_meant_loss(trial, target, [replace(one, shapes=file.shapes) for one in list_worlds(file.source, plan)
                                                if one.targets == "free"])  # fmt: skip
    if meant is not None:
        file, plan = replace(file, source=meant.source, shapes={**file.shapes, **meant.shapes}), meant.plan
    judged = _judge_worlds(file, plan)
    if target and meant is None and not judged.is_right:
        raise CodeProblem(tell("no loss is found"), where=file.source.file, hint=tell("call it loss, or return it as the first value"))
    if meant is not None:
        judged.trial.meant.add(meant.told)
    judged, notes = _judge_kinks(judged) if judged.is_right else (_judge_near(judged), ())
    judged = judged if judged.is_right else _judge_parts(judged)
    if not judged.is_right and judged.outputs and file.forward_source is None:
        judged.called = [*_judge_called(file, plan, judged)]
    told = judged.give_verdict()
    for other in judged.beside if any(not root.tag for root in told.roots) else ():  # as likely a reading, in which the slip is known
        if not judged.trial.budget.is_low and (said := other.give_verdict()).roots and all(root.tag for root in said.roots):
            judged, told = other, said
            break
    verdict = replace(told, left_over=judged.first.left_over)
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
    idle += tuple(sorted(judged.trial.meant))
    idle += tuple(sorted(judged.trial.conventions)) if verdict.verdict == "right" else ()
    idle += _judge_flat(judged) if verdict.verdict == "right" else ()
    return add_formulas(judged, replace(verdict, assumes=(*assumed.values(), *idle), warnings=notes))


def _judge_flat(judged: Judgement) -> tuple[Told, ...]:
    """That targets have one axis, where the program is right for these only: `/ len(t)` for the mean of a matrix."""
    trial = judged.trial
    if not trial.flat or trial.given:
        return ()
    try:
        other = Judgement(trial.put_in(replace(trial.world, targets="rows")))
    except (*FAILS, CodeProblem):
        return ()
    wrong = not other.is_right and other.outputs and other.find_doubt() is None and all(one.value is not None for one in other.outputs)
    names = ", ".join(sorted(trial.flat - other.trial.flat))
    return (tell("{names} has one axis: it would be wrong with two", names=names),) if wrong and names else ()


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


def _judge_kinks(judged: Judgement) -> tuple[Judgement, tuple[NumericWarning, ...]]:
    """What is right at the first point, on the other sides of its kinks: the judgement where it is wrong, or what was not seen."""
    trial = judged.trial
    try:
        watch = see_sides(trial)
    except (*FAILS, CodeProblem):
        return judged, ()
    missing = list_one_sided(watch.sides)
    for point in chain(draw_near(trial, watch), draw_points(trial, missing)):
        try:
            other = Judgement(point)
        except (*FAILS, CodeProblem):
            continue
        if not other.is_right and other.outputs and other.find_doubt() is None and not other.is_saturated:
            return other, ()
    places = sorted({place for place, _ in missing})
    return judged, tuple(NumericWarning(place[0], "one-side", watch.texts[place], "") for place in places)


def _judge_near(judged: Judgement) -> Judgement:
    """What is wrong at numbers near the kinks, where more is wrong there: a mask by ``> 0.5`` is right for numbers of 3 and −2."""
    trial = judged.trial
    try:
        others = [Judgement(point) for point in draw_near(trial, see_sides(trial))]
    except (*FAILS, CodeProblem):
        return judged
    wrong = {key for key, right in judged.right.items() if not right}
    more = [
        other for other in others
        if wrong < {key for key, right in other.right.items() if not right} and other.find_doubt() is None and not other.is_saturated
    ]  # fmt: skip
    return more[0] if more else judged


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
            roots, edits = judged.find_roots()
            yield edits if any(root.tag for root in roots) else {}, roots


def _judge_worlds(file: _JudgedFile, plan: BackwardPlan) -> Judgement:
    """The judgement in the likeliest of the worlds, or the one in which it is right."""
    source, forward_source = file.source, file.forward_source
    refuse_unwritten(source, plan, backward_only=forward_source is not None)
    best: tuple[tuple[int, ...], Judgement] | None = None
    refused: CodeProblem | None = None
    worlds = [*list_worlds(forward_source or source, plan)]
    turned = [*(replace(one, vectors=True) for one in worlds), *(replace(one, bare=True) for one in worlds)]
    for world in [*worlds, *turned, *(replace(one, single=True, vectors=True) for one in worlds)]:
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
                break
            continue
        if not judged.is_right or judged.stops:
            ways = (_judge_narrow, _judge_single, _judge_shaped, _judge_above, _judge_bare, _judge_refitted, _judge_outputs)
            others = filter(None, (judge(judged) for judge in ways))
            judged = next((other for other in others if not judged.is_right or not other.stops), judged)
        if judged.is_right:
            judged = _judge_again(judged) or _judge_settings(judged) or judged
        if best is None or judged.score < best[0]:
            best = (judged.score, judged)
        elif judged.score == best[0] and len(best[1].beside) < MOST_BESIDE:
            best[1].beside.append(judged)
        if (judged.is_right and not judged.stops) or not (judged.varies or trial.assumed):
            break
    if best is None or not best[1].is_right or best[1].stops:
        usual = [one for one in worlds if one.targets == "free"]
        once = find_training_loops(source.tree)
        made = [
            ProgramTrial(source, plan, replace(one, shapes=file.shapes), once, forward_source, file.others, file.given, budget=file.budget)
            for one in usual
        ]
        ranked = judge_ranked(made, None if best is None else best[1])
        if ranked is not None:
            again = _judge_again(ranked) if ranked.is_right else None
            return again or ranked
    if best is None:
        raise refused or CodeProblem(tell("no backward pass is found"), where=source.file)
    return best[1]


def judge_trial(trial: ProgramTrial) -> Judgement:
    """The judgement of a program in one world; with smaller numbers where it is wrong and they leave few digits."""
    judged = Judgement(trial)
    if not judged.is_right and judged.outputs and not judged.has_loss and not trial.world.positive:  # the logarithm of a negative number
        return _choose_finite(judged, replace(trial.world, positive=True))
    if judged.is_right or not judged.outputs or trial.world.scale != 1 or not judged.is_saturated:
        return judged
    return _choose_finite(judged, replace(trial.world, scale=SMALLER))


def _choose_finite(judged: Judgement, world: GuessedWorld) -> Judgement:
    """The judgement in another world, where nothing overflows there."""
    try:
        other = Judgement(judged.trial.put_in(world))
    except (*FAILS, CodeProblem):
        return judged
    return judged if other.is_saturated else other


def _leave_open(verdict: CodeVerdict, names: Sequence[str]) -> CodeVerdict:
    """A program that is wrong with the usual meaning of functions that are not in the file may be right with theirs."""
    said = ", ".join(names)
    line = verdict.roots[0].line if verdict.roots else 0
    why = tell("{names} is not in the file; with the usual meaning line {line} would be wrong", names=said, line=line)
    hint = tell("put {names} into the file, then it is judged", names=said)
    return replace(verdict, verdict="undecided", roots=(), follows=(), why=why, hint=hint)


def _judge_narrow(judged: Judgement) -> Judgement | None:
    """The judgement with the shapes that the gradients have, of what was only guessed to be as large as what it is added to.

    ``db`` of the shape (1, 5) says what b is.  Only where all is right then.
    """
    trial = judged.trial
    narrow: dict[str, tuple[int, ...]] = {}
    for output in judged.outputs:
        event = judged.check.find_target(output)
        if judged.right[output.key] or event is None or output.value is None or event.key not in trial.spread:
            continue
        own, full = np.shape(output.value), np.shape(event.value)
        if len(own) <= len(full) and own != full:
            narrow[event.key] = tuple(0 if size == other else size for size, other in zip(own, full[len(full) - len(own) :], strict=True))
    if not narrow or any(size > 1 for shape in narrow.values() for size in shape):
        return None
    return _judge_in(judged, replace(trial.world, narrow=narrow), better=all(narrow.values()))


def _judge_single(judged: Judgement) -> Judgement | None:
    """The judgement with one sample, a vector, where nothing says how many axes there are.  Only where all is right then."""
    trial = judged.trial
    if not trial.free or trial.free & list_sampled((trial.forward_source or trial.source).tree):
        return None
    other = _judge_in(judged, replace(trial.world, single=True))
    if other is not None:
        names = ", ".join(sorted(trial.free))
        works = not judged.first.record.problems and all(output.value is not None for output in judged.outputs)
        what = tell("{names} has one axis: it would be wrong with two", names=names)  # 2 * (p - y) / len(p) of a mean of all entries
        other.trial.assumed[names] = what if works else tell("{names} has one axis: one sample, and not several", names=names)
    return other


def _judge_outputs(judged: Judgement) -> Judgement | None:
    """The judgement with one number of each sample, where nothing says how many axes there are: ``w * x + b`` with numbers w and b.

    Only where all is right then, where the gradients of parameters are numbers, or where every line works that fails otherwise; a
    product of matrices is no such line.
    """
    single = _list_single(judged)
    lone = bool(single) or (judged.stops and not has_products(judged.trial.source.tree, judged.trial.plan))
    try:
        first = judged.trial.put_in(replace(judged.trial.world, shapes={**judged.trial.world.shapes, **single}))
        first.run()  # what is free then
        letter = "m" if first.world.columns else "N"
        shapes = {name: (letter,) for name in first.free if name not in first.world.shapes}
        other = Judgement(first.put_in(replace(first.world, shapes={**first.world.shapes, **shapes})))
    except (*FAILS, CodeProblem):
        return None
    failing = any(why.fails for why in other.first.record.problems.values())
    complete = bool(other.outputs) and all(output.value is not None for output in other.outputs)
    if not shapes or failing or not complete or not (other.is_right or lone):
        return None
    if other.is_right:
        names = ", ".join(sorted(shapes))
        other.trial.assumed[names] = tell("{names} has one axis: one number of each sample", names=names)
    return other


def _list_single(judged: Judgement) -> dict[str, tuple[int, ...]]:
    """The parameters whose gradients are one number, where nothing is a product of matrices."""
    events = ((output, judged.check.find_target(output)) for output in judged.outputs if output.value is not None)
    own = {event.key for output, event in events if event is not None and event.leaf and np.shape(output.value) == ()}
    return {} if has_products(judged.trial.source.tree, judged.trial.plan) else {name: () for name in own if is_parameter(name)}


def _judge_shaped(judged: Judgement) -> Judgement | None:
    """The judgement with the shapes that the gradients have, of what has a shape by its name alone.  Only where all is right then.

    So with what is said to have one axis, (C,), and is handed with the others, (1, C, 1, 1): then that is told.
    """
    trial = judged.trial
    shapes: dict[str, tuple[int, ...]] = {}
    grown: set[str] = set()
    for output in judged.outputs:
        event = judged.check.find_target(output)
        if event is None or output.value is None:
            continue
        known, own = np.shape(event.value), np.shape(output.value)
        more = event.leaf and len(known) == 1 and len(own) > 2 and sum(size > 1 for size in own) == 1
        if known != own and (more or event.key in trial.free):
            shapes[event.key] = own
            grown |= {event.key} if more else set()
    other = _judge_in(judged, replace(trial.world, shapes={**trial.world.shapes, **shapes})) if shapes else None
    if other is not None and grown:
        names = ", ".join(sorted(grown))
        other.trial.assumed[names] = tell("{names} with all axes that the gradient has, and not with one alone", names=names)
    return other


def _judge_above(judged: Judgement) -> Judgement | None:
    """The judgement where the only argument of backward is the gradient from above, called as what forward is given.

    What the gradients have for shapes is that of what was only guessed.  Only where all is right then, or where backward does not work
    otherwise.
    """
    trial = judged.trial
    if any(judged.first.upstream) or trial.plan.is_single or trial.plan.cost:
        return None
    world = replace(trial.world, above=True)
    made = trial.put_in(world)
    try:
        other = Judgement(made)
    except (*FAILS, CodeProblem):
        return None
    other = other if other.is_right else _judge_shaped(other) or other
    lost = not judged.outputs or any(output.value is None for output in judged.outputs)
    complete = other.outputs and all(output.value is not None for output in other.outputs)
    return other if other.is_right or (lost and complete) else None


def _judge_bare(judged: Judgement) -> Judgement | None:
    """The judgement without what is None where nobody gives it (``key=None``, which then is the query).  Only where all is right then."""
    if judged.trial.world.bare:
        return None
    world = replace(judged.trial.world, bare=True)
    trial = judged.trial.put_in(world)
    try:
        trial.run()
    except (*FAILS, CodeProblem):
        return None
    return _judge_in(judged, world) if trial.bare else None


def _judge_settings(judged: Judgement) -> Judgement | None:
    """What is right with the first text of a setting, with the others: the judgement where it is wrong; ``activation="sigmoid"``."""
    trial = judged.trial
    for name, texts in list_settings(trial.source.tree, trial.plan).items():
        for text in texts[:MOST_TEXTS]:
            try:
                other = judge_trial(trial.put_in(replace(trial.world, texts={**trial.world.texts, name: text})))
            except (*FAILS, CodeProblem):
                continue
            complete = other.outputs and all(output.value is not None for output in other.outputs)
            if complete and not other.is_right and not other.first.record.problems and not other.is_saturated:
                return other
    return None


def _judge_refitted(judged: Judgement) -> Judgement | None:
    """The judgement with the shapes that a line of the backward pass asks for, where it fails by those.  Only where all is right then."""
    fails = any(why.by_shapes and number in judged.first.after for number, why in judged.first.record.problems.items())
    return _judge_in(judged, replace(judged.trial.world, refit=True)) if fails else None


def _judge_in(judged: Judgement, world: GuessedWorld, *, better: bool = False) -> Judgement | None:
    """The judgement in another world, where all is right there, and no line stops that works in this one.

    Where ``better`` is enough, so is what leaves no more wrong: the shape of a gradient says that of what it is of.
    """
    trial, first = judged.trial, judged.first
    try:
        if not better and _is_wrong_again(judged, trial.put_in(world)):
            return None
        other = Judgement(trial.put_in(world))
    except (*FAILS, CodeProblem):
        return None
    failing = {number for number, why in other.first.record.problems.items() if why.fails}
    before, after = ({key for key, right in one.right.items() if not right} for one in (judged, other))
    return other if (other.is_right or (better and after <= before)) and failing <= set(first.record.problems) else None


def _is_wrong_again(judged: Judgement, trial: ProgramTrial) -> bool:
    """Whether a gradient that is wrong is wrong in another world as well: then the others need not be looked at."""
    if not (trial.plan.is_single or trial.plan.cost):  # whose gradients may all be meant for each sample
        return False
    key = next((key for key, right in judged.right.items() if not right), "")
    first = trial.run()
    output = next((one for one in first.outputs if one.key == key), None)
    return output is not None and not GradientCheck(trial, first).judge_output(output)


def _judge_again(judged: Judgement) -> Judgement | None:
    """What is right by chance, because two sizes are the same: the judgement in a world with other sizes, where it is not right there.

    Where somebody gives sizes it is the world with the numbers that are given.
    Nothing where it is right in both, or where the program does not work with the other sizes (a number of groups, a stride).
    """
    trial = judged.trial
    world = replace(trial.world, other_sizes=not trial.given, as_given=bool(trial.given))
    try:
        other = judge_trial(trial.put_in(world))
    except (*FAILS, CodeProblem):
        return None
    if any(np.size(event.value) == 0 for event in other.first.record.events):  # a filter that is larger than its image
        return None
    return None if other.is_right or not other.outputs or other.find_doubt() is not None else other
