"""The operators of ONNX: what each is written as, and its gradients against PyTorch's (under TUTOR_NEEDS_ONNX and TUTOR_NEEDS_TORCH)."""

import re
from fractions import Fraction
from random import Random

import pytest
from onnx_made import make_model, need_onnx
from torch_live import need_torch

from tutor.derive.backward import derive
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run_arrays import evaluate_layers
from tutor.program.onnx_arguments import NodeArguments, NodeRefusal, OnnxValue
from tutor.program.onnx_file import ModelNode
from tutor.program.onnx_operators import INSTEAD, OPERATORS
from tutor.program.onnx_program import FUNCTION, write_numbers, write_onnx_program
from tutor.program.read_program import read_program

WRITTEN = [
    ("Gemm", {"transB": 1, "alpha": 0.5}, ("A", "B", "C"), "0.5 * (A @ B.T) + C"),
    ("Gemm", {"transA": 1, "beta": 2.0}, ("A", "B", "C"), "A.T @ B + 2.0 * C"),
    ("Conv", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "group": 2}, ("x", "w", "b"),
     "F.conv2d(x, w, b, stride=2, padding=1, groups=2)"),
    ("Reshape", {}, ("x", [0, -1]), "x.reshape(x.shape[0], -1)"),
    ("Slice", {}, ("x", [1], [2**63 - 1], [-1]), "x[..., 1:]"),
    ("ReduceMean", {"axes": [1], "keepdims": 0}, ("x",), "x.mean(dim=(1,), keepdim=False)"),
    ("Softmax", {}, ("x",), "torch.softmax(x, dim=-1)"),
    ("Dropout", {}, ("x",), "F.dropout(x)"),
    ("Clip", {}, ("x", 0.0, 6.0), "torch.clamp(x, 0.0, 6.0)"),
]  # fmt: skip
REFUSED = [
    ("Reshape", {}, ("x", "s"), "the input 2 is computed"),
    ("LSTM", {"activations": ["Relu", "Tanh", "Tanh"]}, ("x", "W", "R"), "activations=Relu, Tanh, Tanh is not read"),
    ("Gelu", {"approximate": "cubic"}, ("x",), "approximate=cubic is not read"),
]  # fmt: skip


def write_node(kind, settings, inputs):
    values = [OnnxValue(one) if isinstance(one, str) else write_numbers(one) for one in inputs]
    return OPERATORS[kind](NodeArguments(ModelNode(kind, kind, (), ("out",), settings), values, 18))


def test_what_operators_are_written_as():
    for kind, settings, inputs, text in WRITTEN:
        assert write_node(kind, settings, inputs) == text
    for kind, settings, inputs, told in REFUSED:
        with pytest.raises(NodeRefusal, match=re.escape(told)):
            write_node(kind, settings, inputs)
    assert not {*INSTEAD} & {*OPERATORS}
    assert all({*near.split(", ")} <= {*OPERATORS} for near in INSTEAD.values())


def turn(channels):
    return channels[:, None, None]


def norm(torch, x, axes, eps):
    return (x - x.mean(axes, keepdim=True)) / torch.sqrt(x.var(axes, keepdim=True, unbiased=False) + eps)


def run_recurrent(layer, gates, order, bias, **settings):
    """PyTorch's layer with the weights of ONNX, whose gates stand in another order."""
    def run(torch, fn, x, w, r, b=None, *states):
        n = r.shape[-1]
        made = getattr(torch.nn, layer)(w.shape[-1], n, bidirectional=w.shape[0] == 2, **settings).double()
        rows = [place for gate in order for place in range(gate * n, gate * n + n)]
        given = {}
        for way, ending in zip(range(w.shape[0]), ("", "_reverse"), strict=False):
            given[f"weight_ih_l0{ending}"], given[f"weight_hh_l0{ending}"] = w[way][rows], r[way][rows]
            for place, name in enumerate(("bias_ih", "bias_hh")):
                own = torch.zeros(gates * n, dtype=w.dtype) if b is None else b[way][place * gates * n : (place + 1) * gates * n]
                given[f"{name}_l0{ending}"] = own[rows]
        start = tuple(states) if len(states) > 1 else states[0] if states else None
        out, _ = torch.func.functional_call(made, given, (x, start))
        return torch.stack(out.split(n, -1), 1)

    return run


