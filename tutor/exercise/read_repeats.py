"""``[[repeat]]`` of an exercise file: steps over t = 1…T, written out to the steps, shapes and values that the other readers know.

What is written for a family (``x = [[1, 0], [0, 1]]``, one row a time step; ``h_0 = 0``; ``W = [3, 2]`` for each W[l]) is given to every
quantity of it that is a leaf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.errors import GraphError, hint_near
from tutor.exercise.family_rows import describe_rows, give_shape, make_giver, match_places
from tutor.exercise.repeated import TARGET, Repetition
from tutor.graph.repetition import (
    MOST_STEPS,
    Env,
    IndexWriter,
    Moved,
    Place,
    Repeat,
    find_families,
    find_slots,
    list_occurrences,
    read_place,
    refuse_future,
    spell,
    write_out_repeat,
)
from tutor.graph.written_times import has_free_index, spell_small, write_out_times
from tutor.text import make_visible

CheckTypes = Callable[[Mapping[str, Any], Mapping[str, tuple[type, ...]], str], dict[str, Any]]
Fault = Callable[..., None]
_KEYS: dict[str, tuple[type, ...]] = {
    "index": (str, list),
    "from": (int, list),
    "to": (int, str, list),
    "steps": (list,),
    "truncate": (int,),
}
WRITTEN_WITH = 3
"""An exercise whose last time is a letter is written out with so many times."""
MOST_OPEN = 12
"""Blocks of a recursion for every T have so many steps at most: it is read off and held against ones that are written out."""
_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,2}")


def read_repeats(
    raw: Mapping[str, Any], check: CheckTypes, fault: Fault, last: int = WRITTEN_WITH
) -> tuple[dict[str, Any], Repetition | None]:
    """The file with its repetitions written out, and what it says about them; as it is where there are none or one has a fault.

    ``last`` is the last time where that is a letter.
    """
    tables = raw.get("repeat")
    if not isinstance(tables, list):
        return dict(raw), None
    repeats = [_read_repeat(table, f"repeat[{number}]", check, fault) for number, table in enumerate(tables, 1)]
    rest = {key: value for key, value in raw.items() if key != "repeat"}
    for key in ("network", "expression"):
        if key in raw:
            fault(f"a [[repeat]] stands beside {key}", "repeat", "a repetition goes with steps")
            return rest, None
    good = [repeat for repeat in repeats if repeat is not None]
    steps = raw.get("steps", [])
    if (
        len(good) < len(repeats)
        or not good
        or not isinstance(steps, list)
        or not all(isinstance(step, str) for step in steps)
    ):
        return {**rest, "steps": []} if "steps" not in rest else rest, None
    return _Unroller(rest, good, tables, fault, last).write_out()


def _read_repeat(table: Any, where: str, check: CheckTypes, fault: Fault) -> Repeat | None:
    """One table, with its faults."""
    if not isinstance(table, dict):
        fault("a repetition is a table", where, '[[repeat]] with to = 3 and steps = ["h[t] = tanh(W x[t] + U h[t-1])"]')
        return None
    if "repeat" in table:
        fault("a repeat stands inside a repeat", where, 'write one with two indices: index = ["l", "t"], to = [2, 3]')
        return None
    entry = check(table, _KEYS, where)
    if set(entry) < set(table):
        return None
    indices = _read_indices(entry.get("index", "t"), where, fault)
    spans = None if indices is None else _read_spans(entry, indices, where, fault)
    if indices is None or spans is None:
        return None
    steps = entry.get("steps", [])
    if not steps or not all(isinstance(step, str) for step in steps):
        fault("a repeat has steps", f"{where}.steps", 'such as steps = ["h[t] = tanh(W x[t] + U h[t-1])"]')
        return None
    truncate = entry.get("truncate")
    if truncate is not None and (problem := describe_truncation(truncate, spans[1])):
        fault(problem[0], f"{where}.truncate", problem[1])
        return None
    repeat = Repeat(indices, *spans, tuple(steps), truncate or 0)
    if repeat.count > MOST_STEPS:
        fault(f"{repeat.count:,} steps written out", f"{where}.to",
              f'the limit is {MOST_STEPS:,}; leave the last one open, to = "T", and the derivation is a recursion for any T')  # fmt: skip
        return None
    try:
        refuse_future(repeat)
    except GraphError as error:
        number = error.where.rpartition(" ")[2]
        fault(error.what, f"{where}.steps[{number}]", error.hint)
        return None
    return repeat


def describe_truncation(steps: int, ends: Sequence[int | str]) -> tuple[str, str] | None:
    """What is wrong with the number of steps that gradients go back, and what to do; nothing where nothing is.

    >>> describe_truncation(0, (3,))
    ('gradients that go back 0 steps', 'truncate is a whole number from 1; leave it out, and they go back to the first time')
    """
    if steps < 1:
        hint = "truncate is a whole number from 1; leave it out, and they go back to the first time"
        return f"gradients that go back {steps} steps", hint
    if steps > MOST_OPEN and any(isinstance(end, str) for end in ends):
        hint = f"the limit is {MOST_OPEN}; or write a number for the last time"
        return f"blocks of {steps:,} steps, and a last time that is a letter", hint
    return None


def _read_indices(value: Any, where: str, fault: Fault) -> tuple[str, ...] | None:
    """The letters of a repetition."""
    indices = value if isinstance(value, list) else [part.strip() for part in value.split(",")]
    if not indices or len(set(map(str, indices))) < len(indices) or not all(
        isinstance(index, str) and re.fullmatch(r"[a-z][a-z]?", index) for index in indices
    ):  # fmt: skip
        fault(f"{make_visible(str(value), 30)} is no index", f"{where}.index", 'one small letter for each: index = "t"')
        return None
    return tuple(indices)


def _read_spans(
    entry: Mapping[str, Any], indices: Sequence[str], where: str, fault: Fault
) -> tuple[tuple[int, ...], tuple[int | str, ...]] | None:
    """From where to where each index runs."""
    first, last = (_spread(entry.get(key, 1 if key == "from" else None), len(indices)) for key in ("from", "to"))
    if "to" not in entry or last is None or first is None:
        fault("a repeat says up to where each of its indices runs", f"{where}.to",
              "such as to = 3" if len(indices) == 1 else "such as to = [2, 3]")  # fmt: skip
        return None
    for index, start, end in zip(indices, first, last, strict=True):
        if not isinstance(start, int) or isinstance(start, bool) or start < 0:
            what = f"{index} begins at {make_visible(str(start), 20)}"
            fault(what, f"{where}.from", "places are whole numbers from 0; from = 1 is usual")
            return None
        if isinstance(end, str) and not _LETTER.fullmatch(end):
            what = f"{index} runs to {make_visible(repr(end), 20)}"
            fault(what, f"{where}.to", 'a number, or a letter that is left open: to = "T"')
            return None
        if isinstance(end, int) and end < start:
            what = f"{index} runs from {start} to {end}, which is no step at all"
            fault(what, f"{where}.to", f"at least one: to = {start}" if end < 1 else "write the smaller one as from")
            return None
    return tuple(first), tuple(last)


def _spread(value: Any, count: int) -> list[Any] | None:
    """An end for each index; one that is written once is that of all."""
    listed = value if isinstance(value, list) else [value] * count
    good = len(listed) == count and all(isinstance(item, int | str) and not isinstance(item, bool) for item in listed)
    return listed if good else None


class _Unroller:
    """Writes out all of one file."""

    def __init__(self, raw: dict[str, Any], repeats: Sequence[Repeat], tables: list[Any], fault: Fault, open_end: int) -> None:
        self.raw, self.steps, self.fault = raw, raw.get("steps", []), fault
        self.whole = {**raw, "repeat": tables}
        letters = dict.fromkeys(end for repeat in repeats for end in repeat.last if isinstance(end, str))
        self.letter = next(iter(letters), "")
        self.many = len(letters) > 1
        self.repeats, self.open_end = tuple(repeats), open_end
        self.written = [
            replace(r, last=tuple(self.close(s, e) for s, e in zip(r.first, r.last, strict=True))) for r in repeats
        ]
        self.spans: dict[str, tuple[int, int]] = {}
        for repeat in self.written:
            for index, start, end in zip(repeat.indices, repeat.first, repeat.last, strict=True):
                low, high = self.spans.get(index, (start, end))
                self.spans[index] = min(low, start), max(int(high), int(end))
        self.around = [text for text in (*self.steps, self.raw.get("loss", "")) if isinstance(text, str)]
        self.families = find_families(repeats, self.around)
        self.writer = IndexWriter(self.families, self.spans, tuple(self.spans))
        self.failed = False
        self.known: frozenset[str] = frozenset()

    def close(self, start: int, end: int | str) -> int:
        """The last time, with a number in the place of a letter."""
        return max(self.open_end, start) if isinstance(end, str) else end

    def write_out(self) -> tuple[dict[str, Any], Repetition | None]:
        """The file written out."""
        if self.letter and isinstance(self.raw.get("values"), dict) and self.raw["values"]:
            what = f"{self.letter} is open, and there are values"
            self.say(what, "values", "leave them out for a derivation for every " + self.letter + ", or write a number: to = 3")
            return {**self.raw, "steps": []}, None
        if self.many:
            self.say(
                "the last places of two indices are letters", "repeat", "one may stay open; give the other one a number"
            )
            return {**self.raw, "steps": []}, None
        lines, origins = self.write_steps()
        self.check_bare()
        targets = {match["name"] for line in lines if (match := TARGET.match(line))} | self.list_more_targets(lines)
        raw = {**self.raw, "steps": lines}
        self.add_loss(raw, targets)
        leaves = {name: place for name, place in self.writer.made.items() if name not in targets}
        shapes = self.share(raw.get("shapes"), "shapes", leaves, targets, give_shape)
        if shapes is not None:
            raw["shapes"] = shapes
        values = self.share(raw.get("values"), "values", leaves, targets, make_giver(shapes or {}))
        if values is not None:
            raw["values"] = values
            self.check_leaves(leaves, values)
        described = self.share(raw.get("quantities"), "quantities", {**leaves, **self.writer.made}, set(), give_shape)
        if described is not None:
            raw["quantities"] = described
        if isinstance(raw.get("parameters"), list):
            raw["parameters"] = [name for item in raw["parameters"] for name in self.list_named(item, leaves)]
        self.known = frozenset(targets | leaves.keys())
        self.put_texts(raw)
        origin = [*origins, *(["loss"] if len(raw["steps"]) > len(lines) else [])]
        made, steps = self.writer.made, tuple(raw["steps"])
        spans = {index: (low, int(high)) for index, (low, high) in self.spans.items()}
        slots = find_slots(self.repeats, self.around)
        return raw, Repetition(self.repeats, self.families, slots, made, self.letter, steps, tuple(origin), spans, self.whole)

    def say(self, what: str, where: str, hint: str) -> None:
        """Note a fault."""
        self.failed = True
        self.fault(what, where, hint)

    def write_steps(self) -> tuple[list[str], list[str]]:
        """All steps written out, each with where it comes from; a fault is said once for all times."""
        lines: list[str] = []
        origins: list[str] = []
        for number, step in enumerate(self.steps, 1):
            try:
                lines.append(self.writer.write(step))
                origins.append(f"steps[{number}]")
            except GraphError as error:
                self.say(error.what, f"steps[{number}]", error.hint)
        for number, repeat in enumerate(self.written, 1):

            def place(step: int, env: Env, number: int = number) -> str:
                return f"repeat[{number}].steps[{step}], " + ", ".join(f"{index} = {at}" for index, at in env.items())

            try:
                for line, origin in write_out_repeat(repeat, self.writer, place):
                    lines.append(line)
                    origins.append(origin)
            except GraphError as error:
                self.say(error.what, error.where, error.hint)
        return lines, origins

    def list_more_targets(self, lines: Sequence[str]) -> set[str]:
        """The targets of steps that have several: h_1, c_1 = …."""
        found = set()
        for line in lines:
            head = re.split(r"(?<![<>=!:])=(?!=)", line, maxsplit=1)[0]
            if "," in head and "(" not in head:
                found |= {part.strip() for part in head.split(",")}
        return found

    def check_bare(self) -> None:
        """Refuse a family that stands without its index, and an index that is a quantity, too."""
        plain = {match["name"] for step in self.steps if (match := TARGET.match(step))}
        plain |= {
            match["name"]
            for repeat in self.repeats
            for step in repeat.steps
            if (match := TARGET.match(step)) and "[" not in match["name"]
        }
        loss = self.raw.get("loss", "")
        plain |= {"L"} if isinstance(loss, str) and not loss.isidentifier() and loss else set()
        for number, repeat in enumerate(self.repeats, 1):
            for at, text in enumerate(repeat.steps, 1):
                self.check_line(text, f"repeat[{number}].steps[{at}]", plain, repeat.indices)
        for at, text in enumerate(self.steps, 1):
            self.check_line(text, f"steps[{at}]", plain, ())
        for table in ("values", "shapes"):
            for index in self.spans:
                if isinstance(self.raw.get(table), dict) and index in self.raw[table]:
                    self.say(
                        f"{index} is the index of a repeat and a quantity",
                        f"{table}.{index}",
                        "choose another letter for one of the two",
                    )

    def check_line(self, text: str, where: str, plain: set[str], indices: Sequence[str]) -> None:
        """One step as written."""
        covered = [(one.start, one.end) for one in list_occurrences(text, indices) if one.name in self.families]
        for match in re.finditer(r"(?<![\w.\\])[^\W\d_]\w*", text):
            word = match.group()
            if (
                any(start <= match.start() < end for start, end in covered)
                or word in plain
                or word not in self.families
            ):
                continue
            if text[match.end() :].lstrip().startswith("("):
                continue
            index = "".join(f"[{i}]" for i in list(self.spans)[: self.families[word]])
            self.say(
                f"{word} has an index elsewhere and none here",
                where,
                f"write {word}{index if indices else '[' + str(self.find_last()) + ']'}",
            )
            return
        if (
            self.letter
            and indices
            and re.search(rf"(?<![\w.\\\[])(?:{'|'.join(indices)})(?![\w\]]|\s?[+-]\s?\d+\s?\])", _drop_brackets(text))
        ):
            self.say(f"an index stands as a number in {make_visible(text, 40)}, and its last place is open", where,
                     f"give a number instead of {self.letter}, or leave the index out of the formula")  # fmt: skip

    def find_last(self) -> int:
        """The last place of the first index."""
        return next(iter(self.spans.values()))[1]

    def add_loss(self, raw: dict[str, Any], targets: set[str]) -> None:
        """A loss that is a formula, ``sum(L[t], t)``, as a step of its own."""
        loss = raw.get("loss")
        if not isinstance(loss, str) or loss in targets:
            return
        try:
            written = self.writer.write(loss)
        except GraphError as error:
            self.say(error.what, "loss", error.hint)
            return
        if "(" not in loss and (written in targets or written.isidentifier()):
            raw["loss"] = written
            return
        name = next(
            (name for name in ("L", "loss", "total") if name not in targets and name not in self.writer.made), "total"
        )
        raw["steps"] = [*raw["steps"], f"{name} = {self.writer.write(f'{name} = {loss}').partition('=')[2].strip()}"]
        raw["loss"] = name

    def check_leaves(self, leaves: Mapping[str, tuple[str, tuple[Place, ...]]], values: Mapping[str, Any]) -> None:
        """Every leaf of a family has a value, where there are values at all."""
        columns = self.raw.get("data", {})
        listed = columns.get("columns", []) if isinstance(columns, dict) else []
        missing = [name for name in leaves if name not in values and name not in listed]
        if values and missing and not self.failed:
            what = ", ".join(missing[:8]) + (" …" if len(missing) > 8 else "")
            self.say(
                f"no value for {what}",
                "values",
                f"such as {missing[0]} = 0; one number stands for all entries of an array",
            )

    # What is said of a family, given to each of its quantities

    def share(
        self, table: Any, key: str, leaves: Mapping[str, Any], targets: set[str], give: Callable[..., Any]
    ) -> dict[str, Any] | None:
        """A table whose rows about families are given to their quantities."""
        if not isinstance(table, dict):
            return None
        found: dict[str, Any] = {}
        for name, value in table.items():
            family, slots = self.read_key(name)
            where = f"{key}.{make_visible(name)}"
            if not family:
                if name in self.writer.made and name in leaves:
                    found.update(give(name, value, {name: ()}) or {})
                elif name in found:
                    self.say(f"{name} is said twice", where, "")
                else:
                    found[name] = value
                continue
            if slots is None:
                self.say(
                    f"{make_visible(name)} is no place of {family}",
                    where,
                    f'write {spell(family, (1,))} or "{family}[1]"',
                )
                continue
            places = {
                one: free
                for one, (of, at) in leaves.items()
                if of == family and (free := match_places(at, slots)) is not None
            }
            if not places:
                made = [one for one, (of, _) in self.writer.made.items() if of == family]
                what = f"{make_visible(name)} is computed at every place" if made and all(one in targets for one in made) else (
                    f"nothing uses {make_visible(name)}")  # fmt: skip
                self.say(what, where, "leave it out" if key == "shapes" else hint_near(name, leaves))
                continue
            given = give(name, value, places)
            if given is None:
                self.say(describe_rows(name, value, places), where, "one row for each place, or one number for all")
                continue
            twice = next((one for one in given if one in found), "")
            if twice and key == "values":
                self.say(f"{twice} has two values", where, "remove one of the two")
            found.update({one: item for one, item in given.items() if one not in found} if "[" not in name else given)
        return found

    def read_key(self, name: str) -> tuple[str, tuple[Place | None, ...] | None]:
        """A key as a family with its places, None for one that is free; ("", …) for a key that is no family."""
        if name in self.families:
            return name, (None,) * self.families[name]
        one = next(list_occurrences(name, tuple(self.spans)), None)
        if one is None or one.name not in self.families or one.end - one.start < len(name.strip()):
            return "", ()
        slots: list[Place | None] = []
        for slot in one.slots:
            place = read_place(slot, {index: Moved(index) for index in self.spans})
            if place is None or (isinstance(place, Moved) and place.by):
                return one.name, None
            slots.append(None if isinstance(place, Moved) else place)
        return one.name, tuple(slots) if len(slots) == self.families[one.name] else None

    def list_named(self, item: Any, leaves: Mapping[str, Any]) -> list[Any]:
        """The parameters that one text names: W for each W[l]."""
        family, slots = self.read_key(item) if isinstance(item, str) else ("", ())
        if not family or slots is None:
            return [item]
        return [one for one, (of, at) in leaves.items() if of == family and match_places(at, slots) is not None] or [item]

    def put_texts(self, raw: dict[str, Any]) -> None:
        """What is asked and claimed, with its indices and sums written out."""
        raw["asked"] = [self.put_text(text, f"asked[{at}]") for at, text in enumerate(raw["asked"], 1)] if isinstance(
            raw.get("asked"), list) else raw.get("asked", [])  # fmt: skip
        if isinstance(raw.get("claim"), list):
            raw["claim"] = [one for at, entry in enumerate(raw["claim"], 1) for one in self.list_at_times(entry, f"claim[{at}]")]
        for key, parts in (("claim", ("claim", "printed")), ("question", ("ask",)), ("table", ("columns",))):
            if isinstance(raw.get(key), list):
                raw[key] = [
                    {part: self.put_text(value, f"{key}[{at}]") if part in parts and (part != "ask" or not self.is_free(value)) else value
                     for part, value in one.items()}
                    if isinstance(one, dict) else one
                    for at, one in enumerate(raw[key], 1)
                ]  # fmt: skip

    def is_free(self, text: Any) -> bool:
        """Whether an index stands free in what is asked: it is asked of any time (`tutor.exercise.repeated.Repetition.choose_time`)."""
        written = spell_small(write_out_times(text, self.spans, self.writer.ends)) if type(text) is str else ""
        return any(has_free_index(written, index) for index in self.spans)

    def list_at_times(self, entry: Any, where: str) -> list[Any]:
        """A claim at every time where it means something, if an index stands free in it: dL/dh[t] from dL/dh[t+1]."""
        parts = [part for part in ("claim", "printed") if isinstance(entry.get(part), str)] if isinstance(entry, dict) else []
        written = {part: spell_small(write_out_times(entry[part], self.spans, self.writer.ends)) for part in parts}
        free = next((index for index in self.spans if any(has_free_index(text, index) for text in written.values())), "")
        if not free:
            return [entry]
        low, high = self.spans[free]
        found = []
        for time in range(low, high + 1):
            writer = replace(self.writer, made={})
            try:
                at = {**entry, **{part: writer.write(text, {free: time}) for part, text in written.items()}}
            except GraphError as error:
                self.say(error.what, where, error.hint)
                return []
            if set(writer.made) <= self.known:
                found.append(at)
        if not found:
            what = f"{make_visible(entry[parts[0]], 40)} at no {free} is there all that it needs"
            self.say(what, where, f"write one {free}, such as {high}")
        return found

    def put_text(self, text: Any, where: str) -> Any:
        """One text, or a list of them."""
        if isinstance(text, list):
            return [self.put_text(part, where) for part in text]
        if type(text) is not str:
            return text
        try:
            return self.writer.write(write_out_times(text, self.spans, self.writer.ends))
        except GraphError as error:
            self.say(error.what, where, error.hint)
            return text


def _drop_brackets(text: str) -> str:
    return re.sub(r"\[[^\[\]]*\]|_\{[^{}]*\}", "", text)
