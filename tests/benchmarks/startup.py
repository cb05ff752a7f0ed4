"""The time of whole commands beside ``python -c "import sympy"``: run it as ``python tests/benchmarks/startup.py``.

Alternating runs, the best of ``REPEATS``; use an interpreter into which tutor is installed (not an editable install without byte code).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

REPEATS = 12
COMMANDS = {
    "import sympy": ["-c", "import sympy"],
    "tutor --version": ["-m", "tutor", "--version"],
    "tutor --help": ["-m", "tutor", "--help"],
    "tutor list": ["-m", "tutor", "list"],
    "tutor solve 2-2-2": ["-m", "tutor", "solve", "neuron/two-two-two"],
    "tutor solve 2-2-2, w5": ["-m", "tutor", "solve", "neuron/two-two-two", "--wrt", "w5"],
    "tutor check": ["-m", "tutor", "check"],
}


def main() -> None:
    """Print seconds and the ratio to importing SymPy."""
    folder = tempfile.gettempdir()  # in a checkout ``-m tutor`` would import that, perhaps without byte code
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(REPEATS):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, cwd=folder)
            best[name] = min(best[name], time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"{name:24}{seconds * 1e3:8.0f} ms   x{seconds / best['import sympy']:.2f}")


if __name__ == "__main__":
    main()
