"""Functions that change arrays in their place, which are read as Python has them: read as text, and called to compare."""

import numpy as np


def add_one(v):
    v += 1
    return v


def give_back(v):
    return v


def a_part_of_a_row(x, w):
    w[0][1] = x[0]
    return np.sum(w**2 * x)


def a_part_of_a_part_of_rows(x, w):
    w[:2][0][1] = x[0]
    return np.sum(w**2 * x)


def a_part_of_a_row_by_a_span(x, w):
    w[0, :][1] += x[0]
    return np.sum(w**2 * x)


def in_a_helper(x, w):
    add_one(w)
    return np.sum(w**2 * x)


def a_value_in_a_helper(x, w):
    add_one(w + 0)
    return np.sum(w**2 * x)


def of_another_kind(x, w):
    v = w.astype(float)
    v *= 2
    return np.sum(w**2 * x)


def the_same_array(x, w):
    v = np.asarray(w)
    v += 1
    return np.sum(w**2 * x)


def a_copy(x, w):
    v = np.array(w)
    v += 1
    return np.sum(w**2 * x)


def rows_by_a_list(x, w):
    v = w[[0, 1]]
    v *= 2
    return np.sum(w**2 * x)


def rows_exchanged(x, w):
    w[0], w[1] = w[1].copy(), w[0].copy()
    return np.sum(w**2 * x)


def by_way_of_a_function(x, w):
    h = give_back(w)
    h += 1
    return np.sum(w**2 * x)


def pieces_apart(x, w):
    a, b = np.split(x * w, [1])
    a += 1
    x = a + b[1]
    return np.sum(w**2 * x)


def rows_apart(x, w):
    _, b = w[0], w[1]
    w[0] = 2.0
    x = b
    return np.sum(w**2 * x)


def one_array_twice_in_a_list(x, w):
    out = [np.zeros(3)] * 2
    out[0] += x
    x = out[1]
    return np.sum(w**2 * x)


def two_names_of_zeros(x, w):
    out = np.zeros(3)
    v = out
    v += x
    x = out
    return np.sum(w**2 * x)


def a_name_and_an_entry(x, w):
    z = x * 2
    p = {"z": z}
    p["z"] += 1
    x = z
    return np.sum(w**2 * x)


def two_names_at_once(x, w):
    a = b = x * w
    a += 1
    x = b[0]
    return np.sum(w**2 * x)


KEPT_PROGRAMS = [
    a_part_of_a_row,
    a_part_of_a_part_of_rows,
    a_part_of_a_row_by_a_span,
    in_a_helper,
    a_value_in_a_helper,
    of_another_kind,
    the_same_array,
    a_copy,
    rows_by_a_list,
    rows_exchanged,
    by_way_of_a_function,
    pieces_apart,
    rows_apart,
    one_array_twice_in_a_list,
    two_names_of_zeros,
    a_name_and_an_entry,
    two_names_at_once,
]
