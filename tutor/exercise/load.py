"""TOML → a checked `Exercise`.  All faults of a file are reported at once, each with its path in the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from tutor.errors import ExerciseError, Problems, TutorError, hint_near
from tutor.exercise.catalogue import BROUGHT, PROGRAMS, locate, read_exercise
from tutor.exercise.claims import MAX_STEPS, check_countable, derivative, read_claim, read_update_claim
from tutor.exercise.conventions import Conventions, read_conventions
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.over_layers import (
    check_masks,
    choose_own_layers,
    flatten_values,
    is_about_layers,
    list_asked_entries,
    read_shapes,
)
from tutor.exercise.over_layers import write_graph as written_layers
from tutor.exercise.read_functions import read_functions
from tutor.exercise.read_quantities import read_quantities
from tutor.exercise.read_questions import Subject, asks_only_programs, read_cases, read_questions, read_scheme
from tutor.exercise.read_repeats import WRITTEN_WITH, read_repeats
from tutor.exercise.read_training import TRAIN_KEYS, TrainingPlan, read_plan, read_samples
from tutor.exercise.repeated import Repetition
from tutor.exercise.source_kinds import read_source_kind
from tutor.exercise.translations import add_options, is_language_code, read_translations
from tutor.expression.own_functions import shorten_name
from tutor.graph.build import from_steps
from tutor.graph.layered import Layered, from_layers
from tutor.graph.network import Network, from_network
from tutor.graph.nouns import Graph
from tutor.graph.read_steps import check_name, read_each
from tutor.graph.shapes import Shape
from tutor.notation.own_notation import OwnNotation, name_line
from tutor.notation.profile import is_own_notation, profile_names, read_brought
from tutor.notation.symbol import Symbol, read_symbol
from tutor.numbers.data_set import Samples
from tutor.numbers.run import read_value
from tutor.text import make_visible

_KEYS: dict[str, tuple[type, ...]] = {
    "schema": (int,), "title": (str,), "source": (str,), "source_kind": (str,), "notation": (str,), "language": (str,), "chain": (str,),
    "steps": (list,), "expression": (str,), "loss": (str,), "parameters": (list,), "asked": (list,), "notes": (list,), "network": (dict,),
    "values": (dict,), "symbols": (dict,), "quantities": (dict,), "train": (dict,), "data": (dict,), "shapes": (dict,),
    "claim": (list,), "table": (list,), "question": (list,), "case": (list,), "marking": (dict,),
    "conventions": (dict,), "functions": (dict,), "repeat": (list,), "recursion": (bool,), BROUGHT: (dict,), PROGRAMS: (dict,),
}  # fmt: skip
_NETWORK_KEYS = {
    "sizes": (list,), "activation": (str, list), "loss": (str,), "biases": (str,), "naming": (str,), "mean": (bool,),
}  # fmt: skip
_CLAIM_KEYS = {"claim": (str,), "printed": (str, int, list), "at": (dict,), "erratum": (str,), "note": (str,), "follows": (bool,),
               "correction": (str, int, list), "quoted": (str,)}
_TABLE_KEYS = {"columns": (list,), "rows": (list,), "note": (str,)}


class Written(str):
    """A TOML float, kept as the text that was written, so that 0.05 is 1/20 and 2.20 has two decimals."""

    __slots__ = ()


def load(target: str) -> Exercise:
    """Read an exercise by its id (``neuron/two-two-two``) or from a TOML file (a path that ends in ``.toml``).

    Raises `ExerciseError` for a file that does not exist (near misses are offered), and `Problems` with every fault of a file.

    >>> load("dl/add-multiply").graph.loss
    'f'
    """
    ident, path = locate(target)
    return from_text(read_exercise(path), ident, str(path) if ident != target else ident)


def from_text(text: str, ident: str, where: str = "") -> Exercise:
    """Read an exercise from the text of its file."""
    try:
        raw = tomllib.loads(text, parse_float=Written)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ExerciseError(
            f"not a TOML file: {error}", where=where or ident, hint="see CONTRIBUTING.md for the format"
        ) from None
    reader = _Reader(raw, ident)
    exercise = reader.read() if reader.read_repetition() else None
    if reader.repetition is not None and exercise is not None:
        reader.problems = reader.repetition.replace_places(reader.problems)
    if reader.problems or exercise is None:
        raise Problems([_add_line(problem, text) for problem in reader.problems], where=where or ident)
    return replace(exercise, digest=sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


_COMPUTATION = ("steps", "repeat", "loss", "parameters", "quantities", "shapes", "functions", "conventions")


def write_out_with(exercise: Exercise, last: int) -> Exercise:
    """The computation of an exercise whose last time is a letter, written out with so many times.

    Raises `Problems` where it means nothing with so few.
    """
    assert exercise.repetition is not None
    raw = {key: value for key, value in exercise.repetition.raw.items() if key in _COMPUTATION}
    reader = _Reader({**raw, "title": exercise.title}, exercise.id, last)
    written = reader.read() if reader.read_repetition() else None
    if reader.problems or written is None:
        raise Problems(reader.problems, where=f"{exercise.id}, written out with {last} times")
    return written


def _add_line(problem: TutorError, text: str) -> TutorError:
    """The fault of a function with its line, since it stands in a formula among others."""
    line = name_line(problem.where, text) if problem.where.startswith("functions") else ""
    return problem.put_at(line) if line else problem


class _Reader:
    """Collects what a file says and every fault in it."""

    def __init__(self, raw: Mapping[str, Any], ident: str, last: int = WRITTEN_WITH) -> None:
        self.raw = raw
        self.ident = ident
        self.last = last
        self.problems: list[TutorError] = []
        self.conventions = Conventions()
        self.own: tuple[str, ...] = ()
        self.repetition: Repetition | None = None

    def fault(self, what: str, where: str, hint: str = "") -> None:
        self.problems.append(ExerciseError(what, where=where, hint=hint))

    def attempt(self, where: str, make: Callable[..., Any], *args: Any) -> Any:
        """The result, or nothing and a fault on the list."""
        try:
            return make(*args)
        except Problems as error:
            self.problems.extend(problem.put_at(error.where) if error.where else problem for problem in error.problems)
        except TutorError as error:
            self.problems.append(error.put_at(where))
        return None

    def check_types(self, table: Mapping[str, Any], keys: Mapping[str, tuple[type, ...]], where: str) -> dict[str, Any]:
        """The entries of a table that exist and have the right type; the others are faults."""
        good = {}
        for key, value in table.items():
            path = f"{where}.{make_visible(key)}" if where else make_visible(key)
            if key not in keys:
                self.fault(f"there is no setting {make_visible(key)}", path, hint_near(key, keys) or f"known: {', '.join(keys)}")
            elif not isinstance(value, keys[key]) or (isinstance(value, bool) and bool not in keys[key]):
                names = " or ".join({str: "a text", int: "a whole number", list: "a list", dict: "a table", bool: "true or false"}[t]
                                    for t in keys[key])  # fmt: skip
                self.fault(f"{key} is {names}, not {make_visible(repr(value))}", path)
            else:
                good[key] = value
        return good

    def texts(self, good: Mapping[str, Any], key: str) -> list[str]:
        """A list of texts."""
        found = []
        for number, item in enumerate(good.get(key, []), 1):
            if isinstance(item, str):
                found.append(item)
            else:
                self.fault(f"a text belongs here, not {make_visible(repr(item))}", f"{key}[{number}]")
        return found

    def read_repetition(self) -> bool:
        """Write out what is repeated; whether that could be done, so that the rest of the file means something."""
        self.raw, self.repetition = read_repeats(self.raw, self.check_types, self.fault, self.last)
        if self.problems:
            self.check_types(self.raw, {**_KEYS, **dict.fromkeys(filter(is_language_code, self.raw), (dict,))}, "")
        return not self.problems

    def read(self) -> Exercise:
        good = self.check_types(self.raw, {**_KEYS, **dict.fromkeys(filter(is_language_code, self.raw), (dict,))}, "")
        if good.get("schema", 1) != 1:
            self.fault(f"schema {good['schema']} is not known here", "schema", "this version reads schema = 1")
        if not good.get("title") and isinstance(self.raw.get("title", ""), str):
            self.fault("an exercise has a title", "title", 'write title = "A network learns"')
        profile = self.notation(good)
        if good.get("chain", "full") not in ("full", "reuse"):
            self.fault(f"chain is full or reuse, not {make_visible(good['chain'])}", "chain")
        self.conventions = read_conventions(good.get("conventions", {}), self.fault)
        samples = read_samples(good["data"], self.fault) if "data" in good else None
        if samples is not None:
            good["values"] = self.take_first_sample(samples, good.get("values", {}))
        shapes = read_shapes(good.get("shapes", {}), self.fault)
        if shapes:
            good["values"] = flatten_values(good.get("values", {}), shapes, self.fault)
            self.raw = {**self.raw, "values": good["values"]}
        self.own = read_functions(good.get("functions", {}), self.list_quantities(good), self.problems.append)
        values, written = self.values(good.get("values", {}))
        network = self.network(good.get("network"))
        layered = self.build_layered(good, shapes) if "shapes" in good and len(shapes) == len(good["shapes"]) else None
        if layered is not None:
            layered = replace(layered, graph=self.put_in(layered.graph))
            check_masks(layered, values or {}, self.fault)
        graph = self.graph(good, network, values) if "shapes" not in good else written_layers(layered) if layered else None
        if graph is not None:
            graph = self.put_in(graph)
            self.check_values(graph, values)
            self.check_functions(graph)
        train = self.check_types(good.get("train", {}), TRAIN_KEYS, "train")
        plan = read_plan(train, self.fault)
        rate = self.rate(train)
        steps = train.get("steps", 0)
        if not 0 <= steps <= MAX_STEPS:
            self.fault(f"steps runs from 0 to {MAX_STEPS:,}, not {steps}", "train.steps")
            steps = 0
        asked, counted = self.read_asked(good, graph, network, layered)
        families = self.repetition.families if self.repetition is not None else ()
        named = (*graph.names, *(layered.graph.names if layered else ()), *families) if graph else None
        symbols = self.symbols(good.get("symbols", {}), named)
        claims = [*self.claims(good, graph, network, profile, plan, layered), *self.tables(good, graph, profile, layered, plan)]
        arrays = layered if layered is not None else choose_own_layers(None, network, profile) if graph else None
        subject = Subject(graph, arrays, network, self.repetition)
        translations = read_translations(self.raw, self.check_types, self.fault)
        questions = read_questions(good.get("question", []), subject, self.check_types, self.fault, good.get(PROGRAMS, {}))
        return Exercise(
            self.ident, str(good.get("title", "")), self.ident.split("/")[0] if "/" in self.ident else "",
            good.get("source", ""), profile, good.get("chain"), graph, network, values, written, rate, steps, asked,
            counted, tuple(claims), symbols, tuple(self.texts(good, "notes")), samples, plan, layered,
            add_options(questions, translations), read_cases(good.get("case", []), self.check_types, self.fault),
            read_scheme(good.get("marking", {}), self.check_types, self.fault), remarks=self.remarks(), language=good.get("language", ""),
            translations=translations, repetition=self.repetition, recursion=good.get("recursion"),
            source_kind=read_source_kind(good, self.fault),
        )  # fmt: skip

    def put_in(self, graph: Graph) -> Graph:
        """The graph with what the file says of ties and times."""
        graph = self.conventions.put_in(graph)
        return self.repetition.put_times(graph) if self.repetition is not None else graph

    def notation(self, good: Mapping[str, Any]) -> str:
        """The course's name, or a notation file that was brought along with the text."""
        profile: str = good.get("notation", "plain")
        known, brought = profile_names(), self.check_types(good.get(BROUGHT, {}), {"name": (str,), "text": (str,)}, BROUGHT)
        if profile in known:
            return profile
        if brought.get("name") == profile and "text" in brought:
            read = self.attempt(make_visible(profile, 60), read_brought, profile, brought["text"])
            return "plain" if read is None else OwnNotation(profile, brought["text"])
        hint = hint_near(profile, known) or ", ".join(known)
        if is_own_notation(profile):
            hint = "a notation file stands in the folder of the exercise's file, and is called by its name alone: my.toml"
        self.fault(f"there is no notation {make_visible(profile)}", "notation", hint)
        return "plain"

    def remarks(self) -> tuple[str, ...]:
        """What a grader should know: questions that say no marks."""
        without = [str(q.get("id", q.get("ask", ""))) for q in self.raw.get("question", []) if isinstance(q, dict) and "marks" not in q]
        named = ", ".join(make_visible(name) for name in without[:8]) + (" …" if len(without) > 8 else "")
        return (f"no marks are given for {named}: 1 mark each is taken",) if without else ()

    def values(self, table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        written: dict[str, str] = {}
        for key, value in table.items():
            path = f"values.{make_visible(key)}"
            name = self.attempt(path, check_name, key)
            if isinstance(value, bool) or not isinstance(value, str | int):
                self.fault(f"a value is a number, not {make_visible(repr(value))}", path, 'write 0.5 or "1/3"')
                continue
            number = self.attempt(path, read_value, str(value))
            if name and number is not None:
                if name in values:
                    self.fault(f"{name} has two values", path)
                values[name], written[name] = number, str(value)
        return values, written

    def take_first_sample(self, samples: Samples, values: Mapping[str, Any]) -> dict[str, Any]:
        """The given values with those of the first sample, which the worked solution shows in full."""
        for name in samples.columns:
            if name in values:
                self.fault(f"{name} is a column of the data and has a value too", f"values.{name}", "remove one of the two")
        merged = {**dict(zip(samples.columns, samples.written[0], strict=True)), **values}
        self.raw = {**self.raw, "values": merged}
        return merged

    def network(self, table: Mapping[str, Any] | None) -> Network | None:
        if table is None:
            return None
        good = self.check_types(table, _NETWORK_KEYS, "network")
        sizes = good.get("sizes", [])
        if not sizes or not all(
            isinstance(size, int) and not isinstance(size, bool) and 0 < size <= 10**9 for size in sizes
        ):
            self.fault("sizes is a list of whole numbers from 1", "network.sizes", "such as sizes = [2, 2, 1]")
            return None
        activation = good.get("activation", "identity")
        each = tuple(activation) if isinstance(activation, list) else (activation,) * (len(sizes) - 1)
        own = {shorten_name(func): func for func in self.own}
        settings = {key: good[key] for key in ("loss", "biases", "naming", "mean") if key in good}
        network: Network | None = self.attempt(
            "network", lambda: Network(tuple(sizes), tuple(own.get(str(name), str(name)) for name in each), **settings)
        )
        return network

    def graph(self, good: Mapping[str, Any], network: Network | None, values: Mapping[str, Any]) -> Graph | None:
        ways = [key for key in ("steps", "expression", "network") if key in self.raw]
        if len(ways) == 1 and ways[0] not in good:
            return None
        if not ways and asks_only_programs(self.raw.get("question")):
            return None
        if len(ways) != 1:
            said = "has none of them" if not ways else "has " + " and ".join(ways)
            self.fault(f"a computation is written as steps, as one expression or as a network; this file {said}",
                       ways[1] if ways else "steps", 'such as steps = ["d = x + y", "f = d*z"]')  # fmt: skip
            return None
        if ways == ["expression"]:
            from tutor.graph.decompose import from_expression  # imports SymPy, which other exercises do not need

            return self.attempt("expression", from_expression, good["expression"])  # type: ignore[no-any-return]
        if ways == ["network"]:
            only_counted = bool(good.get("asked")) and all(str(a).startswith("count ") for a in good["asked"])
            if network is None or only_counted:
                return None
            return self.attempt("network", from_network, network)  # type: ignore[no-any-return]
        described = read_quantities(good.get("quantities", {}), self.fault)
        lines = self.texts(good, "steps")
        leaves = {*good.get("values", {}), *described} if good.get("values") else None
        if not self.can_read_steps(lines, leaves or ()):
            return None
        parameters = self.texts(good, "parameters")
        return self.attempt("steps", lambda: from_steps(  # type: ignore[no-any-return]
            lines, loss=good.get("loss", ""), leaves=leaves, parameters=parameters, kinds=described, own=self.own,
        ))  # fmt: skip

    def build_layered(self, good: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Layered | None:
        """Steps over whole arrays."""
        ways = [key for key in ("steps", "expression", "network") if key in self.raw]
        if ways != ["steps"]:
            self.fault("[shapes] go with steps over arrays", "shapes", 'such as steps = ["z = W x + b", "L = sum(z^2)"]')
            return None
        lines, parameters = self.texts(good, "steps"), self.texts(good, "parameters")
        kinds = read_quantities(good.get("quantities", {}), self.fault)
        return self.attempt("steps", lambda: from_layers(  # type: ignore[no-any-return]
            lines, shapes, loss=good.get("loss", ""), parameters=parameters, kinds=kinds, own=self.own,
        ))  # fmt: skip

    def can_read_steps(self, lines: list[str], leaves: Collection[str]) -> bool:
        """Whether every step can be read; each that cannot is a fault."""
        targets: dict[str, int] = {}
        before = len(self.problems)
        for number, read in enumerate(read_each(lines, known=leaves, own=self.own), 1):
            if isinstance(read, TutorError):
                self.problems.append(read.put_at(f"steps[{number}]"))
                continue
            for target, _ in read:
                if target in targets:
                    self.fault(f"{target} is defined twice", f"steps[{number}]", "give the second one another name")
                targets.setdefault(target, number)
        return len(self.problems) == before

    def check_values(self, graph: Graph, values: Mapping[str, Any]) -> None:
        leaves = [quantity.name for quantity in graph.leaves]
        for name in values:
            if name not in leaves:
                what = f"{name} has a value but is computed" if name in graph.names else f"nothing uses {name}"
                self.fault(what, f"values.{name}", hint_near(name, leaves))
        missing = [name for name in leaves if name not in self.raw.get("values", {})]
        if values and missing:
            shown = ", ".join(missing[:8]) + (" …" if len(missing) > 8 else "")
            self.fault(
                f"no value for {shown}",
                "values",
                f'add {missing[0]} = "1", or leave out all values for a symbolic solution',
            )

    def list_quantities(self, good: Mapping[str, Any]) -> set[str]:
        """The names of the file's quantities, as far as they are seen before its steps are read."""
        targets = {text.partition("=")[0].partition("(")[0].strip() for text in good.get("steps", []) if isinstance(text, str)}
        return {*targets, *good.get("values", {}), *good.get("shapes", {}), *good.get("quantities", {}), *good.get("parameters", [])}

    def check_functions(self, graph: Graph) -> None:
        used = graph.own_functions
        for func in self.own:
            if func not in used:
                self.fault(f"nothing uses {shorten_name(func)}", f"functions.{shorten_name(func)}", "remove it, or use it in a step")

    def rate(self, train: Mapping[str, Any]) -> Any:
        if "rate" not in train:
            return None
        rate = self.attempt("train.rate", read_value, str(train["rate"]))
        if rate is not None and rate <= 0:
            self.fault(f"a step size is positive, not {train['rate']}", "train.rate")
            return None
        return rate

    def read_asked(
        self, good: Mapping[str, Any], graph: Graph | None, network: Network | None, layered: Layered | None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        asked: list[str | None] = []
        counted: list[str | None] = []
        for number, text in enumerate(self.texts(good, "asked"), 1):
            path = f"asked[{number}]"
            if text.startswith("count "):
                counted.append(self.attempt(path, check_countable, text[6:].strip(), network))
            elif layered is not None and is_about_layers(text, layered):
                asked += self.attempt(path, list_asked_entries, text, layered) or ()
            elif graph is not None:
                asked.append(self.attempt(path, derivative, text, graph))
        return tuple(a for a in asked if a), tuple(c for c in counted if c)

    def symbols(self, table: Mapping[str, Any], names: Collection[str] | None) -> dict[str, Symbol]:
        found = {}
        for key, value in table.items():
            path = f"symbols.{make_visible(key)}"
            if names is not None and key not in names:
                self.fault(f"there is no quantity {make_visible(key)}", path, hint_near(key, names))
            elif not isinstance(value, str):
                self.fault(f"a symbol is a text, not {make_visible(repr(value))}", path)
            else:
                symbol = self.attempt(path, _symbol, value)
                if symbol is not None:
                    found[key] = symbol
        return found

    def claims(
        self, good: Mapping[str, Any], graph: Graph | None, network: Network | None, profile: str, plan: TrainingPlan,
        layered: Layered | None,
    ) -> list[Claim]:  # fmt: skip
        found = []
        for number, raw in enumerate(good.get("claim", []), 1):
            path = f"claim[{number}]"
            if not isinstance(raw, dict):
                self.fault("a claim is a table", path, '[[claim]] with claim = "dL/dw5" and printed = "0.082"')
                continue
            entry = self.check_types(raw, _CLAIM_KEYS, path)
            for key in ("claim", "printed"):
                if key not in raw:
                    self.fault(f"a claim needs {key}", path, 'such as claim = "dL/dw5", printed = "0.082"')
            if "claim" not in entry or "printed" not in entry:
                continue
            if graph is None and self.problems and not entry["claim"].startswith("count "):
                continue  # the graph's own faults are on the list already
            entry = self.attempt(path, self.conventions.read_figures, entry)
            if entry is None:
                continue
            claim = self.read_claim_at(path, entry, graph, network, profile, plan, layered)
            meant = None
            if "correction" in entry:
                if "erratum" not in entry:
                    self.fault("a correction is of an erratum", f"{path}.correction", 'such as erratum = "the factor 2 is lost"')
                instead = {key: value for key, value in entry.items() if key not in ("erratum", "note")} | {"printed": entry["correction"]}
                meant = self.read_claim_at(f"{path}.correction", instead, graph, network, profile, plan, layered)
            if claim is not None:
                found.append(replace(claim, follows=entry.get("follows", False), correction=meant, quoted=entry.get("quoted", "")))
        return found

    def read_claim_at(
        self, path: str, entry: Mapping[str, Any], graph: Graph | None, network: Network | None, profile: str, plan: TrainingPlan,
        layered: Layered | None,
    ) -> Claim | None:  # fmt: skip
        """One claim, of what is computed or of a step of the optimiser."""
        claim: Claim | None
        if entry["claim"].startswith("update "):
            claim = self.attempt(path, read_update_claim, entry, plan, profile)
        else:
            claim = self.attempt(path, read_claim, entry, graph, network, profile, layered, plan)
        return claim

    def tables(
        self, good: Mapping[str, Any], graph: Graph | None, profile: str, layered: Layered | None, plan: TrainingPlan,
    ) -> list[Claim]:  # fmt: skip
        """``[[table]]``: columns such as "w after k" and rows that begin with k, or plain columns and rows of their figures."""
        found = []
        for number, raw in enumerate(good.get("table", []), 1):
            path = f"table[{number}]"
            entry = self.check_types(raw, _TABLE_KEYS, path) if isinstance(raw, dict) else {}
            columns, rows = entry.get("columns", []), entry.get("rows", [])
            if not columns or not rows:
                self.fault("a table has columns and rows", path, 'columns = ["w after k"], rows = [[1, "0.29"]]')
                continue
            for line, row in enumerate(rows, 1):
                place = f"{path}.rows[{line}]"
                counted = any(re.search(r"\bk\b", str(column)) for column in columns)
                if not isinstance(row, list) or len(row) != len(columns) + counted or (counted and not isinstance(row[0], int)):
                    self.fault(f"a row is {'k followed by ' * counted}{len(columns)} figure(s)", place)
                    continue
                for column, figure in zip(columns, row[counted:], strict=True):
                    text = re.sub(r"\bk\b", str(row[0]), str(column)) if counted else str(column)
                    if graph is None:
                        continue
                    item = self.attempt(place, self.conventions.read_figures, {"claim": text, "printed": figure})
                    claim = self.attempt(place, read_claim, item, graph, None, profile, layered, plan) if item else None
                    if claim is not None:
                        found.append(claim)
        return found


def _symbol(text: str) -> Symbol:
    return read_symbol(text).symbol()
