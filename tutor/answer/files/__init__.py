"""Files that were handed in, read: JSON, TOML, CSV, Markdown, text, notebooks."""
