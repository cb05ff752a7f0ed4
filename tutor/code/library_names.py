"""The names under which a program has its libraries, and the functions of Python that it may call."""

from __future__ import annotations

LIBRARIES = {"np": "numpy", "numpy": "numpy", "torch": "torch", "F": "torch.nn.functional", "math": "math", "nn": "torch.nn", "cp": "numpy",
             "jnp": "numpy", "scipy": "scipy"}  # fmt: skip
PYTHON = frozenset({"len", "range", "xrange", "sum", "max", "min", "list", "tuple", "enumerate", "zip", "reversed", "float", "int", "print",
    "abs", "str", "slice", "divmod",
                    "bool", "round", "isinstance", "dict", "sorted", "map", "super", "pow", "set", "all", "any", "hasattr", "type",
                    "getattr", "NotImplemented", "NotImplementedError"})  # fmt: skip
READ = frozenset({"numpy", "torch", "math", "random", "scipy", "python", "itertools", "collections", "functools", "time", "tqdm",
                  "progressbar", "matplotlib"})
"""What the tables of functions are of."""
_SAME = {"cupy": "numpy", "jax.numpy": "numpy", "autograd.numpy": "numpy"}


def name_library(path: str) -> str:
    """A library by the name of the one that does the same.

    >>> name_library("cupy.linalg"), name_library("jax.numpy"), name_library("layers")
    ('numpy.linalg', 'numpy', 'layers')
    """
    for own, same in _SAME.items():
        if path == own or path.startswith(f"{own}."):
            return same + path[len(own) :]
    return path
