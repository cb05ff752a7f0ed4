"""Networks to draw: small ones, a large one, and one with hostile names."""

import shutil

import pytest

from tutor.explain.diagram import Diagram, DiagramColumn, DiagramUnit, Wire
from tutor.explain.network_drawing import diagram, list_drawn_quantities
from tutor.graph.network import Network
from tutor.notation.profile import notation

SVG = "{http://www.w3.org/2000/svg}"


needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def of(sizes, biases="neuron", naming="plain", activation="sigmoid"):
    return Network(tuple(sizes), (activation,) * (len(sizes) - 1), biases=biases, naming=naming)


def drawn(network, course="plain"):
    return diagram(network), notation(course, list_drawn_quantities(network))


LARGE = of((16384, 1000, 10), "none", activation="relu")


HOSTILE = Diagram(
    (DiagramColumn((DiagramUnit("input", "<script>&$%"),), 1),
     DiagramColumn((DiagramUnit("output", "\\input{x}\x00\u202e"),), 1, "relu</text>$")),
    (Wire((0, 0), (1, 0), "]]></svg>\\end{document}"),),
    (1,),
)
