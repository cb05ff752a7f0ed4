"""Problem sheets: they ask what is marked, give nothing away, and compile."""

import re
import shutil
import subprocess

import pytest
from chosen_exercises import chosen_ids
from sheets_made import SHEETS, as_typed, made, numbers_in, secrets
from some_now import some_now

import tutor
from tutor.errors import Problems, TutorError
from tutor.exercise.catalogue import FOLDER
from tutor.exercise.load import from_text, load
from tutor.explain.document import Section, SheetQuestion
from tutor.marking.mark_sheet import Sheet
from tutor.numbers.printed import as_exact_text
from tutor.render.page_formats import TEXT_FORMATS
from tutor.results.sheet import sheet

_RAISED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def asked(page):
    """The questions of a sheet, by its exercises."""
    return [
        [block for block in part.document.blocks if isinstance(block, SheetQuestion)]
        for part in page.document().blocks if isinstance(part, Section)
    ]  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_asks_what_is_marked(name):
    for target, found in zip(SHEETS[name], asked(made(name)), strict=True):
        questions = Sheet(load(target)).questions
        assert [block.ident for block in found] == [question.id for question in questions]
        assert [tuple((letter, *text) for letter, text in block.options) for block in found] == [question.options for question in questions]


def answers_of(exercise):
    """The answers of a sheet's solution as a student hands them in."""
    handed_in = {}
    for question in exercise.questions:
        right = exercise.answers[question.id]
        if right.letters:
            handed_in[question.id] = ", ".join(right.letters)
        elif right.formula is not None:
            handed_in[question.id] = as_typed(right.formula)
        elif right.values:
            texts = [as_exact_text(value, 12) for value in right.values]
            width = question.shape[-1] if len(question.shape) == 2 else len(texts)
            rows = [f"[{', '.join(texts[at : at + width])}]" for at in range(0, len(texts), width)]
            handed_in[question.id] = texts[0] if len(texts) == 1 else f"[{', '.join(rows)}]" if len(question.shape) == 2 else rows[0]
    return handed_in


def check_full_marks(exercise):
    """Mark the answers of a solved exercise: all are there, and right."""
    ident = exercise.given.request.exercise.id
    handed_in = answers_of(exercise)
    marked = tutor.mark(ident, handed_in).marked
    assert {one.question: (one.text, one.verdict, one.tag) for one in marked.answers if one.marks != one.out_of} == {}, ident
    assert len(handed_in) == len(exercise.questions)


@pytest.mark.parametrize("name", ["kinds", "twelve"])
def test_its_right_answers_have_full_marks(name):
    for exercise in made(name, "end").exercises:
        check_full_marks(exercise)


@pytest.mark.slow
def test_right_answers_of_many_exercises_have_full_marks():
    for target in chosen_ids()[1::3]:
        check_full_marks(sheet(target, solutions="only", ask=lambda *parts: dict).exercises[0])


@pytest.mark.parametrize("form", TEXT_FORMATS)
@pytest.mark.parametrize("name", ["kinds", "twelve"])
def test_nothing_is_given_away(name, form):
    shown, solved = made(name), made(name, "end")
    text = shown.to(form)
    assert len(text) > 500
    for secret, exercise in zip(solved.exercises, shown.exercises, strict=True):
        assert not exercise.solved
        assert not exercise.answers
        values, formulas = secrets(secret)
        alone = sheet(exercise.given.request.exercise, boxes=True)
        own = alone.to(form)
        given = {as_exact_text(value, digits) for value in (exercise.given.request.values or {}).values() for digits in (3, 4, 6)}
        given |= numbers_in(" ".join(map(str, exercise.given.request.exercise.written.values())))
        samples = exercise.given.request.exercise.samples
        given |= {f"1.{place}" for place in range(1, len(exercise.questions) + 1)}
        given |= {text for row in (samples.written if samples is not None else ()) for text in row}
        assert not (values - given) & numbers_in(own), secret.given.request.exercise.id
        assert not [formula for formula in formulas if formula in own]
    assert form == "json" or len(solved.to(form)) > len(text)


@pytest.mark.parametrize("form", ["latex", "html"])
def test_the_search_finds_what_is_there(form):
    """What the test above looks for stands in the solutions: it can fail, and finds MathML without the LaTeX beside it."""
    for exercise in made("kinds", "end").exercises:
        values, formulas = secrets(exercise)
        text = re.sub(r"<annotation.*?</annotation>", "", sheet(exercise.given.request.exercise, solutions="only").to(form))
        assert values & numbers_in(text)
        assert not formulas or any(formula in text for formula in formulas)


def test_a_pdf_gives_nothing_away(tmp_path):
    if not all(map(shutil.which, ("pdflatex", "pdftotext", "pdfinfo"))):
        pytest.skip("a TeX and poppler are missing")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(made("kinds").to("pdf"))
    text = "".join(
        subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
        for command in (["pdftotext", "-layout", str(file), "-"], ["pdfinfo", str(file)])
    )
    for secret in made("kinds", "end").exercises:
        values, _ = secrets(secret)
        given = numbers_in(" ".join(map(str, secret.given.request.exercise.written.values())))
        assert not {one for one in values - given if len(one) > 5} & numbers_in(text)
    assert "neuron/softmax-loss-batch" in text


