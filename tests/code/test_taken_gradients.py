"""What a backward pass is given and changes for itself is no gradient that it gives; chances along a chain are none at all."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.errors import TutorError
from tutor.program.source import read_source

CONV = '''
import numpy as np
class Conv:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.random.randn(out_channels, in_channels, kernel_size)
        self.dW = np.zeros(self.W.shape)

    def forward(self, A):
        """
        Argument:
            A (np.array): (batch_size, in_channels, input_size)
        """
        self.A = A
        count = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((A.shape[0], self.W.shape[0], count))
        for i in range(count):
            Z[:, :, i] = np.tensordot(A[:, :, i : i + self.kernel_size], self.W, axes=((1, 2), (1, 2)))
        return Z

    def backward(self, dLdZ):
        count = dLdZ.shape[2]
        for i in range(self.kernel_size):
            self.dW[:, :, i] = np.tensordot(dLdZ, self.A[:, :, i : i + count], axes=((0, 2), (0, 2)))
        dLdA = np.zeros(self.A.shape)
        dLdZ = np.pad(dLdZ, ((0, 0), (0, 0), (self.kernel_size - 1, self.kernel_size - 1)), mode="constant")
        W = np.flip(self.W, axis=2)
        for i in range(self.A.shape[2]):
            dLdA[:, :, i] = np.tensordot(dLdZ[:, :, i : i + self.kernel_size], W, axes=((1, 2), (0, 2)))
        return dLdA
'''
CHAIN = """
import numpy as np
class Chain:
    def forward_prob(self, p):
        a = np.zeros(p.shape)
        a[0] = p[0]
        for t in range(1, len(p)):
            a[t] = a[t - 1] * p[t]
        return a
    def backward_prob(self, p):
        b = np.zeros(p.shape)
        b[-1] = 1
        for t in range(len(p) - 2, -1, -1):
            b[t] = b[t + 1] * p[t + 1]
        return b
"""


def judge(text):
    """The verdicts on a program."""
    return [one.verdict for one in judge_code(read_source(text, "f.py"))]


def test_what_is_padded_is_no_gradient_that_is_given():
    assert judge(CONV) == ["right"]


SLIPS = (("np.flip(self.W, axis=2)", "self.W"), ("(self.kernel_size - 1, self.kernel_size - 1)", "(0, 2 * self.kernel_size - 2)"))


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_a_slip_behind_it_is_found(right, wrong):
    assert judge(CONV.replace(right, wrong)) == ["wrong"]


def test_chances_of_a_chain_are_no_backward_pass():
    with pytest.raises(TutorError, match="no backward pass"):
        judge(CHAIN)


DRAWN = """
import numpy as np

def draw(K):
    return [int(np.random.randint(0, 3)) for k in range(K)]

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def costAndGradient(vec, U, K=4):
    places = draw(K)
    s = sigmoid(U[places] @ vec)
    cost = -np.sum(np.log(1 - s))
    dvec = U[places].T @ s
    return cost, dvec

def costAndGradientNaive(vec, U, K=4):
    cost, dvec = 0.0, np.zeros(vec.shape)
    for k in draw(K):
        s = sigmoid(U[k] @ vec)
        cost += -np.log(1 - s)
        dvec += s * U[k]
    return cost, dvec
"""


def test_a_cost_with_its_gradient_is_no_forward_pass_of_another():
    """Each draws samples of its own."""
    assert judge(DRAWN) == ["right", "right"]
    assert judge(DRAWN.replace("dvec += s * U[k]", "dvec -= s * U[k]")) == ["right", "wrong"]


WORDS = """
import numpy as np

class Net:
    def __init__(self, words, width):
        self.W = np.random.randn(words, width)
        self.layers = [Rows(self.W), Square()]
    def forward(self, xs):
        for layer in self.layers:
            xs = layer.forward(xs)
        return np.sum(xs)
    def backward(self, dout=1):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        self.dW = self.layers[0].dW
        return dout

class Rows:
    def __init__(self, W):
        self.W = W
    def forward(self, places):
        self.places = places
        return self.W[places]
    def backward(self, dout):
        self.dW = np.zeros(self.W.shape)
        np.add.at(self.dW, self.places, dout)
        return None

class Square:
    def forward(self, x):
        self.x = x
        return x ** 2
    def backward(self, dout):
        return 2 * self.x * dout
"""


def test_places_of_words_have_no_gradient():
    assert next(one for one in judge_code(read_source(WORDS, "f.py")) if one.name == "Net.backward").verdict == "right"
