"""Whether the gradients of a run are the slopes of its loss: by random directions, which no wrong gradient survives, and entry by entry."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import dropwhile
from typing import Any

from tutor.code.code_values import ValueEvent
from tutor.code.given_gradients import GivenGradient
from tutor.code.guess_shapes import find_seed
from tutor.code.lane_slopes import SlopeMove, find_entries, find_slopes
from tutor.code.pair_functions import LOSS_WORDS, split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.returned_values import find_list_entry, list_usual
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import Floats, np

SAME = 1e-7
NOTHING = 1e-7
"""A derivative that is 0 on paper, as that of a bias before a batch norm, is some 1e-17 in floats: SAME times this is far above that."""
"""So near, relative to the largest terms of both, is the same: a run has some 15 digits, and a wrong gradient is far off."""
DIRECTIONS = 2
SMALLEST = 1e-5
LOOSER = 300
"""Where a logarithm has a small number in it, ``log(p + 1e-7)``, a gradient without it is off by that over p: so much is the same, too."""
DERIVED = 1e-12
"""So near, relative to its terms, are the slopes of an array of the derivation to those of the loss."""
MOST_VERSIONS = 6
"""So many values of one name may be meant, and the last one."""
FEW = 4
"""Of so many entries a derivative is as soon worked out one by one."""


@dataclass(slots=True)
class GradientCheck:
    """The slopes of one program in one world; an edit of its backward pass does not change them.

    ``forward`` are names of the forward pass that are written as those of gradients are, ``derive`` gives the arrays of the program's
    derivation, where it is read.  Chances below ``guarded`` are so small that what keeps a logarithm from −∞ shows in the gradients.
    """

    trial: ProgramTrial
    first: Outcome
    slopes: dict[tuple[int, int], float | None] = field(default_factory=dict)
    gradients: dict[int, Any] = field(default_factory=dict)
    forward: set[str] = field(default_factory=set)
    same: float = SAME
    guarded: float = 0.0
    derive: Callable[[], Sequence[Floats]] = tuple
    is_asked: bool = False

    def __post_init__(self) -> None:
        trees = [source.tree for source in (self.trial.source, self.trial.forward_source, *self.trial.others) if source is not None]
        guard = max(map(find_log_guard, trees))
        self.same = max(SAME, LOOSER * guard)
        self.guarded = guard / self.same
        self.trial.end_at_loss(self.first)

    def list_versions(self, of: Sequence[str]) -> list[ValueEvent]:
        """The values that are meant by a name, before the backward pass: the first one that it had in front."""
        events = self.first.record.events[: self.first.begins] if self.first.begins else self.first.record.events
        if not self.first.begins:  # what comes behind the loss has no part in it
            last = max(
                (event.number for event in events if LOSS_WORDS.match(event.key.rpartition(".")[2])),
                default=len(events),
            )
            events = events[: last + 1]
        found = [event for word in of for event in events if event.key.rpartition(".")[2] == word]
        if found or not any(word.endswith("]") for word in of):
            return found
        entries = [find_list_entry(word, [event.key for event in events]) for word in of]
        return [event for event in events if event.key in entries]

    def find_slope(self, event: ValueEvent, place: int) -> float | None:
        """The slope of the loss in one of the directions."""
        key = (event.number, place)
        if key not in self.slopes and not self.is_asked:
            self.is_asked = True
            outputs = [output for output in self.first.outputs if output.value is not None]
            self.find_together([event, *(one for output in outputs for one in self.choose_versions(output))])
        if key not in self.slopes:
            self.slopes[key] = self.trial.find_slope(event, self.direction(event, place))
        return self.slopes[key]

    def find_together(self, events: Iterable[ValueEvent]) -> None:
        """The slopes by several values, in one run where that is possible."""
        keys = [(event, place) for event in events for place in range(DIRECTIONS)]
        missing = {(event.number, place): SlopeMove(event.number, self.direction(event, place)) for event, place in keys
                   if (event.number, place) not in self.slopes}  # fmt: skip
        found = find_slopes(self.trial, list(missing.values()))
        self.slopes |= dict(zip(missing, found or (), strict=False))

    def direction(self, event: ValueEvent, place: int) -> Any:
        """A direction in which a value moves."""
        return np.random.default_rng(find_seed(f" direction {place}", event.number)).standard_normal(
            np.shape(event.value)
        )

    def is_slope(self, value: Any, event: ValueEvent) -> bool:
        """Whether a value is the derivative of the loss by another."""
        made = fit_shape(value, np.shape(event.value))
        if made is None or not np.all(np.isfinite(made)):
            return False
        for place in range(DIRECTIONS):
            slope = self.find_slope(event, place)
            terms = made * self.direction(event, place)
            size = float(np.sum(np.abs(terms)))
            if slope is None or not abs(float(np.sum(terms)) - slope) <= self.same * max(size, abs(slope), NOTHING):
                return False
        return True

    def find_ratio(self, value: Any, event: ValueEvent) -> float | None:
        """What a value has to be multiplied with to be right, where that is one number."""
        made = fit_shape(value, np.shape(event.value))
        if made is None or not np.all(np.isfinite(made)):
            return None
        found = []
        for place in range(DIRECTIONS):
            slope, own = self.find_slope(event, place), float(np.sum(made * self.direction(event, place)))
            if slope is None or abs(own) < 1e-12:
                return None
            found.append(slope / own)
        return found[0] if abs(found[0] - found[1]) <= 1e-6 * abs(found[0]) and abs(found[0]) > 1e-9 else None

    def find_target(self, output: GivenGradient) -> ValueEvent | None:
        """The value that an output is the gradient of: what is given, or else the first one of its name with its shape."""
        versions = self.list_versions(output.of)
        leaves = [event for event in versions if event.leaf] or versions
        fits = [event for event in leaves if output.value is None or np.shape(event.value) == np.shape(output.value)]
        return next(iter(fits or leaves), None)

    def judge_output(self, output: GivenGradient) -> bool:
        """Whether an output is right, for any value that its name may mean."""
        if output.value is None:
            return False
        return any(self.is_slope(output.value, event) for event in self.choose_versions(output))

    def choose_versions(self, output: GivenGradient) -> list[ValueEvent]:
        """The values that an output may be the gradient of: what is given, or else those of its size."""
        versions = self.list_versions(output.of)
        leaves = [event for event in versions if event.leaf]
        fits = [event for event in versions if np.size(event.value) == np.size(output.value)]
        fits.sort(key=lambda event: np.shape(event.value) != np.shape(output.value))
        return leaves or [*fits[:MOST_VERSIONS], *fits[MOST_VERSIONS:][-1:]] or versions[:1]  # the last: an array that loops fill

    def judge_claims(self, outcome: Outcome) -> dict[str, tuple[bool, ValueEvent]]:
        """The names of the backward pass that say what they are: whether any of their values was right, and their last one."""
        found: dict[str, tuple[bool, ValueEvent]] = {}
        begins = self.first.begins
        self.find_together(self._list_claimed(outcome))
        for event in outcome.record.events[begins:]:
            of = split_gradient(event.key)
            if not of or event.leaf or event.key.rpartition(".")[2] in self.forward:
                continue
            known = self.list_versions(of)
            if not known:
                continue
            versions = [one for one in known if np.shape(one.value) == np.shape(event.value)][:4]
            right = any(self.is_slope(event.value, one) for one in versions)
            found[event.key] = (right or found.get(event.key, (False, event))[0], event)
        return found

    def _list_claimed(self, outcome: Outcome) -> Iterator[ValueEvent]:
        """What the names of the backward pass say that they are the gradients of."""
        for event in outcome.record.events[self.first.begins :]:
            of = split_gradient(event.key)
            if of and not event.leaf and event.key.rpartition(".")[2] not in self.forward:
                yield from [one for one in self.list_versions(of) if np.shape(one.value) == np.shape(event.value)][:4]

    def find_gradient(self, event: ValueEvent) -> Any:
        """The whole derivative by a value: an array of the derivation that has its slopes, or else entry by entry."""
        if event.number not in self.gradients:
            derived = None
            if np.size(event.value) > FEW:
                slopes = [self.find_slope(event, place) for place in range(DIRECTIONS)]
                ways = [self.direction(event, place) for place in range(DIRECTIONS)]
                derived = find_array(self.derive(), np.shape(event.value), slopes, ways)
            self.gradients[event.number] = find_entries(self.trial, event) if derived is None else derived
        return self.gradients[event.number]


@lru_cache(maxsize=32)
def find_log_guard(tree: ast.Module) -> float:
    """The largest of the small numbers that stand in logarithms to keep them from −∞; 0 where there is none.

    >>> find_log_guard(ast.parse("loss = -np.log(p + 1e-7)")), find_log_guard(ast.parse("loss = -np.log(p)"))
    (1e-07, 0.0)
    """
    given = [part for part in ast.walk(tree) if isinstance(part, ast.Assign)]
    named = {part.targets[0].id: part.value for part in given if isinstance(part.targets[0], ast.Name)}
    named |= {name: value for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) for name, value in list_usual(part).items()}
    found = 0.0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.fullmatch(r"(\w+\.)?log", ast.unparse(node.func)) and node.args:
            for part in ast.walk(node.args[0]):
                own = named.get(part.id) if isinstance(part, ast.Name) else part
                if isinstance(own, ast.Constant) and isinstance(own.value, float) and 0 < own.value <= SMALLEST:
                    found = max(found, own.value)
    return found


def find_array(arrays: Sequence[Floats], shape: Sequence[int], slopes: Sequence[float | None], ways: Sequence[Any]) -> Floats | None:
    """The array that has these slopes along these ways, as far as floats tell; nothing where none has."""
    for made in arrays:
        if made.shape == tuple(shape) and all(
            slope is not None and is_sum(made * way, slope) for slope, way in zip(slopes, ways, strict=True)
        ):
            return made
    return None


def is_sum(terms: Floats, slope: float) -> bool:
    """Whether terms have a sum, as far as floats tell."""
    return bool(abs(float(np.sum(terms)) - slope) <= DERIVED * max(float(np.sum(np.abs(terms))), abs(slope)))


def fit_shape(value: Any, shape: tuple[int, ...]) -> Any:
    """A value in the shape of what it is the gradient of, where they differ by axes of one entry in front.

    Nothing where they do not fit: a column less a row is a square.

    >>> fit_shape([1.0, 2.0], (1, 2)).shape, fit_shape([1.0, 2.0], (2, 1)) is None
    ((1, 2), True)
    """
    made = np.asarray(value)
    if made.dtype.kind not in "fiubc":  # a list of what is no number
        return None
    own, wanted = (tuple(dropwhile(lambda size: size == 1, one)) for one in (made.shape, shape))
    return made.reshape(shape) if own == wanted else None
