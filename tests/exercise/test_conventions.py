"""Conventions that an exercise declares: ties and decimal commas, through check, solve, mark and training."""

import pytest

import tutor
from tutor.answer.handed_in import Submission
from tutor.errors import Problems
from tutor.exercise.conventions import read_commas
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker

MAX = 'steps = ["m = max(x, y, w)", "L = m^2"]\nparameters = ["w"]\n[values]\nx = 1\ny = 2\nw = 2\n'
MIN = 'steps = ["m = min(x, y)", "L = 3*m"]\nparameters = ["x"]\n[values]\nx = 2\ny = 2\n'
POOL = 'steps = ["P = max_pool(X, 2)", "L = sum(P^2)"]\nparameters = ["X"]\n[shapes]\nX = [2, 2]\n[values]\nX = [[3, 3], [1, 3]]\n'
PAIRS = 'steps = ["M = max(X, Y)", "L = sum(M^2)"]\nparameters = ["Y"]\n[shapes]\nX = [2]\nY = [2]\n[values]\nX = [1, 3]\nY = [1, 4]\n'
RELU = 'steps = ["h = max(x, 0)", "L = h + x"]\nparameters = ["x"]\n[values]\nx = 0\n'
INNER = 'steps = ["L = w*max(x, y)*y"]\nparameters = ["x"]\n[values]\nx = 2\ny = 2\nw = 3\n'

TIES = [  # an exercise, the convention, what is claimed, and what it is there
    (MAX, "first", "dL/dx", "0"), (MAX, "first", "dL/dy", "4"), (MAX, "first", "dL/dw", "0"), (MAX, "first", "w after 1", "2"),
    (MAX, "shared", "dL/dy", "2"), (MAX, "shared", "dL/dw", "2"), (MAX, "shared", "w after 1", "1"), (MAX, "", "dL/dw", "2"),
    (MIN, "first", "dL/dx", "3"), (MIN, "first", "dL/dy", "0"), (MIN, "shared", "dL/dy", "3/2"), (MIN, "first", "x after 2", "-1"),
    (POOL, "first", "dL/dX", "[[6, 0], [0, 0]]"), (POOL, "shared", "dL/dX", "[[2, 2], [0, 2]]"), (POOL, "first", "dL/dX_1_2", "0"),
    (POOL, "first", "X_1_1 after 1", "0"), (POOL, "first", "X_1_2 after 1", "3"),
    (PAIRS, "first", "dL/dX", "[2, 0]"), (PAIRS, "first", "dL/dY", "[0, 8]"), (PAIRS, "shared", "dL/dY", "[1, 8]"),
    (RELU, "first", "dL/dx", "1"), (RELU, "shared", "dL/dx", "1"),  # a maximum with 0 is a ReLU, which has its own convention
    (INNER, "first", "dL/dx", "6"), (INNER, "first", "dL/dy", "6"), (INNER, "shared", "dL/dx", "3"), (INNER, "shared", "dL/dy", "9"),
]  # fmt: skip


def write(body, convention, claim, printed):
    declared = f'[conventions]\nmax = "{convention}"\n' if convention else ""
    asked = f'[[claim]]\nclaim = "{claim}"\nprinted = "{printed}"\n[[question]]\nmarks = 1\nid = "q"\nask = "{claim}"\n'
    return f'title = "Ties"\n{body}{declared}[train]\nrate = 0.5\nsteps = 2\n{asked}'


@pytest.mark.parametrize(("body", "convention", "claim", "printed"), TIES)
def test_check_solve_and_mark_judge_a_tie_by_the_same_convention(body, convention, claim, printed):
    exercise = from_text(write(body, convention, claim, printed), "t")
    (verdict,) = tutor.check(exercise)
    assert verdict.agreement == "exact"
    forms = ("scalar", "layer") if exercise.layers else ("scalar",)
    pages = [tutor.solve(exercise, form=form) for form in forms]
    assert all("The checked figure agrees exactly." in page.to_text() for page in pages)
    marked = Marker(exercise).mark(Submission("s", {"q": printed}))
    assert [answer.verdict for answer in marked.answers] == ["correct"]


