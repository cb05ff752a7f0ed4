"""How well ``tutor code`` judges programs as students write them: ``python tests/benchmarks/students.py [FILE-OR-PROGRAM]…``.

The programs of `tests/hand_written` and their slips, a row a file: how many slips, of those whose line and whose slip is named, those
called right, and lines accused beside the true one; then the right programs that are not called right, and the slips that were missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from hand_slips import HandSlip, list_hand_programs

from tutor.code.code_verdicts import CodeVerdict
from tutor.code.judge_code import judge_code
from tutor.program.source import read_source


def judge(text: str, name: str) -> Sequence[CodeVerdict]:
    """The verdicts of a program."""
    return judge_code(read_source(text, f"{name}.py"))


def count_slip(slip: HandSlip) -> tuple[int, int, int, int, str]:
    """Whether line and slip are named, it is called right without a condition, another line is accused; and what is said."""
    verdicts = [one for one in judge(slip.text, slip.name) if one.verdict != "right"]
    conditions = [str(what) for one in judge(slip.text, slip.name) for what in one.assumes] if not verdicts else []
    roots = [root for one in verdicts for root in one.roots]
    told = [(root.line <= slip.line <= root.last, root.tag) for top in roots for root in (top, *top.others)]
    line, slipped = any(own for own, _ in told), any(own and tag for own, tag in told)
    beside = line and any(not root.line <= slip.line <= root.last for root in roots) and len(roots) > 1
    said = [(root.line, root.tag) for root in roots] or conditions or [str(one.why) for one in verdicts] or "right"
    return line, slipped, not verdicts and not conditions, beside, f"{slip.name} {slip.line}: {slip.change} -> {said}"


def main(wanted: Sequence[str]) -> None:
    """Judge all and print the table."""
    begin, missed, total = time.process_time(), [], [0] * 5
    print(f"{'program':24} {'slips':>6} {'line':>6} {'slip':>6} {'right':>6} {'beside':>6}")
    for program in list_hand_programs():
        if wanted and program.name not in wanted:
            continue
        verdicts = {one.verdict for one in judge(program.text, program.name)}
        cells = [count_slip(slip) for slip in program.slips]
        row = [len(cells), *(sum(cell[place] for cell in cells) for place in range(4))]
        total = [one + other for one, other in zip(total, row, strict=True)]
        print(f"{program.name:24} {' '.join(f'{cell:6}' for cell in row)} {'' if verdicts == {'right'} else sorted(verdicts)}")
        missed += [cell[4] for cell in cells if not cell[1]]
    print(f"{'all':24} {' '.join(f'{cell:6}' for cell in total)}  {time.process_time() - begin:.0f} s")
    print(*missed, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
