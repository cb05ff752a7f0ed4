"""The table of losses: which a network may have, and figures that are known."""

import pytest

from tutor.expression.parse import parse
from tutor.graph.network import LOSSES, Network, from_network
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS
from tutor.rules.loss_rows import LOSS_ROWS

KNOWN = {  # what is typed: its value, by PyTorch 2.13 in double precision
    "smooth_l1(3, 1, 1)": 1.5, "smooth_l1(1.5, 1, 1)": 0.125, "log_cosh(2, 1)": 0.4337808304830271, "quantile(1, 3, 0.9)": 1.8,
    "quantile(3, 1, 0.9)": 0.2, "poisson_nll(2, 3)": -0.07944154167983575, "log_poisson_nll(0.5, 3)": 0.14872127070012819,
    "gaussian_nll(1, 3, 2)": 1.3465735902799727, "kl_divergence(0.5, 0.25)": -0.17328679513998632,
    "kl_gaussians(0, 1, 1, 2)": 0.4431471805599453, "kl_standard_normal(1, 0)": 0.5, "focal(0.9, 1, 2)": 0.0010536051565782627,
    "triplet(0.5, 1.2, 1)": 0.3, "multi_hinge(2, 2.5, 1)": 0.5,
}  # fmt: skip


@pytest.mark.parametrize("text", KNOWN)
def test_known_values(text):
    assert float(as_real(compute(parse(text, functions=FUNCTIONS), {}))) == pytest.approx(KNOWN[text], rel=1e-12)


def test_every_row_is_a_loss():
    assert {row.role for row in LOSS_ROWS} == {"loss"}
    assert {"smooth l1", "log-cosh", "quantile", "poisson", "kl divergence", "focal"} <= set(LOSSES)


def test_a_network_has_them():
    graph = from_network(Network((2, 2, 1), ("gelu", "identity"), loss="quantile(0.9)"))
    assert [step.rule for step in graph.steps if step.target.startswith(("a1", "L"))] == ["gelu", "gelu", "quantile"]
