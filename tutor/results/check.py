"""`check` as the library offers it: for exercises, files, courses, or all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.answer.read.array_vocabulary import layer_notation
from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.over_layers import layers_of, read_layer_formula
from tutor.explain.layer_formulas import dress_expr, strip_shapes
from tutor.explain.written_maths import set_maths, write_words
from tutor.expression.keys import read_derivative
from tutor.expression.nodes import Expr
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, shape_of
from tutor.numbers.agreement import is_decimal
from tutor.render.maths import text
from tutor.results.feedback import course_notation
from tutor.solving.check_claims import Verdict, VerdictText, nest_texts, show_value
from tutor.solving.check_claims import check as check_exercise
from tutor.solving.update_symbols import add_optimiser_letters

_WHEN = re.compile(r"\s+(?:after|before)\s+\d+$")
ONES = "𝟏"
"""A vector of ones."""


def check(*targets: str | Exercise) -> list[Verdict]:
    """Recompute the printed figures of exercises (ids, TOML files, courses, `Exercise` objects); of all without an argument.

    Raises a `tutor.errors.TutorError` for a target that does not exist or a claim that cannot be computed.

    >>> [verdict.agreement for verdict in check("qmul/linear-neuron")][:2]
    ['exact', 'exact']
    """
    found: list[Verdict] = []
    for target in expand_targets(targets):
        exercise = load(target) if isinstance(target, str) else target
        verdicts = check_exercise(exercise)
        write = _VerdictWriter(exercise) if verdicts else None
        found += [replace(verdict, written=write(verdict)) for verdict in verdicts if write is not None]
    return found


class _VerdictWriter:
    """Writes the verdicts of one exercise as its pages do."""

    def __init__(self, exercise: Exercise) -> None:
        self.notation = add_optimiser_letters(course_notation(exercise), exercise)
        self.shapes: Mapping[str, Shape] = {}
        self.arrays = self.notation
        self.layered: Layered | None = None
        if exercise.layers is not None or (exercise.network is not None and exercise.graph is not None):
            layered = self.layered = layers_of(exercise, exercise.notation)
            self.shapes, self.arrays = layered.shapes, layer_notation(exercise, layered, exercise.notation)

    def __call__(self, verdict: Verdict) -> VerdictText:
        said = write_words(set_maths(verdict.erratum, self.notation), self.notation) if verdict.erratum else ""
        return replace(self.write_verdict(verdict), erratum=said)

    def write_verdict(self, verdict: Verdict) -> VerdictText:
        """What was printed and what it is."""
        claim, differs = verdict.source, verdict.difference
        if claim is not None and verdict.parts:
            return self.join_parts(claim, verdict)
        printed = verdict.printed.replace("-", "−") if is_decimal(claim.decimal if claim else verdict.printed) else verdict.printed
        if claim is None or claim.subject is None or claim.formula is None:
            if claim is None or claim.formula is None or verdict.derived is None:
                return VerdictText(verdict.claim, printed, verdict.value)
            value = self.write(verdict.derived, claim) if verdict.agreement == "differs" else ""
            step = f"update {self.name(claim.update)}" if claim.update else verdict.claim
            return VerdictText(step, self.write(claim.formula, claim), value)
        subject = self.write_subject(claim)
        if verdict.derived is None:
            shown = printed if is_decimal(claim.decimal) else self.write(claim.formula, claim)
            return VerdictText(subject, shown, text(show_value(claim, verdict.value), self.notation))
        point = ", ".join(f"{self.name(name)} = {value.replace('-', '−')}" for name, value in differs.point) if differs else ""
        both = (differs.yours.replace("-", "−"), differs.expected.replace("-", "−")) if differs else ("", "")
        value = self.write(verdict.derived, claim) if verdict.agreement == "differs" else ""
        sums = tuple(self.write_sum(group, claim) for group in verdict.sums)
        return VerdictText(subject, self.write(claim.formula, claim), value, point, both, verdict.at_given, sums)

    def join_parts(self, claim: Claim, verdict: Verdict) -> VerdictText:
        """The entries of an array as one, or the sides of an equation."""
        texts = [self.write_verdict(part) for part in verdict.parts]
        worst = next(one for one, part in zip(texts, verdict.parts, strict=True) if part.agreement == verdict.agreement)
        if not claim.shape:
            value = next((one.value for one in reversed(texts) if one.value), "")
            return replace(worst, printed=" = ".join(one.printed for one in texts), value=value)
        subject = self.write_subject(claim)
        printed = nest_texts([one.printed for one in texts], claim.shape)
        value = nest_texts([one.value or one.printed for one in texts], claim.shape) if any(one.value for one in texts) else ""
        return VerdictText(subject, printed, value, sums=worst.sums)

    def write_subject(self, claim: Claim) -> str:
        """What a claim is about, and when."""
        assert claim.subject is not None
        over = f"{claim.over} " if claim.over else ""
        when = _WHEN.search(claim.text)
        return over + self.write(claim.subject, claim) + (when.group() if when else "")

    def write_sum(self, group: Sequence[str], claim: Claim) -> str:
        """What adds up to 1: single quantities, or over arrays the sum of one."""
        if claim.layers and self.layered is not None:
            total = read_layer_formula(group[0], self.layered)
            return f"{self.write(total, claim)} = {ONES if shape_of(total, self.shapes) else 1}"
        return " + ".join(map(self.name, group)) + " = 1"

    def name(self, name: str) -> str:
        """A quantity or a derivative by its symbol."""
        parts = read_derivative(name)
        return (self.notation.partial(parts.of, parts.wrt) if parts else self.notation.symbol(name)).text

    def write(self, expr: Expr, claim: Claim) -> str:
        """An expression on one line of text."""
        if claim.layers:
            return text(strip_shapes(dress_expr(expr, self.shapes)), self.arrays)
        return text(expr, self.notation)


def expand_targets(targets: tuple[str | Exercise, ...] | list[str]) -> list[str | Exercise]:
    """The targets with a course's name replaced by all of its exercises; all exercises where there is none."""
    known = ids()
    found: list[str | Exercise] = []
    for target in targets or tuple(known):
        course = [name for name in known if isinstance(target, str) and name.startswith(f"{target}/")]
        found += course or [target]
    return found
