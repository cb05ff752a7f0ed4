"""Full chains: the lecture's, and too many are counted but not listed."""

import pytest

from tutor.derive.backward import derive
from tutor.derive.chains import count_routes, list_full_chains, sort_factors, stop_chain
from tutor.expression.nodes import Partial
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network


def test_the_full_chain_of_the_lecture():
    derivation = derive(from_network(Network((2, 2, 2), ("sigmoid", "sigmoid"), biases="layer", naming="numbered")))
    (chain,) = list_full_chains(derivation, "w5")
    assert [f"d{f.of}/d{f.wrt} = {write_plain(f.expr)}" for f in chain.factors] == [
        "dL/dout_o1 = out_o1 - target_o1",
        "dout_o1/din_o1 = out_o1*(1 - out_o1)",
        "din_o1/dw5 = out_h1",
    ]
    assert len(list_full_chains(derivation, "w1")) == 2
    assert len(list_full_chains(derivation, "b1")) == 4
    assert list_full_chains(derivation, "L") is None


def test_local_derivatives_stand_in_the_order_of_what_is_drawn_together():
    derivation = derive(from_steps(["a = w*x", "b = w*y", "L1 = a^2", "L2 = b^2", "B = L1 + 1", "L = B + L2"], parameters=["w"]))
    chains = list_full_chains(derivation, "w")
    rows = sort_factors((factor for chain in chains for factor in chain.factors), derivation.graph)
    assert [f"{f.of}/{f.wrt}" for f in rows if f.wrt == "w"] == ["a/w", "b/w"]


@pytest.mark.parametrize(("parameters", "edges"), [(["x"], ["L/x"]), ([], ["L/B", "B/a", "a/x"])])
def test_without_parameters_a_sum_of_a_sum_is_a_step(parameters, edges):
    derivation = derive(from_steps(["a = x^2", "B = a + y", "L = B - z"], parameters=parameters))
    (chain,) = list_full_chains(derivation, "x")
    assert [f"{f.of}/{f.wrt}" for f in chain.factors] == edges


def test_too_many_paths_are_counted_but_not_listed():
    derivation = derive(from_network(Network((3, 5, 5, 5), ("tanh", "tanh", "tanh"))))
    routes = count_routes(derivation)
    assert routes["w1_1_1"] == 25
    assert list_full_chains(derivation, "w1_1_1") is None
    assert routes["L"] == 1


@pytest.mark.parametrize(
    ("wrt", "kept", "formula"),
    [
        ("z", ("dL/dh",), "dL/dh*h*(1 - h)"),
        ("z", ("dL/dp", "dL/dq"), "(dL/dp*u + dL/dq*v)*h*(1 - h)"),
        ("w", ("dL/dp", "dL/dq"), "(dL/dp*u + dL/dq*v)*h*(1 - h)*x"),
        ("w", ("dL/dz",), "dL/dz*x"),
        ("z", ("dL/dw",), None),  # that comes behind it
        ("z", (), None),
    ],
)
def test_a_chain_stops_at_derivatives_that_are_kept(wrt, kept, formula):
    graph = from_steps(["z = w*x", "h = sigmoid(z)", "p = u*h", "q = v*h", "L = (p - a)^2 + (q - b)^2"])
    found = stop_chain(derive(graph), wrt, [Partial(*name.replace("d", "").split("/")) for name in kept])
    assert (found and write_plain(found)) == formula
