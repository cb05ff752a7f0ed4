"""What a student may call things: every quantity of an exercise, in every spelling that the product shows for it.

A vocabulary is made once an exercise.  It is data: tables from spellings to nodes of the display tree.  Where one spelling fits
several quantities, the better reason wins, and equally good ones are a refusal that names them all:

0. the quantity's own name, exactly as the exercise declares it (``beta``, ``S``, ``out_h1``), whatever else it may mean;
1. the symbols of the notation that the exercise is written in (δ, ``x^{L-1}``), then its updated weights;
2. the name spelled otherwise (``w_5``, ``w₅``, ``\\mathit{out}_{h1}``, ``β``), then with its indices run together (``W_12``);
3. the symbols of the other notations, then their updated weights, then run together;
4. what much of the literature calls it: ``E_total`` for the loss, ``net_h1`` for in_h1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import get_args

from tutor.derive.rewrites.collapse import find_collapses
from tutor.errors import TutorError
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import entry_symbols
from tutor.expression.keys import derivative_key, make_after_key
from tutor.expression.lexicon import (
    ALIASES,
    BEFORE_UPDATE,
    COMMON,
    DECLARED,
    OTHER,
    OTHER_TOGETHER,
    OTHER_UPDATED,
    OWN,
    OWN_UPDATED,
    RUN_TOGETHER,
    SPELLED,
    Known,
    Several,
    function_word,
)
from tutor.expression.lexicon import Vocabulary as Vocabulary
from tutor.expression.limits import MAX_ANSWER_TOKENS
from tutor.expression.nodes import Call, Expr, Name, Partial, children
from tutor.expression.own_functions import shorten_name
from tutor.expression.spelling import Key, read_whole
from tutor.graph.network import quantities
from tutor.graph.nouns import Graph, Quantity
from tutor.notation.profile import Notation, notation, profile_names, unit_symbol
from tutor.notation.symbol import Symbol, Time, guess, put_time
from tutor.rules.functions import FUNCTIONS, function

MOST_COLLAPSED = 500
"""In a graph of so many steps the weights of a single linear unit are known by their symbols, w̃."""
MAX_UPDATES = 3
"""The weights after so many updates have symbols of their own."""


def vocabulary(exercise: Exercise, profiles: Sequence[str] = ()) -> Vocabulary:
    """What a student may use in answers to an exercise.

    ``profiles`` are the notations whose symbols are read, the one that wins first; by default the exercise's own, then all others.

    >>> from tutor.exercise.load import load
    >>> vocabulary(load("neuron/two-two-two")).spelled["w", "11", "(2)"][1]
    Name(name='w5')
    """
    graph = exercise.graph if exercise.graph is not None else Graph((), (), (), "")
    return gather_vocabulary(exercise, graph, choose_profiles(exercise, profiles), lambda profile: notation_of(exercise, graph, profile))


def choose_profiles(exercise: Exercise, profiles: Sequence[str]) -> tuple[str, ...]:
    """The notations that are read, the exercise's own first."""
    return tuple(profiles) or (exercise.notation, *(name for name in profile_names() if name != exercise.notation))


def gather_vocabulary(
    exercise: Exercise, graph: Graph, chosen: Sequence[str], known: Callable[[str], Notation], *, powers: bool = True
) -> Vocabulary:
    """The spellings of a graph's quantities in the ``chosen`` notations; ``known`` gives each, filled in for the graph.

    Without ``powers`` x² is the quantity that the exercise writes so, and no power of x.
    """
    nodes = {name: Name(name) for name in graph.names}
    found = _Found({key for name in nodes if (key := read_whole(name)) and not key[1]}, set(nodes))
    for name, node in nodes.items():
        found.add(guess(name), node, SPELLED)
        found.text(name, node, SPELLED)
    for place, profile in enumerate(chosen if nodes else ()):
        _add_profile(found, graph, known(profile), nodes, own=place == 0)
    for quantity in quantities(graph) if nodes else ():
        for symbol in list_timed_symbols(quantity):
            found.add(symbol, nodes[quantity.name], OTHER)
    for text, name in list_common_names(graph):
        found.text(text, nodes[name], COMMON)
    for text, name in list_common_errors(graph):
        found.text(text, Partial(graph.loss, name), COMMON)
    for symbol, weight in list_unit_symbols(graph, chosen) if nodes and len(graph.steps) <= MOST_COLLAPSED else ():
        found.add(symbol, weight, OTHER)
    if exercise.rate is not None:
        _add_before_update(found, graph, nodes)
    rates = dict.fromkeys([*map(rate_name, chosen), "eta", "lambda", "tau", "alpha"])
    rates = {rate: None for rate in rates if not found.is_own(rate)}
    own_rate = Name(rate_name(exercise.notation))  # there is one step size, whatever letter another course has for it
    declared = {**nodes, **{rate: own_rate for rate in rates if rate not in nodes}}  # the quantities are what hints name first
    for rate in rates:
        if rate not in nodes:
            found.text(rate, declared[rate], OTHER)
    for name, node in nodes.items():
        key = read_whole(name)
        if key is not None and not key[1]:
            found.settle(key, node)
    spelled, literal = found.tables(powers)
    pattern = "|".join(re.escape(text) for text in sorted(literal, key=lambda text: (-len(text), text)))
    return Vocabulary(
        declared, spelled, literal, re.compile(pattern) if pattern else None, _functions(chosen) | _name_own(graph),
        frozenset(_calls(graph.steps)), arity=_arity, most=MAX_ANSWER_TOKENS, noun="answer",
    )  # fmt: skip


