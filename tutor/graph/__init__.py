"""Computations: the nouns, and the ways to build a graph: steps, one expression, a network, steps over arrays."""
