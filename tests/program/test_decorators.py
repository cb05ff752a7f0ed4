"""Which decorators may change what a function computes: all but those that are known not to."""

import ast

import pytest

from tutor.program.decorators import find_odd_decorator, is_odd_class


@pytest.mark.parametrize(("lines", "odd"), [
    ("@staticmethod", False), ("@torch.jit.script", False), ("@lru_cache(maxsize=3)", False), ("@jaxtyped(typechecker=x)", False),
    ("@change", True), ("@m.change(2)", True), ("@(lambda f: g)", True), ("@jit\n@change", True), ("@fs[0]", True),
])  # fmt: skip
def test_functions(lines, odd):
    assert (find_odd_decorator(ast.parse(f"{lines}\ndef f(x): return x").body[0]) is not None) == odd


def test_classes_and_others_that_are_allowed():
    assert [is_odd_class(ast.parse(f"class A({base}): pass").body[0]) for base in ("B", "metaclass=ABCMeta", "metaclass=M", "key=1")] == [
        False, False, True, True,
    ]  # fmt: skip
    (func,) = ast.parse("@torch.no_grad()\ndef f(x): return x").body
    assert find_odd_decorator(func) is not None
    assert find_odd_decorator(func, ["no_grad"]) is None
