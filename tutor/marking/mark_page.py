"""Marking a page: the figures that a lecture prints are judged as a student's answers would be, in the order of the computation.

So a figure that is wrong only because an earlier one is follows from that, and one that is wrong by itself is explained by a known slip,
by the machinery that marks students: `tutor.marking.judge_answer`, `tutor.marking.diagnose`.  What a page may do besides, copying, is in
`tutor.marking.page_factors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Literal

from tutor.answer.compare.figures import write_decimal
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.question import Question, Tolerance
from tutor.expression.keys import derivative_key, make_after_key
from tutor.expression.nodes import Expr, Name, Neg, Partial
from tutor.expression.walk import is_numeric
from tutor.graph.layered import choose_sizes
from tutor.marking.answer_forms import as_given, limit_shown
from tutor.marking.array_questions import array_question
from tutor.marking.diagnose import tags
from tutor.marking.evidence import Explanations, Given
from tutor.marking.judge import Earlier, Judged
from tutor.marking.judge_answer import AnswerJudge
from tutor.marking.judge_arrays import ArrayJudge
from tutor.marking.mark_sheet import Sheet
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Slip
from tutor.marking.misconceptions import NEIGHBOUR
from tutor.marking.page_factors import (
    ANOTHER,
    FACTORS,
    PageFactor,
    explain_changed,
    find_common_factor,
    list_factors,
    list_others,
)
from tutor.marking.page_repairs import FACTOR, explain_printed, find_formula_factor
from tutor.marking.worlds import BentWorld
from tutor.numbers.arrays import np
from tutor.numbers.floats import as_float
from tutor.numbers.run import compute

MOST_UPDATES = 12
"""Figures after more updates than this are not explained: each update is a run of the whole working."""
DIGITS = Tolerance(relative=Fraction(0), digits=1)
"""A figure is right by its digits alone; of one digit, too, it may follow: what is computed from a wrong figure is wrong."""
MOST_COMBINED = 5
"""A formula of more printed quantities is not explained."""
MOST_UNFIXED = 6
"""So many of the figures that another is computed from are taken to have been passed over, one at a time."""
LEAST_DIGITS = 2
"""A figure of fewer digits for a formula of several quantities is not explained."""
NEIGHBOURS = (NEIGHBOUR, "another-unit")
"""Tags of slips that say no more than that it is the value of another quantity; here it is named."""
Kind = Literal["slip", "consequence", "rounded", "repeated", "close", "unexplained"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A claim of a page and whether it is right; of one that is made of parts whether each of these is."""

    claim: Claim
    right: bool
    parts: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is known of a figure that is wrong.

    ``kind``: a known ``slip`` (``slips``: the explanations that fit equally well, each one or two slips), wrong only in ``consequence`` of
    the claims in ``follows`` (their places on the page, from 0), ``rounded``: right but for these, which were rounded; the same wrong
    figure ``repeated``; a near miss (``close``); or ``unexplained``.  ``factor`` is what the right value was multiplied by, where a slip
    says no more than that.
    """

    kind: Kind
    slips: Explanations = ()
    follows: tuple[int, ...] = ()
    factor: str = ""


def explain_page(exercise: Exercise, printed: Sequence[Printed]) -> tuple[Fault | None, ...]:
    """What is known of each claim that is not right; None for those that are, and for those that are no figure or formula of the working.

    >>> from tutor.exercise.load import from_text
    >>> text = 'title = "t"\\nsteps = ["u = x^2", "L = 3*u"]\\nclaim = [{claim = "u", printed = "5.39"}, {claim = "L", printed = "16.17"}]'
    >>> page = from_text(text + "\\n[values]\\nx = 2.3", "t")
    >>> [fault.kind for fault in explain_page(page, [Printed(claim, False) for claim in page.claims])]
    ['unexplained', 'consequence']
    """
    found: list[Fault | None] = [None] * len(printed)
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for number, one in enumerate(printed):
        groups.setdefault(tuple(sorted((name, str(value)) for name, value in _list_given(one.claim).items())), []).append(number)
    for numbers in groups.values():
        if all(printed[number].right for number in numbers):
            continue
        at = _list_given(printed[numbers[0]].claim)
        page = _PageMarker(replace(exercise, values={**exercise.values, **at}) if at else exercise, {n: printed[n] for n in numbers})
        for number, fault in page.explain().items():
            found[number] = fault
    return tuple(found)


def _list_given(claim: Claim) -> Mapping[str, object]:
    return claim.parts[0].at if claim.parts else claim.at


@dataclass(frozen=True, slots=True)
class _Cell:
    """One figure or formula for one quantity."""

    target: str
    expr: Expr
    right: bool


@dataclass(slots=True)
class _Item:
    """A claim as a question, and its cells."""

    question: Question
    cells: tuple[_Cell, ...] = ()
    formula: bool = False
    text: str = ""


@dataclass(slots=True)
class _PageMarker:
    """The claims of a page at the same given values."""

    exercise: Exercise
    printed: Mapping[int, Printed]
    items: dict[str, _Item] = field(default_factory=dict)
    combined: dict[int, Claim] = field(default_factory=dict)
    """The claims about a formula of several quantities."""

    def explain(self) -> dict[int, Fault]:
        """What is known of the wrong ones, by their places."""
        if self.exercise.graph is None:
            return {}
        for number, one in self.printed.items():
            made = self.make_item(number, one)
            if made is not None:
                self.items[made.question.id] = made
        if all(self.printed[number].right for number in (*map(int, self.items), *self.combined)):
            return {}
        try:
            marker = Marker(replace(self.exercise, questions=tuple(item.question for item in self.items.values()), cases=()))
        except TutorError:
            return {}
        known, found = Earlier(), {}
        with np.errstate(all="ignore"):
            for question in marker.sheet.marking_order:
                item = self.items.get(question.id)
                if item is None:  # with nothing asked, a sheet has questions of its own
                    continue
                judge = AnswerJudge(marker.sheet, marker.diagnosis, question, item.text, known)
                fault = self.judge(judge, item, self.printed[int(question.id)].right)
                known = judge.earlier
                if fault is not None:
                    found[int(question.id)] = fault
            for number, claim in self.combined.items():
                if not self.printed[number].right:
                    found[number] = self.explain_combined(marker.sheet, claim, known)
        return found

    def explain_combined(self, sheet: Sheet, claim: Claim, known: Earlier) -> Fault:
        """What is known of a figure for a formula of several quantities, 1 - h^2: whether it follows from their own figures."""
        given = _give(claim.formula) if claim.formula is not None and is_numeric(claim.formula) else None
        if claim.subject is None or given is None:
            return Fault("unexplained")
        used = [make_after_key(name, claim.after) for name in list_referred(claim.subject)]
        shown = [name for name in used if known.has_number(name)]
        if shown and len(shown) <= MOST_COMBINED and all(name in sheet.numbers.env for name in used):
            ends = [known.limits(name) for name in shown]
            values = []
            for corner in product(*[(low, known.number(name), high) for name, (low, high) in zip(shown, ends, strict=True)]):
                put = dict(zip(shown, map(Fraction, corner), strict=True))
                env = {
                    name: put.get(key, Fraction(float(sheet.numbers.env[key][0])))
                    for name, key in zip(list_referred(claim.subject), used, strict=True)
                }
                with suppress(TutorError):
                    values.append(as_float(compute(claim.subject, env)))
            if values and given.high >= min(values) and given.low <= max(values) and given.digits >= LEAST_DIGITS:
                wrong = known.pick_wrong(shown)
                kind: Kind = "consequence" if wrong else "rounded"
                return Fault(kind, follows=tuple(sorted({int(known.owner(name)) for name in wrong or shown})))
        with suppress(TutorError, KeyError):
            right = compute(claim.subject, {name: sheet.truth[key] for name, key in zip(list_referred(claim.subject), used, strict=True)})
            return Fault("close" if given.is_close(as_float(right)) else "unexplained")
        return Fault("unexplained")

    def make_item(self, number: int, one: Printed) -> _Item | None:
        """A claim as a question; nothing for what no step of the working computes."""
        claim, exercise = one.claim, self.exercise
        leaves = claim.parts if claim.shape else (claim,)
        flags: Sequence[bool] = one.parts if claim.shape else (one.right,)
        if claim.parts and not claim.shape:  # an equation: its first wrong side
            place = next((at for at, right in enumerate(one.parts) if not right), len(claim.parts) - 1)
            leaves, flags = (claim.parts[place],), (one.right,)
        first = leaves[0]
        if (claim.unknown and not claim.layers) or claim.count or claim.update or claim.over or first.after > MOST_UPDATES:
            return None
        if first.layers:
            return self.make_array_item(number, first)
        cells = []
        for leaf, right in zip(leaves, flags, strict=True):
            subject, formula_of = leaf.subject, leaf.formula
            if type(subject) is Neg and formula_of is not None:  # the opposite of a quantity
                subject, formula_of = subject.arg, Neg(formula_of)
            target = _target(subject, leaf.after)
            if formula_of is None:
                return None
            if not target:
                self.combined[number] = leaf
                return None
            cells.append(_Cell(target, formula_of, right))
        formula = not all(is_numeric(cell.expr) for cell in cells)
        if not formula and not exercise.values:
            return None
        if formula and (len(cells) > 1 or first.after > 1):
            return None
        kind = "expression" if formula else ("number", "vector", "matrix", "array", "array")[len(claim.shape)]
        array = _target(claim.subject, first.after) if claim.shape else ""
        question = Question(str(number), claim.text, kind, tuple(cell.target for cell in cells), claim.shape,  # type: ignore[arg-type]
                            tolerance=DIGITS, array=array)  # fmt: skip
        return _Item(question, tuple(cells), formula)

    def make_array_item(self, number: int, claim: Claim) -> _Item | None:
        """A formula over whole arrays."""
        from tutor.exercise.over_layers import layers_of

        key = _target(claim.subject, 0)
        layered = choose_sizes(layers_of(self.exercise, self.exercise.notation))[0]
        name = key.rpartition("/d")[2]
        if not key or name not in layered.entries or key.rpartition("/d")[0] not in ("", f"d{layered.graph.loss}"):
            return None
        question = replace(array_question(self.exercise, layered, key), id=str(number), kind="expression")
        return _Item(question, formula=True, text=claim.printed)

    def judge(self, judge: AnswerJudge, item: _Item, right: bool) -> Fault | None:
        """What is known of one claim; its results are kept for those that follow."""
        if not item.cells:
            return self.judge_array_formula(judge) if not right else None
        if right:
            self.keep(judge, item)
            return None
        if item.formula:
            cell = item.cells[0]
            return self.judge_formula(judge, cell)
        before = judge.earlier
        if item.question.array and (fault := self.explain_array(judge, item)):
            self.keep(judge, item)
            return fault
        faults = []
        for cell in item.cells:
            if cell.right:
                continue
            fault = self.find_repeated(cell, before)
            if fault is None:
                own = AnswerJudge(judge.sheet, judge.judge.diagnosis, item.question, "", before)
                fault = self.read_judged(own, own.judge_one(cell.target, cell.expr, formula=False), cell, before)
            faults.append(fault)
        self.keep(judge, item)
        return _join(faults)

    def judge_formula(self, judge: AnswerJudge, cell: _Cell) -> Fault:
        """What is known of a formula of single quantities that differs."""
        judged = judge.judge_one(cell.target, cell.expr, formula=True)
        if judged.verdict == "follow-through":
            return Fault("consequence", follows=tuple(sorted(map(int, judged.follows))))
        with suppress(TutorError):
            repaired = explain_printed(judge.judge, cell.target, cell.expr, self.sizes)
            named = [way for way in repaired if way[0].tag == FACTOR and way[0].at in judge.sheet.formulas.env]
            slips = tuple(named) or self.drop_elsewhere(judge, cell, judged.slips) or repaired
            if slips:
                known = FACTORS.intersection(tags(slips))
                return Fault("slip", slips, factor=next((f.text for f in list_factors(self.sizes) if f.tag in known), ""))
        return Fault("unexplained")

    def drop_elsewhere(self, judge: AnswerJudge, cell: _Cell, slips: Explanations) -> Explanations:
        """The explanations without those that were made in what the formula refers to by name, where others are left."""
        world = judge.sheet.formulas
        fixed = {name: world.env[name] for name in list_referred(cell.expr) if name in judge.sheet.order and name in world.env}
        between = {step.target for step in BentWorld(world.working, world.env, fixed, world.order).steps_for([cell.target])}
        return tuple(way for way in slips if all(slip.at in between for slip in way)) or slips

    def keep(self, judge: AnswerJudge, item: _Item) -> None:
        """Keep figures and formulas for what follows, the right ones as right."""
        for cell in item.cells:
            if item.formula:
                formula = judge.judge.carry_formula(cell.target, cell.expr)
                if formula is not None:
                    judge.keep(cell.target, right=cell.right, formula=formula)
                continue
            try:
                value = compute(cell.expr, {})
            except TutorError:
                continue
            number = judge.judge.carry_number(cell.target, value)
            if number is not None:
                plain = write_decimal(cell.expr)
                limits = limit_shown(as_given(value, plain), plain, judge.sheet.truth.get(cell.target))
                judge.keep(cell.target, right=cell.right, number=number, limits=limits)

    def read_judged(self, judge: AnswerJudge, judged: Judged, cell: _Cell, before: Earlier) -> Fault:
        """A judged answer as what is known of a figure."""
        if judged.verdict == "follow-through":
            follows = tuple(sorted(map(int, judged.follows)))
            if judged.outcome == "rounded-early":
                shown = tuple(number for number in follows if self.is_rounded(number, before))
                return Fault("rounded", follows=shown or follows)
            return Fault("consequence", follows=follows)
        slips = judged.slips if judged.verdict == "misconception" else ()
        if not slips or all(len(way) > 1 or way[0].tag in NEIGHBOURS for way in slips):  # copying is likelier than two slips
            slips = self.explain_copied(judge, cell, before) or self.name_neighbours(judge, cell, slips)
        slips = slips or self.explain_unfixed(judge, cell, before)
        if slips:
            return Fault("slip", slips, factor=self.find_factor(judge, cell, slips))
        return Fault("close" if judged.verdict == "close" else "unexplained")

    def is_rounded(self, number: int, before: Earlier) -> bool:
        """Whether a claim has a figure that stands for more than its own number."""
        return any(int(one.question) == number and one.limits[0] < one.limits[1] for one in before.results.values())

    def explain_unfixed(self, judge: AnswerJudge, cell: _Cell, before: Earlier) -> Explanations:
        """The slip in a step whose figure is printed, and was not used: ∂L/∂h for the printed ∂L/∂z, whose slope is forgotten."""
        given, sources = judge.judge.given, judge.judge.sources(cell.target, before.has_number)
        if given is None or not given.sure:
            return ()
        shown = judge.sheet.numbers.fix_values({name: np.array([before.number(name)]) for name in sources}, [cell.target])
        for source in sources[-MOST_UNFIXED:]:
            known = {name for name in before.results if name != source and before.has_number(name)}
            others = judge.judge.sources(cell.target, known.__contains__)
            fixed = {name: np.array([before.number(name)]) for name in others}
            world = judge.sheet.numbers.fix_values(fixed, [cell.target])
            between = {step.target for step in world.steps_for([cell.target])} - {step.target for step in shown.steps_for([cell.target])}
            found = judge.judge.diagnosis.explain(cell.target, given, world, formula=False)
            if found and all(len(way) == 1 and way[0].at in between for way in found):
                return found
        return ()

    def find_repeated(self, cell: _Cell, before: Earlier) -> Fault | None:
        """The same wrong figure, printed before."""
        known = before.results.get(cell.target)
        if known is None or known.right or known.number is None:
            return None
        try:
            same = abs(as_float(compute(cell.expr, {})) - known.number) <= 1e-9 * abs(known.number)
        except TutorError:
            return None
        return Fault("repeated", follows=(int(known.question),)) if same else None

    def explain_copied(self, judge: AnswerJudge, cell: _Cell, before: Earlier) -> Explanations:
        """What may have become of the right number, or of what follows from earlier figures."""
        given = judge.judge.given
        if given is None:
            return ()
        worlds = [judge.sheet.numbers]
        sources = judge.judge.sources(cell.target, before.has_number)
        if before.pick_wrong(sources):
            fixed = {name: np.array([before.number(name)]) for name in sources}
            worlds.append(judge.sheet.numbers.fix_values(fixed, [cell.target]))
        return explain_changed(judge.sheet, cell.target, given, worlds, self.sizes)

    def name_neighbours(self, judge: AnswerJudge, cell: _Cell, slips: Explanations) -> Explanations:
        """Which other quantity has the value that was printed."""
        given = judge.judge.given
        if given is None or not slips or slips[0][0].tag != NEIGHBOUR:
            return slips
        names = [name for name, value in list_others(judge.sheet, cell.target, judge.sheet.numbers.env) if given.low <= value <= given.high]
        return tuple((Slip(ANOTHER, name),) for name in names[:1]) or slips

    def find_factor(self, judge: AnswerJudge, cell: _Cell, slips: Explanations) -> str:
        """What the right value was multiplied by, of a slip that says only that."""
        known = FACTORS.intersection(tags(slips))
        return next((factor.text for factor in self.fit_factors(judge, cell) if factor.tag in known), "") if known else ""

    def fit_factors(self, judge: AnswerJudge, cell: _Cell) -> list[PageFactor]:
        """The factors that give what is printed."""
        given, right = judge.judge.given, float(judge.sheet.numbers.env[cell.target][0])
        if given is None:
            return []
        return [factor for factor in list_factors(self.sizes) if given.low <= factor.value * right <= given.high]

    # whole arrays

    def explain_array(self, judge: AnswerJudge, item: _Item) -> Fault | None:
        """One slip, or one factor, for all entries of an array."""
        shape, cells = item.question.shape, [cell.expr for cell in item.cells]
        last = shape[-2:] if len(shape) > 1 else (1, *shape)
        rows = [tuple(cells[at : at + last[1]]) for at in range(0, len(cells), last[1])]
        matrices = [tuple(rows[at : at + last[0]]) for at in range(0, len(rows), last[0])]
        if judge.is_transposed(matrices):
            return Fault("slip", ((Slip("weights-transposed", item.question.array),),))
        given = [_give(cell) for cell in cells]
        if any(one is None for one in given) or all(cell.right for cell in item.cells):
            return None
        known = [one for one in given if one is not None]
        right = [float(judge.sheet.numbers.env[cell.target][0]) for cell in item.cells]
        slips = judge.array_slips(shape[:-2], matrices)
        if slips:
            return Fault("slip", slips)
        found = find_common_factor(known, right, self.sizes, item.question.array)
        if found:
            factor = next(f.text for f in list_factors(self.sizes) if f.tag == found[0][0].tag
                          and all(one.low <= f.value * value <= one.high for one, value in zip(known, right, strict=True)))  # fmt: skip
            return Fault("slip", found, factor=factor)
        return None

    def judge_array_formula(self, judge: AnswerJudge) -> Fault:
        """A formula over arrays that differs."""
        array = ArrayJudge(judge)
        try:
            answer = array.mark()
        except TutorError:  # shapes that do not fit
            return Fault("unexplained")
        if answer.verdict == "follow-through":
            return Fault("consequence", follows=tuple(sorted(map(int, answer.follows))))
        slips = answer.slips if answer.verdict == "misconception" else ()
        with suppress(TutorError):
            written = array.read()
            between = judge.sheet.array_slips.list_between(array.key, written.expr)
            inside = tuple(way for way in slips if all(slip.at in between for slip in way))
            factor = None if inside else find_formula_factor(array, written.expr, written.index, self.sizes)
            if factor is not None:
                return Fault("slip", ((Slip(factor.tag, array.key),),), factor=factor.text)
            slips = inside or slips
        return Fault("slip", slips) if slips else Fault("unexplained")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of arrays, or of what is summed: what a result may be multiplied or divided by."""
        return _list_sizes(self.exercise)


