"""The layers of torch.nn, one row each: the weights that one has, with their shapes, and what it computes; and arrays that are made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.errors import hint_near, tell
from tutor.expression.nodes import Call, Name
from tutor.expression.sizes import Size
from tutor.graph.shapes import size_of
from tutor.program.program_values import DrawnArray, Formula, Rounds, TorchLayer

NONE = "identity"


@dataclass(frozen=True, slots=True)
class LayerOfTorch:
    """A kind of layer: its settings as ``"in_features out_features bias=True"``, its weights, what it is of an array ``x``.

    ``weights`` are rows (name, sizes by the names of settings, the setting without which it is missing).
    """

    settings: str
    weights: tuple[tuple[str, str, str], ...] = ()
    function: str = ""
    composite: str = ""


TORCH_LAYERS: Mapping[str, LayerOfTorch] = {
    "Linear": LayerOfTorch("in_features out_features bias=True", (
        ("weight", "out_features in_features", ""), ("bias", "out_features", "bias")), "linear"),
    "Embedding": LayerOfTorch("num_embeddings embedding_dim", (("weight", "num_embeddings embedding_dim", ""),), "embedding"),
    "LayerNorm": LayerOfTorch("normalized_shape eps=1e-05 elementwise_affine=True", (
        ("weight", "normalized_shape", "elementwise_affine"), ("bias", "normalized_shape", "elementwise_affine")), composite="layer_norm"),
    "BatchNorm1d": LayerOfTorch("num_features eps=1e-05 momentum=0.1 affine=True", (
        ("weight", "num_features", "affine"), ("bias", "num_features", "affine")), composite="batch_norm"),
    "BatchNorm2d": LayerOfTorch("num_features eps=1e-05 momentum=0.1 affine=True", (
        ("weight", "num_features", "affine"), ("bias", "num_features", "affine")), composite="batch_norm"),
    **{f"Conv{axes}d": LayerOfTorch("in_channels out_channels kernel_size stride=1 padding=0 dilation=1 groups=1 bias=True", (
        ("weight", f"out_channels in_channels{' kernel_size' * axes}", ""), ("bias", "out_channels", "bias")), f"conv{axes}d")
       for axes in (1, 2, 3)},
    **{f"{word}Pool{axes}d": LayerOfTorch("kernel_size stride=None padding=None", function=f"{word.lower()}_pool{axes}d")
       for word in ("Max", "Avg") for axes in (1, 2, 3)},
    "Flatten": LayerOfTorch("start_dim=1", function="flatten"), "Identity": LayerOfTorch("", function=NONE),
    "Softmax": LayerOfTorch("dim=-1", function="softmax"), "LogSoftmax": LayerOfTorch("dim=-1", function="log_softmax"),
    "LeakyReLU": LayerOfTorch("negative_slope=0.01", function="leaky_relu"), "ELU": LayerOfTorch("alpha=1", function="elu"),
    **{word: LayerOfTorch("", function=function) for word, function in (
        ("ReLU", "relu"), ("Tanh", "tanh"), ("Sigmoid", "sigmoid"), ("GELU", "gelu"), ("SiLU", "silu"), ("Softplus", "softplus"),
        ("SELU", "selu"), ("ReLU6", "relu6"), ("Mish", "mish"), ("Softsign", "softsign"), ("LogSigmoid", "logsigmoid"))},
    **{word: LayerOfTorch("reduction='mean'", function=function) for word, function in (
        ("CrossEntropyLoss", "cross_entropy"), ("MSELoss", "mse_loss"), ("NLLLoss", "nll_loss"), ("L1Loss", "l1_loss"),
        ("BCELoss", "binary_cross_entropy"), ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits"))},
}  # fmt: skip
"""The layers that are read, by their names in torch.nn."""
CALLED = dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d"), ("weight", "bias"))
"""The functions that are given a layer's weights."""
PASSED = frozenset({"stride", "padding", "dilation", "groups", "kernel_size", "reduction", "dim", "negative_slope", "alpha", "start_dim"})


