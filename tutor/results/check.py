"""`check` as the library offers it: for exercises, files, courses, or all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.answer.files.figure_list import UnreadLine, describe_fault, read_figure_list
from tutor.answer.read.array_vocabulary import layer_notation
from tutor.exercise.catalogue import ids, list_files
from tutor.exercise.load import load
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.over_layers import layers_of, read_layer_formula
from tutor.explain.layer_formulas import dress_expr, strip_shapes
from tutor.explain.said_causes import write_factor
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import set_maths, write_words
from tutor.expression.keys import read_after, read_derivative, read_edge
from tutor.expression.nodes import Expr
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, shape_of
from tutor.marking.mark_page import Fault, Printed, explain_page
from tutor.numbers.agreement import is_decimal
from tutor.render.maths import text
from tutor.results.feedback import course_notation
from tutor.solving.check_claims import Cause, Verdict, VerdictText, check_each
from tutor.solving.check_claims import check as check_exercise
from tutor.solving.update_symbols import add_optimiser_letters
from tutor.solving.written_values import nest_texts, show_value, show_values

_KEY = re.compile(r"([A-Za-z]\w*|d[A-Za-z]\w*/d[A-Za-z]\w*|\w+\|\w+)(@\d+)?")
_WHEN = re.compile(r"\s+(after|before)\s+(\d+)$")
ONES = "𝟏"
"""A vector of ones."""


def check(*targets: str | Exercise, words: Wording | str | None = None) -> list[Verdict]:
    """Recompute the printed figures of exercises (ids, TOML files, courses, `Exercise` objects); of all without an argument.

    What differs has a ``cause``: the slip that gives it, as in marking students, or the earlier figure that it follows from.
    Formulas have the words of a language, English without one.

    Raises a `tutor.errors.TutorError` for a target that does not exist or a claim that cannot be computed.

    >>> [verdict.agreement for verdict in check("qmul/linear-neuron")][:2]
    ['exact', 'exact']
    """
    found: list[Verdict] = []
    spoken = require_wording(words)
    for target in expand_targets(targets):
        exercise = load(target) if isinstance(target, str) else target
        verdicts = explain_wrong(exercise, check_exercise(exercise))
        write = _VerdictWriter(exercise, spoken) if verdicts else None
        if write is not None:
            write.keep_claims(verdicts)
        found += [replace(verdict, written=write(verdict)) for verdict in verdicts if write is not None]
    return found


def explain_wrong(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same verdicts, what differs with what is known of it: by which slip, or in consequence of what."""
    if all(verdict.agreement != "differs" and verdict.correction is None for verdict in verdicts):
        return list(verdicts)
    printed = [
        Printed(claim, verdict.agreement != "differs", tuple(part.agreement != "differs" for part in verdict.parts))
        for verdict in verdicts if (claim := verdict.source) is not None
    ]  # fmt: skip
    faults = explain_page(exercise, printed)
    verdicts = [_explain_correction(exercise, verdict) for verdict in verdicts]
    roots = [_find_roots(number, faults) for number in range(len(faults))]
    found = []
    for number, (verdict, fault) in enumerate(zip(verdicts, faults, strict=True)):
        if fault is None or verdict.agreement != "differs":
            found.append(verdict)
            continue
        kind = "unexplained formula" if fault.kind == "unexplained" and printed[number].claim.is_formula else str(fault.kind)
        slips = tuple(tuple((slip.tag, slip.at) for slip in way) for way in fault.slips)
        follows = tuple((verdicts[at].claim, verdicts[at].printed) for at in fault.follows)
        spoils = sum(number in own for own in roots) if not fault.follows else 0
        found.append(replace(verdict, cause=Cause(kind, slips, follows, fault.factor, spoils)))
    return found


def _explain_correction(exercise: Exercise, verdict: Verdict) -> Verdict:
    """The same verdict, a wrong correction with what it is: it is no figure of the page, and nothing follows from it."""
    meant = verdict.correction
    if meant is None or meant.source is None or meant.agreement != "differs":
        return verdict
    (explained,) = explain_wrong(exercise, [meant])
    return replace(verdict, correction=explained)