def list_timed_symbols(quantity: Quantity) -> Iterator[Symbol]:
    """How the time of a quantity may be written, whatever the course: h^{⟨2⟩}, h^{(2)}, h⟨2⟩."""
    if quantity.time:
        base = guess("_".join(quantity.name.split("_")[: -len(quantity.time)]))
        yield from (put_time(base, quantity.time, style) for style in get_args(Time))


def list_unit_symbols(graph: Graph, profiles: Sequence[str]) -> Iterator[tuple[Symbol, Expr]]:
    """The weights of the single unit that a linear network is, w̃, as the notations write them; each is what it is made of.

    Where two notations mean different weights by one symbol the first has it.
    """
    known: dict[str, Expr] = {}
    weights = [one for unit in find_collapses(graph) for one in unit.weights]
    for profile in profiles:
        for name, weight in weights:
            symbol = unit_symbol(profile, name)
            if known.setdefault(symbol.text, weight) is weight:
                yield symbol, weight


_LOSSES = ("L", "E", "L_total", "E_total", "L_tot", "E_tot", "E_ges", "L_ges", "Loss", "loss", "Error", "J", "C", "Cost", "cost")
_LOSS_NAMES = ("L", "E", "ell", "loss", "J", "C")


def list_common_names(graph: Graph) -> Iterator[tuple[str, str]]:
    """What quantities are often called outside of every course here, and which one that is: the loss, its parts, and net inputs."""
    if graph.loss in graph.names and any(q.kind == "loss" or q.name in _LOSS_NAMES for q in quantities(graph) if q.name == graph.loss):
        yield from ((text, graph.loss) for text in _LOSSES)
    for name in graph.names:
        if name.startswith("in_"):
            yield f"net_{name[3:]}", name
            yield re.sub(r"([a-z])([0-9]+)\Z", r"net_{\1_\2}", name[3:]), name
    yield from ((f"E_{name[2:]}", name) for name in graph.names if name.startswith("L_"))


def list_common_errors(graph: Graph) -> Iterator[tuple[str, str]]:
    """What the error of a unit is called in backpropagation everywhere, δ_o1, and the net input that it is the derivative by."""
    if graph.loss in graph.names:
        yield from ((f"delta_{name[3:]}", name) for name in graph.names if name.startswith("in_"))


def _arity(func: str, count: int) -> int:
    """How many arguments a function takes; raises `TutorError` for another number."""
    return len(function(func, count).params)


class _Found:
    """Spellings as they are collected: for each the nodes of each level."""

    def __init__(self, bases: set[Key], names: set[str]) -> None:
        self.bases = bases
        self.names = names
        self.keys: dict[Key, dict[int, dict[Expr, None]]] = {}
        self.literal: dict[str, dict[int, dict[Expr, None]]] = {}

    def add(self, symbol: Symbol, node: Expr, level: int) -> None:
        """Both ways in which a symbol is shown."""
        self.text(symbol.latex, node, level)
        self.text(symbol.text, node, level)

    def text(self, text: str, node: Expr, level: int) -> None:
        """One way in which it is shown."""
        key = read_whole(text)
        if key is None:
            for shown in dict.fromkeys((text, text.replace("\\,", "\\thinspace ").replace("_", " _"))):  # as in Markdown
                self.literal.setdefault(shown, {}).setdefault(level, {})[node] = None
            return
        self.keys.setdefault(key, {}).setdefault(level, {})[node] = None
        base, sub, sup = key
        if "," in sub and re.fullmatch(r"[0-9,]+", sub):
            together = RUN_TOGETHER if level <= SPELLED else OTHER_TOGETHER
            self.keys.setdefault((base, sub.replace(",", ""), sup), {}).setdefault(together, {})[node] = None

    def is_own(self, name: str) -> bool:
        """Whether the notation of the exercise writes a quantity so: α is no step size where a quantity is called α."""
        key = read_whole(name)
        return key is not None and OWN in self.keys.get(key, ())

    def settle(self, key: Key, node: Expr) -> None:
        """A declared name of letters only wins its spelling."""
        self.keys.setdefault(key, {})[DECLARED] = {node: None}

    def tables(self, powers: bool = True) -> tuple[dict[Key, tuple[int, Known]], dict[str, Known]]:
        """The best reading of each spelling; powers of what is known better are left to be powers."""
        best = {key: _choose_best(levels) for key, levels in self.keys.items()}
        settled = {
            key: kept for key, known in best.items()
            if (kept := known if not powers and known[0] <= OWN else self._choose_beside_power(key, known, best)) is not None
        }  # fmt: skip
        return settled, {text: _choose_best(levels)[1] for text, levels in self.literal.items()}

    def _choose_beside_power(
        self, key: Key, known: tuple[int, Known], best: dict[Key, tuple[int, Known]]
    ) -> tuple[int, Known] | None:
        base, sub, sup = key
        level, node = known
        if not sup or sup in BEFORE_UPDATE or (base, sub, "") not in best or not self._is_power(sup):
            return known
        below, power = best[base, sub, ""]
        if level < below:
            return known
        if level == below or (below == DECLARED and level == OWN):
            return level, Several((*_list_spellings(node), *(f"{name} to the power {sup}" for name in _list_spellings(power))))
        return None

    def _is_power(self, sup: str) -> bool:
        """Whether a superscript may as well be an exponent: a number, or made of declared quantities."""
        words = re.findall(r"[A-Za-z]\w*", sup)
        return "'" not in sup and all(word in self.names for word in words)


