"""The formula that a wrong line should compute: of the derivation that solves and marks, and checked against the program at its points.

What a statement is about is told by its value: the run of the corrected program gives it, and it is the gradient of one quantity of the
forward pass, at every point.  Where no gradient has that value, or where the derivation and the slopes of the program differ, nothing is
said.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.code_verdicts import CodeVerdict, DerivedLine, WrongLine
from tutor.code.derived_program import NEAR, DerivedProgram, Known, as_floats, drop_given, list_derived
from tutor.code.forward_graph import NOT_READ
from tutor.code.gradient_check import GradientCheck, fit_shape
from tutor.code.judgement import Judgement
from tutor.code.pair_functions import split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.repair_test import SEEDS
from tutor.code.statement_names import name_targets
from tutor.code.trial import ProgramTrial
from tutor.code.written_lines import LineReader
from tutor.derive.backward import derive
from tutor.derive.rewrites.entrywise import LayerRewrite
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.errors import TutorError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Div, Expr, Mul, Name, Number, Partial, children, rebuild
from tutor.expression.walk import find_partials, substitute
from tutor.expression.walk import names as names_of
from tutor.expression.walk import size as count_nodes
from tutor.graph.entries import Entries
from tutor.graph.shapes import Shape, shape_of
from tutor.numbers.arithmetic import as_real
from tutor.numbers.arrays import Floats, np
from tutor.numbers.run_arrays import Numbers
from tutor.program.read_program import LOSS

MOST_PARTS = 36
"""A formula does not grow beyond so many parts where gradients that the program has no name for are put in."""
DEEPEST = 3
MOST_ROWS = 3
"""So many gradients that the program has no names for have rows of their own."""
EXACT = 1e-40
"""So near, relative to the largest entry, are formulas that are the same, worked out with 50 digits and more."""


@dataclass(frozen=True, slots=True)
class Point:
    """One run of the corrected program, and the derivation at the same numbers: ``known`` by the keys of quantities and gradients."""

    check: GradientCheck
    outcome: Outcome
    known: Known

    def list_values(self) -> Iterator[tuple[str, Floats]]:
        """The values of the backward pass with their keys, those from above in front."""
        for name, (_, value) in self.outcome.upstream.items():
            if name:
                yield name, np.asarray(value, dtype=float)
        for event in self.outcome.record.events[self.outcome.begins :]:
            yield event.key, np.asarray(event.value, dtype=float)


def add_formulas(judged: Judgement, verdict: CodeVerdict) -> CodeVerdict:
    """A verdict whose wrong lines have the formulas that they should compute, where the derivation knows them."""
    if verdict.verdict != "wrong" or not verdict.roots:
        return verdict
    roots = [*verdict.roots]
    try:
        trial = drop_given(judged.trial)
        first = judged.first if trial is judged.trial else trial.run()
        known = judged.list_derived() if trial is judged.trial else list_derived(trial, first)
        for derivation in known:
            finder = LineDeriver(judged, derivation, trial, first)
            found = [root.derived or finder.derive_line(root) for root in roots]
            roots = [replace(root, derived=derived) for root, derived in zip(roots, found, strict=True)]
            if all(found):
                break
    except NOT_READ:
        pass
    return replace(verdict, roots=tuple(roots))


class LineDeriver:
    """One program, corrected, and the derivation of its forward function at the same points."""

    def __init__(self, judged: Judgement, derived: DerivedProgram, trial: ProgramTrial, first: Outcome) -> None:
        graph = derived.graph
        self.judged, self.graph, self.trial, self.derived = judged, graph, trial, derived
        self.check = judged.check if trial is judged.trial else GradientCheck(trial, first)
        self.loss = graph.layered.graph.loss
        self.derivation = derive(graph.layered.graph)
        self.steps = {step.wrt: step for step in self.derivation.backward}
        self.shapes = graph.numbered.shapes
        self.points = list(self._list_points())
        self.names = dict(self._name_gradients()) if self.points else {}
        self.rewrites = self._find_rewrites() if self.points else {}

    def _list_points(self) -> Iterator[Point]:
        """The points at which the graph computes what the program computes; none at all where it does not at one of them."""
        found: list[Point] = []
        for seed in SEEDS:
            try:
                trial, check = self._find_point(seed)
                outcome = trial.run(edits=self.judged.edits)
            except CodeProblem:
                return
            known = self.derived.evaluate(outcome)
            if known is None:
                return
            found.append(Point(check, outcome, known))
        yield from found

    def _find_point(self, seed: int) -> tuple[ProgramTrial, GradientCheck]:
        if not seed:
            return self.trial, self.check
        if self.trial is self.judged.trial:  # as the repairs were tried there
            return self.judged.test.find_point(seed)
        trial = self.trial.move_to(seed)
        return trial, GradientCheck(trial, trial.run())

    def find_gradient(self, point: Point, wrt: str) -> Floats:
        """The gradient of a quantity at a point, in floats."""
        return as_floats(point.known[derivative_key(self.loss, wrt)])

    def _name_gradients(self) -> Iterator[tuple[str, str]]:
        """The names that the program has for gradients of the derivation, by their quantities."""
        for name in self.steps:
            keys = [key for key, value in self.points[0].list_values() if self._is_gradient(value, self.points[0], name)]
            if keys and name != self.loss:
                yield name, min(keys, key=lambda key: (name not in split_gradient(key), keys.index(key)))

    def _is_gradient(self, value: Floats, point: Point, wrt: str) -> bool:
        """Whether a value of the program is the gradient of a quantity."""
        shape = tuple(map(int, self.shapes[wrt]))
        made = fit_shape(value, shape)
        return made is not None and is_near(made, self.find_gradient(point, wrt))

    def _find_rewrites(self) -> dict[str, LayerRewrite]:
        """The named rewrites of gradients that hold at every point."""
        found: dict[str, LayerRewrite] = {}
        small = {rewrite.left: rewrite.expr for rewrite in find_layer_rewrites(self.graph.numbered)}
        for rewrite in find_layer_rewrites(self.graph.layered):
            if type(rewrite.left) is not Partial or rewrite.left not in small:
                continue
            wrt, expr = rewrite.left.wrt, small[rewrite.left]
            values = [as_floats(Entries(dict(point.known), Numbers()).value(expr)) for point in self.points]
            if all(is_near(value, self.find_gradient(point, wrt)) for value, point in zip(values, self.points, strict=True)):
                found[wrt] = rewrite
        return found

    def derive_line(self, root: WrongLine) -> DerivedLine | None:
        """The formula of one wrong line; nothing where no gradient of the derivation is what it should compute."""
        nodes = [one for one in self.judged.list_statements() if one.lineno == root.line]
        node = next((one for one in nodes if root.claim in name_targets(one)), nodes[0] if nodes else None)
        if not self.points:
            return None
        if node is None or id(node) not in self.judged.edits:
            return self._derive_by_name(root)
        made = {id(one) for one in self.judged.edits[id(node)]}
        for ends in (False, True):
            values = [self._find_values(point.outcome, node, root, ends=ends) for point in self.points]
            for key in values[0]:
                listed = [one[key] for one in values if key in one]
                wrt, times = self._find_quantity(key, listed) if len(listed) == len(self.points) else ("", None)
                if wrt and self.is_slope_of_loss(wrt):
                    events = [one for one in self.points[0].outcome.record.events if one.key == key and id(one.statement) in made]
                    deriver = self if self._is_made_before(key, node, made) else self._drop_name(key)
                    derived = deriver._write_line(key, wrt, times, ends=ends or len(events) > 1)
                    return derived and self._add_program(node, derived)
        return self._derive_next(node)

    def _is_made_before(self, key: str, node: ast.stmt, made: Collection[int]) -> bool:
        """Whether a name has a value before the line that is wrong, given or worked out, as in dh = dh * (h > 0)."""
        if any(type(part) is ast.Name and part.id == key and type(part.ctx) is ast.Load for part in ast.walk(node)):
            return True
        outcome = self.points[0].outcome
        first = next((event for event in outcome.record.events[outcome.begins :] if event.key == key), None)
        return first is not None and id(first.statement) not in made

    def _drop_name(self, key: str) -> LineDeriver:
        """The same without a name: what the line itself is to compute explains nothing, by whichever quantity it has the name."""
        apart = copy(self)
        apart.names = {wrt: name for wrt, name in self.names.items() if name != key}
        return apart

    def _derive_next(self, node: ast.stmt) -> DerivedLine | None:
        """The formula of the first gradient behind a line that is none itself: a mask, a slope that is worked out apart."""
        own = {id(one) for one in self.judged.edits[id(node)]}
        wrong = {event.key: event.value for event in self.trial.run().record.events}
        events = self.points[0].outcome.record.events[self.points[0].outcome.begins :]
        first = next((place for place, event in enumerate(events) if id(event.statement) in own), len(events))
        for key in dict.fromkeys(event.key for event in events[first:] if split_gradient(event.key)):
            last = [{event.key: event.value for event in point.outcome.record.events}.get(key) for point in self.points]
            values = [np.asarray(value, dtype=float) for value in last if value is not None]
            if values and key in wrong and is_near(np.asarray(wrong[key], dtype=float), values[0]):
                continue  # it does not come from this line
            wrt, times = self._find_quantity(key, values) if len(values) == len(self.points) else ("", None)
            if wrt and self.is_slope_of_loss(wrt):
                return self._write_line(key, wrt, times, ends=True)
        return None

    def _add_program(self, node: ast.stmt, derived: DerivedLine) -> DerivedLine | None:
        """The same with what the program computes as it stands, and compared with what it computes once it is right, to many digits.

        Nothing where that is read and is something else: a fault of ours.
        """
        edits = self.judged.edits
        others = {number: made for number, made in edits.items() if number != id(node)}
        written = self._read_formula(node, others)
        known = {*self.shapes, *self.graph.sizes}
        if written is not None and (not set(names_of(written)) <= known or count_nodes(written) > MOST_PARTS):
            written = None
        made = edits[id(node)]
        if len(made) > 1:  # a line is put in: what stands there computes something else
            written = None
        right = self._read_formula(made[0], edits) if not derived.ends and made else None
        exact = None if right is None or not set(names_of(right)) <= known else self._is_exactly(right, derived)
        if exact is False:
            return None
        shown = None if written is None or written in (derived.expr, right) else name_loss(written, derived.loss)
        fits = shown is not None and has_shape(shown, derived.layered.shapes)
        return replace(derived, written=shown if fits else None, exact=bool(exact))

    def _is_exactly(self, formula: Expr, derived: DerivedLine) -> bool | None:
        """Whether a formula is the gradient at every point, with many digits; nothing where it is not worked out."""
        table: dict[str, Expr] = {letter: Number(str(size)) for letter, size in self.graph.sizes.items()}
        for point in self.points:
            values = Entries(dict(point.known), Numbers())
            wanted = point.known[derivative_key(self.loss, derived.wrt)]
            factor = 1 if not isinstance(derived.times, Name) else self.graph.sizes[derived.times.name]
            try:
                found = values.value(substitute(formula, table))
            except (TutorError, KeyError):
                return None
            if len(found.items) != len(wanted.items):
                return None
            size = max(abs(as_real(item)) for item in wanted.items) * factor
            if any(abs(as_real(one) - as_real(item) * factor) > EXACT * size for one, item in zip(found.items, wanted.items, strict=True)):
                return False
        return True

    def _read_formula(self, node: ast.stmt, edits: Mapping[int, tuple[ast.stmt, ...]]) -> Expr | None:
        """What a statement computes in a run with some changes; nothing where it is not read."""
        traced: dict[int, Any] = {}
        outcome = self.trial.run(edits=edits, traced=traced)
        first = next((event.number for event in outcome.record.events if event.statement is node), len(outcome.record.events))
        before = {event.key: event.value for event in outcome.record.events[:first]}
        point = self.points[0]
        given = {*self.graph.upstream, *self.graph.one_hot, self.loss}

        def find_value(part: ast.expr, number: int) -> Any:
            return before.get(part.id, traced.get(number)) if isinstance(part, ast.Name) else traced.get(number)

        def name_value(text: str, value: Any) -> Expr:
            made = np.asarray(value, dtype=float)
            word = text.rpartition(".")[2]
            gradients = [name for name in self.steps if name not in given and self._is_gradient(made, point, name)]
            if gradients and np.any(made):
                return Partial(self.loss, min(gradients, key=lambda name: name not in split_gradient(word)))
            for letter, size in self.graph.sizes.items():
                of = next((name for name in split_gradient(word) if name in self.steps and self._is_gradient(made / size, point, name)), "")
                if of and np.any(made):
                    return Mul((Name(letter), Partial(self.loss, of)))
            same = [name for name, array in point.known.items() if name in self.shapes and is_near(made, as_floats(array))]
            return Name(min(same, key=lambda name: name != word)) if same else Name(word)

        try:
            return LineReader(self.trial.source, self.graph.sizes, self.graph.one_hot).read_line(node, find_value, name_value)
        except NOT_READ:
            return None

    def _derive_by_name(self, root: WrongLine) -> DerivedLine | None:
        """The formula of a line that nothing corrects: what its name says."""
        for key in (root.claim, *(one for one in root.repairs if one.rpartition(".")[2] == root.claim)):
            wrt = next((name for name in split_gradient(key) if name in self.steps), "")
            last = {event.key: event.value for event in self.points[0].outcome.record.events}.get(key)
            if wrt and last is not None and self._is_gradient(np.asarray(last, dtype=float), self.points[0], wrt):
                continue  # what is wrong is something else
            if wrt and all(point.check.list_versions([wrt]) for point in self.points) and self.is_slope_of_loss(wrt):
                return self._write_line(key, wrt, None, ends=True)
        return None

    def _find_values(self, outcome: Outcome, node: ast.stmt, root: WrongLine, *, ends: bool) -> dict[str, Floats]:
        """What a statement gives once it is right, by the keys, the claim of the line first; ``ends``: what its names end as."""
        made = {id(one) for one in self.judged.edits.get(id(node), (node,))}
        names = {name for part in self.judged.edits.get(id(node), (node,)) for name in name_targets(part)}
        events = outcome.record.events[outcome.begins :]
        chosen = [one for one in events if (one.key.rpartition(".")[2] in names if ends else id(one.statement) in made)]
        found = {one.key: np.asarray(one.value, dtype=float) for one in chosen}
        if isinstance(node, ast.Return):
            given = {one.key: one.value for one in outcome.outputs if one.key in root.repairs and one.value is not None}
            found |= {key: np.asarray(value, dtype=float) for key, value in given.items()}
        put_in = {one.key for one in chosen if one.statement is not node and len(made) > 1}  # by a line before it
        return dict(sorted(found.items(), key=lambda pair: (pair[0] not in put_in, pair[0].rpartition(".")[2] != root.claim)))

    def _find_quantity(self, key: str, values: Sequence[Floats]) -> tuple[str, Expr | None]:
        """The quantity whose gradient, or a multiple of it by a size, the values are at every point; of several the one of that name."""
        said = split_gradient(key)
        given = {*self.graph.upstream, *self.graph.one_hot, self.loss}
        letters = {letter: float(size) for letter, size in self.graph.sizes.items()}
        for letter, times in {"": 1.0, **letters}.items():
            fits = [
                name for name in self.steps
                if name not in given and np.any(values[0]) and (not letter or name in said)
                and all(self._is_gradient(value / times, point, name) for value, point in zip(values, self.points, strict=True))
            ]  # fmt: skip
            if fits:
                wrt = min(fits, key=lambda name: (name not in said, not any(name.startswith(one) for one in said)))
                return wrt, Name(letter) if letter else None
        return "", None

    def is_slope_of_loss(self, wrt: str) -> bool:
        """Whether the gradient is the slope of the program's own loss, where the program has the quantity by its name."""
        for point in self.points:
            for event in point.check.list_versions([wrt])[:1]:
                if np.shape(event.value) == tuple(self.shapes[wrt]) and not self._is_slope(point, event, wrt):
                    return False
        return True

    def _is_slope(self, point: Point, event: ValueEvent, wrt: str) -> bool:
        return point.check.is_slope(self.find_gradient(point, wrt), event)

    def _write_line(self, key: str, wrt: str, times: Expr | None, *, ends: bool) -> DerivedLine | None:
        """The formula with the gradients that the program has names for in it, and no others; nothing where it is too long to be read.

        Where it is long as one formula, gradients that the program has no names for have rows of their own below.
        """
        expr = self.rewrites[wrt].expr if wrt in self.rewrites else self.put_in(self.steps[wrt].expr, wrt, DEEPEST)
        unnamed = {part.wrt for part in find_partials(expr)} - {*self.names}
        if count_nodes(expr) <= MOST_PARTS and (not unnamed or wrt in self.rewrites):
            return self._write_row(key, wrt, expr, times, ends=ends)
        expr = self.steps[wrt].expr
        waiting, rows = [*self._list_unnamed(expr)], list[DerivedLine]()
        seen = {wrt, *waiting}
        while waiting and len(rows) < MOST_ROWS:
            name = waiting.pop(0)
            own = self.rewrites[name].expr if name in self.rewrites else self.steps[name].expr
            whole = self.put_in(own, name, DEEPEST)
            own = whole if count_nodes(whole) <= MOST_PARTS // 2 and not self._list_unnamed(whole) else own
            rows.append(self._write_row("", name, own, None, ends=ends))
            more = [one for one in self._list_unnamed(own) if one not in seen]
            waiting, seen = [*waiting, *more], {*seen, *more}
        long = [one for one in (expr, *(row.expr for row in rows)) if one is not None and count_nodes(one) > MOST_PARTS]
        if long or waiting or not rows:
            return None
        return replace(self._write_row(key, wrt, expr, times, ends=ends), rows=tuple(rows))

    def _list_unnamed(self, expr: Expr) -> list[str]:
        """The quantities whose gradients are in a formula, and have no name in the program."""
        return sorted({part.wrt for part in find_partials(expr)} - {*self.names})

    def _write_row(self, key: str, wrt: str, expr: Expr, times: Expr | None, *, ends: bool) -> DerivedLine:
        """A formula with its reason, and what its letters are."""
        rewrite, step = self.rewrites.get(wrt), self.steps[wrt]
        while type(step.expr) is Partial and step.expr.wrt in self.steps and expr != step.expr:  # passed on: the reason is that of what is
            step = self.steps[step.expr.wrt]
        expr = multiply_size(times, expr) if times is not None else expr
        used = {part.wrt for part in find_partials(expr)}
        names = {name: self.names[name] for name in used if name in self.names}
        loss = LOSS if LOSS not in self.shapes else self.loss
        through = {path.factors[0].wrt for path in step.paths}
        lines = tuple(sorted({self.graph.lines[name] for name in through if name in self.graph.lines}))
        rule = rewrite.rule if rewrite is not None else ""
        used |= {wrt, *names_of(expr)}
        shown = used & {*self.graph.insides}
        insides = {one.target: one.expr for one in self.graph.layered.graph.steps if one.target in shown}
        layered, points = self.graph.layered, len(self.points)
        return DerivedLine(key, loss, wrt, name_loss(expr, loss), step, layered, rule, names, lines, points, times, ends, insides=insides)

    def put_in(self, expr: Expr, wrt: str, depth: int) -> Expr:
        """A formula in which gradients without a name in the program are written out, as long as it stays short."""
        unnamed = {part.wrt for part in find_partials(expr)} - {*self.names}
        if not unnamed or not depth:
            return expr
        table: dict[str, Expr] = {}
        for name in unnamed:
            rewrite = self.rewrites.get(name)
            table[name] = rewrite.expr if rewrite is not None else self.put_in(self.steps[name].expr, name, depth - 1)
        made = put_gradients(expr, table)
        return made if count_nodes(made) <= MOST_PARTS else expr


