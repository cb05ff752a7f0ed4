"""Values that a program ran with: sizes, labels, weights as PyTorch keeps them; what does not fit is said with both shapes."""

import numpy as np
import pytest
from programs_made import GIVEN, LAYERS, SIZES

from tutor.answer.files.number_files import NumberArray
from tutor.errors import ValueProblem
from tutor.marking.given_arrays import find_letters, fit_axes, make_one_hot, make_world, read_given


def test_letters_are_the_sizes_of_what_is_given():
    told = read_given(LAYERS, [NumberArray(name, array) for name, array in GIVEN.items()] + [NumberArray("lr", np.array(0.1))])
    assert find_letters(LAYERS, told.arrays) == SIZES
    assert [one.place for one in told.unused] == ["lr"]
    world = make_world(LAYERS, {}, told.arrays)
    assert world.letters == SIZES
    turned = read_given(LAYERS, [NumberArray("0.weight", GIVEN["W1"].T), NumberArray("2.weight", GIVEN["W2"].T)])
    assert np.array_equal(turned.arrays["W1"], GIVEN["W1"])
    assert fit_axes(np.zeros((1, 6)), ("K",)).shape == (6,)


WRONG = [  # what is put in place, and what is said
    ({"Y": GIVEN["Y"][:3]}, "N is 5 in X and 3 in Y"),
    ({"b1": GIVEN["W1"]}, "b1 has the shape 4×6"),
    ({"W2": None}, "no values for W2"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_what_does_not_fit_is_said(change, said):
    arrays = {name: array for name, array in {**GIVEN, **change}.items() if array is not None}
    with pytest.raises(ValueProblem, match=said):
        make_world(LAYERS, {}, arrays)


def test_labels_become_rows_of_ones_and_zeros():
    assert make_one_hot(np.array([1.0, 0.0]), "K", "y").tolist() == [[0, 1], [1, 0]]
    for labels in ([0.5], [-1.0], [3.0]):
        with pytest.raises(ValueProblem, match="labels"):
            make_one_hot(np.array(labels), 3, "y")