def _choose_best(levels: dict[int, dict[Expr, None]]) -> tuple[int, Known]:
    level = min(levels)
    nodes = tuple(levels[level])
    return level, nodes[0] if len(nodes) == 1 else Several(tuple(name for node in nodes for name in _list_spellings(node)))


def _list_spellings(known: Known) -> tuple[str, ...]:
    if isinstance(known, Several):
        return known.names
    if isinstance(known, Partial):
        return (derivative_key(known.of, known.wrt),)
    return (known.name,) if isinstance(known, Name) else ()


def notation_of(exercise: Exercise, graph: Graph, profile: str) -> Notation:
    """The notation in which the product prints an exercise's scalar solution."""
    symbols = entry_symbols(exercise, profile)
    symbols |= exercise.symbols if profile == exercise.notation else {}
    return notation(profile, quantities(graph), symbols, loss=graph.loss)


def _add_profile(found: _Found, graph: Graph, known: Notation, nodes: dict[str, Name], *, own: bool) -> None:
    for name, node in nodes.items():
        found.add(known.symbol(name), node, OWN if own else OTHER)
    for (of, wrt), symbol in known.partials.items():
        if of in nodes and wrt in nodes:
            found.add(symbol, Partial(of, wrt), OWN if own else OTHER)
    trained = graph.parameters or graph.leaves
    for quantity in trained:
        for step in range(1, MAX_UPDATES + 1):
            updated = Name(make_after_key(quantity.name, step))
            found.text(updated.name, updated, OWN_UPDATED)
            try:
                symbol = known.write_updated(quantity.name, step)
            except TutorError:  # an entry of an array with brackets in its symbol, (W_2)_{11}, has none
                continue
            if not own and known.update != "next":  # only the exercise's own course may mean an update by w' or w_{5,1}
                continue
            if symbol != known.symbol(quantity.name):
                found.add(symbol, updated, OWN_UPDATED if own else OTHER_UPDATED)


def _add_before_update(found: _Found, graph: Graph, nodes: Mapping[str, Name]) -> None:
    """What a parameter is called before its update: w_5^{(0)}, w_5^{old}, w5(0).  Nobody means a power of 0 by it, or 0 times it."""
    for quantity in graph.parameters or graph.leaves:
        node = nodes[quantity.name]
        spelled = [key for key, levels in found.keys.items() if not key[2] and any(node in some for some in levels.values())]
        for base, sub, _ in spelled:
            for sup in BEFORE_UPDATE:
                found.keys.setdefault((base, sub, sup), {}).setdefault(COMMON, {})[node] = None
        for text in (f"{node.name}_old", f"{node.name}_alt", f"{node.name}(0)", f"{node.name}[0]"):
            found.text(text, node, COMMON)


def _name_own(graph: Graph) -> dict[str, str]:
    """The exercise's own functions by what is typed for them."""
    return {text: func for func in graph.own_functions for text in (shorten_name(func).lower(), shorten_name(func))}


def _functions(profiles: Iterable[str]) -> dict[str, str]:
    """The functions by what is typed for them: names, other names, each notation's own way; and all these in lower case."""
    table = {name: name for name in FUNCTIONS} | dict(ALIASES) | {"lrelu": "leaky_relu"}
    for profile in profiles:
        known = notation(profile)
        for name in FUNCTIONS:
            if not FUNCTIONS[name].layer:
                symbol = known.function(name)
                for text in (symbol.latex, symbol.text):
                    key = read_whole(text)
                    if key is not None:
                        table.setdefault(function_word(key), name)
    return {**{text.lower(): name for text, name in table.items()}, **table}


def _calls(steps: Iterable[object]) -> Iterator[str]:
    stack: list[Expr] = [step.expr for step in steps]  # type: ignore[attr-defined]
    while stack:
        node = stack.pop()
        if type(node) is Call:
            yield node.func
        stack.extend(children(node))
