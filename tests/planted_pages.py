"""Pages with planted errors: the steps, what is given, what is printed, and what is to be said of each wrong figure.

Worked by hand: the right figures were computed beside, the planted one put in, and those after it recomputed from what is printed.
"""

NEURON = 'steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]\nparameters = ["w", "b"]\n'
NEURON_AT = "[values]\nw = 0.4\nx = 0.4\nb = 0.94\ny = 0.2679\n[train]\nrate = 0.5\n"
MEAN = 'steps = ["p = (u - s)^2", "q = (v - t)^2", "L = (p + q)/2"]\n'
MEAN_AT = "[values]\nu = 0.73\ns = 0.21\nv = 1.37\nt = 0.38\n"
FAN, FAN_AT = 'steps = ["a = x*u", "c = sin(x)", "f = a*c + a"]\n', "[values]\nx = 1.7\nu = 3.13\n"
SCORES = 'steps = ["S = Q @ K^T/sqrt(4)", "L = sum((S - Y)^2)"]\n'
SCORES_AT = """[shapes]
Q = [2, 4]
K = [2, 4]
Y = [2, 2]
[values]
Q = [[0.1, 0.2, 0.3, 0.4], [0.5, -0.6, 0.7, 0.8]]
K = [[0.9, 0.1, 0.2, 0.3], [0.4, 0.5, 0.6, 0.7]]
Y = [[0, 1], [1, 0]]
"""
PRODUCT = 'steps = ["Z = X @ W", "A = tanh(Z)", "L = sum((A - Y)^2)"]\n'
PRODUCT_AT = """[shapes]
X = [2, 2]
W = [2, 2]
Y = [2, 2]
[values]
X = [[0.52, -0.31], [0.17, 0.83]]
W = [[0.41, 0.29], [-0.63, 0.75]]
Y = [[0, 1], [1, 0]]
"""
LAYER = 'steps = ["z = W x", "h = sigmoid(z)", "o = V h", "L = sum((o - y)^2)"]\n'
LAYER_AT = """[shapes]
W = [2, 2]
x = [2]
V = [2, 2]
y = [2]
[values]
W = [[0.41, 0.29], [-0.63, 0.75]]
x = [0.52, -0.31]
V = [[0.37, 0.88], [-0.45, 0.61]]
y = [0.1, 0.7]
"""


def page(head, rows, at):
    """The file of a page that prints these figures."""
    known = {True: ', erratum = "planted"', False: ""}
    claims = ", ".join(f'{{claim = "{claim}", printed = "{printed}"{known[bool(said)]}}}' for claim, printed, said in rows)
    return f'title = "planted"\n{head}claim = [{claims}]\n{at}'


PLANTED = {  # page: its steps, its rows (claim, printed, what is to be said: nothing, a kind, or a tag of a slip), what is given
    "the 2 of the square lost, and all after it": (NEURON, [
        ("z", "1.1", ""), ("a", "0.750", ""), ("dL/da", "0.4821", "factor-two-lost"), ("dL/dz", "0.09056", "consequence"),
        ("dL/dw", "0.03622", "consequence"), ("w after 1", "0.38189", "consequence")], NEURON_AT),
    "the sign of the error": (NEURON, [("dL/da", "-0.96472", "sign-of-error"), ("dL/dw", "-0.072304", "consequence")], NEURON_AT),
    "the bias forgotten": (NEURON, [("z", "0.16", "bias-forgotten"), ("a", "0.5399", "consequence")], NEURON_AT),
    "the slope of the sigmoid is its output": (NEURON, [("dL/dz", "0.72379", "sigmoid-slope-is-output|slope-of-another")], NEURON_AT),
    "a step up": (NEURON, [("dL/dw", "0.072304", ""), ("w after 1", "0.436152", "step-up")], NEURON_AT),
    "two digits exchanged": (NEURON, [("a", "0.75062", "digits-swapped"), ("dL/da", "0.9647", "")], NEURON_AT),
    "the point misplaced": (NEURON, [("dL/dz", "0.018076", "point-misplaced")], NEURON_AT),
    "the value of another quantity": (NEURON, [("dL/dw", "0.187370", "another-quantity")], NEURON_AT),
    "another entry": (LAYER, [("h_1", "0.36352", "another-quantity")], LAYER_AT),
    "the sum for the mean": (MEAN, [("L", "1.2505", "sum-for-mean")], MEAN_AT),
    "a path left out": (FAN, [("df/dx", "6.23391", "missing-path")], FAN_AT),
    "twice as large": (FAN, [("f", "21.19", "twice-too-large")], FAN_AT),
    "a stale scale": (SCORES, [("S", "[[0.29, 0.60], [0.77, 0.88]]", "scale-forgotten")], SCORES_AT),
    "a product with wrong entries": (PRODUCT, [
        ("Z", "[[0.4085, -0.0817], [-0.4532, 0.7342]]", "unexplained"), ("A", "[[0.3872, -0.0815], [-0.4245, 0.6256]]", "consequence")],
        PRODUCT_AT),
    "a transpose missing": (PRODUCT, [("Z", "[[0.1233, -0.5601], [0.3104, 0.5154]]", "transpose-too-many")], PRODUCT_AT),
    "factors in the other order": (PRODUCT, [("Z", "[[0.2625, 0.1136], [-0.2001, 0.8178]]", "product-order")], PRODUCT_AT),
    "an outer product the other way round": (LAYER, [("dL/dV", "outer(h, dL/do)", "other-layout|outer-reversed")], LAYER_AT),
    "outer products without transposes": (LAYER, [("dL/dV", "dL/do @ h", "transpose-forgotten")], LAYER_AT),
    "an outer product without its transpose, in the wrong order": (PRODUCT, [
        ("dL/dW", "dL/dZ @ X", "product-order+transpose-forgotten"), ("dL/dX", "2*dL/dZ @ W^T", "twice-too-large")], PRODUCT_AT),
    "a formula with its sign turned": (NEURON, [("dL/da", "2*(y - a)", "sign-of-error")], NEURON_AT),
    "a formula with the name of another": (NEURON, [("dL/dw", "dL/da*da/dz*b", "another-name")], NEURON_AT),
    "the same wrong figure twice": (NEURON, [("dL/da", "0.48236", "factor-two-lost"), ("dL/da", "0.48236", "repeated")], NEURON_AT),
    "rounded on the way": (NEURON, [("a", "0.75", ""), ("dL/da", "0.9642", "rounded")], NEURON_AT),
    "nothing known": (NEURON, [("dL/dw", "0.0913", "unexplained")], NEURON_AT),
    "too short to say": (NEURON, [("dL/da", "0.5", "unexplained")], NEURON_AT),
}  # fmt: skip
