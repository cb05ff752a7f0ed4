"""The profiles of the courses: all there, all readable, and what differs between them."""

import pytest
from chosen_exercises import chosen_ids
from some_now import some_now

from tutor.errors import TutorError
from tutor.exercise.load import load
from tutor.graph.network import SCHEMES, Network, from_network, quantities
from tutor.graph.nouns import Quantity
from tutor.notation.profile import Notation, notation, profile_names
from tutor.notation.symbol import Symbol, read_symbol

PROFILES = ["cmu", "dl", "graz", "neuron", "plain", "qmul"]


def test_the_five_courses_and_plain():
    assert profile_names() == PROFILES


@pytest.mark.parametrize("naming", sorted(SCHEMES))
@pytest.mark.parametrize("biases", ["neuron", "layer", "none"])
@pytest.mark.parametrize("name", PROFILES)
def test_a_page_with_every_symbol(name, biases, naming):
    """Each quantity of a network has a symbol of its own, and so has each derivative."""
    graph = from_network(Network((2, 3, 2), ("sigmoid", "softmax"), "cross-entropy", biases, naming))
    profile = notation(name, quantities(graph), loss=graph.loss)
    symbols = [profile.symbol(q.name) for q in quantities(graph)]
    assert len({symbol.latex for symbol in symbols}) == len(symbols)
    assert all(symbol.latex.isascii() and symbol.text for symbol in symbols)
    partials = [profile.partial(graph.loss, q.name).latex for q in quantities(graph)]
    assert len(set(partials)) == len(partials)


@pytest.mark.parametrize("exercise", some_now(chosen_ids(), 4))
@pytest.mark.parametrize("name", PROFILES)
def test_every_exercise_in_every_notation(name, exercise):
    graph = load(exercise).graph
    if graph is None:
        return
    profile = notation(name, quantities(graph), loss=graph.loss)
    symbols = [profile.symbol(quantity).latex for quantity in graph.names]
    assert len(set(symbols)) == len(symbols)


def test_a_profile_extends_another():
    plain, neuron = notation("plain"), notation("neuron")
    assert (plain.factors, plain.rate, plain.update) == ("dot", "eta", "arrow")
    assert (neuron.factors, neuron.rate, neuron.update) == ("cross", "lambda", "next")
    assert neuron.function("sigmoid") == plain.function("sigmoid") == Symbol("\\sigma", "σ")


def test_the_symbols_of_an_exercise_win():
    symbols = {"w5": read_symbol("v").symbol()}
    graph = from_network(Network((2, 2, 2), ("sigmoid", "sigmoid"), naming="numbered"))
    assert notation("dl", quantities(graph), symbols, loss="L").symbol("w5").latex == "v"


@pytest.mark.parametrize(("update", "text"), [("arrow", "(W₁)₁₁"), ("next", "(W₁)₁₁^(t+1)"), ("index", "(W₁)₁₁⁽¹⁾"), ("prime", "(W₁)₁₁′")])
def test_an_updated_entry_of_what_has_an_index(update, text):
    entry = Symbol("(W_{1})_{11}", "(W₁)₁₁")
    assert Notation(update=update, symbols={"W_1_1_1": entry}).symbol("W_1_1_1@1").text == text


def test_a_profile_that_does_not_exist():
    with pytest.raises(TutorError, match="no notation nuron") as caught:
        notation("nuron")
    assert "neuron" in caught.value.hint
    with pytest.raises(TutorError):
        notation("../../etc/passwd")


@pytest.mark.parametrize(
    ("update", "latex", "text"),
    [
        ("arrow", "w_{5}", "w₅"),
        ("next", "w_{5}^{t+1}", "w₅^(t+1)"),
        ("prime", "w_{5}'", "w₅′"),
        ("index", "w_{5}^{(1)}", "w₅⁽¹⁾"),
    ],
)
def test_a_parameter_after_an_update(update, latex, text):
    symbol = Notation(update=update).symbol("w5@1")
    assert (symbol.latex, symbol.text) == (latex, text)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("softmax_2", r"\operatorname{softmax}_{2}"),
        ("exp", r"\operatorname{exp}"),
        ("squared_error", r"\operatorname{squared\_error}"),
    ],
)
def test_a_function_without_a_symbol_is_an_upright_word(name, latex):
    assert Notation().function(name).latex == latex


def test_derivatives():
    assert notation("plain").partial("L", "w5").latex == r"\frac{\partial L}{\partial w_{5}}"
    assert notation("plain").partial("L", "w5").text == "∂L/∂w₅"


def test_beside_a_weight_with_an_index_no_index_says_that_it_is_updated():
    """b_1 would be the first of several."""
    for names, updated in ((("w", "b"), "b_{1}"), (("w_1", "w_2", "b"), "b^{(1)}")):
        trained = [Quantity(name, "weight") for name in names]
        assert notation("qmul", [Quantity("x_1", "input"), *trained]).symbol("b@1").latex == updated
