"""Results to documents: what is said, in which order, with which words; nothing about how it looks."""
