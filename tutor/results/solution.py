"""Solving: an exercise or an expression in, a proved worked solution out.

This is what `tutor.solve` and the command line share.  A `Solution` holds the derivation, the numbers and the proof; how it looks
is left to the renderers, which it calls on request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, overload

from tutor.derive.backward import derive
from tutor.derive.rewrites.named import UNIT, Rewrite, belonging, collapsed, found, of_unit, scores
from tutor.errors import GraphError, ValueProblem, near
from tutor.exercise.catalogue import is_exercise_name
from tutor.exercise.check_claims import Verdict, check
from tutor.exercise.claims import MAX_STEPS
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import entry_symbols, written_with
from tutor.exercise.training_task import make_task, trains_otherwise
from tutor.explain.document import Document, Equations
from tutor.explain.samples_section import sample_table, with_samples
from tutor.explain.solution_page import Lesson, document
from tutor.expression.keys import derivative_key, read_derivative
from tutor.expression.nodes import Name
from tutor.expression.walk import names as used_names
from tutor.graph.network import counts, quantities
from tutor.graph.nouns import Derivation, Graph
from tutor.notation.profile import Notation, notation, unit_symbol
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import SampleTable
from tutor.numbers.descent import Descent, descend
from tutor.numbers.prove_rewrites import prove
from tutor.numbers.run import check_names, evaluate, read_value, require
from tutor.numbers.train import sample_numbers
from tutor.numbers.verify import Ask, Proof, check_locals, merged, random_points, verify
from tutor.results.page import Page
from tutor.results.typed import apart_exercise, refuse_untrained, trained_exercise, typed_exercise
from tutor.results.verdicts import said

if TYPE_CHECKING:
    from tutor.results.layer_solution import LayerSolution

Chain = Literal["full", "reuse"]
Form = Literal["scalar", "layer"]
MAX_REWRITTEN = 500
"""In a graph of up to this many steps named rewrites are looked for."""
SHOWN_NODES = 60
"""In a graph of up to this many quantities the gradient of every one is shown, and therefore proved."""


@dataclass(frozen=True, slots=True)
class Solution(Page):
    """A solved computation: derivations (one for each quantity that is differentiated), numbers, updates, proofs.

    ``trace`` holds the numbers by name, exact fractions or mpmath numbers of 60 digits; it is None for a computation without values.
    In a notebook a solution shows itself, with its formulas and the picture of its graph.
    """

    exercise: Exercise
    derivations: tuple[Derivation, ...]
    wanted: tuple[tuple[str, ...], ...]
    chain: Chain
    notation: Notation
    values: Mapping[str, Value] | None
    trace: Mapping[str, Value] | None
    parameters: tuple[str, ...]
    rate: Value
    rate_written: str
    descent: Descent | None
    proofs: tuple[Proof, ...]
    verdicts: tuple[Verdict, ...]
    focused: bool
    rewrites: tuple[Rewrite, ...] = ()
    simplified: str = ""
    samples: SampleTable | None = None

    def gradient(self, name: str) -> Value:
        """The gradient of the loss with respect to a quantity, as a number.

        Raises `ValueProblem` for a name that does not exist or a computation without values.
        """
        if self.trace is None:
            raise ValueProblem("a computation without values has no numbers", hint='give some: at={"x": 1}')
        for derivation in self.derivations:
            key = derivative_key(derivation.graph.loss, name)
            if key in self.trace:
                return self.trace[key]
        raise ValueProblem(f"there is no gradient with respect to {name}", hint=near(name, self.trace))

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.exercise.id

    def document(self) -> Document:
        """The worked solution as a document of expressions, for the renderers."""
        exercise = self.exercise
        page = document(Lesson(
            title=exercise.title, ident=exercise.id if exercise.id != exercise.title else "", source=exercise.source,
            derivations=self.derivations, wanted=self.wanted, notation=self.notation, full=self.chain == "full",
            written=exercise.written, trace=self.trace, parameters=self.parameters, rate=self.rate,
            rate_written=self.rate_written, descent=self.descent, focused=self.focused,
            verdicts=[said(verdict) for verdict in self.verdicts],
            counted=[(what, counts(exercise.network)[what]) for what in exercise.counts] if exercise.network else (),
            proofs=(*((merged(self.proofs).sentence(),) if self.proofs else ()), *filter(None, (self.simplified,))),
            notes=(*exercise.assumptions, *(() if self.focused else exercise.notes)), rewrites=self.rewrites,
        ))  # fmt: skip
        return page if self.samples is None else with_samples(page, sample_table(self.samples, self.notation.digits, exercise.id))

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.solution_json.solution`."""
        from tutor.contracts.solution_json import dumps, solution

        return dumps(solution(self))

    def to_svg(self) -> str:
        """The picture of the graph with values and gradients."""
        from tutor.render.picture.svg import svg

        return svg(self.picture(), self.notation)

    def picture(self) -> Any:
        """The graph to draw."""
        from tutor.explain.graph_picture import picture

        if not self.derivations:
            raise GraphError(f"{self.exercise.id} only counts, it has no graph to draw")
        single = len(self.derivations) == 1
        return picture(self.derivations[0], self.trace, self.notation.digits, gradients=single)

    def _repr_latex_(self) -> str | None:
        """The equations as display maths, which is what a notebook can typeset; `to_latex` gives whole documents."""
        from tutor.render.markdown import markdown

        blocks = tuple(block for block in self.document().blocks if isinstance(block, Equations))
        return markdown(Document("", blocks=blocks), self.notation) if blocks else None

    def _repr_svg_(self) -> str | None:
        return self.to_svg() if self.derivations else None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {
            "text/plain": self.to_text(100),
            "text/markdown": self._repr_markdown_(),
            "text/latex": self._repr_latex_() or "",
        }
        picture = self._repr_svg_()
        if picture:
            bundle["image/svg+xml"] = picture
        kept = {key: text for key, text in bundle.items() if not include or key in include}
        return {key: text for key, text in kept.items() if not exclude or key not in exclude}

    def _ipython_display_(self) -> None:
        """Show the formulas and, below them, the picture: a front end would choose only one of them."""
        from IPython.display import display  # type: ignore[import-not-found,unused-ignore]

        bundle = self._repr_mimebundle_()
        picture = bundle.pop("image/svg+xml", None)
        show: Any = display
        show(bundle, raw=True)
        if picture:
            show({"image/svg+xml": picture, "text/plain": "(the graph)"}, raw=True)


