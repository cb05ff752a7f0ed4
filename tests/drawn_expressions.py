"""Expressions of every kind, with long and wide names: what pages have to break into lines."""

from hypothesis import strategies as st

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow

NAMES = st.sampled_from(["x", "w5", "out_h1", "target_o1", "y_hat", "eta", "a_rather_long_name_of_a_quantity", "日本"])
NUMBERS = st.sampled_from(["0", "-1", "0.05", "-0.822", "4.38568e-4", "12345678.9", "-3e-11"]).map(Number)
LEAVES = st.one_of(NAMES.map(Name), NUMBERS, st.builds(Partial, NAMES, NAMES))


def _grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=1, max_size=6).map(tuple)
    return st.one_of(
        several.map(Add),
        several.map(Mul),
        inner.map(Neg),
        st.builds(Div, inner, inner),
        st.builds(Pow, inner, inner),
        st.builds(Call, st.sampled_from(["sigmoid", "max", "softmax'"]), several),
    )


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=25)
