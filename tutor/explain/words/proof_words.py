"""The sentences about proofs: what was compared with what, and how well it agrees.  `tutor.numbers` gives the facts."""

from __future__ import annotations

from functools import singledispatch

from tutor.numbers.arithmetic import real
from tutor.numbers.prove_rewrites import Simplified
from tutor.numbers.proved import LEAST, Agreement, Rewritten
from tutor.numbers.verify import Proof, bound

PLACES = {"values": "at the given values", "points": "at {count} random points", "point": "at {count} random point"}
FORMS_AGREE = "The layer form and the form neuron by neuron agree in all {entries} entries of the gradients, {how} ({place})"
EXACTLY, TO = "exactly", "to {bound}"
WITH_SIZES = ", with {sizes}"
SYMBOLIC = {1: "the gradient asked for equals", 2: "both gradients asked for equal"}
SYMBOLIC_ALL = "all {asked} gradients asked for equal"
SYMBOLIC_SOME = "{symbolic} of the {asked} gradients asked for equal"
BY_SYMPY = "{many} SymPy's derivative of the composed formula"
DIFFERENCES = "finite differences agree {how}{more}"
FOR_ALL = " for all {count} quantities"
ALONG = " along a random direction through all {count} inputs and parameters"
SMALL = ("gradient is", "gradients are")
TOO_SMALL = "{count} {are} too small, or at the edge of the domain, for finite differences"
NOTHING = "Nothing to prove"
SIMPLE = {1: "the simplified form equals", 2: "both simplified forms equal"}
SIMPLE_ALL = "all {count} simplified forms equal"
OF_CHAIN = "{many} the product of the chain rule {place}, in 40 digits{besides}"
SCORES_TOO = "; SymPy's derivative of the composed formula confirms those of the scores"
UNITS = "the single linear unit and the network are exactly equal {place}"
REPLACED = "What is simplified equals what it replaces, entry by entry, {place}"
AT_BOTH, AT_RANDOM = "at the given values and at random points", "at random points"


@singledispatch
def say_proof(checked: object) -> str:
    """What was checked, in words; empty where there was nothing to check.

    >>> from fractions import Fraction
    >>> say_proof(Agreement(12, Fraction(0), True))
    'The layer form and the form neuron by neuron agree in all 12 entries of the gradients, exactly (at the given values)'
    """
    raise TypeError(f"there are no words for {type(checked).__name__}")


@say_proof.register
def _(checked: Proof) -> str:
    place = PLACES["values"] if checked.at_values else PLACES["points"].format(count=checked.points)
    parts = []
    if checked.symbolic:
        many = SYMBOLIC.get(checked.asked, SYMBOLIC_ALL.format(asked=checked.asked))
        if checked.symbolic < checked.asked:
            many = SYMBOLIC_SOME.format(symbolic=checked.symbolic, asked=checked.asked)
        parts.append(BY_SYMPY.format(many=many))
    if checked.numeric:
        how = EXACTLY if checked.error == 0 else TO.format(bound=bound(checked.error))
        more = FOR_ALL.format(count=checked.numeric) if checked.numeric > max(checked.symbolic, 1) else ""
        if checked.together:
            more = ALONG.format(count=checked.numeric)
        parts.append(DIFFERENCES.format(how=how, more=more))
    if checked.small:
        parts.append(TOO_SMALL.format(count=checked.small, are=SMALL[checked.small > 1]))
    text = f"{'; '.join(parts)} ({place})" if parts else ""
    if checked.unproved:
        text = f"{text}. {checked.unproved}" if text else checked.unproved
    return _capital(text) or NOTHING


@say_proof.register
def _(checked: Agreement) -> str:
    place = PLACES["values"] if checked.at_values else PLACES["points" if checked.points > 1 else "point"].format(count=checked.points)
    if checked.sizes:
        place += WITH_SIZES.format(sizes=", ".join(f"{letter} = {size}" for letter, size in checked.sizes.items()))
    how = EXACTLY if checked.error == 0 else TO.format(bound=bound(max(real(checked.error), LEAST)))
    return FORMS_AGREE.format(entries=checked.entries, how=how, place=place)


@say_proof.register
def _(checked: Simplified) -> str:
    places = [PLACES["points"].format(count=checked.points)] * bool(checked.points) + [PLACES["values"]] * checked.at_values
    place = " and ".join(places)
    said = []
    if checked.gradients:
        many = SIMPLE.get(checked.gradients, SIMPLE_ALL.format(count=checked.gradients))
        said.append(OF_CHAIN.format(many=many, place=place, besides=SCORES_TOO if checked.symbolic else ""))
    if checked.units:
        said.append(UNITS.format(place=place))
    return _capital("; ".join(said))


@say_proof.register
def _(checked: Rewritten) -> str:
    return REPLACED.format(place=AT_BOTH if checked.arrays else AT_RANDOM) if checked.rewrites else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
