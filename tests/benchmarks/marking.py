"""Speed and justice of comparing answers, beside the peers: run it as ``python tests/benchmarks/marking.py``.

The answers are those of ``tests/justice.py``: chain-rule answers to real exercises, right forms and wrong, whose verdicts are
first established again with 250 digits by an implementation that shares nothing with the product but the parser.  Each answer is read
from its text and compared.

The peers get help that they would not have in a classroom.  Names are given to them as they take them best (LaTeX with ``x_{1}`` to
math-verify, symbols under a whitelist of functions to SymPy), derivatives are put in, and where an answer and the solution use quantities
that depend on each other (out_o1 and in_o1), these are written out until none do, so that one test for zero decides.  Targets that add up
to 1 are put in, too.  Working this help out is not timed.
An answer that takes longer than ten seconds, or raises, has no verdict.  The slow ones get a seeded sample, as large as ``--seconds`` (40
by default) allow.  Peers that are not installed are left out by name: pip install math-verify "latex2sympy2_extended[antlr4_13_2]".
Peers may be named on the command line.
"""

from __future__ import annotations

import ast
import logging
import random
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sympy

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from justice import PAIRS, SUMS, Pair, graph, tree, truth  # noqa: E402

from tutor.answer.compare.formulas import Points, compare, points_of  # noqa: E402
from tutor.answer.read.reading import read  # noqa: E402
from tutor.answer.read.vocabulary import vocabulary  # noqa: E402
from tutor.derive.backward import derive  # noqa: E402
from tutor.exercise.load import load  # noqa: E402
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild  # noqa: E402
from tutor.expression.sympy_bridge import to_sympy  # noqa: E402
from tutor.expression.walk import names, substitute  # noqa: E402
from tutor.rules.functions import function, value_of  # noqa: E402

LIMIT = 10
GOAL = 10_000
Verdict = Callable[[Pair], "bool | None"]


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


# --- what the peers are given ------------------------------------------------------------------------------------------------


@cache
def derivative(exercise: str, of: str, wrt: str) -> Expr:
    """∂of/∂wrt in quantities of the forward pass."""
    from tutor.answer.compare.formulas import derivatives

    steps = {step.target: step.expr for step in derivatives(graph(exercise))(of, wrt)}
    return without_partials(exercise, steps[f"d{of}/d{wrt}"], steps)


def without_partials(exercise: str, expr: Expr, steps: Mapping[str, Expr] | None = None) -> Expr:
    if isinstance(expr, Partial):
        name = f"d{expr.of}/d{expr.wrt}"
        return without_partials(exercise, steps[name], steps) if steps else derivative(exercise, expr.of, expr.wrt)
    parts = children(expr)
    return rebuild(expr, tuple(without_partials(exercise, part, steps) for part in parts)) if parts else expr


@cache
def forward(exercise: str) -> dict[str, Expr]:
    """Every quantity in the inputs alone."""
    found: dict[str, Expr] = {}
    for step in graph(exercise).steps:
        found[step.target] = substitute(step.expr, found)
    for group in [SUMS[exercise]] if exercise in SUMS else []:
        rest = Add((Number("1"), *(Neg(Name(name)) for name in group[:-1])))
        found = {name: substitute(expr, {group[-1]: rest}) for name, expr in found.items()} | {group[-1]: rest}
    return found


@cache
def independent(exercise: str, used: tuple[str, ...]) -> bool:
    """Whether no quantity of some is determined by the others: the rank of their derivatives by the inputs."""
    leaves = [quantity.name for quantity in graph(exercise).leaves]
    env = points(exercise)
    derivatives = [[f"d{name}/d{leaf}" for leaf in leaves] for name in used]
    assert all(env.world.has(name) for row in derivatives for name in row)
    with np.errstate(all="ignore"):
        columns = env.columns.fill([name for row in derivatives for name in row])
    ranks = [np.linalg.matrix_rank([[columns[name][at] for name in row] for row in derivatives]) for at in env.generic[:12]]
    return max(ranks, default=0) == len(used)


