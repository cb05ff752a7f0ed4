"""What a source prints besides what is asked, on a page in layer form: derivatives of other quantities than the loss.

One between single entries, ∂s₁/∂x₂ of a softmax, is worked out along its paths, as on a page neuron by neuron; one of a number with
respect to an array, ∂ŷ/∂x, is a backward pass of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tutor.derive.backward import derive
from tutor.explain.document import Block, Equation, Equations, Paragraph
from tutor.explain.layer_page import ArraySections, say_reason
from tutor.explain.solution_page import NumberSections
from tutor.expression.nodes import Partial
from tutor.graph.entries import Array
from tutor.graph.nouns import Graph, Step
from tutor.numbers.arithmetic import Value
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.solving.work_arrays import list_needed


def add_printed(page: ArraySections, missing: Sequence[Partial]) -> set[Partial]:
    """Work out on a page what it has not and its source prints; gives back what was worked out."""
    whole, single = _list_whole(page, missing), _list_single(page, missing)
    start = len(page.blocks)
    page.blocks += write_whole(page, whole)
    made = set(whole)
    if single and page.exercise.graph is not None:
        inner = _open_single(page, page.exercise.graph)
        inner.add_printed(single)
        page.blocks += inner.blocks if not made else inner.blocks[1:]  # what they are is said once
        made |= inner.worked_out
    if whole:
        pages = page.words.pages
        page.blocks.insert(start, Paragraph((pages.PRINTED_TOO.format(source=pages.THE_SOURCE[page.exercise.source_kind]),)))
    return made


def write_whole(page: ArraySections, wanted: Iterable[Partial]) -> list[Block]:
    """The rows of derivatives of numbers with respect to whole arrays, those of one number together, with what they need."""
    layered, known = page.layered, page.numbers
    rows: list[Equation] = []
    steps: list[Step] = []
    names: dict[str, list[str]] = {}
    for one in wanted:
        names.setdefault(one.of, []).append(one.wrt)
    for of, some in names.items():
        derivation = derive(replace(layered.graph, loss=of))
        inner = replace(layered, graph=derivation.graph)
        needed = list_needed(derivation, some) - {of}
        if known is not None and page.request.values is not None:
            page.numbers = {**known, **evaluate_layers(derivation, as_arrays(layered, page.request.values))}
        shown = [step for step in derivation.backward if step.wrt in needed and step.target not in page.counted]
        rows += [row for step in shown for row in page.step(step, page.write_left(step), say_reason(step, inner, page.words))]
        steps += shown
        page.numbers = known
    return [Equations(tuple(rows)), *page.explain_symbols(steps, rows)] if rows else []


def _list_whole(page: ArraySections, missing: Sequence[Partial]) -> list[Partial]:
    """What is a derivative of a number with respect to a quantity of the page; between numbers that have a graph of their own, none."""
    shapes, single = page.shapes, set(_list_single(page, missing))
    return [one for one in missing if shapes.get(one.of) == () and one.wrt in shapes and one not in single]


def _list_single(page: ArraySections, missing: Sequence[Partial]) -> list[Partial]:
    """What is a derivative of one entry, or number, with respect to another; none where sizes are letters."""
    graph = page.exercise.graph
    if graph is None or page.layered.symbolic:
        return []
    return [one for one in missing if one.of in graph.names and one.wrt in graph.names]


def _open_single(page: ArraySections, graph: Graph) -> NumberSections:
    """The sections of the same page neuron by neuron, whose steps go on counting."""
    numbers: dict[str, Value] | None = None
    if page.numbers is not None:
        numbers = {}
        for name, names in page.layered.entries.items():
            value = page.numbers.get(name)
            if value is not None:
                numbers.update(zip(names.items, value.items if isinstance(value, Array) else (value,), strict=True))
    alone = replace(page.worked, request=replace(page.request, layered=None), derivations=(derive(graph),), numbers=numbers)
    inner = NumberSections(alone, page.words)
    inner.counted, inner.fractions = page.counted, page.fractions
    return inner
