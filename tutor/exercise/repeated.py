"""Steps over t = 1…T of an exercise, written out: which quantity stands where, and at which times."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.errors import GraphError, TutorError
from tutor.expression.walk import names
from tutor.graph.layered import Layered
from tutor.graph.nouns import Graph, Quantity
from tutor.graph.repetition import Blocks, IndexWriter, Moved, Place, Repeat, Timed, find_families
from tutor.graph.written_times import has_free_index, put_counts, put_places, spell_small, write_out_times
from tutor.text import make_visible

_WHERE = re.compile(r"(?:steps(?:: )?)?(?:(?:(?<=s)|steps)\[(?P<number>\d+)\]|step (?P<target>\w+))")
TARGET = re.compile(r"\s*(?P<name>[^\s(=,:]+)")
_MADE = re.compile(r"(?P<family>.+)_(?P<time>\d+)")


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is asked of any time: as it is at one ``time`` of the ``index``, and with the letter itself."""

    text: str
    shown: str
    index: str
    time: int


@dataclass(frozen=True, slots=True)
class Repetition:
    """What a file says about repetition: its ``repeats`` as written.

    ``families`` are the indexed names with how many indices each has, ``slots`` which index stands in each of them, ``places`` where each
    quantity of a family stands; ``letter`` is the last time where that is left open, ``lines`` and ``origins`` are the steps written out
    and where each comes from.  ``spans`` has from where to where each index runs, ``raw`` the file, for other last times.
    """

    repeats: tuple[Repeat, ...]
    families: Mapping[str, int] = field(default_factory=dict)
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, tuple[Place, ...]]] = field(default_factory=dict)
    letter: str = ""
    lines: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def index(self) -> str:
        """The index of time: that whose last place is open, else the last one of the first repetition."""
        ends = [(index, end) for repeat in self.repeats for index, end in zip(repeat.indices, repeat.last, strict=True)]
        return next((index for index, end in ends if isinstance(end, str)), self.repeats[0].indices[-1])

    @property
    def end(self) -> int:
        """The last time that is written out."""
        return self.spans[self.index][1]

    def put_times(self, graph: Graph) -> Graph:
        """The graph whose quantities know their time, and in which no gradient flows from block to block where it is truncated."""

        def put(quantity: Quantity) -> Quantity:
            found = self.places.get(quantity.name)
            return replace(quantity, time=tuple(map(str, found[1]))) if found else quantity

        return replace(
            graph,
            inputs=tuple(map(put, graph.inputs)),
            parameters=tuple(map(put, graph.parameters)),
            nodes=tuple(map(put, graph.nodes)),
            cuts=self.find_cuts(graph),
        )

    def truncate(self, steps: int) -> Repetition:
        """The same repetition with gradients that go back so many steps of time at most."""

        def put(repeat: Repeat) -> Repeat:
            return replace(repeat, truncate=steps) if repeat.indices[-1] == self.index else repeat

        tables = [
            {**table, "truncate": steps} if repeat.indices[-1] == self.index else table
            for table, repeat in zip(self.raw["repeat"], self.repeats, strict=True)
        ]
        return replace(self, repeats=tuple(map(put, self.repeats)), raw={**self.raw, "repeat": tables})

    def find_cuts(self, graph: Graph) -> tuple[tuple[str, str], ...]:
        """The uses between blocks of truncated backpropagation: a step of one block, and what it needs from one before."""
        if isinstance(graph.whole, Layered):  # it was written out with them
            return graph.cuts
        found: dict[tuple[str, str], None] = {}
        computed = {step.target for step in graph.steps}
        for index, blocks in self.list_blocks(graph).items():
            times, last = self.list_times(graph, index), self.spans[index][1]
            for step in graph.steps:
                if (now := times.get(step.target)) is None:
                    continue
                for name in names(step.expr):
                    then = times.get(name)
                    if then is not None and name in computed and blocks.number(then.time, last) != blocks.number(now.time, last):
                        found[step.target, name] = None
        return tuple(found)

    def list_blocks(self, graph: Graph) -> dict[str, Blocks]:
        """The blocks of truncated backpropagation over each index that has some.

        They are counted from the last time where the loss needs that alone: then δ goes back as many steps as are said, from there.
        """
        found = {}
        for repeat in self.repeats:
            if repeat.truncate:
                index, first = repeat.indices[-1], repeat.first[-1]
                times = self.list_times(graph, index)
                used = {times[name].time for name in list_needed_outside(graph, times)}
                found[index] = Blocks(repeat.truncate, first, used == {self.spans[index][1]})
        return found

    def find_blocks(self, graph: Graph) -> Blocks | None:
        """The blocks over time between which something is cut; nothing where gradients flow back to the first time."""
        return self.list_blocks(graph).get(self.index) if graph.cuts else None

    def spell_out(self, text: str, at: Mapping[str, int] | None = None) -> str:
        """What somebody writes about the exercise, with its indices and sums written out: ``Σ_(t=1..T) δₜ``, ``dL/dh[2]``.

        ``at`` is the time that is meant by an index that is left free, ``h[t+1]``.  Raises `GraphError` for an index
        that means nothing there.
        """
        text = self.spell_times(text)
        if at:
            text = put_places(text, at)
        families = {**find_families(self.repeats, (text,)), **self.families}
        return IndexWriter(families, self.spans, tuple(self.spans)).write(text, at)

    def choose_time(self, text: str, known: Collection[str]) -> Pinned | None:
        """What is asked with an index that is left free, ``dL/dh[t]``, at one time from the middle: there all that a time has is there.

        Nothing where no index is free.  Raises `GraphError` for what is at no time.
        """
        written = spell_small(self.spell_times(text))
        index = next((index for index in self.spans if has_free_index(written, index)), "")
        if not index:
            return None
        low, high = self.spans[index]
        for time in sorted(range(low, high + 1), key=lambda time: (abs(2 * time - low - high), time)):
            writer = IndexWriter(self.families, self.spans, tuple(self.spans))
            pinned = writer.write(written, {index: time})
            if set(writer.made) <= set(known):
                open_writer = IndexWriter(self.families, self.spans, tuple(self.spans))
                return Pinned(pinned, open_writer.write(written, {index: Moved(index)}), index, time)
        raise GraphError(f"{make_visible(text, 40)} at no {index} is there all that it needs", hint=f"write one {index}, such as {high}")

    def spell_times(self, text: str) -> str:
        """A text with its sums over time written out, whatever else stands in it."""
        ends, lines = self.list_ends(), " ".join(self.lines)
        counts = {letter: last for letter, last in ends.items() if not re.search(rf"(?<![\w^[]){re.escape(letter)}(?![\w\]])", lines)}
        return put_counts(write_out_times(text, self.spans, ends), counts)

    def list_ends(self) -> dict[str, Place]:
        """The letters of the last times, T of t; none that is the index of something else."""
        taken = " ".join(self.lines)
        letters = {index.upper(): last for index, (_, last) in self.spans.items()} | ({self.letter: self.end} if self.letter else {})
        return {letter: last for letter, last in letters.items() if not re.search(rf"_{re.escape(letter)}(?!\w)", taken)}

    def replace_places(self, errors: Sequence[TutorError]) -> list[TutorError]:
        """Faults with the places of their steps in the file, instead of those in the steps written out; each once, not at every time."""
        targets = {
            match["name"]: origin
            for line, origin in zip(self.lines, self.origins, strict=True)
            if (match := TARGET.match(line))
        }
        found: dict[tuple[str, str], TutorError] = {}
        for error in errors:
            match = _WHERE.match(error.where)
            number = int(match["number"] or 0) if match is not None else 0
            origin = (
                self.origins[number - 1]
                if 0 < number <= len(self.origins)
                else targets.get(match["target"] or "", "")
                if match
                else ""
            )
            if match is not None and origin:
                error = type(error)(
                    error.what, where=origin + error.where[match.end() :], hint=error.hint, spot=error.spot
                )
            stem = error.where.partition(", ")[0]
            found.setdefault((stem, error.what if stem == error.where else ""), error)
        return list(found.values())

    def list_times(self, graph: Graph, index: str = "") -> dict[str, Timed]:
        """The quantities of a graph that have a time, by name; also those inside a layer that is written out, the i_3 of h_3.

        The time is that of an ``index``: the one of time unless another is said.
        """
        index = index or self.index
        found: dict[str, Timed] = {}
        for name, (family, places) in self.places.items():
            slots = self.slots[family]
            at = slots.index(index) if index in slots else -1
            if at >= 0 and isinstance(time := places[at], int):
                found[name] = Timed(family, places[:at], time, places[at + 1 :])
        own = {match["name"] for line in self.lines if (match := TARGET.match(line))}
        for node in graph.nodes:
            match = _MADE.fullmatch(node.name)
            if match and node.name not in found and node.name not in own and node.name not in self.places:
                found[node.name] = Timed(match["family"], (), int(match["time"]))
        return found


def list_needed_outside(graph: Graph, times: Mapping[str, Timed]) -> list[str]:
    """What of all times the steps outside of time need, and the loss itself where it has one."""
    outside = (name for step in graph.steps if step.target not in times for name in names(step.expr))
    computed = {step.target for step in graph.steps}
    return [name for name in dict.fromkeys((*outside, graph.loss)) if name in times and name in computed]
