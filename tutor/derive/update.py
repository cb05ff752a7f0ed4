"""One update of one parameter as a list of steps: what is explained and what is run are the same list.

A row of `tutor.rules.optimisers` speaks of w, g and its states; here they become the quantities of a computation.  The value after
the update is called ``w5@1``, that of a state ``m_w5@1``; the gradient is the symbol ∂L/∂w5.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tutor.expression.keys import make_after_key
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.walk import substitute
from tutor.graph.nouns import Step
from tutor.rules.optimisers import Optimiser, formula_of


@dataclass(frozen=True, slots=True)
class Naming:
    """What the things that all parameters share are called in a computation: the settings, the step size, the number of the update."""

    rate: str
    t: str
    settings: Mapping[str, str]
    taken: frozenset[str]

    def name_own(self, word: str, parameter: str) -> str:
        """The name of a parameter's own state or intermediate value: ``m_w5``."""
        return _make_fresh(f"{word}_{parameter}", self.taken)


@dataclass(frozen=True, slots=True)
class Update:
    """The steps that update one parameter.

    ``states`` are the names of what is kept for the next update; ``made`` maps each name of the row (``m``, ``mhat``, ``w``) to the
    target of its step.
    """

    parameter: str
    steps: tuple[Step, ...]
    states: tuple[str, ...]
    made: Mapping[str, str]


def naming(row: Optimiser, taken: Collection[str], rate: str) -> Naming:
    """Names that no quantity of the computation has.

    >>> from tutor.rules.optimisers import optimiser
    >>> naming(optimiser("adam"), ["w", "t"], "eta").t
    't_update'
    """
    used = frozenset(taken)
    settings = {setting.name: _make_fresh(setting.name, used) for setting in row.settings}
    return Naming(_make_fresh(rate, used), _make_fresh("t", used), settings, used)


def list_update_names(row: Optimiser, parameters: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """What an update keeps and works out may be called, with the name of each: of a single parameter by its letter alone, too.

    >>> from tutor.rules.optimisers import optimiser
    >>> list_update_names(optimiser("rmsprop"), ["w"], ["w", "L"])
    {'v_w': 'v_w', 's_w': 'v_w', 'v': 'v_w', 's': 'v_w'}
    """
    names = naming(row, taken, "rate")
    words = {word: word for word in row.targets if word != "w"} | dict(row.called)
    found = {f"{word}_{parameter}": names.name_own(own, parameter) for parameter in parameters for word, own in words.items()}
    if len(parameters) == 1:
        found |= {word: names.name_own(own, *parameters) for word, own in words.items()}
    return {word: name for word, name in found.items() if word not in taken}


def name_shared(word: str) -> str:
    """What a state or an intermediate value of no certain parameter is called, at the head of a table of several.

    >>> name_shared("mhat")
    'mhat@each'
    """
    return f"{word}@each"


def _make_fresh(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_update"
    return name


def update(row: Optimiser, parameter: str, loss: str, names: Naming) -> Update:
    """The update steps of one parameter, in the order in which they are computed.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.rules.optimisers import optimiser
    >>> momentum = optimiser("momentum")
    >>> made = update(momentum, "w", "L", naming(momentum, ["w", "L"], "eta"))
    >>> [f"{step.target} = {write_plain(step.expr)}" for step in made.steps]
    ['v_w@1 = mu*v_w + dL/dw', 'w@1 = w - eta*v_w@1']
    """
    table: dict[str, Expr] = {
        "w": Name(parameter), "g": Partial(loss, parameter), "d": Name(names.name_own("d", parameter)),
        "t": Name(names.t), "rate": Name(names.rate),
    }  # fmt: skip
    table.update({short: Name(name) for short, name in names.settings.items()})
    kept = {state: names.name_own(state, parameter) for state in row.states}
    table.update({state: Name(name) for state, name in kept.items()})
    steps: list[Step] = []
    made: dict[str, str] = {}
    for move in row.moves:
        expr = substitute(formula_of(move), table)
        if move.target == "w":
            target = make_after_key(parameter, 1)
        elif move.target in kept:
            target = make_after_key(kept[move.target], 1)
        else:
            target = names.name_own(move.target, parameter)
        steps.append(Step(target, expr, move.rule, (), "update", loss, parameter, 1))
        made[move.target] = target
        table[move.target] = Name(target)
    return Update(parameter, tuple(steps), tuple(kept.values()), made)
