"""The door to Python in the browser: solving and marking one student need no NumPy, no flint and no process."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def told(*options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests" / "without.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_without_numpy_flint_and_processes_everything_comes_out_the_same():
    full, bare = told(), told("--hide")
    assert "numpy" in full.pop("loaded")
    assert bare.pop("loaded") == []
    assert bare == full
    verdicts = {verdict for answers in bare["marked"].values() for _, verdict, _ in answers}
    assert {"correct", "misconception", "wrong", "blank"} <= verdicts
