"""Long tables keep their first and last rows."""

import pytest

from tutor.solving.table_rows import choose_rows


@pytest.mark.parametrize(("last", "count"), [(0, 1), (59, 60), (60, 28), (10**7, 31)])
def test_long_tables_keep_the_first_and_the_last_rows(last, count):
    found = choose_rows(last)
    assert (len(found), found[0], found[-1]) == (count, 0, last)
    assert found == sorted(set(found))
    assert found[:11] == list(range(min(last, 10) + 1))
