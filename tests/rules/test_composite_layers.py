"""Layers that are written out, against PyTorch: values and gradients to 1e-10, the table always, live where PyTorch is installed."""

from fractions import Fraction

import pytest
from some_now import some_now
from torch_live import need_torch, reference

from tutor.derive.backward import derive
from tutor.errors import TutorError
from tutor.explain.words.array_rules import ArrayWords
from tutor.explain.words.rules import RuleWords
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.numbers.arithmetic import as_real
from tutor.numbers.form_agreement import agree
from tutor.numbers.run_arrays import evaluate_layers
from tutor.rules.composite_layers import COMPOSITES, KEYWORDS, CompositeLayer, Way

torch_layers, TABLE = reference("composite_layers")
CASES = torch_layers.CASES


def build(case):
    steps, shapes, _ = CASES[case]
    return from_layers(steps.split("; "), shapes)


def agrees(case, table):
    """Our value and gradients are PyTorch's, and the layer form is the form neuron by neuron."""
    layered, shapes = build(case), CASES[case][1]
    given = {name: Array(tuple(shapes[name]), tuple(map(Fraction, values))) for name, values in torch_layers.leaves(case).items()}
    found = evaluate_layers(derive(layered.graph), given)
    assert {name for name in given if name not in torch_layers.MASKS} >= set(table) - {"L"}
    for name, values in table.items():
        items = found[name if name == "L" else f"dL/d{name}"].items
        for place, (mine, theirs) in enumerate(zip(items, values, strict=True)):
            assert abs(float(as_real(mine)) - theirs) <= 1e-10 * max(1, abs(theirs)), (case, name, place)


@pytest.mark.parametrize("case", some_now(CASES, 6))
def test_values_and_gradients_agree_with_pytorch(case):
    agrees(case, TABLE["cases"][case])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_layer_form_is_the_form_neuron_by_neuron(case):
    assert float(agree(build(case), None, None).error) < 1e-12


@pytest.mark.parametrize("case", some_now(CASES, 1))
def test_the_table_is_pytorchs(case):
    need_torch()
    found = torch_layers.torch_table(case)
    assert found == {name: pytest.approx(values, abs=1e-12) for name, values in TABLE["cases"][case].items()}


def test_every_row_has_a_case_and_the_table_every_case():
    assert set(TABLE["cases"]) == set(CASES)
    text = " ".join(steps for steps, _, _ in CASES.values())
    assert {row.name for row in COMPOSITES.values() if not any(f"{name}(" in text for name in (row.name, *row.also))} == set()
    for row in COMPOSITES.values():
        assert row.source
        assert {*row.names, *row.settings} <= KEYWORDS


def test_a_way_whose_last_step_is_no_output_is_refused():
    with pytest.raises(TutorError, match="the last step is the first output"):
        CompositeLayer("half", ("x",), (Way(("x: n",), ("z = x/2",)),))


def test_a_reason_belongs_to_a_step_and_is_said():
    for row in COMPOSITES.values():
        targets = {step.partition("=")[0].strip() for way in row.ways for step in way.steps}
        assert set(row.reasons) <= targets, row.name
        assert set(row.reasons.values()) <= set(ArrayWords.FORWARD), row.name


def test_inner_steps_have_their_reason():
    lines = ["h1, c1 = lstm_cell(x, h, c, W, U)", "y = layer_norm(h1, g, b)", "L = sum(y^2)"]
    shapes = {"x": (2,), "h": (3,), "c": (3,), "W": (12, 2), "U": (12, 3), "g": (3,), "b": (3,)}
    steps = from_layers(lines, shapes).graph.steps
    said = {step.target: ArrayWords().say_forward(step.rule, RuleWords()) for step in steps}
    assert "as defined" not in said.values()
    assert (said["xhat"], said["f1"]) == ("minus the mean, over the deviation", "a gate, from 0 to 1")


@pytest.mark.parametrize(
    ("call", "told"),
    [("rnn_cell(x, h, W, U)", ["either way", "sum of products"]), ("gru_cell(x, h, W, W, W, U, U, U)", ["gate either way", "gate"])],
)
def test_a_square_weight_that_fits_either_way_is_told(call, told):
    square, wide = ({"x": (n,), "h": (2,), "W": (2, n), "U": (2, 2)} for n in (2, 3))
    assert [from_layers([f"y = {call}", "L = sum(y^2)"], shapes).graph.steps[0].rule for shapes in (square, wide)] == told
