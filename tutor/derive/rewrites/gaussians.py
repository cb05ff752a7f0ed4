"""The compact gradients of the divergence of two normal distributions, KL(N(μ₁, σ₁²) ‖ N(μ₂, σ₂²)), in whatever spelling it stands.

log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − ½ has ∂/∂μ₁ = (μ₁ − μ₂)/σ₂², ∂/∂σ₁ = σ₁/σ₂² − 1/σ₁, ∂/∂σ₂ = 1/σ₂ − (σ₁² + (μ₁ − μ₂)²)/σ₂³;
a spread may be given by its variance v = σ² or by l = log σ² as well.  (Kingma and Welling 2013, appendix B, for the second one standard.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tutor.derive.local import times
from tutor.derive.rewrites.layer_terms import loss_terms, scale_expr
from tutor.derive.rewrites.monomials import Monomial, Monomials, expand, multiply, pick_names, power_of, uses_name
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, write_fraction
from tutor.expression.walk import names
from tutor.graph.layered import Layered

DIVERGENCE = "divergence of two Gaussians"
OF_DIVERGENCES = frozenset({"log", "exp"})
"""A loss without any of these functions is no divergence."""
TWO, THREE = Number("2"), Number("3")
MOST_SEEN = 5
"""How many products of a divergence have the second spread in them."""
KINDS = ("deviation", "variance", "logarithm")
"""By what a spread is given: σ, v = σ², l = log σ²."""


@dataclass(frozen=True, slots=True)
class _Spread:
    """A spread by the quantity that gives it."""

    name: str
    kind: str

    @property
    def variance(self) -> Monomial:
        """σ² as a product."""
        return power_of(self.name, {"deviation": 2}.get(self.kind, 1), "exp" if self.kind == "logarithm" else "")

    @property
    def logged(self) -> tuple[Monomial, Fraction]:
        """log σ as a product and its number."""
        func = "" if self.kind == "logarithm" else "log"
        return power_of(self.name, 1, func), Fraction(1 if self.kind == "deviation" else 2) ** -1

    def write_variance(self) -> Expr:
        own = Name(self.name)
        written: dict[str, Expr] = {"deviation": Pow(own, TWO), "variance": own, "logarithm": Call("exp", (own,))}
        return written[self.kind]


@dataclass(frozen=True, slots=True)
class Divergence:
    """A divergence of two normal distributions in a loss: the names of the means, the spreads, and what stands in front."""

    first: str
    second: str
    one: _Spread
    two: _Spread
    number: Fraction
    scale: Monomial = ()

    def list_gradients(self) -> Iterator[tuple[str, Fraction, Expr]]:
        """Each quantity with its gradient, a number and what it multiplies."""
        mean, other, v1, v2 = Name(self.first), Name(self.second), self.one.write_variance(), self.two.write_variance()
        apart: Expr = Add((mean, Neg(other)))
        yield self.first, self.number, Div(apart, v2)
        yield self.one.name, *self._spread_gradient(self.one, v2, first=True, apart=apart, v1=v1)
        yield self.second, self.number, Div(Add((other, Neg(mean))), v2)
        yield self.two.name, *self._spread_gradient(self.two, v2, first=False, apart=apart, v1=v1)

    def _spread_gradient(self, spread: _Spread, v2: Expr, *, first: bool, apart: Expr, v1: Expr) -> tuple[Fraction, Expr]:
        own = Name(spread.name)
        squares: Expr = Add((v1, Pow(apart, TWO)))
        if spread.kind == "deviation":
            return self.number, (Add((Div(own, v2), Neg(Div(ONE, own)))) if first
                                 else Add((Div(ONE, own), Neg(Div(squares, Pow(own, THREE))))))  # fmt: skip
        if spread.kind == "variance":
            return self.number / 2, (Add((Div(ONE, v2), Neg(Div(ONE, own)))) if first
                                     else Add((Div(ONE, own), Neg(Div(squares, Pow(own, TWO))))))  # fmt: skip
        return self.number / 2, Add((Div(v1, v2), Neg(ONE))) if first else Add((ONE, Neg(Div(squares, v2))))

    def write_scale(self, number: Fraction) -> Expr:
        """A number with what stands in front."""
        above = tuple(_write_power(name, power) for (_, name), power in self.scale if power > 0)
        below = tuple(_write_power(name, -power) for (_, name), power in self.scale if power < 0)
        return scale_expr((abs(number), above, below))

    @property
    def logged_first(self) -> Monomials:
        """The logarithm of the first spread, as the divergence has it."""
        product, half = self.one.logged
        return {multiply(self.scale, product): -self.number * half}

    def list_products(self) -> Monomials:
        """The divergence as a sum of products, without its constant."""
        inverse = tuple((atom, -power) for atom, power in self.two.variance)
        log2, half2 = self.two.logged
        m1, m2, half = power_of(self.first), power_of(self.second), self.number / 2
        products = {
            log2: self.number * half2, multiply(self.one.variance, inverse): half,
            multiply(m1, m1, inverse): half, multiply(m2, m2, inverse): half, multiply(m1, m2, inverse): -self.number,
        }  # fmt: skip
        return {multiply(self.scale, product): value for product, value in products.items()} | self.logged_first


def _write_power(name: str, power: Fraction) -> Expr:
    return Name(name) if power == 1 else Pow(Name(name), write_fraction(power))


def find_divergences(layered: Layered) -> Iterator[tuple[str, Expr]]:
    """The gradient of each mean and each spread of two normal distributions, where the loss sees it through their divergence only.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> shapes = dict.fromkeys(("m", "s", "n", "t"), (3,))
    >>> graph = from_layers(["L = sum(log(t/s) + (s^2 + (m - n)^2)/(2*t^2))"], shapes)
    >>> [f"{name}: {write_plain(expr)}" for name, expr in find_divergences(graph)]
    ['m: (m - n)/t^2', 's: s/t^2 - 1/s', 'n: (n - m)/t^2', 't: 1/t - (s^2 + (m - n)^2)/t^3']
    """
    terms: dict[str, Monomials | None] = {}
    shapes = layered.shapes

    def look_at(name: str) -> Monomials | None:
        if name not in terms:
            terms[name] = _take_apart(layered, name) if name != layered.graph.loss else None
        return terms[name]

    given: set[str] = set()
    for name in _list_candidates(layered):
        found = _read(look_at(name) or {}, name)
        if found is None or not found.logged_first.items() <= (look_at(found.one.name) or {}).items():
            continue
        if any(shapes.get(part) != shapes[name] for part in (found.first, found.second, found.one.name)):
            continue
        whole = found.list_products()
        for part, number, simple in found.list_gradients():
            expected = {product: value for product, value in whole.items() if uses_name(product, part)}
            if part not in given and look_at(part) == expected:
                given.add(part)
                scaled = times(found.write_scale(number), simple)
                yield part, Neg(scaled) if number < 0 else scaled


def _list_candidates(layered: Layered) -> list[str]:
    """What stands in a logarithm or an exponential, or in a plain step that does."""
    steps = {step.target: step.expr for step in layered.graph.steps}
    stack: list[Expr] = [step.expr for step in layered.graph.steps]
    found: dict[str, None] = {}
    while stack:
        node = stack.pop()
        stack.extend(children(node))
        inside = [*names(node)] if type(node) is Call and node.func in OF_DIVERGENCES else []
        while inside:
            name = inside.pop()
            if name not in found:
                found[name] = None
                inside += names(steps[name]) if name in steps and _is_plain(steps[name]) else ()
    return [name for name in layered.shapes if name in found and name != layered.graph.loss]


def _take_apart(layered: Layered, name: str) -> Monomials | None:
    """The terms of the loss that see a quantity as one sum of products."""
    steps = {step.target: step.expr for step in layered.graph.steps}

    def see_through(inner: str) -> Expr | None:
        return steps[inner] if inner != name and inner in steps and _is_plain(steps[inner]) else None

    total: Monomials = {}
    for term in loss_terms(layered, Name(name)):
        whole: Expr = Mul((*term.scalars, *term.factors, term.core))
        made = expand(Div(whole, Mul((ONE, *term.divisors))), see_through)
        if made is None:
            return None
        for product, value in made.items():
            if uses_name(product, name):
                total[product] = total.get(product, Fraction(0)) + term.number * value
    return {product: value for product, value in total.items() if value}


def _is_plain(expr: Expr) -> bool:
    """Whether a step is one of the divergence's own: a difference, a square, a logarithm, an exponential; no layer below it."""
    match expr:
        case Name() | Number():
            return True
        case Neg(arg) | Call("log" | "exp" | "sqrt", (arg,)):
            return _is_plain(arg)
        case Add(args) | Call("hadamard", args):
            return all(_is_plain(arg) for arg in args)
        case Div(num, den):
            return _is_plain(num) and _is_plain(den)
        case Pow(base, _):
            return _is_plain(base)
    return False


