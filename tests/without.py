"""Solves and marks, and prints what came out as JSON.  With ``--hide`` there is no NumPy, no flint and no process: as in a browser."""

import json
import os
import subprocess
import sys

HIDDEN = ("numpy", "flint", "multiprocessing", "_multiprocessing", "matplotlib", "gmpy2")


class Hidden:
    """Refuses to find what is hidden."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"{name} is hidden", name=name)


def no_process(*args, **settings):
    """There are no processes here."""
    raise OSError("a process was started")


def main() -> None:
    """Solve and mark one student, rightly and wrongly."""
    if "--hide" in sys.argv:
        for name in [name for name in sys.modules if name.partition(".")[0] in HIDDEN]:
            del sys.modules[name]
        sys.meta_path.insert(0, Hidden())
        for module, name in ((os, "fork"), (os, "posix_spawn"), (os, "system"), (subprocess, "Popen")):
            setattr(module, name, no_process)
    import tutor

    solved = tutor.solve("neuron/two-two-two")
    found = {"solve": solved.to_text(), "gradient": str(float(solved.gradient("w5")))}
    marked = {}
    for exercise, answers in ANSWERS.items():
        result = tutor.mark(exercise, answers)
        marked[exercise] = [(str(a.question), a.verdict, str(a.tag)) for a in result.marked.answers]
    print(json.dumps({**found, "marked": marked, "loaded": [name for name in HIDDEN if name in sys.modules]}))


ANSWERS = {
    "neuron/two-two-two": {"dL/dw5": "0.082", "dL/dw6": "-0.0827", "dL/dw1": "1/3", "in_h1": "0.3775", "dL/dw8": "0.1",
                           "dL/dw5.chain": "dL/dout_o1 * dout_o1/din_o1"},
    "cmu/three-layer-chain": {"dL/dw_3.formula": "dL/df_3*f_2", "dL/dw_3.chain": "dL/df_3*df_3/da_3", "f_1": "0.5"},
    "qmul/linear-neuron": {"dE/dw_L.formula": "2*(x_L - y)", "dE/db_L.formula": "2*(x_L - y)", "w_L@1": "0.29"},
    "qmul/network-deltas-layers": {"dE/dz1": "(w² δ²) ⊙ σ′(z¹)", "dE/dW2": "δ² (x¹)^T", "dE/dx1": "7 w² δ²"},
}  # fmt: skip
"""Right, wrong, unfinished; numbers, chains and formulas."""

if __name__ == "__main__":
    main()
