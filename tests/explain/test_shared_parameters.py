"""Parameters that several steps use are said to be shared, and that their gradients add up."""

import pytest

from tutor import solve
from tutor.derive.backward import derive
from tutor.explain.shared_parameters import list_shared
from tutor.graph.build import from_steps

ROWS = [  # steps, parameters, what is wanted: what is shared
    (["h = w*x", "y = w*h", "L = y^2"], ["w"], ["w", "x"], {("h", "y"): ["w"]}),
    (["h = w*x + b", "y = w*h + b", "L = y^2"], [], ["b", "w"], {("h", "y"): ["w", "b"]}),  # by their names
    (["h = w*x", "y = w*h", "L = y^2"], ["w"], ["x"], {}),
    (["h = w*x*w", "L = h^2"], ["w"], ["w"], {}),  # twice in one step is no other place
    (["h = w*x", "v = w^2", "L = h^2"], ["w"], ["w"], {}),  # what does not lead to the loss
    (["h = a*x", "y = a*h", "L = y^2"], [], ["a"], {}),  # nobody says that it is trained
]


@pytest.mark.parametrize(("steps", "parameters", "wanted", "shared"), ROWS)
def test_a_parameter_that_several_steps_use_is_shared(steps, parameters, wanted, shared):
    assert list_shared(derive(from_steps(steps, parameters=parameters)), wanted) == shared


@pytest.mark.parametrize(("target", "said"), [
    ("published/zhou-two-layers-forward", "w₁, w₂ and b are shared by h₁, h₂ and o₁. What is shared is the same in all of them"),
    ("neuron/two-two-two", "b₁ is shared by in_h1 and in_h2; b₂ is shared by in_o1 and in_o2. What"),
    ("generative/tied-autoencoder", "W is shared by a and z. What"),
    ("dl/relu-regression", ""),
])  # fmt: skip
def test_a_page_says_which_parameters_are_shared(target, said):
    page = " ".join(solve(target).to_text(100).split())
    assert said in page
    assert ("What is shared" in page) == bool(said)