IMAGE = {"x": (2, 2, 4, 4)}
CHANNELS = {"s": (2,), "b": (2,), "m": (2,), "var": (2,)}
CASES = {
    "Add": (("Add", {"a": (2, 3), "b": (3,)}), lambda torch, fn, a, b: a + b),
    "Sub": (("Sub", {"a": (2, 3), "b": (2, 1)}), lambda torch, fn, a, b: a - b),
    "Mul": (("Mul", {"a": (2, 3), "b": (2, 3)}), lambda torch, fn, a, b: a * b),
    "Div": (("Div", {"a": (2, 3), "var": (3,)}), lambda torch, fn, a, var: a / var),
    "Pow": (("Pow", {"a": (2, 3)}, {}, None, {"p": 3.0}), lambda torch, fn, a: a**3),
    "MatMul": (("MatMul", {"a": (2, 3, 4), "b": (4, 2)}), lambda torch, fn, a, b: a @ b),
    "Gemm": (("Gemm", {"a": (3, 2), "b": (4, 3), "c": (4,)}, {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
             lambda torch, fn, a, b, c: 0.5 * (a.T @ b.T) + 2 * c),
    "Conv": (("Conv", {**IMAGE, "w": (4, 1, 3, 3), "b": (4,)},
              {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2], "group": 2}),
             lambda torch, fn, x, w, b: fn.conv2d(x, w, b, 2, 1, groups=2)),
    "Conv, uneven": (("Conv", {**IMAGE, "w": (1, 2, 2, 2)}, {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER", "dilations": [1, 1]}),
                     lambda torch, fn, x, w: fn.conv2d(fn.pad(x, [0, 1, 0, 1]), w)),
    "Conv, SAME": (("Conv", {"x": (1, 2, 4, 5), "w": (1, 2, 3, 3)}, {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2]}),
                   lambda torch, fn, x, w: fn.conv2d(fn.pad(x, [1, 1, 0, 1]), w, stride=2)),
    "MaxPool, lower": (("MaxPool", {"x": (1, 1, 4, 5)}, {"kernel_shape": [3, 2], "auto_pad": "SAME_LOWER", "strides": [2, 2]}),
                      lambda torch, fn, x: fn.max_pool2d(fn.pad(x, [1, 0, 1, 0], value=-9.0), (3, 2), 2)),
    "MaxPool, ceil": (("MaxPool", {"x": (1, 1, 4, 5)}, {"kernel_shape": [3, 2], "ceil_mode": 1, "strides": [2, 2]}),
                      lambda torch, fn, x: fn.max_pool2d(x, (3, 2), 2, ceil_mode=True)),
    "AveragePool, inside": (("AveragePool", {"x": (1, 1, 4, 5)},
                             {"kernel_shape": [3, 2], "pads": [1, 1, 1, 1], "strides": [2, 2], "ceil_mode": 1}),
                            lambda torch, fn, x: fn.avg_pool2d(x, (3, 2), 2, 1, ceil_mode=True, count_include_pad=False)),
    "AveragePool, ceil": (("AveragePool", {"x": (1, 1, 5, 5)},
                           {"kernel_shape": [3, 2], "pads": [1, 0, 1, 0], "strides": [3, 2], "ceil_mode": 1, "count_include_pad": 1}),
                          lambda torch, fn, x: fn.avg_pool2d(x, (3, 2), (3, 2), (1, 0), ceil_mode=True)),
    "MaxPool": (("MaxPool", IMAGE, {"kernel_shape": [2, 2], "strides": [2, 2]}), lambda torch, fn, x: fn.max_pool2d(x, 2)),
    "AveragePool": (("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
                    lambda torch, fn, x: fn.avg_pool2d(x, 3, 1, 1)),
    "GlobalAveragePool": (("GlobalAveragePool", IMAGE), lambda torch, fn, x: x.mean((2, 3), keepdim=True)),
    "BatchNormalization": (("BatchNormalization", {**IMAGE, **CHANNELS}, {"epsilon": 0.01}),
                           lambda torch, fn, x, s, b, m, var: (x - turn(m)) / torch.sqrt(turn(var) + 0.01) * turn(s) + turn(b)),
    "BatchNormalization, training": (
        ("BatchNormalization", {**IMAGE, **CHANNELS}, {"training_mode": 1}),
        lambda torch, fn, x, s, b, m, var: fn.batch_norm(x, None, None, s, b, True, eps=1e-5)),
    "InstanceNormalization": (("InstanceNormalization", {**IMAGE, "s": (2,), "b": (2,)}),
                              lambda torch, fn, x, s, b: fn.instance_norm(x, weight=s, bias=b)),
    "LayerNormalization": (("LayerNormalization", {"x": (2, 3), "s": (3,), "b": (3,)}),
                           lambda torch, fn, x, s, b: fn.layer_norm(x, (3,), s, b)),
    "LayerNormalization, two axes": (("LayerNormalization", {"x": (2, 3, 2), "s": (3, 2)}, {"axis": 1}),
                                     lambda torch, fn, x, s: norm(torch, x, (1, 2), 1e-5) * s),
    **{kind: ((kind, {"x": (2, 3)}), run) for kind, run in {
        "Erf": lambda torch, fn, x: torch.erf(x), "Exp": lambda torch, fn, x: x.exp(), "Gelu": lambda torch, fn, x: fn.gelu(x),
        "Neg": lambda torch, fn, x: -x, "Relu": lambda torch, fn, x: x.relu(), "Sigmoid": lambda torch, fn, x: x.sigmoid(),
        "Tanh": lambda torch, fn, x: x.tanh(),
        "LeakyRelu": lambda torch, fn, x: fn.leaky_relu(x), "HardSigmoid": lambda torch, fn, x: (0.2 * x + 0.5).clamp(0, 1),
        "Softmax": lambda torch, fn, x: x.softmax(-1), "LogSoftmax": lambda torch, fn, x: x.log_softmax(-1),
        "Transpose": lambda torch, fn, x: x.T, "Flatten": lambda torch, fn, x: x,
    }.items()},
    "Log": (("Log", {"var": (2, 3)}), lambda torch, fn, var: var.log()),
    "Sqrt": (("Sqrt", {"var": (2, 3)}), lambda torch, fn, var: var.sqrt()),
    "Gelu, tanh": (("Gelu", {"x": (3,)}, {"approximate": "tanh"}), lambda torch, fn, x: fn.gelu(x, approximate="tanh")),
    "Softmax before 13": (("Softmax", {"x": (2, 3, 2)}, {"axis": 1}, None, None, 11),
                          lambda torch, fn, x: x.flatten(1).softmax(-1).reshape(x.shape)),
    "ReduceSum": (("ReduceSum", {"x": (2, 3, 2)}, {}, {"axes": [1]}), lambda torch, fn, x: x.sum(1, keepdim=True)),
    "ReduceMean": (("ReduceMean", {"x": (2, 3, 2)}, {"keepdims": 0}, {"axes": [0, -1]}), lambda torch, fn, x: x.mean((0, 2))),
    "ReduceLogSumExp": (("ReduceLogSumExp", {"x": (2, 3)}, {"keepdims": 0}, {"axes": [1]}), lambda torch, fn, x: x.logsumexp(1)),
    "ReduceMax": (("ReduceMax", {"x": (2, 3)}, {"keepdims": 0}, {"axes": [1]}), lambda torch, fn, x: x.amax(1)),
    "Reshape": (("Reshape", {"x": (2, 3, 2)}, {}, {"s": [0, -1]}), lambda torch, fn, x: x.reshape(2, 6)),
    "Flatten at 2": (("Flatten", {"x": (2, 3, 2)}, {"axis": 2}), lambda torch, fn, x: x.reshape(6, 2)),
    "Slice": (("Slice", {"x": (4, 3)}, {}, {"b": [1, 0], "e": [2**40, -1], "a": [0, -1]}), lambda torch, fn, x: x[1:, :-1]),
    "Split": (("Split", {"x": (3, 2)}, {}, {"s": [2, 1]}), lambda torch, fn, x: x[:2]),
    "Squeeze": (("Squeeze", {"x": (2, 1, 3)}, {}, {"a": [1]}), lambda torch, fn, x: x[:, 0]),
    "Unsqueeze": (("Unsqueeze", {"x": (2, 3)}, {}, {"a": [0, -1]}), lambda torch, fn, x: x[None, :, :, None]),
    "Concat": (("Concat", {"a": (2, 1), "b": (2, 2)}, {"axis": 1}), lambda torch, fn, a, b: torch.cat([a, b], 1)),
    "Gather": (("Gather", {"x": (3, 2)}, {}, {"i": [2, 0, 2]}), lambda torch, fn, x: x[[2, 0, 2]]),
    "Clip": (("Clip", {"x": (4,)}, {}, None, {"low": -0.5, "high": 0.5}), lambda torch, fn, x: x.clamp(-0.5, 0.5)),
    "Pad": (("Pad", {"x": (2, 2)}, {}, {"p": [0, 1, 1, 0]}), lambda torch, fn, x: fn.pad(x, [1, 0, 0, 1])),
    "Max": (("Max", {"a": (3,), "b": (3,)}), lambda torch, fn, a, b: torch.maximum(a, b)),
    "PRelu": (("PRelu", {"x": (2, 3), "s": (3,)}), lambda torch, fn, x, s: torch.where(x > 0, x, s * x)),
    "RNN": (("RNN", {"x": (3, 2, 2), "W": (1, 2, 2), "R": (1, 2, 2), "B": (1, 4)}, {"hidden_size": 2}), run_recurrent("RNN", 1, [0], True)),
    "GRU": (("GRU", {"x": (2, 1, 2), "W": (2, 6, 2), "R": (2, 6, 2), "B": (2, 12)},
             {"hidden_size": 2, "linear_before_reset": 1, "direction": "bidirectional"}), run_recurrent("GRU", 3, [1, 0, 2], True)),
    "LSTM": (("LSTM", {"x": (2, 1, 2), "W": (1, 8, 2), "R": (1, 8, 2), "B": (1, 16), "_": (), "h": (1, 1, 2), "c": (1, 1, 2)},
              {"hidden_size": 2}), run_recurrent("LSTM", 4, [0, 2, 3, 1], True)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_gradients_are_pytorchs(case):
    need_onnx()
    need_torch()
    import torch
    from torch.nn import functional as fn

    (kind, inputs, *more), run = CASES[case]
    settings, known, numbers, opset = (*more, *(None,) * (4 - len(more)))
    outputs = {"Split": 2}.get(kind, 1)
    data = make_model(kind, inputs, settings, known=known, numbers=numbers, outputs=outputs, opset=opset or (20 if kind == "Gelu" else 18))
    written = write_onnx_program(data.SerializeToString(), "m.onnx")
    found = read_program(written.text, "m.onnx", FUNCTION, written.shapes, written.places)
    values, leaves, draw = {}, {}, Random(case)
    for leaf in found.layered.graph.leaves:
        count = torch.Size(leaf.shape).numel()
        items = [Fraction(draw.randint(-900, 900), 500) for _ in range(count)]
        items = [abs(item) + 1 for item in items] if leaf.name == "var" else items
        values[leaf.name] = Array(leaf.shape, tuple(items))
        leaves[leaf.name] = torch.tensor([float(item) for item in items], dtype=torch.float64).reshape(leaf.shape).requires_grad_()
    for name in inputs:  # what the result does not depend on: the running mean, in training
        leaves.setdefault(name, torch.ones(inputs[name], dtype=torch.float64))
    result = run(torch, fn, *(leaves[name] for name in inputs if name != "_"))
    (result * leaves[found.upstream]).sum().backward()
    numbers = evaluate_layers(derive(found.layered.graph), values)
    for name in (name for name in inputs if name in values):
        items = [float(as_real(item)) for item in numbers[f"d{found.layered.graph.loss}/d{name}"].items]
        assert items == pytest.approx(leaves[name].grad.flatten().tolist(), rel=1e-10, abs=1e-10), name
