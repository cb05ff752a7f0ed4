"""The report of an audit of many pages, as a page in every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.explain.audit_page import AuditRow
from tutor.explain.audit_page import document as write_report
from tutor.explain.document import Document
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.notation.profile import Notation
from tutor.results.check import check, expand_targets
from tutor.results.page import Page
from tutor.solving.check_claims import Verdict


@dataclass(frozen=True, slots=True)
class Audit(Page):
    """What became of the printed figures of some examples, as a report."""

    rows: tuple[AuditRow, ...]
    words: Wording = ENGLISH
    notation: Notation = field(default_factory=Notation)
    preamble: str = ""

    @property
    def name(self) -> str:
        """What its file is called where nobody says."""
        return "report"

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, in the order of the report."""
        return tuple(verdict for row in self.rows for verdict in row.verdicts)

    def document(self) -> Document:
        """The report as a document."""
        return write_report(self.rows, self.words)

    def to_json(self) -> str:
        """The contract of ``check``."""
        from tutor.contracts.check_json import check_json
        from tutor.contracts.schema import dump_json

        return dump_json(check_json(self.verdicts))


def audit(*targets: str | Exercise, words: Wording | str | None = None, progress: Callable[[str], None] | None = None) -> Audit:
    """Recompute the printed figures of exercises (ids, files, folders of files, courses; all without an argument), for a report.

    Those that print nothing are left out.  Raises a `tutor.errors.TutorError` for a target that does not exist.

    >>> audit("neuron/two-two-two").rows[0].count("exact") > 5
    True
    """
    said = require_wording(words) if words is None or isinstance(words, str) else words
    rows = []
    for target in expand_targets(targets):
        exercise = load(target) if isinstance(target, str) else target
        if progress is not None:
            progress(exercise.id)
        if exercise.claims:
            language = said.language
            title = exercise.say(exercise.title, language)
            rows.append(AuditRow(exercise.id, title, exercise.source, tuple(check(exercise))))
    return Audit(tuple(rows), said)
