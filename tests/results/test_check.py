"""tutor.check: ids, courses, files, or all."""

from tutor.exercise.catalogue import ids
from tutor.results.check import check as check_targets
from tutor.results.check import expand_targets

HEAD = """
title = "A neuron"
notation = "qmul"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[train]
rate = 0.5
"""


VALUES = """
[values]
w = 2
x = "1/2"
b = -1
y = 1
"""


def test_targets_are_ids_courses_files_or_all(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + VALUES, encoding="utf-8")
    assert expand_targets([]) == ids()
    assert expand_targets(["qmul"]) == [name for name in ids() if name.startswith("qmul/")]
    assert expand_targets(["dl/bce", str(path)]) == ["dl/bce", str(path)]
    assert check_targets(str(path)) == []
