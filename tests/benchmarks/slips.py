"""How often a slip is named, and how often one is told that nobody made: random networks, printed as a table.

python tests/benchmarks/slips.py [--networks 40] [--digits 6] [--seed 0]

Slips are worked by hand and taken from the table, as numbers of so many digits and as formulas.  Where the values of slips lie so dense
that chance explains a number of so many digits as well, a slip is counted apart (``dense``).
"""

import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from random_slips import SLIPS, derive, make, work, written, wrong_at_random

from tutor.answer.handed_in import Submission
from tutor.expression.plain import write_plain
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import NEIGHBOUR

DENSE = 0.005
"""Where more than this share of all numbers about here are what some slip gives, chance explains a number as well."""
DECIDABLE = ("by hand", "table")
MOST_TOLD = 8
"""A slip is named if it is among so many."""


def told(marker, question, text):
    (answer,) = [a for a in marker.mark(Submission("s", {question.id: text})).answers if a.text]
    return answer


def names(answer, tag):
    return any(slip.tag == tag for slips in answer.slips for slip in slips if len(slips) == 1)


def by_hand(marker, net, digits, count, chance):
    """The first question that a slip worked by hand changes, and another one by itself: is it named?"""
    right = work(net)
    for slip, tag in SLIPS.items():
        wrong = work(net, slip)
        if wrong is None:
            continue
        able = [q for q in marker.sheet.marking_order if changed(q, right[q.targets[0]], wrong[q.targets[0]])]
        for question in dict.fromkeys([*able[:1], *chance.sample(able[1:], min(1, len(able[1:])))]):
            target = question.targets[0]
            answer = told(marker, question, written(wrong[target], digits))
            where = "by hand" if is_decidable(wrong[target], all_values(marker, target), digits) else "dense"
            count[where, slip, "tried"] += 1
            count[where, slip, "named"] += names(answer, tag)


def all_values(marker, target):
    """What every slip of the table makes of a quantity, and what it is."""
    world = marker.sheet.numbers
    return np.concatenate([world.run_bent(marker.diagnosis.variants, [target])[target][:, 0], world.env[target]])


def changed(question, right, wrong):
    """Whether a slip changes the asked digits, by more than the last of them may be off."""
    digits = question.tolerance.digits
    apart = abs(wrong - right) > 0.0125 * abs(right)
    return np.isfinite(wrong) and wrong != 0 and apart and f"{wrong:.{digits}g}" != f"{right:.{digits}g}"


def is_decidable(value, others, digits):
    """Whether a number says something at so many digits: of all numbers written so within a fifth of it, few are what some slip gives."""
    near = {written(other, digits) for other in others if np.isfinite(other) and abs(other - value) <= 0.2 * abs(value)}
    unit = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits)
    return len(near) <= DENSE * 0.4 * abs(value) / unit


def by_table(marker, chance, digits, count, most):
    """Slips of the table, each at a question that it changes: is it named, with the right step?"""
    sheet, diagnosis = marker.sheet, marker.diagnosis
    questions = [q for q in marker.questions if q.kind == "number" and q.targets[0] in sheet.order]
    values = sheet.numbers.run_bent(diagnosis.variants, [q.targets[0] for q in questions])
    rows = defaultdict(list)
    for row, bend in enumerate(diagnosis.bends):
        rows[bend.tag].append(row)
    for tag, own in rows.items():
        for row in chance.sample(own, min(most, len(own))):
            able = [q for q in questions if changed(q, float(sheet.numbers.env[q.targets[0]][0]), float(values[q.targets[0]][row, 0]))]
            if not able:
                continue
            question = chance.choice(able)
            target = question.targets[0]
            value = float(values[target][row, 0])
            answer = told(marker, question, written(value, digits))
            alike = [k for k in own if np.isclose(values[target][k, 0], value, rtol=1e-5, atol=0)]
            places = {step for k in alike for step, _ in diagnosis.bends[k].edits}
            placed = any(slip.tag == tag and slip.at in places for slips in answer.slips for slip in slips)
            known = np.concatenate([values[target][:, 0], sheet.numbers.env[target]])
            where = "table" if is_decidable(value, known, digits) else "dense"
            count[where, tag, "tried"] += 1
            count[where, tag, "named"] += placed and len({slip.tag for slips in answer.slips for slip in slips}) <= MOST_TOLD


def formulas_by_hand(marker, net, count, chance):
    """The same with formulas: short ones, that name what was found on the way forward, and those written out."""
    right = work(net)
    for slip, tag in SLIPS.items():
        for short in (True, False):
            wrong = derive(net, slip, short=short)
            if wrong is None:
                continue
            able = [q for q in marker.questions if differ(right[q.targets[0]], wrong[q.targets[0]]) and len(wrong[q.targets[0]].text) < 500]
            if not able:
                continue
            question = chance.choice(able[:12])
            count["formula", slip, "tried"] += 1
            count["formula", slip, "named"] += names(told(marker, question, wrong[question.targets[0]].text), tag)


