"""tutor.check: ids, courses, files, or all."""

from small_neuron import HEAD, VALUES

from tutor.exercise.catalogue import ids
from tutor.results.check import check as check_targets
from tutor.results.check import expand_targets


def test_targets_are_ids_courses_files_or_all(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + VALUES, encoding="utf-8")
    assert expand_targets([]) == ids()
    assert expand_targets(["qmul"]) == [name for name in ids() if name.startswith("qmul/")]
    assert expand_targets(["dl/bce", str(path)]) == ["dl/bce", str(path)]
    assert check_targets(str(path)) == []
