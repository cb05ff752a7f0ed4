"""What follows from a right answer: the steps that it shows to be known, the step that it is right for, and the share of their marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from fractions import Fraction

from tutor.answer.compare.formulas import compare
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.exercise.question import LISTS
from tutor.expression.nodes import Expr, Number, Partial, children
from tutor.marking.judge import Earlier
from tutor.marking.mark_submission import Marker
from tutor.marking.worlds import BentWorld
from tutor.numbers.arrays import np
from tutor.practice.records import Progress, Settings
from tutor.practice.tasks import AskedStep

MOVED = 0.1
"""A quantity is taken to be wrong by so much of it, to see whether an answer would show that."""
SHOWS = 2.0
"""It would where it moved by so many times what the answer leaves open."""
TELLS = 3
"""A number of so many digits is hardly that of another quantity by accident."""
LEAST_ENTRIES, MOST_TRIED = 2, 20
"""An array of so many different numbers is hardly another one by accident; so many others are tried."""
DIGIT = 0.0005
"""Half a unit in the third digit, as a share."""
_NUMBER = re.compile(r"\d+(?:\.(\d*))?(?:[eE]([-+]?\d{1,3}))?")


def list_settled(marker: Marker, task: AskedStep, text: str, earlier: Earlier) -> frozenset[str]:
    """The quantities that are known by a right answer ``text``: those that it would have shown to be wrong.

    A formula shows all that it is computed from, unless it has derivatives in it; a number only what it depends on so much that one could
    tell: 0.15 for 0.149781 says nothing of the gradient by which 0.15 was moved.
    """
    target = task.target
    if target not in marker.sheet.working.by_name:
        return frozenset([target])
    cone = marker.sheet.cone(target) - set(marker.sheet.leaves() if marker.exercise.values else ())
    if task.question.kind != "number":
        read = earlier.read.get(task.question.id)
        return frozenset([target]) if read is None or any(type(part) is Partial for part in _list_parts(read)) else cone
    settled = {name for name in cone if name == target or _shows(marker, target, name, text, earlier)}
    return frozenset(settled | _list_behind(marker, settled, cone))


def _list_behind(marker: Marker, settled: Set[str], cone: Set[str]) -> set[str]:
    """What settled quantities are computed from, step by step, where they would have been others to three digits.

    The number that was typed may not tell it: 0.0822 for a gradient settles the output of a far unit, and would be the same for another sum
    of that unit; but who has the output has had the sum.
    """
    world, by_name = marker.sheet.numbers, marker.sheet.working.by_name
    found: set[str] = set()
    pending = [name for name in settled if name in by_name]
    while pending:
        user = pending.pop()
        for name in list_referred(by_name[user].expr):
            if name in cone and name not in settled and name not in found and _moves(world, user, name) > 2 * SHOWS * DIGIT:
                found.add(name)
                pending.append(name)
    return found


def _moves(world: BentWorld, user: str, name: str) -> float:
    """By which share of itself a quantity moves where another is taken to be wrong; 0 where one of them has no value, or is 0."""
    right, own = (float(world.env[key][0]) if key in world.env else 0.0 for key in (user, name))
    if not right or not own:
        return 0.0
    moved = float(world.fix_values({name: np.array([own * (1 + MOVED)])}, [user]).env[user][0])
    return abs(moved / right - 1) if np.isfinite(moved) else 0.0


def _list_parts(expr: Expr) -> Iterator[Expr]:
    stack = [expr]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(children(part))


def _shows(marker: Marker, target: str, name: str, text: str, earlier: Earlier) -> bool:
    """Whether a number for ``target`` would be another one, were ``name`` another one."""
    world = marker.sheet.numbers
    typed = earlier.results[target].number if target in earlier.results else None
    if typed is None or name not in world.env or target not in world.env:
        return False
    right, own = float(world.env[target][0]), float(world.env[name][0])
    if not own:
        return False  # what is 0 by it is 0 in many ways
    moved = world.fix_values({name: np.array([own * (1 + MOVED)])}, [target]).env[target]
    apart = abs(float(moved[0]) - right)
    return bool(np.isfinite(apart)) and apart > SHOWS * max(abs(typed - right), measure_unit(text, right))


def measure_unit(text: str, right: float) -> float:
    """What a number leaves open as it is typed: half a unit in its last place; of a fraction or a formula hardly anything.

    >>> measure_unit("w5 = 0.36", 0.358916), measure_unit("3/4", 0.75) < 1e-9, measure_unit("-4.386e-4", -0.0004386) < 1e-6
    (0.005, True, True)
    """
    typed = text.rpartition("=")[2].strip().lstrip("+-−≈ ")
    found = _NUMBER.fullmatch(typed)
    if found is None:
        return 1e-12 * abs(right)
    places = len(found[1]) if found[1] else 0
    return 0.5 * 10.0 ** (int(found[2] or 0) - places) if places or right != int(right) else 1e-12 * abs(right)


def find_answered(marker: Marker, task: AskedStep, expr: Expr, others: Iterable[AskedStep]) -> str:
    """The other step that a wrong answer is right for, such as the gradient where its first factor is asked; nothing for most."""
    for other in others:
        if other.id == task.id or other.kind not in ("value", "declared") or other.question.kind != task.question.kind:
            continue
        if other.question.shape or other.question.array or not other.target:
            continue
        if _is_answer(marker, other, expr):
            return other.id
    return ""


def find_answered_array(marker: Marker, task: AskedStep, text: str, others: Iterable[AskedStep]) -> str:
    """The other step about a whole array that a wrong answer is right for; of zeros, or one number again and again, nothing is said."""
    numbers = {found.group().strip("0.") for found in _NUMBER.finditer(text)} - {""}
    if not any(letter.isalpha() for letter in text) and (len(numbers) < LEAST_ENTRIES or sum(map(len, numbers)) < TELLS):
        return ""
    kinds = [*LISTS] if task.question.kind in LISTS else [task.question.kind]
    able = [other for other in others if other.id != task.id and other.question.array and other.question.kind in kinds]
    same = [other for other in able if other.question.shape == task.question.shape][:MOST_TRIED]
    return next((other.id for other in same if marker.is_array(other.question, text)), "")


def _is_answer(marker: Marker, task: AskedStep, expr: Expr) -> bool:
    named = bool(list_referred(expr))
    if task.question.kind == "number":
        truth = marker.sheet.truth.get(task.target)
        return not named and _count_digits(expr) >= TELLS and truth is not None and marker.is_value(expr, truth, task.question.tolerance)
    try:
        return named and compare(expr, task.target, marker.sheet.points).outcome == "equal"
    except TutorError:
        return False


def _count_digits(expr: Expr) -> int:
    """How many digits a number is written with, zeros before the first one left out; of arithmetic all of them."""
    digits = "".join(part.text for part in _list_parts(expr) if type(part) is Number).partition("e")[0]
    return len(digits.replace(".", "").lstrip("0"))


def count_share(own: Progress, settings: Settings) -> Fraction:
    """The share of its marks that a step is worth after the tries and hints that it took, where they cost; nothing once it was shown."""
    if own.status == "shown" or not settings.row.costs:
        return Fraction(own.status != "shown")
    return settings.costs.count_share(own.attempts, own.rungs)
