"""The document of an audit: only what is wrong has a table of its own, and long figures are cut."""

from tutor.explain.audit_page import AuditRow, document
from tutor.explain.document import Heading, Table
from tutor.explain.words.wording import ENGLISH
from tutor.solving.check_claims import Cause, Verdict, VerdictText

RIGHT = Verdict("a", "z", "1", "1", "exact")
LONG = Verdict("b", "Z", "1" * 90, "2", "differs", written=VerdictText("Z", "1" * 90, "2", cause=Cause("close")), cause=Cause("close"))


def test_only_wrong_figures_are_listed():
    doc = document([AuditRow("a", "A", "", (RIGHT,)), AuditRow("b", "B", "a book", (LONG, RIGHT))], ENGLISH)
    tables = [block for block in doc.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [3, 1, 2]
    assert tables[0].rows[1][-1] == ("a near miss",)
    assert tables[1].rows[0][1][0].endswith("1…")
    assert len(tables[1].rows[0][1][0]) == 60
    assert tables[2].rows[1] == (("b",), ("a book",))


def test_a_right_page_has_no_such_section():
    doc = document([AuditRow("a", "A", "", (RIGHT,))], ENGLISH)
    assert [block.text for block in doc.blocks if isinstance(block, Heading)] == [ENGLISH.audit.SOURCES]
