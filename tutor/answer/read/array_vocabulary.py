"""What a student may call whole layers: arrays, their deltas, their entries with letters as indices, and the letters of sizes.

The table of single quantities (`tutor.answer.read.vocabulary`) is made for the graph over layers in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from tutor.answer.read.vocabulary import choose_profiles, gather_vocabulary
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.expression.keys import derivative_key, read_derivative
from tutor.expression.lexicon import (
    COMMON,
    OTHER,
    OTHER_UPDATED,
    OWN_UPDATED,
    IndexedSpelling,
    Known,
    Vocabulary,
    split_index,
)
from tutor.expression.nodes import Call, Expr, Name, Partial
from tutor.expression.own_functions import shorten_name
from tutor.expression.program_signs import BROADCAST, SUMMED
from tutor.expression.spelling import Key, read_whole
from tutor.graph.layered import LAYER_FUNCTIONS, Layered
from tutor.graph.network import quantities
from tutor.notation.profile import Notation, notation
from tutor.notation.symbol import Symbol
from tutor.rules.functions import FUNCTIONS, function
from tutor.rules.operations import LAYERS, NAMES, ONE_OF, PRINTED

_LETTERS = (("i", "j", "k", "l", "m"), ("n", "r", "s", "t", "u"))
"""Two sets of indices: what differs in what is printed with them is where an index stands."""

_OTHERWISE = {
    "diag": "diag", "ones": "ones", "zeros": "zeros", "len": "size", "reshape": "unflatten", "ravel": "flatten",
    **PRINTED,
}
"""Functions of arrays that answers have besides: diag(v) is a matrix with v on its diagonal, and operations by their printed names."""
_NAMED = {
    ("columns", "sizes"): "columns", ("rows", "sizes"): "rows", ("sum", "row"): "row_sums", ("sum", "col"): "column_sums",
    ("broadcast", "axes"): BROADCAST, ("sum", "axes"): SUMMED,
    **{("sum" if name == "batch_sums" else words[1], words[3]): name
       for name, rows in reversed(LAYERS.items()) if len(words := rows[0].written.split()) == 4 and words[0] == "name"},
    **{(ONE_OF.get(words[1], words[1]), "one place"): name  # row[2](A), where there is only one
       for name, rows in reversed(LAYERS.items()) if (words := rows[0].written.split())[2:] == ["by", "place"]},
}
"""The same with settings: part[2..3](h), by the word and the kind of its settings, as `tutor.render.layer_maths` writes them."""

_INDICES = "abdhijklmnpqrstuv"


def array_vocabulary(exercise: Exercise, profiles: Sequence[str] = ()) -> Vocabulary:
    """What a student may use in formulas over whole layers; ``profiles`` as in `tutor.answer.read.vocabulary.vocabulary`.

    Raises `GraphError` for an exercise that has no layers.

    >>> from tutor.exercise.load import load
    >>> known = array_vocabulary(load("qmul/network-deltas-layers"))
    >>> known.spelled["delta", "", "2"][1], known.indexed["w", "2"][0].parts
    (Partial(of='E', wrt='z2'), (0, 1))
    """
    layered = layers_of(exercise, exercise.notation)
    chosen = choose_profiles(exercise, profiles)
    notations = {profile: layer_notation(exercise, layered, profile) for profile in chosen}
    known = gather_vocabulary(exercise, layered.graph, chosen, notations.__getitem__, powers=False)
    sizes = {letter: Name(letter) for letter in layered.symbolic if letter not in known.declared}
    functions = {name: name for name in sorted(LAYER_FUNCTIONS | NAMES)}
    functions |= {shorten_name(func): func for func in layered.graph.own_functions}
    literal: dict[str, Known] = {**known.literal, **literal_entries(layered, notations.values())}
    pattern = "|".join(re.escape(text) for text in sorted(literal, key=lambda text: (-len(text), text)))
    units = dict(list_unit_spellings(layered, [*notations.values(), Notation()], {key[0] for key in known.spelled}))
    spelled = known.spelled if exercise.rate is not None else {
        key: found for key, found in known.spelled.items() if found[0] not in (OWN_UPDATED, OTHER_UPDATED)  # k_1 is an entry of k
    }
    indexed = list_indexed_spellings(layered, notations.values())
    layers = {key: found for key, found in list_layer_numbers(spelled) if key not in spelled}
    above = {(base, f"({sup})"): found for (base, sup), found in indexed.items() if sup.isdigit() and type(found[0].node) is Partial}
    return replace(
        known, spelled={**spelled, **units, **layers}, declared={**known.declared, **sizes}, arity=_arity, named=_NAMED,
        sizes=frozenset(layered.symbolic),
        functions={**known.functions, **_OTHERWISE, **functions}, indexed={**above, **indexed},
        literal=literal, literals=re.compile(pattern) if pattern else None,
    )  # fmt: skip


def list_layer_numbers(spelled: Mapping[Key, tuple[int, Known]]) -> Iterator[tuple[Key, tuple[int, Known]]]:
    """The other places of a layer's number at a gradient with a symbol of its own: δ_2, δ2 and δ^{(2)} for δ².

    >>> dict(list_layer_numbers({("delta", "", "2"): (1, Partial("E", "z2"))}))
    {('delta', '2', ''): (8, Partial(of='E', wrt='z2')), ('delta', '', '(2)'): (8, Partial(of='E', wrt='z2'))}
    """
    for (base, sub, sup), (_, node) in spelled.items():
        if isinstance(node, Partial) and bool(sub) != bool(sup) and (sub or sup).isdigit():
            number = sub or sup
            yield from (((base, *place), (COMMON, node)) for place in ((number, ""), ("", f"({number})")) if place != (sub, sup))


def layer_notation(exercise: Exercise, layered: Layered, profile: str) -> Notation:
    """The notation in which the product prints an exercise's layer form."""
    own = exercise.symbols if profile == exercise.notation else {}
    return notation(profile, list(quantities(layered.graph)), own, loss=layered.graph.loss)