@pytest.mark.parametrize(("body", "claim", "figures"), [
    (MAX, "dL/dy", {"first": "4", "shared": "2"}), (MIN, "dL/dx", {"first": "3", "shared": "3/2"}),
    (POOL, "dL/dX", {"first": "[[6, 0], [0, 0]]", "shared": "[[2, 2], [0, 2]]"}), (INNER, "dL/dy", {"first": "6", "shared": "9"}),
])  # fmt: skip
def test_what_one_convention_takes_differs_under_the_other(body, claim, figures):
    for declared in figures:
        for printed in figures:
            (verdict,) = tutor.check(from_text(write(body, declared, claim, figures[printed]), "t"))
            assert (verdict.agreement == "exact") == (declared == printed), (declared, printed)


@pytest.mark.parametrize("body", [MAX, POOL, PAIRS])
@pytest.mark.parametrize("convention", ["first", "shared"])
def test_the_page_states_the_convention_and_who_stands_on_the_kink(body, convention):
    exercise = from_text(write(body, convention, "L", "0"), "t")
    for form in ("scalar", "layer") if exercise.layers else ("scalar",):
        text = " ".join(tutor.solve(exercise, form=form).to_text().split())
        assert ("the first of the equal ones gets the whole derivative there" in text) == (convention == "first")
        assert ("equal shares of the derivative there" in text) == (convention == "shared")
        german = " ".join(tutor.solve(exercise, form=form, words="de").to_text().split())
        assert ("der erste der gleichen bekommt dort die ganze Ableitung" in german) == (convention == "first")


def test_the_parts_of_a_tie_add_up_to_one():
    for convention in ("first", "shared"):
        exercise = from_text('title = "t"\nsteps = ["f = max(a, b, c, d)"]\n[values]\na = 1\nb = 2\nc = 2\nd = 2\n'
                             f'[conventions]\nmax = "{convention}"\n', "t")  # fmt: skip
        solution = tutor.solve(exercise)
        assert sum(solution.gradient(name) for name in "abcd") == 1


def test_training_in_both_forms_takes_the_convention():
    for convention, expected in (("first", (0, 3, 1, 3)), ("shared", (2, 2, 1, 2))):
        exercise = from_text(write(POOL, convention, "L", "9"), "t")
        for form in ("scalar", "layer"):
            run = tutor.train(exercise, steps=1, form=form)
            assert tuple(float(run.parameter(f"X_{i}_{j}")) for i in (1, 2) for j in (1, 2)) == expected


@pytest.mark.parametrize("answer", ["2*m*1[x > w]*1[x > y]", "2*m*if_positive(y - x, 0, if_positive(w - x, 0, 1))"])
def test_a_formula_that_differs_at_a_tie_only_is_right(answer):
    asked = '[[question]]\nmarks = 1\nask = "dL/dx"\nkind = "expression"\nform = "any"\n'
    text = MAX.split("[values]")[0] + '[conventions]\nmax = "first"\n' + asked
    (marked,) = Marker(from_text('title = "t"\n' + text, "t")).mark(Submission("s", {"dL/dx.formula": answer})).answers
    assert marked.verdict == "correct"


COMMAS = [  # what is printed of dL/dw = 0.293 or of an array (0.25, 3), under decimal = "comma"
    ('printed = "0,293"', "exact"), ('printed = "≈ 0,29"', "rounded"), ('printed = "29,3%"', "exact"), ("printed = 0.293", "exact"),
    ('printed = "0,293*1 = 0,29"', "rounded"), ('printed = "0,294"', "differs"), ('printed = ",293"', "exact"),
]  # fmt: skip
COMMA = 'title = "t"\nsteps = ["L = w*x"]\n[values]\nw = 2\nx = 0.293\n[conventions]\ndecimal = "comma"\n'
ARRAYS = 'title = "t"\nsteps = ["L = sum(W*X)"]\n[shapes]\nW = [2]\nX = [2]\n[values]\nW = [1, 2]\nX = [0.25, 3]\n'
ARRAYS += '[conventions]\ndecimal = "comma"\n'


