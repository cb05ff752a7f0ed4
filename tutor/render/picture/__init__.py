"""Pictures of a computational graph: one layered layout, drawn as SVG or as TikZ.

`layout` puts the boxes, `svg` and `tikz` draw them; `label` says what stands in a box, and `fold` leaves out the middle
of a graph that is too large to be drawn.

>>> from tutor.explain.document import Node, Picture
>>> from tutor.notation.profile import Notation
>>> from tutor.render.picture.svg import svg
>>> from tutor.render.picture.tikz import tikz
>>> picture = Picture((Node("x", "input"), Node("y", "value")), (("x", "y"),), loss="y")
>>> svg(picture, Notation()).startswith("<svg ")
True
>>> tikz(picture, Notation()).splitlines()[-1]
'\\\\end{tikzpicture}'
"""