def target_exercise(target: str | Exercise, *, apart: bool | None = None, given: Collection[str] = ()) -> Exercise:
    """An exercise by id or file, or one made of an expression or steps; see `tutor.results.typed.typed_exercise`."""
    if isinstance(target, str) and not is_exercise_name(target):
        return typed_exercise(target, apart=apart, given=given)
    exercise = load(target) if isinstance(target, str) else target
    return exercise if apart is None else apart_exercise(exercise, apart)


@overload
def solve(
    target: str | Exercise,
    *,
    at: Mapping[str, Any] | None = None,
    wrt: Sequence[str] = (),
    steps: int | None = None,
    rate: Any = None,
    chain: Chain | None = None,
    notation_name: str | None = None,
    ask: Ask | None = None,
    apart: bool | None = None,
    form: Literal["scalar"],
) -> Solution: ...
@overload
def solve(
    target: str | Exercise,
    *,
    at: Mapping[str, Any] | None = None,
    wrt: Sequence[str] = (),
    steps: int | None = None,
    rate: Any = None,
    chain: Chain | None = None,
    notation_name: str | None = None,
    ask: Ask | None = None,
    apart: bool | None = None,
    form: Form | None = None,
) -> Solution | LayerSolution: ...
def solve(
    target: str | Exercise,
    *,
    at: Mapping[str, Any] | None = None,
    wrt: Sequence[str] = (),
    steps: int | None = None,
    rate: Any = None,
    chain: Chain | None = None,
    notation_name: str | None = None,
    ask: Ask | None = None,
    apart: bool | None = None,
    form: Form | None = None,
) -> Solution | LayerSolution:
    """Solve an exercise (id or TOML file), an expression, or steps, and prove the result.

    ``at`` gives values (numbers, or texts such as ``"1/3"``) and replaces those of the exercise; ``wrt`` chooses quantities
    (all parameters by default, or all inputs where nothing is trained); ``steps`` is the number of gradient-descent updates and ``rate``
    their step size; ``chain`` writes each gradient as the full chain from the loss or by reuse of earlier steps; ``notation_name``
    is a course (``dl``, ``qmul``, ``graz``, ``neuron``, ``cmu``) or ``plain``; ``ask`` is who asks SymPy for the proof
    (this process by default); ``form`` is ``scalar``, neuron by neuron, or ``layer``, in matrices (the default of exercises
    that are written so).  ``apart`` takes long formulas apart into steps, or leaves them as they are written: an expression and a
    single long step are taken apart by default, several steps and exercises stay as they are.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.

    >>> solve("(x+y)*z", at={"x": 1, "y": -3, "z": 4}).gradient("x")
    Fraction(4, 1)
    """
    exercise = target_exercise(target, apart=apart, given=at or ())
    name = notation_name or exercise.notation
    if steps and exercise.graph is not None and not exercise.graph.parameters:
        exercise = trained_exercise(exercise, [name for name in wrt if name in [q.name for q in exercise.graph.leaves]])
    graph = exercise.graph
    if graph is None:
        return _only_counts(exercise, notation(name))
    values = _values(exercise, graph, at or {})
    if (form or ("layer" if exercise.layers is not None and not apart else "scalar")) == "layer":
        if apart:
            raise ValueProblem("--apart is for formulas of numbers", hint="leave it out, or add --form scalar")
        return _by_layers(exercise, values, at or {}, wrt, steps, rate, notation_name, chain, ask)
    chosen = _chosen(exercise, graph, wrt)
    derivations = tuple(derive(replace(graph, loss=of), wanted=tuple(names)) for of, names in chosen.items())
    rewrites = tuple(_rewrites(d, names) for d, names in zip(derivations, chosen.values(), strict=True))
    units = {r.left.name for some in rewrites for r in some if r.rule == UNIT and isinstance(r.left, Name)}
    symbols = {unit: unit_symbol(name, unit) for unit in sorted(units)}
    symbols |= entry_symbols(exercise, name)
    symbols |= exercise.symbols if name == exercise.notation else {}
    if written_with(exercise):
        exercise = replace(exercise, notes=(*exercise.notes, written_with(exercise)))
    profile = notation(name, quantities(graph), symbols, loss=graph.loss)
    style: Chain = chain or (exercise.chain if notation_name is None else None) or profile.chain
    main = next((d for d in derivations if d.graph.loss == graph.loss), None) or derive(graph)
    parameters = _parameters(graph, wrt)
    step_size, written = _rate(exercise, rate)
    otherwise = trains_otherwise(exercise)  # with a data set or another optimiser: what `tutor train` shows
    if steps and exercise.samples is not None:
        raise ValueProblem("updates over a data set", where="--steps", hint=f"tutor train {exercise.id} --steps {steps}")
    updates = (0 if otherwise else exercise.steps) if steps is None else steps
    if not 0 <= updates <= MAX_STEPS:
        raise ValueProblem(f"{updates} updates", hint=f"--steps takes 0 to {MAX_STEPS:,}")
    if updates and step_size is None:
        raise ValueProblem("no step size", hint="give one with --rate 0.1")
    if updates and values is None:
        raise ValueProblem("updates need numbers", hint=f"give every input a value: --at {graph.leaves[0].name}=1")
    if updates:
        refuse_untrained(graph)
    trace, descent = _numbers(main, derivations, values, parameters, step_size, updates)
    touched = bool(at) or rate is not None
    verdicts = () if touched or not exercise.claims else tuple(_relevant(check(exercise), wrt, graph.loss))
    # last, since the helper process of the command line is still at work on SymPy's part
    proofs = tuple(
        _proved(d, values, trace, names, some, ask)
        for d, names, some in zip(derivations, chosen.values(), rewrites, strict=True)
    )
    trains = any(claim.after for claim in exercise.claims)
    show_update = bool(updates) or (trains and not otherwise and values is not None and bool(parameters) and not touched)
    return Solution(
        exercise if not at else replace(exercise, written={**exercise.written, **{k: str(v) for k, v in at.items()}}),
        derivations, tuple(tuple(names) for names in chosen.values()), style, profile, values, trace,
        parameters if show_update else (), step_size, written, descent, proofs, verdicts, bool(wrt),
        tuple(dict.fromkeys(r for some in rewrites for r in (of_unit(some, wrt) if wrt else some))),
        _simplified(derivations, rewrites, values, proofs),
        _samples(exercise, values),
    )  # fmt: skip