def differ(right, wrong):
    return not math.isclose(right, float(wrong), rel_tol=1e-7)


def formulas_by_table(marker, chance, count, most):
    """Slips of the table in the step that is asked, written as the formula that they make of it."""
    sheet, diagnosis = marker.sheet, marker.diagnosis
    asked = {q.targets[0]: q for q in marker.questions}
    rows = defaultdict(list)
    for row, bend in enumerate(diagnosis.bends):
        for target, expr in bend.edits:
            if target in asked and target in sheet.order:
                rows[bend.tag].append((row, target, expr))
    for tag, own in rows.items():
        for row, target, expr in chance.sample(own, min(most, len(own))):
            bent = sheet.formulas.run_bent([diagnosis.variants[row]], [target])[target][0]
            if np.allclose(bent, sheet.formulas.env[target], rtol=1e-7, atol=0) or not np.all(np.isfinite(bent)):
                continue
            answer = told(marker, asked[target], write_plain(expr))
            count["formula of the table", tag, "tried"] += 1
            count["formula of the table", tag, "named"] += any(slip.tag == tag and slip.at == target for s in answer.slips for slip in s)


def accused(marker, net, others, chance, digits, count, most):
    """Right answers, and wrong ones made at random: is a slip told?"""
    right = work(net)
    questions = [q for q in marker.questions if q.kind == "number" and q.targets[0] in right and right[q.targets[0]]]
    for question in questions:
        value = right[question.targets[0]]
        answer = told(marker, question, written(value, digits))
        count["right", "", "tried"] += 1
        count["right", "", "named"] += bool(answer.slips)
    for _ in range(most):
        question = chance.choice(questions)
        answer = told(marker, question, wrong_at_random(net, right[question.targets[0]], others, chance, digits))
        if answer.verdict not in ("correct", "undecided", "unreadable"):
            count["random", "", "tried"] += 1
            count["random", "", "named"] += bool(answer.slips)
            count["neighbour", "", "named"] += names(answer, NEIGHBOUR)


def run(networks, digits, per_tag=2, at_random=60, seed=0):
    """Counts by (where, what, ``tried`` or ``named``); every other network has two hidden layers."""
    count, chance = Counter(), random.Random(seed)
    nets = [make(seed + k, 1 + k % 2) for k in range(networks)]
    for place, net in enumerate(nets):
        marker = Marker(net.exercise())
        others = [value for value in work(nets[place - 1]).values() if value]
        by_hand(marker, net, digits, count, chance)
        by_table(marker, chance, digits, count, per_tag)
        accused(marker, net, others, chance, digits, count, at_random)
    return count


def run_formulas(networks, per_tag=2, seed=0):
    """The same of formulas."""
    count, chance = Counter(), random.Random(seed)
    for place in range(networks):
        net = make(seed + place, 1 + place % 2)
        marker = Marker(net.exercise("expression"))
        formulas_by_hand(marker, net, count, chance)
        formulas_by_table(marker, chance, count, per_tag)
    return count


def share(count, *where, what=None):
    tried = sum(n for (w, name, kind), n in count.items() if w in where and kind == "tried" and what in (None, name))
    named = sum(n for (w, name, kind), n in count.items() if w in where and kind == "named" and what in (None, name))
    return tried, named, named / tried if tried else 0.0


def main(arguments):
    asked = {name: int(value) for name, value in zip(arguments[::2], arguments[1::2], strict=True)}
    count = run(asked.get("--networks", 40), asked.get("--digits", 6), seed=asked.get("--seed", 0))
    print(f"{'':44}{'tried':>8}{'named':>8}{'share':>9}")
    count += run_formulas(asked.get("--networks", 40), seed=asked.get("--seed", 0))
    for where in ("by hand", "table", "dense", "formula", "formula of the table"):
        for what in dict.fromkeys(name for w, name, _ in count if w == where):
            tried, named, part = share(count, where, what=what)
            print(f"{where + ': ' + what:44}{tried:>8}{named:>8}{part:>9.1%}")
        tried, named, part = share(count, where)
        print(f"{where + ', all':44}{tried:>8}{named:>8}{part:>9.1%}\n")
    tried, named, part = share(count, *DECIDABLE, "formula", "formula of the table")
    print(f"{'numbers that say enough, and formulas':44}{tried:>8}{named:>8}{part:>9.1%}")
    for where, words in (("right", "a slip told of a right answer"), ("random", "a slip told of an answer made at random")):
        tried, named, part = share(count, where)
        print(f"{words:44}{tried:>8}{named:>8}{part:>9.2%}")


if __name__ == "__main__":
    main(sys.argv[1:])
