"""One row of the table of operations on whole arrays: what it is written in (`tutor.rules.operations` has the table)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tutor.errors import TutorError


@cache
def _operands(arrays: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(sizes.split())) for name, _, sizes in (text.partition(":") for text in arrays))


@dataclass(frozen=True, slots=True)
class Layer:
    """One row.

    ``arrays`` are written ``"A: m n"``; a size may be a product of the settings (``"x: m*n"``).  ``settings`` are the whole numbers
    that follow them (a stride, a size), each with its least value; the last ones may be missing and have the value in ``defaults`` (a
    text is another setting's value); ``within`` has pairs of which the first is at most the second, ``below`` labels that are counted
    from 0, each with the size that it stays under, ``divides`` pairs of which the first divides the second.  ``letters`` are the indices of
    the result in ``index``.  ``internal`` rows only appear in pullbacks.  ``written`` is how it is printed, in the words
    of `tutor.render.layer_maths` ("sign star", "name vec"), on the first row of a name; empty, it is printed by its own name.
    ``indexed`` says that the index form tells more than the name, ``padded`` that it looks outside of its operands, where an entry
    is 0 (so an operand in index form is a plain array).  ``normalises`` is the sum that the exponentials are divided by, of a softmax.
    ``by_place`` says that not all entries are computed alike, ``whole`` that its shape stands below all of it in print and not below
    its operands; these three, too, on the first row of a name.  ``first`` are the pullbacks where the first of equal entries has it all;
    ``said`` is whose phrases explain it, where those of its own name do not.  ``alike``: its operands are broadcast to one shape.
    ``unmasked`` is the operation that it is without its mask, the last operand, which has 1 where an entry counts and else 0.
    """

    name: str
    arrays: tuple[str, ...]
    result: tuple[str, ...]
    letters: tuple[str, ...]
    index: str
    pullbacks: tuple[str, ...] = ()
    settings: tuple[tuple[str, int], ...] = ()
    defaults: tuple[int | str, ...] = ()
    source: str = ""
    internal: bool = False
    within: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    divides: tuple[str, ...] = ()
    written: str = ""
    indexed: bool = True
    padded: bool = False
    normalises: str = ""
    by_place: bool = False
    whole: bool = False
    said: str = ""
    first: tuple[str, ...] = ()
    alike: bool = False
    unmasked: str = ""

    def __post_init__(self) -> None:
        if len(self.letters) != len(self.result) or (self.pullbacks and len(self.pullbacks) != len(self.arrays)):
            raise TutorError(
                "sizes, letters and pullbacks do not match", where=f"rules.layers, row {self.name}",
                hint='one letter for each size of the result, such as letters=("i",), and one pullback for each operand',
            )  # fmt: skip

    @property
    def operands(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each operand's name and the names of its sizes."""
        return _operands(self.arrays)


MOST_ALIKE = 4
"""How many settings what slides has at most where they are the same along all axes: stride, padding, dilation, groups."""
INDEX: tuple[tuple[str, ...], ...] = ((), ("i",), ("i", "j"), ("i", "j", "l"), ("i", "j", "l", "h"), ("i", "j", "l", "h", "y"))
"""The letters of an entry of the result in ``index``, by how many axes it has; k is a window's size."""
