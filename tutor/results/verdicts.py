"""Verdicts about what a lecture prints, ready for the page."""

from __future__ import annotations

from tutor.exercise.check_claims import Verdict
from tutor.explain.document import Math, Sentence
from tutor.explain.lecture_section import Said
from tutor.rules.patterns import constant


def said(verdict: Verdict) -> Said:
    """A verdict for the document: formulas as maths, figures as printed."""
    claim = verdict.source
    if claim is None or claim.subject is None or claim.formula is None:
        value: Sentence = (verdict.value,) if verdict.value and claim is not None and not claim.unknown else ()
        return Said((verdict.claim,), (verdict.printed,), value, verdict.agreement, verdict.erratum)
    when = f" after {claim.after} update{'s' if claim.after != 1 else ''}" if claim.after else ""
    figure = constant(claim.formula) is not None
    printed: Sentence = (claim.printed,) if figure else (Math(claim.formula),)
    value = (Math(verdict.derived),) if verdict.derived is not None else (verdict.value,)
    return Said((Math(claim.subject), when), printed, value, verdict.agreement, verdict.erratum)
