"""A formula over arrays as it is understood, for the tests."""

from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.array_products import arrange_products
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.graph.shapes import shape_of

KNOWN = {"X": ("N", "D"), "A": (2, 3), "x": (3,), "T": (2, 3, 4, 2)}


def write_arranged(text):
    """The operations that it is made of; its shape is worked out, so that what does not fit is refused."""
    expr = arrange_products(parse(text, functions=LAYER_FUNCTIONS, known=(*KNOWN, "c")), KNOWN)
    shape_of(expr, KNOWN)
    return write_plain(expr)
