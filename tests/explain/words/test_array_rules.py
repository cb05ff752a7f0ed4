"""Words over arrays: why a gradient is what it is, and a phrase for every operation."""

import pytest

from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Call, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.rules.operations import WRITABLE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outer(G, x)", "outer"), ("outer(y, x)", "loss"), ("matmul(transpose(W), G)", "transpose"),
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


def test_every_operation_has_its_phrase():
    arrays, rules = ENGLISH.arrays, ENGLISH.rules
    unsaid = {name for name in WRITABLE if arrays.say_forward(name, rules) == arrays.say_forward("no such rule", rules)}
    assert unsaid - {"columns", "rows", "row_sums", "column_sums", "fill"} == set()
