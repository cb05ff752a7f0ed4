"""Which quantity of a computation a program's array is, by its name: dW1, grad_w, W1.grad, dL_dz, delta2, fc1.weight.grad, grads["b2"].

A name is taken apart as programs put it together: what it stands in (``grads.``, ``params.``), what says that it is a gradient (``d…``,
``grad_…``, ``….grad``), and the quantity, written as the computation has it, or with other signs between its letters and digits.  Weights
of PyTorch's modules that the computation calls otherwise are its weights in their order, where there are as many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import hint_near
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name
from tutor.graph.layered import Layered
from tutor.graph.nouns import Graph
from tutor.marking.array_bends import walk_parts

MAX_NAME = 200
_HOLDS_GRADIENTS = frozenset({"grads", "grad", "gradients", "gradient", "dparams", "d", "g", "deltas", "backward", "gradienten"})
_HOLDS_VALUES = frozenset({
    "params", "parameters", "values", "cache", "forward", "activations", "state_dict", "model", "module", "net", "network", "self",
    "_orig_mod", "weights", "named_parameters", "data", "root",
})  # fmt: skip
_ENDS_GRADIENT = frozenset({"grad", "gradient", "grads"})
_ENDS_VALUE = frozenset({"data", "value", "val"})
_INDEXED = re.compile(r"\[\s{0,3}[\"']?(?P<inside>[^\"'\]\[]{1,80})[\"']?\s{0,3}\]")
_LOSSES = "loss|total_loss|error|cost|L|l|J|E|C"
_QUOTIENT = re.compile(r"(?:d|∂|partial_?)_?(?P<of>[A-Za-z]\w{0,40}?)\s?[/_|]?_?(?:d|∂|wrt_?|by_d?|partial_?)_?(?P<wrt>[A-Za-z]\w{0,60})")
_GRADIENT = (
    re.compile(r"(?:grad|gradient|nabla|∇)[_ ]?(?:(?:of|wrt|w_r_t|for|loss|L)_)?(?P<wrt>[A-Za-z]\w{0,60})"),
    re.compile(r"(?P<wrt>[A-Za-z]\w{0,60}?)_?(?:grad|Grad|gradient|bar|_g)"),
    re.compile(r"(?:d|D|∂)_?(?P<wrt>[A-Za-z]\w{0,60})"),
    re.compile(r"g_?(?P<wrt>[A-Z]\w{0,60})"),
)
_DELTA = re.compile(r"(?:delta|δ|Delta)_?(?P<place>\w{0,20})")
_IS_WEIGHT = re.compile(r"[Ww]|[Kk]ernel|[Tt]heta|.*weight")
_MODULE = re.compile(r"(?P<module>.+)[._](?P<role>weight|bias|kernel|gamma|beta)")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name means: the quantity, and whether its gradient is said (False: its value is; None: neither).

    ``turned``: the array is kept with rows and columns the other way round, as ``nn.Linear`` keeps the weights of ``x @ W``.
    """

    quantity: str
    gradient: bool | None = None
    turned: bool = False
    of: str = ""

    def list_keys(self, graph: Graph) -> tuple[str, ...]:
        """The keys that it may stand for, the likeliest first: what is given is known, so that its gradient is meant."""
        derivative = derivative_key(self.of or graph.loss, self.quantity)
        if self.gradient is not None:
            return (derivative,) if self.gradient else (self.quantity,)
        given = any(quantity.name == self.quantity for quantity in graph.leaves)
        return (derivative, self.quantity) if given else (self.quantity, derivative)


