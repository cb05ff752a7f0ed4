"""The version of the contracts, and how each is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 1


def dump_json(data: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """The text of a contract: stable order, readable, ends with a line end; ``ascii_only`` where it has texts from outside.

    >>> dump_json({"schema": 1})
    '{\\n  "schema": 1\\n}\\n'
    """
    return json.dumps(data, indent=2, ensure_ascii=ascii_only) + "\n"
