"""A run as CSV: every row with every digit, and no cell is a formula."""

import csv
import io
from fractions import Fraction

import pytest

import tutor
from tutor.contracts.run_csv import _cell, _figure

F = Fraction


def line(**more):
    return tutor.train(
        "yhat = w*x + b; L = (y - yhat)^2", at={"w": 1, "b": 0}, data={"x": [0, 1, 2], "y": [1, 3, 4]}, **more
    )


def table(trained):
    return list(csv.reader(io.StringIO(trained.to_csv())))


def test_csv_has_every_row_with_every_digit():
    trained = line(optimiser="adam", rate="0.1", steps=70)
    rows = table(trained)
    assert rows[0] == ["step", "epoch", "batch", "loss", "w", "b", "m_w", "v_w", "m_b", "v_b"]
    assert [row[0] for row in rows[1:]] == [str(step) for step in range(71)]
    for row, kept in zip(rows[1:], trained.run.rows, strict=True):
        assert float(row[4]) == pytest.approx(float(kept.values["w"]), rel=3e-16)
    assert "left out" in trained.to_text()


def test_csv_of_a_long_run_has_every_row_too():
    trained = line(optimiser="adam", rate="0.1", steps=3000)
    rows = table(trained)
    assert (len(rows), len(trained.run.rows)) == (3002, 31)
    assert not trained.run.exact
    by_step = {row.step: row for row in trained.run.rows}
    for row in rows[1:]:
        if int(row[0]) in by_step:
            assert float(row[4]) == float(by_step[int(row[0])].values["w"])
    assert "double precision" in " ".join(trained.to_text().split())


FIGURES = [
    (F(1, 8), "0.125"),
    (F(-3), "-3"),
    (F(1, 3), "0.33333333333333333"),
    (F(10) ** 30, "1.0e+30"),
    (F(1, 10**12), "0.000000000001"),
    (0.1, "0.1"),
]


@pytest.mark.parametrize(("value", "text"), FIGURES)
def test_figures_of_a_csv_file(value, text):
    assert _figure(value) == text
    assert float(_figure(value)) == float(value)


@pytest.mark.parametrize(
    ("text", "cell"),
    [("w", "w"), ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-x", "'-x"), ("+x", "'+x"), ('a"b,c', '"a""b,c"')],
)
def test_no_cell_is_a_formula(text, cell):
    assert _cell(text) == cell
