"""Programs of NumPy and PyTorch, read and never run: a function's source to a graph over arrays."""
