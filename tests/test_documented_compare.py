"""docs/compare.md: its programs run, and the page says what it says that it says."""

import re
from pathlib import Path

import pytest

import tutor

PAGE = (Path(__file__).parents[1] / "docs" / "compare.md").read_text("utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.slow
def test_its_programs_give_its_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(PROGRAMS[0], "utf-8")
    scope: dict[str, object] = {}
    exec(PROGRAMS[1], scope)
    shapes = {"X": ("N", "D"), "W1": ("D", "H"), "W2": ("H", "C")}
    said = " ".join(tutor.compare("net.py:forward", "grads.npz", given="values.npz", shapes=shapes).to_text().split())
    for line in re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1].splitlines():
        assert " ".join(line.split()) in said, line
    exec(PROGRAMS[2], scope)
    assert scope["page"].ok is False
