"""The arrays that formulas of tests are about, with their shapes."""

S = {"A": (2, 3), "B": (3, 4), "Q": (3, 3), "R": (3, 3), "x": (3,), "y": (2,), "u": (3,), "X": ("n", "N"), "W": ("m", "n"), "b": ("m",),
     "C": (4, 2, 3), "D": (4, 3, 2), "E": (4, 3, 3), "F": (5, 4, 2, 3)}
