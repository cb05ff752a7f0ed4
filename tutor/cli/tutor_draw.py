"""``tutor draw --as network``: layers as columns of neurons, weights on the edges."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import GraphError


def network_drawing(
    target: str, at: Mapping[str, str], notation_name: str | None, suffix: str, *, values: bool, words: str | None = None
) -> str:
    """The drawing in a language as SVG or as LaTeX; with ``values`` the numbers of a run instead of the weights' symbols.

    Raises `GraphError` for a target that is no network.
    """
    from tutor.explain.network_drawing import diagram, list_drawn_quantities
    from tutor.explain.words.languages import require_wording
    from tutor.graph.network import quantities
    from tutor.notation.profile import notation
    from tutor.render.picture.network_svg import network_svg
    from tutor.render.picture.network_tikz import network_standalone
    from tutor.results.solution import solve
    from tutor.solving.target import target_exercise

    exercise = target_exercise(target)
    said, graph = require_wording(words, exercise.language), exercise.graph
    source = exercise.network or graph
    assert source is not None
    trace = None
    if values or at:
        if graph is None:
            raise GraphError(f"{exercise.id} only counts, it has no values to draw", hint="leave out --values and --at")
        trace = solve(exercise, at=at, steps=0, notation_name=notation_name, form="scalar").trace
        if trace is None:
            raise GraphError(f"{exercise.id} has no values to draw", hint=f"give them: --at {graph.leaves[0].name}=1 …")
    name = notation_name or exercise.notation
    found = list(quantities(graph)) if graph else list_drawn_quantities(exercise.network) if exercise.network else []
    profile = notation(name, found, exercise.symbols if name == exercise.notation else {}, loss=graph.loss if graph else "")
    drawing = diagram(source, trace, said.drawn)
    return network_svg(drawing, profile) if suffix == ".svg" else network_standalone(drawing, profile)
