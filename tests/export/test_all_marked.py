"""Results as JSON come back as they were."""

from marks_made import ANNA, BEN, FAILED, written

from tutor.export.all_marked import read


def test_results_come_back():
    assert read(written("json", ANNA, BEN, FAILED).text) == (ANNA, BEN, FAILED)
