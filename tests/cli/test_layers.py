"""The command line in layer form: --form, its refusals, its formats."""

import json

import pytest

NEURON = 'title = "t"\nsteps = ["f = w*x"]\n'


def test_a_network_both_ways(tutor):
    code, scalar, err = tutor("solve", "neuron/two-two-two")
    assert (code, err) == (0, "")
    assert tutor("solve", "neuron/two-two-two", "--form", "scalar") == (0, scalar, "")
    code, layers, err = tutor("solve", "neuron/two-two-two", "--form", "layer")
    assert (code, err) == (0, "")
    assert "W⁽¹⁾ x + b⁽¹⁾" in layers
    assert "W⁽¹⁾ x" not in scalar
    assert "∂L/∂W⁽²⁾" in layers
    assert "The layer form and the form entry by entry agree in all 18 entries" in " ".join(layers.split())


def test_an_exercise_with_shapes_both_ways(tutor):
    code, layers, err = tutor("solve", "qmul/max-pooling")
    assert (code, err) == (0, "")
    assert "maxpool" in layers
    assert tutor("solve", "qmul/max-pooling", "--form", "layer") == (0, layers, "")
    code, scalar, err = tutor("solve", "qmul/max-pooling", "--form", "scalar")
    assert (code, err) == (0, "")
    assert "maxpool" not in scalar
    assert "112" in scalar


def test_one_matrix(tutor):
    code, out, _ = tutor("solve", "neuron/two-two-two", "--form", "layer", "--wrt", "W2")
    assert code == 0
    assert "∂L/∂W⁽²⁾" in out
    assert "∂L/∂W⁽¹⁾" not in out
    assert tutor("solve", "neuron/two-two-two", "--form", "layer", "--wrt", "w5")[1] == out


REFUSED = [
    (["solve", "dl/add-multiply", "--form", "layer"], ["dl/add-multiply is written neuron by neuron", "[network]", "[shapes]"]),
    (["solve", "(x+y)*z", "--form", "layer"], ["no layer form"]),
    (["solve", "mine.toml", "--form", "layer"], ["no layer form", "[shapes]"]),
    (["solve", "neuron/two-two-two", "--form", "layer", "--chain", "reuse"], ["--chain", "--form scalar"]),
    (["solve", "qmul/max-pooling", "--chain", "full"], ["--chain", "--form scalar"]),
    (["solve", "neuron/two-two-two", "--form", "layer", "--wrt", "W3"], ["--wrt: there is no quantity W3", "W2"]),
    (["solve", "qmul/network-deltas", "--form", "layer", "--steps", "1", "--rate", "1"], ["updates need numbers"]),
    (["solve", "dl/bce-rows", "--at", "W_1_1=2"], [""]),
]


@pytest.mark.parametrize(("arguments", "pieces"), REFUSED, ids=[" ".join(row[0])[:60] for row in REFUSED])
def test_what_cannot_be_done(tutor, tmp_path, arguments, pieces):
    (tmp_path / "mine.toml").write_text(NEURON, "utf-8")
    code, out, err = tutor(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("tutor: ")
    assert "Traceback" not in err
    assert all(piece in " ".join(err.split()) for piece in pieces), err


def test_a_form_that_does_not_exist(tutor):
    code, _, err = tutor("solve", "neuron/two-two-two", "--form", "matrix")
    assert code == 2
    assert "scalar" in err
    assert "layer" in err


def test_json(tutor):
    code, out, _ = tutor("solve", "neuron/two-two-two", "--form", "layer", "--to", "json")
    assert code == 0
    found = json.loads(out)
    assert found["form"] == "layer"
    assert found["shapes"]["W1"] == [2, 2]
    assert len(found["gradients"]["W2"]) == 2


@pytest.mark.parametrize(("form", "piece"), [("latex", "\\begin{bmatrix}"), ("markdown", "$$")])
def test_formats(tutor, form, piece):
    code, out, err = tutor("solve", "neuron/two-two-two", "--form", "layer", "--to", form)
    assert (code, err) == (0, "")
    assert piece in out or "matrix" in out


def test_claims_in_matrices(tutor):
    code, out, _ = tutor("check", "qmul/network-deltas-layers")
    assert code == 0
    assert "8 claims: 7 exact, 0 rounded, 0 truncated, 1 known errata" in out
    assert "(w² δ²) ⊙ σ(z¹)" in out
    code, out, _ = tutor("check", "qmul/network-deltas-layers", "--json")
    assert code == 0
    assert json.loads(out)
