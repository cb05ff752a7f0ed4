"""The table of what is read as what, and the quantities that its texts speak of."""

from dataclasses import replace

from tutor.answer.read.vocabulary import vocabulary
from tutor.exercise.load import load
from tutor.graph.build import from_steps


def words(*names, notation="plain"):
    """A vocabulary of these quantities; L is the loss."""
    steps = [f"L = {' + '.join(names)}"] if "L" not in names else [f"total = {' + '.join(names)}"]
    exercise = replace(
        load("dl/add-multiply"), graph=from_steps(steps), notation=notation, symbols={}, layers=None, network=None
    )
    return vocabulary(exercise)


LETTERS = words("x", "y", "z", "w", "a", "b", "c", "w5", "out_h1", "yhat", "beta")


READ = [
    ("w*x + b", "w*x + b"), ("w x + b", "w*x + b"), ("2x", "2*x"), ("wx + b", "w*x + b"),
    ("1/(1 + e)", "1/(1 + exp(1))"), ("2xyw", "2*x*y*w"),
    ("2 x", "2*x"), ("w5 out_h1", "w5*out_h1"),
    ("x(1-x)", "x*(1 - x)"), ("2(x+1)", "2*(x + 1)"), ("(x+y)(x-y)", "(x + y)*(x - y)"), ("a + b + c", "a + b + c"),
    ("(a + b) + c", "(a + b) + c"), ("a*(b*c)", "a*(b*c)"), ("a - b - c", "a - b - c"), ("a/b/c", "a/b/c"),
    ("a/(b/c)", "a/(b/c)"), ("a*b/c", "a*b/c"), ("a/b*c", "a/b*c"), ("1/2*(x - y)^2", "1/2*(x - y)^2"),
    ("1/2 x", "1/2*x"), ("1/2(x+1)", "1/2*(x + 1)"), ("[x + y]*z", "(x + y)*z"), ("-x", "-x"), ("--x", "x"),
    ("+x", "x"), ("-a*b", "-a*b"), ("(-a)*b", "(-a)*b"), ("a*-b", "a*(-b)"), ("a - -b", "a - (-b)"),
    ("-(a + b)", "-(a + b)"), ("-x^2", "-x^2"), ("(-x)^2", "(-x)^2"), ("a·b×c⋅x∗y", "a*b*c*x*y"), ("a − b", "a - b"),
    ("a – b", "a - b"), ("a ÷ b", "a/b"), ("  x \t+\n y ", "x + y"), ("x\u00a0+\u2009y", "x + y"), ("2w5", "2*w5"),
    ("a(b)", "a*b"), ("a (b + c) x", "a*(b + c)*x"), ("3/4/2", "3/4/2"), ("x**2", "x^2"), ("x^2", "x^2"),
    ("2^3^4", "2^(3^4)"), ("(2^3)^4", "(2^3)^4"), ("x^-1", "x^(-1)"), ("x^(a + 1)", "x^(a + 1)"), ("x^{2}", "x^2"),
    ("x^{a+1}", "x^(a + 1)"), ("x^{1/2}", "x^(1/2)"), ("x²", "x^2"), ("x⁻¹²", "x^(-12)"), ("sin(x)²", "sin(x)^2"),
    ("w5²", "w5^2"), ("w5^2", "w5^2"), ("w_5^2", "w5^2"), ("w_{5}^{2}", "w5^2"), ("(w_5)^2", "w5^2"),
    ("(x+1)^2(y+1)", "(x + 1)^2*(y + 1)"), ("e^x", "exp(x)"), ("e^(-x)", "exp(-x)"), ("e^{-x}", "exp(-x)"),
    ("e^-x", "exp(-x)"), ("e²", "exp(2)"), ("exp(x)", "exp(x)"), ("1/(1+e^(-z))", "1/(1 + exp(-z))"),
    ("2e^x", "2*exp(x)"), ("x^2y", "x^2*y"), ("x^2 y", "x^2*y"), ("0.082", "0.082"), ("0.10", "0.10"), (".5", "0.5"),
    ("5.", "5"), ("8/3", "8/3"), ("8.2e-2", "8.2e-2"), ("8.2E-2", "8.2E-2"), ("8.2×10^-2", "8.2e-2"),
    ("8.2*10^-2", "8.2e-2"), ("8.2·10^(-2)", "8.2e-2"), ("8.2 × 10⁻²", "8.2e-2"), ("4.38568×10⁻⁴", "4.38568e-4"),
    ("8.2*10**-2", "8.2e-2"), (r"8.2\times 10^{-2}", "8.2e-2"), (r"8.2 \cdot 10^{-2}", "8.2e-2"),
    ("-8.2×10^-2", "-8.2e-2"), ("−0.217", "-0.217"), ("10^-2", "10^(-2)"), ("10*10^2", "10e2"),
    ("3/2*10^2", "3/2*10^2"), ("x^2*10^3", "x^2*10^3"), ("½", "1/2"), ("½(x - y)²", "1/2*(x - y)^2"),
    ("2*10^2^2", "2*10^(2^2)"), ("1.5x", "1.5*x"), ("0.5·(1 − 0.5)", "0.5*(1 - 0.5)"),
    ("(1/2)×(0.01 − 0.75)²", "(1/2)*(0.01 - 0.75)^2"), ("σ(z)", "sigmoid(z)"), ("sigma(z)", "sigmoid(z)"),
    (r"\sigma(z)", "sigmoid(z)"), (r"\sigma\left(z\right)", "sigmoid(z)"), ("σ'(z)", "sigmoid'(z)"),
    ("σ′(z)", "sigmoid'(z)"), (r"\sigma'(z)", "sigmoid'(z)"), (r"\sigma^{\prime}(z)", "sigmoid'(z)"),
    ("sigmoid(z)", "sigmoid(z)"), ("Sigmoid(z)", "sigmoid(z)"), ("sin(x)", "sin(x)"), ("2sin(x)", "2*sin(x)"),
    ("ln(x)", "log(x)"), ("log (x)", "log(x)"), (r"\ln(x)", "log(x)"), (r"\log\left(x\right)", "log(x)"),
    (r"\exp(x)", "exp(x)"), (r"\tanh(x)", "tanh(x)"), (r"1 - \tanh(x)^2", "1 - tanh(x)^2"), ("tanh'(z)", "tanh'(z)"),
    (r"\max(0, x)", "max(0, x)"), ("max(0; x)", "max(0, x)"), (r"\max\{0, x\}", "max(0, x)"),
    (r"\min(x, y)", "min(x, y)"), ("ReLU(z)", "relu(z)"), ("relu(z)", "relu(z)"),
    (r"\operatorname{ReLU}(z)", "relu(z)"), (r"\mathrm{ReLU}(z)", "relu(z)"), (r"\operatorname{relu}(z)", "relu(z)"),
    ("H(x)", "heaviside(x)"), (r"\operatorname{H}(x)", "heaviside(x)"), ("leaky_relu(x, 0.1)", "leaky_relu(x, 0.1)"),
    (r"\operatorname{leaky\_relu}(x, 0.1)", "leaky_relu(x, 0.1)"), ("ELU(x, 1)", "elu(x, 1)"),
    ("softmax_2(x, y)", "softmax_2(x, y)"), (r"\operatorname{softmax}_{2}(x, y)", "softmax_2(x, y)"),
    (r"\operatorname{softmax}_2(x, y)", "softmax_2(x, y)"), ("√x", "sqrt(x)"), ("√(x + y)", "sqrt(x + y)"),
    ("2√x", "2*sqrt(x)"), (r"\sqrt{x}", "sqrt(x)"), (r"\sqrt{x + y}", "sqrt(x + y)"), ("sqrt(x)", "sqrt(x)"),
    ("|x - y|", "abs(x - y)"), ("abs(x)", "abs(x)"), (r"\lvert x - y \rvert", "abs(x - y)"),
    (r"\left\lvert x \right\rvert", "abs(x)"), (r"\left| x \right|", "abs(x)"), ("pi*x", "pi*x"), ("π", "pi"),
    (r"\pi x", "pi*x"), (r"\operatorname{sign}(x)", "sign(x)"), ("BCE(x, y)", "binary_cross_entropy(x, y)"),
    ("if_positive(z, 1, 0)", "if_positive(z, 1, 0)"), ("1[z > 0]", "if_positive(z, 1, 0)"),
    ("1_{z>0}", "if_positive(z, 1, 0)"), ("x*1[z > y]", "x*if_positive(z - y, 1, 0)"),
    (r"\mathbf{1}_{z > 0}", "if_positive(z, 1, 0)"), (r"\mathbb{1}_{z > 0}", "if_positive(z, 1, 0)"),
    ("[z < 0]", "if_positive(-z, 1, 0)"), ("1[z >= 0]", "if_positive(-z, 0, 1)"), ("[z ≤ x]", "if_positive(z - x, 0, 1)"),
    (r"\mathbf{1}_{z \geq 0}", "if_positive(-z, 0, 1)"), ("a if c >= 0 else b", "if_positive(-c, b, a)"),
    ("where(c > x, a, b)", "if_positive(c - x, a, b)"),
    ("np.exp(x)", "exp(x)"), ("np.where(c > 0, a, 0)", "if_positive(c, a, 0)"), ("np.maximum(0, x)", "max(0, x)"), ("math.pi*x", "pi*x"),
    ("(a if c > 0 else b)", "if_positive(c, a, b)"),
    ("(1 if c > x else 0.1)", "if_positive(c - x, 1, 0.1)"), (r"x\,\mathbf{1}_{z > 0}", "x*if_positive(z, 1, 0)"),
    (r"\begin{cases} a & \text{if } c > 0 \\ b & \text{else} \end{cases}", "if_positive(c, a, b)"),
    (r"\begin{cases} 1, & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}", None), (r"\frac{a}{b}", "a/b"),
    (r"\dfrac{a}{b}", "a/b"), (r"\tfrac{1}{2}", "1/2"), (r"\tfrac{1}{2}(x-y)^2", "1/2*(x - y)^2"),
    (r"\frac12 x", "1/2*x"), (r"\frac{1}{1 + e^{-z}}", "1/(1 + exp(-z))"), (r"\frac{\frac{a}{b}}{c}", "a/b/c"),
    (r"a \cdot b \times c \div x", "a*b*c/x"), (r"w\,x + b", "w*x + b"), (r"w \; x \! y \quad z ~ a", "w*x*y*z*a"),
    (r"\left(x + y\right)\left[z\right]", "(x + y)*z"), (r"\bigl(x\bigr)y", "x*y"), (r"\mathit{out}_{h1}", "out_h1"),
    (r"\text{out}_{h1}", "out_h1"), (r"\mathrm{out}_{h1}", "out_h1"), ("out_{h1}", "out_h1"), (r"\hat{y}", "yhat"),
    (r"\hat y", "yhat"), ("ŷ", "yhat"), ("y\u0302", "yhat"), (r"\beta", "beta"), ("β", "beta"),
    (r"2\beta x", "2*beta*x"), ("w_5", "w5"), ("w_{5}", "w5"), ("w₅", "w5"), ("{x + y} z", "(x + y)*z"),
    ("$w_5 x$", "w5*x"), ("$$w_5$$", "w5"), (r"\(x + y\)", "x + y"), (r"\[x + y\]", "x + y"), ("`x + y`", "x + y"),
    ("x + y.", "x + y"), (" $x$. ", "x"), ("dL/dw5", "dL/dw5"), ("∂L/∂w5", "dL/dw5"), ("∂L/∂w₅", "dL/dw5"),
    (r"\frac{\partial L}{\partial w_5}", "dL/dw5"), (r"\frac{dL}{dw_5}", "dL/dw5"),
    (r"\frac{\mathrm{d}L}{\mathrm{d}w_{5}}", "dL/dw5"), (r"\partial L/\partial w_{5}", "dL/dw5"),
    (r"\frac{d L}{d w_5}", "dL/dw5"), ("dL/dx * 2", "dL/dx*2"), ("2 dL/dx", "2*dL/dx"),
    ("dL/dx dL/dy", "dL/dx*dL/dy"), ("x - eta*dL/dx", "x - eta*dL/dx"),
    (r"x - \eta \frac{\partial L}{\partial x}", "x - eta*dL/dx"), (r"\lambda τ α", "eta*eta*eta"),
    ("-dL/dx", "-dL/dx"), ("x^(t+1)", "x@1"), ("x@1", None), (r"\frac{\partial L}{\partial\hat{y}}", "dL/dyhat"),
    ("∂L/∂ŷ", "dL/dyhat"), ("w5x", "w5*x"), ("out_h1w5^2", "out_h1*w5^2"), ("2w5yhat*(x+1)", "2*w5*yhat*(x + 1)"),
    ("**0.0822**", "0.0822"), ("0.0822 (rounded)", "0.0822"), ("-0.08 (2 d.p.)", "-0.08"), ("0.741 *\n0.187", "0.741*0.187"),
    *((f"{about}0.378", "0.378") for about in ("ca. ", "approx. ", "Approximately ", "≈ ", "~", "≈", "\\approx ")),
]  # fmt: skip
