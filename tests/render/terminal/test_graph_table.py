"""A graph as a table: what comes in stands first, then the operations; columns only where there is something in them."""

from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Mul, Name, Number
from tutor.notation.profile import Notation
from tutor.render.terminal.columns import Pen
from tutor.render.terminal.graph_table import name_kind, set_graph_table, sort_nodes

PRODUCT = Node("f", "node", Mul((Name("x"), Name("y"))), Number("6"), Number("1"))
PICTURE = Picture((PRODUCT, Node("x", "input", None, Number("2")), Node("y", "weight", None, Number("3"))), (("x", "f"), ("y", "f")), "f")


def test_what_comes_in_stands_first():
    nodes, leaves = sort_nodes(PICTURE)
    assert [node.name for node in nodes] == ["x", "y", "f"]
    assert leaves == 2


def test_only_columns_with_something_in_them():
    whole = [line.text for line in set_graph_table(PICTURE, Pen(Notation()), 80)]
    assert any("x·y" in line and "6" in line for line in whole)
    bare = Picture(tuple(Node(node.name, node.kind, node.expr) for node in PICTURE.nodes), PICTURE.edges, "f")
    assert not any(PICTURE.words.COLUMNS["value"] in line.text for line in set_graph_table(bare, Pen(Notation()), 80))
    assert set_graph_table(Picture((), ()), Pen(Notation()), 80) == []


def test_kinds_have_names():
    assert name_kind("weight", PICTURE.words, 2) != name_kind("weight", PICTURE.words, 1)
    assert name_kind("nobody's", PICTURE.words, 1) == "nobody's"
