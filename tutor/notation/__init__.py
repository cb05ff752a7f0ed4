"""How each course writes things: a profile is a TOML file, a symbol is what it makes of a name."""
