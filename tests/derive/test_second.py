"""Second derivatives: Newton's Hessian against SymPy, and a huge one is refused."""

import pytest

from tutor.derive.backward import derive
from tutor.derive.second import MAX_PARAMETERS, hessian
from tutor.errors import GraphError
from tutor.graph.build import from_steps
from tutor.numbers.run import read_value, run

HESSIANS = [  # steps, values, parameters, the entries of the upper triangle
    (["L = (w*x - y)^2"], {"w": "1", "x": "3", "y": "1"}, ("w",), ["18"]),
    (["L = w^3 + w*v^2"], {"w": "2", "v": "5"}, ("w", "v"), ["12", "10", "4"]),
    (
        ["z = w*x + b", "a = max(0, z)", "L = 1/2*(a - y)^2"],
        {"w": "1", "x": "2", "b": "1", "y": "0"},
        ("w", "b"),
        ["4", "2", "1"],
    ),
    (["L = w + 2*v"], {"w": "1", "v": "1"}, ("w", "v"), ["0", "0", "0"]),
    (["u = w*w", "L = u*u"], {"w": "3"}, ("w",), ["108"]),
]


@pytest.mark.parametrize(("steps", "values", "parameters", "entries"), HESSIANS)
def test_second_derivatives(steps, values, parameters, entries):
    derivation = derive(from_steps(steps, parameters=parameters))
    given = {name: read_value(value) for name, value in values.items()}
    trace = run(hessian(derivation, parameters), run(derivation.backward, run(derivation.graph.steps, given)))
    found = [trace[f"ddL/d{a}/d{b}"] for place, a in enumerate(parameters) for b in parameters[place:]]
    assert [str(value) for value in found] == entries


def test_a_sigmoid_neuron_against_sympy():
    import sympy

    w, b, x, y = sympy.symbols("w b x y")
    loss = (1 / (1 + sympy.exp(-(w * x + b))) - y) ** 2
    derivation = derive(from_steps(["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"], parameters=["w", "b"]))
    at = {"w": "0.3", "b": "-0.7", "x": "1.5", "y": "0.25"}
    given = {name: read_value(value) for name, value in at.items()}
    trace = run(hessian(derivation, ("w", "b")), run(derivation.backward, run(derivation.graph.steps, given)))
    point = {w: sympy.Rational("0.3"), b: sympy.Rational("-0.7"), x: sympy.Rational("1.5"), y: sympy.Rational("0.25")}
    for (p, q), name in {(w, w): "ddL/dw/dw", (w, b): "ddL/dw/db", (b, b): "ddL/db/db"}.items():
        assert float(trace[name]) == pytest.approx(float(sympy.diff(loss, p, q).subs(point).evalf(30)), rel=1e-14)


def test_a_huge_hessian_is_refused():
    names = [f"w{n}" for n in range(MAX_PARAMETERS + 1)]
    derivation = derive(from_steps(["L = " + " + ".join(f"{name}^2" for name in names)], parameters=names))
    with pytest.raises(GraphError, match=f"{MAX_PARAMETERS + 1} parameters"):
        hessian(derivation, tuple(names))
