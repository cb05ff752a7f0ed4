"""What exercises and the command line read: LaTeX, Python, choices, entries; and what is said where it cannot be read."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.rules.functions import FUNCTIONS

READ = [
    # LaTeX
    (r"\frac{1}{1+e^{-(w x + b)}}", "1/(1 + exp(-(w*x + b)))"), (r"\dfrac{x}{y} \cdot z", "x/y*z"),
    (r"\hat{y}_1 - \sigma(z_{1})", "yhat_1 - sigmoid(z_1)"),
    (r"w_{1}^2 + w_{12}x", "w_1^2 + w_12*x"), (r"\mathbf{w}^{2}", "w^2"), (r"\mathit{out}_{h1}", "out_h1"), (r"\mathcal{L} + 1", "L + 1"),
    (r"\sqrt{x^2 + y^2}", "sqrt(x^2 + y^2)"), (r"\ln\left(x\right)", "log(x)"), (r"\max\{0, x\}", "max(0, x)"), (r"2\pi r", "2*pi*r"),
    (r"\left| x \right|", "abs(x)"), (r"\lambda \theta_1", "lambda*theta_1"), (r"$x + 1$", "x + 1"), (r"\sigma'(z)", "sigmoid'(z)"),
    (r"\sigma^\prime(z)", "sigmoid'(z)"), (r"\begin{cases} a & \text{if } c > 0 \\ b & \text{else} \end{cases}", "if_positive(c, a, b)"),
    (r"\mathbf{1}_{z > 0}", "if_positive(z, 1, 0)"), ("Γ + Ω_1", "Gamma + Omega_1"), ("ŷ₁", "yhat_1"), ("w₁₂", "w12"),
    # Python
    ("np.exp(x)", "exp(x)"), ("numpy.log(x)", "log(x)"), ("torch.sigmoid(x)", "sigmoid(x)"), ("F.relu(x)", "relu(x)"),
    ("math.sqrt(x)", "sqrt(x)"),
    ("torch.nn.functional.softplus(x)", "softplus(x)"), ("tf.nn.relu(x)", "relu(x)"), ("np.maximum(0, x)", "max(0, x)"),
    ("math.pi*x", "pi*x"),
    ("np.e**x", "exp(x)"), ("scipy.special.expit(x)", "sigmoid(x)"),
    # choices: equality counts for the first value with >= and <=, for the second with > and <
    ("a if c > 0 else b", "if_positive(c, a, b)"), ("a if c >= 0 else b", "if_positive(-c, b, a)"),
    ("a if c < d else b", "if_positive(d - c, a, b)"),
    ("a if c <= d else b", "if_positive(c - d, b, a)"), ("where(c > 0, a, b)", "if_positive(c, a, b)"),
    ("np.where(c ≥ d, a, b)", "if_positive(d - c, b, a)"),
    ("1 if x > 0 else -1 if x < 0 else 0", "if_positive(x, 1, if_positive(-x, -1, 0))"),
    ("x*(1 if x > 0 else 0.1)", "x*if_positive(x, 1, 0.1)"),
    ("max(a if c > 0 else b, 0)", "max(if_positive(c, a, b), 0)"), (r"[z \geq 0]", "if_positive(-z, 0, 1)"), ("where*2", "where*2"),
    # numbers, entries, absolute values
    ("8.2×10⁻² x", "8.2e-2*x"), ("8.2*10^-2", "8.2e-2"), ("p[2]*W[1, 2]", "p_2*W_1_2"), ("w1[3]", "w1_3"),
    ("|x| + |y|", "abs(x) + abs(y)"),
    ("ReLU(x) + Sigmoid(y)", "relu(x) + sigmoid(y)"), ("sigma*x", "sigma*x"), ("e^x + e", "exp(x) + e"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), READ, ids=[row[0] for row in READ])
def test_what_is_read(text, canonical):
    assert write_plain(parse(text, functions=FUNCTIONS)) == canonical


ARRAYS = [
    (r"W^\top x", "transpose(W)*x"), (r"W^{\top} x \odot y", "hadamard(transpose(W)*x, y)"), (r"W^{T} x", "transpose(W)*x"),
    ("W.T @ x", "matmul(transpose(W, axis), x)"), ("Un (r ⊙ h)", "Un*hadamard(r, h)"), ("Un(r)", "Un*r"), ("np.dot(W, x)", "matmul(W, x)"),
    (r"W^{\mathsf T} x", "transpose(W)*x"), (r"W^\mathsf{T} x", "transpose(W)*x"), ("W x .* x", "hadamard(W*x, x)"),
    (r"W \odot \mathbb{1}[x > 0]", "hadamard(W, if_positive(x, 1, 0))"), (r"𝟏_{x > 0} ⊙ x", "hadamard(if_positive(x, 1, 0), x)"),
    (r"W_{1,2}", "W_1_2"), ("T^T x", "transpose(T)*x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), ARRAYS, ids=[row[0] for row in ARRAYS])
def test_what_is_read_over_arrays(text, canonical):
    assert write_plain(parse(text, functions=LAYER_FUNCTIONS, known=["W", "Un", "x", "T"])) == canonical


BESIDE = [  # functions without brackets, with a power, by another name; what they mean does not hang on what names are known
    ("1 - tanh^2 x", "1 - tanh(x)^2"), ("cos**2 x", "cos(x)^2"), ("sin^{2}(x)", "sin(x)^2"), (r"\frac{1}{2} + cos^2(x)", "1/2 + cos(x)^2"),
    ("ln x + y", "log(x) + y"), ("ln^2 x", "log(x)^2"), ("asin x", "arcsin(x)"), ("tg x", "tan(x)"), ("σ²(x)", "sigmoid(x)^2"),
    ("sin^2 x + cos^2 x", "sin(x)^2 + cos(x)^2"), ("y sin^2 x", "y*sin(x)^2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), BESIDE, ids=[row[0] for row in BESIDE])
def test_a_function_stays_one_whatever_names_are_known(text, canonical):
    assert write_plain(parse(text, functions=FUNCTIONS)) == canonical
    assert write_plain(parse(text, names=["x", "y"], functions=FUNCTIONS)) == canonical


@pytest.mark.parametrize("names", [None, ["x"]], ids=["free", "declared"])
@pytest.mark.parametrize(("text", "what"), [
    ("sin^{-1}(x)", "may be the inverse"), ("cos⁻¹(x)", "may be the inverse"), ("tan^-1 x", "may be the inverse"),
    ("exp -x", "needs its argument in brackets"), ("x + sin^2", "needs its argument in brackets"),
    ("½½ x", "two numbers stand side by side"),
])  # fmt: skip
def test_a_function_is_never_taken_for_a_quantity(text, what, names):
    with pytest.raises(ExpressionError, match=what):
        parse(text, names=names, functions=FUNCTIONS)


def test_a_name_that_is_both_is_a_quantity_where_it_is_one():
    assert write_plain(parse("(x - min)/(max - min)", functions=FUNCTIONS)) == "(x - min)/(max - min)"
    assert write_plain(parse("sigma^2 x", functions=FUNCTIONS)) == "sigma^2*x"
    assert write_plain(parse("sin^2 x", functions=FUNCTIONS, known=["sin"])) == "sin^2*x"


REFUSED = [  # text, a piece of what is said, the character under the caret, a piece of the hint
    (r"\ln x y", "how far the argument of log goes", "\\", "log(x*y)"),
    (r"\foo{x}", r"the LaTeX command \foo is not read", "\\", r"\frac"), (r"W^{(1)} x", "count layers or be a power", "^", "W_1, or W^1"),
    (r"x_{i+1}", "cannot be the name of a quantity", "x", "w_1"), ("p[0]", "entries are counted from 1", "p", "x[1]"),
    ("a if c else b", "a condition needs a comparison", "e", "z > 0"), ("a if c > 0", "this choice has no else", "", "else"),
    ("where(c, a, b)", "a condition needs a comparison", ",", "z > 0"),
    ("where(c > 0, a)", "a condition and two values", ")", "where(z > 0, a, b)"),
    ("c >= 0", "outside of a choice", ">", "1[z > 0]"), ("a if c == 0 else b", "no condition that is read", "=", "z >= 0"),
    ("np.foo(x)", "np.foo is not read", "n", "log(x); with this first letter: focal"), ("os.system(x)", "a point stands alone", ".", ""),
    ("np.fromfile(x)", "np.fromfile is not read", "n", ""), ("3 x 10^2", "may be a sign or the quantity", "x", "3*x"),
    ("8 e-2", "a blank stands before the e", " ", "8*e"), ("(x + y]", "closes one of another kind", "]", ""),
    (r"\log_2 x", "logarithm to another base", "_", "log(x)/log(2)"), ("log_10 x", "logarithm to another base", "l", "log(x)/log(10)"),
    ("x and y", "and is no quantity", "a", "z > 0"), ("not + 1", "not is no quantity", "n", "z > 0"),
    ("x;y", "a semicolon stands outside", ";", "steps have names"), ("2 + x[h]", "no product and no entry of x", "x", "x[0:h]"),
    ("hardswish(x)", "no function hardswish", "h", "hard_sigmoid(z)"), ("celu(x)", "no function celu", "c", "exp("),
    (r"x \odot y", "is for matrices, and here are none", "\\", "[shapes]"), ("x.T", "a point stands alone", ".", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "under", "hint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused(text, what, under, hint):
    with pytest.raises(ExpressionError) as caught:
        parse(text, functions=FUNCTIONS)
    error = caught.value
    shown, caret = error.spot.split("\n")
    assert what in error.what
    assert hint in error.hint
    assert shown[caret.index("^") : caret.index("^") + 1] == under


def test_what_is_known_is_read_by_every_spelling():
    known = ["w1", "W_1_2"]
    assert write_plain(parse("w_{1} + w₁ + w1", functions=FUNCTIONS, known=known)) == "w1 + w1 + w1"
    assert write_plain(parse("W_{12} + W[1,2]", functions=FUNCTIONS, known=known)) == "W_1_2 + W_1_2"
    assert write_plain(parse("w1 + w_1", functions=FUNCTIONS, known=known)) == "w1 + w_1"  # typed so, they are two quantities
    assert write_plain(parse("w_5", names=["w5"], functions=FUNCTIONS)) == "w5"
