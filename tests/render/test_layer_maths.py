"""Operations on whole layers as LaTeX and as text: a table, brackets where they belong, and one document that compiles."""

import re
import subprocess
from dataclasses import replace

import pytest
from independent_layers import ALONG_AXES

from tutor.expression.nodes import Call, Name, Number
from tutor.expression.parse import parse
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.layer_maths import ARRAYS, make_printed, shapes_of
from tutor.render.maths import TEXT, Writer, latex, text
from tutor.render.matrix_maths import grid
from tutor.rules.layer_row import Layer
from tutor.rules.operations import NAMES

READABLE = {*LAYER_FUNCTIONS, *NAMES, *ARRAYS}
TABLE = [  # expression, LaTeX, text
    ("W @ x + b", "W\\,x + b", "W x + b"),
    ("(A ⊙ B) @ x", "(A \\odot B)\\,x", "(A ⊙ B) x"),
    ("A ⊙ B ⊙ A", "A \\odot B \\odot A", "A ⊙ B ⊙ A"),
    ("A ⊙ (B ⊙ A)", "A \\odot (B \\odot A)", "A ⊙ (B ⊙ A)"),
    ("2*(A - B) ⊙ A", "2(A - B) \\odot A", "2·(A − B) ⊙ A"),
    ("(A - B) ⊙ (2*A)", "(A - B) \\odot (2\\,A)", "(A − B) ⊙ (2·A)"),
    ("(A + B)^T", "(A + B)^{\\top}", "(A + B)ᵀ"),
    ("(A @ B)^T", "(A\\,B)^{\\top}", "(A B)ᵀ"),
    ("A^T @ x", "A^{\\top}\\,x", "Aᵀ x"),
    ("(A^T)^T", "(A^{\\top})^{\\top}", "(Aᵀ)ᵀ"),
    ("A @ (B @ x)", "A\\,B\\,x", "A B x"),
    ("(A + B) @ x", "(A + B)\\,x", "(A + B) x"),
    ("-A @ x", "-A\\,x", "−A x"),
    ("A @ (-x)", "A\\,(-x)", "A (−x)"),
    ("2*A @ x", "2\\,A\\,x", "2·A x"),
    ("(A - B) ⊙ A", "(A - B) \\odot A", "(A − B) ⊙ A"),
    ("A ⊙ (A - B)", "A \\odot (A - B)", "A ⊙ (A − B)"),
    ("A ⊙ (-B)", "A \\odot (-B)", "A ⊙ (−B)"),
    ("(W^T @ g) ⊙ sigmoid(x)", "(W^{\\top}\\,g) \\odot \\operatorname{sigmoid}(x)", "(Wᵀ g) ⊙ sigmoid(x)"),
    ("A^2 ⊙ B", "A^{2} \\odot B", "A² ⊙ B"),
    ("A/2 @ x", "\\frac{A}{2}\\,x", "(A/2) x"),
    ("sigmoid(x)^T", "\\operatorname{sigmoid}(x)^{\\top}", "sigmoid(x)ᵀ"),
    ("outer(y, x)", "y\\,x^{\\top}", "y xᵀ"),
    ("outer(y, x + u)", "y\\,(x + u)^{\\top}", "y (x + u)ᵀ"),
    ("outer(y, -x)", "y\\,(-x)^{\\top}", "y (−x)ᵀ"),
    ("outer(y/2, sigmoid(x))", "\\frac{y}{2}\\,\\operatorname{sigmoid}(x)^{\\top}", "(y/2) sigmoid(x)ᵀ"),
    ("fill(c, 3)", "c\\,\\mathbf{1}", "c·𝟏"),
    ("fill(1, 3)", "\\mathbf{1}", "𝟏"),
    ("fill(0, 3)", "\\mathbf{0}", "𝟎"),
    ("1/2*shaped((x - y)^2, n)", "\\frac{1}{2}\\underset{\\;n\\;}{(x - y)^{2}}", "(1/2)·(x − y)²"),
    ("columns(row_sums(X), n)", "X\\,\\mathbf{1}\\,\\mathbf{1}^{\\top}", "X 𝟏 𝟏ᵀ"),
    ("x + fill(-c, 3)", "x - c\\,\\mathbf{1}", "x − c·𝟏"),
    ("-sum_over(v, at(x, v))", "-\\sum_{v} x_{v}", "−Σ_v xᵥ"),
    ("fill(c + d, 3)", "(c + d)\\,\\mathbf{1}", "(c + d)·𝟏"),
    ("columns(b, 4)", "b\\,\\mathbf{1}^{\\top}", "b 𝟏ᵀ"),
    ("rows(x + u, 4)", "\\mathbf{1}\\,(x + u)^{\\top}", "𝟏 (x + u)ᵀ"),
    ("row_sums(A)", "A\\,\\mathbf{1}", "A 𝟏"),
    ("row_sums(A + B)", "(A + B)\\,\\mathbf{1}", "(A + B) 𝟏"),
    ("column_sums(A @ B)", "(A\\,B)^{\\top}\\,\\mathbf{1}", "(A B)ᵀ 𝟏"),
    ("row_sums_of_each(A)", "\\operatorname{sum}_{\\text{row}}(A)", "sum[row](A)"),
    ("column_sums_of_each(A)", "\\operatorname{sum}_{\\text{col}}(A)", "sum[col](A)"),
    ("columns_of_each(A, 2)", "\\operatorname{columns}_{2}(A)", "columns[2](A)"),
    ("rows_of_each(A, 2)", "\\operatorname{rows}_{2}(A)", "rows[2](A)"),
    ("keep_row(x)", "x", "x"), ("keep_column(x)", "x^{\\top}", "xᵀ"),
    ("largest_row(A)", "\\operatorname{max}_{\\text{row}}(A)", "max[row](A)"),
    ("part_row(A, 1, 2)", "\\operatorname{columns}_{2\\dots 3}(A)", "columns[2..3](A)"),
    ("part_row(A, 1, 1)", "\\operatorname{column}_{2}(A)", "column[2](A)"),
    ("axes_213(A)", "\\operatorname{axes213}(A)", "axes213(A)"),
    ("batch(A, 2)", "\\operatorname{batch}_{2}(A)", "batch[2](A)"),
    ("batch_sums(A)", "\\operatorname{sum}_{\\text{batch}}(A)", "sum[batch](A)"),
    ("one_hot(2, 1, 3, 4, 5, 6)", "\\operatorname{onehot}(2, 1, 3)", "onehot(2, 1, 3)"),
    ("sum(x^2)/3", "\\frac{\\operatorname{sum}(x^{2})}{3}", "sum(x²)/3"),
    ("mean(A)", "\\operatorname{mean}(A)", "mean(A)"),
    ("softmax(W @ x)", "\\operatorname{softmax}(W\\,x)", "softmax(W x)"),
    ("softmax_columns(A)", "\\operatorname{softmax}_{\\text{col}}(A)", "softmax[col](A)"),
    ("softmax_rows(A)", "\\operatorname{softmax}_{\\text{row}}(A)", "softmax[row](A)"),
    ("logsumexp(x)", "\\operatorname{logsumexp}(x)", "logsumexp(x)"),
    ("logsumexp_columns(A)", "\\operatorname{logsumexp}_{\\text{col}}(A)", "logsumexp[col](A)"),
    ("logsumexp_rows(A)", "\\operatorname{logsumexp}_{\\text{row}}(A)", "logsumexp[row](A)"),
    ("log_softmax(W @ x)", "\\operatorname{logsoftmax}(W\\,x)", "logsoftmax(W x)"),
    ("log_softmax_columns(A)", "\\operatorname{logsoftmax}_{\\text{col}}(A)", "logsoftmax[col](A)"),
    ("log_softmax_rows(A)", "\\operatorname{logsoftmax}_{\\text{row}}(A)", "logsoftmax[row](A)"),
    ("masked_softmax(A, B)", "\\operatorname{maskedsoftmax}(A, B)", "maskedsoftmax(A, B)"),
    ("split_heads(A, 2, 3)", "\\operatorname{heads}_{2 \\times 3}(A)", "heads[2×3](A)"),
    ("join_heads(A)", "\\operatorname{joinheads}(A)", "joinheads(A)"),
    ("positional_encoding(3, 4)", "\\operatorname{positions}(3, 4)", "positions(3, 4)"),
    ("causal_mask(3)", "\\operatorname{causal}(3)", "causal(3)"),
    ("correlate(x, k)", "x \\star k", "x ⋆ k"),
    ("convolve(x, k, 2, 1)", "x \\ast_{s=2, p=1} k", "x ∗[s=2, p=1] k"),
    ("convolve(x + u, k)", "(x + u) \\ast k", "(x + u) ∗ k"),
    ("convolve(X, W) ⊙ A", "(X \\ast W) \\odot A", "(X ∗ W) ⊙ A"),
    ("max_pool(A, 2)", "\\operatorname{maxpool}_{2}(A)", "maxpool[2](A)"),
    ("max_pool(A, 2, 1)", "\\operatorname{maxpool}_{2, s=1}(A)", "maxpool[2, s=1](A)"),
    ("average_pool(A, 3)", "\\operatorname{avgpool}_{3}(A)", "avgpool[3](A)"),
    ("flatten(A)", "\\operatorname{vec}(A)", "vec(A)"),
    ("unflatten(x, 1, 3)", "\\operatorname{mat}_{1 \\times 3}(x)", "mat[1×3](x)"),
    ("one_hot(2, 3)", "\\operatorname{onehot}(2)", "onehot(2)"),
    ("equal(v, 2)", "\\mathbf{1}_{v = 2}", "1[v = 2]"),
    ("entry(x, 2)", "x_{2}", "x₂"),
    ("entry(A, 1, 2)", "A_{12}", "A₁₂"),
    ("concat(x, y)", "\\operatorname{concat}(x, y)", "concat(x, y)"),
    ("spread(g, k, 3, 1, 0)", "g \\ast_{\\mathrm{full}} k", "g ∗[full] k"),
    ("spread_flipped(g, k, 3, 2, 0)", "g \\star_{\\mathrm{full}, d=2} k", "g ⋆[full, d=2] k"),
    ("kernel_gradient(g, x, 2, 1, 0)", "x \\star g", "x ⋆ g"),
    ("kernel_gradient_flipped(g, x, 2, 1, 0)", "\\operatorname{flip}(x \\star g)", "flip(x ⋆ g)"),
    ("route(g, x, 2, 2)", "\\operatorname{route}(g, x)", "route(g, x)"),
    ("max_pool(A, 3, 2, 1)", "\\operatorname{maxpool}_{3, s=2, p=1}(A)", "maxpool[3, s=2, p=1](A)"),
    ("max_pool_1d(A, 3, 3, 1)", "\\operatorname{maxpool1d}_{3, p=1}(A)", "maxpool1d[3, p=1](A)"),
    ("average_pool_1d(A, 3)", "\\operatorname{avgpool1d}_{3}(A)", "avgpool1d[3](A)"),
    ("route_1d(g, A, 2, 2)", "\\operatorname{route}(g, A)", "route(g, A)"),
    ("route_first_1d(g, A, 2, 2)", "\\operatorname{route}(g, A)", "route(g, A)"),
    ("max_pool_3d(A, 2)", "\\operatorname{maxpool3d}_{2}(A)", "maxpool3d[2](A)"),
    ("average_pool_3d(A, 2, 2, 2, 1, 2, 2, 0, 0, 0)", "\\operatorname{avgpool3d}_{2, s=1 \\times 2 \\times 2}(A)",
     "avgpool3d[2, s=1×2×2](A)"),
    ("route_3d(g, A, 2, 2)", "\\operatorname{route}(g, A)", "route(g, A)"),
    ("route_first_3d(g, A, 2, 2)", "\\operatorname{route}(g, A)", "route(g, A)"),
    ("share_3d(g, 3, 3, 3, 2, 2)", "\\operatorname{share}(g)", "share(g)"),
    ("share_1d(g, 3, 2, 2)", "\\operatorname{share}(g)", "share(g)"),
    ("correlate(X, K, 2, 1, 3, 2)", "X \\star_{s=2, p=1, d=3, g=2} K", "X ⋆[s=2, p=1, d=3, g=2] K"),
    ("convolve(X, K, 1, 0, 1, 2)", "X \\ast_{g=2} K", "X ∗[g=2] K"),
    ("transposed_convolution(X, K)", "\\operatorname{transconv}(X, K)", "transconv(X, K)"),
    ("transposed_convolution(X, K, 2, 1, 1, 2)", "\\operatorname{transconv}_{s=2, p=1, g=2}(X, K)", "transconv[s=2, p=1, g=2](X, K)"),
    *((f"{name}(g, A, 4, 5, 2, 0, 1, 2)", f"\\operatorname{{{word}}}_{{s=2, g=2}}(g, A)", f"{word}[s=2, g=2](g, A)") for name, word in (
        ("spread_wide", "back"), ("spread_wide_flipped", "backflipped"), ("kernel_gradient_wide", "kernels"),
        ("kernel_gradient_wide_flipped", "kernelsflipped"))),
    ("embed(A, 2, 0, 2)", "A[[2, 0, 2]]", "A[[2, 0, 2]]"),
    ("embed_batch(A, 2, 2, 0, 1, 2)", "A[[[2, 0], [1, 2]]]", "A[[[2, 0], [1, 2]]]"),
    ("scatter(g, 4, 2, 0)", "\\operatorname{scatter}_{4\\colon 2, 0}(g)", "scatter[4: 2, 0](g)"),
    ("scatter_batch(g, 4, 2, 0)", "\\operatorname{scatter}_{4\\colon 2, 0}(g)", "scatter[4: 2, 0](g)"),
    ("pick_each(A, 0, 1)", "\\operatorname{pick}_{0, 1}(A)", "pick[0, 1](A)"),
    ("place_each(g, 3, 0, 1)", "\\operatorname{put}_{3\\colon 0, 1}(g)", "put[3: 0, 1](g)"),
    ("route_first(g, x, 2, 2)", "\\operatorname{route}(g, x)", "route(g, x)"),
    ("share(g, 3, 2, 2)", "\\operatorname{share}(g)", "share(g)"),
    ("part(x, 1, 2)", "\\operatorname{part}_{2\\dots 3}(x)", "part[2..3](x)"),
    ("dot(w, x)", "w^{\\top}\\,x", "wᵀ x"),
    ("dot(A @ x, u)", "(A\\,x)^{\\top}\\,u", "(A x)ᵀ u"),
    ("at(W, j, i)", "W_{ji}", "Wⱼᵢ"),
    ("at(x, 2*j - 1)", "x_{2\\,j-1}", "x_(2j−1)"),
    ("at(sigmoid(x), j)", "\\operatorname{sigmoid}(x)_{j}", "sigmoid(x)ⱼ"),
    ("sum_over(v, at(W, j, v)*at(x, v)) + b", "\\sum_{v} W_{jv}\\,x_{v} + b", "Σ_v Wⱼᵥ·xᵥ + b"),
    ("sum_over(v, at(x, v) + at(y, v))", "\\sum_{v} (x_{v} + y_{v})", "Σ_v (xᵥ + yᵥ)"),
    ("2*sum_over(v, at(x, v))", "2\\,\\sum_{v} x_{v}", "2·Σ_v xᵥ"),
    ("2/3*(x ⊙ b)", "\\frac{2}{3}\\cdot x \\odot b", "(2/3)·x ⊙ b"),
    ("transpose(2*(x ⊙ b))", "(2\\,x \\odot b)^{\\top}", "(2·x ⊙ b)ᵀ"),
    ("matmul(2/3*hadamard(A, A), x)", "\\left(\\frac{2}{3}\\cdot A \\odot A\\right)\\,x", "((2/3)·A ⊙ A) x"),  # not A ⊙ (A x)
    ("b*(x ⊙ b)", "b(x \\odot b)", "b·(x ⊙ b)"),
    ("1/3*columns(x, 2)", "\\frac{1}{3}\\cdot x\\,\\mathbf{1}^{\\top}", "(1/3)·x 𝟏ᵀ"),
    ("sum_over(a, 2, at(x, a))", "\\sum_{a=1}^{2} x_{a}", "Σ_(a=1..2) xₐ"),
    ("sum_over(a, 2, sum_over(b, 2, at(W, a, b)))", "\\sum_{a,b=1}^{2} W_{ab}", "Σ_(a,b=1..2) W_ab"),
    ("sum_over(a, 2, sum_over(b, 3, at(W, a, b)))", "\\sum_{a=1}^{2} \\sum_{b=1}^{3} W_{ab}", "Σ_(a=1..2) Σ_(b=1..3) W_ab"),
    ("max_over(a, 2, max_over(b, 2, at(W, a, b)))", "\\max_{a,b=1}^{2} W_{ab}", "max_(a,b=1..2) W_ab"),
    ("sum_times(t, 1, T, at(x, t) + 1)", "\\sum_{t=1}^{T} (x_{t} + 1)", "Σ_(t=1..T) (xₜ + 1)"),
    ("norm_of(A @ x - b)", "\\left\\lVert A\\,x - b \\right\\rVert", "‖A x − b‖"),
    ("max_over(a, at(x, a))", "\\max_{a} x_{a}", "max_a xₐ"),
    ("shaped(W, 2, 3)", "\\underset{\\;2 \\times 3\\;}{W}", "W"),
    ("sized(fill(1, 3), 3)", "\\mathbf{1}_{3}", "𝟏₃"),
    ("sized(fill(1, m, n), m, n)", "\\mathbf{1}_{m \\times n}", "𝟏_(m×n)"),
    ("matrix(2, 1, 2, 3, 4)", "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}", "[1 2; 3 4]"),
    ("slice(matrix(2, 1, 2), 3)", "\\underset{3,\\cdot,\\cdot}{\\begin{bmatrix} 1 & 2 \\end{bmatrix}}", "[1 2]"),
    ("block(matrix(2, 1, 2), 1, 2)", "\\underset{\\cdot,1\\ldots 2}{\\begin{bmatrix} 1 & 2 \\end{bmatrix}}", "[1 2]"),
    ("slices(matrix(2, 1, 2), matrix(2, 3, 4))",
     "\\left[\\begin{bmatrix} 1 & 2 \\end{bmatrix},\\; \\begin{bmatrix} 3 & 4 \\end{bmatrix}\\right]", "[[1 2], [3 4]]"),
    ("matrix(1, 1, 2)", "\\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}", "(1, 2)"),
    ("W @ x - b", "W\\,x - b", "W x − b"),
    ("A @ x + (B @ x)", "A\\,x + B\\,x", "A x + B x"),
    ("-(A @ x)", "-A\\,x", "−A x"),
    ("x/(W^T @ g)", "\\frac{x}{W^{\\top}\\,g}", "x/(Wᵀ g)"),
    ("concat(concat(x, b), concat(y, z))", "\\operatorname{concat}(x, b, y, z)", "concat(x, b, y, z)"),
    ("correlate(X, fill(1, 2, 2))", "X \\star \\mathbf{1}", "X ⋆ 𝟏"),
    ("(A @ x)^2", "(A\\,x)^{2}", "(A x)²"),
]  # fmt: skip


