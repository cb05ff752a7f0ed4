"""JSON for programs: a contract a result, versioned by ``schema``."""
