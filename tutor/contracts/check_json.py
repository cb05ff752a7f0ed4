"""JSON of ``check``: a contract, versioned by ``schema``.

``claims`` [{``exercise``, ``claim``, ``printed``, ``value``, ``agreement``, ``erratum``}].
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tutor.contracts.schema import SCHEMA

if TYPE_CHECKING:
    from tutor.solving.check_claims import Verdict


def check_json(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The contract of ``check --json``."""
    return {
        "schema": SCHEMA,
        "claims": [
            {
                "exercise": v.exercise, "claim": v.claim, "printed": v.printed, "value": v.value,
                "agreement": v.agreement, "erratum": v.erratum,
            }
            for v in verdicts
        ],
    }  # fmt: skip
