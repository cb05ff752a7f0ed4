"""Credit: what is awarded for an answer, as a list of operations with reasons, folded at the end in exact fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tutor.exercise.question import Scheme
from tutor.marking.marked import Credit, Outcome, Slip, Verdict
from tutor.marking.misconceptions import CREDITS

NOTHING, WHOLE = Fraction(0), Fraction(1)
_FULL = Credit("award", WHOLE, "right")


def fold(credits: Iterable[Credit]) -> Fraction:
    """The share of the marks that a list of operations comes to, between 0 and 1.

    ``award`` adds a share, ``scale`` multiplies what there is, ``cap`` limits it, ``stop`` ends the list.

    >>> half = Fraction(1, 2)
    >>> fold([Credit("award", Fraction(1), "right"), Credit("scale", half, "not as a fraction")])
    Fraction(1, 2)
    """
    share = NOTHING
    for credit in credits:
        if credit.operation == "award":
            share = share + credit.amount if share else credit.amount
        elif credit.operation == "scale":
            share *= credit.amount
        elif credit.operation == "cap":
            share = min(share, credit.amount)
        else:
            break
    return NOTHING if share < 0 else WHOLE if share > 1 else share


_SCALED: dict[Outcome, tuple[str, str]] = {
    "other-form": ("other_form", "equal, but not in the form asked"),
    "few-digits": ("few_digits", "correctly rounded, but to fewer digits than asked"),
    "broken-line": ("broken_line", "right result after a line that does not hold"),
}
_WAITING = {"undecided": "undecided: a person decides", "unreadable": "unreadable: a person decides"}


def credits_for(verdict: Verdict, outcome: Outcome, slips: Sequence[Sequence[Slip]], scheme: Scheme) -> tuple[Credit, ...]:
    """The operations for one verdict."""
    found: list[Credit] = []
    if verdict == "correct":
        found.append(_FULL)
    elif verdict == "follow-through":
        found.append(Credit("award", scheme.follow, "right from the earlier results"))
    elif verdict == "close":
        found.append(Credit("award", scheme.close, "a near miss"))
    elif verdict == "misconception":
        found.append(Credit("award", slip_share(slips, scheme), "all but one slip" if _has_single(slips) else "all but two slips"))
    elif verdict in _WAITING:
        found.append(Credit("award", NOTHING, _WAITING[verdict]))
    else:
        reasons = {"typed-back": "the question typed back", "circular": "explained by an answer that is explained by this one"}
        found.append(Credit("award", NOTHING, reasons.get(outcome, "nothing written" if verdict == "blank" else "wrong")))
    scaled = _SCALED.get(outcome)
    if scaled and verdict in ("correct", "follow-through"):
        found.append(Credit("scale", getattr(scheme, scaled[0]), scaled[1]))
    return tuple(found)


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum of some marks, which are mostly whole.

    >>> total([Fraction(1), Fraction(1, 2)])
    Fraction(3, 2)
    """
    whole, rest = 0, NOTHING
    for value in values:
        if value.denominator == 1:
            whole += value.numerator
        else:
            rest += value
    return whole + rest


def slip_share(slips: Sequence[Sequence[Slip]], scheme: Scheme) -> Fraction:
    """What is left of the marks after a slip; of several that explain an answer equally well, the one that leaves least."""
    shares = []
    for one in slips:
        if len(one) > 1:
            shares.append(min(scheme.pair, *(CREDITS[slip.tag] for slip in one)))
        else:
            own = CREDITS[one[0].tag]
            shares.append(own if scheme.misconception is None else scheme.misconception)
    return min(shares, default=NOTHING)


def _has_single(slips: Sequence[Sequence[Slip]]) -> bool:
    return any(len(one) == 1 for one in slips)
