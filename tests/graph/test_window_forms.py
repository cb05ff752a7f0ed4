"""Convolutions, poolings and look-ups as they are typed, by the operations that they are made of."""

import pytest

from tutor.errors import TutorError
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers

SHAPES = {"X": (2, 3, 5, 5), "K": (4, 3, 3, 3), "E": (5, 3), "P": (3, 4), "x": (7,), "k": (3,), "U": (2, 4, 7), "V": (6, 2, 3), "v": (6,),
          "w": (4,), "y": (3, 5), "M": (3, 3), "b": (), "R": (2, 1, 2)}  # fmt: skip


def write(text):
    return write_plain(from_layers([f"z = {text}", "L = sum(z)"], SHAPES).graph.steps[0].expr)


@pytest.mark.parametrize(("texts", "written"), [
    (("conv2d(X, K, stride=2, padding=1)", "F.conv2d(X, K, stride=(2, 2), padding=(1, 1), dilation=1)", "correlate(X, K, 2, 1)",
      "conv2d(X, K, stride=2, pad=1)", "torch.conv2d(X, K, padding=1, strides=[2, 2], groups=1)"), "correlate(X, K, 2, 1)"),
    (("conv2d(X, K, w)", "conv2d(X, K, bias=w)", "conv2d(X, K, w, 1, 0)"),
     "correlate(X, K) + batch(stretch_column_each(stretch_row_each(keep_row_each(keep_row(w)), 3), 3), 2)"),
    (("conv1d(U, V, v, groups=2, padding=1, dilation=2)",), "correlate(U, V, 1, 1, 2, 2) + batch(columns(v, 5), 2)"),
    (("conv1d(x, k, dilation=2)", "correlate(x, k, 1, 0, 2)"), "correlate(x, k, 1, 0, 2)"),
    (("conv_transpose1d(V, R, stride=2)", "transposed_convolution(V, R, 2)"), "transposed_convolution(V, R, 2)"),
    (("conv2d(y, M, b)", "conv2d(y, M, bias=b)", "conv2d(y, M, b, 1, 0)"), "correlate(y, M) + fill(b, 1, 3)"),
    (("max_pool2d(X, kernel_size=3, stride=2, padding=1)", "max_pool(X, 3, 2, padding=1)"), "max_pool(X, 3, 2, 1)"),
    (("max_pool1d(x, 2)", "max_pool(x, 2)", "max_pool(x, 2, stride=2)"), "max_pool(x, 2)"),
    (("max_pool1d(U, 2)", "max_pool_1d(U, [2])"), "max_pool_1d(U, 2)"),
    (("avg_pool2d(X, (2, 2), stride=1)",), "average_pool(X, 2, 1)"),
    (("conv2d(X, K, stride=(2, 1), padding=1)", "F.conv2d(X, K, (2, 1), 1)"), "correlate(X, K, 2, 1, 1, 1, 1, 1)"),
    (("conv2d(X, K, dilation=(1, 2), groups=1)",), "correlate(X, K, 1, 1, 0, 0, 1, 2)"),
    (("max_pool2d(X, (3, 2))", "max_pool(X, (3, 2), stride=(3, 2))"), "max_pool(X, 3, 2, 3, 2, 0, 0)"),
    (("max_pool3d(X, 2, stride=(1, 2, 2))",), "max_pool_3d(X, 2, 2, 2, 1, 2, 2, 0, 0, 0)"),
    (("E[[2, 0, 2]]", "embed(E, [2, 0, 2])", "embedding(E, (2, 0, 2))"), "embed(E, 2, 0, 2)"),
    (("E[[4]]",), "embed(E, 4)"),
    (("E[[[2, 0], [1, 2]]]", "embed(E, [[2, 0], [1, 2]])"), "embed_batch(E, 2, 2, 0, 1, 2)"),
    (("P[arange(3), [0, 2, 1]]", "P[np.arange(3), [0,2,1]]", "P[range(3), [0, 2, 1]]"), "pick_each(P, 0, 2, 1)"),
], ids=lambda texts: texts[0] if isinstance(texts, tuple) else "")  # fmt: skip
def test_what_it_is_made_of(texts, written):
    for text in texts:
        assert write(text) == written


@pytest.mark.parametrize(("text", "what", "hint"), [
    ("conv2d(X, K, stride=2, foo=3)", "no setting foo", "such as axis=0, stride=2"),
    ("conv2d(X, K, stride=2, kernel_size=3)", "no setting kernel_size", "stride, padding, dilation, groups"),
    ("conv2d(X, K, stride=(2, 1, 1))", "stride has 3 numbers, and there are 2 axes", "stride=2"),
    ("conv2d(X, K, padding=k)", "padding is no whole number", "padding=1"),
    ("conv2d(X, K, stride=1, stride=2)", "the setting stride twice", "write it once"),
    ("conv2d(X, K, stride=0)", "the stride of correlate is 0", "from 1"),
    ("conv2d(X, K, v)", "the bias v of shape 6 beside 4 channels", "one number for each channel"),
    ("correlate(y, M, k)", "the bias k of shape 3 beside 1 channels", "one number for each channel"),
    ("conv2d(X, K, groups=3)", "3 groups do not divide the 4 kernels of K", "as many kernels"),
    ("conv2d(X, K, groups=2)", "X is 2×3×5×5 and K is 4×3×3×3", "2 groups of kernels for 3 channels each need 6 channels, and there are 3"),
    ("conv1d(U, V)", "U is 2×4×7 and V is 6×2×3", "is groups=2 missing?"),
    ("conv2d(X, V)", "correlate does not take X (2×3×5×5) and V (6×2×3)", "kernels are o×c×m or o×c×m×q"),
    ("conv2d(X, K, dilation=3)", "3 entries that reach over 7", "kernel smaller"),
    ("conv_transpose1d(U, k, padding=9)", "does not take U (2×4×7) and k (3)", "kernels are o×c×m"),
    ("max_pool2d(X, stride=2)", "does not say how large its windows are", "kernel_size=2"),
    ("max_pool2d(X, 2, 2, 0, 1)", "does not take X", "stride=2"),
    ("E[[7]]", "no label 7 in E of shape 5×3", "from 0 to 4"),
    ("E[[2, -1]]", "no label -1 in E of shape 5×3", "from 0 to 4"),
    ("P[arange(3), [0, 2]]", "P is 3×4", "needs 2 entries where it has 3"),
    ("embed(E, [[1, 2], [0]])", "no rectangle", "E[[[2, 0], [1, 2]]]"),
    ("embed(E, [1.5, 2])", "1.5 is no label", "whole numbers"),
    ("sigmoid([x, x])", "a list or a setting where an array belongs", "concat([X, Y])"),
])  # fmt: skip
def test_what_is_refused(text, what, hint):
    with pytest.raises(TutorError) as caught:
        write(text)
    assert what in str(caught.value)
    assert hint in str(caught.value)


def test_labels_with_a_name_are_put_in():
    named = from_layers(["ix = [2, 0, 2]", "z = E[ix]", "L = sum(z)"], SHAPES)
    assert [step.target for step in named.graph.steps] == ["z", "L"]
    assert named.graph.steps[0].expr == from_layers(["z = E[[2, 0, 2]]", "L = sum(z)"], SHAPES).graph.steps[0].expr
    with pytest.raises(TutorError, match="step z"):
        from_layers(["ix = [2, 9]", "z = E[ix]", "L = sum(z)"], SHAPES)