@cache
def written_out(pair: Pair) -> tuple[tuple[str, Expr], ...]:
    """What is to be put in place of quantities, one after the other, so that those that are left are independent."""
    of, wrt = pair.target[1:].split("/d")
    used = {*names(without_partials(pair.exercise, tree(pair))), *names(derivative(pair.exercise, of, wrt))}
    steps = {step.target: step.expr for step in graph(pair.exercise).steps}
    found: list[tuple[str, Expr]] = []
    while not independent(pair.exercise, tuple(sorted(used))):
        last = [name for name in steps if name in used][-1]
        found.append((last, steps[last]))
        used = (used - {last}) | set(names(steps[last]))
    group = SUMS.get(pair.exercise, ())
    if used & set(group):
        found.append((group[-1], Add((Number("1"), *(Neg(Name(name)) for name in group[:-1])))))
    return tuple(found)


def both(pair: Pair) -> tuple[Expr, Expr]:
    """The answer and the solution as trees in independent quantities."""
    of, wrt = pair.target[1:].split("/d")
    mine, theirs = without_partials(pair.exercise, tree(pair)), derivative(pair.exercise, of, wrt)
    for name, expr in written_out(pair):
        mine, theirs = substitute(mine, {name: expr}), substitute(theirs, {name: expr})
    return mine, theirs


# --- the ways -----------------------------------------------------------------------------------------------------------------


@cache
def points(exercise: str) -> Points:
    return points_of(derive(graph(exercise)), load(exercise).values)


@cache
def words(exercise: str) -> Any:
    return vocabulary(load(exercise))


def tutor(pair: Pair) -> bool | None:
    outcome = compare(read(pair.answer, words(pair.exercise)), pair.target, points(pair.exercise)).outcome
    return {"equal": True, "different": False, "undecided": None}[outcome]


def known_function(name: str, args: Any) -> Any:
    known = getattr(sympy, name, None) if name in ("tanh", "sinh", "cosh", "tan") else None
    return known(*args) if known else to_sympy(_opened(name, len(args)), known_function, _bound(name, args))


def _opened(name: str, arity: int) -> Expr:
    formula = value_of(function(name, arity))
    assert formula is not None
    return formula


def _bound(name: str, args: Any) -> dict[str, Any]:
    return dict(zip(function(name, len(args)).params, args, strict=True))


def algebra(expr: Expr) -> Any:
    return to_sympy(expr, known_function)


FUNCTIONS = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "tanh": sympy.tanh, "cosh": sympy.cosh, "sin": sympy.sin, "cos": sympy.cos,
    "abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min, "sign": sympy.sign, "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
    "relu": lambda z: sympy.Max(0, z), "if_positive": lambda c, a, b: sympy.Piecewise((a, c > 0), (b, True)),
    "heaviside": lambda z: sympy.Piecewise((1, z > 0), (0, True)),
    "softmax_1": lambda a, b, c: sympy.exp(a) / (sympy.exp(a) + sympy.exp(b) + sympy.exp(c)),
    "Integer": sympy.Integer, "Float": sympy.Float, "Rational": sympy.Rational, "Symbol": sympy.Symbol,
}  # fmt: skip
DERIVATIVE = re.compile(r"\bd([A-Za-z]\w*)/d([A-Za-z]\w*)")


@cache
def _symbols(exercise: str) -> dict[str, Any]:
    return {name: sympy.Symbol(name, real=True) for name in graph(exercise).names}


@cache
def _solution(exercise: str, of: str, wrt: str) -> Any:
    return algebra(derivative(exercise, of, wrt))


def by_sympy(zero: Callable[[Any, Any], bool | None]) -> Verdict:
    def verdict(pair: Pair) -> bool | None:
        from sympy.parsing.sympy_parser import convert_xor, parse_expr, rationalize, standard_transformations

        with time_limit(LIMIT):
            found: dict[str, Any] = {}

            def put(match: re.Match[str]) -> str:
                found[f"D_{match[1]}_{match[2]}"] = _solution(pair.exercise, match[1], match[2])
                return f"D_{match[1]}_{match[2]}"

            text = DERIVATIVE.sub(put, pair.answer)
            symbols = _symbols(pair.exercise)
            mine = parse_expr(
                text, local_dict={**FUNCTIONS, **symbols, **found}, global_dict={},
                transformations=(*standard_transformations, convert_xor, rationalize),
            )  # fmt: skip
            of, wrt = pair.target[1:].split("/d")
            theirs = _solution(pair.exercise, of, wrt)
            for name, expr in written_out(pair):
                inner = algebra(expr)
                mine, theirs = mine.subs(symbols[name], inner), theirs.subs(symbols[name], inner)
            return zero(mine, theirs)

    return verdict


