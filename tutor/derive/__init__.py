"""Graph to derivation: the backward pass with its paths and factors, local derivatives, updates, and named rewrites."""
