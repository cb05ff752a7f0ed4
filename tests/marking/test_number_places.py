"""Where entries are wrong: a row, a column, single places."""

import numpy as np

from tutor.marking.number_places import find_places, measure_difference


def test_slices_that_have_all_wrong_entries_are_named():
    wrong = np.zeros((4, 5), dtype=bool)
    wrong[:, 2] = True
    found = find_places(wrong)
    assert (found.wrong, found.axis, found.slices, found.kept) == (4, 1, (2,), True)
    wrong[0, 2] = False
    assert (find_places(wrong).axis, find_places(wrong).kept) == (1, False)
    assert find_places(np.eye(4) > 0).axis == -1
    assert measure_difference(np.array([1.0, 2.2]), np.array([1.0, 2.0])) == 0.20000000000000018 / 2
