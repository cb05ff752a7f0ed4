"""Reading what an exercise asks: ``[[question]]``, ``[[case]]`` and ``[marking]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import Any, get_args

from tutor.errors import ExerciseError, TutorError, hint_near
from tutor.exercise.claims import MAX_STEPS, check_countable
from tutor.exercise.question import LISTS, AskedProgram, Case, Form, Kind, Question, Scheme, Tolerance
from tutor.exercise.repeated import Pinned, Repetition
from tutor.expression.keys import derivative_key, make_after_key
from tutor.expression.parse import read_name
from tutor.graph.bracketed import pick_bracketed
from tutor.graph.layered import Layered, choose_sizes
from tutor.graph.network import Network
from tutor.graph.nouns import Graph
from tutor.numbers.run import read_value
from tutor.text import make_visible

QUESTION_KEYS: dict[str, tuple[type, ...]] = {
    "id": (str,), "ask": (str,), "kind": (str,), "marks": (int, str), "digits": (int,), "decimals": (int,), "relative": (str, int),
    "absolute": (str, int), "form": (str,), "follow": (bool,), "text": (str,), "options": (list,), "right": (str, list),
    "backward": (str,), "forward": (str,), "given": (str,),
}  # fmt: skip
CASE_KEYS: dict[str, tuple[type, ...]] = {
    "question": (str,), "answer": (str, int), "verdict": (str,), "tag": (str,), "credit": (str, int), "earlier": (dict,), "note": (str,),
}  # fmt: skip
MARKING_KEYS: dict[str, tuple[type, ...]] = {
    field.name: (bool,) if field.name == "decimal_comma" else (str, int) for field in fields(Scheme)
}
VERDICTS = ("correct", "follow-through", "close", "misconception", "wrong", "undecided", "unreadable", "blank")
MAX_QUESTIONS = 2_000
MAX_UPDATES = 200
"""So many updates can be asked for: each is a run of the whole working."""

_AFTER = re.compile(r"(?P<what>.+?)(?:\s+after\s+|@)(?P<k>\d{1,6})(?:\s*(?:\.\.|to)\s*(?P<last>\d{1,6}))?")
_DERIVATIVE = re.compile(r"(?:d|∂)\s*(?P<of>[^/\s]+)\s*/\s*(?:d|∂)\s*(?P<wrt>[^/\s]+)")
_ID = re.compile(r"[^\s:;,=|<>\"'`\\]{1,80}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Where the quantities are that can be asked for: the graph, its arrays, and the network (whose neurons can be counted)."""

    graph: Graph | None
    layered: Layered | None = None
    network: Network | None = None
    repetition: Repetition | None = None

    def targets(self, ask: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The quantities that a question is about and their shape: () for one, (n,) for a vector or column, (r, c) for a matrix.

        Names are those of the working (`tutor.derive.working`): ``dL/dw5``, ``w5@1``.  Raises `ExerciseError`.
        """
        ask = ask.strip()
        if ask.startswith("count "):
            return (f"count {check_countable(ask[6:].strip(), self.network)}",), ()
        if picked := pick_bracketed(ask, self.layered):
            return picked.keys, picked.entries.shape
        parts = [part.strip() for part in re.split(r",(?![^\[\]]*\])", ask)]
        if len(parts) > 1:
            found = [self.targets(part) for part in parts]
            if any(shape for _, shape in found):
                raise ExerciseError("a list asks for single quantities", hint="such as dL/dw1, dL/dw2")
            return tuple(target for targets, _ in found for target in targets), (len(found),)
        match = _AFTER.fullmatch(ask)
        if match is None:
            return self.drop_updates(ask)
        first, last = int(match["k"]), match["last"]
        targets, shape = self.drop_updates(match["what"].strip())
        if int(last or first) and self.graph is not None and not self.graph.parameters:
            raise ExerciseError(f"{make_visible(ask)} is asked for, but nothing is trained", hint='name the parameters: parameters = ["w"]')
        if last is None:
            return tuple(_name_after(name, first) for name in targets), shape
        if shape or int(last) <= first:
            raise ExerciseError("a column is of one quantity, from an update to a later one", hint="such as w after 0..7")
        return tuple(_name_after(targets[0], k) for k in range(first, int(last) + 1)), (int(last) - first + 1,)

    def choose_time(self, ask: str) -> Pinned | None:
        """What is asked at one time for any, where an index is left free; nothing else."""
        if self.repetition is None or self.graph is None or not ask:
            return None
        arrays = self.layered.graph.names if self.layered is not None else ()
        return self.repetition.choose_time(ask, (*self.graph.names, *arrays))

    def drop_updates(self, ask: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The same without updates."""
        if self.graph is None:
            raise ExerciseError(f"{make_visible(ask)} is asked for, but there is no graph", hint='ask for "count weights" and the like')
        match = _DERIVATIVE.fullmatch(ask)
        name = read_name(ask)
        if name in self.graph.names:
            return (name,), ()
        if match is None:
            return self.array(name, "")
        of, wrt = read_name(match["of"]), read_name(match["wrt"])
        if of not in [step.target for step in self.graph.steps]:
            raise ExerciseError(f"{make_visible(of)} is not computed by a step, so it has no derivative here",
                                hint=hint_near(of, [step.target for step in self.graph.steps]))  # fmt: skip
        if wrt in self.graph.names:
            return (derivative_key(of, wrt),), ()
        return self.array(wrt, of)

    def array(self, name: str, of: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """All entries of an array, or of the gradient with respect to one."""
        assert self.graph is not None
        found = choose_sizes(self.layered)[0].entries.get(name) if self.layered is not None else None
        if found is None or not all(item in self.graph.names for item in found.items):
            known = (*self.graph.names, *(self.layered.entries if self.layered is not None else ()))
            raise ExerciseError(f"there is no quantity {make_visible(name)}", hint=hint_near(name, known))
        return tuple(derivative_key(of, item) if of else str(item) for item in found.items), found.shape


    def array_key(self, ask: str) -> str:
        """What is asked by its name in the layer form: ``dL/dW1``, ``W1@1``; empty where there is no such array."""
        match = _AFTER.fullmatch(ask.strip())
        what = match["what"].strip() if match is not None else ask.strip()
        derivative = _DERIVATIVE.fullmatch(what)
        of, wrt = (read_name(derivative["of"]), read_name(derivative["wrt"])) if derivative is not None else ("", read_name(what))
        shapes = self.layered.shapes if self.layered is not None else {}
        if wrt not in shapes or (of and shapes.get(of, ("?",))):
            return ""
        key = derivative_key(of, wrt) if of else wrt
        return make_after_key(key, int(match["k"])) if match is not None and match["last"] is None else "" if match is not None else key


def _name_after(name: str, k: int) -> str:
    if k > MAX_UPDATES:
        raise ExerciseError(f"more than {MAX_UPDATES} updates (of {MAX_STEPS:,} that can be trained) cannot be asked for")
    return make_after_key(name, k)


Fault = Callable[[str, str, str], None]
Checked = Callable[[Mapping[str, Any], Mapping[str, tuple[type, ...]], str], dict[str, Any]]


def read_questions(
    rows: list[Any], subject: Subject, checked: Checked, fault: Fault, files: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Question, ...]:
    """The questions of a file; every fault in them is noted.  ``files`` are the programs that stand beside it, by their names."""
    found: dict[str, Question] = {}
    if len(rows) > MAX_QUESTIONS:
        fault(f"{len(rows):,} questions", "question", f"the limit is {MAX_QUESTIONS:,}")
        return ()
    for number, raw in enumerate(rows, 1):
        path = f"question[{number}]"
        if not isinstance(raw, dict):
            fault("a question is a table", path, '[[question]] with ask = "dL/dw5" and marks = 2')
            continue
        try:
            question = _question(checked(raw, QUESTION_KEYS, path), subject, files)
        except TutorError as error:
            fault(error.what, path, error.hint)
            continue
        if question.id in found:
            fault(f"two questions have the id {make_visible(question.id)}", path, "give one of them another id")
        found[question.id] = question
    return tuple(found.values())


def _question(entry: Mapping[str, Any], subject: Subject, files: Mapping[str, Any]) -> Question:
    ask = entry.get("ask", "")
    kind: Any = entry.get("kind", "")
    written, pinned = ask, subject.choose_time(ask)
    if pinned is not None:
        if kind not in ("", "expression"):
            raise ExerciseError(f"{make_visible(ask)} is asked of any {pinned.index}: a formula", hint='kind = "expression"')
        ask, kind = pinned.text, "expression"
    if kind not in ("", *get_args(Kind)):
        raise ExerciseError(f"there is no kind {make_visible(kind)}", hint=hint_near(kind, get_args(Kind)) or ", ".join(get_args(Kind)))
    if not ask and kind != "choice":
        raise ExerciseError("a question asks for something", hint='such as ask = "dL/dw5"')
    program = _read_program(entry, kind, files)
    targets, shape = subject.targets(ask) if kind not in ("choice", "program") else ((), ())
    array = subject.array_key(ask) if kind not in ("choice", "program") else ""
    kind = kind or _kind(ask, shape)
    if kind == "expression" and shape and not array:
        raise ExerciseError(f"{make_visible(ask)} is a list, not one expression", hint="leave out kind")
    if kind in ("number", "fraction", "chain") and shape:
        raise ExerciseError(f"{make_visible(ask)} is {_AXES[min(len(shape), 3)]}, not one {kind}", hint="leave out kind")
    if kind in LISTS and not shape:
        raise ExerciseError(f"{make_visible(ask)} is a single quantity, not a {kind}", hint='kind = "number" or "expression"')
    if len(shape) > 1 and kind not in (_kind(ask, shape), "expression"):
        raise ExerciseError(f"{make_visible(ask)} is {_AXES[min(len(shape), 3)]}, not a {kind}", hint="leave out kind")
    if kind == "chain" and "/" not in ask:
        raise ExerciseError("a chain of factors is asked for a derivative", hint='such as ask = "dL/dw5"')
    form = entry.get("form", "any")
    if form not in get_args(Form):
        raise ExerciseError(f"there is no form {make_visible(form)}", hint=", ".join(get_args(Form)))
    options, right = _options(entry, kind)
    ident = entry.get("id", "").strip() or (program.backward if program else _ident(written, kind))
    if not ident:
        raise ExerciseError("a choice has no id of its own", hint='such as id = "direction"')
    if not _ID.fullmatch(ident) or not ident.isprintable() or ".." in ident.split("/"):
        raise ExerciseError(f"{make_visible(ident)!r} is no id of a question", hint="letters, digits, / _ . - without spaces")
    within = Fraction(0) if ask.startswith("count ") else Tolerance().relative
    tolerance = Tolerance(
        _share(entry, "relative", within), _share(entry, "absolute", Tolerance().absolute),
        _count(entry, "digits", Tolerance().digits), _count(entry, "decimals", None),
    )  # fmt: skip
    marks = _share(entry, "marks", Fraction(1))
    if marks <= 0 or marks > 10_000:
        raise ExerciseError(f"{make_visible(str(entry['marks']))} marks", hint="marks are positive, such as 2 or \"1/2\"")
    free = ((pinned.index, pinned.time),) if pinned is not None else ()
    return Question(ident, written, kind, targets, shape, marks, tolerance, form, entry.get("follow", True), entry.get("text", ""),
                    options, right, array, free=free, shown=pinned.shown if pinned is not None else "", program=program)  # fmt: skip


def _kind(ask: str, shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return "column" if ".." in ask or " to " in ask else "vector"
    return ("number", "", "matrix", "array", "array")[len(shape)]


_FUNCTION = re.compile(r"[^\W\d]\w{0,80}(?:\.[^\W\d]\w{0,80})?")
MOST_GRADIENTS = 100


def asks_only_programs(rows: object) -> bool:
    """Whether all that is asked are programs (and choices beside them), so that nothing has to be computed.

    >>> asks_only_programs([{"kind": "program"}, {"kind": "choice"}]), asks_only_programs([{"kind": "choice"}])
    (True, False)
    """
    kinds = {str(row.get("kind", "")) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    return "program" in kinds and kinds <= {"program", "choice"}


def _read_program(entry: Mapping[str, Any], kind: str, files: Mapping[str, Any]) -> AskedProgram | None:
    """The backward pass that a question of the kind program asks for."""
    if kind != "program":
        if named := [key for key in ("backward", "forward", "given") if key in entry]:
            raise ExerciseError(f"{named[0]} goes with a program", hint='kind = "program"')
        return None
    backward, forward, given = (entry.get(key, "").strip() for key in ("backward", "forward", "given"))
    for key, name in (("backward", backward), ("forward", forward)):
        if (name or key == "backward") and not _FUNCTION.fullmatch(name):
            raise ExerciseError(f"{key} is the name of a function", hint=f'such as {key} = "affine_{key}"')
    gradients = tuple(dict.fromkeys(part.strip() for part in entry.get("ask", "").split(",") if part.strip()))
    if not gradients or len(gradients) > MOST_GRADIENTS:
        raise ExerciseError("a program asks for its gradients, by their names", hint='such as ask = "dx, dw, db"')
    if not given or "\n" in given:
        return AskedProgram(backward, gradients, forward, given, "given.py" if given else "")
    if not isinstance(files.get(given), str):
        raise ExerciseError(f"the program {make_visible(given, 60)} is not there",
                            hint="a program stands beside its exercise, and is called by its name alone: layers.py")  # fmt: skip
    return AskedProgram(backward, gradients, forward, files[given], given)


_AXES = ("a number", "a list", "a matrix", "an array of more than two axes")
"""What an answer is called by its axes."""


def _ident(ask: str, kind: str) -> str:
    ident = re.sub(r"\s+after\s+", "@", ask.strip().replace("∂", "d"))
    ident = re.sub(r"\s*(\.\.|to)\s*", "..", ident) if "@" in ident else ident
    ident = re.sub(r"(?<![0-9]):(?![0-9])", "all", ident) if "[" in ident else ident  # dL/dZ[0, :] is dL/dZ_0_all
    ident = re.sub(r"[\s,\[\]]+", "_", ident.replace(":", "to" if "[" in ident else ":")).strip("_")
    return ident + {"expression": ".formula", "chain": ".chain", "fraction": ".fraction"}.get(kind, "")


def _share(entry: Mapping[str, Any], key: str, default: Fraction) -> Fraction:
    if key not in entry:
        return default
    value = read_value(str(entry[key]), key)
    if not isinstance(value, Fraction) or value < 0:
        raise ExerciseError(f"{key} is a number from 0, not {make_visible(str(entry[key]))}")
    return value


def _count(entry: Mapping[str, Any], key: str, default: Any) -> Any:
    value = entry.get(key, default)
    if value is not default and not 0 <= value <= 50:
        raise ExerciseError(f"{key} runs from 0 to 50, not {value}")
    return value


def _options(entry: Mapping[str, Any], kind: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    listed = entry.get("options", [])
    if kind != "choice":
        if listed or "right" in entry:
            raise ExerciseError("options go with a choice", hint='kind = "choice"')
        return (), ()
    if not 2 <= len(listed) <= 26 or not all(isinstance(option, str) for option in listed):
        raise ExerciseError("a choice has two to 26 options", hint='options = ["it converges", "it diverges"], right = "b"')
    options = tuple((chr(ord("a") + place), option) for place, option in enumerate(listed))
    named = entry.get("right", [])
    right = tuple(str(letter).strip().lower() for letter in ([named] if isinstance(named, str) else named))
    if not right or any(letter not in dict(options) for letter in right):
        raise ExerciseError("a choice has its right letters", hint=f'right = "a", from a to {options[-1][0]}')
    return options, right


def read_cases(rows: list[Any], checked: Checked, fault: Fault) -> tuple[Case, ...]:
    """The tests of the mark scheme; every fault in them is noted."""
    found = []
    for number, raw in enumerate(rows, 1):
        path = f"case[{number}]"
        entry = checked(raw, CASE_KEYS, path) if isinstance(raw, dict) else {}
        missing = [key for key in ("question", "answer", "verdict") if key not in entry]
        if missing:
            fault(f"a case needs {' and '.join(missing)}", path, 'such as question = "dL/dw5", answer = "0.082", verdict = "correct"')
            continue
        if entry["verdict"] not in VERDICTS:
            fault(
                f"there is no verdict {make_visible(entry['verdict'])}",
                path,
                hint_near(entry["verdict"], VERDICTS) or ", ".join(VERDICTS),
            )
            continue
        earlier = tuple((str(key), str(value)) for key, value in entry.get("earlier", {}).items())
        try:
            credit = _share(entry, "credit", Fraction(0)) if "credit" in entry else None
        except TutorError as error:
            fault(error.what, path, error.hint)
            continue
        if credit is not None and credit > 1:
            fault(f"credit is a share from 0 to 1, not {make_visible(str(entry['credit']))}", path, 'such as "1/2": a share of the marks')
            continue
        tag, note = entry.get("tag", ""), entry.get("note", "")
        found.append(Case(entry["question"], str(entry["answer"]), entry["verdict"], tag, credit, earlier, note))
    return tuple(found)


def read_scheme(table: Mapping[str, Any], checked: Checked, fault: Fault) -> Scheme:
    """``[marking]``: the shares that the mark scheme gives."""
    shares: dict[str, Any] = {}
    for key in checked(table, MARKING_KEYS, "marking"):
        if key == "decimal_comma":
            continue
        try:
            share = _share(table, key, Fraction(1))
        except TutorError as error:
            fault(error.what, f"marking.{key}", error.hint)
            continue
        if share > 1:
            fault(f"{key} is a share from 0 to 1, not {make_visible(str(table[key]))}", f"marking.{key}", 'such as "1/2"')
        else:
            shares[key] = share
    return Scheme(**shares, decimal_comma=table.get("decimal_comma") is True)
