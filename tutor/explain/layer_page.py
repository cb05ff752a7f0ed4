"""The sections of a solution in layer form: matrices, the shapes under each factor, and the index form beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tutor.derive.indexed import INDICES, choose_indices, index_form, write_index
from tutor.explain.document import (
    Equation,
    Equations,
    Heading,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    add_result,
)
from tutor.explain.end_reasons import say_end
from tutor.explain.formula_kinds import say_forward
from tutor.explain.layer_formulas import dress_expr, sort_leaves, strip_shapes
from tutor.explain.page_writer import PageWriter
from tutor.explain.simplified_section import say_reasons_once
from tutor.explain.symbols_section import Symbols, list_conditions
from tutor.explain.words.wording import Wording
from tutor.explain.worked_entry import find_moved_entry, work_out_entry
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg, Number, Partial, children
from tutor.expression.sizes import list_size_letters
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.nouns import Quantity, Step
from tutor.graph.shapes import Shape, shape_of, size_expr
from tutor.numbers.arithmetic import Value
from tutor.numbers.kinks import array_conventions, list_kinks_hit
from tutor.numbers.slices import list_dependent
from tutor.rules.operations import ENTRYWISE
from tutor.solving.work_arrays import list_needed, list_told
from tutor.solving.worked import Worked

GIVEN_WIDTH = 55
"""The letters of a row of what is given: it is worked with below, and stands there as far as it has room."""
MOST_LOOKED_AT = 5_000
"""Up to so many entries are looked at one by one for kinks."""


class ArraySections(PageWriter):
    """The sections of a solution in layer form."""

    def __init__(self, worked: Worked, words: Wording, layered: Layered) -> None:
        super().__init__(worked, words, worked.numbers)
        self.layered = layered
        self.shapes = layered.shapes
        self.derivation = worked.derivations[0]
        self.symbols = Symbols(words.arrays, self.shapes, words.pages.LABELS["where"], indicators=worked.notation.indicator)
        self.counted: dict[str, int] = {}
        self.steps = {step.target: step for step in self.derivation.backward}
        self.forward = {step.target: step.expr for step in layered.graph.steps}
        self.kinds = {q.name: q for q in (*layered.graph.leaves, *layered.graph.nodes)}

    def add_given(self) -> None:
        """The arrays that are given, with their numbers or with their shapes."""
        leaves = sort_leaves(self.layered.graph)
        if self.numbers is not None:
            rows = [Equation(Name(q.name), (Side(self.show(self.numbers[q.name], GIVEN_WIDTH)),)) for q in leaves]
            self.blocks += [self.heading("given"), Equations(tuple(rows), beside=True)]
            return
        parts: list[Inline] = []
        for quantity in leaves:
            parts += [self.words.pages.COMMA if parts else "", Math(Name(quantity.name))]
            full = quantity.shape if len(quantity.shape) != 1 else (*quantity.shape, 1)
            if full:
                parts += ["\N{NO-BREAK SPACE}", Math(Call("size", tuple(size_expr(size) for size in full)))]
        self.blocks.append(self.write_labelled("given", *(part for part in parts if part)))

    def add_forward(self) -> None:
        """The forward pass."""
        steps = self.layered.graph.steps
        rows = [
            row
            for step in steps
            for row in self.step(step, Name(step.target), self.say_line(step.target, self.say_forward(step)))
        ]
        self.blocks += [self.heading("forward"), Equations(tuple(rows)), *self.explain_symbols(steps, rows, forward=True)]

    def say_forward(self, step: Step) -> str:
        """Why a forward step holds."""
        return say_forward(step, self.words, arrays=True)

    def say_line(self, target: str, why: str) -> str:
        """Why a step holds, with the line of the program that it stands in, where it was read from one."""
        line = self.exercise.lines.get(target)
        place = "" if line is None else self.name_line(line)
        return f"{place}: {why}" if place else why

    def name_line(self, line: int) -> str:
        """A line of the program, or of a cell of a notebook."""
        words, cells = self.words.arrays, self.exercise.cells
        if 0 < line <= len(cells):
            place = cells[line - 1]
            if isinstance(place, str):
                return place
            cell, own = place
            return words.CELL_LINE.format(cell=cell, line=own)
        return words.LINE.format(line=line)

    def say_back_line(self, step: Step, why: str) -> str:
        """Why a gradient is what it is, with the lines of the program through which it comes back."""
        lines = [line for line in self.exercise.list_back_lines(step) if self.name_line(line)]
        if not lines:
            return why
        words = self.words.arrays
        if self.exercise.cells:
            return f"{words.BACK_CELLS.format(lines='; '.join(map(self.name_line, lines)))}: {why}"
        said = (words.BACK_LINE if len(lines) == 1 else words.BACK_LINES).format(line=", ".join(map(str, lines)))
        return f"{said}: {why}"

    def add_backward(self) -> None:
        """The gradients that the wanted ones are computed from."""
        steps = self.list_needed()
        rows = [row for step in steps for row in self.step(step, self.write_left(step), self.say_back_line(step, self.say_why(step)))]
        self.blocks += [self.heading("backward"), Equations(tuple(rows)), *self.explain_symbols(steps, rows)]

    def explain_symbols(self, steps: Sequence[Step], rows: Sequence[Equation], *, forward: bool = False) -> list[Paragraph]:
        """What the signs in some steps mean, and the conditions of their entries."""
        exprs = [step.expr for step in steps] + list_conditions(side.expr for row in rows for side in row.sides)
        return self.symbols.explain_symbols(exprs, reasons=self.words.arrays.FORWARD if forward else ())

    def write_left(self, step: Step) -> Expr:
        """The derivative that a backward step is."""
        return Partial(step.of, step.wrt)

    def say_why(self, step: Step) -> str:
        """Why a gradient is what it is."""
        return say_reason(step, self.layered, self.words)

    def list_needed(self) -> list[Step]:
        """The gradients that the wanted ones are computed from, in teaching order."""
        needed = list_needed(self.derivation, list_told(self.request, self.layered)) - {self.derivation.graph.loss}
        return [step for step in self.derivation.backward if step.wrt in needed]

    def step(self, step: Step, left: Expr, why: str) -> list[Equation]:
        """One step: ``left = matrices = numbers``, and below it one entry of it."""
        self.counted[step.target] = len(self.counted) + 1
        sides = [Side(dress_expr(step.expr, self.shapes))]
        recursion = self.recursion(step)
        if recursion is not None:
            sides = [Side(strip_shapes(sides[0].expr)), Side(dress_expr(recursion, self.shapes))]
        expr = recursion or step.expr
        entry = self.entry(expr, left)
        single = entry is None and not self.shapes[left.wrt if type(left) is Partial else step.target]
        worked = self.work_out(step.expr, step.target, left, formula=single or entry is not None)  # what is upstream is worked out above
        if single and worked is not None:  # of a number there is nothing more: its own stand beside the formula
            return [Equation(left, (*sides, *worked.sides), self.counted[step.target], (why,))]
        value = self.value(step.target)
        if value is not None and value != strip_shapes(sides[0].expr):
            sides.append(Side(value, result=True))
        rows = [Equation(left, tuple(sides), self.counted[step.target], (why,))]
        return [*rows, *(row for row in (entry, worked) if row is not None)]

    def work_out(self, expr: Expr, target: str, left: Expr, *, formula: bool) -> Equation | None:
        """One entry of a step with its numbers, where they are known; ``formula`` says that its entries are written as one, too.

        Where nothing is computed, since entries are only moved, it says where one comes from.
        """
        if self.numbers is None or target not in self.numbers:
            return None
        given = (expr, self.numbers[target], self.numbers, self.shapes, self.digits)
        found = work_out_entry(*given, fractions=self.fractions) if formula else None
        if found is not None:
            return self.write_worked(left, found.place, (found.shown,), found.value, self.words.arrays.WORKED_OUT)
        moved = find_moved_entry(*given, fractions=self.fractions) if isinstance(self.numbers[target], Array) else None
        if moved is None or moved.shown == moved.numbers:  # of what has no operand there is nothing to tell
            return None
        return self.write_worked(left, moved.place, (moved.shown, moved.numbers), moved.value, self.words.arrays.EXAMPLE)

    def write_worked(self, left: Expr, place: Sequence[int], shown: Sequence[Expr], value: Value, why: str) -> Equation:
        """The row of one entry."""
        own = Call("at", (left, *(Number(str(i)) for i in place))) if place else left
        return Equation(own, add_result([Side(expr) for expr in shown], self.print(value)), None, (why,))

    def recursion(self, step: Step) -> Expr | None:
        """δ of a layer from the δ of the next, ``(W δ) ⊙ σ′(z)``: what is upstream, put in where it is a single product.

        Only what the course calls by a letter of its own: every other gradient has the upstream one, whose row stands above it.
        """
        expr = step.expr
        if type(expr) is not Call or expr.func != "hadamard" or type(expr.args[0]) is not Partial:
            return None
        if (step.of, step.wrt) not in self.worked.notation.partials:
            return None
        before, slope = expr.args[0], expr.args[1]
        if type(slope) is not Call or not slope.func.endswith("'"):  # behind another factor it would only say a row again
            return None
        found = self.steps.get(derivative_key(before.of, before.wrt))
        if found is None or len(found.paths) != 1 or type(found.expr) is not Call or found.expr.func != "matmul":
            return None
        return Call("hadamard", (found.expr, expr.args[1]))

    def entry(self, expr: Expr, left: Expr) -> Equation | None:
        """The index form, where it says more than the matrices."""
        name = left.wrt if type(left) is Partial else left.name if type(left) is Name else ""
        shape = self.shapes[name]
        letters = choose_indices(self.letters(self.kinds[name], len(shape)), self.shapes)
        if len(shape) == 2 and shape[1] == 1:  # μ_i1 of a single column, as it is written where it is used
            letters = [letters[0], "1"]
        form = index_form(expr, letters, self.shapes)
        if form is None or type(form) is Number or not (shape or _sums(form)):
            return None
        own = Call("at", (left, *map(write_index, letters))) if shape else left
        if type(expr) is Partial:
            return None
        return Equation(own, (Side(form),), None, (self.words.arrays.ENTRY if shape else self.words.arrays.WRITTEN,))

    def letters(self, quantity: Quantity, rank: int) -> list[str]:
        """j for a vector; for the weights to j from i their own order."""
        if rank == 1:
            return ["j"]
        if rank > 2:
            return [*INDICES[:rank]]
        pattern = self.worked.notation.entries.get(quantity.name)
        order = pattern[1]["order"] if pattern and quantity.kind == "weight" else ("i",)
        if quantity.kind == "weight" and quantity.index:
            return ["i", "j"][:rank] if order[0] == "i" and pattern else ["j", "i"][:rank]
        return ["i", "j"][:rank]

    def name_step_above(self, left: Expr) -> Sentence:
        """The step that a derivative is, which has its numbers where there are some."""
        key = derivative_key(left.of, left.wrt) if type(left) is Partial else ""
        if key not in self.counted:
            return ()
        pages = self.words.pages
        return (pages.grammar.choose(pages.STEPS, 1).format(numbers=self.counted[key]),)

    def add_simplified(self) -> None:
        """The named rewrites."""
        rewritten = self.worked.rewritten
        if rewritten is None or not rewritten.rewrites:
            return
        rows = []
        shapes = {**self.shapes, **self.list_collapsed_shapes()}
        for rewrite in rewritten.rewrites:
            sides = [Side(dress_expr(expr, shapes)) for expr in (*rewrite.between, rewrite.expr)]
            if above := self.name_step_above(rewrite.left):
                sides[-1] = replace(sides[-1], note=above)
            elif str(rewrite.left) in rewritten.arrays:
                sides.append(Side(self.show(rewritten.arrays[str(rewrite.left)]), result=True))
            rows.append(Equation(rewrite.left, tuple(sides), None, (self.words.arrays.REWRITES[rewrite.rule],)))
        self.blocks += [Heading(self.words.rules.SIMPLIFIED), Equations(say_reasons_once(rows))]
        self.symbols.shapes = shapes
        self.blocks += self.symbols.explain_symbols([rewrite.expr for rewrite in rewritten.rewrites])
        if any(rewrite.targets for rewrite in rewritten.rewrites):
            text = self.words.arrays.ASSUMED if self.numbers is None else self.words.arrays.CONDITION
            self.blocks.append(self.write_labelled("condition", text))

    def say_counting(self) -> None:
        """That entries are counted from 1, where the course counts single neurons from 0."""
        patterns = [pattern for pattern, _ in self.worked.notation.entries.values()]
        if any(place in pattern for pattern in patterns for place in ("{j0}", "{i0}", "{o0}")):
            self.blocks.append(self.write_labelled("note", self.words.pages.FROM_ONE))

    def conventions(self) -> None:
        """What is taken at the kinks of the operations, and which entries stand on one."""
        graph = self.exercise.graph
        if graph is None or self.layered.symbolic:
            return
        self.say_targets(self.layered.graph.steps)
        trace: dict[str, Value] = {}
        for name, array in (self.numbers or {}).items():
            entries = self.layered.entries.get(name)
            if entries is not None:
                trace.update(zip(entries.items, array.items, strict=True) if isinstance(array, Array) else {entries.items[0]: array})
        whole = all(name in trace for name in graph.names)
        kinks = list_kinks_hit(graph, trace) if whole and len(graph.steps) <= MOST_LOOKED_AT else []
        wanted = self.request.wanted[0][1]
        moved = list_dependent(graph, {single for name in wanted for single in self.layered.entries[name].items})
        used = list_dependent(self.layered.graph, wanted)  # where nothing comes from what is asked for, no derivative is taken
        hit = [kink.step for kink in kinks if kink.convention and kink.step in moved]
        steps = tuple(step for step in self.layered.graph.steps if step.target in used)
        self.say_conventions((), array_conventions(self.layered.graph, steps), hit)

    def list_collapsed_shapes(self) -> dict[str, Shape]:
        """The shapes of the collapsed layer's weights, in the order in which they are defined."""
        known: dict[str, Shape] = {}
        for rewrite in self.worked.rewritten.rewrites if self.worked.rewritten is not None else ():
            if type(rewrite.left) is Name and rewrite.left.name not in self.shapes:
                known[rewrite.left.name] = shape_of(rewrite.expr, {**self.shapes, **known})
        return known


