"""What is asked in a session: the working of an exercise as tasks, in the order in which it is taught.

Forward values first.  Then for each gradient that is wanted all that it is made of: from the loss to it, before each step the local
derivatives that it needs, which ways there are, which factors.  Then the updates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any, Literal
from zlib import crc32

from tutor.derive.local import refine_rule
from tutor.derive.working import write_printed
from tutor.errors import ExerciseError, TutorError, hint_near
from tutor.exercise.model import Exercise
from tutor.exercise.question import Question
from tutor.expression.keys import Derivative, derivative_key, make_after_key, read_derivative, read_edge
from tutor.expression.nodes import Expr, Mul, Name, Partial
from tutor.expression.own_functions import is_own
from tutor.expression.plain import write_plain
from tutor.expression.walk import as_name, names
from tutor.graph.depths import find_depths
from tutor.graph.nouns import Step
from tutor.marking.array_questions import is_asked_by_arrays, make_array_questions
from tutor.marking.mark_sheet import run_working
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG, list_bends
from tutor.marking.question_list import make_questions, names_in, sharpen
from tutor.numbers.arithmetic import Value
from tutor.numbers.floats import as_float
from tutor.numbers.run import compute

Kind = Literal["value", "ways", "factors", "why", "wrong-line", "declared"]
ONE_OF: tuple[Kind, ...] = ("why", "wrong-line")
"""Of their choices exactly one is right."""
MOST_TILES, MOST_DISTRACTORS = 6, 4
"""So many tiles are offered, and so many of them are none of the right ones."""
NEAR = 1e-6
"""Values that differ by no more than this share are the same where choices are tried out."""
MOST_LINES, LEAST_LINES = 6, 3
"""So many lines of working are shown, one of which is wrong."""
LAST_UPDATE, MOST_COLUMNS = 3, 2
"""The table of a training is asked for up to this update, and for so many parameters besides the loss."""
SHOWN = 8
"""So many names are told where one is none."""
MOST_TASKS = 120
"""A session over a large network asks for so many things at most; ``wrt`` chooses others."""


@dataclass(frozen=True, slots=True)
class AskedStep:
    """One thing that is asked.

    ``question`` is what the marker judges; its id is the task's.  ``target`` is the quantity that it is about, by its name in the working,
    ``skill`` what it trains.  What is chosen from, in the order of the question's options: ``tiles`` are formulas, ``rules`` the sort and
    the rule of a step each, ``lines`` the two sides of an equation.
    """

    question: Question
    kind: Kind
    skill: str
    target: str = ""
    tiles: tuple[Expr, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def id(self) -> str:
        """What it is called in events."""
        return self.question.id


def find_skill(step: Step) -> str:
    """What a step trains: its rule, where it is applied; an entry of a function of several is that function.

    >>> find_skill(Step("da/dz", Name("a"), "sigmoid", sort="local")), find_skill(Step("p", Name("a"), "softmax_2", sort="forward"))
    ('local:sigmoid', 'forward:softmax')
    """
    return f"{step.sort}:{_name_rule(step)}"


def _name_rule(step: Step) -> str:
    name, _, place = step.rule.rpartition("_")
    return name if name and place.isdecimal() and not is_own(step.rule) else step.rule


def make_marker(exercise: Exercise, seed: int = 0) -> Marker:
    """What judges the answers to an exercise; one that trains over several steps is asked for the table of its training, too."""
    typed = tuple(question for question in exercise.questions if question.kind != "program")
    if exercise.questions and not typed:
        raise ExerciseError("what is asked here are programs, which are handed in as files", where=exercise.id,
                            hint="tutor code FILE judges one, tutor mark those of a class")  # fmt: skip
    exercise = exercise if len(typed) == len(exercise.questions) else replace(exercise, questions=typed)
    marker = Marker(exercise, seed)
    graph = exercise.graph
    asks_table = any(question.kind == "column" for question in exercise.questions)
    if graph is None or exercise.steps < 2 or not exercise.values or asks_table or not graph.parameters:
        return marker
    last = min(exercise.steps, LAST_UPDATE)
    named = [parameter.name for parameter in graph.parameters[:MOST_COLUMNS]]
    named += [] if exercise.samples is not None else [graph.loss]  # over samples the loss of the table is not that of one of them
    tables = [
        Question(f"{name}@0..{last}", f"{name} after 0..{last}", "column",
                 tuple(make_after_key(name, k) for k in range(last + 1)), (last + 1,))
        for name in named
    ]  # fmt: skip
    return Marker(replace(exercise, questions=(*marker.questions, *tables)), seed)


def list_tasks(
    marker: Marker, wrt: Sequence[str] = (), *, layer: bool = False, seed: int = 0, exercise: Exercise | None = None
) -> tuple[AskedStep, ...]:
    """The tasks of an exercise in teaching order, neuron by neuron or over whole arrays (``layer``).

    ``marker`` judges them; ``exercise`` is what it was made of (see `make_marker`), with the questions that are the exercise's own.

    ``wrt`` are the quantities whose gradients are wanted; without it those that the exercise asks for, else one of each layer and kind.
    Raises `ExerciseError` for a name that has no gradient.
    """
    sheet, exercise = marker.sheet, exercise or marker.exercise
    if layer or sheet.exercise.graph is None:
        asked = _ask_arrays(marker) if layer else sheet.marking_order
        return tuple(_declare(question, sheet.working.by_name) for question in _choose_declared(asked, wrt, exercise))
    goals = _choose_goals(marker, exercise, wrt)
    tasks = _TaskLister(marker, seed).list_tasks(goals, updated=list(wrt))
    if not tasks:
        return tuple(_declare(question, sheet.working.by_name) for question in sheet.marking_order)
    own = {task.target for task in tasks} | {task.id for task in tasks}
    asked = [*exercise.questions, *(question for question in marker.questions if question.kind == "column" and not exercise.questions)]
    more = [question for question in asked if not wrt and question.id not in own and not set(question.targets) <= own]
    return tuple([*tasks, *(_declare(question, sheet.working.by_name) for question in more)][:MOST_TASKS])


def _ask_arrays(marker: Marker) -> Sequence[Question]:
    """What is asked in layer form: the exercise's own questions, but where those are about single neurons of a network, its arrays."""
    sheet = marker.sheet
    if sheet.layers is None or is_asked_by_arrays(sheet.exercise):
        return sheet.marking_order
    return [sharpen(question, sheet.truth) for question in make_array_questions(sheet.exercise, sheet.working)]


