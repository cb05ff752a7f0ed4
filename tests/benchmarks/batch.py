"""A class of 10,000 with 20 numeric answers each: run it as ``python tests/benchmarks/batch.py [STUDENTS] [KILLS]``.

It writes a class file with right answers, roundings, slips and nonsense, marks it undisturbed, then once more in a run that is killed
(SIGKILL for the whole process group) at random moments and resumed, then with one process, and compares every byte of the outputs.
Goal: 10,000 students within 60 s on two cores.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = "neuron/two-two-two"
ANSWERS = 20
GOAL = 60.0
TUTOR = [sys.executable, "-m", "tutor", "mark", TARGET, "class.csv"]


def class_file(students: int, seed: int = 1) -> str:
    """A row a student: most answers right to three or more digits, some slips, some nonsense, some blank."""
    from tutor.exercise.load import load
    from tutor.marking.mark_submission import Marker
    from tutor.numbers.arithmetic import as_real

    marker = Marker(load(TARGET))
    asked = [question.id for question in marker.questions if question.targets[0] in marker.sheet.truth][:ANSWERS]
    truth = [float(as_real(marker.sheet.truth[marker.sheet.by_id[name].targets[0]])) for name in asked]
    chance = random.Random(seed)
    ways = (
        (70, lambda value: f"{value:.{chance.choice((3, 4, 6))}g}"),
        (8, lambda value: f"{-value:.4g}"),
        (6, lambda value: f"{2 * value:.4g}"),
        (6, lambda value: f"{value * chance.uniform(0.5, 1.5):.4g}"),
        (5, lambda value: ""),
        (3, lambda value: f"{value / 3:.4g}*3"),
        (2, lambda value: "no idea ("),
    )
    rows = [",".join(["student", *asked])]
    weights = [weight for weight, _ in ways]
    for number in range(students):
        cells = [chance.choices(ways, weights)[0][1](value) for value in truth]
        rows.append(",".join([f"s{number:06}", *cells]))
    return "\n".join(rows) + "\n"


def marked(folder: Path, out: str, *more: str, kill: float | None = None) -> float:
    """Run the command, or kill it after so many seconds; how long it took."""
    begun = time.monotonic()
    with open(folder / f"{out}.log", "ab") as log:
        process = subprocess.Popen([*TUTOR, "-o", out, *more], cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            code = process.wait(timeout=kill)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return time.monotonic() - begun
    if code not in (0, 1):
        sys.exit(f"exit code {code}: {(folder / f'{out}.log').read_text()[-2000:]}")
    return time.monotonic() - begun


def tree(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def main(students: int, kills: int) -> None:
    """Run it all and say what was found."""
    folder = Path(tempfile.mkdtemp(prefix="tutor-batch-"))
    (folder / "class.csv").write_text(class_file(students), encoding="utf-8")
    seconds = marked(folder, "undisturbed")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    expected = tree(folder / "undisturbed")
    size = sum(map(len, expected.values())) / 1e6
    goal = GOAL * students / 10_000
    print(f"{students:,} students x {ANSWERS} answers: {seconds:.1f} s with {os.cpu_count()} cores (goal {goal:.0f} s), "
          f"{len(expected):,} files, {size:.0f} MB, largest process {peak:.0f} MB", flush=True)  # fmt: skip
    chance = random.Random(5)
    for number in range(kills):
        ran = marked(folder, "killed", "--resume", kill=chance.uniform(0.05, 0.9) * seconds)
        print(f"kill {number + 1} after {ran:.1f} s", flush=True)
    print(f"resumed and ended in {marked(folder, 'killed', '--resume'):.1f} s", flush=True)
    same = tree(folder / "killed") == expected
    print(f"the same bytes after {kills} kills: {same}", flush=True)
    one = marked(folder, "one", "--jobs", "1")
    alike = tree(folder / "one") == expected
    print(f"--jobs 1 in {one:.1f} s, the same bytes: {alike}")
    shutil.rmtree(folder)
    if not (same and alike):
        sys.exit("the outputs differ")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*given, *(10_000, 5)[len(given) :])
