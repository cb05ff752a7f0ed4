"""Convolutions, poolings and look-ups as programs write them: ``conv2d(X, W, b, stride=2)``, ``max_pool2d(X, 2)``, ``E[[2, 0, 2]]``.

A setting is given by its name or by its place; a bias is added to each channel.  Labels are counted from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import GraphError, tell
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, Number
from tutor.expression.tokens import GIVEN, LIST
from tutor.graph.broadcasting import spread_array
from tutor.graph.shapes import Shape, shape_of, shape_text, shorten_call, size_expr
from tutor.rules.operations import POOLS, SLIDING, name_along
from tutor.rules.window_rows import POOL_SETTINGS, SETTINGS_OTHERWISE, SLIDING_SETTINGS

_LOOKED_UP = ("embed", "pick_each")


def is_window_form(call: Call, shapes: Mapping[str, Shape]) -> bool:
    """Whether this is read by `write_window_form`, and is not yet the operation itself.

    >>> from tutor.expression.nodes import Name
    >>> call = Call("correlate", (Name("x"), Name("k"), Call("given stride", (Number("2"),))))
    >>> is_window_form(call, {}), is_window_form(Call("correlate", call.args[:2]), {})
    (True, False)
    """
    if call.func in _LOOKED_UP:
        return any(type(part) is Call and part.func == LIST for part in call.args)
    if call.func in SLIDING:
        return any(map(_is_setting, call.args)) or any(_is_no_number(part, shapes) for part in call.args[2:])
    return call.func in POOLS and (any(map(_is_setting, call.args)) or (call.func.endswith("_1d") and _count_axes(call, shapes) == 1))


def _is_no_number(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether this is an array or a quantity, as a bias is, and no setting."""
    return type(expr) is not Number and (bool(shape_of(expr, shapes)) or (type(expr) is Name and expr.name in shapes))


def _is_setting(expr: Expr) -> bool:
    return type(expr) is Call and (expr.func == LIST or expr.func.startswith(GIVEN))


def _count_axes(call: Call, shapes: Mapping[str, Shape]) -> int:
    return len(shape_of(call.args[0], shapes)) if call.args else 0


