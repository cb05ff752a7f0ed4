"""A notation of one's own: read with all faults at once, filled in with places only, used on every page, and in LaTeX."""

import pytest

import tutor
from tutor.errors import Problems, TutorError
from tutor.notation.own_notation import PLACES, fill_pattern
from tutor.notation.profile import notation

OWN = r"""
extends = "plain"
title = "My course"
factors = "cross"
rate = "gamma"
update = "prime"
[functions]
sigmoid = '\varsigma'
[roles]
input = 'x_{{{j}}}'
weight = '\omega^{{({l})}}_{{{j}{c}{i}}}'
sum = 'z^{{({l})}}_{{{j}}}'
activation = 'a^{{({l})}}_{{{j}}}'
total = 'J'
[arrays]
weight = '\mathbf{{W}}_{{{l}}}'
"""


def put(tmp_path, text):
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_pages_are_written_in_it(tmp_path, pages):
    own = put(tmp_path, OWN)
    solution = tutor.solve("neuron/two-two-two", wrt=["w5"], notation_name=own)
    text = str(solution)
    assert "ω⁽²⁾₁₁ = 0.40" in text
    assert "ς(z⁽²⁾₁)" in text
    assert "∂J/∂ω⁽²⁾₁₁" in text
    assert r"\omega^{(2)}_{11}" in solution.to_latex() or r"\omega_{11}^{(2)}" in solution.to_latex()
    assert pages(solution.to_latex()) >= 1
    assert r"\mathbf{W}_{2}" in tutor.solve("neuron/two-two-two", form="layer", notation_name=own).to_latex()
    assert "ω⁽²⁾₁₁′" in str(tutor.train("neuron/two-two-two", notation_name=own, steps=1))


def test_what_it_does_not_say_is_as_in_what_it_extends(tmp_path):
    own, course = notation(put(tmp_path, 'extends = "qmul"\n[functions]\nrelu = "R"\n')), notation("qmul")
    assert (own.rate, own.update, own.numbers) == (course.rate, course.update, course.numbers)
    assert own.functions["relu"].text == "R"
    assert own.functions["sigmoid"] == course.functions["sigmoid"]


def test_a_changed_file_is_read_again(tmp_path):
    assert notation(put(tmp_path, 'rate = "eta"')).rate == "eta"
    assert notation(put(tmp_path, 'rate = "epsilon"')).rate == "epsilon"


FAULTS = [  # what stands in the file, where it is wrong, and what is said of it
    ('extends = "klon"', "extends", "no notation klon"), ('factor = "cross"', "factor", "did you mean factors"),
    ("digits = 99", "digits", "2 to 15"), ("digits = true", "digits", "2 to 15"), ('update = "later"', "update", "arrow, next"),
    ("rate = 3", "rate", "the name of the step size"), ("title = ''", "title", "a short text"), ("roles = 3", "roles", "a table"),
    ("[roles]\nsumm = 'x'", "roles.summ", "did you mean sum"),
    ("[roles]\nweight = 'w_{{{l.__class__}}}'", "roles.weight", "no place l.__class__"),
    ("[roles]\nweight = 'w_{{{l!r}}}'", "roles.weight", "no place l"),
    ("[roles]\nweight = 'w_{{{l:>99999999}}}'", "roles.weight", "no place l"),
    ("[roles]\nweight = '{0}'", "roles.weight", "no place 0"), ("[roles]\nweight = '{'", "roles.weight", "a brace is missing"),
    ("[roles]\nbias = '\\input{{x}}'", "roles.bias", "\\input is not understood"),
    ("[roles]\nbias = '\\write18{{ls}}'", "roles.bias", "not understood"),
    ("[functions]\n\"a b\" = 'x'", "functions.a b", "no function is called so"),
    ("[functions]\nsigmoid = '$x$'", "functions.sigmoid", "not understood"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "said"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_said_at_its_place(tmp_path, text, where, said):
    with pytest.raises(Problems) as caught:
        notation(put(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.where == where
    assert said in str(problem)


def test_all_faults_are_said_at_once(tmp_path):
    heads, tables = [row[0] for row in FAULTS if "\n" not in row[0] and "roles" not in row[0]], FAULTS[8][0]
    keys = {text.partition(" ")[0]: text for text in heads}
    with pytest.raises(Problems) as caught:
        notation(put(tmp_path, "\n".join([*keys.values(), tables])))
    assert len(caught.value.problems) == len(keys) + 1


@pytest.mark.parametrize(
    ("name", "said"), [("nowhere.toml", "cannot be read"), (".", "there is no notation"), ("broken.toml", "not a TOML file")]
)
def test_files_that_are_none(tmp_path, name, said):
    (tmp_path / "broken.toml").write_text("a = ")
    with pytest.raises(TutorError, match=said):
        notation(str(tmp_path / name))


def test_patterns_name_places_only():
    assert fill_pattern("w_{{{j}{i}}}", PLACES) == "w_{12}"
    with pytest.raises(TutorError, match="no place"):
        fill_pattern("{l.real}", PLACES)
