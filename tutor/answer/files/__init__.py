"""Files that were handed in, read: JSON, TOML, CSV, text in any layout, notebooks, Word and Excel files."""
