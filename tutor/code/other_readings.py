"""The same program under another reading: what is wrong may be right with other shapes, and what is right wrong with another setting.

Each reading is a row of a table: when it is looked at, and the judgement under it, where it says something else.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.code.code_values import CodeProblem
from tutor.code.code_worlds import has_products, list_settings
from tutor.code.exchanged_parts import find_function
from tutor.code.forward_settings import judge_forward_settings
from tutor.code.guess_shapes import MAYBE_MASKS, NAMED_WEIGHTS, is_parameter
from tutor.code.judgement import Judgement
from tutor.code.other_numbers import judge_trial
from tutor.code.parameter_shapes import judge_in, judge_narrow, judge_small, judge_wide, list_wrong
from tutor.code.returned_values import has_none
from tutor.code.size_letters import list_sampled
from tutor.code.trial import ProgramTrial
from tutor.code.window_steps import has_steps
from tutor.code.work_statements import FAILS
from tutor.errors import Told, tell
from tutor.numbers.arrays import np

IMAGES = ((7, 5), (6, 4), (7, 4), (6, 5))
"""Rows and columns of images for windows that do not go on by 1."""
MOST_TEXTS = 6
"""So many texts of a setting are tried."""
MOST_MATCHED, MOST_MATCHES = 6, 30
"""So many values of the forward pass are tried for an argument of backward, and so many ways for all arguments."""


@dataclass(frozen=True, slots=True)
class OtherReading:
    """A row: what is read otherwise, when that is looked at, and the judgement then; nothing where it says nothing else."""

    name: str
    applies: Callable[[Judgement], bool]
    judge: Callable[[Judgement], Judgement | None]


def judge_kinder(judged: Judgement) -> Judgement:
    """The judgement under the first other reading in which what is wrong is right, or what stops works."""
    for row in KINDER:
        other = row.judge(judged) if row.applies(judged) else None
        if other is not None and not (judged.is_right and other.stops):
            return other
    return judged


def judge_stricter(judged: Judgement) -> Judgement:
    """The judgement under the first other reading in which what is right is wrong."""
    for row in STRICTER:
        other = row.judge(judged) if row.applies(judged) else None
        if other is not None:
            return other
    return judged


def tell_flat(judged: Judgement) -> tuple[Told, ...]:
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


def _judge_single(judged: Judgement) -> Judgement | None:
    """The judgement with one sample, a vector, where nothing says how many axes there are.  Only where all is right then."""
    trial = judged.trial
    other = judge_in(judged, replace(trial.world, single=True))
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
    if not single and not judged.trial.free:
        return None
    lone = bool(single) or (judged.stops and not has_products(judged.trial.source.tree, judged.trial.plan))
    try:
        first = judged.trial
        if single:
            first = first.put_in(replace(first.world, shapes={**first.world.shapes, **single}))
            first.run()  # what is free then
        letter = "m" if first.world.columns else "N"
        shapes = {name: (letter,) for name in first.free if name not in first.world.shapes}
        if not shapes:
            return None
        other = Judgement(first.put_in(replace(first.world, shapes={**first.world.shapes, **shapes})))
    except (*FAILS, CodeProblem):
        return None
    failing = any(why.fails for why in other.first.record.problems.values())
    complete = bool(other.outputs) and all(output.value is not None for output in other.outputs)
    if failing or not complete or not (other.is_right or lone):
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
    other = judge_in(judged, replace(trial.world, shapes={**trial.world.shapes, **shapes})) if shapes else None
    if other is not None and _is_shrunk(trial, other.trial, shapes):
        return None
    if other is not None and grown:
        names = ", ".join(sorted(grown))
        other.trial.assumed[names] = tell("{names} with all axes that the gradient has, and not with one alone", names=names)
    return other


def _is_shrunk(trial: ProgramTrial, other: ProgramTrial, said: Container[str]) -> bool:
    """Whether something else than what is ``said`` has one entry along an axis in another reading, and had several.

    Sums say nothing then.
    """
    for name, value in other.current.guessed.items():
        before, after = np.shape(trial.current.guessed.get(name)), np.shape(value)
        if name not in said and after.count(1) > before.count(1) and len(after) == len(before):
            return True
    return False


def _judge_above(judged: Judgement) -> Judgement | None:
    """The judgement where the only argument of backward is the gradient from above, called as what forward is given.

    What the gradients have for shapes is that of what was only guessed.  Only where all is right then, or where backward does not work
    otherwise.
    """
    try:
        other = Judgement(judged.trial.put_in(replace(judged.trial.world, above=True)))
    except (*FAILS, CodeProblem):
        return None
    other = other if other.is_right else _judge_shaped(other) or other
    lost = not judged.outputs or any(output.value is None for output in judged.outputs)
    complete = other.outputs and all(output.value is not None for output in other.outputs)
    return other if other.is_right or (lost and complete) else None


def _judge_bare(judged: Judgement) -> Judgement | None:
    """The judgement without what is None where nobody gives it (``key=None``, which then is the query).  Only where all is right then.

    A wrong gradient of such an argument itself (``bias=None``) is wrong where it is given: that is no reason to leave it out.
    """
    world = replace(judged.trial.world, bare=True)
    trial = judged.trial.put_in(world)
    try:
        trial.run()
    except (*FAILS, CodeProblem):
        return None
    given = {of for one in judged.outputs if not judged.right[one.key] and one.value is not None for of in one.of}
    return judge_in(judged, world) if trial.bare and not trial.bare & given else None


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
    return judge_in(judged, replace(judged.trial.world, refit=True))


def _judge_at_output(judged: Judgement) -> Judgement | None:
    """The judgement of a slope that is given what its function gives, ``a * (1 - a)``.  Only where it is right then."""
    other = judge_in(judged, replace(judged.trial.world, at_output=True))
    if other is not None:
        name, forward = judged.trial.plan.backward, judged.trial.plan.forward
        other.trial.conventions.add(tell("{name} is given what {forward} gives", name=name, forward=forward))
    return other


def _judge_taken(judged: Judgement) -> Judgement | None:
    """The judgement of a loss whose backward pass is given what the loss is, not the output that it keeps.  Only where all is right."""
    return judge_in(judged, replace(judged.trial.world, taken=True))


def judge_matched(judged: Judgement) -> Judgement | None:
    """The judgement where arguments of backward that nothing gives are values of the forward pass: all is right, or the least is wrong.

    ``backward(delta, h_t, h_below, h_before)`` beside ``forward(x, h_before)``: what comes from below is x.
    """
    plan = judged.trial.plan
    best: tuple[tuple[int, ...], Judgement] | None = None
    for stands in _list_matches(judged):
        try:
            other = Judgement(judged.trial.put_in(replace(judged.trial.world, stands=stands)))
        except (*FAILS, CodeProblem):
            continue
        kept = {*judged.right} <= {*other.right} and list_wrong(other) <= list_wrong(judged)  # not because less is compared
        if kept and other.score < (judged.score if best is None else best[0]):
            for name, value in stands.items():
                what = tell("{name} of {backward} is {value} of {forward}", name=name, backward=plan.backward, value=value,
                            forward=plan.forward)  # fmt: skip
                other.trial.conventions.add(what)
            best = other.score, other
        if other.is_right and not other.stops:
            break
    if best is not None and not best[1].is_right and _has_no_upstream(judged):  # u of backward(u, x): rather the gradient from above
        above = _judge_above(judged)
        return above if above is not None and above.is_right else best[1]
    return None if best is None else best[1]


def _list_matches(judged: Judgement) -> Iterator[dict[str, str]]:
    """The ways to give values of the forward pass to arguments of backward that nothing gives.

    Beside them an argument that is called as one of forward may be what that gives, where another one is what forward is given:
    ``backward(delta, h, h_before)`` of ``forward(x, h)``.
    """
    unmatched, shared = judged.first.unmatched, judged.first.shared
    for also in [{}, *({name: value} for name, values in shared.items() for value in values[:1])]:
        ways = itertools.product(*([*also, *values][:MOST_MATCHED] for values in unmatched.values()))
        for way in itertools.islice((way for way in ways if len({*way}) == len(way) and {*also} <= {*way}), MOST_MATCHES):
            yield {**also, **dict(zip(unmatched, way, strict=True))}


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


def _judge_steps(judged: Judgement) -> Judgement | None:
    """What is right with a stride of 1, with one of 2: the judgement where it is wrong, on images of odd and of even sizes.

    Some programs need windows that fit without a rest: what is right on one kind of image is right.
    """
    trial = judged.trial
    found = None
    for images in IMAGES:
        try:
            other = judge_trial(trial.put_in(replace(trial.world, steps=2, images=images)))
        except (*FAILS, CodeProblem):
            continue
        empty = any(np.size(event.value) == 0 for event in other.first.record.events)
        if empty or not other.outputs or any(output.value is None for output in other.outputs):
            continue
        if other.is_right:
            return None
        found = found or (None if other.is_saturated or other.find_doubt() is not None else other)
    return found


def _judge_masks(judged: Judgement) -> Judgement | None:
    """The judgement where an array of that size holds 0 and 1 alone, ``err = M * (R - P @ Q.T)``.  Only where less is wrong then."""
    known = {word for output in judged.outputs for word in output.of}
    leaves = (event for event in judged.first.record.events if event.leaf and np.ndim(event.value))
    for name in dict.fromkeys(event.key.rpartition(".")[2] for event in leaves):
        if MAYBE_MASKS.match(name) and name not in known:
            other = judge_in(judged, replace(judged.trial.world, masks=frozenset({name})), better=True)
            if other is not None and list_wrong(other) < list_wrong(judged):
                if not other.is_right:
                    return other
                other.trial.assumed[name] = tell("{names} holds 0 and 1 alone", names=name)
                return other
    return None


def _judge_sparse(judged: Judgement) -> Judgement | None:
    """The judgement where one entry of the gradient from above is not 0, that of a log-likelihood.  Only where all is right then."""
    other = judge_in(judged, replace(judged.trial.world, sparse=True))
    if other is not None:
        for name in sorted(other.first.upstream):
            other.trial.assumed[name] = tell("{names} has a single entry that is not 0", names=name)
    return other


def _is_skipping_zeros(judged: Judgement) -> bool:
    """Whether a backward pass goes on where a number is 0, ``if gradient == 0: continue``, and is given a gradient from above."""
    trial = judged.trial
    body = find_function(trial.source.tree, trial.plan.owner, trial.plan.backward)
    passed = (part for part in ast.walk(body) if isinstance(part, ast.If) and isinstance(part.body[0], ast.Continue)) if body else ()
    tests = (part.test.comparators[0] for part in passed if isinstance(part.test, ast.Compare))
    return any(judged.first.upstream) and any(isinstance(part, ast.Constant) and part.value == 0 for part in tests)


def _has_stride(judged: Judgement) -> bool:
    """Whether a program has a stride that nobody gives."""
    trees = [source.tree for source in (judged.trial.source, judged.trial.forward_source) if source is not None]
    return any(map(has_steps, trees)) and not judged.trial.given


def _is_any(judged: Judgement) -> bool:
    """Always."""
    return True


def _has_spread(judged: Judgement) -> bool:
    """Whether something was only guessed to be as large as what it is added to."""
    return bool(judged.trial.spread)


def _is_free(judged: Judgement) -> bool:
    """Whether nothing says how many axes there are, nor that there are several samples."""
    trial = judged.trial
    return bool(trial.free) and not trial.free & list_sampled((trial.forward_source or trial.source).tree)


def _has_no_upstream(judged: Judgement) -> bool:
    """Whether a pair has no gradient from above and no cost."""
    return not (any(judged.first.upstream) or judged.trial.plan.is_single or judged.trial.plan.cost)


def _is_given_all(judged: Judgement) -> bool:
    """Whether what is None where nobody gives it has been given, and there is such a thing."""
    sources = (judged.trial.source, judged.trial.forward_source, *judged.trial.others)
    return not judged.trial.world.bare and any(has_none(source.tree) for source in sources if source is not None)


def _is_stopped_by_shapes(judged: Judgement) -> bool:
    """Whether a line of the backward pass fails by its shapes."""
    return any(why.by_shapes and number in judged.first.after for number, why in judged.first.record.problems.items())


def _has_small(judged: Judgement) -> bool:
    """Whether the only weights that are guessed are called by a small letter, in a product."""
    names = [name for name in judged.trial.ranked if NAMED_WEIGHTS.match(name)]
    return len(names) == 1 and not names[0][0].isupper() and has_products(judged.trial.source.tree, judged.trial.plan)


def _has_unmatched(judged: Judgement) -> bool:
    """Whether backward has one argument or two that nothing gives."""
    return 0 < len(judged.first.unmatched) < 3 and not judged.is_right


def _is_anything_kept(trial: ProgramTrial) -> bool:
    """Whether a pair of methods has to do with its object, so that it is no pair of plain functions in a class."""
    bodies = [find_function(trial.source.tree, trial.plan.owner, name) for name in (trial.plan.forward, trial.plan.backward)]
    named = {(arg.arg, part.id) for body in bodies if body is not None and trial.plan.owner for arg in body.args.args[:1]
             for part in ast.walk(body) if isinstance(part, ast.Name)}  # fmt: skip
    return any(own == used == "self" for own, used in named)


def _is_slope(judged: Judgement) -> bool:
    """Whether a function alone is the slope of another one, and nothing is handed from the one to the other."""
    trial = judged.trial
    return not _is_anything_kept(trial) and not any(judged.first.upstream) and not trial.world.at_output and len(judged.outputs) == 1


KINDER: Sequence[OtherReading] = (
    OtherReading("what backward is given of forward", _has_unmatched, judge_matched),
    OtherReading("w a vector, b a number", _has_small, judge_small),
    OtherReading("a slope at the output", _is_slope, _judge_at_output),
    OtherReading("what a loss is given", _has_no_upstream, _judge_taken),
    OtherReading("shapes of what is added", _has_spread, judge_narrow),
    OtherReading("a bias with more axes", _is_any, judge_wide),
    OtherReading("one sample", _is_free, _judge_single),
    OtherReading("shapes of the gradients", _is_any, _judge_shaped),
    OtherReading("a gradient from above", _has_no_upstream, _judge_above),
    OtherReading("usual values of None", _is_given_all, _judge_bare),
    OtherReading("shapes that backward asks for", _is_stopped_by_shapes, _judge_refitted),
    OtherReading("one output of each sample", _is_any, _judge_outputs),
    OtherReading("one entry from above", _is_skipping_zeros, _judge_sparse),
    OtherReading("a mask of 0 and 1", _is_any, _judge_masks),
    OtherReading("a setting of forward alone", _is_any, judge_forward_settings),
)
"""In which what is wrong may be right."""
STRICTER: Sequence[OtherReading] = (
    OtherReading("other sizes", _is_any, _judge_again),
    OtherReading("other texts of settings", _is_any, _judge_settings),
    OtherReading("a stride of 2", _has_stride, _judge_steps),
)
"""In which what is right may be wrong."""
