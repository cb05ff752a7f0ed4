"""What a student's shown results allow: a result is written with fewer digits than the calculator keeps, so it stands for a range.

A shown 0.74 may have been 0.735 (rounded up) or 0.7499 (cut off).  The range of each earlier result is carried through the steps by ball
arithmetic, so that whatever the student's calculator held, what follows from it lies in the range that comes out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tutor.derive.working import Working
from tutor.numbers.arrays import Floats
from tutor.numbers.balls import bits_of, bounds, make_between, make_nowhere, set_bits
from tutor.numbers.enclosures import enclose_all
from tutor.numbers.program import Program, program
from tutor.numbers.values import Ball

Range = tuple[float, float]
DIGITS = 19
"""What floats have, and two more."""
_ROOM = 10_000


class Ranges:
    """The ranges of one working: ``env`` are its values as arrays of one point, which hold for all that a student did not answer."""

    def __init__(self, working: Working, env: Mapping[str, Floats]) -> None:
        self.working, self.env = working, env
        self.place = {step.target: place for place, step in enumerate(working.steps)}
        self.programs: dict[str, Program] = {}
        self.ways: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self.balls: dict[str, Ball] = {}

    def carry(self, target: str, given: Mapping[str, Range]) -> Range | None:
        """The range of a quantity that is computed from results in these ranges; nothing where it need not exist everywhere in them.

        >>> from tutor.graph.build import from_steps
        >>> from tutor.derive.working import working
        >>> low, high = Ranges(working(from_steps(["a = x*y", "L = a*a"])), {"y": [0.5]}).carry("a", {"x": (0.735, 0.75)})
        >>> round(low, 9), round(high, 9)
        (0.3675, 0.375)
        """
        before = set_bits(bits_of(DIGITS))
        try:
            balls = {name: make_between(*limits) for name, limits in given.items()}
            for name in self._way(target, tuple(given)):
                steps = self._program(name)
                for used in steps.names:
                    if used not in balls:
                        balls[used] = self._find_known(used)
                balls[name] = enclose_all(steps, balls)[steps.result]
            low, high = bounds(balls[target])
        finally:
            set_bits(before)
        return (low, high) if math.isfinite(low) and math.isfinite(high) else None

    def _find_known(self, name: str) -> Ball:
        if name not in self.balls:
            value = float(self.env[name][0])
            self.balls[name] = make_between(value, value) if math.isfinite(value) else make_nowhere()
        return self.balls[name]

    def _program(self, name: str) -> Program:
        if name not in self.programs:
            self.programs[name] = program(self.working.by_name[name].expr)
        return self.programs[name]

    def _way(self, target: str, given: tuple[str, ...]) -> tuple[str, ...]:
        """The steps from given results to a quantity, in their order: those in between that need any of them."""
        key = (target, given)
        found = self.ways.get(key)
        if found is None:
            if len(self.ways) >= _ROOM:
                self.ways.clear()
            found = self.ways[key] = self._find_way(target, frozenset(given))
        return found

    def _find_way(self, target: str, given: frozenset[str]) -> tuple[str, ...]:
        uses = self.working.uses
        reached, stack = {target}, [target]
        while stack:
            for name in uses.get(stack.pop(), ()):
                if name not in reached and name not in given and name in uses:
                    reached.add(name)
                    stack.append(name)
        changed = set(given)
        way = []
        for name in sorted(reached, key=lambda name: self.place[name]):
            if name == target or changed.intersection(uses[name]):
                changed.add(name)
                way.append(name)
        return tuple(way)
