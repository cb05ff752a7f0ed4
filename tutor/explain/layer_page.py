"""Derivation in layer form → document: matrices, the shapes under each factor, and the index form beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.derive.indexed import index_form
from tutor.derive.rewrites.layered import LayerRewrite
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
)
from tutor.explain.layer_formulas import bare, dressed, matrix
from tutor.explain.lecture_section import Said, lecture
from tutor.explain.words import array_rules as wording_layers
from tutor.explain.words import rules as wording
from tutor.expression.keys import after_key, derivative_key
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg, Number, Partial, children
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.nouns import Derivation, Quantity, Step
from tutor.graph.shapes import Shape, shape_of, size_expr
from tutor.notation.profile import Notation
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import CONTEXT, Value
from tutor.numbers.printed import shown
from tutor.numbers.run import LEVELS


@dataclass(frozen=True, slots=True)
class LayerLesson:
    """All that a worked solution in layer form is written from; ``arrays`` are its numbers by name, or None without values."""

    title: str
    ident: str
    source: str
    layered: Layered
    derivation: Derivation
    wanted: tuple[str, ...]
    notation: Notation
    arrays: Mapping[str, Array] | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    rate: Value = None
    rate_written: str = ""
    updated: Mapping[str, Array] = field(default_factory=dict)
    rewrites: Sequence[LayerRewrite] = ()
    rewritten: Mapping[str, Array] = field(default_factory=dict)
    verdicts: Sequence[Said] = ()
    focused: bool = False
    proofs: Sequence[str] = ()
    notes: Sequence[str] = ()


def document(lesson: LayerLesson) -> Document:
    """The worked solution in layer form: what is given, forward pass, backward pass, what simplifies, update, proof."""
    with CONTEXT.workdps(LEVELS[-1]):
        return _Writer(lesson).document()


class _Writer:
    """Writes one document."""

    def __init__(self, lesson: LayerLesson) -> None:
        self.lesson = lesson
        self.shapes = lesson.layered.shapes
        self.digits = lesson.notation.digits
        self.count = 0
        self.steps = {step.target: step for step in lesson.derivation.backward}
        self.blocks: list[Block] = []
        self.kinds = {q.name: q for q in (*lesson.layered.graph.leaves, *lesson.layered.graph.nodes)}

    def document(self) -> Document:
        lesson = self.lesson
        graph = lesson.layered.graph
        self.given()
        self.blocks.append(Heading("Forward pass"))
        rows = [row for step in graph.steps for row in self.step(step, Name(step.target), wording_layers.forward(step.rule))]
        self.blocks.append(Equations(tuple(rows)))
        self.blocks.append(Heading("Backward pass"))
        shown_steps = self.needed()
        rows = [row for step in shown_steps for row in self.step(step, self.left(step), self.why(step))]
        self.blocks.append(Equations(tuple(rows)))
        self.simplified()
        self.update()
        self.blocks += lecture(lesson.verdicts, lesson.focused)
        for note in lesson.notes:
            self.blocks.append(Paragraph((note,), "Note"))
        for text in lesson.proofs:
            self.blocks.append(Paragraph((text if text.endswith(".") else text + ".",), "Proof"))
        if lesson.arrays is not None:
            self.blocks.append(Paragraph((wording.POLICY.format(digits=self.digits),), "Numbers"))
        return Document(lesson.title, lesson.ident, self.facts(), lesson.source, tuple(self.blocks))

    def facts(self) -> tuple[Sentence, ...]:
        lesson = self.lesson
        if not lesson.updated:
            return ()
        return ((Math(Name(lesson.notation.rate)), " = ", Math(self.rate())),)

    def rate(self) -> Expr:
        text = self.lesson.rate_written
        return Number(text) if is_decimal(text) else shown(self.lesson.rate, self.digits)

    def given(self) -> None:
        """The arrays that are given, with their numbers or with their shapes."""
        lesson = self.lesson
        leaves = lesson.layered.graph.leaves
        if lesson.arrays is not None:
            rows = [
                Equation(Name(q.name), (Side(matrix(lesson.arrays[q.name], self.digits), result=False),)) for q in leaves
            ]
            self.blocks += [Heading("Given"), Equations(tuple(rows))]
            return
        parts: list[Inline] = []
        for quantity in leaves:
            parts += [", " if parts else "", Math(Name(quantity.name))]
            full = quantity.shape if len(quantity.shape) != 1 else (*quantity.shape, 1)
            if full:
                parts += [" ", Math(Call("size", tuple(size_expr(size) for size in full)))]
        self.blocks.append(Paragraph(tuple(part for part in parts if part), "Given"))

    def left(self, step: Step) -> Expr:
        return Partial(self.lesson.derivation.graph.loss, self.name(step))

    def name(self, step: Step) -> str:
        return step.wrt

    def why(self, step: Step) -> str:
        if step.rule in ("no path", "sum over paths"):
            return wording.gradient(step.rule, len(step.paths))
        parameters = [q.name for q in self.lesson.layered.graph.parameters]
        return wording_layers.backward(step.expr, parameters, number=not self.shapes[self.name(step)])

    def needed(self) -> list[Step]:
        """The gradients that the wanted ones are computed from, in teaching order."""
        steps = {self.name(step): step for step in self.lesson.derivation.backward}
        wanted: set[str] = set()
        stack = list(self.lesson.wanted)
        while stack:
            name = stack.pop()
            if name not in wanted:
                wanted.add(name)
                stack.extend(path.factors[0].wrt for path in steps[name].paths)
        wanted.discard(self.lesson.derivation.graph.loss)
        return [step for step in self.lesson.derivation.backward if self.name(step) in wanted]

    def step(self, step: Step, left: Expr, why: str) -> list[Equation]:
        """One step: ``left = matrices = numbers``, and below it one entry of it."""
        self.count += 1
        sides = [Side(dressed(step.expr, self.shapes))]
        recursion = self.recursion(step)
        if recursion is not None:
            sides = [Side(bare(sides[0].expr)), Side(dressed(recursion, self.shapes))]
        value = self.value(step.target)
        if value is not None and value != bare(sides[0].expr):
            sides.append(Side(value, result=True))
        rows = [Equation(left, tuple(sides), self.count, (why,))]
        entry = self.entry(recursion or step.expr, left)
        return [*rows, entry] if entry is not None else rows

    def recursion(self, step: Step) -> Expr | None:
        """δ of a layer from the δ of the next, ``(W δ) ⊙ σ′(z)``: what is upstream, put in where it is a single product."""
        expr = step.expr
        if type(expr) is not Call or expr.func != "hadamard" or type(expr.args[0]) is not Partial:
            return None
        before = expr.args[0]
        found = self.steps.get(derivative_key(before.of, before.wrt))
        if found is None or len(found.paths) != 1 or type(found.expr) is not Call or found.expr.func != "matmul":
            return None
        return Call("hadamard", (found.expr, expr.args[1]))

    def value(self, name: str) -> Expr | None:
        arrays = self.lesson.arrays
        return matrix(arrays[name], self.digits) if arrays is not None and name in arrays else None

    def entry(self, expr: Expr, left: Expr) -> Equation | None:
        """The index form, where it says more than the matrices."""
        name = left.wrt if type(left) is Partial else left.name if type(left) is Name else ""
        shape = self.shapes[name]
        letters = self.letters(self.kinds[name], len(shape))
        form = index_form(expr, letters, self.shapes)
        if form is None or type(form) is Number or not (shape or _sums(form)):
            return None
        own = Call("at", (left, *(Name(letter) for letter in letters))) if shape else left
        if type(expr) is Partial:
            return None
        return Equation(own, (Side(form),), None, (wording_layers.ENTRY if shape else wording_layers.WRITTEN,))

    def letters(self, quantity: Quantity, rank: int) -> list[str]:
        """j for a vector; for the weights to j from i their own order."""
        if rank == 1:
            return ["j"]
        pattern = self.lesson.notation.entries.get(quantity.name)
        order = pattern[1]["order"] if pattern and quantity.kind == "weight" else ("i",)
        if quantity.kind == "weight" and quantity.index:
            return ["i", "j"][:rank] if order[0] == "i" and pattern else ["j", "i"][:rank]
        return ["i", "j"][:rank]

    def simplified(self) -> None:
        """The named rewrites."""
        lesson = self.lesson
        if not lesson.rewrites:
            return
        rows = []
        for rewrite in lesson.rewrites:
            sides = [Side(dressed(rewrite.expr, {**self.shapes, **self.more()}))]
            if str(rewrite.left) in lesson.rewritten:
                sides.append(Side(matrix(lesson.rewritten[str(rewrite.left)], self.digits), result=True))
            rows.append(Equation(rewrite.left, tuple(sides), None, (wording_layers.REWRITES[rewrite.rule],)))
        self.blocks += [Heading(wording.SIMPLIFIED), Equations(tuple(rows))]
        if any(rewrite.targets for rewrite in lesson.rewrites):
            text = wording_layers.ASSUMED if lesson.arrays is None else wording_layers.CONDITION
            self.blocks.append(Paragraph((text[:1].upper() + text[1:] + ".",), "Condition"))

    def more(self) -> dict[str, Shape]:
        """The shapes of the collapsed layer's weights, in the order in which they are defined."""
        known: dict[str, Shape] = {}
        for rewrite in self.lesson.rewrites:
            if type(rewrite.left) is Name and rewrite.left.name not in self.shapes:
                known[rewrite.left.name] = shape_of(rewrite.expr, {**self.shapes, **known})
        return known

    def update(self) -> None:
        """One step of gradient descent, for whole matrices."""
        lesson = self.lesson
        if not lesson.updated:
            return
        loss, rate = lesson.derivation.graph.loss, Name(lesson.notation.rate)
        sign = "←" if lesson.notation.update == "arrow" else "="
        rows: list[Equation] = []
        for name, array in lesson.updated.items():
            expr = Add((Name(name), Neg(Mul((rate, Partial(loss, name))))))
            sides = (Side(expr, sign), Side(matrix(array, self.digits), result=True))
            rows.append(Equation(Name(after_key(name, 1)), sides, None, (wording_layers.UPDATE,) if not rows else ()))
        self.blocks += [Heading("Update"), Equations(tuple(rows))]


def _sums(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == "sum_over") or any(_sums(part) for part in children(expr))