def _by_layers(
    exercise: Exercise, values: Mapping[str, Value] | None, at: Mapping[str, Any], wrt: Sequence[str], steps: int | None,
    rate: Any, notation_name: str | None, chain: Chain | None, ask: Ask | None,
) -> LayerSolution:  # fmt: skip
    """The solution in layer form; it shows one update, `tutor train` shows more."""
    from tutor.results.layer_solution import solve_layers

    step_size, written = _rate(exercise, rate)
    updates = (0 if trains_otherwise(exercise) else min(exercise.steps, 1)) if steps is None else steps
    if updates not in (0, 1):
        raise ValueProblem(f"{updates} updates in layer form", hint=f"leave out --steps, or tutor train {exercise.id} --steps {updates}")
    if updates and step_size is None:
        raise ValueProblem("no step size", hint="give one with --rate 0.1")
    if updates and values is None:
        raise ValueProblem("updates need numbers", hint="give every input a value under [values]")
    if chain is not None:
        raise ValueProblem("--chain says how gradients are written neuron by neuron", hint="leave it out, or add --form scalar")
    return solve_layers(
        exercise, values=values, wrt=wrt, update=bool(updates), rate=step_size, rate_written=written,
        notation_name=notation_name, ask=ask, own=not at and rate is None,
    )  # fmt: skip


