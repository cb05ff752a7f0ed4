"""What is said of a hand-written backward pass: its gradients, the lines that are wrong, those that were not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tutor.code.guessing import GuessedWorld
from tutor.errors import ProgramError, Told

if TYPE_CHECKING:
    from tutor.expression.nodes import Expr
    from tutor.graph.layered import Layered
    from tutor.graph.nouns import Step


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
class DerivedLine:
    """What a wrong line should compute, as the derivation of the forward function has it: ``key`` is ∂``loss``/∂``wrt`` = ``expr``.

    A program that divides by a size later has a multiple of it, by ``times`` (a size).
    ``step`` is the step of the derivation with its reason, ``rewrite`` the named rewrite that ``expr`` is of, or empty; ``names`` are the
    names that the program has for the gradients in ``expr``, by their quantities, ``lines`` those of the forward function through which it
    comes back.  It was compared with the corrected program at so many ``points``; ``ends`` says that it is what ``key`` has in the end.
    ``written`` is what stands in the program, where that is read; ``exact`` says that the corrected line was read as a formula, too, and is
    the same to 40 digits.  ``insides`` are the quantities in it that have no name in the program, with their formulas; ``rows`` are
    the gradients in it that have none, each with its own formula.
    """

    key: str
    loss: str
    wrt: str
    expr: Expr | None
    step: Step
    layered: Layered
    rewrite: str
    names: Mapping[str, str]
    lines: tuple[int, ...]
    points: int
    times: Expr | None = None
    ends: bool = False
    written: Expr | None = None
    exact: bool = False
    insides: Mapping[str, Expr] = field(default_factory=dict)
    rows: tuple[DerivedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that is wrong by itself: the slip with its parts (or none that is known), the lines as they are and as they would be right.

    ``repairs`` are the gradients that are right then, ``fails`` says what Python would say, ``derived`` the formula that it should
    compute; ``others`` are lines that could be the wrong one as well, since as small a change of theirs does the same.
    ``file`` is where it stands, if not in the program itself but in a file that it imports from.
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
    others: tuple[WrongLine, ...] = ()
    derived: DerivedLine | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class UnreadStatement:
    """A line that was not read, and why; ``place`` is where in it, with a caret, and what could be written instead."""

    line: int
    text: str
    why: str
    fails: bool
    place: ProgramError | None = None


@dataclass(frozen=True, slots=True)
class NumericWarning:
    """A line that is right on paper and may fail in floats: ``log`` or ``division`` of what may be 0 there, or an ``overflow``.

    ``text`` is the expression, ``of`` what in it may be 0 or overflows.
    """

    line: int
    kind: str
    text: str
    of: str


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """What became of one backward pass: ``right``, ``wrong`` or ``undecided`` with the reason and what to do.

    ``place`` is where something is not read, for which it is not judged.
    ``assumes`` is what it takes for granted: the meaning of functions that are not in the file; ``left_over`` are gradients that are
    compared with nothing, with the reasons.
    """

    name: str
    forward: str
    verdict: str
    outputs: tuple[JudgedOutput, ...]
    roots: tuple[WrongLine, ...]
    follows: tuple[int, ...]
    unread: tuple[UnreadStatement, ...]
    first_line: int = 0
    world: GuessedWorld = field(default_factory=GuessedWorld)
    why: str = ""
    hint: str = ""
    warnings: tuple[NumericWarning, ...] = ()
    assumes: tuple[Told, ...] = ()
    left_over: tuple[tuple[str, Told], ...] = ()
    place: ProgramError | None = None


def disclose_code(verdict: CodeVerdict, reveal: str) -> CodeVerdict:
    """A verdict without what may not be shown: ``none`` only which gradients are wrong, ``hint`` also the lines, ``solution`` all."""
    if reveal == "solution":
        return verdict
    if reveal == "none":
        outputs = tuple(replace(output, factor="") for output in verdict.outputs)
        unread = tuple(line for line in verdict.unread if not line.fails)
        return replace(verdict, roots=(), follows=(), outputs=outputs, unread=unread, warnings=())
    return replace(verdict, roots=tuple(map(_hide_change, verdict.roots)))


def _hide_change(root: WrongLine) -> WrongLine:
    others = tuple(map(_hide_change, root.others))
    derived = None if root.derived is None else replace(root.derived, expr=None, written=None, rows=())
    return replace(root, old="", new="", factor="", before=(), after=(), others=others, derived=derived)
