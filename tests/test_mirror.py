"""Tests mirror the rooms: ``tutor/a/b.py`` is tested in ``tests/a/test_b.py``, or stands in a list here that only gets shorter.

A row of the list says where else a module is tested, and as what.  A row that has become needless fails, so that it is taken out.
"""

from pathlib import Path

import pytest

import tutor

TESTS = Path(__file__).parent
ROOT = Path(tutor.__file__).parent

ELSEWHERE = {  # module: the test file that tests it, and as what
    # answer: one reader, tested through what it reads
    "answer.handed_in": ("answer/files/test_submissions.py", "the noun that files become"),
    "answer.read.answer_refusals": ("answer/read/test_reading.py", "the caret under the place"),
    # contracts
    "contracts.marking_json": ("explain/test_feedback_page.py", "reports and classes as JSON"),
    # derive
    "derive.rewrites.layer_terms": ("derive/rewrites/test_layered.py", "terms of the rewrites over layers"),
    # errors and nouns
    # code: one machine, tested through the lines that it names
    "code": ("code/test_judge_code.py", "programs and their verdicts"),
    "exercise.model": ("exercise/test_load.py", "the noun that a file becomes"),
    "exercise.question": ("exercise/test_read_questions.py", "the noun that a question becomes"),
    # explain: pages are tested by what they say
    "explain.chart": ("results/test_curves.py", "the nouns of charts"),
    "explain.diagram": ("explain/test_network_drawing.py", "the nouns of drawings"),
    "explain.document": ("render/terminal/test_terminal_page.py", "the nouns of pages"),
    "explain.page_writer": ("test_documents.py", "the blocks of every page"),
    "explain.worked_page": ("solving/test_work_arrays.py", "pages of all forms"),
    "practice.records": ("practice/test_session.py", "the nouns of a session"),
    # export: one table walks all formats
    # expression and graph
    "expression.lexicon": ("answer/read/test_vocabulary.py", "the names that a text may use"),
    "graph.nouns": ("graph/test_build.py", "the nouns of graphs"),
    # marking: tested by verdicts
    "marking.marked": ("marking/test_classwork.py", "the nouns of marked work"),
    "marking.worlds": ("marking/test_pairs.py", "all bends in one run"),
    # numbers: systems held against each other
    "numbers.sympy_loss": ("numbers/test_verify.py", "SymPy's derivative of the whole"),
    # render: every document is rendered
    "render.latex.sentences": ("render/latex/test_article.py", "sentences of every document"),
    # results and solving
    "results.feedback": ("explain/test_feedback_page.py", "what tutor.mark gives"),
    "results.page": ("test_documents.py", "pages in every format"),
    "numbers.arrays": ("test_without.py", "NumPy, or plain lists where it is not there"),
    "numbers.enclosures": ("numbers/test_balls.py", "balls of many digits, until they are narrow"),
    "numbers.intervals": ("numbers/test_balls.py", "the balls of a system without flint"),
    "numbers.proof_facts": ("numbers/test_form_agreement.py", "the facts of proofs over arrays"),
    "expression.signs": ("expression/test_parse.py", "signs of formulas, in LaTeX and Unicode"),
    "solving.worked": ("solving/test_work_arrays.py", "scalar form, layer form and training"),
}


def modules():
    """Every module but the packages' own and the entry point."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.name not in ("__init__.py", "__main__.py"):
            yield path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


MODULES = list(modules())


def mirror(module):
    """The test file that mirrors a module."""
    room, _, name = module.replace(".", "/").rpartition("/")
    return TESTS / room / f"test_{name}.py"


def row_of(module):
    """The row of the list that speaks for a module: its own, or that of a room it is in."""
    while module and module not in ELSEWHERE:
        module = module.rpartition(".")[0]
    return module


@pytest.mark.parametrize("module", MODULES)
def test_each_module_has_its_test(module):
    expected = mirror(module)
    assert expected.exists() or row_of(module), (
        f"write {expected.relative_to(TESTS.parent)}, or say in ELSEWHERE where tutor.{module} is tested, and as what"
    )


@pytest.mark.parametrize("row", ELSEWHERE)
def test_each_row_is_needed_and_true(row):
    where, what = ELSEWHERE[row]
    covered = [module for module in MODULES if row_of(module) == row and not mirror(module).exists()]
    assert covered, f"no module needs the row {row}: take it out"
    assert (TESTS / where).exists(), f"{where} is not there: say where tutor.{row} is tested now"
    assert what


def test_the_list_only_gets_shorter():
    assert len(ELSEWHERE) <= 27
