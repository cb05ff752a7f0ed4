"""tutor.check: ids, courses, files, or all; and what is said of each claim, in the symbols of the course."""

import re

import pytest
from small_neuron import HEAD, VALUES
from some_now import some_now

from tutor.exercise.catalogue import ids
from tutor.exercise.load import from_text
from tutor.results.check import check as check_targets
from tutor.results.check import expand_targets


def test_targets_are_ids_courses_files_or_all(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + VALUES, encoding="utf-8")
    assert expand_targets([]) == ids()
    assert expand_targets(["qmul"]) == [name for name in ids() if name.startswith("qmul/")]
    assert expand_targets(["dl/bce", str(path)]) == ["dl/bce", str(path)]
    assert check_targets(str(path)) == []


def written(claims, head=HEAD, values=VALUES):
    body = "".join(f"[[claim]]\nclaim = {text!r}\nprinted = {printed!r}\n" for text, printed in claims)
    return [verdict.written for verdict in check_targets(from_text(head + values + body, "mine"))]


ROWS = [  # claim, printed: how both are written, and what is said of the value; z = 0, a = 1/2, L = 1/4
    ("a", "0.5", "ŷ", "0.5", "0.5"),
    ("L", "0.3", "E", "0.3", "0.25"),
    ("dL/da", "-1.0", "∂E/∂ŷ", "−1.0", "−1"),
    ("w after 1", "2.06", "w after 1", "2.06", "2.063"),
    ("dL/da", "2*(a - y)", "∂E/∂ŷ", "2·(ŷ − y)", ""),
    ("dL/da", "a - y", "∂E/∂ŷ", "ŷ − y", "2·(ŷ − y)"),
    ("dL/dw", "0.33", "∂E/∂w", "0.33", "−0.125"),
]


def test_claims_are_written_as_on_the_pages():
    head = HEAD + '[symbols]\na = "\\\\hat{y}"\nL = "E"\n'
    found = written([row[:2] for row in ROWS], head.replace("[train]\nrate = 0.5\n", "") + "[train]\nrate = 0.5\n")
    assert [(one.claim, one.printed, one.value) for one in found] == [row[2:] for row in ROWS]


@pytest.mark.parametrize(("lang", "said"), [("en", "(1 if x > 0 else a)"), ("de", "(1 falls x > 0 sonst a)")])
def test_cases_have_the_words_of_the_language(lang, said):
    page = 'title = "t"\nsteps = ["y = leaky_relu(x, a)"]\nasked = ["dy/dx"]\n[[claim]]\nclaim = "dy/dx"\nprinted = "a*x"\n'
    assert [one.written.value for one in check_targets(from_text(page, "mine"), words=lang)] == [said]


def test_where_a_formula_differs_is_said_in_symbols():
    one, other = written([("dL/da", "a - y"), ("dL/da", "4*(a - y)*x")])
    assert (one.point, one.at_given) == ("", True)
    assert re.fullmatch(r"[xywb] = −?[0-9.]+(, [xywb] = −?[0-9.]+)*", other.point)  # the two are equal at the given x = 1/2
    assert (one.only_given, other.only_given) == (False, True)
    assert all("-" not in text for text in (*one.both, *other.both))


@pytest.mark.parametrize("course", some_now(dict.fromkeys(ident.partition("/")[0] for ident in ids()), every=99, first=4))
def test_no_internal_name_is_shown_for_any_exercise(course):
    for verdict in check_targets(course):
        if verdict.source.unknown:
            continue  # shown as it is printed: it cannot be read here
        shown = " ".join((verdict.written.claim, verdict.written.printed, verdict.written.value, verdict.written.point))
        shown = re.sub(r"\((x\*y|u\*v)\)", "", shown)  # a lecture's own symbols for convolutions
        assert not re.search(r"\b(hadamard|matmul|fill|outer|transpose|shaped|if_positive|row_sums|column_sums)\b|\*|…", shown), shown


SOFTMAX = """
title = "One layer"
notation = "plain"
steps = ["z = W a", "p = softmax(z)", "L = -sum(t ⊙ log(p))"]
shapes = { W = [3, 2], a = [2], t = [3] }
"""


@pytest.mark.parametrize(("claim", "printed", "agrees", "sums"), [
    ("dL/dW_1_1", "(p_1 - t_1)*a_1", "exact", ("t₁ + t₂ + t₃ = 1",)), ("dp_1/dW_1_1", "(p_1 - t_1)*a_1", "differs", ()),
    ("dL/dW", "outer(p - t, a)", "exact", ("sum(t) = 1",)), ("dL/dW", "outer(dL/dz, a)", "exact", ()), ("dL/dz", "p - 2*t", "differs", ()),
    ("dL/dz", "[p_1 - t_1, p_2 - t_2, p_3 - t_3]", "exact", ("t₁ + t₂ + t₃ = 1",)),
])  # fmt: skip
def test_a_formula_over_arrays_that_holds_under_a_condition_says_so(claim, printed, agrees, sums):
    for softmax in (SOFTMAX, SOFTMAX.replace("-sum(t ⊙", "sum(-t ⊙")):  # two spellings of one loss
        (verdict,) = check_targets(from_text(f'{softmax}[[claim]]\nclaim = "{claim}"\nprinted = "{printed}"\n', "softmax"))
        assert (verdict.agreement, verdict.written.sums) == (agrees, sums)


def test_the_condition_on_a_batch_is_that_of_each_sample():
    first = check_targets("neuron/softmax-regression-batch")[0]
    assert (first.sums, first.written.sums) == ((("column_sums(Y)",),), ("Yᵀ 𝟏 = 𝟏",))


def test_a_wrong_correction_says_what_it_is():
    text = 'title = "t"\nsteps = ["u = x^2"]\n'
    text += '[[claim]]\nclaim = "u"\nprinted = "5.29"\nerratum = "twice"\ncorrection = "10.58"\n[values]\nx = 2.3\n'
    (verdict,) = check_targets(from_text(text, "t"))
    assert (verdict.agreement, verdict.cause) == ("exact", None)
    assert verdict.correction.cause.slips == ((("twice-too-large", "u"),),)
    assert verdict.written.correction.written.cause.factor == "2"


@pytest.mark.parametrize(("ident", "said"), [
    ("neuron/two-two-two", "w₅ nach 1"), ("dl/layer-sizes-two", "Anzahl Neuronen"), ("neuron/rmsprop", "Update von v"),
    ("published/fishitmo-line-diverges", "Mittel von"),
])  # fmt: skip
def test_what_a_claim_is_about_is_said_in_the_language(ident, said):
    told = [verdict.written.claim for verdict in check_targets(ident, words="de")]
    assert any(said in claim for claim in told), told
    assert not any(word in claim.split() for claim in told for word in ("after", "before", "mean", "sum", "update", "count"))
