"""JSON of ``check``: a contract, versioned by ``schema``.

``claims`` [{``exercise``, ``claim``, ``printed``, ``value``, ``agreement``, ``erratum``, ``sums``, ``difference``}]; ``sums`` are
the groups of targets that have to add up to 1 for a formula to agree, ``difference`` is where one differs: {``point`` {name: value},
``printed``, ``derived``}, the point empty where the given values tell the two apart.  ``erratum`` is as its exercise file has it, in
the file's own language, with mathematics between dollars (``$w_1$``); so are titles, sources and notes in every other JSON.
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
                "agreement": v.agreement, "erratum": v.erratum, "sums": [list(group) for group in v.sums],
                "difference": None if v.difference is None else {
                    "point": dict(v.difference.point), "printed": v.difference.yours, "derived": v.difference.expected,
                },
            }
            for v in verdicts
        ],
    }  # fmt: skip
