"""What stands below the sign of what slides: read back, it is the same operation with the same settings."""

import pytest

from tutor.expression.index_signs import read_sliding
from tutor.expression.named_operations import read_named
from tutor.expression.nodes import Call, Name, Number
from tutor.notation.profile import Notation
from tutor.render.maths import TEXT, Writer

OPERANDS = (Name("X"), Name("K"))
SHOWN = [  # operation, settings, as they are shown
    ("correlate", "2 1", "X ⋆[s=2, p=1] K"), ("correlate", "1 0 2 3", "X ⋆[d=2, g=3] K"),
    ("correlate", "2 1 1 0 1 1", "X ⋆[s=2×1, p=1×0] K"), ("correlate", "1 1 0 0 1 2 2", "X ⋆[d=1×2, g=2] K"),
    ("convolve", "1 2 1 0 0 0 1 1 1", "X ∗[s=1×2×1] K"),
    ("spread_wide", "5 4 2 1 1 1", "back[s=2, p=1](X, K)"), ("spread_wide", "5 4 2 1 1 0 1 1 1", "back[s=2×1, p=1×0](X, K)"),
    ("spread_wide", "5 4 3 1 1 1 0 0 0 1 1 2 1", "back[d=1×1×2](X, K)"), ("max_pool", "3 2 2 1 1 0", "maxpool[3×2, s=2×1, p=1×0](X)"),
    ("max_pool_3d", "2 2 1 2 2 1 0 0 0", "maxpool3d[2×2×1](X)"),
]  # fmt: skip


@pytest.mark.parametrize(("func", "settings", "shown"), SHOWN, ids=[shown for _, _, shown in SHOWN])
def test_settings_of_each_axis_stand_together(func, settings, shown):
    numbers = tuple(map(Number, settings.split()))
    operands = OPERANDS[:1] if "pool" in func else OPERANDS
    assert Writer(TEXT, Notation()).show(Call(func, (*operands, *numbers))) == shown


def test_settings_of_each_axis_are_read_back():
    token, _ = read_sliding("⋆[s=2×1, p=1×0] K", 0, 17, {"correlate"})
    assert [part.text for part in token[1].settings] == ["2", "1", "1", "0", "1", "1"]
    token, _ = read_named("maxpool[3×2, s=2×1](X)", 0, 22, {("maxpool", "window"): "max_pool"})
    assert [part.text for part in token[1].settings] == ["3", "2", "2", "1", "0", "0"]
