"""What tries and hints cost where they cost something: exact shares of a step's marks, read from one line of text.

    read_costs("1, 0.7, 0.5; hint 0.1; floor 0.2")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tutor.errors import Problems, TutorError
from tutor.text import make_visible

MOST_TRIES = 20
LONGEST = 400
EXAMPLE = "1, 0.7, 0.5; hint 0.1; floor 0.2"
_SHARE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}|\s?/\s?[1-9][0-9]{0,5})?|\.[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of a session.

    ``tries`` are the shares of a step's marks that are left after so many wrong tries (the last one for all that come), ``hint`` is what
    each hint takes, ``floor`` the least that a right answer is worth.  An answer that was shown is worth nothing in any case.
    """

    tries: tuple[Fraction, ...] = (Fraction(1), Fraction(7, 10), Fraction(1, 2))
    hint: Fraction = Fraction(1, 10)
    floor: Fraction = Fraction(1, 5)

    def __str__(self) -> str:
        """The costs as they are read, always in the same way.

        >>> str(Costs())
        '1, 7/10, 1/2; hint 1/10; floor 1/5'
        """
        return f"{', '.join(map(str, self.tries))}; hint {self.hint}; floor {self.floor}"

    def count_share(self, tries: int, hints: int) -> Fraction:
        """What a right answer is worth after so many wrong tries and so many hints.

        >>> str(Costs().count_share(1, 2)), str(Costs().count_share(9, 9))
        ('1/2', '1/5')
        """
        return max(self.tries[min(tries, len(self.tries) - 1)] - hints * self.hint, self.floor)

    def list_written(self) -> dict[str, str]:
        """The costs as they are told to learners, for the places of a sentence.

        >>> Costs((Fraction(1), Fraction(2, 3))).list_written()
        {'tries': '1, 2/3', 'hint': '0.1', 'floor': '0.2'}
        """
        return {"tries": ", ".join(map(_write_share, self.tries)), "hint": _write_share(self.hint), "floor": _write_share(self.floor)}


STANDARD = Costs()
"""What things cost where nobody says it."""


def read_costs(text: str) -> Costs:
    """The costs that a text says: what right answers are worth at the first, second, … try, and behind semicolons what a hint takes and the
    least that is left; what is not said stays as it is.

    Raises `Problems` with all faults at once.

    >>> str(read_costs("1, 1/2; hint 0.25")), str(read_costs("floor 0"))
    ('1, 1/2; hint 1/4; floor 1/5', '1, 7/10, 1/2; hint 1/10; floor 0')
    """
    faults: list[TutorError] = []
    found: dict[str, tuple[Fraction, ...]] = {}
    for part in text[:LONGEST].split(";") if len(text) <= LONGEST else [text]:
        word, listed = _split_word(part)
        if not part.strip():
            continue
        if word not in ("tries", "hint", "floor"):
            faults.append(TutorError(f"there is no cost {make_visible(word, 40)}", hint=f"such as {EXAMPLE}"))
            continue
        if word in found:
            faults.append(TutorError(f"{word} is said twice", hint="say it once"))
        shares = [_read_share(one, faults) for one in listed.split(",")]
        found[word] = tuple(share for share in shares if share is not None)
        if word != "tries" and len(shares) != 1:
            faults.append(TutorError(f"{word} is one number, not {len(shares)}", hint=f"such as {word} 0.1"))
    costs = STANDARD
    if not faults:
        (hint,), (floor,) = found.get("hint", (STANDARD.hint,)), found.get("floor", (STANDARD.floor,))
        costs = Costs(found.get("tries", STANDARD.tries), hint, floor)
        faults = list(_check(costs))
    if faults:
        raise Problems(faults, where="costs")
    return costs


def _split_word(part: str) -> tuple[str, str]:
    """What a part is about, and its numbers: those of tries have no word, or have it, too."""
    match = re.match(r"\s*([A-Za-z_-]+)(?:\s|=|:|$)", part)
    return (match[1].lower(), part[match.end() :].strip(" =:")) if match else ("tries", part)


def _read_share(text: str, faults: list[TutorError]) -> Fraction | None:
    written = text.strip()
    share = Fraction(written.replace(" ", "")) if _SHARE.fullmatch(written) else None
    if share is None or not 0 <= share <= 1:
        faults.append(TutorError(f"{make_visible(written, 40) or 'nothing'} is no share",
                                 hint="write a number from 0 to 1, such as 0.7 or 7/10"))
    return share


def _write_share(share: Fraction) -> str:
    decimal = f"{float(share):g}"
    return decimal if Fraction(decimal) == share else str(share)


def _check(costs: Costs) -> Iterator[TutorError]:
    if len(costs.tries) > MOST_TRIES:
        yield TutorError(f"{len(costs.tries)} tries", hint=f"name up to {MOST_TRIES}; the last one is for all that come")
    if any(later > earlier for earlier, later in zip(costs.tries, costs.tries[1:], strict=False)):
        yield TutorError("a later try is worth more than an earlier one", hint=f"such as {EXAMPLE}")
    if costs.floor > costs.tries[0]:
        yield TutorError(f"the floor {costs.floor} is more than the first try is worth", hint=f"it is {costs.tries[0]} at most")
