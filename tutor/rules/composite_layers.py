"""Layers that are written out: one row each, with its operands, the ways it is computed, and where it was published.

A row is data.  Wherever a step calls one, ``y = layer_norm(x, g, b)``, the steps of its way stand in the place of the call
(`tutor.graph.expand_layers`), so that everything that reads steps knows it.  A way is written in the language of steps, in the names
of the operands, of the sizes of their axes, of its own intermediate quantities and of the outputs; the last step is the first output.
What is not given drops out: a term that has it from a sum, a factor from a product.

To add a layer, write a row here and its line in ``docs/layers.md``; the tests compute each row by NumPy and against PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations

from tutor.errors import TutorError
from tutor.rules.operations import WRITABLE
from tutor.rules.window_rows import GIVEN_WORDS

OUTPUT = "output "
"""Before the number of an output of a layer that has several: ``h, c = lstm_cell(…)``."""
ANY, LEADING = "?", "..."
"""In the place of sizes: any shape at all; any axes in front."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a layer is computed: for operands of these shapes, and for these words of its settings.

    ``arrays`` are written ``"X: N n"``; ``...`` stands for any axes in front, ``?`` for any shape; a size may be a product of which one
    factor is found (``"W: 4*m n"``).  ``steps`` are ``target = formula``.
    """

    arrays: tuple[str, ...]
    steps: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def shapes(self) -> dict[str, tuple[str, ...]]:
        """The sizes of each operand."""
        return {name: tuple(sizes.split()) for name, _, sizes in (text.partition(":") for text in self.arrays)}


@dataclass(frozen=True, slots=True, eq=False)
class CompositeLayer:
    """One row.

    ``operands`` in their order, those that may be missing with a ``?`` behind them; ``settings`` are given by name and have a default: a
    number, a size, or a word out of those of the ways.  ``also`` are other names of the layer, ``called`` other names of operands and
    settings (PyTorch's).  ``constants`` are operands that nobody differentiates by, a mask.  ``outputs`` are the names of what comes
    out, the first one where only one is asked for.
    """

    name: str
    operands: tuple[str, ...]
    ways: tuple[Way, ...]
    outputs: tuple[str, ...] = ("y",)
    settings: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    constants: tuple[str, ...] = ()
    source: str = ""
    ranges: Mapping[str, str] = field(default_factory=lambda: {"eps": "from 0", "groups": "count", "heads": "count", "p": "below 1"})
    """What a number given for an operand or a setting has to be: "from 0", "count" (whole, from 1), "below 1" (from 0 on)."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why an inner step holds, by its target, where its formula is no rule by itself: keys of `tutor.explain.words.array_rules`."""
    symbols: Mapping[str, str] = field(default_factory=lambda: {"mask": "M"})
    """What an operand is called where a formula is given for it, which gets a step of its own; by its own name unless said."""

    def __post_init__(self) -> None:
        for way in self.ways:
            last = way.steps[-1].partition("=")[0].strip() if way.steps else ""
            if last != self.outputs[0] or not set(way.shapes) <= set(self.names):
                raise TutorError(
                    "the last step is the first output, and a way has no operands of its own",
                    where=f"rules.composite_layers, row {self.name}",
                    hint='such as outputs=("y",), ways=(Way(("x: n",), ("y = x/n",)),)',
                )  # fmt: skip

    @property
    def names(self) -> tuple[str, ...]:
        """The operands, without the mark of those that may be missing."""
        return tuple(name.rstrip("?") for name in self.operands)

    @property
    def required(self) -> tuple[str, ...]:
        """The operands that have to be given."""
        return tuple(name for name in self.operands if not name.endswith("?"))

    @property
    def usage(self) -> str:
        """How it is called: ``layer_norm(x, gamma, beta, eps=1e-5)``."""
        settings = [f"{name}={value}" for name, value in self.settings.items()]
        return f"{self.name}({', '.join((*self.names, *settings))})"


_SCALED = ("gamma?", "beta?")
_NORMALISED = {"xhat": "normalised", "y": "scaled and shifted"}
_SCORED = {"S": "scores"}
EITHER_WAY = {"either way": "", "gate either way": "gate"}
"""The reasons of a product that is written out as one of two that fit, which the page says; with what is said where only one fits."""
_GATED = {**dict.fromkeys("ifo", "gate"), "g": "candidate", "c_next": "cell"}
_TORCH_SCALED = {"weight": "gamma", "bias": "beta"}
_EPS = {"eps": "0.00001"}
_BATCH_NORM = "Ioffe and Szegedy 2015, Batch Normalization, algorithm 1; σ² divides by N"


def _write_normalised(axes: str) -> tuple[str, ...]:
    """Mean, variance and normalised values of x along axes, which are kept."""
    return (f"mu = mean(x, {axes}, keepdims=True)", f"sigma_sq = mean((x - mu)^2, {axes}, keepdims=True)",
            "xhat = (x - mu)/sqrt(sigma_sq + eps)")  # fmt: skip


_VECTOR = ("mu = mean(x)", "sigma_sq = mean((x - mu)^2)", "xhat = (x - mu)/sqrt(sigma_sq + eps)")
_AFFINE = "y = gamma ⊙ xhat + beta"


def _list_batch_ways() -> Iterator[Way]:
    """Over the samples; over the samples and the places of an image, each channel by itself."""
    yield Way(("x: N c", "gamma: c", "beta: c"),
              ("mu = mean(x, axis=0)", "sigma_sq = mean((x - mu)^2, axis=0)", "xhat = (x - mu)/sqrt(sigma_sq + eps)", _AFFINE))  # fmt: skip
    for sizes, axes, new in (("N c l", "axis=(0, 2)", "None"), ("N c h w", "axis=(0, 2, 3)", "None, None")):
        yield Way((f"x: {sizes}", "gamma: c", "beta: c"), (*_write_normalised(axes), f"y = gamma[:, {new}] ⊙ xhat + beta[:, {new}]"))


def _list_batch_ways_in_use() -> Iterator[Way]:
    yield Way(("x: ... c", "m: c", "v: c", "gamma: c", "beta: c"), ("xhat = (x - m)/sqrt(v + eps)", _AFFINE))
    for sizes, new in (("N c l", "None"), ("N c h w", "None, None")):
        each = {name: f"{name}[:, {new}]" for name in ("m", "v", "gamma", "beta")}
        yield Way((f"x: {sizes}", "m: c", "v: c", "gamma: c", "beta: c"),
                  (f"xhat = (x - {each['m']})/sqrt({each['v']} + eps)", f"y = {each['gamma']} ⊙ xhat + {each['beta']}"))  # fmt: skip


def _list_group_ways() -> Iterator[Way]:
    """The channels of one sample in groups: a vector of channels, channels with places, images, a batch of vectors."""
    affine = ("gamma: groups*q", "beta: groups*q")
    for lead, rest, new in (("", "", ""), ("", "l", "[:, None]"), ("", "h w", "[:, None, None]"), ("N", "h w", "[:, None, None]"),
                            ("N", "", "")):  # fmt: skip
        sizes = " ".join(part for part in (lead, "groups*q", rest) if part)
        whole = ", ".join(part for part in (lead, "groups*q", *rest.split()) if part)
        grouped = ", ".join(part for part in (lead, "groups", "-1") if part)
        axes = "axis=-1"
        yield Way((f"x: {sizes}", *affine), (
            f"x_g = reshape(x, {grouped})", f"mu = mean(x_g, {axes}, keepdims=True)",
            f"sigma_sq = mean((x_g - mu)^2, {axes}, keepdims=True)",
            f"xhat = reshape((x_g - mu)/sqrt(sigma_sq + eps), {whole})", f"y = gamma{new} ⊙ xhat + beta{new}",
        ))  # fmt: skip


def _list_rope_ways() -> Iterator[Way]:
    """Pairs of neighbours turned by their angles, as it was published; or the first half with the second, as LLaMA's programs have it."""
    turned = ("u = cos(phi) ⊙ a - sin(phi) ⊙ b", "w = sin(phi) ⊙ a + cos(phi) ⊙ b")
    for lead, angles in (("", "k"), ("t", "t k"), ("h t", "t k")):
        arrays = (f"x: {lead} 2*k", f"phi: {angles}")
        axes, sizes = ", ".join(":" for _ in lead.split()), ", ".join(lead.split())
        front = (f"{axes}, " if axes else "", f"{sizes}, " if sizes else "")
        rank = len(lead.split())
        yield Way(arrays, (f"x_p = reshape(x, {front[1]}k, 2)", f"a = x_p[{front[0]}:, 0]", f"b = x_p[{front[0]}:, 1]", *turned,
                           f"y = reshape(stack(u, w, axis={rank + 1}), {front[1]}2*k)"), {"pairs": "neighbours"})  # fmt: skip
        yield Way(arrays, (f"a = x[{front[0]}0:k]", f"b = x[{front[0]}k:2*k]", *turned, f"y = concat(u, w, axis={rank})"),
                  {"pairs": "halves"})  # fmt: skip


def _list_attention_ways() -> Iterator[Way]:
    several, one = ("Q: ... t d", "K: ... s d", "V: ... s v"), ("Q: d", "K: s d", "V: s v")
    for arrays, score, value in ((several, "Q @ K^T", "A @ V"), (one, "K @ Q", "V^T @ A")):
        scores = f"S = {score}/sqrt(d)"
        yield Way(arrays, (scores, "A = softmax(S, axis=-1)", f"y = {value}"))
        yield Way((*arrays, "mask: ?"), (scores, "A = masked_softmax(S, mask)", f"y = {value}"))


def _list_multi_head_ways() -> Iterator[Way]:
    """Heads as a third axis: each has its own columns of the weights."""
    for memory in (False, True):
        of, width = ("memory", "e") if memory else ("X", "d")
        arrays = ("X: t d", *(("memory: s e",) if memory else ()), "Wq: d heads*k", f"Wk: {width} heads*k", f"Wv: {width} heads*v",
                  "Wo: heads*v o", "bq: heads*k", "bk: heads*k", "bv: heads*v", "bo: o")  # fmt: skip
        for mask in (False, True):
            weights = "masked_softmax(S, mask)" if mask else "softmax(S, axis=-1)"
            yield Way((*arrays, *(("mask: ?",) if mask else ())), (
                "Q = split_heads(X @ Wq + bq, heads, k)", f"K = split_heads({of} @ Wk + bk, heads, k)",
                f"V = split_heads({of} @ Wv + bv, heads, v)", "S = Q @ K^T/sqrt(k)", f"A = {weights}", "H = join_heads(A @ V)",
                "y = H @ Wo + bo",
            ))  # fmt: skip


def _list_sides() -> Iterator[tuple[tuple[str, str, str], str, str]]:
    """How a cell is written: the shapes of its input, its state and a bias; how a weight stands, and what multiplies it.

    A sample is a column, W x, or each row of a batch is one, X W; the other way round where only that fits.
    """
    yield ("x: n", "h: m", "m"), "m {of}", "{W} @ {x}"
    yield ("x: n", "h: m", "m"), "{of} m", "{W}^T @ {x}"
    yield ("x: N n", "h: N m", "m"), "{of} m", "{x} @ {W}"
    yield ("x: N n", "h: N m", "m"), "m {of}", "{x} @ {W}^T"


def _weigh(product: str, suffix: str = "", state: str = "h") -> str:
    """W x + U h + b of one gate, with a second bias where there is one (PyTorch has two)."""
    first, second = product.format(W=f"W{suffix}", x="x"), product.format(W=f"U{suffix}", x=state)
    return f"{first} + {second} + b{suffix}"


def _list_rnn_ways() -> Iterator[Way]:
    for (x, h, bias), weight, product in _list_sides():
        arrays = (x, h, f"W: {weight.format(of='n')}", f"U: {weight.format(of='m')}", f"b: {bias}", f"b2: {bias}")
        for word, function in (("tanh", "tanh"), ("relu", "relu")):
            yield Way(arrays, (f"a = {_weigh(product)} + b2", f"h_next = {function}(a)"), {"nonlinearity": word})


_GATES = {"i": "sigmoid", "f": "sigmoid", "o": "sigmoid", "g": "tanh"}
_CELL = ("c_next = f ⊙ c + i ⊙ g", "h_next = o ⊙ tanh(c_next)")


def _list_lstm_ways() -> Iterator[Way]:
    """All gates in one matrix, in any order; then by a matrix a gate."""
    for (x, h, _), weight, product in _list_sides():
        state, batch = h.replace("h:", "c:"), "N" in x
        sides = {of: weight.format(of=of) for of in ("n", "m")}
        packed = {of: " ".join("4*m" if part == "m" and place == (0 if weight.startswith("m") else 1) else part
                               for place, part in enumerate(sides[of].split())) for of in sides}  # fmt: skip
        for order in permutations("ifog"):
            part = "part_row" if batch else "part"
            gates = tuple(f"{gate} = {_GATES[gate]}({part}(a, {place}*m, m))" for place, gate in enumerate(order))
            yield Way((x, h, state, f"W: {packed['n']}", f"U: {packed['m']}", "b: 4*m", "b2: 4*m"),
                      (f"a = {_weigh(product)} + b2", *gates, *_CELL), {"order": "".join(order)})  # fmt: skip


def _list_split_lstm_ways() -> Iterator[Way]:
    for (x, h, bias), weight, product in _list_sides():
        weights = [f"{name}{gate}: {weight.format(of=of)}" for name, of in (("W", "n"), ("U", "m")) for gate in _GATES]
        yield Way((x, h, h.replace("h:", "c:"), *weights, *(f"b{gate}: {bias}" for gate in _GATES)),
                  (*(f"{gate} = {function}({_weigh(product, gate)})" for gate, function in _GATES.items()), *_CELL))  # fmt: skip


def _list_gru_ways() -> Iterator[Way]:
    """The reset gate before the product with U, as it was published, or after it, as cuDNN and PyTorch have it."""
    for (x, h, bias), weight, product in _list_sides():
        gates = "rzn"
        weights = [f"{name}{gate}: {weight.format(of=of)}" for name, of in (("W", "n"), ("U", "m")) for gate in gates]
        arrays = (x, h, *weights, *(f"b{gate}: {bias}" for gate in gates), *(f"b2{gate}: {bias}" for gate in gates))
        first = tuple(f"{gate} = sigmoid({_weigh(product, gate)} + b2{gate})" for gate in "rz")
        inner = product.format(W="Wn", x="x") + " + bn"
        reset, own = product.format(W="Un", x="(r ⊙ h)"), product.format(W="Un", x="h")
        last = "h_next = (1 - z) ⊙ h_tilde + z ⊙ h"
        yield Way(arrays, (*first, f"h_tilde = tanh({inner} + {reset} + b2n)", last), {"reset": "before"})
        yield Way(arrays, (*first, f"h_tilde = tanh({inner} + r ⊙ ({own} + b2n))", last), {"reset": "after"})


_ROWS = (
    CompositeLayer(
        "batch_norm", ("x", *_SCALED), tuple(_list_batch_ways()), settings=_EPS,
        also=("BatchNorm", "batchnorm", "BatchNorm1d", "BatchNorm2d"),
        called=_TORCH_SCALED, source=_BATCH_NORM, reasons=_NORMALISED,
    ),
    CompositeLayer(
        "batch_norm_eval", ("x", "m", "v", *_SCALED), tuple(_list_batch_ways_in_use()), settings=_EPS,
        called={"mean": "m", "var": "v", "running_mean": "m", "running_var": "v", **_TORCH_SCALED}, constants=("m", "v"),
        source="Ioffe and Szegedy 2015, algorithm 2: the mean and the variance of training, given", reasons=_NORMALISED,
    ),
    CompositeLayer(
        "layer_norm", ("x", *_SCALED),
        (Way(("x: n", "gamma: n", "beta: n"), (*_VECTOR, _AFFINE)),
         Way(("x: ... n", "gamma: n", "beta: n"), (*_write_normalised("axis=-1"), _AFFINE))),
        settings=_EPS, also=("LayerNorm", "layernorm"), called=_TORCH_SCALED, source="Ba, Kiros and Hinton 2016, Layer Normalization",
        reasons=_NORMALISED,
    ),
    CompositeLayer(
        "rms_norm", ("x", "gamma?"),
        (Way(("x: n", "gamma: n"), ("r = sqrt(mean(x^2) + eps)", "xhat = x/r", "y = gamma ⊙ xhat")),
         Way(("x: ... n", "gamma: n"), ("r = sqrt(mean(x^2, axis=-1, keepdims=True) + eps)", "xhat = x/r", "y = gamma ⊙ xhat"))),
        settings={"eps": "0"}, also=("RMSNorm", "rmsnorm"), called={"weight": "gamma"},
        source="Zhang and Sennrich 2019, Root Mean Square Layer Normalization",
        reasons={"r": "root mean square", "xhat": "over the root mean square"},
    ),
    CompositeLayer(
        "group_norm", ("x", *_SCALED), tuple(_list_group_ways()), settings={"groups": "1", **_EPS}, also=("GroupNorm", "groupnorm"),
        called={"num_groups": "groups", **_TORCH_SCALED}, source="Wu and He 2018, Group Normalization", reasons=_NORMALISED,
    ),
    CompositeLayer(
        "dropout", ("x", "mask", "p?"),
        (Way(("x: ?", "mask: ?"), ("y = mask ⊙ x",)), Way(("x: ?", "mask: ?", "p:"), ("y = mask ⊙ x/(1 - p)",))),
        also=("Dropout",), constants=("mask",),
        reasons={"y": "dropout"},
        source="Srivastava et al. 2014, Dropout; divided by 1 − p, as inverted dropout has it (CS231n, PyTorch)",
    ),
    CompositeLayer(
        "residual", ("x", "f"), (Way(("x: ?", "f: ?"), ("y = x + f",)),), also=("skip",),
        source="He et al. 2015, Deep Residual Learning: x + F(x)",
    ),
    CompositeLayer(
        "gate", ("s", "a", "b"), (Way(("s: ?", "a: ?", "b: ?"), ("y = s ⊙ a + (1 - s) ⊙ b",)),), reasons={"y": "mixed"},
        source="Srivastava, Greff and Schmidhuber 2015, Highway Networks: T ⊙ H(x) + (1 − T) ⊙ x",
    ),
    CompositeLayer(
        "attention", ("Q", "K", "V", "mask?"), tuple(_list_attention_ways()), constants=("mask",),
        also=("scaled_dot_product_attention", "dot_product_attention"),
        called={"attn_mask": "mask", "query": "Q", "key": "K", "value": "V"},
        reasons=_SCORED, source="Vaswani et al. 2017, Attention Is All You Need, eq. 1: softmax(Q Kᵀ/√d_k) V",
    ),
    CompositeLayer(
        "multi_head_attention", ("X", "Wq", "Wk", "Wv", "Wo", "bq?", "bk?", "bv?", "bo?", "memory?", "mask?"),
        tuple(_list_multi_head_ways()),
        settings={"heads": "1"}, also=("MultiHeadAttention", "MultiheadAttention", "mha"), constants=("mask",),
        called={"num_heads": "heads", "attn_mask": "mask", "h": "heads"},
        reasons=_SCORED, source="Vaswani et al. 2017, section 3.2.2; with memory the keys and values are another sequence's",
    ),
    CompositeLayer(
        "rnn_cell", ("x", "h", "W", "U", "b?", "b2?"), tuple(_list_rnn_ways()), outputs=("h_next",), settings={"nonlinearity": "tanh"},
        also=("RNNCell",), called={"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "b2", "hx": "h"},
        reasons={"a": "either way"}, source="Elman 1990; CS231n rnn_step_forward: tanh(x Wx + h Wh + b)",
    ),
    CompositeLayer(
        "lstm_cell", ("x", "h", "c", "W", "U", "b?", "b2?"), tuple(_list_lstm_ways()), outputs=("h_next", "c_next"),
        settings={"order": "ifog"}, also=("LSTMCell",),
        called={"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "b2"},
        reasons={**_GATED, "a": "either way"},
        source="Hochreiter and Schmidhuber 1997, the forget gate of Gers et al. 2000; CS231n has the order i, f, o, g, PyTorch i, f, g, o",
    ),
    CompositeLayer(
        "lstm_cell_by_gate", ("x", "h", "c", *(f"{name}{gate}" for name in "WU" for gate in _GATES), *(f"b{gate}?" for gate in _GATES)),
        tuple(_list_split_lstm_ways()), outputs=("h_next", "c_next"),
        reasons={**_GATED, "i": "gate either way"}, source="the same with a matrix for each gate, in the order i, f, o, g",
    ),
    CompositeLayer(
        "gru_cell", ("x", "h", *(f"{name}{gate}" for name in "WU" for gate in "rzn"), *(f"b{gate}?" for gate in "rzn"),
                     *(f"b2{gate}?" for gate in "rzn")),
        tuple(_list_gru_ways()), outputs=("h_next",), settings={"reset": "before"}, also=("GRUCell",),
        reasons={"r": "gate either way", "z": "gate", "h_tilde": "candidate", "h_next": "mixed"},
        source="Cho et al. 2014; h' = (1 − z) ⊙ h̃ + z ⊙ h as PyTorch and d2l.ai have it; reset=after is PyTorch's",
    ),
    CompositeLayer(
        "global_average_pool", ("x",),
        (Way(("x: n",), ("y = mean(x)",)), Way(("x: c l",), ("y = mean(x, axis=-1)",)),
         Way(("x: ... c h w",), ("y = mean(x, axis=(-2, -1))",))),
        also=("global_avg_pool", "GlobalAveragePooling2D"), source="Lin, Chen and Yan 2013, Network In Network",
    ),
    CompositeLayer(
        "global_max_pool", ("x",),
        (Way(("x: n",), ("y = max(x)",)), Way(("x: c l",), ("y = max(x, axis=-1)",)),
         Way(("x: ... c h w",), ("y = max(x, axis=(-2, -1))",))),
        also=("GlobalMaxPooling2D",), source="the largest entry of each channel",
    ),
    CompositeLayer(
        "add_positions", ("X",),
        (Way(("X: ... t d",), ("y = X + positional_encoding(t, d)",)),),
        source="Vaswani et al. 2017, Attention Is All You Need, section 3.5",
    ),
    CompositeLayer(
        "rope", ("x", "phi"), tuple(_list_rope_ways()), settings={"pairs": "neighbours"}, also=("rotary_embedding",),
        called={"angles": "phi"}, constants=("phi",), reasons={"u": "turned", "w": "turned"}, symbols={"phi": "phi"},
        source="Su et al. 2021, RoFormer, eq. 15 and 34; phi has the angles m·θ_i, outer(m, theta)",
    ),
)  # fmt: skip

COMPOSITES: dict[str, CompositeLayer] = {name: row for row in _ROWS for name in (row.name, *row.also)}
"""Every layer that is written out, by each of its names."""
KEYWORDS = GIVEN_WORDS.union(word for row in _ROWS for word in (*row.names, *row.settings, *row.called))
"""What may be given by name: eps=0.1, mask=M."""
READABLE = frozenset({*WRITABLE, *COMPOSITES, *(f"{word}=" for word in KEYWORDS)})
"""What a step over arrays may use: the operations, the layers that are written out, and with a ``=`` what is given to them by name."""
