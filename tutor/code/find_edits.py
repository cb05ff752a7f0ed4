"""The search for the change that makes a backward pass right: at the line that should give another derivative, or else at every line."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice, takewhile
from operator import itemgetter
from typing import Any

from tutor.code.code_values import CodeProblem, Guess, ValueEvent
from tutor.code.dropped_paths import find_dropped
from tutor.code.expected_lines import MOST_ROUNDS, ExpectedLine, ExpectedLines, list_given_values
from tutor.code.first_rounds import FirstRounds
from tutor.code.guess_shapes import SCALARS
from tutor.code.line_edits import MEANS, SIGN, LineEdit, Surroundings, is_quantity, measure_edit, replace_part
from tutor.code.local_work import LocalWork, list_places
from tutor.code.look_around import look_around
from tutor.code.loop_edits import LoopEdits
from tutor.code.missing_parts import list_missing
from tutor.code.pair_functions import UPSTREAM, split_gradient
from tutor.code.part_slopes import PartSlopes
from tutor.code.pass_run import Outcome
from tutor.code.repair_test import Edits, RepairTest
from tutor.code.repairable_lines import RepairFinder, is_renamed, is_reshaped
from tutor.code.slips_of_lines import TABLE
from tutor.code.slips_of_rounds import list_rounds, list_sums
from tutor.code.statement_names import leave_line, list_called, name_targets
from tutor.code.targets import is_drawn
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import Floats, np
from tutor.program.source import list_nodes

MOST_RUNS = 2_500
"""So many changes are tried at most."""
MOST_WORK = 400_000
"""So many parts of the program are worked out where changes are tried at every line."""
MOST_ROUNDS_WORK = 40_000
"""So many for other rounds of its loops."""
MOST_LINES = 4
"""At so many lines that should give another derivative is a change looked for."""
MOST_OTHERS = 2
MOST_CALLED = 400
"""So many changes are tried in functions that a line calls: each is a run."""
TASTE = (*MEANS, SIGN, "factor-forgotten", "constant-factor")
"""Where a mean is divided by its count, a sign is turned or a factor stands is a matter of taste: a later line may do it as well."""
MOST_LOCAL = 2_500
"""So many changes of each line are tried where its value is known."""


@dataclass(frozen=True, slots=True)
class FoundEdit:
    """A change, the gradients that it makes right, and changes of other lines that are as small and do the same."""

    edit: LineEdit
    fixed: Sequence[str]
    others: tuple[LineEdit, ...] = ()


@dataclass(slots=True)
class EditSearch:
    """The search in one program; ``nodes`` are the statements of its backward pass, ``derive`` gives the arrays of its derivation."""

    test: RepairTest
    first: Outcome
    nodes: Sequence[ast.stmt]
    derive: Callable[[], Sequence[Floats]]
    runs: int = 0
    repairs: dict[int, frozenset[str]] = field(default_factory=dict)
    parts: PartSlopes | None = None

    def find_edit(self, edits: Edits, wrong: Sequence[str]) -> FoundEdit | None:
        """The change that makes most gradients right, the likeliest of those; nothing where none makes any right."""
        traced: dict[int, Any] = {}
        scopes: dict[int, dict[str, Any]] = {}
        outcome = self.test.trial.run(edits=edits, traced=traced, scopes=scopes)
        worker = self.test.trial.current
        claims = self.test.check.judge_claims(outcome)
        kept = {key for key, (right, _) in claims.items() if right}
        around = look_around(self.first, self.test.check, traced, outcome, wrong)
        for scope in list(scopes.values())[-1:]:  # a gradient from above that was lost stands nowhere else
            lost = {name: value for name, value in scope.items() if UPSTREAM.match(name) and name not in around.pool}
            around.pool = {**around.pool, **{name: one for name, one in lost.items() if isinstance(one, np.ndarray)}}
        looped = self._find_rounds_edit(edits, wrong, kept)
        if looped is not None:
            return looped
        local = LocalWork(worker, scopes, list_places(self.test.trial.source.tree), budget=self.test.trial.budget)
        fails = any(problem.fails for problem in outcome.record.problems.values())
        try:
            found = self._find_expected_edit(edits, wrong, outcome, around, local, kept)
        except (CodeProblem, *FAILS):  # a program that takes no other values there: every line is tried
            found = None
        finder = RepairFinder(self.test.trial, self.test.check, self.test.pick, edits, outcome, wrong, local=local)
        if found is not None and not found.edit.tag:  # the line may be right, and what it takes is not: dz_dw of dL_dz * dz_dw
            source = self._find_source_edit(edits, found, around, finder, kept)
            found = found if source is None else FoundEdit(source, found.fixed)
        summed = found is not None and self._is_summed_in_loop(found.edit.statement, outcome)
        if found is not None and (found.edit.tag or not (fails or summed)):
            return found
        other = self._try_all(edits, wrong, outcome, around, finder, claims)
        return other if found is None or fails or (other is not None and len(other.fixed) == len(wrong)) else found

    def _find_rounds_edit(self, edits: Edits, wrong: Sequence[str], kept: set[str]) -> FoundEdit | None:
        """Other rounds of a loop that make all gradients right, or sums in them that are none."""
        ends = self.test.trial.work + MOST_ROUNDS_WORK
        where = self.test.trial.source.tree, self.nodes, self.test.trial.once
        able = takewhile(lambda _: self.test.trial.work < ends, chain(list_rounds(*where), list_sums(*where)))
        best = self._pick_smallest(edits, ((1, edit) for edit in able), wrong, kept)
        return FoundEdit(best[0], list(wrong)) if best else None

    def _is_summed_in_loop(self, node: ast.stmt, outcome: Outcome) -> bool:
        """Whether a loop gives the same name its parts, round by round: any of these lines may be at fault as well."""
        rounds = Counter(id(event.statement) for event in outcome.record.events[outcome.begins :])
        return any(rounds[id(one)] > 1 and name_targets(one) & name_targets(node) for one in self.nodes)

    # at the line that should give another derivative

    def _find_expected_edit(
        self, edits: Edits, wrong: Sequence[str], outcome: Outcome, around: Surroundings, local: LocalWork, kept: set[str]
    ) -> FoundEdit | None:
        if self.parts is None:
            self.parts = PartSlopes(self.test.trial, self.first, self.derive)
        nodes = [part for node in self.nodes for part in edits.get(id(node), (node,))]
        lines = ExpectedLines(self.test, self.parts, edits, outcome, nodes, list_given_values(local.scopes, nodes))
        looped = self._find_loop_edit(edits, wrong, lines, around, local, kept)
        if looped is not None:
            return looped
        begun = self._find_first_edit(edits, wrong, lines, local, kept)
        if begun is not None:
            return begun
        found: list[ExpectedLine] = []
        expected = lines.find_lines(wrong)
        for line in islice(expected, 2 * MOST_LINES):
            here = local if line.scopes is None else LocalWork(local.worker, line.scopes, local.places, budget=local.budget)
            named = here.scopes.get(id(line.statement), {})
            own = {name: one.value if type(one) is Guess else one for name, one in named.items()}
            pool = {**around.pool, **{name: one for name, one in own.items() if is_quantity(one)}}
            rates = [name for name in own if name in pool and np.ndim(own[name]) == 0 and SCALARS.match(name)]
            extra = list(dict.fromkeys([*around.extra, *rates]))
            seen = replace(around, pool=pool, extra=extra, values=around.values if line.traced is None else line.traced)
            fitting = self._list_fitting(line, lines, [*lines.list_helpers(line.statement), line.statement], seen, here)
            best = self._pick_smallest(edits, fitting, wrong, kept)
            inner = self._find_called_edit(edits, wrong, line.statement, around, kept, measure_edit(best[0]) if best else 0)
            if inner is not None:
                return FoundEdit(inner, list(wrong), tuple(edit for edit in best[:1] if measure_edit(edit) == measure_edit(inner)))
            if not best:
                found.append(line)
                if len({id(one.statement) for one in found}) == MOST_LINES:
                    break
                continue
            unused = lines.list_unused()
            best.sort(key=lambda edit: rank_edit(edit, line.statement, unused))
            body, place = local.places.get(id(best[0].statement), ((), 0))
            source = move_to_source(best[0], body[:place])
            if source is not None and self._pick_smallest(edits, [(1, source)], wrong, kept):
                best.insert(0, source)
            if best[0].tag in TASTE:
                most = measure_edit(best[0])
                for later in islice((one for one in expected if one.statement is not best[0].statement), MOST_LINES):
                    fitting = self._list_fitting(later, lines, [later.statement], around, local)
                    fitting = takewhile(partial(_is_as_small, most), fitting)
                    alike = MEANS if best[0].tag in MEANS else best[0].tag
                    best += [edit for edit in self._pick_smallest(edits, fitting, wrong, kept) if edit.tag in alike]
            return FoundEdit(best[0], list(wrong), tuple(best[1 : 1 + MOST_OTHERS]))
        if not found:
            return None
        first = found[0].statement
        carried = lines.find_carried(first)
        given = self._find_carried_edit(edits, carried, wrong, around, kept) if carried is not None else None
        if given is not None:
            return FoundEdit(given, found[0].fixed)
        left = leave_line(carried or first)
        if left.statement is first and not left.tag:
            word = find_dropped(self.parts, lines.events[id(first)][-1].value, found[0].value)
            left = replace(left, tag="path-dropped", factor=word) if word else left
        return FoundEdit(left, found[0].fixed)

    def _find_carried_edit(
        self, edits: Edits, line: ast.stmt, wrong: Sequence[str], around: Surroundings, kept: set[str]
    ) -> LineEdit | None:
        """A change of the line that hands something over to the next round: what it should give is said by what that round makes of it."""
        tried = islice((edit for row in TABLE for edit in row.take(line, around)), MOST_LOCAL)
        sized = sorted(((measure_edit(edit), edit) for edit in tried), key=itemgetter(0))
        best = self._pick_smallest(edits, sized[:MOST_CALLED], wrong, kept)
        return best[0] if best else None

    def _find_source_edit(
        self, edits: Edits, found: FoundEdit, around: Surroundings, finder: RepairFinder, kept: set[str]
    ) -> LineEdit | None:
        """A change of a line in front of one that no change makes right, which gives what that takes."""
        line = found.edit.statement
        used = {part.id for part in list_nodes(line) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
        own = {part.name for part in self.test.trial.source.parts if isinstance(part, ast.FunctionDef)}  # what these give is judged in them
        nodes = [node for node in self.nodes if node.lineno < line.lineno and name_targets(node) & used and id(node) not in edits]
        nodes = [node for node in nodes if not own & {part.func.id for part in list_nodes(node) if isinstance(part, ast.Call)
                                                      and isinstance(part.func, ast.Name)}]  # fmt: skip
        finder.find_repairs(nodes)
        tried = islice((edit for row in TABLE for node in nodes for edit in row.take(node, around)), MOST_LOCAL)
        sized = sorted(((measure_edit(edit), edit) for edit in tried), key=itemgetter(0))
        able = (pair for pair in sized if finder.may_repair(pair[1]) and finder.has_names(pair[1]))
        best = self._pick_smallest(edits, islice(able, MOST_CALLED), found.fixed, kept)
        return best[0] if best else None

    def _find_called_edit(
        self, edits: Edits, wrong: Sequence[str], line: ast.stmt, around: Surroundings, kept: set[str], most: int
    ) -> LineEdit | None:
        """A change of a line of a function that a line calls, no larger than ``most`` where that is not 0."""
        functions = list_called(self.test.trial.source.tree, line)
        inside = {id(part) for function in functions for part in ast.walk(function)}
        nodes = [node for node in self.nodes if id(node) in inside]
        tried = (edit for row in TABLE for node in nodes for edit in row.take(node, around))
        sized = [(measure_edit(edit), edit) for edit in islice(tried, MOST_CALLED)] if nodes else []
        smaller = [(cost, edit) for cost, edit in sized if not most or cost <= most]
        best = self._pick_smallest(edits, sorted(smaller, key=lambda pair: pair[0]), wrong, kept)
        return best[0] if best else None

    def _find_loop_edit(
        self, edits: Edits, wrong: Sequence[str], lines: ExpectedLines, around: Surroundings, local: LocalWork, kept: set[str]
    ) -> FoundEdit | None:
        """A change of a line that a loop gives in more rounds than can be told apart."""
        loops = LoopEdits(local, self.test.check, self.test.trial.source.tree)
        for node in lines.list_doubted():
            events = lines.events[id(node)]
            if len(events) > MOST_ROUNDS and local.can_work(node):
                best = self._pick_smallest(edits, loops.list_fitting(node, events[-1].key, around), wrong, kept)
                if best:
                    return FoundEdit(best[0], list(wrong), tuple(best[1 : 1 + MOST_OTHERS]))
        return None

    def _find_first_edit(
        self, edits: Edits, wrong: Sequence[str], lines: ExpectedLines, local: LocalWork, kept: set[str]
    ) -> FoundEdit | None:
        """A change of a line of a loop that gives no derivative in its first round."""
        if not any(len(lines.events[id(node)]) > 1 for node in lines.list_doubted()):
            return None
        rounds = FirstRounds.begin(lines, local, wrong)
        for node in rounds.list_lines():
            best = self._pick_smallest(edits, rounds.list_fitting(node), wrong, kept)
            if best:
                best.sort(key=lambda edit: rank_edit(edit, node, lines.list_unused()))
                inner = self._find_called_edit(edits, wrong, node, rounds.around, kept, measure_edit(best[0]))
                if inner is not None:
                    return FoundEdit(inner, list(wrong), tuple(edit for edit in best[:1] if measure_edit(edit) == measure_edit(inner)))
                return FoundEdit(best[0], list(wrong), tuple(best[1 : 1 + MOST_OTHERS]))
        return None

    def _pick_smallest(
        self, edits: Edits, fitting: Iterable[tuple[int, LineEdit]], wrong: Sequence[str], kept: set[str]
    ) -> list[LineEdit]:
        """The smallest of the changes that hold, one of each line; they come in the order of their sizes."""
        best: list[LineEdit] = []
        least = 0
        for cost, edit in fitting:
            if best and cost > least:
                break
            if any(edit.statement is other.statement for other in best):
                continue
            if len(self.test.try_edit(edits, edit, wrong, kept)) == len(wrong) and self.test.holds(edits, edit, wrong):
                best.append(edit)
                least = cost
        return best

    def _list_fitting(
        self,
        first: ExpectedLine,
        lines: ExpectedLines,
        statements: Sequence[ast.stmt],
        around: Surroundings,
        local: LocalWork,
    ) -> Iterator[tuple[int, LineEdit]]:
        """The changes that give the line its derivative, the smallest first: worked out one by one, so that nobody waits for the rest."""
        listed: list[tuple[int, LineEdit]] = []
        unused = lines.list_unused()
        tried: Counter[int] = Counter()
        for row in TABLE:
            for statement in statements[::-1]:
                if self.test.trial.budget.is_low:
                    break
                for edit in row.take(statement, around):
                    self.test.trial.budget.spend(1)
                    if id(statement) in lines.blameless and not (unused and list_names(edit) & unused):
                        continue
                    tried[id(statement)] += 1
                    if tried[id(statement)] > MOST_LOCAL:
                        break
                    listed.append((measure_edit(edit), edit))
        found = False
        for cost, edit in sorted(listed, key=itemgetter(0)):
            if self.test.trial.budget.is_low:
                return
            self.test.trial.current = local.worker  # what makes arrays asks it for the kind of their numbers
            if local.is_giving(edit, first.statement, first.value):
                found = True
                yield cost, edit
        if not found:
            before = local.work(leave_line(first.statement))
            missing = list_missing(first.statement, first.value, before, around)
            fitting = [(measure_edit(edit), edit) for edit in missing if local.is_giving(edit, first.statement, first.value)]
            for node, value in list_unscaled(first, statements, around):
                edits = list_missing(node, value, local.work(leave_line(node)), around)
                fitting += [(measure_edit(edit), edit) for edit in edits if local.is_giving(edit, first.statement, first.value)]
            yield from sorted(fitting, key=itemgetter(0))

    # at every line

    def _try_all(
        self,
        edits: Edits,
        wrong: Sequence[str],
        outcome: Outcome,
        around: Surroundings,
        finder: RepairFinder,
        claims: Mapping[str, tuple[bool, ValueEvent]],
    ) -> FoundEdit | None:
        kept = {key for key, (right, _) in claims.items() if right}
        statements = self._order_statements(edits, claims, outcome)
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
        begun = {id(node) for _, node in statements if isinstance(node, ast.Assign) and is_drawn(node.value)}  # zeros come last
        statements = [pair for pair in statements if id(pair[1]) not in begun] + [(0, node) for _, node in statements if id(node) in begun]
        best: tuple[tuple[int, int], LineEdit, list[str]] | None = None
        ends = self.test.trial.work + MOST_WORK
        common = next(place for place, row in enumerate(TABLE) if row.name == "lines")  # rows before change a line, those behind add to it
        certain = [pair for pair in statements if self.repairs.get(id(pair[1]), frozenset()) >= set(wrong)]  # they take no runs
        tried = [(suspect, statement, row) for row in TABLE for suspect, statement in certain]
        tried += [
            (suspect, statement, row)
            for rows in (TABLE[:common], TABLE[common:])
            for likely in (True, False)
            for row in rows
            for suspect, statement in statements
            if bool(suspect) is likely
        ]
        for suspect, statement, row in tried:
            for edit in row.take(statement, around):
                if not finder.may_repair(edit) or not finder.has_names(edit) or (
                    is_renamed(statement) and not self.repairs.get(id(statement), wrong) and edit.tag != "cache-changed"
                ):
                    continue
                self.runs += 1
                if self.runs > MOST_RUNS or self.test.trial.work > ends or self.test.trial.budget.is_low:
                    return FoundEdit(best[1], best[2]) if best else None
                fixed = self.test.try_edit(edits, edit, wrong, kept)
                if fixed and (best is None or (len(fixed), suspect) > best[0]) and self.test.holds(edits, edit, fixed):
                    best = ((len(fixed), suspect), edit, fixed)
                    if len(fixed) == len(wrong):
                        return FoundEdit(edit, fixed)
        return FoundEdit(best[1], best[2]) if best is not None else None

    def _order_statements(
        self, edits: Edits, claims: Mapping[str, tuple[bool, ValueEvent]], outcome: Outcome
    ) -> list[tuple[int, ast.stmt]]:
        """Statements, those first that made the first name wrong, or failed."""
        nodes = [part for node in self.nodes for part in edits.get(id(node), (node,))]
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


def list_unscaled(first: ExpectedLine, statements: Sequence[ast.stmt], around: Surroundings) -> Iterator[tuple[ast.stmt, Any]]:
    """The line in front of one that only scales what it gives, ``dx *= r``, with what it should give."""
    node = first.statement
    scale = around.values.get(id(node.value)) if isinstance(node, ast.AugAssign) else None
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div) and is_quantity(scale) and np.all(scale != 0):
        before = [one for one in statements if one is not node and name_targets(one) & name_targets(node)][-1:]
        value = first.value / scale if isinstance(node.op, ast.Mult) else first.value * scale
        yield from ((one, value) for one in before)


def _is_as_small(most: int, pair: tuple[int, LineEdit]) -> bool:
    return pair[0] <= most


def rank_edit(edit: LineEdit, line: ast.stmt, unused: Collection[str]) -> tuple[int, int]:
    """The first is named: a change that uses what is left over, or of a line that only copies; then a change of the line itself."""
    if list_names(edit) & set(unused):
        return 0, edit.statement.lineno
    if is_reshaped(edit.statement):
        return 2, 0
    if is_renamed(edit.statement):  # what it copies is at fault, unless a quantity was left out of it
        return 0 if list_names(edit) - list_names(leave_line(edit.statement)) else 2, 0
    return 1, int(edit.statement is not line)


def move_to_source(edit: LineEdit, before: Sequence[ast.stmt]) -> LineEdit | None:
    """A path that is added to a name, where the name is worked out: ``total = dh + dnext``, unless the name says what it is.

    >>> nodes = [*ast.parse("total = dh").body, *ast.parse("da = total * slope").body]
    >>> made = ast.BinOp(nodes[1].value.left, ast.Add(), ast.Name("dnext"))
    >>> found = move_to_source(LineEdit("missing-path", nodes[1], (), nodes[1].value.left, made), nodes[:1])
    >>> ast.unparse(found.put)
    'dh + dnext'
    """
    at, put = edit.at, edit.put
    if edit.tag != "missing-path" or not isinstance(at, ast.Name) or split_gradient(at.id) or not isinstance(put, ast.BinOp):
        return None
    node = next((node for node in reversed(before) if at.id in name_targets(node)), None)
    if not isinstance(node, ast.Assign):
        return None
    made = ast.BinOp(node.value, put.op, put.right)
    return LineEdit(edit.tag, node, (replace_part(node, node.value, made),), node.value, made, factor=edit.factor)


def list_names(edit: LineEdit) -> set[str]:
    """The names in the lines that would stand there."""
    return {part.id for one in edit.statements for part in list_nodes(one) if isinstance(part, ast.Name)}
