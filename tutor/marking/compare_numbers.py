"""Numbers of a program against an exercise: where its values come from, and which of its forms they are about.

A computation over arrays, or a network, is compared array by array (`tutor.marking.judge_numbers`); single quantities are marked as the
numbers that students write (`tutor.marking.compare_singles`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.answer.files.number_files import NumberArray, NumberFile
from tutor.answer.handed_in import Unused
from tutor.derive.backward import derive
from tutor.errors import GraphError, ValueProblem, tell
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.marking.array_world import ArrayWorld
from tutor.marking.compare_singles import SinglesJudge, put_values
from tutor.marking.compared import ComparedNumbers
from tutor.marking.given_arrays import make_world, read_given
from tutor.marking.judge_numbers import NumbersJudge
from tutor.marking.program_names import ProgramNames
from tutor.numbers.arithmetic import Value
from tutor.numbers.run import read_value
from tutor.text import make_visible


@dataclass(frozen=True, slots=True)
class NumbersComparison:
    """What became of a file, with the computation that it was compared with; ``ignored`` is what in the given file was not used.

    ``layered`` is that over arrays, with letters for sizes where it has them, and ``world`` its numbers.
    """

    exercise: Exercise
    found: ComparedNumbers
    layered: Layered | None = None
    world: ArrayWorld | None = None
    ignored: tuple[Unused, ...] = ()

    @property
    def steps(self) -> Mapping[str, Step]:
        """The steps of the forward and the backward pass over arrays, sizes as letters where they are."""
        if self.layered is None:
            return {}
        graph = self.layered.graph
        return {step.target: step for step in (*graph.steps, *derive(graph).backward)}


def compare_numbers(
    exercise: Exercise, file: NumberFile, given: NumberFile | None = None, *, tolerance: float | None = None
) -> NumbersComparison:
    """Compare the arrays of a file with an exercise, at its own values or at those of ``given``.

    Where neither has values, arrays of the file that are called like inputs and weights are taken for these.

    Raises `GraphError` for an exercise that only counts, `ValueProblem` for values that are missing or do not fit.
    """
    if exercise.graph is None:
        raise GraphError(tell("{name} only counts, it has no gradients", name=exercise.id))
    layered = find_layers(exercise)
    if layered is None:
        return _compare_singles(exercise, file, given, tolerance)
    own: Sequence[NumberArray] = file.arrays
    if given is not None:
        told = read_given(layered, given.arrays)
        told = replace(told, unused=(*given.unused, *told.unused))
    else:
        inside, own = split_given(layered, file.arrays) if not exercise.values else ((), file.arrays)
        told = read_given(layered, inside)
    world = make_world(layered, exercise.values, told.arrays)
    names = ProgramNames(layered, [array.name for array in own])
    singles = _find_singles(exercise, own, names)
    arrays = [array for array in own if array not in singles]
    found = NumbersJudge(world, names, tolerance).judge(NumberFile(tuple(arrays), file.unused))
    if singles:
        values = {str(item): read_value(repr(value)) for name, array in told.arrays.items() if name in layered.entries
                  for item, value in zip(layered.entries[name].items, array.reshape(-1).tolist(), strict=True)}  # fmt: skip
        judge = SinglesJudge(put_values(exercise, values), [array.name for array in singles], tolerance)
        more = judge.judge(singles)
        missing = found.missing if found.arrays else more.missing
        found = ComparedNumbers((*found.arrays, *more.arrays), (*found.unused, *more.unused), missing, (*found.copied, *more.copied))
    return NumbersComparison(exercise, found, layered, world, told.unused)


def _find_singles(exercise: Exercise, arrays: Sequence[NumberArray], names: ProgramNames) -> list[NumberArray]:
    """Of the arrays of a file, the numbers that are about single neurons or entries: w5, W_1_2."""
    assert exercise.graph is not None
    single = ProgramNames(Layered(exercise.graph, {}), [array.name for array in arrays])
    found = []
    for array in arrays:
        meant, other = single.find(array.name) if array.values.size == 1 else None, names.find(array.name)
        if meant is not None and (other is None or (exercise.layers is None and other.quantity not in exercise.graph.names)):
            found.append(array)
    return found


def _compare_singles(exercise: Exercise, file: NumberFile, given: NumberFile | None, tolerance: float | None) -> NumbersComparison:
    """An exercise that is written in single quantities."""
    assert exercise.graph is not None
    names = [quantity.name for quantity in exercise.graph.leaves]
    found: dict[str, Value] = {}
    ignored: list[Unused] = list(given.unused) if given is not None else []
    known = ProgramNames(Layered(exercise.graph, {}), [array.name for array in given.arrays] if given is not None else ())
    for array in given.arrays if given is not None else ():
        meant = known.find(array.name)
        if meant is None or meant.gradient or meant.quantity not in names or array.values.size != 1:
            ignored.append(Unused(make_visible(array.name, 80), "", tell("no input or weight is called so, or it is no single number")))
        else:
            found[meant.quantity] = read_value(repr(float(array.values.reshape(-1)[0])), array.name)
    exercise = put_values(exercise, found)
    missing = [name for name in names if name not in exercise.values]
    if missing:
        raise ValueProblem(
            tell("there are no values for {names}", names=", ".join(missing[:12])),
            hint=tell("give the file of what the program ran with: --given values.npz"),
        )
    judged = SinglesJudge(exercise, [array.name for array in file.arrays], tolerance).judge(file.arrays)
    return NumbersComparison(exercise, replace(judged, unused=(*file.unused, *judged.unused)), ignored=tuple(ignored))


def find_layers(exercise: Exercise) -> Layered | None:
    """The form over arrays, where there is one."""
    if exercise.layers is None and exercise.network is None:
        return None
    return layers_of(exercise, exercise.notation)


def split_given(layered: Layered, arrays: Sequence[NumberArray]) -> tuple[list[NumberArray], list[NumberArray]]:
    """Of a file that holds both: what is called like an input or a weight, and the rest, where other names say that they are gradients."""
    names = ProgramNames(layered, [array.name for array in arrays])
    leaves = {quantity.name for quantity in layered.graph.leaves}
    meant = [names.find(array.name) or names.find(array.name + "_onehot") for array in arrays]
    if not any(one is not None and one.gradient for one in meant):
        return [], list(arrays)
    is_given = [one is not None and one.quantity in leaves and not one.gradient for one in meant]
    return (
        [array for array, is_value in zip(arrays, is_given, strict=True) if is_value],
        [array for array, is_value in zip(arrays, is_given, strict=True) if not is_value],
    )