def _read(sums: Mapping[Monomial, Fraction], name: str) -> Divergence | None:
    """The divergence whose second spread a quantity is, by all terms that see it; nothing for any other loss."""
    for kind in KINDS if len(sums) == MOST_SEEN else ():
        two = _Spread(name, kind)
        product, share = two.logged
        ((atom, _),) = product
        with_log = [own for own in sums if (atom, Fraction(1)) in own]
        if len(with_log) != 1:
            continue
        scale = tuple(part for part in with_log[0] if part[0] != atom)
        back = tuple((own, -power) for own, power in scale)
        number = sums[with_log[0]] / share
        rest = {multiply(own, two.variance, back): value for own, value in sums.items() if own != with_log[0]}
        mixed = [own for own, value in rest.items() if len(own) == 2 and value == -number]
        if len(mixed) != 1 or any(uses_name(own, name) for own in rest):
            continue
        first, second = (inner for (_, inner), _ in mixed[0])
        others = [inner for inner in pick_names(rest) if inner not in (first, second)]
        for spread in [_Spread(other, other_kind) for other in others[:1] for other_kind in KINDS]:
            found = Divergence(first, second, spread, two, number, scale)
            if {own: value for own, value in found.list_products().items() if uses_name(own, name)} == dict(sums):
                return found
    return None
