"""The sections of a solution neuron by neuron: what a very good teaching assistant would write on the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from tutor.derive.backward import derive
from tutor.derive.chains import count_routes, gradients, list_full_chains, list_ways_around, sort_factors
from tutor.derive.local import complete_rule, local_derivatives, refine_rule
from tutor.derive.tidy import product, sum_terms
from tutor.explain.alike_rows import group_alike, write_alike_table
from tutor.explain.document import (
    Block,
    Equation,
    Equations,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
    add_result,
)
from tutor.explain.formula_kinds import say_forward
from tutor.explain.own_definitions import find_indicator, list_definitions
from tutor.explain.page_writer import PageWriter
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Number, Partial
from tutor.expression.own_functions import is_own
from tutor.expression.walk import SHARES, find_partials, substitute
from tutor.graph.layered import Layered
from tutor.graph.network import Network, counts
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step
from tutor.numbers.kinks import conventions, function_calls, list_calls, list_flat_steps, list_kinks_hit
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS, function, value_of
from tutor.rules.patterns import drop_one
from tutor.solving.worked import Worked


def _read_key(left: Expr) -> str:
    """The key of a derivative."""
    assert isinstance(left, Partial)
    return derivative_key(left.of, left.wrt)


def _words(*parts: Inline) -> Sentence:
    return tuple(parts)


MOST_FACTORS = 24
"""What takes more factors along all of its paths is not worked out only because it is printed."""
MOST_HELD = 8
"""So many local derivatives are named that leave something out."""


class NumberSections(PageWriter):
    """The sections of a solution neuron by neuron; keeps the step numbers that later rows refer to."""

    def __init__(self, worked: Worked, words: Wording) -> None:
        super().__init__(worked, words, worked.numbers)
        self.trace = worked.scalars
        self.counted: dict[str, int] = {}
        self.sloped: set[str] = set()
        self.alone: set[Partial] = set()
        """The derivatives that stand on the page for one step alone, beside which there are other ways."""
        self.worked_out: set[Partial] = set()
        """Those of them that are worked out along all their ways, too."""
        self.rules: dict[str, tuple[dict[str, Step], dict[tuple[str, str], str]]] = {}

    # Small helpers

    def number(self, target: str) -> int:
        """The next step number, which is that of this target from now on."""
        self.counted[target] = len(self.counted) + 1
        return self.counted[target]

    def reference(self, names: Sequence[str]) -> Sentence:
        """Where a row's parts come from: ``step 2``."""
        known = sorted({self.counted[name] for name in names if name in self.counted})
        if not known:
            return ()
        pages = self.words.pages
        listed = pages.COMMA.join(str(n) for n in known)
        return _words(pages.grammar.choose(pages.STEPS, len(known)).format(numbers=listed))

    def name_step_above(self, left: Expr) -> Sentence:
        """The step that has the number of a derivative."""
        return self.reference([derivative_key(left.of, left.wrt)]) if isinstance(left, Partial) else ()

    def row(
        self, left: Expr, expr: Expr, key: str, why: str, *, number: bool = True, before: Sequence[Side] = ()
    ) -> Equation:
        """``left = formula = numbers = result``, without saying the same twice."""
        sides = [*before]
        if not before or before[-1].expr != expr:
            sides.append(Side(expr))
        result = self.value(key)
        if result is not None:
            numbers = self.put_in(expr)
            if numbers not in (expr, result):
                sides.append(Side(numbers))
            sides[:] = add_result(sides, result)
        return Equation(left, tuple(sides), self.number(key) if number else None, _words(why) if why else ())

    # The sections

    def add_given(self) -> None:
        """The given values; without values what there is, by its name."""
        graph = self.worked.derivations[0].graph if self.worked.derivations else self.exercise.graph
        names = [quantity.name for quantity in graph.leaves] if graph is not None else []
        if names:
            told = self.list_values(names, self.trace) if self.trace is not None else self.list_families(names)
            self.blocks.append(self.write_labelled("given", *told))

    def add_forward(self) -> None:
        """The forward pass."""
        graph = self.worked.derivations[0].graph
        wholes = self.list_whole_rules(graph)
        rows = [self.row(Name(s.target), s.expr, s.target, self.say_forward(s, wholes)) for s in graph.steps]
        self.blocks += [self.heading("forward"), Equations(tuple(rows))]
        self.definitions(graph, function_calls(graph))

    def say_forward(self, step: Step, wholes: Mapping[str, str]) -> str:
        """Why a forward step holds; what is no rule of single numbers, by the rule of the array that it is an entry of."""
        words = self.words
        array = wholes.get(step.target, "") if step.rule == "formula" else ""
        return words.arrays.FORWARD.get(array) or say_forward(step, words, arrays=False)

    def list_whole_rules(self, graph: Graph) -> dict[str, str]:
        """The rule of the array that each quantity is an entry of, where they are."""
        whole = graph.whole
        if not isinstance(whole, Layered):
            return {}
        return {name: step.rule for step in whole.graph.steps if step.target in whole.entries for name in whole.entries[step.target].items}

    def definitions(self, graph: Graph, used: Sequence[Call]) -> None:
        """What the functions are that are ``used``, each once: σ(x) = 1/(1 + exp(−x))."""
        letter = Name(next((name for name in ("x", "z", "u", "v", "t") if name not in graph.names), "x"))
        parts, meanings, calls = list[Inline](), list[Expr](), [*used]
        for call in calls:
            row = function(call.func, len(call.args))
            formula = value_of(row)
            if formula is None and len(call.args) == 1 and call.func in self.words.arrays.SYMBOLS:
                said = {"call": [Math(Call(call.func, (letter,)))], "last": [Math(letter)]}
                parts += ["; ", *split_places(self.words.arrays.SYMBOLS[call.func], said)]
            if formula is None:
                continue
            own = is_own(call.func)
            bent = row.role == "activation" and call.func in FUNCTIONS  # LeakyReLU(z, a), in the letter of those beside it
            args = tuple(map(Name, row.params)) if own else (letter, *call.args[1:]) if len(call.args) == 1 or bent else call.args
            if not all(isinstance(arg, Name | Number) for arg in args):
                continue
            meaning = substitute(formula, dict(zip(row.params, args, strict=True)))
            meaning = drop_one(meaning) if ONE in args else meaning
            sign = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
            parts += ["; ", Math(Call(call.func, args)), sign, Math(meaning)]
            meanings.append(meaning)
            inner = [part for part in list_calls(meaning) if part.func in FUNCTIONS]
            calls += [part for part in inner if part.func not in {one.func for one in calls}]  # the σ of a SiLU
        self.sloped.update(call.func for call in calls)
        parts += ["; ", *shown] if (shown := self.say_indicator(meanings)) else ()
        if parts:
            self.blocks.append(self.write_labelled("where", *parts[1:]))

    def add_backward(self, derivation: Derivation, wanted: Sequence[str]) -> None:
        """The gradients of one quantity: the local derivatives, then each as a full chain or by reuse."""
        if not wanted:
            return
        if derivation is self.worked.derivations[0]:
            self.blocks.append(self.heading("backward"))
        steps = gradients(derivation)
        chains = {}
        if self.worked.full:
            routes = count_routes(derivation)
            chains = {
                name: found for name in wanted if (found := list_full_chains(derivation, name, steps=steps, routes=routes))
            }
            if any(name not in chains and name != derivation.graph.loss for name in wanted):  # one style a page
                chains = {}
        by_reuse = [name for name in wanted if name not in chains]
        start = len(self.blocks) - 1
        if chains and derivation.graph.loss in by_reuse:  # where everything begins
            self.reuse_rows(derivation, [derivation.graph.loss], steps)
            by_reuse.remove(derivation.graph.loss)
        if chains:
            self.local_rows(derivation, chains)
            self.join_equations(start + 1)
            rows = [self.chain_row(derivation, name, paths) for name, paths in chains.items() if not self.is_said(derivation, name, paths)]
            self.blocks += [Equations(tuple(rows))] if rows else []
            self.add_whole_derivatives(derivation)
        if by_reuse:
            self.reuse_rows(derivation, by_reuse, steps)
        if derivation is not self.worked.derivations[0] and len(self.blocks) == start + 2:
            self.join_equations(start)  # one backward pass, also where several quantities are differentiated
        self.explain_slopes(derivation)

    def explain_slopes(self, derivation: Derivation) -> None:
        """What the derivatives are that are written with a prime, each once: swish′(z) = σ(z) + z·σ(z)·(1 − σ(z))."""
        factors = (factor.expr for step in derivation.backward for path in step.paths for factor in path.factors)
        parts = list_definitions(factors, self.sloped, primes=True)
        if parts:
            self.blocks.append(self.write_labelled("where", *parts))

    def explain_functions(self) -> None:
        """What the functions are that only derivatives have, the sign of an absolute value."""
        graph = self.worked.derivations[0].graph
        formulas = [part for block in self.blocks if isinstance(block, Equations) for part in _list_formulas(block)]
        shown = [call for part in formulas for call in list_calls(part)]
        calls = {call.func: call for call in reversed(shown) if call.func in FUNCTIONS and call.func not in self.sloped.union(SHARES)}
        self.definitions(graph, [*reversed(calls.values())])

    def explain_indicator(self) -> None:
        """What 1 under a condition means, where the page has one that is not explained."""
        if said := self.say_indicator(expr for block in self.blocks for expr in _list_formulas(block)):
            self.blocks.append(self.write_labelled("where", *said))

    def say_indicator(self, exprs: Iterable[Expr]) -> list[Inline]:
        """1 where the condition holds, else 0: said where the first formula has it, and once."""
        shown = None if "indicator" in self.sloped else find_indicator(exprs, self.worked.notation.indicator)
        if shown is None:
            return []
        self.sloped.add("indicator")
        return split_places(self.words.arrays.SYMBOLS["indicator"], {"call": [Math(shown)]})

    def is_said(self, derivation: Derivation, name: str, paths: Sequence[Path]) -> bool:
        """Whether a gradient stands on the page already, as the local derivative that it is."""
        is_local = len(paths) == 1 and len(paths[0].factors) == 1
        return is_local and derivative_key(derivation.graph.loss, name) in self.counted

    def local_rows(self, derivation: Derivation, chains: Mapping[str, Sequence[Path]]) -> None:
        """Every factor that the chains need, once, in the order of the graph: from the loss back to what is asked."""
        needed = (factor for paths in chains.values() for path in paths if len(path.factors) > 1 for factor in path.factors)
        rows = []
        for factor in sort_factors(needed, derivation.graph):
            if derivative_key(factor.of, factor.wrt) in self.counted:
                continue
            rule = refine_rule(self.rule_of_factor(derivation, factor), factor.expr, factor.wrt, derivation.graph.ties)
            rows.append(self.factor_row(factor, self.words.rules.say_local(rule)))
        self.blocks += self.write_alike(rows)
        self.explain_held(derivation.graph, rows)

    def explain_held(self, graph: Graph, rows: Sequence[Equation]) -> None:
        """That local derivatives hold the other inputs of their steps, where these depend on the same quantity: ∂L/∂h₁ beside h₂."""
        ways = list_ways_around(graph)
        locals_ = [row.left for row in rows if type(row.left) is Partial and row.left not in self.alone]
        held = [local for local in locals_ if (local.of, local.wrt) in ways]
        if not held:
            return
        self.alone.update(held)
        pages = self.words.pages
        others = sorted({ways[local.of, local.wrt] for local in held}, key=graph.names.index)
        shown = [Math(local) for local in held[:MOST_HELD]]
        more = [pages.MORE.format(count=len(held) - MOST_HELD)] if len(held) > MOST_HELD else []
        places: dict[str, Sequence[Inline]] = {
            "local": list(pages.grammar.enumerate_parts([*shown, *more], pages.COMMA, pages.AND)),
            "other": list(pages.grammar.enumerate_parts([Math(Name(name)) for name in others], pages.COMMA, pages.AND)),
        }
        phrase = pages.grammar.choose(pages.HELD, len(held))
        self.blocks.append(self.write_labelled("where", *split_places(phrase, places)))

    def add_whole_derivatives(self, derivation: Derivation) -> None:
        """The derivatives that the lecture prints of other quantities than the loss, along all paths where a local one has their name."""
        claims = (verdict.source for verdict in self.worked.verdicts)
        printed = dict.fromkeys(
            p for claim in claims if claim and claim.subject for p in find_partials(claim.subject) if p in self.alone
        )
        rows = []
        for whole in list(printed)[:MOST_HELD]:
            inner = derive(replace(derivation.graph, loss=whole.of))
            paths = list_full_chains(inner, whole.wrt)
            if whole.of == derivation.graph.loss or paths is None:
                continue
            if all(derivative_key(f.of, f.wrt) in self.counted for path in paths for f in path.factors):
                rows.append(self.chain_row(inner, whole.wrt, paths, whole=True))
                self.worked_out.add(whole)
        if rows:
            self.blocks.append(Equations(tuple(rows)))
            self.join_equations(len(self.blocks) - 2)

    def add_printed(self, missing: Sequence[Partial]) -> None:
        """The derivatives that the lecture prints and that are not worked out yet, each along its paths."""
        pages, graph = self.words.pages, self.worked.derivations[0].graph
        start, made = len(self.blocks), []
        for one in missing[:MOST_HELD]:
            inner = derive(replace(graph, loss=one.of))
            paths = list_full_chains(inner, one.wrt)
            if paths and sum(len(path.factors) for path in paths) <= MOST_FACTORS:
                made.append((inner, one, paths))
                self.local_rows(inner, {one.wrt: paths})
        rows = [self.chain_row(inner, one.wrt, paths, whole=True) for inner, one, paths in made if not self.is_said(inner, one.wrt, paths)]
        self.worked_out.update(one for _, one, _ in made)
        self.blocks += [Equations(tuple(rows))] if rows else []
        for place in range(len(self.blocks) - 2, start - 1, -1):
            self.join_equations(place)
        if made:
            self.blocks.insert(start, Paragraph((pages.PRINTED_TOO.format(source=pages.THE_SOURCE[self.exercise.source_kind]),)))

    def join_equations(self, place: int) -> None:
        """Two blocks of equations that follow one another as one, in one alignment and one style."""
        if len(self.blocks) > place + 1 >= 1 and isinstance(first := self.blocks[place], Equations):
            second = self.blocks[place + 1]
            if isinstance(second, Equations):
                self.blocks[place : place + 2] = [Equations((*first.rows, *second.rows))]

    def write_alike(self, rows: Sequence[Equation]) -> list[Block]:
        """Rows of local derivatives, numbered as they stand; of very many that are alike one row and a table."""
        blocks: list[Block] = []
        together: list[Equation] = []
        for group in group_alike(rows):
            numbered = [replace(row, number=self.number(_read_key(row.left))) for row in group]
            together.append(numbered[0])
            if len(group) > 1:
                blocks += [Equations(tuple(together)), write_alike_table(numbered[1:], self.words)]
                together = []
        return [*blocks, Equations(tuple(together))] if together else blocks

    def factor_row(self, factor: Factor, why: str) -> Equation:
        """One local derivative, not numbered yet."""
        sides = [Side(factor.expr)]
        trace = self.trace
        if trace is not None:
            value = compute(factor.expr, trace)
            result, numbers = self.print(value), self.put_in_closely(factor.expr, value)
            if numbers not in (factor.expr, result):
                sides.append(Side(numbers))
            sides[:] = add_result(sides, result, self.reference([factor.expr.name]) if isinstance(factor.expr, Name) else ())
        return Equation(Partial(factor.of, factor.wrt), tuple(sides), None, _words(why))

    def rule_of_factor(self, derivation: Derivation, factor: Factor) -> str:
        """The rule of one factor; one that was drawn together with a leading 1 has the rule of its last part."""
        fallback = self.local_rule(derivation, factor.wrt)
        return self.rules[derivation.graph.loss][1].get((factor.of, factor.wrt), fallback)

    def local_rule(self, derivation: Derivation, wrt: str) -> str:
        """The rule behind the first local derivative of a quantity's gradient (through L_o1 for ∂L/∂out_o1)."""
        loss = derivation.graph.loss
        if loss not in self.rules:
            steps, rules = gradients(derivation), {}
            for step in derivation.graph.steps:
                rule, parts = local_derivatives(step.target, step.expr, {}, derivation.graph.ties)
                for name, _ in parts:
                    rules[step.target, name] = complete_rule(rule, step.expr, name)
            self.rules[loss] = (steps, rules)
        steps, rules = self.rules[loss]
        paths = steps[wrt].paths
        if not paths:
            return "formula"
        local = paths[0].factors[1]
        return refine_rule(rules.get((local.of, wrt), "formula"), local.expr, wrt, derivation.graph.ties)

    def chain_row(self, derivation: Derivation, name: str, paths: Sequence[Path], *, whole: bool = False) -> Equation:
        """The gradient as the lectures print it: one row of factors a path, the numbers, the result.

        A ``whole`` derivative of a step has a number beside that of its local one.
        """
        loss = derivation.graph.loss
        trace, many = self.trace, len(paths) > 1
        products = sum_terms([product(f.expr for f in path.factors) for path in paths])
        sides = []
        if max(len(path.factors) for path in paths) > 1 or many:
            for place, path in enumerate(paths, 1):
                factors = tuple(Partial(f.of, f.wrt) for f in path.factors)
                # the edge beside other paths has the name of the whole derivative: it is written out
                expr: Expr = Mul(factors) if len(factors) > 1 else path.factors[0].expr if many else factors[0]
                sides.append(Side(expr, "+" if place > 1 else "=", _words(self.words.pages.PATH.format(number=place)) if many else ()))
        if trace is None or not sides:
            sides.append(Side(products))
        if trace is not None:
            terms = []
            for path in paths:
                numbers = tuple(self.print(compute(f.expr, trace)) for f in path.factors)
                terms.append(self.put_in(path.factors[0].expr) if len(numbers) == 1 else Mul(numbers))
            result = self.print(compute(products, trace)) if whole else self.value(derivative_key(loss, name))
            assert result is not None
            put_in = terms[0] if len(terms) == 1 else Add(tuple(terms))
            if put_in != result and put_in != sides[-1].expr:
                sides.append(Side(put_in))
            sides[:] = add_result(sides, result)
        key = f"{derivative_key(loss, name)} whole" if whole else derivative_key(loss, name)
        count = self.counted.get(key) or self.number(key)
        why = (
            self.words.rules.PATHS.format(count=len(paths))
            if many
            else self.words.rules.gradient("chain rule")
        )
        if len(sides) and not many and len(paths[0].factors) == 1:
            why = self.words.rules.say_local(self.local_rule(derivation, name))
        return Equation(Partial(loss, name), tuple(sides), count, _words(why))

    def reuse_rows(self, derivation: Derivation, wanted: Sequence[str], steps: Mapping[str, Step]) -> None:
        """Every gradient that is needed, each from those before it."""
        needed: dict[str, None] = {}
        stack = list(reversed(wanted))
        while stack:
            name = stack.pop()
            if name in needed:
                continue
            needed[name] = None
            stack.extend(path.factors[0].wrt for path in steps[name].paths)
        if len(self.worked.derivations) > 1 and derivation.graph.loss not in wanted:  # of several, each would begin with the same row
            needed.pop(derivation.graph.loss, None)
        rows = []
        for name, step in steps.items():
            if name not in needed or step.target in self.counted:
                continue
            rows.append(self.reuse_row(derivation, name, step))
        if rows:
            self.blocks.append(Equations(tuple(rows)))

    def reuse_row(self, derivation: Derivation, name: str, step: Step) -> Equation:
        """One gradient from those before it."""
        before: list[Side] = []
        loss = derivation.graph.loss
        for place, path in enumerate(step.paths):
            upstream, local = path.factors
            if upstream.wrt == loss:
                continue
            product = Mul((Partial(upstream.of, upstream.wrt), Partial(local.of, local.wrt)))
            note = self.reference([derivative_key(upstream.of, upstream.wrt)])
            before.append(Side(product, "+" if before and place else "=", note))
        if len(before) < len(step.paths):
            before = []
        why = self.words.rules.gradient(step.rule, len(step.paths))
        if step.paths and not before:
            why = self.words.rules.say_local(self.local_rule(derivation, name)) if len(step.paths) == 1 else why
        return self.row(Partial(loss, name), step.expr, step.target, why, before=before)

    def counts(self) -> None:
        """What a network has, counted."""
        if not self.exercise.counts or self.exercise.network is None:
            return
        known, sums = counts(self.exercise.network), write_counts(self.exercise.network)
        pages = self.words.pages
        rows = tuple(
            (
                _words(pages.COUNTED[what]),
                _words(Math(sums[what]) if what in sums else pages.COUNTED_SO[name_count(what, self.exercise.network)]),
                _words(str(known[what])),
            )
            for what in self.exercise.counts
        )
        sizes = pages.COMMA.join(map(str, self.exercise.network.sizes))
        self.blocks += [self.heading("counting"), Paragraph(_words(pages.SIZES.format(sizes=sizes)))]
        self.blocks.append(Table(tuple(map(_words, pages.COUNT_HEADS)), rows, "llr"))
        self.blocks += [
            Paragraph(_words(text)) for text in self.worked.notes if isinstance(text, str) and text.startswith("Counting:")
        ]

    def conventions(self) -> None:
        """Where a derivative is a convention, or does not exist."""
        if not self.worked.derivations:
            return
        graph = self.worked.derivations[0].graph
        self.say_targets(graph.steps)
        flat = list_flat_steps(graph)
        kinks = list_kinks_hit(graph, self.trace) if self.trace is not None else []
        self.say_conventions(flat, conventions(graph).values(), [kink.step for kink in kinks if kink.convention])


