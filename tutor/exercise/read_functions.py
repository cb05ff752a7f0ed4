"""``[functions]`` of an exercise file: functions of the lecturer's own, read by the product's grammar, differentiated, and bounded.

Each is a name with its formula, ``swish = "z*sigmoid(z)"``; one of several numbers has its parameters in the key,
``"gate(x, y)" = "y*swish(x)"``.  A function may use those above it and no other, so nothing goes in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tutor.derive.slope import derivatives
from tutor.errors import ExerciseError, TutorError
from tutor.expression.lexicon import MODULES
from tutor.expression.nodes import Call, Expr, children
from tutor.expression.own_functions import is_own
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.read_steps import check_name
from tutor.rules.functions import FUNCTIONS, check_calls, function, partials_of, slope_of, value_of
from tutor.rules.operations import NAMES, WRITABLE
from tutor.rules.own_rows import name_function
from tutor.text import make_visible

MOST, LONGEST, LARGEST = 30, 400, 2_000
"""How many functions a file may have, how long a formula may be, and how many parts it has with the functions that it uses written out."""
_KEY = re.compile(r"\s*(?P<name>[^\s(]+)\s*(?:\((?P<params>[^()]*)\))?\s*")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAKEN = frozenset({*FUNCTIONS, *NAMES, *WRITABLE, *MODULES, "pi", "e"})


def read_functions(table: Mapping[str, Any], quantities: Collection[str], fail: Callable[[TutorError], None]) -> tuple[str, ...]:
    """The own functions of a file by their names in a tree, in the order of the file; ``fail`` takes every fault.

    ``quantities`` are the names of the file's quantities, which no function may have.

    >>> [func.partition("(")[0] for func in read_functions({"swish": "z*sigmoid(z)", "gate(x, y)": "y*swish(x)"}, (), print)]
    ['swish', 'gate']
    """
    found: dict[str, str] = {}
    if len(table) > MOST:
        fail(ExerciseError(f"{len(table)} functions", where="functions", hint=f"the limit is {MOST}"))
        return ()
    failed: set[str] = set()
    heads = [match["name"] if (match := _KEY.fullmatch(key)) else "" for key in table]
    for place, (key, text) in enumerate(table.items()):
        if isinstance(text, str) and failed & set(_WORD.findall(text)):
            failed.add(heads[place])  # what is wrong has been said of the one that it uses
            continue
        try:
            name, params = _read_head(key, text, quantities)
            if name in found:
                raise ExerciseError(f"{name} is defined twice", hint="give the second one another name")
            _refuse_later(name, text, heads[place:])
            found[name] = _read_one(name, params, text, list(found.values()))
        except TutorError as error:
            failed.add(heads[place])
            fail(error.put_at(f"functions.{make_visible(key)}"))
    return tuple(found.values())


def _read_head(key: str, text: Any, quantities: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The name of a function and its parameters, none where it has only one, which its formula says."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise ExerciseError(f"{make_visible(key)} is no function", hint='write swish = "z*sigmoid(z)", or "gate(x, y)" = "x*sigmoid(y)"')
    if not isinstance(text, str):
        raise ExerciseError(f"a formula belongs here, not {make_visible(repr(text))}", hint='such as swish = "z*sigmoid(z)"')
    if len(text) > LONGEST:
        raise ExerciseError(f"a formula of {len(text):,} characters", hint=f"the limit is {LONGEST}; make two functions of it")
    name = check_name(match["name"])
    if name in _TAKEN or re.fullmatch(r"(?:log_?)?softmax_\d+", name):
        raise ExerciseError(f"{name} is a function that tutor has already", hint=f"choose another name, such as my_{name}")
    if name in quantities:
        raise ExerciseError(f"{name} is a quantity of this exercise, too", hint="choose another name for one of the two")
    params = tuple(check_name(part) for part in match["params"].split(",")) if match["params"] is not None else ()
    twice = next((one for one in params if params.count(one) > 1 or one in _TAKEN), "")
    if twice:
        raise ExerciseError(f"{twice} cannot be a parameter of {name}" if twice in _TAKEN else f"{name} has the parameter {twice} twice",
                            hint="choose another letter")  # fmt: skip
    return name, params


def _refuse_later(name: str, text: str, later: Sequence[str]) -> None:
    """Refuse a function that uses itself, or one that is defined below it."""
    used = set(_WORD.findall(text))
    if name in used:
        raise ExerciseError(f"{name} uses itself", hint="a function may use those above it only")
    below = next((other for other in later if other in used), "")
    if below:
        raise ExerciseError(f"{name} uses {below}, which is defined below it", hint=f"put {below} above {name}")


def _read_one(name: str, params: tuple[str, ...], text: str, earlier: list[str]) -> str:
    expr = parse(text, names=params or None, functions=(*FUNCTIONS, *earlier))
    check_calls(expr)
    used = names(expr)
    if not used:
        raise ExerciseError(f"{name} is the same everywhere: its formula has no parameter", hint='such as swish = "z*sigmoid(z)"')
    if not params and len(used) > 1:
        raise ExerciseError(f"the formula of {name} has {len(used)} letters: {', '.join(used[:8])}",
                            hint=f'say in which order they are given: "{name}({", ".join(used[:8])})" = "…"')  # fmt: skip
    unused = next((one for one in params if one not in used), "")
    if unused:
        raise ExerciseError(f"{unused} is a parameter of {name} that its formula does not have", hint=f"leave {unused} out")
    params = params or tuple(used)
    slopes = dict(derivatives(name, expr))
    func = name_function(name, params, write_plain(expr), [write_plain(slopes[one]) for one in params], earlier[-1] if earlier else "")
    if _count_parts(func, {}) > LARGEST:
        raise ExerciseError(f"{name} has more than {LARGEST:,} parts with what it uses written out", hint="make it simpler")
    return func


def _count_parts(func: str, known: dict[str, int]) -> int:
    """How many parts a function and its derivatives have, with the own functions that they use written out."""
    if func not in known:
        row = function(func, len(FUNCTIONS[func].params))
        value = value_of(row)
        slopes = (slope_of(row),) if len(row.params) == 1 else partials_of(row)
        parts = [value, *slopes] if value is not None else []
        known[func] = sum(_count(part, known) for part in parts)
    return known[func]


def _count(expr: Expr, known: dict[str, int]) -> int:
    own = _count_parts(expr.func.rstrip("'"), known) if type(expr) is Call and is_own(expr.func) else 0
    return 1 + own + sum(_count(part, known) for part in children(expr))
