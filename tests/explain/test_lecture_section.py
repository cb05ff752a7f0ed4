"""Every figure of every lecture agrees or is declared."""

import json
import re
from dataclasses import replace

import pytest
from chosen_exercises import LECTURES

from tutor import solve
from tutor.exercise.catalogue import ids
from tutor.exercise.load import from_text, load
from tutor.explain.agreement_sentence import Said
from tutor.explain.document import Math, Table
from tutor.explain.lecture_section import lecture, say_verdicts
from tutor.explain.words.languages import find_wording
from tutor.explain.written_maths import set_maths
from tutor.notation.profile import Notation


def test_every_figure_of_every_lecture_agrees_or_is_declared(tutor):
    code, out, _ = tutor("check", *LECTURES, "--json")
    wrong = [
        claim for claim in json.loads(out)["claims"] if claim["agreement"] == "differs" and claim["erratum"] is None
    ]
    assert (wrong, code) == ([], 0)


@pytest.mark.parametrize(
    ("target", "shown", "hidden"),
    [
        (
            "neuron/rmsprop",
            ("Neither of the two checked formulas agrees.", r"(1 - \rho)(\partial L/\partial w)^{2}"),
            ("agree ()", "lambda*v", "mathrm{E}"),
        ),
        (
            "neuron/adam",
            (r"the update of $\hat{m}$", r"\frac{m}{1 - \beta_{1}^{t+1}}", r"$\varepsilon$ inside"),
            ("mhat", "beta1", "mathrm{E}"),
        ),
        (
            "cmu/three-layer-chain",
            (r"$\partial \mathcal{L}/\partial f_{3}$\hskip0pt plus.1em ${}\cdot \partial f_{3}/\partial a_{3}$",),
            ("dL/df", "mathit{dL}"),
        ),
        ("dl/index-network-hidden", ("The checked figure agrees exactly.",), ("1 of 1",)),
        ("qmul/convolution-or-correlation", (r". $y(t-\tau)$ is",), (". Y(t ", r"y(t - \tau)")),
        ("qmul/two-linear-layers", ("figures and formulas agree: ",), ("agree exactly",)),
    ],
)
def test_a_lecture_is_told_in_mathematics_and_sentences(target, shown, hidden):
    told = "\n".join(line for line in solve(target).to("latex").splitlines() if r"\textbf{Lecture}" in line or r"\textbf{Erratum}" in line)
    assert [part for part in shown if part not in told] == []
    assert [part for part in hidden if part in told] == []


def test_the_reason_of_several_errata_is_said_once():
    reasons = {"a": "cut off", "b": "cut off", "c": "the sign"}
    verdicts = [Said((name,), ("1",), ("2",), "differs", why) for name, why in reasons.items()]
    found = [(block.label, "".join(map(str, block.parts))) for block in lecture(verdicts, find_wording("en"), False, kind="lecture")[1:]]
    assert found == [
        ("Errata", "for a the lecture prints 1; it is 2. For b the lecture prints 1; it is 2. Each time: cut off."),
        ("Erratum", "for c the lecture prints 1; it is 2. The sign."),
    ]


@pytest.mark.parametrize(("target", "form", "named"), [
    ("generative/denoising-diffusion", "layer", "∂L/∂ê, ∂L/∂W₂ and ∂L/∂h."),  # no gradient of the picture is on the page
    ("generative/denoising-diffusion", "scalar", "∂L/∂ê and ∂L/∂W₂."),
    ("qmul/max-pooling", "layer", "P₁₂, P₂₂, ∂E/∂X₁₂, ∂E/∂X₁₁ and ∂E/∂X₄₁."),  # entries of what is on it
])  # fmt: skip
def test_what_only_follows_is_named_where_the_page_shows_it(target, form, named):
    assert f"right as well: {named}" in " ".join(solve(target, form=form).to_text(100).split())