def _list_formulas(block: Block) -> list[Expr]:
    """The formulas in equations and in running text."""
    if isinstance(block, Equations):
        return [side.expr for row in block.rows for side in row.sides]
    return [part.expr for part in block.parts if isinstance(part, Math)] if isinstance(block, Paragraph) else []


def name_count(what: str, network: Network) -> str:
    """How something is counted that is no sum and no product.

    >>> name_count("biases", Network((3, 4), ("relu",))), name_count("biases", Network((3, 4, 2), ("relu", "relu"), biases="none"))
    ('biases per neuron', 'none')
    """
    if what == "biases":
        return "none" if network.biases == "none" else f"{what} per {network.biases}"
    return what


def write_counts(network: Network) -> dict[str, Expr]:
    """How what a network has is counted, layer by layer, where that is a sum or a product.

    >>> from tutor.expression.plain import write_plain
    >>> {what: write_plain(how) for what, how in write_counts(Network((3, 4, 2), ("relu", "identity"))).items()}
    {'neurons': '4 + 2', 'weights': '3*4 + 4*2', 'biases': '4 + 2', 'parameters': '20 + 6'}
    """
    sizes, known = network.sizes, counts(network)
    biases = {"neuron": sizes[1:], "layer": (1,) * len(sizes[1:]), "none": ()}[network.biases]
    terms: dict[str, list[Expr]] = {
        "neurons": [Number(str(size)) for size in sizes[1:]],
        "weights": [Mul((Number(str(before)), Number(str(size)))) for before, size in pairwise(sizes)],
        "biases": [Number(str(size)) for size in biases],
        "parameters": [Number(str(known[what])) for what in ("weights", "biases") if known[what]],
    }
    sums: dict[str, Expr] = {what: Add(tuple(some)) if len(some) > 1 else some[0] for what, some in terms.items() if some}
    return {what: how for what, how in sums.items() if type(how) is not Number}
