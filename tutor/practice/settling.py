"""What follows from a right answer: the steps that it shows to be known, and the share of their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tutor.expression.nodes import Expr, Partial, children
from tutor.marking.judge import Earlier
from tutor.marking.mark_submission import Marker
from tutor.numbers.arrays import np
from tutor.practice.records import Progress, Settings
from tutor.practice.tasks import AskedStep

MOVED = 0.1
"""A quantity is taken to be wrong by so much of it, to see whether an answer would show that."""
SHOWS = 2.0
"""It would where it moved by so many times what the answer leaves open."""
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
    return frozenset(name for name in cone if name == target or _shows(marker, target, name, text, earlier))


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


def count_share(own: Progress, settings: Settings) -> Fraction:
    """The share of its marks that a step is worth after the tries and hints that it took, where they cost; nothing once it was shown."""
    if own.status == "shown" or not settings.row.costs:
        return Fraction(own.status != "shown")
    return settings.costs.count_share(own.attempts, own.rungs)
