"""JSON of ``check``: a contract, versioned by ``schema``.

``claims`` [{``exercise``, ``claim``, ``printed``, ``value``, ``agreement``, ``erratum``, ``sums``, ``difference``, ``cause``,
``correction``}]; ``sums`` are the groups of targets that have to add up to 1 for a formula to agree, ``difference`` is where one differs:
{``point`` {name: value}, ``printed``, ``derived``}, the point empty where the given values tell the two apart.

``cause`` is what is known of one that differs, or null: {``kind``, ``slips`` [[{``tag``, ``at``}]], ``follows`` [{``claim``,
``printed``}], ``factor``, ``spoils``}.  ``kind`` is ``slip``, ``consequence`` (wrong only because those in ``follows`` are), ``rounded``
(these were rounded), ``repeated``, ``close``, ``unexplained`` or ``unexplained formula``; ``slips`` are the explanations that fit equally
well, by the tags that marking has, or those of `tutor.marking.page_factors` and `tutor.marking.page_repairs`; ``factor`` is what the right
value was multiplied by, where only that is known; ``spoils`` counts what follows from it.  ``correction`` is what is said to be meant
instead of a known slip, recomputed itself: {``printed``, ``agreement``, ``cause``}, or null.

``unread`` [{``line``, ``text``, ``reason``}] are the lines of a list of figures (``--figures``) that could not be read.

``erratum`` is as its exercise file has it, in the file's own language, with mathematics between dollars (``$w_1$``); so are titles, sources
and notes in every other JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tutor.contracts.schema import SCHEMA

if TYPE_CHECKING:
    from tutor.solving.check_claims import Cause, Verdict


def check_json(verdicts: Iterable[Verdict], unread: Iterable[tuple[int, str, str]] = ()) -> dict[str, Any]:
    """The contract of ``check --json``; ``unread`` are the lines of a list of figures that could not be read."""
    return {
        "schema": SCHEMA,
        "claims": [
            {
                "exercise": v.exercise, "claim": v.claim, "printed": v.printed, "value": v.value,
                "agreement": v.agreement, "erratum": v.erratum, "sums": [list(group) for group in v.sums],
                "difference": None if v.difference is None else {
                    "point": dict(v.difference.point), "printed": v.difference.yours, "derived": v.difference.expected,
                },
                "cause": _write_cause(v.cause) if v.cause is not None else None,
                "correction": None if v.correction is None else {
                    "printed": v.correction.printed, "agreement": v.correction.agreement,
                    "cause": _write_cause(v.correction.cause) if v.correction.cause is not None else None,
                },
            }
            for v in verdicts
        ],
        "unread": [{"line": line, "text": text, "reason": reason} for line, text, reason in unread],
    }  # fmt: skip


def _write_cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind, "slips": [[{"tag": tag, "at": at} for tag, at in way] for way in cause.slips],
        "follows": [{"claim": claim, "printed": printed} for claim, printed in cause.follows],
        "factor": cause.factor, "spoils": cause.spoils,
    }  # fmt: skip
