"""A backward pass that was handed in as a program, with its marks: each gradient that is asked for has an equal share.

A line that is wrong by itself is charged once: of the gradients that are wrong because of it, one is charged, the others follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tutor.code.code_verdicts import CodeVerdict, JudgedOutput, WrongLine
from tutor.code.judge_code import judge_code
from tutor.code.pair_functions import find_partner, find_whole, list_functions, split_gradient
from tutor.errors import ExerciseError, TutorError, tell
from tutor.exercise.question import AskedProgram, Question, Scheme
from tutor.marking.credit import fold
from tutor.marking.marked import Credit, MarkedAnswer, Slip, Verdict
from tutor.program.source import Source, read_source

HALF = Fraction(1, 2)
"""What is left of a gradient's share where a known slip spoils it, if the mark scheme does not say."""
UNNAMED = ("", "unwritten")
"""Tags of lines that no known slip explains."""
_DERIVATIVE = re.compile(r"[d∂]\w*\s*/\s*[d∂]\s*(\w+)")


def judge_program(question: Question, text: str) -> tuple[CodeVerdict, ...]:
    """The verdicts on what was handed in for a program; nothing of it runs.

    Raises `TutorError` for what is no Python, and for a function that is not there.
    """
    asked = question.program
    assert asked is not None
    source = read_source(text, f"{question.id}.py")
    if not asked.given:
        return judge_code(source, asked.backward, None, asked.forward)
    given, forward = read_given(asked)
    return judge_code(source, asked.backward, given, forward, (given,))


def read_given(asked: AskedProgram) -> tuple[Source, str]:
    """The lecturer's file, and which of its functions is the forward pass.

    Raises `ExerciseError` where it is not told by its name, and `ProgramError` for what is no Python.
    """
    given = read_source(asked.given, asked.file)
    known = list_functions(given.tree)
    own = asked.backward.rpartition(".")[2]
    forward = asked.forward or find_partner(own, known) or find_whole(own, known)
    if forward not in known:
        said = tell("the forward pass of {name} is not in the given program", name=asked.backward)
        raise ExerciseError(said, hint=tell('say which function it is: forward = "affine_forward"'))
    return given, forward


def mark_program(question: Question, text: str, scheme: Scheme) -> MarkedAnswer:
    """One program with its verdict and its marks; what cannot be judged waits for a person.

    >>> asked = AskedProgram("f_backward", ("dx", "dw"), given="def f_forward(x, w):\\n    return w * x, (x, w)\\n", file="f.py")
    >>> text = "def f_backward(dout, cache):\\n    x, w = cache\\n    return dout * w, dout * w\\n"
    >>> marked = mark_program(Question("f", "dx, dw", "program", program=asked), text, Scheme())
    >>> marked.verdict, marked.marks, marked.tag
    ('misconception', Fraction(3, 4), 'another-variable')
    """
    assert question.program is not None
    try:
        verdicts = judge_program(question, text)
    except ExerciseError:
        raise
    except TutorError as error:
        return _wait(question, text, "unreadable", str(error.said))
    open_ones = [one for one in verdicts if one.verdict == "undecided"]
    if open_ones:
        return _wait(question, text, "undecided", f"{open_ones[0].name}: {open_ones[0].why}")
    outputs = [output for one in verdicts for output in one.outputs]
    found, spare = match_gradients(question.program.gradients, outputs)
    missing = [name for name, output in found.items() if output is None]
    if missing and spare:
        return _wait(question, text, "undecided", f"{', '.join(missing)} is not found among {', '.join(one.key for one in spare)}")
    wrong = [output.key for output in found.values() if output is not None and output.verdict != "right"]
    roots = [root for one in verdicts for root in one.roots]
    shared = _share_out(wrong, roots) if question.follow else _Charges(0, 0, len(wrong))
    credits = list_credits(len(found), shared, len(missing), scheme)
    slips = tuple(Slip(root.tag, f"line {root.line}") for root in roots if root.tag not in UNNAMED)
    named = bool(slips) and all(root.tag not in UNNAMED for root in roots) and not missing
    verdict: Verdict = "correct" if not wrong and not missing else "misconception" if named else "wrong"
    message = f"{', '.join(missing)} is not worked out" if missing else ""
    return MarkedAnswer(
        question.id, text, verdict, fold(credits) * question.marks, question.marks, credits,
        slips=(slips,) if slips and verdict != "correct" else (), message=message,
    )  # fmt: skip


def _wait(question: Question, text: str, verdict: Verdict, message: str) -> MarkedAnswer:
    credits = (Credit("award", Fraction(0), f"{verdict}: a person decides"),)
    return MarkedAnswer(question.id, text, verdict, Fraction(0), question.marks, credits, message=message)


def name_wanted(name: str) -> str:
    """What a gradient that is asked for is the gradient of.

    >>> [name_wanted(name) for name in ("dW1", "dL/dW1", "grads.W1", "x")]
    ['W1', 'W1', 'W1', 'x']
    """
    match = _DERIVATIVE.fullmatch(name.strip())
    return match[1] if match else next(iter(split_gradient(name)), name)


def match_gradients(
    names: Sequence[str], outputs: Sequence[JudgedOutput]
) -> tuple[dict[str, JudgedOutput | None], list[JudgedOutput]]:
    """The gradient that a program gives for each that is asked for, and those that nobody asked for."""
    found: dict[str, JudgedOutput | None] = {}
    spare = list(outputs)
    for name in names:
        wanted = name_wanted(name)
        fits = [one for one in spare if wanted == one.of.rpartition(".")[2] or name == one.key.rpartition(".")[2]]
        found[name] = fits[0] if fits else None
        spare = [one for one in spare if one not in fits[:1]]
    return found, spare


@dataclass(frozen=True, slots=True)
class _Charges:
    """Of the gradients that are wrong: how many only follow, how many are charged for a known slip, how many for a line without one."""

    following: int
    slipped: int
    plain: int


def _share_out(wrong: Sequence[str], roots: Sequence[WrongLine]) -> _Charges:
    """Each line that is wrong by itself is charged with the first gradient that it spoils and no other line has been charged with."""
    left = list(wrong)
    slipped = plain = 0
    explained: set[str] = set()
    for root in sorted(roots, key=lambda one: len(one.repairs)):
        explained |= set(root.repairs)
        charged = next((key for key in left if key in root.repairs), "")
        if charged:
            left.remove(charged)
            slipped += root.tag not in UNNAMED
            plain += root.tag in UNNAMED
    unexplained = [key for key in left if key not in explained]
    return _Charges(len(left) - len(unexplained), slipped, plain + len(unexplained))


def list_credits(count: int, charges: _Charges, missing: int, scheme: Scheme) -> tuple[Credit, ...]:
    """The operations on a program's credit: what is right, what only follows, what a known slip leaves, what is wrong."""
    share = Fraction(1, count)
    right = count - charges.following - charges.slipped - charges.plain - missing
    left = HALF if scheme.misconception is None else scheme.misconception
    rows = (
        (right * share, right, "right"),
        (charges.following * share * scheme.follow, charges.following, "wrong only because of another line"),
        (charges.slipped * share * left, charges.slipped, "all but one slip"),
        (Fraction(0), charges.plain + missing, "wrong"),
    )
    return tuple(Credit("award", amount, reason) for amount, number, reason in rows if number)
