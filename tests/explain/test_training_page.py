"""The page about a run: every rule has its words, long tables are thinned, symbols are made for what an update computes."""

import pytest

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Math, Table
from tutor.expression.keys import derivative_key
from tutor.numbers.printed import as_printed
from tutor.render.maths import Printer
from tutor.results.solution import train


def test_six_parameters_are_explained_and_the_others_counted():
    page = tutor.train("neuron/two-two-two", steps=1)
    text = " ".join(page.to_text().split())
    assert "The other 4 parameters move in the same way." in text
    assert sum(isinstance(block, Equations) for block in page.document().blocks) == 2  # what is trained, and its first update


@pytest.mark.parametrize(("optimiser", "rows"), [
    ("gd", ["gradient", "new value"]), ("adam", ["gradient", "m^(t+1)", "v^(t+1)", "m̂", "v̂", "new value"]),
])  # fmt: skip
def test_parameters_that_move_alike_are_a_table_with_every_figure(optimiser, rows):
    page = tutor.train("neuron/two-two-two", optimiser=optimiser, rate="0.1", steps=1)
    writer = Printer(page.notation)
    table = next(block for block in page.document().blocks if isinstance(block, Table))
    cells = [[writer.text(part.expr) if isinstance(part, Math) else part for cell in row for part in cell] for row in table.rows]
    assert [row[0] for row in cells] == rows
    assert [writer.text(cell[0].expr) for cell in table.header[1:]] == ["w₂", "w₃", "w₄", "b₁", "w₅"]
    for place, update in enumerate(page.worked.training.updates[1:6], 1):
        keys = [derivative_key(page.task.derivation.graph.loss, update.parameter), *(step.target for step in update.steps)]
        values = [page.worked.training.first[key] for key in keys]
        assert [row[place] for row in cells] == [writer.text(as_printed(value)) for value in values]


@pytest.mark.parametrize(("parameters", "blocks"), [(["u"], 1), (["u", "v"], 2), (["u", "v", "w"], 1)])
def test_two_parameters_are_both_written_out(parameters, blocks):
    page = tutor.train("L = (u*v*w - 1)^2", at={"u": 1, "v": 2, "w": 3}, wrt=parameters, rate="0.1", steps=1)
    assert sum(isinstance(block, Equations) for block in page.document().blocks) == 1 + blocks


def test_a_quantity_of_the_exercise_keeps_its_name_beside_the_optimisers():
    """An exercise may use t, beta1 and m_w itself."""
    page = tutor.train("yhat = w*t + beta1*m_w; L = (yhat - 1)^2", at={"w": 1}, optimiser="adam", rate="0.1", steps=2,
                       data={"t": [2, 1], "beta1": [3, 1], "m_w": ["1/2", 0]})  # fmt: skip
    assert page.task.parameters == ("w",)
    assert page.task.names.t == "t_update"
    assert page.task.states == ("m_w_update", "v_w")
    assert "β₁" in page.to_text()


def test_epochs_and_samples_have_columns_where_there_are_batches():
    def header(**more):
        page = tutor.train("cmu/smallest-perceptron", rate="0.001", steps=2, **more)
        tables = [block for block in page.document().blocks if isinstance(block, Table)]
        return [cell[0] for cell in tables[-1].header if isinstance(cell[0], str)]

    assert header() == []
    assert header(batch=2) == ["epoch", "samples"]


@pytest.mark.parametrize("form", ["scalar", "layer"])
def test_a_table_says_which_parameters_it_has_no_room_for(form):
    text = 'title = "t"\nsteps = ["L = sum(T^2)"]\nparameters = ["T"]\n[shapes]\nT = [7]\n[values]\nT = [1, 2, 3, 4, 5, 6, 7]\n'
    page = train(from_text(text, "t"), rate="0.1", steps=2, form=form)
    assert "A row has room for 6 parameters; left out: T₇." in " ".join(page.to_text().split())
    solved = tutor.solve(from_text(text, "t"), rate="0.1", steps=2, form=form)
    assert ("left out: T₇" in " ".join(solved.to_text().split())) == (form == "layer")


def test_a_table_says_what_is_left_out_since_nobody_asked():
    text = " ".join(tutor.solve("neuron/two-two-two", wrt=["w5", "w6"], steps=2).to_text().split())
    assert "Left out, since not asked for: w₁, w₂, w₃, w₄, b₁, w₇, w₈ and b₂." in text
    assert "eft out" not in tutor.solve("qmul/linear-neuron", steps=2).to_text()


@pytest.mark.parametrize(("ident", "more", "formulas"), [
    ("neuron/adam", {}, [r"\sigma(\mathit{in}_{o})", r"\frac{1}{2}(\mathit{target}_{o} - \mathit{out}_{o})^{2}"]),
    ("dl/index-network-layers", {"form": "layer"}, [r"\hat{\mathbf{y}} - \mathbf{y}", r"\sum_{v=1}^{2} (\hat{y}_{v} - y_{v})^{2}"]),
    ("qmul/linear-neuron-samples", {}, ["E &= (x^{L} - y)^{2}"]),
])  # fmt: skip
def test_what_is_trained_stands_in_front_of_its_first_gradient(ident, more, formulas):
    page = tutor.train(ident, steps=1, **more)
    before = page.to_latex().partition("First update")[0]
    assert [formula for formula in formulas if formula not in before] == []
    numbers = [row.number for block in page.document().blocks if isinstance(block, Equations) for row in block.rows]
    assert set(numbers) == {None}


