"""Layers that are written out: each function is used, and its names are those of formulas."""

import ast

from tutor.program.call_reader import WRITTEN_FUNCTIONS
from tutor.program.torch_layers import TORCH_LAYERS
from tutor.program.written_layers import list_written


def test_every_layer_that_is_written_out_has_its_function():
    known = list_written()
    assert {row.written for row in TORCH_LAYERS.values() if row.written} | {*WRITTEN_FUNCTIONS.values()} <= set(known)
    assert all(isinstance(function, ast.FunctionDef) for function in known.values())
