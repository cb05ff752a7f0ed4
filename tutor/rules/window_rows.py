"""The rows of what slides over an array: correlation and convolution, transposed convolution, pooling, each with its pullbacks.

They are made for an array alone (n, n×r), for one of channels (c×n, c×n×r, …) and for a batch of those (N×c×n×r, …).  Kernels over channels
are o×c×m×q: each of the o kernels makes one channel of the result.  Settings are the stride s, the padding p, the dilation d, the groups g;
without the last two the index form is the one that lectures print.  Where they differ along the axes each axis has its own, s1, s2, ….
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.rules.layer_row import INDEX, MOST_ALIKE, Layer

SLIDING_SETTINGS = ("stride", "padding", "dilation", "groups")
POOL_SETTINGS = ("kernel_size", "stride", "padding")
SETTINGS_OTHERWISE = {"strides": "stride", "pad": "padding"}
"""What the settings are called where they are given by name, in their order, and by what other names."""
GIVEN_WORDS = frozenset({*SLIDING_SETTINGS, *POOL_SETTINGS, *SETTINGS_OTHERWISE, "bias"})
_PLAIN = (("s", 1), ("p", 0))
_APART = (*_PLAIN, ("d", 1))
_GROUPED = (*_APART, ("g", 1))
_LEAST = dict(_GROUPED)


def list_each(letters: str, axes: int) -> tuple[str, ...]:
    """The names of settings that each axis has its own of, one letter after the other.

    >>> list_each("sp", 2)
    ('s1', 's2', 'p1', 'p2')
    """
    return tuple(f"{letter}{axis}" for letter in letters for axis in range(1, axes + 1))


def _make_own(axes: int, *, grouped: bool) -> tuple[tuple[str, int], ...]:
    """The settings of a kernel, those of each axis by themselves; the groups last, where there are channels."""
    return (*((name, _LEAST[name[0]]) for name in list_each("spd", axes)), *((("g", 1),) if grouped else ()))


_SOURCES = {
    "correlate": "qmul, Convolution; Goodfellow et al., Deep Learning, ch. 9; of channels as torch.nn.functional.conv2d",
    "convolve": "qmul: Convolution (1-D) and (2-D), the kernel (0 −1 0; −1 4 −1; 0 −1 0)",
    "transposed_convolution": "Dumoulin and Visin, A guide to convolution arithmetic, ch. 4; as torch.nn.functional.conv_transpose2d",
}


def _give_usual(settings: Sequence[tuple[str, int]]) -> tuple[int, ...]:
    """What may be left out: a stride of 1 and no padding, and the one group behind settings of each axis."""
    return (1, 0) if len(settings) == 2 else (1,) if len(settings) > MOST_ALIKE and ("g", 1) in settings else ()


def _wrap(loops: Sequence[tuple[str, str]], body: str) -> str:
    """Sums within sums: Σ_a Σ_b … over what stands in them."""
    for letter, size in reversed(loops):
        body = f"sum_over({letter}, {size}, {body})"
    return body


def _list_all(settings: Sequence[tuple[str, int]]) -> str:
    """All settings of a layer with a dilation, its groups too."""
    return ", ".join((*(name for name, _ in settings if name != "g"), "g" if ("g", 1) in settings else "1"))


def _write_at(name: str, *index: str) -> str:
    return f"at({name}, {', '.join(index)})"


@dataclass(frozen=True, slots=True)
class _Sliding:
    """Along how many axes a kernel slides, and what stands before them: nothing, channels, or a batch of channels."""

    axes: int
    lead: tuple[str, ...]

    @property
    def over_channels(self) -> bool:
        return bool(self.lead)

    @property
    def x(self) -> tuple[str, ...]:
        return ("n", "r", "D")[: self.axes]

    @property
    def k(self) -> tuple[str, ...]:
        return ("m", "q", "E")[: self.axes]

    @property
    def g(self) -> tuple[str, ...]:
        return (("w", "z", "F") if self.lead else ("o", "w"))[: self.axes]

    @property
    def batch(self) -> tuple[str, ...]:
        """The size of the batch, where there is one."""
        return self.lead[:-1]

    @property
    def kernels(self) -> str:
        return f"K: o c {' '.join(self.k)}" if self.lead else f"k: {' '.join(self.k)}"

    @property
    def own_kernel(self) -> str:
        return "K" if self.lead else "k"

    @property
    def own_input(self) -> str:
        return "X" if self.lead else "x"

    def write_input(self, channels: str = "c") -> str:
        """The input as an operand, with so many channels."""
        return f"{self.own_input}: {' '.join((*self.batch, *((channels,) if self.lead else ()), *self.x))}"

    def write_upstream(self, name: str = "G") -> str:
        """What has the shape of the result of a correlation, as an operand."""
        return f"{name}: {' '.join((*self.batch, *(('o',) if self.lead else ()), *self.g))}"

    def list_settings(self, settings: Sequence[tuple[str, int]]) -> list[tuple[str, ...]]:
        """What the stride, the padding and the dilation are called along each axis: s, s, or s1, s2 where they are not the same."""
        own = len(settings) > MOST_ALIKE
        return [list_each(letter, self.axes) if own else (letter,) * self.axes for letter in "spd"]

    def split(self, index: Sequence[str]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
        """The letters of a result: of the batch, of the channel, of the axes."""
        own = tuple(index)
        return own[: len(self.batch)], own[len(self.batch)] if self.lead else "", own[len(self.lead) :]

    def make_rows(self) -> Iterator[Layer]:
        """Correlation and convolution, what they send back, and transposed convolution."""
        for flipped in (False, True):
            for settings in (_PLAIN, *((_APART, _GROUPED) if self.lead else (_APART,)), *self.own):
                yield self.make_forward(settings, flipped)
            yield self.make_spread(flipped)
            back = (_GROUPED, *((_make_own(self.axes, grouped=True),) if self.own else ()))
            yield from (self.make_wide_spread("spread_wide", settings, flipped) for settings in back)
            yield self.make_kernels(flipped)
            yield from (self.make_wide_kernels(settings, flipped) for settings in back)
        if self.lead:
            for settings in (_PLAIN, _APART, _GROUPED, *self.own):
                yield self.make_transposed(settings)

    @property
    def own(self) -> tuple[tuple[tuple[str, int], ...], ...]:
        """The settings that each axis has its own of, where there are several axes."""
        return (_make_own(self.axes, grouped=self.over_channels),) if self.axes > 1 else ()

    def windows(self, settings: Sequence[tuple[str, int]]) -> tuple[str, ...]:
        each = self.list_settings(settings)[: 2 if len(settings) == 2 else 3]
        return tuple(f"windows({n}, {m}, {', '.join(own)})" for n, m, *own in zip(self.x, self.k, *each, strict=True))

    def write_back(self, settings: Sequence[tuple[str, int]], flipped: bool) -> tuple[str, str]:
        """The pullbacks of a correlation or a convolution: to its input, and to its kernel."""
        end = "_flipped" if flipped else ""
        sizes, kernel = ", ".join(self.x), ", ".join(self.k)
        if len(settings) == 2:
            return (f"spread{end}(G, {self.own_kernel}, {sizes}, s, p)", f"kernel_gradient{end}(G, {self.own_input}, {kernel}, s, p)")
        more = _list_all(settings)
        return (f"spread_wide{end}(G, {self.own_kernel}, {sizes}, {more})",
                f"kernel_gradient_wide{end}(G, {self.own_input}, {kernel}, {more})")

    def make_forward(self, settings: tuple[tuple[str, int], ...], flipped: bool) -> Layer:
        name, grouped = "convolve" if flipped else "correlate", ("g", 1) in settings
        index = INDEX[len(self.lead) + self.axes]
        batch, channel, axes = self.split(index)
        inner = ("a", "b", "f")[: self.axes]
        if len(settings) == 2:
            places = [f"s*({i} - 1) + {m} + 1 - {a} - p" if flipped else f"s*({i} - 1) + {a} - p"
                      for i, a, m in zip(axes, inner, self.k, strict=True)]  # fmt: skip
        else:
            places = [f"{s}*({i} - 1) + {d}*({f'{m} - {a}' if flipped else f'{a} - 1'}) + 1 - {p}"
                      for i, a, m, s, p, d in zip(axes, inner, self.k, *self.list_settings(settings), strict=True)]  # fmt: skip
        of = f"c*quotient({channel} - 1, quotient(o, g)) + v" if grouped else "v"
        kernel = _write_at(self.own_kernel, *((channel, "v") if self.lead else ()), *inner)
        entry = _write_at(self.own_input, *batch, *((of,) if self.lead else ()), *places)
        return Layer(
            name, (self.write_input("c*g" if grouped else "c"), self.kernels),
            (*self.batch, *(("o",) if self.lead else ()), *self.windows(settings)),
            index, _wrap([*((("v", "c"),) if self.lead else ()), *zip(inner, self.k, strict=True)], f"{kernel}*{entry}"),
            self.write_back(settings, flipped), settings, _give_usual(settings), _SOURCES[name],
            divides=("g", "o") if grouped else (), written=f"sign {'asterisk' if flipped else 'star'}", padded=True, by_place=True,
        )  # fmt: skip

    def make_spread(self, flipped: bool, name: str = "spread") -> Layer:
        """What each window sends back to the places that it has seen."""
        return Layer(
            f"{name}_flipped" if flipped else name, (self.write_upstream(), self.kernels), (*self.lead, *self.x),
            INDEX[len(self.lead) + self.axes], self.write_spread("G", flipped),
            settings=(*((size, 1) for size in self.x), *_PLAIN), internal=True,
            written=f"sign {'star' if flipped else 'asterisk'} full", padded=True,
        )  # fmt: skip

    def write_spread(self, name: str, flipped: bool) -> str:
        batch, channel, axes = self.split(INDEX[len(self.lead) + self.axes])
        outer = ("u", "v", "f")[: self.axes]
        places = [f"{m} + 1 - {i} + s*({u} - 1) - p" if flipped else f"{i} - s*({u} - 1) + p"
                  for i, u, m in zip(axes, outer, self.k, strict=True)]  # fmt: skip
        loops = [*((("t", "o"),) if self.lead else ()), *zip(outer, self.g, strict=True)]
        upstream = _write_at(name, *batch, *(("t",) if self.lead else ()), *outer)
        return _wrap(loops, f"{upstream}*{_write_at(self.own_kernel, *(('t', channel) if self.lead else ()), *places)}")

    def write_wide_spread(self, name: str, settings: Sequence[tuple[str, int]], flipped: bool) -> str:
        """The same with the entries of the kernel apart: of each entry of the kernel the window that it stood in, where there is one."""
        grouped = self.lead and ("g", 1) in settings
        batch, channel, axes = self.split(INDEX[len(self.lead) + self.axes])
        inner = ("a", "b", "f")[: self.axes]
        strides, paddings, apart = self.list_settings(settings)
        places = [f"{i} - 1 + {p} - {d}*({f'{m} - {a}' if flipped else f'{a} - 1'})"
                  for i, a, m, p, d in zip(axes, inner, self.k, paddings, apart, strict=True)]  # fmt: skip
        out = f"quotient(o, g)*quotient({channel} - 1, c) + t" if grouped else "t"
        own = f"remainder({channel} - 1, c) + 1" if grouped else channel
        loops = [*((("t", "quotient(o, g)" if grouped else "o"),) if self.lead else ()), *zip(inner, self.k, strict=True)]
        stood = [f"quotient({place}, {s}) + 1" for place, s in zip(places, strides, strict=True)]
        upstream = _write_at(name, *batch, *((out,) if self.lead else ()), *stood)
        meets = "".join(f"*inside(remainder({place}, {s}) + 1, 1)" for place, s in zip(places, strides, strict=True))
        return _wrap(loops, f"{upstream}*{_write_at(self.own_kernel, *((out, own) if self.lead else ()), *inner)}{meets}")

    def make_wide_spread(self, name: str, settings: tuple[tuple[str, int], ...], flipped: bool) -> Layer:
        channels = ("c*g",) if self.lead else ()
        return Layer(
            f"{name}_flipped" if flipped else name, (self.write_upstream(), self.kernels), (*self.batch, *channels, *self.x),
            INDEX[len(self.lead) + self.axes], self.write_wide_spread("G", settings, flipped),
            settings=(*((size, 1) for size in self.x), *settings), internal=True,
            written=f"name back{'flipped' if flipped else ''} by back", padded=True, indexed=False, by_place=True, said="spread_wide",
        )  # fmt: skip

    def make_kernels(self, flipped: bool) -> Layer:
        """What each entry of a kernel was multiplied with, times what comes back to it."""
        index = INDEX[(2 if self.lead else 0) + self.axes]
        own = index[2:] if self.lead else index
        outer = ("u", "v", "t")[: self.axes]
        places = [f"s*({u} - 1) + {m} + 1 - {i} - p" if flipped else f"s*({u} - 1) + {i} - p"
                  for i, u, m in zip(own, outer, self.k, strict=True)]  # fmt: skip
        return self.write_kernels(
            "kernel_gradient", flipped, places, index[1:2], ("o", "c", *self.k) if self.lead else self.k, self.write_input(), _PLAIN,
            f"sign star swapped{' flipped' if flipped else ''}",
        )  # fmt: skip

    def make_wide_kernels(self, settings: tuple[tuple[str, int], ...], flipped: bool) -> Layer:
        index = INDEX[(2 if self.lead else 0) + self.axes]
        own = index[2:] if self.lead else index
        outer = ("u", "v", "t")[: self.axes]
        places = [f"{s}*({u} - 1) + {d}*({f'{m} - {i}' if flipped else f'{i} - 1'}) + 1 - {p}"
                  for i, u, m, s, p, d in zip(own, outer, self.k, *self.list_settings(settings), strict=True)]  # fmt: skip
        return self.write_kernels(
            "kernel_gradient_wide", flipped, places, ("quotient(C, g)*quotient(i - 1, quotient(o, g)) + j",),
            ("o", "quotient(C, g)", *self.k) if self.lead else self.k, self.write_input("C"), settings,
            f"name kernels{'flipped' if flipped else ''} by back",
        )  # fmt: skip

    def write_kernels(
        self, name: str, flipped: bool, places: Sequence[str], channel: Sequence[str], result: tuple[str, ...], operand: str,
        settings: tuple[tuple[str, int], ...], written: str,
    ) -> Layer:  # fmt: skip
        index = INDEX[(2 if self.lead else 0) + self.axes]
        outer = ("u", "v", "t")[: self.axes]
        each = ("b",) if self.batch else ()
        loops = [*zip(each, self.batch, strict=True), *zip(outer, self.g, strict=True)]
        upstream = _write_at("G", *each, *(index[:1] if self.lead else ()), *outer)
        entry = _write_at(self.own_input, *each, *(channel if self.lead else ()), *places)
        wide = len(settings) > 2
        return Layer(
            f"{name}_flipped" if flipped else name, (self.write_upstream(), operand), result, index, _wrap(loops, f"{upstream}*{entry}"),
            settings=(*((size, 1) for size in self.k), *settings), internal=True, written=written, padded=True, indexed=not wide,
            by_place=wide, said=name if wide else "",
        )  # fmt: skip

    def make_transposed(self, settings: tuple[tuple[str, int], ...]) -> Layer:
        """A correlation the other way round: what it sends back, as a layer of its own."""
        wide, grouped = len(settings) > 2, ("g", 1) in settings
        each = self.list_settings(settings)[: 3 if wide else 2]
        lengths = tuple(f"spans({w}, {m}, {', '.join(own)})" for w, m, *own in zip(self.g, self.k, *each, strict=True))
        more = ", ".join(name for name, _ in settings)
        listed = _list_all(settings) if wide else "s, p"
        kernels = f"kernel_gradient{'_wide' if wide else ''}(X, G, {', '.join(self.k)}, {listed})"
        return Layer(
            "transposed_convolution", (self.write_upstream("X"), self.kernels), (*self.batch, "c*g" if grouped else "c", *lengths),
            INDEX[len(self.lead) + self.axes], self.write_wide_spread("X", settings, False) if wide else self.write_spread("X", False),
            (f"correlate(G, K, {more})", kernels), settings, _give_usual(settings), _SOURCES["transposed_convolution"],
            divides=("g", "o") if grouped else (), written="name transconv by slide", padded=True, by_place=True, whole=True,
        )  # fmt: skip


def _make_pools(name: str, axes: int, lead: tuple[str, ...], end: str = "") -> Iterator[Layer]:
    """Pooling over windows of k entries along each axis, moved on by the stride s, with a padding p or without, and what it sends back;
    with windows, strides and paddings of its own along each axis, where there are several.

    What lies outside is never the largest, and is 0 in a mean, which counts it (as PyTorch has both).
    """
    for letters in ("ks", "ksp", *(("ksp each",) if axes > 1 else ())):
        yield from _make_pool(name, axes, lead, end, letters.split()[0], own="each" in letters)


def _make_pool(name: str, axes: int, lead: tuple[str, ...], end: str, letters: str, *, own: bool) -> Iterator[Layer]:
    operand = "X" if lead else "x"
    index = INDEX[len(lead) + axes]
    before, along = index[: len(lead)], index[len(lead) :]
    sizes, outer = ("n", "r", "D")[:axes], ("o", "w", "F")[:axes]
    inner, out = ("a", "b", "f")[:axes], ("u", "v", "t")[:axes]
    padded = "p" in letters
    names = list_each(letters, axes) if own else tuple(letters)
    settings = tuple((setting, 0 if setting[0] == "p" else 1) for setting in names)
    windows, strides, paddings = (list_each(letter, axes) if own else (letter,) * axes for letter in "ksp")
    count = f"({'*'.join(windows)})" if axes > 1 else "k"
    less = tuple(f" - {p}" if padded else "" for p in paddings)
    listed = ", ".join(names)
    places = [f"{s}*({i} - 1) + {a}{p}" for i, a, s, p in zip(along, inner, strides, less, strict=True)]
    many = [f"windows({n}, {k}, {s}, {p if padded else '0'})" for n, k, s, p in zip(sizes, windows, strides, paddings, strict=True)]
    whole = f"{operand}: {' '.join((*lead, *sizes))}"
    upstream, got = f"G: {' '.join((*lead, *outer))}", _write_at("G", *before, *out)
    loops = list(zip(out, outer, strict=True))
    usual: tuple[str, ...] = () if padded else ("k",)
    if name == "max_pool":
        found = f"{'at_inside' if padded else 'at'}({operand}, {', '.join((*before, *places))})"
        for a, k in reversed(list(zip(inner, windows, strict=True))):
            found = f"max_over({a}, {k}, {found})"
        yield Layer(f"max_pool{end}", (whole,), (*lead, *many), index, found, (f"route{end}(G, {operand}, {listed})",), settings,
                    usual, "qmul: Max-pooling", written=f"name maxpool{end.strip('_')} by window", by_place=True,
                    first=(f"route_first{end}(G, {operand}, {listed})",), said="max_pool")  # fmt: skip
        starts = [f"{i}, {s}*({u} - 1){p}, {k}" for i, u, s, p, k in zip(along, out, strides, less, windows, strict=True)]
        seen = ", ".join((*(f"{i}, {i} - 1, 1" for i in before), *starts))
        for route, winner in (("route", "winner"), ("route_first", "first_winner")):
            yield Layer(f"{route}{end}", (upstream, whole), (*lead, *sizes), index, _wrap(loops, f"{got}*{winner}({operand}, {seen})"),
                        settings=settings, internal=True, indexed=False, written="name route", by_place=True, said=route)  # fmt: skip
        return
    summed = _wrap(list(zip(inner, windows, strict=True)), _write_at(operand, *before, *places))
    yield Layer(f"average_pool{end}", (whole,), (*lead, *many), index, f"{summed}/{count}",
                (f"share{end}(G, {', '.join(sizes)}, {listed})",), settings, usual, "the mean of each window",
                written=f"name avgpool{end.strip('_')} by window",
                by_place=True, said="average_pool", padded=padded)  # fmt: skip
    starts = [f"inside({i} - {s}*({u} - 1){f' + {p}' if padded else ''}, {k})"
              for i, u, s, p, k in zip(along, out, strides, paddings, windows, strict=True)]  # fmt: skip
    yield Layer(f"share{end}", (upstream,), (*lead, *sizes), index, f"{_wrap(loops, '*'.join((got, *starts)))}/{count}",
                settings=(*((size, 1) for size in sizes), *settings), internal=True, indexed=False, written="name share",
                by_place=True, said="share")  # fmt: skip


def _list_rows() -> Iterator[Layer]:
    for lead in ((), ("c",), ("N", "c")):
        for axes in (1, 2, 3) if lead else (1, 2):
            yield from _Sliding(axes, lead).make_rows()
    for name in ("max_pool", "average_pool"):
        for axes, lead in ((1, ()), (2, ()), (2, ("c",)), (2, ("N", "c"))):
            yield from _make_pools(name, axes, lead)
        for lead in (("c",), ("N", "c")):
            yield from _make_pools(name, 1, lead, "_1d")
            yield from _make_pools(name, 3, lead, "_3d")


WINDOW_ROWS = tuple(_list_rows())
"""The rows, those of one name in the order in which they are tried."""
