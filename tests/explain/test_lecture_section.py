"""Every figure of every lecture agrees or is declared."""

import json

import pytest

from tutor import solve


def test_every_figure_of_every_lecture_agrees_or_is_declared(tutor):
    code, out, _ = tutor("check", "--json")
    wrong = [
        claim for claim in json.loads(out)["claims"] if claim["agreement"] == "differs" and claim["erratum"] is None
    ]
    assert (wrong, code) == ([], 0)


@pytest.mark.parametrize(
    ("target", "shown", "hidden"),
    [
        (
            "neuron/rmsprop",
            ("None of the 2 printed figures and formulas agrees.", r"\rho\,v + (1 - \rho)g^{2}"),
            ("agree ()", "lambda*v", "mathrm{E}"),
        ),
        (
            "neuron/adam",
            (r"the update of $\hat{m}$", r"\frac{m}{1 - \beta_{1}^{t}}", r"\ensuremath{\varepsilon} stands"),
            ("mhat", "beta1", "mathrm{E}"),
        ),
        (
            "cmu/three-layer-chain",
            (r"\frac{\partial \mathcal{L}}{\partial f_{3}}\,\frac{\partial f_{3}}{\partial a_{3}}",),
            ("dL/df", "mathit{dL}"),
        ),
        ("dl/index-network-hidden", ("What the lecture prints agrees exactly.",), ("1 of 1",)),
        ("qmul/convolution-or-correlation", (". y(t ",), (". Y(t ",)),
        ("qmul/two-linear-layers", ("figures and formulas agree (",), ("agree exactly",)),
    ],
)
def test_a_lecture_is_told_in_mathematics_and_sentences(target, shown, hidden):
    told = "\n".join(line for line in solve(target).to("latex").splitlines() if r"\textbf{Lecture}" in line or r"\textbf{Erratum}" in line)
    assert [part for part in shown if part not in told] == []
    assert [part for part in hidden if part in told] == []
