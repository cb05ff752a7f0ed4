"""Reading written steps: ``d = x + y``, ``f(x, y) = x^2*y``, ``\\hat{y} = \\sigma(z)``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.errors import GraphError, TutorError, hint_near, tell
from tutor.expression.lexicon import STARRED
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.parse import make_vocabulary, parse_with, read_name
from tutor.expression.program_signs import PIECE, PROGRAM_WORDS
from tutor.expression.spelling import is_name
from tutor.expression.tokens import GIVEN
from tutor.expression.walk import names
from tutor.rules.composite_layers import COMPOSITES, OUTPUT
from tutor.rules.functions import FUNCTIONS, check_calls
from tutor.rules.operations import SPLITS
from tutor.text import make_visible

_EQUALS = re.compile(r"(?<![<>=!]):?=(?!=)")
_HEAD = re.compile(r"\s*(?P<name>.+?)\s*(?:\\left)?\((?P<arguments>[^()]*?)(?:\\right)?\)\s*", re.DOTALL)
_APART = re.compile(r"(?<!\\)[;\n]")


def check_name(text: str) -> str:
    """A quantity's name in its canonical spelling; raises `GraphError` when it cannot be one.

    >>> check_name("out_h1"), check_name("\\\\hat{y}")
    ('out_h1', 'yhat')
    """
    name = read_name(text)
    if not is_name(name):
        raise GraphError(
            f"{make_visible(text)!r} cannot be the name of a quantity",
            hint="a name is a letter followed by letters, digits and single underscores, such as out_h1",
        )
    return name


def is_step(text: str) -> bool:
    """Whether a text is a step and not an expression: it has an equals sign that belongs to no comparison and to no setting.

    >>> is_step("d = x + y"), is_step("a if x >= 0 else b"), is_step("softmax(Z, axis=1)")
    (True, False, False)
    """
    match = _EQUALS.search(text)
    return match is not None and text.count("(", 0, match.start()) <= text.count(")", 0, match.start())


def split_steps(text: str) -> list[str]:
    """The steps of a text, which stand in lines of their own or have semicolons between them.

    >>> split_steps("d = x + y; f = d*z")
    ['d = x + y', ' f = d*z']
    """
    return [line for line in _APART.split(text) if line.strip()]


@dataclass(frozen=True, slots=True)
class _Written:
    """One written step, taken apart: its target, the arguments it is written with, its formula; ``more`` are the targets besides."""

    target: str
    arguments: tuple[str, ...]
    formula: str
    more: tuple[str, ...] = ()


def _take_apart(text: str) -> _Written | TutorError:
    match = _EQUALS.search(text)
    if match is None:
        return GraphError(f"{make_visible(text)!r} is no step", hint="a step is written target = formula, such as d = x + y")
    target, formula = text[: match.start()], text[match.end() :]
    head = _HEAD.fullmatch(target)
    several = target.strip().removeprefix("(").removesuffix(")").split(",")
    try:
        if head is None and len(several) > 1:
            first, *more = map(check_name, several)
            return _Written(first, (), formula, tuple(more))
        if head is None:
            return _Written(check_name(target), (), formula)
        return _Written(check_name(head["name"]), tuple(map(check_name, head["arguments"].split(","))), formula)
    except GraphError as error:
        if head is None:
            return error
        name = make_visible(head["name"], 20)
        return GraphError(error.what, hint=f"write {name} = …, or {name}(x, y) = … with the names of quantities")


def read_steps(
    lines: Iterable[str], arrays: Collection[str] = (), known: Collection[str] = (), own: Collection[str] = ()
) -> Iterator[tuple[str, Expr]]:
    """Written steps, each with its target and its formula.

    ``arrays`` are the functions of whole layers that they may use, ``known`` the quantities that exist for certain, ``own`` the
    functions of the exercise (`tutor.expression.own_functions`).  A target may be
    written with its arguments: ``f(x, y) = x^2*y`` is f, and f(x, y) elsewhere is its value.  A layer that has several outputs has as many
    targets, ``h, c = lstm_cell(…)``: each is its own step, with the call in `OUTPUT`.

    Raises `GraphError` or `ExpressionError`, with the number of the step.

    >>> [target for target, _ in read_steps(["f(x, y) = x^2*y", "g = f(x, y) + x"])]
    ['f', 'g']
    """
    lines, numbers = put_labels_in(lines) if arrays else (lines, ())
    for number, read in enumerate(read_each(lines, arrays, known, own), 1):
        if isinstance(read, TutorError):
            raise read.put_at(f"step {numbers[number - 1] if numbers else number}")
        yield from read


_LABELS = re.compile(r"\s*(?P<name>[A-Za-z]\w{0,30})\s*=\s*(?P<labels>\[[0-9\s,\[\]-]{1,1200}\])\s*", re.ASCII)


def put_labels_in(lines: Iterable[str]) -> tuple[list[str], list[int]]:
    """The steps without those that name labels, ix = [2, 0, 2], and these put in where they are used; and the number of each.

    >>> put_labels_in(["ix = [2, 0, 2]", "X = E[ix]"])
    (['X = E[[2, 0, 2]]'], [2])
    """
    listed = list(lines)
    named = {match["name"]: match["labels"] for line in listed if (match := _LABELS.fullmatch(line))}
    kept = [(number, line) for number, line in enumerate(listed, 1) if not _LABELS.fullmatch(line)]
    if not named:
        return listed, []
    word = re.compile(rf"(?<![\w\\.])({'|'.join(map(re.escape, named))})(?!\w)")
    return [word.sub(lambda match: named[match[1]], line) for _, line in kept], [number for number, _ in kept]


def read_each(
    lines: Iterable[str], arrays: Collection[str] = (), known: Collection[str] = (), own: Collection[str] = ()
) -> list[tuple[tuple[str, Expr], ...] | TutorError]:
    """The same for each line, with the fault of one that cannot be read in its place: an author sees all of them at once.

    >>> [type(read).__name__ for read in read_each(["d = x + y", "f = d*"])]
    ['tuple', 'ExpressionError']
    """
    written = [_take_apart(line) for line in lines]
    good = [step for step in written if isinstance(step, _Written)]
    applied = {step.target: step.arguments for step in good if step.arguments}
    certain = tuple(dict.fromkeys((*known, *(target for step in good for target in (step.target, *step.more)))))
    marks = {STARRED, *PROGRAM_WORDS, *(f"{GIVEN}{word.removesuffix('=')}" for word in arrays if word.endswith("="))} if arrays else set()
    vocabulary = make_vocabulary(None, {*FUNCTIONS, *arrays, *own, *({STARRED} if arrays else ())}, certain, applied)
    found: list[tuple[tuple[str, Expr], ...] | TutorError] = []
    for step in written:
        if isinstance(step, TutorError):
            found.append(step)
            continue
        try:
            expr = parse_with(step.formula, vocabulary)
            check_calls(expr, {*arrays, *marks})
            _check_arguments(step.target, step.arguments, names(expr))
        except TutorError as error:
            found.append(error)
        else:
            found.append(_list_targets(step, expr))
    return found


def _list_targets(step: _Written, expr: Expr) -> tuple[tuple[str, Expr], ...] | TutorError:
    """The steps that a line is: one, or one for each output of a layer that has several."""
    if not step.more:
        return ((step.target, expr),)
    if type(expr) is Call and expr.func in SPLITS:
        targets = (step.target, *step.more)
        number = Number(str(len(targets)))
        return tuple((target, Call(f"{PIECE} {expr.func}", (*expr.args, Number(str(place)), number)))
                     for place, target in enumerate(targets, 1))  # fmt: skip
    row = COMPOSITES.get(expr.func) if type(expr) is Call else None
    if row is None or len(step.more) >= len(row.outputs):
        count = len(row.outputs) if row is not None else 1
        values = tell("one value") if count == 1 else tell("{count} values", count=count)
        what = tell("{targets} on the left, and {count} on the right", targets=[step.target, *step.more], count=values)
        hint = tell("write one step for each, or a layer that has several outputs: h, c = lstm_cell(x, h0, c0, W, U, b)")
        return GraphError(what, hint=hint)
    found = [(target, Call(f"{OUTPUT}{place}", (expr,))) for place, target in enumerate((step.target, *step.more), 1)]
    return tuple(reversed(found))  # the first output is computed last, and is what the line is about


def _check_arguments(target: str, arguments: Sequence[str], used: Sequence[str]) -> None:
    """Refuse an argument that the formula does not have."""
    twice = next((name for name in arguments if arguments.count(name) > 1), "")
    if twice:
        raise GraphError(f"{target} is written with the argument {twice} twice", hint=f"write {twice} once, or another name for the other")
    unused = next((name for name in arguments if name not in used), "")
    if unused:
        others = [name for name in used if name not in arguments]
        hint = hint_near(unused, others) or f"leave {unused} out, or write {target} = …"
        raise GraphError(f"{target} is written as a function of {unused}, which its formula does not have", hint=hint)
