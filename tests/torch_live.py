"""The scripts and tables of tests/torch_reference, and whether PyTorch is here to be asked."""

import importlib.util
import json
import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "torch_reference"


def reference(name):
    """A script of the folder as a module, and its table."""
    path = FOLDER / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"torch_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, json.loads(path.with_suffix(".json").read_text("utf-8"))


def need_torch():
    """Skip without PyTorch, or fail where TUTOR_NEEDS_TORCH says that it must be there."""
    if importlib.util.find_spec("torch") is None:
        if os.environ.get("TUTOR_NEEDS_TORCH"):
            pytest.fail("TUTOR_NEEDS_TORCH is set, and PyTorch is missing")
        pytest.skip("PyTorch is not installed")
