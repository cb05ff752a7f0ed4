"""Compiles every exercise in every notation, and says of each how many pages it has and what a lecturer would send back.

    python tests/benchmarks/pages.py [--out FILE] [--turns 0 1 …] [EXERCISE…]

One line of JSON an exercise and notation; what is in the file already is not done again, so that it may be stopped and go on, and what
has the LaTeX of another notation (but for names that are not printed) takes its row.  Turn 0 is each exercise in its own notation, turn k
in the k-th of the others, so that a few turns are a fair sample.  All of it takes an hour of CPU, and is therefore asked for by hand.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from page_audit import SeenDocument, compile_documents, measure_fill, write_exercise

from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.notation.profile import profile_names

IN_ONE_RUN = 8
"""Documents that TeX sets in one run, since most of a run's time is its start."""


def list_pairs(idents, turns):
    """Each exercise with its own notation (turn 0), then with the others, a turn each."""
    for turn in turns:
        for ident in idents:
            own = load(ident).notation
            others = [name for name in profile_names() if name != own]
            if turn == 0:
                yield ident, own
            elif turn <= len(others):
                yield ident, others[turn - 1]


def describe(seen: SeenDocument) -> dict:
    """What came of one document."""
    return {
        "pages": len(seen.pages),
        "complaints": list(seen.complaints),
        "smallest": min((page.smallest for page in seen.pages), default=0.0),
        "fill": [round(measure_fill(page), 2) for page in seen.pages],
        "faults": list(seen.list_faults()),
    }


def compile_group(sources: dict[str, str]) -> dict[str, dict]:
    """The rows of several documents; where they do not go together, each alone."""
    try:
        with tempfile.TemporaryDirectory(prefix="pages-") as scratch:
            return {seen.name: describe(seen) for seen in compile_documents(sources, Path(scratch))}
    except Exception:  # what TeX or its log makes of it is a row of the table, whatever it is
        if len(sources) == 1:
            return {name: {"pages": 0, "faults": [traceback.format_exc(limit=-2)]} for name in sources}
        return {name: row for one in sources for name, row in compile_group({one: sources[one]}).items()}


def main():
    """Everything that is not in the file yet; a table at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("pages.jsonl"))
    parser.add_argument("--turns", type=int, nargs="*", default=list(range(len(profile_names()))))
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out.exists() else []
    done = {(row["exercise"], row["notation"]) for row in rows}
    known = {row["source"]: row for row in rows if row.get("source")}
    left = [pair for pair in list_pairs(asked.exercises or ids(), asked.turns) if pair not in done]
    with asked.out.open("a") as file:
        for start in range(0, len(left), IN_ONE_RUN):
            begun, sources, found = time.process_time(), {}, {}
            for ident, notation in left[start : start + IN_ONE_RUN]:
                name = f"{ident} {notation}"
                try:
                    text = write_exercise(ident, notation)
                except Exception:
                    found[name] = {"pages": 0, "faults": [traceback.format_exc(limit=-3)]}
                    continue
                mark = hashlib.sha256(text.encode()).hexdigest()[:16]
                if mark in known:
                    found[name] = {**known[mark], "alike": known[mark]["notation"]}
                else:
                    sources[name], found[name] = text, {"source": mark}
            for name, row in compile_group(sources).items() if sources else ():
                found[name] |= row
            seconds = round((time.process_time() - begun) / len(found), 2)
            for name, row in found.items():
                ident, notation = name.split()
                row = {**row, "exercise": ident, "notation": notation, "seconds": seconds}
                rows.append(row)
                if row.get("source"):
                    known.setdefault(row["source"], row)
                print(json.dumps(row), file=file, flush=True)
    pages, faulty = sum(row["pages"] for row in rows), sum(bool(row["faults"]) for row in rows)
    print(f"{len(rows)} of {len(ids()) * len(profile_names())} exercises and notations, {pages} pages, {faulty} with faults")
    for row in rows:
        for fault in row["faults"]:
            print(fault)


if __name__ == "__main__":
    main()
