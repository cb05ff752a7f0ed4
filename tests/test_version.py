"""The version, in one place: that of the package's own metadata."""

import tomllib

from source_trees import ROOT

from tutor.version import VERSION


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert project.get("version", VERSION) == VERSION
