"""The reader of our LaTeX: every symbol of every notation, and any text at all, is well-formed MathML Core."""

import re
import xml.etree.ElementTree as ET

import pytest
from chosen_exercises import chosen_ids, load_once
from hypothesis import given, settings
from hypothesis import strategies as st
from mathml_read import find_faults, normalise, write_latex

from tutor.expression.letters import ACCENTS, COMMANDS, FONTS
from tutor.expression.parse import parse
from tutor.graph.network import quantities
from tutor.notation.own_notation import PLACES, fill_pattern
from tutor.notation.profile import PROFILES, Notation, notation, profile_names
from tutor.notation.symbol import read_symbol
from tutor.render.mathml_reader import read_mathml
from tutor.render.maths import latex

UPRIGHT = '<mi mathvariant="normal">{}</mi>'.format


@pytest.mark.parametrize(("source", "written"), [
    ("x", "<mi>x</mi>"),
    ("w_{12}", "<msub><mi>w</mi><mn>12</mn></msub>"),
    ("\\varepsilon", "<mi>ε</mi>"),
    ("\\epsilon\\phi", "<mi>ϵ</mi><mi>ϕ</mi>"),
    ("\\Delta w", f"{UPRIGHT('Δ')}<mi>w</mi>"),
    ("\\mathcal{L}", "<mi>ℒ</mi>"),
    ("\\mathcal{A}", "<mi>𝒜</mi>"),
    ("\\mathbf{W}", "<mi>𝐖</mi>"),
    ("\\boldsymbol{\\delta}", "<mi>𝜹</mi>"),
    ("\\mathrm{d}", UPRIGHT("d")),
    ("\\mathit{hot}", "<mi>ℎ𝑜𝑡</mi>"),
    ("\\operatorname{leaky\\_relu}", "<mi>leaky_relu</mi>"),
    ("\\vec{x}", '<mover accent="true"><mi>x</mi><mo class="vec" stretchy="false">→</mo></mover>'),
    ("w'", "<msup><mi>w</mi><mo>′</mo></msup>"),
    ("w_{1}'", "<msubsup><mi>w</mi><mn>1</mn><mo>′</mo></msubsup>"),
    ("w^{''}", "<msup><mi>w</mi><mo>′′</mo></msup>"),
    ("x^{L-1}", '<msup><mi>x</mi><mrow><mi>L</mi><mo lspace="0" rspace="0">−</mo><mn>1</mn></mrow></msup>'),
    ("\\bigl(x\\bigr)", '<mrow><mo class="big" stretchy="false">(</mo><mi>x</mi><mo class="big" stretchy="false">)</mo></mrow>'),
    ("\\Bigl(x\\Bigr)", '<mrow><mo minsize="1.8em" maxsize="1.8em">(</mo><mi>x</mi><mo minsize="1.8em" maxsize="1.8em">)</mo></mrow>'),
    ("P\u2062\\left(x\\right)", '<mi>P</mi><mo lspace="0" rspace="0.17em">&#8290;</mo><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>'),
    ("\\max(x)", '<mi>max</mi><mrow><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow>'),
    ("\\max_{i} x", '<munder><mo form="prefix" lspace="0" rspace="0.17em" movablelimits="true">max</mo><mi>i</mi></munder><mi>x</mi>'),
    ("\\script", "<mtext>script</mtext>"),
])  # fmt: skip
def test_table(source, written):
    assert read_mathml(source) == written
    assert find_faults(read_mathml(source)) == []


PIECES = [
    *"{}^_'()[]&,/+-=<>x7 äσ\x00\u2061\u2062\u202e",
    *"\\\\ \\, \\; \\ \\frac \\sqrt \\underset \\text \\operatorname \\sum \\max \\left \\right \\bigl".split(" "),  # noqa: SIM905
    *"\\bigr \\Bigl \\lvert \\rvert \\hat \\mathbf \\mathit \\sigma \\unknown <script> ]]> 12".split(),  # noqa: SIM905
    *"\\begin{cases} \\end{cases} \\begin{bmatrix} \\end{bmatrix}".split(),  # noqa: SIM905
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=30))
def test_any_text_is_well_formed(text):
    assert find_faults(read_mathml(text)) == []


@pytest.mark.parametrize("piece", ["{", "\\frac", "\\frac{", "(", "\\begin{cases}", "x^", "x^{", "\\hat{", "_{", "\\mathbf{\\hat{"])
def test_depth_has_an_end(piece):
    assert find_faults(read_mathml(piece * 3000)) == []


def test_the_deepest_formula_that_can_be_typed_is_read():
    deepest = "".join("(x/(x + " for _ in range(18)) + "x" + "))^2" * 18
    written = read_mathml(latex(parse(deepest), Notation()))
    assert "<mtext>" not in written
    assert written.count("<mfrac>") == 18


def check(source):
    written = read_mathml(source)
    assert find_faults(written) == []
    assert normalise(write_latex(ET.fromstring(f"<mrow>{written}</mrow>"))) == normalise(source)
    assert "<mtext>" not in written or "\\text" in source


def test_every_command_of_symbols():
    for name in COMMANDS:
        check(f"\\{name}_{{1}}")
    for name in (*ACCENTS, *FONTS):
        check(f"\\{name}{{x}}^{{2}}")
        check(f"\\{name}{{L}}_{{i,j}}")


@pytest.mark.parametrize("name", profile_names())
def test_every_symbol_of_a_notation(name):
    patterns = re.findall(r"^\w+ = '([^']*\\?[^']*)'$", (PROFILES / f"{name}.toml").read_text("utf-8"), re.MULTILINE)
    for pattern in patterns:
        check(read_symbol(fill_pattern(pattern, PLACES) if "{{" in pattern else pattern).symbol().latex)
    for ident in chosen_ids()[::6]:
        exercise = load_once(ident)
        if exercise.graph is None:
            continue
        chosen = notation(name, list(quantities(exercise.graph)), exercise.symbols)
        for quantity in exercise.graph.names:
            check(chosen.symbol(quantity).latex)
            check(chosen.partial("L", quantity).latex)