def read(source):
    return parse(source, functions=READABLE)


@pytest.mark.parametrize(("source", "marked", "plain"), TABLE, ids=[row[0] for row in TABLE])
def test_as_latex_and_as_text(source, marked, plain):
    assert latex(read(source), Notation()) == marked
    assert text(read(source), Notation()) == plain


def test_a_new_row_says_by_itself_how_it_is_printed():
    row = Layer("channels", ("A: c m n",), ("m", "n"), ("i", "j"), "sum_over(v, c, at(A, v, i, j))", written="name chan")
    writer = Writer(TEXT, Notation())
    assert make_printed(row).write(writer, (Name("A"),)) == "chan(A)"
    assert make_printed(replace(row, written="")).write(writer, (Name("A"),)) == "channels(A)"
    assert make_printed(replace(row, arrays=("A: m", "B: n"), written="sign star")).write(writer, (Name("A"), Name("B"))) == "A ⋆ B"


IN_ONE = ("broadcast", "sum along", "own axis")
"""Several axes as one sign: tests/explain/test_axis_chains.py."""


def test_every_operation_is_written():
    assert set(NAMES) <= set(ARRAYS)
    written = " ".join(source for source, _, _ in TABLE)
    signs = {"matmul": "@", "transpose": "^T", "hadamard": "⊙"}
    assert {name for name in ARRAYS if f"{signs.get(name, name)}" not in written} - ALONG_AXES <= {"size", "dots", "down", *IN_ONE}


