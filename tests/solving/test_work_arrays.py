"""Solutions in layer form: every gradient equals the scalar solution's entry by entry, and what may be asked for."""

from fractions import Fraction
from functools import cache

import pytest
from chosen_exercises import chosen_ids, load_once

import tutor
from tutor.errors import GraphError, TutorError, ValueProblem
from tutor.exercise.load import from_text
from tutor.explain.worked_page import proof_sentences
from tutor.numbers.arithmetic import as_real
from tutor.solving.worked import list_after_first

EXACT = Fraction(1, 10**45)
LETTERS = 'title = "t"\nsteps = ["z = W x", "L = sum(z^2)"]\n[shapes]\nW = ["m", "n"]\nx = ["n"]\n'
COUNTED = 'title = "t"\nsteps = ["z = W x", "L = sum(z^2)"]\nparameters = ["W"]\n[shapes]\nW = [2, 2]\nx = [2]\n'
NUMBERS = "[values]\nW = [[1, 2], [3, 4]]\nx = [1, -1]\n[train]\nrate = 0.25\nsteps = 1\n"


def layered_ids():
    exercises = [load_once(ident) for ident in chosen_ids()]
    return [e.id for e in exercises if e.layers is not None or (e.network is not None and e.graph is not None)]


LAYERED = layered_ids()


@cache
def by_layers(ident):
    return tutor.solve(ident, form="layer")


def test_which_exercises_have_a_layer_form():
    assert len(LAYERED) >= 20
    assert {"neuron/two-two-two", "qmul/network-deltas-layers", "qmul/laplacian", "dl/bce-rows"} <= set(LAYERED)


@pytest.mark.parametrize("ident", LAYERED)
def test_all_gradients_equal_those_neuron_by_neuron(ident):
    solution = by_layers(ident)
    if solution.trace is None:
        assert solution.worked.proofs.forms.entries > 0
        assert solution.worked.proofs.forms.points == 2
        with pytest.raises(ValueProblem, match="without values has no numbers"):
            solution.gradient(solution.wanted[0][0])
        return
    names = solution.layered.entries
    scalar = tutor.solve(ident, form="scalar", wrt=[single for name in solution.wanted[0] for single in names[name].items])
    compared = 0
    for name in solution.wanted[0]:
        array = solution.gradient(name)
        for single, value in zip(names[name].items, array.items, strict=True):
            other = scalar.gradient(single)
            scale = max(abs(as_real(value)), abs(as_real(other)), 1)
            assert abs(as_real(value) - as_real(other)) <= as_real(EXACT) * scale, single
            compared += 1
    assert compared > 0


@pytest.mark.parametrize("ident", LAYERED)
def test_a_solution_in_layer_form_is_proved(ident):
    solution = by_layers(ident)
    assert proof_sentences(solution.worked.proofs)[0].startswith("The layer form and the form entry by entry agree in all")
    assert (not solution.worked.proofs.gradients) is bool(solution.layered.symbolic)
    assert all(verdict.ok for verdict in solution.verdicts)


@pytest.mark.parametrize("ident", LAYERED)
def test_an_exercise_with_shapes_is_solved_in_layer_form_by_itself(ident):
    assert (tutor.solve(ident).layered is not None) is (load_once(ident).layers is not None)


def test_one_array_is_chosen_by_its_name_or_by_an_entry():
    for name in ("W2", "w5", "w8"):
        solution = tutor.solve("neuron/two-two-two", form="layer", wrt=[name])
        assert solution.wanted == (("W2",),)
    assert tutor.solve("neuron/two-two-two", form="layer", wrt=["w5", "b1", "W2"]).wanted == (("W2", "b1"),)


def test_a_gradient_by_its_name():
    solution = by_layers("neuron/two-two-two")
    assert solution.gradient("W2").shape == (2, 2)
    assert float(as_real(solution.gradient("W2").items[0])) == pytest.approx(0.08216704, abs=1e-8)
    with pytest.raises(ValueProblem, match="no gradient with respect to W9"):
        solution.gradient("W9")


def test_one_update_of_whole_matrices():
    solution = tutor.solve(from_text(COUNTED + NUMBERS, "mine"))
    # z = (-1, -1), dL/dz = (-2, -2), dL/dW = ((-2, 2), (-2, 2))
    assert solution.gradient("W").items == (-2, 2, -2, 2)
    assert list_after_first(solution.worked.training)["W"].items == (Fraction(3, 2), Fraction(3, 2), Fraction(7, 2), Fraction(7, 2))
    assert set(list_after_first(solution.worked.training)) == {"W"}
    assert tutor.solve(from_text(COUNTED + NUMBERS, "mine"), steps=0).worked.training is None
    assert tutor.solve(from_text(COUNTED + NUMBERS, "mine"), steps=1, rate="1").parameter("W").items == (3, 0, 5, 2)


def test_other_values():
    solution = tutor.solve(from_text(COUNTED + NUMBERS, "mine"), at={"x_1": 0, "x_2": "1/2"})
    assert solution.gradient("W").items == (0, 1, 0, 2)


def test_letters_for_sizes_are_proved_with_numbers():
    solution = tutor.solve(from_text(LETTERS, "mine"))
    assert solution.trace is None
    assert sorted(solution.worked.proofs.forms.sizes.values()) == [3, 4]
    assert "with " in proof_sentences(solution.worked.proofs)[0]


@pytest.mark.parametrize("course", ["dl", "qmul", "graz", "neuron", "cmu", "plain"])
def test_the_weights_lie_as_the_course_writes_them(course):
    solution = tutor.solve("neuron/two-two-two", form="layer", notation_name=course)
    names = solution.layered.entries["W1"].items
    assert names == (("w1", "w3", "w2", "w4") if course in ("qmul", "graz") else ("w1", "w2", "w3", "w4"))


ERRORS = [
    (("dl/add-multiply",), {"form": "layer"}, "written neuron by neuron, it has no layer form"),
    (("x*y",), {"form": "layer"}, "no layer form"),
    (("neuron/two-two-two",), {"form": "layer", "chain": "full"}, "--chain says how gradients are written neuron by neuron"),
    (("neuron/two-two-two",), {"form": "layer", "steps": -1}, "-1 updates"),
    (("neuron/two-two-two",), {"form": "layer", "wrt": ["w55"]}, "there is no quantity w55"),
    (("qmul/network-deltas",), {"form": "layer", "steps": 1, "rate": 1}, "updates need numbers"),
    (("qmul/softmax-layer",), {"steps": 1}, "no step size"),
    (("neuron/two-two-two",), {"form": "layer", "rate": -1}, "a step size is positive"),
    (("neuron/two-two-two",), {"form": "layer", "at": {"q": 1}}, "there is no quantity q"),
    (("neuron/two-two-two",), {"form": "layer", "notation_name": "nuron"}, "there is no notation nuron"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "settings", "said"), ERRORS, ids=[row[2] for row in ERRORS])
def test_what_cannot_be_done_is_said(arguments, settings, said):
    with pytest.raises(TutorError) as caught:
        tutor.solve(*arguments, **settings)
    assert said in str(caught.value)


def test_the_hint_names_arrays():
    with pytest.raises(GraphError) as caught:
        tutor.solve("neuron/two-two-two", form="layer", wrt=["V1"])
    assert caught.value.where == "--wrt"
    assert "W1" in caught.value.hint
