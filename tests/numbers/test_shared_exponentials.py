"""A masked softmax written out: floats give what arrays give, far beyond where exp overflows."""

import numpy as np
import pytest

from tutor.expression.nodes import Div
from tutor.expression.parse import parse
from tutor.graph.layered import from_layers, write_out
from tutor.numbers.compiled import Gradients, compile_gradients
from tutor.numbers.shared_exponentials import find_shared_exponentials


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (1000.0, 1001.0, 5000.0), (-1000.0, -1001.0, 4.0), (900.0, 0.0, 1.0)])
@pytest.mark.parametrize("mask", [(1, 1, 0), (1, 1, 1), (0, 1, 1)])
def test_a_masked_softmax_does_not_overflow(scores, mask):
    layered = from_layers(["a = masked_softmax(z, M)", "L = sum(a*v)"], {"z": (3,), "M": (3,), "v": (3,)})
    wanted = [f"{name}_{place}" for name in "zv" for place in (1, 2, 3)]
    values, z, m = np.array([*scores, *mask, 1.0, 2.0, 4.0]), np.array(scores), np.array(mask)
    grown = np.where(m == 1, np.exp(z - z[m == 1].max(), where=m == 1, out=np.zeros(3)), 0)
    a = grown / grown.sum()
    v = values[6:]
    expected = [a @ v, *(a * (v - a @ v)), *a]
    many = compile_gradients(layered, wanted).many(values[:, None])[:, 0]
    for made in (Gradients(write_out(layered), wanted).one(values.tolist()), many):
        assert np.allclose(made, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("text", ["x/y", "exp(a)/y", "exp(a)/(1 + exp(a))", "exp(a)^2/(exp(a) + exp(b))", "1/(exp(a) + exp(b))",
                                  "exp(a)/(exp(a)*exp(b) + exp(a))", "exp(exp(a))*x/(x + exp(a))"])  # fmt: skip
def test_what_stays_as_it_is(text):
    expr = parse(text, functions={"exp"})
    assert type(expr) is Div
    assert find_shared_exponentials(expr) is None
