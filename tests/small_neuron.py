"""One sigmoid neuron with values that come out even: z = 0, a = 1/2, L = 1/4."""

HEAD = """
title = "A neuron"
notation = "qmul"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[train]
rate = 0.5
"""
VALUES = """
[values]
w = 2
x = "1/2"
b = -1
y = 1
"""
