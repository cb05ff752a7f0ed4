"""The first line that gives no derivative though what it is made from is right, and the derivative that it should give.

A line whose value is the derivative of the loss by a part of the forward pass is right, and what comes before it is.  The first line
behind those at which such a derivative, put in the place of its value, makes the gradients right is where they go wrong; lines between
that are no derivatives themselves, such as a slope that is computed apart, may be at fault as well.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tutor.code.code_values import CodeProblem, Guess, ValueEvent
from tutor.code.idle_lines import find_idle
from tutor.code.line_probe import LineProbe
from tutor.code.pair_functions import split_gradient
from tutor.code.part_slopes import ForwardPart, PartSlopes
from tutor.code.pass_run import Outcome
from tutor.code.repair_test import Edits, RepairTest
from tutor.code.repairable_lines import is_renamed
from tutor.code.targets import is_drawn, list_targets
from tutor.numbers.arrays import np

MOST_EXPECTED_WORK = 400_000
"""So many parts of the program are worked out to find what a line should give."""
MOST_ROUNDS = 12
FEW = 6
"""So few derivatives are as soon put in their place as looked at, and so few lines as soon tried."""


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A line, what it should give (in its last round), and which gradients are right then.

    For a line of a loop, ``scopes`` and ``traced`` are those of a run in which it gives it in every round: what a round takes from the
    one before is right there.
    """

    statement: ast.stmt
    value: Any
    fixed: tuple[str, ...]
    scopes: Mapping[int, dict[str, Any]] | None = None
    traced: Mapping[int, Any] | None = None


