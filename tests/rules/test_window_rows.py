"""What slides over an array: the rows that are made (what they compute is in test_operations.py, with the other rows)."""

from tutor.rules.window_rows import WINDOW_ROWS


def find_row(name, ranks, settings):
    alike = [row for row in WINDOW_ROWS if row.name == name and len(row.settings) == settings]
    (row,) = [row for row in alike if [len(sizes) for _, sizes in row.operands] == ranks]
    return row


def test_the_index_form_is_the_one_of_lectures():
    assert find_row("correlate", [1, 1], 2).index == "sum_over(a, m, at(k, a)*at(x, s*(i - 1) + a - p))"
    assert find_row("correlate", [4, 4], 2).index == (
        "sum_over(v, c, sum_over(a, m, sum_over(b, q, at(K, j, v, a, b)*at(X, i, v, s*(l - 1) + a - p, s*(h - 1) + b - p))))"
    )


def test_a_group_has_its_own_channels():
    row = find_row("correlate", [3, 3], 4)
    assert row.arrays == ("X: N c*g n", "K: o c m")
    assert row.divides == ("g", "o")
    assert "at(X, i, c*quotient(j - 1, quotient(o, g)) + v" in row.index


def test_transposed_convolution_is_what_correlation_sends_back():
    for ranks, axes in (([2, 3], 1), ([3, 3], 1), ([3, 4], 2), ([4, 4], 2)):
        row = find_row("transposed_convolution", ranks, 2)
        assert row.pullbacks[0] == "correlate(G, K, s, p)"
        assert row.index.replace("at(X", "at(G") == find_row("spread", ranks, axes + 2).index
