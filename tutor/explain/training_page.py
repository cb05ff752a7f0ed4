"""A run of training as a document: the method's update steps, the first update with numbers, the table, and how the run ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.derive.second import hessian_name
from tutor.derive.update import Update
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Heading,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
)
from tutor.explain.samples_section import sample_table
from tutor.explain.thinned import thinned
from tutor.explain.words import update_rules as wording
from tutor.expression.keys import derivative_key, read_after
from tutor.expression.nodes import Add, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.graph.nouns import Step
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol, guess, read_symbol
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import CONTEXT, Value
from tutor.numbers.data_set import SampleTable
from tutor.numbers.printed import shown
from tutor.numbers.run import LEVELS
from tutor.numbers.train import Row, Run, Task

MAX_EXPLAINED = 6
"""So many parameters have their first update written out."""
MAX_COLUMNS = 6
MAX_HESSIAN = 4
"""A Hessian of up to so many parameters is written out, entry by entry."""
SPACED = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Course:
    """All that the page about a run is written from.

    ``published`` is the run of the published method where this one is "as on the slide".  ``table`` are the samples with their
    gradients at the start; ``written`` the given values as they were written.
    """

    title: str
    ident: str
    source: str
    notation: Notation
    task: Task
    run: Run
    written: Mapping[str, str] = field(default_factory=dict)
    rate_written: str = ""
    table: SampleTable | None = None
    published: tuple[Task, Run] | None = None
    proofs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def document(course: Course) -> Document:
    """The page about a run."""
    with CONTEXT.workdps(LEVELS[-1]):
        return _Writer(course).document()


def symbols(task: Task, notation: Notation) -> Notation:
    """The notation with symbols for what an update computes: m_w, its value after the update, a second derivative."""
    found = dict(notation.symbols)
    alone = len(task.parameters) == 1
    for name in (*task.names.settings.values(), task.names.t):
        found.setdefault(name, _setting(name.removesuffix("_update")))
    for each in task.updates:
        of = notation.symbol(each.parameter)
        for word, target in each.made.items():
            if word == "w":
                continue
            head = read_symbol(guess(word).latex).symbol()
            base, mark = read_after(target).key, read_after(target).updates
            found[base] = _indexed(head, of, alone)
            if mark:
                found[target] = _after(head, of, alone, notation)
        found[task.names.own("d", each.parameter)] = _indexed(Symbol("d", "d"), of, alone)
    loss = notation.symbol(task.derivation.graph.loss)
    for first in task.parameters if task.row.hessian else ():
        for second in task.parameters:
            name = hessian_name(task.derivation.graph.loss, first, second)
            found[name] = _second(loss, notation.symbol(first), notation.symbol(second), first == second)
    found["det H"] = Symbol("\\det H", "det H")
    return replace(notation, symbols=found)


def _setting(name: str) -> Symbol:
    """β₁ for beta1, ε for eps."""
    return read_symbol("\\varepsilon" if name == "eps" else guess(name).latex).symbol()


def _indexed(head: Symbol, of: Symbol, alone: bool) -> Symbol:
    return head if alone else Symbol(f"{head.latex}_{{{of.latex}}}", f"{head.text}_{of.text}")


def _after(head: Symbol, of: Symbol, alone: bool, notation: Notation) -> Symbol:
    """A state after the update, as the course writes an updated parameter."""
    plain = _indexed(head, of, alone)
    if notation.update == "next":
        return Symbol(f"{plain.latex}^{{t+1}}", f"{plain.text}^(t+1)")
    if notation.update == "index":
        index = "1" if alone else f"{of.latex},1"
        return Symbol(f"{head.latex}_{{{index}}}", f"{plain.text}₁")
    if notation.update == "prime":
        return Symbol(f"{plain.latex}'", f"{plain.text}′")
    return plain


def _second(loss: Symbol, first: Symbol, second: Symbol, same: bool) -> Symbol:
    under = f"(\\partial {first.latex})^2" if same else f"\\partial {first.latex}\\,\\partial {second.latex}"
    text = f"∂²{loss.text}/∂{first.text}²" if same else f"∂²{loss.text}/∂{first.text}∂{second.text}"
    return Symbol(f"\\frac{{\\partial^2 {loss.latex}}}{{{under}}}", text)


class _Writer:
    """Writes one document."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.task = course.task
        self.digits = course.notation.digits
        self.loss = course.task.derivation.graph.loss
        self.first = course.run.first
        self.sign = "←" if course.notation.update == "arrow" else "="
        self.blocks: list[Block] = []

    def document(self) -> Document:
        course, row = self.course, self.task.row
        self.given()
        if course.table is not None:
            self.blocks += sample_table(course.table, self.digits)
        self.method()
        if self.first:
            self.blocks.append(Heading("First update"))
            self.newton()
            self.updates()
        self.iterations()
        self.ending()
        self.compared()
        self.closing()
        facts: tuple[Sentence, ...] = ((Math(Name(self.task.names.rate)), " = ", Math(self.rate())),)
        if row.title != course.title:
            facts = ((row.title,), *facts)
        return Document(course.title, course.ident, facts, course.source, tuple(self.blocks))

    # What is given

    def rate(self) -> Expr:
        text = self.course.rate_written
        return Number(text) if is_decimal(text) else shown(self.task.rate, 12)

    def given(self) -> None:
        columns = self.task.samples.columns if self.task.samples is not None else ()
        fixed = [q.name for q in self.task.derivation.graph.leaves if q.name not in (*columns, *self.task.parameters)]
        if fixed:
            self.blocks.append(Paragraph(self.listed(fixed, self.task.values), "Given"))
        self.blocks.append(Paragraph(self.listed(self.task.parameters, self.task.values), "Start"))

    def listed(self, names: Sequence[str], values: Mapping[str, Value]) -> Sentence:
        parts: list[Inline] = []
        for name in names:
            text = self.course.written.get(name, "")
            value = Number(text) if text and is_decimal(text) else shown(values[name], 12)
            parts += [", " if parts else "", Math(Name(name)), SPACED, Math(value)]
        return tuple(part for part in parts if part)

    def method(self) -> None:
        """What is used: the settings, and which samples an update takes."""
        task = self.task
        parts: list[Inline] = [task.row.title]
        if task.settings:
            shown_settings = {task.names.settings[name]: value for name, value in task.settings.items()}
            parts += [" with ", *self.listed(tuple(shown_settings), shown_settings)]
        parts.append(f" (source: {task.row.source}).")
        if task.samples is not None:
            many = wording.samples(task.size)
            text = wording.ALL_SAMPLES if task.size == task.count else wording.BATCHES[task.order]
            parts.append(" " + text.format(size=many, count=task.count, seed=task.seed))
        self.blocks.append(Paragraph(tuple(parts), "Method"))

    # The first update

    def value(self, name: str) -> Expr | None:
        return shown(self.first[name], self.digits) if name in self.first else None

    def filled(self, expr: Expr) -> Expr:
        """The expression with the numbers of the first update put in."""
        if isinstance(expr, Name):
            if expr.name == self.task.names.rate:
                return self.rate()
            return self.value(expr.name) or expr
        if isinstance(expr, Partial):
            return self.value(derivative_key(expr.of, expr.wrt)) or expr
        parts = children(expr)
        return rebuild(expr, tuple(self.filled(part) for part in parts)) if parts else expr

    def equation(self, left: str, expr: Expr | None, key: str, why: str = "", sign: str = "=") -> Equation:
        """``left = formula = numbers = result``."""
        result = self.value(key)
        assert result is not None
        sides: list[Side] = []
        if expr is not None:
            sides.append(Side(expr, sign))
            numbers = self.filled(expr)
            if numbers not in (expr, result):
                sides.append(Side(numbers))
        if sides and sides[-1].expr == result:
            sides[-1] = replace(sides[-1], result=True)
        else:
            sides.append(Side(result, result=True))
        return Equation(Name(left), tuple(sides), None, (why,) if why else ())

    def newton(self) -> None:
        """The Hessian, and the system that is solved with it."""
        task = self.task
        if not task.row.hessian:
            return
        names = task.parameters
        if len(names) <= MAX_HESSIAN:
            rows = []
            for place, first in enumerate(names):
                for second in names[place:]:
                    key = hessian_name(self.loss, first, second)
                    rows.append(self.equation(key, None, key))
            self.blocks += [Paragraph((f"{wording.SECOND}:",)), Equations(tuple(rows))]
        self.blocks.append(Paragraph((wording.SOLVED,)))
        rows = [] if len(names) == 1 else [self.equation("det H", self.determinant(), "det H")]
        for name in names[:MAX_EXPLAINED]:
            key = task.names.own("d", name)
            rows.append(self.equation(key, self.direction(name), key))
        self.blocks.append(Equations(tuple(rows)))

    def entry(self, place: int, other: int) -> Expr:
        low, high = sorted((place, other))
        return Name(hessian_name(self.loss, self.task.parameters[low], self.task.parameters[high]))

    def determinant(self) -> Expr | None:
        if len(self.task.parameters) != 2:
            return None
        return Add((Mul((self.entry(0, 0), self.entry(1, 1))), Neg(Mul((self.entry(0, 1), self.entry(0, 1))))))

    def direction(self, name: str) -> Expr | None:
        """The solution as a formula, where it is short: one parameter, or two (Cramer's rule)."""
        names = self.task.parameters
        own = Partial(self.loss, name)
        if len(names) == 1:
            return Div(own, self.entry(0, 0))
        if len(names) != 2:
            return None
        place = names.index(name)
        other = Partial(self.loss, names[1 - place])
        top = Add((Mul((self.entry(1 - place, 1 - place), own)), Neg(Mul((self.entry(0, 1), other)))))
        return Div(top, Name("det H"))

    def updates(self) -> None:
        """The update steps of each parameter with their numbers."""
        shown_updates = self.task.updates[:MAX_EXPLAINED]
        for number, each in enumerate(shown_updates):
            rows = [self.gradient(each)]
            rows += [self.step(each, step, first=number == 0) for step in each.steps]
            self.blocks.append(Equations(tuple(rows)))
        hidden = len(self.task.updates) - len(shown_updates)
        if hidden:
            self.blocks.append(Paragraph((wording.OTHERS.format(count=hidden),)))

    def gradient(self, each: Update) -> Equation:
        result = self.value(derivative_key(self.loss, each.parameter))
        assert result is not None
        samples, why = self.task.samples, "the gradient at the start"
        if samples is not None:
            batch = next(self.task.batches())
            several = len(batch.samples) > 1
            named = ", ".join(str(place + 1) for place in batch.samples[:8]) + (", …" if len(batch.samples) > 8 else "")
            why = f"{samples.reduce} over the samples {named}" if several else f"the gradient of sample {named}"
            if len(batch.samples) == self.task.count:
                why = f"{samples.reduce} over all samples"
        return Equation(Partial(self.loss, each.parameter), (Side(result, result=True),), None, (why,))

    def step(self, each: Update, step: Step, *, first: bool) -> Equation:
        sign = self.sign if read_after(step.target).updates else "="
        return self.equation(step.target, step.expr, step.target, wording.move(step.rule) if first else "", sign)

    # The run

    def iterations(self) -> None:
        run, task = self.course.run, self.task
        if run.made < 1:
            return
        columns = task.parameters[:MAX_COLUMNS]
        if len(columns) * (1 + len(task.row.states)) <= MAX_COLUMNS:
            columns += task.states
        batched = task.samples is not None and task.size < task.count
        header: list[Sentence] = [("k",), *([("epoch",), ("samples",)] if batched else [])]
        header += [(Math(Name(name)),) for name in (*columns, self.loss)]
        rows = thinned(run.rows) if len(run.rows) == run.made + 1 else list(run.rows)
        body = [self.table_row(row, columns, batched) for row in rows]
        text = wording.ROWS
        if len(body) < run.made + 1:
            text += wording.LEFT_OUT.format(count=run.made + 1 - len(body))
        if task.samples is not None:
            text += f" The loss is the {task.samples.reduce} over all {task.count} samples."
        self.blocks += [Heading("Iterations"), Table(tuple(header), tuple(body), "r" * len(header), (text,))]

    def table_row(self, row: Row, columns: Sequence[str], batched: bool) -> tuple[Sentence, ...]:
        cells: list[Sentence] = [(str(row.step),)]
        if batched:
            places = row.batch.samples if row.batch is not None else ()
            named = ", ".join(str(place + 1) for place in places[:6]) + (", …" if len(places) > 6 else "")
            cells += [(str(row.batch.epoch),) if row.batch is not None else (), (named,) if named else ()]
        cells += [(Math(shown(row.values[name], self.digits)),) for name in columns]
        return (*cells, (Math(shown(row.loss, self.digits)),))

    def ending(self) -> None:
        stopped = self.course.run.stopped
        if stopped:
            words = wording.DIVERGES if stopped.startswith("diverges") else wording.ENDS
            self.blocks.append(Paragraph((words.format(title=self.task.row.title, stopped=stopped),), "Stop"))

    def compared(self) -> None:
        """The slips of a variant "as on the slide", and what the published method gives."""
        for slip in self.task.row.slips:
            self.blocks.append(Paragraph((f"{slip[:1].upper()}{slip[1:]}.",), "Erratum"))
        if self.course.published is None:
            return
        other, run = self.course.published
        names = self.task.parameters[:2]
        header: list[Sentence] = [("k",)]
        for name in names:
            header += [(Math(Name(name)), " slide"), (Math(Name(name)), " published")]
        mine, theirs = ({row.step: row for row in each.rows} for each in (self.course.run, run))
        steps = [step for step in sorted(mine) if step in theirs and step]
        body: list[tuple[Sentence, ...]] = []
        for step in sorted({*steps[:5], *steps[-1:]}):
            cells: list[Sentence] = [(str(step),)]
            for name in names:
                cells += [(Math(shown(each[step].values[name], 10)),) for each in (mine, theirs)]
            body.append(tuple(cells))
        if body:
            self.blocks.append(Table(tuple(header), tuple(body), "r" * len(header), (wording.COMPARED,)))
        if run.stopped:
            self.blocks.append(Paragraph((f"{other.row.title} {run.stopped}.",), "Stop"))

    def closing(self) -> None:
        course = self.course
        for note in course.notes:
            self.blocks.append(Paragraph((note,), "Note"))
        if self.task.row.convention:
            self.blocks.append(Paragraph((self.task.row.convention,), "Convention"))
        for text in course.proofs:
            self.blocks.append(Paragraph((text if text.endswith(".") else text + ".",), "Proof"))
        words = wording.ARITHMETIC[course.run.exact].format(digits=self.digits, steps=f"{course.run.made:,}")
        self.blocks.append(Paragraph((words,), "Numbers"))
