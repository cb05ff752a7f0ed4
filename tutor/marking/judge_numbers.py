"""Judging arrays of numbers that a program wrote: against what is right, against what follows from its own earlier ones, against slips.

It is what `tutor.marking.judge_answer` does with texts, for arrays of any size: the first wrong one is the root; a later one that is right
from it is said to be so; else it is looked for what gives just these numbers, a slip in a step of the derivation
(`tutor.marking.bent_arrays`) or a pattern (`tutor.marking.number_patterns`), in what is right and in what follows from one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.answer.files.number_files import NumberArray, NumberFile, Precision
from tutor.answer.handed_in import Unused
from tutor.errors import tell
from tutor.expression.keys import derivative_key
from tutor.marking.array_misconceptions import LAYOUT
from tutor.marking.array_world import ArrayWorld
from tutor.marking.compared import Bent, ComparedArray, ComparedNumbers, WrongEntry
from tutor.marking.number_patterns import (
    CHANCE,
    LEAST_TESTED,
    NumberPattern,
    find_factor,
    find_patterns,
    weigh_evidence,
)
from tutor.marking.number_places import find_places, measure_difference
from tutor.marking.program_names import Meant, ProgramNames
from tutor.numbers.arrays import Flags, Floats, np
from tutor.text import make_visible

MOST_ENTRIES = 6
"""So many wrong entries are listed."""
MOST_SLIPS = 3
MOST_FOLLOWED = 6
CLOSE = 1e-3
"""What is off by no more than this share of the largest entry, and looks like nothing else, is close: a numerical derivative."""
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Near:
    """How far an entry may be off: ``relative``, as a share of itself, and ``share``, of the largest entry of its array."""

    relative: float
    share: float


NEAR: Mapping[Precision, Near] = {
    "float64": Near(1e-6, 1e-8), "float32": Near(1e-3, 1e-5), "float16": Near(2e-2, 5e-3), "bfloat16": Near(8e-2, 3e-2),
    "whole": Near(1e-6, 1e-8), "decimals": Near(1e-6, 1e-8),
}  # fmt: skip
"""By how exactly numbers are kept: some thousand of their last digits, since sums round many times."""
PRECISE = {"float64": 1e-7, "float32": 1e-4, "float16": 1e-2, "bfloat16": 4e-2, "whole": 1e-7, "decimals": 1e-7}
"""How near a pattern has to be, as a share of the largest entry."""


class NumbersJudge:
    """Compares the arrays of one file with a computation at given values.

    ``tolerance`` is how far an entry may be off, as a share of itself; without it what the precision of the file allows.
    """

    def __init__(self, world: ArrayWorld, names: ProgramNames, tolerance: float | None = None) -> None:
        self.world, self.names, self.tolerance = world, names, tolerance
        self.order = {key: place for place, key in enumerate((*world.given, *world.steps))}
        self.wrong: dict[str, Floats] = {}
        self.right: set[str] = set()

    def judge(self, file: NumberFile) -> ComparedNumbers:
        """All arrays of a file, in the order of the computation."""
        unused = list(file.unused)
        found: list[tuple[int, str, Meant, NumberArray]] = []
        for array in file.arrays:
            meant = self.names.find(array.name)
            key = self.choose_key(array, meant) if meant is not None else ""
            if meant is None:
                unused.append(Unused(make_visible(array.name, 80), "", self.refuse_name(array.name)))
            elif not key:
                fault = self.world.explain_missing(meant.list_keys(self.world.layered.graph)[0])
                reason = fault or tell("{name} has no value in this computation", name=meant.quantity)
                unused.append(Unused(make_visible(array.name, 80), "", reason))
            else:
                found.append((self.order.get(key, len(self.order)), key, meant, array))
        copied = tuple(array.name for _, key, _, array in found if key in self.world.given)  # they are what was given, or wrong as such
        found = [one for one in found if one[1] not in self.world.given]
        judged = [self.judge_one(array, key, meant) for _, key, meant, array in sorted(found, key=lambda one: one[0])]
        present = {array.key for array in judged}
        loss = self.world.layered.graph.loss
        wanted = [derivative_key(loss, quantity.name) for quantity in self.world.layered.graph.parameters]
        missing = tuple(key for key in wanted if key not in present and self.world.has(key))
        return ComparedNumbers(tuple(judged), tuple(unused), missing, copied)

    def refuse_name(self, name: str) -> str:
        """What is said of a name that fits nothing."""
        near = self.names.suggest(name)
        known = ", ".join(self.world.layered.graph.names[:12])
        if near:
            return tell("no quantity is called so; {hint}", hint=near)
        return tell("no quantity is called so; there are {names}", names=known)

    def choose_key(self, array: NumberArray, meant: Meant) -> str:
        """Which of the keys that a name may stand for is meant: the one whose numbers these are, else the likeliest that has its shape."""
        keys = [key for key in meant.list_keys(self.world.layered.graph) if self.world.has(key)]
        for key in keys if len(keys) > 1 else ():
            right = self.world.array(key)
            if right.shape == array.values.shape and np.all(self.find_near(array, array.values, right)):
                return key
        fitting = [key for key in keys if self.world.array(key).size == array.values.size]
        return (fitting or keys or [""])[0]

    # one array

    def judge_one(self, array: NumberArray, key: str, meant: Meant) -> ComparedArray:
        """One array with its verdict; it is kept for those that follow."""
        right = self.world.array(key)
        got, turned = self.turn(array, right, meant)
        special = int(np.sum(np.isnan(got))), int(np.sum(np.isinf(got)))
        base = ComparedArray(
            array.name, key, "correct", array.values.shape, right.T.shape if turned else right.shape, array.precision, special=special,
            turned=turned,
        )  # fmt: skip
        if got.shape != right.shape:
            return self.judge_shape(base, array, got, right)
        near = self.find_near(array, got, right)
        apart = measure_difference(np.where(np.isfinite(got), got, right), right)
        base = replace(base, apart=apart, exact=apart <= EXACT)
        if bool(np.all(near)):
            self.right.add(key)
            return base
        base = replace(base, where=find_places(~near), entries=list_entries(got, right, ~near))
        judged = self.judge_followed(base, array, got) or self.explain(base, array, got, right)
        if np.all(np.isfinite(got)) and judged.verdict != "close":
            self.wrong.setdefault(key, got)
        return judged

    def turn(self, array: NumberArray, right: Floats, meant: Meant) -> tuple[Floats, bool]:
        """The numbers as the computation has them: those that PyTorch keeps with rows and columns exchanged are turned."""
        got = array.values
        if not meant.turned or got.ndim != 2 or got.shape != right.shape[::-1]:
            return got, False
        if got.shape == right.shape and np.all(self.find_near(array, got, right)):
            return got, False
        return np.ascontiguousarray(got.T), True

    def find_near(self, array: NumberArray, got: Floats, right: Floats) -> Flags:
        """Which entries are right, within the precision."""
        near = NEAR[array.precision] if self.tolerance is None else Near(self.tolerance, self.tolerance * 1e-2)
        scale = float(np.max(np.abs(right), initial=0.0)) or self.scale
        with np.errstate(all="ignore"):
            allowed = (near.relative + array.share) * np.abs(right) + near.share * scale + array.half
            found: Flags = np.abs(got - right) <= allowed
        return found

    @property
    def scale(self) -> float:
        """How large the numbers of this computation are, for an array that is 0 everywhere."""
        loss = self.world.layered.graph.loss
        return max((float(np.max(np.abs(self.world.array(key)), initial=0.0)) for key in self.world.steps
                    if self.world.has(key) and key.startswith(f"d{loss}/")), default=1.0) or 1.0  # fmt: skip

    def measure_precision(self, array: NumberArray, right: Floats) -> float:
        """How near a pattern has to be, as a share of the largest entry."""
        scale = float(np.max(np.abs(right), initial=0.0)) or 1.0
        return max(PRECISE[array.precision], 2 * array.half / scale, 2 * array.share, self.tolerance or 0.0)

    def judge_shape(self, base: ComparedArray, array: NumberArray, got: Floats, right: Floats) -> ComparedArray:
        """An array of another shape: right but for axes of one entry, or something else."""
        if got.size == right.size and np.squeeze(got).shape == np.squeeze(right).shape:
            same = got.reshape(right.shape)
            near = self.find_near(array, same, right)
            if np.all(near):
                self.right.add(base.key)
                return replace(base, apart=measure_difference(same, right))
            inner = self.judge_followed(base, array, same) or self.explain(base, array, same, right)
            return replace(inner, where=find_places(~near), entries=list_entries(same, right, ~near), apart=measure_difference(same, right))
        return self.explain(base, array, got, right)

    # what follows

    def judge_followed(self, base: ComparedArray, array: NumberArray, got: Floats) -> ComparedArray | None:
        """Right from one's own earlier wrong arrays: all of them, or one alone."""
        for own in self.list_own(base.key):
            world = self.world.put(own)
            goal = world.array(base.key) if world.has(base.key) else None
            if goal is not None and goal.shape == got.shape and np.all(np.isfinite(goal)) and np.all(self.find_near(array, got, goal)):
                return replace(base, verdict="follow-through", follows=self.list_nearest(base.key, own))
        return None

    def list_own(self, key: str) -> list[dict[str, Floats]]:
        """The own wrong arrays that one is computed from: all together, then each alone."""
        sources = self.world.list_sources(key)
        every = {name: got for name, got in self.wrong.items() if name in sources}
        alone = [{name: got} for name, got in every.items()] if 1 < len(every) <= MOST_FOLLOWED else []
        return [every, *reversed(alone)] if every else []

    def list_nearest(self, key: str, own: Mapping[str, Floats]) -> tuple[str, ...]:
        """Those of one's own arrays that an array is computed from without another of them between."""
        found: list[str] = []
        seen: set[str] = set()
        stack = [key]
        while stack:
            for name in self.world.bent_steps.uses.get(stack.pop(), frozenset()):
                if name not in seen:
                    seen.add(name)
                    (found if name in own else stack).append(name)
        return tuple(sorted(found, key=lambda name: self.order[name]))

    # what explains

    def explain(self, base: ComparedArray, array: NumberArray, got: Floats, right: Floats) -> ComparedArray:
        """A wrong array with what gives just its numbers: in what is right, or in what follows from one's own wrong ones."""
        worlds: list[tuple[ArrayWorld, tuple[str, ...]]] = [(self.world, ())]
        worlds += [(self.world.put(own), self.list_nearest(base.key, own)) for own in self.list_own(base.key)[:1]]
        ranked: list[tuple[int, ComparedArray]] = []
        for number, (world, after) in enumerate(worlds):
            goal = world.array(base.key) if world.has(base.key) else right
            bends = self.find_bends(world, base.key, array, got, goal)
            patterns = self.find_patterns(world, base.key, array, got, goal)
            if not any(bent.sure for bent in bends) and not any(pattern.sure for pattern in patterns):
                patterns = (*self.find_operands(world, base.key, array, got, goal), *patterns)
            if bends or patterns:
                found = replace(base, verdict="misconception", patterns=patterns, bends=bends, after=after)
                if after and got.shape == goal.shape:  # the entries are held against what follows
                    near = self.find_near(array, got, goal)
                    found = replace(found, where=find_places(~near), entries=list_entries(got, goal, ~near))
                ranked.append((rank_explanation(found) + (number if found.bends else 1 - number), found))
        best = min(ranked, key=lambda one: one[0], default=(PERHAPS, base))
        if best[0] < PERHAPS:
            return best[1]
        close = 0 < base.apart <= CLOSE and base.special == (0, 0) and got.shape == right.shape
        return replace(base, verdict="close") if close else replace(best[1], verdict="wrong")

    def find_patterns(self, world: ArrayWorld, key: str, array: NumberArray, got: Floats, goal: Floats) -> tuple[NumberPattern, ...]:
        """The patterns of numbers that fit."""
        others = {
            name: other for name, other in world.list_alike(key).items()
            if other.shape in (got.shape, goal.shape, got.shape[1:]) or is_larger(other.shape, got.shape)
        }  # fmt: skip
        precision = self.measure_precision(array, goal)
        return find_patterns(got, goal, letters=world.list_letters(key), others=others, paths=world.list_paths(key), precision=precision)

    def find_operands(self, world: ArrayWorld, key: str, array: NumberArray, got: Floats, goal: Floats) -> tuple[NumberPattern, ...]:
        """Another array in the place of one that the step uses: a stale variable, the value before an activation."""
        if not np.all(np.isfinite(got)):
            return ()
        listed = list(world.list_exchanged(key))
        precision, found = self.measure_precision(array, goal), list[NumberPattern]()
        for own, name, value in listed:
            if value.shape == got.shape and np.all(self.find_near(array, got, value)):
                tested, chance = weigh_evidence(got, goal, value, precision, float(len(listed)))
                found.append(NumberPattern("operand", name=name, base=own, tested=tested, chance=chance))
        return tuple(pattern for pattern in found if pattern.sure)[:MOST_SLIPS]

    def find_bends(self, world: ArrayWorld, key: str, array: NumberArray, got: Floats, goal: Floats) -> tuple[Bent, ...]:
        """The slips that give just these numbers, alone or with a factor besides; none at a step that is known to be right."""
        if not np.all(np.isfinite(got)):
            return ()
        table = [wrong for wrong in world.bent.table(key) if wrong.shape == got.shape and wrong.slip.tag != LAYOUT]
        precision, letters = self.measure_precision(array, goal), world.list_letters(key)
        alone: list[Bent] = []
        scaled: list[Bent] = []
        for wrong in table:
            rows = wrong.rows.reshape(wrong.shape)
            if np.all(self.find_near(array, got, rows)):
                tested, chance = weigh_evidence(got, goal, rows, precision, float(len(table)))
                if tested:
                    alone.append(Bent((wrong.slip,), None, chance < CHANCE and tested >= LEAST_TESTED))
        for wrong in table if not alone else ():
            rows = wrong.rows.reshape(wrong.shape)
            factor = find_factor(got, rows, letters, precision)
            if factor is not None and find_factor(got, goal, letters, precision) is None:
                tested, chance = weigh_evidence(got, goal, rows * factor.value, precision, 100.0 * len(table))
                if tested >= LEAST_TESTED and chance < CHANCE:
                    scaled.append(Bent((wrong.slip,), factor))
        return self.choose_bends(alone or scaled)

    def choose_bends(self, found: Sequence[Bent]) -> tuple[Bent, ...]:
        """Each slip once; those at a step that was given and is right are none."""
        possible = [bent for bent in found if bent.slips[0].at not in self.right] or list(found)
        first: dict[str, Bent] = {}
        for bent in sorted(possible, key=lambda bent: not bent.sure):
            first.setdefault(bent.slips[0].tag, bent)
        return tuple(first.values())[:MOST_SLIPS]


def is_larger(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether a shape is another one with one axis more."""
    return len(shape) == len(other) + 1 and any(shape[:axis] + shape[axis + 1 :] == other for axis in range(len(shape)))


PERHAPS = 60
"""Explanations from here on are not sure."""


def rank_explanation(found: ComparedArray) -> int:
    """How simple an explanation is, the lowest first: one slip; a pattern; a slip and a factor; what is not sure."""
    alone = [bent for bent in found.bends if bent.sure and bent.factor is None]
    sure = [pattern for pattern in found.patterns if pattern.sure]
    return 0 if alone else 20 if sure else 40 if any(bent.sure for bent in found.bends) else PERHAPS


def list_entries(got: Floats, right: Floats, wrong: Flags) -> tuple[WrongEntry, ...]:
    """The first wrong entries of an array."""
    found = []
    for place in np.argwhere(wrong)[:MOST_ENTRIES]:
        at = tuple(int(index) for index in place)
        mine, theirs = float(got[at]), float(right[at])
        ratio = mine / theirs if theirs and np.isfinite(mine) else None
        found.append(WrongEntry(at, mine, theirs, ratio))
    return tuple(found)
