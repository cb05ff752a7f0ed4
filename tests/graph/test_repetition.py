"""Indexed names and sums over an index, written out; what is refused says where, what and what next."""

import pytest

from tutor.errors import GraphError
from tutor.graph.repetition import (
    IndexWriter,
    Moved,
    Repeat,
    find_families,
    read_place,
    refuse_future,
    spell,
    write_out_repeat,
)

TIMES = IndexWriter({"h": 1, "x": 1, "L": 1, "g": 2}, {"t": (1, 3), "l": (1, 2)}, ("t", "l"))

WRITTEN = {
    "h[2] + h[T]": "h_2 + h_3",
    "h[2][1]*h[2, 1]": "h_2_1*h_2_1",
    "dL/dh[T]*dh[T-1]/dx[1]": "dL/dh_3*dh_2/dx_1",
    "h[2][0:2]": "h_2[0:2]",
    "g[1][2] + g[1, 2] + g[L][T]": "g_1_2 + g_1_2 + g_2_3",
    "W[1, 2] + X[:, 0:1] + sum(X, axis=0)": "W[1, 2] + X[:, 0:1] + sum(X, axis=0)",
    "sum(L[t], t)": "L_1 + L_2 + L_3",
    "L = sum(L[t], t)": "L = L_1 + L_2 + L_3",
    "2*sum(L[t], t)": "2*(L_1 + L_2 + L_3)",
    "mean(L[t], t)": "(L_1 + L_2 + L_3)/3",
    "sum(h[t]*h[t-1], t=2..T)": "h_2*h_1 + h_3*h_2",
    "sum(sum(g[l][t], l), t)": "g_1_1 + g_2_1 + g_1_2 + g_2_2 + g_1_3 + g_2_3",
    "sum(h[t]*prod(x[j], j=t+1..T), t=2..3)": "h_2*(x_3) + h_3*1",
    "sum(h[i], i=3..2)": "0",
}


def test_texts_are_written_out():
    assert {text: TIMES.write(text) for text in WRITTEN} == WRITTEN
    inside = {"h_t + h_{t-1} + h[t + 1]": "h_2 + h_1 + h_3", "x[t]/t + beta^t + t_max": "x_2/2 + beta^2 + t_max"}
    assert {text: TIMES.write(text, {"t": 2}) for text in inside} == inside
    assert TIMES.write("h[t-1] + g[2][t+1]", {"t": Moved("t")}) == "h_tm1 + g_2_tp1"
    assert spell("h", (Moved("t", -2),)) == "h_tm2"
    assert read_place("T-1", {"T": 4}) == 3


REFUSED = {
    "h[t]": ("h[t]: the index t belongs to [[repeat]] and means nothing here", "write one place, h[3], or all of them, sum(h[t], t)"),
    "h[q]": ("h[q]: q is no place of h", "write a number"),
    "g[1]": ("g[1] has 1 of 2 indices", "g[1][1]"),
    "h[T-4]": ("h[T-4] is h[-1], and places count from 0", "give h[0] a value"),
    "sum(h[i], i=1..10000)": ("a sum of 10,000 terms", "the limit is 1,000"),
    "sum(h[i], i=q..3)": ("i=q..3 says no range", "i=1..3"),
}


def test_what_means_nothing_is_refused():
    for text, (what, hint) in REFUSED.items():
        with pytest.raises(GraphError) as caught:
            TIMES.write(text)
        assert what in caught.value.what, text
        assert hint in caught.value.hint, text


def test_families_and_steps():
    stacked = Repeat(("l", "t"), (1, 1), (2, 2), ("h[l][t] = w[l]*h[l-1][t] + u*h[l][t-1]",))
    assert find_families([stacked]) == {"h": 2, "w": 1}
    assert stacked.count == 4
    lines = [line for line, _ in write_out_repeat(stacked, IndexWriter(find_families([stacked])), lambda number, env: "")]
    assert lines[1] == "h_1_2 = w_1*h_0_2 + u*h_1_1"
    refuse_future(stacked)
    refuse_future(Repeat(("t",), (0,), (3,), ("z[t+1] = h[t]*x[t+2]", "h[t+1] = z[t+1]")))
    with pytest.raises(GraphError, match=r"g\[t\] needs h\[t\+1\]"):
        refuse_future(Repeat(("t",), (1,), (3,), ("h[t] = w*h[t-1]", "g[t] = h[t+1]")))
