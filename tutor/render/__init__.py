"""Documents and notation to text, one module a format."""
