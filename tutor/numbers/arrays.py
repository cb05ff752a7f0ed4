"""NumPy, or what stands in for it where it is not there (`tutor.numbers.plain_arrays`): ``from tutor.numbers.arrays import np``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    try:
        import numpy as np
    except ImportError:
        from tutor.numbers import plain_arrays as np

__all__ = ["Column", "Flags", "Floats", "np"]

Floats: TypeAlias = "NDArray[np.float64]"
"""An array of floats."""
Column: TypeAlias = Floats
"""A quantity at many points: (points,), or (variants, points); a NumPy number, an array without axes, where it is the same everywhere."""
Flags: TypeAlias = "NDArray[np.bool_]"
"""An array of truth values."""