def find_first_step(question: Question, steps: Mapping[str, Step]) -> Step | None:
    """The step of the first quantity of a question that has one: what is given has none."""
    return next((steps[target] for target in question.targets if target in steps), None)


def _declare(question: Question, steps: Mapping[str, Step]) -> AskedStep:
    step = find_first_step(question, steps)
    skill = find_skill(step) if step is not None and question.kind != "choice" else question.kind
    return AskedStep(question, "declared", skill, question.targets[0] if len(question.targets) == 1 else "")


def _choose_declared(questions: Sequence[Question], wrt: Sequence[str], exercise: Exercise) -> list[Question]:
    """The questions about gradients with respect to ``wrt``; all without it."""
    found: dict[str, Question] = {question.id: question for question in questions if not wrt}
    for name in wrt:
        asked = [question for question in questions if _asks_for(question, name)]
        if not asked:
            able = list(dict.fromkeys(own.wrt for question in questions for own in _list_derivatives(question)))
            raise ExerciseError(
                f"no gradient with respect to {name} is asked for", where=exercise.id,
                hint=hint_near(name, able) or (
                    f"there are those of {', '.join(able[:SHOWN])}" if able else "nothing here has a gradient: leave it out"
                ),
            )  # fmt: skip
        found |= {question.id: question for question in asked}
    return list(found.values())


def _asks_for(question: Question, name: str) -> bool:
    entries = [read_derivative(key) for key in question.targets] if question.array else []  # of an array each entry is a name for it
    asked = [*_list_derivatives(question), *(own for own in entries if own is not None)]
    return any(name in (own.wrt, derivative_key(own.of, own.wrt)) for own in asked)


def _list_derivatives(question: Question) -> list[Derivative]:
    """The derivatives that a question asks for: of an array that of the whole, else of each entry."""
    found = (read_derivative(key) for key in ((question.array,) if question.array else question.targets))
    return [own for own in found if own is not None]


