"""Very many like local derivatives: nothing is lost, numbers follow the page, and small networks keep a row for each."""

import re

import pytest
from words_of_pages import nobody

import tutor
from tutor.explain.alike_rows import ALIKE, MANY, group_alike, write_alike_table
from tutor.explain.document import Equation, Equations, Math, Side, Table
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Mul, Name, Number, Partial


def make_rows(*forms):
    """So many rows of each form."""
    made = []
    for form, (count, why) in enumerate(forms):
        for place in range(count):
            expr = Mul((Number(str(form)), Name(f"x{form}_{place}")))
            made.append(Equation(Partial("f", f"w{form}_{place}"), (Side(expr), Side(Number("7"), result=True)), place, (why,)))
    return made


@pytest.mark.parametrize(("forms", "sizes"), [
    ([(MANY, "a")], [1] * MANY),
    ([(MANY + 1, "a")], [MANY + 1]),
    ([(ALIKE, "a"), (MANY, "b")], [1] * ALIKE + [MANY]),
    ([(ALIKE + 1, "a"), (MANY, "a")], [ALIKE + 1, MANY]),  # another number is another form
    ([], []),
])  # fmt: skip
def test_only_many_alike_are_together(forms, sizes):
    rows = make_rows(*forms)
    groups = group_alike(rows)
    assert [len(group) for group in groups] == sizes
    assert [row for group in groups for row in group] == rows


def test_another_reason_is_another_group():
    rows = [*make_rows((20, "the one")), *make_rows((20, "the other"))]
    assert [len(group) for group in group_alike(rows)] == [20, 20]


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_a_table_has_every_row_down_its_columns(count):
    rows = make_rows((count, "a"))
    table = write_alike_table(rows, ENGLISH)
    assert {len(line) for line in (table.header, *table.rows)} == {8}
    halves = [[line[at : at + 4] for line in table.rows if line[at]] for at in (0, 4)]
    shown = [cells for half in halves for cells in half]
    assert [cells[0] for cells in shown] == [(str(row.number),) for row in rows]
    assert [cells[1:] for cells in shown] == [((Math(row.left),), (Math(row.sides[0].expr),), (Math(Number("7")),)) for row in rows]


@pytest.mark.parametrize("ident", ["qmul/mean-squared-error-layers", "qmul/laplacian", "neuron/softmax-loss-batch"])
def test_a_page_counts_on_through_its_tables(ident):
    blocks = tutor.solve(ident, form="scalar", ask=nobody).document().blocks
    numbers = []
    for block in blocks:
        if isinstance(block, Equations):
            numbers += [row.number for row in block.rows if row.number is not None]
        elif isinstance(block, Table) and block.header and block.header[0] == ("step",):
            width = len(block.header) // 2
            numbers += [int(cells[at][0]) for at in (0, width) for cells in block.rows if cells[at]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 60


def test_a_small_network_has_a_row_for_each():
    page = tutor.solve("neuron/two-two-two", ask=nobody).to_text()
    assert "In the same way" not in page.partition("Update")[0]
    assert len(re.findall(r"^ *\d+  ∂[a-z_0-9]+/∂", page, re.MULTILINE)) >= 20