def make_layer(reader: Any, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A layer of torch.nn, or an array that is made of nothing (random, zeros, arange); `NotImplemented` for anything else."""
    head, _, word = path.rpartition(".")
    if head == "torch.nn":
        return _make_of_torch(reader, word, node, values, named)
    made = _MADE.get(word) if head in ("numpy", "numpy.random", "torch", "jax.numpy", "random") else None
    if made is None or (head == "numpy.random" and word in ("zeros", "ones", "eye", "arange")):
        return NotImplemented
    return made(reader, node, values)


def _make_of_torch(reader: Any, word: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    if word == "Parameter":
        return values[0] if values else None
    if word in ("Sequential", "ModuleList"):
        parts = tuple(values[0]) if len(values) == 1 and isinstance(values[0], list) else tuple(values)
        return TorchLayer(word, {}, parts=parts)
    row = TORCH_LAYERS.get(word)
    if row is None:
        raise reader.source.refuse(node, tell("the layer {word} is not read", word=word[:40]),
                                   hint_near(word, TORCH_LAYERS) or tell("write it out with the layers that are"))  # fmt: skip
    found: dict[str, Any] = {}
    left = list(values)
    for part in row.settings.split():
        name, sign, usual = part.partition("=")
        if left:
            found[name] = left.pop(0)
        elif name in named:
            found[name] = named[name]
        elif sign:
            found[name] = ast.literal_eval(usual)
        else:
            raise reader.source.refuse(node, tell("{word} needs {name}", word=word, name=name))
    return TorchLayer(word, found)


def give_weights(reader: Any, layer: TorchLayer, path: str, node: ast.AST) -> TorchLayer:
    """A layer that has a name now, with its weights as quantities: fc1 has fc1_weight and fc1_bias."""
    if layer.path:
        return layer
    if layer.kind in ("Sequential", "ModuleList"):
        parts = tuple(give_weights(reader, part, f"{path}_{place}", node) if isinstance(part, TorchLayer) else part
                      for place, part in enumerate(layer.parts))  # fmt: skip
        return TorchLayer(layer.kind, layer.settings, path or "layers", parts)
    weights: dict[str, Any] = {}
    for name, sizes, unless in TORCH_LAYERS[layer.kind].weights:
        if unless and not layer.settings.get(unless):
            weights[name] = None
            continue
        each = sizes.split()
        shape = [_read_size(reader, layer.settings[size], node, place - each.index(size)) for place, size in enumerate(each)]
        if name == "weight" and layer.kind.startswith("Conv") and layer.settings["groups"] != 1:
            shape[1] = int(shape[1]) // int(layer.settings["groups"])
        weights[name] = reader.recorder.add_leaf(f"{path}_{name}", tuple(shape), "bias" if name == "bias" else "weight")
    return TorchLayer(layer.kind, {**layer.settings, **weights}, path)


def _read_size(reader: Any, value: Any, node: ast.AST, place: int = 0) -> Size:
    """A size; of a tuple with one for each axis that of this axis."""
    if isinstance(value, tuple | list) and place < len(value):
        value = value[place]
    return size_of(reader.take_size(value, node))


def call_layer(reader: Any, layer: TorchLayer, node: ast.AST, values: Sequence[Any]) -> Any:
    """What a layer gives."""
    if not values:
        raise reader.source.refuse(node, tell("{word} needs {name}", word=layer.kind, name="x"))
    if layer.kind == "Sequential":
        value = values[0]
        for part in layer.parts:
            value = reader.call_value(part, node, [value])
        return value
    if not layer.path:  # nn.ReLU()(x)
        layer = give_weights(reader, layer, layer.kind.lower(), node)
    row = TORCH_LAYERS[layer.kind]
    if row.function == NONE:
        return values[0]
    if row.function == "embedding":
        return reader.look_up(layer.settings["weight"], values[0], node)
    if row.composite:
        array = reader.take_array(values[0], node)
        if type(array.expr) is not Name:
            array = reader.recorder.add_step(f"{layer.path}_in", array, node)
        weights = [layer.settings[name].expr for name, _, _ in row.weights if layer.settings.get(name) is not None]
        eps = Call("given eps", (reader.take_array(layer.settings["eps"] if not isinstance(layer.settings["eps"], float)
                                                   else reader.write_float(layer.settings["eps"]), node).expr,))  # fmt: skip
        return reader.recorder.add_layer(f"{layer.path}_out", Call(row.composite, (array.expr, *weights, eps)), node)
    given = [layer.settings.get(name) for name in CALLED.get(row.function, ())]
    named = {name: value for name, value in layer.settings.items() if name in PASSED and value is not None}
    named = {name: reader.write_float(value) if isinstance(value, float) else value for name, value in named.items()}
    if row.function in CALLED:
        named.pop("kernel_size", None)
    return reader.call_row(row.function, node, [*values, *given], named, reader.torch_table)


def _make_zeros(fill: str) -> Callable[[Any, ast.Call, Sequence[Any]], Any]:
    def make(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
        return DrawnArray(_read_shape(reader, values, node), fill)

    return make


def _read_shape(reader: Any, values: Sequence[Any], node: ast.AST) -> tuple[Size, ...]:
    """A shape that stands in a tuple or number by number."""
    parts = values[0] if len(values) == 1 and isinstance(values[0], tuple | list) else values
    return tuple(_read_size(reader, part, node) for part in parts)


def _make_like(fill: str) -> Callable[[Any, ast.Call, Sequence[Any]], Any]:
    return lambda reader, node, values: DrawnArray(reader.take_array(values[0], node).shape, fill)


def _make_range(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
    if len(values) == 1 and isinstance(values[0], Formula):
        return Rounds(values[0])
    if values and all(isinstance(value, int) for value in values) and len(values) <= 2 and values[-1] < 10**6:
        return range(*values)
    raise reader.source.refuse(node, tell("how long this is, is not known"), tell("give sizes in numbers"))


def _make_random(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
    return DrawnArray(_read_shape(reader, values, node))


def _make_normal(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
    shape = [value for value in values if isinstance(value, tuple | list)]
    return DrawnArray(_read_shape(reader, shape[:1], node)) if shape else DrawnArray(())


_MADE: Mapping[str, Callable[[Any, ast.Call, Sequence[Any]], Any]] = {
    "zeros": _make_zeros("0"), "ones": _make_zeros("1"), "empty": _make_zeros("0"), "zeros_like": _make_like("0"),
    "ones_like": _make_like("1"),
    "empty_like": _make_like("0"),
    "arange": _make_range, "randn": _make_random, "rand": _make_random, "random_sample": _make_random, "standard_normal": _make_random,
    "normal": _make_normal, "uniform": _make_normal, "manual_seed": lambda reader, node, values: None,
    "seed": lambda reader, node, values: None,
}  # fmt: skip


