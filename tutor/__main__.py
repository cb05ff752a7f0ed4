"""The entry point of the command ``tutor`` and of ``python -m tutor``."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line; for ``solve`` and ``train`` SymPy's helper is started first (see `tutor.cli.prover`)."""
    gc.set_threshold(200_000, 50, 50)  # imports make many objects and no garbage; measured: 40 ms of 600
    helper = None
    if sys.argv[1:2] in (["solve"], ["train"]) and not {"-h", "--help"} & set(sys.argv):
        from tutor.cli.prover import start

        helper = start()
    from tutor.cli import main as run

    run(helper=helper)


if __name__ == "__main__":
    main()
