"""Everything that is shown is proved."""

import tutor


def test_everything_shown_is_proved():
    solution = tutor.solve("neuron/two-two-two")
    assert all(proof.numeric >= 10 for proof in solution.worked.proofs.gradients)
    assert tutor.solve("sigmoid(x*y)").worked.proofs.gradients[0].points == 2
