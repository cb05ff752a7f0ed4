"""The compact gradients of the divergence of two normal distributions: in which spellings, proved; and where there are none."""

import re

import pytest

from tutor.derive.backward import derive
from tutor.derive.rewrites.gaussians import DIVERGENCE, find_divergences
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.named import find_named
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.graph.layered import Layered, from_layers
from tutor.numbers import prove_layer_rewrites, prove_rewrites

LOGARITHMS = {"m": "(m - n)/exp(k)", "l": "1/2*(exp(l)/exp(k) - 1)", "n": "(n - m)/exp(k)", "k": "1/2*(1 - (exp(l) + (m - n)^2)/exp(k))"}
DEVIATIONS = {"m": "(m - n)/t^2", "s": "s/t^2 - 1/s", "n": "(n - m)/t^2", "t": "1/t - (s^2 + (m - n)^2)/t^3"}
VARIANCES = {"m": "(m - n)/w", "v": "1/2*(1/w - 1/v)", "n": "(n - m)/w", "w": "1/2*(1/w - (v + (m - n)^2)/w^2)"}
FOUND = [  # steps over arrays, the gradients
    (["L = sum(log(t/s) + (s^2 + (m - n)^2)/(2*t^2) - 1/2)"], DEVIATIONS),
    (["d = m - n", "L = 1/2*sum(k - l + exp(l - k) + d^2*exp(-k) - 1)"], LOGARITHMS),
    (["L = 1/2*sum(log(w) - log(v) + (v + (n - m)^2)/w - 1)"], VARIANCES),
    (["r = v/w", "q = (m - n)^2/w", "L = -1/2*sum(1 + log(r) - r - q)"], VARIANCES),
    (["L = sum(log(t/s) + (s^2 + (m - n)^2)/(2*t^2)) + sum(m^2)"], {name: DEVIATIONS[name] for name in "snt"}),  # m is used besides
    (["L = sum(log(t/s) + (s^2 + (m - n)^2)/t^2)"], {}), (["L = sum(log(t/s) + (s^2 + (m + n)^2)/(2*t^2))"], {}),
    (["L = sum(log(s/t) + (s^2 + (m - n)^2)/(2*t^2))"], {}), (["L = sum(log(t/s) + (s + (m - n)^2)/(2*t^2))"], {}),
    (["L = sum(log(t/s) + (s^2 + (m - n)^2)/(2*t^2))^2"], {}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "gradients"), FOUND, ids=[row[0][-1] for row in FOUND])
def test_it_is_found_in_every_spelling_and_holds(lines, gradients):
    letters = {*re.findall(r"\b[a-z]\b", " ".join(lines))} - {line[0] for line in lines}
    layered = from_layers(lines, dict.fromkeys(sorted(letters), (2,)))
    assert {name: write_plain(expr) for name, expr in find_divergences(layered)} == gradients
    rewrites = [rewrite for rewrite in find_layer_rewrites(layered) if rewrite.rule == DIVERGENCE]
    prove_layer_rewrites.prove(layered, rewrites, None)


def test_of_single_numbers_too():
    graph = from_steps(["a = log(t/s)", "d = m - n", "b = (s^2 + d^2)/(2*t^2)", "L = c*(a + b - 1/2)/N"])
    assert dict(find_divergences(Layered(graph, {}))).keys() == {"m", "s", "n", "t"}
    derivation = derive(graph)
    rewrites = [rewrite for rewrite in find_named(derivation) if rewrite.rule == DIVERGENCE]
    assert write_plain(rewrites[0].expr) == "c/N*((m - n)/t^2)"
    prove_rewrites.prove(rewrites, derivation, None)
