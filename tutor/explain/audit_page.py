"""The report of an audit: a table of examples with how their printed figures agree, and below it each that is wrong, with what it is.

Where each of them can be looked up stands at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.explain.document import Block, Document, Heading, Paragraph, Sentence, Table
from tutor.explain.said_causes import name_cause, say_cause
from tutor.explain.words.wording import Wording
from tutor.solving.check_claims import Verdict

IN_CONSEQUENCE = ("consequence", "repeated")
WAYS = ("exact", "rounded", "truncated", "carried")
LONG = 60
"""Of what is printed, and of what is right, so much is shown in a table."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An example with its verdicts; ``title`` and ``source`` as its file has them."""

    ident: str
    title: str
    source: str
    verdicts: tuple[Verdict, ...]

    def count(self, agreement: str) -> int:
        """How many figures agree so."""
        return sum(verdict.agreement == agreement for verdict in self.verdicts)

    @property
    def wrong(self) -> tuple[Verdict, ...]:
        """The figures that differ."""
        return tuple(verdict for verdict in self.verdicts if verdict.agreement == "differs")

    @property
    def follow(self) -> int:
        """How many are wrong only because others are, or because these were rounded."""
        return sum(verdict.cause is not None and bool(verdict.cause.follows) for verdict in self.wrong)


def document(rows: Sequence[AuditRow], words: Wording) -> Document:
    """The report as a document."""
    audit = words.audit
    counted = audit.grammar.choose(audit.EXAMPLES, len(rows)).format(count=len(rows))
    printed = sum(len(row.verdicts) for row in rows)
    wrong, follow = sum(len(row.wrong) for row in rows), sum(row.follow for row in rows)
    faulty = sum(bool(row.wrong) for row in rows)
    figures = audit.grammar.choose(audit.FIGURES, printed).format(count=printed)
    said = audit.SUMMARY.format(examples=counted, figures=figures, wrong=wrong, root=wrong - follow, follow=follow, faulty=faulty)
    heads = tuple((audit.HEADS[key],) for key in _COLUMNS)
    lines = (*(_write_row(row, words) for row in rows), _sum_up(rows, words))
    blocks: list[Block] = [Paragraph((said,)), Paragraph((audit.EXPLAINED,)), Table(heads, lines, "lrrrrrrrl")]
    if wrong:
        blocks.append(Heading(audit.WRONG_ONES))
        for row in rows:
            if row.wrong:
                blocks += [Paragraph((f"{row.title}. ", row.source), row.ident), _list_wrong(row, words)]
    sources = tuple(((row.ident,), (row.source,)) for row in rows)
    blocks += [Heading(audit.SOURCES), Table(((audit.HEADS["example"],), (audit.HEADS["source"],)), sources, "ll")]
    return Document(audit.REPORT, blocks=tuple(blocks), language=words.language)


_COLUMNS = ("example", "figures", "exact", "rounded", "truncated", "carried", "root", "follow", "probably")


def _write_row(row: AuditRow, words: Wording) -> tuple[Sentence, ...]:
    named = list(dict.fromkeys(name for verdict in row.wrong if verdict.cause is not None and (name := name_cause(verdict.cause, words))))
    counts = (len(row.verdicts), *map(row.count, WAYS), len(row.wrong) - row.follow, row.follow)
    return ((row.ident,), *((str(count),) for count in counts), ("; ".join(named),))


def _sum_up(rows: Sequence[AuditRow], words: Wording) -> tuple[Sentence, ...]:
    wrong, follow = sum(len(row.wrong) for row in rows), sum(row.follow for row in rows)
    counts = (sum(len(row.verdicts) for row in rows), *(sum(row.count(way) for row in rows) for way in WAYS), wrong - follow, follow)
    return ((words.audit.ALL,), *((str(count),) for count in counts), ("",))


def _list_wrong(row: AuditRow, words: Wording) -> Table:
    """The wrong figures of an example."""
    audit = words.audit
    heads = tuple((audit.HEADS[key],) for key in ("quantity", "printed", "right", "probably"))
    return Table(heads, tuple(_write_wrong(verdict, words) for verdict in row.wrong), "llll")


def _write_wrong(verdict: Verdict, words: Wording) -> tuple[Sentence, ...]:
    of = verdict.written
    cause = of.cause if of is not None else None
    cells = (of.claim, of.printed, of.value) if of is not None else (verdict.claim, verdict.printed, verdict.value)
    return (*(((text if len(text) <= LONG else text[: LONG - 1] + "…"),) for text in cells), (say_cause(cause, words) if cause else "",))
