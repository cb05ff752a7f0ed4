"""A submission as a job's text comes back as it was, and every part of it counts."""

from dataclasses import replace

from tutor.answer.handed_in import Submission
from tutor.marking.work import job_text, read_submission, submission_record, text_hash


def test_submissions_survive_as_records_and_every_part_of_them_counts():
    anna = Submission("anna", {"q": "σ(2)\ud800\n"}, "a.csv row 1", {"email": "a@b"}, ("late",), "", "12", {"r": "given twice"})
    assert read_submission(submission_record(anna)) == anna
    jobs = {text_hash(job_text("k", 0, one)) for one in (
        anna, replace(anna, answers={"q": "1"}), replace(anna, source="b"), replace(anna, fields={}), replace(anna, problems=()),
        replace(anna, failed="broken"), replace(anna, student="ben"), replace(anna, refused={}),
    )}  # fmt: skip
    assert len(jobs | {text_hash(job_text("k", 1, anna)), text_hash(job_text("l", 0, anna))}) == 10