def _only_counts(exercise: Exercise, profile: Notation) -> Solution:
    return Solution(
        exercise, (), (), "full", profile, None, None, (), None, "", None, (), tuple(check(exercise)), False
    )


def _values(exercise: Exercise, graph: Graph, at: Mapping[str, Any]) -> dict[str, Value] | None:
    """The given values: the exercise's, with those of ``at`` in their place; nothing where neither has any."""
    given: dict[str, Value] = dict(exercise.values)
    if at and exercise.layers is not None and exercise.layers.symbolic:
        letters = ", ".join(exercise.layers.symbolic)
        raise ValueProblem(f"the sizes {letters} are letters, so there is nothing to give a value", hint="write [shapes] with numbers")
    read = {}
    for name, value in at.items():
        read[name] = value if isinstance(value, Fraction) else read_value(str(value), name)
    check_names(read, graph)
    given.update(read)
    if not given and graph.leaves:
        return None
    require(graph, given)
    return given


def _chosen(exercise: Exercise, graph: Graph, wrt: Sequence[str]) -> dict[str, list[str]]:
    """What is differentiated with respect to what: {of: [wrt, …]}."""
    chosen: dict[str, list[str]] = {}
    if wrt:
        for name in wrt:
            if name not in graph.names:
                hint = near(name, graph.names) or "the quantities are: " + ", ".join(graph.names[:20])
                raise GraphError(f"there is no quantity {name}", where="--wrt", hint=hint)
            if name not in chosen.setdefault(graph.loss, []):
                chosen[graph.loss].append(name)
        return chosen
    for text in exercise.asked:
        asked = read_derivative(text)
        assert asked is not None  # the file was checked
        chosen.setdefault(asked.of, []).append(asked.wrt)
    if not chosen:
        leaves = (
            graph.parameters or tuple(q for q in graph.inputs if q.kind not in ("target", "constant")) or graph.inputs
        )
        names = {quantity.name for quantity in leaves} or {step.target for step in graph.steps if not used_names(step.expr)} - {graph.loss}
        order = [step.wrt for step in derive(graph).backward]
        chosen[graph.loss] = [name for name in order if name in names]
    return chosen


