"""Lines of a program that are right on paper and fail in floats: a logarithm or a quotient of an unclipped 0, an exponential too large.

What an expression may be is worked out from how it is made, statement by statement: a softmax or a sigmoid may be exactly 0 in floats, a
variance is 0 where a column is constant; ``p + eps`` and ``clip(p, eps, 1)`` are not.  Nothing is said of what is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from tutor.code.code_verdicts import NumericWarning
from tutor.code.guess_shapes import CHANCES
from tutor.program.source import Source

Kind = Literal[
    "", "safe", "unbounded", "zero", "square", "chance", "given chance", "small", "large", "sum of large", "shifted", "below zero", "log",
    "largest",
]  # fmt: skip
"""What a value may be: nothing known; above 0; above 0 without bound; 0 where something is constant or cut off; a square; a
probability, which may be 0 or 1 in floats, computed here or an argument; an exponential that may underflow; one that may overflow;
the sum of such; at most 0, with a 0 in each row; at most 0; a logarithm; a maximum."""
ZERO: tuple[Kind, ...] = ("zero", "chance", "small")
"""Kinds of what may be exactly 0."""
MOST = 6
"""So many warnings are listed."""
MOST_CALLS = 6
"""Functions of the program are followed so deep."""
_SMALL = re.compile(r"(?i)^(\w+\.)*_?(eps\w*|epsilon|tiny|smooth\w*|ε)$")
_SAME = frozenset({"reshape", "copy", "transpose", "squeeze", "unsqueeze", "view", "contiguous", "detach", "float", "double", "flatten",
                   "ravel", "astype", "numpy", "array", "asarray", "expand_dims", "gather", "diag", "diagonal"})  # fmt: skip
_LIMITED = {"clip": 1, "clamp": 1, "maximum": 1, "clamp_min": 1, "fmax": 1}
"""Functions that keep a value above their second operand."""


def find_warnings(source: Source, names: Sequence[str], owner: str = "") -> tuple[NumericWarning, ...]:
    r"""The warnings about some functions of a file in their order (forward, then backward), of a class where ``owner`` is one.

    What the first one computes is known in the next by its name; without names the file itself is looked at.

    >>> from tutor.program.source import read_source
    >>> text = "def f(z, y):\n    p = softmax(z)\n    return -np.sum(y * np.log(p))\n"
    >>> find_warnings(read_source(text, "a.py"), ["f"])
    (NumericWarning(line=3, kind='log', text='np.log(p)', of='p'),)
    """
    functions = {part.name: part for part in source.tree.body if isinstance(part, ast.FunctionDef)}
    bodies = [part.body for part in source.tree.body if isinstance(part, ast.ClassDef) and part.name == owner]
    methods = {one.name: one for body in bodies for one in body if isinstance(one, ast.FunctionDef)}
    reader = _KindReader({**functions, **methods})
    chosen = [{**functions, **methods}[name] for name in dict.fromkeys(names) if name in {**functions, **methods}]
    for func in chosen:
        reader.read_arguments(func)
        reader.read_body(func.body)
    if not names:
        reader.read_body(source.tree.body)
    found = sorted(dict.fromkeys(reader.found), key=lambda one: one.line)
    return tuple({(one.line, one.kind): one for one in reversed(found)}.values())[::-1][:MOST]


_Read: TypeAlias = "dict[tuple[int, tuple[Kind, ...]], tuple[Kind, list[NumericWarning]]]"


class _KindReader:
    """Goes through statements in their order and keeps what each name may be."""

    def __init__(self, functions: Mapping[str, ast.FunctionDef], depth: int = 0, read: _Read | None = None) -> None:
        self.functions, self.depth = functions, depth
        self.read_before: _Read = {} if read is None else read
        self.known: dict[str, Kind] = {}
        self.found: list[NumericWarning] = []

    def read_arguments(self, func: ast.FunctionDef) -> None:
        """Arguments that are called as probabilities are, and have no usual value (as a dropout rate has)."""
        required = func.args.args[: len(func.args.args) - len(func.args.defaults)]
        for arg in (*func.args.posonlyargs, *required):
            if CHANCES.match(arg.arg) and not re.fullmatch(r"a\d*|A\d*|sigma", arg.arg):
                self.known.setdefault(arg.arg, "given chance")

    def read_body(self, body: Sequence[ast.stmt]) -> Kind:
        """All statements; the kind of what the last ``return`` gives."""
        given: Kind = ""
        for part in body:
            if isinstance(part, ast.FunctionDef | ast.ClassDef):
                continue
            if isinstance(part, ast.Assign):
                kind = self.read(part.value)
                for target in part.targets:
                    self.keep(target, kind, part.value)
            elif isinstance(part, ast.AnnAssign) and part.value is not None:
                self.keep(part.target, self.read(part.value), part.value)
            elif isinstance(part, ast.AugAssign):
                whole = ast.copy_location(ast.BinOp(part.target, part.op, part.value), part)
                self.keep(part.target, self.read(whole), part.value)
            elif isinstance(part, ast.Return) and part.value is not None:
                given = self.read(part.value)
            elif isinstance(part, ast.Expr):
                self.read(part.value)
            elif isinstance(part, ast.For | ast.While | ast.If | ast.With):
                given = self.read_body(part.body) or given
                given = self.read_body(getattr(part, "orelse", [])) or given
        return given

    def keep(self, target: ast.expr, kind: Kind, value: ast.expr) -> None:
        """A name takes its kind; of several names at once only those that come from several values."""
        if isinstance(target, ast.Tuple):
            parts = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else []
            if kind == "largest":  # values, places = z.max(dim=1)
                self.keep(target.elts[0], kind, value)
            for one, part in zip(target.elts, parts, strict=False):
                self.keep(one, self.read(part), part)
        elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
            self.known.pop(ast.unparse(target.value), None)  # a part of it is another value now
        else:
            self.known[ast.unparse(target)] = kind

    def note_warning(self, kind: Literal["log", "division", "overflow"], node: ast.expr, of: ast.expr) -> None:
        self.found.append(NumericWarning(node.lineno, kind, ast.unparse(node)[:80], ast.unparse(of)[:60]))

    def read(self, node: ast.expr) -> Kind:
        """What an expression may be; what is wrong in it is noted."""
        if isinstance(node, ast.Constant):
            return "safe" if isinstance(node.value, int | float) and node.value > 0 else ""
        if isinstance(node, ast.Name | ast.Attribute):
            return self.read_name(node)
        if isinstance(node, ast.Subscript):
            self.read(node.value)
            return self.known.get(ast.unparse(node)) or self.read_name(node.value)
        if isinstance(node, ast.UnaryOp):
            inner = self.read(node.operand)
            return ("below zero" if inner in ("zero", "square") else "") if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp):
            return self.read_operation(node, self.read(node.left), self.read(node.right))
        if isinstance(node, ast.Call):
            return self.read_call(node)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.read(part)
        return ""

    def read_name(self, node: ast.expr) -> Kind:
        name = ast.unparse(node)
        if _SMALL.match(name):
            return "safe"
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT", "values"):
            return self.read(node.value)
        return self.known.get(name, "") if isinstance(node, ast.Name | ast.Attribute) else self.read(node)

    def read_operation(self, node: ast.BinOp, left: Kind, right: Kind) -> Kind:
        both = {left, right}
        if isinstance(node.op, ast.Add):
            if "safe" in both or "unbounded" in both:
                return "unbounded" if both & {"large", "sum of large", "unbounded"} else "safe"
            return "large" if "large" in both else "zero" if left in ZERO and right in ZERO else ""
        if isinstance(node.op, ast.Sub):
            if right == "largest":
                return "shifted"
            if right == "log":
                return "log"
            is_chance = right in ("chance", "given chance") and _is_one(node.left)
            return right if is_chance else "large" if both == {"large"} else ""
        if isinstance(node.op, ast.Mult):
            one = left if _is_number(node.right) else right if _is_number(node.left) else ""
            square = ast.unparse(node.left) == ast.unparse(node.right)
            return "square" if square else one if one in (*ZERO, "below zero") else "large" if "large" in both else ""
        if isinstance(node.op, ast.Pow):
            exponent = node.right.value if isinstance(node.right, ast.Constant) else None
            if exponent == 2:
                return left if left in ("safe", "unbounded", "large") else "square"
            return left if exponent == 0.5 else ""
        if isinstance(node.op, ast.Div):
            return self.read_quotient(node, left, right)
        return ""

    def read_quotient(self, node: ast.BinOp, left: Kind, right: Kind) -> Kind:
        if left == "large" and right in ("large", "sum of large", "unbounded"):
            self.note_warning("overflow", node, node.left)
            return "chance"
        if right in ZERO:
            self.note_warning("division", node, node.right)
        if right == "unbounded" or (left == "small" and right == "safe"):
            return "chance"
        return left if (left in ZERO and right == "safe") or left == "below zero" else ""

    def read_call(self, node: ast.Call) -> Kind:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_method = base is not None and not (isinstance(base, ast.Name) and base.id in _LIBRARIES) and not isinstance(base, ast.Attribute)
        is_method |= isinstance(base, ast.Attribute) and ast.unparse(base) not in _LIBRARIES
        given = [base, *node.args] if is_method and base is not None and name not in self.functions else list(node.args)
        kinds = [self.read(part) for part in given]
        for keyword in node.keywords:
            self.read(keyword.value)
        first: Kind = kinds[0] if kinds else ""
        if name in self.functions:
            return self.read_own(self.functions[name], kinds)
        if name in ("log", "log2", "log10") and given:
            if first in (*ZERO, "given chance", "sum of large"):
                self.note_warning("overflow" if first == "sum of large" else "log", node, given[0])
            return "log"
        if name == "exp":
            return "small" if first in ("shifted", "below zero") else "chance" if first == "log" else "large"
        if name in _LIMITED:
            lowest = next((word.value for word in node.keywords if word.arg in ("min", "a_min")), given[1] if len(given) > 1 else None)
            limits = [lowest, *(given[:1] if name in ("maximum", "fmax") else ())]
            if any(one is not None and self.read(one) == "safe" for one in limits):
                return "safe"
            return "zero" if any(map(_is_zero, limits)) else ""
        return self.read_library(name, first)

    def read_library(self, name: str, first: Kind) -> Kind:
        """What a function of NumPy or PyTorch gives."""
        if name in ("sum", "mean"):
            sums: dict[Kind, Kind] = {"small": "safe", "large": "sum of large", "zero": "zero", "safe": "safe"}
            return "zero" if (name, first) == ("mean", "square") else sums.get(first, "")
        fixed = _GIVES.get(name)
        if fixed is not None:
            return fixed
        return first if name in _SAME or name == "sqrt" else ""

    def read_own(self, func: ast.FunctionDef, kinds: Sequence[Kind]) -> Kind:
        """A function of the program: what it gives for such operands; what is wrong inside is noted."""
        if self.depth >= MOST_CALLS:
            return ""
        key = (id(func), tuple(kinds))
        if key not in self.read_before:  # what calls itself gives nothing that is known
            self.read_before[key] = ("", [])
            self.read_before[key] = self._read_inside(func, kinds)
        given, found = self.read_before[key]
        self.found += found
        return given

    def _read_inside(self, func: ast.FunctionDef, kinds: Sequence[Kind]) -> tuple[Kind, list[NumericWarning]]:
        inner = _KindReader(self.functions, self.depth + 1, self.read_before)
        names = [arg.arg for arg in func.args.args if arg.arg != "self"]
        inner.known = {name: kind for name, kind in zip(names, kinds, strict=False) if kind}
        given = inner.read_body(func.body)
        return given, list(dict.fromkeys(inner.found))


_LIBRARIES = frozenset({"np", "numpy", "torch", "F", "math", "jnp", "cp", "nn", "scipy", "special", "xp", "torch.nn.functional",
                        "scipy.special", "nn.functional"})  # fmt: skip
_GIVES: Mapping[str, Kind] = {
    "softmax": "chance", "sigmoid": "chance", "expit": "chance", "var": "zero", "std": "zero", "abs": "zero", "absolute": "zero",
    "fabs": "zero", "square": "zero", "relu": "zero", "max": "largest", "amax": "largest", "logsumexp": "log", "log_softmax": "log",
    "logsigmoid": "log", "log1p": "log", "zeros": "", "ones": "safe", "ones_like": "safe",
}  # fmt: skip


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value > 0


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _is_zero(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0
