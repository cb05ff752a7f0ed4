"""The sentences about what was checked: what was compared with what, where, and how well it agrees.  `tutor.numbers` gives the facts.

The derivation is the proof; finite differences and random points are none, so no sentence says that they prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatchmethod

from tutor.derive.recursion import Recursion
from tutor.explain.words.topic import Topic
from tutor.numbers.arithmetic import as_real
from tutor.numbers.proof_facts import LEAST, Agreement, Rewritten
from tutor.numbers.prove_rewrites import Simplified
from tutor.numbers.verify import Proof, write_bound

MOST_NAMED = 6
"""So many gradients that are not shown are named."""


class ProofWords(Topic):
    """The phrases about what was checked."""

    VALUES = "at the given values"
    POINTS = ("at {count} random point", "at {count} random points")
    BOTH_PLACES = "{first} and {second}"
    FORMS_AGREE = "The layer form and the form entry by entry agree in all {entries} entries of the gradients, {how} ({place})"
    MORE_ENTRIES = (
        "; so does 1 more, that of {names}, which is not shown", "; so do {count} more, those of {names}, which are not shown",
    )
    MORE_GRADIENTS = "; so do {count} entries of {more} other gradients, which are not shown"
    EXACTLY, TO = "exactly", "to {bound}"
    WITH_SIZES = "{place}, with {sizes}"
    SYMBOLIC: Mapping[int, str] = {1: "the gradient asked for has the value", 2: "both gradients asked for have the values"}
    SYMBOLIC_ALL = "all {asked} gradients asked for have the values"
    SYMBOLIC_SOME = "the {symbolic} compared of the {asked} gradients asked for have the values"
    SYMBOLIC_ENTRIES = "all {asked} entries of the gradients asked for have the values"
    BY_SYMPY = "{many} of SymPy's derivative of the composed formula, to 12 digits or more"
    DIFFERENCES = "finite differences agree {how}{more}"
    FOR_ALL = " for all {count} quantities"
    FOR_OTHERS = (" for them and for {count} other quantity of the graph", " for them and for {count} other quantities of the graph")
    ALONG = " along a random direction through all {count} inputs and parameters"
    TOO_SMALL = (
        "{count} gradient is too small, or at the edge of the domain, for finite differences",
        "{count} gradients are too small, or at the edge of the domain, for finite differences",
    )
    CHECKS = "{checks} ({place})"
    UNPROVED: Mapping[str, str] = {
        "kink": "At the given values {step} stands on a kink, where the derivative is a convention",
        "kinks": "At the given values {step} and {more} more stand on kinks, where the derivative is a convention",
        "seam": "At the given values {step} stands where its branches meet; the second one counts there",
        "seams": "At the given values {step} and {more} more stand where their branches meet; the second one counts there",
    }
    ROWS = "Written out for {index} = 1, …, {last}, each row is a step of the derivation there, formula by formula"
    ROWS_OPEN = "Written out for {letter} = {ends}, each row is a step of the derivation there, formula by formula"
    ROWS_EQUAL = "; for {letter} = {ends} they are equal at random points"
    NOTHING = "Nothing to check"
    SIMPLE: Mapping[int, str] = {1: "the simplified form equals", 2: "both simplified forms equal"}
    SIMPLE_ALL = "all {count} simplified forms equal"
    OF_CHAIN = "{many} the product of the chain rule {place}, in 40 digits{besides}"
    SCORES_TOO = "; SymPy's derivative of the composed formula confirms those of the scores"
    UNITS = "the single linear unit and the network are exactly equal {place}"
    REPLACED = "What is simplified has the values of what it replaces, entry by entry, {place}"
    COMMA, AND = ", ", " and "

    @singledispatchmethod
    def say_proof(self, checked: object) -> str:
        """What was checked, in words; empty where there was nothing to check.

        >>> from fractions import Fraction
        >>> ProofWords().say_proof(Agreement(12, Fraction(0), True))
        'The layer form and the form entry by entry agree in all 12 entries of the gradients, exactly (at the given values)'
        """
        raise TypeError(f"there are no words for {type(checked).__name__}")

    @say_proof.register
    def _(self, checked: Proof) -> str:
        parts = []
        if checked.symbolic:
            many = self.SYMBOLIC.get(checked.asked, self.SYMBOLIC_ALL.format(asked=checked.asked))
            if checked.entries and checked.asked > 1:
                many = self.SYMBOLIC_ENTRIES.format(asked=checked.asked)
            if checked.symbolic < checked.asked:
                many = self.SYMBOLIC_SOME.format(symbolic=checked.symbolic, asked=checked.asked)
            parts.append(self.BY_SYMPY.format(many=many))
        if checked.numeric:
            how = self.EXACTLY if checked.error == 0 else self.TO.format(bound=write_bound(checked.error))
            more = self.FOR_ALL.format(count=checked.numeric) if checked.numeric > max(checked.symbolic, 1) else ""
            others = checked.numeric + checked.small - checked.asked
            if more and not checked.at_values and checked.asked and others > 0:
                more = self.grammar.count(self.FOR_OTHERS, others)
            if checked.together:
                more = self.ALONG.format(count=checked.numeric)
            parts.append(self.DIFFERENCES.format(how=how, more=more))
        if checked.small:
            parts.append(self.grammar.count(self.TOO_SMALL, checked.small))
        place = self.VALUES if checked.at_values else self.POINTS[1].format(count=checked.points)
        text = self.CHECKS.format(checks="; ".join(parts), place=place) if parts else ""
        if checked.unproved is not None:
            found = checked.unproved
            reason = self.UNPROVED[f"{found.at}s" if found.more else found.at].format(step=found.step, more=found.more)
            text = f"{text}. {reason}" if text else reason
        return self.grammar.capital(text) or self.NOTHING

    @say_proof.register
    def _(self, checked: Agreement) -> str:
        place = self._place(checked.at_values, checked.points)
        if checked.sizes:
            place = self.WITH_SIZES.format(place=place, sizes=", ".join(f"{letter} = {size}" for letter, size in checked.sizes.items()))
        how = self.EXACTLY if checked.error == 0 else self.TO.format(bound=write_bound(max(as_real(checked.error), LEAST)))
        return self.FORMS_AGREE.format(entries=checked.entries, how=how, place=place) + self._tell_besides(checked.besides)

    @say_proof.register
    def _(self, checked: Simplified) -> str:
        place = self._name_places(checked.points, checked.at_values)
        said = []
        if checked.gradients:
            many = self.SIMPLE.get(checked.gradients, self.SIMPLE_ALL.format(count=checked.gradients))
            said.append(self.OF_CHAIN.format(many=many, place=place, besides=self.SCORES_TOO if checked.symbolic else ""))
        if checked.units:
            said.append(self.UNITS.format(place=place))
        return self.grammar.capital("; ".join(said))

    @say_proof.register
    def _(self, checked: Rewritten) -> str:
        return self.REPLACED.format(place=self._name_places(checked.points, bool(checked.arrays))) if checked.rewrites else ""

    @say_proof.register
    def _(self, checked: Recursion) -> str:
        if isinstance(checked.end, int):
            return self.ROWS.format(index=checked.index, last=checked.end)
        text = self.ROWS_OPEN.format(letter=checked.end, ends=", ".join(map(str, checked.agreed)))
        return text + (self.ROWS_EQUAL.format(letter=checked.end, ends=", ".join(map(str, checked.equal))) if checked.equal else "")

    def _tell_besides(self, besides: Mapping[str, int]) -> str:
        """What was compared though it is not shown; of few gradients which they are."""
        if not besides:
            return ""
        count = sum(besides.values())
        if len(besides) > MOST_NAMED:
            return self.MORE_GRADIENTS.format(count=self.grammar.write_count(count), more=len(besides))
        names = "".join(self.grammar.enumerate_parts([*besides], self.COMMA, self.AND))
        return self.grammar.count(self.MORE_ENTRIES, count, names=names)

    def _name_places(self, points: int, at_values: bool) -> str:
        """Where two sides were compared: at random points, at the given values, or both."""
        places = [self.grammar.count(self.POINTS, points)] * bool(points) + [self.VALUES] * at_values
        return self.BOTH_PLACES.format(first=places[0], second=places[1]) if len(places) == 2 else "".join(places)

    def _place(self, at_values: bool, points: int) -> str:
        return self.VALUES if at_values else self.grammar.count(self.POINTS, points)
