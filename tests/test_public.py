"""The public names: documented, imported on first use, and no others."""

import inspect
import pkgutil
import subprocess
import sys

import pytest

import tutor


def test_about_a_dozen_names():
    assert sorted(tutor.__all__) == dir(tutor)
    assert 10 <= len(tutor.__all__) <= 24
    assert {"load", "solve", "check", "TutorError", "Solution", "__version__"} <= set(tutor.__all__)


@pytest.mark.parametrize("name", [name for name in tutor.__all__ if name != "__version__"])
def test_each_is_there_documented_and_typed(name):
    thing = getattr(tutor, name)
    assert (inspect.getdoc(thing) or "").strip()
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())


def test_no_public_name_is_shadowed_by_a_package():
    """Importing tutor.derive.backward makes `tutor.derive` a module: no public function can have such a name."""
    packages = {info.name for info in pkgutil.iter_modules(tutor.__path__)}
    assert packages & set(tutor.__all__) == set()


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tutor.nothing


def test_the_version():
    from importlib.metadata import version

    assert tutor.__version__ == version("backprop-tutor")


def test_importing_costs_nothing():
    code = "import sys, tutor; print(sorted({'sympy', 'numpy', 'mpmath', 'typer', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_example_of_the_docstring():
    assert tutor.solve("(x+y)*z", at={"x": 1, "y": -3, "z": 4}).gradient("x") == 4
    assert all(verdict.ok for verdict in tutor.check("qmul/linear-neuron"))
    assert tutor.load("dl/add-multiply").graph.loss == "f"