@dataclass(slots=True)
class ExpectedLines:
    """The lines of one backward pass under some edits: those that are right by their values, and what the others should give."""

    test: RepairTest
    parts: PartSlopes
    edits: Edits
    outcome: Outcome
    nodes: Sequence[ast.stmt]
    given: Sequence[Any] = ()
    events: dict[int, list[ValueEvent]] = field(default_factory=dict)
    blameless: set[int] = field(default_factory=set)
    known: set[Any] = field(default_factory=set)
    unused: list[set[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = {id(node) for node in self.nodes}
        seen = {(part.key, turned) for value in self.given for part, turned in self.parts.find_parts(value)}
        doubted: set[int] = set()
        last = {event.key: event.statement for event in self.outcome.record.events[self.outcome.begins :]}
        for event in self.outcome.record.events[self.outcome.begins :]:
            number = id(event.statement)
            if number not in own or event.leaf:
                continue
            self.events.setdefault(number, []).append(event)
            keys = {(part.key, turned) for part, turned in self.parts.find_parts(event.value)}
            kept = last[event.key] is event.statement  # a name that is used again says only in the end what it is
            cut = kept and not keys and self.parts.is_cut  # it may be that of a part that was not moved
            said = cut and self._list_meant(event) and not self._is_wrong_by_name(event)
            if said or (keys and not keys & seen and not (kept and self._is_wrong_by_name(event))):
                self.known |= {key for key, _ in keys}
            else:
                doubted.add(number)
            seen |= keys
        self.blameless = set(self.events) - doubted - set(map(id, list_overwriting(self.nodes)))
        for node in self.nodes[::-1]:
            if id(node) in doubted and self._is_read_by_right_lines(node):
                self.blameless.add(id(node))

    def _is_read_by_right_lines(self, node: ast.stmt) -> bool:
        """Whether a line gives a name, no gradient that is compared, and all that is made from it is right: so is what it gives."""
        names, events = list_given(node), self.events.get(id(node), [])
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name) or len(events) != 1:
            return False
        if names & {output.key.rpartition(".")[2] for output in self.test.pick(self.outcome)} or self._is_wrong_by_name(events[0]):
            return False
        place = next(place for place, one in enumerate(self.nodes) if one is node)
        readers = [one for one in self.nodes[place + 1 :] if list_read(one) & names]
        plain = all(isinstance(one, ast.Assign) and not list_given(one) & names for one in readers)
        return bool(readers) and plain and all(id(one) in self.blameless for one in readers)

    def _is_wrong_by_name(self, event: ValueEvent) -> bool:
        """Whether a name says what it is the gradient of, and it is not, nor a multiple: a factor of it may stand in another line."""
        versions, value, check = self._list_meant(event), np.asarray(event.value), self.test.check
        if versions:
            return not any(check.is_slope(value, one) or check.find_ratio(value, one) for one in versions)
        named = check.list_versions(split_gradient(event.key))
        sized = [one for one in named if np.size(one.value) == value.size > 1][:4]  # in groups, and not yet in the shape of what it is of
        made = [(value.reshape(np.shape(one.value)), one) for one in sized]
        return bool(made) and not any(check.is_slope(own, one) or check.find_ratio(own, one) for own, one in made)

    def _is_right_by_name(self, event: ValueEvent) -> bool:
        """Whether a name says what it is the gradient of, and it is."""
        return any(self.test.check.is_slope(event.value, one) for one in self._list_meant(event))

    def _list_meant(self, event: ValueEvent) -> list[ValueEvent]:
        """The values of the forward pass that a name says that it is the gradient of."""
        named = self.test.check.list_versions(split_gradient(event.key))
        return [one for one in named if np.shape(one.value) == np.shape(event.value)][:4]

    def list_doubted(self) -> list[ast.stmt]:
        """The lines with values that are not right by themselves, in the order in which they gave them first."""
        found = [node for node in self.nodes if id(node) in self.events and id(node) not in self.blameless]
        return sorted(found, key=lambda node: self.events[id(node)][0].number)

    def find_lines(self, wrong: Collection[str]) -> Iterator[ExpectedLine]:
        """The lines at which a derivative makes all wrong gradients right, in their order; a line twice where two do."""
        ends = self.test.trial.work + MOST_EXPECTED_WORK
        doubted = self.list_doubted()
        idle: set[int] = set()
        tried = 0
        for node, following in zip(doubted, [*doubted[1:], None], strict=False):
            if following is not None and is_copied(node, following):
                continue  # a line that only copies what should be worked out further is the likelier one
            if self.test.trial.budget.is_low:
                return
            if any(isinstance(target, ast.Tuple) for target in list_targets(node)) or self._is_changed_later(node):
                continue
            events = self.events[id(node)]
            begun = isinstance(node, ast.Assign) and is_drawn(node.value)  # zeros that a loop adds to
            if begun or self._is_forward_value(events[-1]) or self._is_made_right(node):
                continue
            tried += 1
            probe = LineProbe(self.test, self.parts, self.edits, events[0], wrong, self.outcome) if len(events) == 1 else None
            if tried == FEW:
                alone = [self.events[id(one)][0] for one in doubted if len(self.events[id(one)]) == 1]
                idle = find_idle(self.test, self.edits, self.outcome, alone, wrong)
            if len(events) > MOST_ROUNDS or events[0].number in idle or (probe is not None and not probe.moves_all()):
                continue
            spent = self.test.trial.work + MOST_EXPECTED_WORK // 4
            for values in self._list_expected(events, probe):
                if self.test.trial.work > ends or self.test.trial.budget.is_low:
                    return
                if self.test.trial.work > spent:
                    break
                forced = {event.number: np.array(value) for event, value in zip(events, values, strict=True)}
                scopes: dict[int, dict[str, Any]] | None = {} if len(events) > 1 else None
                traced: dict[int, Any] | None = {} if len(events) > 1 else None
                try:
                    made = self.test.trial.run(edits=self.edits, forced=forced, scopes=scopes, traced=traced)
                except CodeProblem:
                    continue
                fixed = self.test.compare(self.test.check, made, list(wrong))
                if len(fixed) == len(wrong):
                    yield ExpectedLine(node, values[-1], tuple(fixed), scopes, traced)

    def _is_forward_value(self, event: ValueEvent) -> bool:
        """Whether a line works out again what the forward pass has: an input with zeros around it."""
        first = self.test.check.first
        if split_gradient(event.key) or not first.begins or np.size(event.value) < 2:
            return False
        same = (one.value for one in first.record.events[: first.begins] if np.shape(one.value) == np.shape(event.value))
        return any(np.array_equal(one, event.value) for one in same)

    def _is_changed_later(self, node: ast.stmt) -> bool:
        """Whether the next line that gives the name only changes a part of it: the array is not done before."""
        names = list_given(node)
        place = next(place for place, one in enumerate(self.nodes) if one is node)
        later = next((one for one in self.nodes[place + 1 :] if list_given(one) & names), None)
        plain = later is not None and any(isinstance(target, ast.Subscript) for target in list_targets(later))
        return plain and not any(_list_read_value(one) & names for one in self._list_until(place + 1, later))

    def _is_made_right(self, node: ast.stmt) -> bool:
        """Whether the lines behind one only go on with what it gives, until it is what its name says: what they begin with is right."""
        events = self.events[id(node)]
        names, key = list_given(node), events[-1].key
        if len(events) > 1 or not isinstance(node, ast.Assign | ast.AugAssign) or len(names) != 1 or not split_gradient(key):
            return False
        place = next(place for place, one in enumerate(self.nodes) if one is node)
        last = None
        for one in self.nodes[place + 1 :]:
            if not (isinstance(one, ast.AugAssign) and list_given(one) == names):
                if not list_read(one) & names:
                    continue
                break
            last = one
        made = self.events.get(id(last), []) if last is not None else []
        return len(made) == 1 and made[0].key == key and self._is_right_by_name(made[0])

    def _list_until(self, place: int, last: ast.stmt | None) -> Iterator[ast.stmt]:
        for node in self.nodes[place:]:
            if node is last:
                return
            yield node

    def _list_expected(self, events: Sequence[ValueEvent], probe: LineProbe | None) -> Iterator[list[Any]]:
        """What a line could have to give, round by round, the likeliest first."""
        shape = np.shape(events[-1].value)
        words = split_gradient(events[-1].key)
        parts = [part for part in self.parts.parts if part.key not in self.known]
        if len(events) == 1:
            unique: dict[Any, ForwardPart] = {}
            for part in sorted(parts, key=lambda part: part.word not in words):
                unique.setdefault((part.key, part.shape), part)
            groups = [[part] for part in unique.values()]
        else:
            rounds: dict[int, list[ForwardPart]] = {}
            for part in self.parts.parts:
                if not part.is_event and part.also is None and not part.reciprocal:
                    rounds.setdefault(part.number, []).append(part)
            groups = [group for group in rounds.values() if len(group) == len(events)]
            groups.sort(key=lambda group: group[0].word not in words)
            groups = [turned for group in groups for turned in (group[::-1], group)]
        if len(events) == 1 and len(shape) == 2 and self.parts.find_parts(events[0].value):
            yield [np.transpose(events[0].value)]  # what is right, but not turned yet
        same = [group for group in groups if _fits(group[0].shape, shape)]
        other = [group for group in groups if not _fits(group[0].shape, shape)]
        other = [group for group in other if set(group[0].shape) <= set(shape) or set(group[0].shape) >= set(shape)]
        tried = [(group, 1.0) for group in same]
        for size in dict.fromkeys(shape):  # the mean may be taken later
            tried += [(group, float(size)) for group in same if size > 1 and (group[0].word in words or not words)]
        tried += [(group, 1.0) for group in other]
        if probe is not None and self.test.trial.has_lanes and len(tried) > FEW:
            probe.look_at([group[0] for group, _ in tried])
        for place, (group, scale) in enumerate(tried):
            asked = probe is not None and (group[0] in probe.slopes or not self.parts.is_told(group[0]))
            if probe is not None and asked and place + 1 < len(tried) and probe.can_exclude(group[0], scale):
                continue
            found = [self.parts.find_gradient(part) for part in group]
            values = [scale * value for value in found if value is not None]
            if len(values) < len(found) or any(np.size(value) != np.size(values[0]) for value in values):  # layers of other sizes
                continue
            if _drop_ones(group[0].shape) == _drop_ones(shape):
                yield [np.reshape(value, shape) for value in values]
            else:
                yield values
            if len(set(group[0].shape)) == 2 == len(group[0].shape) and group[0].shape[::-1] == shape:
                yield [value.T for value in values]

    def list_helpers(self, node: ast.stmt) -> list[ast.stmt]:
        """The lines in front of one from which it is made, as far as they are not right by themselves."""
        before: list[ast.stmt] = []
        needed = set(list_read(node))
        place = next(place for place, one in enumerate(self.nodes) if one is node)
        unused = self.list_unused()
        for one in reversed(self.nodes[:place]):
            partly = unused and not list_given(one) & unused  # right as far as it goes, where something is left over
            if (partly or id(one) not in self.blameless) and list_given(one) & needed:
                before.append(one)
                needed |= list_read(one)
        return before[::-1]


    def find_carried(self, node: ast.stmt) -> ast.stmt | None:
        """The line of a loop that hands over to the next round what a line needs, where that is right in the first round only."""
        events = self.events.get(id(node), [])
        if len(events) < 2 or not self.parts.find_parts(events[0].value) or self.parts.find_parts(events[-1].value):
            return None
        place = next(place for place, one in enumerate(self.nodes) if one is node)
        return next((one for one in self.nodes[:place:-1] if list_given(one) & _list_read_value(node) and one is not node), None)

    def list_unused(self) -> set[str]:
        """The names that are worked out and never read: a term that is left out has left them over."""
        if not self.unused:
            outputs = {output.key.rpartition(".")[2] for output in self.test.pick(self.outcome)}
            found: set[str] = set()
            read: set[str] = set()
            for node in reversed(self.nodes):
                names = list_given(node) - outputs
                if isinstance(node, ast.Assign) and not read & names:
                    found |= names
                read |= list_read(node)
            self.unused.append(found)
        return self.unused[0]


def _list_read_value(node: ast.AST) -> frozenset[str]:
    value = getattr(node, "value", None)
    return list_read(value) if isinstance(value, ast.AST) else frozenset()


@lru_cache(maxsize=8192)
def list_read(node: ast.AST) -> frozenset[str]:
    """The names and attributes that a statement has anywhere, and the keys of dictionaries.

    >>> sorted(list_read(ast.parse("da = dh * cache['z']").body[0]))
    ['cache', 'da', 'dh', 'z']
    """
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    found |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return frozenset(found) | {part.slice.value for part in ast.walk(node) if isinstance(part, ast.Subscript)
                    and isinstance(part.slice, ast.Constant) and isinstance(part.slice.value, str)}  # fmt: skip


@lru_cache(maxsize=8192)
def list_given(node: ast.stmt) -> frozenset[str]:
    """The names, attributes and keys that a statement gives values to.

    >>> sorted(list_given(ast.parse("self.dW, grads['b'] = 1, 2").body[0])), sorted(list_given(ast.parse("d[i] = 1").body[0]))
    (['b', 'dW', 'grads'], ['d'])
    """
    found: set[str] = set()
    for target in (part for one in list_targets(node) for part in (one.elts if isinstance(one, ast.Tuple | ast.List) else [one])):
        while isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
                found.add(target.slice.value)
            target = target.value
        if isinstance(target, ast.Name):
            found.add(target.id)
        elif isinstance(target, ast.Attribute):
            found.add(target.attr)
    return frozenset(found)


def _fits(one: Sequence[int], other: Sequence[int]) -> bool:
    return sorted(_drop_ones(one)) == sorted(_drop_ones(other))


def _drop_ones(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def is_copied(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether a line only gives another name to what one in front of it gives.

    >>> is_copied(*ast.parse("dt = 1 - t ** 2\\ndz = dt").body)
    True
    """
    value = other.value if isinstance(other, ast.Assign) and is_renamed(other) else None
    return isinstance(value, ast.Name) and value.id in list_given(one)


def list_overwriting(nodes: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The lines that give a name another value before anything has read the one it had: what was meant is to add to it.

    >>> [ast.unparse(node) for node in list_overwriting(ast.parse("dh = g * z\\na = g * h\\ndh = a * r\\ndx = dh").body)]
    ['dh = a * r']
    """
    found: list[ast.stmt] = []
    waiting: dict[str, ast.Assign] = {}
    for node in nodes:
        plain = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        for name in list_read(node) if not plain else _list_read_value(node):
            waiting.pop(name, None)
        if plain and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in waiting and split_gradient(name) and not is_drawn(waiting[name].value):
                found.append(node)
            waiting[name] = node
    return found


def list_given_values(scopes: Mapping[int, Mapping[str, Any]], nodes: Sequence[ast.stmt]) -> list[Any]:
    """The arrays that a backward pass begins with: gradients from above are no work of its own."""
    first = next((scopes[id(node)] for node in nodes if id(node) in scopes), {})
    values = (value.value if type(value) is Guess else value for value in first.values())
    return [value for value in values if isinstance(value, np.ndarray)]
