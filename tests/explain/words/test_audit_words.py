"""Words of an audit: each kind of cause, each change and each repair has its own, and none is left over."""

from typing import get_args

from tutor.explain.words.audit_words import AuditWords
from tutor.marking.mark_page import Kind
from tutor.marking.page_factors import FACTORS
from tutor.marking.page_repairs import REPAIRS


def test_every_kind_and_every_change_has_its_words():
    assert {*get_args(Kind), "unexplained formula"} - {"slip", "rounded"} == set(AuditWords.CAUSES)
    assert set(AuditWords.CHANGES) == FACTORS
    assert set(AuditWords.REPAIRS) == set(REPAIRS)
