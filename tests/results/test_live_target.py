"""tutor.solve(model, x=x): modules of PyTorch against its own gradients (under TUTOR_NEEDS_TORCH), functions of NumPy, and refusals."""

import numpy as np
import pytest
from torch_live import need_torch

import tutor
from tutor.errors import OutputError, TutorError

EPS = 0.25


def loss(x, w, y):
    z = x @ w + EPS
    return -np.log(np.exp(z)[np.arange(2), y] / np.exp(z).sum(1)).sum()


def test_a_function_is_solved_at_its_arrays():
    x, w, y = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[0.5, 1.0], [2.0, 0.0]]), np.array([1, 0])
    solution = tutor.solve(loss, x=x, w=w, y=y, wrt=["w"])
    p = np.exp(x @ w) / np.exp(x @ w).sum(1, keepdims=True)
    assert [float(one) for one in solution.gradient("w").items] == pytest.approx((x.T @ (p - np.eye(2)[y])).ravel(), abs=1e-12)
    assert f"test_live_target.py:{loss.__code__.co_firstlineno + 1}" in str(solution)


def test_what_is_no_array_is_told():
    for make, told in ((lambda: tutor.solve(loss, x="a", w=object()), "w is no array of numbers"),
                       (lambda: tutor.solve("x*y", x=3), "x= goes with"),
                       (lambda: tutor.solve(object()), "object is nothing that is solved"),
                       (lambda: tutor.solve(len, x=[1.0]), "source of len")):  # fmt: skip
        with pytest.raises(TutorError, match=told):
            make()
    with pytest.raises(OutputError, match="a lambda is not read"):
        tutor.solve(lambda x: x, x=[1.0])


def make_modules(torch):
    from torch import nn
    from torch.nn import functional

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.norm, self.fc, self.scale = nn.LayerNorm(width), nn.Linear(width, width), 0.5
            self.gain = nn.Parameter(torch.randn(width))

        def forward(self, x):
            return x + self.scale * torch.tanh(self.fc(self.norm(x))) * self.gain

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([Block(2) for _ in range(2)])
            self.head, self.last = nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.Linear(2, 2, bias=False)
            self.last.weight = self.head[0].weight

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return functional.mse_loss(self.last(self.head(x)), torch.ones_like(x))

    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.v, self.act = nn.Linear(2, 2, bias=False), nn.Linear(2, 2), functional.relu
            self.register_buffer("mask", torch.tril(torch.ones(3, 3)).view(1, 3, 3))

        def forward(self, x):
            scores = self.q(x) @ x.transpose(-2, -1)
            scores = scores.masked_fill(self.mask[:, : x.shape[1], : x.shape[1]] == 0, float("-inf"))
            return self.act(functional.softmax(scores, -1) @ self.v(x)).sum()

    return {"tied": (Tied(), (2, 2)), "masked": (Masked(), (1, 2, 2))}


@pytest.mark.parametrize("name", ["tied", "masked"])
def test_gradients_of_a_module_are_its_own(name):
    need_torch()
    import torch

    torch.manual_seed(1)
    module, shape = make_modules(torch)[name]
    module, x = module.double(), torch.randn(shape, dtype=torch.float64)
    solution = tutor.solve(module, x=x)
    module(x).backward()
    for path, parameter in module.named_parameters():
        items = [float(one) for one in solution.gradient(path.replace(".", "_")).items]
        assert items == pytest.approx(parameter.grad.flatten().tolist(), abs=1e-10), path
