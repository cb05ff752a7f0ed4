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
    "answer.compare.places": ("answer/compare/test_formulas.py", "the points where formulas are compared"),
    "answer.compare.sampling": ("answer/compare/test_formulas.py", "random points, from every side of a kink"),
    "answer.files.csv_tables": ("answer/files/test_submissions.py", "class files and single answers as tables"),
    "answer.files.decode": ("answer/files/test_submissions.py", "encodings, byte order marks, what is no text"),
    "answer.files.found": ("answer/files/test_submissions.py", "what every kind of file gives"),
    "answer.files.notebook": ("answer/files/test_submissions.py", "tagged cells, never executed"),
    "answer.files.structured": ("answer/files/test_submissions.py", "JSON and TOML"),
    "answer.files.text_lines": ("answer/files/test_submissions.py", "Markdown and text"),
    "answer.handed_in": ("answer/files/test_submissions.py", "the noun that files become"),
    "answer.read.array_answers": ("answer/read/test_reading.py", "vectors, matrices and columns"),
    "answer.read.choices": ("marking/test_mark_submission.py", "letters and texts of options"),
    "answer.read.effort": ("hostile/test_hostile.py", "limits before anything is computed"),
    "answer.read.entered": ("answer/read/test_pasted.py", "what is typed for one question"),
    "answer.read.ids": ("answer/files/test_submissions.py", "which question an id means, which student a name"),
    "answer.read.spots": ("answer/read/test_reading.py", "the caret under the place"),
    # contracts
    "contracts.check_json": ("cli/test_app.py", "tutor check --json"),
    "contracts.marking_json": ("explain/test_feedback_page.py", "reports and classes as JSON"),
    "contracts.run_csv": ("results/test_training.py", "a run as CSV"),
    "contracts.schema": ("contracts/test_worked_json.py", "the number of the contract"),
    # derive
    "derive.chains": ("derive/test_backward.py", "full chains beside each gradient"),
    "derive.formula": ("derive/test_local.py", "a formula that no row covers"),
    "derive.layer_products": ("derive/test_layerwise.py", "products of layers against the scalar form"),
    "derive.rewrites.layer_terms": ("derive/rewrites/test_layered.py", "terms of the rewrites over layers"),
    "derive.second": ("derive/test_update.py", "Newton's second derivatives"),
    # errors and nouns
    "errors": ("test_repairs.py", "where, what, what next"),
    "version": ("cli/test_app.py", "tutor --version"),
    "exercise.claims": ("exercise/test_check_claims.py", "what a claim may be about"),
    "exercise.model": ("exercise/test_load.py", "the noun that a file becomes"),
    "exercise.question": ("exercise/test_read_questions.py", "the noun that a question becomes"),
    "exercise.training_task": ("numbers/test_train.py", "tasks of all methods"),
    # explain: pages are tested by what they say
    "explain.chart": ("results/test_curves.py", "the nouns of charts"),
    "explain.diagram": ("render/picture/test_network_pictures.py", "the nouns of drawings"),
    "explain.document": ("render/terminal/test_terminal_page.py", "the nouns of pages"),
    "explain.graph_picture": ("render/picture/test_pictures.py", "the picture of every exercise"),
    "explain.layer_formulas": ("explain/test_layer_page.py", "formulas of layers for print"),
    "explain.lecture_section": ("cli/test_app.py", "what the lecture prints"),
    "explain.network_drawing": ("render/picture/test_network_pictures.py", "networks as drawings"),
    "explain.page_writer": ("test_documents.py", "the blocks of every page"),
    "explain.samples_section": ("explain/test_training_page.py", "the table of samples"),
    "explain.solution_page": ("test_documents.py", "every exercise as a page"),
    "explain.words": ("explain/words/test_wording.py", "every rule has its sentence"),
    "explain.worked_page": ("solving/test_work_arrays.py", "pages of all forms"),
    # export: one table walks all formats
    "export.all_marked": ("export/test_mark_formats.py", "results come back"),
    "export.canvas": ("export/test_mark_formats.py", "the gradebook that is filled in"),
    "export.graders": ("export/test_mark_formats.py", "otter and nbgrader"),
    "export.moodle": ("export/test_mark_formats.py", "the worksheets that are filled in"),
    "export.output": ("export/test_mark_formats.py", "guards, and one number everywhere"),
    "export.plain_table": ("export/test_mark_formats.py", "marks and answers as CSV"),
    "export.platform_sheet": ("export/test_mark_formats.py", "rows of an exported file are never guessed at"),
    # expression and graph
    "expression.caret": ("answer/read/test_reading.py", "the caret under the place"),
    "expression.grammar": ("answer/read/test_reading.py", "the table of what is read as what"),
    "expression.letters": ("expression/test_parse.py", "letters of all scripts"),
    "expression.lexicon": ("answer/read/test_vocabulary.py", "the names that a text may use"),
    "expression.limits": ("hostile/test_hostile.py", "limits before anything is computed"),
    "expression.spelling": ("answer/read/test_vocabulary.py", "other ways to write a name"),
    "expression.keys": ("test_doctests.py", "keys are made and read"),
    "expression.nodes": ("expression/test_parse.py", "the nouns of formulas"),
    "graph.collector": ("derive/test_layerwise.py", "names that are made once"),
    "graph.nouns": ("graph/test_build.py", "the nouns of graphs"),
    # marking: tested by verdicts
    "marking.bends": ("marking/test_misconceptions.py", "each slip's worked wrong answer"),
    "marking.changes": ("cli/test_tutor_mark.py", "whose mark changed"),
    "marking.credit": ("marking/test_mark_submission.py", "exact shares of marks"),
    "marking.diagnose": ("marking/test_slips.py", "each slip as itself"),
    "marking.disclosure": ("explain/test_feedback_page.py", "what a report may show"),
    "marking.edges": ("marking/test_mark_submission.py", "chains of derivatives"),
    "marking.judge": ("marking/test_pure_judge.py", "a pure function of question, text and earlier answers"),
    "marking.judge_answer": ("marking/test_mark_submission.py", "verdicts of every kind of answer"),
    "marking.judge_lines": ("marking/test_mark_submission.py", "the first line that does not hold"),
    "marking.mark_sheet": ("marking/test_mark_submission.py", "what is prepared once an exercise"),
    "marking.marked": ("marking/test_classwork.py", "the nouns of marked work"),
    "marking.marks": ("export/test_mark_formats.py", "one number in every output"),
    "marking.matrices": ("marking/test_slips.py", "transposed matrices"),
    "marking.question_list": ("exercise/test_read_questions.py", "questions that an exercise does not declare"),
    "marking.record": ("batch/test_journal.py", "records come back"),
    "marking.selftest": ("marking/test_cases.py", "the cases of all mark schemes"),
    "marking.work": ("batch/test_journal.py", "jobs, keys and hashes"),
    "marking.worlds": ("marking/test_pairs.py", "all bends in one run"),
    "marking.written": ("marking/test_shown_is_accepted.py", "what is shown is accepted"),
    # numbers: systems held against each other
    "numbers.arithmetic": ("numbers/test_run.py", "sixty digits and exact fractions"),
    "numbers.composed": ("numbers/test_verify.py", "SymPy's derivative of the whole"),
    "numbers.data_set": ("numbers/test_train.py", "batches and their order"),
    "numbers.emit": ("numbers/test_compiled.py", "compiled steps against all others"),
    "numbers.linear": ("numbers/test_train.py", "many updates of a linear step"),
    "numbers.run_arrays": ("numbers/test_torch_layers.py", "arrays against PyTorch's table"),
    "numbers.runner": ("numbers/test_compiled.py", "the way that a run takes"),
    "numbers.slices": ("numbers/test_compiled.py", "where the pieces of a run are"),
    "numbers.stops": ("numbers/test_train.py", "why a run ends early"),
    "numbers.train_fast": ("numbers/test_train.py", "fast runs against exact ones"),
    # render: every document is rendered
    "render.bar_rows": ("render/charts/test_bars_svg.py", "bars as rows of text"),
    "render.latex": ("render/latex/test_article.py", "what compiles without a warning"),
    "render.picture": ("render/picture/test_pictures.py", "pictures of graphs, laid out, drawn and compiled"),
    "render.picture.network_layout": ("render/picture/test_network_pictures.py", "drawings of networks"),
    "render.picture.network_svg": ("render/picture/test_network_pictures.py", "drawings of networks as SVG"),
    "render.picture.network_tikz": ("render/picture/test_network_pictures.py", "drawings of networks as TikZ"),
    "render.terminal.columns": ("render/terminal/test_terminal_page.py", "lines no wider than the page"),
    "render.terminal.question_rows": ("cli/test_tutor_questions.py", "the list of questions"),
    # results and solving
    "results.check": ("exercise/test_check_claims.py", "what tutor.check gives"),
    "results.feedback": ("explain/test_feedback_page.py", "what tutor.mark gives"),
    "results.page": ("test_documents.py", "pages in every format"),
    "numbers.arrays": ("test_without.py", "NumPy, or plain lists where it is not there"),
    "numbers.enclosures": ("numbers/test_balls.py", "balls of many digits, until they are narrow"),
    "numbers.intervals": ("numbers/test_balls.py", "the balls of a system without flint"),
    "numbers.proved": ("numbers/test_form_agreement.py", "the facts of proofs over arrays"),
    "expression.signs": ("expression/test_parse.py", "signs of formulas, in LaTeX and Unicode"),
    "solving.proofs": ("results/test_solution.py", "what a solution says it has proved"),
    "solving.table_rows": ("explain/test_training_page.py", "rows of a run"),
    "solving.target": ("solving/test_request.py", "what a target may be"),
    "solving.update_symbols": ("explain/test_training_page.py", "symbols of an update"),
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
    assert len(ELSEWHERE) <= 110
