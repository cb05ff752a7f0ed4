"""Arrays that move in many directions at once: a slope in each lane, for one run of a program.

A slope is the imaginary part of a run in which a value is moved by next to nothing.  Runs that differ only in what is moved have the same
real parts: they are worked out together, each in a lane of its own, in front of the axes of the array.  What has no rule here is worked
out lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.numbers.arrays import np

STEP = 1e-30
"""How far along the imaginary axis a slope is taken: so small that its square is nothing."""


if TYPE_CHECKING:
    _Base = np.ndarray[Any, Any]
else:  # without NumPy nothing is judged, and the module is read all the same
    _Base = getattr(np, "ndarray", object)


class NoLanes(Exception):
    """An array is changed in its place that has no lanes: slopes are found one by one."""


class LaneArray(_Base):
    """An array of complex numbers, with its ``lanes``: the same array in each lane, where it has moved; without any it has not moved."""

    lanes: Any = None

    def __array_finalize__(self, of: Any) -> None:
        self.lanes = None

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **named: Any) -> Any:
        call = getattr(ufunc, method)
        if method == "at":
            call(*map(take_plain, inputs), **named)
            for lane in range(_count(inputs)):
                call(*(_take_lane(one, lane) for one in inputs), **named)
            return None
        if out is not None:  # x *= 2
            out[0][...] = call(*inputs, **named)
            return out[0]
        made = call(*map(take_plain, inputs), **named)
        count = _count(inputs)
        if not count or np.asarray(made).dtype.kind not in "fc":
            return made
        if method == "__call__" and (ufunc.signature is None or all(np.ndim(one) > 1 for one in inputs)):
            return _join(made, ufunc(*(_spread(one, np.ndim(made)) for one in inputs), **named))
        if method == "reduce":
            axes = _move_axes(named.pop("axis", 0), np.ndim(inputs[0]))
            return _join(made, ufunc.reduce(inputs[0].lanes, axis=axes, **named))
        return _join(made, np.stack([call(*(_take_lane(one, lane) for one in inputs), **named) for lane in range(count)]))

    def __array_function__(self, func: Any, types: Any, args: Iterable[Any], named: Mapping[str, Any]) -> Any:
        args = list(args)
        made = func(*map(take_plain, args), **{key: take_plain(one) for key, one in named.items()})
        count = _count([*args, *named.values()])
        if not count or not isinstance(made, np.ndarray | np.generic) or made.dtype.kind not in "fc":
            return made
        rule = _RULES.get(func.__name__)
        lanes = rule(made, *args, **named) if rule is not None else None
        if lanes is None:
            rows = [
                func(*(_take_lane(one, lane) for one in args), **{key: _take_lane(one, lane) for key, one in named.items()})
                for lane in range(count)
            ]
            lanes = np.stack(rows)
        return _join(made, lanes)

    def __getitem__(self, place: Any) -> Any:
        made = self.view(np.ndarray)[place]
        return made if self.lanes is None else _join(made, _pick(self.lanes, place, made))

    def __setitem__(self, place: Any, value: Any) -> None:
        self.view(np.ndarray)[place] = take_plain(value)
        if self.lanes is None:
            return
        if _is_simple(place):
            own = _place_behind(place)
            self.lanes[own] = _spread(value, self.lanes[own].ndim - 1)
        else:
            for lane in range(len(self.lanes)):
                self.lanes[lane][place] = _take_lane(value, lane)



def _make_anew(self: LaneArray, order: str = "C") -> Any:
    made = self.view(np.ndarray).copy()
    return made if self.lanes is None else _join(made, self.lanes.copy())


def _convert(self: LaneArray, kind: Any, *args: Any, **named: Any) -> Any:
    return _make_anew(self) if kind is complex else self.view(np.ndarray).astype(kind, *args, **named)


def _call_named(name: str) -> Callable[..., Any]:
    """A method of an array as the function of its name, which knows of lanes."""
    return lambda self, *args, **named: getattr(np, name)(self, *args, **named)


_METHODS: Mapping[str, Any] = {
    **{name: _call_named(name) for name in (
        "sum", "mean", "prod", "cumsum", "max", "min", "dot", "squeeze", "swapaxes", "repeat", "ravel", "take", "trace", "diagonal",
        "round")},
    "copy": _make_anew, "astype": _convert, "T": property(lambda self: np.transpose(self)),
    "real": property(lambda self: self.view(np.ndarray).real),
    "reshape": lambda self, *shape: np.reshape(self, shape[0] if len(shape) == 1 else shape),
    "transpose": lambda self, *axes: np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None),
}  # fmt: skip
"""Methods of arrays that are no functions of NumPy's protocol."""
for _name, _method in _METHODS.items():
    setattr(LaneArray, _name, _method)


def put_in_lanes(value: Any, moves: Sequence[tuple[int, Any]], count: int) -> LaneArray:
    """A value with ``count`` lanes: in some of them it moves in a direction."""
    made = _join(np.array(take_plain(value), dtype=complex), None)
    lanes = getattr(value, "lanes", None)
    made.lanes = np.repeat(np.asarray(made)[None], count, axis=0) if lanes is None else lanes.copy()
    for lane, direction in moves:
        made.lanes[lane] += 1j * STEP * direction
    return made


@dataclass(frozen=True, slots=True)
class LaneMoves:
    """The moves of one value: of so many lanes in all, in which direction it moves in some."""

    count: int
    moves: Sequence[tuple[int, Any]]


