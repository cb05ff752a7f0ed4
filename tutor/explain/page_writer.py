"""What every page about a computation shares: its numbers, ready to print, and rows with numbers put in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from tutor.exercise.model import Assumption
from tutor.explain.document import Block, Equation, Equations, Heading, Inline, Math, Paragraph, Sentence, Side
from tutor.explain.given_families import find_grids, list_families, sort_given
from tutor.explain.layer_formulas import matrix
from tutor.explain.shared_parameters import list_shared
from tutor.explain.target_kinds import list_target_kinds
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import rename_step_size, set_maths
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Expr, Name, Number, Partial, children, drop_zero_sign, join_sign, rebuild
from tutor.expression.walk import SHARES, names
from tutor.graph.entries import Array
from tutor.graph.nouns import Step
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.printed import (
    MOST_DIGITS,
    as_printed,
    choose_digits_for_change,
    is_all_fractions,
    is_in_short_fractions,
    print_alike,
)
from tutor.numbers.run import compute
from tutor.solving.worked import Worked

EQUALS = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"

MOST_PLACES = 5
"""So many steps are named that share a parameter."""
MOST_GIVEN = 4
"""So many quantities of a family are named that have no values."""
MOST_KINKS = 8
"""So many steps that stand on a kink are named."""


class PageWriter:
    """The blocks of one page, and what its sections are written with: ``words``, and ``numbers`` by key, or None."""

    def __init__(self, worked: Worked, words: Wording, numbers: Mapping[str, Any] | None) -> None:
        self.worked = worked
        self.words = words
        self.request = worked.request
        self.exercise = worked.request.exercise
        self.numbers = numbers
        self.digits = worked.notation.digits
        self.fractions = is_in_fractions(worked)
        self.blocks: list[Block] = []
        training = worked.training
        self.rate_name = training.task.names.rate if training is not None else worked.notation.rate

    def show(self, value: Value | Array[Value], width: int = 36) -> Expr:
        """A number or an array of numbers, ready to print; of an array that has wider rows than ``width`` letters a part."""
        return matrix(value, self.digits, fractions=self.fractions, width=width) if isinstance(value, Array) else self.print(value)

    def print(self, value: Value) -> Expr:
        """A number, ready to print in the style of the page."""
        return as_printed(value, self.digits, fractions=self.fractions)

    def value(self, key: str) -> Expr | None:
        """The number of a key, ready to print; nothing where there is none."""
        return self.show(self.numbers[key]) if self.numbers is not None and key in self.numbers else None

    def fill_in(self, expr: Expr) -> Expr:
        """The expression with numbers put in; of a choice by sign the branch that counts."""
        if isinstance(expr, Name):
            return self.value(expr.name) or expr
        if isinstance(expr, Partial):
            return self.value(derivative_key(expr.of, expr.wrt)) or expr
        parts = children(expr)
        if isinstance(expr, Call) and expr.func == "if_positive" and self.numbers is not None:
            condition, a, b = expr.args
            return self.fill_in(a if compute(condition, self.numbers) > 0 else b)
        if isinstance(expr, Call) and expr.func in SHARES and self.numbers is not None:
            return self.show(compute(expr, self.numbers))
        filled = [self.fill_in(part) for part in parts]
        if parts and isinstance(expr, Add | Call):
            filled[0] = drop_zero_sign(filled[0])
        return rebuild(expr, tuple(filled)) if parts else expr

    def put_in(self, expr: Expr) -> Expr:
        """The whole expression with numbers put in, as it stands beside its result: −u is the number −0.37, not its opposite."""
        return join_sign(self.fill_in(expr))

    def put_in_closely(self, expr: Expr, result: Value) -> Expr:
        """The same with as many digits as it takes that what stands there gives the result: 1 − 1.00000 is not 1.12535·10⁻⁷."""
        whole = self.put_in(expr)
        closer, found = copy(self), whole
        while closer.digits < MOST_DIGITS and _is_lost(found, result):
            closer.digits += 1
            found = closer.put_in(expr)
        return whole if _is_lost(found, result) else found

    def as_written(self, text: str, value: Value, digits: int | None = None) -> Expr:
        """A given number as it was written, when that is a plain decimal."""
        return Number(text) if is_decimal(text) else as_printed(value, digits or self.digits)

    def rate(self) -> Expr:
        """The step size, as it was written."""
        assert self.request.rate is not None
        return self.as_written(self.request.rate_written, self.request.rate, 12 if self.request.subject == "training" else None)

    def list_values(self, names: Sequence[str], values: Mapping[str, Value]) -> Sentence:
        """``x = 1, y = 2``, as written; families together, and a matrix whose entries are all among them as one."""
        parts: list[Inline] = []
        digits = 12 if self.request.subject == "training" else self.digits
        grids = {name: grid for grid in find_grids(names, self.worked.notation) for name in grid.names}
        said: set[str] = set()

        def write_value(name: str) -> Expr:
            text = self.exercise.written.get(name, "")
            return self.as_written(text, values[name], digits) if text else as_printed(values[name], 12)

        for name in sort_given(names):
            grid = grids.get(name)
            shown = name if grid is None else grid.base
            if shown in said:
                continue
            said.add(shown)
            value = write_value(name) if grid is None else Call("matrix", (Number(str(grid.columns)), *map(write_value, grid.names)))
            parts += [self.words.pages.COMMA if parts else "", Math(Name(shown)), EQUALS, Math(value)]
        return tuple(part for part in parts if part)

    def list_families(self, names: Sequence[str]) -> Sequence[Inline]:
        """Names without values; of a large family the first and the last: x₁, x₂, w₁, …, w₈."""
        dots: list[Inline] = ["…"]
        listed: list[list[Inline]] = []
        for family in list_families(names):
            few = len(family) <= MOST_GIVEN
            listed += [[Math(Name(name))] for name in (family if few else (family[0], family[-1]))]
            if not few:
                listed.insert(-1, dots)
        return [part for one in listed for part in (self.words.pages.COMMA, *one)][1:]

    def heading(self, name: str) -> Heading:
        """The heading of a section."""
        return Heading(self.words.pages.HEADINGS[name])

    def write_labelled(self, label: str, *parts: Inline) -> Paragraph:
        """A paragraph with its word in front."""
        return Paragraph(parts, self.words.pages.LABELS[label])

    def list_named(self, names: Sequence[str], most: int | None = None) -> list[Inline]:
        """Quantities as a list in a sentence; of more than ``most`` the first, and how many more there are."""
        shown = names if most is None or len(names) <= most + 1 else names[:most]
        parts: list[Inline] = []
        whole = len(shown) == len(names)
        for place, name in enumerate(shown):
            between = self.words.pages.AND if whole and place == len(names) - 1 else self.words.pages.COMMA
            parts += [between if place else "", Math(Name(name))]
        if len(shown) < len(names):
            parts += [self.words.pages.AND, self.words.pages.MORE.format(count=len(names) - len(shown))]
        return [part for part in parts if part]

    def notes(self, kept: Sequence[str | Assumption]) -> None:
        """Notes and what was assumed, a paragraph each."""
        notation, language = self.worked.notation, self.words.language
        said = [self.exercise.say(note, language) if isinstance(note, str) else self.words.pages.remark(note) for note in kept]
        self.blocks += [self.write_labelled("note", *set_maths(rename_step_size(text, self.exercise, notation), notation)) for text in said]

    def say_conventions(self, flat: Sequence[tuple[str, str]], reasons: Iterable[str], kinks: Sequence[str]) -> None:
        """Through which steps nothing can be learnt, what is taken at kinks, and which steps stand on one; reasons by their keys."""
        told = dict(flat)
        say, words = self.words.rules.convention, self.words.pages
        for reason in dict.fromkeys(told.values()):
            through = self.list_named([step for step, other in told.items() if other == reason])
            phrase = words.NO_DERIVATIVE if reason else words.NOTHING_LEARNT
            parts = split_places(phrase, {"reason": [say(reason)], "steps": through})
            self.blocks.append(self.write_labelled("no derivative", *parts))
        said = [words.grammar.stop(say(reason)) for reason in dict.fromkeys(reasons) if reason not in told.values()]
        if said:
            self.blocks.append(self.write_labelled("convention", " ".join(said)))
        hit = [step for step in kinks if step not in told]
        if hit:
            phrase = words.grammar.choose(words.ON_KINK, len(hit))
            self.blocks.append(self.write_labelled("kink", *split_places(phrase, {"steps": self.list_named(hit, MOST_KINKS)})))

    def say_targets(self, steps: Iterable[Step]) -> None:
        """That one letter stands for targets of two kinds, where two losses of a page want it so."""
        for target, wanted in list_target_kinds(steps).items():
            if len(wanted) > 1:
                places: dict[str, Sequence[Inline]] = {kind: self.list_named(losses) for kind, losses in wanted.items()}
                places["target"] = [Math(Name(target))]
                self.blocks.append(self.write_labelled("note", *split_places(self.words.pages.TARGET_KINDS, places)))

    def say_shared(self) -> None:
        """Which parameters several steps share, whose gradients are therefore sums."""
        if not self.worked.derivations:
            return
        wanted: Collection[str] = self.request.wanted[0][1]
        pages, said = self.words.pages, list[Inline]()
        for places, shared in list_shared(self.worked.derivations[0], wanted).items():
            named: dict[str, Sequence[Inline]] = {"quantities": self.list_named(shared), "places": self.list_named(places, MOST_PLACES)}
            said += [*(["; "] if said else []), *split_places(pages.grammar.choose(pages.SHARED_BY, len(shared)), named)]
        if said:
            self.blocks.append(self.write_labelled("note", *split_places(pages.SHARED, {"shared": said})))

    def proofs(self, sentences: Sequence[str]) -> None:
        """What was proved, a paragraph each; in the place ``{step}`` is the symbol of one that stands on a kink, in ``{n}`` of a size."""
        forms = self.worked.proofs.forms
        unproved = [proof.unproved for proof in self.worked.proofs.gradients if proof.unproved is not None]
        places: dict[str, Sequence[Inline]] = {"step": [Math(Name(unproved[0].step))] if unproved else []}
        places |= {letter: [Math(Name(letter))] for letter in (forms.sizes if forms is not None and forms.sizes else ())}
        if forms is not None:
            places |= {f"{BY}{name}": [Math(Partial(self.worked.derivations[0].graph.loss, name))] for name in forms.besides}
        if self.worked.recursion is not None:
            places[str(self.worked.recursion.end)] = [Math(Name(str(self.worked.recursion.end)))]
        for text in dict.fromkeys(sentences):
            said = text if text.endswith(".") else self.words.pages.grammar.stop(text)
            self.blocks.append(self.write_labelled("proof", *split_places(said, places)))


BY = "by "
"""In front of a quantity, in the place of a sentence for the derivative with respect to it."""
NEAR = 20
"""A result has to come out of the numbers that are printed to a part in so many."""


def _is_lost(shown: Expr, result: Value) -> bool:
    """Whether rounding has eaten a difference, so that the numbers shown do not give the result."""
    if not _has_sum(shown) or names(shown) or not result:
        return False
    true = as_real(result)
    return bool(abs(as_real(compute(shown, {})) - true) > abs(true) / NEAR)


def _has_sum(expr: Expr) -> bool:
    return isinstance(expr, Add) or any(map(_has_sum, children(expr)))


def is_in_fractions(worked: Worked) -> bool | None:
    """Whether the numbers of a page are fractions throughout, 1/2 beside 4/3, or decimals; None where nothing is said."""
    if worked.request.layered is not None and worked.numbers is not None:
        listed = {name: value.items if isinstance(value, Array) else (value,) for name, value in worked.numbers.items()}
        leaves = [quantity.name for quantity in worked.request.layered.graph.leaves]
        given = [item for name in leaves for item in listed.get(name, ())]
        return is_in_short_fractions([item for items in listed.values() for item in items], given)
    if worked.request.layered is not None or not worked.derivations:
        return None
    leaves = [quantity.name for quantity in worked.derivations[0].graph.leaves]
    if worked.training is not None and worked.numbers is None:
        task, first = worked.training.task, worked.training.first
        values: Mapping[str, Any] = {**task.values, **first}
    else:
        values = worked.scalars or {}
    return is_all_fractions(values.values(), [values[name] for name in leaves if name in values]) if values else None


def write_cells(
    rows: Sequence[Sequence[Value]], digits: int, *, fractions: bool | None = None, changing: bool = False
) -> list[list[Sentence]]:
    """The cells of a table of numbers, those of a column alike.

    ``changing``: a row comes after the one above it, so a first change is seen in each column.
    """
    columns = []
    for column in zip(*rows, strict=True):
        enough = choose_digits_for_change(column[:1], column[1:2], digits) if changing and len(column) > 1 else digits
        columns.append(print_alike(column, enough, fractions=fractions))
    return [[(Math(one),) for one in row] for row in zip(*columns, strict=True)]


def drop_numbers(blocks: Iterable[Block]) -> list[Block]:
    """Blocks whose equations have no numbers of steps, where nothing refers to them."""
    return [
        replace(block, rows=tuple(replace(row, number=None) for row in block.rows)) if isinstance(block, Equations) else block
        for block in blocks
    ]


def write_update(expr: Expr, left: Expr, sides: Sequence[Side], why: str) -> Equation:
    """An update's row; without a reason where the row before has given it."""
    return Equation(left, tuple(sides), None, (why,) if why else ())
