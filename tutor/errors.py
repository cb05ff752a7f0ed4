"""One family of errors.  Each says where, what, and what to do next; a user never sees a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TutorError(Exception):
    """Something that a user can put right.

    ``what`` is the fault in one sentence, ``where`` its address (a file and a path in it), ``spot`` the text with a caret
    under the place, ``hint`` the next move.

    >>> print(TutorError("there is no quantity q", where="claim 3", hint="did you mean d?"))
    claim 3: there is no quantity q
      did you mean d?
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "", spot: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint
        self.spot = spot

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.spot:
            lines.append(self.spot)
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)

    def put_at(self, where: str) -> TutorError:
        """The same error with an address put before the one it has."""
        joined = f"{where}: {self.where}" if self.where else where
        return type(self)(self.what, where=joined, hint=self.hint, spot=self.spot)


class ExpressionError(TutorError):
    """A text that is not an expression, or one over the limits."""


class GraphError(TutorError):
    """Steps that make no graph: a cycle, a name defined twice, a name that nothing defines."""


class ValueProblem(TutorError):
    """A number that does not exist or is missing: division by zero, log of a negative number, overflow."""


class ExerciseError(TutorError):
    """An exercise file that does not say what it must."""


class ProofError(TutorError):
    """A result that failed its own check; it is never printed."""


class OutputError(TutorError):
    """A file that cannot be written, or a document that cannot be made."""


class Problems(TutorError):
    """Several faults of one file, all reported at once."""

    def __init__(self, problems: Iterable[TutorError], *, where: str = "") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} fault{'s' if count != 1 else ''}", where=where)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return "\n".join([head, *(f"- {str(problem).replace(chr(10), chr(10) + '  ')}" for problem in self.problems)])


def hint_near(word: str, known: Iterable[str], *, limit: int = 3) -> str:
    """A hint with the names most like ``word``; empty when none is near.

    >>> hint_near("w55", ["w5", "w6", "b1"])
    'did you mean w5?'
    """
    names = list(dict.fromkeys(known))
    matches = difflib.get_close_matches(word, names, n=limit, cutoff=0.6)
    if not matches:
        lowered = word.lower()
        matches = [name for name in names if lowered and (lowered in name.lower() or name.lower() in lowered)][:limit]
    if not matches:
        return ""
    return f"did you mean {' or '.join(matches)}?"