def _choose_goals(marker: Marker, exercise: Exercise, wrt: Sequence[str]) -> list[str]:
    """The gradients that are wanted."""
    working = marker.sheet.working
    graph = working.graph
    found: list[str] = []
    for name in wrt:
        key = name if name in working.by_name and read_derivative(name) else derivative_key(graph.loss, name)
        if key not in working.by_name:
            able = [step.wrt for step in working.steps if step.sort == "gradient" and step.of == graph.loss and not step.after]
            raise ExerciseError(
                f"there is no gradient of {graph.loss} with respect to {name}", where=exercise.id,
                hint=hint_near(name, able) or f"there are those of {', '.join(able[:SHOWN])}",
            )  # fmt: skip
        found.append(key)
    if found:
        return found
    asked = [target for question in exercise.questions or make_questions(exercise, working) for target in question.targets]
    known = [working.by_name[target] for target in asked if target in working.by_name]
    declared = [step.target for step in known if step.sort == "gradient" and not step.after]
    if exercise.questions and declared:
        return list(dict.fromkeys(declared))
    depths, users = find_depths(graph), _find_users(graph.steps)
    chosen: dict[tuple[str, int], str] = {}
    listed = [working.by_name[target] for target in dict.fromkeys([*exercise.asked, *declared]) if target in working.by_name]
    for step in listed:
        target = step.target
        if step.sort != "gradient":
            continue
        kind = next((q.kind for q in (*graph.leaves, *graph.nodes) if q.name == step.wrt), "node")
        if step.wrt in depths and (kind in ("weight", "bias") or target in exercise.asked or not graph.parameters):
            deep = min((depths[user] for user in users.get(step.wrt, ())), default=0)
            chosen.setdefault((kind if not exercise.asked else target, deep), target)
    return list(chosen.values())


def _find_users(steps: Sequence[Step]) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for step in steps:
        for name in names(step.expr):
            users.setdefault(name, []).append(step.target)
    return users


def list_told(task: AskedStep, tasks: Iterable[AskedStep]) -> tuple[str, ...]:
    """The tasks whose answers stand in the lines of a worked solution: their formulas, and of which factors and on which ways."""
    shown = {write_tile(left) for left, _ in task.lines}
    return tuple(other.id for other in tasks if other.target in shown and other.id != task.id
                 and (other.kind in ("ways", "factors") or other.question.kind in ("expression", "chain")))  # fmt: skip


