"""--to python for every program of the reference, in NumPy and in PyTorch: python tests/benchmarks/python_programs.py [PART OF A NAME]

Each backward pass that is written is run at the values that PyTorch's autograd was given, in double precision; the goal is 1e-10 for
every gradient.  The exit code is 1 where one is missed.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "torch_reference")]

import programs  # noqa: E402
from torch_live import reference  # noqa: E402

from tutor.contracts.python_program import write_program  # noqa: E402
from tutor.errors import TutorError  # noqa: E402
from tutor.results.solution import solve  # noqa: E402

LIMIT = 1e-10
_, TABLE = reference("programs")


def run_backward(
    text: str, case: str, shapes: dict[str, tuple[int, ...]], library: str, upstream: str, labels: Collection[str]
) -> dict[str, Any]:
    """What a backward pass of ours gives at the values that were drawn for PyTorch; ``upstream`` is the gradient from above."""
    scope: dict[str, Any] = {}
    exec(text, scope)  # our own program
    backward = scope["backward"]
    names = backward.__code__.co_varnames[: backward.__code__.co_argcount]
    values = []
    for name in names:
        shape = shapes[name]
        if name in labels:
            value = np.array(programs.LABELS[name][: prod(shape)]).reshape(shape)
        else:
            value = np.array(
                [*map(float, programs.draw_values(case, "g" if name == upstream else name, shape))]
            ).reshape(shape)
        if library == "torch":
            import torch

            value = torch.tensor(value)  # type: ignore[assignment]
        values.append(value)
    returned = re.search(r"\n    return (.*)\n$", text)
    assert returned is not None
    found = backward(*values)
    return dict(zip(returned[1].split(", "), found if isinstance(found, tuple) else (found,), strict=True))


def compare_case(case: str, libraries: Sequence[str] = ("numpy", "torch")) -> dict[str, tuple[float, str]]:
    """For each library the largest error of a gradient, relative where that is larger than one, and what went wrong, if anything did."""
    source, target, shapes = programs.CASES[case]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.py"
        file.write_text(source)
        try:
            worked = solve(
                f"{file}:{target}",
                shapes=shapes,
                wrt=[name for name in TABLE["cases"][case] if name != programs.RESULT],
            ).worked
        except TutorError as error:
            return dict.fromkeys(libraries, (float("inf"), f"not solved: {error.what}"))
    assert worked.request.layered is not None
    known = {**worked.request.layered.shapes}
    labels = {
        str(one.places["hot"]): one.names[0] for one in worked.request.exercise.assumptions if one.kind == "labels"
    }
    known |= {name: known[hot][:-1] for hot, name in labels.items() if hot in known}
    upstream = next(
        (str(one.places["upstream"]) for one in worked.request.exercise.assumptions if one.kind == "upstream"), ""
    )
    found = {}
    for library in libraries:
        own = replace(
            worked, request=replace(worked.request, exercise=replace(worked.request.exercise, dialect=library))
        )
        try:
            made = run_backward(write_program(own), case, {**known, **shapes}, library, upstream, labels.values())
        except TutorError as error:
            found[library] = (float("inf"), str(error.what))
            continue
        except Exception as error:  # what is written must run
            found[library] = (float("inf"), f"{type(error).__name__}: {error}")
            continue
        worst, where = 0.0, ""
        for name, wanted in TABLE["cases"][case].items():
            if name == programs.RESULT:
                continue
            own_values = np.ravel(
                np.asarray(next((made[key] for key in (f"d{name}", f"d{name}_") if key in made), np.nan), dtype=float)
            )
            if own_values.shape != np.shape(wanted):
                worst, where = float("inf"), f"d{name} has {own_values.size} entries, not {len(wanted)}"
                break
            error = float(np.max(np.abs(own_values - wanted) / np.maximum(1, np.abs(wanted))))
            if np.isnan(error) or error > worst:
                worst, where = float("inf") if np.isnan(error) else error, f"d{name}"
        found[library] = (worst, where)
    return found


def main(part: str) -> int:
    """Print the table; the exit code."""
    missed = 0
    for case in programs.CASES:
        if part not in case:
            continue
        begun = time.process_time()
        for library, (error, where) in compare_case(case).items():
            ok = error <= LIMIT
            missed += not ok
            print(f"{'' if ok else 'MISSED '}{library:6} {error:8.1e} {case}{'' if ok else ': ' + where}", flush=True)
        print(f"       {time.process_time() - begun:5.1f} s", flush=True)
    print(f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
