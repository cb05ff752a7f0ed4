"""Sums over time, however they are written, and what is no such sum."""

from tutor.graph.written_times import write_out_times

SPANS, ENDS = {"t": (1, 2)}, {"T": 2}
BOTH = "((a_1*b_0) + (a_2*b_1))"
WRITTEN = {
    r"\sum_{t=1}^{T} \delta_t\,\underset{\;1 \times n\;}{x_t} \tag{1}":
        r"((\delta_1\,\underset{\;1 \times n\;}{x_1}) + (\delta_2\,\underset{\;1 \times n\;}{x_2}))\tag{1}",
    "Σ_(t=1..T) a_t*b_{t-1}": BOTH,
    "Σ_(t=1..2) aₜ*bₜ₋₁": BOTH,
    "∑_{t = 1}^{T} a_t*b_(t−1)": BOTH,
    r"\sum_{t=1}^{T} a_t*b_{t-1}": BOTH,
    r"\sum\limits_{t=1}^T a_{t}*b_{t-1}": BOTH,
    "Σ_t a_t*b_{t-1}": BOTH,
    "Σₜ a_t*b_{t-1}": BOTH,
    "sum_{t=1}^{T} a_t*b_{t-1}": BOTH,
    "sum(a_t*b_{t-1}, t, 1, T)": BOTH,
    "sum(a_t*b_{t-1}, t=1..T)": BOTH,
    "sum_times(t, 1, T, a_t*b_{t-1})": BOTH,
    "Σ_(s=1..T) a_s*b_{s-1}": BOTH,
    "Σ_(t=1..T) a_t*b_{t-1} + w": f"{BOTH} + w",
    "(Σ_(t=1..T) a_t*b_{t-1})·w": f"({BOTH})·w",
    "Σ_(t=1..T) a_t\n  *b_{t-1}      2.92\n  the sum": "((a_1 *b_0) + (a_2 *b_1))      2.92\n  the sum",
    "mean(t·a[t], t)": "(((1·a[1]) + (2·a[2]))/2)",
    "Σ_(t=T..T) a_t": "((a_2))",
    "Σ_(t=2..1) a_t": "0",
    "Σ_(t=1..T) Σ_(s=t..T) a_s": "((((a_1) + (a_2))) + (((a_2))))",
    "a_T + a_(T−1)": "a_2 + a_1",
    # no sums over time
    "Σ_i a_i": "Σ_i a_i",
    "sum(a)": "sum(a)",
    "Σ_(t=1..N) a_t": "Σ_(t=1..N) a_t",
    "Σ_(t=1..99999) a_t": "Σ_(t=1..99999) a_t",
    "aᵀ + at_t(3)": "aᵀ + at_t(3)",
}


def test_each_way_of_writing():
    assert {text: write_out_times(text, SPANS, ENDS) for text in WRITTEN} == WRITTEN
