"""The table of functions: figures that PyTorch's documentation and everybody's calculator give."""

import pytest

from tutor.expression.parse import parse
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run import compute, read_value
from tutor.rules.functions import FUNCTIONS, check_calls

KNOWN = {  # what is typed: its value, by PyTorch 2.13 in double precision
    "gelu(1)": 0.8413447460685429, "gelu(-3)": -0.00404969409489031, "gelu_tanh(1)": 0.8411919906082768, "silu(1)": 0.7310585786300049,
    "mish(1)": 0.8650983882673103, "softsign(-4)": -0.8, "selu(-1)": -1.1113307378125625, "selu(2)": 2.101401974710961,
    "relu6(7)": 6.0, "hard_sigmoid(1)": 2 / 3, "hard_tanh(-2)": -1.0, "log_sigmoid(-40)": -40.0, "logit(0.8)": 1.3862943611198908,
    "erf(0.5)": 0.5204998778130465, "smooth_label(1, 0.1, 4)": 0.925,
}  # fmt: skip


@pytest.mark.parametrize("text", KNOWN)
def test_known_values(text):
    expr = parse(text, functions=FUNCTIONS)
    check_calls(expr)
    assert float(as_real(compute(expr, {}))) == pytest.approx(KNOWN[text], rel=1e-13)


@pytest.mark.parametrize(("text", "slope"), [
    ("gelu'(0)", 0.5), ("gelu'(1)", 1.0833154705876864), ("silu'(1)", 0.9276705118714867), ("mish'(0)", 0.6), ("softsign'(1)", 0.25),
    ("log_sigmoid'(0)", 0.5), ("hard_sigmoid'(0)", 1 / 6), ("erf'(0)", 1.1283791670955126),
])  # fmt: skip
def test_known_slopes(text, slope):
    assert float(as_real(compute(parse(text, functions=FUNCTIONS), {}))) == pytest.approx(slope, rel=1e-13)


def test_the_gate_of_a_silu_is_its_own_slip():
    assert {misuse.tag for misuse in FUNCTIONS["silu"].slips} == {"product-rule-half"}
    assert read_value("1/2") == compute(parse("gelu'(0)", functions=FUNCTIONS), {})
