"""Judging one answer as a whole: what is read in it, its line of working, its entries, and what is kept of it for those that follow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.answer.compare.figures import write_decimal
from tutor.answer.compare.formulas import compare
from tutor.answer.handed_in import AnswerError
from tutor.answer.read.answer_refusals import refusal
from tutor.answer.read.array_answers import Rows, read_array
from tutor.answer.read.choices import read_choice
from tutor.answer.read.named_entries import nest_entries, read_named
from tutor.answer.read.number_forms import is_zero_product, put_points, read_plain_number, suggest_reading
from tutor.answer.read.reading import MAX_LENGTH, read
from tutor.answer.read.typed_arrays import array_of
from tutor.answer.read.working_lines import Line as Member
from tutor.answer.read.working_lines import read_lines
from tutor.derive.working import list_referred
from tutor.errors import GraphError, TutorError, tell
from tutor.exercise.model import Exercise
from tutor.exercise.question import LISTS, Question, Scheme
from tutor.expression.nodes import Expr
from tutor.expression.plain import write_plain
from tutor.expression.signs import narrow_signs
from tutor.marking.answer_forms import as_given, limit_shown
from tutor.marking.credit import NOTHING, WHOLE, credits_for, fold
from tutor.marking.diagnose import Diagnosis
from tutor.marking.edges import as_meant
from tutor.marking.judge import NEAR, Earlier, EarlierResult, Judge, Judged
from tutor.marking.judge_arrays import judge_array, may_be_formula
from tutor.marking.judge_entries import count_explained, judge_entries
from tutor.marking.judge_lines import (
    answer_of,
    drop_question,
    find_count_read_as_number,
    find_first_broken,
    find_named_otherwise,
    has_rounded_figures,
)
from tutor.marking.judge_lists import count_entries, drop_accidents, judge_together, write_entries, write_shape
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import PERSON, RIGHT, BrokenLine, Credit, MarkedAnswer, Slip
from tutor.marking.misconceptions import NEIGHBOUR
from tutor.marking.ranges import Range
from tutor.numbers.floats import as_float

MOST_MEANT = 20
"""In a line of more members than this a derivative is what it says, and no edge."""
LEAST_ENTRIES, LEAST_DIGITS = 2, 2
"""An array of so many numbers, of so many digits each, is not just what a slip gives by chance."""
_SEPARATORS = ",;\n&[{"
_DECIMAL_COMMA = re.compile(r"\d,\d")


@dataclass(frozen=True, slots=True)
class _Read:
    """One answer, read: its members, and which of them is the answer."""

    members: tuple[Member, ...]
    place: int

    @property
    def expr(self) -> Expr | AnswerError:
        return self.members[self.place].expr


def write_out(exercise: Exercise, text: str, free: Mapping[str, int]) -> tuple[str, str]:
    """An answer with its sums over time written out, Σ_(t=1..T) δₜ, where the exercise repeats steps; and what in it is at no time.

    ``free`` has the time at which an index is meant that the question leaves free, h_{t+1}.
    """
    repetition = exercise.repetition
    if repetition is None or len(text) > MAX_LENGTH:
        return text, ""
    written = repetition.spell_times(text)
    try:
        return repetition.spell_out(written, free) if "[" in written or free else written, ""
    except GraphError as error:
        before_one = re.search(r"\w+\[-\d+\]", written.replace("−", "-"))
        return written, before_one.group() if before_one is not None and error is not None else ""


class AnswerJudge:
    """One answer while it is judged.  What it finds out is in `earlier` afterwards; what it was given is never changed."""

    def __init__(self, sheet: Sheet, diagnosis: Diagnosis, question: Question, text: str, earlier: Earlier, *, comma: bool = False) -> None:
        self.sheet, self.question, self.given = sheet, question, text
        self.text, self.impossible = (text, "") if question.kind == "choice" else write_out(sheet.exercise, text, dict(question.free))
        self.typed = narrow_signs(put_points(self.text) if comma and question.kind != "choice" else self.text)
        """The text with points in its decimals, as the grammar reads it."""
        self.judge = Judge(sheet, diagnosis)
        self._results = dict(earlier.results)  # its own copy
        self._read = earlier.read
        self.known = Earlier(self._results, earlier.read)

    @property
    def earlier(self) -> Earlier:
        """The results so far, with those of this answer."""
        return Earlier(self._results, self._read)

    def mark(self) -> MarkedAnswer:
        """The answer with its verdict and its marks."""
        question = self.question
        try:
            if question.kind == "choice":
                return self.choice()
            if len(self.given) > MAX_LENGTH:
                what = tell("an answer of {count:,} characters is over the limit of {limit:,}", count=len(self.given), limit=MAX_LENGTH)
                raise AnswerError(what, hint=tell("write only what is asked for"))
            if self.impossible:
                raise AnswerError(tell("{place} is at a time that there is not", place=self.impossible), hint=tell("times count from 0"))
            if question.kind == "expression" and question.array:
                return judge_array(self) if question.shape else self.judge_single_or_array()
            return self.judge_list() if question.kind in LISTS else self.judge_single()
        except AnswerError as error:
            return self.make_answer(Judged("unreadable", message=error.said))

    def keep(
        self, target: str, *, right: bool, number: float | None = None, formula: Expr | None = None, limits: Range | None = None,
        made: tuple[Slip, ...] = (),
    ) -> None:  # fmt: skip
        """Keep a result for what follows."""
        old = self._results.get(target)
        if old is not None:  # asked for once as a number and once as a formula
            limits = old.limits if number is None else limits
            number, formula = old.number if number is None else number, old.formula if formula is None else formula
        limits = limits or (0.0 if number is None else number,) * 2
        self._results[target] = EarlierResult(self.question.id, right, number, formula, limits, made)

    def judge_single_or_array(self) -> MarkedAnswer:
        """A single quantity of a layer form, in single quantities or in whole arrays."""
        before = dict(self._results), self._read
        try:
            single = self.judge_single()
        except AnswerError as error:
            try:
                return judge_array(self)
            except AnswerError:
                raise error from None
        if (single.verdict, single.outcome) == ("correct", ""):
            return single
        after = dict(self._results), self._read
        self.take_back(*before)
        try:
            whole = judge_array(self)
        except AnswerError:
            whole = single
        if whole.marks > single.marks:
            return whole
        self.take_back(*after)
        return single

    def remember(self, expr: Expr) -> None:
        """Remember how the answer was read."""
        self._read = {**self._read, self.question.id: expr}

    def judge_single(self) -> MarkedAnswer:
        """A number, an expression, a fraction or a chain, with its line of working."""
        question, text, note = self.question, self.typed, ""
        target = question.targets[0]
        formula = question.kind in ("expression", "chain")
        if not formula:
            text, note = read_plain_number(text, percent=question.form == "percent")
        members = self._as_meant(drop_question(read_lines(text, self.sheet.vocabulary), target), target)
        if not members:
            raise AnswerError(tell("there is no answer in this"), hint=tell("write a number or a formula"))
        taken = _Read(tuple(members), answer_of(members, formula=formula))
        expr = taken.expr
        if isinstance(expr, AnswerError):
            raise expr
        self._read = {**self._read, question.id: expr}
        judged = self.judge_one(target, expr, formula=formula)
        if not formula and judged.verdict in ("close", "misconception", "wrong") and self.is_rounded_on_the_way(target, taken):
            return self.make_answer(Judged("follow-through", "rounded-early"), read=write_plain(expr))
        if note and not judged.message:
            judged = replace(judged, message=note)
        if judged.verdict in ("close", "wrong", "misconception") and judged.outcome in ("", "typed-back"):
            if not formula and (other := self.find_second_reading(target)):
                return self.make_answer(Judged("undecided", message=tell("{text} may be meant as {other}", text=text.strip(),
                                                                         other=other)), read=write_plain(expr))  # fmt: skip
            if count := find_count_read_as_number(expr):
                message = tell("{count}: is the value before an update meant?", count=count)
                return self.make_answer(Judged("undecided", message=message), read=write_plain(expr))
            for member in members if judged.outcome == "" else ():
                if isinstance(member.expr, AnswerError):  # what decides may stand in it: a person looks
                    raise member.expr
        named = find_named_otherwise(members, target)
        if named is not None and judged.verdict in (*RIGHT, "close") and self.is_another(target, named):
            message = tell("this says what {named} is, where {ask} is asked", named=write_plain(named), ask=question.ask)
            return self.make_answer(Judged("undecided", message=message), read=write_plain(expr))
        line = self.find_broken(target, taken, judged, formula=formula)
        if line is not None and judged.verdict in RIGHT and not judged.outcome:
            judged = replace(judged, outcome="broken-line")
        return self.make_answer(judged, line=line, read=write_plain(expr))

    def is_another(self, target: str, other: Expr) -> bool:
        """Whether a quantity is another one than what is asked, by its value too."""
        truth = self.sheet.truth.get(target)
        if truth is None or self.question.kind in ("expression", "chain"):
            return compare(other, target, self.sheet.points).outcome != "equal"
        try:
            return abs(as_float(self.judge.value(other)) - as_float(truth)) > NEAR * abs(as_float(truth))
        except TutorError:
            return True

    def find_second_reading(self, target: str) -> str:
        """What a wrong number may be meant as instead, where that is right or what is written is never meant; nothing for most."""
        other = suggest_reading(self.typed)
        truth = self.sheet.truth.get(target)
        if not other or truth is None:
            return ""
        try:
            expr = read(other, self.sheet.vocabulary)
        except AnswerError:
            return ""
        if list_referred(expr):
            return ""
        near = self.judge.compare_with(expr, write_decimal(expr), truth, self.question.tolerance) in ("right", "near")
        return other if near or is_zero_product(self.typed) else ""

    def _as_meant(self, members: list[Member], target: str) -> list[Member]:
        """The members with ∂c/∂a as the derivative along one edge where that is what is meant."""
        if not self.sheet.edges or len(members) > MOST_MEANT:
            return members
        return [
            member if isinstance(member.expr, AnswerError)
            else replace(member, expr=as_meant(member.expr, target, self.sheet.edges, self.sheet.points))
            for member in members
        ]  # fmt: skip

    def is_rounded_on_the_way(self, target: str, taken: _Read) -> bool:
        """Whether a wrong number is what right but rounded figures come to: its own, or those of the line before it."""
        question, own = self.question, taken.expr
        if isinstance(own, AnswerError) or "fraction" in (question.form, question.kind) or target not in self.sheet.truth:
            return False
        env = self.sheet.numbers.env
        goal = float(env[target][0]) if target in env else None
        if goal is None or list_referred(own):
            return False
        if write_decimal(own) is None:
            return has_rounded_figures(own, goal, env)
        before = taken.members[taken.place - 1].expr if taken.place else None
        if before is None or isinstance(before, AnswerError) or list_referred(before) or not has_rounded_figures(before, goal, env):
            return False
        try:
            return self.judge.compare_with(own, write_decimal(own), self.judge.value(before), question.tolerance) in ("right", "near")
        except TutorError:
            return False

    def judge_one(self, target: str, expr: Expr, *, formula: bool) -> Judged:
        """Judge one value or formula and keep it for what follows."""
        if formula:
            judged = self.judge.formula(self.question, target, expr, self.known)
            carried = self.judge.carry_formula(target, expr)
            if carried is not None and judged.verdict not in PERSON and judged.outcome != "typed-back":
                number = None
                if self.sheet.truth:
                    try:
                        number = self.judge.carry_number(target, self.judge.value(expr))
                    except TutorError:
                        number = None
                self.keep(target, right=judged.verdict == "correct", formula=carried, number=number, made=_list_made(judged))
            return judged
        judged = self.judge.number(self.question, target, expr, self.known)
        if judged.verdict not in PERSON and judged.outcome != "typed-back":
            try:
                value = self.judge.value(expr)
            except TutorError:
                return judged
            number = self.judge.carry_number(target, value)
            if number is not None:
                limits = limit_shown(self.judge.given, write_decimal(expr), self.sheet.truth.get(target))
                self.keep(target, right=judged.verdict == "correct", number=number, limits=limits, made=_list_made(judged))
        return judged

    def find_broken(self, target: str, taken: _Read, judged: Judged, *, formula: bool) -> BrokenLine | None:
        """The first line of working that does not hold, if there is more than one."""
        if len(taken.members) < 2 or judged.verdict in PERSON or judged.outcome == "typed-back":
            return None
        goal = judged.goal
        if goal is None and target in self.sheet.truth:
            goal = as_float(self.sheet.truth[target])  # a count is no quantity of the working
        env = self.sheet.numbers.env if self.sheet.truth and target not in self.sheet.whole else {}
        if formula and judged.verdict == "follow-through":
            return None
        own = taken.expr
        points = self.sheet.points if formula and not isinstance(own, AnswerError) else None
        return find_first_broken(taken.members, target, goal, env, points)

    def judge_list(self) -> MarkedAnswer:
        """A list of entries; or a formula over whole arrays, where one stands in its place."""
        several = len(self.question.targets) > 1
        if several and may_be_formula(self) and not any(mark in self.text for mark in _SEPARATORS):
            return judge_array(self)  # nothing in it separates entries
        before = dict(self._results), self._read
        listed: MarkedAnswer | None = None
        error: AnswerError | None = None
        try:
            listed = self.entries()
        except AnswerError as raised:
            error = raised
        if (listed is None or listed.verdict not in RIGHT) and may_be_formula(self):
            after = dict(self._results), self._read
            self.take_back(*before)
            try:
                whole = judge_array(self)
            except AnswerError as raised:
                whole = None
                if error is not None and not any(mark in self.text for mark in _SEPARATORS):
                    error = raised  # there "no quantity W" would be said of a whole array
            if whole is not None and (listed is None or whole.verdict in RIGHT):
                return whole
            self.take_back(*after)
        if listed is None:
            assert error is not None
            raise error
        return listed

    def take_back(self, results: dict[str, EarlierResult], read: Mapping[str, Expr]) -> None:
        """Take back what was kept since."""
        self._results, self._read = results, read
        self.known = Earlier(self._results, self._read)

    def entries(self) -> MarkedAnswer:
        """A vector, a matrix, an array or a column: every entry is judged by itself."""
        question, text = self.question, self.typed
        if named := read_named(text, self.sheet.vocabulary, question.targets):
            if len(named) < len(question.targets):
                return self.judge_named(named)
            text = nest_entries([named[target] for target in question.targets], question.shape)
        front, matrices = read_array(array_of(text, self.sheet.vocabulary, question.shape[:-2]), self.sheet.vocabulary, len(question.shape))
        cells = [cell for rows in matrices for row in rows for cell in row]
        if len(cells) != len(question.targets):
            for cell in cells:
                if isinstance(cell, AnswerError):
                    raise cell
            commas = list(_DECIMAL_COMMA.finditer(text))
            if commas and len(cells) - len(commas) == len(question.targets):
                comma = commas[0]
                hint = tell("a decimal is written with a point: 0.5")
                raise refusal(text, tell("a comma between two digits separates entries"), comma.start() + 1, hint)
            message = count_entries(len(cells), len(question.targets))
            slips = self.array_slips(front, matrices)
            return self.make_answer(Judged("misconception" if slips else "wrong", slips=slips, message=message))
        if self.is_transposed(matrices):
            slips = ((Slip("weights-transposed", question.targets[0]),),)
            return self.make_answer(Judged("misconception", slips=slips, message=tell("rows and columns are exchanged")))
        if shape := self.name_other_shape(front, matrices):
            kind = tell("a matrix") if len(question.shape) == 2 else tell("an array")
            return self.make_answer(Judged("wrong", message=tell("{kind} of shape {shape} where {wanted} is asked", kind=kind,
                                                                 shape=shape, wanted=write_shape(question.shape))))  # fmt: skip
        formula = not self.sheet.truth or question.kind == "expression"
        slips = () if formula or self.are_right(cells) else self.array_slips(front, matrices)
        most = len(cells) if formula else 0 if slips else count_explained(len(self.sheet.order))
        each = judge_entries(self.judge, lambda target, cell: self.judge_one(target, cell, formula=formula), question.targets, cells, most)
        each = self.drop_accidents(each, cells)
        judged = judge_together(question, each)
        scheme = self.sheet.exercise.scheme
        shares = [fold(credits_for(one.verdict, one.outcome, one.slips, scheme)) for one in each]
        if slips and judged.verdict in ("wrong", "misconception", "close"):
            judged = replace(judged, verdict="misconception", slips=slips)  # one slip for the whole array
            shares = [max(share, fold(credits_for("misconception", "", slips, scheme))) for share in shares]
        share = sum(shares, Fraction(0)) / len(each)
        return self.make_answer(judged, read=write_entries(front, matrices), share=share)

    def drop_accidents(self, each: Sequence[Judged], cells: Sequence[Expr | AnswerError]) -> list[Judged]:
        """The entries without slips that some of them give by accident, which are not held against later answers either."""
        long = [bool(judged.slips) and self.is_long(cell) for judged, cell in zip(each, cells, strict=True)]
        found = drop_accidents(each, long)
        for target, before, judged in zip(self.question.targets, each, found, strict=True):
            if before.slips != judged.slips and target in self._results:
                self._results[target] = replace(self._results[target], made=_list_made(judged))
        return found

    def is_long(self, cell: Expr | AnswerError) -> bool:
        """Whether an entry is a formula, or has so many digits that a slip hardly gives it by accident."""
        if isinstance(cell, AnswerError) or not self.sheet.truth or list_referred(cell):
            return True
        try:
            given = as_given(self.judge.value(cell), write_decimal(cell))
        except TutorError:
            return False
        return given is not None and given.sure

    def judge_named(self, named: Mapping[str, str]) -> MarkedAnswer:
        """Some of the entries, by their names: one that is left out earns nothing."""
        question = self.question
        formula = not self.sheet.truth or question.kind == "expression"
        each: list[Judged] = []
        for target in question.targets:
            try:
                each.append(
                    self.judge_one(target, read(named[target], self.sheet.vocabulary), formula=formula)
                    if target in named else Judged("wrong")
                )  # fmt: skip
            except AnswerError as error:
                each.append(Judged("unreadable", message=error.said))
        scheme = self.sheet.exercise.scheme
        share = sum((fold(credits_for(one.verdict, one.outcome, one.slips, scheme)) for one in each), Fraction(0)) / len(each)
        judged = judge_together(question, each)
        if judged.verdict not in PERSON:
            judged = replace(judged, message=count_entries(len(named), len(each)))
        return self.make_answer(judged, read="; ".join(f"{name} = {value}" for name, value in named.items()), share=share)

    def array_slips(self, front: Sequence[int], matrices: Sequence[Rows]) -> tuple[tuple[Slip, ...], ...]:
        """The slips that give just this array of numbers."""
        question, rows = self.question, [row for matrix in matrices for row in matrix]
        if not question.array or not self.sheet.truth or len(question.targets) < LEAST_ENTRIES or len({len(row) for row in rows}) > 1:
            return ()
        if len({len(matrix) for matrix in matrices}) > 1:  # matrices of different sizes are no array
            return ()
        flat = len(rows) == 1 or len(rows[0]) == 1
        last = (max(len(rows), len(rows[0])),) if flat else (len(matrices[0]), len(rows[0]))
        given = []
        for cell in (cell for row in rows for cell in row):
            if isinstance(cell, AnswerError) or list_referred(cell):
                return ()
            try:
                read = as_given(self.judge.value(cell), write_decimal(cell))
            except TutorError:
                return ()
            if read is None:
                return ()
            given.append(read)
        if sum(read.digits for read in given) < LEAST_ENTRIES * LEAST_DIGITS:
            return ()
        low, high = [one.low for one in given], [one.high for one in given]
        return self.sheet.array_slips.explain_numbers(question.array, (*front, *last), low, high)

    def name_other_shape(self, front: Sequence[int], matrices: Sequence[Rows]) -> str:
        """The shape of an array that has another one than is asked; empty where it fits, and for one list of all entries."""
        shape = self.question.shape
        if len(shape) < 2 or (not front and len(matrices[0]) == 1):
            return ""
        asked = shape[-2]
        fits = tuple(front) == shape[:-2] and all(len(rows) in (1, asked) or 1 in shape[-2:] for rows in matrices)
        return "" if fits else write_shape((*front, len(matrices[0]), len(matrices[0][0])))

    def is_transposed(self, matrices: Sequence[Rows]) -> bool:
        """Whether a matrix (or each of an array) is right, and only right, with its rows and columns exchanged."""
        shape = self.question.shape
        if len(shape) < 2 or 1 in shape[-2:] or not self.sheet.truth:
            return False
        if any(len(rows) != shape[-1] or any(len(row) != shape[-2] for row in rows) for rows in matrices):
            return False
        turned = [cell for rows in matrices for column in zip(*rows, strict=True) for cell in column]
        own = [cell for rows in matrices for row in rows for cell in row]
        return self.are_right(turned) and not (shape[-2] == shape[-1] and self.are_right(own))

    def are_right(self, cells: Sequence[Expr | AnswerError]) -> bool:
        """Whether all entries are the true ones."""
        for target, cell in zip(self.question.targets, cells, strict=True):
            truth = self.sheet.truth.get(target)
            if isinstance(cell, AnswerError) or truth is None or list_referred(cell):
                return False
            if self.judge.compare_with(cell, write_decimal(cell), truth, self.question.tolerance) not in ("right", "near"):
                return False
        return True

    def choice(self) -> MarkedAnswer:
        """A choice among options."""
        letters = read_choice(self.text, self.question.options, self.question.translated)
        right = set(letters) == set(self.question.right)
        return self.make_answer(Judged("correct" if right else "wrong"), read=", ".join(letters))

    def make_answer(self, judged: Judged, *, line: BrokenLine | None = None, read: str = "", share: Fraction | None = None) -> MarkedAnswer:
        """The answer with its marks."""
        return award(self.question, self.given, judged, self.sheet.exercise.scheme, line=line, read=read, share=share)


def award(
    question: Question, text: str, judged: Judged, scheme: Scheme, *, line: BrokenLine | None = None, read: str = "",
    share: Fraction | None = None,
) -> MarkedAnswer:  # fmt: skip
    """An answer with its marks; ``share`` is what the entries of a list come to."""
    credits = (
        credits_for(judged.verdict, judged.outcome, judged.slips, scheme) if share is None
        else (Credit("award", share, "the mean over the entries"),)
    )  # fmt: skip
    return MarkedAnswer(
        question.id, text, judged.verdict, _times(fold(credits), question.marks), question.marks, credits, read, judged.slips,
        judged.follows, judged.outcome, line, judged.refutation, judged.message,
    )  # fmt: skip


def _times(share: Fraction, marks: Fraction) -> Fraction:
    """A share of the marks: mostly all or nothing."""
    return marks if share is WHOLE else share if share is NOTHING else share * marks


def _list_made(judged: Judged) -> tuple[Slip, ...]:
    """The slips of which any may have been made alone."""
    return tuple(dict.fromkeys(slips[0] for slips in judged.slips if len(slips) == 1 and slips[0].tag != NEIGHBOUR))
