"""Named rewrites as a section of a worked solution: the product as it stands, what is left of it, and when that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tutor.derive.local import times
from tutor.derive.rewrites.named import BELOW, LINEAR, UNIT, Rewrite
from tutor.explain.document import Block, Equation, Equations, Heading, Math, Paragraph, Sentence, Side, add_result
from tutor.explain.words.rules import RuleWords
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.nodes import Add, Expr, Mul, Name, Partial
from tutor.expression.walk import find_partials, names, size, substitute
from tutor.numbers.arithmetic import Value
from tutor.numbers.prove_rewrites import holds
from tutor.numbers.run import compute

MAX_ROWS = 12
"""How many gradients of scores, and how many of parameters, are written down; the others have the same form."""
MAX_PRODUCT = 40
"""The largest product (in nodes) that is written out with its factors before it is simplified."""


def write_simplified(
    rewrites: Sequence[Rewrite],
    words: Wording,
    trace: Mapping[str, Value] | None,
    show: Callable[[Value], Expr],
    fill: Callable[[Expr], Expr],
    refer: Callable[[Expr], Sentence] = lambda left: (),
) -> list[Block]:
    """The section on named rewrites, empty where none applies; ``show`` prints a number, ``fill`` puts numbers into an expression.

    ``refer`` says in which step above a derivative has its number, which is not shown again.
    """
    if not rewrites:
        return []
    scores = [r for r in rewrites if r.rule not in (BELOW, LINEAR, UNIT)]
    below = [r for r in rewrites if r.rule == BELOW]
    units = [r for r in rewrites if r.rule in (LINEAR, UNIT)]
    wording = words.rules
    writer = _Rows(wording, trace, show, fill, refer, words.pages.COMMA)
    blocks: list[Block] = [Heading(wording.SIMPLIFIED)]
    for some in (scores, below):
        if some:
            blocks.append(Equations(say_reasons_once([writer.gradient(rewrite) for rewrite in some[:MAX_ROWS]])))
        if len(some) > MAX_ROWS:
            blocks.append(Paragraph((wording.LIKEWISE.format(count=len(some) - MAX_ROWS),)))
    blocks += [Paragraph(said, words.pages.LABELS["condition"]) for said in writer.conditions(scores)]
    if units:
        blocks.append(Equations(tuple(writer.unit(rewrite, units) for rewrite in units)))
    return blocks


def say_reasons_once(rows: Sequence[Equation]) -> tuple[Equation, ...]:
    """The rows, each with its reason only where it is not that of the row before.

    >>> row = Equation(Name("a"), (), None, ("because",))
    >>> [equation.why for equation in say_reasons_once([row, row])]
    [('because',), ()]
    """
    before = [(), *(row.why for row in rows)]
    return tuple(replace(row, why=()) if row.why == why else row for row, why in zip(rows, before, strict=False))


class _Rows:
    """Writes the rows of one section."""

    def __init__(
        self, words: RuleWords, trace: Mapping[str, Value] | None, show: Callable[[Value], Expr], fill: Callable[[Expr], Expr],
        refer: Callable[[Expr], Sentence], comma: str,
    ) -> None:  # fmt: skip
        self.words = words
        self.trace = trace
        self.show = show
        self.fill = fill
        self.refer = refer
        self.comma = comma

    def has_condition_met(self, rewrite: Rewrite) -> bool:
        """Whether the condition of a rewrite is fulfilled; without numbers it is assumed, and said."""
        return rewrite.condition is None or self.trace is None or holds(rewrite.condition, self.trace)

    def gradient(self, rewrite: Rewrite) -> Equation:
        """``∂L/∂s = factors = what they are = simplified = numbers``."""
        sides = self.product(rewrite)
        sides += [Side(expr) for expr in rewrite.between]
        short = rewrite.under is not None and self.has_condition_met(rewrite)
        done = rewrite.under is None and bool(sides) and not find_partials(last := sides[-1].expr) and size(last) <= size(rewrite.expr)
        if (rewrite.rule != BELOW or not short) and not done:  # 1/4·(σ(z) − y) is not σ(z)/4 − y/4 next
            sides.append(Side(rewrite.expr))
        if short and rewrite.under is not None and rewrite.condition is not None:
            note: Sentence = () if rewrite.rule == BELOW else self.note(rewrite.condition)
            sides.append(Side(rewrite.under, note=note))
        return Equation(rewrite.left, tuple(self.numbers(rewrite, sides)), None, (self.words.rewrite(rewrite.rule),))

    @staticmethod
    def note(condition: Expr) -> Sentence:
        return (Math(condition), " = 1")

    def product(self, rewrite: Rewrite) -> list[Side]:
        """The chain rule's product, one row a path; written out for a score, where it is short enough to read."""
        sides = []
        for place, path in enumerate(rewrite.paths):
            factors = tuple(Partial(factor.of, factor.wrt) for factor in path.factors)
            if factors == (rewrite.left,):
                return []
            sides.append(Side(factors[0] if len(factors) == 1 else Mul(factors), "+" if place else "="))
        if sides and rewrite.rule != BELOW:
            products = [times(*(factor.expr for factor in path.factors)) for path in rewrite.paths]
            whole = products[0] if len(products) == 1 else Add(tuple(products))
            if size(whole) <= MAX_PRODUCT and whole != rewrite.expr:
                sides.append(Side(whole))
        return sides

    def numbers(self, rewrite: Rewrite, sides: list[Side]) -> list[Side]:
        """The sides with the numbers put in and the result, or with the step above that is simplified and has them."""
        if sides and (above := self.refer(rewrite.left)):
            known = sides[-1].note
            return [*sides[:-1], replace(sides[-1], note=(*known, self.comma, *above) if known else above)]
        if self.trace is None:
            return sides
        result = self.show(compute(rewrite.expr, self.trace))
        put_in = self.fill(sides[-1].expr)
        if put_in not in (sides[-1].expr, result):
            sides.append(Side(put_in))
        return list(add_result(sides, result))

    def conditions(self, rewrites: Sequence[Rewrite]) -> list[Sentence]:
        """What has to be said about a condition: that it is one, or that it does not hold."""
        said: list[Sentence] = []
        for condition in dict.fromkeys(r.condition for r in rewrites if r.condition is not None):
            if self.trace is None:
                said.append(tuple(split_places(self.words.IF_ONE, {"condition": self.note(condition)})))
            elif not holds(condition, self.trace):
                total: Expr = self.show(compute(condition, self.trace))
                short = next(r.under for r in rewrites if r.condition == condition and r.under is not None)
                places: dict[str, Sentence] = {"sum": (Math(condition),), "total": (Math(total),), "short": (Math(short),)}
                said.append(tuple(split_places(self.words.NOT_ONE, places)))
        return said

    def unit(self, rewrite: Rewrite, units: Sequence[Rewrite]) -> Equation:
        """The output of the single unit, or one of its weights: ``left = formula = numbers``."""
        why = (self.words.rewrite(rewrite.rule),) if rewrite.rule == LINEAR else ()
        sides = [Side(expr) for expr in (*rewrite.between, rewrite.expr)]
        if self.trace is None or rewrite.rule == UNIT:
            return Equation(rewrite.left, tuple(self.numbers(rewrite, sides)), None, why)
        weights = {
            r.left.name: compute(r.expr, self.trace) for r in units if r.rule == UNIT and isinstance(r.left, Name)
        }
        put_in = self.fill(
            substitute(rewrite.expr, {name: self.show(value) for name, value in weights.items()})
        )
        if not names(put_in):  # all weights are shown
            sides.append(Side(put_in))
        result = self.show(compute(rewrite.left, self.trace))
        return Equation(rewrite.left, add_result(sides, result), None, why)
