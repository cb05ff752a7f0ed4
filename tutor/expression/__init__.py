"""Expressions: the display tree as written, its safe parser, plain text of it, and the bridge to SymPy and back."""
