"""What is said of a hand-written backward pass: its gradients, the lines that are wrong, those that were not read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tutor.code.guessing import GuessedWorld


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

    ``repairs`` are the gradients that are right then, ``fails`` says what Python would say; ``others`` are lines that could be the
    wrong one as well, since as small a change of theirs does the same.
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


@dataclass(frozen=True, slots=True)
class UnreadStatement:
    """A line that was not read, and why."""

    line: int
    text: str
    why: str
    fails: bool


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """What became of one backward pass: ``right``, ``wrong`` or ``undecided`` with the reason and what to do."""

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


def disclose_code(verdict: CodeVerdict, reveal: str) -> CodeVerdict:
    """A verdict without what may not be shown: ``none`` only which gradients are wrong, ``hint`` also the lines, ``solution`` all."""
    if reveal == "solution":
        return verdict
    if reveal == "none":
        outputs = tuple(replace(output, factor="") for output in verdict.outputs)
        unread = tuple(line for line in verdict.unread if not line.fails)
        return replace(verdict, roots=(), follows=(), outputs=outputs, unread=unread)
    return replace(verdict, roots=tuple(map(_hide_change, verdict.roots)))


def _hide_change(root: WrongLine) -> WrongLine:
    others = tuple(map(_hide_change, root.others))
    return replace(root, old="", new="", factor="", before=(), after=(), others=others)
