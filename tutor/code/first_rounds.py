"""Changes of a line of a loop by what it should give in its first round: all that it takes from a round before is right there.

What a line gives in its first round is a derivative of the forward pass, for one use of a weight or at one time: it is told by the
slopes of the loss, without a run.  What is handed on to the next round is told by the line that takes it there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from tutor.code.code_values import ValueEvent
from tutor.code.expected_lines import ExpectedLines, list_given, list_read
from tutor.code.gradient_check import GradientCheck
from tutor.code.line_edits import LineEdit, Surroundings, measure_edit
from tutor.code.local_work import SAME, LocalWork
from tutor.code.look_around import look_around
from tutor.code.missing_parts import list_missing
from tutor.code.pair_functions import split_gradient
from tutor.code.part_slopes import ForwardPart
from tutor.code.slips_of_lines import TABLE
from tutor.code.statement_names import leave_line
from tutor.code.targets import is_drawn
from tutor.numbers.arrays import np

MOST_LINES = 8
"""So many lines are looked at."""
MOST_TRIED = 1_500
"""So many changes of each are worked out."""
MOST_PARTS = 8
"""Of so many parts of the forward pass is the derivative what a line may have to give."""


class FirstKept(dict[int, Any]):
    """What was kept first stays."""

    def __setitem__(self, key: int, value: Any) -> None:
        """Keep a value, unless there is one.

        >>> kept = FirstKept()
        >>> kept[1], kept[1] = "first", "second"
        >>> kept
        {1: 'first'}
        """
        self.setdefault(key, value)


@dataclass(slots=True)
class FirstRounds:
    """The lines of one backward pass that a loop gives, as they are in their first round."""

    lines: ExpectedLines
    check: GradientCheck
    around: Surroundings
    local: LocalWork
    seen: dict[int, Surroundings] = field(default_factory=dict)

    @classmethod
    def begin(cls, lines: ExpectedLines, places: LocalWork, wrong: Sequence[str]) -> FirstRounds:
        """Run the program once, and keep what each line has in front of it the first time."""
        traced, scopes, trial = FirstKept(), FirstKept(), lines.test.trial
        outcome = trial.run(edits=lines.edits, traced=traced, scopes=scopes)
        around = look_around(lines.test.check.first, lines.test.check, traced, outcome, wrong)
        local = LocalWork(trial.current, scopes, places.places, budget=trial.budget)
        return cls(lines, lines.test.check, around, local)

    def list_lines(self) -> list[ast.stmt]:
        """The lines of loops that give no derivative in their first round, in their order."""
        found = []
        for node in self.lines.list_doubted():
            events = self.lines.events[id(node)]
            begun = isinstance(node, ast.Assign) and is_drawn(node.value)
            if len(events) > 1 and not begun and self.local.can_work(node) and not self.lines.parts.find_parts(events[0].value):
                found.append(node)
        return found[:MOST_LINES]

    def list_fitting(self, node: ast.stmt) -> Iterator[tuple[int, LineEdit]]:
        """The changes behind which a line gives a derivative in its first round, the smallest first; then what may be missing in it."""
        event = self.lines.events[id(node)][0]
        seen = self._list_seen(event)
        handed = list(self._list_handed(node))
        tried: list[tuple[int, LineEdit]] = []
        for row in TABLE:
            for one in [*self.lines.list_helpers(node), node][::-1]:
                if id(one) not in self.lines.blameless and self.local.can_work(one):
                    tried += [(measure_edit(edit), edit) for edit in row.take(one, self._see(one))]
        for cost, edit in sorted(tried, key=itemgetter(0))[:MOST_TRIED]:
            if self.lines.test.trial.budget.is_low:
                return
            self.lines.test.trial.current = self.local.worker
            made = self.local.work_until(edit, node)
            if made is None or np.iscomplexobj(made):
                continue
            if any(_is_near(made, value) for value in handed) or self._is_giving_new(made, event, seen):
                yield cost, edit
        yield from self._list_missing(node, event, handed)

    def _is_giving_new(self, made: Any, event: ValueEvent, seen: set[Any]) -> bool:
        """Whether a value is a derivative that no line in front has given."""
        if np.size(made) != np.size(event.value):
            return False
        return bool({(part.key, turned) for part, turned in self.lines.parts.find_parts(made)} - seen)

    def _list_missing(self, node: ast.stmt, event: ValueEvent, handed: Sequence[Any]) -> Iterator[tuple[int, LineEdit]]:
        wanted = list(handed)
        for part in self._list_parts(node, event):
            value = self.lines.parts.find_gradient(part)
            if value is not None and np.size(value) == np.size(event.value):
                wanted.append(np.reshape(value, np.shape(event.value)))
        before = self.local.work(leave_line(node))
        around = self._see(node)
        for value in wanted:
            if self.lines.test.trial.budget.is_low:
                return
            listed = [(measure_edit(edit), edit) for edit in list_missing(node, value, before, around)]
            yield from (pair for pair in sorted(listed, key=itemgetter(0)) if self.local.is_giving(pair[1], node, value))

    def _list_parts(self, node: ast.stmt, event: ValueEvent) -> list[ForwardPart]:
        """The parts at the last time whose derivative a line may have to give in its first round: those that its name says first."""
        words, size = split_gradient(event.key), np.size(event.value)
        last: dict[int, ForwardPart] = {}
        for part in self.lines.parts.parts:
            plain = not part.is_event and part.also is None and not part.reciprocal and part.key not in self.lines.known
            if plain and int(np.prod(part.shape)) == size and (part.number not in last or part.place > last[part.number].place):
                last[part.number] = part
        rounds = len(self.lines.events[id(node)])
        able = [part for part in last.values() if part.place + 1 >= rounds]
        return sorted(able, key=lambda part: not {part.word, part.use} & {*words})[:MOST_PARTS]

    def _list_handed(self, node: ast.stmt) -> Iterator[Any]:
        """What a line should hand on to the next round, where a line there adds it to something: ``dh = Wy.T @ dy + dhnext``."""
        names, event = list_given(node), self.lines.events[id(node)][0]
        for other in self.lines.nodes:
            events = self.lines.events.get(id(other), [])
            if other is node or len(events) < 2 or not list_read(other) & names:
                continue
            later = next((one for one in events if one.number > event.number), None)
            before = next((one for one in reversed(events) if one.number < event.number), None)
            if later is None or before is None or np.shape(later.value) != np.shape(event.value):
                continue
            for part, turned in self.lines.parts.find_parts(before.value):
                for one in self.lines.parts.parts:
                    beside = (one.number, one.is_event, one.also) == (part.number, False, None) and abs(one.place - part.place) == 1
                    value = self.lines.parts.find_gradient(one) if beside and not turned else None
                    if value is not None and np.size(value) == np.size(later.value):
                        yield event.value + (np.reshape(value, np.shape(later.value)) - later.value)

    def _list_seen(self, event: ValueEvent) -> set[Any]:
        """The derivatives that the lines in front of a value have given."""
        outcome = self.lines.outcome
        earlier = (one for one in outcome.record.events[outcome.begins :] if one.number < event.number and not one.leaf)
        return {(part.key, turned) for one in earlier for part, turned in self.lines.parts.find_parts(one.value)}

    def _see(self, node: ast.stmt) -> Surroundings:
        """What is at hand in front of a line in its first round: ``h[t]`` is that of this time."""
        if id(node) not in self.seen:
            scope = self.local.scopes.get(id(node), {})
            own = {name: one for name, one in scope.items() if isinstance(one, np.ndarray) and one.dtype.kind == "f"}
            read = {text: self.local.read(node, self.around.parse(text)) for text in self.around.pool}
            pool = {text: one for text, one in {**read, **own}.items() if one is not None}
            self.seen[id(node)] = replace(self.around, pool=pool)
        return self.seen[id(node)]


def _is_near(one: Any, two: Any) -> bool:
    made, value = np.squeeze(one), np.squeeze(two)
    size = max(np.max(np.abs(value), initial=0.0), 1e-9)
    return made.shape == value.shape and bool(np.max(np.abs(made - value), initial=0.0) <= SAME * size)
