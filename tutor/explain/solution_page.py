"""Derivation → document: the worked solution that a very good teaching assistant would write on the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.derive.chains import count_routes, full_chains, gradients
from tutor.derive.local import local_derivatives, times
from tutor.derive.rewrites.named import Rewrite
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
)
from tutor.explain.graph_picture import picture
from tutor.explain.lecture_section import Said, lecture
from tutor.explain.simplified_section import simplified
from tutor.explain.thinned import thinned
from tutor.explain.words import rules as wording
from tutor.expression.keys import after_key, derivative_key
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step
from tutor.notation.profile import Notation
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import CONTEXT, Value
from tutor.numbers.descent import Descent
from tutor.numbers.kinks import conventions, flat_steps, function_calls, kinks_hit
from tutor.numbers.printed import shown
from tutor.numbers.run import LEVELS, compute
from tutor.rules.functions import function, value_of

MAX_PICTURE = 60


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that a worked solution is written from."""

    title: str
    ident: str
    source: str
    derivations: tuple[Derivation, ...]
    wanted: tuple[tuple[str, ...], ...]
    notation: Notation
    full: bool
    written: Mapping[str, str] = field(default_factory=dict)
    trace: Mapping[str, Value] | None = None
    parameters: tuple[str, ...] = ()
    rate: Value = None
    rate_written: str = ""
    descent: Descent | None = None
    focused: bool = False
    verdicts: Sequence[Said] = ()
    counted: Sequence[tuple[str, int]] = ()
    proofs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()


def document(lesson: Lesson) -> Document:
    """The worked solution of a lesson: what is given, forward pass, backward pass, update, the lecture's figures, the proof."""
    with CONTEXT.workdps(LEVELS[-1]):  # what is put together here has to keep the digits that the values have
        return _Writer(lesson).document()


def _refined(rule: str, expr: Expr) -> str:
    """The rule to name beside a local derivative: a 1 is that of a sum, a softmax has two cases."""
    if expr == ONE:
        return "sum"
    return "softmax other" if rule.startswith("softmax") and isinstance(expr, Neg) else rule


def _words(*parts: Inline) -> Sentence:
    return tuple(parts)


