"""What cannot be trained says why."""

import pytest
from small_runs import perceptron

from tutor.errors import TutorError
from tutor.exercise.read_training import samples

BAD = [  # what is asked, pieces of the message
    ({"method": "adm"}, ["there is no optimiser adm", "did you mean adam"]),
    ({"rate": "0"}, ["positive, not 0"]),
    ({"rate": "-1"}, ["positive, not -1"]),
    ({"method": "adam", "settings": {"beta1": "1"}}, ["beta1 is 1", "0 ≤ beta1 < 1"]),
    ({"method": "adam", "settings": {"beta2": "-0.1"}}, ["beta2", "0 ≤ beta2 < 1"]),
    ({"method": "adam", "settings": {"eps": "0"}}, ["0 < eps"]),
    ({"method": "adam", "settings": {"beta": "0.9"}}, ["adam has no setting beta", "did you mean beta"]),
    ({"method": "gd", "settings": {"mu": "0.9"}}, ["gd has no setting mu", "none besides the step size"]),
    ({"method": "rmsprop-slide", "rate": "1"}, ["below 1"]),
    ({"method": "rmsprop-slide", "rate": "exp(1)"}, ["below 1"]),
    ({"method": "adam", "settings": {"beta1": "exp(1)"}}, ["0 ≤ beta1 < 1"]),
    ({"method": "minibatch"}, ["needs the size of its batches", "--batch 2"]),
    ({"samples": samples(["q"], [["1"]])}, ["column q, but nothing uses it"]),
    ({"samples": samples(["w"], [["1"]])}, ["w is trained"]),
]


@pytest.mark.parametrize(("settings", "pieces"), BAD)
def test_what_cannot_be_trained_says_why(settings, pieces):
    with pytest.raises(TutorError) as error:
        perceptron(**settings)
    assert [piece for piece in pieces if piece not in str(error.value)] == []