@pytest.mark.parametrize(("printed", "agreement"), COMMAS)
def test_figures_with_decimal_commas(printed, agreement):
    for claim in (f'[[claim]]\nclaim = "dL/dw"\n{printed}\n', f'claim = [{{ claim = "dL/dw", {printed} }}]\n'):
        text = COMMA + claim if claim.startswith("[[") else COMMA.replace("[values]", claim + "[values]")
        (verdict,) = tutor.check(from_text(text, "t"))
        assert verdict.agreement == agreement


@pytest.mark.parametrize("printed", [
    '"[0,25; 3]"', '"[0,25; 3,0]"', '"[0,25, 3]"', '["0,25", "3,00"]', "[0.25, 3]", '["0,25", 3]',
])  # fmt: skip
def test_arrays_with_decimal_commas(printed):
    (verdict,) = tutor.check(from_text(f'{ARRAYS}[[claim]]\nclaim = "dL/dW"\nprinted = {printed}\n', "t"))
    assert verdict.agreement == "exact"


def test_tables_formulas_and_other_values_with_decimal_commas():
    text = (COMMA + '[[claim]]\nclaim = "0,5*dL/dw"\nprinted = "0,1465"\n[[claim]]\nclaim = "L"\nprinted = "1,5"\nat = { x = "0,75" }\n'
            '[[table]]\ncolumns = ["L", "dL/dx"]\nrows = [["0,586", 2]]\n')  # fmt: skip
    assert [verdict.agreement for verdict in tutor.check(from_text(text, "t"))] == ["exact"] * 4


FAULTS = [  # a file, where, what, what to do
    (COMMA + '[[claim]]\nclaim = "L"\nprinted = "0.5"\n', "claim[1]", "0.5 has a decimal point, and this exercise declares commas", "0,5"),
    (COMMA + '[[claim]]\nclaim = "L"\nprinted = "1.234,5"\n', "claim[1]", "1.234 has a decimal point", "a thousand without a sign"),
    (COMMA + '[[table]]\ncolumns = ["L", "dL/dx"]\nrows = [["0,586", 2], ["0.5", 2]]\n', "table[1].rows[2]", "0.5 has a decimal point", ""),
    (ARRAYS + '[[claim]]\nclaim = "dL/dW"\nprinted = "[0,25,3]"\n', "claim[1]",
     "0,25,3: which of its commas are decimal is not clear", "[0,25; 3]"),
    (ARRAYS + '[[claim]]\nclaim = "dL/dW"\nprinted = "[0,25]"\n', "claim[1]", "one entry in [0.25] where an array of shape 2 needs 2", ""),
    (COMMA.replace('"comma"', '"dot"'), "conventions.decimal", "decimal is point or comma, not 'dot'", 'decimal = "comma"'),
    (COMMA.replace("decimal", "max"), "conventions.max", "max is shared or first, not 'comma'", 'max = "first"'),
    (COMMA.replace("decimal", "decimals"), "conventions.decimals", "there is no convention decimals", "decimal"),
    ('conventions = 3\n' + COMMA.split("[conventions]")[0], "conventions", "conventions is a table", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "what", "hint"), FAULTS)
def test_a_fault_says_where_and_what_to_do(text, where, what, hint):
    with pytest.raises(Problems) as caught:
        from_text(text, "t")
    (problem,) = caught.value.problems
    assert problem.where.startswith(where)
    assert what in problem.what
    assert hint in problem.hint


@pytest.mark.parametrize(("text", "read"), [
    ("0,5", "0.5"), ("-1,25e3", "-1.25e3"), ("[1,5, 2,5]", "[1.5, 2.5]"), ("max(x, 1,5)", "max(x, 1.5)"),
    ("2,5x", "2.5x"), ("(,5)", "(.5)"), ("w_1,2", "w_1,2"), ("f(x,y)", "f(x,y)"),
    ("(0,5)", "(0.5)"), ("0,5*x", "0.5*x"), ("[[0,5; 1]; [2; ,25]]", "[[0.5; 1]; [2; .25]]"),
])  # fmt: skip
def test_commas_are_read_where_digits_stand_on_both_sides(text, read):
    assert read_commas(text) == read
