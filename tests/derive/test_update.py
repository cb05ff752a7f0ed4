"""One update as steps: names that clash with nothing, values of before and after kept apart."""

import pytest

from tutor.derive.update import naming, update
from tutor.expression.plain import write_plain
from tutor.rules.optimisers import OPTIMISERS, optimiser

STEPS = {
    "gd": ["w@1 = w - eta*dL/dw"],
    "nesterov": ["v_w@1 = mu*v_w + dL/dw", "w@1 = w - eta*(dL/dw + mu*v_w@1)"],
    "newton": ["w@1 = w - eta*d_w"],
    "adagrad": ["G_w@1 = G_w + (dL/dw)^2", "w@1 = w - eta*dL/dw/(sqrt(G_w@1) + eps)"],
    "rmsprop-slide": ["G_w@1 = eta*G_w + (1 - eta)*(dL/dw)^2", "w@1 = w - eta/sqrt(G_w@1 + eps)*dL/dw"],
}


@pytest.mark.parametrize("name", STEPS)
def test_the_steps_of_an_update(name):
    row = optimiser(name)
    made = update(row, "w", "L", naming(row, ["w", "L"], "eta"))
    assert [f"{step.target} = {write_plain(step.expr)}" for step in made.steps] == STEPS[name]


@pytest.mark.parametrize("row", OPTIMISERS, ids=lambda row: row.name)
def test_no_name_is_that_of_a_quantity(row):
    """A computation that uses every word of the table: t, beta1, m_w, d_w, eta …"""
    words = [
        "t",
        "eta",
        "beta1",
        "beta2",
        "mu",
        "rho",
        "eps",
        *(f"{word}_w" for word in (*row.targets, *row.states, "d")),
    ]
    names = naming(row, ["w", *words], "eta")
    made = update(row, "w", "L", names)
    used = {names.rate, names.t, *names.settings.values(), *made.states, names.name_own("d", "w")}
    used |= {step.target.removesuffix("@1") for step in made.steps} - {"w"}
    assert used & set(words) == set()
    assert len(used) >= 3


