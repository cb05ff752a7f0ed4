"""The sections about training, in either form: the method's update steps, an update with numbers, the table, and how the run ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from tutor.derive.second import hessian_name
from tutor.derive.update import Update, name_shared
from tutor.explain.document import (
    Equation,
    Equations,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
    add_result,
)
from tutor.explain.layer_formulas import matrix, sort_leaves
from tutor.explain.page_writer import EQUALS, PageWriter, write_cells
from tutor.explain.samples_section import point_to_command, sample_table
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.keys import derivative_key, make_over_key, read_after
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import names as names_of
from tutor.expression.walk import rename_derivatives
from tutor.graph.entries import Array
from tutor.graph.nouns import Step
from tutor.graph.shapes import Shape
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed, choose_digits_for_change
from tutor.numbers.run import run as run_steps
from tutor.numbers.stops import RunStop
from tutor.numbers.train import Row
from tutor.numbers.train import gradient as take_gradient
from tutor.rules.operations import ENTRYWISE
from tutor.rules.optimisers import Optimiser
from tutor.solving.table_rows import MAX_TABLE_ROWS, thin_rows
from tutor.solving.worked import Worked

MAX_EXPLAINED = 6
"""So many parameters have their first update written out."""
MAX_ALIKE = 2
"""Of more parameters the first update of the first is written out, and that of the others is a table."""
MAX_COLUMNS = 6
MOST_IN_SOLUTION = 17
"""So many rows has the table of updates of a worked solution, whose own matter is one gradient."""
MAX_NAMED = 12
"""So many parameters that a table leaves out are named."""
COUNTED = Math(Name("k"))
"""What updates are counted by."""
MAX_HESSIAN = 4
"""A Hessian of up to so many parameters is written out, entry by entry."""


class TrainingSections(PageWriter):
    """The sections about a run; those of an update are the same for numbers and for arrays."""

    def __init__(self, worked: Worked, words: Wording) -> None:
        training = worked.training
        assert training is not None
        super().__init__(worked, words, training.first)
        self.training = training
        self.task, self.run = training.task, training.run
        self.loss = training.task.derivation.graph.loss
        samples = training.task.samples
        self.whole = make_over_key(self.loss, samples.reduce) if samples is not None and training.task.count > 1 else self.loss
        """What the loss over all samples is called, beside that of one."""
        self.moving = self.whole if training.task.size > 1 else self.loss
        """And the one that an update makes smaller."""
        self.sign = "←" if worked.notation.update == "arrow" else "="
        layered = worked.request.layered
        self.shapes: dict[str, Shape] = layered.shapes if layered is not None else {}

    def value(self, key: str) -> Expr | None:
        """The number of a key, ready to print; of what was updated with so many digits that its change is seen."""
        after = read_after(key)
        if not after.updates or self.numbers is None or key not in self.numbers or after.key not in self.numbers:
            return super().value(key)
        old, new = self.numbers[after.key], self.numbers[key]
        digits = choose_digits_for_change(_list_items(old), _list_items(new), self.digits)
        shown = matrix if isinstance(new, Array) else as_printed
        return shown(new, digits, fractions=self.fractions)

    # What is given

    def add_given(self) -> None:
        """The values that stay as they are, and those that the run starts from."""
        task = self.task
        columns = task.samples.columns if task.samples is not None else ()
        if self.request.layered is not None:
            layered = self.request.layered
            parameters = {quantity.name for quantity in layered.graph.parameters}
            sorted_leaves = sort_leaves(layered.graph)
            for title, trained in (("given", False), ("start", True)):
                leaves = [quantity for quantity in sorted_leaves if (quantity.name in parameters) == trained]
                rows = [
                    Equation(Name(q.name), (Side(self.show(fill_array(layered.entries[q.name], task.values))),))
                    for q in leaves if not set(layered.entries[q.name].items) & set(columns)
                ]  # fmt: skip
                if rows:
                    self.blocks += [self.heading(title), Equations(tuple(rows), beside=True)]
            return
        fixed = [q.name for q in task.derivation.graph.leaves if q.name not in (*columns, *task.parameters)]
        if fixed:
            self.blocks.append(self.write_labelled("given", *self.list_values(fixed, task.values)))
        self.blocks.append(self.write_labelled("start", *self.list_values(task.parameters, task.values)))

    def samples(self) -> None:
        """The data set, where there is one."""
        if self.worked.samples is not None:
            self.blocks += sample_table(self.worked.samples, self.words, self.digits, between=self.task.size < self.task.count)

    def method(self, phrases: tuple[str, str] | None = None) -> None:
        """What is used: the settings, and which samples an update takes.  ``phrases`` name the method, without settings and with some."""
        task = self.task
        wording = self.words.updates
        bare, with_settings = phrases or (wording.METHOD, wording.METHOD_WITH)
        shown_settings = {task.names.settings[name]: value for name, value in task.settings.items()}
        places: dict[str, Sentence] = {
            "title": (self.title(task.row),), "source": (task.row.source,),
            "settings": self.list_values(tuple(shown_settings), shown_settings),
        }  # fmt: skip
        parts: list[Inline] = split_places(with_settings if task.settings else bare, places)
        pages = self.words.pages
        if task.row.states:
            named = wording.grammar.enumerate_parts([Math(Name(state)) for state in task.row.states], pages.COMMA, pages.AND)
            parts += [" ", *split_places(wording.grammar.choose(wording.STATES, len(task.row.states)), {"states": named})]
        if task.samples is not None:
            many = wording.samples(task.size)
            text = wording.ALL_SAMPLES if task.size == task.count else wording.BATCHES[task.order]
            parts.append(" " + text.format(size=many, count=task.count, seed=task.seed))
            if self.moving != self.loss and phrases is None:
                said = wording.OVER_ALL if task.size == task.count else wording.OVER_UPDATE
                parts += [" ", *split_places(said[task.samples.reduce], self.place_losses())]
        if any(task.names.t in names_of(step.expr) for each in self.training.updates for step in each.steps):
            parts += [" ", *split_places(wording.COUNTED, {"t": [Math(Name(task.names.t))]})]
        if self.shapes and any(type(part) is Div for each in self.training.updates for step in each.steps for part in walk_expr(step.expr)):
            parts.append(" " + wording.ENTRYWISE)
        self.blocks.append(self.write_labelled("method", *parts))

    def place_losses(self) -> dict[str, Sequence[Inline]]:
        """The loss of one sample and that of all, for a sentence."""
        return {"whole": [Math(Name(self.whole))], "loss": [Math(Name(self.loss))]}

    def title(self, row: Optimiser) -> str:
        """What a method is called."""
        return self.words.updates.METHODS[row.name]

    # The first update

    def add_first_update(self) -> None:
        """The update steps of each parameter with their numbers."""
        if not self.run.first:
            return
        self.blocks.append(self.heading("first update"))
        self.newton()
        explained = self.training.updates[:MAX_EXPLAINED]
        whole = explained if len(explained) <= MAX_ALIKE else explained[:1]
        for number, each in enumerate(whole):
            rows = [self.gradient(each)]
            rows += [self.step(step, self.words.updates.move(step.rule) if number == 0 else "") for step in each.steps]
            self.blocks.append(Equations(tuple(rows)))
        self.add_likewise(explained[len(whole) :])
        hidden = len(self.training.updates) - len(explained)
        if hidden:
            self.blocks.append(Paragraph((self.words.updates.OTHERS.format(count=hidden),)))

    def add_likewise(self, updates: Sequence[Update]) -> None:
        """The figures of the parameters that move as the first one does: a table, a column each; arrays one below the other."""
        if not updates:
            return
        said = self.words.updates
        if self.shapes:
            rows = []
            for each in updates:
                rows += [self.gradient(each), *(self.equation(step.target, None, step.target) for step in each.steps)]
            self.blocks += [Paragraph((said.LIKEWISE,)), Equations(tuple(rows))]
            return
        header: list[Sentence] = [(), *((Math(Name(each.parameter)),) for each in updates)]
        made = [(Math(Name(name_shared(word))),) for word in updates[0].made]
        names: list[Sentence] = [(said.HEADS["gradient"],), *made[:-1], (said.HEADS["after"],)]
        columns = [[derivative_key(self.loss, each.parameter), *(step.target for step in each.steps)] for each in updates]
        figures = zip(*([self.value(key) for key in column] for column in columns), strict=True)
        body = [(name, *((Math(figure),) if figure else () for figure in line)) for name, line in zip(names, figures, strict=True)]
        self.blocks.append(Table(tuple(header), tuple(body), "l" + "r" * len(updates), (said.LIKEWISE,)))

    def fill_in(self, expr: Expr) -> Expr:
        """The expression with the numbers of the first update put in."""
        if isinstance(expr, Name) and expr.name == self.rate_name:
            return self.rate()
        return super().fill_in(expr)

    def formula(self, step: Step) -> Expr:
        """The formula of an update step, as it is printed: over arrays with ⊙ where it works entry by entry."""
        if not self.shapes:
            return step.expr
        arrays = {name for name, shape in self.shapes.items() if shape}
        for each in self.training.updates:
            if self.shapes[each.parameter]:
                arrays |= {*each.states, *each.made.values(), derivative_key(self.loss, each.parameter)}
        return entry_by_entry(step.expr, arrays)

    def step(self, step: Step, why: str) -> Equation:
        """``left = formula = numbers = result``; over arrays the numbers are not put in."""
        sign = self.sign if read_after(step.target).updates else "="
        return self.equation(step.target, self.formula(step), step.target, why, sign)

    def equation(self, left: str, expr: Expr | None, key: str, why: str = "", sign: str = "=") -> Equation:
        """``left = formula = numbers = result``."""
        result = self.value(key)
        sides: list[Side] = []
        if expr is not None:
            sides.append(Side(rename_derivatives(expr, self.loss, self.moving), sign))
            numbers = self.fill_in(expr) if not self.shapes else expr
            if numbers not in (expr, result):
                sides.append(Side(numbers))
        return Equation(Name(left), add_result(sides, result) if result is not None else tuple(sides), None, (why,) if why else ())

    def gradient(self, each: Update) -> Equation:
        """The gradient that an update starts from, and over which samples it is taken."""
        result = self.value(derivative_key(self.loss, each.parameter))
        assert result is not None
        samples, said = self.task.samples, self.words.updates.FROM
        why = said["start"]
        if samples is not None:
            batch = next(self.task.batches())
            named = self.places(batch.samples, 8)
            why = said[samples.reduce if len(batch.samples) > 1 else "sample"].format(samples=named)
            if len(batch.samples) == self.task.count:
                why = said[f"{samples.reduce} of all"]
        return Equation(Partial(self.moving, each.parameter), (Side(result, result=True),), None, (why,))

    def places(self, samples: Sequence[int], most: int) -> str:
        """Samples by their numbers, the first of many."""
        named = self.words.pages.COMMA.join(str(place + 1) for place in samples[:most])
        return self.words.updates.LISTED.format(first=named) if len(samples) > most else named

    def update(self) -> None:
        """One update of the parameters that are shown, in a worked solution."""
        if not self.request.trained:
            return
        chosen = [each for each in self.training.updates if each.parameter in self.request.trained]
        move = self.words.updates.move
        rows = [self.step(step, move(step.rule) if not place else "") for place, each in enumerate(chosen) for step in each.steps]
        self.blocks += [self.heading("update"), Equations(tuple(rows))]

    # Newton's method

    def newton(self) -> None:
        """The Hessian, and the system that is solved with it."""
        task = self.task
        if not task.row.hessian:
            return
        names = task.parameters
        if self.shapes:
            self.blocks.append(self.say_solved())
            self.blocks.append(Equations(tuple(self.equation(key, None, key) for key in self.directions())))
            return
        if len(names) <= MAX_HESSIAN:
            rows = []
            for place, first in enumerate(names):
                for second in names[place:]:
                    key = hessian_name(self.loss, first, second)
                    rows.append(self.equation(key, None, key))
            self.blocks += [Paragraph((self.words.updates.SECOND,)), Equations(tuple(rows))]
        self.blocks.append(self.say_solved())
        rows = [] if len(names) == 1 else [self.equation("det H", self.determinant(), "det H")]
        for name in names[:MAX_EXPLAINED]:
            key = task.names.name_own("d", name)
            rows.append(self.equation(key, self.direction(name), key))
        self.blocks.append(Equations(tuple(rows)))

    def say_solved(self) -> Paragraph:
        """Which linear system gives the direction of a step."""
        hessian, direction, own = (Name(name) for name in ("H", "d", "g"))
        places: dict[str, Sequence[Inline]] = {
            "direction": [Math(direction)], "hessian": [Math(hessian)], "gradient": [Math(own)],
            "system": [Math(Mul((hessian, direction))), EQUALS, Math(own)],
        }  # fmt: skip
        return Paragraph(tuple(split_places(self.words.updates.SOLVED, places)))

    def directions(self) -> list[str]:
        """The names of the directions of the arrays that are explained."""
        return [self.task.names.name_own("d", each.parameter) for each in self.training.updates[:MAX_EXPLAINED]]

    def entry(self, place: int, other: int) -> Expr:
        """An entry of the Hessian."""
        low, high = sorted((place, other))
        return Name(hessian_name(self.loss, self.task.parameters[low], self.task.parameters[high]))

    def determinant(self) -> Expr | None:
        """The determinant as a formula, where it is short."""
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

    # The run

    def add_few_iterations(self) -> None:
        """The table of a worked solution about its training: the first rows and the last, and which command has them all."""
        if self.run.made < 2:
            return
        self.iterations(MOST_IN_SOLUTION)
        if len(self.run.rows) > MOST_IN_SOLUTION:
            self.blocks.append(point_to_command(self.words.updates.ALL_UPDATES, self.exercise.id))

    def iterations(self, most: int = MAX_TABLE_ROWS) -> None:
        """The table of a run of training: parameters, states where there is room, the loss."""
        run, task, wording = self.run, self.task, self.words.updates
        if run.made < 1:
            return
        columns = task.parameters[:MAX_COLUMNS]
        taken = columns if run.exact and len(run.rows) == run.made + 1 and len(columns) * (2 + len(task.row.states)) <= MAX_COLUMNS else ()
        if len(columns) * (1 + len(task.row.states)) <= MAX_COLUMNS:
            columns += task.states
        batched = task.samples is not None and task.size < task.count
        heads = wording.HEADS
        header: list[Sentence] = [(COUNTED,), *([(heads["epoch"],), (heads["samples"],)] if batched else [])]
        header += [(Math(Partial(self.moving, name)),) for name in taken]
        header += [(Math(Name(name)),) for name in (*columns, self.whole)]
        rows = thin_rows(run.rows, most) if len(run.rows) == run.made + 1 or most < MAX_TABLE_ROWS else list(run.rows)
        numbers = write_cells([[*(row.values[name] for name in columns), row.loss] for row in rows], self.digits,
                              fractions=self.fractions, changing=True)  # fmt: skip
        slopes = self.list_taken(rows, taken)
        body = [(*self.begin_row(row, batched), *before, *cells) for row, before, cells in zip(rows, slopes, numbers, strict=True)]
        more: list[Inline] = [wording.grammar.choose(wording.GOES_ALONG, len(taken))] if taken else []
        if len(body) < run.made + 1:
            left_out = wording.LEFT_OUT if most == MAX_TABLE_ROWS else wording.ROWS_LEFT_OUT
            more.append(left_out.format(count=run.made + 1 - len(body)))
        if task.samples is not None and self.whole != self.loss and task.size < task.count:
            more += split_places(wording.TABLE_OVER[task.samples.reduce], {**self.place_losses(), "count": [str(task.count)]})
        caption = (*self.say_rows(""), *more, *self.say_unshown(columns))
        self.blocks += [self.heading("iterations"), Table(tuple(header), tuple(body), "r" * len(header), caption)]

    def list_taken(self, rows: Sequence[Row], names: Sequence[str]) -> list[list[Sentence]]:
        """For each row of a table the derivatives that its update took, those of the row before it; none at the start."""
        found = []
        for row in rows[1:] if names else ():
            at = {name: self.run.rows[row.step - 1].values[name] for name in self.task.parameters}
            made = take_gradient(self.task, at, row.batch.samples if row.batch is not None else ())
            found.append([made[derivative_key(self.loss, name)] for name in names])
        empty: list[Sentence] = [() for _ in names]
        return [empty, *write_cells(found, self.digits, fractions=self.fractions)] if found else [empty for _ in rows]

    def say_rows(self, more: str) -> Sentence:
        """What a row of a table of updates is, and what more is to be said."""
        parts = tuple(split_places(self.words.updates.ROWS, {"k": [COUNTED]}))
        return (*parts, more) if more else parts

    def say_unshown(self, columns: Sequence[str]) -> Sentence:
        """Which parameters a table leaves out, and why: there is no room, or they are not asked for."""
        left_out = [name for name in self.task.parameters if name not in columns]
        if not left_out:
            return ()
        unasked = not self.shapes and self.request.subject != "training"
        phrase = self.words.updates.UNASKED if unasked else self.words.updates.UNSHOWN.format(most=MAX_COLUMNS, names="{names}")
        return tuple(split_places(phrase, {"names": self.list_named(left_out, MAX_NAMED)}))

    def begin_row(self, row: Row, batched: bool) -> list[Sentence]:
        """What stands in front of the numbers of a row: which update it is, and with which samples."""
        cells: list[Sentence] = [(str(row.step),)]
        if batched:
            places = row.batch.samples if row.batch is not None else ()
            named = self.places(places, 6)
            cells += [(str(row.batch.epoch),) if row.batch is not None else (), (named,) if named else ()]
        return cells

    def descent_table(self) -> None:
        """The table of a worked solution: the parameters shown, what the loss is made of, the loss; and why it ended early."""
        run, task, wording = self.run, self.task, self.words.updates
        if len(run.rows) > 2 or (run.stopped and len(run.rows) > 1):
            graph = task.derivation.graph
            steps = {step.target: step for step in graph.steps}
            made = [name for name in names_of(steps[self.loss].expr) if name in steps]
            own = list(task.parameters[:MAX_COLUMNS])
            if not self.shapes:
                own = [name for name in task.parameters if name in self.request.trained] or own
            columns = [*own, *([] if self.shapes else made[:3]), self.loss]
            header: tuple[Sentence, ...] = ((COUNTED,), *((Math(Name(name)),) for name in columns))
            thinned = list(thin_rows(run.rows))
            traces = [run_steps(graph.steps, {**task.values, **row.values}) for row in thinned]
            figures = [[trace[name] for name in columns] for trace in traces]
            numbers = write_cells(figures, self.digits, fractions=self.fractions, changing=True)
            rows: list[tuple[Sentence, ...]] = [((str(row.step),), *cells) for row, cells in zip(thinned, numbers, strict=True)]
            text = ""
            if len(rows) < len(run.rows):
                text += wording.ROWS_LEFT_OUT.format(count=len(run.rows) - len(rows))
            caption = (*self.say_rows(text), *self.say_unshown(columns))
            self.blocks += [self.heading("iterations"), Table(header, tuple(rows), "r" * len(header), caption)]
        self.ending()

    def ending(self) -> None:
        """Why a run ended early, or that it diverges."""
        stopped, wording = self.run.stopped, self.words.updates
        if stopped is not None:
            words = wording.DIVERGES if stopped.diverges else wording.ENDS
            self.blocks.append(self.write_labelled("stop", *self.tell_stop(words, self.task.row, stopped)))

    def tell_stop(self, phrase: str, row: Optimiser, stop: RunStop) -> list[Inline]:
        """How a run of a method ended; a parameter by its symbol."""
        what: Inline = Math(Name(stop.what)) if stop.what in self.task.parameters else stop.what
        stopped = split_places(self.words.updates.say_stop(replace(stop, what="{what}")), {"what": [what]})
        return split_places(phrase, {"title": [self.title(row)], "stopped": stopped})

    def add_compared(self) -> None:
        """The slips of a variant "as on the slide", and what the published method gives."""
        wording = self.words.updates
        for slip in self.task.row.slips:
            self.blocks.append(self.write_labelled("erratum", wording.grammar.sentence(wording.SLIPS[slip])))
        if self.training.published is None:
            return
        other, run = self.training.published
        names = self.task.parameters[:2]
        header: list[Sentence] = [(COUNTED,)]
        for name in names:
            header += [tuple(split_places(phrase, {"name": [Math(Name(name))]})) for phrase in (wording.SLIDE, wording.PUBLISHED)]
        mine, theirs = ({row.step: row for row in each.rows} for each in (self.run, run))
        steps = [step for step in sorted(mine) if step in theirs and step]
        body: list[tuple[Sentence, ...]] = []
        for step in sorted({*steps[:5], *steps[-1:]}):
            cells: list[Sentence] = [(str(step),)]
            for name in names:
                cells += [(Math(as_printed(each[step].values[name], 10)),) for each in (mine, theirs)]
            body.append(tuple(cells))
        if body:
            self.blocks.append(Table(tuple(header), tuple(body), "r" * len(header), (wording.COMPARED,)))
        if run.stopped:
            self.blocks.append(self.write_labelled("stop", *self.tell_stop(wording.ENDS, other.row, run.stopped)))

    def arithmetic(self) -> None:
        """How the numbers of a run were computed."""
        said = self.words.updates
        words = said.ARITHMETIC[self.run.exact].format(digits=self.digits, steps=said.grammar.write_count(self.run.made))
        self.blocks.append(self.write_labelled("numbers", words))


def _list_items(value: Value | Array[Value]) -> tuple[Value, ...]:
    return value.items if isinstance(value, Array) else (value,)


def fill_array(entries: Array[str], values: Mapping[str, Value]) -> Array[Value]:
    """An array of names as the array of their values."""
    return Array(entries.shape, tuple(values[name] for name in entries.items))


def entry_by_entry(expr: Expr, arrays: Collection[str]) -> Expr:
    """An optimiser's formula over arrays, where it means each entry by itself: products of arrays, a square among them, with ⊙.

    ``arrays`` are the keys of what is an array there.

    >>> entry_by_entry(Pow(Name("g"), Number("2")), {"g"})
    Call(func='hadamard', args=(Name(name='g'), Name(name='g')))
    """
    parts = tuple(entry_by_entry(part, arrays) for part in children(expr))
    if not parts:
        return expr
    if type(expr) is Pow and expr.exp == Number("2") and _has_array(expr.base, arrays):
        return Call(ENTRYWISE, (parts[0], parts[0]))
    if type(expr) is Mul:
        single = [part for part in parts if not _has_array(part, arrays)]
        several = [part for part in parts if _has_array(part, arrays)]
        if len(several) > 1:
            product = several[0]
            for part in several[1:]:
                product = Call(ENTRYWISE, (product, part))
            return Mul((*single, product)) if single else product
    return rebuild(expr, parts)


def walk_expr(expr: Expr) -> Iterator[Expr]:
    """An expression and all its parts."""
    yield expr
    for part in children(expr):
        yield from walk_expr(part)


def _has_array(expr: Expr, arrays: Collection[str]) -> bool:
    if type(expr) is Partial:
        return derivative_key(expr.of, expr.wrt) in arrays
    if type(expr) is Name:
        return expr.name in arrays
    return any(_has_array(part, arrays) for part in children(expr))
