"""Documents as pages of the terminal, and as plain text."""
