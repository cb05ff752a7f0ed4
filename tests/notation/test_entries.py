"""Symbols of arrays and of their entries, for each course."""

import pytest

from tutor.graph.layered import from_network_layers
from tutor.graph.network import Network, quantities
from tutor.notation.profile import Notation, affine, notation, profile_names
from tutor.notation.symbol import Symbol

J, V = Symbol("j", "j"), Symbol("v", "v")
NETWORK = Network((2, 3, 2), ("sigmoid", "sigmoid"))
ENTRIES = {  # course: what it writes for W, and the entries jv of W1 and j of z1
    "cmu": ("\\mathbf{W}^{(1)}", "w_{jv}^{(1)}", "a_{j}^{(1)}", "x_{v}", "\\frac{\\partial \\mathcal{L}}{\\partial a_{j}^{(1)}}"),
    "dl": ("\\mathbf{W}_{0}", "w_{0,j,v}", "s_{0,j}", "x_{v}", "\\frac{\\partial L}{\\partial s_{0,j}}"),
    "graz": ("\\mathbf{W}^{1}", "w_{j,v}^{1}", "a_{j}^{1}", "x_{v}", "\\frac{\\partial \\ell}{\\partial a_{j}^{1}}"),
    "neuron": ("\\mathbf{W}^{(1)}", "W_{jv}^{(1)}", "z_{j}^{(1)}", "x_{v}", "\\frac{\\partial L}{\\partial z_{j}^{(1)}}"),
    "plain": ("W^{(1)}", "W_{jv}^{(1)}", "z_{j}^{(1)}", "x_{v}", "\\frac{\\partial L}{\\partial z_{j}^{(1)}}"),
    "qmul": ("\\mathbf{w}^{1}", "w_{jv}^{1}", "z_{j}^{1}", "x_{v}^{0}", "\\delta_{j}^{1}"),
}  # fmt: skip


def profile(course):
    layered = from_network_layers(NETWORK, affine(course))
    return notation(course, quantities(layered.graph), loss="L")


@pytest.mark.parametrize("course", ENTRIES)
def test_entries_of_a_networks_arrays(course):
    own = profile(course)
    found = (own.symbol("W1").latex, own.entry("W1", [J, V]).latex, own.entry("z1", [J]).latex, own.entry("x", [V]).latex,
             own.entry("dL/dz1", [J]).latex)  # fmt: skip
    assert found == ENTRIES[course]


def test_every_course_has_a_row():
    assert set(ENTRIES) == set(profile_names())
    assert {course for course in ENTRIES if affine(course) == "transposed"} == {"qmul", "graz"}


@pytest.mark.parametrize("course", ENTRIES)
def test_all_arrays_have_symbols_of_their_own(course):
    own = profile(course)
    names = [quantity.name for quantity in quantities(from_network_layers(NETWORK, affine(course)).graph)]
    symbols = [own.symbol(name).latex for name in names]
    assert len(set(symbols)) == len(symbols)
    entries = [own.entry(name, [J, V] if name[0] == "W" else [J]).latex for name in names if name != "L"]
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize(("name", "index", "text"), [
    ("W", [J, V], "Wⱼᵥ"), ("x", [Symbol("2", "2")], "x₂"), ("dL/dW", [J, V], "∂L/∂Wⱼᵥ"), ("x", [Symbol("2j-1", "2j-1")], "x₂ⱼ₋₁"),
])  # fmt: skip
def test_entries_of_other_arrays(name, index, text):
    assert Notation().entry(name, index).text == text