class _TaskLister:
    """Lists the tasks of a working."""

    def __init__(self, marker: Marker, seed: int) -> None:
        self.sheet = marker.sheet
        self.working = marker.sheet.working
        self.exercise = marker.exercise
        self.seed = seed
        self.users = _find_users(self.working.graph.steps)
        self.own = {question.targets[0]: question for question in marker.questions if len(question.targets) == 1 and not question.shape}
        self.found: dict[str, AskedStep] = {}
        self.explained: set[tuple[str, str]] = set()

    def list_tasks(self, goals: Sequence[str], updated: Sequence[str]) -> list[AskedStep]:
        """All of them; ``updated`` are the parameters whose updates are wanted, those of the goals without it."""
        cone = self.working.cone(goals) if goals else frozenset(self.working.by_name)
        if self.exercise.values:
            for step in self.working.steps:
                if step.sort == "forward" and not step.after and (step.target in cone or step.target == self.working.graph.loss):
                    self.ask_value(step)
        for goal in goals:
            self.add_gradient(goal)
        for goal in goals[-1:]:
            self.ask_wrong_line(goal)
        for name in updated or [self.working.by_name[goal].wrt for goal in goals]:
            moved = self.working.by_name.get(make_after_key(name, 1))
            if moved is not None and moved.sort == "update" and self.exercise.values and self.exercise.steps:
                self.ask_value(moved)
        return list(self.found.values())

    def add_gradient(self, goal: str) -> None:
        """A gradient after all that it is made of, from the loss to it."""
        stack = [(goal, False)]
        while stack:
            target, visited = stack.pop()
            step = self.working.by_name.get(target)
            if step is None or step.sort not in ("gradient", "local") or target in self.found:
                continue
            if visited or step.sort == "local":
                self.add_step(step)
                continue
            stack.append((target, True))
            uses = [self.working.by_name[name] for name in reversed(self.working.uses[target]) if name in self.working.by_name]
            for sort in ("local", "gradient"):  # the last pushed is the first done
                stack.extend((used.target, False) for used in uses if used.sort == sort)

    def add_step(self, step: Step) -> None:
        """A local derivative that has something to compute; a gradient with its choices."""
        if step.sort == "local":
            if not read_edge(step.target) and names(step.expr) and type(step.expr) is not Name:
                self.ask_why(step)
                self.ask_value(step)
            return
        if len(step.terms) >= 2:
            self.ask_ways(step)
        elif len(step.terms) == 1:
            self.ask_factors(step)
        if step.terms or names(step.expr):
            self.ask_value(step)

    def ask_value(self, step: Step) -> None:
        """The value of a step, or its formula where the exercise has no values."""
        target = step.target
        if target in self.found or (self.exercise.values and target not in self.sheet.truth):
            return
        kind: Literal["number", "expression"] = "number" if self.exercise.values else "expression"
        known = self.own.get(target)
        question = known if known is not None and known.kind == kind else Question(target, target, kind, (target,))
        question = question if known is not None else sharpen(question, self.sheet.truth)
        self.found[target] = AskedStep(replace(question, id=target), "value", find_skill(step), target)

    def ask_ways(self, step: Step) -> None:
        """On which ways a quantity reaches the loss: through which of its users."""
        right = [local.of for _, local in step.terms if type(local) is Partial]
        if len(right) != len(step.terms):
            return
        graph = self.working.graph
        others = [other.target for other in graph.steps if other.target not in (*right, graph.loss, step.wrt)]
        tiles = self.choose_tiles([Name(name) for name in right], [Name(name) for name in others], step.target)
        if len(tiles) > len(right):
            self.ask_choice(step, "ways", tiles, {Name(name) for name in right})

    def ask_factors(self, step: Step) -> None:
        """Of which factors a gradient is the product."""
        right = [part for part in step.terms[0] if type(part) is Partial]
        if len(right) != 2:
            return
        others: list[Expr] = []
        for other in self.working.steps:
            near = other.of in (right[1].of, step.of) or other.wrt in (step.wrt, right[1].of)
            able = other.sort in ("local", "gradient") and not other.after and not read_edge(other.target)
            if able and near and other.target != step.target:
                others.append(Partial(other.of, other.wrt))
        wrong = [part for part in others if part not in right and not _is_same(part, right)]
        tiles = self.drop_other_products(self.choose_tiles(right, wrong, step.target), right, step)
        if len(tiles) > 2:
            self.ask_choice(step, "factors", tiles, set(right))

    def ask_why(self, step: Step) -> None:
        """By which rule a derivative is what it is: once a rule, among those of other steps."""
        own = self.find_rule(step)
        if own in self.explained:
            return
        self.explained.add(own)
        others = dict.fromkeys(self.find_rule(other) for other in self.working.steps if other.sort == "local" and not other.after)
        others.pop(own, None)
        if len(others) < LEAST_LINES - 1:
            return
        order = self.shuffle(step.target, lambda rule: " ".join(rule))
        rules = sorted([own, *sorted(others, key=order)[: MOST_DISTRACTORS - 1]], key=order)
        self.add_choice(AskedStep(self.make_choice(f"{step.target}.why", [rule for _, rule in rules], [rules.index(own)]),
                                  "why", f"why:{_name_rule(step)}", step.target, rules=tuple(rules)))  # fmt: skip

    def find_rule(self, step: Step) -> tuple[str, str]:
        """The sort and the rule of a derivative, as it is said beside it: softmax has two cases."""
        return step.sort, refine_rule(_name_rule(step), step.expr, step.wrt, self.working.graph.ties)

    def ask_wrong_line(self, goal: str) -> None:
        """Which line of a worked gradient is wrong: one step of its working, bent by a slip that is known."""
        cone = self.working.cone([goal])
        able = (step for step in self.working.steps if step.target in cone and step.sort in ("local", "gradient") and not step.after)
        lines = [step for step in able if names_in(step)][-MOST_LINES:]
        shown = {step.target for step in lines}
        single = [bend for bend in list_bends(self.working) if len(bend.edits) == 1 and BY_TAG[bend.tag].common]
        bends = [bend for bend in single if bend.edits[0][0] in shown and self.is_seen_wrong(*bend.edits[0])]
        if len(lines) < LEAST_LINES or not bends:
            return
        order = self.shuffle(goal, lambda bend: f"{bend.tag} {bend.edits[0][0]} {bend.key}")
        wrong = min(bends, key=order)
        at, bent = wrong.edits[0]
        told = [(step.target, bent if step.target == at else step.expr) for step in lines]
        pairs = tuple((as_name(target), write_printed(expr, target, self.sheet.steps)) for target, expr in told)
        place = [step.target for step in lines].index(at)
        question = self.make_choice(f"{goal}.wrong-line", [f"{write_plain(left)} = {write_plain(right)}" for left, right in pairs], [place])
        self.add_choice(AskedStep(question, "wrong-line", f"wrong-line:{wrong.tag}", goal, lines=pairs))

    def is_seen_wrong(self, target: str, bent: Expr) -> bool:
        """Whether a line is wrong in numbers, too: at the given values, and at others."""
        return not any(is_worth(bent, target, values) for values in self.tried)

    @cached_property
    def tried(self) -> tuple[Mapping[str, Value], ...]:
        """Where choices are tried out: the given values, and others without a pattern."""
        leaves = {name: Fraction(31 + 17 * place % 47, 60) for place, name in enumerate(self.sheet.leaves() | self.list_leaves())}
        return (*((self.sheet.truth,) if self.exercise.values else ()), run_working(self.working, leaves))

    def list_leaves(self) -> dict[str, Value]:
        """The quantities that nothing computes."""
        graph = self.working.graph
        return {quantity.name: Fraction(0) for quantity in graph.leaves}

    def drop_other_products(self, tiles: Sequence[Expr], right: Sequence[Expr], step: Step) -> list[Expr]:
        """The tiles without those by which another product would be right, too."""
        kept = list(tiles)
        for count in range(1, len(tiles) + 1):
            for chosen in combinations(tiles, count):
                wrong = [tile for tile in chosen if tile not in right]
                there = all(tile in kept for tile in chosen)
                if wrong and there and any(is_worth(Mul(chosen), step.target, values) for values in self.tried):
                    kept.remove(wrong[-1])
        return kept

    def shuffle(self, salt: str, write: Callable[[Any], str]) -> Callable[[Any], int]:
        """An order that the seed decides."""
        return lambda thing: crc32(f"{self.seed} {salt} {write(thing)}".encode())

    @staticmethod
    def make_choice(ident: str, texts: Sequence[str], right: Sequence[int]) -> Question:
        """A question with letters in front of some texts."""
        letters = [chr(ord("a") + place) for place in range(len(texts))]
        options = tuple(zip(letters, texts, strict=True))
        return Question(ident, ident, "choice", options=options, right=tuple(letters[place] for place in right))

    def add_choice(self, asked: AskedStep) -> None:
        self.found[asked.id] = asked

    def ask_choice(self, step: Step, kind: Kind, tiles: Sequence[Expr], right: set[Expr]) -> None:
        question = self.make_choice(
            f"{step.target}.{kind}", [write_tile(tile) for tile in tiles], [place for place, tile in enumerate(tiles) if tile in right]
        )
        self.add_choice(AskedStep(question, kind, f"{kind}:{_name_rule(step)}", step.target, tuple(tiles)))

    def choose_tiles(self, right: Sequence[Expr], wrong: Sequence[Expr], salt: str) -> list[Expr]:
        """The right tiles among some wrong ones, in an order that the seed decides."""
        mixed = self.shuffle(salt, write_tile)
        room = max(1, min(MOST_DISTRACTORS, MOST_TILES - len(right)))
        return sorted([*right, *sorted(dict.fromkeys(wrong), key=mixed)[:room]], key=mixed)


def is_worth(expr: Expr, target: str, values: Mapping[str, Value]) -> bool:
    """Whether a formula has the value of a quantity."""
    if target not in values:
        return False
    try:
        found, right = as_float(compute(expr, values)), as_float(values[target])
    except (KeyError, TutorError):
        return False
    return abs(found - right) <= NEAR * abs(right)


def _is_same(part: Expr, right: Iterable[Expr]) -> bool:
    """Whether a derivative is another name for one of the right ones: of the same quantity by the same."""
    return any(type(part) is Partial and type(own) is Partial and (part.of, part.wrt) == (own.of, own.wrt) for own in right)


def write_tile(tile: Expr) -> str:
    """A tile as it may be typed."""
    return derivative_key(tile.of, tile.wrt) if type(tile) is Partial else tile.name if type(tile) is Name else ""