class _Writer:
    """Writes one document; keeps the step numbers that later rows refer to."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.numbers: dict[str, int] = {}
        self.digits = lesson.notation.digits
        self.rules: dict[str, tuple[dict[str, Step], dict[tuple[str, str], str]]] = {}
        self.blocks: list[Block] = []

    # Small helpers

    def number(self, target: str) -> int:
        self.numbers[target] = len(self.numbers) + 1
        return self.numbers[target]

    def value(self, name: str) -> Expr | None:
        trace = self.lesson.trace
        return shown(trace[name], self.digits) if trace is not None and name in trace else None

    def filled(self, expr: Expr) -> Expr:
        """The expression with numbers put in."""
        if isinstance(expr, Name):
            return self.value(expr.name) or expr
        if isinstance(expr, Partial):
            return self.value(derivative_key(expr.of, expr.wrt)) or expr
        parts = children(expr)
        if isinstance(expr, Call) and expr.func == "if_positive" and self.lesson.trace is not None:
            return self.chosen(expr)
        return rebuild(expr, tuple(self.filled(part) for part in parts)) if parts else expr

    def chosen(self, expr: Call) -> Expr:
        """A choice by sign, with numbers in it: the branch that counts."""
        assert self.lesson.trace is not None
        condition, a, b = expr.args
        return self.filled(a if compute(condition, self.lesson.trace) > 0 else b)

    def reference(self, names: Sequence[str]) -> Sentence:
        known = sorted({self.numbers[name] for name in names if name in self.numbers})
        if not known:
            return ()
        listed = ", ".join(str(n) for n in known)
        return _words(f"step {listed}" if len(known) == 1 else f"steps {listed}")

    def row(
        self, left: Expr, expr: Expr, key: str, why: str, *, number: bool = True, before: Sequence[Side] = ()
    ) -> Equation:
        """``left = formula = numbers = result``, without saying the same twice."""
        sides = [*before]
        if not before or before[-1].expr != expr:
            sides.append(Side(expr))
        result = self.value(key)
        if result is not None:
            numbers = self.filled(expr)
            if numbers not in (expr, result):
                sides.append(Side(numbers))
            if sides[-1].expr == result:
                sides[-1] = replace(sides[-1], result=True)
            else:
                sides.append(Side(result, result=True))
        return Equation(left, tuple(sides), self.number(key) if number else None, _words(why) if why else ())

    # The document

    def document(self) -> Document:
        lesson = self.lesson
        self.given()
        if lesson.derivations:
            self.forward()
            for derivation, wanted in zip(lesson.derivations, lesson.wanted, strict=True):
                self.backward(derivation, wanted)
            self.blocks += simplified(lesson.rewrites, lesson.trace, self.digits, self.filled)
            self.update()
            self.graph()
        self.counts()
        self.blocks += lecture(lesson.verdicts, lesson.focused)
        self.closing()
        return Document(lesson.title, lesson.ident, self.facts(), lesson.source, tuple(self.blocks))

    def facts(self) -> tuple[Sentence, ...]:
        lesson = self.lesson
        if not lesson.rate_written or not lesson.parameters:
            return ()
        return (
            _words(Math(Name(lesson.notation.rate)), " = ", Math(self.as_written(lesson.rate_written, lesson.rate))),
        )

    def as_written(self, text: str, value: Value) -> Expr:
        """A given number as it was written, when that is a plain decimal."""
        return Number(text) if is_decimal(text) else shown(value, self.digits)

    def given(self) -> None:
        lesson = self.lesson
        if lesson.trace is None or not lesson.derivations or not lesson.derivations[0].graph.leaves:
            return
        parts: list[Inline] = []
        for quantity in lesson.derivations[0].graph.leaves:
            text = lesson.written.get(quantity.name, "")
            value = (
                self.as_written(text, lesson.trace[quantity.name]) if text else shown(lesson.trace[quantity.name], 12)
            )
            parts += [
                ", " if parts else "",
                Math(Name(quantity.name)),
                "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}",
                Math(value),
            ]
        self.blocks.append(Paragraph(tuple(part for part in parts if part), "Given"))

    def forward(self) -> None:
        graph = self.lesson.derivations[0].graph
        rows = [self.row(Name(s.target), s.expr, s.target, wording.forward(s.rule)) for s in graph.steps]
        self.blocks += [Heading("Forward pass"), Equations(tuple(rows))]
        self.definitions(graph)

    def definitions(self, graph: Graph) -> None:
        """What the functions of the forward pass are, each once: σ(x) = 1/(1 + exp(−x))."""
        letter = Name(next((name for name in ("x", "z", "u", "v", "t") if name not in graph.names), "x"))
        parts: list[Inline] = []
        for call in function_calls(graph):
            row = function(call.func, len(call.args))
            formula = value_of(row)
            if formula is None:
                continue
            args = (letter,) if len(call.args) == 1 else call.args
            if not all(isinstance(arg, Name | Number) for arg in args):
                continue
            meaning = substitute(formula, dict(zip(row.params, args, strict=True)))
            sign = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
            parts += ["; ", Math(Call(call.func, args)), sign, Math(meaning)]
        if parts:
            self.blocks.append(Paragraph(tuple(parts[1:]), "Where"))

    def backward(self, derivation: Derivation, wanted: Sequence[str]) -> None:
        if not wanted:
            return
        if derivation is self.lesson.derivations[0]:
            self.blocks.append(Heading("Backward pass"))
        steps = gradients(derivation)
        chains = {}
        if self.lesson.full:
            routes = count_routes(derivation)
            chains = {
                name: found for name in wanted if (found := full_chains(derivation, name, steps=steps, routes=routes))
            }
        by_reuse = [name for name in wanted if name not in chains]
        if chains:
            self.local_rows(derivation, chains)
            self.blocks.append(
                Equations(tuple(self.chain_row(derivation, name, paths) for name, paths in chains.items()))
            )
        if by_reuse:
            self.reuse_rows(derivation, by_reuse, steps)

    def local_rows(self, derivation: Derivation, chains: Mapping[str, Sequence[Path]]) -> None:
        """Every factor that the chains need, once."""
        rows = []
        for paths in chains.values():
            for path in paths:
                for factor in path.factors if len(path.factors) > 1 else ():
                    key = derivative_key(factor.of, factor.wrt)
                    if key in self.numbers:
                        continue
                    rule = _refined(self.rule_of_factor(derivation, factor), factor.expr)
                    rows.append(self.factor_row(factor, key, wording.local(rule)))
        if rows:
            self.blocks.append(Equations(tuple(rows)))

    def factor_row(self, factor: Factor, key: str, why: str) -> Equation:
        sides = [Side(factor.expr)]
        trace = self.lesson.trace
        if trace is not None:
            result = shown(compute(factor.expr, trace), self.digits)
            numbers = self.filled(factor.expr)
            if numbers not in (factor.expr, result):
                sides.append(Side(numbers))
            if sides[-1].expr == result:
                sides[-1] = Side(result, result=True)
            else:
                note = self.reference([factor.expr.name]) if isinstance(factor.expr, Name) else ()
                sides.append(Side(result, note=note, result=True))
        return Equation(Partial(factor.of, factor.wrt), tuple(sides), self.number(key), _words(why))

    def rule_of_factor(self, derivation: Derivation, factor: Factor) -> str:
        """The rule of one factor; one that was drawn together with a leading 1 has the rule of its last part."""
        fallback = self.local_rule(derivation, factor.wrt)
        return self.rules[derivation.graph.loss][1].get((factor.of, factor.wrt), fallback)

    def local_rule(self, derivation: Derivation, wrt: str) -> str:
        """The rule behind the first local derivative of a quantity's gradient (through L_o1 for ∂L/∂out_o1)."""
        loss = derivation.graph.loss
        if loss not in self.rules:
            steps, rules = gradients(derivation), {}
            for step in derivation.graph.steps:
                rule, parts = local_derivatives(step.target, step.expr, {})
                rules.update({(step.target, name): rule for name, _ in parts})
            self.rules[loss] = (steps, rules)
        steps, rules = self.rules[loss]
        paths = steps[wrt].paths
        if not paths:
            return "formula"
        local = paths[0].factors[1]
        return _refined(rules.get((local.of, wrt), "formula"), local.expr)

    def chain_row(self, derivation: Derivation, name: str, paths: Sequence[Path]) -> Equation:
        """The gradient as the lectures print it: one row of factors a path, the numbers, the result."""
        loss = derivation.graph.loss
        trace, many = self.lesson.trace, len(paths) > 1
        sides = []
        if max(len(path.factors) for path in paths) > 1 or many:
            for place, path in enumerate(paths, 1):
                factors = tuple(Partial(f.of, f.wrt) for f in path.factors)
                expr: Expr = factors[0] if len(factors) == 1 else Mul(factors)
                sides.append(Side(expr, "+" if place > 1 else "=", _words(f"path {place}") if many else ()))
        if trace is None or not sides:
            products = [times(*(f.expr for f in path.factors)) for path in paths]
            sides.append(Side(products[0] if not many else Add(tuple(products))))
        if trace is not None:
            terms = []
            for path in paths:
                numbers = tuple(shown(compute(f.expr, trace), self.digits) for f in path.factors)
                terms.append(numbers[0] if len(numbers) == 1 else Mul(numbers))
            result = self.value(derivative_key(loss, name))
            assert result is not None
            put_in = terms[0] if len(terms) == 1 else Add(tuple(terms))
            if put_in != result and put_in != sides[-1].expr:
                sides.append(Side(put_in))
            if sides[-1].expr == result:
                sides[-1] = replace(sides[-1], result=True)
            else:
                sides.append(Side(result, result=True))
        key = derivative_key(loss, name)
        count = self.number(key) if key not in self.numbers else self.numbers[key]
        why = (
            wording.gradient("sum over paths", len(paths)).replace("uses", "paths")
            if many
            else wording.gradient("chain rule")
        )
        if len(sides) and not many and len(paths[0].factors) == 1:
            why = wording.local(self.local_rule(derivation, name))
        return Equation(Partial(loss, name), tuple(sides), count, _words(why))

    def reuse_rows(self, derivation: Derivation, wanted: Sequence[str], steps: Mapping[str, Step]) -> None:
        """Every gradient that is needed, each from those before it."""
        needed: dict[str, None] = {}
        stack = list(reversed(wanted))
        while stack:
            name = stack.pop()
            if name in needed:
                continue
            needed[name] = None
            stack.extend(path.factors[0].wrt for path in steps[name].paths)
        rows = []
        for name, step in steps.items():
            if name not in needed or step.target in self.numbers:
                continue
            rows.append(self.reuse_row(derivation, name, step))
        if rows:
            self.blocks.append(Equations(tuple(rows)))

    def reuse_row(self, derivation: Derivation, name: str, step: Step) -> Equation:
        before: list[Side] = []
        loss = derivation.graph.loss
        for place, path in enumerate(step.paths):
            upstream, local = path.factors
            if upstream.wrt == loss:
                continue
            product = Mul((Partial(upstream.of, upstream.wrt), Partial(local.of, local.wrt)))
            note = self.reference([derivative_key(upstream.of, upstream.wrt)])
            before.append(Side(product, "+" if before and place else "=", note))
        if len(before) < len(step.paths):
            before = []
        why = wording.gradient(step.rule, len(step.paths))
        if step.paths and not before:
            why = wording.local(self.local_rule(derivation, name)) if len(step.paths) == 1 else why
        return self.row(Partial(loss, name), step.expr, step.target, why, before=before)

    def update(self) -> None:
        """One step of gradient descent, and the table of more."""
        lesson = self.lesson
        if not lesson.parameters or not lesson.derivations:
            return
        loss = lesson.derivations[0].graph.loss
        if lesson.rate is None and lesson.trace is None and not lesson.rate_written and lesson.descent is None:
            return
        rate = Name(lesson.notation.rate)
        sign = "←" if lesson.notation.update == "arrow" else "="
        rows: list[Equation] = []
        for name in lesson.parameters:
            expr = Add((Name(name), Neg(Mul((rate, Partial(loss, name))))))
            sides = [Side(expr, sign)]
            if lesson.trace is not None:
                size = self.as_written(lesson.rate_written, lesson.rate) if lesson.rate is not None else rate
                start = shown(lesson.trace[name], self.digits)
                gradient = self.value(derivative_key(loss, name))
                assert gradient is not None
                sides.append(Side(Add((start, Neg(Mul((size, gradient)))))))
            if lesson.descent is not None and len(lesson.descent.traces) > 1:
                sides.append(Side(shown(lesson.descent.traces[1][name], self.digits), result=True))
            why = _words("one step against the gradient") if not rows else ()
            rows.append(Equation(Name(after_key(name, 1)), tuple(sides), None, why))
        self.blocks += [Heading("Update"), Equations(tuple(rows))]
        self.iterations(loss)

    def iterations(self, loss: str) -> None:
        """The table of plain gradient descent."""
        descent, lesson = self.lesson.descent, self.lesson
        if descent is None:
            return
        if len(descent.traces) > 2 or (descent.stopped and len(descent.traces) > 1):
            graph = lesson.derivations[0].graph
            steps = {step.target: step for step in graph.steps}
            made = [n for n in names(steps[loss].expr) if n in steps]
            columns = [*lesson.parameters, *made[:3], loss]
            header = (_words("k"), *(_words(Math(Name(name))) for name in columns))
            rows = [
                (_words(str(k)), *(_words(Math(shown(trace[name], self.digits))) for name in columns))
                for k, trace in thinned(list(enumerate(descent.traces)))
            ]
            text = "Row k: all quantities after k updates; row 0 is the start."
            if len(rows) < len(descent.traces):
                text += f" {len(descent.traces) - len(rows)} rows are left out."
            self.blocks += [Heading("Iterations"), Table(header, tuple(rows), "r" * len(header), _words(text))]
        if descent.stopped:
            self.blocks.append(
                Paragraph(_words(f"Gradient descent {descent.stopped}. A smaller step size may converge."), "Stop")
            )

    def graph(self) -> None:
        """The picture: every quantity with its value and its gradient."""
        derivation = self.lesson.derivations[0]
        if len(derivation.graph.names) > MAX_PICTURE:
            return
        single = len(self.lesson.derivations) == 1
        focus = self.lesson.wanted[0] if self.lesson.focused else ()
        drawn = picture(derivation, self.lesson.trace, self.digits, gradients=single, focus=focus)
        what = ", with every value and gradient." if single else ", with every value."
        words = "The computational graph" + (what if self.lesson.trace is not None else ".")
        if focus and len(drawn.nodes) < len(derivation.graph.names):
            self.blocks.append(Figure(drawn, self.routes(focus, derivation.graph.loss)))
            return
        self.blocks.append(Figure(drawn, _words(words)))

    @staticmethod
    def routes(focus: Sequence[str], loss: str) -> Sentence:
        parts: list[Inline] = ["How "]
        for place, name in enumerate(focus):
            parts += [", " if place else "", Math(Name(name))]
        parts += [" reaches " if len(focus) == 1 else " reach ", Math(Name(loss)), "."]
        return tuple(part for part in parts if part)

    def counts(self) -> None:
        if not self.lesson.counted:
            return
        rows = tuple((_words(what), _words(f"{number:,}".replace(",", " "))) for what, number in self.lesson.counted)
        self.blocks += [Heading("Counting"), Table((_words("what"), _words("how many")), rows, "lr")]
        self.blocks += [Paragraph(_words(text)) for text in self.lesson.notes if text.startswith("Counting:")]

    def closing(self) -> None:
        """Conventions, the proof, and how numbers are printed."""
        lesson = self.lesson
        for note in lesson.notes:
            self.blocks.append(Paragraph(_words(note), "Note"))
        if lesson.derivations:
            graph = lesson.derivations[0].graph
            flat = dict(flat_steps(graph))
            for reason in dict.fromkeys(flat.values()):
                through: list[Inline] = []
                for step in (step for step, other in flat.items() if other == reason):
                    through += [", ", Math(Name(step))]
                words = _words(f"{reason}; nothing can be learnt through ", *through[1:], ".")
                self.blocks.append(Paragraph(words, "No derivative"))
            said = set(flat.values())
            for reason in dict.fromkeys(conventions(graph).values()):
                if reason not in said:
                    self.blocks.append(Paragraph(_words(f"{reason}."), "Convention"))
            if lesson.trace is not None:
                for kink in (k for k in kinks_hit(graph, lesson.trace) if k.step not in flat):
                    self.blocks.append(
                        Paragraph(
                            _words(f"{kink.step} is evaluated exactly on its kink here: the convention is used."),
                            "Kink",
                        )
                    )
        for text in dict.fromkeys(lesson.proofs):
            self.blocks.append(Paragraph(_words(text if text.endswith(".") else text + "."), "Proof"))
        if lesson.trace is not None:
            self.blocks.append(Paragraph(_words(wording.POLICY.format(digits=self.digits)), "Numbers"))
