"""The report of an audit: every example with its counts, each wrong figure with what it is; docs/published-report.md is that of today."""

import json
import re

import pytest
from planted_pages import PLANTED, page
from write_audit import COURSE, REPORT, write_report

from tutor.exercise.catalogue import entries
from tutor.exercise.load import from_text
from tutor.results.audit import audit

ROOT = "the 2 of the square lost, and all after it"


def test_a_report_counts_and_tells():
    head, rows, at = PLANTED[ROOT]
    found = audit(from_text(page(head, rows, at), "planted"), from_text('title = "empty"\nexpression = "x*y"\n', "empty"))
    text = found.to_markdown()
    assert "1 example, 6 printed figures and formulas. 4 are wrong, 1 of them by themselves and 3 in consequence" in text
    assert "| planted | 6 | 1 | 1 | 0 | 0 | 1 | 3 | the 2 of the square lost |" in text
    assert "| all | 6 | 1 | 1 | 0 | 0 | 1 | 3 |  |" in text
    assert "| ∂L/∂z | 0.09056 | 0.180760 | Wrong only in consequence of ∂L/∂a (printed 0.4821): from there it follows. |" in text
    assert len(json.loads(found.to_json())["claims"]) == 6
    assert text == audit(from_text(page(head, rows, at), "planted")).to_markdown()


@pytest.mark.parametrize("name", ["to_text", "to_latex", "to_markdown"])
def test_it_is_a_page_in_every_format(name):
    head, rows, at = PLANTED[ROOT]
    assert "planted" in getattr(audit(from_text(page(head, rows, at), "planted"), words="de"), name)()


def test_the_report_of_the_docs_has_the_figures_of_the_published_examples():
    """The slow test below wants every one.  Run ``python tests/write_audit.py`` to write it anew."""
    listed = dict(re.findall(rf"^\| ({COURSE}/\S+) \| (\d+) \|", REPORT.read_text("utf-8"), re.MULTILINE))
    assert listed
    assert listed.items() <= {entry.id: str(entry.claims) for entry in entries()}.items()


@pytest.mark.slow
def test_the_report_of_the_docs_is_that_of_today():
    """Run ``python tests/write_audit.py`` to write it anew."""
    assert REPORT.read_text("utf-8") == write_report()
