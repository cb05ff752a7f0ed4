"""A network in PyTorch whose backward pass is written by hand, step by step."""

import torch
import torch.nn.functional as F

n, n_in, n_hidden, n_out = 32, 30, 64, 27
X = torch.randn((n, n_in))
Y = torch.randint(0, n_out, (n,))
W1 = torch.randn((n_in, n_hidden))
b1 = torch.randn(n_hidden) * 0.1
W2 = torch.randn((n_hidden, n_out)) * 0.1
b2 = torch.randn(n_out) * 0.1

hpre = X @ W1 + b1
h = torch.tanh(hpre)
logits = h @ W2 + b2
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdim=True)
counts_sum_inv = counts_sum ** -1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(n), Y].mean()

dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), Y] = -1.0 / n
dprobs = (1.0 / probs) * dlogprobs
dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
dcounts = counts_sum_inv * dprobs
dcounts_sum = (-counts_sum ** -2) * dcounts_sum_inv
dcounts += torch.ones_like(counts) * dcounts_sum
dnorm_logits = counts * dcounts
dlogits = dnorm_logits.clone()
dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)
dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpre = (1.0 - h ** 2) * dh
dX = dhpre @ W1.T
dW1 = X.T @ dhpre
db1 = dhpre.sum(0)

# slip sign: dlogprobs[range(n), Y] = -1.0 / n => dlogprobs[range(n), Y] = 1.0 / n
# slip overwritten: dcounts += torch.ones_like => dcounts = torch.ones_like
# slip slope-forgotten: dhpre = (1.0 - h ** 2) * dh => dhpre = dh
# slip wrong-axis: db1 = dhpre.sum(0) => db1 = dhpre.sum(1)
# slip transpose-forgotten: dW2 = h.T @ dlogits => dW2 = h @ dlogits
# slip another-number: (-counts_sum ** -2) => (-counts_sum ** -1)
# right: dlogits = dnorm_logits.clone() => dlogits = dnorm_logits + 0
