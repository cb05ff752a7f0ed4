"""Programs of ours in PyTorch, in the forms that tutorials, books and model files have; `programs.py` beside it runs them.

Each is a program, the function that is meant, and the shapes of its arguments.
"""

CASES: dict[str, tuple[str, str, dict[str, tuple[int, ...]]]] = {
    "digits by convolution": ("""
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, 1)
        self.conv2 = nn.Conv2d(2, 2, 2)
        self.dropout1 = nn.Dropout(0.25)
        self.fc1 = nn.Linear(2, 3)
        self.fc2 = nn.Linear(3, 2)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, (2, 2))
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, training=False)
        x = self.fc2(x)
        output = F.log_softmax(x, dim=1)
        return output
""", "Net", {"x": (1, 1, 5, 5)}),
    "a stack of linear layers": ("""
import torch
from torch import nn

class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(2*2, 3),
            nn.ReLU(),
            nn.Linear(3, 3),
            nn.ReLU(),
            nn.Dropout(p=0.2),
            nn.Linear(3, 2)
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits
""", "NeuralNetwork", {"x": (2, 2, 2)}),
    "an LSTM that classifies": ("""
import torch
from torch import nn

class Tagger(nn.Module):
    def __init__(self, vocab=3, dim=2, hidden=2, classes=3):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.lstm = nn.LSTM(dim, hidden, num_layers=1, batch_first=True)
        self.fc = nn.Linear(hidden, classes)

    def forward(self, Xb):
        embeds = self.embedding(Xb)
        lstm_out, (ht, ct) = self.lstm(embeds)
        return self.fc(lstm_out[:, -1, :]) + self.fc(ht[-1])
""", "Tagger", {"Xb": (4, 2)}),
    "two layers of a GRU": ("""
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(input_size=2, hidden_size=2, num_layers=2)
        self.out = nn.Linear(2, 1)

    def forward(self, x, h0):
        output, h = self.rnn(x, h0)
        return self.out(output).squeeze(-1)
""", "Model", {"x": (2, 2, 2), "h0": (2, 2, 2)}),
    "cells in a loop": ("""
import torch
from torch import nn

class Decoder(nn.Module):
    def __init__(self, n_in=2, n_h=2):
        super().__init__()
        self.hidden_size = n_h
        self.cell = nn.LSTMCell(n_in, n_h)
        self.gru = nn.GRUCell(n_h, n_h)
        self.rnn = nn.RNNCell(n_h, n_h, nonlinearity='relu')

    def forward(self, x):
        h = torch.zeros(x.size(1), self.hidden_size, device=x.device)
        c = torch.zeros_like(h)
        g = torch.zeros(x.size(1), self.hidden_size)
        outputs = []
        for t in range(x.size(0)):
            h, c = self.cell(x[t], (h, c))
            g = self.gru(h, g)
            outputs.append(self.rnn(g, h))
        return torch.stack(outputs)
""", "Decoder", {"x": (2, 1, 2)}),
    "a plain recurrent network": ("""
import torch
import torch.nn as nn

class RNN(nn.Module):
    def __init__(self, input_size=2, hidden_size=3, output_size=2):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.rnn = nn.RNN(input_size, hidden_size, bias=False)
        self.i2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, line_tensor):
        rnn_out, hidden = self.rnn(line_tensor)
        output = self.h2o(hidden[0])
        return self.softmax(output)

    def h2o(self, h):
        return self.i2o(h)

    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)
""", "RNN", {"line_tensor": (3, 1, 2)}),
    "hidden and input joined": ("""
import torch
import torch.nn as nn
import torch.nn.functional as F

class RNN(nn.Module):
    def __init__(self, input_size=2, hidden_size=3, output_size=2):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        hidden = F.tanh(self.i2h(input) + self.h2h(hidden))
        combined = torch.cat((input, hidden), 1)
        output = self.h2o(combined[:, 2:])
        output = self.softmax(output)
        return output, hidden
""", "RNN", {"input": (2, 2), "hidden": (2, 3)}),
    "a causal head with a buffer": ("""
import torch
import torch.nn as nn
from torch.nn import functional as F

block_size = 4
n_embd = 4
dropout = 0.0

class Head(nn.Module):
    \"\"\" one head of self-attention \"\"\"

    def __init__(self, head_size):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer('tril', torch.tril(torch.ones(block_size, block_size)))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        B, T, C = x.shape
        k = self.key(x)
        q = self.query(x)
        wei = q @ k.transpose(-2,-1) * k.shape[-1]**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float('-inf'))
        wei = F.softmax(wei, dim=-1)
        wei = self.dropout(wei)
        v = self.value(x)
        return wei @ v

class MultiHead(nn.Module):
    def __init__(self, num_heads=2, head_size=2):
        super().__init__()
        self.heads = nn.ModuleList([Head(head_size) for _ in range(num_heads)])
        self.proj = nn.Linear(head_size * num_heads, n_embd)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        out = torch.cat([h(x) for h in self.heads], dim=-1)
        out = self.dropout(self.proj(out))
        return out
""", "MultiHead", {"x": (1, 3, 4)}),
    "a block with a config": ("""
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F

class LayerNorm(nn.Module):
    def __init__(self, ndim, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

    def forward(self, input):
        return F.layer_norm(input, self.weight.shape, self.weight, self.bias, 1e-5)

class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = nn.Dropout(config.dropout)
        self.resid_dropout = nn.Dropout(config.dropout)
        self.n_head = config.n_head
        self.n_embd = config.n_embd
        self.flash = hasattr(torch.nn.functional, 'nothing_like_this')
        if not self.flash:
            self.register_buffer("bias", torch.tril(torch.ones(config.block_size, config.block_size))
                                        .view(1, 1, config.block_size, config.block_size))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        if self.flash:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0, is_causal=True)
        else:
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = att.masked_fill(self.bias[:,:,:T,:T] == 0, float('-inf'))
            att = F.softmax(att, dim=-1)
            att = self.attn_dropout(att)
            y = att @ v
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        y = self.resid_dropout(self.c_proj(y))
        return y

class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        x = self.c_fc(x)
        x = self.gelu(x)
        x = self.c_proj(x)
        x = self.dropout(x)
        return x

@dataclass
class GPTConfig:
    block_size: int = 4
    n_head: int = 2
    n_embd: int = 4
    dropout: float = 0.0
    bias: bool = True

class Block(nn.Module):
    def __init__(self, config=GPTConfig()):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x
""", "Block", {"x": (1, 2, 4)}),
    "an encoder of clones": ("""
import copy
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def clones(module, N):
    "Produce N identical layers."
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])

def attention(query, key, value, mask=None, dropout=None):
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = scores.softmax(dim=-1)
    if dropout is not None:
        p_attn = dropout(p_attn)
    return torch.matmul(p_attn, value), p_attn

class MultiHeadedAttention(nn.Module):
    def __init__(self, h=2, d_model=4, dropout=0.1):
        super(MultiHeadedAttention, self).__init__()
        assert d_model % h == 0
        self.d_k = d_model // h
        self.h = h
        self.linears = clones(nn.Linear(d_model, d_model), 4)
        self.attn = None
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, query, key, value, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)
        nbatches = query.size(0)
        query, key, value = [
            lin(x).view(nbatches, -1, self.h, self.d_k).transpose(1, 2)
            for lin, x in zip(self.linears, (query, key, value))
        ]
        x, self.attn = attention(query, key, value, mask=mask, dropout=self.dropout)
        x = x.transpose(1, 2).contiguous().view(nbatches, -1, self.h * self.d_k)
        del query
        del key
        del value
        return self.linears[-1](x)
""", "MultiHeadedAttention", {"query": (1, 2, 4), "key": (1, 2, 4), "value": (1, 2, 4)}),
    "a sublayer with a lambda": ("""
import torch
import torch.nn as nn

class LayerNorm(nn.Module):
    "Construct a layernorm module."
    def __init__(self, features, eps=1e-6):
        super(LayerNorm, self).__init__()
        self.a_2 = nn.Parameter(torch.ones(features))
        self.b_2 = nn.Parameter(torch.zeros(features))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True)
        return self.a_2 * (x - mean) / (std + self.eps) + self.b_2

class SublayerConnection(nn.Module):
    def __init__(self, size, dropout):
        super().__init__()
        self.norm = LayerNorm(size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, sublayer):
        return x + self.dropout(sublayer(self.norm(x)))

class EncoderLayer(nn.Module):
    def __init__(self, size=3, dropout=0.0):
        super().__init__()
        self.w_1 = nn.Linear(size, 2 * size)
        self.w_2 = nn.Linear(2 * size, size)
        self.sublayer = nn.ModuleList([SublayerConnection(size, dropout) for _ in range(2)])
        self.size = size

    def forward(self, x):
        x = self.sublayer[0](x, lambda x: self.w_2(self.w_1(x).relu()))
        return self.sublayer[1](x, lambda z: torch.tanh(z))
""", "EncoderLayer", {"x": (2, 2, 3)}),
    "the functions of a book": ("""
import torch
from torch import nn

def relu(X):
    a = torch.zeros_like(X)
    return torch.max(X, a)

def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition

num_inputs, num_outputs, num_hiddens = 4, 3, 2
W1 = nn.Parameter(torch.randn(num_inputs, num_hiddens, requires_grad=True) * 0.01)
b1 = nn.Parameter(torch.zeros(num_hiddens, requires_grad=True))
W2 = nn.Parameter(torch.randn(num_hiddens, num_outputs, requires_grad=True) * 0.01)
b2 = nn.Parameter(torch.zeros(num_outputs, requires_grad=True))
params = [W1, b1, W2, b2]

def net(X):
    X = X.reshape((-1, num_inputs))
    H = relu(X@W1 + b1)
    return softmax(H@W2 + b2)

def cross_entropy(y_hat, y):
    return - torch.log(y_hat[range(len(y_hat)), y])

def loss(X, y):
    return cross_entropy(net(X), y).mean()
""", "loss", {"X": (4, 2, 2), "y": (4,)}),
    "a GRU with its parameters in a list": ("""
import torch
from torch import nn

class GRUScratch(nn.Module):
    def __init__(self, num_inputs=2, num_hiddens=2, sigma=0.01):
        super().__init__()
        self.num_hiddens = num_hiddens
        init_weight = lambda *shape: nn.Parameter(torch.randn(*shape) * sigma)
        triple = lambda: (init_weight(num_inputs, num_hiddens),
                          init_weight(num_hiddens, num_hiddens),
                          nn.Parameter(torch.zeros(num_hiddens)))
        self.W_xz, self.W_hz, self.b_z = triple()
        self.W_xr, self.W_hr, self.b_r = triple()
        self.W_xh, self.W_hh, self.b_h = triple()

    def forward(self, sequence, H=None):
        if H is None:
            H = torch.zeros((sequence.shape[1], self.num_hiddens), device=sequence.device)
        outputs = []
        for X in sequence:
            Z = torch.sigmoid(torch.matmul(X, self.W_xz) + torch.matmul(H, self.W_hz) + self.b_z)
            R = torch.sigmoid(torch.matmul(X, self.W_xr) + torch.matmul(H, self.W_hr) + self.b_r)
            H_tilde = torch.tanh(torch.matmul(X, self.W_xh) + torch.matmul(R * H, self.W_hh) + self.b_h)
            H = Z * H + (1 - Z) * H_tilde
            outputs.append(H)
        return torch.stack(outputs), H
""", "GRUScratch", {"sequence": (2, 2, 2)}),
    "a residual block": ("""
import torch
from torch import nn
from torch.nn import functional as F

class Residual(nn.Module):
    def __init__(self, in_channels=1, num_channels=2, use_1x1conv=True, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(num_channels, num_channels, kernel_size=3, padding=1)
        if use_1x1conv:
            self.conv3 = nn.Conv2d(in_channels, num_channels, kernel_size=1, stride=strides)
        else:
            self.conv3 = None
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.conv2(Y)
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)
""", "Residual", {"X": (1, 1, 3, 3)}),
    "characters by vectors": ("""
import torch
import torch.nn.functional as F

block_size = 2
n_embd, n_hidden, vocab_size = 2, 3, 3
g = torch.Generator().manual_seed(2147483647)
C = torch.randn((vocab_size, n_embd), generator=g)
W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5/3)/((n_embd * block_size)**0.5)
b1 = torch.randn(n_hidden, generator=g) * 0.1
W2 = torch.randn((n_hidden, vocab_size), generator=g) * 0.1
b2 = torch.randn(vocab_size, generator=g) * 0.1
bngain = torch.randn((1, n_hidden)) * 0.1 + 1.0
bnbias = torch.randn((1, n_hidden)) * 0.1
parameters = [C, W1, b1, W2, b2, bngain, bnbias]
for p in parameters:
    p.requires_grad = True

def forward(Xb, y):
    emb = C[Xb]
    h = torch.tanh(emb.view(-1, n_embd * block_size) @ W1 + b1)
    logits = bngain * h @ W2 + b2 + (h * bnbias).sum(1, keepdim=True)
    loss = F.cross_entropy(logits, y)
    for p in parameters:
        p.grad = None
    return loss
""", "forward", {"Xb": (4, 2), "y": (4,)}),
    "layers as objects": ("""
import torch

class Linear:
    def __init__(self, fan_in, fan_out, bias=True):
        self.weight = torch.randn((fan_in, fan_out)) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out += self.bias
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])

class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        if self.training:
            xmean = x.mean(0, keepdim=True)
            xvar = x.var(0, keepdim=True)
        else:
            xmean = self.running_mean
            xvar = self.running_var
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)
        self.out = self.gamma * xhat + self.beta
        if self.training:
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        return self.out

class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []

layers = [
    Linear(2, 3, bias=False), BatchNorm1d(3), Tanh(),
    Linear(3, 2),
]

def forward(x):
    for layer in layers:
        x = layer(x)
    return x
""", "forward", {"x": (4, 2)}),
    "an autoencoder and its losses": ("""
import torch
from torch import nn
import torch.nn.functional as F

class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 4)
        self.fc21 = nn.Linear(4, 2)
        self.fc22 = nn.Linear(4, 2)
        self.fc3 = nn.Linear(2, 4)
        self.fc4 = nn.Linear(4, 3)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar, eps):
        std = torch.exp(0.5*logvar)
        return mu + eps*std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x, eps):
        mu, logvar = self.encode(x.view(-1, 3))
        z = self.reparameterize(mu, logvar, eps)
        recon = self.decode(z)
        target = torch.sigmoid(x)
        BCE = F.binary_cross_entropy(recon, target, reduction='sum')
        KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return BCE + KLD
""", "VAE", {"x": (2, 3), "eps": (2, 2)}),
    "contrasting images and texts": ("""
import torch
from torch import nn
import torch.nn.functional as F

class Projection(nn.Module):
    def __init__(self, dim: int = 3, out: int = 2, *, scale: float = 2.0) -> None:
        super().__init__()
        self.image = nn.Linear(dim, out)
        self.text = nn.Linear(dim, out)
        self.scale = scale

    def forward(self, im: torch.Tensor, tx: torch.Tensor) -> torch.Tensor:
        a = F.normalize(self.image(im), dim=-1)
        b = F.normalize(self.text(tx), p=2, dim=1)
        logits = self.scale * a @ b.t()
        labels = torch.arange(logits.shape[0], device=logits.device)
        loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2
        return loss
""", "Projection", {"im": (3, 3), "tx": (3, 3)}),
    "attention of the library": ("""
import torch
from torch import nn

class EncoderLayer(nn.Module):
    def __init__(self, d_model=4, nhead=2, d_ff=4):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=0.0, batch_first=True)
        self.norm1 = nn.LayerNorm(d_model)
        self.ff = nn.Sequential(nn.Linear(d_model, d_ff), nn.SiLU(), nn.Linear(d_ff, d_model))

    def forward(self, x):
        y, _ = self.self_attn(x, x, x)
        x = self.norm1(x + y)
        return x + self.ff(x)
""", "EncoderLayer", {"x": (1, 2, 4)}),
    "rotated positions and gates": ("""
import torch
from torch import nn
import torch.nn.functional as F

class RMSNorm(torch.nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def _norm(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def forward(self, x):
        output = self._norm(x).type_as(x)
        return output * self.weight

class FeedForward(nn.Module):
    def __init__(self, dim: int = 4, hidden_dim: int = 6):
        super().__init__()
        hidden_dim = int(2 * hidden_dim / 3)
        self.w1 = nn.Linear(dim, hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden_dim, bias=False)
        self.norm = RMSNorm(dim)

    def forward(self, x, c, s):
        x1, x2 = x.chunk(2, dim=-1)
        rotated = torch.cat((-x2, x1), dim=-1)
        x = x * c + rotated * s
        x = self.norm(x)
        return self.w2(F.silu(self.w1(x)) * self.w3(x))
""", "FeedForward", {"x": (2, 4), "c": (2, 4), "s": (2, 4)}),
    "positions and causal masks of the library": ("""
import torch
import torch.nn as nn
import torch.nn.functional as F

class Transformer(nn.Module):
    def __init__(self, vocab_size=3, n_embd=4, block_size=4, n_head=2):
        super().__init__()
        self.n_head = n_head
        self.wte = nn.Embedding(vocab_size, n_embd)
        self.wpe = nn.Embedding(block_size, n_embd)
        self.qkv = nn.Linear(n_embd, 3 * n_embd, bias=False)
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, Xb, yb=None):
        b, t = Xb.size()
        pos = torch.arange(0, t, dtype=torch.long, device=Xb.device)
        x = self.wte(Xb) + self.wpe(pos)
        q, k, v = [p.reshape(b, t, self.n_head, -1).transpose(1, 2) for p in self.qkv(x).chunk(3, dim=-1)]
        x = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, -1)
        logits = self.lm_head(self.ln_f(x))
        if yb is None:
            return logits
        B, T, C = logits.shape
        loss = F.cross_entropy(logits.view(B*T, C), yb.view(-1))
        return loss
""", "Transformer", {"Xb": (2, 2), "yb": (2, 2)}),
    "a causal mask inside": ("""
import torch
import torch.nn.functional as F

def attend(q, k, v):
    T = q.shape[-2]
    mask = torch.ones(T, T).triu(diagonal=1).bool()
    att = q @ k.mT / q.shape[-1] ** 0.5
    att[:, mask] = float('-inf')
    soft = torch.where(mask, torch.tensor(0.0), F.softmax(att, dim=-1))
    keep = ~torch.triu(torch.ones(T, T, dtype=torch.bool), diagonal=1)
    return soft.masked_fill(~keep, 0.0) @ v
""", "attend", {"q": (1, 3, 2), "k": (1, 3, 2), "v": (1, 3, 2)}),
    "gradients that stop": ("""
import torch

def forward(x, w):
    z = x @ w
    m = z.detach().max()
    with torch.no_grad():
        scale = z.std()
    q = z + (torch.sign(z) - z).detach()
    return ((z - m) ** 2).sum() + (q * scale).mean() + torch.logsumexp(z, dim=-1).sum()
""", "forward", {"x": (3, 2), "w": (2, 2)}),
    "a mixture, with expand and repeat": ("""
import torch
import torch.nn.functional as F

def forward(x, mu, logits, ls):
    n, d = x.shape
    k = mu.size(0)
    diff = x.unsqueeze(1).expand(n, k, d) - mu.unsqueeze(0).expand(n, k, d)
    sq = (diff ** 2 / ls.exp().expand_as(diff)).sum(-1)
    w = F.log_softmax(logits, dim=0).repeat(n, 1)
    out = torch.logsumexp(w - 0.5 * sq, dim=1)
    a, b = torch.min(sq, dim=1)
    return -out.mean() + a.sum() + torch.prod(ls) + torch.cumsum(logits, dim=0)[-1]
""", "forward", {"x": (2, 2), "mu": (3, 2), "logits": (3,), "ls": (2,)}),
}  # fmt: skip
