"""Where an operation on arrays that is wider than a row may be broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.expression.nodes import Call, Expr, Mul
from tutor.expression.program_signs import BROADCAST, SUMMED
from tutor.render.layer_maths import level_before, list_joined
from tutor.render.matrix_maths import has_places, list_slices
from tutor.rules.operations import JOINED, LAYERS, OF_EACH

if TYPE_CHECKING:
    from tutor.render.maths import Writer

_PRODUCT, _FACTOR = 4, 5


@dataclass(frozen=True, slots=True)
class Seams:
    """Where an operation on arrays that is wider than a row may be broken: its parts, each with the sign before it."""

    before: str
    parts: tuple[tuple[str, Expr, bool], ...]
    after: str = ""


_SIGNED = {"matmul": ("\\,", _PRODUCT), "hadamard": (" \\odot ", _FACTOR)}
_HEADED = frozenset({
    *(name for name, rows in LAYERS.items() if rows[0].written.startswith("name ") == bool(rows[0].written) and len(rows[0].arrays) == 1),
    *OF_EACH.values(), BROADCAST, SUMMED,
})  # fmt: skip
"""What is printed by its name in front of one array, with its settings or without."""


def seams(writer: Writer, call: Call) -> Seams | None:
    """Where an operation may be broken in LaTeX; nothing for one that stays whole."""
    args = call.args
    if call.func in _SIGNED:
        sign, level = _SIGNED[call.func]
        levels = (level_before(args[0]) if call.func == "hadamard" else level, level)
        bracketed = [
            writer.write_within(arg, within) != writer.show(arg) for arg, within in zip(args, levels, strict=True)
        ]
        sign = writer.join_factors(args[0], args[1], sign) if call.func == "matmul" else sign
        return Seams("", tuple((sign if i else "", arg, bracketed[i]) for i, arg in enumerate(args)))
    if call.func == "slices" and has_places(args):
        return Seams("", tuple(("\\quad " if i else "", arg, False) for i, arg in enumerate(list_slices(args))))
    if call.func == "slices":
        return Seams("\\Bigl[", tuple((",\\; " if i else "", arg, False) for i, arg in enumerate(args)), "\\Bigr]")
    if call.func in JOINED:
        head = writer.show(Call(call.func, (Call("dots", ()),))).removesuffix("(\\cdots)")
        return Seams(
            f"{head}\\Bigl(",
            tuple((",\\; " if i else "", arg, False) for i, arg in enumerate(list_joined(call))),
            "\\Bigr)",
        )
    if call.func in _HEADED:
        return Seams(writer.show(call).removesuffix(writer.bracket(writer.show(args[0]))), (("", args[0], True),))
    if call.func == "transpose":
        return Seams("", (("", args[0], True),), "^{\\top}")
    if call.func == "outer":
        loose = writer.write_within(args[0], _PRODUCT if type(args[0]) is Mul else _FACTOR) != writer.show(args[0])
        return Seams(
            "", (("", args[0], loose), (writer.join_factors(args[0], args[1], "\\,"), Call("transpose", args[1:]), False))
        )
    return Seams("", (("", args[0], False),)) if call.func == "shaped" else None