@pytest.mark.parametrize("solutions", some_now(["none", "end", "after", "only"], 4, 2))
@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_compiles(pages, name, solutions):
    if name == "twelve" and solutions in ("after", "only"):
        return  # the end has the same in another order
    assert pages(made(name, solutions, boxes=solutions != "after", marks=solutions != "only").to_latex()) >= 1


def test_the_same_sheet_has_the_same_bytes():
    for form in ("latex", "markdown", "json"):
        assert sheet(SHEETS["kinds"], solutions="end").to(form) == sheet(SHEETS["kinds"], solutions="end").to(form)


def test_where_solutions_stand():
    targets = ["dl/add-multiply", "graz/chain"]

    def titles(solutions):
        return re.findall(r"^#+ (.*)", sheet(targets, solutions=solutions, title="Week 3").to_markdown(), re.MULTILINE)

    assert [title for title in titles("none") if "olution" in title] == []
    assert titles("after").index("Solution 1. A sum and a product") < titles("after").index("2\\. " + load("graz/chain").title)
    assert titles("end").index("Solutions") > titles("end").index("2\\. " + load("graz/chain").title)
    assert titles("only")[:2] == ["Week 3: solutions", "Solution 1. A sum and a product"]


@pytest.mark.parametrize(
    ("part", "word"),
    [("name", "Student number"), ("ids", "df/dx"), ("sources", "Artificial Neural"), ("proof", "**Checked**"), ("numbers", "**Numbers**"),
     ("lecture", "**Lecture**"), ("notes", "**Note**")],
)  # fmt: skip
def test_parts_are_left_out(part, word):
    targets = ["dl/add-multiply", "graz/two-two-one"] if part != "notes" else ["dl/bce"]
    assert word in sheet(targets, solutions="after").to_markdown()
    assert word not in sheet(targets, solutions="after", without=[part]).to_markdown()


def test_marks_are_added_up():
    page = sheet(["cmu/smallest-perceptron", "dl/bce"], marks=True).to_markdown()
    assert "| Marks | 9 | 20 | 29 |" in page
    assert "2 marks" in page
    assert "marks" not in sheet(["cmu/smallest-perceptron"]).to_markdown()


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        ({"targets": ["dl/nothing-such"]}, "dl/nothing-such"),
        ({"targets": []}, "0 exercises"),
        ({"targets": "dl/bce", "solutions": "middle"}, "middle"),
        ({"targets": "dl/bce", "without": ["proofs"]}, "did you mean proof"),
        ({"targets": "dl/bce", "words": "xx"}, "no language"),
    ],
)
def test_what_cannot_be_is_said(wanted, what):
    with pytest.raises(TutorError, match=what):
        sheet(**wanted)


def test_a_sheet_is_written_in_german():
    page = sheet(["cmu/counting", "dl/bce"], words="de", solutions="after", marks=True)
    text = page.to_markdown()
    assert text.startswith("# Übungsblatt\n")
    assert "Berechnen Sie die Anzahl der Gewichte." in text
    assert page.document().language == "de"


def test_a_preamble_stands_in_the_head():
    text = sheet("dl/add-multiply", preamble="\\newcommand{\\R}{\\mathbf{R}}").to_latex()
    assert text.index("\\newcommand{\\R}") < text.index("\\begin{document}")
    with pytest.raises(Problems, match="input"):
        sheet("dl/add-multiply", preamble="\\input{x}")


def test_an_expression_is_asked_as_it_is_marked():
    (found,) = asked(sheet("(x+y)*z"))
    assert [block.ident for block in found] == ["df/da", "df/dx", "df/dy", "df/dz"]


@pytest.mark.parametrize(("asked", "derived"), [
    (["w5 after 1"], {"w5"}), (["dL/dw5", "w1 after 1"], {"w5", "w1"}),
    (["dL/dw5", "dL/dout_h1"], None), (["in_h1", "dL/dw5"], None), ([f"dL/dw{i}" for i in range(1, 9)] + ["dL/db1", "dL/db2"], None),
])  # fmt: skip
def test_a_solution_derives_what_is_asked_and_no_more(asked, derived):
    exercise = load("neuron/two-two-two")
    text = "".join(f'[[question]]\nask = "{one}"\nmarks = 1\n' for one in asked)
    head = (FOLDER / "neuron/two-two-two.toml").read_text("utf-8").partition("[[claim]]")[0]
    page = tutor.sheet([from_text(head + text, "own")], solutions="only").to_text(100)
    found = {name.translate(_RAISED) for name in re.findall(r"^ *\d+ +∂L_total/∂(w.|b.) ", page, re.MULTILINE)}
    assert found == (derived or {quantity.name for quantity in exercise.graph.parameters})
