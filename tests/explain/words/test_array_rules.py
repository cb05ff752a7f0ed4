"""Words over arrays: why a gradient is what it is, and a phrase for every operation."""

import pytest

import tutor
from tutor.explain.layer_page import say_reason
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Call, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layer_rules import layer_rule
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.rules.operations import WRITABLE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outer(G, x)", "outer"), ("outer(y, x)", "loss"), ("outer(G, W)", "transpose"), ("matmul(transpose(W), G)", "transpose"),
        ("matmul(transpose(X), G)", "matmul"), ("hadamard(G, sigmoid'(z))", "slope"),
        ("sum(G)", "sum"), ("row_sums(G)", "row_sums"), ("column_sums(G)", "column_sums"), ("flatten(G)", "flatten"),
    ],
)  # fmt: skip
def test_why_a_gradient_is_what_it_is(text, said):
    upstream = Partial("L", "z")
    expr = parse(text, functions=LAYER_FUNCTIONS)

    def put(node):
        if write_plain(node) == "G":
            return upstream
        return Call(node.func, tuple(put(arg) for arg in node.args)) if isinstance(node, Call) else node

    assert ENGLISH.arrays.say_backward(put(expr), ENGLISH.rules, ["W"]) == ENGLISH.arrays.BACKWARD[said]


@pytest.mark.parametrize(
    ("exercise", "step", "said"),
    [
        ("normalisation/batch-norm", "dL/dV", "summed over each column, then ⊙ the slope, entry by entry"),
        ("normalisation/group-norm", "dL/dV", "summed over all that share it, then ⊙ the slope, entry by entry"),
        ("sequences/vanishing-gradient", "dL/dx1", "back through the weights, then ⊙ the slope, entry by entry"),
        ("attention/additive", "dL/dZ", "outer product with the upstream gradient, then ⊙ the slope, entry by entry"),
        ("published/singman-last-pass", "dL/dX", "back through the weights"),
        ("embeddings/naive-softmax", "dL/dU", "upstream gradient and the layer's input"),  # both are parameters
        ("graz/mlp-dummies", "dell/da1", "the part that came from it, then ⊙ the slope, entry by entry"),
        ("sequences/gru-step", "dL/dR", "matrix product with the upstream gradient, then ⊙ the other factor, entry by entry"),
        ("attention/additive", "dL/dW", "summed over each column, then outer product with the upstream gradient"),
        ("attention/additive", "dL/ds", "summed over each column, then matrix product with the upstream gradient"),
        ("attention/six-words", "dL/dX", "chain rule, summed over the 3 uses"),  # two of them in X Xᵀ
        ("losses/distillation", "dL/dz", "softmax: every score acts on every output; chain rule"),  # and the 1/T
        ("sequences/cs231n-rnn", "dL/dh_3", "chain rule"),  # of half a sum of squares; no product has it as a factor
        ("published/thsis-rnn-entrywise", "dL/dh_2", "⊙ the slope, entry by entry, then back through the weights"),
        ("normalisation/batch-norm", "dL/dg", "⊙ the other factor, entry by entry, then summed over each column"),
        ("losses/three-pictures", "dL/dY", "⊙ the other factor, entry by entry"),  # a column that is repeated is seen
    ],
)
def test_the_reason_fits_the_step(exercise, step, said):
    worked = tutor.solve(exercise).worked
    steps = {one.target: one for one in worked.derivations[0].backward}
    assert say_reason(steps[step], worked.request.layered, ENGLISH) == said


def test_a_product_in_every_row_is_no_bias():
    assert layer_rule(parse("matmul(H, transpose(U)) + rows(matmul(W, s), n)", functions=LAYER_FUNCTIONS)) == "sum of products"
    assert layer_rule(parse("matmul(H, transpose(U)) + rows(b, n)", functions=LAYER_FUNCTIONS)) == "affine"


def test_every_operation_has_its_phrase():
    arrays, rules = ENGLISH.arrays, ENGLISH.rules
    unsaid = {name for name in WRITABLE if arrays.say_forward(name, rules) == arrays.say_forward("no such rule", rules)}
    assert unsaid - {"columns", "rows", "row_sums", "column_sums", "fill"} == set()