class ProgramNames:
    """The quantities of a computation by everything that programs may call them; ``names`` are all that a file has.

    >>> from tutor.graph.layered import from_layers
    >>> two = from_layers(["Z = X @ W1", "L = sum(Z^2)"], {"X": (4, 3), "W1": (3, 2)})
    >>> names = ProgramNames(two, ["dW1", "grads.W1", "delta", "fc.weight.grad"])
    >>> [(names.find(name).quantity, names.find(name).gradient, names.find(name).turned) for name in names.names]
    [('W1', True, False), ('W1', True, False), ('Z', True, False), ('W1', True, True)]
    """

    def __init__(self, layered: Layered, names: Sequence[str] = ()) -> None:
        self.graph, self.names = layered.graph, tuple(names)
        self.loss = self.graph.loss
        self.known = self.graph.names
        self.letters = frozenset(layered.symbolic)
        self.folded = _fold_all(self.known)
        self.modules = self._match_modules()

    def find(self, name: str) -> Meant | None:
        """What a name means; nothing for one that fits no quantity."""
        if len(name) > MAX_NAME:
            return None
        for base, gradient in strip_name(name):
            if (quantity := self.look_up(base)) and not (gradient and quantity == self.loss):
                return Meant(quantity, gradient)
            if meant := self._find_gradient(base):
                return meant
            match = _MODULE.fullmatch(base)
            if match is not None and (quantity := self.modules.get(match["module"], {}).get(match["role"], "")):
                return Meant(quantity, gradient, turned=match["role"] == "weight" and self.is_turned(quantity))
        return None

    def _find_gradient(self, base: str) -> Meant | None:
        """A name that says that it is a gradient."""
        match = _QUOTIENT.fullmatch(base)
        if match is not None and (quantity := self.look_up(match["wrt"])):
            of = self.look_up(match["of"])
            if of == self.loss:
                return Meant(quantity, True)
            if of and not any(node.name == of and node.shape for node in self.graph.nodes):
                return Meant(quantity, True, of=of)
        for pattern in _GRADIENT:
            match = pattern.fullmatch(base)
            if match is not None and (quantity := self.look_up(match["wrt"])):
                return Meant(quantity, True)
        match = _DELTA.fullmatch(base)
        if match is not None:
            place = match["place"]
            for tried in (place, f"z{place}", f"Z{place}", f"s{place}", f"a{place}"):
                if (quantity := self.look_up(tried)) and quantity != self.loss:
                    return Meant(quantity, True)
        return None

    def look_up(self, base: str) -> str:
        """The quantity of a name that says nothing else; empty for none, and where two would fit."""
        if base in self.known:
            return base
        for fold in (_fold, _fold_case):
            fits = self.folded.get(fold(base), ())
            if len(fits) == 1:
                return fits[0]
        if base in self.letters and f"{base}2" in self.known:
            return f"{base}2"  # its own name is the letter of a size
        if re.fullmatch(_LOSSES, base):
            return self.loss
        return ""

    def suggest(self, name: str) -> str:
        """Names that are near one that fits nothing, as a hint; empty where none is."""
        leaves = [quantity.name for quantity in self.graph.leaves]
        base = next((base for base, _ in strip_name(name)), name)
        return hint_near(_fold(base) or base, (*self.known, *(f"d{leaf}" for leaf in leaves)))

    def _match_modules(self) -> Mapping[str, Mapping[str, str]]:
        """The modules of a file whose weights are those of the computation, in the order of both."""
        found: dict[str, set[str]] = {}
        for name in self.names:
            for base, _ in strip_name(name):
                match = _MODULE.fullmatch(base)
                if match is not None and not self.look_up(base):
                    found.setdefault(match["module"], set()).add(match["role"])
                    break
        with_weights = [module for module, kept in found.items() if "weight" in kept]
        pairs = self._list_layers()
        if not with_weights or len(with_weights) != len(pairs):
            return {}
        return {module: {"weight": weight, "bias": bias} for module, (weight, bias) in zip(with_weights, pairs, strict=True)}

    def _list_layers(self) -> list[tuple[str, str]]:
        """The weights of matrix products with the bias that is added to each, in the order of the computation."""
        ranks = {quantity.name: len(quantity.shape) for quantity in self.graph.leaves}
        trained = {quantity.name for quantity in self.graph.parameters}
        found: list[tuple[str, str]] = []
        for step in self.graph.steps:
            factors = [name for _, _, name in _list_products(step.expr) if name in ranks]
            used = [node.name for node in walk_parts(step.expr) if type(node) is Name and node.name in ranks]
            weights = [name for name in factors if ranks[name] == 2 and (name in trained or not trained)]
            named = [name for name in weights if _IS_WEIGHT.match(name)] or weights[-1:]  # X @ W
            biases = [name for name in used if ranks[name] == 1 and name not in factors]
            if named and all(named[0] != weight for weight, _ in found):
                found.append((named[0], biases[0] if biases else ""))
        return found

    def is_turned(self, weight: str) -> bool:
        """Whether the computation has a weight as inputs by outputs, the other way round than PyTorch's ``nn.Linear`` keeps it."""
        for step in self.graph.steps:
            for _, place, name in _list_products(step.expr):
                if name == weight:
                    return place in ("right", "left^T")
        return False


def _list_products(expr: Expr) -> Iterator[tuple[Expr, str, str]]:
    """The matrix products of a formula with each of their factors that is a name, and where it stands."""
    for node in walk_parts(expr):
        if type(node) is not Call or node.func != "matmul" or len(node.args) != 2:
            continue
        for place, arg in zip(("left", "right"), node.args, strict=True):
            if type(arg) is Name:
                yield node, place, arg.name
            elif type(arg) is Call and arg.func == "transpose" and type(arg.args[0]) is Name:
                yield node, f"{place}^T", arg.args[0].name


def strip_name(name: str) -> Iterator[tuple[str, bool | None]]:
    """A name without what it stands in, and whether that says that it is a gradient; as it stands first.

    >>> list(strip_name("grads['W1']"))[-1], list(strip_name("fc1.weight.grad"))[-1]
    (('W1', True), ('fc1.weight', True))
    """
    plain = _INDEXED.sub(r".\g<inside>", name.strip()).strip(".")
    yield plain, None
    gradient: bool | None = None
    parts = plain.replace("/", ".").split(".") if not re.search(r"/\s?[d∂]", plain) else [plain]
    while len(parts) > 1:
        if parts[-1] in _ENDS_GRADIENT or parts[0].lower() in _HOLDS_GRADIENTS:
            gradient = True
            parts = parts[:-1] if parts[-1] in _ENDS_GRADIENT else parts[1:]
        elif parts[0].lower() in _HOLDS_VALUES or parts[-1] in _ENDS_VALUE:
            parts = parts[1:] if parts[0].lower() in _HOLDS_VALUES else parts[:-1]
        else:
            break
        yield ".".join(parts), gradient


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


def _fold_case(name: str) -> str:
    return _fold(name).casefold() + "\0"


def _fold_all(names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for folded in (_fold(name), _fold_case(name)):
            found[folded] = (*found.get(folded, ()), name)
    return found