def test_many_errata_are_a_table_with_each_reason_once():
    reasons = {"a": "cut off", "b": "the sign", "c": None, "d": "cut off"}
    verdicts = [Said((name,), ("1",), ("2",), "differs", why) for name, why in reasons.items()]
    said, table = lecture(verdicts, find_wording("en"), False)[1:]
    assert (said.label, [row[0][0] for row in table.rows]) == ("Errata", ["a", "d", "b", "c"])
    assert ["".join(map(str, row[3])) for row in table.rows] == ["cut off", "likewise", "the sign", ""]
    said, table = lecture([replace(one, erratum="cut off") for one in verdicts], find_wording("en"), False)[1:]
    assert ("".join(said.parts), len(table.header)) == ("Each time: cut off.", 3)
    long = [replace(one, erratum="far " * 30) for one in verdicts]
    assert not any(isinstance(block, Table) for block in lecture(long, find_wording("en"), False))


def test_errata_of_matrices_are_a_table():
    """In a sentence the brackets of one ran into the line above."""
    page = solve("published/lynx-attention-scores")
    assert [len(block.rows) for block in page.document().blocks if isinstance(block, Table) and len(block.header) == 4] == [3]


def test_a_printed_formula_beside_a_decimal_says_what_it_comes_to():
    told = " ".join(solve("published/primelearnpoint-two-two-one").to_text(100).split())
    assert "prints 1/(1 + 0.5037) = 1/1.5037, which is 0.665026; it is 0.665074." in told


def test_a_page_neuron_by_neuron_names_arrays_as_that_in_layers_does():
    page = solve("generative/denoising-diffusion", form="scalar", notation_name="cmu").to("latex")
    assert r"\partial \mathcal{L}/\partial \mathbf{W}_{2}$.\par" in page
    assert r"The noise $\mathbf{e}$ is" in page
    assert r"Written out with $d$~=~$2$, $k$~=~$3$." in page


@pytest.mark.parametrize(("figure", "alike"), [("0.333", True), ("0.33333", True), ("0.67", False)])
def test_whether_cutting_off_gives_the_same_digits(figure, alike):
    claim = f'claim = [{{ claim = "{"a" if alike else "L"}", printed = "{figure}" }}]'
    text = f'title = "t"\nsteps = ["a = x/3", "L = 2*x/3"]\n{claim}\n[values]\nx = 1\n'
    worked = solve(from_text(text, "mine")).worked
    assert [said.alike for said in say_verdicts(worked, find_wording("en"), [])] == [alike]


@pytest.mark.parametrize(("target", "words"), [
    ("dl/layer-sizes-two", "All 3 checked figures agree exactly. Not printed there, but right as well: the number"),
    ("qmul/network-deltas", "25 of 27 checked formulas agree exactly."),
    ("neuron/softmax-loss", "All 6 checked formulas agree exactly."),  # a 1 among them
    ("qmul/network-deltas", "it is (δ²₁ · w²₁₁ + δ²₂ · w²₁₂)·x¹₁·(1 − x¹₁)."),
    ("qmul/network-deltas-layers", "prints δˡ = w^(l + 1)δ^(l + 1) ⊙ σ(zˡ), here (w² δ²) ⊙ σ(z¹); it is (w² δ²) ⊙ σ′(z¹)."),
    ("published/schiendorfer-two-two-two", "prints −5.34381483665323×10⁻⁸; it is −5.34381483557146×10⁻⁸."),
    ("published/scribd-logistic-samples", "for L at x = 3, y = 0 the web page prints 1.1015; it is 1.10319."),
    ("cmu/three-layer-chain", "prints θ ← θ + η∂ℒ/∂θ, here w₃ + η · ∂ℒ/∂w₃; it is w₃ − η · ∂ℒ/∂w₃."),
])  # fmt: skip
def test_an_erratum_is_put_right_in_what_is_printed(target, words):
    assert words in " ".join(solve(target).to_text(100).split())


