"""Statements in the place of others: however deep, with the old one among the new, in functions, classes and branches."""

import ast

import pytest

from tutor.code.exchanged_parts import exchange_function, exchange_statements, find_function
from tutor.program.source import read_source

TEXT = "class A:\n    def f(self):\n        if self.a:\n            b = 1\n        else:\n            b = 2\n        return b\nc = 3\n"


def find(source, text):
    return next(part for part in source.parts if isinstance(part, ast.stmt) and ast.unparse(part) == text)


@pytest.mark.parametrize(("text", "made"), [("b = 1", "b = 10"), ("b = 2", "b = 20"), ("c = 3", "c = 30"), ("return b", "return -b")])
def test_a_statement_is_exchanged_where_it_stands(text, made):
    source = read_source(TEXT, "f.py")
    changed = exchange_statements(source, {id(find(source, text)): ast.parse(made).body if "return" not in made else [ast.Return(
        ast.parse(made[7:], mode="eval").body)]})  # fmt: skip
    assert ast.unparse(changed.tree) == ast.unparse(ast.parse(TEXT.replace(text, made)))
    assert ast.unparse(source.tree) == ast.unparse(ast.parse(TEXT))
    assert {*map(id, changed.parts)} & {*map(id, source.parts)}


def test_nothing_made_is_the_same_program():
    source = read_source(TEXT, "f.py")
    assert exchange_statements(source, {}) is source


def test_a_method_is_exchanged_in_its_class():
    tree = ast.parse(TEXT)
    old = find_function(tree, "A", "f")
    new = ast.parse("def f(self):\n    return 0").body[0]
    assert find_function(exchange_function(tree, old, new), "A", "f") is new
