"""Running a working in many bent variants at once: what each slip would give, for every quantity that is asked.

A world is a set of given values (one point of numbers, or several random points for formulas) together with the student's own earlier
results, which are kept fixed.  All variants are run together, one row of an array a variant: a step is computed anew only in the rows that
differ, so that some hundred slips cost little more than one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.derive.working import Working
from tutor.expression.nodes import Expr
from tutor.graph.nouns import Step
from tutor.numbers.arrays import Column, Floats, np
from tutor.numbers.floats import columns, evaluate_at_points, find_program

CHUNK = 4_096
"""Rows that are run at a time: some ten megabytes."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which a working may be bent: formulas in place of the right ones.

    ``labels`` are the places of its slips in some table of the caller's.
    """

    labels: tuple[int, ...]
    edits: Mapping[str, Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BentWorld:
    """Given values by name, arrays of shape (points,), and the results that are fixed."""

    working: Working
    env: Mapping[str, Floats]
    fixed: Mapping[str, Floats] = field(default_factory=dict)
    order: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def make(cls, working: Working, leaves: Mapping[str, Floats]) -> BentWorld:
        """The world of given values, each an array of shape (points,), with everything that follows from them."""
        env = dict(leaves)
        points = max((np.size(value) for value in leaves.values()), default=1)
        with np.errstate(all="ignore"):
            for step in working.steps:
                env[step.target] = _flatten(evaluate_at_points(step.expr, env), points)
        return cls(working, env, {}, {step.target: place for place, step in enumerate(working.steps)})

    def fix_values(self, fixed: Mapping[str, Floats], wanted: Iterable[str]) -> BentWorld:
        """The same with some results put in place, and what ``wanted`` needs computed anew from them."""
        env = {**self.env, **fixed}
        cone = self.working.cone(wanted)
        changed = set(fixed)
        points = max((len(value) for value in fixed.values()), default=1)
        with np.errstate(all="ignore"):
            for step in self.working.steps:
                name = step.target
                if name in cone and name not in fixed and changed.intersection(self.working.uses[name]):
                    env[name] = _flatten(evaluate_at_points(step.expr, env), points)
                    changed.add(name)
        return BentWorld(self.working, env, fixed, self.order)

    def steps_for(self, wanted: Iterable[str]) -> list[Step]:
        """The steps that ``wanted`` is computed by, those that are fixed left out, in their order."""
        found: set[str] = set()
        stack = list(wanted)
        while stack:
            name = stack.pop()
            if name in found or (name in self.fixed and name not in wanted):
                continue
            found.add(name)
            stack.extend(self.working.uses.get(name, ()))
        return [step for step in self.working.steps if step.target in found]

    def run_bent(self, variants: Sequence[Variant], wanted: Sequence[str]) -> dict[str, Floats]:
        """What ``wanted`` comes to in each variant: arrays of shape (variants, points)."""
        parts = [self._run_bent(variants[at : at + CHUNK], wanted) for at in range(0, len(variants), CHUNK)]
        points = len(next(iter(self.env.values()))) if self.env else 1
        if not parts:
            return {name: np.empty((0, points)) for name in wanted}
        return parts[0] if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def _run_bent(self, variants: Sequence[Variant], wanted: Sequence[str]) -> dict[str, Floats]:
        edits: dict[str, dict[int, tuple[Expr, list[int]]]] = {}
        for row, variant in enumerate(variants):
            for target, expr in variant.edits.items():
                edits.setdefault(target, {}).setdefault(id(expr), (expr, []))[1].append(row)
        count = len(variants)
        rows: dict[str, Floats] = {}
        with np.errstate(all="ignore"):
            for step in self.steps_for(wanted):
                name = step.target
                if name in self.fixed:
                    continue
                own = edits.get(name)
                inputs = [used for used in self.working.uses[name] if used in rows]
                if not (own or inputs):
                    continue
                if inputs:
                    value = _widen(self._evaluate(step.expr, rows, slice(None)), count)
                else:
                    value = np.repeat(np.atleast_2d(self.env[name]), count, axis=0)
                for expr, places in (own or {}).values():
                    value[places] = self._evaluate(expr, rows, places)
                rows[name] = value
        return {name: rows[name] if name in rows else np.repeat(np.atleast_2d(self.env[name]), count, axis=0) for name in wanted}

    def _evaluate(self, expr: Expr, rows: Mapping[str, Floats], places: list[int] | slice) -> Column:
        """A formula where some quantities differ from row to row; at a single point the others are plain numbers, which is faster."""
        steps = find_program(expr)
        env = {
            name: rows[name][places] if name in rows else own[0] if len(own := self.env[name]) == 1 else own for name in steps.names
        }
        return columns(steps, env)[steps.result]


def _flatten(value: Floats, points: int) -> Floats:
    """A value as an array with one number a point; a constant formula gives a single number."""
    return np.broadcast_to(np.asarray(value, dtype=float), (points,))


def _widen(value: Column, count: int) -> Floats:
    found = np.asarray(value, dtype=float)
    return np.array(np.broadcast_to(np.atleast_2d(found), (count, found.shape[-1] if found.ndim else 1)))
