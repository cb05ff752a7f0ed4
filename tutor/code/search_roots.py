"""The search for the lines that are wrong: one change at a time, until the gradients are the slopes of the loss."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tutor.code.code_values import CodeProblem, NotRead, ValueEvent
from tutor.code.code_verdicts import CodeVerdict, JudgedOutput, UnreadStatement, WrongLine
from tutor.code.failures import say_line
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import LABELS, SCALARS
from tutor.code.line_edits import LineEdit, Surroundings, write_lines
from tutor.code.pair_functions import UPSTREAM, split_gradient
from tutor.code.repairable_lines import RepairFinder, has_formula, is_renamed
from tutor.code.slips_of_lines import TABLE
from tutor.code.statement_names import (
    find_loss_names,
    group_by_line,
    is_same,
    is_taken_out,
    leave_line,
    list_computed,
    name_targets,
)
from tutor.code.trial import GivenGradient, Outcome, ProgramTrial
from tutor.errors import tell
from tutor.numbers.arrays import np

MOST_RUNS = 2_500
"""So many changes are tried at most."""
MOST_WORK = 400_000
"""So many parts of the program are worked out in all, over all runs."""
MOST_ROOTS = 5
SEEDS = (0, 1, 2)


class Judgement:
    """One program in one world: its outputs, what is wrong, and the search for the lines that are."""

    def __init__(self, trial: ProgramTrial) -> None:
        self.trial = trial
        self.first = trial.run()
        self.check = GradientCheck(trial, self.first)
        self.runs = 0
        self.edits: Mapping[int, tuple[ast.stmt, ...]] = {}
        self.repairs: dict[int, frozenset[str]] = {}
        self.outputs = self._pick_outputs(self.first)
        if self.first.loss is None:
            self._refuse_loss()
        self.right = {output.key: self.check.judge_output(output) for output in self.outputs}
        self._keep_means()
        self.names = {event.key.rpartition(".")[2] for event in self.first.record.events}

    def _refuse_loss(self) -> None:
        """Say why there is no loss: a line of the forward pass that fits no sizes, or nothing that is called so."""
        file = self.trial.source.file
        for number, problem in self.first.record.problems.items():
            line = getattr(self.first.record.visited.get(number), "lineno", 0)
            if line and problem.fails:
                raise CodeProblem(tell("the forward pass is not read: {why}", why=problem.what), where=f"{file}:{line}")
        raise CodeProblem(tell("no loss is found"), where=file,
                          hint=tell("call it loss, or return it as the first value"))  # fmt: skip

    def _keep_means(self) -> None:
        """A pair may take the gradient from above as that of each sample, and divide by their number where it sums.

        A convention, no slip.
        """
        if self.trial.plan.is_single or self.trial.plan.cost:
            return
        sizes = {size for event in self.first.record.events[: self.first.begins] for size in np.shape(event.value)[:2]}
        ratios: dict[str, float] = {}
        for output in self.outputs:
            target = self.check.find_target(output)
            if not self.right[output.key] and target is not None and output.value is not None:
                ratios[output.key] = self.check.find_ratio(output.value, target) or 0.0
        found = {round(ratio, 6) for ratio in ratios.values()}
        summed = len(ratios) >= 2 and len(found) == 1 and found <= {float(size) for size in sizes if size > 1}
        if summed and any(self.right.values()):
            self.right |= dict.fromkeys(ratios, True)

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
        return any(
            event.leaf and (LABELS.match(event.key) or not self.first.begins) for event in self.first.record.events
        ) or any(problem.fails for problem in self.first.record.problems.values())

    @property
    def score(self) -> tuple[int, ...]:
        """The fewer, the likelier is the world what is meant: lines that fail, gradients that are wrong."""
        wrong = sum(not right for right in self.right.values())
        return (not self.outputs, len(self.first.record.problems), wrong)

    def _pick_outputs(self, outcome: Outcome) -> list[GivenGradient]:
        """The gradients that count: of what is given, and of weights; where there are none all of them."""
        if not self.trial.plan.is_single:
            return outcome.outputs
        names = set(list_computed(self.first.record.events))
        leaves = [output for output in outcome.outputs if any(one not in names for one in output.of)]
        return leaves or outcome.outputs

    # the search

    def give_verdict(self) -> CodeVerdict:
        """The verdict, with the lines that are wrong."""
        plan = self.trial.plan
        unread = tuple(self._list_unread())
        first = self._find_first_line()
        if not self.outputs:
            why = self.first.why or tell("no gradient of it is found")
            return CodeVerdict(
                plan.name, plan.forward, "undecided", (), (), (), unread, self._find_first_line(), self.trial.world, why
            )
        lost = [output for output in self.outputs if output.lost is not None and not output.lost.fails]
        if self.is_right:
            return CodeVerdict(
                plan.name,
                plan.forward,
                "right",
                tuple(self._list_judged()),
                (),
                (),
                unread,
                self._find_first_line(),
                self.trial.world,
            )
        if lost and len(lost) == sum(not right for right in self.right.values()):
            return CodeVerdict(
                plan.name,
                plan.forward,
                "undecided",
                tuple(self._list_judged()),
                (),
                (),
                unread,
                self._find_first_line(),
                self.trial.world,
                say_line(lost[0].lost) if lost[0].lost is not None else "",
            )
        reason = self.find_doubt()
        if reason is not None:
            outputs = tuple(self._list_judged())
            why = say_line(reason)
            return CodeVerdict(
                plan.name, plan.forward, "undecided", outputs, (), (), unread, first, self.trial.world, why
            )
        roots, edits = self.find_roots()
        self.edits = edits
        follows = self._list_followers(edits, roots) if edits else ()
        return CodeVerdict(plan.name, plan.forward, "wrong", tuple(self._list_judged()), tuple(sorted(roots, key=lambda one: one.line)),
            follows, unread,
                           self._find_first_line(), self.trial.world)  # fmt: skip

    def find_doubt(self) -> NotRead | None:
        """A line that was not read, or failed otherwise than by shapes, so that a wrong gradient may be the reader's own fault."""
        backward = {id(node) for node in self.list_statements()}
        told: set[int] = set()
        for number, problem in self.first.record.problems.items():
            if id(problem) in told:
                continue
            told.add(id(problem))
            if not problem.by_shapes or number not in backward:
                return problem
        return None

    def _find_first_line(self) -> int:
        lines = [getattr(node, "lineno", 0) for node in self.first.after.values()]
        return min((line for line in lines if line), default=0)

    def _list_judged(self) -> Iterator[JudgedOutput]:
        for output in self.outputs:
            event = self.check.find_target(output)
            right = self.right[output.key]
            ratio = (
                None if right or event is None or output.value is None else self.check.find_ratio(output.value, event)
            )
            shape = np.shape(output.value) if output.value is not None else ()
            verdict = "right" if right else "wrong" if output.value is not None else "lost"
            expected = np.shape(event.value) if event is not None else ()
            of = event.key if event is not None else output.of[0]
            yield JudgedOutput(output.key, of, verdict, shape, expected, f"{1 / ratio:.6g}" if ratio else "")

    def _list_unread(self) -> Iterator[UnreadStatement]:
        lines = self.trial.source.lines
        told: set[int] = set()
        for number, problem in self.first.record.problems.items():
            if id(problem) in told:
                continue
            told.add(id(problem))
            node = self.first.record.visited.get(number)
            line = getattr(node, "lineno", 0)
            if number in self.first.after and line and not isinstance(node, ast.Return | ast.For | ast.If | ast.With):
                yield UnreadStatement(
                    line, lines[line - 1].strip() if line <= len(lines) else "", problem.what, problem.fails
                )

    def list_statements(self) -> list[ast.stmt]:
        """The statements of the backward pass, in their order: those that the loss does not need."""
        nodes: list[ast.stmt] = [
            node
            for node in self.first.after.values()
            if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.AnnAssign)
        ]
        nodes = [node for node in nodes if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        nodes = [node for node in nodes if not is_taken_out(node)]
        if not self.trial.plan.is_single:
            return nodes
        needed, last = find_loss_names(nodes)
        return [
            node
            for node in nodes
            if not isinstance(node, ast.Return) and (node.lineno > last or not name_targets(node) & needed)
        ]

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
                edits[original] = tuple(
                    part for one in edits[original] for part in (edit.statements if one is edit.statement else (one,))
                )
            roots.append(self._describe(edit, fixed))
            wrong = [key for key in wrong if key not in fixed]
        return roots, edits

    def _describe(self, edit: LineEdit, fixed: Sequence[str]) -> WrongLine:
        before, after = write_lines(self.trial.source.lines, edit)
        node = edit.statement
        problem = self.first.record.problems.get(id(node))
        target = name_targets(node)
        return WrongLine(node.lineno, node.end_lineno or node.lineno, edit.tag, edit.old, edit.new, edit.factor, tuple(before),
            tuple(after), tuple(fixed),
                         next(iter(sorted(target)), ""), problem.what if problem is not None and problem.fails else "")  # fmt: skip

    def find_edit(
        self, edits: Mapping[int, tuple[ast.stmt, ...]], wrong: Sequence[str]
    ) -> tuple[LineEdit, list[str]] | None:
        """The change that makes most gradients right, the likeliest of those; nothing where none makes any right."""
        traced: dict[int, Any] = {}
        scopes: dict[int, dict[str, Any]] = {}
        outcome = self.trial.run(edits=edits, traced=traced, scopes=scopes)
        worker = self.trial.current
        claims = self.check.judge_claims(outcome)
        kept = {key for key, (right, _) in claims.items() if right}
        statements = self._order_statements(edits, claims, outcome)
        around = self._look_around(traced, outcome, wrong)
        for scope in list(scopes.values())[-1:]:  # a gradient from above that was lost stands nowhere else
            lost = {name: value for name, value in scope.items() if UPSTREAM.match(name) and name not in around.pool}
            around.pool = {**around.pool, **{name: one for name, one in lost.items() if isinstance(one, np.ndarray)}}
        finder = RepairFinder(
            self.trial, self.check, self._pick_outputs, edits, outcome, wrong, worker=worker, scopes=scopes
        )
        self.repairs = finder.find_repairs([node for _, node in statements])
        last = max((node.lineno for suspect, node in statements if suspect), default=0)
        statements = [
            (int(suspect or (self.repairs.get(id(node), frozenset()) >= set(wrong) and node.lineno <= last)), node)
            for suspect, node in statements
        ]
        able = [pair for pair in statements if self.repairs.get(id(pair[1]), wrong) or is_renamed(pair[1])]
        if any(self.repairs.values()):  # a line that can be it was found: what only returns names cannot
            able = [pair for pair in able if not isinstance(pair[1], ast.Return)]
        statements = able or statements
        best: tuple[tuple[int, int], LineEdit, list[str]] | None = None
        tried = [(suspect, statement, row) for row in TABLE for suspect, statement in statements if suspect]
        tried += [(suspect, statement, row) for row in TABLE for suspect, statement in statements if not suspect]
        for suspect, statement, row in tried:
            for edit in row.take(statement, around):
                if not finder.may_repair(edit) or (
                    is_renamed(statement) and not self.repairs.get(id(statement), wrong) and edit.tag != "cache-changed"
                ):
                    continue
                self.runs += 1
                if self.runs > MOST_RUNS or self.trial.work > MOST_WORK:
                    return (best[1], best[2]) if best else None
                fixed = self._try(edits, edit, wrong, kept)
                if fixed and (best is None or (len(fixed), suspect) > best[0]) and self._holds(edits, edit, fixed):
                    best = ((len(fixed), suspect), edit, fixed)
                    if len(fixed) == len(wrong):
                        return edit, fixed
        return (best[1], best[2]) if best is not None else None

    def _order_statements(
        self, edits: Mapping[int, tuple[ast.stmt, ...]], claims: Mapping[str, tuple[bool, ValueEvent]], outcome: Outcome
    ) -> list[tuple[int, ast.stmt]]:
        """Statements, those first that made the first name wrong, or failed."""
        nodes = [part for node in self.list_statements() for part in edits.get(id(node), (node,))]
        told: set[int] = set()
        failed: set[int] = set()
        for number, problem in outcome.record.problems.items():
            if id(problem) not in told and problem.fails:
                failed.add(number)
            told.add(id(problem))
        ordered = sorted(claims.values(), key=lambda pair: pair[1].number)
        first = next((event for right, event in ordered if not right), None)
        suspects: set[int] = set()
        if first is not None:
            certain = {id(event.statement) for right, event in ordered if right}
            before = max(
                (event.number for right, event in ordered if right and event.number < first.number), default=-1
            )
            between = {
                id(event.statement)
                for event in outcome.record.events[outcome.begins :]
                if before < event.number <= first.number
            }
            own = {id(node) for node in nodes if first.key.rpartition(".")[2] in name_targets(node)}
            suspects = ({id(first.statement)} | own | between) - (certain - own)
        chosen = {id(node) for node in nodes if id(node) in failed} or suspects
        return [(1, node) for node in nodes if id(node) in chosen] + [
            (0, node) for node in nodes if id(node) not in chosen
        ]

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
                    elif (
                        isinstance(value, int | np.integer)
                        and not isinstance(value, bool)
                        and value > 1
                        and len(counts) < 5
                    ):
                        counts.append(text)
                    elif isinstance(value, float | np.floating):
                        pool.setdefault(text, value)
                        if SCALARS.match(text.rpartition(".")[2]):
                            extra.append(text)
            for part in ast.walk(node):  # what is written as a difference is a quantity, too: x - mean
                plain = (
                    isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub) and isinstance(part.right, ast.Name)
                )
                if plain and isinstance(part.left, ast.Name) and np.ndim(traced.get(id(part), 0)):  # type: ignore[attr-defined]
                    pool.setdefault(f"({ast.unparse(part)})", traced[id(part)])
        for event in outcome.record.events[outcome.begins :]:
            if event.key.isidentifier() and isinstance(event.value, np.ndarray):
                pool.setdefault(event.key, event.value)
        ratios: list[float] = []
        for output in outcome.outputs:
            target = self.check.find_target(output) if output.key in wrong else None
            ratio = (
                self.check.find_ratio(output.value, target) if target is not None and output.value is not None else None
            )
            if ratio is not None and not any(abs(ratio - one) < 1e-6 * abs(ratio) for one in ratios):
                ratios.append(float(f"{ratio:.9g}"))
        return Surroundings(traced, pool, list(dict.fromkeys(counts)), ratios, list(dict.fromkeys(extra)))

    def _try(
        self, edits: Mapping[int, tuple[ast.stmt, ...]], edit: LineEdit, wrong: Sequence[str], kept: Collection[str]
    ) -> list[str]:
        """The gradients that a change makes right, where it makes none wrong and leaves the loss as it is."""
        made = self._merge(edits, edit)
        try:
            outcome = self.trial.run(edits=made)
        except CodeProblem:
            return []
        fixed = self._compare(self.check, outcome, wrong)
        if fixed and kept:  # what was right by its name stays right
            claims = self.check.judge_claims(outcome)
            if any(key in claims and not claims[key][0] for key in kept):
                return []
        return fixed

    def _merge(self, edits: Mapping[int, tuple[ast.stmt, ...]], edit: LineEdit) -> dict[int, tuple[ast.stmt, ...]]:
        merged = dict(edits)
        for key, made in edits.items():
            if edit.statement in made:
                merged[key] = tuple(
                    part for one in made for part in (edit.statements if one is edit.statement else (one,))
                )
                return merged
        merged[id(edit.statement)] = edit.statements
        return merged

    def _compare(self, check: GradientCheck, outcome: Outcome, wrong: Sequence[str]) -> list[str]:
        if self.trial.plan.is_single and not is_same(outcome.loss, check.first.loss):
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
            trial = self.trial.move_to(seed)
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
        failed = next((node for node in self.list_statements() if id(node) in outcome.record.problems), None)
        if failed is not None and outcome.record.problems[id(failed)].fails:  # what Python itself would stop at
            return [self._describe(leave_line(failed), left)]
        computing = any(
            self.repairs.get(id(node), frozenset()) >= set(wrong) and has_formula(node)
            for node in self.list_statements()
        )
        for key, (right, event) in claims:
            if right or not left or event.statement is None:
                continue
            if computing and not has_formula(event.statement):  # x = x.T: what it turns is wrong
                continue
            versions = [
                one
                for one in self.check.list_versions(split_gradient(key))
                if np.shape(one.value) == np.shape(event.value)
            ][:3] or self.check.list_versions(split_gradient(key))[:2]
            fixed: list[str] = []
            for version in versions:
                forced = {event.number: self.check.find_gradient(version)}
                made = self.trial.run(edits=edits, forced=forced)
                fixed = self._compare(self.check, made, left)
                if fixed:
                    break
            if fixed:
                found.append(self._describe(leave_line(event.statement), fixed))
                left = [one for one in left if one not in fixed]
        nodes = self.list_statements()
        for key in left:
            problem = next((node for node in nodes if id(node) in self.first.record.problems), None)
            last = key.rpartition(".")[2]
            own = [node for node in nodes if last in name_targets(node)]
            able = [node for node in nodes if self.repairs.get(id(node), frozenset()) >= set(left)]
            able = [node for node in able if has_formula(node)] or able
            node = problem or (able[-1] if able else own[-1] if own else nodes[-1] if nodes else None)
            if node is not None and not any(root.line == node.lineno for root in found):
                found.append(self._describe(leave_line(node), left if able else [key]))
            if able:
                break
        return found

    def _list_followers(self, edits: Mapping[int, tuple[ast.stmt, ...]], roots: Sequence[WrongLine]) -> tuple[int, ...]:
        """The lines whose values change once the roots are right."""
        after = self.trial.run(edits=edits)
        changed: set[int] = set()
        old, new = (
            group_by_line(self.first.record.events[self.first.begins :]),
            group_by_line(after.record.events[after.begins :]),
        )
        for line, values in old.items():
            others = new.get(line, [])
            if len(values) != len(others) or any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-8, atol=1e-12)
                                                 for a, b in zip(values, others, strict=True)):  # fmt: skip
                changed.add(line)
        nodes = {node.lineno for node in self.list_statements()}
        rooted = {line for root in roots for line in range(root.line, root.last + 1)}
        return tuple(sorted(line for line in changed & nodes if line not in rooted))