def _parameters(graph: Graph, wrt: Sequence[str]) -> tuple[str, ...]:
    names = tuple(quantity.name for quantity in graph.parameters)
    return tuple(name for name in names if name in wrt) if wrt else names


def _rate(exercise: Exercise, rate: Any) -> tuple[Value, str]:
    if rate is None:
        return exercise.rate, "" if exercise.rate is None else _written(exercise.rate)
    value = rate if isinstance(rate, Fraction) else read_value(str(rate), "the step size")
    if value <= 0:
        raise ValueProblem(f"a step size is positive, not {rate}", hint="such as --rate 0.1")
    return value, str(rate)


def _written(value: Value) -> str:
    from tutor.numbers.printed import decimal

    return (decimal(value) if isinstance(value, Fraction) else None) or str(value)


def _numbers(
    main: Derivation, derivations: Sequence[Derivation], values: Mapping[str, Value] | None,
    parameters: Sequence[str], rate: Value, updates: int,
) -> tuple[dict[str, Value] | None, Descent | None]:  # fmt: skip
    """The numbers of every derivation, and the updates; all parameters are trained, also those that are not shown."""
    if values is None:
        return None, None
    trace: dict[str, Value] = {}
    for derivation in (main, *derivations):
        trace.update(evaluate(derivation, values).values)
    if not updates or rate is None:
        return trace, None
    trained = [quantity.name for quantity in main.graph.parameters] or list(parameters)
    return trace, descend(main, values, trained, rate, updates)


def _samples(exercise: Exercise, values: Mapping[str, Value] | None) -> SampleTable | None:
    """The samples with their losses and gradients, where the exercise has some."""
    if exercise.samples is None or values is None:
        return None
    return sample_numbers(make_task(exercise, values, method="gd", rate=1))


def _rewrites(derivation: Derivation, wanted: Sequence[str]) -> tuple[Rewrite, ...]:
    """The named rewrites that the gradients shown are made of, and the single unit that a linear network is."""
    if len(derivation.graph.steps) > MAX_REWRITTEN:
        return ()
    return (*belonging(found(derivation), derivation, wanted), *collapsed(derivation))


def _simplified(
    derivations: Sequence[Derivation], rewrites: Sequence[tuple[Rewrite, ...]], values: Mapping[str, Value] | None,
    proofs: Sequence[Proof],
) -> str:  # fmt: skip
    """The proof of the rewrites, in words; nothing where there are none."""
    said = [
        replace(checked, symbolic=checked.symbolic and proof.symbolic > 0)
        for derivation, some, proof in zip(derivations, rewrites, proofs, strict=True)
        if some and (checked := prove(some, derivation, values))
    ]
    return said[0].merged(said[1:]).sentence() if said else ""


def _proved(
    derivation: Derivation, values: Mapping[str, Value] | None, trace: Mapping[str, Value] | None, names: Sequence[str],
    rewrites: Sequence[Rewrite], ask: Ask | None,
) -> Proof:  # fmt: skip
    """Prove every gradient that is shown: those asked for and, in a graph that is drawn, all of them."""
    graph = derivation.graph
    shown = list(names)
    if len(graph.names) <= SHOWN_NODES:
        shown += [name for name in graph.names if name not in shown]
    proof = verify(derivation, values, shown, symbolic=names, besides=scores(rewrites), ask=ask)
    point = trace if trace is not None else next(iter(random_points(graph, 1)), None)
    if point is not None and proof.unproved == "" and len(graph.names) <= SHOWN_NODES:
        full = (
            point if trace is not None else evaluate(derivation, {q.name: point[q.name] for q in graph.leaves}).values
        )
        check_locals(derivation, full, graph.names)
    return proof


def _relevant(verdicts: Sequence[Verdict], wrt: Sequence[str], loss: str) -> list[Verdict]:
    """The verdicts to show: all, or those about the quantities chosen."""
    if not wrt:
        return list(verdicts)
    chosen = {text for name in wrt for text in (derivative_key(loss, name), f"{name} after 1")}
    return [verdict for verdict in verdicts if verdict.claim in chosen and verdict.printed[:1] in "-−.0123456789"]