def _arity(func: str, count: int) -> int:
    """How many arguments a function of single numbers takes; operations on arrays are bound to shapes later."""
    return len(function(func, count).params) if func in FUNCTIONS and not FUNCTIONS[func].layer else count


def list_indexed_spellings(layered: Layered, notations: Iterable[Notation]) -> dict[tuple[str, str], tuple[IndexedSpelling, ...]]:
    """How the entries of every array, and of the derivatives that have a symbol of their own, are spelled with letters as indices."""
    found: dict[tuple[str, str], dict[IndexedSpelling, None]] = {}
    for known in (*notations, Notation()):
        for key, node, rank in _arrays(layered):
            for base, sup, spelling in _spellings(known, key, node, rank):
                found.setdefault((base, sup), {}).setdefault(spelling)
    return {place: tuple(spellings) for place, spellings in found.items()}


def list_unit_spellings(layered: Layered, notations: Iterable[Notation], taken: Collection[str]) -> Iterator[tuple[Key, tuple[int, Expr]]]:
    """What the page calls the single layer that a linear network is, Ŵ and b̂, each with what it is made of; not what is ``taken``."""
    for rewrite in find_layer_rewrites(layered):
        name = rewrite.left.name if type(rewrite.left) is Name else ""
        if not name or name in layered.shapes:
            continue
        symbols = [known.symbol(name) for known in notations]
        for text in (name, *(shown for symbol in symbols for shown in (symbol.latex, symbol.text))):
            key = read_whole(text)
            if key is not None and key[0] not in taken:
                yield key, (OTHER, rewrite.expr)


def literal_entries(layered: Layered, notations: Iterable[Notation]) -> dict[str, Expr]:
    """The entries that no single spelling is, (w₁)_j, with every letter that is used for an index."""
    found: dict[str, Expr] = {}
    for known in notations:
        for key, node, rank in _arrays(layered):
            shown = known.entry(key, [Symbol(letter, letter) for letter in _LETTERS[0][:rank]])
            if type(node) is not Name or rank > 2 or (read_whole(shown.latex) is not None and read_whole(shown.text) is not None):
                continue
            for letters in product(_INDICES, repeat=rank):
                symbol = known.entry(key, [Symbol(letter, letter) for letter in letters])
                for text in (symbol.latex, symbol.text):
                    for written in (text, text.replace("_", " _")):  # as in Markdown
                        found.setdefault(written, Call("at", (node, *map(Name, letters))))
    return found


def _arrays(layered: Layered) -> Iterator[tuple[str, Expr, int]]:
    """Every array and its gradient, with how many axes it has."""
    for quantity in quantities(layered.graph):
        if quantity.shape:
            yield quantity.name, Name(quantity.name), len(quantity.shape)
            yield derivative_key(layered.graph.loss, quantity.name), Partial(layered.graph.loss, quantity.name), len(quantity.shape)


def _spellings(known: Notation, key: str, node: Expr, rank: int) -> Iterator[tuple[str, str, IndexedSpelling]]:
    if read_derivative(key) is not None and key not in known.entries:
        return  # ∂L/∂w_ij is read by its parts
    shown = [known.entry(key, [Symbol(letter, letter) for letter in letters[:rank]]) for letters in _LETTERS]
    pairs = [(shown[0].latex, shown[1].latex), (shown[0].text, shown[1].text)]
    if type(node) is Name and not known.symbols:  # by its name, after all notations
        pairs.append((f"{node.name}_{''.join(_LETTERS[0][:rank])}", f"{node.name}_{''.join(_LETTERS[1][:rank])}"))
    for first, second in pairs:
        one, other = read_whole(first), read_whole(second)
        if one is None or other is None or one[0] != other[0] or one[2] != other[2]:
            continue
        parts = tuple(
            part if part == changed else _LETTERS[0].index(part)
            for part, changed in zip(split_index(one[1]), split_index(other[1]), strict=True)
        )  # fmt: skip
        yield one[0], one[2], IndexedSpelling(parts, node)

