"""The optimisers, one frozen row each: state, update steps, settings, and where courses and PyTorch differ.

An update is written in the product's own grammar, for one parameter ``w`` with the gradient ``g``: the states keep their value from
one update to the next (``m`` on the right is the old one; after ``m = …`` it is the new one), ``t`` is the number of the update from 1,
``rate`` the step size, ``d`` the solution of H·d = g where a row needs the Hessian H.

Sources: the lectures dl, qmul, neuron (003, "Learning rates") and cmu; Polyak 1964 and Sutskever et al. 2013 (momentum, Nesterov);
Duchi et al. 2011 (Adagrad); Tieleman and Hinton 2012 (RMSprop); Kingma and Ba 2015 (Adam).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from tutor.errors import TutorError, hint_near
from tutor.expression.nodes import Expr, Name, children
from tutor.expression.parse import parse
from tutor.text import make_visible

_FUNCTIONS = ("sqrt",)
GIVEN = ("w", "g", "d", "t", "rate")
"""What an update step may use besides the row's own settings, states and earlier steps."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A hyper-parameter: its default as written, and its range (``low`` and ``high`` belong to it where they are ``closed``)."""

    name: str
    default: str
    low: Fraction = Fraction(0)
    high: Fraction | None = Fraction(1)
    closed: bool = True

    def allows(self, value: Fraction) -> bool:
        """Whether a value is in the range: low ≤ value < high, or low < value < high where the range is open."""
        above = value >= self.low if self.closed else value > self.low
        return above and (self.high is None or value < self.high)

    @property
    def range(self) -> str:
        """The range in words: ``0 ≤ beta1 < 1``."""
        sign = "≤" if self.closed else "<"
        return f"{self.low} {sign} {self.name}" + (f" < {self.high}" if self.high is not None else "")


@dataclass(frozen=True, slots=True)
class Move:
    """One update step, ``target = formula``, and the rule by which the wording knows it."""

    target: str
    formula: str
    rule: str


@dataclass(frozen=True, slots=True)
class Optimiser:
    """A method of training.

    ``states`` start at 0.  ``rate`` is the default step size (none where the exercise must say it), below ``rate_below`` where the
    method needs that.  ``batch`` is its number of samples an update: 0 for all, None where the user must say it.  ``slips`` are the keys
    of those of a variant "as on the slide", whose published method is ``published``.  ``called`` are other letters of the
    states, as books have them: what d2l.ai calls s.  What it is called, and how it stands to PyTorch, is
    in `tutor.explain.words.update_rules`.
    """

    name: str
    source: str
    moves: tuple[Move, ...]
    states: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    rate: str = ""
    rate_below: Fraction | None = None
    batch: int | None = 0
    hessian: bool = False
    slips: tuple[str, ...] = ()
    published: str = ""
    called: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {*GIVEN, *self.states, *(setting.name for setting in self.settings)}
        for move in self.moves:
            unknown = _names(_parse_formula(move.formula)) - known
            if unknown:
                raise ValueError(
                    f"optimiser {self.name}, {move.target}: {sorted(unknown)} is no setting, state or step"
                )
            known.add(move.target)
        if not self.moves or self.moves[-1].target != "w":
            raise ValueError(f"optimiser {self.name}: the last move is w = …, such as w = w - rate*g")
        for setting in self.settings:
            if not setting.allows(Fraction(setting.default)):
                raise ValueError(f"optimiser {self.name}: the default of {setting.name} is outside {setting.range}")

    @property
    def targets(self) -> tuple[str, ...]:
        """What the moves compute, in order."""
        return tuple(move.target for move in self.moves)

    def words(self, rate: str) -> tuple[str, ...]:
        """The names that a formula about this method may use; ``rate`` is the course's letter for the step size."""
        settings = tuple(setting.name for setting in self.settings)
        return tuple(dict.fromkeys((rate, *GIVEN, *settings, *self.states, *self.targets)))


@cache
def _parse_formula(formula: str) -> Expr:
    return parse(formula, functions=_FUNCTIONS)


def formula_of(move: Move) -> Expr:
    """The formula of a move as a tree.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(formula_of(optimiser("gd").moves[0]))
    'w - rate*g'
    """
    return _parse_formula(move.formula)


def _names(expr: Expr) -> set[str]:
    found: set[str] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found.add(node.name)
        stack.extend(children(node))
    return found


_MU = Setting("mu", "0.9")
_RHO = Setting("rho", "0.9")
_BETAS = (Setting("beta1", "0.9"), Setting("beta2", "0.999"))


def _epsilon(default: str) -> Setting:
    return Setting("eps", default, high=None, closed=False)


