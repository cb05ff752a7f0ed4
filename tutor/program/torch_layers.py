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
from tutor.program.program_values import DrawnArray, FilledArray, Formula, KnownArray, Open, TorchLayer, WeightOf

NONE = "identity"


@dataclass(frozen=True, slots=True)
class LayerOfTorch:
    """A kind of layer: its settings as ``"in_features out_features bias=True"``, its weights, what it is of an array ``x``.

    ``weights`` are rows (name, sizes by the names of settings, the setting without which it is missing).  ``function`` is one of the
    library's, ``composite`` a layer of `tutor.rules.composite_layers`, ``written`` a program of `tutor.program.written_layers`.
    ``takes`` is the shape of its input as PyTorch's documentation has it, in letters and names of settings.
    """

    settings: str
    weights: tuple[tuple[str, str, str], ...] = ()
    function: str = ""
    composite: str = ""
    written: str = ""
    takes: str = ""


TORCH_LAYERS: Mapping[str, LayerOfTorch] = {
    "Linear": LayerOfTorch("in_features out_features bias=True", (
        ("weight", "out_features in_features", ""), ("bias", "out_features", "bias")), "linear", takes="N in_features"),
    "Embedding": LayerOfTorch("num_embeddings embedding_dim", (("weight", "num_embeddings embedding_dim", ""),), "embedding", takes="N"),
    "LayerNorm": LayerOfTorch("normalized_shape eps=1e-05 elementwise_affine=True", (
        ("weight", "normalized_shape", "elementwise_affine"), ("bias", "normalized_shape", "elementwise_affine")), composite="layer_norm",
        takes="N normalized_shape"),
    **{f"BatchNorm{axes}d": LayerOfTorch("num_features eps=1e-05 momentum=0.1 affine=True", (
        ("weight", "num_features", "affine"), ("bias", "num_features", "affine")), composite="batch_norm",
        takes=f"N num_features{' H W' * (axes - 1)}") for axes in (1, 2)},
    **{f"Conv{axes}d": LayerOfTorch("in_channels out_channels kernel_size stride=1 padding=0 dilation=1 groups=1 bias=True", (
        ("weight", f"out_channels in_channels{' kernel_size' * axes}", ""), ("bias", "out_channels", "bias")), f"conv{axes}d",
       takes="N in_channels" + ("", " W", " H W", " V H W")[axes]) for axes in (1, 2, 3)},
    **{f"{word}Pool{axes}d": LayerOfTorch("kernel_size stride=None padding=None", function=f"{word.lower()}_pool{axes}d")
       for word in ("Max", "Avg") for axes in (1, 2, 3)},
    **{word: LayerOfTorch("p=0.5 inplace=False", function="dropout") for word in ("Dropout", "Dropout1d", "Dropout2d")},
    "Bilinear": LayerOfTorch("in1_features in2_features out_features bias=True", (
        ("weight", "out_features in1_features in2_features", ""), ("bias", "out_features", "bias")), written="bilinear"),
    "RMSNorm": LayerOfTorch("normalized_shape eps=None elementwise_affine=True", (
        ("weight", "normalized_shape", "elementwise_affine"),), function="rms_norm", takes="N normalized_shape"),
    **{word: LayerOfTorch("input_size hidden_size num_layers=1 bias=True batch_first=False dropout=0.0 bidirectional=False "
                          "nonlinearity='tanh'", written="recurrent", takes="T N input_size") for word in ("RNN", "GRU", "LSTM")},
    **{word: LayerOfTorch("input_size hidden_size bias=True nonlinearity='tanh'", written=written, takes="N input_size")
       for word, written in (("RNNCell", "rnn_cell"), ("GRUCell", "gru_cell"), ("LSTMCell", "lstm_cell"))},
    "MultiheadAttention": LayerOfTorch("embed_dim num_heads dropout=0.0 bias=True add_bias_kv=False add_zero_attn=False kdim=None "
                                       "vdim=None batch_first=False", written="multi_head", takes="T N embed_dim"),
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
SIZES = frozenset({"in_features", "out_features", "in1_features", "in2_features", "normalized_shape", "num_features", "num_embeddings",
                   "embedding_dim"})  # fmt: skip
"""Settings that are sizes, and may be letters."""
PASSED = frozenset({"stride", "padding", "dilation", "groups", "kernel_size", "reduction", "dim", "negative_slope", "alpha", "start_dim"})


def make_layer(reader: Any, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A layer of torch.nn, or an array that is made of nothing (random, zeros, arange); `NotImplemented` for anything else."""
    head, _, word = path.rpartition(".")
    if head == "torch.nn":
        return _make_of_torch(reader, word, node, values, named)
    made = _MADE.get(word) if head in ("numpy", "numpy.random", "torch", "jax.numpy", "random") else None
    if made is None or (head == "numpy.random" and word in ("zeros", "ones", "eye", "arange")):
        return NotImplemented
    shape = [named[name] for name in ("shape", "size", "loc", "scale") if name in named]
    return made(reader, node, [*values, *shape])


def _make_of_torch(reader: Any, word: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    if word == "Parameter":
        return values[0] if values else None
    if word in ("ModuleList", "ParameterList"):
        return list(reader.list_rounds(values[0], node)) if values else []
    if word in ("ModuleDict", "ParameterDict"):
        return dict(values[0]) if values and isinstance(values[0], dict) else {}
    if word == "Sequential":
        parts = values[0] if len(values) == 1 and isinstance(values[0], list | dict) else list(values)
        parts = list(parts.values()) if isinstance(parts, dict) else list(parts)
        return TorchLayer(word, {}, parts=parts)
    row = TORCH_LAYERS.get(word)
    if row is None:
        raise reader.source.refuse(node, tell("the layer {word} is not read", word=word[:40]),
                                   hint_near(word, TORCH_LAYERS) or tell("write it out with the layers that are"))  # fmt: skip
    found: dict[str, Any] = {}
    left = list(values)
    for name, has_usual, usual in list_settings(word):
        if left:
            found[name] = left.pop(0)
        elif name in named:
            found[name] = named[name]
        elif has_usual:
            found[name] = usual
        else:
            raise reader.source.refuse(node, tell("{word} needs {name}", word=word, name=name))
    if word not in RECURRENT:
        found |= {name: reader.recorder.take_large(found[name]) for name in found if name in SIZES and type(found[name]) is int}
    return TorchLayer(word, found, made=dict(found))


def list_settings(word: str) -> list[tuple[str, bool, Any]]:
    """The settings of a kind of layer: name, whether it has a usual value, and that value.

    >>> list_settings("Linear")
    [('in_features', False, None), ('out_features', False, None), ('bias', True, True)]
    """
    parts = [part.partition("=") for part in TORCH_LAYERS[word].settings.split()]
    return [(name, bool(sign), ast.literal_eval(usual) if sign else None) for name, sign, usual in parts]


def give_weights(reader: Any, layer: TorchLayer, path: str, node: ast.AST) -> TorchLayer:
    """A layer that has a name now, with its weights as quantities: fc1 has fc1_weight and fc1_bias."""
    if layer.path:
        return layer
    layer.path = path or "layers"
    if layer.kind == "Sequential":
        layer.parts[:] = [reader.name_parts(part, f"{layer.path}_{place}", node) for place, part in enumerate(layer.parts)]
        return layer
    settings = layer.settings
    if layer.kind in RECURRENT:
        give_recurrent_weights(reader, layer, node)
        return layer
    for name, sizes, unless in _list_weights(layer):
        tied = settings.get(name)
        if isinstance(tied, WeightOf) and not tied.layer.path:
            give_weights(reader, tied.layer, f"{layer.path}_{name}", node)
        if isinstance(tied, WeightOf):
            settings[name] = tied.layer.settings.get(tied.name)
            continue
        if unless and not settings.get(unless):
            settings[name] = None
            continue
        each = sizes.split()
        shape = [_read_size(reader, settings[size], node, place - each.index(size)) for place, size in enumerate(each)]
        if name == "weight" and layer.kind.startswith("Conv") and settings["groups"] != 1:
            shape[1] = int(shape[1]) // int(settings["groups"])
        settings[name] = reader.recorder.add_leaf(f"{layer.path}_{name}", tuple(shape), "bias" if "bias" in name else "weight")
    return layer


def _list_weights(layer: TorchLayer) -> Sequence[tuple[str, str, str]]:
    """The weights of a layer by their names, each with its sizes and the setting without which it is missing."""
    if layer.kind == "MultiheadAttention":
        layer.settings["three"] = 3 * layer.settings["embed_dim"] if isinstance(layer.settings["embed_dim"], int) else None
        return (("in_proj_weight", "three embed_dim", ""), ("in_proj_bias", "three", "bias"),
                ("out_proj_weight", "embed_dim embed_dim", ""), ("out_proj_bias", "embed_dim", "bias"))  # fmt: skip
    return TORCH_LAYERS[layer.kind].weights


RECURRENT = {"RNN": 1, "RNNCell": 1, "GRU": 3, "GRUCell": 3, "LSTM": 4, "LSTMCell": 4}
"""The recurrent layers, and how many gates each has."""


def give_recurrent_weights(reader: Any, layer: TorchLayer, node: ast.AST) -> None:
    """The weights of a recurrent layer, as PyTorch calls them: weight_ih_l0 of the first layer, with _reverse for the way back."""
    settings, cell = layer.settings, layer.kind.endswith("Cell")
    width, size = (_read_whole(reader, settings[name], node) for name in ("input_size", "hidden_size"))
    gates = RECURRENT[layer.kind]
    layers: list[list[dict[str, Any]]] = []
    for place in range(1 if cell else _read_whole(reader, settings["num_layers"], node)):
        ways: list[dict[str, Any]] = []
        for way in range(2 if settings.get("bidirectional") else 1):
            ending = "" if cell else f"_l{place}" + ("_reverse" if way else "")
            tall = gates * size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (tall, width), "weight_hh": (tall, size)}
            shapes |= {"bias_ih": (tall,), "bias_hh": (tall,)}
            ways.append({name: None if "bias" in name and not settings["bias"] else
                         reader.recorder.add_leaf(f"{layer.path}_{name}{ending}", shape, "bias" if "bias" in name else "weight")
                         for name, shape in shapes.items()})  # fmt: skip
        layers.append(ways)
        width = size * len(ways)
    settings["layers"], settings["n"] = layers, size


def _read_whole(reader: Any, value: Any, node: ast.AST) -> int:
    found = reader.read_whole_number(value)
    if not isinstance(found, int):
        raise reader.source.refuse(node, tell("the sizes of this layer are needed in numbers"),
                                   tell("give it a default value, {name}=3", name="hidden_size"))  # fmt: skip
    return found


def _read_size(reader: Any, value: Any, node: ast.AST, place: int = 0) -> Size:
    """A size; of a tuple with one for each axis that of this axis."""
    if isinstance(value, int) and value < 1:
        raise reader.source.refuse(node, tell("a size is a whole number from 1 on"))
    if isinstance(value, tuple | list) and place < len(value):
        value = value[place]
    return size_of(reader.take_size(value, node))


def call_layer(reader: Any, layer: TorchLayer, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """What a layer gives."""
    if not values:
        raise reader.source.refuse(node, tell("{word} needs {name}", word=layer.kind, name="x"))
    if not layer.path:  # nn.ReLU()(x)
        layer = give_weights(reader, layer, layer.kind.lower(), node)
    if layer.kind == "Sequential":
        value = values[0]
        for place, part in enumerate(layer.parts):
            value = reader.call_value(part, node, [value])
            if place < len(layer.parts) - 1 and isinstance(value, Formula):
                value = reader.give_name(f"{layer.path}_{place}", value, node)
        return value
    row, settings = TORCH_LAYERS[layer.kind], layer.settings
    if layer.kind == "Flatten" and isinstance(values[0], Open):  # it is given flat
        return values[0]
    values = [_take_documented(reader, layer, node, value) for value in values] if row.takes else values
    if row.function == NONE:
        return values[0]
    if row.function == "dropout":
        reader.recorder.notes.add("dropout")
        return values[0]
    if row.written:
        return reader.call_written(row.written, node, values, {**named, **_list_written_settings(layer)})
    if row.function == "embedding":
        return reader.look_up(settings["weight"], values[0], node)
    if row.function == "rms_norm":
        return reader.call_written("rms_norm", node, [values[0], None, settings["weight"], settings["eps"]], {})
    if row.composite:
        array = reader.take_array(values[0], node)
        if type(array.expr) is not Name:
            array = reader.recorder.add_step(f"{layer.path}_in", array, node)
        weights = [settings[name].expr for name, _, _ in row.weights if settings.get(name) is not None]
        eps = Call("given eps", (reader.take_array(settings["eps"] if not isinstance(settings["eps"], float)
                                                   else reader.write_float(settings["eps"]), node).expr,))  # fmt: skip
        return reader.recorder.add_layer(f"{layer.path}_out", Call(row.composite, (array.expr, *weights, eps)), node)
    given = [settings.get(name) for name in CALLED.get(row.function, ())]
    passed = {name: value for name, value in settings.items() if name in PASSED and value is not None}
    passed = {name: reader.write_float(value) if isinstance(value, float) else value for name, value in passed.items()}
    if row.function in CALLED:
        passed.pop("kernel_size", None)
    return reader.call_known_word(row.function, node, [*values, *given], passed, reader.torch_table)


def _take_documented(reader: Any, layer: TorchLayer, node: ast.AST, value: Any) -> Any:
    """An input whose shape nobody says, with the shape that the documentation of the layer has; else the value itself.

    A letter that was invented for it is the number that the layer has there.
    """
    words = TORCH_LAYERS[layer.kind].takes.split()
    if reader.recorder.is_deep and words[0] == "N" and len(words) < 3:
        words = ["B", "T", *words[1:]]
    if layer.settings.get("batch_first"):
        words[0], words[1] = words[1], words[0]
    sizes: list[Size] = []
    for word in words:
        own = layer.settings.get(word, word)
        parts = own if isinstance(own, tuple | list) else [own]
        sizes += [part if isinstance(part, str) else _read_size(reader, part, node) for part in parts]
    if isinstance(value, Open):
        value = reader.recorder.settle_sizes(value, sizes)
    if isinstance(value, Formula):
        place = next((place for place, word in enumerate(words) if word in layer.settings), len(words))
        axis = place if place < len(words) - 1 else -1  # the last axis, however many are in front of it
        if -len(value.shape) <= axis < len(value.shape) and place < len(sizes):
            reader.recorder.tell_size(value.shape[axis], sizes[place])
    return value


def _list_written_settings(layer: TorchLayer) -> dict[str, Any]:
    """What a layer's program is told of it."""
    settings = layer.settings
    if layer.kind == "MultiheadAttention":
        return {"w": settings, "heads": settings["num_heads"], "batch_first": settings["batch_first"]}
    if layer.kind == "Bilinear":
        return {"layer": settings}
    if layer.kind.endswith("Cell"):
        size = {} if layer.kind == "RNNCell" else {"n": settings["n"]}
        tail = {"nonlinearity": settings["nonlinearity"]} if layer.kind == "RNNCell" else {}
        return {"layer": settings["layers"][0][0], **size, **tail}
    return {"kind": layer.kind.lower(), "layers": settings["layers"], "n": settings["n"], "ways": len(settings["layers"][0]),
            "batch_first": settings["batch_first"], "nonlinearity": settings["nonlinearity"]}  # fmt: skip


def _make_zeros(fill: str) -> Callable[[Any, ast.Call, Sequence[Any]], Any]:
    def make(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
        return DrawnArray(_read_shape(reader, values, node), fill)

    return make


def _read_shape(reader: Any, values: Sequence[Any], node: ast.AST) -> tuple[Size, ...]:
    """A shape that stands in a tuple or number by number."""
    parts = values[0] if values and isinstance(values[0], tuple | list) else values
    return tuple(_read_size(reader, part, node) for part in parts)


def _make_like(fill: str) -> Callable[[Any, ast.Call, Sequence[Any]], Any]:
    def make(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
        of = values[0] if values else None
        return DrawnArray(of.shape if isinstance(of, DrawnArray | FilledArray | KnownArray) else reader.take_array(of, node).shape, fill)

    return make


def _make_random(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
    return DrawnArray(_read_shape(reader, values, node))


def _make_normal(reader: Any, node: ast.Call, values: Sequence[Any]) -> Any:
    shape = [value for value in values if isinstance(value, tuple | list)]
    return DrawnArray(_read_shape(reader, shape[:1], node)) if shape else DrawnArray(())


_MADE: Mapping[str, Callable[[Any, ast.Call, Sequence[Any]], Any]] = {
    "zeros": _make_zeros("0"), "ones": _make_zeros("1"), "empty": _make_zeros("0"), "zeros_like": _make_like("0"),
    "ones_like": _make_like("1"),
    "empty_like": _make_like("0"),
    "randn": _make_random, "rand": _make_random, "random_sample": _make_random, "standard_normal": _make_random,
    "normal": _make_normal, "uniform": _make_normal, "manual_seed": lambda reader, node, values: None,
    "seed": lambda reader, node, values: None,
}  # fmt: skip


