"""Lines that have no part in a wrong gradient: found together, and each as by itself."""

from judged_programs import write_blocks

from tutor.code.code_worlds import list_worlds
from tutor.code.idle_lines import draw_move, find_idle, list_values
from tutor.code.judgement import Judgement
from tutor.code.pair_functions import find_plans
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import np
from tutor.program.source import read_source


def test_idle_lines_are_those_that_leave_a_wrong_gradient_as_it_is():
    source = read_source(write_blocks(2).replace("dx2 = dy2 + dA2", "dx2 = dy2 - dA2"), "f.py")
    plan = find_plans(source.tree)[0]
    judged = Judgement(ProgramTrial(source, plan, next(iter(list_worlds(source, plan)))))
    wrong = [key for key, right in judged.right.items() if not right]
    events = [event for event in judged.first.record.events if event.key.startswith("d") and not event.leaf]
    idle = find_idle(judged.test, {}, judged.first, events, wrong)
    before = list_values(judged.test, judged.first)
    for event in events:
        if np.ndim(event.value):
            made = list_values(judged.test, judged.trial.run(forced={event.number: event.value + draw_move(event)}))
            stays = any(np.array_equal(before[key], made[key]) for key in wrong)
            assert (event.number in idle) == stays, event.key
