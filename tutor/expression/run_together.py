"""Names that are written without signs between them: ``wx`` and ``w1i1`` as products, where that is certain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from tutor.errors import tell
from tutor.expression.letters import LETTERS
from tutor.expression.nodes import Expr, Name, children

MAX_TOGETHER = 4
"""So many names may stand together as a product."""
MAX_RUN = 48
"""How long a word may be that is taken apart."""


def list_names_together(word: str, declared: Collection[str]) -> tuple[str, ...]:
    """The 2 to 4 names of which a word consists, where that is certain: ``w1i1`` is w1 and i1; else nothing.

    A word that begins with d is none: dx belongs to a derivative.

    >>> list_names_together("w1i1", ["w1", "i1", "i"]), list_names_together("abc", ["a", "bc", "ab", "c"])
    (('w1', 'i1'), ())
    """
    if not 2 <= len(word) <= MAX_RUN or word[0] == "d":
        return ()
    whole: list[tuple[str, ...]] = []
    begun: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while begun and len(whole) < 2:
        at, names = begun.pop()
        for end in range(at + 1, len(word) + 1):
            name = word[at:end]
            if name not in declared:
                continue
            if end == len(word):
                whole.append((*names, name))
            elif len(names) + 1 < MAX_TOGETHER:
                begun.append((end, (*names, name)))
    return whole[0] if len(whole) == 1 else ()


def list_names_before(word: str, declared: Collection[str], ends: Callable[[int], bool]) -> tuple[str, ...]:
    """The names in a word before its last one, which is a quantity by scripts that stand behind the word: c of ``cw_{out}``.

    ``ends`` says whether it begins at a place of the word; only one such place is certain.

    >>> list_names_before("cw", ["c", "w_out"], lambda place: place == 1)
    ('c',)
    """
    if not 2 <= len(word) <= MAX_RUN or word[0] == "d":
        return ()
    found = [
        names for at in range(1, len(word))
        if (names := (word[:at],) if word[:at] in declared else list_names_together(word[:at], declared)) and ends(at)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else ()


def list_taken_as_one(formulas: Sequence[Expr], leaves: Iterable[str], besides: Collection[str] = ()) -> tuple[str, ...]:
    """The names of two or three letters that may be meant as products: ``wx``, which is taken as one quantity.

    A name is one where each of its letters is a quantity, too (in the formulas or ``besides``), or where it is a pair that is used in
    one place only; a name with a digit, or of a Greek letter, is none.

    >>> list_taken_as_one([Name("wx")], ["wx"]), list_taken_as_one([Name("mu")], ["mu"])
    (('wx',), ())
    """
    used: dict[str, int] = {}
    stack = list(formulas)
    while stack:
        node = stack.pop()
        if type(node) is Name:
            used[node.name] = used.get(node.name, 0) + 1
        else:
            stack.extend(children(node))
    known = {*used, *besides}
    greek = set(LETTERS.values())
    words = [name for name in leaves if 2 <= len(name) <= 3 and name.isalpha() and name not in greek]
    return tuple(
        name for name in words if all(letter in known for letter in name) or (len(name) == 2 and used.get(name, 0) == 1)
    )  # fmt: skip


def write_product_meant(name: str) -> str:
    """What to write where a name is meant as a product.

    >>> write_product_meant("wx")
    'wx is taken as one quantity; write w*x for a product'
    """
    return tell("{name} is taken as one quantity; write {listed} for a product", name=name, listed='*'.join(name))