def _find_roots(number: int, faults: Sequence[Fault | None]) -> set[int]:
    """The claims that one follows from in the end; none of one that does not follow."""
    found: set[int] = set()
    fault = faults[number]
    stack, seen = list(fault.follows) if fault is not None else [], {number}
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        before = faults[at]
        if before is not None and not before.follows:
            found.add(at)
        stack += before.follows if before is not None else ()
    return found


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """A page's figures, recomputed: the verdicts, and the lines that could not be read or computed."""

    verdicts: tuple[Verdict, ...]
    unread: tuple[UnreadLine, ...]

    @property
    def ok(self) -> bool:
        """Whether every line was read, and every figure agrees."""
        return not self.unread and all(verdict.ok for verdict in self.verdicts)


def check_figures(target: str | Exercise, text: str, words: Wording | str | None = None) -> FigureCheck:
    """Recompute the figures of a plain list, ``name = figure`` a line each, as printed about an exercise.

    Raises a `tutor.errors.TutorError` for an exercise that does not exist, and for a list without a figure.

    >>> [verdict.agreement for verdict in check_figures("neuron/two-two-two", "dL/dw5 = 0.0821").verdicts]
    ['truncated']
    """
    exercise = load(target) if isinstance(target, str) else target
    lines, unread = read_figure_list(text, exercise)
    page = replace(exercise, claims=tuple(line.claim for line in lines))
    kept: list[Verdict] = []
    refused = list(unread)
    for line, found in zip(lines, check_each(page, misfits=True), strict=True):
        if isinstance(found, Verdict):
            kept.append(found)
        else:
            whole = f"{line.claim.text} = {line.claim.printed}"
            refused.append(UnreadLine(line.number, whole, describe_fault(found, whole)))
    write, explained = _VerdictWriter(exercise, require_wording(words)), explain_wrong(page, kept)
    write.keep_claims(explained)
    verdicts = tuple(replace(verdict, written=write(verdict)) for verdict in explained)
    return FigureCheck(verdicts, tuple(sorted(refused, key=lambda one: one.number)))


