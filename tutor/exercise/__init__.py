"""TOML to a checked exercise; what it claims, recomputed."""
