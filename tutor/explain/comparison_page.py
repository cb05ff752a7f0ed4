"""The page of ``tutor compare``: which arrays of a program are right, which went wrong first, by what, and which are wrong only because.

What may be shown is decided before (`tutor.marking.compared.disclose_numbers`): this module writes whatever is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from tutor.explain.document import Block, Document, Heading, Inline, Math, Paragraph, Sentence, Table
from tutor.explain.said_causes import write_slips
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_title
from tutor.expression.keys import read_derivative
from tutor.expression.nodes import Expr, Name, Number, Partial
from tutor.expression.parse import parse
from tutor.graph.shapes import shape_text
from tutor.marking.compared import ComparedArray, ComparedNumbers
from tutor.marking.number_patterns import NumberFactor, NumberPattern
from tutor.notation.profile import Notation
from tutor.numbers.printed import round_significant
from tutor.numbers.run import read_value
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.answer.handed_in import Unused

DIGITS = 6
MOST_REASONS = 40
MOST_ORDER = 12
MOST_NAME = 60
_PLACED = ("row", "column")


@dataclass(frozen=True, slots=True)
class ComparisonSheet:
    """All that the page is written from; ``formulas`` have the right formula of each key, where it may be shown, ``lines`` those of a
    program in which its steps stand."""

    found: ComparedNumbers
    title: str
    ident: str = ""
    notation: Notation = field(default_factory=Notation)
    formulas: Mapping[str, Expr] = field(default_factory=dict)
    ignored: Sequence[Unused] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    words: Wording = ENGLISH
    reveal: str = "solution"


def document(sheet: ComparisonSheet) -> Document:
    """The page."""
    return _ComparisonWriter(sheet).document()


def write_key(key: str) -> Inline:
    """A quantity, or a derivative, as maths."""
    derivative = read_derivative(key)
    return Math(Partial(derivative.of, derivative.wrt) if derivative is not None else Name(key))


def write_float(number: float | None, digits: int = DIGITS) -> Inline:
    """A number of a program as it is printed."""
    if number is None:
        return ""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "∞" if number > 0 else "−∞"
    return Math(Number(round_significant(read_value(repr(number)), digits))) if number else Math(Number("0"))


class _ComparisonWriter:
    """Writes one page."""

    def __init__(self, sheet: ComparisonSheet) -> None:
        self.sheet, self.found = sheet, sheet.found
        self.words, self.marking = sheet.words.compare, sheet.words.marking
        self.blocks: list[Block] = []

    def document(self) -> Document:
        self.overview()
        self.begin()
        for _, group in groupby(self.list_explained(), key=self.explanation):
            self.add_group(list(group))
        self.notes()
        title, headline = set_title(self.words.TITLE.format(title=self.sheet.title), self.sheet.notation)
        return Document(title, self.sheet.ident, (self.count(),), (), tuple(self.blocks), self.sheet.words.language, headline=headline)

    # the whole

    def count(self) -> Sentence:
        """How many arrays there are of each kind."""
        grammar, arrays = self.words.grammar, self.found.arrays
        right = sum(array.is_right for array in arrays)
        follows = sum(array.verdict == "follow-through" for array in arrays)
        counts = {"right": right, "wrong": len(arrays) - right - follows, "follows": follows, "unused": len(self.found.unused)}
        said = [grammar.count(self.words.COUNTS[kind], count) for kind, count in counts.items() if count]
        return (f"{grammar.count(self.words.ARRAYS, len(arrays))}: {self.words.COMMA.join(said)}" if said else "",)

    def overview(self) -> None:
        """A row an array."""
        shown = self.sheet.reveal == "solution" and any(array.apart for array in self.found.arrays)
        columns = ("name", "quantity", "shape", "verdict", *(("apart",) if shown else ()))
        rows: list[tuple[Sentence, ...]] = []
        for array in self.found.arrays:
            name = make_visible(array.name, MOST_NAME)
            row: list[Sentence] = [(name,), (write_key(array.key),), (self.shape(array.shape),), (self.verdict(array),)]
            if shown:
                row.append((self.say_distance(array),))
            rows.append(tuple(row))
        if rows:
            heads = tuple((self.words.HEADS[key],) for key in columns)
            self.blocks.append(Table(heads, tuple(rows), "l" * 4 + "r" * shown))
        if shown:
            self.put("", self.words.OFF)
        if self.found.ok:
            self.blocks.append(Paragraph((self.words.ALL_RIGHT,)))

    def shape(self, shape: Sequence[int]) -> str:
        return shape_text(tuple(shape)) if shape else self.words.NUMBER

    def verdict(self, array: ComparedArray) -> str:
        if array.verdict == "correct" and not array.exact:
            return self.words.WITHIN.format(precision=self.words.PRECISIONS.get(array.precision, array.precision))
        return self.words.VERDICTS.get(array.verdict, array.verdict)

    def say_distance(self, array: ComparedArray) -> Inline:
        """How far an array is off, as a share of its largest entry; nothing for what doubles round off."""
        return "" if array.exact or not array.apart else write_float(array.apart, 2)

    def begin(self) -> None:
        """Where to begin, and what is wrong only in consequence."""
        wrong = [array for array in self.found.arrays if array.verdict not in ("correct", "follow-through")]
        if self.found.first and len(self.found.arrays) > 1:
            self.put("", *split_places(self.words.BEGIN, {"quantity": [write_key(self.found.first)]}))
        caused: dict[tuple[str, ...], list[str]] = {}
        for array in self.found.arrays:
            if array.verdict == "follow-through" and array.follows:
                caused.setdefault(self.list_roots(array), []).append(array.key)
        for reasons, keys in caused.items() if wrong else ():
            phrase = self.words.grammar.choose(self.words.ONLY_BECAUSE, len(keys))
            self.put("", *split_places(phrase, {"arrays": self.join_keys(keys), "reasons": self.join_keys(reasons)}))

    def list_roots(self, array: ComparedArray) -> tuple[str, ...]:
        """The arrays that are wrong by themselves and that one follows from in the end."""
        known = {other.key: other for other in self.found.arrays}
        found: list[str] = []
        stack, seen = list(array.follows), set()
        while stack:
            key = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            before = known.get(key)
            if before is not None and before.verdict == "follow-through":
                stack += before.follows
            else:
                found.append(key)
        return tuple(sorted(found, key=list(known).index))

    def join_keys(self, keys: Sequence[str]) -> list[Inline]:
        return list(self.words.grammar.enumerate_parts([write_key(key) for key in dict.fromkeys(keys)], self.words.COMMA, self.words.AND))

    def put(self, label: str, *parts: Inline) -> None:
        self.blocks.append(Paragraph(tuple(part for part in parts if part), label))

    # what is said of an array

    def list_explained(self) -> list[ComparedArray]:
        """The arrays that more is said of than their verdict."""
        if self.sheet.reveal == "none":
            return []
        return [array for array in self.found.arrays if array.verdict != "follow-through" and (not array.is_right or self.has_note(array))]

    def has_note(self, array: ComparedArray) -> bool:
        return array.turned or array.shape != array.wanted

    def explanation(self, array: ComparedArray) -> object:
        """What arrays have in common that are told together: right ones their notes, wrong ones what explains them."""
        if array.is_right:
            return ("right", array.turned, array.shape != array.wanted)
        if not (array.bends or array.patterns) or array.special != (0, 0) or array.shape != array.wanted:
            return array.name
        bends = tuple((bent.slips, bent.factor, bent.sure) for bent in array.bends)
        patterns = tuple((pattern.kind, pattern.factor, pattern.name, pattern.order, pattern.sure) for pattern in array.patterns)
        return bends or patterns, array.after

    def add_group(self, group: Sequence[ComparedArray]) -> None:
        """Arrays that one thing explains."""
        first = group[0]
        verdict = self.verdict(first)
        self.blocks.append(Heading(self.words.OF_ARRAY.format(verdict=verdict), tuple(self.join_keys([array.key for array in group]))))
        if first.turned:
            self.put("", self.words.TURNED)
        if first.shape != first.wanted:
            places = {"shape": self.shape(first.shape), "wanted": self.shape(first.wanted)}
            self.put("", self.words.SHAPES.format(**places))
        if first.is_right:
            if first.shape != first.wanted:
                self.put("", self.words.grammar.sentence(self.words.PATTERNS["axes-kept"]))
            return
        if first.after:
            self.put("", *split_places(self.words.AFTER, {"arrays": self.join_keys(first.after)}))
        for array in group:
            self.say_where(array, named=len(group) > 1)
        self.say_why(first)
        self.add_entries(group)
        if self.sheet.reveal == "solution":
            for key in dict.fromkeys(array.key for array in group):
                if key in self.sheet.formulas:
                    self.put(self.words.RIGHT_IS, write_key(key), " = ", Math(self.sheet.formulas[key]))
        self.say_lines(group)

    def say_lines(self, group: Sequence[ComparedArray]) -> None:
        """Where in the program stands what the steps of the slips, or else the arrays, are the derivatives by."""
        at = [slip.at for array in group for bent in array.bends for slip in bent.slips] or [array.key for array in group]
        for key in dict.fromkeys(at):
            derivative = read_derivative(key)
            name = derivative.wrt if derivative is not None else key
            if name in self.sheet.lines:
                line: list[Inline] = [str(self.sheet.lines[name])]
                self.put("", *split_places(self.words.LINE, {"quantity": [write_key(name)], "line": line}))

    def say_where(self, array: ComparedArray, *, named: bool) -> None:
        """Which entries are wrong."""
        where, grammar, said = array.where, self.words.grammar, list[str]()
        nan, infinite = array.special
        if nan:
            said.append(grammar.count(self.words.NOT_NUMBERS, nan))
        if infinite:
            said.append(grammar.count(self.words.INFINITE, infinite))
        if where is not None and where.wrong == nan + infinite:
            said += [self.words.OTHERS_RIGHT] if where.entries > where.wrong else []
        elif where is not None and where.wrong == where.entries > 1:
            said.append(grammar.choose(self.words.ALL_WRONG, where.entries).format(count=grammar.write_count(where.entries)))
        elif where is not None and where.wrong < where.entries:
            numbers = {"wrong": grammar.write_count(where.wrong), "count": grammar.write_count(where.entries)}
            said.append(grammar.choose(self.words.SOME_WRONG, where.wrong).format(**numbers))
            if where.axis >= 0:
                kind = _PLACED[where.axis] if len(array.wanted) == 2 else "slice"
                places = self.words.COMMA.join(map(str, where.slices))
                said.append(grammar.choose(self.words.IN_SLICES[kind], len(where.slices)).format(places=places, axis=where.axis))
        if said:
            self.put(self.words.LABELS["where"], *([write_key(array.key), ": "] if named else []), " ".join(said))

    def say_why(self, array: ComparedArray) -> None:
        """What gives just these numbers."""
        for pattern in self.choose_patterns(array):
            phrase = self.words.IS_SO if pattern.sure else self.words.PERHAPS
            self.put(self.words.LABELS["seen"], *split_places(phrase, {"pattern": self.pattern(pattern, array)}))
        if array.bends:
            ways = [bent.slips for bent in array.bends]
            said = write_slips(ways, self.marking, write_key)
            factors = {bent.factor for bent in array.bends if bent.factor is not None}
            if len(factors) == 1:
                said += [" ", *split_places(self.words.FACTOR_BESIDES, {"factor": self.factor(factors.pop())})]
            self.put(self.words.LABELS["slip"], *said)
            looks = dict.fromkeys(self.marking.slip(slip.tag).look for bent in array.bends for slip in bent.slips)
            self.put(self.words.LABELS["next"], " ".join(looks))
        if not array.bends and not array.patterns:
            if array.verdict == "close":
                self.put("", *split_places(self.words.CLOSE, {"distance": [write_float(array.apart, 2)]}))
            elif array.shape != array.wanted and array.shape == array.wanted[::-1]:
                self.put("", self.words.TURNED_SHAPE)
            elif array.where is None or array.where.wrong != sum(array.special):
                self.put("", self.words.UNEXPLAINED)

    def choose_patterns(self, array: ComparedArray) -> tuple[NumberPattern, ...]:
        """The patterns that are told: beside a slip only what the numbers show of it."""
        sure = any(bent.sure for bent in array.bends)
        told = array.patterns[: 1 if array.patterns and array.patterns[0].kind == "added" else 2]
        return tuple(pattern for pattern in told if not sure or (pattern.sure and pattern.kind in ("factor", "transposed")))

    def pattern(self, pattern: NumberPattern, array: ComparedArray) -> list[Inline]:
        """A pattern in words, its quantities and factors as maths."""
        kind: str = pattern.kind
        if kind == "factor" and pattern.factor is not None and not pattern.factor.texts:
            kind = "constant"
        elif kind == "transposed" and len(pattern.order) > 2:
            kind = "transposed axes"
        elif kind == "added" and pattern.factor is not None and pattern.factor.value == -1:
            kind = "added minus"
        elif (kind == "read-otherwise" and not pattern.order) or (kind in ("summed", "averaged") and pattern.name):
            kind += " other"
        elif kind == "reordered" and pattern.block > 1:
            kind = "reordered blocks"
        blocks = [place // pattern.block for place in pattern.order[:: pattern.block]]
        order = self.words.COMMA.join(map(str, blocks[:MOST_ORDER])) + (" …" if len(blocks) > MOST_ORDER else "")
        places: dict[str, Sequence[Inline]] = {
            "factor": self.factor(pattern.factor) if pattern.factor is not None else [],
            "name": [write_key(pattern.name)] if pattern.name else [],
            "base": [write_key(pattern.base) if pattern.base else self.words.WHAT_IS_RIGHT],
            "axes": [self.name_axes(pattern.axes, array, of_other=kind.endswith("other"))], "order": [order], "block": [str(pattern.block)],
        }  # fmt: skip
        said = split_places(self.words.PATTERNS[kind], places)
        if pattern.factor is not None and kind != "added minus" and "{factor}" not in self.words.PATTERNS[kind]:
            said = split_places(self.words.BESIDES, {"pattern": said, "factor": self.factor(pattern.factor)})
        return said

    def name_axes(self, axes: Sequence[int], array: ComparedArray, *, of_other: bool = False) -> str:
        """Axes by what they are called of a matrix, else by their number."""
        if of_other and len(array.shape) == 1 and len(axes) == 1:
            return self.words.AXES[_PLACED[axes[0]]]  # of a matrix that was summed up
        shape = array.shape if len(array.shape) > len(array.wanted) else array.wanted
        if len(axes) == len(shape) > 1:
            return self.words.AXES["all"]
        if len(shape) == 2 and len(axes) == 1:
            return self.words.AXES[_PLACED[axes[0]]]
        return "".join(self.words.grammar.enumerate_parts([self.words.AXES["axis"].format(axis=axis) for axis in axes],
                                                          self.words.COMMA, self.words.AND))  # fmt: skip

    def factor(self, factor: NumberFactor) -> list[Inline]:
        """A factor as maths, with what else it may be."""
        if not factor.texts:
            return [write_float(factor.value)]
        first, *others = [Math(parse(text)) for text in factor.texts[:2]]
        if not others:
            return [first]
        return split_places(self.words.OR_FACTOR, {"first": [first], "others": list(others)})

    def add_entries(self, group: Sequence[ComparedArray]) -> None:
        """Some of the wrong entries, beside what is right."""
        several = len(group) > 1
        shown = self.sheet.reveal == "solution"
        rated = shown and any(entry.ratio is not None for array in group for entry in array.entries)
        placed = any(entry.place for array in group for entry in array.entries)
        wanted = {"quantity": several, "place": placed, "yours": True, "right": shown, "ratio": rated}
        columns = [key for key, there in wanted.items() if there]
        rows: list[tuple[Sentence, ...]] = []
        for array in group:
            for entry in array.entries[: 2 if several else len(array.entries)]:
                place = f"[{', '.join(map(str, entry.place))}]" if entry.place else ""
                row: list[Sentence] = [(write_key(array.key),)] if several else []
                row += [*([(place,)] if placed else []), (write_float(entry.got),)]
                row += [(write_float(entry.right),)] if shown else []
                row += [(write_float(entry.ratio),)] if rated else []
                rows.append(tuple(row))
        if rows:
            after = bool(group[0].after)
            heads = tuple((self.words.HEADS["follows" if key == "right" and after else key],) for key in columns)
            self.blocks.append(Table(heads, tuple(rows), "l" * (several + placed) + "r" * (1 + shown + rated)))

    def notes(self) -> None:
        """What was not used, and what is not there."""
        for label, listed in ((self.words.UNUSED, self.found.unused), (self.words.IGNORED, self.sheet.ignored)):
            for one in listed[:MOST_REASONS]:
                self.put(label, self.words.REASON.format(name=one.place, reason=self.sheet.words.reader.say(one.reason)))
            if len(listed) > MOST_REASONS:
                self.put(label, self.words.MORE.format(count=len(listed) - MOST_REASONS))
        if self.found.copied:
            names = self.words.grammar.enumerate_parts([make_visible(name, MOST_NAME) for name in self.found.copied],
                                                       self.words.COMMA, self.words.AND)  # fmt: skip
            self.put("", self.words.grammar.choose(self.words.COPIED, len(self.found.copied)).format(names="".join(names)))
        if self.found.missing:
            self.put("", *split_places(self.words.MISSING, {"arrays": self.join_keys(self.found.missing)}))