def write_window_form(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """A form with its settings by name, by the operations of `tutor.rules.operations`.

    Raises `GraphError` for a setting that the operation does not have, or of another number of axes, for a bias of another length than
    there are channels, and for labels that are no rectangle.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> settings = (Call("given padding", (Call("list", (Number("1"),)),)),)
    >>> write_plain(write_window_form(Call("correlate", (Name("x"), Name("k"), *settings)), {"x": (5,), "k": (3,)}))
    'correlate(x, k, 1, 1)'
    """
    if call.func in _LOOKED_UP:
        return _look_up(call)
    if call.func in POOLS:
        func = call.func.removesuffix("_1d") if _count_axes(call, shapes) == 1 else call.func
        return Call(func, (call.args[0], *_list_settings(call, call.args[1:], POOL_SETTINGS, shapes)))
    biases = [part for part in call.args[2:] if _is_bias(part) or (not _is_setting(part) and _is_no_number(part, shapes))]
    rest = [part for part in call.args[2:] if part not in biases]
    made = Call(call.func, (*call.args[:2], *_list_settings(call, rest, SLIDING_SETTINGS, shapes)))
    if not biases:
        return made
    bias = biases[0]
    return _add_bias(made, bias.args[0] if type(bias) is Call and _is_bias(bias) else bias, shapes)


def _is_bias(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == f"{GIVEN}bias"


def find_bias(call: Call, shapes: Mapping[str, Shape]) -> tuple[str, Shape] | None:
    """The bias of a convolution that has no shape yet, with the one that it needs: a number for each channel of the result.

    >>> from tutor.expression.nodes import Name
    >>> find_bias(Call("correlate", (Name("X"), Name("K"), Name("b"))), {"X": (3, 5, 5), "K": (4, 3, 3, 3)})
    ('b', (4,))
    """
    for part in call.args[2:]:
        bias = part.args[0] if type(part) is Call and _is_bias(part) else part
        kernels = shapes.get(call.args[1].name, ()) if type(call.args[1]) is Name else ()
        if type(bias) is Name and bias.name not in shapes and len(kernels) > 2:
            return bias.name, (kernels[1 if call.func == "transposed_convolution" else 0],)
    return None


def _list_settings(call: Call, given: Sequence[Expr], names: Sequence[str], shapes: Mapping[str, Shape]) -> list[Expr]:
    """The settings in their order, without those at the end that are as if left out; where one differs along the axes, each of each."""
    found: dict[str, tuple[Expr, ...]] = {}
    axes = _count_windows(call, shapes)
    for place, part in enumerate(given):
        named = type(part) is Call and part.func.startswith(GIVEN)
        if not named and place >= len(names):
            raise GraphError(tell("{func} with more than {count} settings", func=call.func, count=len(names)), hint=_name_settings(names))
        word = part.func.removeprefix(GIVEN) if type(part) is Call and named else names[place]
        own = SETTINGS_OTHERWISE.get(word, word)
        if own not in names:
            raise GraphError(tell("{func} has no setting {word}", func=call.func, word=word), hint=_name_settings(names))
        if own in found:
            raise GraphError(tell("{func}: the setting {word} twice", func=call.func, word=word), hint=tell("write it once"))
        value = part.args[0] if type(part) is Call and named else part
        if not named and type(part) is Name and part.name not in shapes and own == "stride":
            raise GraphError(tell("{func}: {name} is no whole number, and has no shape as a bias has", func=call.func, name=part.name),
                             hint=tell("write the shape of {name}, or {word}=1", name=part.name, word=word))  # fmt: skip
        found[own] = _take_each(call, word, value.args if type(value) is Call and value.func == LIST else (value,), axes)
    if "kernel_size" in names and "kernel_size" not in found:
        raise GraphError(tell("{func} does not say how large its windows are", func=call.func), hint=_name_settings(names))
    one, none = (Number("1"),) * axes, (Number("0"),) * axes
    usual = {"kernel_size": one, "stride": found.get("kernel_size", one), "padding": none, "dilation": one, "groups": one[:1]}
    listed = [found.get(name, usual[name]) for name in names]
    if any(len(set(values)) > 1 for values in listed):
        groups = listed.pop() if "groups" in names else ()
        return [value for values in listed for value in values] + [value for value in groups if value not in one]
    while listed and names[len(listed) - 1] != "kernel_size" and listed[-1] == usual[names[len(listed) - 1]]:
        listed.pop()
    return [values[0] for values in listed]


def _name_settings(names: Sequence[str]) -> str:
    return tell("the settings are {names}, such as {name}=2", names=", ".join(names), name=names[0])


def _count_windows(call: Call, shapes: Mapping[str, Shape]) -> int:
    """Along how many axes a kernel or a window goes."""
    if call.func in POOLS:
        return 1 if call.func.endswith("_1d") else 3 if call.func.endswith("_3d") else max(1, min(2, _count_axes(call, shapes)))
    kernels = len(shape_of(call.args[1], shapes)) if len(call.args) > 1 else 1
    return max(1, kernels - 2 if kernels > 2 else kernels)


def _take_each(call: Call, word: str, values: Sequence[Expr], axes: int) -> tuple[Expr, ...]:
    """The values of a setting, one for each axis: the groups have one, and one that stands alone is that of all axes."""
    if not values or any(type(value) is not Number for value in values):
        raise GraphError(tell("{func}: {word} is no whole number", func=call.func, word=word), hint=tell("write {word}=1", word=word))
    wanted = 1 if word == "groups" else axes
    each = tuple(values) if len(values) > 1 else tuple(values) * wanted
    if len(each) != wanted:
        raise GraphError(
            tell("{func}: {word} has {count} numbers, and there are {axes} axes", func=call.func, word=word, count=len(each), axes=wanted),
            hint=tell("write one whole number for each axis, or one for all of them, such as {word}={value}", word=word,
                      value=_show_number(values[0])),
        )  # fmt: skip
    return each


def _show_number(expr: Expr) -> str:
    return expr.text if type(expr) is Number else "1"


def _add_bias(made: Call, bias: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A convolution and a bias, one number for each channel of the result."""
    whole, own = shape_of(made, shapes), shape_of(bias, shapes)
    kernels = len(shape_of(made.args[1], shapes))
    place = len(whole) - (kernels - 1)
    if kernels < 3 and own in ((), (1,)):
        return Add((made, spread_array(bias, own, whole)))
    if kernels < 3 or len(own) != 1 or own[0] != whole[place]:
        channels = whole[place] if kernels > 2 else 1
        what = tell("the bias {bias} of shape {shape} beside {channels} channels", bias=shorten_call(bias, shapes), shape=shape_text(own),
                    channels=channels)
        raise GraphError(what, hint=tell("a bias has one number for each channel of the result"))
    standing: Expr = bias
    for rank in range(2, kernels):
        standing = Call(name_along("keep", rank, rank - 1), (standing,))
    return Add((made, spread_array(standing, (own[0], *(1,) * (kernels - 2)), whole)))


def _look_up(call: Call) -> Expr:
    array, *rest = call.args
    listed = rest[0] if len(rest) == 1 else None
    labels = listed.args if type(listed) is Call and listed.func == LIST else ()
    rows = [part.args for part in labels if type(part) is Call and part.func == LIST]
    if rows and call.func == "embed":
        if len(rows) < len(labels) or any(len(row) != len(rows[0]) for row in rows) or not rows[0]:
            raise GraphError(tell("the labels of {func} are no rectangle", func=call.func), hint=tell("write E[[[2, 0], [1, 2]]]"))
        return Call("embed_batch", (array, size_expr(len(rows)), *map(_read_label, (label for row in rows for label in row))))
    if not labels or rows:
        raise GraphError(tell("{func} needs labels, whole numbers from 0", func=call.func), hint=tell("write E[[2, 0, 2]]"))
    return Call(call.func, (array, *map(_read_label, labels)))


def _read_label(expr: Expr) -> Expr:
    inner = expr.arg if type(expr) is Neg else expr
    if type(inner) is Number and inner.text.isdigit():
        return expr
    raise GraphError(tell("{label} is no label", label=shorten_call(expr, {})), hint=tell("labels are whole numbers, counted from 0"))


