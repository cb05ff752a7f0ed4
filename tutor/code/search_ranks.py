"""How many axes has what nobody says: the readings in which every line of a program works, the nearest to the usual one first.

A name tells the usual reading (`tutor.code.guess_shapes`): x has a row for each sample.  Where lines fail with it, or gradients have other
shapes than what they are of, the numbers of axes are changed one name at a time, and all together, until nothing fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from typing import Any

from tutor.code.code_values import CodeProblem
from tutor.code.exchanged_parts import find_function
from tutor.code.gradient_check import fit_shape
from tutor.code.guess_shapes import BIASES, COUNTS, LISTED, is_listed, is_parameter, is_target
from tutor.code.judgement import Judgement
from tutor.code.pair_functions import LOSS_WORDS, LOSSES
from tutor.code.pass_run import Outcome
from tutor.code.returned_values import find_return
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.errors import Told, tell
from tutor.numbers.arrays import np

MOST_RUNS = 60
MOST_WORK = 150_000
"""So many readings are run through, and so many parts of programs for them all."""
WITHOUT_EFFECT = 5
"""What is lost in the usual reading, and for the same reason in as many others as these, is lost in all."""
MOST_READINGS = 3
COUNTING = {"axis", "dim", "keepdims", "shape", "size", "mean"}
TARGETS = ("free", "rows", "columns", "binary", "signs")
MOST_AXES = 2
SAID: Mapping[int, Callable[[str], Told]] = {
    0: lambda names: tell("{names} as single numbers", names=names),
    1: lambda names: tell("{names} as vectors", names=names),
    2: lambda names: tell("{names} as matrices", names=names),
    3: lambda names: tell("{names} as arrays with three axes", names=names),
}
"""What is said of names with so many axes."""
SAID_OF_ONE: Mapping[int, Callable[[str], Told]] = {
    0: lambda name: tell("{name} as a single number", name=name),
    1: lambda name: tell("{name} as a vector", name=name),
    2: lambda name: tell("{name} as a matrix", name=name),
    3: lambda name: tell("{name} as an array with three axes", name=name),
}
Misfits = tuple[int, ...]
REFUSED: Misfits = (1, 0, 0, 0)
Ranks = tuple[tuple[str, int], ...]


def judge_ranked(trials: Sequence[ProgramTrial], known: Judgement | None) -> Judgement | None:
    """The judgement of a program in another reading of what nobody says, where the usual ones do not fit it.

    ``trials`` are the program in the usual readings, ``known`` is the best judgement of them.  A reading counts in which every line works,
    and all is right; or no more is wrong than in the known one.
    """
    best: tuple[tuple[int, int], Judgement] | None = None
    alone = [one.put_in(replace(one.world, lone=True)) for one in trials if not counts_samples(one)]
    for trial in [*trials, *alone]:
        for reading in list_readings(trial):
            for targets in ("signed",) if trial.world.targets == "signed" else TARGETS:
                try:
                    judged = Judgement(reading.put_in(replace(reading.world, targets=targets)))
                except (*FAILS, CodeProblem):
                    continue
                if judged.is_right and not judged.stops:
                    return judged
                count = (sum(not right for right in judged.right.values()), judged.score[-1])
                if judged.has_loss and (best is None or count < best[0]):
                    best = count, judged
    if best is None:
        return None
    if known is None or not known.outputs or best[0] < (known.score[2], known.score[3]):
        return best[1]
    works = known.stops and not best[1].stops and best[0][0] <= known.score[2]
    summed = best[1].trial.world.lone and best[0] <= (known.score[2], known.score[3]) and leaves_sums(known.trial)
    return best[1] if works or summed else None


def list_readings(trial: ProgramTrial) -> Iterator[ProgramTrial]:
    """The readings in which every line works, the nearest first; none where the usual one works."""
    usual = trial.put_in(replace(trial.world, ranks={}, lone=False))
    first = count_misfits(usual, usual=True)
    if trial.world.lone and not any(first) and leaves_sums(usual):
        first = count_misfits(usual)
    if trial.given or usual.is_long or not any(first):
        return
    if trial.world.lone:
        if not any(count_misfits(trial)):
            yield trial
        return
    most = max(MOST_AXES, find_most_axes(trial.source.tree))
    seen: set[Ranks] = {()}
    lasting = list_refused(usual)
    start = max(first, count_misfits(usual))
    queue: list[tuple[Misfits, int, int, Ranks, Mapping[str, int]]] = [(start, 0, 0, (), dict(usual.ranked))]
    work = found = 0
    while queue:
        misfits, depth, _, ranks, ranked = heappop(queue)
        for change in _list_changes(ranked, ranks, most, first=not depth, alone=trial.plan.is_forward):
            made = tuple(sorted({**dict(ranks), **{name: rank for name, rank in change.items() if rank != ranked[name]}}.items()))
            if made in seen:
                continue
            seen.add(made)
            if len(seen) > MOST_RUNS or work > MOST_WORK or trial.budget.is_low:
                return
            other = trial.put_in(replace(trial.world, ranks=dict(made)))
            left = count_misfits(other)
            work += other.work
            lasting &= list_refused(other)
            if lasting and len(seen) > WITHOUT_EFFECT:
                return
            if not any(left):
                found += 1
                yield other
                if found == MOST_READINGS:
                    return
            elif left <= misfits:
                heappush(queue, (left, depth + 1, len(seen), made, dict(other.ranked)))


def leaves_sums(trial: ProgramTrial) -> bool:
    """Whether all biases that are columns, two at least, have the gradient of their sums as it is: one sample, or no sum over them in any.

    A single one without its sum is a slip.
    """
    outcome = trial.run()
    shapes = {event.key.rpartition(".")[2]: np.shape(event.value) for event in outcome.record.events[: outcome.begins or None][::-1]}
    biases = [one for one in outcome.outputs if one.of and BIASES.match(one.of[0].partition("[")[0].removesuffix("es"))]
    found = [(np.shape(one.value), shapes.get(one.of[0], ())) for one in biases]
    return len(found) > 1 and all(
        len(own) == len(made) == 2 and own[1] == 1 < made[1] and own[0] == made[0] for made, own in found)


def list_refused(trial: ProgramTrial) -> frozenset[tuple[int, str]]:
    """The lines whose value is lost since they are not read, however many axes anything has, with the reasons."""
    record = trial.current.record
    given = (number for number, why in record.problems.items() if not why.fails and not isinstance(record.visited[number], ast.Expr))
    return frozenset((number, str(record.problems[number].what)) for number in given)


def _list_changes(ranked: Mapping[str, int], ranks: Ranks, most: int, *, first: bool, alone: bool) -> Iterator[dict[str, int]]:
    """Other numbers of axes: of all at once, where nothing was changed, and of one name after the other.

    A backward pass is mostly off in all of them, one neuron for a layer; a forward pass ``alone`` in one, a vector of weights.
    """
    together = _list_together(ranked) if first else ()
    yield from () if alone else together
    changed = dict(ranks)
    for name, rank in ranked.items():
        if name not in changed:
            nearest = sorted(range(find_least(name), most + 1), key=lambda other: abs(other - rank))
            yield from ({name: other} for other in nearest if other != rank)
    yield from together if alone else ()


def _list_together(ranked: Mapping[str, int]) -> Iterator[dict[str, int]]:
    data = [name for name in ranked if not is_parameter(name)]
    for names in (data, [*ranked]):
        yield {name: max(find_least(name), ranked[name] - 1) for name in names}
    yield {name: max(find_least(name), ranked[name] - 1) for name in ranked if not is_target(name)}  # one feature, a target each
    for count in (0, 1):
        yield {name: max(find_least(name), count) for name in ranked}


def counts_samples(trial: ProgramTrial) -> bool:
    """Whether the functions of a program count, or sum over, samples: then one alone is not meant.

    Steps in time are counted as well, and so are rows of weights: these are no samples.
    """
    names = (trial.plan.forward, trial.plan.backward, trial.plan.cost)
    tree = trial.source.tree
    bodies: list[ast.stmt] = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name in names]
    bodies = bodies or [part for part in tree.body if not isinstance(part, ast.FunctionDef | ast.ClassDef)]  # a script
    steps = {ast.unparse(part.targets[0]) for body in bodies for part in ast.walk(body) if isinstance(part, ast.Assign)
             and isinstance(part.value, ast.Name) and part.value.id in trial.looped} | trial.looped  # fmt: skip
    inside = [part for body in bodies for part in ast.walk(body)]
    rows = {id(part.value) for part in inside if isinstance(part, ast.Subscript) and ast.unparse(part.slice) == "0" and trial.world.columns}
    for part in (part for part in inside if id(part) not in rows):  # x.shape[0] where samples are columns
        word = getattr(part, "attr", getattr(part, "id", getattr(part, "arg", "")))
        if word in COUNTING and not (isinstance(part, ast.Attribute) and is_parameter(ast.unparse(part.value).rpartition(".")[2])):
            return True
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "len":
            words = [(ast.unparse(arg), ast.unparse(arg).rpartition(".")[2]) for arg in part.args]
            if not any(text in steps or LISTED.match(word) or is_listed(word) for text, word in words):
                return True
    return False


def find_most_axes(tree: ast.Module) -> int:
    """So many axes have the arrays of a program that are taken apart: 3 of ``B, T, C = x.shape``.

    >>> find_most_axes(ast.parse("B, T, C = x.shape; n = y.shape[0]"))
    3
    """
    taken = [
        len(node.targets[0].elts) for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and getattr(node.value, "attr", "") == "shape"
    ]  # fmt: skip
    return max(taken, default=0)


def find_least(name: str) -> int:
    """So many axes has what is called so at least: capital letters are matrices, of data or one sample, or numbers that are counted.

    >>> [find_least(name) for name in ("W1", "X", "w", "b", "C")]
    [2, 1, 0, 0, 0]
    """
    return 0 if not name[:1].isupper() or COUNTS.match(name) else 2 if is_parameter(name) else 1


def count_misfits(trial: ProgramTrial, *, usual: bool = False) -> Misfits:
    """What does not fit in a reading: whether it is refused, lines that fail, a loss of several numbers, gradients of other shapes.

    In the usual reading a gradient of what is only guessed may have the wrong shape by a slip: that is no reason for another one.
    """
    traced: dict[int, Any] | None = {} if trial.plan.is_forward else None
    try:
        outcome = trial.run(traced=traced)
    except (*FAILS, CodeProblem):
        return REFUSED
    failing = sum(problem.fails for problem in outcome.record.problems.values())
    if traced is not None:  # a forward pass alone
        body = find_function(trial.source.tree, trial.plan.owner, trial.plan.forward)
        several = np.size(outcome.loss) > 1 and (bool(LOSSES.match(trial.plan.forward)) or (body is not None and is_summed_up(body)))
        return (0, failing + trial.current.scaled + count_idle_sums(trial.source.tree, traced), int(several), 0)
    lost = sum(output.value is None for output in outcome.outputs)
    given = [output for output in outcome.outputs if output.value is not None]
    spared = {name for name, rank in trial.ranked.items() if usual and (rank or BIASES.match(name))}
    sized = sum(not _fits(outcome, output.of, output.value, trial.stepped) for output in given if not {*output.of} & spared)
    failing += trial.current.scaled
    ends = [outcome.loss, *(value for name, (_, value) in outcome.upstream.items() if not name and LOSSES.match(trial.plan.forward))]
    several = any(np.size(value) > 1 for value in ends) or (trial.plan.is_single and outcome.loss is None)
    return (0, failing + lost, int(several) + (not outcome.outputs), sized)


def is_summed_up(function: ast.FunctionDef) -> bool:
    """Whether a function returns a sum, or a mean, over everything, perhaps with a term more: one number.

    >>> [is_summed_up(ast.parse(f"def f(x): return {text}").body[0]) for text in ("np.mean(x) + r * w @ w", "x.sum(0)", "loss / len(x)")]
    [True, False, True]
    """
    returned = find_return(function)
    waiting = [returned] if returned is not None else []
    while waiting:
        part = waiting.pop()
        sides = (part.left, part.right) if isinstance(part, ast.BinOp) else (part,)
        if any(isinstance(one, ast.Name) and LOSS_WORDS.match(one.id) for one in sides):  # loss / len(X)
            return True
        if isinstance(part, ast.UnaryOp):
            waiting.append(part.operand)
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            waiting += [part.left, part.right]
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Div):
            worked = [one for one in sides if not isinstance(one, ast.Constant | ast.Name)]
            waiting += worked if len(worked) == 1 else []
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("sum", "mean"):
            library = isinstance(part.func.value, ast.Name) and part.func.value.id in ("np", "numpy", "torch")
            if len(part.args) == library and not part.keywords:
                return True
    return False


def count_idle_sums(tree: ast.Module, values: Mapping[int, Any]) -> int:
    """How many sums and means are taken of a single number: what is summed was meant to be an array.

    >>> tree = ast.parse("np.sum(a) + b.mean()")
    >>> count_idle_sums(tree, {id(part): 2.0 for part in ast.walk(tree)})
    2
    """
    found = 0
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("sum", "mean"):
            value = values.get(id((part.args or [part.func.value])[0]))
            found += isinstance(value, float | np.number) and np.ndim(value) == 0
    return found


def _fits(outcome: Outcome, of: Sequence[str], value: object, stepped: Collection[str]) -> bool:
    """Whether anything of a name has the shape of its gradient; of what takes a step it is what it was before."""
    named = [event for event in outcome.record.events[: outcome.begins or None] if event.key.rpartition(".")[2] in of]
    if {*of} & {*stepped}:
        named = named[:1]
    return any(fit_shape(value, np.shape(event.value)) is not None for event in named)


def tell_reading(trial: ProgramTrial) -> Iterator[Told]:
    """What a reading takes for granted, beside the verdict: which names are numbers, vectors, matrices, where that is not usual."""
    if trial.world.lone and any(1 in np.shape(value) for value in trial.current.guessed.values()):
        yield tell("one sample at a time, an array with two axes")
    for rank, say in SAID.items():
        names = sorted(name for name, own in trial.world.ranks.items() if own == rank and name in trial.ranked)
        if names:
            yield say(", ".join(names)) if len(names) > 1 else SAID_OF_ONE[rank](names[0])
