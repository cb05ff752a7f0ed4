"""Programs run: in pieces, into an array, from several threads, results that no later call touches."""

import math
import threading

import numpy as np
import pytest

from tutor.derive.backward import derive
from tutor.errors import ValueProblem
from tutor.expression.nodes import Name
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network
from tutor.graph.nouns import Step
from tutor.numbers.compiled import compile_gradients, compile_many, compile_steps
from tutor.numbers.runner import One


def random_rows(graph, count, seed=0):
    return np.random.default_rng(seed).normal(size=(len(graph.leaves), count))


def test_many_in_pieces_and_into_an_array():
    graph = from_network(Network((2, 3, 1), ("tanh", "identity")))
    compiled = compile_gradients(graph)
    rows = random_rows(graph, 5001)
    whole = compiled.many(rows)
    small = compile_many(graph.steps + derive(graph).backward, compiled.leaves, ("L", *compiled.wanted))
    small.piece = 700
    out = np.empty_like(whole)
    assert small(rows, out) is out
    assert np.array_equal(out, whole)
    assert np.array_equal(small(rows), whole)
    assert np.array_equal(compiled.many(rows[:, ::2]), whole[:, ::2])
    assert compiled.many(rows[:, :0]).shape == (len(whole), 0)
    assert np.array_equal(compiled.many(rows[:, :1]), whole[:, :1])


def test_wrong_shapes_are_refused():
    compiled = compile_gradients(from_steps(["f = x*y"]))
    for wrong in (np.zeros(2), np.zeros((3, 4)), np.zeros((2, 3, 4))):
        with pytest.raises(ValueProblem, match="for 2 given values"):
            compiled.many(wrong)
    with pytest.raises(ValueProblem, match="contiguous array of 3 times 4"):
        compiled.many(np.zeros((2, 4)), np.zeros((4, 3)))


def test_a_result_is_not_touched_by_the_next_call():
    network = Network((10, 32, 32, 10), ("sigmoid",) * 3)
    graph, compiled = from_network(network), compile_gradients(network)
    first, second = random_rows(graph, 2).T
    found = compiled.array(first)
    kept = found.copy()
    compiled.array(second)
    assert np.array_equal(found, kept)
    many = compiled.many(np.array([first, second]).T.copy())
    kept = many.copy()
    compiled.many(np.array([second, second]).T.copy())
    assert np.array_equal(many, kept)


def test_calls_from_several_threads_do_not_disturb_each_other():
    network = Network((10, 32, 32, 10), ("sigmoid",) * 3)
    graph, compiled = from_network(network), compile_gradients(network)
    rows = random_rows(graph, 4)
    expected = [compiled.many(np.repeat(row[:, None], 200, axis=1)) for row in rows.T]
    wrong = []

    def work(place):
        for _ in range(20):
            found = compiled.many(np.repeat(rows[:, place : place + 1], 200, axis=1))
            if not np.array_equal(found, expected[place]):
                wrong.append(place)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_wanted_values_of_every_kind():
    """Given ones, constants, the same twice, in any order, in every form."""
    steps = [*from_steps(["a = x*y", "b = exp(a) + x", "c = 3/4"]).steps, Step("d", Name("a"), "copy")]
    wanted = ["b", "x", "c", "a", "b", "d", "y", "a"]
    expected = (math.exp(6) + 2, 2.0, 0.75, 6.0, math.exp(6) + 2, 6.0, 3.0, 6.0)
    assert compile_steps(steps, ["x", "y"], wanted)(2.0, 3.0) == pytest.approx(expected)
    found = compile_many(steps, ["x", "y"], wanted)(np.array([[2.0, 1.0], [3.0, 1.0]]))
    assert found[:, 0].tolist() == pytest.approx(expected)
    assert One(compile_many(steps, ["x", "y"], wanted).plan)([2.0, 3.0]) == pytest.approx(expected)
    assert compile_steps([], [], [])() == ()
    assert compile_steps(steps, [], ["c"])() == (0.75,)