def whitelisted(pair: Pair) -> bool | None:
    """A whitelisted syntax tree of Python, evaluated in NumPy at 64 normal points."""
    env = _numpy_env(pair.exercise)

    def put(match: re.Match[str]) -> str:
        return f"D_{match[1]}_{match[2]}"

    tree = ast.parse(DERIVATIVE.sub(put, pair.answer).replace("^", "**"), mode="eval")

    def walk(node: ast.AST) -> Any:
        match node:
            case ast.Expression(body):
                return walk(body)
            case ast.Constant(value) if isinstance(value, int | float):
                return float(value)
            case ast.Name(name):
                return env[name] if name in env else _numpy_derivative(pair.exercise, name)
            case ast.UnaryOp(ast.USub(), operand):
                return -walk(operand)
            case ast.BinOp(left, op, right):
                return _OPERATORS[type(op)](walk(left), walk(right))
            case ast.Call(ast.Name(func), args):
                return _NUMPY[func](*map(walk, args))
        raise ValueError(type(node))

    with np.errstate(all="ignore"):
        mine, theirs = walk(tree), _numpy_derivative(pair.exercise, put(DERIVATIVE.match(pair.target)))  # type: ignore[arg-type]
        return bool(np.allclose(mine, theirs, rtol=1e-9, atol=1e-12, equal_nan=True))


_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_NUMPY: dict[str, Callable[..., Any]] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "cosh": np.cosh, "sin": np.sin, "cos": np.cos, "abs": np.abs,
    "max": np.maximum, "min": np.minimum, "sign": np.sign, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(0, z),
    "if_positive": lambda c, a, b: np.where(c > 0, a, b), "heaviside": lambda z: np.where(z > 0, 1.0, 0.0),
    "softmax_1": lambda a, b, c: np.exp(a) / (np.exp(a) + np.exp(b) + np.exp(c)),
}  # fmt: skip


@cache
def _numpy_env(exercise: str) -> dict[str, Any]:
    chance = np.random.default_rng(1)
    env: dict[str, Any] = {quantity.name: chance.normal(size=64) for quantity in graph(exercise).leaves}
    for group in [SUMS[exercise]] if exercise in SUMS else []:
        env[group[-1]] = 1 - sum(env[name] for name in group[:-1])
    return env | {name: _numpy(expr, env) for name, expr in forward(exercise).items()}


@cache
def _numpy_derivative(exercise: str, name: str) -> Any:
    for of in graph(exercise).names:
        for wrt in graph(exercise).names:
            if name == f"D_{of}_{wrt}":
                return _numpy(derivative(exercise, of, wrt), _numpy_env(exercise))
    raise KeyError(name)


def _numpy(expr: Expr, env: Mapping[str, Any]) -> Any:
    with np.errstate(all="ignore"):
        symbols = sorted(names(expr))
        call = sympy.lambdify([sympy.Symbol(name, real=True) for name in symbols], algebra(expr), "numpy")
        return call(*(env[name] for name in symbols))


def latex(expr: Expr, letters: Mapping[str, str]) -> str:
    """A tree as the LaTeX that math-verify reads."""
    parts = [latex(part, letters) for part in children(expr)]
    match expr:
        case Number(text):
            mantissa, _, exponent = text.partition("e")
            return mantissa + (f" \\cdot 10^{{{int(exponent)}}}" if exponent else "")
        case Name(name):
            return letters[name]
        case Neg():
            return f"(-{parts[0]})"
        case Add():
            return "(" + " + ".join(parts) + ")"
        case Mul():
            return " \\cdot ".join(parts)
        case Div():
            return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"
        case Pow():
            return f"({parts[0]})^{{{parts[1]}}}"
        case Call("exp"):
            return f"e^{{{parts[0]}}}"
        case Call("sqrt"):
            return f"\\sqrt{{{parts[0]}}}"
        case Call("abs"):
            return f"|{parts[0]}|"
        case Call("log"):
            return f"\\ln({parts[0]})"
        case Call("if_positive"):  # it reads no cases
            return f"(\\frac{{1}}{{2}} \\cdot (1 + \\frac{{{parts[0]}}}{{|{parts[0]}|}}) \\cdot ({parts[1]} - {parts[2]}) + {parts[2]})"
        case Call(func, args) if func not in ("max", "min", "tanh", "cosh", "sin", "cos"):
            return latex(substitute(_opened(func, len(args)), _bound(func, args)), letters)
        case Call(func):
            return f"\\{func}({', '.join(parts)})"
    raise TypeError(expr)


