"""A line of working and its members; what the product prints on one row, pasted back; vectors and matrices."""

import pytest

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_answers import read_entries
from tutor.answer.read.vocabulary import vocabulary
from tutor.answer.read.working_lines import read_lines
from tutor.exercise.load import load
from tutor.expression.plain import write_plain

KNOWN = vocabulary(load("neuron/two-two-two"))


def said(entry):
    return "?" if isinstance(entry, AnswerError) else write_plain(entry)


LINES = [
    ("dL/dw5 = (out_o1-target_o1)*out_h1 ≈ 0.082", [("", "dL/dw5"), ("=", "(out_o1 - target_o1)*out_h1"), ("≈", "0.082")]),
    ("w5 ← w5 - lambda*dL/dw5 = 0.3", [("", "w5"), ("←", "w5 - lambda*dL/dw5"), ("=", "0.3")]),
    (r"w5 \leftarrow w6", [("", "w5"), ("←", "w6")]), ("w5 := 3", [("", "w5"), (":=", "3")]),
    (r"w_5 \approx 0.3", [("", "w5"), ("≈", "0.3")]), ("a = w5 = 3", [("", "?"), ("=", "w5"), ("=", "3")]),
    ("w5*(w6 >= 0) = 0.4", [("", "w5*if_positive(-w6, 0, 1)"), ("=", "0.4")]),
    ("0 if w6 <= 0 else w5", [("", "if_positive(w6, w5, 0)")]),
    (r"\boxed{w_5 = \frac{1}{2}}", [("", "w5"), ("=", "1/2")]),
    ("(w5 + = 3 = 4", [("", "?"), ("=", "3"), ("=", "4")]), ("w5", [("", "w5")]), ("", []), ("= = =", []),
    ("= w5", [("", "w5")]), ("w5 => w6 ⇒ 3", [("", "w5"), ("⇒", "w6"), ("⇒", "3")]),
    ("w5 = 1\nw6 = 2", [("", "w5"), ("=", "1"), ("⏎", "w6"), ("=", "2")]),
    ("w5\n = w6\n = 2", [("", "w5"), ("=", "w6"), ("=", "2")]), ("w5\n + w6", [("", "w5 + w6")]),
    ("(w5\n+ w6)", [("", "w5 + w6")]), ("$w_5 = 3$.", [("", "w5"), ("=", "3")]),
    (r"w_5 &= w_6 \\ &= 0.082 \tag*{{\footnotesize\color{black!70}the 2 cancels the \ensuremath{\tfrac{1}{2}}}\quad {(12)}} \\",
     [("", "w5"), ("=", "w6"), ("=", "0.082")]),
    (r"\begin{cases} w_5 & \text{if } w_6 > 0 \\ 2 & \text{else} \end{cases} = 2", [("", "if_positive(w6, w5, 2)"), ("=", "2")]),
    (" 2  out_h1  = σ(in_h1) = σ(0.3775)          (sigmoid)                   0.593270",
     [("", "out_h1"), ("=", "sigmoid(in_h1)"), ("=", "sigmoid(0.3775)"), ("=", "0.593270")]),
    (" 3  in_h2   = w3·i1 + b1            (weighted sum)\n            = 0.25×0.05 + 0.35                                  0.3775",
     [("", "in_h2"), ("=", "w3*i1 + b1"), ("=", "0.25*0.05 + 0.35"), ("=", "0.3775")]),
    ("13  ∂out_o1/∂in_o1   = out_o1·(1 − out_o1)   (σ′ = σ·(1 − σ))", [("", "dout_o1/din_o1"), ("=", "out_o1*(1 - out_o1)")]),
    ("22  ∂in_o1/∂out_h1   = w5                    (the partner in its product)    0.4",
     [("", "din_o1/dout_h1"), ("=", "w5"), ("=", "0.4")]),
    ("12  ∂L_total/∂out_o1 = out_o1 − target_o1    (the 2 cancels the ½)", [("", "dL/dout_o1"), ("=", "out_o1 - target_o1")]),
    ("= (0.01 − 0.751365)²                                  0.274811", [("", "(0.01 - 0.751365)^2"), ("=", "0.274811")]),
    ("dL/dw5 = w5*w6 (chain rule)", [("", "dL/dw5"), ("=", "w5*w6")]),
    ("w5 = w6 (i1 i2)", [("", "w5"), ("=", "w6*(i1*i2)")]), ("w5 = w6 (foo i2)", [("", "w5"), ("=", "?")]),
    ("w5 = w6 (wrongname)", [("", "w5"), ("=", "?")]), ("3 w5 = 6", [("", "3*w5"), ("=", "6")]),
    ("w5 = 2 (w6)", [("", "w5"), ("=", "2*w6")]),
    ("w5 = 0.741 *\n0.187", [("", "w5"), ("=", "0.741*0.187")]), ("w5 -\nw6\n= 3", [("", "w5 - w6"), ("=", "3")]),
    ("**Answer**\n0.5", [("", "?"), ("⏎", "0.5")]), ("---\n0.5", [("", "?"), ("⏎", "0.5")]), ("w5 ≈ ca. 0.5", [("", "w5"), ("≈", "0.5")]),
    ("w5^(1) = 3", [("", "w5@1"), ("=", "3")]), ("w_5^{(1)} = 3", [("", "w5@1"), ("=", "3")]), ("w5[1] = 3", [("", "w5@1"), ("=", "3")]),
    ("w5^(1)", [("", "w5^1")]), ("3 = w5[1]", [("", "3"), ("=", "w5*1")]), ("w_{11}^{(2)} = 3", [("", "w5"), ("=", "3")]),
    ("# answer\n0.5", [("", "0.5")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "members"), LINES, ids=[row[0][:40] for row in LINES])
def test_a_line_is_taken_apart(text, members):
    lines = read_lines(text, KNOWN)
    assert [(line.relation, said(line.expr)) for line in lines] == members
    assert all(text[line.at : line.at + len(line.text)] == line.text for line in lines)


def test_the_whole_solution_is_read_as_it_is_printed():
    import tutor

    shown = tutor.solve("neuron/two-two-two").to_text(80)
    body = shown[shown.index("Forward pass") : shown.index("Where")].partition("\n")[2]
    assert [line.text for line in read_lines(body, KNOWN) if isinstance(line.expr, AnswerError)] == []


ENTRIES = [
    ("[1, 2]", [["1", "2"]]), ("[[1,2],[3,4]]", [["1", "2"], ["3", "4"]]), ("(1, 2)", [["1", "2"]]),
    ("{1, 2}", [["1", "2"]]), ("1; 2; 3", [["1"], ["2"], ["3"]]), ("1, 2, 3", [["1", "2", "3"]]),
    ("1 2 3", [["1", "2", "3"]]), ("1\n2\n3", [["1"], ["2"], ["3"]]), ("1,\n2,\n3", [["1"], ["2"], ["3"]]),
    ("[1 2; 3 4]", [["1", "2"], ["3", "4"]]), ("[1,2;3,4]", [["1", "2"], ["3", "4"]]),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", [["1", "2"], ["3", "4"]]),
    (r"\begin{bmatrix} 1 \\ w_5 \\ \end{bmatrix}", [["1"], ["w5"]]),
    (r"\begin{array}{cc} 1 & w_5 \\ 3 & 4 \end{array}^T", [["1", "3"], ["w5", "4"]]),
    (r"\left(\begin{array}{c} 1 \\ 2 \end{array}\right)", [["1"], ["2"]]), (r"\left[1, 2\right]", [["1", "2"]]),
    (r"$\begin{matrix} 1 & 2 \end{matrix}$", [["1", "2"]]), ("[1,2]^T", [["1"], ["2"]]), ("[1;2]ᵀ", [["1", "2"]]),
    (r"(1, 2)^{\top}", [["1"], ["2"]]), ("[1, 2].T", [["1"], ["2"]]),
    ("| 1 | 2 |\n|---|---|\n| 3 | 4 |", [["1", "2"], ["3", "4"]]), ("((1,2),(3,4))", [["1", "2"], ["3", "4"]]),
    ("(1,2)\n(3,4)", [["1", "2"], ["3", "4"]]), ("[[1, 2]]", [["1", "2"]]), ("(w5+1)*2", [["(w5 + 1)*2"]]),
    ("[w5]", [["w5"]]), ("3", [["3"]]), ("w5 w6", [["w5*w6"]]), ("1 - 2", [["1 - 2"]]), ("[-1 -2]", [["-1", "-2"]]),
    ("[0.1, -0.2, 3e-4]", [["0.1", "-0.2", "3e-4"]]), ("max(w5,w6), 3", [["max(w5, w6)", "3"]]),
    ("[max(w5,w6), (w5+2)]", [["max(w5, w6)", "w5 + 2"]]), ("[1, , 2]", [["1", "?", "2"]]),
    ("[1, foo, 2]", [["1", "?", "2"]]), ("[∂L/∂w5, dL/dw6]", [["dL/dw5", "dL/dw6"]]),
    ("np.array([[1, 2],\n [3, 4]])", [["1", "2"], ["3", "4"]]), ("array([1., 2.]).T", [["1"], ["2"]]),
    ("torch.tensor([[1], [2]], dtype=torch.float64)", [["1"], ["2"]]), ("Matrix([[1, w5]])", [["1", "w5"]]),
    ("tensor([0.5, 2], grad_fn=<MulBackward0>)", [["0.5", "2"]]), ("2 | 1.5 | -2 | 1", [["2", "1.5", "-2", "1"]]),
    ("1 | 2\n3 | 4", [["1", "2"], ["3", "4"]]), ("|2|\n|1.5|\n|-2|", [["2"], ["1.5"], ["-2"]]),
    ("|v|\n|---|\n|w5|", [["?"], ["w5"]]), ("|w5|\n|w6|", [["abs(w5)"], ["abs(w6)"]]), ("|-2|", [["abs(-2)"]]),
    ("2 |1.5| 3, 1", [["?", "1"]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows"), ENTRIES, ids=[row[0][:40] for row in ENTRIES])
def test_entries_are_read(text, rows):
    assert [[said(entry) for entry in row] for row in read_entries(text, KNOWN)] == rows


@pytest.mark.parametrize(
    ("text", "what"),
    [("", "empty answer"), ("0,5; 0,25", "a comma inside a list"),
     ("0,5\n0,25", "a comma inside a list"), (r"\begin{pmatrix} 1 \\ 2", "cannot be read"), ("[[1,2],[3]]^T", "different lengths"),
     (r"\begin{matrix} 1 \end{matrix} x", "behind the matrix"), ("?," * 40, "more than 30 entries"),
     ("[1, 2", "never closed"), ("1, 2]", "never opened"), ("[1, 2)", "[ is closed by )"), ("[[1, 2], [3, 4]", "never closed"),
     ("4.5 and 1.5", "no quantity and"), ("see attached photo", "no quantity see"), ("see\nphoto", "no quantity see"),
     ("np.array([1, 2]) + 3", "np.array is not read"), ("array([1, 2], [3, 4])", "no function array"), ("|---|", "no entries")],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_refused(text, what):
    with pytest.raises(AnswerError) as caught:
        read_entries(text, KNOWN)
    assert what in caught.value.what
