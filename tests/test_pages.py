"""Every exercise's PDF as a lecturer would hand it out: no letters under seven points, no page half empty, no complaint of TeX.

Some exercises by default, more of them under ``-m slow``, each in one notation; `python tests/page_audit.py` looks at all pairs.
"""


import pytest
from chosen_exercises import chosen_ids
from page_audit import TOP, SeenDocument, compile_documents, list_pairs_of, read_pages, write_exercise

import tutor
from tutor.notation.profile import profile_names

PAIRS = list_pairs_of(chosen_ids(), profile_names())
SOME = ["cmu/three-layer-chain", "dl/bce-columns", "graz/two-two-one-layers", "neuron/two-two-two", "qmul/mean-squared-error"]
GERMAN = ["dl/bce", "neuron/adam"]


@pytest.fixture
def faults_of(tmp_path, tex):
    """What is wrong with the pages of complete documents."""

    def compile_all(sources):
        return [fault for seen in compile_documents(sources, tmp_path) for fault in seen.list_faults()]

    return compile_all


def written(pairs, language=None):
    return {f"{ident} {notation} {language or ''}": write_exercise(ident, notation, language) for ident, notation in pairs}


def test_the_pages_of_some_exercises(faults_of):
    german = written([(ident, "plain") for ident in GERMAN], "de")
    assert faults_of(written([pair for pair in PAIRS if pair[0] in SOME]) | german) == []


@pytest.mark.slow
def test_the_pages_of_more_exercises(faults_of):
    assert faults_of(written(PAIRS[2::8])) == []


@pytest.mark.slow
def test_the_pages_of_more_exercises_in_german(faults_of):
    assert faults_of(written(list_pairs_of(chosen_ids(), profile_names(), 3)[::8], "de")) == []


def test_every_notation_has_its_share():
    counted = [sum(notation == name for _, notation in PAIRS) for name in profile_names()]
    assert min(counted) >= len(PAIRS) // len(profile_names())


HEAD = "\\documentclass[10pt,a4paper]{{article}}\\usepackage[a4paper,top=12mm,bottom=15mm]{{geometry}}"
ARTICLE = HEAD + "\n\\begin{{document}}\n{}\\end{{document}}\n"
LINES = "words\\par " * 30


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("words {\\tiny small words}", "letters of 5 pt"),
        ("words $a_{b_c}$", "letters of 5 pt"),
        ("a few lines\\clearpage " + LINES, "% full"),
        (LINES * 2 + "\\clearpage the end", "closing lines alone"),
        (LINES * 2 + "\\par{\\large Words}\\clearpage " + LINES, "ends in a title ('Words')"),
        ("words\\setbox0\\vbox{\\textbf{Note} words that are lost\\par}", "'words that are lost' of its source is on no page"),
        ("\\hbox to 1cm{words and words and words}", "Overfull"),
    ],
)
def test_the_audit_sees_each_fault(body, fault, faults_of):
    found = faults_of({"good": ARTICLE.format(LINES + LINES), "bad": ARTICLE.format(body)})
    assert len(found) == 1
    assert found[0].startswith("bad")
    assert fault in found[0]


def test_what_is_no_page_is_not_read():
    assert read_pages(b"%PDF-1.5\nstream\nnothing\nendstream\n") == []
    assert SeenDocument("nothing", ()).pages == ()
    assert TOP > 0


@pytest.mark.slow
def test_a_large_picture_stands_on_its_side_whole(faults_of):
    """With labels on its edges the graph of a 2-2-2 network has no room across a page: it is turned, nothing is left out."""

    solution = tutor.solve("neuron/two-two-two", edges="derivatives")
    tex = solution.to_latex()
    assert "\\rotatebox{90}" in tex
    assert tex.count("fill=tutorparameter]") - 1 == len([node for node in solution.picture().nodes if node.kind in ("weight", "bias")])
    assert faults_of({"turned": tex}) == []
    assert "\\rotatebox" not in solution.to_latex(fragment=True)  # a fragment has no pages of its own
