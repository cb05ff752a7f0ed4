"""The short form of a gradient, where a named rewrite has one: what a page is told instead of a wrong formula, ``a - y`` for the scores."""

from __future__ import annotations

from collections.abc import Callable

from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.named import find_named
from tutor.exercise.layer_claims import find_layer_difference
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.expression.nodes import Expr, Partial
from tutor.expression.walk import find_partials
from tutor.graph.nouns import Derivation


def find_short_form(
    exercise: Exercise, subject: Expr, printed: Expr, derive: Callable[[str], Derivation] | None = None
) -> Expr | None:
    """The short form of a gradient, equal to what is derived; None where it has none, and where derivatives are ``printed``.

    With a way to ``derive`` a loss it is one of single quantities, else one of whole arrays, whose targets may have to add up to 1: here
    they do.
    """
    if type(subject) is not Partial or find_partials(printed):
        return None
    if derive is not None:
        return next((rewrite.expr for rewrite in find_named(derive(subject.of)) if rewrite.left == subject), None)
    short = next((one.expr for one in find_layer_rewrites(layers_of(exercise, exercise.notation)) if one.left == subject), None)
    return short if short is not None and find_layer_difference(exercise, subject, short) is None else None