_PLAIN = (Move("w", "w - rate*g", "step against the gradient"),)
OPTIMISERS: tuple[Optimiser, ...] = (
    Optimiser("gd", "Cauchy 1847", _PLAIN),
    Optimiser(
        "sgd", "Robbins & Monro 1951", _PLAIN, batch=1,
    ),
    Optimiser(
        "minibatch", "Neural Networks (003), Mini-batch gradient descent", _PLAIN, batch=None,
    ),
    Optimiser(
        "momentum", "Polyak 1964; Sutskever et al. 2013",
        (Move("v", "mu*v + g", "velocity"), Move("w", "w - rate*v", "step along the velocity")),
        states=("v",), settings=(_MU,),
    ),
    Optimiser(
        "nesterov", "Nesterov 1983; Sutskever et al. 2013",
        (Move("v", "mu*v + g", "velocity"), Move("w", "w - rate*(g + mu*v)", "step ahead of the velocity")),
        states=("v",), settings=(_MU,),
    ),
    Optimiser(
        "newton", "Neural Networks (003), Newton, but needs the Hessian", (Move("w", "w - rate*d", "Newton step"),), rate="1", hessian=True,
    ),
    Optimiser(
        "adagrad", "Duchi et al. 2011",
        (Move("G", "G + g^2", "sum of squares"), Move("w", "w - rate*g/(sqrt(G) + eps)", "scaled step")),
        states=("G",), settings=(_epsilon("1e-10"),), rate="0.01", called={"s": "G"},
    ),
    Optimiser(
        "rmsprop", "Tieleman & Hinton 2012",
        (Move("v", "rho*v + (1 - rho)*g^2", "mean of squares"), Move("w", "w - rate*g/(sqrt(v) + eps)", "scaled step")),
        states=("v",), settings=(_RHO, _epsilon("1e-8")), rate="0.001", called={"s": "v"},
    ),
    Optimiser(
        "adam", "Kingma & Ba 2015",
        (
            Move("m", "beta1*m + (1 - beta1)*g", "mean of gradients"),
            Move("v", "beta2*v + (1 - beta2)*g^2", "mean of squares"),
            Move("mhat", "m/(1 - beta1^t)", "bias correction"),
            Move("vhat", "v/(1 - beta2^t)", "bias correction"),
            Move("w", "w - rate*mhat/(sqrt(vhat) + eps)", "scaled step"),
        ),
        states=("m", "v"), settings=(*_BETAS, _epsilon("1e-8")), rate="0.001", called={"s": "v", "shat": "vhat"},
    ),
    Optimiser(
        "adagrad-slide", "Neural Networks (003), Learning rates: Adagrad",
        (Move("G", "G + g^2", "sum of squares"), Move("w", "w - rate/sqrt(G + eps)*g", "scaled step")),
        states=("G",), settings=(_epsilon("1e-10"),), rate="0.01", slips=("epsilon inside",), published="adagrad",
    ),
    Optimiser(
        "rmsprop-slide", "Neural Networks (003), Learning rates: RMSprop",
        (Move("G", "rate*G + (1 - rate)*g^2", "mean of squares"), Move("w", "w - rate/sqrt(G + eps)*g", "scaled step")),
        states=("G",), settings=(_epsilon("1e-8"),), rate="0.001", rate_below=Fraction(1),
        slips=("one letter", "epsilon inside"),
        published="rmsprop",
    ),
    Optimiser(
        "adam-slide", "Neural Networks (003), Adam (Adaptive moment estimator)",
        (
            Move("G", "beta2*G + (1 - beta2)*g^2", "mean of squares"),
            Move("M", "beta1*M + (1 - beta1)*g", "mean of gradients"),
            Move("Mhat", "M/(1 - beta1)", "bias correction"),
            Move("Ghat", "G/(1 - beta2)", "bias correction"),
            Move("w", "w - rate/sqrt(Ghat + eps)*Mhat", "scaled step"),
        ),
        states=("G", "M"), settings=(*_BETAS, _epsilon("1e-8")), rate="0.001",
        slips=("first correction", "epsilon inside"),
        published="adam",
    ),
)  # fmt: skip

DESCENT = "gd"
"""The method where none is named: plain gradient descent, on all samples at once."""
_BY_NAME = {row.name: row for row in OPTIMISERS}
ALIASES = {
    "gradient-descent": "gd", "gradient descent": "gd", "batch": "gd", "stochastic": "sgd", "mini-batch": "minibatch",
    "heavy-ball": "momentum", "nag": "nesterov",
}  # fmt: skip


def optimiser(name: str) -> Optimiser:
    """The row of an optimiser.

    Raises `TutorError` for one that does not exist, with near misses.

    >>> optimiser("adam").states
    ('m', 'v')
    """
    row = _BY_NAME.get(ALIASES.get(name.lower(), name.lower()))
    if row is None:
        raise TutorError(
            f"there is no optimiser {make_visible(name)}",
            hint=hint_near(name.lower(), _BY_NAME) or "there are: " + ", ".join(_BY_NAME),
        )
    return row


def optimiser_names() -> tuple[str, ...]:
    """The optimisers that exist."""
    return tuple(_BY_NAME)
