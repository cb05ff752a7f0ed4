"""What values are called: weights in a dictionary are quantities, what a pass begins a list with are numbers."""

from small_programs import TORCH, read_formulas

from tutor.program.read_program import read_program


def test_weights_that_a_file_begins_with_zeros_are_quantities():
    program = "import numpy as np\nparams = {'W': np.zeros((2, 3)), 'b': np.zeros(2)}\n"
    program += "def f(x):\n    return params['W'] @ x + params['b']\n"
    shapes = read_program(program, "f.py", "f", {"x": (3,)}).layered.shapes
    assert (shapes["W"], shapes["b"]) == ((2, 3), (2,))


def test_weights_of_an_object_that_begin_with_zeros_are_quantities():
    program = TORCH + "class f:\n    def __init__(self):\n        self.b = [torch.zeros(2)]\n"
    program += "    def forward(self, x):\n        return x + self.b[0]\n"
    assert read_program(program, "f.py", "f", {"x": (2,)}).layered.shapes["b_0"] == (2,)


def test_what_a_pass_begins_with_stays_what_it_is():
    assert read_formulas("def f(x):\n    hs = {0: np.ones(2)}\n    return hs[0] * x + x\n", x=(2,)) == ["out = x + x"]


def test_entries_of_a_dictionary_have_its_name_and_their_place():
    assert read_formulas("def f(x):\n    z = {}\n    for t in (1, 2):\n        z[t] = x * t\n    return z[1] * z[2]\n", x=(2,)) == [
        "z_1 = x*1", "z_2 = x*2", "out = hadamard(z_1, z_2)",
    ]  # fmt: skip
