"""``tutor plot``: what it writes, and what it says when something is wrong."""

import builtins
import os

import pytest

try:
    import matplotlib
except ImportError:
    matplotlib = None
needs_matplotlib = pytest.mark.skipif(
    matplotlib is None and not os.environ.get("TUTOR_NEEDS_MATPLOTLIB"), reason="matplotlib is not installed"
)


pytestmark = pytest.mark.usefixtures("folder")


GOOD = {
    "loss": (["loss", "qmul/linear-neuron"], ["A linear neuron learns", "loss E", "number of updates", "τ = 0.1"]),
    "optimisers": (
        ["loss", "neuron/two-two-two", "--optimiser", "gd", "--optimiser", "adam", "--rate", "0.5", "--rate", "0.1"],
        ["λ = 0.5", "λ = 0.1", "loss L_total"],
    ),
    "path": (["path", "qmul/linear-neuron"], ["□ start", "■ after 20 updates", "right angle"]),
    "path of two": (
        ["path", "neuron/two-two-two", "--wrt", "w5", "--wrt", "w7", "--steps", "5"], ["Only w₅ and w₇ are trained"],
    ),
    "path with momentum": (["path", "qmul/linear-neuron", "--optimiser", "momentum"], ["■ after 20 updates"]),
    "path of an expression": (
        ["path", "L = (a*b-1)^2", "--at", "a=3", "--at", "b=2", "--wrt", "a", "--wrt", "b", "--rate", "0.01"], ["□ start"],
    ),
    "activation": (["activation", "relu", "sigmoid"], ["ReLU′(x) = 1[x > 0]", "taken as 0", "σ′(x)", "○", "●"]),
    "relus": (
        ["relus", "sin(x)", "--from", "0", "--to", "3", "--pieces", "2"], ["sum of 2 ReLUs = 0.665·ReLU(x)", "largest error"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_a_chart_in_the_terminal(tutor, case):
    arguments, pieces = GOOD[case]
    code, out, err = tutor("plot", *arguments)
    assert (code, err) == (0, "")
    for piece in pieces:
        assert piece in out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_only_a_plain_gradient_is_said_to_stand_at_right_angles(tutor):
    assert "right angle" not in tutor("plot", "path", "qmul/linear-neuron", "--optimiser", "adam")[1]


@needs_matplotlib
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_chart_in_a_file(tutor, folder, suffix):
    code, out, err = tutor("plot", "relus", "x^2", "-o", f"f.{suffix}")
    assert (code, out, err) == (0, "", "")
    assert (folder / f"f.{suffix}").stat().st_size > 1000


def test_without_matplotlib_the_terminal_has_it(tutor, folder, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    code, out, err = tutor("plot", "activation", "tanh", "-o", "f.png")
    assert code == 2
    assert 'pip install "backprop-tutor[plot]"' in err
    assert "tanh′(x)" in out
    assert not (folder / "f.png").exists()


BAD = [
    (["activation", "sigmoyd"], ["there is no function sigmoyd", "did you mean sigmoid?"]),
    (["activation", "leaky_relu"], ["leaky_relu(0.1)"]),
    (["activation", "relu", "-o", "f.gif"], [".png, .svg or .pdf", ".gif"]),
    (["activation", "relu", "-o", "f"], [".png, .svg or .pdf"]),
    (["activation", "relu", "-o", "missing/f.svg"], ["cannot be written"]),
    (["activation", "relu", "--from", "2", "--to", "1"], ["from 2 to 1 is empty"]),
    (["activation", "log", "--from", "-2", "--to", "-1"], ["no value between"]),
    (["relus", "sin(x)", "--from", "1", "--to", "1"], ["is empty"]),
    (["relus", "sin(x)", "--pieces", "0"], ["0 pieces"]),
    (["activation", "tanh(x)"], ["its name alone", "tutor plot activation tanh"]),
    (["relus", "x*y"], ["2 variables: x, y"]),
    (["relus", "log(x)"], ["at x = 0"]),
    (["relus", "__import__('os')"], ["an index without a name"]),
    (["relus", "x", "--from", "one"], ["is not a number"]),
    (["path", "neuron/two-two-two"], ["two parameters, not 10", "--wrt w1 --wrt w2"]),
    (["path", "neuron/two-two-two", "--wrt", "w5"], ["two parameters, not 1"]),
    (["path", "neuron/two-two-two", "--wrt", "w5", "--wrt", "w6", "--wrt", "w7"], ["two parameters, not 3"]),
    (["path", "neuron/two-two-two", "--wrt", "w5", "--wrt", "w66"], ["no quantity w66", "did you mean"]),
    (["path", "neuron/two-two-two", "--wrt", "w5", "--wrt", "out_h1"], ["out_h1 is computed"]),
    (["path", "dl/layer-sizes-one"], ["only counts"]),
    (["path", "L = (a*b-1)^2", "--wrt", "a", "--wrt", "b", "--rate", "1"], ["no value"]),
    (["path", "L = (a*b-1)^2", "--at", "a=1", "--at", "b=1", "--wrt", "a", "--wrt", "b"], ["no step size", "--rate"]),
    (["loss", "qmul/linear-neuron", "--steps", "0"], ["0 updates"]),
    (["loss", "qmul/linear-neuron", "--optimiser", "adm"], ["no optimiser adm", "adam"]),
    (["loss", "qmul/linear-neuron", "--rate", "-1"], ["-1"]),
    (["loss", "qmul/linear-neuron", *["--rate", "1", "--rate", "2", "--rate", "3", "--rate", "4", "--rate", "5"]], ["5 curves"]),
    (["loss", "qmul/linear-neuron", "--optimiser", "gd", "--optimiser", "adam", "--rate", "1", "--rate", "2", "--rate", "3"],
     ["2 optimisers and 3 step sizes"]),
    (["loss", "dl/index-network", "--rate", "1"], ["no value"]),
    (["loss", "nowhere"], ["nowhere"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "pieces"), BAD)
def test_what_is_wrong_is_said(tutor, folder, arguments, pieces):
    if "cannot be written" in pieces and matplotlib is None:
        pytest.skip("without matplotlib the terminal's chart is drawn and no file is tried")
    code, out, err = tutor("plot", *arguments)
    assert code == 2
    assert out == ""
    for piece in pieces:
        assert piece in err
    assert "Traceback" not in err
    assert list(folder.iterdir()) == []


def test_a_run_that_diverges_is_drawn_as_far_as_it_goes(tutor):
    code, out, _ = tutor("plot", "loss", "qmul/linear-neuron", "--rate", "5", "--steps", "300", "--log")
    assert code == 0
    assert "diverges" in out


@pytest.mark.parametrize("command", [["plot", "--help"], ["plot", "loss", "--help"], ["plot", "path", "--help"], ["draw", "--help"]])
def test_help_is_there(tutor, command):
    code, out, _ = tutor(*command)
    assert code == 0
    assert "Usage" in out
    if command == ["plot", "--help"]:
        assert 'pip install "backprop-tutor[plot]"' in " ".join(out.split())
