"""Symbols: a closed part of LaTeX is understood, everything else is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import TutorError
from tutor.notation.symbol import MAX_LENGTH, guess, read_symbol

READ = [
    ("w", "w", "w"),
    ("w_5", "w_{5}", "w₅"),
    ("w_{5}", "w_{5}", "w₅"),
    ("x^{L-1}", "x^{L-1}", "xᴸ⁻¹"),
    ("w^L_{ij}", "w_{ij}^{L}", "wᴸᵢⱼ"),
    (r"\hat{y}_{1}", r"\hat{y}_{1}", "ŷ₁"),
    (r"\tilde y", r"\tilde{y}", "ỹ"),
    (r"\mathcal{L}", r"\mathcal{L}", "ℒ"),
    (r"\sigma", r"\sigma", "σ"),
    (r"\mathit{out}_{h1}", r"\mathit{out}_{h1}", "outₕ₁"),
    (r"\eta_1", r"\eta_{1}", "η₁"),
    ("f'", "f'", "f′"),
    ("w_{1,2}", "w_{1,2}", "w₁,₂"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "latex", "plain"), READ, ids=[row[0] for row in READ])
def test_read_symbol(text, latex, plain):
    symbol = read_symbol(text).symbol()
    assert symbol.latex == latex
    assert symbol.text.replace("y\u0302", "ŷ").replace("y\u0303", "ỹ") == plain
    assert read_symbol(symbol.latex).symbol() == symbol


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "_1", "^2", "w_", "w^", "w_{1", "w}", "{w", "w_1_2", "w^1^2", r"\input{a}", r"\write18", r"\hat{}",
        r"\hat", "$w$",
        "w%", "w#", "w&x", r"w\\x", "w~", "é", "w\n\\def", r"\catcode", "x" * (MAX_LENGTH + 1), r"\begin{a}", "\x00",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(TutorError) as caught:
        read_symbol(text)
    assert caught.value.hint


SAFE = ("hat", "tilde", "bar", "dot", "vec", "mathrm", "mathit", "mathbf", "mathcal", "operatorname", "text")


@given(st.text(alphabet="wx1_^{}\\'hatsigmoperub, $%#&~-+", max_size=20))
def test_any_text_is_refused_or_becomes_safe_latex(text):
    """Balanced braces, ASCII, and no command but the known ones."""
    try:
        latex = read_symbol(text).symbol().latex
    except TutorError:
        return
    assert latex.isascii()
    assert latex.count("{") == latex.count("}")
    assert not set(latex) & set("$%#&~\n")


@pytest.mark.parametrize(
    ("name", "latex", "plain"),
    [
        ("x", "x", "x"), ("w5", "w_{5}", "w₅"), ("out_h1", r"\mathit{out}_{h1}", "out_h1"), ("eta", r"\eta", "η"),
        ("eta1", r"\eta_{1}", "η₁"), ("delta_o1", r"\delta_{o1}", "δ_o1"), ("yhat1", r"\hat{y}_{1}", "ŷ₁"),
        ("loss", r"\mathit{loss}", "loss"),
        ("w1_2_3", "w_{1,2,3}", "w₁,₂,₃"), ("L_o1", "L_{o1}", "L_o1"), ("lambda", r"\lambda", "λ"),
        ("what", r"\hat{w}", "ŵ"),
    ],
)  # fmt: skip
def test_guess(name, latex, plain):
    assert (guess(name).latex, guess(name).text) == (latex, plain)


@pytest.mark.parametrize(
    ("name", "latex", "text"),
    [
        ("eps", "\\varepsilon", "ε"), ("lam", "\\lambda", "λ"), ("lambd", "\\lambda", "λ"), ("lamb", "\\lambda", "λ"),
        ("lambda_", "\\lambda", "λ"), ("lambda", "\\lambda", "λ"), ("mu", "\\mu", "μ"), ("sigma", "\\sigma", "σ"),
        ("epsilon", "\\varepsilon", "ε"), ("lam2", "\\lambda_{2}", "λ₂"), ("eps_0", "\\varepsilon_{0}", "ε₀"),
        ("epsy", "\\mathit{epsy}", "epsy"),
    ],
)  # fmt: skip
def test_greek_as_programs_spell_it(name, latex, text):
    assert (guess(name).latex, guess(name).text) == (latex, text)
