"""JSON of ``tutor code``: a contract, versioned by ``schema``.

``file``, ``programs`` [{``name``, ``forward``, ``verdict``, ``why``, ``gradients``, ``roots``, ``follows``, ``unread``,
``warnings``, ``assumes``, ``not_compared``, ``read_as``, ``where``, ``instead``}].
 ``verdict`` is
``right``, ``wrong`` or ``undecided`` (``why`` says the reason).  ``gradients`` [{``name``, ``of``, ``verdict``, ``shape``,
``expected_shape``,
``factor``}]: ``factor`` is what the right value was multiplied by, where it is one number.  ``roots`` [{``line``, ``last``, ``slip``,
``old``, ``new``,
``factor``, ``before``, ``after``, ``repairs``, ``refused``, ``or``, ``derived``}] are the lines that are wrong by themselves: ``slip`` is a
tag of `tutor.code.slips_of_lines` or empty, ``before`` and ``after`` are lines of the program, ``refused`` is what Python would say,
``derived`` {``name``, ``of``, ``wrt``, ``times``, ``last``, ``formula``, ``rule``, ``lines``, ``points``, ``written``, ``exact``, ``rows``}
what the line should compute by the derivation of the forward pass, or null: ``name`` is ``times`` (a size, or empty) ∂``of``/∂``wrt`` =
``formula``, ``last`` that it is so when all lines are done, ``rule`` why, ``lines`` those of the forward pass that it comes through,
``points`` at how many random points it agrees with the corrected program, ``written`` what the line computes, or null, ``exact`` whether
the corrected line was read as a formula, too, and is the same to 40 digits, ``rows`` [{``wrt``, ``formula``}] the gradients in it
that have no name in the program; ``or`` are lines
that could be the wrong one as well, with the same keys.
``follows`` are the lines
that are wrong only because of them, ``unread`` [{``line``, ``text``, ``reason``, ``where``, ``instead``}] those that were not read:
``where`` is file, line and column, ``instead`` what could be written; a program that is not judged has both, too, for the part that
it is not judged for.  ``warnings``
[{``line``, ``kind``, ``text``, ``of``}] are of what may be 0 (``log``, ``division``) or too large (``overflow``) in floats.
A root's ``file`` is where it stands, if not in the program itself.  ``assumes`` are sentences: what functions that are not in the
file are taken for.  ``not_compared`` [{``name``, ``reason``}] are
gradients of what has no such name in the forward pass.
``read_as`` is ``rows``
or ``columns``, of
samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor.contracts.schema import SCHEMA
from tutor.explain.derived_section import say_derived
from tutor.explain.words.wording import ENGLISH
from tutor.expression.plain import write_plain

if TYPE_CHECKING:
    from tutor.code.code_verdicts import CodeVerdict, DerivedLine, WrongLine


def code_json(file: str, verdicts: Sequence[CodeVerdict]) -> dict[str, Any]:
    """The contract of ``code --json``."""
    return {
        "schema": SCHEMA,
        "file": file,
        "programs": [
            {
                "name": one.name, "forward": one.forward, "verdict": one.verdict, "why": one.why,
                "gradients": [
                    {"name": output.key, "of": output.of, "verdict": output.verdict, "shape": list(output.shape),
                     "expected_shape": list(output.expected), "factor": output.factor}
                    for output in one.outputs
                ],
                "roots": [{**_line_json(root), "or": [_line_json(other) for other in root.others]} for root in one.roots],
                "follows": list(one.follows),
                "unread": [{"line": line.line, "text": line.text, "reason": line.why, "where": line.place.where if line.place else "",
                            "instead": line.place.hint if line.place else ""} for line in one.unread],
                "where": one.place.where if one.place else "", "instead": one.hint,
                "warnings": [{"line": note.line, "kind": note.kind, "text": note.text, "of": note.of}
                             for note in one.warnings],
                "assumes": list(one.assumes),
                "not_compared": [{"name": key, "reason": why} for key, why in one.left_over],
                "read_as": "columns" if one.world.columns else "rows",
            }
            for one in verdicts
        ],
    }  # fmt: skip


def _line_json(root: WrongLine) -> dict[str, Any]:
    return {"file": root.file, "line": root.line, "last": root.last, "slip": root.tag, "old": root.old, "new": root.new,
            "factor": root.factor, "before": list(root.before), "after": list(root.after), "repairs": list(root.repairs),
            "refused": root.fails, "derived": write_formula(root.derived)}  # fmt: skip


def write_formula(derived: DerivedLine | None) -> dict[str, Any] | None:
    """The formula beside a wrong line."""
    if derived is None:
        return None
    return {
        "name": derived.key, "of": derived.loss, "wrt": derived.wrt,
        "times": "" if derived.times is None else write_plain(derived.times), "last": derived.ends,
        "formula": None if derived.expr is None else write_plain(derived.expr),
        "rule": say_derived(replace(derived, lines=()), ENGLISH), "lines": list(derived.lines), "points": derived.points,
        "written": None if derived.written is None else write_plain(derived.written), "exact": derived.exact,
        "rows": [{"wrt": row.wrt, "formula": write_plain(row.expr)} for row in derived.rows if row.expr is not None],
    }  # fmt: skip
