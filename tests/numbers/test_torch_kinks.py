"""Each kink's convention against PyTorch's: a table, and live where PyTorch is installed."""

import importlib.util
from fractions import Fraction

import pytest
from torch_live import FOLDER, need_torch

from tutor.derive.backward import derive
from tutor.graph.build import from_steps
from tutor.numbers.kinks import list_kinks_hit
from tutor.numbers.run import evaluate, run
from tutor.rules.functions import FUNCTIONS

_spec = importlib.util.spec_from_file_location("torch_kinks", FOLDER / "kinks.py")
kinks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kinks)
IDS = [f"{case.step} as {case.torch}" for case in kinks.CASES]


@pytest.mark.parametrize("case", kinks.CASES, ids=IDS)
def test_ours(case):
    graph = from_steps([f"f = {case.step}"])
    assert [kink.step for kink in list_kinks_hit(graph, run(graph.steps, case.at))] == ["f"]
    trace = evaluate(derive(graph), case.at)
    assert {name: trace[f"df/d{name}"] for name in case.at} == case.ours
    assert (case.ours != case.theirs) == bool(case.differs)


@pytest.mark.parametrize("case", kinks.CASES, ids=IDS)
def test_the_table_is_pytorchs(case):
    need_torch()
    assert kinks.torch_slopes(case) == {name: pytest.approx(float(value)) for name, value in case.theirs.items()}


def test_the_parts_of_a_tie_add_up_to_one():
    for name in ("max", "min"):
        for count in (2, 3, 4):
            names = [f"x{i}" for i in range(count)]
            graph = from_steps([f"f = {name}({', '.join(names)})"])
            trace = evaluate(derive(graph), dict.fromkeys(names, Fraction(5)))
            assert sum(trace[f"df/d{one}"] for one in names) == 1


def test_every_function_with_a_kink_is_in_the_table():
    named = {case.step.partition("(")[0] for case in kinks.CASES}
    besides = {"if_positive", "heaviside", "zero_one", "leaky_relu_mix"}  # jumps, for which PyTorch has no derivative; as leaky_relu
    assert {row.name for row in FUNCTIONS.values() if row.convention} - named == besides
