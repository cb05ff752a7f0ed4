"""The time of whole commands beside ``python -c "import sympy"``: run it as ``python tests/benchmarks/startup.py``.

Alternating runs, the best of ``REPEATS``, elapsed and CPU, which says more where the machine has other
things to do.  Use an interpreter into which tutor is installed (not an editable install without byte code).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 12
COMMANDS = {
    "import sympy": ["-c", "import sympy"],
    "tutor --version": ["-m", "tutor", "--version"],
    "tutor --help": ["-m", "tutor", "--help"],
    "tutor list": ["-m", "tutor", "list"],
    "tutor solve 2-2-2": ["-m", "tutor", "solve", "neuron/two-two-two"],
    "tutor solve 2-2-2, w5": ["-m", "tutor", "solve", "neuron/two-two-two", "--wrt", "w5"],
    "tutor check": ["-m", "tutor", "check"],
    "tutor practise, events": ["-m", "tutor", "practise", "neuron/two-two-two", "--events"],
    "tutor practise, dialogue": ["-m", "tutor", "practise", "neuron/two-two-two"],
}


def main() -> None:
    """Print seconds and the ratio to importing SymPy."""
    folder = tempfile.gettempdir()  # in a checkout ``-m tutor`` would import that, perhaps without byte code
    settings = {**os.environ, "XDG_STATE_HOME": str(Path(folder) / "tutor-startup")}  # nobody's journals
    best = dict.fromkeys(COMMANDS, (float("inf"), float("inf")))
    for _ in range(REPEATS):
        for name, arguments in COMMANDS.items():
            start, used = time.perf_counter(), count_cpu()
            subprocess.run([sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, cwd=folder,
                           env=settings)  # fmt: skip
            now = time.perf_counter() - start, count_cpu() - used
            best[name] = min(best[name][0], now[0]), min(best[name][1], now[1])
    least = best["import sympy"]
    for name, (seconds, cpu) in best.items():
        print(f"{name:24}{seconds * 1e3:8.0f} ms   x{seconds / least[0]:.2f} {cpu * 1e3:8.0f} ms of CPU   x{cpu / least[1]:.2f}")


def count_cpu() -> float:
    """Seconds of CPU of all that was run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
