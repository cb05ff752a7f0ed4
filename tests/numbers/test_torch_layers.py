"""Layers, activations and losses against PyTorch's autograd, to 1e-10 in double precision: the table always, live where it is installed."""

from fractions import Fraction

import pytest
from independent_layers import ALONG_AXES
from some_now import some_now
from torch_live import need_torch, reference

from tutor.derive.backward import derive
from tutor.expression.lexicon import ALIASES
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.numbers.arithmetic import as_real
from tutor.numbers.form_agreement import agree
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import SHAPING, WRITABLE

torch_layers, TABLE = reference("layers")
CASES = torch_layers.CASES


def ours(case):
    """Our value and gradients of a case, with its exact inputs."""
    formula, shapes, _ = CASES[case]
    given = {
        name: Array(tuple(shapes.get(name, ())), tuple(map(Fraction, values)))
        for name, values in torch_layers.leaves(case).items()
    }
    *steps, loss = formula.split("; ")
    found = evaluate_layers(derive(from_layers([*steps, f"L = {loss}"], shapes).graph), given)
    return {"L": found["L"].items, **{name: found[f"dL/d{name}"].items for name in given}}


def agrees(found, table):
    assert set(found) == set(table)
    for name, values in table.items():
        for place, (mine, theirs) in enumerate(zip(found[name], values, strict=True)):
            assert abs(float(as_real(mine)) - theirs) <= 1e-10 * max(1, abs(theirs)), (name, place)


@pytest.mark.parametrize("case", some_now(CASES, 2))
def test_values_and_gradients_agree_with_pytorch(case):
    agrees(ours(case), TABLE["cases"][case])


@pytest.mark.parametrize("case", some_now(CASES, 2, 1))
def test_the_table_is_pytorchs(case):
    """Live, where PyTorch is installed."""
    need_torch()
    found = torch_layers.torch_table(case)
    assert found == {name: pytest.approx(values, abs=1e-12) for name, values in TABLE["cases"][case].items()}
    agrees(ours(case), found)


def test_the_table_is_complete():
    """Every operation that may be written, every function of one number or more; a case for each and no other."""
    assert set(TABLE["cases"]) == set(CASES)
    assert TABLE["torch"].startswith("2.")
    formulas = " ".join(formula for formula, _, _ in CASES.values())
    for alias, name in [(alias, name) for alias, name in ALIASES.items() if alias[-1] == "d"]:  # conv2d
        formulas = formulas.replace(f" {alias}(", f" {name}(")
    formulas = formulas.replace(" E[[[", " embed_batch(").replace(" E[[", " embed(").replace(")[arange(", " pick_each(")
    besides = {"matmul", "hadamard", "transpose", "unflatten", "one_hot"}  # signs, pullbacks, data
    beside_numpy = {*ALONG_AXES, *SHAPING, "part", "norm", "var", "std"}  # see tests/graph/test_broadcasting.py
    assert {name for name in WRITABLE if f"{name}(" not in formulas} - beside_numpy == besides
    derivatives = {"max_share", "min_share"}  # of max and min, which have cases
    assert {name for name in FUNCTIONS if f"{name}(" not in formulas} <= {"pi", "cross_entropy", *derivatives}


def test_a_figure_that_is_off_by_a_billionth_is_caught():
    case = "softmax"
    table = {name: list(values) for name, values in TABLE["cases"][case].items()}
    table["x"][2] += 1e-9
    with pytest.raises(AssertionError):
        agrees(ours(case), table)


def test_ties_are_as_in_the_scalar_form():
    """Of two equal entries each gets a half (PyTorch's max-pooling takes the first, see test_torch_kinks)."""
    layered = from_layers(["L = sum(max_pool(x, 2))"], {"x": (2,)})
    values = {"x_1": Fraction(1), "x_2": Fraction(1)}
    assert evaluate_layers(derive(layered.graph), as_arrays(layered, values))["dL/dx"].items == (Fraction(1, 2), Fraction(1, 2))
    assert agree(layered, None, values).error == 0


@pytest.mark.parametrize(("func", "slope"), [("relu", 0), ("abs", 0), ("softplus", Fraction(1, 2))])
def test_kinks_are_as_in_pytorch(func, slope):
    layered = from_layers([f"L = sum({func}(x))"], {"x": (1,)})
    assert evaluate_layers(derive(layered.graph), {"x": Array((1,), (Fraction(0),))})["dL/dx"].items == (slope,)
