"""What all tests share: the folder of helpers on the path, and one deterministic Hypothesis profile."""

import gc
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # `import independent` works from every test

settings.register_profile(
    "tutor", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tutor")


HERE = Path(__file__).parent
LONG = frozenset((HERE / "long_tests.txt").read_text("utf-8").splitlines()[1:])
SAMPLED = {
    name: (int(now), int(slow))
    for name, now, slow in map(str.split, (HERE / "sampled_tests.txt").read_text("utf-8").splitlines()[1:])
}
"""A test, each so-and-so-many-th example of which is taken: by the default run, and of the others by the slow stage."""
EVERYTHING = bool(os.environ.get("TUTOR_ALL_TESTS"))


def take_next(counts, name, stage, every):
    """Whether the next example of a test is taken; tests begin at different ones, so that together they look at many."""
    function = name.partition("[")[0]
    counts[function, stage] += 1
    return every == 1 or (counts[function, stage] + crc32(function.encode())) % every == 0


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collecting makes millions of objects and no cycles: without the collector it takes half the time (11 s of 22)."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()  # what is collected stays to the end: no later collection walks over it


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """What takes long is slow, wherever it stands; of what is asked of very many examples, each so-and-so-many-th is taken."""
    counts = Counter()
    left_out = []
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        if name in LONG:
            item.add_marker(pytest.mark.slow)
        now, slow = SAMPLED.get(name.partition("[")[0], (1, 1))
        if not item.get_closest_marker("slow") and not take_next(counts, name, "now", now):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("slow") and not EVERYTHING and not take_next(counts, name, "slow", slow):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


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


@pytest.fixture(scope="session")
def tex():
    """The path of pdflatex; its tests are skipped without it, but not where everything must be there."""
    program = shutil.which("pdflatex")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is missing, and under CI=true that is a failure")
        pytest.skip("pdflatex is missing")
    return program


@pytest.fixture
def pages(tmp_path, tex):
    """Compile a document; returns its number of pages, and fails for an error, a warning or an overfull box."""

    def compile_tex(source):
        (tmp_path / "page.tex").write_text(source, encoding="ascii")
        command = [tex, "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "page.tex"]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False, timeout=300)
        log = (tmp_path / "page.log").read_text(encoding="latin-1")
        assert re.findall(r"^(?:Overfull|Underfull|! |.*Warning).*", log, re.MULTILINE) == []
        assert done.returncode == 0
        written = re.search(r"Output written on page.pdf \((\d+) page", log.replace("\n", ""))
        assert written is not None
        return int(written[1])

    return compile_tex
