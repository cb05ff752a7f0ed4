"""What is given to a layer: by place, by name, by PyTorch's name; and what is said where it does not fit."""

import pytest

from tutor.errors import TutorError
from tutor.expression.nodes import Call, Name, Number
from tutor.graph.fit_layers import read_given
from tutor.graph.layered import from_layers

REFUSED = [  # the step, the shapes, what is said and what to do
    ("y = layer_norm(x, g)", {"x": (3, 5), "g": (4,)},
     "layer_norm: g (gamma) of shape 4 has 4 along axis 0, where the other operands need 5",
     "with gamma of shape n where x is n or ...×n"),
    ("y = layer_norm(x, gamma=g, weight=g)", {"x": (3,), "g": (3,)}, "layer_norm: gamma is given twice", "layer_norm(x, gamma, beta, eps="),
    ("y = layer_norm(x, heads=2)", {"x": (3,)}, "layer_norm has no heads", "write layer_norm(x, gamma, beta"),
    ("y = layer_norm(x, x, x, 1, 2)", {"x": (3,)}, "layer_norm takes 4 operands and settings, not 5", "write layer_norm("),
    ("y = attention(Q, K)", {"Q": (3, 2), "K": (3, 2)}, "attention without V", "write attention(Q, K, V, mask)"),
    ("y = attention(Q, K, V)", {"Q": (3, 2), "K": (4, 3), "V": (4, 2)},
     "attention: K of shape 4×3 has 3 along axis 1, where the other operands need 2", "K of shape"),
    ("y = attention(Q, K, V, mask=M)", {"Q": (3, 2), "K": (4, 2), "V": (4, 2), "M": (2, 4)},
     "S is 3×4 and M is 2×4", "M needs 3 where it has 2"),
    ("y = multi_head_attention(X, W, W, W, W, heads=4)", {"X": (3, 6), "W": (6, 6)},
     "multi_head_attention: 6 of W (Wq) of shape 6×6 cannot be divided into 4 equal parts", "choose heads so that it divides 6"),
    ("y = rope(x, phi)", {"x": (3,)}, "rope: 3 of x of shape 3 cannot be divided into 2 equal parts", "give x a size that 2 divides"),
    ("h, c = lstm_cell(x, h0, c0, W, U, b)", {"x": (3,), "h0": (2,), "c0": (2,), "W": (6, 3), "U": (8, 2), "b": (8,)},
     "lstm_cell: W of shape 6×3 has 6 along axis 0, where the other operands need 8", "W of shape 4*m×n"),
    ("h = lstm_cell(x, h0, c0, W, U, order=fiog2)", {"x": (3,), "h0": (2,), "c0": (2,), "W": (8, 3), "U": (8, 2)},
     "lstm_cell: there is no order=fiog2", "did you mean"),
    ("a, b = layer_norm(x)", {"x": (3,)}, "a and b on the left, and one value on the right", "write one step for each"),
    ("a, b, c = lstm_cell(x, x, x, W, W)", {"x": (2,), "W": (8, 2)}, "a and b and c on the left, and 2 values on the right", ""),
    ("y = group_norm(x, groups=0)", {"x": (4,)}, "group_norm: groups is a whole number from 1 on, not 0", "write group_norm("),
    ("y = multi_head_attention(X, X, X, X, X, heads=0)", {"X": (4, 4)}, "heads is a whole number from 1 on, not 0", "heads=1"),
    ("y = layer_norm(x, eps=-1)", {"x": (4,)}, "layer_norm: eps is a number from 0 to 1000, not -1", "write layer_norm("),
    ("y = dropout(x, m, 1)", {"x": (4,), "m": (4,)}, "dropout: p is a share from 0 to below 1, not 1", "write dropout("),
    ("y = batch_norm(x)", {"x": (3,)}, "batch_norm does not take x of shape 3", "with x of shape N×c"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "shapes", "what", "hint"), REFUSED)
def test_what_does_not_fit_is_refused_with_both_sizes_and_the_axis(step, shapes, what, hint):
    with pytest.raises(TutorError) as caught:
        from_layers([step, "L = sum(y)"], shapes)
    assert what in str(caught.value)
    assert hint in str(caught.value)
    assert caught.value.where.startswith("step ")


def test_names_of_pytorch_and_places_are_the_same():
    x, g, b, eps = Name("x"), Name("g"), Name("b"), Number("0.1")
    placed = read_given(Call("layer_norm", (x, g, b, eps)))
    named = read_given(Call("layer_norm", (x, Call("given bias", (b,)), Call("given weight", (g,)), Call("given eps", (eps,)))))
    assert placed == named
    assert list(placed.operands) == ["x", "gamma", "beta"]
