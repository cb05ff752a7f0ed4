"""NumPy, or what stands in for it where it is not there (`tutor.numbers.plain_arrays`): ``from tutor.numbers.arrays import np``."""

from __future__ import annotations

from typing import TYPE_CHECKING

PLAIN = False
"""Whether it is what stands in for NumPy, with arrays of two axes at most."""

if TYPE_CHECKING:
    import numpy as np
else:
    try:
        import numpy as np
    except ImportError:
        from tutor.numbers import plain_arrays as np

        PLAIN = True

__all__ = ["PLAIN", "np"]
