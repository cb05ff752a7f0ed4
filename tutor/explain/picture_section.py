"""The picture on a page neuron by neuron: the graph with every value and gradient, or the network where the graph is too large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.errors import GraphError
from tutor.explain.diagram import Diagram
from tutor.explain.document import Block, Figure, Math, Paragraph, Picture, Sentence
from tutor.explain.graph_picture import picture
from tutor.explain.network_drawing import diagram
from tutor.explain.words.sentence_grammar import split_places
from tutor.expression.nodes import Name

if TYPE_CHECKING:
    from tutor.explain.solution_page import NumberSections

MOST_BOXES, MOST_IN_PARTS = 60, 120
"""Quantities up to which a graph is one picture, and up to which it is drawn at all; on paper a large picture is split into parts."""
MOST_LAYERS = 8
"""Layers of a network that is drawn instead of its graph, inputs and outputs among them."""


def draw_computation(page: NumberSections) -> Block:
    """The picture of what a page is about; of a graph too large for one its network, else words that say how it is drawn."""
    derivation, request = page.worked.derivations[0], page.request
    graph, words = derivation.graph, page.words.pages
    single = len(page.worked.derivations) == 1
    focus = request.wanted[0][1] if request.focused else ()

    def draw(focus: Sequence[str] = ()) -> Picture:
        return picture(
            derivation, page.trace, page.digits, gradients=single, focus=focus, words=page.words.drawn, edges=request.edges,
            fractions=page.fractions,
        )

    count = len(graph.names)
    if focus:
        routes = draw(focus)
        if len(routes.nodes) < count and len(routes.nodes) <= MOST_IN_PARTS:
            return Figure(routes, _name_routes(page, focus, graph.loss))
    network = _find_network(page) if count > MOST_BOXES else None
    if network is not None:
        return Figure(network, (words.NETWORK_DRAWN.format(count=words.grammar.write_count(count)),))
    if count <= MOST_IN_PARTS:
        told = words.GRAPH if page.trace is None else words.GRAPH_GRADIENTS if single else words.GRAPH_VALUES
        return Figure(draw(), (told,))
    return Paragraph((words.NOT_DRAWN.format(count=words.grammar.write_count(count)),))


def _find_network(page: NumberSections) -> Diagram | None:
    """The network that the exercise is, with the values of its neurons, where its layers have room beside one another."""
    graph = page.worked.derivations[0].graph
    parameters = {quantity.name for quantity in graph.leaves if quantity.kind in ("weight", "bias")}
    values = {name: value for name, value in (page.trace or {}).items() if name not in parameters}
    try:
        found = diagram(page.exercise.network or graph, values, page.words.drawn)
    except GraphError:  # its weights have no place in a network
        return None
    return found if len(found.columns) <= MOST_LAYERS else None


def _name_routes(page: NumberSections, focus: Sequence[str], loss: str) -> Sentence:
    """What a picture of chosen quantities shows."""
    words = page.words.pages
    phrase = words.grammar.choose(words.ROUTES, len(focus))
    return tuple(split_places(phrase, {"names": page.list_named(focus), "loss": [Math(Name(loss))]}))
