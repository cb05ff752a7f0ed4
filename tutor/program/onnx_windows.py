"""Nodes of ONNX whose windows slide: convolution and pooling, with whatever padding a model says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.errors import tell
from tutor.program.onnx_arguments import NodeArguments, NodeRefusal


def _find_pads(given: NodeArguments, axes: int) -> list[int]:
    """The padding that a model says in numbers: before each axis, then behind each."""
    pads = [int(one) for one in given.setting("pads", [0] * 2 * axes)]
    if len(pads) != 2 * axes or min(pads, default=0) < 0 or max(pads, default=0) > 1000:
        raise NodeRefusal(tell("{name}={value} is not read", name="pads", value=str(pads)[:40]))
    return pads


def _find_same(given: NodeArguments) -> str:
    """Which end gets the odd one where a model says SAME: as many windows as strides fit into the axis."""
    given.require_setting("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
    same = str(given.setting("auto_pad", "NOTSET"))
    return same.removeprefix("SAME_").lower() if same.startswith("SAME") else ""


def _describe_windows(given: NodeArguments, kernel: Sequence[int], strides: Sequence[int], pads: Sequence[int], same: str) -> str:
    """What the functions of `written_operators` take to work the padding out from the sizes of the array."""
    apart = given.setting("dilations", [1] * len(kernel))
    spans = [(size - 1) * step + 1 for size, step in zip(kernel, apart, strict=True)]
    return f"{spans}, {list(strides)}, {list(pads)}, {same!r}, {int(given.setting('ceil_mode', 0))}"


def _count_axes(given: NodeArguments) -> int:
    for name in ("kernel_shape", "strides", "dilations"):
        if given.setting(name):
            return len(given.setting(name))
    pads = given.setting("pads")
    return len(pads) // 2 if pads else 2


def write_conv(given: NodeArguments) -> str:
    """A convolution; SAME is worked out from the size of the kernel."""
    axes = _count_axes(given)
    strides, pads, same = list(given.setting("strides", [1] * axes)), _find_pads(given, axes), _find_same(given)
    x, padding = given.text(), pads[:axes]
    if same:
        kernel = given.setting("kernel_shape")
        if not kernel or len(kernel) != axes:
            raise NodeRefusal(tell("{word} needs {name}", word=given.node.kind, name="kernel_shape"))
        x, padding = f"onnx.pad_zeros({x}, {_describe_windows(given, kernel, strides, pads, same)})", [0] * axes
    elif pads[axes:] != padding:
        pairs = [one for place in reversed(range(axes)) for one in (pads[place], pads[axes + place])]
        x, padding = f"F.pad({x}, {pairs})", [0] * axes
    bias = f", {given.text(2)}" if given.has(2) else ""
    said = _say_settings(stride=(strides, 1), padding=(padding, 0), dilation=(list(given.setting("dilations", [1] * axes)), 1))
    groups = int(given.setting("group", 1))
    return f"F.conv{axes}d({x}, {given.text(1)}{bias}{said}{f', groups={groups}' if groups != 1 else ''})"


def _say_settings(**settings: tuple[list[int], int]) -> str:
    """Those that are not what is usual: ``, stride=2``."""
    said = ""
    for name, (values, usual) in settings.items():
        if any(value != usual for value in values):
            same = all(value == values[0] for value in values)
            said += f", {name}={values[0] if same else tuple(values)}"
    return said


def make_pool(word: str, pad: str = "zeros") -> Callable[[NodeArguments], str]:
    """The row of a pooling.

    What is padded for a largest entry repeats the border, which is in each such window anyway; a mean counts what is inside.
    """
    def make(given: NodeArguments) -> str:
        kernel = given.setting("kernel_shape")
        if not kernel:
            raise NodeRefusal(tell("{word} needs {name}", word=given.node.kind, name="kernel_shape"))
        axes = len(kernel)
        given.require_setting("ceil_mode", 0, 1)
        given.require_setting("storage_order", 0)
        given.require_setting("dilations", [1] * axes)
        if len([name for name in given.node.outputs if name]) > 1:
            raise NodeRefusal(tell("the places of the largest entries are not read"))
        strides, pads, same = list(given.setting("strides", [1] * axes)), _find_pads(given, axes), _find_same(given)
        x, padding, more = given.text(), pads[:axes], bool(same or given.setting("ceil_mode", 0) or pads[axes:] != pads[:axes])
        inside = word == "avg" and not given.setting("count_include_pad", 0) and bool(same or any(pads))
        described = _describe_windows(given, kernel, strides, pads, same)
        if more or inside:
            if any(one >= size for one, size in zip(pads, [*kernel, *kernel], strict=True)):
                raise NodeRefusal(tell("{name}={value} is not read", name="pads", value=str(pads)[:40]),
                                  tell("pad by less than the window"))  # fmt: skip
            x, padding = f"onnx.pad_{pad}({x}, {described})", [0] * axes
        size = kernel[0] if len(set(kernel)) == 1 else tuple(kernel)
        said = _say_settings(padding=(padding, 0))
        step = strides[0] if len(set(strides)) == 1 else tuple(strides)
        made = f"F.{word}_pool{axes}d({x}, {size}, stride={step}{said})"
        if inside or (word == "avg" and given.setting("ceil_mode", 0)):
            return f"onnx.count_inside({made}, {given.text()}, {described}, {int(inside)})"
        return made

    return make
