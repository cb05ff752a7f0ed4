"""Single numbers of a program against an exercise of single quantities: marked as what students write, by the same judge.

A number becomes the text of an answer with as many digits as its precision has; the questions are the quantities themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tutor.answer.files.number_files import NumberArray
from tutor.answer.handed_in import Unused
from tutor.errors import tell
from tutor.exercise.model import Exercise
from tutor.exercise.question import Question, Tolerance
from tutor.expression.keys import derivative_key
from tutor.graph.layered import Layered
from tutor.marking.compared import Bent, ComparedArray, ComparedNumbers, WrongEntry
from tutor.marking.judge import Earlier
from tutor.marking.judge_numbers import CLOSE, EXACT, NEAR
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import RIGHT, MarkedAnswer
from tutor.marking.number_patterns import find_patterns
from tutor.marking.number_places import Where
from tutor.marking.program_names import ProgramNames
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import np
from tutor.numbers.floats import as_float
from tutor.text import make_visible

DIGITS = {"float64": 15, "float32": 7, "float16": 3, "bfloat16": 2, "whole": 15, "decimals": 15}
"""So many significant digits are kept of a number."""


class SinglesJudge:
    """Compares single numbers with an exercise of single quantities at its values."""

    def __init__(self, exercise: Exercise, names: Sequence[str], tolerance: float | None = None) -> None:
        assert exercise.graph is not None
        self.exercise, self.graph, self.tolerance = exercise, exercise.graph, tolerance
        self.names = ProgramNames(Layered(exercise.graph, {}), names)
        self._marker: Marker | None = None

    @property
    def marker(self) -> Marker:
        """Made when the first number is judged."""
        if self._marker is None:
            self._marker = Marker(self.exercise)
        return self._marker

    def find_key(self, array: NumberArray) -> str:
        """The key of what a name means, of several that whose number it is; empty for what fits nothing."""
        name, truth = array.name, self.marker.sheet.truth
        meant = self.names.find(name)
        if meant is None:
            ident = self.marker.names.find(name)
            targets = self.marker.sheet.by_id[ident].targets if ident else ()
            return targets[0] if len(targets) == 1 else ""
        keys = meant.list_keys(self.graph)
        known = [key for key in keys if key in truth]
        own = float(array.values.reshape(-1)[0]) if array.values.size else 0.0
        near = [key for key in known if abs(own - as_float(truth[key])) <= NEAR[array.precision].relative * abs(as_float(truth[key]))]
        return (near or known or list(keys))[0]

    def judge(self, arrays: Sequence[NumberArray]) -> ComparedNumbers:
        """All numbers, in the order of the computation."""
        unused: list[Unused] = []
        found: list[tuple[int, str, NumberArray]] = []
        sheet, leaves = self.marker.sheet, {quantity.name for quantity in self.graph.leaves}
        copied: list[str] = []
        for array in arrays:
            key, shown = self.find_key(array), make_visible(array.name, 80)
            if key in leaves:
                copied.append(array.name)
            elif not key:
                near = self.names.suggest(array.name)
                known = ", ".join(self.graph.names[:12])
                said = tell("no quantity is called so; {hint}", hint=near) if near else tell("no quantity is called so; there are {names}",
                                                                                             names=known)  # fmt: skip
                unused.append(Unused(shown, "", said))
            elif key not in sheet.truth:
                unused.append(Unused(shown, "", tell("{name} has no value in this computation", name=key)))
            elif array.values.size != 1:
                what = tell("it has {count} numbers, and {name} is one", count=array.values.size, name=key)
                unused.append(Unused(shown, "", what))
            else:
                found.append((sheet.order.get(key, -1), key, array))
        earlier = Earlier()
        judged: list[ComparedArray] = []
        for _, key, array in sorted(found, key=lambda one: one[0]):
            one, earlier = self.judge_one(key, array, earlier)
            judged.append(one)
        present = {array.key for array in judged}
        wanted = [derivative_key(self.graph.loss, quantity.name) for quantity in self.graph.parameters]
        missing = tuple(key for key in wanted if key in sheet.truth and key not in present) if judged else ()
        return ComparedNumbers(tuple(judged), tuple(unused), missing, tuple(copied))

    def judge_one(self, key: str, array: NumberArray, earlier: Earlier) -> tuple[ComparedArray, Earlier]:
        """One number with its verdict, and what is known then."""
        got, right = float(array.values.reshape(-1)[0]), as_float(self.marker.sheet.truth[key])
        apart = abs(got - right) / abs(right) if right else abs(got)
        base = ComparedArray(array.name, key, "correct", array.values.shape, array.values.shape, array.precision)
        if not np.isfinite(got):
            special = (int(np.isnan(got)), int(np.isinf(got)))
            return replace(base, verdict="wrong", special=special, where=Where(1, 1), entries=(WrongEntry((), got, right),)), earlier
        allowed = self.tolerance if self.tolerance is not None else NEAR[array.precision].relative
        question = Question(key, key, "number", (key,), tolerance=Tolerance(relative=Fraction(allowed)))
        answer, known = self.marker.judge(question, write_answer(array, got), earlier)
        base = replace(base, apart=apart, exact=apart <= EXACT)
        if answer.verdict == "correct" or (array.half and abs(got - right) <= array.half):
            return base, known
        return self.explain(base, array, answer, got, right), known

    def explain(self, base: ComparedArray, array: NumberArray, answer: MarkedAnswer, got: float, right: float) -> ComparedArray:
        """A wrong number: what it follows from, or by which slip; or what it is times what is right, perhaps."""
        ratio = got / right if right else None
        base = replace(base, where=Where(1, 1), entries=(WrongEntry((), got, right, ratio),))
        if answer.verdict in RIGHT:
            return replace(base, verdict="follow-through", follows=answer.follows)
        bends = tuple(Bent(way) for way in answer.slips)
        if bends:
            return replace(base, verdict="misconception", bends=bends)
        precision = max(NEAR[array.precision].relative * 1e-1, array.half / abs(right) if right else 0.0)
        found = find_patterns(np.array(got), np.array(right), precision=precision)
        patterns = tuple(pattern for pattern in found if pattern.kind == "factor" and pattern.factor is not None and pattern.factor.texts)
        close = not patterns and base.apart <= CLOSE
        return replace(base, verdict="close" if close else "wrong", patterns=patterns)


def write_answer(array: NumberArray, number: float) -> str:
    """A number as the text of an answer, with the digits that it has.

    >>> write_answer(NumberArray("w", np.array(0.1), "float32"), 0.10000000149011612)
    '0.1000000'
    """
    digits = DIGITS[array.precision]
    if array.half:
        places = max(0, -int(np.floor(np.log10(2 * array.half) + 0.5)))
        return f"{number:.{places}f}"
    text = f"{number:#.{digits}g}"
    return text.rstrip(".")


def put_values(exercise: Exercise, given: Mapping[str, Value]) -> Exercise:
    """An exercise with other values."""
    return replace(exercise, values={**exercise.values, **given}, written={**exercise.written, **{k: str(v) for k, v in given.items()}})
