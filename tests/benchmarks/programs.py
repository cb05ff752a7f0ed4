"""Reading programs: how much processor time hostile ones take, how fast networks are read: python tests/benchmarks/programs.py

Goals: each hostile program is refused within 50 ms and in 200 MB, a file that is too large by its size; a two-layer network is read and
derived in 0.5 s, a transformer of twelve blocks in 10 s.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "torch_reference")]

import module_programs  # noqa: E402
import programs  # noqa: E402
from hostile_programs import HOSTILE, HOSTILE_CODE  # noqa: E402

from tutor.derive.backward import derive  # noqa: E402
from tutor.errors import TutorError  # noqa: E402
from tutor.exercise.catalogue import read_program_file  # noqa: E402
from tutor.program.read_program import read_program  # noqa: E402
from tutor.results.code_check import check_code  # noqa: E402

LIMIT, MEMORY = 0.05, 200_000
MODEL = """
class GPT(nn.Module):
    def __init__(self, config=GPTConfig()):
        super().__init__()
        self.blocks = nn.ModuleList([Block(config) for _ in range(12)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.ln_f(x)
"""


def judge(text: str) -> tuple[float, str]:
    """How long `tutor code` takes for a program, and what it says."""
    begun = time.process_time()
    try:
        page = check_code(text)
    except TutorError as error:
        return time.process_time() - begun, error.what
    return time.process_time() - begun, str(page.verdicts[0].why or page.verdicts[0].verdict)


def refuse(text: str) -> tuple[float, str]:
    """How long a program takes to be refused, and what is said."""
    begun = time.process_time()
    try:
        read_program(text, "f.py", "f", {})
        said = "READ"
    except TutorError as error:
        said = error.what
    return time.process_time() - begun, str(said)


def refuse_files() -> list[tuple[str, float, str]]:
    """The same of files that are too large to be read."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, size in (("notebook of 200 MB", 200_000_000), ("program of 200 MB", 200_000_000), ("a million lines", 8_000_000)):
            path = Path(folder) / ("big.ipynb" if "notebook" in name else "big.py")
            with path.open("wb") as file:
                file.truncate(size)
            begun = time.process_time()
            try:
                read_program_file(f"{path}:f")
                said = "READ"
            except TutorError as error:
                said = str(error.what)
            found.append((name, time.process_time() - begun, said.replace(folder, "")))
    return found


def main() -> None:
    """Print the tables."""
    refuse("def f(x):\n    return x * 2")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = [(name, *refuse(text)) for name, (text, _) in HOSTILE.items()] + refuse_files()
    judge("def f_forward(x): return x * x, x\ndef f_backward(dout, x): return 2 * x * dout\n")
    rows += [(f"code: {name}", *judge(text)) for name, (text, _) in HOSTILE_CODE.items()]
    for name, seconds, said in sorted(rows, key=lambda row: -row[1]):
        print(f"{seconds * 1000:8.1f} ms {'' if seconds < LIMIT else 'OVER'} {name}: {said[:70]}")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{used // 1000} MB at most ({(used - before) // 1000} MB more than before)")
    block = module_programs.CASES["a block with a config"][0]
    for name, (source, target, shapes) in {
        "two-layer network": programs.CASES["two-layer net"],
        "transformer of 12 blocks": (block + MODEL, "GPT", {"x": (1, 2, 4)}),
    }.items():
        begun = time.process_time()
        graph = read_program(source, "model.py", target, shapes).layered.graph
        read = time.process_time() - begun
        derivation = derive(graph)
        whole = time.process_time() - begun
        count = len(derivation.backward)
        print(f"{name}: read in {read:.2f} s, with its derivation {whole:.2f} s ({len(graph.steps)} steps, {count} gradients)")


if __name__ == "__main__":
    main()
