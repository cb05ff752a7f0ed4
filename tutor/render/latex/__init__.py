"""Documents as LaTeX that compiles without a warning, and as PDF."""