@pytest.mark.parametrize(("notation", "letter"), [("cmu", "η"), ("neuron", "λ"), ("dl", "α")])
def test_the_step_size_has_the_letter_of_the_page_in_what_is_printed_too(notation, letter):
    text = " ".join(solve("cmu/stochastic", notation_name=notation).to_text().split())
    printed, right = re.search(r"the lecture prints [^,]*, here w ([^;]*); it is w ([^.]*)\.", text).groups()
    assert (printed[:3], right[:3]) == (f"+ {letter}", f"− {letter}")


@pytest.mark.parametrize(("target", "notation", "told"), [
    ("neuron/rmsprop", "dl", "is not the step size α but a setting of its own, ρ"),
    ("neuron/rmsprop", "neuron", "is not the step size λ but a setting of its own, ρ"),
    ("cmu/three-layer-chain", "qmul", "the lecture prints θ ← θ + τ∂ℒ/∂θ, here"),
    ("cmu/three-layer-chain", "qmul", "f₃ − y. the step size τ belongs"),
    ("qmul/convolution-or-correlation", "dl", "y(τ − t)"),  # nothing is trained: it is another τ
])  # fmt: skip
def test_words_have_the_letter_of_the_page_for_the_step_size(target, notation, told):
    assert told.casefold() in " ".join(solve(target, notation_name=notation).to_text(100).split()).casefold()


@pytest.mark.parametrize(("target", "named"), [
    ("published/batra-vector-neuron", ""),
    ("published/karpathy-staged-fraction", ""),  # its graph has the gradient of every node
])  # fmt: skip
def test_what_is_checked_and_stands_nowhere_on_the_page_is_named(target, named):
    text = " ".join(solve(target).to_text(100).split())
    assert (named in text) if named else "not worked out here" not in text


def test_the_last_digits_of_a_float_make_nothing_rounded():
    text = " ".join(solve("published/fishitmo-line-diverges").to_text(100).split())
    assert "All 20 checked figures and formulas agree: 18 exactly, 2 exactly but for the last digits of a float." in text


@pytest.mark.parametrize(
    ("target", "row"),
    [
        ("published/karpathy-lecture-expression", "2 −3 10.0001 −2 4.0001"),
        ("published/karpathy-lecture-expression", "a b c f d L"),
        ("published/karpathy-lecture-expression", "2.06 −3.04 9.98 −1.96 −7.286496"),
        ("published/khamjane-logic-neurons", "1 1 5 20 −20 0.993307 1.00000"),
    ],
)
def test_what_is_printed_at_other_values_stands_on_the_page(target, row):
    assert row in " ".join(solve(target).to_text(100).split("at other values")[-1].split())


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("published/ilh-bptt-matrices", r"\begin{bmatrix} -0.124 & -0.442 \\ -0.051 & 0.063 \end{bmatrix}"),
        ("published/skiitg-attention", r"\begin{bmatrix} 0.4223 & 0.1554 & 0.4223"),
        ("published/geoj-two-layer-softmax", "[[0.978240210068,"),  # too wide for a matrix in a sentence
    ],
)
def test_a_matrix_that_is_printed_is_set_as_one(target, shown):
    assert shown in " ".join(solve(target).to_latex().replace("%\n", "").split())


@pytest.mark.parametrize(("words", "said"), [("en", ", here x₁·y₀ + x₂·y₁; it is"), ("de", ", hier x₁·y₀ + x₂·y₁; richtig ist")])
def test_a_formula_is_quoted_as_it_stands_there_with_what_it_comes_to_here(words, said):
    """A lecture prints an integral; the terms are what the exercise makes of it."""
    told = " ".join(solve("qmul/convolution-or-correlation", words=words).to_text(200).split())
    assert f"(x * y)(τ) = ∫ x(t) y(t − τ) dt{said}" in told


def test_each_quotation_of_an_exercise_is_read_as_mathematics():
    """What is not understood would stand there with its dollars."""
    quoted = [(ident, claim.quoted) for ident in ids() for claim in load(ident).claims if claim.quoted]
    assert len(quoted) > 10
    assert [pair for pair in quoted if any(type(part) is not Math and part.strip() != "=" for part in set_maths(pair[1], Notation()))] == []
