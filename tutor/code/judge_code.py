"""A hand-written backward pass, judged: which gradients are right, which line is wrong at the root, what it probably was, what only follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.code_values import CodeProblem, Event
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import LABELS, SCALARS
from tutor.code.guessing import World
from tutor.code.line_edits import LineEdit, Surroundings, write_lines
from tutor.code.pair_functions import Plan, find_plans, list_gradients, split_gradient
from tutor.code.slips_of_lines import LIBRARY, TABLE, split_product, strip_transpose
from tutor.code.trial import LOSS_WORDS, Outcome, Output, Trial
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.source import Source

MOST_RUNS = 2_500
"""So many changes are tried at most."""
MOST_ROOTS = 5
SEEDS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class JudgedOutput:
    """A gradient of the program: its name there, what it is the gradient of, whether it is right."""

    key: str
    of: str
    verdict: str
    shape: tuple[int, ...]
    expected: tuple[int, ...]
    factor: str = ""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that is wrong by itself: the slip with its parts (or none that is known), the lines as they are and as they would be right.

    ``repairs`` are the gradients that are right then, ``fails`` says what Python would say.
    """

    line: int
    last: int
    tag: str
    old: str
    new: str
    factor: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    repairs: tuple[str, ...]
    claim: str = ""
    fails: str = ""


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that was not read, and why."""

    line: int
    text: str
    why: str
    fails: bool


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """What became of one backward pass: ``right``, ``wrong`` or ``undecided`` with the reason."""

    name: str
    forward: str
    verdict: str
    outputs: tuple[JudgedOutput, ...]
    roots: tuple[WrongLine, ...]
    follows: tuple[int, ...]
    unread: tuple[UnreadLine, ...]
    first_line: int = 0
    world: World = field(default_factory=World)
    why: str = ""


def judge_code(source: Source, wanted: str = "", forward_source: Source | None = None, forward: str = "") -> tuple[CodeVerdict, ...]:
    """Judge every backward pass of a file, or the one that is wanted.

    Raises `CodeProblem` for a file without any.

    >>> from tutor.program.source import read_source
    >>> text = "def f_forward(x, w):\\n    return w * x, (x, w)\\ndef f_backward(dout, cache):\\n    x, w = cache\\n    return dout * w, dout * w\\n"
    >>> found = judge_code(read_source(text, "f.py"))[0]
    >>> found.verdict, [(root.line, root.tag) for root in found.roots]
    ('wrong', [(5, 'another-variable')])
    """
    plans = find_plans(source.tree, wanted, forward)
    if not plans:
        raise CodeProblem(tell("no backward pass is found"), where=source.file,
                          hint=tell("call it f_backward beside f_forward, or say both: tutor code FILE:backward --forward FILE:forward"))  # fmt: skip
    found = []
    for plan in plans:
        try:
            verdict = _judge_plan(source, plan, forward_source)
        except CodeProblem as why:
            verdict = CodeVerdict(plan.name, plan.forward, "undecided", (), (), (), (), why=f"{why.where}: {why.what}")
        if verdict is not None:
            found.append(verdict)
    if len(found) > 1:
        found = [one for one in found if one.outputs or one.unread or one.verdict != "undecided" or plans[0].name == wanted] or found
    return tuple(found)


def _judge_plan(source: Source, plan: Plan, forward_source: Source | None) -> CodeVerdict:
    best: tuple[tuple[int, ...], Judgement] | None = None
    refused: CodeProblem | None = None
    for world in _list_worlds(source, plan):
        trial = Trial(source, plan, world, find_training_loops(source.tree), forward_source)
        try:
            judged = Judgement(trial)
        except CodeProblem as why:
            refused = refused or why
            continue
        if best is None or judged.score < best[0]:
            best = (judged.score, judged)
        if judged.is_right or not judged.varies:
            break
    if best is None:
        raise refused or CodeProblem(tell("no backward pass is found"), where=source.file)
    return best[1].give_verdict()


def _list_worlds(source: Source, plan: Plan) -> Iterator[World]:
    """The ways to read what nobody says, the likeliest first: samples as rows or as columns, and what targets are."""
    columns = find_orientation(source, plan)
    for column in (False, True) if columns is None else (columns,):
        for targets in ("free", "columns" if column else "rows", "binary", "signs"):
            yield World(0, column, targets)


_WEIGHT = re.compile(r"^(W|w|Theta|theta|weights?|U|V)([a-z]{0,2}\d*|_\w+|\d*)$")


def find_orientation(source: Source, plan: Plan) -> bool | None:
    """Whether samples are columns: weights stand at the left of their products, W @ X; nothing where products do not tell."""
    wanted = {plan.forward, plan.backward} - {""}
    left = right = 0
    for node in ast.walk(source.tree):
        if wanted and not (isinstance(node, ast.FunctionDef) and node.name == plan.forward):
            continue
        for part in ast.walk(node):
            found = split_product(part) if isinstance(part, ast.expr) else None
            if found is None:
                continue
            names = [_name_operand(one) for one in found[:2]]
            weights = [bool(_WEIGHT.match(name)) for name in names]
            left += weights == [True, False]
            right += weights == [False, True]
        if not wanted:
            break
    return None if left == right else left > right


def _name_operand(node: ast.expr) -> str:
    node = strip_transpose(node) or node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def find_training_loops(tree: ast.Module) -> frozenset[int]:
    """The loops of a script that train: they compute forward and backward, and one round is enough."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            found.add(id(node))
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and len(list_gradients(node.body)) >= 2:
            loops = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
            inside = {part.id for one in node.body for part in ast.walk(one) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
            if any(LOSS_WORDS.match(name) for name in loops) and (node.target.id not in inside or node.target.id.startswith(("epoch", "it", "step"))):
                found.add(id(node))
    return frozenset(found)


class Judgement:
    """One program in one world: its outputs, what is wrong, and the search for the lines that are."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.first = trial.run()
        self.check = GradientCheck(trial, self.first)
        self.runs = 0
        self.outputs = self._pick_outputs(self.first)
        if self.first.loss is None:
            raise CodeProblem(tell("no loss is found"), where=trial.source.file,
                              hint=tell("call it loss, or return it as the first value"))  # fmt: skip
        self.right = {output.key: self.check.judge_output(output) for output in self.outputs}
        self.names = {event.key.rpartition(".")[2] for event in self.first.record.events}

    @property
    def is_right(self) -> bool:
        """Whether all outputs are right, and there are any."""
        return bool(self.outputs) and all(self.right.values())

    @property
    def reads_all(self) -> bool:
        """Whether every line was read."""
        return not any(not problem.fails for problem in self.first.record.problems.values())

    @property
    def varies(self) -> bool:
        """Whether another world could be another answer: what nobody gives has been guessed."""
        return any(event.leaf and (LABELS.match(event.key) or not self.first.begins) for event in self.first.record.events) or any(
            problem.fails for problem in self.first.record.problems.values()
        )

    @property
    def score(self) -> tuple[int, ...]:
        """The fewer, the likelier is the world what is meant: lines that fail, gradients that are wrong."""
        wrong = sum(not right for right in self.right.values())
        return (not self.outputs, len(self.first.record.problems), wrong)

    def _pick_outputs(self, outcome: Outcome) -> list[Output]:
        """The gradients that count: of what is given, and of weights; where there are none all of them."""
        if not self.trial.plan.is_single:
            return outcome.outputs
        names = {name for name in _assigned_by_formulas(self.first.record.events)}
        leaves = [output for output in outcome.outputs if any(one not in names for one in output.of)]
        return leaves or outcome.outputs

    # the search

    def give_verdict(self) -> CodeVerdict:
        """The verdict, with the lines that are wrong."""
        plan, source = self.trial.plan, self.trial.source
        unread = tuple(self._list_unread())
        if not self.outputs:
            why = self.first.why or tell("no gradient of it is found")
            return CodeVerdict(plan.name, plan.forward, "undecided", (), (), (), unread, self._first_line(), self.trial.world, why)
        lost = [output for output in self.outputs if output.lost is not None and not output.lost.fails]
        if self.is_right:
            return CodeVerdict(plan.name, plan.forward, "right", tuple(self._judged()), (), (), unread, self._first_line(), self.trial.world)
        if lost and len(lost) == sum(not right for right in self.right.values()):
            return CodeVerdict(plan.name, plan.forward, "undecided", tuple(self._judged()), (), (), unread, self._first_line(), self.trial.world, lost[0].lost.what)  # type: ignore[union-attr]
        roots, edits = self.find_roots()
        follows = self._list_followers(edits, roots) if edits else ()
        del source
        return CodeVerdict(plan.name, plan.forward, "wrong", tuple(self._judged()), tuple(sorted(roots, key=lambda one: one.line)), follows, unread,
                           self._first_line(), self.trial.world)  # fmt: skip

    def _first_line(self) -> int:
        lines = [getattr(node, "lineno", 0) for node in self.first.after.values()]
        return min((line for line in lines if line), default=0)

    def _judged(self) -> Iterator[JudgedOutput]:
        for output in self.outputs:
            event = self.check.find_target(output)
            right = self.right[output.key]
            ratio = None if right or event is None or output.value is None else self.check.find_ratio(output.value, event)
            shape = np.shape(output.value) if output.value is not None else ()
            yield JudgedOutput(output.key, event.key if event is not None else output.of[0], "right" if right else "wrong" if output.value is not None else
                               "lost", shape, np.shape(event.value) if event is not None else (), f"{1 / ratio:.6g}" if ratio else "")  # fmt: skip

    def _list_unread(self) -> Iterator[UnreadLine]:
        lines = self.trial.source.lines
        told: set[int] = set()
        for number, problem in self.first.record.problems.items():
            if id(problem) in told:
                continue
            told.add(id(problem))
            node = self.first.record.visited.get(number)
            line = getattr(node, "lineno", 0)
            if number in self.first.after and line and not isinstance(node, ast.Return | ast.For | ast.If | ast.With):
                yield UnreadLine(line, lines[line - 1].strip() if line <= len(lines) else "", problem.what, problem.fails)

    def list_statements(self) -> list[ast.stmt]:
        """The statements of the backward pass, in their order: those that the loss does not need."""
        nodes = [node for node in self.first.after.values() if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.AnnAssign)]
        nodes = [node for node in nodes if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        if not self.trial.plan.is_single:
            return nodes  # type: ignore[return-value]
        needed, last = _find_loss_names(nodes)
        return [
            node for node in nodes
            if not isinstance(node, ast.Return) and (node.lineno > last or not _target_names(node) & needed)
        ]  # type: ignore[misc]  # fmt: skip

    def find_roots(self) -> tuple[list[WrongLine], dict[int, tuple[ast.stmt, ...]]]:
        """The lines that are wrong by themselves, one after the other, each taken back before the next is looked for."""
        edits: dict[int, tuple[ast.stmt, ...]] = {}
        roots: list[WrongLine] = []
        wrong = [key for key, right in self.right.items() if not right]
        while wrong and len(roots) < MOST_ROOTS:
            best = self.find_edit(edits, wrong)
            if best is None:
                roots += self._list_unexplained(edits, wrong)
                break
            edit, fixed = best
            original = next((key for key, made in edits.items() if edit.statement in made), id(edit.statement))
            if original == id(edit.statement):
                edits[original] = edit.statements
            else:
                edits[original] = tuple(part for one in edits[original] for part in (edit.statements if one is edit.statement else (one,)))
            roots.append(self._describe(edit, fixed))
            wrong = [key for key in wrong if key not in fixed]
        return roots, edits

    def _describe(self, edit: LineEdit, fixed: Sequence[str]) -> WrongLine:
        before, after = write_lines(self.trial.source.lines, edit)
        node = edit.statement
        problem = self.first.record.problems.get(id(node))
        target = _target_names(node)
        return WrongLine(node.lineno, node.end_lineno or node.lineno, edit.tag, edit.old, edit.new, edit.factor, tuple(before), tuple(after), tuple(fixed),
                         next(iter(sorted(target)), ""), problem.what if problem is not None and problem.fails else "")  # fmt: skip

    def find_edit(self, edits: Mapping[int, tuple[ast.stmt, ...]], wrong: Sequence[str]) -> tuple[LineEdit, list[str]] | None:
        """The change that makes most gradients right, the likeliest of those; nothing where none makes any right."""
        traced: dict[int, Any] = {}
        outcome = self.trial.run(edits=edits, traced=traced)
        claims = self.check.judge_claims(outcome)
        statements = self._order_statements(edits, claims)
        around = self._look_around(traced, outcome, wrong)
        best: tuple[tuple[int, int], LineEdit, list[str]] | None = None
        tried = [(suspect, statement, row) for suspect, statement in statements for row in TABLE if suspect]
        tried += [(suspect, statement, row) for row in TABLE for suspect, statement in statements if not suspect]
        for suspect, statement, row in tried:
            for edit in row.take(statement, around):
                self.runs += 1
                if self.runs > MOST_RUNS:
                    return (best[1], best[2]) if best else None
                fixed = self._try(edits, edit, wrong)
                if fixed and (best is None or (len(fixed), suspect) > best[0]) and self._holds(edits, edit, fixed):
                    best = ((len(fixed), suspect), edit, fixed)
                    if suspect and len(fixed) == len(wrong):
                        return edit, fixed
        return (best[1], best[2]) if best is not None else None

    def _order_statements(self, edits: Mapping[int, tuple[ast.stmt, ...]], claims: Mapping[str, tuple[bool, Event]]) -> list[tuple[int, ast.stmt]]:
        """Statements, those first that made the first name wrong, or failed."""
        nodes = [part for node in self.list_statements() for part in edits.get(id(node), (node,))]
        failed = {id(node) for node in nodes if id(node) in self.first.record.problems and self.first.record.problems[id(node)].fails}
        first = next((event for right, event in sorted(claims.values(), key=lambda pair: pair[1].number) if not right), None)
        suspects: set[int] = set()
        if first is not None:
            inner = {id(first.statement)} | {id(node) for node in nodes if first.key.rpartition(".")[2] in _target_names(node)}
            suspects = inner
        chosen = failed or suspects
        return [(1, node) for node in nodes if id(node) in chosen] + [(0, node) for node in nodes if id(node) not in chosen]

    def _look_around(self, traced: Mapping[int, Any], outcome: Outcome, wrong: Sequence[str]) -> Surroundings:
        pool: dict[str, Any] = {}
        counts: list[str] = []
        extra: list[str] = []
        for node in self.first.after.values():
            for part in ast.walk(node):
                if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and id(part) in traced:
                    value, text = traced[id(part)], ast.unparse(part)
                    if isinstance(part, ast.Attribute) and part.attr == "T":
                        continue
                    if isinstance(value, np.ndarray):
                        if value.dtype.kind in "iu" and LABELS.match(text.rpartition(".")[2]):
                            extra.append(text)
                        if value.ndim or value.dtype.kind == "f":
                            pool.setdefault(text, value)
                    elif isinstance(value, int | np.integer) and not isinstance(value, bool) and value > 1 and len(counts) < 5:
                        counts.append(text)
                    elif isinstance(value, float | np.floating):
                        pool.setdefault(text, value)
                        if SCALARS.match(text.rpartition(".")[2]):
                            extra.append(text)
        for event in outcome.record.events[outcome.begins :]:
            if event.key.isidentifier() and isinstance(event.value, np.ndarray):
                pool.setdefault(event.key, event.value)
        ratios: list[float] = []
        for output in outcome.outputs:
            target = self.check.find_target(output) if output.key in wrong else None
            ratio = self.check.find_ratio(output.value, target) if target is not None and output.value is not None else None
            if ratio is not None and not any(abs(ratio - one) < 1e-6 * abs(ratio) for one in ratios):
                ratios.append(float(f"{ratio:.9g}"))
        return Surroundings(traced, pool, list(dict.fromkeys(counts)), ratios, list(dict.fromkeys(extra)))

    def _try(self, edits: Mapping[int, tuple[ast.stmt, ...]], edit: LineEdit, wrong: Sequence[str]) -> list[str]:
        """The gradients that a change makes right, where it makes none wrong and leaves the loss as it is."""
        made = self._merge(edits, edit)
        try:
            outcome = self.trial.run(edits=made)
        except CodeProblem:
            return []
        return self._compare(self.check, outcome, wrong)

    def _merge(self, edits: Mapping[int, tuple[ast.stmt, ...]], edit: LineEdit) -> dict[int, tuple[ast.stmt, ...]]:
        merged = dict(edits)
        for key, made in edits.items():
            if edit.statement in made:
                merged[key] = tuple(part for one in made for part in (edit.statements if one is edit.statement else (one,)))
                return merged
        merged[id(edit.statement)] = edit.statements
        return merged

    def _compare(self, check: GradientCheck, outcome: Outcome, wrong: Sequence[str]) -> list[str]:
        if self.trial.plan.is_single and not _same_number(outcome.loss, check.first.loss):
            return []
        found = {output.key: output for output in self._pick_outputs(outcome)}
        fixed = [key for key in wrong if key in found and check.judge_output(found[key])]
        if not fixed:
            return []
        kept = [key for key, right in self.right.items() if right]
        return fixed if all(key in found and check.judge_output(found[key]) for key in kept) else []

    def _holds(self, edits: Mapping[int, tuple[ast.stmt, ...]], edit: LineEdit, fixed: Sequence[str]) -> bool:
        """Whether a change makes them right with other numbers, too."""
        for seed in SEEDS[1:]:
            trial = replace(self.trial, world=replace(self.trial.world, seed=seed))
            try:
                first = trial.run()
                outcome = trial.run(edits=self._merge(edits, edit))
            except CodeProblem:
                return False
            if len(self._compare(GradientCheck(trial, first), outcome, fixed)) < len(fixed):
                return False
        return True

    def _list_unexplained(self, edits: Mapping[int, tuple[ast.stmt, ...]], wrong: Sequence[str]) -> list[WrongLine]:
        """Lines that no known slip explains: where a name is wrong first, though all before it is right."""
        outcome = self.trial.run(edits=edits)
        claims = sorted(self.check.judge_claims(outcome).items(), key=lambda item: item[1][1].number)
        found: list[WrongLine] = []
        left = list(wrong)
        for key, (right, event) in claims:
            if right or not left or event.statement is None:
                continue
            versions = [one for one in self.check.list_versions(split_gradient(key)) if np.shape(one.value) == np.shape(event.value)][:3]
            fixed: list[str] = []
            for version in versions:
                forced = {event.number: self.check.find_gradient(version)}
                made = self.trial.run(edits=edits, forced=forced)
                fixed = self._compare(self.check, made, left)
                if fixed:
                    break
            if fixed:
                found.append(self._describe(_leave(event.statement), fixed))
                left = [one for one in left if one not in fixed]
        nodes = self.list_statements()
        for key in left:
            problem = next((node for node in nodes if id(node) in self.first.record.problems), None)
            last = key.rpartition(".")[2]
            own = [node for node in nodes if last in _target_names(node)]
            node = problem or (own[-1] if own else nodes[-1] if nodes else None)
            if node is not None and not any(root.line == node.lineno for root in found):
                found.append(self._describe(_leave(node), [key]))
        return found

    def _list_followers(self, edits: Mapping[int, tuple[ast.stmt, ...]], roots: Sequence[WrongLine]) -> tuple[int, ...]:
        """The lines whose values change once the roots are right."""
        after = self.trial.run(edits=edits)
        changed: set[int] = set()
        old, new = _by_line(self.first.record.events[self.first.begins :]), _by_line(after.record.events[after.begins :])
        for line, values in old.items():
            others = new.get(line, [])
            if len(values) != len(others) or any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-8, atol=1e-12)
                                                 for a, b in zip(values, others, strict=True)):  # fmt: skip
                changed.add(line)
        nodes = {node.lineno for node in self.list_statements()}
        rooted = {line for root in roots for line in range(root.line, root.last + 1)}
        return tuple(sorted(line for line in changed & nodes if line not in rooted))


def _by_line(events: Sequence[Event]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for event in events:
        found.setdefault(event.line, []).append(event.value)
    return found


def _leave(node: ast.AST) -> LineEdit:
    assert isinstance(node, ast.stmt)
    return LineEdit("", node, (node,))


def _same_number(one: Any, two: Any) -> bool:
    if one is None or two is None:
        return False
    return bool(np.allclose(one, two, rtol=1e-9, atol=1e-12))


def _assigned_by_formulas(events: Sequence[Event]) -> Iterator[str]:
    """The words that are computed: whose first value is no argument and nothing that is drawn."""
    seen: set[str] = set()
    for event in events:
        word = event.key.rpartition(".")[2]
        if word not in seen:
            seen.add(word)
            drawn = event.leaf or event.statement is None or _draws(event.statement)
            if not drawn:
                yield word


def _draws(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and re.search(r"rand|zeros|ones|normal|uniform|array$", part.attr) for part in ast.walk(node))


def _target_names(node: ast.AST) -> set[str]:
    """The names that a statement assigns, the last word of each."""
    targets: list[ast.AST] = list(node.targets) if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
    found: set[str] = set()
    while targets:
        part = targets.pop()
        if isinstance(part, ast.Tuple | ast.List):
            targets += part.elts
        elif isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Subscript):
            if isinstance(part.slice, ast.Constant) and isinstance(part.slice.value, str):
                found.add(part.slice.value)
            else:
                targets.append(part.value)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args and isinstance(node.value.args[0], ast.Name):
        found.add(node.value.args[0].id)
    return found


def _find_loss_names(nodes: Sequence[ast.AST]) -> tuple[set[str], int]:
    """The names that the loss is computed from, and the last line that computes it."""
    needed = {name for node in nodes for name in _target_names(node) if LOSS_WORDS.match(name)}
    last = max((getattr(node, "lineno", 0) for node in nodes if _target_names(node) & needed), default=0)
    if not needed:
        last = 0
    gradients = {name for node in nodes for name in _target_names(node) if split_gradient(name) and name not in needed}
    growing = True
    while growing:
        growing = False
        for node in nodes:
            if _target_names(node) & needed and getattr(node, "value", None) is not None:
                used = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}  # type: ignore[attr-defined]
                more = used - needed - gradients - set(LIBRARY)
                if more:
                    needed |= more
                    growing = True
    return needed - gradients, last


