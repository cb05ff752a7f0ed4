"""NumPy, or what stands in for it where it is not there (`tutor.numbers.plain_arrays`): ``from tutor.numbers.arrays import np``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

PLAIN = False
"""Whether it is what stands in for NumPy, with arrays of two axes at most."""

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    try:
        import numpy as np
    except ImportError:
        from tutor.numbers import plain_arrays as np

        PLAIN = True

__all__ = ["PLAIN", "Column", "Flags", "Floats", "np"]

Floats: TypeAlias = "NDArray[np.float64]"
"""An array of floats."""
Column: TypeAlias = Floats
"""A quantity at many points: (points,), or (variants, points); a NumPy number, an array without axes, where it is the same everywhere."""
Flags: TypeAlias = "NDArray[np.bool_]"
"""An array of truth values."""
