"""Sends the made learners through every exercise of the catalogue, in both forms, and says who did not come to the end.

    python tests/benchmarks/robots.py [--out FILE] [EXERCISE…]

One line of JSON an exercise and form; what is in the file already is not done again, so that it may be stopped and go on.  The whole
catalogue takes hours of CPU, and is therefore asked for by hand; CI takes each so-and-so-many-th (``tests/sampled_tests.txt``).
"""

import argparse
import json
import random
import signal
import sys
import time
import traceback
import zlib
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from learners_made import REST, answer_right, make_wrong, slip_once, take_hints, type_rubbish
from said_too_much import Listener, find_said

from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.practice.ladder import write_answer
from tutor.practice.session import DONE, Event, Settings, start, step

MOST_SECONDS = 900
MOST_LISTENED, MOST_RUNGS, SELDOM = 16, 5, 0.2


def send_through(ident, *, layer, seed):
    """What came of the four learners at one exercise in one form: ``faults`` in words, slips made and missed, seconds."""
    begun, faults = start(load(ident), Settings(layer=layer)), []
    row = {"exercise": ident, "layer": layer, "tasks": len(begun.lesson.tasks), "faults": faults, "slips": 0, "missed": []}
    if not begun.lesson.tasks:
        faults.append("nothing is asked")
        return row
    for name, learner in (("right", answer_right), ("hints", take_hints), ("rubbish", type_rubbish)):
        ended, count = learner(begun)
        left = [task.id for task in ended.lesson.tasks if ended.look_up(task.id).status not in DONE]
        if not ended.ended or left:
            faults.append(f"{name}: not at the end, left {left[:5]}, at {ended.at}")
        if name == "right" and count > len(begun.lesson.tasks):
            faults.append(f"right: {count} answers for {len(begun.lesson.tasks)} tasks")
    taught, asked = answer_right(start(load(ident), Settings(layer=layer, mode="learn")))
    if not taught.ended or asked > len(begun.lesson.tasks):
        faults.append(f"learn: {asked} answers, ended {taught.ended}, at {taught.at}")
    session, learner = slip_once(begun, random.Random(seed))
    if not session.ended:
        faults.append(f"slips: not at the end, at {session.at}")
    row["slips"] = len(learner.slips)
    row["missed"] = [[tag, at, str(verdict), sorted(map(list, told))] for tag, at, verdict, told in learner.list_missed()]
    return row


def listen_to(ident, *, layer, seed):
    """What a learner is told before it is earned: at each step a wrong answer, all hints but the last, then the right answer; and in a
    second session, which jumps about and skips.
    """
    begun, faults = start(load(ident), Settings(layer=layer)), []
    row = {"exercise": ident, "layer": layer, "tasks": len(begun.lesson.tasks), "faults": faults, "slips": 0, "missed": []}
    chance, listener = random.Random(seed), Listener(begun)
    for jumps in (False, True):
        session, at, told, reply = begun, 0.0, set(), None
        for task in begun.lesson.tasks if jumps else ():  # where everything is open, wherever one goes
            there, reply = step(session, Event("go", task.id))
            told |= set(find_said(listener, there, listener.listen(there, reply)))
        for _ in range(MOST_LISTENED):
            if session.ended or session.task is None:
                break
            task, events, said = session.task, [Event("answer", make_wrong(session.task)), *[Event("hint")] * MOST_RUNGS], ""
            if jumps:
                some = Event("go", chance.choice(session.lesson.tasks).id), Event("skip"), Event("answer", make_wrong(task)), Event("keep")
                events = [chance.choice(some)]
            for event in events:
                at += REST
                after, answered = step(session, replace(event, at=at))
                if after.at != task.id and not jumps:  # that was the answer
                    break
                session, reply, said = after, answered, said + listener.hear(after, answered)
            told |= set(find_said(listener, session, said + listener.listen(session, reply)))
            if session.task is not None and (not jumps or chance.random() < SELDOM):
                session, reply = step(session, Event("answer", write_answer(session.lesson.marker, session.task.question), at + REST))
        told |= set(find_said(listener, session, listener.listen(session, reply)))
        faults.extend(f"{'jumps' if jumps else 'steps'}: {name} is told: {secret}" for name, secret in sorted(told))
    return row


def stop(*_):
    raise TimeoutError(f"over {MOST_SECONDS} s")


def main():
    """Everything that is not in the file yet; a table at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("robots.jsonl"))
    parser.add_argument("--seed", type=int, default=0, help="which slip is made at each step")
    parser.add_argument("--bytes", action="store_true", help="search what is said for what is not earned")
    asked = parser.parse_args()
    send = listen_to if asked.bytes else send_through
    have = [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out.exists() else []
    done = {(row["exercise"], row["layer"]) for row in have}
    signal.signal(signal.SIGALRM, stop)
    with asked.out.open("a") as file:
        for ident in asked.exercises or ids():
            for layer in (False, True):
                if (ident, layer) in done:
                    continue
                begun = time.process_time()
                signal.alarm(MOST_SECONDS)
                try:
                    row = send(ident, layer=layer, seed=asked.seed ^ zlib.crc32(f"{ident}{layer}".encode()))
                except Exception:  # what a learner meets is a row of the table, whatever it is
                    faults = [traceback.format_exc(limit=-3)]
                    row = {"exercise": ident, "layer": layer, "tasks": 0, "faults": faults, "slips": 0, "missed": []}
                signal.alarm(0)
                row["seconds"] = round(time.process_time() - begun, 1)
                have.append(row)
                print(json.dumps(row, default=str), file=file, flush=True)
    slips, missed = sum(row["slips"] for row in have), sum(len(row["missed"]) for row in have)
    other = sum(bool(one[3]) for row in have for one in row["missed"])
    print(f"{len(have)} exercises and forms, {sum(row['seconds'] for row in have):.0f} s of CPU")
    print(f"slips: {slips} made, {slips - missed} told by their tag at their step, {other} told as another")
    for row in have:
        for fault in row["faults"]:
            print(f"{row['exercise']}{' (layer)' if row['layer'] else ''}: {fault}")


if __name__ == "__main__":
    main()