def _sums(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == "sum_over") or any(_sums(part) for part in children(expr))


def say_reason(step: Step, layered: Layered, words: Wording) -> str:
    """Why a gradient of a graph over layers is what it is."""
    if step.rule in ("no path", "sum over paths", "joined paths"):
        count = len(step.expr.args) if type(step.expr) is Add else len(step.paths)  # a step may use it twice: X Xᵀ
        return words.rules.gradient(step.rule, count)
    forward = {one.target: one.expr for one in layered.graph.steps}
    parameters = [quantity.name for quantity in layered.graph.parameters]
    if len(step.paths) == 1 and is_partner(step.expr, step.wrt, forward[step.paths[0].factors[0].wrt]):
        product = step.expr.arg if type(step.expr) is Neg else step.expr
        return words.arrays.say_entrywise(children(product)[0], "partner", words.rules, parameters)
    sizes = {letter for shape in layered.shapes.values() for letter in list_size_letters(shape)}
    number = not layered.shapes[step.wrt]
    reason = words.arrays.say_backward(step.expr, words.rules, parameters, number=number, wrt=step.wrt, sizes=sizes)
    if reason == words.rules.say_local("product") and Name(step.wrt) in children(step.expr):
        return words.rules.gradient("chain rule")  # of a sum of squares: what stands there is the quantity itself
    if reason in (words.arrays.BACKWARD["loss"], words.arrays.BACKWARD["loss of a number"]):
        return say_end(step, layered, words, reason)
    return reason


def is_partner(gradient: Expr, wrt: str, forward: Expr) -> bool:
    """Whether what the upstream gradient is multiplied with stands beside ``wrt`` in a product, so that it is no slope of a function.

    >>> from tutor.expression.parse import parse
    >>> from tutor.graph.layered import LAYER_FUNCTIONS
    >>> gradient = Call(ENTRYWISE, (Partial("L", "h"), Name("n")))
    >>> [is_partner(gradient, "z", parse(text, functions=LAYER_FUNCTIONS)) for text in ("hadamard(z, n)", "exp(z)")]
    [True, False]
    """
    product = gradient.arg if type(gradient) is Neg else gradient
    if type(product) is not Call or product.func != ENTRYWISE:
        return False
    return any(Name(wrt) in factors and product.args[1] in factors for factors in _list_products(forward))


def _list_products(expr: Expr) -> Iterator[tuple[Expr, ...]]:
    """The factors of each product that is taken entry by entry."""
    if type(expr) is Mul or (type(expr) is Call and expr.func == ENTRYWISE):
        yield expr.args
    for part in children(expr):
        yield from _list_products(part)