def by_math_verify(pair: Pair) -> bool | None:
    from math_verify import parse as read_latex
    from math_verify import verify

    letters = {name: f"x_{{{number}}}" for number, name in enumerate(graph(pair.exercise).names, 1)}
    with time_limit(LIMIT):
        mine, theirs = (f"${latex(expr, letters)}$" for expr in both(pair))
        got, gold = (read_latex(text, parsing_timeout=None, raise_on_error=True) for text in (mine, theirs))
        return bool(verify(gold, got, timeout_seconds=None, raise_on_error=True)) if got and gold else None


WAYS: dict[str, Verdict] = {
    "tutor": tutor,
    "ast + NumPy, 64 points": whitelisted,
    "SymPy, simplify": by_sympy(lambda a, b: sympy.simplify(a - b) == 0),
    "SymPy, .equals()": by_sympy(lambda a, b: a.equals(b)),
    "math-verify": by_math_verify,
}


def judged(way: Verdict, pair: Pair) -> bool | None:
    try:
        return way(pair)
    except Exception:
        return None


def run(name: str, seconds: float) -> None:
    chosen = list(PAIRS)
    random.Random(0).shuffle(chosen)
    spent, done, refused, accepted, nothing, longest = 0.0, 0, 0, 0, 0, 0.0
    for pair in chosen:
        before = time.perf_counter()
        verdict = judged(WAYS[name], pair)
        took = time.perf_counter() - before
        spent, longest, done = spent + took, max(longest, took), done + 1
        refused += pair.right and verdict is False
        accepted += not pair.right and verdict is True
        nothing += verdict is None
        if spent > seconds:
            break
    rate = done / spent
    if done == len(chosen) and spent < seconds / 10:  # again, to measure what a class of students measures
        best = min(_round(name, chosen) for _ in range(5))
        rate = len(chosen) / best
    counts = f"{refused:>15}{accepted:>16}{nothing:>12}{f'{done} of {len(chosen)}':>14}"
    print(f"{name:24}{rate:>12,.1f}{counts}{longest * 1e3:>12,.1f}", flush=True)
    if name == "tutor":
        met = rate >= GOAL and not refused + accepted + nothing
        print(f"{'':24}{'goal reached' if met else 'GOAL MISSED'}: {GOAL:,} a second, every verdict right")


def _round(name: str, chosen: list[Pair]) -> float:
    before = time.perf_counter()
    for pair in chosen:
        judged(WAYS[name], pair)
    return time.perf_counter() - before


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    seconds = float(arguments[arguments.index("--seconds") + 1]) if "--seconds" in arguments else 40.0
    wrong = [pair for pair in PAIRS if truth(pair) != pair.right]
    assert not wrong, wrong
    right = sum(pair.right for pair in PAIRS)
    print(f"{len(PAIRS)} answers, {right} right and {len(PAIRS) - right} wrong, verdicts established with 250 digits")
    before = time.perf_counter()
    exercises = sorted({pair.exercise for pair in PAIRS})
    for exercise in exercises:
        points(exercise), words(exercise)
    print(f"preparing {len(exercises)} exercises: {(time.perf_counter() - before) * 1e3:.0f} ms\n")
    print(f"{'':24}{'answers/s':>12}{'right refused':>15}{'wrong accepted':>16}{'no verdict':>12}{'answers':>14}{'slowest ms':>12}")
    for pair in PAIRS:
        written_out(pair)
        for match in DERIVATIVE.finditer(f"{pair.answer} {pair.target}"):
            _solution(pair.exercise, match[1], match[2])
    asked = [argument for argument in arguments if argument in WAYS]
    for name in asked or WAYS:
        if name == "math-verify":
            try:
                import math_verify  # noqa: F401
            except ImportError:
                print("math-verify is not installed")
                continue
        run(name, seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