@pytest.mark.parametrize(("width", "shown"), [(10, True), (30, False)])
def test_a_computation_of_very_many_steps_does_not_stand_in_front_of_its_training(width, shown):
    steps = ["z0 = w*x", *(f"z{n} = z{n - 1} + {n}" for n in range(1, width)), f"L = (z{width - 1} - y)^2"]
    text = f"title = 't'\nsteps = {steps}\nparameters = ['w']\nvalues = {{ w = 1, x = 2, y = 3 }}\n"
    page = tutor.train(from_text(text, "t"), steps=1, rate="0.1")
    assert ("Forward pass" in page.to_text()) == shown


def test_a_small_change_is_seen_in_every_table_and_every_update():
    text = "steps = ['s = w*x', 'L = s^2 + 1']\ntitle = 't'\nparameters = ['w']\n[values]\nw = 2\nx = 3\n"
    page = tutor.train(from_text(text, "t"), steps=3, rate="0.0000001").to_text()
    assert page.count("1.9999964") == 2  # as an update and in the table
    assert "2.00000 " not in page


COURSES = [  # an exercise, what its solution says of its updates, and a row of their table
    ("neuron/adam", ("Adam with β₁ = 0.9", "t+1 is the number of the update", "v̂_w₁", "0.500000"), "10 1.21630"),
    ("published/slideplayer-and-by-the-delta-rule", ("the updates over all samples are below", "sample 1"), "15 4 3"),
    ("published/gnesi-sgd", ("Each update uses one sample", "3 − 0.1·(−16)"), "4 1 4 0.128 5.2432"),
    ("cmu/smallest-perceptron", ("sum over all samples", "shows all updates"), "30 4.33270×10⁵⁹ −4.29575×10⁵⁹"),
]


@pytest.mark.parametrize(("ident", "said", "row"), COURSES, ids=[case[0] for case in COURSES])
def test_a_solution_shows_the_updates_that_its_exercise_is_about(ident, said, row):
    text = " ".join(tutor.solve(ident).to_text().split())
    assert [one for one in (*said, "First update", "Iterations", row) if one not in text] == []


def test_a_solution_of_chosen_quantities_points_to_the_updates():
    text = " ".join(tutor.solve("neuron/adam", wrt=["w1"]).to_text().split())
    assert "`tutor train neuron/adam` shows the updates" in text
    assert "First update" not in text


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("published/fishitmo-line-diverges", "L̄ is the mean of L over them. First update ∂L̄/∂m = −62 (mean over all samples) m ←"),
        ("cmu/stochastic", "First update ∂ℒ/∂w = 0.35 (the gradient of sample 3)"),
        ("cmu/stochastic", "In the table ℒ_Σ is the sum of ℒ over all 4 samples."),
        ("neuron/newton", "det H = ∂²L̄/∂w²·∂²L̄/∂b² − ∂²L̄/∂w∂b·∂²L̄/∂w∂b"),
    ],
)
def test_the_loss_of_all_samples_has_a_symbol_beside_that_of_one(target, said):
    assert said in " ".join(tutor.solve(target).to_text(100).split())


def test_a_step_size_is_called_one_and_a_loss_that_rises_is_written_as_in_the_table():
    text = " ".join(tutor.solve("published/fishitmo-line-diverges").to_text(100).split())
    assert "step size η = 0.1" in text
    assert "to 3723.82 after update 6" in text
    assert "= 1/3 − α·(8/3) (one step of size α against the gradient)" in " ".join(tutor.solve("dl/relu-regression").to_text(100).split())


@pytest.mark.parametrize("optimiser", ["sgd", "momentum"])
def test_a_table_of_updates_has_the_derivative_that_each_took(optimiser):
    """The first update is written out; of the others nobody could see what they were made of."""
    data = {"x": [2, 1, 3], "y": [10, 5, 15]}
    run = {"rate": "0.1", "steps": 3, "optimiser": optimiser, "batch": 1, "order": "given"}
    page = tutor.train("L = (w*x - y)^2", at={"w": 3}, wrt=["w"], data=data, **run)
    table = [block for block in page.document().blocks if isinstance(block, Table)][-1]
    column = [Printer(page.notation).text(head[0].expr) if isinstance(head[0], Math) else head[0] for head in table.header].index("∂L/∂w")
    cells = [Printer(page.notation).text(row[column][0].expr) if row[column] else "" for row in table.rows]
    w, taken, velocity = 3.0, [], 0.0
    for x, y in zip(data["x"], data["y"], strict=True):
        taken.append(2 * x * (w * x - y))
        velocity = taken[-1] + (0.9 * velocity if optimiser == "momentum" else 0)
        w -= 0.1 * velocity
    assert cells[0] == ""
    assert [float(cell.replace("−", "-")) for cell in cells[1:]] == pytest.approx(taken, rel=1e-5)
    assert "that the update took" in " ".join(page.to_text().split())


def test_a_wide_table_has_no_derivatives():
    page = tutor.train("L = (a*b - c*d)^2", at={"a": 1, "b": 2, "c": 3, "d": 4}, wrt=["a", "b", "c", "d"], rate="0.01", steps=2)
    assert "that the update took" not in " ".join(page.to_text().split())
