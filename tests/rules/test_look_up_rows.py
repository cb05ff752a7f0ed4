"""Looking up by labels: a row for each count (what it computes is in test_operations.py, with the other rows)."""

from tutor.rules.look_up_rows import LOOK_UP_ROWS, LOOK_UPS, MOST_LABELS, make_look_up


def test_there_is_a_row_for_each_count_of_labels():
    assert [row.result for row in make_look_up("embed", 2)] == [("2",), ("2", "n")]
    assert [row.arrays for row in make_look_up("scatter", 4)] == [("G: 3",), ("G: 3 n",)]
    assert make_look_up("embed", MOST_LABELS + 1) == () == make_look_up("embed", 0)
    assert {row.name for row in LOOK_UP_ROWS} == set(LOOK_UPS)


def test_each_label_stays_below_the_table():
    (row,) = make_look_up("pick_each", 2)
    assert row.below == ("k1", "V", "k2", "V")
