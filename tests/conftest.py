"""What all tests share: the folder of helpers on the path, and one deterministic Hypothesis profile."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # `import independent` works from every test

settings.register_profile(
    "tutor", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tutor")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Every command runs in an empty folder, eighty columns wide, without a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def tutor(folder, capfdbinary):
    """The command line: takes arguments, gives the exit code and what was written to both streams."""
    from tutor.cli import main

    def run(*arguments):
        code = 0
        try:
            main(list(arguments))
        except SystemExit as end:
            code = end.code or 0
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run