class _VerdictWriter:
    """Writes the verdicts of one exercise as its pages do."""

    def __init__(self, exercise: Exercise, words: Wording) -> None:
        self.words = words
        self.notation = words.speak(add_optimiser_letters(course_notation(exercise), exercise))
        self.shapes: Mapping[str, Shape] = {}
        self.claims: Mapping[str, str] = {}
        self.arrays = self.notation
        self.layered: Layered | None = None
        if exercise.layers is not None or (exercise.network is not None and exercise.graph is not None):
            layered = self.layered = layers_of(exercise, exercise.notation)
            self.shapes, self.arrays = layered.shapes, words.speak(layer_notation(exercise, layered, exercise.notation))

    def __call__(self, verdict: Verdict) -> VerdictText:
        said = write_words(set_maths(verdict.erratum, self.notation), self.notation) if verdict.erratum else ""
        cause = self.write_cause(verdict.cause) if verdict.cause is not None else None
        meant = replace(verdict.correction, written=self(verdict.correction)) if verdict.correction is not None else None
        told = self.write_verdict(verdict)
        quoted = verdict.source.quoted if verdict.source is not None else ""
        if quoted:
            as_it_stands = write_words(set_maths(quoted, self.notation), self.notation)
            told = replace(told, printed=self.words.pages.QUOTED.format(quoted=as_it_stands, printed=told.printed))
        return replace(told, erratum=said, cause=cause, correction=meant)

    def write_cause(self, cause: Cause) -> Cause:
        """What is known of a wrong figure, its quantities in symbols."""
        slips = tuple(tuple((tag, self.write_key(at)) for tag, at in way) for way in cause.slips)
        follows = tuple((self.write_claim(claim), printed.replace("-", "−")) for claim, printed in cause.follows)
        return replace(cause, slips=slips, follows=follows, factor=write_factor(cause.factor))

    def write_key(self, key: str) -> str:
        """A quantity of the working by its symbol, after updates, too."""
        if not _KEY.fullmatch(key):
            return key.replace("-", "−")
        after, edge = read_after(key), read_edge(key)
        plain = str(edge) if edge is not None else after.key
        parts = read_derivative(plain)
        names = (parts.of, parts.wrt) if parts is not None else (plain,)
        known = self.arrays if self.layered is not None and names[-1] in self.shapes and self.shapes[names[-1]] else self.notation
        symbol = (known.partial(*names) if parts is not None else known.symbol(plain)).text
        return self.words.audit.WHEN["after"].format(quantity=symbol, count=after.updates) if after.updates else symbol

    def keep_claims(self, verdicts: Sequence[Verdict]) -> None:
        """Keep how the claims that others follow from are written."""
        named = {claim for verdict in verdicts if verdict.cause is not None for claim, _ in verdict.cause.follows}
        self.claims = {verdict.claim: self.write_verdict(verdict).claim for verdict in verdicts if verdict.claim in named}

    def write_claim(self, text: str) -> str:
        """What a claim is about."""
        if text in self.claims:
            return self.claims[text]
        when = _WHEN.search(text)
        what = text[: when.start()] if when else text
        return self.add_time(self.write_key(what.strip()) if _KEY.fullmatch(what.strip()) else what, text)

    def write_verdict(self, verdict: Verdict) -> VerdictText:
        """What was printed and what it is."""
        claim, differs = verdict.source, verdict.difference
        if claim is not None and verdict.parts:
            return self.join_parts(claim, verdict)
        printed = verdict.printed.replace("-", "−") if is_decimal(claim.decimal if claim else verdict.printed) else verdict.printed
        if claim is None or claim.subject is None or claim.formula is None:
            if claim is None or claim.formula is None or verdict.derived is None:
                of, counted = self.words.audit.OF["count"], self.words.pages.COUNTED
                what = of.format(quantity=counted[claim.count]) if claim is not None and claim.count else verdict.claim
                return VerdictText(what, printed, verdict.value)
            value = self.write(verdict.derived, claim) if verdict.agreement == "differs" else ""
            step = self.words.audit.OF["update"].format(quantity=self.name(claim.update)) if claim.update else verdict.claim
            return VerdictText(step, self.write(claim.formula, claim), value)
        subject = self.write_subject(claim)
        if verdict.derived is None:
            shown = printed if is_decimal(claim.decimal) else self.write(claim.formula, claim)
            return VerdictText(subject, shown, text(show_value(claim, verdict.value), self.notation))
        point = ", ".join(f"{self.name(name)} = {value.replace('-', '−')}" for name, value in differs.point) if differs else ""
        both = (differs.yours.replace("-", "−"), differs.expected.replace("-", "−")) if differs else ("", "")
        value = self.write(verdict.derived, claim) if verdict.agreement == "differs" else ""
        sums = tuple(self.write_sum(group, claim) for group in verdict.sums)
        return VerdictText(subject, self.write(claim.formula, claim), value, point, both, verdict.at_given, verdict.only_given, sums)

    def join_parts(self, claim: Claim, verdict: Verdict) -> VerdictText:
        """The entries of an array as one, or the sides of an equation."""
        texts = [self.write_verdict(part) for part in verdict.parts]
        worst = next(one for one, part in zip(texts, verdict.parts, strict=True) if part.agreement == verdict.agreement)
        if not claim.shape:
            value = next((one.value for one in reversed(texts) if one.value), "")
            return replace(worst, printed=" = ".join(one.printed for one in texts), value=value)
        subject = self.write_subject(claim)
        printed = nest_texts([one.printed for one in texts], claim.shape)
        sources = [part.source for part in verdict.parts if part.source is not None and part.derived is None and part.value]
        entries = [one.value or one.printed for one in texts] if any(one.value for one in texts) else []
        if len(sources) == len(texts) and entries:
            entries = [text(shown, self.notation) for shown in show_values(sources, [part.value for part in verdict.parts])]
        value = nest_texts(entries, claim.shape) if entries else ""
        return VerdictText(subject, printed, value, sums=worst.sums)

    def write_subject(self, claim: Claim) -> str:
        """What a claim is about, and when."""
        assert claim.subject is not None
        written = self.write(claim.subject, claim)
        return self.add_time(self.words.audit.OF[claim.over].format(quantity=written) if claim.over else written, claim.text)

    def add_time(self, written: str, text: str) -> str:
        """What a claim is about with the number of updates that its ``text`` has behind it: w after 1."""
        when = _WHEN.search(text)
        return self.words.audit.WHEN[when[1]].format(quantity=written, count=when[2]) if when else written

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
    """The targets with a course's name replaced by all its exercises, a folder by all its files; all exercises where there is none."""
    known = ids()
    found: list[str | Exercise] = []
    for target in targets or tuple(known):
        course = [name for name in known if isinstance(target, str) and name.startswith(f"{target.rstrip('/')}/")]
        found += course or (list_files(target) if isinstance(target, str) else []) or [target]
    return found