@pytest.mark.parametrize(("symbol", "marked"), [
    (Symbol("W^{(1)}", "W⁽¹⁾"), "(W^{(1)})^{\\top}\\,x"), (Symbol("W_{1}", "W₁"), "W_{1}^{\\top}\\,x"),
    (Symbol("\\delta^{2}", "δ²"), "(\\delta^{2})^{\\top}\\,x"),
])  # fmt: skip
def test_a_raised_symbol_is_transposed_in_brackets(symbol, marked):
    notation = Notation(symbols={"W": symbol})
    assert latex(read("W^T @ x"), notation) == marked
    assert ("(" in text(read("W^T @ x"), notation)) == marked.startswith("(")


def test_shapes_below_factors():
    expr = read("shaped(W, 2, 3) @ shaped(x, 3) + shaped(b, 2)")
    assert latex(expr, Notation()) == "\\underset{\\;2 \\times 3\\;}{W}\\,\\underset{\\;3\\;}{x} + \\underset{\\;2\\;}{b}"
    assert text(shapes_of(expr), Notation()) == "(2×3) (3) + (2)"
    assert shapes_of(read("W @ x")) is None


@pytest.mark.parametrize("place", ["rows", "transpose"])
def test_the_shape_below_a_transposed_factor_is_its_own(place):
    bias = Call("shaped", (Name("b"), Name("q"), Number("1")))
    marked = latex(Call(place, (bias, Name("n"))[: 2 if place == "rows" else 1]), Notation())
    assert marked.endswith("\\underset{\\;1 \\times q\\;}{b^{\\top}}")


