"""Judging a formula over whole arrays: what is read in it, its shape, what it comes to, what follows from it, and its slips.

`judge_array` is for questions of kind ``expression`` about an array, and for a formula where its entries are asked.  An answer that is
written entry by entry is judged as one (`tutor.marking.judge_answer`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

from tutor.answer.compare.array_formulas import ArrayComparison, compare_arrays
from tutor.answer.compare.array_points import Field
from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_answers import read_array
from tutor.answer.read.effort import MAX_WORK, Effort
from tutor.answer.read.named_entries import read_named
from tutor.answer.read.pasted import drop_setting
from tutor.answer.read.typed_arrays import array_of
from tutor.answer.read.working_lines import Line, read_lines
from tutor.derive.working import list_referred
from tutor.errors import GraphError, TutorError, tell
from tutor.expression.keys import derivative_key, is_derivative, read_derivative
from tutor.expression.lexicon import Vocabulary
from tutor.expression.nodes import Call, Expr, Name, children
from tutor.expression.plain import write_plain
from tutor.expression.sizes import put_in_shape
from tutor.expression.walk import as_name
from tutor.expression.walk import size as count_nodes
from tutor.graph.array_products import read_as_program
from tutor.graph.index_forms import ArrayFormula, array_formulas, dot_vectors, spread_vectors
from tutor.graph.letter_ranges import has_computed
from tutor.graph.shapes import Shape, shape_text, size_expr
from tutor.late_patterns import compile_late
from tutor.marking.judge import Judged
from tutor.marking.judge_lines import answer_of, is_question
from tutor.marking.marked import BrokenLine, MarkedAnswer, Outcome, Refutation, Slip
from tutor.rules.operations import SLIDING

if TYPE_CHECKING:
    from tutor.marking.judge_answer import AnswerJudge

LAYOUT = "other-layout"
_SIGNS = frozenset("*·×⋅∗")
_STARS = frozenset("*∗")
_DOTS = compile_late(r"[·⋅•]|\\(?:cdot|bullet)(?![A-Za-z])|\\langle(?![A-Za-z])")
_SIGN_COMMANDS = ("\\cdot", "\\times", "\\ast")
_MISFIT, _DISAGREE = "shapes do not fit", "readers disagree"
"""Correlation and convolution, whose sign many courses have for a product, too."""
MOST_DOTTED = 60
"""In a formula of more names and signs a · is no scalar product."""
MOST_STARRED = 300
"""And a typed * has one reading."""
READ_ONE = 9
"""A name or a sign is brought into shape in the time of so many operations with sixty digits."""


@dataclass(frozen=True, slots=True)
class _ReadFormula:
    """An answer as it was read: its members without the quantity itself in front, which of them is the answer, the letters at its left."""

    members: tuple[Line, ...]
    place: int
    index: tuple[str, ...]

    @property
    def expr(self) -> Expr:
        expr = self.members[self.place].expr
        if isinstance(expr, AnswerError):
            raise expr
        return expr


def drop_shapes(text: str, letters: Sequence[str]) -> str:
    """The text without lines of shapes, (m×n) (n×1) + (m×1), which the product prints below a row; it is as long as it was.

    >>> drop_shapes("z = W x\\n    (2×3) (3×1)", ())
    'z = W x\\n               '
    """
    if "×" not in text or "\n" not in text:
        return text
    size = "|".join(["[0-9]{1,5}", *map(re.escape, letters)])
    shape = re.compile(rf"\((?:{size})×(?:{size})(?:×(?:{size}))*\)")
    lines = text.split("\n")
    return "\n".join(
        " " * len(line) if number and shape.search(line) and not _RELATED.search(_SETTINGS.sub("", line)) else line
        for number, line in enumerate(lines)
    )


_RELATED = compile_late(r"[=≈←&\\]")
_SETTINGS = compile_late(r"\[[^\[\]]{1,40}\]")


def may_be_formula(own: AnswerJudge) -> bool:
    """Whether an answer is no list but something with names in it, of an array that has a formula: none after updates has."""
    key, layers = own.question.array, own.sheet.layers
    derivative = read_derivative(key)
    known = layers is not None and (derivative.wrt if derivative is not None else key) in layers.shapes
    start = own.text.lstrip()
    return known and not start.startswith(("[", "\\begin")) and any(letter.isalpha() for letter in start)


def judge_array(own: AnswerJudge) -> MarkedAnswer:
    """Mark an answer to a question about a whole array.  Raises `AnswerError` for what cannot be read."""
    return ArrayJudge(own).mark()


def is_array_right(own: AnswerJudge) -> bool:
    """Whether an answer is right for a question about a whole array, a list of numbers or a formula; no slip is looked for."""
    question, known = own.question, own.sheet.vocabulary
    try:
        if may_be_formula(own):
            judge = ArrayJudge(own)
            written = judge.read()
            return any(judge.compare(formula).outcome == "equal" for formula in judge.readings(written.expr, written.index))
        _, matrices = read_array(array_of(own.typed, known, question.shape[:-2]), known, len(question.shape))
    except TutorError:
        return False
    cells = [cell for rows in matrices for row in rows for cell in row]
    return len(cells) == len(question.targets) and own.are_right(cells)


class ArrayJudge:
    """One formula over arrays while it is judged."""

    def __init__(self, own: AnswerJudge) -> None:
        self.own, self.sheet, self.question = own, own.sheet, own.question
        assert self.sheet.layers is not None
        self.layers = self.sheet.layers
        self.shapes = self.layers.shapes
        self.key = self.question.array
        derivative = read_derivative(self.key)
        self.wanted: Shape = self.shapes[derivative.wrt if derivative is not None else self.key]
        self.text = drop_shapes(self.own.text, self.layers.symbolic)
        self.effort = Effort(3 * MAX_WORK / 2)

    def mark(self) -> MarkedAnswer:
        """The answer with its verdict and its marks."""
        if self.question.shape and read_named(self.own.typed, self.sheet.vocabulary, self.question.targets):
            return self.own.entries()
        try:
            written = self.read()
            expr = written.expr
        except AnswerError as error:
            return self.entry_by_entry(error)
        if self.key in list_referred(expr) and not self.read_left(expr):
            return self.own.make_answer(Judged("wrong", "typed-back"), read=write_plain(expr, as_written=True))
        try:
            readings = self.readings(expr, written.index)
        except GraphError as error:
            unclear = error.what.startswith((_DISAGREE, _MISFIT))
            readings = (self.read_starred(expr) if unclear else []) or self.read_dotted(written)
            if not readings and not error.what.startswith(_MISFIT):
                raise AnswerError(error.what, hint=error.hint) from None
            if not readings:
                return self.own.make_answer(self.judge_misfit(expr, written.index, error), read=write_plain(expr, as_written=True))
        judged, formula = self.judge(readings, written)
        self.keep(judged, formula)
        line = self.find_broken(written, judged)
        if line is not None and judged.verdict == "correct" and not judged.outcome:
            judged = replace(judged, outcome="broken-line")
        return self.own.make_answer(judged, line=line, read=write_plain(expr, as_written=True))

    # reading

    def read(self, known: Vocabulary | None = None) -> _ReadFormula:
        """The members of the answer, and which of them counts.  Raises `AnswerError`."""
        members = list(read_lines(self.text, known or self.sheet.array_vocabulary))
        index: tuple[str, ...] = ()
        if len(members) > 1 and self.is_entry(members[0].expr) and has_computed(members[0].expr):
            raise AnswerError(tell("the index at the left side is computed"), hint=tell("write one letter for each axis there, z_j = …"))
        while len(members) > 1 and (is_question(members[0].expr, self.key) or self.read_left(members[0].expr)):
            index = self.read_left(members[0].expr) or index
            members = members[1:]
        if not members:
            raise AnswerError(tell("there is no answer in this"), hint=tell("write a formula such as W^T δ"))
        written = _ReadFormula(tuple(members), answer_of(members, formula=True), index)
        if known is None:
            self.own.remember(written.expr)
        return written

    def is_entry(self, expr: object) -> TypeGuard[Call]:
        """Whether this is an entry of what is asked."""
        return type(expr) is Call and expr.func == "at" and is_question(expr.args[0], self.key)

    def read_left(self, expr: object) -> tuple[str, ...]:
        """The letters of δ_j, ∂L/∂w_ij where that is an entry of what is asked; empty for anything else."""
        return () if not self.is_entry(expr) else tuple(part.name for part in expr.args[1:] if type(part) is Name)

    def readings(self, expr: Expr, index: Sequence[str]) -> list[ArrayFormula]:
        """What the formula may mean.  Raises `GraphError` where it fits in no way, `ExpressionError` where all efforts are spent."""
        self.effort.spend(READ_ONE * count_nodes(expr))
        text = drop_setting(self.text, self.sheet.array_vocabulary)  # a × below a factor is no sign of a product
        beside = not _SIGNS & set(text) and not any(command in text for command in _SIGN_COMMANDS)
        return array_formulas(
            expr, self.shapes, index=index, wanted=self.wanted, beside=beside or "diag" in text, steps=self.layers.graph.steps
        )

    def read_starred(self, expr: Expr) -> list[ArrayFormula]:
        """The readings where a typed ``*`` is entry by entry, broadcast as in NumPy."""
        if "*" not in self.text or count_nodes(expr) > MOST_STARRED:
            return []
        known = self.sheet.array_vocabulary
        try:
            starred = self.read(replace(known, stars=True, words={}, both=set()))
            return self.readings(read_as_program(starred.expr), starred.index)
        except (AnswerError, GraphError):
            return []

    def read_dotted(self, written: _ReadFormula) -> list[ArrayFormula]:
        """The right reading of a formula that fits in no other way: w · x as the scalar product of two vectors."""
        dotted = self.put_dots(written.expr)
        try:
            readings = self.readings(dotted, written.index) if dotted != written.expr else []
            return [formula for formula in readings if self.compare(formula).outcome == "equal"]
        except TutorError:
            return []

    def put_dots(self, expr: Expr) -> Expr:
        """The formula with vectors side by side as scalar products, where a · stands in it and it is short enough to be meant so."""
        return dot_vectors(expr, self.shapes) if _DOTS.search(self.text) and count_nodes(expr) <= MOST_DOTTED else expr

    def find_unclear_dot(self, written: _ReadFormula) -> str:
        """What is not clear where a · is a scalar product and its number is added to an array, p ⊙ (g - p · g); empty for most formulas."""
        dotted = self.put_dots(written.expr)
        try:
            if dotted != written.expr:
                self.readings(dotted, written.index)
        except GraphError as error:
            return "" if error.what.startswith(_MISFIT) else error.what
        except TutorError:
            pass
        return ""

    def entry_by_entry(self, error: AnswerError) -> MarkedAnswer:
        """An answer that is no formula over arrays: one that is written entry by entry, or none that can be read."""
        if not self.question.shape:
            raise error
        try:
            return self.own.entries()
        except AnswerError as other:
            raise (other if self.own.text.lstrip().startswith(("[", "\\begin")) else error) from None

    # judging

    def judge(self, readings: Sequence[ArrayFormula], written: _ReadFormula) -> tuple[Judged, ArrayFormula]:
        """What is said of the formula, and the reading that this is about."""
        compared = [(self.compare(formula), formula) for formula in readings]
        for found, formula in compared:
            if found.outcome == "equal":
                return Judged("correct", self.form(formula)), formula
        found, formula = next(((c, f) for c, f in compared if c.shapes is None), compared[0])
        if found.outcome == "undecided":
            return Judged("undecided", message=found.found.reason), formula
        if found.shapes is not None:
            for other in self.read_starred(written.expr):
                if self.compare(other).outcome == "equal":
                    return Judged("correct", self.form(other)), other
            if dotted := self.read_dotted(written):
                return Judged("correct", self.form(dotted[0])), dotted[0]
            return self.judge_other_shape(formula, written), formula
        followed = self.judge_followed(formula)
        if followed is not None:
            return followed, formula
        if dotted := self.read_dotted(written):
            return Judged("correct", self.form(dotted[0])), dotted[0]
        if unclear := self.find_unclear_dot(written):
            return Judged("undecided", message=unclear), formula
        slips = self.slips(formula) or self.sheet.array_slips.explain_repaired(self, written.expr, written.index)
        return Judged(
            "misconception" if slips else "wrong", slips=slips, message=self.entry_text(found),
            refutation=Refutation(found.found.point, found.found.yours, found.found.expected),
        ), formula  # fmt: skip

    def compare(self, formula: ArrayFormula, fields: Sequence[Field] = ()) -> ArrayComparison:
        """The formula against what is asked, in the exercise's own fields or in others."""
        return compare_arrays(formula, self.key, fields or self.sheet.fields, self.effort)

    def entry_text(self, found: ArrayComparison) -> str:
        """Which entry shows that an answer is wrong, and with which sizes."""
        if not found.place:
            return ""
        place = ", ".join(map(str, found.place))
        sizes = ", ".join(f"{letter} = {size}" for letter, size in found.sizes)
        if sizes:
            return tell("seen at entry ({place}) with {sizes}", place=place, sizes=sizes)
        return tell("seen at entry ({place})", place=place)

    def form(self, formula: ArrayFormula) -> Outcome:
        """Whether a right formula is written in another form than asked: where its entries are asked, any formula is."""
        if self.question.kind != "expression":
            return "other-form"
        used = list_referred(formula.expr)
        form = self.question.form
        if form in ("inputs", "steps") and any(is_derivative(name) for name in used):
            return "other-form"
        if form == "inputs" and any(step.target in used for step in self.layers.graph.steps):
            return "other-form"
        return ""

    def judge_other_shape(self, formula: ArrayFormula, written: _ReadFormula) -> Judged:
        """An array of another shape: the transpose of what is asked (another layout), or something else."""
        message = tell("yours is {shape}, asked is {wanted}", shape=shape_text(formula.shape), wanted=shape_text(self.wanted))
        if self.wanted and not formula.shape:
            filled = ArrayFormula(Call("fill", (formula.expr, *map(size_expr, self.wanted))), self.wanted)
            if self.compare(filled).outcome == "equal":
                return Judged("undecided", message=tell("{message}; it is right where every entry is meant", message=message))
        if len(self.wanted) == 2 and formula.shape == self.wanted[::-1]:
            turned = ArrayFormula(Call("transpose", (formula.expr,)), self.wanted)
            if self.compare(turned).outcome == "equal":
                return Judged("misconception", slips=((Slip(LAYOUT, self.key),),), message=message)
        slips = self.slips(formula) or self.sheet.array_slips.explain_repaired(self, written.expr, written.index)
        return Judged("misconception" if slips else "wrong", slips=slips, message=message)

    def judge_misfit(self, expr: Expr, index: Sequence[str], error: GraphError) -> Judged:
        """A formula whose parts do not fit together: for a person where it is only written shorter than it is meant, else a slip where one
        change makes it right."""
        if _STARS & set(self.text) and self.is_sliding():
            message = tell("{what}; a product sign may be meant as a correlation (⋆) or a convolution (∗)", what=error.what)
            return Judged("undecided", message=message)
        if self.is_right_spread(expr, index):
            message = tell("{what}; it is right where the vector is added to each column, or each row", what=error.what)
            return Judged("undecided", message=message)
        slips = self.sheet.array_slips.explain_repaired(self, expr, index)
        return Judged("misconception" if slips else "wrong", slips=slips, message=error.what)

    def is_sliding(self) -> bool:
        """Whether what is asked comes out of a correlation or a convolution, or goes back through one."""
        loss = self.layers.graph.loss
        for step in self.layers.graph.steps:
            stack: list[Expr] = [step.expr]
            while stack:
                node = stack.pop()
                stack.extend(children(node))
                if type(node) is Call and node.func in SLIDING:
                    names = [step.target, *(derivative_key(loss, name) for arg in node.args for name in list_referred(arg))]
                    if self.key in names:
                        return True
        return False

    def is_right_spread(self, expr: Expr, index: Sequence[str]) -> bool:
        """Whether a formula is right where a vector that is added to a matrix is added to each of its columns, or rows, as in Python."""
        spread = spread_vectors(expr, self.shapes)
        try:
            return spread != expr and any(self.compare(formula).outcome == "equal" for formula in self.readings(spread, index))
        except TutorError:
            return False

    def slips(self, formula: ArrayFormula) -> tuple[tuple[Slip, ...], ...]:
        """The slips that give just this formula."""
        sizes = self.sheet.fields[0].sizes
        try:
            self.effort.spend(4 * READ_ONE * count_nodes(formula.expr))
            shape = put_in_shape(formula.shape, sizes)
            return self.sheet.array_slips.explain_formula(self.key, formula, shape)
        except TutorError:
            return ()

    def judge_followed(self, formula: ArrayFormula) -> Judged | None:
        """Judge against what follows from the student's own earlier formulas."""
        known = self.own.known
        if not self.question.follow:
            return None
        sources = {name: None for target in self.question.targets for name in self.own.judge.sources(target, known.has_formula)}
        wrong = known.pick_wrong(list(sources))
        if not wrong:
            return None
        field = self.sheet.fields[0]
        try:
            bent = field.bend_points(field.points.bend_steps({name: known.formula(name) for name in wrong}))
            if self.compare(formula, [bent]).outcome != "equal":
                return None
        except TutorError:
            return None
        outcome: Outcome = "" if self.question.kind == "expression" else "other-form"
        return Judged("follow-through", outcome, follows=tuple(dict.fromkeys(known.owner(name) for name in wrong)))

    # what is kept, and lines of working

    def keep(self, judged: Judged, formula: ArrayFormula) -> None:
        """Keep the entries for what follows: the formula of each where it is wrong."""
        if judged.verdict in ("undecided", "unreadable") or formula.shape != self.wanted:
            return
        right = judged.verdict == "correct"
        entries: Sequence[Expr] = tuple(map(as_name, self.question.targets))
        if not right:
            field = self.sheet.fields[0]
            try:
                entries = field.write_entries(field.put_sizes(formula.expr))
            except TutorError:
                return
        for target, entry in zip(self.question.targets, entries, strict=True):
            if right or self.own.judge.carry_formula(target, entry) is not None:
                self.own.keep(target, right=right, formula=entry, number=None if right else self.put_numbers(target, entry))

    def put_numbers(self, target: str, entry: Expr) -> float | None:
        """What a formula comes to where its entries are asked as numbers; nothing where they are not."""
        if self.question.kind == "expression" or not self.sheet.truth:
            return None
        try:
            return self.own.judge.carry_number(target, self.own.judge.value(entry))
        except TutorError:
            return None

    def find_broken(self, written: _ReadFormula, judged: Judged) -> BrokenLine | None:
        """The first member of a line of working that is not what is asked."""
        if judged.verdict != "correct":
            return None
        for number, member in enumerate(written.members, 1):
            if number - 1 == written.place or isinstance(member.expr, AnswerError):
                continue
            try:
                found = [self.compare(formula).outcome for formula in self.readings(member.expr, written.index)]
            except TutorError:
                continue
            if list_referred(member.expr) and found and all(outcome == "different" for outcome in found):
                return BrokenLine(number, member.text, "goal", write_plain(member.expr, as_written=True), self.key)
        return None

