"""What workers do, as text: the job that a fresh interpreter makes is the job of this process."""

import json

from tutor.answer.handed_in import Submission
from tutor.batch.recipe import Recipe, marking_recipe, report_recipe
from tutor.exercise.catalogue import exercise_text
from tutor.marking.work import exercise_key, job_text, run_job

IDENT, TEXT = exercise_text("dl/bce")
KEY = exercise_key(IDENT, TEXT)


def test_a_recipe_is_text_and_makes_the_job():
    recipe = marking_recipe({KEY: (IDENT, TEXT)}, 0)
    again = Recipe(**json.loads(json.dumps({"maker": recipe.maker, "arguments": recipe.arguments})))
    text = job_text(KEY, 0, Submission("anna", {"p": "0.5"}))
    assert again.job()(text) == run_job({KEY: (IDENT, TEXT)}, text)


def test_an_exercise_that_is_wrong_is_said_in_each_row():
    """Not by a worker that never gets ready."""
    key = exercise_key("own", "title = 1")
    job = marking_recipe({key: ("own", "title = 1")}, 0).job()
    found = json.loads(job(job_text(key, 0, Submission("anna", {"p": "0.5"}))))
    assert found["status"] == "could not be marked"
    assert "the marker says" in found["reason"]


def test_reports():
    record = marking_recipe({KEY: (IDENT, TEXT)}, 0).job()(job_text(KEY, 0, Submission("anna", {"p": "0.5"})))
    kinds = ("markdown", "latex", "terminal", "json")
    pages = {kind: json.loads(report_recipe(IDENT, TEXT, 0, "hint", kind).job()(record)) for kind in kinds}
    assert pages["markdown"].startswith("# ")
    assert "\\documentclass" in pages["latex"]
    assert "anna" in pages["terminal"]
    assert "anna" in json.dumps(json.loads(pages["json"]))