def test_a_quotient_beside_a_matrix_is_in_brackets_in_text():
    """A/2 K could be A over 2 K; a fraction bar says how far it goes, a slash does not, whatever stands below."""
    for factor in ("A/2", "shaped(A/2, 3, 3)"):
        assert text(read(f"({factor}) @ K"), Notation()) == "(A/2) K"
    assert "(" not in latex(read("(A/2) @ K"), Notation())


def test_rows_of_a_matrix():
    rows = grid((Number("2"), *map(Name, "abcd")))
    assert rows == [[Name("a"), Name("b")], [Name("c"), Name("d")]]
    assert text(Call("dots", ()), Notation()) == "⋯"


@pytest.mark.usefixtures("tex")
def test_all_of_it_compiles(tmp_path):
    rows = "\n".join(f"\\[ {marked} \\]" for _, marked, _ in TABLE)
    page = f"\\documentclass{{article}}\\usepackage{{amsmath,amssymb}}\\begin{{document}}\n{rows}\n\\end{{document}}\n"
    (tmp_path / "page.tex").write_text(page, "utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "page.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False).returncode == 0
    log = (tmp_path / "page.log").read_text("latin-1")
    assert re.findall(r"^(?:Overfull|! |LaTeX Warning).*", log, re.MULTILINE) == []
