"""Claims: what a lecture prints, read from an exercise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

from tutor.derive.update import list_update_names
from tutor.errors import ExerciseError, ShapeError, TutorError, hint_near, tell
from tutor.exercise.model import Claim
from tutor.exercise.over_layers import choose_own_layers, is_about_layers, read_layer_formula, read_layer_formulas
from tutor.exercise.read_training import TrainingPlan
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Expr, Name, Partial, children
from tutor.expression.parse import parse
from tutor.expression.walk import substitute
from tutor.graph.bracketed import Bracketed, pick_bracketed
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.network import Network, counts
from tutor.graph.nouns import Graph
from tutor.graph.shapes import shape_text
from tutor.notation.profile import notation
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import Reduce
from tutor.numbers.run import read_value
from tutor.rules.functions import FUNCTIONS, check_calls
from tutor.rules.optimisers import optimiser
from tutor.text import make_visible

MAX_STEPS = 100_000
_WORD = re.compile(r"[A-Za-z]\w*")


def check_countable(what: str, network: Network | None) -> str:
    """What of a network is to be counted; raises `ExerciseError` for what cannot be."""
    if network is None:
        raise ExerciseError(f"only a network has {make_visible(what)} to count", hint="write the computation as [network]")
    known = counts(network)
    if what not in known:
        raise ExerciseError(f"{make_visible(what)} cannot be counted", hint=hint_near(what, known) or ", ".join(known))
    return what


def derivative(text: str, graph: Graph) -> str:
    """A derivative that is asked for: ``dL/dw5``, or ``w5`` for short; returned as ``dL/dw5``."""
    expr = parse(text, names=graph.names, functions=(*FUNCTIONS, *graph.own_functions))
    if isinstance(expr, Name):
        return derivative_key(graph.loss, expr.name)
    if isinstance(expr, Partial):
        if expr.of not in [step.target for step in graph.steps]:
            raise ExerciseError(tell("{name} is not computed by a step, so it has no derivative here", name=expr.of))
        return derivative_key(expr.of, expr.wrt)
    raise ExerciseError(f"{make_visible(text)} is no derivative", hint="write dL/dw5")


_CLAIM = re.compile(r"(?P<what>.+?)(?:\s+(?P<when>after|before)\s+(?P<k>\d{1,6}))?", re.DOTALL)


def read_claim(
    entry: Mapping[str, Any], graph: Graph | None, network: Network | None, profile: str, layered: Layered | None = None,
    plan: TrainingPlan | None = None,
) -> Claim:  # fmt: skip
    """One claim, read: what it is about and what is printed; ``layered`` are the arrays that it may speak of.

    With the ``plan`` of the training a claim after updates may be about a state of the optimiser, ``m after 1``.
    """
    text, printed = entry["claim"].strip(), write_nested(entry["printed"])
    erratum, note = entry.get("erratum"), entry.get("note", "")
    if not printed:
        raise ExerciseError("an empty figure", hint='such as printed = "0.082"')
    over = _OVER.match(text)
    if over is not None and graph is not None and over[1] not in graph.names:
        rest = {**entry, "claim": text[over.end() :]}
        return _put_over(read_claim(rest, graph, network, profile, layered, plan), next(how for how in get_args(Reduce) if how == over[1]))
    pieces = [piece.strip() for piece in _split_members(_ABOUT.sub("", printed))]
    if len(pieces) > 1 and all(pieces):
        parts = tuple(read_claim({**entry, "printed": piece}, graph, network, profile, layered, plan) for piece in pieces)
        return replace(parts[-1], printed=printed, parts=parts)
    if text.startswith("count "):
        return Claim(text, printed, None, count=check_countable(text[6:].strip(), network), erratum=erratum, note=note,
                     formula=_formula(printed, ()))  # fmt: skip
    if graph is None:
        raise ExerciseError(
            f"a claim about {make_visible(text)}, but there is no graph", hint='claims here are "count weights" and the like'
        )
    both = f"{text} = {printed}"
    if layered is None and network is not None and not set(_WORD.findall(both)) <= {*graph.names, *FUNCTIONS}:
        layered = choose_own_layers(layered, network, profile)
    figures = _ABOUT.sub("", printed)
    about = _CLAIM.fullmatch(text)
    if about is not None and (picked := pick_bracketed(about["what"], layered)):
        return _read_picked(entry, figures, picked, text[len(about["what"]) :], graph, profile)
    states = _list_states(graph, plan) if about is not None and about["when"] else {}
    if about is not None and figures.startswith("[") and (array := _find_state_array(about["what"], states, graph, layered)):
        when = text[len(about["what"]) :]
        return _read_entries(entry, figures, array, Name(about["what"]), when, graph, profile, plan)
    if layered is not None and figures.startswith("[") and figures.endswith("]"):
        return replace(_read_array_claim(entry, figures, graph, profile, layered), printed=printed)
    if layered is not None and is_about_layers(both, layered):
        return _read_layer_claim(Claim(text, printed, read_layer_formula(text, layered), erratum=erratum, note=note, layers=True), layered)
    match = _CLAIM.fullmatch(text)
    assert match is not None
    names = (*graph.names, rate_name(profile))
    try:
        subject = parse(match["what"], names=(*names, *states), functions=(*FUNCTIONS, *graph.own_functions))
        subject = substitute(subject, {word: Name(name) for word, name in states.items()})
        check_calls(subject)
    except TutorError as error:
        if erratum is None:
            raise
        return Claim(text, printed, None, erratum=erratum, note=note, unknown=_describe_unknown(match["what"], names, graph.own_functions)
                     or error.what)  # fmt: skip
    _check_partials(subject, graph)
    at = _read_values_at(entry.get("at", {}), graph)
    after = _read_steps_made(match)
    figure = _read_figure(printed)
    return Claim(text, printed, subject, after, formula=_formula(figure, names, graph.own_functions), at=at, erratum=erratum, note=note,
                 figure=figure if figure != printed else "")  # fmt: skip


def _read_layer_claim(claim: Claim, layered: Layered) -> Claim:
    """A claim about whole arrays with what is printed, read as a formula over them, in every way it may be meant."""
    try:
        formulas = read_layer_formulas(claim.printed, layered)
    except TutorError as error:
        # what cannot be read is not therefore wrong
        if claim.erratum is None and isinstance(error, ShapeError):
            hint = f"{error.hint}; where the page prints it like this, say so: erratum = \"…\""
            raise ShapeError(error.what, where=error.where, hint=hint) from None
        if claim.erratum is None or (not claim.erratum and not isinstance(error, ShapeError)):
            raise
        return replace(claim, unknown=error.what)
    return replace(claim, formula=formulas[0], readings=formulas if len(formulas) > 1 else ())


def _read_values_at(given: Mapping[str, Any], graph: Graph) -> dict[str, Value]:
    """At which values of its own a claim is about its quantity."""
    for name in given:
        if name not in graph.names:
            raise ExerciseError(f"there is no quantity {make_visible(name)}", hint=hint_near(name, graph.names))
    return {name: read_value(str(value), name) for name, value in given.items()}


def _read_steps_made(match: re.Match[str]) -> int:
    """How many updates were made: those after k, those before the k-th."""
    after = int(match["k"] or 0) - (1 if match["when"] == "before" else 0)
    if after < 0:
        raise ExerciseError(tell("before 0 there is nothing"), hint=tell("the first step is number 1"))
    if after > MAX_STEPS:
        raise ExerciseError(tell("more than {limit:,} steps", limit=MAX_STEPS))
    return after


def write_nested(printed: Any) -> str:
    """What is printed as text, also where it is given as a list: [[1, 2], [3, 4]]."""
    return f"[{', '.join(map(write_nested, printed))}]" if isinstance(printed, list) else str(printed).strip()


def _put_over(claim: Claim, over: Reduce) -> Claim:
    """The same claim about the mean (the sum) over all samples."""
    return replace(claim, text=f"{over} {claim.text}", over=over, parts=tuple(_put_over(part, over) for part in claim.parts))


_OVER = re.compile(rf"({'|'.join(get_args(Reduce))})\s+(?=[A-Za-z(])")
def _split_members(printed: str) -> list[str]:
    """The members of an equation; the = of a setting, sum(X, axis=0), is none."""
    pieces = [""]
    begin = 0
    for match in _EQUALS.finditer(printed):
        if printed.count("(", 0, match.start()) <= printed.count(")", 0, match.start()):
            pieces[-1] = printed[begin : match.start()]
            pieces.append("")
            begin = match.end()
    return [*pieces[:-1], printed[begin:]]


_EQUALS = re.compile(r"(?<![<>=!])=(?!=)|≈|\\approx\b")
_ABOUT = re.compile(r"\A(?:≈|~|=|\\approx\b)\s*")
_PERCENT = re.compile(r"([-+−]?[0-9.]{1,40})\s*\\?%")


def _read_figure(printed: str) -> str:
    """The number in ``≈ 0.622``, and that of ``62.2%`` with as many digits; any other text as it is."""
    text = _ABOUT.sub("", printed)
    percent = _PERCENT.fullmatch(text)
    if percent is None or not is_decimal(percent[1]):
        return text
    return str(Decimal(percent[1].replace("−", "-")).scaleb(-2))


def _read_array_claim(entry: Mapping[str, Any], printed: str, graph: Graph, profile: str, layered: Layered) -> Claim:
    """Figures of a whole array, ``[[1, 2], [3, 4]]``: a claim for each of its entries."""
    match = _CLAIM.fullmatch(entry["claim"].strip())
    assert match is not None
    subject = read_layer_formula(match["what"], layered)
    wrt = subject.wrt if isinstance(subject, Partial) else subject.name if isinstance(subject, Name) else ""
    if not wrt or not layered.shapes[wrt]:
        hint = tell("figures in brackets are those of an array, or of dL/d array")
        raise ExerciseError(tell("{name} is no array", name=make_visible(match["what"])), hint=hint)
    array = layered.entries[wrt]
    figures = split_nested(printed, array.shape)
    key = derivative_key(subject.of, "{}") if isinstance(subject, Partial) else "{}"
    when = entry["claim"].strip()[len(match["what"]) :]
    parts = tuple(
        read_claim({**entry, "claim": key.format(item) + when, "printed": figure}, graph, None, profile)
        for item, figure in zip(array.items, figures, strict=True)
    )
    return replace(parts[0], text=entry["claim"].strip(), printed=printed, subject=subject, formula=None, figure="", parts=parts,
                   shape=array.shape, layers=True)  # fmt: skip


def _read_picked(entry: Mapping[str, Any], printed: str, picked: Bracketed, when: str, graph: Graph, profile: str) -> Claim:
    """Figures of some entries of an array, or of a gradient: dL/dZ[0, :]."""
    return _read_entries(entry, printed, Array(picked.entries.shape, picked.keys), picked.expr, when, graph, profile)


def _read_entries(
    entry: Mapping[str, Any], printed: str, keys: Array[str], whole: Expr, when: str, graph: Graph, profile: str,
    plan: TrainingPlan | None = None,
) -> Claim:  # fmt: skip
    """Figures in brackets: a claim for each entry, by its key."""
    parts = tuple(read_claim({**entry, "claim": key + when, "printed": figure}, graph, None, profile, plan=plan)
                  for key, figure in zip(keys.items, split_nested(printed, keys.shape), strict=True))  # fmt: skip
    text = entry["claim"].strip()
    if not keys.shape:
        return replace(parts[0], text=text)
    return replace(parts[0], text=text, printed=printed, subject=whole, formula=None, figure="", parts=parts, shape=keys.shape,
                   layers=True)  # fmt: skip


def _list_states(graph: Graph, plan: TrainingPlan | None) -> dict[str, str]:
    """What the optimiser keeps and computes for each parameter, by every name that it may have."""
    parameters = [quantity.name for quantity in graph.parameters]
    return list_update_names(optimiser(plan.optimiser), parameters, graph.names) if plan is not None else {}


def _find_state_array(what: str, states: Mapping[str, str], graph: Graph, layered: Layered | None) -> Array[str] | None:
    """The entries of a state of an array, ``m_W``, or ``m`` where one array is all that is trained."""
    for name, array in layered.entries.items() if layered is not None and states else ():
        alone = set(array.items) == {quantity.name for quantity in graph.parameters}
        keys = tuple(f"{what.removesuffix(f'_{name}')}_{item}" for item in array.items)
        if array.shape and what not in graph.names and (alone or what.endswith(f"_{name}")) and all(key in states for key in keys):
            return Array(array.shape, keys)
    return None


_COMMA = re.compile(r"\d,\d")


def split_nested(text: str, shape: Sequence[int | str]) -> list[str]:
    """The entries of an array that is written in brackets, row by row.

    Raises `ExerciseError` where it has another shape.

    >>> split_nested("[[1, 2], [3, 4]]", (2, 2))
    ['1', '2', '3', '4']
    """
    if not shape:
        return [text]
    inner, parts, depth, begun = text.strip(), [], 0, 1
    for at, sign in enumerate(inner):
        depth += (sign in "[(") - (sign in "])")
        if (depth == 1 and sign in ",;") or at == len(inner) - 1:
            parts.append(inner[begun:at].strip())
            begun = at + 1
        if depth == 0 and at < len(inner) - 1:
            break
    if not inner.startswith("[") or not inner.endswith("]") or depth or len(parts) != shape[0]:
        known = {"found": make_visible(inner, 20), "shape": shape_text(tuple(shape)), "wanted": shape[0]}
        what = tell("{found} where an array of shape {shape} needs {wanted} entries", **known)
        if inner.startswith("["):
            what = tell("{count} entries in {found} where an array of shape {shape} needs {wanted}", count=len(parts), **known)
            what = what if len(parts) > 1 else tell("one entry in {found} where an array of shape {shape} needs {wanted}", **known)
        plain = tell("write [[1, 2], [3, 4]], row by row")
        commas = tell("write [[1, 2], [3, 4]], row by row; figures 0,5 need decimal = \"comma\" under [conventions], and ; between them")
        raise ExerciseError(what, hint=commas if _COMMA.search(inner) else plain)
    return [entry for part in parts for entry in split_nested(part, shape[1:])]


def read_update_claim(entry: Mapping[str, Any], plan: TrainingPlan, profile: str) -> Claim:
    """A claim about a step of the optimiser, ``update v``: its formula in w, g, t, the states, the settings and the step size's letter."""
    row = optimiser(plan.optimiser)
    what, printed = entry["claim"][len("update ") :].strip(), str(entry["printed"]).strip()
    if what not in row.targets:
        hint = hint_near(what, row.targets) or f"{row.name} computes {', '.join(row.targets)}"
        raise ExerciseError(f"{row.name} has no update step for {make_visible(what)}", hint=hint)
    letter = rate_name(profile)
    formula = substitute(_formula(printed, row.words(letter)), {"rate": Name(letter)})
    return Claim(entry["claim"].strip(), printed, None, formula=formula, update=what,
                 erratum=entry.get("erratum"), note=entry.get("note", ""))  # fmt: skip


def _describe_unknown(text: str, names: tuple[str, ...], own: tuple[str, ...]) -> str:
    """Which quantities of a printed formula do not exist: "no quantity b"; nothing where that is not what is wrong with it."""
    try:
        stack = [parse(text, functions=(*FUNCTIONS, *own))]
    except TutorError:
        return ""
    missing: dict[str, None] = {}
    while stack:
        node = stack.pop()
        used = (node.name,) if isinstance(node, Name) else (node.of, node.wrt) if isinstance(node, Partial) else ()
        missing |= {name: None for name in used if name not in names}
        stack.extend(reversed(children(node)))
    return tell("no quantity {names}", names=", ".join(map(make_visible, missing))) if missing else ""


def _formula(printed: str, names: tuple[str, ...], own: tuple[str, ...] = ()) -> Expr:
    expr = parse(printed, names=names, functions=(*FUNCTIONS, *own))
    check_calls(expr)
    return expr


def _check_partials(expr: Expr, graph: Graph) -> None:
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Partial):
            derivative(derivative_key(node.of, node.wrt), graph)
        stack.extend(children(node))


def rate_name(profile: str) -> str:
    """What a course calls the step size in formulas: ``tau``, ``lambda``."""
    return notation(profile).rate