def _target(subject: Expr | None, after: int) -> str:
    """The name in the working of what a claim is about; empty for a formula of several quantities."""
    if type(subject) is Name:
        return make_after_key(subject.name, after)
    return make_after_key(derivative_key(subject.of, subject.wrt), after) if type(subject) is Partial else ""


def _give(expr: Expr) -> Given | None:
    try:
        return as_given(compute(expr, {}), write_decimal(expr))
    except TutorError:
        return None


def _join(faults: Sequence[Fault]) -> Fault:
    """What is known of an array, from what is known of its wrong entries: the first that is wrong by itself, else what all follow from."""
    own = [fault for fault in faults if fault.kind not in ("consequence", "rounded", "repeated")]
    if own:  # several that go wrong by themselves are explained by one slip, or not at all
        return own[0] if len({tags(fault.slips) for fault in own}) == 1 else Fault("unexplained")
    chosen = [fault for fault in faults if fault.kind == "consequence"] or faults  # what a wrong figure spoils is wrong, not rounded
    return replace(chosen[0], follows=tuple(sorted({number for fault in chosen for number in fault.follows})))


def _list_sizes(exercise: Exercise) -> tuple[int, ...]:
    shapes = exercise.layers.shapes.values() if exercise.layers is not None else ()
    sizes = [size for shape in shapes for size in shape if isinstance(size, int)]
    sizes += list(exercise.network.sizes) if exercise.network is not None else []
    sizes += [len(exercise.samples)] if exercise.samples is not None else []
    return tuple(sorted({size for size in sizes if size > 1}))
