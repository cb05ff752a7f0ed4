"""Gradient descent by the row of the optimiser table, with everything that is computed after each update."""

from types import SimpleNamespace

from tutor.explain.words.wording import ENGLISH
from tutor.numbers.run import run
from tutor.numbers.train import Task, train_exactly
from tutor.rules.optimisers import optimiser


def descend(derivation, values, parameters, rate, steps):
    """``traces[k]`` is the forward pass with the parameters after k updates."""
    made = train_exactly(Task(derivation, values, tuple(parameters), optimiser("gd"), rate, {}), steps)
    graph = derivation.graph
    traces = [run(graph.steps, {**values, **row.values}) for row in made.rows]
    return SimpleNamespace(traces=traces, stopped=ENGLISH.updates.say_stop(made.stopped))