def move_value(value: Any, move: Any, *, in_place: bool) -> Any:
    """A value that is moved in a direction, or in lanes; one without lanes is made anew then."""
    if not isinstance(move, LaneMoves):
        if in_place and isinstance(value, np.ndarray):
            value += 1j * STEP * move
            return value
        return value + 1j * STEP * move
    made = put_in_lanes(value, move.moves, move.count)
    if in_place and has_lanes(value):
        value.lanes[...] = made.lanes
        return value
    return made


def read_slopes(value: Any, count: int) -> Any:
    """The slopes of a number in its lanes, of the sum where it is an array; nothing where it does not move."""
    lanes = getattr(value, "lanes", None)
    return None if lanes is None else np.imag(lanes).reshape(count, -1).sum(axis=1) / STEP


def take_plain(value: Any) -> Any:
    """A value without its lanes, and so the parts of a list."""
    if type(value) is LaneArray:
        return value.view(np.ndarray)
    return type(value)(map(take_plain, value)) if type(value) in (list, tuple) else value


def hold_floats(value: Any) -> Any:
    """A number or an array as one of floats, made anew; with its lanes."""
    return value.copy() if has_lanes(value) else np.array(np.real(value), dtype=float)


def make_anew(value: Any) -> Any:
    """An array made anew, of what may be a number or a list, with its lanes."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple) and _count(value):
        return np.stack([make_anew(one) for one in value])
    return np.array(value)


def has_lanes(value: Any) -> bool:
    """Whether a value moves in lanes."""
    return type(value) is LaneArray and value.lanes is not None


def has_room(array: Any, value: Any) -> bool:
    """Whether an array can hold what moves in a value."""
    if has_lanes(value):
        return has_lanes(array)
    return array.dtype.kind == "c" or not np.iscomplexobj(value)


def make_room(array: Any, value: Any) -> Any:
    """An array made anew, with room for what moves in a value."""
    lanes = getattr(value, "lanes", None)
    return array.astype(complex) if lanes is None else put_in_lanes(array, (), len(lanes))


def _join(made: Any, lanes: Any) -> LaneArray:
    found = np.asarray(made).view(LaneArray)
    found.lanes = lanes
    return found


def _count(values: Any) -> int:
    """How many lanes there are in some values; 0 where none has moved."""
    for value in values:
        if has_lanes(value):
            return len(value.lanes)
        if type(value) in (list, tuple) and (found := _count(value)):
            return found
    return 0


def _take_lane(value: Any, lane: int) -> Any:
    if type(value) is LaneArray:
        return value.view(np.ndarray) if value.lanes is None else value.lanes[lane]
    return type(value)(_take_lane(one, lane) for one in value) if type(value) in (list, tuple) else value


def _spread(value: Any, axes: int) -> Any:
    """The lanes of a value, with so many axes behind the first one; what has none is the same in all."""
    if not has_lanes(value):
        return take_plain(value)
    return value.lanes.reshape(len(value.lanes), *(1,) * (axes - value.ndim), *value.shape)


def _move_axes(axis: Any, count: int) -> tuple[int, ...]:
    """Axes, counted from behind."""
    listed = range(count) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(int(one) % count - count for one in listed)


def _is_simple(place: Any) -> bool:
    """Whether what stands in brackets means the same behind another axis: no arrays between slices."""
    if not isinstance(place, tuple):
        return True
    arrays = [isinstance(one, np.ndarray | list) for one in place]
    alone = sum(arrays) == 1 and all(yes or isinstance(one, slice) for one, yes in zip(place, arrays, strict=True))
    return alone or not any(arrays) or all(arrays)


def _place_behind(place: Any) -> tuple[Any, ...]:
    return (slice(None), *(place if isinstance(place, tuple) else (place,)))


def _pick(lanes: Any, place: Any, made: Any) -> Any:
    return lanes[_place_behind(place)] if _is_simple(place) else np.stack([lane[place] for lane in lanes])


def _reduce(func: str) -> Callable[..., Any]:
    def reduce(made: Any, x: Any, axis: Any = None, *args: Any, keepdims: bool = False, **named: Any) -> Any:
        if args or named or type(x) is not LaneArray:
            return None
        return getattr(np, func)(x.lanes, axis=_move_axes(axis, x.ndim), keepdims=keepdims) if x.ndim else x.lanes

    return reduce


def _reshape(made: Any, x: Any, *args: Any, **named: Any) -> Any:
    return x.lanes.reshape(len(x.lanes), *made.shape)


def _transpose(made: Any, x: Any, axes: Any = None) -> Any:
    order = range(x.ndim)[::-1] if axes is None else [int(axis) % x.ndim for axis in axes]
    return x.lanes.transpose(0, *(axis + 1 for axis in order))


def _turn_axes(made: Any, x: Any, one: int, two: int) -> Any:
    return np.swapaxes(x.lanes, int(one) % x.ndim + 1, int(two) % x.ndim + 1)


def _multiply(made: Any, one: Any, two: Any) -> Any:
    """The product of two matrices, and no other."""
    if np.ndim(one) != 2 or np.ndim(two) != 2:
        return None
    return np.matmul(_spread(one, 2), _spread(two, 2))


def _choose(made: Any, condition: Any, one: Any, two: Any) -> Any:
    return np.where(take_plain(condition), _spread(one, made.ndim), _spread(two, made.ndim))


_RULES: Mapping[str, Callable[..., Any]] = {
    **{name: _reduce(name) for name in ("sum", "mean", "prod", "max", "amax", "min", "amin")},
    "reshape": _reshape, "ravel": _reshape, "expand_dims": _reshape, "squeeze": _reshape, "transpose": _transpose, "swapaxes": _turn_axes,
    "dot": _multiply, "where": _choose,
}  # fmt: skip
