"""The operators of ONNX: of each, the expression of PyTorch that computes the same, one row an operator.

A model is written as a program of these (`tutor.program.onnx_program`), which the reader of programs then reads like any other.  What
takes more than an expression is a function of `tutor.program.written_operators`: ``onnx.gru(…)``.

Source: https://onnx.ai/onnx/operators/, with what each setting is where it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tutor.errors import tell
from tutor.program.onnx_arguments import NodeArguments, NodeRefusal, OnnxValue
from tutor.program.onnx_windows import make_pool, write_conv

FARTHEST = 2**31 - 1
"""A slice that ends at or behind it goes to the end."""


Made = str | list[str] | OnnxValue


def _write_call(word: str) -> Callable[[NodeArguments], Made]:
    """A function of all inputs."""
    return lambda given: f"{word}({', '.join(given.texts())})"


def _write_chain(sign: str) -> Callable[[NodeArguments], Made]:
    """A sign between all inputs; between sizes, a size."""
    def make(given: NodeArguments) -> Made:
        values = [given.take(place) for place in range(len(given.values))]
        whole = "//" if sign == "/" else sign
        if all(value.sizes is not None for value in values) and any(value.known is None for value in values):
            parts = [value.sizes or () for value in values]
            longest = max(map(len, parts))
            if all(len(part) in (1, longest) for part in parts) and not any("*" in size[:1] for part in parts for size in part):
                made = tuple(f" {whole} ".join(_put_in_brackets(part[place % len(part)]) for part in parts) for place in range(longest))
                return OnnxValue(_list_sizes(made), None, made, all(value.lone for value in values))
        return f" {sign} ".join(_put_in_brackets(value.text) for value in values)

    return make


def _put_in_brackets(text: str) -> str:
    """A text in brackets, unless it is one name, number or call."""
    return text if text.replace("_", "").replace(".", "").isalnum() else f"({text})"


def _list_sizes(sizes: Sequence[str]) -> str:
    return f"[{', '.join(sizes)}]"


def _write_fold(word: str) -> Callable[[NodeArguments], Made]:
    def make(given: NodeArguments) -> Made:
        made, *rest = given.texts()
        for text in rest:
            made = f"{word}({made}, {text})"
        return made

    return make


def _write_reduce(make: str) -> Callable[[NodeArguments], Made]:
    """A sum and its kin along axes; ``make`` is written with {x} and {along}."""
    def build(given: NodeArguments) -> Made:
        x, axes, kept = given.text(), given.axes(), bool(given.setting("keepdims", 1))
        if not axes and given.setting("noop_with_empty_axes", 0):
            return x
        if axes:
            along = f"dim=({', '.join(map(str, axes))},), keepdim={kept}"
        else:
            along = f"dim=tuple(range({x}.ndim)), keepdim=True" if kept else ""
        return make.format(x=x, along=along, comma=f", {along}" if along else "")

    return build


def _write_gemm(given: NodeArguments) -> Made:
    left, right = (f"{given.text(place)}{'.T' if given.setting(name, 0) else ''}" for place, name in enumerate(("transA", "transB")))
    made = f"{left} @ {right}"
    alpha, beta = given.setting("alpha", 1), given.setting("beta", 1)
    made = made if alpha == 1 else f"{alpha!r} * ({made})"
    if not given.has(2) or beta == 0:
        return made
    return f"{made} + {given.text(2)}" if beta == 1 else f"{made} + {beta!r} * {given.text(2)}"


def _write_softmax(word: str) -> Callable[[NodeArguments], Made]:
    def make(given: NodeArguments) -> Made:
        if given.opset >= 13:
            return f"torch.{word}({given.text()}, dim={given.setting('axis', -1)})"
        return f"onnx.flat_{word}({given.text()}, {given.setting('axis', 1)})"

    return make


def _write_norm(given: NodeArguments) -> Made:
    bias = given.text(2) if given.has(2) else "None"
    return f"onnx.layer_norm({given.text()}, {given.text(1)}, {bias}, {given.setting('axis', -1)}, {given.setting('epsilon', 1e-5)!r})"


def _write_batch_norm(given: NodeArguments) -> Made:
    word = "batch_norm_training" if given.setting("training_mode", 0) else "batch_norm"
    given.require_setting("spatial", 1)
    return f"onnx.{word}({', '.join(given.texts()[:5])}, {given.setting('epsilon', 1e-5)!r})"


def _write_reshape(given: NodeArguments) -> Made:
    target = given.take(1) if given.has(1) else None
    if target is None and given.setting("shape"):
        target = OnnxValue("", None, tuple(map(str, given.setting("shape"))))
    if target is None or target.sizes is None:
        raise NodeRefusal(tell("the input {place} is computed, and has to be known", place=2),
                      tell("export the model with constant folding, do_constant_folding=True"))  # fmt: skip
    x = given.text()
    kept = "" if given.setting("allowzero", 0) else "0"
    sizes = [f"{x}.shape[{place}]" if size == kept else size for place, size in enumerate(target.sizes)]
    return f"{x}.reshape({', '.join(sizes)})"


def _write_flatten(given: NodeArguments) -> Made:
    axis = given.setting("axis", 1)
    return f"{given.text()}.flatten(1)" if axis == 1 else f"onnx.flatten({given.text()}, {axis})"


def _write_transpose(given: NodeArguments) -> Made:
    order = given.setting("perm")
    return f"{given.text()}.permute({', '.join(map(str, order))})" if order else f"onnx.transpose({given.text()})"


def _write_squeeze(given: NodeArguments) -> Made:
    axes, value = given.axes(), given.take(0)
    if value.sizes is not None and len(value.sizes) == 1:
        return OnnxValue(value.sizes[0], value.known[0] if isinstance(value.known, list) else value.known, value.sizes, True)
    return f"{value.text}.squeeze({', '.join(map(str, axes or []))})"


def _write_unsqueeze(given: NodeArguments) -> Made:
    axes, value = given.axes(), given.take(0)
    if value.sizes is not None and axes in ([0], [-1]):
        return OnnxValue(_list_sizes(value.sizes), [value.known] if isinstance(value.known, int) else value.known, value.sizes)
    if not axes:
        raise NodeRefusal(tell("{word} needs {name}", word=given.node.kind, name="axes"))
    return f"{value.text}.unsqueeze({axes[0]})" if len(axes) == 1 else f"onnx.unsqueeze({value.text}, {axes})"


def _write_split(given: NodeArguments) -> Made:
    axis, lengths = given.setting("axis", 0), given.read_known(1, "split")
    count = len(given.node.outputs)
    if lengths is None:
        return [f"torch.chunk({given.text()}, {count}, dim={axis})"]
    return [f"torch.split({given.text()}, {list(lengths)}, dim={axis})"]


def _write_slice(given: NodeArguments) -> Made:
    value = given.take(0)
    starts, ends = given.read_known(1, "starts"), given.read_known(2, "ends")
    axes, steps = given.read_known(3, "axes"), given.read_known(4, "steps")
    if starts is None or ends is None:
        raise NodeRefusal(tell("{word} needs {name}", word="Slice", name="starts"))
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    if value.sizes is not None and len(axes) == 1:
        if value.sizes[0].startswith("*"):
            part = f"{value.sizes[0]}[{_write_range(starts[0], ends[0], steps[0])}]"
            return OnnxValue(f"[{part}]", None, (part,))
        sizes = value.sizes[slice(starts[0], ends[0], steps[0])]
        known = value.known[slice(starts[0], ends[0], steps[0])] if isinstance(value.known, list) else None
        return OnnxValue(_list_sizes(sizes), known, sizes)
    made = value.text
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        place = _write_range(start, end, step)
        if axis < 0:
            made = f"{made}[..., {place}{', :' * (-axis - 1)}]"
        else:
            made = f"{made}[{':, ' * axis}{place}]"
    return made


def _write_range(start: int, end: int, step: int) -> str:
    text = f"{start or ''}:{'' if end >= FARTHEST or (step < 0 and end <= -FARTHEST) else end}"
    return text if step == 1 else f"{text}:{step}"


def _write_gather(given: NodeArguments) -> Made:
    value, index, axis = given.take(0), given.take(1), given.setting("axis", 0)
    if value.sizes is not None and isinstance(index.known, int | list):
        places = index.known if isinstance(index.known, list) else [index.known]
        first = value.sizes[0]
        sizes = tuple(f"{first[1:]}[{place}]" if first.startswith("*") else value.sizes[place] for place in places)
        known = None if value.known is None else [value.known[place] for place in places]
        if isinstance(index.known, list):
            return OnnxValue(_list_sizes(sizes), known, sizes)
        return OnnxValue(sizes[0], known[0] if known else None, sizes, True)
    if axis < 0:
        return f"{value.text}[..., {index.text}{', :' * (-axis - 1)}]"
    return f"{value.text}[{':, ' * axis}{index.text}]"


def _write_concat(given: NodeArguments) -> Made:
    values = [given.take(place) for place in range(len(given.values))]
    if all(value.sizes is not None for value in values):
        sizes = tuple(size for value in values for size in value.sizes or ())
        known = [one for value in values for one in value.known] if all(isinstance(value.known, list) for value in values) else None
        return OnnxValue(_list_sizes(sizes), known, sizes)
    return f"torch.cat([{', '.join(value.text for value in values)}], dim={given.setting('axis', 1)})"


def _write_clip(given: NodeArguments) -> Made:
    low, high = (given.setting(name) if name in given.node.settings else given.text(place) if given.has(place) else None
                 for place, name in ((1, "min"), (2, "max")))  # fmt: skip
    return f"torch.clamp({given.text()}, {low}, {high})"


def _write_gelu(given: NodeArguments) -> Made:
    given.require_setting("approximate", "none", "tanh")
    return f"onnx.gelu_by_tanh({given.text()})" if given.setting("approximate") == "tanh" else f"F.gelu({given.text()})"


def _write_recurrent(word: str) -> Callable[[NodeArguments], Made]:
    """A recurrent layer; with its usual functions, without peepholes and without a length of its own for each sequence."""
    def make(given: NodeArguments) -> Made:
        ways = 2 if given.setting("direction", "forward") == "bidirectional" else 1
        usual = {"rnn": ["Tanh"], "gru": ["Sigmoid", "Tanh"], "lstm": ["Sigmoid", "Tanh", "Tanh"]}[word] * ways
        functions = given.setting("activations", usual)
        if functions != usual and not (word == "rnn" and functions == ["Relu"] * ways):
            raise NodeRefusal(tell("{name}={value} is not read", name="activations", value=", ".join(map(str, functions))[:40]),
                          tell("it is one of {names}", names=(", ".join(usual),)))  # fmt: skip
        for place, name in ((4, "sequence_lens"), (7, "P")):
            if given.has(place):
                raise NodeRefusal(tell("the input {name} is not read", name=name), tell("export the model without it"))
        if given.setting("clip"):
            raise NodeRefusal(tell("the setting {name} is not read", name="clip"))
        given.require_setting("input_forget", 0)
        given.require_setting("direction", "forward", "reverse", "bidirectional")
        places = (0, 1, 2, 3, 5, 6) if word == "lstm" else (0, 1, 2, 3, 5)
        parts = [given.text(place) if given.has(place) and not given.take(place).zeros else "None" for place in places]
        more = {"rnn": f", {functions[0]!r}", "gru": f", {bool(given.setting('linear_before_reset', 0))}", "lstm": ""}[word]
        said = f"{', '.join(parts)}, {given.setting('direction', 'forward')!r}, {bool(given.setting('layout', 0))}{more}"
        return [f"onnx.{word}({said})"]

    return make


def _write_expand(given: NodeArguments) -> Made:
    target = given.take(1)
    if target.sizes is None:
        raise NodeRefusal(tell("the input {place} is computed, and has to be known", place=2))
    made = f"onnx.expand({given.text()}, {_list_sizes(target.sizes)})"
    return OnnxValue(made, zeros=True) if given.take(0).zeros else made


def _write_pad(given: NodeArguments) -> Made:
    given.require_setting("mode", "constant")
    pads = given.read_known(1, "pads")
    if not pads or given.has(3):
        raise NodeRefusal(tell("how much is padded is not known"))
    half = len(pads) // 2
    pairs = [one for place in reversed(range(half)) for one in (pads[place], pads[half + place])]
    value = given.read_known(2, "value", 0)
    return f"F.pad({given.text()}, {pairs}{f', value={value!r}' if value else ''})"


def _write_compare(sign: str) -> Callable[[NodeArguments], Made]:
    return lambda given: f"{_put_in_brackets(given.text())} {sign} {_put_in_brackets(given.text(1))}"


def _write_cut(given: NodeArguments) -> Made:
    return f"torch.{'triu' if given.setting('upper', 1) else 'tril'}({given.text()}, {given.read_known(1, '', 0)})"


def _write_loss(word: str) -> Callable[[NodeArguments], Made]:
    def make(given: NodeArguments) -> Made:
        if given.has(2) or given.setting("ignore_index") is not None or len([name for name in given.node.outputs if name]) > 1:
            raise NodeRefusal(tell("a loss with weights or with labels that are left out is not read"))
        return f"F.{word}({given.text()}, {given.text(1)}, reduction={str(given.setting('reduction', 'mean'))!r})"

    return make


def _write_einsum(given: NodeArguments) -> Made:
    return f"torch.einsum({str(given.setting('equation', ''))!r}, {', '.join(given.texts())})"


def _write_fill(given: NodeArguments) -> Made:
    sizes, tensor = given.take(0).sizes, given.setting("value")
    if sizes is None:
        raise NodeRefusal(tell("the input {place} is computed, and has to be known", place=1))
    value = 0.0 if tensor is None else tensor.numbers[0] if isinstance(tensor.numbers, list) and tensor.numbers else 0.0
    return OnnxValue(f"torch.full({_list_sizes(sizes)}, {value!r})", zeros=value == 0)


def _write_shape(given: NodeArguments) -> Made:
    text, first, last = f"{given.text()}.shape", given.setting("start", 0), given.setting("end")
    text += f"[{first or ''}:{'' if last is None else last}]" if first or last is not None else ""
    return OnnxValue(f"[*{text}]", None, (f"*{text}",))


def _write_dropout(given: NodeArguments) -> Made:
    if len([name for name in given.node.outputs if name]) > 1:
        raise NodeRefusal(tell("the mask of a dropout is not read"), tell("export the model for inference: model.eval()"))
    return f"F.dropout({given.text()})"


def _write_cast(given: NodeArguments) -> Made:
    value = given.take(0)
    return OnnxValue(value.text, value.known, value.sizes, value.lone) if value.sizes is not None else f"{_put_in_brackets(value.text)}"


def _give_same(given: NodeArguments) -> Made:
    return given.take(0)


OPERATORS: Mapping[str, Callable[[NodeArguments], Made]] = {
    **{kind: _write_call(f"torch.{word}") for kind, word in (
        ("Relu", "relu"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("Exp", "exp"), ("Log", "log"), ("Sqrt", "sqrt"), ("Abs", "abs"),
        ("Erf", "erf"), ("Sin", "sin"), ("Cos", "cos"), ("Tan", "tan"), ("Sinh", "sinh"), ("Cosh", "cosh"), ("Asin", "arcsin"),
        ("Acos", "arccos"), ("Atan", "arctan"), ("Asinh", "arcsinh"), ("Sign", "sign"), ("Reciprocal", "reciprocal"), ("Where", "where"),
        ("Softplus", "softplus"), ("Softsign", "softsign"), ("Mish", "mish"))},
    "Neg": lambda given: f"-{_put_in_brackets(given.text())}", "Identity": _give_same, "Dropout": _write_dropout, "Cast": _write_cast,
    "Add": _write_chain("+"), "Sub": _write_chain("-"), "Mul": _write_chain("*"), "Div": _write_chain("/"), "Pow": _write_chain("**"),
    "MatMul": _write_chain("@"),
    "Sum": _write_chain("+"), "Max": _write_fold("torch.maximum"), "Min": _write_fold("torch.minimum"),
    "Mean": lambda given: f"({' + '.join(given.texts())}) / {len(given.values)}",
    "Gemm": _write_gemm, "Einsum": _write_einsum, "Conv": write_conv, "MaxPool": make_pool("max", "edges"), "AveragePool": make_pool("avg"),
    "GlobalAveragePool": lambda given: f"onnx.global_mean({given.text()})",
    "GlobalMaxPool": lambda given: f"onnx.global_max({given.text()})",
    "BatchNormalization": _write_batch_norm, "LayerNormalization": _write_norm,
    "RMSNormalization": lambda given: f"onnx.rms_norm({given.text()}, {given.text(1)}, {given.setting('axis', -1)}, "
                                      f"{given.setting('epsilon', 1e-5)!r})",
    "InstanceNormalization": lambda given: f"onnx.instance_norm({', '.join(given.texts())}, {given.setting('epsilon', 1e-5)!r})",
    "LeakyRelu": lambda given: f"F.leaky_relu({given.text()}, {given.setting('alpha', 0.01)!r})",
    "PRelu": lambda given: f"onnx.prelu({given.text()}, {given.text(1)})",
    "Elu": lambda given: f"F.elu({given.text()}, {given.setting('alpha', 1.0)!r})", "Gelu": _write_gelu,
    "Swish": lambda given: f"{given.text()} * torch.sigmoid({given.setting('alpha', 1.0)!r} * {given.text()})",
    "HardSigmoid": lambda given: f"torch.clamp({given.setting('alpha', 0.2)!r} * {given.text()} + {given.setting('beta', 0.5)!r}, 0, 1)",
    "HardSwish": lambda given: f"{given.text()} * torch.clamp({given.text()} / 6 + 0.5, 0, 1)",
    "Clip": _write_clip, "Softmax": _write_softmax("softmax"), "LogSoftmax": _write_softmax("log_softmax"),
    "ReduceSum": _write_reduce("{x}.sum({along})"), "ReduceMean": _write_reduce("{x}.mean({along})"),
    "ReduceMax": _write_reduce("torch.amax({x}{comma})"),
    "ReduceMin": _write_reduce("torch.amin({x}{comma})"), "ReduceSumSquare": _write_reduce("({x} ** 2).sum({along})"),
    "ReduceL2": _write_reduce("torch.sqrt(({x} ** 2).sum({along}))"), "ReduceL1": _write_reduce("torch.abs({x}).sum({along})"),
    "ReduceLogSumExp": _write_reduce("torch.logsumexp({x}{comma})"), "ReduceLogSum": _write_reduce("torch.log({x}.sum({along}))"),
    "Reshape": _write_reshape, "Flatten": _write_flatten, "Transpose": _write_transpose, "Squeeze": _write_squeeze,
    "Unsqueeze": _write_unsqueeze,
    "Split": _write_split, "Slice": _write_slice, "Gather": _write_gather, "Concat": _write_concat, "Expand": _write_expand,
    "Pad": _write_pad, "Shape": _write_shape,
    "Trilu": _write_cut, "ConstantOfShape": _write_fill,
    "Greater": _write_compare(">"), "Less": _write_compare("<"), "GreaterOrEqual": _write_compare(">="),
    "LessOrEqual": _write_compare("<="),
    "Equal": _write_compare("=="), "Not": lambda given: f"~({given.text()})", "And": _write_compare("&"), "Or": _write_compare("|"),
    "RNN": _write_recurrent("rnn"), "GRU": _write_recurrent("gru"), "LSTM": _write_recurrent("lstm"),
    "SoftmaxCrossEntropyLoss": _write_loss("cross_entropy"), "NegativeLogLikelihoodLoss": _write_loss("nll_loss"),
}  # fmt: skip
"""What each operator is; `Constant` is a number or an array, and no operation."""
INSTEAD: Mapping[str, str] = {
    "ConvTranspose": "Conv", "GroupNormalization": "InstanceNormalization",
    "QLinearConv": "Conv", "QLinearMatMul": "MatMul", "MatMulInteger": "MatMul", "ReduceProd": "ReduceSum", "ArgMax": "ReduceMax",
    "ArgMin": "ReduceMin", "TopK": "ReduceMax", "Resize": "AveragePool", "GatherND": "Gather", "GatherElements": "Gather",
    "ScatterND": "Where", "LpPool": "AveragePool", "Attention": "MatMul, Softmax",
}  # fmt: skip
"""Of operators that are not read, one that is and does the next best."""
_UNROLLED = tell("export it with a number of rounds that is known, so that the exporter writes them out, or as RNN, GRU or LSTM")
SUBGRAPHS: Mapping[str, str] = {
    "If": tell("export the branch that is meant, with the condition as a constant, or choose entry by entry with Where"),
    "Loop": _UNROLLED, "Scan": _UNROLLED, "SequenceMap": _UNROLLED,
}  # fmt: skip
"""Of operators that run a graph of their own, what to do instead."""
