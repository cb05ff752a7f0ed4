"""One family of errors.  Each says where, what, and what to do next; a user never sees a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping


class Told(str):
    """A sentence in English that knows how it is made, so that it can be said in another language: ``pattern`` with ``places`` in it.

    What is chosen from stands in a tuple, what belongs together in a list.  What other languages say stands beside the English pattern
    (`tutor.explain.words.reader_words`).
    """

    pattern: str
    places: Mapping[str, object]

    def __reduce__(self) -> tuple[type[Told], tuple[str], dict[str, object]]:
        return Told, (str(self),), {"pattern": self.pattern, "places": self.places}


def tell(pattern: str, /, **places: object) -> Told:
    """A sentence of an error: what is refused, or what to do next.

    >>> tell("there is no quantity {name}", name="q").pattern, tell("did you mean {names}?", names=("w5", "w6"))
    ('there is no quantity {name}', 'did you mean w5 or w6?')
    """
    said = Told(fill_places(pattern, places) if places else pattern)
    said.pattern, said.places = pattern, places
    return said


def fill_places(pattern: str, places: Mapping[str, object], choose: str = " or ", both: str = " and ") -> str:
    """A pattern with its places filled in; ``choose`` stands between the names of a tuple, ``both`` between those of a list.

    >>> fill_places("write {names}", {"names": ("a", "b", "c")}, " oder "), fill_places("{each} fit", {"each": ["A", "B"]})
    ('write a oder b oder c', 'A and B fit')
    """
    joints = {tuple: choose, list: both}
    return pattern.format(**{
        name: joints[type(value)].join(value) if isinstance(value, tuple | list) else value for name, value in places.items()
    })  # fmt: skip


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

    @property
    def said(self) -> Told:
        """The whole message, as a sentence that can be said in another language."""
        parts = {"what": self.what, "spot": self.spot, "hint": self.hint}
        lines = ("{where}: {what}" if self.where else "{what}", "{spot}" if self.spot else "", "  {hint}" if self.hint else "")
        return tell("\n".join(line for line in lines if line), where=self.where, **parts)

    def put_at(self, where: str) -> TutorError:
        """The same error with an address put before the one it has."""
        joined = f"{where}: {self.where}" if self.where else where
        return type(self)(self.what, where=joined, hint=self.hint, spot=self.spot)


class ExpressionError(TutorError):
    """A text that is not an expression, or one over the limits."""


class GraphError(TutorError):
    """Steps that make no graph: a cycle, a name defined twice, a name that nothing defines."""


class ShapeError(GraphError):
    """Arrays in a formula whose shapes do not fit together."""


class ValueProblem(TutorError):
    """A number that does not exist or is missing: division by zero, log of a negative number, overflow."""


class ExerciseError(TutorError):
    """An exercise file that does not say what it must."""


class ProgramError(TutorError):
    """A line of a program that cannot be read as mathematics, with its file, line and column."""


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
        plain = lowered.rstrip("0123456789_")  # x of x_1
        inside = [name for name in names if name.lower() in lowered and (2 * len(name) >= len(word) or name.lower() == plain)]
        matches = [name for name in names if lowered and (lowered in name.lower() or name in inside)][:limit]
    if not matches:
        return ""
    return tell("did you mean {names}?", names=tuple(matches))
