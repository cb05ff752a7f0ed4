"""NumPy, or what stands in for it where it is not there (`tutor.numbers.plain_arrays`): ``from tutor.numbers.arrays import np``.

NumPy is imported when something of it is first used: it takes a tenth of a second, which a first page can do without.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias, cast

PLAIN = False
"""Whether it is what stands in for NumPy, with arrays of two axes at most."""

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:

    class _NumPy:
        """NumPy, imported on first use; what was used once is an attribute like any other."""

        def __getattr__(self, name: str) -> object:
            import numpy

            found = getattr(numpy, name)
            setattr(self, name, found)
            return found

    try:
        np, PLAIN = _NumPy(), find_spec("numpy") is None
    except (ImportError, ValueError):
        PLAIN = True
    if PLAIN:
        from tutor.numbers import plain_arrays as np

__all__ = ["PLAIN", "Column", "Flags", "Floats", "as_scalar", "np"]

Floats: TypeAlias = "NDArray[np.float64]"
"""An array of floats."""
Column: TypeAlias = Floats
"""A quantity at many points: (points,), or (variants, points); a NumPy number, an array without axes, where it is the same everywhere."""
Flags: TypeAlias = "NDArray[np.bool_]"
"""An array of truth values."""


def as_scalar(value: float) -> Column:
    """A number as a quantity that is the same at all points."""
    return cast("Column", np.float64(value))