def is_near(one: Floats, other: Floats) -> bool:
    """Whether two arrays are the same, as far as floats tell.

    >>> is_near(np.ones(2), np.ones(2) + 1e-12), is_near(np.ones(2), np.ones(2) + 1e-3)
    (True, False)
    """
    size = float(np.max(np.abs(other))) if np.size(other) else 0.0
    return np.shape(one) == np.shape(other) and bool(np.all(np.abs(one - other) <= NEAR * max(size, 1e-12)))


def multiply_size(size: Expr, expr: Expr) -> Expr:
    """A formula times a size; one that is divided by it first is not, then.

    >>> multiply_size(Name("m"), Mul((Div(ONE, Name("m")), Name("A"))))
    Name(name='A')
    """
    if isinstance(expr, Mul) and expr.args[0] == Div(ONE, size):
        return expr.args[1] if len(expr.args) == 2 else Mul(expr.args[1:])
    return Mul((size, expr))


def has_shape(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether the operands of a formula fit each other.

    >>> from tutor.expression.nodes import Call
    >>> has_shape(Call("matmul", (Name("A"), Name("x"))), {"A": (2, 3), "x": (2,)})
    False
    """
    try:
        shape_of(expr, shapes)
    except TutorError:
        return False
    return True


def name_loss(expr: Expr, loss: str) -> Expr:
    """A formula whose gradients are those of a loss by another name.

    >>> name_loss(Partial("loss2", "w"), "L")
    Partial(of='L', wrt='w')
    """
    return put_gradients(expr, {part.wrt: Partial(loss, part.wrt) for part in find_partials(expr)})


def put_gradients(expr: Expr, table: Mapping[str, Expr]) -> Expr:
    """A formula with formulas in the place of some gradients, by their quantities."""
    if type(expr) is Partial:
        return table.get(expr.wrt, expr)
    parts = children(expr)
    return rebuild(expr, tuple(put_gradients(part, table) for part in parts)) if parts else expr

