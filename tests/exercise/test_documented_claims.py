"""docs/claims.md and CONTRIBUTING.md: every example runs and has the verdicts that stand beside it, and every key is described."""

import re
from pathlib import Path

import pytest

import tutor
from tutor.exercise import conventions, load, read_training
from tutor.exercise.load import from_text
from tutor.notation import own_notation
from tutor.results.check import check_figures

ROOT = Path(__file__).parent.parent.parent
CLAIMS = (ROOT / "docs" / "claims.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", CLAIMS, re.DOTALL)
VERDICTS = ("exact", "rounded", "truncated", "carried", "differs")
_SAID = re.compile(rf"# ((?:{'|'.join(VERDICTS)})(?: (?:{'|'.join(VERDICTS)}))*)(?:: ([a-z-]+))?$", re.MULTILINE)


@pytest.mark.parametrize("text", BLOCKS, ids=[re.findall(r'title = "(.*)"', text)[0] for text in BLOCKS])
def test_an_example_has_the_verdicts_beside_it(text):
    said = [word for found, _ in _SAID.findall(text) for word in found.split()]
    exercise = from_text(text, "t")
    verdicts = tutor.check(exercise)
    assert [verdict.agreement for verdict in verdicts] == said
    causes = [cause for cause in (verdict.cause for verdict in verdicts) if cause is not None]
    named = [cause.slips[0][0][0] if cause.kind == "slip" else cause.kind for cause in causes]
    told = [tag for _, tag in _SAID.findall(text) if tag]
    assert not told or named == told
    assert len(said) == len(exercise.claims) > 0
    assert tutor.solve(exercise).to_text()


def test_the_list_of_figures_has_the_verdicts_beside_it():
    (text,) = re.findall(r"```figures\n(.*?)```", CLAIMS, re.DOTALL)
    found = check_figures("neuron/two-two-two", text)
    assert found.ok
    assert [verdict.agreement for verdict in found.verdicts] == [said for said, _ in _SAID.findall(text)]


def test_every_verdict_and_form_has_an_example():
    said = {word for text in BLOCKS for found, _ in _SAID.findall(text) for word in found.split()}
    assert said == set(VERDICTS)
    for key in (*load._CLAIM_KEYS, *load._TABLE_KEYS, *conventions._CHOICES):
        assert any(re.search(rf"(?m)\b{key} = ", text) for text in BLOCKS), key


KEYS = {*load._KEYS, *load._NETWORK_KEYS, *load._CLAIM_KEYS, *load._TABLE_KEYS, *conventions._CHOICES, *read_training.TRAIN_KEYS}
WRITTEN_BY_ITSELF = {"notation_file", "program_files"}
"""What `tutor.exercise.catalogue` puts into the text of an exercise."""


@pytest.mark.parametrize("key", sorted(KEYS - WRITTEN_BY_ITSELF))
def test_contributing_describes_every_key(key):
    assert re.search(rf"(?m)^(#.*|\[+)?{key}(\]+|\s*=)|[{{ ]{key} = ", CONTRIBUTING), key


@pytest.mark.parametrize("key", [*own_notation.CHOICES, *own_notation.TABLES, *own_notation.ROLES, *own_notation.PLACES, "extends", "rate"])
def test_contributing_describes_every_key_of_a_notation(key):
    start = CONTRIBUTING.index("**… add a notation?**")
    assert re.search(rf"\b{key}\b", CONTRIBUTING[start : CONTRIBUTING.index("**… add an exercise?**")]), key


def test_the_notation_of_contributing_is_one(tmp_path):
    start = CONTRIBUTING.index("**… add a notation?**")
    text = re.findall(r"```toml\n(.*?)```", CONTRIBUTING[start:], re.DOTALL)[0]
    (tmp_path / "my.toml").write_text(text, encoding="utf-8")
    solution = tutor.solve("neuron/two-two-two", wrt=["w5"], notation_name=str(tmp_path / "my.toml"))
    assert r"\omega_{11}^{(2)}" in solution.to_latex()
    assert "ŷ₁" in solution.to_text()
    assert r"\mathbf{W}_{1}" in tutor.solve("neuron/two-two-two", form="layer", notation_name=str(tmp_path / "my.toml")).to_latex()
